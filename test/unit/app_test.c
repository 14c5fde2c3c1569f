/* SPDX-License-Identifier: Apache-2.0 */
/* The home, signing in, people and roles. Requirement: PR-5 */
#include "app_world.h"

#include "app/audit.h"

#include <sqlite3.h>

T_TEST(a_second_server_on_a_home_is_refused)
{
	struct app_world w;
	app *second = NULL;

	app_world_begin(&w);
	T_RC(app_open(&second, w.home, &app_world_ports, &w.err), SLU_E_CONFLICT);
	T_HAS(w.err.text, "Another server");
	T_RC(app_open(&second, "relative/home", &app_world_ports, &w.err), SLU_E_INVALID);
	app_world_end(&w);
}

static slu_rc sign_in(struct app_world *w, slu_str token, const char *person)
{
	app_repo_close(&w->u, &w->r);
	app_unit_end(&w->u);
	T_OK(app_unit_begin(&w->u, w->ap, &w->err), w->err);
	return app_authenticate(&w->u, token, slu_s(person), &w->err);
}

static slu_str token_of(struct app_world *w, const char *person, unsigned scopes, int64_t life_s, int64_t *id)
{
	slu_str text = { 0 };
	struct port_token t = { 0 };

	app_world_as(w, "operator");
	T_OK(app_token_create(&text, &t, &w->u, slu_s(person), SLU_STR("test"), scopes, life_s, &w->err), w->err);
	*id = t.id;
	return slu_s(slu_str_dup(w->a, text));
}

T_TEST(tokens)
{
	struct app_world w;
	int64_t id = 0, short_id = 0;

	app_world_begin(&w);
	app_world_repo(&w, "gitflow", "ann=admin");
	slu_str token = token_of(&w, "ann", APP_SCOPE_READ, 0, &id), brief = token_of(&w, "ann", APP_SCOPE_ALL, 60, &short_id);
	T_TRUE(slu_str_starts(token, "slu_"));
	T_EQ_INT(token.n, 53);
	T_OK(sign_in(&w, token, ""), w.err);
	T_EQ_SLU(w.u.who.name, "ann");
	T_EQ_INT(w.u.who.scopes, APP_SCOPE_READ);
	T_OK(sign_in(&w, token, "ann"), w.err);
	T_RC(sign_in(&w, token, "bob"), SLU_E_AUTH);
	T_FALSE(w.u.who.signed_in);

	/* one character wrong: the checksum tells, without the database */
	char *wrong = slu_str_dup(w.a, token);
	wrong[10] = wrong[10] == 'a' ? 'b' : 'a';
	T_RC(sign_in(&w, slu_s(wrong), ""), SLU_E_AUTH);
	T_HAS(w.err.text, "checksum");
	/* well formed and unknown */
	unsigned char hash[PORT_TOKEN_HASH];
	slu_str shown = { 0 };
	T_RC(sign_in(&w, app_token_make(w.a, hash, &shown), ""), SLU_E_AUTH);
	T_HAS(w.err.text, "does not know");

	T_OK(sign_in(&w, brief, ""), w.err);
	app_world_clock_ms += 61000;
	T_RC(sign_in(&w, brief, ""), SLU_E_AUTH);
	T_HAS(w.err.text, "expired");
	app_world_as(&w, "operator");
	T_OK(app_token_revoke(&w.u, id, &w.err), w.err);
	T_RC(sign_in(&w, token, ""), SLU_E_AUTH);
	T_HAS(w.err.text, "revoked");
	slu_str other = token_of(&w, "ann", APP_SCOPE_ALL, 0, &id);
	T_OK(app_user_disable(&w.u, SLU_STR("ann"), true, &w.err), w.err);
	T_RC(sign_in(&w, other, ""), SLU_E_AUTH);
	T_HAS(w.err.text, "disabled");
	app_world_end(&w);
}

T_TEST(a_token_that_expires_makes_none_that_outlives_it)
{
	struct app_world w;
	slu_str text = { 0 };
	struct port_token t = { 0 };
	int64_t id = 0;

	app_world_begin(&w);
	app_world_repo(&w, "gitflow", "ann=admin");
	slu_str brief = token_of(&w, "ann", APP_SCOPE_ALL, 60, &id), lasting = token_of(&w, "ann", APP_SCOPE_ALL, 0, &id);
	T_OK(sign_in(&w, brief, ""), w.err);
	T_RC(app_token_create(&text, &t, &w.u, (slu_str){ 0 }, SLU_STR("for good"), APP_SCOPE_READ, 0, &w.err), SLU_E_DENIED);
	T_HAS(w.err.text, "outlives");
	T_RC(app_token_create(&text, &t, &w.u, (slu_str){ 0 }, SLU_STR("longer"), APP_SCOPE_READ, 61, &w.err), SLU_E_DENIED);
	T_OK(app_token_create(&text, &t, &w.u, (slu_str){ 0 }, SLU_STR("shorter"), APP_SCOPE_READ, 30, &w.err), w.err);
	T_OK(sign_in(&w, lasting, ""), w.err);
	T_OK(app_token_create(&text, &t, &w.u, (slu_str){ 0 }, SLU_STR("for good"), APP_SCOPE_READ, 0, &w.err), w.err);
	app_world_end(&w);
}

T_TEST(the_plain_token_is_nowhere_in_the_database)
{
	struct app_world w;
	int64_t id = 0;
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;

	app_world_begin(&w);
	app_world_repo(&w, "gitflow", "ann=admin");
	slu_str token = token_of(&w, "ann", APP_SCOPE_ALL, 0, &id);
	T_EQ_INT(sqlite3_open(slu_printf(w.a, "%s/sluice.db", w.home), &db), SQLITE_OK);
	T_EQ_INT(sqlite3_prepare_v2(db, "SELECT count(*) FROM token WHERE shown = ?1 OR hash = ?1 OR name = ?1", -1, &st, NULL), SQLITE_OK);
	(void)sqlite3_bind_text(st, 1, token.p, (int)token.n, SQLITE_STATIC);
	T_EQ_INT(sqlite3_step(st), SQLITE_ROW);
	T_EQ_INT(sqlite3_column_int(st, 0), 0);
	(void)sqlite3_finalize(st);
	T_EQ_INT(sqlite3_prepare_v2(db, "SELECT count(*) FROM event WHERE instr(data, ?1)", -1, &st, NULL), SQLITE_OK);
	(void)sqlite3_bind_text(st, 1, token.p, (int)token.n, SQLITE_STATIC);
	T_EQ_INT(sqlite3_step(st), SQLITE_ROW);
	T_EQ_INT(sqlite3_column_int(st, 0), 0);
	(void)sqlite3_finalize(st);
	(void)sqlite3_close(db);
	app_world_end(&w);
}

T_TEST(scopes_as_text)
{
	static const struct {
		const char *text;
		unsigned bits;
		const char *back;
	} rows[] = {
		{ "repo:read", APP_SCOPE_READ, "repo:read" },
		{ "repo:write", APP_SCOPE_READ | APP_SCOPE_WRITE | APP_SCOPE_STATUS, "repo:write" },
		{ "repo:status, deploy", APP_SCOPE_READ | APP_SCOPE_STATUS | APP_SCOPE_DEPLOY, "repo:status,deploy" },
		{ "admin", APP_SCOPE_ALL, "admin" },
	};
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned got = 0;
		T_CASE("%s", rows[i].text);
		T_OK(app_scopes_parse(&got, slu_s(rows[i].text), &err), err);
		T_EQ_INT(got, rows[i].bits);
		T_EQ_STR(app_scopes_text(a, got), rows[i].back);
	}
	unsigned none = 0;
	T_RC(app_scopes_parse(&none, SLU_STR("repo:reed"), &err), SLU_E_INVALID);
	T_RC(app_scopes_parse(&none, SLU_STR(""), &err), SLU_E_INVALID);
}

T_TEST(names_of_people_and_repositories)
{
	static const char *const bad[] = { "", ".", "..", "a..b", "-x", ".git", "a.git", "a.lock", "a/b", "a b", "ä", "a.", "a\n" };
	static const char *const good[] = { "a", "ann", "a.b", "A-1_x", "0" };
	slu_err err = { 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		T_CASE("%s", bad[i]);
		T_RC(app_name_check(slu_s(bad[i]), "a name", &err), SLU_E_INVALID);
	}
	T_RC(app_name_check((slu_str){ "a\0b", 3 }, "a name", &err), SLU_E_INVALID);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		T_CASE("%s", good[i]);
		T_OK(app_name_check(slu_s(good[i]), "a name", &err), err);
	}
}

T_TEST(levels_of_a_repository)
{
	struct app_world w;
	struct app_repo r = { 0 };
	struct port_person p = { 0 };

	app_world_begin(&w);
	app_world_repo(&w, "gitflow", "ann=admin bob=write eve=read");
	T_OK(app_user_add(&p, &w.u, SLU_STR("zoe"), (slu_str){ 0 }, (slu_str){ 0 }, &w.err), w.err);
	T_RC(app_user_add(&p, &w.u, SLU_STR("operator"), (slu_str){ 0 }, (slu_str){ 0 }, &w.err), SLU_E_INVALID);
	T_RC(app_role_grant(&w.u, &w.r, SLU_STR("zoe"), SLU_STR("nonsense"), &w.err), SLU_E_INVALID);
	app_world_as(&w, "zoe");
	T_RC(app_repo_open(&r, &w.u, SLU_STR("ann"), SLU_STR("app"), STRAT_READ, &w.err), SLU_E_NOT_FOUND);
	T_RC(app_user_add(&p, &w.u, SLU_STR("mal"), (slu_str){ 0 }, (slu_str){ 0 }, &w.err), SLU_E_DENIED);
	app_world_as(&w, "");
	T_RC(app_repo_open(&r, &w.u, SLU_STR("ann"), SLU_STR("app"), STRAT_READ, &w.err), SLU_E_NOT_FOUND);
	app_world_as(&w, "eve");
	T_RC(app_repo_open(&r, &w.u, SLU_STR("ann"), SLU_STR("app"), STRAT_WRITE, &w.err), SLU_E_DENIED);
	T_RC(app_role_grant(&w.u, &w.r, SLU_STR("eve"), SLU_STR("admin"), &w.err), SLU_E_DENIED);
	app_world_as(&w, "bob");
	T_EQ_INT(w.r.level, STRAT_WRITE);
	w.u.who.scopes = APP_SCOPE_READ;
	T_RC(app_repo_open(&r, &w.u, SLU_STR("ann"), SLU_STR("app"), STRAT_WRITE, &w.err), SLU_E_DENIED);
	app_world_as(&w, "operator");
	T_OK(app_role_grant(&w.u, NULL, SLU_STR("zoe"), SLU_STR("admin"), &w.err), w.err);
	app_world_as(&w, "zoe");
	T_EQ_INT(w.r.level, STRAT_ADMIN);
	T_OK(app_user_disable(&w.u, SLU_STR("bob"), true, &w.err), w.err);
	T_OK(app_role_revoke(&w.u, &w.r, SLU_STR("eve"), SLU_STR("read"), &w.err), w.err);
	app_world_as(&w, "eve");
	T_TRUE(w.r.hold == NULL);
	app_world_end(&w);
}
