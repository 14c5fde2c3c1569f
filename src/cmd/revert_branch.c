/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/revert.h"

#include "base/quantity.h"
#include "cmd/start.h"
#include "flow/phase.h"

#include <time.h>

enum { LONGEST_S = 7 * 86400 }; /* after that nobody is offered anything */

static const struct strat_edge *edge_into(const strat *s, int kind, int into)
{
	for (size_t i = 0; i < s->branch[kind].edge_n; i++)
		if (s->branch[kind].edge[i].into == into)
			return &s->branch[kind].edge[i];
	return NULL;
}

static bool is_for_rollbacks(const struct strat_branch *b)
{
	return slu_str_is(b->name, "rollback") || (b->match_n && slu_str_starts(strat_pattern_text(b->match[0]), "rollback/"));
}

/* The lower the better; a kind that may not carry it has none. */
static int rank_of(const strat *s, int kind, int into)
{
	const struct strat_branch *b = &s->branch[kind];
	const struct strat_edge *edge = edge_into(s, kind, into);
	if (!edge || b->builtin || b->base_tag != STRAT_NONE || b->base != into || kind == into || flow_is_phase_kind(s, kind))
		return -1;
	if (is_for_rollbacks(b))
		return 0;
	if (s->emergency.set && strat_set_has(&s->emergency.from, kind) && strat_set_has(&s->emergency.into, into))
		return 1;
	if (b->type == STRAT_HOTFIX)
		return 2;
	if (b->type != STRAT_WORK || b->twin)
		return -1;
	return edge->method == STRAT_MERGE ? 3 : 4; /* a squash of several reverts no longer says what each took back */
}

/* By the kind's own pattern: {tag}, {version} or {name} of a rollback is the tag; where the version of a release stands in the name, the next one. */
static slu_rc name_it(char **name, struct cmd_ctx *c, struct cmd_work *w, int kind, const char *on, const slu_oid *tip, const char *word, const char *tag, slu_err *err)
{
	const strat *s = w->o.strategy;
	char today[SLU_TIME_TEXT];
	slu_str version, day;
	(void)slu_time_text(w->o.now_s, today);
	day = (slu_str){ today, 10 };
	if (cmd_has(c, "name"))
		return flow_branch_name(name, c->a, s, kind, slu_s(cmd_opt(c, "name")), day, err);
	if (tag && is_for_rollbacks(&s->branch[kind]) && flow_branch_name(name, c->a, s, kind, slu_s(tag), day, NULL) == SLU_OK)
		return SLU_OK;
	if (flow_branch_name(name, c->a, s, kind, slu_s(word), day, err) == SLU_OK)
		return SLU_OK;
	if (!cmd_start_is_release(s, kind))
		return err->code;
	SLU_TRY(cmd_start_version(&version, c, w, kind, on, tip, (slu_str){ 0 }, err));
	return flow_branch_name(name, c->a, s, kind, version, day, err);
}

slu_rc cmd_revert_branch(const char **name, int *kind, struct cmd_ctx *c, struct cmd_work *w, int into, const char *on, const slu_oid *tip, const char *word, const char *tag, slu_err *err)
{
	const strat *s = w->o.strategy;
	int best = -1;
	char *made = NULL;
	*kind = STRAT_NONE;
	for (size_t i = 0; i < s->branch_n; i++) {
		int rank = rank_of(s, (int)i, into);
		if (rank < 0 || (best >= 0 && rank >= best))
			continue;
		best = rank;
		*kind = (int)i;
	}
	if (*kind == STRAT_NONE)
		return slu_fail(err, SLU_E_INVALID, "Nobody may push to %s, and the strategy has no kind of branch that could bring it there. It would be such a one: branches: {fix: {match: \"fix/{name}\", type: work, base: %.*s, into: %.*s}}. "
		                "Or take it back where there is one, and it comes here from there: --on BRANCH", on, SLU_FMT(s->branch[into].name), SLU_FMT(s->branch[into].name));
	SLU_TRY(name_it(&made, c, w, *kind, on, tip, word, tag, err));
	const struct flow_ref *there = flow_ref_find(&w->refs, slu_printf(c->a, "refs/heads/%s", made));
	for (unsigned i = 2; there && i < 100; i++) { /* one that has been brought in is not in the way */
		bool in = false;
		SLU_TRY(w->w.git->ops->is_ancestor(w->w.git, &there->id, tip, &in, err));
		if (!in || name_it(&made, c, w, *kind, on, tip, slu_printf(c->a, "%s-%u", word, i), NULL, err) != SLU_OK)
			break;
		there = flow_ref_find(&w->refs, slu_printf(c->a, "refs/heads/%s", made));
	}
	*name = made;
	return there ? slu_fail(err, SLU_E_EXISTS, "The branch %s is there already, at %.10s. Bring that one in, or give this another name: --name NAME", made, there->id.hex) : SLU_OK;
}

slu_str cmd_revert_message(struct cmd_ctx *c, const strat *s, const char *const *type, const char *text)
{
	const struct strat_commits *k = &s->commits;
	const char *first = k->types_n ? slu_str_dup(c->a, k->types[0]) : type[0];
	if (k->convention != STRAT_CONVENTION_CONVENTIONAL)
		return slu_s(slu_printf(c->a, "%c%s\n", text[0] >= 'a' && text[0] <= 'z' ? text[0] - 'a' + 'A' : text[0], text + 1));
	for (size_t i = 0; type[i]; i++)
		for (size_t n = 0; n < k->types_n; n++)
			if (slu_str_is(k->types[n], type[i]))
				return slu_s(slu_printf(c->a, "%s: %s\n", type[i], text));
	return slu_s(slu_printf(c->a, "%s: %s\n", first, text));
}

/* ---- offered ---------------------------------------------------------------------------------------------------------------- */

int64_t cmd_revert_window(const strat *s, int kind)
{
	int64_t longest = 0;
	if (kind < 0 || (s->branch[kind].type != STRAT_PRODUCTION && s->branch[kind].type != STRAT_SUPPORT))
		return 0;
	for (size_t i = 0; i < s->environment_n; i++) {
		const struct strat_environment *e = &s->environment[i];
		if (strat_set_has(&e->from, kind) && e->quick_rollback_s > longest)
			longest = e->quick_rollback_s;
	}
	return longest;
}

static const char *duration(struct cmd_ctx *c, int64_t s)
{
	return s % 3600 == 0 ? slu_printf(c->a, "%lldh", (long long)(s / 3600)) : slu_printf(c->a, "%lldm", (long long)((s + 59) / 60));
}

static bool say(struct cmd_ctx *c, const strat *s, slu_str branch, const char *commit, slu_str phase, int64_t ago_s)
{
	int64_t window = cmd_revert_window(s, strat_branch_kind(s, branch, NULL));
	if (window <= ago_s || window <= 0)
		return false;
	const char *what = phase.n ? slu_printf(c->a, "--to %.*s", SLU_FMT(phase)) : slu_printf(c->a, "--merge %.10s", commit);
	cmd_say(c, "Should it go wrong within %s: sluice revert %s --on %.*s", duration(c, window - (ago_s > 0 ? ago_s : 0)), what, SLU_FMT(branch));
	return true;
}

void cmd_revert_offer_at(struct cmd_ctx *c, const strat *s, slu_str branch, const char *commit, slu_str phase)
{
	if (*commit)
		(void)say(c, s, branch, commit, phase, -1);
}

/* Ended so long ago; negative: no matter. */
static void offer(struct cmd_ctx *c, const strat *s, const struct flow_op *op, slu_str phase, int64_t ago_s)
{
	static const char heads[] = "refs/heads/";
	for (size_t i = 0; i < op->push.n; i++) {
		const struct flow_op_ref *r = &op->push.v[i];
		slu_str branch = { r->name.p + strlen(heads), r->name.n > strlen(heads) ? r->name.n - strlen(heads) : 0 };
		bool moved = slu_str_starts(r->name, heads) && !slu_oid_is_zero(&r->old) && !slu_oid_is_zero(&r->new_);
		if (moved && say(c, s, branch, r->new_.hex, phase, ago_s))
			return;
	}
}

void cmd_revert_offer(struct cmd_ctx *c, const strat *s, const struct flow_op *op, slu_str phase)
{
	offer(c, s, op, phase, -1);
}

void cmd_revert_offer_still(struct cmd_ctx *c, const struct flow_op *op)
{
	static const char finish[] = "phase finish ";
	const struct cmd_offline_ask ask = { .anybody = true, .may_have_none = true };
	struct cmd_offline o = { 0 };
	slu_str phase = { 0 };
	int64_t ago_s = (int64_t)time(NULL) - op->ended_s;
	if (op->state != FLOW_OP_DONE || op->push.n == 0 || ago_s < 0 || ago_s > LONGEST_S || slu_str_starts(op->command, "revert "))
		return;
	if (slu_str_starts(op->command, finish))
		phase = (slu_str){ op->command.p + strlen(finish), op->command.n - strlen(finish) };
	if (cmd_offline_open_as(c, &o, &ask) == 0 && o.strategy)
		offer(c, o.strategy, op, flow_phase_find(o.strategy, phase) >= 0 ? phase : (slu_str){ 0 }, ago_s);
	cmd_offline_close(&o);
}
