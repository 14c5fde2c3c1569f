/* SPDX-License-Identifier: Apache-2.0 */
/** sluice why: which rules say what of a push, a tag, a deletion or a merge, in a clone without a server, or asked of the server. */
#include "base/utf8.h"
#include "cmd/offline.h"
#include "cmd/records.h"

extern const struct cmd_desc cmd_why_delete;

/* ---- why push ---------------------------------------------------------------------------------------------------------- */

struct pushed {
	const char *ref; /* full name */
	bool tag, there;
	slu_oid local;
};

static bool deletes(struct cmd_ctx *c)
{
	return c->desc == &cmd_why_delete || cmd_has(c, "delete");
}

static slu_rc local_ref(struct cmd_offline *o, const char *full, slu_oid *out, slu_err *err)
{
	return o->ctx.git.git->ops->ref(o->ctx.git.git, slu_s(full), out, err);
}

/* A name is a branch first, then a tag; with a commit it may be new. */
static slu_rc find_ref(struct cmd_ctx *c, struct cmd_offline *o, const char *word, bool may_be_new, struct pushed *out, slu_err *err)
{
	const char *branch = slu_printf(c->a, "refs/heads/%s", word), *tag = slu_printf(c->a, "refs/tags/%s", word);
	slu_oid id;
	if (slu_str_starts(slu_s(word), "refs/")) {
		SLU_TRY(local_ref(o, word, &id, err));
		*out = (struct pushed){ word, slu_str_starts(slu_s(word), "refs/tags/"), !slu_oid_is_zero(&id), id };
		return SLU_OK;
	}
	SLU_TRY(local_ref(o, branch, &id, err));
	*out = (struct pushed){ branch, false, !slu_oid_is_zero(&id), id };
	if (out->there)
		return SLU_OK;
	SLU_TRY(local_ref(o, tag, &id, err));
	if (!slu_oid_is_zero(&id))
		*out = (struct pushed){ tag, true, true, id };
	if (!out->there && !may_be_new)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch and no tag %s here. `sluice why push REF COMMIT` asks about one that is not made yet.", word);
	return SLU_OK;
}

/* Where it stands at the other end. A tag that is asked about as it is here is taken as not pushed yet. */
static slu_rc find_old(struct cmd_ctx *c, struct cmd_offline *o, const struct pushed *p, bool commit_given, slu_oid *old, slu_err *err)
{
	*old = slu_oid_zero();
	if (p->tag) {
		*old = commit_given || deletes(c) ? p->local : slu_oid_zero();
		return SLU_OK;
	}
	if (o->ctx.remote.n || commit_given || deletes(c))
		return o->facts.ref(o->facts.ctx, c->a, slu_s(p->ref), old, err);
	o->ctx.hidden = (slu_str){ p->ref + strlen("refs/heads/"), strlen(p->ref) - strlen("refs/heads/") };
	return SLU_OK;
}

static slu_rc find_new(struct cmd_ctx *c, struct cmd_offline *o, const struct pushed *p, const char *commit, slu_oid *new_, slu_err *err)
{
	*new_ = deletes(c) ? slu_oid_zero() : p->local;
	if (commit && !deletes(c))
		return o->ctx.git.git->ops->resolve(o->ctx.git.git, slu_s(commit), new_, err);
	return SLU_OK;
}

static slu_rc push_action(struct cmd_ctx *c, struct cmd_offline *o, const char *word, const char *commit, struct pol_action *act, slu_err *err)
{
	struct pushed p;
	slu_oid old, new_;
	SLU_TRY(find_ref(c, o, word, commit || deletes(c), &p, err));
	SLU_TRY(find_old(c, o, &p, commit != NULL, &old, err));
	SLU_TRY(find_new(c, o, &p, commit, &new_, err));
	if (slu_oid_eq(&old, &new_) && !slu_oid_is_zero(&old)) {
		*act = (struct pol_action){ .verb = POL_PUSH, .actor = o->ctx.person, .ref = slu_s(p.ref), .old = old, .new_ = new_ };
		return SLU_OK;
	}
	if (slu_oid_is_zero(&old) && slu_oid_is_zero(&new_))
		return slu_fail(err, SLU_E_NOT_FOUND, deletes(c) ? "%s is not there: there is nothing to delete." : "There is no %s here, and none there: nothing would be pushed.", p.ref);
	return pol_push_action(act, c->a, &o->facts, o->ctx.person, slu_s(p.ref), &old, &new_, err);
}

/* One that is far too long is not shown: whoever sees the answer would see nothing else. */
static int too_long(struct cmd_ctx *c)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	for (size_t i = 0; i < c->arg_n; i++) {
		size_t n = strlen(c->arg[i]);
		if (n <= SLU_MAX_REF_BYTES + strlen("refs/heads/"))
			continue;
		cmd_shown(&b, slu_utf8_cut(slu_s(c->arg[i]), 40, true));
		return cmd_usage(c, "\"%.*s…\" has %zu bytes: names of branches and tags have at most %u.", SLU_FMT(slu_buf_str(&b)), n, SLU_MAX_REF_BYTES);
	}
	return 0;
}

static int why_push(struct cmd_ctx *c, struct cmd_offline *o)
{
	struct pol_action act = { 0 };
	slu_err err = { 0 };
	int code = too_long(c);
	if (code == 0)
		code = cmd_offline_open_whole(c, o);
	if (code)
		return code;
	slu_str here = cmd_here_branch(c);
	if (c->arg_n == 0 && here.n == 0)
		return cmd_usage(c, "No branch is checked out: name the branch or tag that would be pushed.");
	const char *word = c->arg_n ? c->arg[0] : slu_printf(c->a, "refs/heads/%.*s", SLU_FMT(here));
	slu_rc rc = push_action(c, o, word, c->arg_n > 1 ? c->arg[1] : NULL, &act, &err);
	if (rc != SLU_OK)
		return cmd_fail(c, &err);
	if (slu_oid_eq(&act.old, &act.new_))
		return cmd_offline_same(c, o, &act);
	const char *from = slu_oid_is_zero(&act.old) ? "nothing" : slu_strndup(c->a, act.old.hex, 10);
	const char *to = slu_oid_is_zero(&act.new_) ? "nothing" : slu_strndup(c->a, act.new_.hex, 10);
	return cmd_offline_judge(c, o, &act, slu_printf(c->a, "%s %.*s %s..%s", pol_verb_word(act.verb), SLU_FMT(act.ref), from, to));
}

static int run_push(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	int code = why_push(c, &o);
	cmd_offline_close(&o);
	return code;
}

static const struct cmd_opt push_options[] = {
	CMD_OFFLINE_AS,
	CMD_OFFLINE_OPTIONS,
	{ "delete", 'd', NULL, "the branch or tag would be deleted", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_why_push = {
	.name = "why push",
	.summary = "Which rules allow or refuse a push, before it is made",
	.usage = "[REF [COMMIT]]",
	.group = CMD_G_STRATEGY,
	.args_max = 2,
	.opts = push_options,
	.run = run_push,
	.detail = "Works in a clone, without a server: the strategy is the one on the default branch as it was last fetched, else the preset in git "
	          "config sluice.preset. What only a server knows (reviews, checks, open changes) is said to be not known, never assumed.",
	.example = "sluice why push                    the branch that you stand on\n"
	           "sluice why push main HEAD --as ann --level maintain\n"
	           "sluice why push main --strategy .sluice/strategy.yml\n"
	           "sluice why push v1.2.0 --all",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3),
};

/* ---- why delete, why tag ------------------------------------------------------------------------------------------------ */

static const struct cmd_opt delete_options[] = {
	CMD_OFFLINE_AS,
	CMD_OFFLINE_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_why_delete = {
	.name = "why delete",
	.summary = "Which rules allow or refuse that a branch or tag is deleted",
	.usage = "REF",
	.group = CMD_G_STRATEGY,
	.args_min = 1,
	.args_max = 1,
	.opts = delete_options,
	.run = run_push,
	.detail = "As `sluice why push --delete REF`: in a clone, without a server.",
	.example = "sluice why delete feature/login\n"
	           "sluice why delete v1.2.0 --level admin",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3),
};

/* One that is not made yet is judged as `git tag -a` would make it, or as it would be without -a. */
static slu_rc planned_tag(struct cmd_ctx *c, struct cmd_offline *o, const char *name, const char *commit, struct pol_action *act, slu_err *err)
{
	struct pol_tag *t = SLU_NEW(c->a, struct pol_tag);
	slu_oid old;
	const char *ref = slu_printf(c->a, "refs/tags/%s", name);
	SLU_TRY(local_ref(o, ref, &old, err));
	SLU_TRY(o->ctx.git.git->ops->resolve(o->ctx.git.git, slu_s(commit), &t->commit, err));
	t->annotated = !cmd_has(c, "lightweight");
	t->name = slu_s(name);
	o->ctx.planned = t;
	return pol_push_action(act, c->a, &o->facts, o->ctx.person, slu_s(ref), &old, &t->commit, err);
}

static int why_tag(struct cmd_ctx *c, struct cmd_offline *o)
{
	struct pol_action act = { 0 };
	slu_err err = { 0 };
	slu_oid there;
	const char *name = cmd_ref_name(c->arg[0]), *commit = c->arg_n > 1 ? c->arg[1] : NULL;
	int code = too_long(c);
	if (code == 0)
		code = cmd_offline_open_whole(c, o);
	if (code)
		return code;
	slu_rc rc = local_ref(o, slu_printf(c->a, "refs/tags/%s", name), &there, &err);
	if (rc == SLU_OK && !commit && !slu_oid_is_zero(&there))
		rc = push_action(c, o, slu_printf(c->a, "refs/tags/%s", name), NULL, &act, &err);
	else if (rc == SLU_OK)
		rc = planned_tag(c, o, name, commit ? commit : "HEAD", &act, &err);
	if (rc != SLU_OK)
		return cmd_fail(c, &err);
	return cmd_offline_judge(c, o, &act, slu_printf(c->a, "%s %s on %.10s%s", pol_verb_word(act.verb), name, o->ctx.planned ? o->ctx.planned->commit.hex : act.new_.hex,
						     !o->ctx.planned ? "" : o->ctx.planned->annotated ? ", annotated" : ", lightweight"));
}

static int run_tag(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	int code = why_tag(c, &o);
	cmd_offline_close(&o);
	return code;
}

static const struct cmd_opt tag_options[] = {
	{ "lightweight", 'l', NULL, "as `git tag` makes it without -a", CMD_FLAG, 0 },
	CMD_OFFLINE_AS,
	CMD_OFFLINE_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_why_tag = {
	.name = "why tag",
	.summary = "Which rules allow or refuse a tag, before it is made",
	.usage = "NAME [COMMIT]",
	.group = CMD_G_STRATEGY,
	.args_min = 1,
	.args_max = 2,
	.opts = tag_options,
	.run = run_tag,
	.detail = "Works in a clone, without a server. A tag that is here is judged as it is; one that is not, or that would be set to COMMIT, as an annotated tag on COMMIT "
	          "(HEAD when none is named).",
	.example = "sluice why tag v1.2.0\n"
	           "sluice why tag v1.2.0 origin/main --as rita --level maintain",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3),
};

/* ---- why merge --------------------------------------------------------------------------------------------------------- */

static bool is_number(const char *word)
{
	uint64_t n;
	return slu_parse_u64(&n, slu_s(word), NULL) == SLU_OK;
}

static int ask_server(struct cmd_ctx *c)
{
	struct cli_answer answer;
	const char *repo;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (cmd_call(c, &answer, "GET", cmd_path(c, "/api/sluice/repos/%S/why?change=%s", repo, c->arg[0]), NULL, &err) != SLU_OK)
		return cmd_refused(c, &answer, &err);
	return cmd_verdict_answer(c, &answer);
}

/* The first branch that the first way of this kind leads to. */
static slu_str first_target(struct cmd_ctx *c, const struct cmd_offline *o, slu_str source)
{
	int kind = strat_branch_kind(o->strategy, source, NULL);
	const slu_str *name = NULL;
	const slu_oid *head = NULL;
	size_t n = 0;
	if (kind < 0 || o->strategy->branch[kind].edge_n == 0 || o->facts.branches(o->facts.ctx, c->a, &name, &head, &n, NULL) != SLU_OK)
		return SLU_STR("");
	for (size_t i = 0; i < n; i++)
		if (strat_branch_kind(o->strategy, name[i], NULL) == o->strategy->branch[kind].edge[0].into)
			return name[i];
	return SLU_STR("");
}

static int why_merge(struct cmd_ctx *c, struct cmd_offline *o)
{
	slu_err err = { 0 };
	int code = too_long(c);
	if (code == 0)
		code = cmd_offline_open_whole(c, o);
	if (code)
		return code;
	o->ctx.source = slu_s(c->arg[0]);
	o->ctx.target = c->arg_n > 1 ? slu_s(c->arg[1]) : first_target(c, o, o->ctx.source);
	if (o->ctx.target.n == 0)
		return cmd_usage(c, "Into which branch? Nothing in the strategy says where %s goes.", c->arg[0]);
	if (o->ctx.git.git->ops->ref(o->ctx.git.git, slu_s(slu_printf(c->a, "refs/heads/%s", c->arg[0])), &o->ctx.source_head, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (slu_oid_is_zero(&o->ctx.source_head) && o->facts.ref(o->facts.ctx, c->a, slu_s(slu_printf(c->a, "refs/heads/%s", c->arg[0])), &o->ctx.source_head, &err) != SLU_OK)
		return cmd_fail(c, &err);
	const struct pol_action act = { .verb = POL_MERGE, .actor = o->ctx.person, .source = o->ctx.source, .target = o->ctx.target };
	return cmd_offline_judge(c, o, &act, slu_printf(c->a, "merge %s into %.*s", c->arg[0], SLU_FMT(o->ctx.target)));
}

static int run_merge(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	if (c->arg_n == 1 && is_number(c->arg[0]))
		return ask_server(c);
	int code = why_merge(c, &o);
	cmd_offline_close(&o);
	return code;
}

static const struct cmd_opt merge_options[] = {
	CMD_OFFLINE_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_why_merge = {
	.name = "why merge",
	.summary = "Which rules allow or refuse a merge, and what opens each",
	.usage = "CHANGE | SOURCE [TARGET]",
	.group = CMD_G_STRATEGY,
	.args_min = 1,
	.args_max = 2,
	.flags = CMD_REPO | CMD_SERVER,
	.opts = merge_options,
	.run = run_merge,
	.detail = "With the number of a change the server is asked. With branches it works in a clone, with what Git alone knows: edges, bases, "
	          "conflicts, whether the source is up to date; reviews and checks are said to be not known.",
	.example = "sluice why merge 12\n"
	           "sluice why merge feature/login\n"
	           "sluice why merge release/v2.1.0 main --all",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3),
};
