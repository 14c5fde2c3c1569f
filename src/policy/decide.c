/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"
#include "pol_rule_registry.h"

static slu_str short_name(slu_str ref, const char *prefix)
{
	size_t n = strlen(prefix);
	return slu_str_starts(ref, prefix) ? (slu_str){ ref.p + n, ref.n - n } : SLU_STR("");
}

static void weaken(struct pol_judge *j, enum strat_enforcement e)
{
	if (e > j->enforcement)
		j->enforcement = e;
}

static void find_kinds(struct pol_judge *j)
{
	j->kind = strat_branch_kind(j->s, j->branch, &j->caps);
	if (j->has_change) {
		j->source_kind = strat_branch_kind(j->s, j->source, &j->source_caps);
		j->edge = pol_edge(j->s, j->source_kind, j->kind);
	}
	if (j->kind >= 0)
		weaken(j, j->s->branch[j->kind].enforcement);
}

static slu_rc head_of(struct pol_judge *j, slu_str branch, slu_oid *out, slu_err *err)
{
	*out = slu_oid_zero();
	if (!j->f->ref)
		return SLU_OK;
	return j->f->ref(j->f->ctx, j->a, slu_s(POL_TEXT(j, "refs/heads/%.*s", SLU_FMT(branch))), out, err);
}

/* A change that is about to be opened is judged like one that is there. */
static slu_rc new_change(struct pol_judge *j, slu_err *err)
{
	struct pol_change c = { .source = j->act->source, .target = j->act->target, .author = j->act->actor, .last_pusher = j->act->actor };
	SLU_TRY(head_of(j, c.source, &c.head, err));
	SLU_TRY(head_of(j, c.target, &c.target_head, err));
	c.head_known = !slu_oid_is_zero(&c.head);
	j->change = c;
	j->has_change = true;
	return SLU_OK;
}

static slu_rc load_change(struct pol_judge *j, slu_err *err)
{
	if (j->act->verb == POL_OPEN && j->act->change == 0)
		return new_change(j, err);
	if (!j->f->change)
		return slu_fail(err, SLU_E_INVALID, "Change %llu is not known here: only the server knows changes.", (unsigned long long)j->act->change);
	SLU_TRY(j->f->change(j->f->ctx, j->a, j->act->change, &j->change, err));
	j->has_change = true;
	return SLU_OK;
}

static slu_rc prepare_tag(struct pol_judge *j, slu_err *err)
{
	j->tag = short_name(j->act->ref, "refs/tags/");
	j->tag_class = strat_tag_class(j->s, j->tag, &j->tag_caps);
	struct pol_tag t = { 0 };
	if (!slu_oid_is_zero(&j->act->new_) && j->f->tag && j->enforcement != STRAT_DISABLED)
		SLU_TRY(j->f->tag(j->f->ctx, j->a, &j->act->new_, &t, err));
	j->head = t.commit;
	return SLU_OK;
}

static slu_rc prepare_change(struct pol_judge *j, slu_err *err)
{
	SLU_TRY(load_change(j, err));
	j->source = j->change.source;
	if (j->act->verb == POL_DEPLOY || j->act->verb == POL_ROLL_BACK) { /* the change that was merged; its target's rules were judged then */
		j->source_kind = strat_branch_kind(j->s, j->source, &j->source_caps);
		return SLU_OK;
	}
	j->branch = j->change.target;
	j->head = j->change.head;
	find_kinds(j);
	return SLU_OK;
}

/* There is no change yet. What a release begins with is compared with the branch that it will go into. */
static slu_rc prepare_release(struct pol_judge *j, slu_err *err)
{
	const struct strat_branch *b = &j->s->branch[j->kind];
	bool *want = SLU_NEW_N(j->a, bool, j->s->branch_n + 1);
	slu_oid *head = NULL;
	slu_str *name = NULL;
	size_t n = 0;
	j->change = (struct pol_change){ .source = j->branch, .head = j->head, .head_known = true };
	if (b->edge_n == 0)
		return SLU_OK;
	want[b->edge[0].into] = true;
	SLU_TRY(pol_heads(j, want, j->branch, &head, &name, &n, err));
	if (n) {
		j->change.target = name[0];
		j->change.target_head = head[0];
	}
	return SLU_OK;
}

static slu_rc prepare(struct pol_judge *j, slu_err *err)
{
	const struct pol_action *act = j->act;
	unsigned verb = POL_VERB(act->verb);
	SLU_TRY(pol_person_get(j, act->actor, &j->actor, &j->actor_known, err));
	j->head = act->head;
	if (verb & POL_REF_VERBS) {
		j->branch = short_name(act->ref, "refs/heads/");
		j->head = act->new_;
		find_kinds(j);
		if (pol_begins_release(j) && j->enforcement != STRAT_DISABLED)
			SLU_TRY(prepare_release(j, err));
	} else if (verb & POL_TAG_VERBS) {
		SLU_TRY(prepare_tag(j, err));
	} else if (verb & (POL_VERB(POL_OPEN) | POL_VERB(POL_APPROVE) | POL_VERB(POL_MERGE) | POL_VERB(POL_EMERGENCY))) {
		SLU_TRY(prepare_change(j, err));
	} else if (verb & (POL_VERB(POL_DEPLOY) | POL_VERB(POL_ROLL_BACK))) {
		j->environment = strat_find_environment(j->s, act->environment);
		if (act->change)
			SLU_TRY(prepare_change(j, err));
		if (j->environment >= 0)
			weaken(j, j->s->environment[j->environment].enforcement);
	}
	return SLU_OK;
}

/* An emergency holds while it is declared, by somebody who still may, for these kinds, and not expired. */
static slu_rc find_emergency(struct pol_judge *j, slu_err *err)
{
	const struct strat_emergency *e = &j->s->emergency;
	unsigned verb = POL_VERB(j->act->verb);
	if (!j->has_change || !(verb & (POL_VERB(POL_MERGE) | POL_VERB(POL_DEPLOY))) || !j->f->emergency)
		return SLU_OK;
	SLU_TRY(j->f->emergency(j->f->ctx, j->a, j->change.number, &j->emergency, err));
	if (!e->set || !j->emergency.declared)
		return SLU_OK;
	struct pol_person by;
	bool known = false;
	SLU_TRY(pol_person_get(j, j->emergency.by, &by, &known, err));
	int into = j->kind >= 0 ? j->kind : strat_branch_kind(j->s, j->change.target, NULL);
	bool kinds = strat_set_has(&e->from, j->source_kind) && strat_set_has(&e->into, into);
	bool same = j->act->verb == POL_MERGE || slu_oid_eq(&j->change.merged_as, &j->act->head);
	j->emergency_holds = kinds && same && j->emergency.expires_s > j->now_s && j->emergency.reason.n && pol_who_has(&e->by, j->emergency.by, &by);
	return SLU_OK;
}

void pol_conclude(struct pol_verdict *v)
{
	bool timeless = false;
	v->answer = POL_ALLOW;
	v->until_s = 0;
	for (size_t i = 0; i < v->row.n; i++) {
		const struct pol_row *r = &v->row.v[i];
		if (r->state == POL_FAILED)
			v->answer = POL_DENY;
		if (r->state != POL_WAITING)
			continue;
		if (v->answer == POL_ALLOW)
			v->answer = POL_WAIT;
		timeless = timeless || r->until_s == 0;
		v->until_s = r->until_s > v->until_s ? r->until_s : v->until_s;
	}
	if (v->answer != POL_WAIT || timeless)
		v->until_s = 0;
}

/* Not one rule of the strategy is looked at; one row says so. */
static void say_disabled(struct pol_judge *j)
{
	struct strat_pos pos = j->s->enforcement == STRAT_DISABLED ? j->s->enforcement_pos : j->environment >= 0 ? j->s->environment[j->environment].pos : j->s->branch[j->kind].pos;
	struct pol_row *row = pol_add(j, NULL, (struct pol_row){ .rule = "enforcement", .pos = pol_nowhere, .state = POL_NOT_APPLICABLE, .wanted = "a strategy that is enforced",
		 .actual = "enforcement is disabled here: nothing was judged" });
	row->pos = pos;
}

static slu_rc run_rule(struct pol_judge *j, const struct pol_rule *r, slu_err *err)
{
	size_t before = j->v->row.n;
	SLU_TRY(r->judge(j, err));
	for (size_t i = before; i < j->v->row.n; i++)
		if (j->v->row.v[i].about == POL_ABOUT_OTHER) /* those of the merge that a push is have theirs */
			j->v->row.v[i].about = r->about;
	return SLU_OK;
}

/* Those that judge such an act, by rank, else in the order of the registry. */
static slu_rc run_rules(struct pol_judge *j, slu_err *err)
{
	const struct pol_rule *rule[sizeof pol_rule_registry / sizeof *pol_rule_registry];
	unsigned verb = POL_VERB(j->act->verb);
	size_t n = 0;
	for (const struct pol_rule *const *r = pol_rule_registry; *r; r++) {
		if (!((*r)->verbs & verb) || (j->enforcement == STRAT_DISABLED && !(*r)->builtin))
			continue;
		size_t at = n++;
		for (; at && rule[at - 1]->rank > (*r)->rank; at--)
			rule[at] = rule[at - 1];
		rule[at] = *r;
	}
	for (size_t i = 0; i < n; i++)
		SLU_TRY(run_rule(j, rule[i], err));
	return SLU_OK;
}

static slu_rc judge(struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_action *act, int64_t now_s, slu_err *err)
{
	struct pol_verdict v = { .action = *act, .digest = s->digest };
	struct pol_judge j = { .a = a, .s = s, .f = f, .act = act, .now_s = now_s, .v = &v, .enforcement = s->enforcement };
	j.kind = j.tag_class = j.source_kind = j.environment = STRAT_NONE;
	SLU_TRY(prepare(&j, err));
	if (j.enforcement == STRAT_DISABLED) {
		say_disabled(&j);
	} else {
		SLU_TRY(find_emergency(&j, err));
		SLU_TRY(pol_find_phases(&j, err));
		pol_collect_sets(&j);
	}
	SLU_TRY(run_rules(&j, err));
	pol_conclude(&v);
	v.evaluate_only = j.enforcement != STRAT_ACTIVE;
	/* Also where it waits for nothing but what only a server knows: whoever works without one goes on without. */
	if (v.answer == POL_ALLOW || (v.answer == POL_WAIT && pol_verdict_of(a, &v, pol_row_known).answer == POL_ALLOW))
		SLU_TRY(pol_follow_acts(&j, err));
	*out = v;
	return SLU_OK;
}

slu_rc pol_judge_action(struct pol_verdict *out, const struct pol_judge *j, const struct pol_action *act, slu_err *err)
{
	return judge(out, j->a, j->s, j->f, act, j->now_s, err);
}

slu_rc pol_decide(struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_action *act, int64_t now_s, slu_err *err)
{
	if ((unsigned)act->verb >= POL_VERB_COUNT)
		return slu_fail(err, SLU_E_INTERNAL, "An act of an unknown kind (%d) cannot be judged.", (int)act->verb);
	return judge(out, a, s, f, act, now_s, err);
}
