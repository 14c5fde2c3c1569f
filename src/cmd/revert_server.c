/* SPDX-License-Identifier: Apache-2.0 */
/* What the changes of a server tell of a phase's branches: a rebase leaves nothing in the history that does. */
#include "cmd/call.h"
#include "cmd/revert.h"
#include "policy/phases.h"

#include <jansson.h>

struct landed {
	struct cmd_ctx *c;
	port_git *git;
	const char *repo;
	const json_t *change;
	struct app_told_landed l;
};

/* The commits of the change that are no merges, oldest first, again at the end of the line: then it was rebased. *n: how many there are; 0: it was not */
static slu_rc rebased(size_t *n, struct landed *x, slu_err *err)
{
	struct cli_answer an;
	slu_oid at = x->l.id;
	const char *path = cmd_path(x->c, "/api/v3/repos/%S/pulls/%d/commits?per_page=100", x->repo, cmd_j_int(x->change, "number"));
	*n = 0;
	SLU_TRY(cmd_call(x->c, &an, "GET", path, NULL, err));
	for (size_t i = json_array_size(an.json); i-- > 0;) {
		const json_t *e = json_array_get(an.json, i);
		struct pol_commit c;
		if (json_array_size(json_object_get(e, "parents")) != 1)
			continue;
		SLU_TRY(x->git->ops->commit(x->git, x->c->a, &at, &c, err));
		bool same = c.parent_n == 1 && slu_str_eq(slu_str_trim(c.message), slu_str_trim(slu_s(cmd_j_str(e, "commit.message"))));
		*n = same ? *n + 1 : 0;
		if (!same)
			return SLU_OK;
		at = c.parent[0];
	}
	if (*n)
		x->l.before = at;
	return SLU_OK;
}

static bool was_squashed(struct landed *x, const struct pol_commit *c)
{
	slu_str rest = c->message, line, want = slu_s(slu_printf(x->c->a, "Change: %lld", (long long)cmd_j_int(x->change, "number")));
	bool is = false;
	while (!is && slu_str_split(&rest, '\n', &line))
		is = slu_str_eq(line, want);
	return is;
}

/* From where to where did it bring the branch? */
static slu_rc ends_of(bool *known, struct landed *x, slu_err *err)
{
	struct pol_commit c;
	size_t n = 0;
	*known = slu_oid_parse(&x->l.id, slu_s(cmd_j_str(x->change, "merge_commit_sha")), NULL) == SLU_OK && x->git->ops->commit(x->git, x->c->a, &x->l.id, &c, NULL) == SLU_OK && c.parent_n > 0;
	if (!*known)
		return SLU_OK;
	x->l.before = c.parent[0];
	if (c.parent_n > 1 || was_squashed(x, &c))
		return SLU_OK;
	SLU_TRY(rebased(&n, x, err));
	*known = n > 0;
	return SLU_OK;
}

slu_rc cmd_revert_landed(struct cmd_ctx *c, struct cmd_work *w, struct app_back *back, int phase, slu_err *err)
{
	struct landed x = { .c = c, .git = w->w.git };
	struct cli_answer an;
	size_t i;
	const json_t *e;
	SLU_TRY(cmd_repo(c, &x.repo, err));
	SLU_TRY(cmd_call(c, &an, "GET", cmd_path(c, "/api/v3/repos/%S/pulls?state=closed&base=%s&per_page=100", x.repo, slu_str_dup(c->a, back->on)), NULL, err));
	json_array_foreach(an.json, i, e) {
		bool known = false;
		x.change = e;
		x.l = (struct app_told_landed){ .source = slu_s(cmd_j_str(e, "head.ref")), .into = back->on };
		if (!*cmd_j_str(e, "merged_at") || pol_phase_of(w->o.strategy, x.l.source) != phase)
			continue;
		SLU_TRY(ends_of(&known, &x, err));
		if (known)
			SLU_TRY(app_back_landed(back, &w->p, &x.l, err));
	}
	return SLU_OK;
}
