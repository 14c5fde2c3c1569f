/* SPDX-License-Identifier: Apache-2.0 */
/** GitHub's addresses of what has another one here, as its command-line tools put them together themselves. */
#include "web/shell.h"

static slu_rc pull(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t number;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	web_see_other(rs, shell_path(rq, "/changes/%llu%s", (unsigned long long)number, rq->suffix));
	return SLU_OK;
}

const struct web_page page_github_pull = {
	.pattern = "/{owner}/{repo}/pull/{number}", .need = WEB_READ, .question = "Where is this change?", .html = pull, .json = pull, .text = pull,
};

static slu_rc commit(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	(void)err;
	web_see_other(rs, shell_path(rq, "/commits/%s%s", web_encode(rq->a, slu_s(web_param(rq, "ref"))), rq->suffix));
	return SLU_OK;
}

const struct web_page page_github_commit = {
	.pattern = "/{owner}/{repo}/commit/{ref}", .need = WEB_READ, .question = "Where is this commit?", .html = commit, .json = commit, .text = commit,
};
