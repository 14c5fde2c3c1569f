/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CODEOWNERS file, and after a line "---" paths. Each rule lies in the text and each line counts at most once; what a path gets is the
 * last rule that matches it; and matching says what the plainest matcher says, which tries every way.
 */
#include "policy/owners.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool part_slow(slu_str p, slu_str s)
{
	if (p.n == 0)
		return s.n == 0;
	if (p.p[0] == '*')
		return part_slow((slu_str){ p.p + 1, p.n - 1 }, s) || (s.n && part_slow(p, (slu_str){ s.p + 1, s.n - 1 }));
	size_t esc = p.p[0] == '\\', n = 1;
	while (p.p[0] == '?' && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n++;
	return s.n && (p.p[0] == '?' || p.p[esc] == s.p[0]) && part_slow((slu_str){ p.p + esc + 1, p.n - esc - 1 }, (slu_str){ s.p + n, s.n - n });
}

static bool slow(const struct pol_owners_rule *r, size_t k, const slu_str *name, size_t n)
{
	if (k == r->part_n)
		return r->end == POL_OWNERS_AND_BELOW || (r->end == POL_OWNERS_BELOW) == (n > 0);
	if (slu_str_is(r->part[k], "**"))
		return slow(r, k + 1, name, n) || (n && slow(r, k, name + 1, n - 1));
	return n && part_slow(r->part[k], name[0]) && slow(r, k + 1, name + 1, n - 1);
}

static void try_path(const struct pol_owners *o, slu_str path)
{
	const struct pol_owners_rule *of = pol_owners_of(o, path), *last = NULL;
	slu_str name[16], rest = path;
	size_t n = 0;
	while (n < 16 && slu_str_split(&rest, '/', &name[n]))
		n++;
	if (path.n && path.p[path.n - 1] == '/')
		return; /* no path of a file */
	for (size_t i = 0; i < o->rule.n; i++) {
		const struct pol_owners_rule *r = &o->rule.v[i];
		last = pol_owners_match(r, path) ? r : last;
		if (path.n && path.n <= 24 && n < 16 && r->pattern.n <= 16)
			must(pol_owners_match(r, path) == (r->end != POL_OWNERS_NEVER && slow(r, 0, name, n)));
	}
	must(of == last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slu_auto_arena *a = slu_arena_new();
	slu_str text = { (const char *)data, size }, paths = { NULL, 0 }, path;
	const char *cut = size ? memmem(data, size, "\n---\n", 5) : NULL;
	struct pol_owners o;
	if (cut) {
		paths = (slu_str){ cut + 5, size - (size_t)(cut + 5 - text.p) };
		text.n = (size_t)(cut - text.p);
	}
	if (size > 4096 || pol_owners_read(&o, a, text, NULL) != SLU_OK)
		return 0;
	unsigned line = 0;
	for (size_t i = 0; i < o.rule.n; i++) {
		const struct pol_owners_rule *r = &o.rule.v[i];
		must(r->line > line && r->pattern.n && r->pattern.p >= text.p && r->pattern.p + r->pattern.n <= text.p + text.n);
		line = r->line;
		for (size_t k = 0; k < r->owner_n; k++) {
			slu_str who;
			must(r->owner[k].n > 0 && pol_owner_kind(r->owner[k], &who) <= POL_OWNER_EMAIL && who.n > 0);
		}
	}
	for (size_t i = 0; i < o.issue.n; i++)
		must(o.issue.v[i].line > 0 && o.issue.v[i].column > 0 && o.issue.v[i].text[0]);
	while (slu_str_split(&paths, '\n', &path))
		try_path(&o, path);
	return 0;
}
