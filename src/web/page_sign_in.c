/* SPDX-License-Identifier: Apache-2.0 */
/** /sign-in and /sign-out: a token for a session's cookie. */
#include "web/server_impl.h"
#include "web/shell.h"

/* Where to go on: a path of ours only. */
static const char *next_path(const struct web_req *rq)
{
	const char *next = web_form(rq, "next");
	if (!next)
		next = web_query(rq, "next");
	return next && next[0] == '/' && next[1] != '/' && next[1] != '\\' ? next : "/";
}

static slu_rc form(struct web_req *rq, struct web_res *rs, const char *wrong, slu_err *err)
{
	html h;
	shell_begin(&h, rq, rs, "Sign in", "Who are you?", "");
	if (wrong) {
		html_lit(&h, "<p class=\"answer failed\" role=\"alert\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> ");
		html_text_z(&h, wrong);
		html_lit(&h, "</p>");
	}
	shell_form(&h, rq, "/sign-in");
	html_lit(&h, "<input type=\"hidden\" name=\"next\" value=\"");
	html_attr_z(&h, next_path(rq));
	html_lit(&h, "\"><p><label for=\"token\">Token</label><br><input id=\"token\" name=\"token\" type=\"password\" required autocomplete=\"current-password\" size=\"50\" spellcheck=\"false\"></p>"
	             "<p><button type=\"submit\">Sign in</button></p></form>"
	             "<p>A token is made on the server's machine by <code>sluice token create --user NAME</code>, or by an administrator.</p>");
	rs->no_store = true;
	return shell_end(&h, rq, rs, err);
}

static slu_rc sign_in_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return form(rq, rs, NULL, err);
}

static bool is_secure(const struct web_req *rq)
{
	return strncmp(rq->base_url, "https://", 8) == 0;
}

static slu_rc sign_in_post(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct web_server *s = rq->call->server;
	const char *token = web_form(rq, "token");
	slu_err why = { 0 };
	slu_rc rc = app_authenticate(rq->unit, slu_str_trim(slu_s(token ? token : "")), (slu_str){ "", 0 }, &why);
	if (rc == SLU_E_AUTH) {
		rs->status = 401;
		return form(rq, rs, why.text, err);
	}
	if (rc != SLU_OK) {
		*err = why;
		return rc;
	}
	SLU_TRY(app_session_begun(rq->unit, err));
	char name[WEB_SESSION_NAME];
	if (rq->call->session)
		web_session_end(s->sessions, rq->call->session);
	web_session_begin(s->sessions, slu_str_trim(slu_s(token)), rq->now_s, name);
	web_set_header(rs, "Set-Cookie", slu_printf(rq->a, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", web_cookie_name(is_secure(rq)), name, WEB_SESSION_S,
	                                            is_secure(rq) ? "; Secure" : ""));
	web_see_other(rs, next_path(rq));
	return SLU_OK;
}

const struct web_page page_sign_in = {
	.pattern = "/sign-in",
	.need = WEB_PUBLIC,
	.question = "Who are you?",
	.html = sign_in_html,
	.post = sign_in_post,
};

static slu_rc sign_out_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	html h;
	shell_begin(&h, rq, rs, "Sign out", "Leave this session?", "");
	shell_form(&h, rq, "/sign-out");
	html_lit(&h, "<p><button type=\"submit\">Sign out</button></p></form>");
	rs->no_store = true;
	return shell_end(&h, rq, rs, err);
}

static slu_rc sign_out_post(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	(void)err;
	if (rq->call->session)
		web_session_end(rq->call->server->sessions, rq->call->session);
	web_set_header(rs, "Set-Cookie", slu_printf(rq->a, "%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s", web_cookie_name(is_secure(rq)), is_secure(rq) ? "; Secure" : ""));
	web_see_other(rs, "/sign-in");
	return SLU_OK;
}

const struct web_page page_sign_out = {
	.pattern = "/sign-out",
	.need = WEB_PUBLIC,
	.question = "Leave this session?",
	.html = sign_out_html,
	.post = sign_out_post,
};
