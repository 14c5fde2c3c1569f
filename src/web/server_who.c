/* SPDX-License-Identifier: Apache-2.0 */
/** Who asks, and whether the request comes from a page of another site. */
#include "app/people.h"
#include "web/server_impl.h"

#include <sodium.h>
#include <strings.h>
#include <sys/socket.h>

static slu_rc operator_or(struct web_call *c, slu_err *err)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct ucred peer;
	socklen_t n = sizeof peer;
	if (!info || getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0)
		return slu_fail(err, SLU_E_IO, "It cannot be told who is at the other end of the socket.");
	if (peer.uid != geteuid())
		return slu_fail(err, SLU_E_DENIED, "Only the owner of this server's home may use its socket. Use --server with a token instead.");
	const char *as = web_header(&c->rq, "Sluice-As");
	c->rq.who.via = WEB_SOCKET;
	if (!as) {
		app_be_operator(&c->unit);
		return SLU_OK;
	}
	struct port_person p;
	slu_rc rc = app_person_get(&p, &c->unit, slu_s(as), err);
	if (rc == SLU_E_NOT_FOUND || (rc == SLU_OK && p.disabled))
		return slu_fail(err, SLU_E_DENIED, "There is no active person named \"%s\" to act for.", as);
	SLU_TRY(rc);
	c->unit.who = (struct app_who){ .signed_in = true, .name = p.name, .scopes = APP_SCOPE_ALL, .person_id = p.id };
	return SLU_OK;
}

/* "Basic base64(name:token)"; a token in the name's place is taken too, as Git hosts do. */
static slu_rc basic(struct web_call *c, const char *text, slu_err *err)
{
	size_t cap = strlen(text) + 1, n = 0;
	char *plain = slu_alloc(c->a, cap);
	const char *end = NULL;
	if (sodium_base642bin((unsigned char *)plain, cap - 1, text, strlen(text), NULL, &n, &end, sodium_base64_VARIANT_ORIGINAL) != 0 || *end || memchr(plain, 0, n))
		return slu_fail(err, SLU_E_AUTH, "The Authorization header is not as Basic authentication has it.");
	char *colon = memchr(plain, ':', n);
	if (!colon)
		return slu_fail(err, SLU_E_AUTH, "The Authorization header is not as Basic authentication has it.");
	slu_str name = { plain, (size_t)(colon - plain) }, token = { colon + 1, n - (size_t)(colon - plain) - 1 };
	if (token.n == 0 || slu_str_is(token, "x-oauth-basic"))
		return app_authenticate(&c->unit, name, (slu_str){ "", 0 }, err);
	if (slu_str_is(name, "x-access-token"))
		name.n = 0;
	return app_authenticate(&c->unit, token, name, err);
}

static const char *after(const char *text, const char *word)
{
	size_t n = strlen(word);
	if (strncasecmp(text, word, n) != 0 || text[n] != ' ')
		return NULL;
	text += n;
	while (*text == ' ')
		text++;
	return text;
}

static slu_rc by_header(struct web_call *c, const char *header, slu_err *err)
{
	const char *rest = after(header, "Basic");
	c->rq.who.via = WEB_TOKEN;
	if (rest)
		return basic(c, rest, err);
	rest = after(header, "Bearer");
	if (!rest)
		rest = after(header, "token");
	if (!rest)
		return slu_fail(err, SLU_E_AUTH, "The Authorization header is of a kind that is not known here: use \"Bearer TOKEN\", or Basic with the token as password.");
	return app_authenticate(&c->unit, slu_s(rest), (slu_str){ "", 0 }, err);
}

static slu_rc by_token(struct web_call *c, const char *header, slu_err *err)
{
	SLU_TRY(by_header(c, header, err));
	c->scopes = app_scopes_text(c->a, c->unit.who.scopes);
	return SLU_OK;
}

/* Cookie of that name in "a=1; b=2". */
static const char *cookie(struct web_call *c, const char *name)
{
	slu_str rest = slu_s(web_header(&c->rq, "Cookie")), part;
	size_t n = strlen(name);
	while (slu_str_split(&rest, ';', &part)) {
		part = slu_str_trim(part);
		if (part.n > n && memcmp(part.p, name, n) == 0 && part.p[n] == '=')
			return slu_strndup(c->a, part.p + n + 1, part.n - n - 1);
	}
	return NULL;
}

static bool by_cookie(struct web_call *c)
{
	slu_str token;
	const char *name = cookie(c, web_cookie_name(strncmp(c->rq.base_url, "https://", 8) == 0)), *csrf;
	if (!name || !web_session_find(c->server->sessions, c->a, name, c->unit.now_s, &token, &csrf))
		return false;
	if (app_authenticate(&c->unit, token, (slu_str){ "", 0 }, NULL) != SLU_OK) {
		web_session_end(c->server->sessions, name); /* revoked, expired, disabled */
		return false;
	}
	c->session = name;
	c->rq.who.csrf = csrf;
	return true;
}

slu_rc web_call_who(struct web_call *c, slu_err *err)
{
	const char *header = web_header(&c->rq, "Authorization");
	c->rq.who = (struct web_who){ .via = WEB_ANONYMOUS, .person = { "", 0 } };
	if (c->local)
		SLU_TRY(operator_or(c, err));
	else if (header)
		SLU_TRY(by_token(c, header, err));
	else if (by_cookie(c))
		c->rq.who.via = WEB_SESSION;
	c->rq.who.person = c->unit.who.name;
	return SLU_OK;
}

const char *web_cookie_name(bool secure)
{
	/* the prefix __Host- is refused by browsers without Secure, and Secure is refused over plain http */
	return secure ? "__Host-sluice" : "sluice-session";
}

static bool is_read(const struct web_call *c)
{
	return strcmp(c->rq.method, "GET") == 0;
}

slu_rc web_call_same_site(struct web_call *c, slu_err *err)
{
	const char *site = web_header(&c->rq, "Sec-Fetch-Site"), *mode = web_header(&c->rq, "Sec-Fetch-Mode"), *origin = web_header(&c->rq, "Origin");
	bool following_a_link = is_read(c) && mode && strcmp(mode, "navigate") == 0;
	if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0 && !following_a_link)
		return slu_fail(err, SLU_E_DENIED, "This request was made by a page of another site, and is refused.");
	if (origin && !is_read(c) && strcmp(origin, c->rq.base_url) != 0)
		return slu_fail(err, SLU_E_DENIED, "This request was made by a page of %s, and is refused.", origin);
	return SLU_OK;
}
