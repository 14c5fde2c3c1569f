/* SPDX-License-Identifier: Apache-2.0 */
/* Commit messages and changelogs of strangers: every part lies inside the message, a refusal names a place in it, and a section is put once. */
#include "base/json.h"
#include "version/changelog.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void inside(slu_str whole, slu_str part)
{
	must(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void try_changelog(slu_arena *a, slu_str text)
{
	struct ver_entry e[2] = { { .oid = SLU_STR("1"), .message = text }, { .message = text } };
	struct ver_changelog c = { .version = SLU_STR("1.0.0"), .all = true };
	char *once, *twice;
	ver_entries_read(e, 2, a);
	slu_auto_buf b;
	slu_buf_init(&b, SIZE_MAX / 4);
	slu_json j = slu_json_to(&b);
	ver_changelog_json(&j, a, &c, e, 2);
	must(b.n > 2 && b.p[0] == '{' && b.p[b.n - 1] == '}');
	slu_str section = slu_s(ver_changelog_section(a, &c, e, 2));
	must(slu_str_starts(section, "## 1.0.0\n\n") && slu_str_ends(section, "\n"));
	for (size_t i = 0; i + 3 <= text.n; i++)
		if (memcmp(text.p + i, "```", 3) == 0)
			return; /* a block of code without end takes the section in */
	if (memchr(text.p ? text.p : "", 0, text.n))
		return;
	must(ver_changelog_put(&once, a, text, c.version, SLU_STR("## 1.0.0\n\n- x\n"), NULL) == SLU_OK);
	must(ver_changelog_put(&twice, a, slu_s(once), c.version, SLU_STR("## 1.0.0\n\n- x\n"), NULL) == SLU_OK);
	must(strcmp(once, twice) == 0);
}

/* However a message is read, it is written as it was. */
static void round_trip(slu_arena *a, slu_str text)
{
	for (int k = 0; k < 4; k++) {
		const struct ver_commit_form form = { .breaking = k & 1 ? VER_BREAKING_SPEC : VER_BREAKING_LENIENT, .footers = k & 2 ? VER_FOOTERS_GIT : VER_FOOTERS_CONVENTIONAL };
		struct ver_commit c;
		slu_auto_buf b;
		slu_buf_init(&b, text.n + 1);
		bool good = ver_commit_read(&c, a, text, &form, NULL) == SLU_OK;
		must(good == c.conventional && good == (c.type.n > 0) && c.breaking == (c.breaking_note.n > 0 || (c.breaking && c.description.n == 0)));
		ver_commit_print(&b, &c);
		must(b.n == text.n && (text.n == 0 || memcmp(b.p, text.p, text.n) == 0));
	}
}

static void try_references(slu_arena *a, slu_str text)
{
	ver_reference_list few = { 0 }, all = { 0 };
	ver_references_find(&few, a, text, false);
	ver_references_find(&all, a, text, true);
	must(few.n <= all.n);
	for (size_t i = 0; i < all.n; i++) {
		inside(text, all.v[i].action);
		inside(text, all.v[i].repository);
		inside(text, all.v[i].issue);
		must(all.v[i].issue.n > 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slu_auto_arena *a = slu_arena_new();
	slu_str text = { (const char *)data, size }, oid;
	struct ver_commit c;
	slu_err err = { 0 };
	slu_rc rc = ver_commit_parse(&c, a, text, &err);
	if (rc == SLU_OK) {
		slu_str parts[] = { c.header, c.type, c.scope, c.description, c.body, c.breaking_note };
		enum ver_part part;
		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
			inside(text, parts[i]);
		must(c.type.n > 0 && c.description.n > 0 && c.breaking == (c.breaking_note.n > 0));
		must(!c.breaking || (ver_commit_part(&part, &c) && part == VER_MAJOR));
	} else {
		must(err.text[0] != '\0' && (rc == SLU_E_LIMIT || err.line == 1 || err.line == 2));
	}
	ver_footers all[2] = { rc == SLU_OK ? c.footers : (ver_footers){ 0 }, { 0 } };
	ver_trailers(&all[1], a, text);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < all[k].n; i++) {
			inside(text, all[k].v[i].token);
			inside(text, all[k].v[i].value);
			must(all[k].v[i].token.n > 0);
		}
	if (ver_reverts(&oid, text)) {
		inside(text, oid);
		must(oid.n == 40 || oid.n == 64);
	}
	round_trip(a, text);
	try_references(a, text);
	try_changelog(a, text);
	return 0;
}
