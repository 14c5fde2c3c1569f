/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: "slu_", 43 random characters of 62 (256 bits), 6 of checksum. Only their hash is kept. */
#include "app/people.h"

#include "app/act.h"
#include "base/quantity.h"

#include <sodium.h>

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
enum { PREFIX = 4, RANDOM = 43, CHECK = 6, TOKEN = PREFIX + RANDOM + CHECK, SHOWN = 10, USED_EVERY_S = 3600 };

/* ---- scopes -------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *word;
	unsigned bit, brings;
} scope_rows[] = {
	{ "repo:read", APP_SCOPE_READ, APP_SCOPE_READ },
	{ "repo:write", APP_SCOPE_WRITE, APP_SCOPE_WRITE | APP_SCOPE_READ | APP_SCOPE_STATUS },
	{ "repo:status", APP_SCOPE_STATUS, APP_SCOPE_STATUS | APP_SCOPE_READ },
	{ "deploy", APP_SCOPE_DEPLOY, APP_SCOPE_DEPLOY | APP_SCOPE_READ },
	{ "admin", APP_SCOPE_ADMIN, APP_SCOPE_ALL },
};
enum { SCOPES = sizeof(scope_rows) / sizeof(scope_rows[0]) };

slu_rc app_scopes_parse(unsigned *out, slu_str text, slu_err *err)
{
	unsigned got = 0;
	slu_str word;

	while (slu_str_split(&text, ',', &word)) {
		size_t i = 0;
		word = slu_str_trim(word);
		while (i < SCOPES && !slu_str_is(word, scope_rows[i].word))
			i++;
		if (i == SCOPES)
			return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no scope; there are repo:read, repo:write, repo:status, deploy, admin.", SLU_FMT(word));
		got |= scope_rows[i].brings;
	}
	if (!got)
		return slu_fail(err, SLU_E_INVALID, "No scope was named; there are repo:read, repo:write, repo:status, deploy, admin.");
	*out = got;
	return SLU_OK;
}

char *app_scopes_text(slu_arena *a, unsigned scopes)
{
	char *text = slu_strdup(a, "");

	if ((scopes & APP_SCOPE_ALL) == APP_SCOPE_ALL)
		return slu_strdup(a, "admin");
	for (size_t i = 0; i < SCOPES; i++) {
		bool more = false; /* another one that is held brings this one */
		for (size_t k = 0; k < SCOPES; k++)
			more = more || (k != i && (scopes & scope_rows[k].bit) && (scope_rows[k].brings & scope_rows[i].bit));
		if ((scopes & scope_rows[i].bit) && !more)
			text = slu_printf(a, "%s%s%s", text, *text ? "," : "", scope_rows[i].word);
	}
	return text;
}

/* ---- the text of a token ----------------------------------------------------------------------------------------------------- */

static void checksum(char out[CHECK], const char *body)
{
	unsigned char h[crypto_hash_sha256_BYTES];
	uint64_t v = 0;

	(void)crypto_hash_sha256(h, (const unsigned char *)body, PREFIX + RANDOM);
	for (int i = 0; i < 8; i++)
		v = v << 8 | h[i];
	for (int i = 0; i < CHECK; i++, v /= 62)
		out[i] = alphabet[v % 62];
}

static void token_hash(unsigned char out[PORT_TOKEN_HASH], slu_str token)
{
	(void)crypto_generichash(out, PORT_TOKEN_HASH, (const unsigned char *)token.p, token.n, NULL, 0);
}

static bool well_formed(slu_str t)
{
	char want[CHECK];

	if (t.n != TOKEN || !slu_str_starts(t, "slu_"))
		return false;
	checksum(want, t.p);
	return sodium_memcmp(want, t.p + PREFIX + RANDOM, CHECK) == 0;
}

slu_str app_token_make(slu_arena *a, unsigned char hash[PORT_TOKEN_HASH], slu_str *shown)
{
	char *t = slu_alloc(a, TOKEN + 1);

	memcpy(t, "slu_", PREFIX);
	for (int i = 0; i < RANDOM; i++)
		t[PREFIX + i] = alphabet[randombytes_uniform(62)];
	checksum(t + PREFIX + RANDOM, t);
	token_hash(hash, (slu_str){ t, TOKEN });
	*shown = (slu_str){ slu_strndup(a, t, SHOWN), SHOWN };
	return (slu_str){ t, TOKEN };
}

/* ---- signing in ----------------------------------------------------------------------------------------------------------------- */

static slu_rc usable(const struct port_token *t, slu_str person, int64_t now_s, slu_err *err)
{
	char when[SLU_TIME_TEXT];

	if (t->revoked_s)
		return slu_fail(err, SLU_E_AUTH, "The token %.*s… was revoked on %s; create another with `sluice token create`.", SLU_FMT(t->shown), slu_time_text(t->revoked_s, when));
	if (t->expires_s && t->expires_s <= now_s)
		return slu_fail(err, SLU_E_AUTH, "The token %.*s… expired on %s; create another with `sluice token create`.", SLU_FMT(t->shown), slu_time_text(t->expires_s, when));
	if (t->person_disabled)
		return slu_fail(err, SLU_E_AUTH, "%.*s is disabled on this server; ask an administrator.", SLU_FMT(t->person));
	/* Git wants some user name; these say nothing about who it is. */
	if (person.n && !slu_str_eq(person, t->person) && !slu_str_is(person, "x-access-token") && !slu_str_is(person, "token"))
		return slu_fail(err, SLU_E_AUTH, "The token belongs to %.*s, and %.*s was given as user name.", SLU_FMT(t->person), SLU_FMT(person));
	return SLU_OK;
}

/** Not on every request: a write for each read would cost more than it tells. A busy database is no reason to refuse. */
static void note_use(struct app_unit *u, const struct port_token *t)
{
	if (u->now_s - t->used_s < USED_EVERY_S || port_store_in_transaction(u->store) || port_store_begin(u->store, NULL) != SLU_OK)
		return;
	if (port_token_used(u->store, t->id, u->now_s, NULL) != SLU_OK || port_store_commit(u->store, NULL) != SLU_OK)
		port_store_rollback(u->store);
}

slu_rc app_authenticate(struct app_unit *u, slu_str token, slu_str person, slu_err *err)
{
	unsigned char hash[PORT_TOKEN_HASH];
	struct port_token t = { 0 };

	if (!well_formed(token))
		return slu_fail(err, SLU_E_AUTH, "That is not a whole token: its checksum does not match. A token begins with slu_ and has %d characters.", TOKEN);
	token_hash(hash, token);
	slu_rc rc = port_token_by_hash(u->store, u->a, hash, &t, err);
	if (rc == SLU_E_NOT_FOUND || (rc == SLU_OK && sodium_memcmp(hash, t.hash, sizeof(hash)) != 0))
		return slu_fail(err, SLU_E_AUTH, "This server does not know that token.");
	SLU_TRY(rc);
	SLU_TRY(usable(&t, person, u->now_s, err));
	u->who = (struct app_who){ .signed_in = true, .name = t.person, .scopes = t.scopes, .person_id = t.person_id, .token_id = t.id };
	note_use(u, &t);
	return SLU_OK;
}

static slu_rc write_session(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct port_token *t = ctx;
	struct app_data d;

	app_data_begin(&d);
	slu_json_kv_int(&d.json, "token", t->id);
	slu_json_kv_str(&d.json, "shown", t->shown);
	return app_data_bounded(&d, u, NULL, "signed-in", (slu_str){ 0 }, 0, err);
}

slu_rc app_session_begun(struct app_unit *u, slu_err *err)
{
	struct port_token t = { 0 };

	SLU_TRY(port_token_get(u->store, u->a, u->who.token_id, &t, err));
	return app_act(u, write_session, &t, err);
}

slu_rc app_still_signed_in(struct app_unit *u, slu_err *err)
{
	struct port_token t = { 0 };

	if (!u->who.token_id)
		return SLU_OK;
	SLU_TRY(port_token_get(u->store, u->a, u->who.token_id, &t, err));
	return usable(&t, u->who.name, app_ports_of(u->app)->now_ms() / 1000, err);
}

void app_be_operator(struct app_unit *u)
{
	u->who = (struct app_who){ .signed_in = true, .operator_ = true, .name = SLU_STR("operator"), .scopes = APP_SCOPE_ALL };
}

void app_be_system(struct app_unit *u)
{
	u->who = (struct app_who){ .signed_in = true, .operator_ = true, .name = SLU_STR("system"), .scopes = APP_SCOPE_ALL };
}

slu_rc app_need_scope(struct app_unit *u, unsigned any_of, slu_err *err)
{
	if (!u->who.signed_in)
		return slu_fail(err, SLU_E_AUTH, "Nobody is signed in; send a token.");
	if (u->who.scopes & any_of)
		return SLU_OK;
	return slu_fail(err, SLU_E_DENIED, "The token's scopes (%s) do not cover this; it needs %s.", app_scopes_text(u->a, u->who.scopes), app_scopes_text(u->a, any_of));
}

slu_rc app_need_server_admin(struct app_unit *u, slu_err *err)
{
	const struct port_grant *grant = NULL;
	size_t n = 0;

	SLU_TRY(app_need_scope(u, APP_SCOPE_ADMIN, err));
	if (u->who.operator_)
		return SLU_OK;
	SLU_TRY(port_grant_list(u->store, u->a, 0, u->who.person_id, &grant, &n, err));
	for (size_t i = 0; i < n; i++)
		if (slu_str_is(grant[i].role, "admin"))
			return SLU_OK;
	return slu_fail(err, SLU_E_DENIED, "Only administrators of the server may do this; %.*s is none.", SLU_FMT(u->who.name));
}
