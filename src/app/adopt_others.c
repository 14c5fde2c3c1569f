/* SPDX-License-Identifier: Apache-2.0 */
/* Of an adoption: branches that it leaves as they are. */
#include "app/adopt_impl.h"

#include <string.h>

static const char heads[] = "refs/heads/";
enum { SHOWN = 20 }; /* branches of no kind that are named one by one */

struct others { size_t unkind, idle; };

static bool had(const struct app_adopt *u, slu_str name)
{
	for (size_t i = 0; i < u->p->s->branch_n; i++)
		if (slu_str_eq(u->p->s->branch[i].was, name))
			return true;
	return false;
}

/* What would make it one of a kind, in the words of the rule. */
static const char *remedy_of(struct app_adopt *u, slu_str ref, const slu_oid *id)
{
	const slu_oid none = slu_oid_zero();
	struct pol_action act;
	struct pol_verdict v = { 0 };
	if (pol_push_action(&act, u->p->a, u->p->facts, u->p->off->person, ref, &none, id, NULL) == SLU_OK && pol_decide(&v, u->p->a, u->p->s, u->p->facts, &act, u->p->now_s, NULL) == SLU_OK)
		for (size_t i = 0; i < v.row.n; i++)
			if (strcmp(v.row.v[i].rule, "branches") == 0 && *v.row.v[i].remedy)
				return slu_printf(u->p->a, ": %s", v.row.v[i].remedy);
	return "";
}

/* "git branch -m A B", where only the remote has it; a name that a shell would take for more is left to whoever reads. */
static const char *remedy_there(struct app_adopt *u, slu_str name, const char *here)
{
	const char *now = strrchr(here, ' '), *remote = slu_str_dup(u->p->a, u->p->remote);
	if (!now || strchr(here, '\'') || strncmp(here, ": git branch -m ", 16) != 0)
		return "";
	return slu_printf(u->p->a, ": git push %s %s/%.*s:refs/heads/%s :%.*s", remote, remote, SLU_FMT(name), now + 1, SLU_FMT(name));
}

static slu_rc look_at(struct app_adopt *u, struct others *o, slu_str name, const slu_oid *id, bool there, slu_err *err)
{
	const char *where = there ? slu_printf(u->p->a, " on %.*s", SLU_FMT(u->p->remote)) : "";
	int kind = strat_branch_kind(u->p->s, name, NULL);
	struct pol_commit c;
	if (had(u, name))
		return SLU_OK;
	if (kind < 0 && o->unkind++ < SHOWN) {
		const char *remedy = remedy_of(u, adopt_full(u, name), id);
		adopt_leave(u, "%.*s%s is of no kind. Give it one in the strategy, or another name%s", SLU_FMT(name), where, there ? remedy_there(u, name, remedy) : remedy);
	}
	if (kind < 0 || u->p->s->branch[kind].archive_s == 0)
		return SLU_OK;
	if (u->p->git->ops->commit(u->p->git, u->p->a, id, &c, NULL) != SLU_OK) /* not fetched */
		return SLU_OK;
	o->idle += u->p->now_s - c.commit_time_s > u->p->s->branch[kind].archive_s;
	(void)err;
	return SLU_OK;
}

slu_rc adopt_others(struct app_adopt *u, slu_err *err)
{
	struct app_plan *p = u->p;
	const struct port_git_ref *ref = NULL;
	size_t n = 0, skip = strlen(heads);
	struct others o = { 0 };
	SLU_TRY(p->git->ops->refs(p->git, p->a, slu_s(heads), &ref, &n, err));
	for (size_t i = 0; i < n; i++)
		SLU_TRY(look_at(u, &o, (slu_str){ ref[i].name.p + skip, ref[i].name.n - skip }, &ref[i].id, false, err));
	for (size_t i = 0; i < u->remote_n; i++) {
		slu_oid here;
		if (!slu_str_starts(u->remote[i].name, heads))
			continue;
		SLU_TRY(p->git->ops->ref(p->git, u->remote[i].name, &here, err));
		if (slu_oid_is_zero(&here))
			SLU_TRY(look_at(u, &o, (slu_str){ u->remote[i].name.p + skip, u->remote[i].name.n - skip }, &u->remote[i].id, true, err));
	}
	if (o.unkind > SHOWN)
		adopt_leave(u, "%zu more branches are of no kind: sluice check --all", o.unkind - SHOWN);
	if (o.idle)
		adopt_leave(u, "%zu %s not moved for as long as the strategy says: sluice maintain archive%s", o.idle, o.idle == 1 ? "branch has" : "branches have", u->push ? " --push" : "");
	return SLU_OK;
}
