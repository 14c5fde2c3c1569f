/* SPDX-License-Identifier: Apache-2.0 */
#include "app/owners.h"

#include "app/impl.h"
#include "app/person.h"
#include "base/map.h"
#include "policy/owners.h"

#include <strings.h>

enum { MAX_SAID = 20 };

slu_rc app_by_email(const slu_str **name, size_t *n, struct app_unit *u, slu_arena *a, slu_str email, slu_err *err)
{
	const struct port_person *p = NULL;
	size_t all = 0, used = 0;

	SLU_TRY(port_person_list(u->store, a, &p, &all, err));
	slu_str *list = SLU_NEW_N(a, slu_str, all + 1);
	for (size_t i = 0; i < all; i++)
		if (email.n && p[i].email.n == email.n && strncasecmp(p[i].email.p, email.p, email.n) == 0)
			list[used++] = p[i].name;
	*name = list;
	*n = used;
	return SLU_OK;
}

/* ---- is it asked for at all ---------------------------------------------------------------------------------------------------- */

static bool asks(const struct strat_require *q)
{
	return q && (q->code_owners || asks(q->evaluate));
}

static bool asks_somewhere(const strat *s)
{
	bool any = asks(&s->emergency.require);

	for (size_t i = 0; i < s->branch_n; i++) {
		any = any || asks(&s->branch[i].require);
		for (size_t k = 0; k < s->branch[i].edge_n; k++)
			any = any || asks(&s->branch[i].edge[k].require);
	}
	for (size_t i = 0; i < s->gate_n; i++)
		any = any || asks(&s->gate[i].require);
	for (size_t i = 0; i < s->environment_n; i++)
		any = any || asks(&s->environment[i].require);
	return any;
}

/* ---- the file ------------------------------------------------------------------------------------------------------------------- */

static void warn(strat_issues *issues, slu_arena *a, const char *file, unsigned line, unsigned column, char *text)
{
	*SLU_ADD(a, issues) = (struct strat_issue){ .pos = { file, line, column }, .warning = true, .text = text };
}

/** NULL: this owner can approve. */
static slu_rc person_trouble(const char **out, struct app_unit *u, const struct app_repo *r, const strat *s, slu_str name, slu_err *err)
{
	struct pol_person p = { 0 };

	SLU_TRY(app_person(&p, u, r->id, s, name, err));
	*out = !p.known ? slu_printf(u->a, "%.*s is not known here", SLU_FMT(name))
	     : p.disabled ? slu_printf(u->a, "%.*s is disabled", SLU_FMT(name))
	     : p.level < STRAT_WRITE ? slu_printf(u->a, "%.*s has less than write", SLU_FMT(name)) : NULL;
	return SLU_OK;
}

static slu_rc may_act(bool *out, struct app_unit *u, const struct app_repo *r, const strat *s, slu_str name, slu_err *err)
{
	struct pol_person p = { 0 };

	SLU_TRY(app_person(&p, u, r->id, s, name, err));
	*out = p.known && !p.disabled;
	return SLU_OK;
}

static slu_rc role_trouble(const char **out, struct app_unit *u, const struct app_repo *r, const strat *s, const struct strat_role *role, slu_err *err)
{
	const struct port_grant *g = NULL;
	size_t n = 0;
	bool held = false;

	for (size_t i = 0; i < role->member_n && !held; i++)
		SLU_TRY(may_act(&held, u, r, s, role->member[i], err));
	SLU_TRY(port_grant_list(u->store, u->a, r->id, 0, &g, &n, err));
	for (size_t i = 0; i < n && !held; i++)
		if (slu_str_eq(g[i].role, role->name))
			SLU_TRY(may_act(&held, u, r, s, g[i].person, err));
	*out = held ? NULL : slu_printf(u->a, "nobody holds the role %.*s", SLU_FMT(role->name));
	return SLU_OK;
}

static slu_rc trouble(const char **out, struct app_unit *u, const struct app_repo *r, const strat *s, slu_str owner, slu_err *err)
{
	slu_str name;
	const slu_str *of = &name;
	size_t n = 1;
	enum pol_owner_kind kind = pol_owner_kind(owner, &name);

	*out = NULL;
	int role = kind == POL_OWNER_EMAIL ? STRAT_NONE : strat_find_role(s, name);
	if (role >= 0)
		return role_trouble(out, u, r, s, &s->role[role], err);
	if (kind == POL_OWNER_ROLE)
		*out = slu_printf(u->a, "%.*s is no role of the strategy", SLU_FMT(owner));
	if (kind == POL_OWNER_EMAIL)
		SLU_TRY(app_by_email(&of, &n, u, u->a, owner, err));
	if (n == 0)
		*out = slu_printf(u->a, "%.*s is nobody's address here", SLU_FMT(owner));
	for (size_t i = 0; i < n && kind != POL_OWNER_ROLE; i++) {
		SLU_TRY(person_trouble(out, u, r, s, of[i], err));
		if (!*out)
			break;
	}
	return SLU_OK;
}

static slu_rc check_people(strat_issues *issues, struct app_unit *u, const struct app_repo *r, const strat *s, const char *file, const struct pol_owners *o, slu_err *err)
{
	slu_map *seen = slu_map_new(u->a);
	size_t said = 0;

	for (size_t i = 0; i < o->rule.n && said < MAX_SAID; i++)
		for (size_t k = 0; k < o->rule.v[i].owner_n; k++) {
			const char *why = NULL;
			slu_str owner = o->rule.v[i].owner[k];
			if (slu_map_get(seen, owner))
				continue;
			slu_map_put(seen, owner, seen);
			SLU_TRY(trouble(&why, u, r, s, owner, err));
			if (why && said++ < MAX_SAID)
				warn(issues, u->a, file, o->rule.v[i].line, 1, slu_printf(u->a, "%s: this owner can approve nothing.", why));
		}
	return SLU_OK;
}

slu_rc app_owners_check(strat_issues *issues, struct app_unit *u, struct app_repo *r, const strat *s, slu_err *err)
{
	slu_oid head = slu_oid_zero();
	slu_str text;
	struct pol_owners o = { 0 };
	slu_err why = { 0 };
	const char *file = NULL;
	bool found = false;

	if (!asks_somewhere(s))
		return SLU_OK;
	SLU_TRY(r->git->ops->ref(r->git, slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(r->default_branch))), &head, err));
	for (size_t i = 0; pol_owners_place[i] && !found && !slu_oid_is_zero(&head); i++) {
		file = pol_owners_place[i];
		SLU_TRY(r->git->ops->file_at(r->git, u->a, &head, slu_s(file), &text, &found, err));
	}
	if (!found)
		return SLU_OK;
	if (pol_owners_read(&o, u->a, text, &why) != SLU_OK)
		warn(issues, u->a, file, 1, 1, slu_strdup(u->a, why.text));
	for (size_t i = 0; i < o.issue.n && i < MAX_SAID; i++)
		warn(issues, u->a, file, o.issue.v[i].line, o.issue.v[i].column, slu_printf(u->a, "%s The line counts for nothing.", o.issue.v[i].text));
	return check_people(issues, u, r, s, file, &o, err);
}
