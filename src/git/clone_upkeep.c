/* SPDX-License-Identifier: Apache-2.0 */
/* Upkeep of a clone by the user's own git. */
#include "git/clone_impl.h"

typedef SLU_LIST(slu_str) names;

/* " * [would prune] origin/x", " * [pruned] origin/x" */
static void take_refs(names *out, slu_arena *a, slu_str text)
{
	slu_str line;
	while (slu_str_split(&text, '\n', &line)) {
		const char *at = line.n ? memchr(line.p, ']', line.n) : NULL;
		if (at && slu_str_starts(line, " * [") && memmem(line.p, line.n, "prune", 5))
			*SLU_ADD(a, out) = slu_str_trim((slu_str){ at + 1, line.n - (size_t)(at + 1 - line.p) });
	}
}

/* "Removing worktrees/x: gitdir file points to non-existent location" */
static void take_trees(names *out, slu_arena *a, slu_str text)
{
	slu_str line, name;
	while (slu_str_split(&text, '\n', &line))
		if (slu_str_starts(line, "Removing ") && slu_str_split(&line, ':', &name))
			*SLU_ADD(a, out) = (slu_str){ name.p + strlen("Removing "), name.n - strlen("Removing ") };
}

slu_rc clone_prune(port_clone *base, slu_arena *a, slu_str remote, bool dry, const slu_str **gone, size_t *n, slu_err *err)
{
	struct clone *c = clone_of(base);
	struct run_result r = { .exit_code = 0 };
	names list = { 0 };
	const char *how = dry ? "--dry-run" : "--verbose";
	slu_str text = { 0 };
	if (remote.n) {
		struct clone_call refs = dry ? CLONE_CALL("remote", "prune", how, "--", slu_str_dup(a, remote)) : CLONE_CALL("remote", "prune", "--", slu_str_dup(a, remote));
		clone_to_remote(c, &refs);
		SLU_TRY(clone_ok(c, a, &refs, &text, err));
		take_refs(&list, a, text);
	}
	struct clone_call trees = dry ? CLONE_CALL("worktree", "prune", "--verbose", how) : CLONE_CALL("worktree", "prune", how);
	SLU_TRY(clone_run(c, a, &trees, &r, err));
	if (r.exit_code != 0)
		return clone_failed(err, SLU_E_IO, "git worktree prune", r.err);
	take_trees(&list, a, r.out);
	take_trees(&list, a, r.err); /* where git of this version says it */
	*gone = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc clone_gc(port_clone *base, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct clone_call q = CLONE_CALL("gc", "--quiet");
	q.timeout_ms = CLONE_UPKEEP_TIMEOUT_MS;
	return clone_ok(clone_of(base), a, &q, NULL, err);
}

slu_rc clone_fsck(port_clone *base, slu_arena *a, bool *sound, slu_str *said, slu_err *err)
{
	struct run_result r = { .exit_code = 0 };
	struct clone_call q = CLONE_CALL("fsck", "--no-dangling", "--no-progress");
	q.timeout_ms = CLONE_UPKEEP_TIMEOUT_MS;
	SLU_TRY(clone_run(clone_of(base), a, &q, &r, err));
	*sound = r.exit_code == 0;
	*said = slu_s(slu_printf(a, "%.*s%s%.*s", SLU_FMT(slu_str_trim(r.err)), r.err.n && r.out.n ? "\n" : "", SLU_FMT(slu_str_trim(r.out))));
	return SLU_OK;
}

slu_rc clone_size(port_clone *base, slu_arena *a, struct port_clone_size *out, slu_err *err)
{
	struct clone_call q = CLONE_CALL("count-objects", "-v");
	struct port_clone_size s = { 0 };
	const struct { const char *word; int64_t *to; } rows[] = { { "count", &s.loose }, { "size", &s.kib }, { "in-pack", &s.packed }, { "packs", &s.packs }, { "size-pack", &s.kib } };
	slu_str text = { 0 }, line, word;
	SLU_TRY(clone_ok(clone_of(base), a, &q, &text, err));
	while (slu_str_split(&text, '\n', &line)) {
		uint64_t v = 0;
		if (!slu_str_split(&line, ':', &word) || slu_parse_u64(&v, slu_str_trim(line), NULL) != SLU_OK)
			continue;
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			if (slu_str_is(word, rows[i].word))
				*rows[i].to += (int64_t)v;
	}
	*out = s;
	return SLU_OK;
}
