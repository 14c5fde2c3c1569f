/* SPDX-License-Identifier: Apache-2.0 */
/* A repository within a unit of work: its Git handle, the strategy in force, the level of the one who asks. */
#include "app/impl.h"
#include "app/people.h"
#include "app/person.h"

/* ---- Git handles --------------------------------------------------------------------------------------------------------- */

static port_git *idle_git(app *ap, int64_t repo_id)
{
	port_git *g = NULL;

	(void)pthread_mutex_lock(&ap->mu);
	for (size_t i = ap->git_n; !g && i-- > 0;) {
		if (ap->git[i].repo_id != repo_id)
			continue;
		g = ap->git[i].git;
		ap->git[i] = ap->git[--ap->git_n];
	}
	(void)pthread_mutex_unlock(&ap->mu);
	return g;
}

static void give_back(app *ap, int64_t repo_id, port_git *g)
{
	(void)pthread_mutex_lock(&ap->mu);
	if (ap->git_n < APP_GITS) {
		ap->git[ap->git_n].repo_id = repo_id;
		ap->git[ap->git_n++].git = g;
		g = NULL;
	}
	(void)pthread_mutex_unlock(&ap->mu);
	if (g)
		g->ops->close(g);
}

/* ---- people and levels ----------------------------------------------------------------------------------------------------------- */

static bool in_list(const slu_str *list, size_t n, slu_str name)
{
	for (size_t i = 0; i < n; i++)
		if (slu_str_eq(list[i], name))
			return true;
	return false;
}

struct roles {
	SLU_LIST(slu_str) name;
	enum strat_level level;
};

static void take_role(struct roles *x, slu_arena *a, const strat *s, slu_str role)
{
	int i = strat_find_role(s, role);
	enum strat_level level = i == STRAT_NONE ? app_level_of_word(role) : s->role[i].level;

	if (i != STRAT_NONE && !in_list(x->name.v, x->name.n, role))
		*SLU_ADD(a, &x->name) = role;
	if (level > x->level)
		x->level = level;
}

slu_rc app_person(struct pol_person *out, struct app_unit *u, int64_t repo_id, const strat *s, slu_str name, slu_err *err)
{
	struct port_person p = { 0 };
	const struct port_grant *grant = NULL;
	struct roles x = { 0 };
	size_t n = 0;

	if (slu_str_is(name, "operator") || slu_str_is(name, "system")) {
		*out = (struct pol_person){ .known = true, .level = STRAT_ADMIN };
		return SLU_OK;
	}
	slu_rc rc = name.n ? port_person_get(u->store, u->a, name, &p, err) : SLU_E_NOT_FOUND;
	if (rc == SLU_E_NOT_FOUND) {
		*out = (struct pol_person){ 0 };
		return SLU_OK;
	}
	SLU_TRY(rc);
	SLU_TRY(port_grant_list(u->store, u->a, -1, p.id, &grant, &n, err));
	for (size_t i = 0; i < n; i++) {
		if (grant[i].repo_id == 0 && slu_str_is(grant[i].role, "admin"))
			x.level = STRAT_ADMIN;
		else if (grant[i].repo_id == repo_id)
			take_role(&x, u->a, s, grant[i].role);
	}
	for (size_t i = 0; i < s->role_n; i++)
		if (in_list(s->role[i].member, s->role[i].member_n, p.name))
			take_role(&x, u->a, s, s->role[i].name);
	*out = (struct pol_person){ .known = true, .disabled = p.disabled, .level = p.disabled ? STRAT_LEVEL_NONE : x.level, .role = x.name.v, .role_n = x.name.n };
	return SLU_OK;
}

/** What the token lets through of what its person holds. */
static enum strat_level bounded(const struct app_who *who, enum strat_level level)
{
	enum strat_level most = STRAT_LEVEL_NONE;

	if (who->scopes & APP_SCOPE_WRITE)
		most = STRAT_ADMIN;
	else if (who->scopes & APP_SCOPE_STATUS)
		most = STRAT_TRIAGE;
	else if (who->scopes & APP_SCOPE_READ)
		most = STRAT_READ;
	return level < most ? level : most;
}

static slu_rc level_of(enum strat_level *out, struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	struct pol_person p = { 0 };
	enum strat_level level = STRAT_LEVEL_NONE;

	if (u->who.signed_in) {
		SLU_TRY(app_person(&p, u, r->id, r->strategy, u->who.name, err));
		level = bounded(&u->who, p.level);
	}
	if (r->row.public_ && level < STRAT_READ)
		level = STRAT_READ;
	*out = level;
	return SLU_OK;
}

/* ---- open and close ----------------------------------------------------------------------------------------------------------------- */

static slu_rc open_git(struct app_repo *r, struct app_unit *u, slu_err *err)
{
	r->git = idle_git(u->app, r->id);
	if (r->git)
		return SLU_OK;
	const struct port_git_open o = { .path = r->path, .lock_fd = u->app->lock_fd, .signer = &u->app->signer };
	return u->app->ports.git_open(&r->git, &o, err);
}

/** Strategies that verdicts of this unit may still point into; all are given back when the repository is closed. */
struct holds {
	struct app_held *held;
	struct holds *older;
};

static void hold(struct app_unit *u, struct app_repo *r, struct app_held *held)
{
	struct holds *h = SLU_NEW(u->a, struct holds);

	*h = (struct holds){ held, r->hold };
	r->hold = h;
	r->strategy = held->strategy;
	r->strategy_file = held->file;
	r->strategy_commit = held->commit;
	r->strategy_trouble = held->trouble;
	r->strategy_base = held->outside.v;
	r->strategy_base_n = held->outside.n;
}

static slu_rc open_row(struct app_repo *out, struct app_unit *u, const struct port_repo *row, slu_err *err)
{
	struct app_repo r = { .row = *row, .id = row->id, .owner = row->owner, .name = row->name, .default_branch = row->default_branch, .read_only = row->read_only.n > 0 };
	struct app_held *held = NULL;

	r.full = slu_s(slu_printf(u->a, "%.*s/%.*s", SLU_FMT(row->owner), SLU_FMT(row->name)));
	r.path = slu_printf(u->a, "%s/repos/%.*s.git", u->app->home, SLU_FMT(r.full));
	SLU_TRY(open_git(&r, u, err));
	slu_rc rc = app_strategy_in_force(&held, u, &r, err);
	if (rc != SLU_OK) {
		give_back(u->app, r.id, r.git);
		return rc;
	}
	hold(u, &r, held);
	*out = r;
	return SLU_OK;
}

slu_rc app_repo_refresh(struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct port_repo row = { 0 };
	struct app_held *held = NULL;

	SLU_TRY(port_repo_by_id(u->store, u->a, r->id, &row, err));
	r->row = row;
	r->default_branch = row.default_branch;
	r->read_only = row.read_only.n > 0;
	SLU_TRY(app_strategy_in_force(&held, u, r, err));
	hold(u, r, held);
	return SLU_OK;
}

void app_repo_close(struct app_unit *u, struct app_repo *r)
{
	if (!r->hold)
		return;
	give_back(u->app, r->id, r->git);
	for (const struct holds *h = r->hold; h; h = h->older)
		app_held_drop(u->app, h->held);
	*r = (struct app_repo){ 0 };
}

static slu_rc not_there(slu_err *err, slu_str owner, slu_str name)
{
	return slu_fail(err, SLU_E_NOT_FOUND, "There is no repository %.*s/%.*s.", SLU_FMT(owner), SLU_FMT(name));
}

slu_rc app_repo_open(struct app_repo *out, struct app_unit *u, slu_str owner, slu_str name, enum strat_level need, slu_err *err)
{
	struct port_repo row = { 0 };
	struct app_repo r = { 0 };

	if (app_name_check(owner, "", NULL) != SLU_OK || app_name_check(name, "", NULL) != SLU_OK)
		return not_there(err, owner, name);
	SLU_TRY(port_repo_get(u->store, u->a, owner, name, &row, err));
	SLU_TRY(open_row(&r, u, &row, err));
	slu_rc rc = level_of(&r.level, u, &r, err);
	if (rc == SLU_OK && r.level < STRAT_READ)
		rc = not_there(err, owner, name);
	else if (rc == SLU_OK && r.level < need && !u->who.signed_in)
		rc = slu_fail(err, SLU_E_AUTH, "Nobody is signed in; send a token of somebody with %s in %.*s.", strat_level_word(need), SLU_FMT(r.full));
	else if (rc == SLU_OK && r.level < need)
		rc = slu_fail(err, SLU_E_DENIED, "This needs %s in %.*s; %.*s holds %s there with this token.", strat_level_word(need), SLU_FMT(r.full), SLU_FMT(u->who.name), strat_level_word(r.level));
	if (rc != SLU_OK) {
		app_repo_close(u, &r);
		return rc;
	}
	*out = r;
	return SLU_OK;
}

slu_rc app_repo_open_id(struct app_repo *out, struct app_unit *u, int64_t id, slu_err *err)
{
	struct port_repo row = { 0 };
	struct app_repo r = { 0 };

	SLU_TRY(port_repo_by_id(u->store, u->a, id, &row, err));
	SLU_TRY(open_row(&r, u, &row, err));
	r.level = STRAT_ADMIN;
	*out = r;
	return SLU_OK;
}

slu_rc app_repo_quarantine(port_git **out, struct app_unit *u, const struct app_repo *r, const char *object_dir, const char *alternates, slu_err *err)
{
	const struct port_git_open o = { .path = r->path, .object_dir = object_dir, .alternates = alternates, .lock_fd = u->app->lock_fd, .signer = &u->app->signer };
	return u->app->ports.git_open(out, &o, err);
}

/* ---- names on commits ------------------------------------------------------------------------------------------------------------------ */

struct port_git_ident app_server_ident(struct app_unit *u)
{
	return (struct port_git_ident){ SLU_STR("Sluice"), SLU_STR("sluice@localhost"), u->now_s, 0 };
}

struct port_git_ident app_ident(struct app_unit *u)
{
	struct port_person p = { 0 };

	if (u->who.operator_ || port_person_get(u->store, u->a, u->who.name, &p, NULL) != SLU_OK)
		return app_server_ident(u);
	return (struct port_git_ident){
		.name = p.title.n ? p.title : p.name,
		.email = p.email.n ? p.email : slu_s(slu_printf(u->a, "%.*s@localhost", SLU_FMT(p.name))),
		.time_s = u->now_s,
	};
}
