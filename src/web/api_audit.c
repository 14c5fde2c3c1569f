/* SPDX-License-Identifier: Apache-2.0 */
/** The log: /api/sluice/events, /api/sluice/repos/OWNER/NAME/events, /api/sluice/audit/… */
#include "app/audit.h"
#include "web/web.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>

static void event_json(slu_json *j, const struct port_event *e)
{
	slu_json_open(j, '{');
	slu_json_kv_int(j, "seq", e->seq);
	web_json_time(j, "time", e->time_ms / 1000);
	slu_json_kv_int(j, "time_ms", e->time_ms);
	slu_json_kv_str(j, "repo", e->repo);
	slu_json_kv_str(j, "actor", e->actor);
	slu_json_kv_str(j, "kind", e->kind);
	slu_json_kv_str(j, "ref", e->ref);
	slu_json_kv_int(j, "change", (int64_t)e->change);
	slu_json_key(j, "data");
	slu_json_raw(j, e->data.n ? e->data : SLU_STR("{}"));
	slu_json_close(j, '}');
}

static slu_str query_str(const struct web_req *rq, const char *name)
{
	const char *v = web_query(rq, name);
	return slu_s(v ? v : "");
}

static slu_rc query_u64(struct web_req *rq, const char *name, uint64_t *out)
{
	const char *v = web_query(rq, name);
	if (v && slu_parse_u64(out, slu_s(v), NULL) != SLU_OK)
		web_problem(rq, "Event", name, "invalid", "%s must be a number", name);
	return SLU_OK;
}

static slu_rc events(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t change = 0, from = 0;
	SLU_TRY(query_u64(rq, "change", &change));
	SLU_TRY(query_u64(rq, "from", &from));
	SLU_TRY(web_body_check(rq, err));
	struct web_paging p = web_paging(rq);
	struct port_page page = { .offset = p.skip, .limit = p.per_page, .want_total = true };
	const char *order = web_query(rq, "order");
	struct port_event_filter f = {
		.repo = rq->r ? rq->r->full : query_str(rq, "repo"),
		.actor = query_str(rq, "actor"),
		.kind = query_str(rq, "kind"),
		.ref = query_str(rq, "ref"),
		.change = change,
		.from_seq = (int64_t)from,
		.oldest_first = order && strcmp(order, "asc") == 0,
	};
	const struct port_event *v;
	size_t n;
	SLU_TRY(app_event_list(&v, &n, &page, rq->unit, &f, err));
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++)
		event_json(&rs->json, &v[i]);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, page.total);
	return SLU_OK;
}

const struct web_api api_events = {
	.method = "GET", .pattern = "/api/sluice/events", .need = WEB_ADMIN, .run = events,
	.summary = "What happened on the server, newest first; repo, actor, kind, ref, change, from, order=asc",
};
const struct web_api api_repo_events = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/events", .need = WEB_READ, .run = events,
	.summary = "What happened in a repository, newest first; actor, kind, ref, change, from, order=asc",
};

static slu_rc text(struct web_res *rs, slu_str s)
{
	rs->type = "text/plain; charset=utf-8";
	slu_buf_addstr(&rs->body, s);
	return SLU_OK;
}

static slu_rc head(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str s;
	SLU_TRY(app_audit_head(&s, rq->unit, err));
	return text(rs, s);
}

const struct web_api api_audit_head = {
	.method = "GET", .pattern = "/api/sluice/audit/head", .need = WEB_SIGNED_IN, .run = head,
	.summary = "The signed head of the log as it stands: a C2SP checkpoint",
};

static slu_rc key(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str s;
	SLU_TRY(app_audit_verifier(&s, rq->unit, err));
	SLU_TRY(text(rs, s));
	slu_buf_addc(&rs->body, '\n');
	return SLU_OK;
}

const struct web_api api_audit_key = {
	.method = "GET", .pattern = "/api/sluice/audit/key", .need = WEB_PUBLIC, .run = key,
	.summary = "What checks the heads' signatures",
};

static slu_rc verify(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_audit_verdict v;
	slu_str old = rq->json ? web_body_str(rq, "Audit", "head", WEB_OPTIONAL, 4096) : (slu_str){ "", 0 };
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_audit_verify(&v, rq->unit, old, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_bool(&rs->json, "good", v.good);
	slu_json_kv_int(&rs->json, "size", v.size);
	if (!v.good)
		slu_json_kv_int(&rs->json, "bad_seq", v.bad_seq);
	slu_json_kv_z(&rs->json, "what", v.what);
	if (v.head.n)
		slu_json_kv_str(&rs->json, "head", v.head);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_audit_verify = {
	.method = "POST", .pattern = "/api/sluice/audit/verify", .need = WEB_SIGNED_IN, .run = verify,
	.summary = "Compute the log's tree again and compare; head: one kept elsewhere that must be a beginning of this log",
};

static slu_rc proof(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t seq;
	slu_str s;
	SLU_TRY(web_param_u64(rq, "seq", &seq, err));
	SLU_TRY(app_audit_prove(&s, rq->unit, (int64_t)seq, err));
	return text(rs, s);
}

const struct web_api api_audit_proof = {
	.method = "GET", .pattern = "/api/sluice/audit/proof/{seq}", .need = WEB_SIGNED_IN, .run = proof,
	.summary = "A proof that this event is in the log",
};

static slu_rc consistency(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t size;
	slu_str s;
	SLU_TRY(web_param_u64(rq, "size", &size, err));
	SLU_TRY(app_audit_consistency(&s, rq->unit, size, err));
	return text(rs, s);
}

const struct web_api api_audit_consistency = {
	.method = "GET", .pattern = "/api/sluice/audit/consistency/{size}", .need = WEB_SIGNED_IN, .run = consistency,
	.summary = "A proof that the log of that size is a beginning of the present one",
};

/* ---- the export: written to a file first, for it may be larger than memory should be ---------------------------------------- */

struct export {
	char *path;
	FILE *f;
};

static slu_rc write_piece(void *ctx, slu_str piece, slu_err *err)
{
	struct export *x = ctx;
	if (fwrite(piece.p, 1, piece.n, x->f) == piece.n)
		return SLU_OK;
	return slu_fail(err, SLU_E_IO, "The export could not be written: %s.", strerror(errno));
}

static void forget(void *ctx)
{
	(void)unlink(ctx);
}

static slu_rc export_log(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct export x = { .path = slu_printf(rq->a, "%s/work/export-XXXXXX", app_home(rq->app)) };
	int fd = mkostemp(x.path, O_CLOEXEC);
	x.f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!x.f)
		return slu_fail(err, SLU_E_IO, "%s: %s.", x.path, strerror(errno));
	rs->ctx = x.path;
	rs->free = forget;
	slu_rc rc = app_audit_export(rq->unit, write_piece, &x, err);
	if (fclose(x.f) != 0 && rc == SLU_OK)
		rc = slu_fail(err, SLU_E_IO, "The export could not be written: %s.", strerror(errno));
	SLU_TRY(rc);
	rs->type = "text/plain; charset=utf-8";
	rs->file = x.path;
	return SLU_OK;
}

const struct web_api api_audit_export = {
	.method = "GET", .pattern = "/api/sluice/audit/export", .need = WEB_ADMIN, .run = export_log,
	.summary = "The whole log: a leaf a line, an empty line, the signed head",
};

static slu_rc signers(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	(void)err;
	return text(rs, app_allowed_signers(rq->unit));
}

const struct web_api api_allowed_signers = {
	.method = "GET", .pattern = "/api/sluice/allowed-signers", .need = WEB_PUBLIC, .run = signers,
	.summary = "What checks the signatures on commits and tags that the server makes, for gpg.ssh.allowedSignersFile",
};
