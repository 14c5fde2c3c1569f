/* SPDX-License-Identifier: Apache-2.0 */
/** What a change brings, in GitHub's shapes: its commits and files. */
#include "base/limits.h"
#include "web/v3_pull.h"

enum { PATCH_BYTES = 1024 * 1024, COMMITS = 10000 };

slu_rc v3_pull_base(struct web_req *rq, const struct port_change *c, slu_oid *base, slu_err *err)
{
	port_git *g = rq->r->git;
	const slu_oid *bases;
	size_t n;
	slu_oid target = slu_oid_zero();
	*base = c->base;
	if (c->state == POL_CHANGE_OPEN)
		SLU_TRY(g->ops->ref(g, slu_s(slu_printf(rq->a, "refs/heads/%.*s", SLU_FMT(c->target))), &target, err));
	if (slu_oid_is_zero(&target))
		return SLU_OK;
	SLU_TRY(g->ops->merge_bases(g, rq->a, &target, &c->head, &bases, &n, err));
	*base = n ? bases[0] : target;
	return SLU_OK;
}

static slu_rc commits(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	slu_oid base;
	const slu_oid *id;
	size_t n;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(v3_pull_base(rq, &c, &base, err));
	SLU_TRY(rq->r->git->ops->range(rq->r->git, rq->a, &c.head, &base, slu_oid_is_zero(&base) ? 0 : 1, COMMITS, &id, &n, err));
	slu_oid *oldest_first = SLU_NEW_N(rq->a, slu_oid, n + 1); /* as GitHub has it */
	for (size_t i = 0; i < n; i++)
		oldest_first[i] = id[n - 1 - i];
	return v3_commit_page(rq, rs, oldest_first, n, err);
}

const struct web_api api_v3_pulls_commits = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/commits", .need = WEB_READ, .run = commits, .operation = "pulls/list-commits",
	.summary = "The commits that a change brings, oldest first",
};

static slu_rc files(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	slu_oid base;
	const struct port_git_diff_file *f;
	size_t n;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(v3_pull_base(rq, &c, &base, err));
	SLU_TRY(rq->r->git->ops->diff(rq->r->git, rq->a, &base, &c.head, PATCH_BYTES, &f, &n, err));
	struct web_paging p = web_paging(rq);
	size_t from = p.skip < n ? p.skip : n, count = n - from < p.per_page ? n - from : p.per_page;
	v3_files(&rs->json, rq, &c.head, f + from, count);
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_v3_pulls_files = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/files", .need = WEB_READ, .run = files, .operation = "pulls/list-files",
	.summary = "The files that a change touches",
};
