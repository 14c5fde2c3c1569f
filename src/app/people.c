/* SPDX-License-Identifier: Apache-2.0 */
#include "app/people.h"

#include "app/act.h"
#include "base/limits.h"

/* ---- names ----------------------------------------------------------------------------------------------------------------- */

static bool name_byte(slu_str name, size_t i)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	char c = name.p[i];

	if (c != '\0' && strchr(letters, c))
		return true;
	return i > 0 && (c == '-' || c == '_' || (c == '.' && name.p[i - 1] != '.'));
}

slu_rc app_name_check(slu_str name, const char *what, slu_err *err)
{
	bool good = name.n >= 1 && name.n <= SLU_MAX_NAME_BYTES;

	for (size_t i = 0; good && i < name.n; i++)
		good = name_byte(name, i);
	good = good && !slu_str_ends(name, ".") && !slu_str_ends(name, ".git") && !slu_str_ends(name, ".lock");
	if (good)
		return SLU_OK;
	return slu_fail(err, SLU_E_INVALID, "\"%.*s\" cannot be %s: 1 to %u letters, digits, and between them '.', '_', '-'; no \"..\", and not ending in \".git\" or \".lock\".", SLU_FMT(name), what, SLU_MAX_NAME_BYTES);
}

enum strat_level app_level_of_word(slu_str word)
{
	for (int l = STRAT_READ; l <= STRAT_ADMIN; l++)
		if (slu_str_is(word, strat_level_word((enum strat_level)l)))
			return (enum strat_level)l;
	return STRAT_LEVEL_NONE;
}

/* ---- people ---------------------------------------------------------------------------------------------------------------- */

static slu_rc add_user(struct app_unit *u, void *ctx, slu_err *err)
{
	struct port_person *p = ctx;

	SLU_TRY(port_person_add(u->store, p, err));
	struct app_data d;
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "person", p->name);
	return app_data_event(&d, u, NULL, "user-added", (slu_str){ 0 }, 0, err);
}

slu_rc app_user_add(struct port_person *out, struct app_unit *u, slu_str name, slu_str title, slu_str email, slu_err *err)
{
	SLU_TRY(app_need_server_admin(u, err));
	SLU_TRY(app_name_check(name, "the name of a person", err));
	if (slu_str_is(name, "operator") || slu_str_is(name, "system") || slu_str_is(name, "nobody"))
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" has a meaning of its own and cannot be the name of a person.", SLU_FMT(name));
	if (title.n > SLU_MAX_TITLE_BYTES || email.n > SLU_MAX_TITLE_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "Full name and e-mail address have at most %u bytes.", SLU_MAX_TITLE_BYTES);
	struct port_person p = { .name = name, .title = title, .email = email, .created_s = u->now_s };
	SLU_TRY(app_act(u, add_user, &p, err));
	*out = p;
	return SLU_OK;
}

struct disable {
	struct port_person person;
	bool disabled;
};

static slu_rc disable_user(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct disable *x = ctx;

	SLU_TRY(port_person_disable(u->store, x->person.id, x->disabled, err));
	struct app_data d;
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "person", x->person.name);
	return app_data_event(&d, u, NULL, x->disabled ? "user-disabled" : "user-enabled", (slu_str){ 0 }, 0, err);
}

slu_rc app_user_disable(struct app_unit *u, slu_str name, bool disabled, slu_err *err)
{
	struct disable x = { .disabled = disabled };

	SLU_TRY(app_need_server_admin(u, err));
	SLU_TRY(port_person_get(u->store, u->a, name, &x.person, err));
	return x.person.disabled == disabled ? SLU_OK : app_act(u, disable_user, &x, err);
}

slu_rc app_person_get(struct port_person *out, struct app_unit *u, slu_str name, slu_err *err)
{
	return port_person_get(u->store, u->a, name, out, err);
}

slu_rc app_person_list(const struct port_person **out, size_t *n, struct app_unit *u, slu_err *err)
{
	SLU_TRY(app_need_server_admin(u, err));
	return port_person_list(u->store, u->a, out, n, err);
}

/* ---- tokens ---------------------------------------------------------------------------------------------------------------- */

/** Oneself, or anybody for a server administrator. */
static slu_rc whose(struct port_person *out, struct app_unit *u, slu_str person, slu_err *err)
{
	if (!u->who.signed_in)
		return slu_fail(err, SLU_E_AUTH, "Nobody is signed in; send a token.");
	if (!person.n && u->who.operator_)
		return slu_fail(err, SLU_E_INVALID, "Say whose token it is (`--user NAME`).");
	bool self = !person.n || slu_str_eq(person, u->who.name);
	if (!self)
		SLU_TRY(app_need_server_admin(u, err));
	return port_person_get(u->store, u->a, self ? u->who.name : person, out, err);
}

static slu_rc add_token(struct app_unit *u, void *ctx, slu_err *err)
{
	struct port_token *t = ctx;

	SLU_TRY(port_token_add(u->store, t, err));
	struct app_data d;
	app_data_begin(&d);
	slu_json_kv_int(&d.json, "token", t->id);
	slu_json_kv_str(&d.json, "person", t->person);
	slu_json_kv_str(&d.json, "shown", t->shown);
	slu_json_kv_z(&d.json, "scopes", app_scopes_text(u->a, t->scopes));
	slu_json_kv_int(&d.json, "expires", t->expires_s);
	return app_data_event(&d, u, NULL, "token-created", (slu_str){ 0 }, 0, err);
}

/** A token that was stolen shall end when it was to end. */
static slu_rc not_longer(struct app_unit *u, int64_t lifetime_s, slu_err *err)
{
	struct port_token mine = { 0 };

	if (!u->who.token_id)
		return SLU_OK;
	SLU_TRY(port_token_get(u->store, u->a, u->who.token_id, &mine, err));
	if (mine.expires_s && (!lifetime_s || u->now_s + lifetime_s > mine.expires_s))
		return slu_fail(err, SLU_E_DENIED, "A token that expires cannot make one that outlives it: give it an end within %lld s (--expires).", (long long)(mine.expires_s - u->now_s));
	return SLU_OK;
}

slu_rc app_token_create(slu_str *text, struct port_token *out, struct app_unit *u, slu_str person, slu_str name, unsigned scopes, int64_t lifetime_s, slu_err *err)
{
	struct port_person p = { 0 };

	SLU_TRY(whose(&p, u, person, err));
	if (p.disabled)
		return slu_fail(err, SLU_E_INVALID, "%.*s is disabled; a token would open nothing.", SLU_FMT(p.name));
	if (scopes & ~u->who.scopes)
		return slu_fail(err, SLU_E_DENIED, "A token cannot make one with more scopes than its own (%s).", app_scopes_text(u->a, u->who.scopes));
	if (name.n > SLU_MAX_TITLE_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "The name of a token has at most %u bytes.", SLU_MAX_TITLE_BYTES);
	if (lifetime_s < 0)
		return slu_fail(err, SLU_E_INVALID, "A token cannot expire before it is made.");
	SLU_TRY(not_longer(u, lifetime_s, err));
	struct port_token t = { .person_id = p.id, .person = p.name, .name = name, .scopes = scopes, .created_s = u->now_s, .expires_s = lifetime_s ? u->now_s + lifetime_s : 0 };
	slu_str made = app_token_make(u->a, t.hash, &t.shown);
	SLU_TRY(app_act(u, add_token, &t, err));
	*text = made;
	*out = t;
	return SLU_OK;
}

slu_rc app_token_list(const struct port_token **out, size_t *n, struct app_unit *u, slu_str person, slu_err *err)
{
	struct port_person p = { 0 };

	SLU_TRY(app_need_scope(u, APP_SCOPE_ALL, err));
	if (!person.n && app_need_server_admin(u, NULL) == SLU_OK)
		return port_token_list(u->store, u->a, 0, out, n, err);
	SLU_TRY(whose(&p, u, person, err));
	return port_token_list(u->store, u->a, p.id, out, n, err);
}

static slu_rc revoke_token(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct port_token *t = ctx;

	SLU_TRY(port_token_revoke(u->store, t->id, u->now_s, err));
	struct app_data d;
	app_data_begin(&d);
	slu_json_kv_int(&d.json, "token", t->id);
	slu_json_kv_str(&d.json, "person", t->person);
	slu_json_kv_str(&d.json, "shown", t->shown);
	return app_data_event(&d, u, NULL, "token-revoked", (slu_str){ 0 }, 0, err);
}

slu_rc app_token_revoke(struct app_unit *u, int64_t id, slu_err *err)
{
	struct port_token t = { 0 };
	struct port_person p = { 0 };

	if (!u->who.signed_in)
		return slu_fail(err, SLU_E_AUTH, "Nobody is signed in; send a token.");
	SLU_TRY(port_token_get(u->store, u->a, id, &t, err));
	/* Somebody else's token is not there for one who may not see it. */
	if (whose(&p, u, t.person, NULL) != SLU_OK)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no token %lld.", (long long)id);
	return app_act(u, revoke_token, &t, err);
}

/* ---- roles ----------------------------------------------------------------------------------------------------------------- */

struct grant {
	struct port_grant row;
	struct app_repo *repo;
	bool revoke;
};

static slu_rc write_grant(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct grant *g = ctx;

	slu_rc rc = g->revoke ? port_grant_remove(u->store, g->row.repo_id, g->row.person_id, g->row.role, err) : port_grant_add(u->store, &g->row, err);
	if (rc == SLU_E_NOT_FOUND)
		return slu_fail(err, rc, "%.*s does not hold the role %.*s in %.*s.", SLU_FMT(g->row.person), SLU_FMT(g->row.role), SLU_FMT(g->repo ? g->repo->full : SLU_STR("the server")));
	SLU_TRY(rc);
	struct app_data d;
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "person", g->row.person);
	slu_json_kv_str(&d.json, "role", g->row.role);
	return app_data_event(&d, u, g->repo, g->revoke ? "role-revoked" : "role-granted", (slu_str){ 0 }, 0, err);
}

static slu_rc may_grant(struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	if (!r)
		return app_need_server_admin(u, err);
	SLU_TRY(app_need_scope(u, APP_SCOPE_ADMIN, err));
	if (r->level < STRAT_ADMIN)
		return slu_fail(err, SLU_E_DENIED, "Only administrators of %.*s may change its roles.", SLU_FMT(r->full));
	return SLU_OK;
}

static slu_rc change_role(struct app_unit *u, struct app_repo *r, slu_str person, slu_str role, bool revoke, slu_err *err)
{
	struct port_person p = { 0 };

	SLU_TRY(may_grant(u, r, err));
	SLU_TRY(port_person_get(u->store, u->a, person, &p, err));
	struct grant g = { .row = { .repo_id = r ? r->id : 0, .person_id = p.id, .person = p.name, .role = role, .by = u->who.name, .at_s = u->now_s }, .repo = r, .revoke = revoke };
	return app_act(u, write_grant, &g, err);
}

slu_rc app_role_grant(struct app_unit *u, struct app_repo *r, slu_str person, slu_str role, slu_err *err)
{
	if (!r && !slu_str_is(role, "admin"))
		return slu_fail(err, SLU_E_INVALID, "On the whole server there is only the role admin; name a repository for others (`--repo OWNER/NAME`).");
	if (r && app_level_of_word(role) == STRAT_LEVEL_NONE && strat_find_role(r->strategy, role) == STRAT_NONE)
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is neither a level (read, triage, write, maintain, admin) nor a role of the strategy in force.", SLU_FMT(role));
	return change_role(u, r, person, role, false, err);
}

slu_rc app_role_revoke(struct app_unit *u, struct app_repo *r, slu_str person, slu_str role, slu_err *err)
{
	return change_role(u, r, person, role, true, err);
}

slu_rc app_role_list(const struct port_grant **out, size_t *n, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	if (!r)
		SLU_TRY(app_need_server_admin(u, err));
	return port_grant_list(u->store, u->a, r ? r->id : 0, 0, out, n, err);
}
