/* SPDX-License-Identifier: Apache-2.0 */
/** Calls of the API: which server, the answer's status as a code, the verdict inside it. */
#include "cmd/call.h"

#include <jansson.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static slu_rc no_server(slu_err *err)
{
	return slu_fail(err, SLU_E_USAGE, "Which server? Give --home DIR on its machine, or set SLUICE_SERVER to its address and SLUICE_TOKEN to a token.");
}

static slu_rc use_home(struct cmd_ctx *c, struct cli_open *how, slu_err *err)
{
	struct stat st;
	how->make_home = (c->desc->flags & CMD_MAKES_HOME) != 0 && !c->dry_run;
	if (how->home[0] != '/') {
		char here[4096];
		if (!getcwd(here, sizeof here))
			return slu_fail(err, SLU_E_IO, "The current folder cannot be told.");
		how->home = slu_printf(c->a, "%s/%s", here, how->home);
	}
	if (!c->home && stat(how->home, &st) != 0 && !how->make_home)
		return no_server(err);
	return cmd_libexec(c, "sluice-server", &how->server_program, err);
}

/* What this clone's remote says of server and token; its token is for its own server only. */
static void ask_remote(struct cmd_ctx *c, struct cli_open *how)
{
	const char *server = NULL, *token = NULL;
	bool is_one = cmd_remote_server(c, &server, &token, NULL) == SLU_OK;
	if (!how->server && is_one)
		how->server = server;
	if (!how->token && is_one && strcmp(server, how->server) == 0)
		how->token = token;
}

/* A token of the environment is for the server of the environment, when that names one and nobody named another by hand. */
static const char *token_for(const struct cmd_ctx *c)
{
	const char *token = getenv("SLUICE_TOKEN"), *server = getenv("SLUICE_SERVER");
	size_t n = server ? strlen(server) : 0;
	while (n && server[n - 1] == '/')
		n--;
	bool other = n && c->server && !cmd_has(c, "server") && (strncmp(server, c->server, n) != 0 || c->server[n + strspn(c->server + n, "/")]);
	return token && *token && !other ? token : NULL;
}

/* The server that was named; else the home that was named; else the one that this clone's remote names; else the home where one is by default. */
static slu_rc find_server(struct cmd_ctx *c, struct cli_open *how, slu_err *err)
{
	how->server = c->server;
	how->token = token_for(c);
	how->home = c->server ? NULL : c->home;
	if (!how->home && (!how->server || !how->token))
		ask_remote(c, how);
	if (!how->home && !how->server)
		how->home = cmd_default_home(c);
	c->signed_in = how->home || how->token;
	if (how->home)
		return use_home(c, how, err);
	if (how->server && strncmp(how->server, "https://", 8) == 0)
		return cmd_libexec(c, "sluice-server", &how->server_program, err);
	return how->server ? SLU_OK : no_server(err);
}

const char *cmd_default_home(struct cmd_ctx *c)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	if (data && data[0] == '/')
		return slu_printf(c->a, "%s/sluice", data);
	return home && home[0] == '/' ? slu_printf(c->a, "%s/.local/share/sluice", home) : NULL;
}

static slu_rc status_rc(unsigned status, const json_t *verdict)
{
	const char *answer = cmd_j_str(verdict, "verdict");
	if (strcmp(answer, "deny") == 0)
		return SLU_E_DENIED;
	if (strcmp(answer, "wait") == 0)
		return SLU_E_WAIT;
	static const struct { unsigned status; slu_rc rc; } table[] = {
		{ 400, SLU_E_SYNTAX }, { 401, SLU_E_AUTH }, { 403, SLU_E_AUTH }, { 404, SLU_E_NOT_FOUND }, { 405, SLU_E_DENIED }, { 408, SLU_E_TIMEOUT },
		{ 409, SLU_E_CONFLICT }, { 413, SLU_E_LIMIT }, { 422, SLU_E_INVALID }, { 429, SLU_E_BUSY }, { 503, SLU_E_BUSY },
		{ 507, SLU_E_FULL },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].status == status)
			return table[i].rc;
	return status < 500 ? SLU_E_INVALID : SLU_E_INTERNAL;
}

/* The server says which of its codes it was, where a status alone would not tell. */
static slu_rc answer_rc(const struct cli_answer *an)
{
	const char *word = cmd_j_str(an->json, "code");
	for (int rc = SLU_E_SYNTAX; *word && rc <= SLU_E_INTERNAL; rc++)
		if (strcmp(slu_rc_word((slu_rc)rc), word) == 0 && !cmd_verdict_of(an))
			return (slu_rc)rc == SLU_E_DENIED && !*cmd_j_str(an->json, "file") ? SLU_E_AUTH : (slu_rc)rc; /* a rule has a place, a lack of rights has none */
	return status_rc(an->status, cmd_verdict_of(an));
}

static slu_rc failed(const struct cmd_ctx *c, const struct cli_answer *an, slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, SLU_ERR_TEXT);
	const json_t *errors = json_object_get(an->json, "errors");
	const char *message = cmd_j_str(an->json, "message");
	json_t *e;
	size_t i;
	if (!*message)
		slu_buf_addf(&b, "The server answered with status %u.", an->status);
	else if (json_array_size(errors) == 0 || strcmp(message, "Validation Failed") != 0)
		slu_buf_adds(&b, message);
	if (!c->signed_in && (an->status == 401 || an->status == 403 || an->status == 404))
		slu_buf_adds(&b, " (No token was given: SLUICE_TOKEN is not set.)");
	json_array_foreach(errors, i, e) {
		const char *text = cmd_j_str(e, "message");
		slu_buf_adds(&b, b.n ? "\n  " : "");
		if (*text)
			slu_buf_adds(&b, text);
		else
			slu_buf_addf(&b, "%s: %s", cmd_j_str(e, "field"), cmd_j_str(e, "code"));
	}
	return slu_fail(err, answer_rc(an), "%s", b.p ? b.p : "");
}

slu_rc cmd_call(struct cmd_ctx *c, struct cli_answer *out, const char *method, const char *path, const json_t *body, slu_err *err)
{
	*out = (struct cli_answer){ 0 };
	if (!c->client) {
		struct cli_open how = { 0 };
		SLU_TRY(find_server(c, &how, err));
		SLU_TRY(cli_open(&c->client, &how, err));
	}
	if (c->dry_run && strcmp(method, "GET") != 0 && !json_object_get(body, "dry_run"))
		path = slu_printf(c->a, "%s%cdry_run=true", path, strchr(path, '?') ? '&' : '?');
	SLU_TRY(cli_call(c->client, c->a, out, method, path, cmd_opt(c, "as"), body, err));
	return out->status < 400 ? SLU_OK : failed(c, out, err);
}

static void add_encoded(slu_buf *b, const char *s, bool keep_slash)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	for (; *s; s++) {
		if (strchr(fine, *s) || (keep_slash && *s == '/'))
			slu_buf_addc(b, *s);
		else
			slu_buf_addf(b, "%%%02X", (unsigned)(unsigned char)*s);
	}
}

char *cmd_path(struct cmd_ctx *c, const char *fmt, ...)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	va_list ap;
	va_start(ap, fmt);
	for (const char *p = fmt; *p; p++) {
		if (*p != '%' || !p[1]) {
			slu_buf_addc(&b, *p);
			continue;
		}
		p++;
		if (*p == 'd')
			slu_buf_addf(&b, "%lld", (long long)va_arg(ap, int64_t));
		else if (*p == 's' || *p == 'S')
			add_encoded(&b, va_arg(ap, const char *), *p == 'S');
		else
			slu_buf_addc(&b, *p);
	}
	va_end(ap);
	return slu_strndup(c->a, b.p ? b.p : "", b.n);
}

json_t *cmd_verdict_of(const struct cli_answer *an)
{
	json_t *v = json_object_get(an->json, "verdict");
	if (json_is_object(v))
		return v;
	return json_is_string(v) && json_is_array(json_object_get(an->json, "rules")) ? an->json : NULL;
}

int cmd_refused(struct cmd_ctx *c, const struct cli_answer *an, const slu_err *err)
{
	json_t *v = an->status ? cmd_verdict_of(an) : NULL;
	if (!v)
		return cmd_fail(c, err);
	if (c->format == CMD_FORMAT_JSON)
		(void)cmd_put_json(c, v);
	else if (fflush(c->out) == 0)
		(void)cmd_verdict_show(c, c->err, v, cmd_verdict_more(c, v));
	return slu_rc_exit(err->code);
}

int cmd_done(struct cmd_ctx *c, const struct cli_answer *an, const char *line)
{
	if (c->dry_run)
		return cmd_would(c, an, "It would be done.");
	if (c->format == CMD_FORMAT_JSON && an->json)
		return cmd_put_json(c, an->json);
	cmd_say(c, "%s", line);
	return 0;
}

int cmd_act(struct cmd_ctx *c, const char *method, const char *path, const json_t *body, const char *done, const char *would)
{
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	if (cmd_call(c, &an, method, path, body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	return c->dry_run && would ? cmd_would(c, &an, would) : cmd_done(c, &an, done);
}

int cmd_would(struct cmd_ctx *c, const struct cli_answer *an, const char *line)
{
	json_t *v = cmd_verdict_of(an);
	if (c->format == CMD_FORMAT_JSON && an->json)
		return cmd_put_json(c, an->json);
	if (v)
		(void)cmd_verdict_show(c, c->out, v, "");
	cmd_say(c, "%s This was a dry run: nothing has changed.", line);
	return 0;
}

/* The address after <…>; rel="next" of a Link header, from its first '/' on; NULL: it was the last page. */
static const char *next_page(struct cmd_ctx *c, const char *link)
{
	slu_str rest = slu_s(link), part;
	while (slu_str_split(&rest, ',', &part)) {
		part = slu_str_trim(part);
		const char *end = memchr(part.p, '>', part.n);
		if (!end || part.p[0] != '<' || !slu_str_ends(part, "rel=\"next\""))
			continue;
		slu_str url = { part.p + 1, (size_t)(end - part.p) - 1 };
		const char *path = memmem(url.p, url.n, "/api/", 5);
		return path ? slu_strndup(c->a, path, (size_t)(end - path)) : NULL;
	}
	return NULL;
}

int cmd_list(struct cmd_ctx *c, const char *path, json_t **out, slu_err *err)
{
	enum { PAGES_MAX = 1000 };
	json_t *all = NULL;
	path = slu_printf(c->a, "%s%cper_page=100", path, strchr(path, '?') ? '&' : '?');
	for (unsigned i = 0; path && i < PAGES_MAX; i++) {
		struct cli_answer an;
		if (cmd_call(c, &an, "GET", path, NULL, err) != SLU_OK)
			return cmd_refused(c, &an, err);
		if (!json_is_array(an.json)) {
			(void)!slu_fail(err, SLU_E_SYNTAX, "The server's answer is no list.");
			return cmd_fail(c, err);
		}
		if (!all)
			all = an.json; /* lives as long as the connection */
		else
			(void)json_array_extend(all, an.json);
		path = next_page(c, an.link);
	}
	*out = all;
	return c->format == CMD_FORMAT_JSON ? cmd_put_json(c, all) : 0;
}
