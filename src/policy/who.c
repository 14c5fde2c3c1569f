/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

static enum strat_level level_of_word(slu_str word)
{
	for (int l = STRAT_READ; l <= STRAT_ADMIN; l++)
		if (slu_str_is(word, strat_level_word((enum strat_level)l)))
			return (enum strat_level)l;
	return STRAT_LEVEL_NONE;
}

bool pol_has_role(const struct pol_person *p, slu_str role)
{
	for (size_t i = 0; i < p->role_n; i++)
		if (slu_str_eq(p->role[i], role))
			return true;
	return false;
}

static bool is_member(const struct strat_role *r, slu_str name)
{
	for (size_t i = 0; i < r->member_n; i++)
		if (slu_str_eq(r->member[i], name))
			return true;
	return false;
}

/* Somebody with several roles has the highest level of them. */
static void add_roles_of_file(struct pol_judge *j, slu_str name, struct pol_person *p)
{
	slu_str *role = SLU_NEW_N(j->a, slu_str, p->role_n + j->s->role_n + 1);
	size_t n = 0;
	for (size_t i = 0; i < p->role_n; i++) {
		enum strat_level l = level_of_word(p->role[i]);
		p->level = l > p->level ? l : p->level;
		role[n++] = p->role[i];
	}
	for (size_t i = 0; i < j->s->role_n; i++) {
		const struct strat_role *r = &j->s->role[i];
		bool held = pol_has_role(p, r->name);
		if (!held && !is_member(r, name))
			continue;
		if (!held)
			role[n++] = r->name;
		p->level = r->level > p->level ? r->level : p->level;
	}
	p->role = role;
	p->role_n = n;
}

slu_rc pol_person_get(struct pol_judge *j, slu_str name, struct pol_person *out, bool *known_here, slu_err *err)
{
	struct pol_person p = { 0 };
	*known_here = j->f->person != NULL;
	if (j->f->person && name.n)
		SLU_TRY(j->f->person(j->f->ctx, j->a, name, &p, err));
	if (p.known && !p.disabled)
		add_roles_of_file(j, name, &p);
	*out = p;
	return SLU_OK;
}

bool pol_who_has(const struct strat_who *w, slu_str name, const struct pol_person *p)
{
	if (!p->known || p->disabled || name.n == 0)
		return false;
	for (size_t i = 0; i < w->n; i++) {
		const struct strat_who_item *it = &w->item[i];
		if (it->kind == STRAT_WHO_LEVEL && p->level >= it->level)
			return true;
		if (it->kind == STRAT_WHO_ROLE && pol_has_role(p, it->name))
			return true;
		if (it->kind == STRAT_WHO_PERSON && slu_str_eq(it->name, name))
			return true;
	}
	return false;
}

const char *pol_person_text(struct pol_judge *j, slu_str name, const struct pol_person *p)
{
	if (name.n == 0)
		return "nobody is signed in";
	if (!p->known)
		return POL_TEXT(j, "%.*s is not known here", SLU_FMT(name));
	if (p->disabled)
		return POL_TEXT(j, "%.*s is disabled", SLU_FMT(name));
	const char *roles = "";
	for (size_t i = 0; i < p->role_n; i++)
		if (!level_of_word(p->role[i]))
			roles = POL_TEXT(j, "%s%s%.*s", roles, *roles ? ", " : " and role ", SLU_FMT(p->role[i]));
	return POL_TEXT(j, "%.*s has %s%s%s", SLU_FMT(name), p->level ? "level " : "no level", p->level ? strat_level_word(p->level) : "", roles);
}

struct pol_row *pol_add_allow(struct pol_judge *j, const char *rule, const struct strat_who *w, const char *what, const char *remedy)
{
	const char *wanted = POL_TEXT(j, "%s: %s", what, strat_who_text(j->a, w));
	if (j->act->cause != POL_BY_PERSON)
		return pol_add(j, NULL, (struct pol_row){ .rule = rule, .pos = w->pos, .state = POL_PASSED, .wanted = wanted,
				       .actual = POL_TEXT(j, "%s, which allows it", pol_cause_text(j->act->cause)) });
	bool may = pol_who_has(w, j->act->actor, &j->actor);
	enum pol_state state = may ? POL_PASSED : w->n && !j->actor_known ? POL_WAITING : POL_FAILED;
	const char *actual = j->actor_known ? pol_person_text(j, j->act->actor, &j->actor) : w->n ? "who you are is not known here" : "nobody may, whoever it is";
	struct pol_row *row = pol_add(j, NULL, (struct pol_row){ .rule = rule, .pos = w->pos, .state = state, .wanted = wanted, .actual = actual,
						   .remedy = may ? "" : remedy, .unknown = !j->actor_known });
	if (!may)
		pol_opens_who(j, row, w);
	return row;
}

bool pol_opened_by(const struct pol_row *row, slu_str name, const struct pol_person *p, bool author)
{
	const struct strat_who w = { .item = row->who, .n = row->who_n };
	return pol_who_has(&w, name, p) || (row->author && author && name.n && p->known && !p->disabled);
}
