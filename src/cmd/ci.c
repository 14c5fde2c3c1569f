/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables as their makers document them: GitHub's "Variables reference" and the event payloads, Gitea's Actions variables (the same
 * names), GitLab's "Predefined CI/CD variables", and those of Jenkins' multibranch projects.
 */
#include "cmd/ci.h"

#include <jansson.h>
#include <stdlib.h>

enum { EVENT_MAX = 32 * 1024 * 1024 };

static const struct host {
	const char *name, *is; /* set there */
	const char *target, *source, *title, *head, *branch, *tag, *default_branch, *before;
	const char *deepen;
	bool merges;
} hosts[] = {
	{ .name = "Gitea", .is = "GITEA_ACTIONS", .target = "GITHUB_BASE_REF", .source = "GITHUB_HEAD_REF", .merges = true, .deepen = "`fetch-depth: 0` at the step actions/checkout" },
	{ .name = "GitHub", .is = "GITHUB_ACTIONS", .target = "GITHUB_BASE_REF", .source = "GITHUB_HEAD_REF", .merges = true, .deepen = "`fetch-depth: 0` at the step actions/checkout" },
	{ .name = "GitLab", .is = "GITLAB_CI", .target = "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", .source = "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", .title = "CI_MERGE_REQUEST_TITLE",
	  /* set only where a merge is checked out */
	  .head = "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", .branch = "CI_COMMIT_BRANCH", .tag = "CI_COMMIT_TAG", .default_branch = "CI_DEFAULT_BRANCH", .before = "CI_COMMIT_BEFORE_SHA",
	  .deepen = "the variable `GIT_DEPTH: \"0\"` of the job" },
	{ .name = "Jenkins", .is = "JENKINS_URL", .target = "CHANGE_TARGET", .source = "CHANGE_BRANCH", .title = "CHANGE_TITLE", .branch = "BRANCH_NAME", .tag = "TAG_NAME", .merges = true,
	  .deepen = "a checkout without \"Shallow clone\"" },
};

static slu_str variable(const char *name)
{
	const char *v = name ? getenv(name) : NULL;
	return slu_str_trim(slu_s(v ? v : ""));
}

static slu_str without(slu_str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return slu_str_starts(s, prefix) ? (slu_str){ s.p + n, s.n - n } : s;
}

/* A title without the mark of a draft, which goes before the merge does: "Draft: " at GitLab, "WIP: " at Gitea. */
static slu_str as_merged(slu_str title)
{
	static const char *const mark[] = { "Draft:", "[Draft]", "(Draft)", "WIP:", "[WIP]" };
	title = slu_str_trim(title);
	for (size_t i = 0; i < sizeof mark / sizeof *mark; i++)
		if (slu_str_starts(title, mark[i]))
			return slu_str_trim(without(title, mark[i]));
	return title;
}

static slu_str kept(struct cmd_ctx *c, const json_t *event, const char *key)
{
	return slu_s(slu_strdup(c->a, cmd_j_str(event, key)));
}

/* GitHub and Gitea write the event that began the job into a file. */
static slu_rc read_event(struct cmd_ctx *c, struct cmd_ci *ci, slu_err *err)
{
	slu_str path = variable("GITHUB_EVENT_PATH"), ref = variable("GITHUB_REF"), text;
	if (slu_str_starts(ref, "refs/heads/"))
		ci->branch = without(ref, "refs/heads/");
	if (slu_str_starts(ref, "refs/tags/"))
		ci->tag = without(ref, "refs/tags/");
	if (path.n == 0)
		return SLU_OK;
	SLU_TRY(cmd_read_file(c, slu_str_dup(c->a, path), EVENT_MAX, &text, err));
	json_error_t why;
	json_auto_t *event = json_loadb(text.p, text.n, 0, &why);
	if (!event)
		return slu_fail(err, SLU_E_INVALID, "The event in $GITHUB_EVENT_PATH (%.*s) is no JSON: %s.", SLU_FMT(path), why.text);
	ci->default_branch = kept(c, event, "repository.default_branch");
	ci->head = kept(c, event, "pull_request.head.sha");
	ci->title = as_merged(kept(c, event, "pull_request.title"));
	ci->before = kept(c, event, "before");
	if (slu_str_is(variable("GITHUB_EVENT_NAME"), "merge_group")) {
		ci->queue = without(kept(c, event, "merge_group.base_ref"), "refs/heads/");
		ci->before = kept(c, event, "merge_group.base_sha");
		ci->head = kept(c, event, "merge_group.head_sha");
		ci->branch = (slu_str){ 0 };
		if (ci->queue.n == 0 || ci->before.n == 0 || ci->head.n == 0)
			return slu_fail(err, SLU_E_INVALID, "The event in $GITHUB_EVENT_PATH (%.*s) is a merge_group, and does not say what is merged into what.", SLU_FMT(path));
	}
	return SLU_OK;
}

slu_rc cmd_ci_find(struct cmd_ctx *c, struct cmd_ci *out, slu_err *err)
{
	*out = (struct cmd_ci){ .name = NULL };
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		const struct host *h = &hosts[i];
		if (variable(h->is).n == 0)
			continue;
		*out = (struct cmd_ci){ .name = h->name, .deepen = h->deepen, .source = without(variable(h->source), "refs/heads/"), .target = without(variable(h->target), "refs/heads/"),
			.head = variable(h->head), .branch = variable(h->branch), .tag = variable(h->tag), .default_branch = variable(h->default_branch), .before = variable(h->before), .title = as_merged(variable(h->title)), .merges = h->merges };
		if (out->target.n == 0)
			out->source = out->head = out->title = (slu_str){ 0 };
		if (out->tag.n)
			out->branch = (slu_str){ 0 };
		return h->branch ? SLU_OK : read_event(c, out, err);
	}
	return SLU_OK;
}
