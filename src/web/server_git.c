/* SPDX-License-Identifier: Apache-2.0 */
/** Git over HTTP: who may, and the bytes to and from web/git_http.h. */
#include "web/git_advertise.h"
#include "web/server_impl.h"

static slu_rc push_begins(struct web_call *c, slu_err *err)
{
	if (c->route.advertise)
		return git_advertise_push(&c->git_rq.advertisement, c->a, c->repo.git, err);
	c->push = (struct web_push){ .app = c->server->how.app, .a = c->a, .who = c->unit.who, .owner = c->route.owner, .name = c->route.name, .via = "http" };
	c->push.who.name = slu_s(slu_str_dup(c->a, c->unit.who.name)); /* the unit of the head ends before the pack has come */
	c->git_rq.decide = web_push_decide(&c->push);
	return SLU_OK;
}

/* Git asks for a name and password only after 401: whoever is not signed in is asked, whether the repository is there or not. */
slu_rc web_call_git_head(struct web_call *c, slu_err *err)
{
	bool known = c->unit.who.signed_in || c->unit.who.operator_;
	bool push = c->route.service == GIT_HTTP_RECEIVE;
	slu_rc rc = app_repo_open(&c->repo, &c->unit, c->route.owner, c->route.name, STRAT_READ, err);
	if (rc == SLU_E_NOT_FOUND && !known)
		return slu_fail(err, SLU_E_AUTH, "Sign in: your name, and a token as the password.");
	SLU_TRY(rc);
	c->has_repo = true;
	if (push && !known)
		return slu_fail(err, SLU_E_AUTH, "Sign in to push: your name, and a token as the password.");
	if (push && !c->unit.who.operator_ && !(c->unit.who.scopes & APP_SCOPE_WRITE))
		return slu_fail(err, SLU_E_DENIED, "This token may read only: a push needs one with the scope %s.", app_scopes_text(c->a, APP_SCOPE_WRITE));
	const struct web_server_how *how = &c->server->how;
	const union MHD_ConnectionInfo *socket = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	c->git_rq = (struct git_http_request){
		.slots = c->server->slots,
		.route = &c->route,
		.method = c->rq.head ? "HEAD" : c->rq.method,
		.repository = slu_strdup(c->a, c->repo.path),
		.content_type = web_header(&c->rq, "Content-Type"),
		.content_encoding = web_header(&c->rq, "Content-Encoding"),
		.content_length = web_header(&c->rq, "Content-Length"),
		.git_protocol = web_header(&c->rq, "Git-Protocol"),
		.spool_dir = slu_printf(c->a, "%s/work", app_home(how->app)),
		.client_fd = socket ? socket->connect_fd : -1,
		.person = known ? slu_str_dup(c->a, c->unit.who.name) : NULL,
		.lock_fd = how->lock_fd,
	};
	return push ? push_begins(c, err) : SLU_OK;
}

static ssize_t read_git(void *ctx, uint64_t pos, char *buf, size_t max)
{
	struct web_call *c = ctx;
	(void)pos;
	web_call_thinks(c, true);
	ptrdiff_t n = git_http_read(c->git, buf, max);
	web_call_thinks(c, false);
	if (n < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	return n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
}

enum MHD_Result web_call_send_git(struct web_call *c, struct git_http_answer *an)
{
	struct MHD_Response *r;
	if (an->text || !c->git) {
		const char *text = an->text ? an->text : "";
		slu_auto_buf body;
		slu_buf_init(&body, SLU_ERR_TEXT * 2);
		pol_refusal_sentence(&body, slu_s(text));
		r = MHD_create_response_from_buffer(body.n, body.p, MHD_RESPMEM_MUST_COPY);
		(void)MHD_add_response_header(r, "Content-Type", "text/plain; charset=utf-8");
	} else {
		r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 64 * 1024, read_git, c, NULL);
	}
	for (size_t i = 0; i < an->header_n; i++)
		if (!an->text || strcmp(an->header[i].name, "Content-Type") != 0)
			(void)MHD_add_response_header(r, an->header[i].name, an->header[i].value);
	(void)MHD_add_response_header(r, "Cache-Control", "no-cache, max-age=0, must-revalidate");
	(void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	c->status_sent = an->status;
	enum MHD_Result queued = MHD_queue_response(c->mhd, an->status, r);
	MHD_destroy_response(r);
	return queued;
}
