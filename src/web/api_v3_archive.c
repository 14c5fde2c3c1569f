/* SPDX-License-Identifier: Apache-2.0 */
/** The files of a commit as one archive. GitHub sends its clients to another host for it; here they get it at once. */
#include "web/v3.h"

static slu_rc archive(struct web_req *rq, struct web_res *rs, bool zip, slu_err *err)
{
	const char *ref = web_param(rq, "ref");
	slu_oid id;
	slu_str bytes;
	slu_rc rc = v3_commit_of(rq, *ref ? ref : "HEAD", &id, err);
	SLU_TRY(rc == SLU_E_INVALID ? slu_fail(err, SLU_E_NOT_FOUND, "Not Found") : rc);
	const char *name = slu_printf(rq->a, "%.*s-%.*s-%.10s", SLU_FMT(rq->owner), SLU_FMT(rq->repo), id.hex);
	rc = rq->r->git->ops->archive(rq->r->git, rq->a, &id, zip, slu_s(slu_printf(rq->a, "%s/", name)), WEB_BODY_MAX, &bytes, err);
	SLU_TRY(rc == SLU_E_LIMIT ? slu_fail(err, rc, "The archive would be larger than %d bytes: clone the repository.", WEB_BODY_MAX) : rc);
	rs->type = zip ? "application/zip" : "application/gzip";
	web_set_header(rs, "Content-Disposition", slu_printf(rq->a, "attachment; filename=\"%s%s\"", name, zip ? ".zip" : ".tar.gz"));
	slu_buf_addstr(&rs->body, bytes);
	return SLU_OK;
}

static slu_rc tarball(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return archive(rq, rs, false, err);
}

static slu_rc zipball(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return archive(rq, rs, true, err);
}

const struct web_api api_v3_tarball = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/tarball/{ref...}", .need = WEB_READ, .run = tarball, .operation = "repos/download-tarball-archive", .summary = "The files of a commit as .tar.gz",
};
const struct web_api api_tarball_head = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/tarball", .need = WEB_READ, .run = tarball, .operation = "repos/download-tarball-archive", .summary = "The same of the default branch",
};
const struct web_api api_v3_zipball = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/zipball/{ref...}", .need = WEB_READ, .run = zipball, .operation = "repos/download-zipball-archive", .summary = "The files of a commit as .zip",
};
const struct web_api api_zipball_head = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/zipball", .need = WEB_READ, .run = zipball, .operation = "repos/download-zipball-archive", .summary = "The same of the default branch",
};
