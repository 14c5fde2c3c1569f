/* SPDX-License-Identifier: Apache-2.0 */
/** What the server is asked and told when a branch lands there. */
#include "cmd/call.h"
#include "cmd/landing.h"
#include "cmd/last_words.h"

#include "base/quantity.h"

#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { WAIT_S = 3600, LOOK_FIRST_MS = 500, LOOK_LAST_MS = 15000 };

static const char *repo_of(const struct landing *l)
{
	const char *repo = "";
	(void)!cmd_repo(l->c, &repo, NULL); /* was found when it was told that it lands there */
	return repo;
}

static const char *change_path(const struct landing *l, const char *tail)
{
	return slu_printf(l->c->a, "%s%s", cmd_path(l->c, "/api/v3/repos/%S/pulls/%d", repo_of(l), l->change), tail);
}

static const char *where_of(const struct landing *l)
{
	return l->c->home ? l->c->home : l->c->server;
}

/* ---- the change ------------------------------------------------------------------------------------------------------------------ */

static bool inside(const struct landing *l, const slu_oid *a, const slu_oid *b)
{
	port_git *g = l->w->w.git;
	bool yes = slu_oid_eq(a, b);
	return yes || (g->ops->is_ancestor(g, a, b, &yes, NULL) == SLU_OK && yes);
}

/* Did everything that is here, and on the remote, come with that merge? The server may have put a commit on the branch for it, the version: that is in
   the merge. `out`: what has all of it. */
static bool landed(slu_oid *out, const struct landing *l, const json_t *change)
{
	const slu_oid *tip[] = { &l->at, &l->there };
	slu_oid head, merge;
	if (!*cmd_j_str(change, "merged_at") || slu_oid_parse(&head, slu_s(cmd_j_str(change, "head.sha")), NULL) != SLU_OK)
		return false;
	bool known = slu_oid_parse(&merge, slu_s(cmd_j_str(change, "merge_commit_sha")), NULL) == SLU_OK;
	*out = head;
	for (size_t i = 0; i < 2; i++) {
		if (slu_oid_is_zero(tip[i]) || inside(l, tip[i], &head))
			continue;
		if (!known || slu_oid_eq(tip[i], &merge) || !inside(l, &head, tip[i]) || !inside(l, tip[i], &merge))
			return false;
		*out = merge;
	}
	return true;
}

int landing_find(struct landing *l)
{
	struct cmd_ctx *c = l->c;
	struct cli_answer an;
	slu_err err = { 0 };
	size_t i;
	json_t *x;
	const char *path = cmd_path(c, "/api/v3/repos/%S/pulls?state=all&head=%s&base=%s&per_page=100", repo_of(l), l->source, l->target);
	if (cmd_call(c, &an, "GET", path, NULL, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	json_array_foreach(an.json, i, x) { /* the newest first; an open one before all others */
		slu_oid all;
		bool open = strcmp(cmd_j_str(x, "state"), "open") == 0;
		if (!open && (l->merged || !landed(&all, l, x)))
			continue;
		l->change = cmd_j_int(x, "number");
		l->merged = !open;
		if (open)
			break;
		l->head = all;
	}
	return 0;
}

int landing_open(struct landing *l, slu_str title)
{
	struct cmd_ctx *c = l->c;
	struct cli_answer an;
	slu_err err = { 0 };
	json_auto_t *body = json_pack("{s:s, s:s, s:s%}", "head", l->source, "base", l->target, "title", title.p, title.n);
	if (!body)
		return cmd_usage(c, "The subject of the last commit is not UTF-8, and a change needs a title: sluice change open %s --title TEXT", l->source);
	if (cmd_call(c, &an, "POST", cmd_path(c, "/api/v3/repos/%S/pulls", repo_of(l)), body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	l->change = cmd_j_int(an.json, "number");
	cmd_say(c, "Change %lld: %s into %s. %s", (long long)l->change, l->source, l->target, cmd_j_str(an.json, "html_url"));
	return 0;
}

/* ---- its merge -------------------------------------------------------------------------------------------------------------------- */

static slu_rc merge(struct landing *l, bool dry, struct cli_answer *an, slu_err *err)
{
	struct cmd_ctx *c = l->c;
	const char *sha = slu_oid_is_zero(&l->head) ? NULL : l->head.hex;
	json_auto_t *body = json_pack("{s:s*, s:s*, s:s*, s:b}", "sha", sha, "version", cmd_opt(c, "version"), "commit_message", cmd_opt(c, "message"), "dry_run", dry);
	*an = (struct cli_answer){ 0 };
	if (!body)
		return slu_fail(err, SLU_E_USAGE, "The message or the version is not UTF-8.");
	return cmd_call(c, an, "PUT", change_path(l, "/merge"), body, err);
}

/* Somebody else may have merged or closed it. */
static slu_rc state(struct landing *l, slu_err *err)
{
	struct cli_answer an;
	SLU_TRY(cmd_call(l->c, &an, "GET", change_path(l, ""), NULL, err));
	l->merged = *cmd_j_str(an.json, "merged_at") != 0;
	if (!l->merged && strcmp(cmd_j_str(an.json, "state"), "open") != 0)
		return slu_fail(err, SLU_E_CONFLICT, "Change %lld was closed, and not merged. Open it again: sluice change reopen %lld", (long long)l->change, (long long)l->change);
	return SLU_OK;
}

/* SLU_E_WAIT: not yet. */
static slu_rc attempt(void *ctx, struct cli_answer *an, slu_err *err)
{
	struct landing *l = ctx;
	*an = (struct cli_answer){ 0 };
	SLU_TRY(state(l, err));
	if (l->merged)
		return SLU_OK;
	SLU_TRY(merge(l, true, an, err)); /* so that what only waits leaves no refusal in the log */
	slu_rc rc = merge(l, false, an, err);
	slu_err quiet = { 0 };
	if (rc != SLU_OK) /* somebody else was first, or the answer was lost: only the server knows */
		return state(l, &quiet) == SLU_OK && l->merged ? SLU_OK : rc;
	l->merged = true;
	l->answer = an->json;
	return SLU_OK;
}

static int stopped(struct landing *l, const struct cli_answer *an, const slu_err *err)
{
	struct cmd_ctx *c = l->c;
	int code = cmd_refused(c, an, err);
	if (err->code == SLU_E_WAIT)
		cmd_say(c, "%s is on %.*s, and change %lld into %s waits for what stands above.", l->source, SLU_FMT(l->w->remote), (long long)l->change, l->target);
	else if (err->code == SLU_E_IO || err->code == SLU_E_TIMEOUT)
		cmd_say(c, "Whether change %lld has landed cannot be told now; the same command finds out when the server answers.", (long long)l->change);
	else
		cmd_say(c, "Nothing has landed: %s is on %.*s, and change %lld into %s is open.", l->source, SLU_FMT(l->w->remote), (long long)l->change, l->target);
	cmd_say(c, "See it again: sluice change show %lld. Land it: %s%s", (long long)l->change, landing_again(l), err->code == SLU_E_WAIT ? " (with --wait it stays and looks)" : "");
	return code;
}

/* ---- waiting ------------------------------------------------------------------------------------------------------------------------ */

static volatile sig_atomic_t given_up;

static void give_up(int sig)
{
	(void)sig;
	given_up = 1;
}

/* @return false: time is up, or somebody pressed Ctrl-C */
static bool pause_until(const struct timespec *end, unsigned *ms)
{
	struct timespec now, pause = { *ms / 1000, (long)(*ms % 1000) * 1000000 };
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (given_up || now.tv_sec >= end->tv_sec)
		return false;
	(void)nanosleep(&pause, NULL);
	*ms = *ms * 3 / 2 < LOOK_LAST_MS ? *ms * 3 / 2 : LOOK_LAST_MS;
	return !given_up;
}

/* Is it worth looking again? The server may be restarted meanwhile. */
static bool passes(slu_rc rc)
{
	return rc == SLU_E_WAIT || rc == SLU_E_IO || rc == SLU_E_TIMEOUT || rc == SLU_E_BUSY;
}

slu_rc cmd_keep_trying(struct cmd_ctx *c, landing_try *try_, void *ctx, struct cli_answer *an, const char *what, slu_err *err)
{
	struct sigaction mine = { .sa_handler = give_up }, was_int, was_term;
	struct timespec end;
	unsigned ms = LOOK_FIRST_MS;
	int64_t wait_s = WAIT_S;
	cmd_last_words_only(c, slu_printf(c->a, "%s: the server was not waited for, and what it was asked to do it does, or not, as a whole. Where it stands: sluice status. The same command goes on.", what));
	slu_rc rc = try_(ctx, an, err);
	cmd_last_words_none();
	if (!passes(rc) || !cmd_has(c, "wait") || c->dry_run)
		return rc;
	if (cmd_has(c, "timeout"))
		(void)!slu_duration_parse(&wait_s, slu_s(cmd_opt(c, "timeout")), NULL); /* was looked at when the words were read */
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += wait_s;
	cmd_say(c, "%s waits. Ctrl-C ends the looking, and nothing else.", what);
	given_up = 0;
	(void)sigaction(SIGINT, &mine, &was_int);
	(void)sigaction(SIGTERM, &mine, &was_term);
	while (passes(rc) && pause_until(&end, &ms)) {
		*err = (slu_err){ 0 };
		rc = try_(ctx, an, err);
	}
	(void)sigaction(SIGINT, &was_int, NULL);
	(void)sigaction(SIGTERM, &was_term, NULL);
	return rc;
}

int landing_merge(struct landing *l)
{
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	cmd_work_close(l->w); /* the clone is free while others make up their minds */
	l->w->clone = NULL;
	l->w->w.git = NULL;
	if (cmd_keep_trying(l->c, attempt, l, &an, slu_printf(l->c->a, "Change %lld", (long long)l->change), &err) != SLU_OK)
		return stopped(l, &an, &err);
	if (l->c->format != CMD_FORMAT_JSON && l->answer)
		(void)cmd_followed_put(l->c, json_object_get(l->answer, "followed"));
	cmd_say(l->c, "Change %lld is merged into %s on %s.", (long long)l->change, l->target, where_of(l));
	return 0;
}

int landing_ask(struct landing *l)
{
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	if (merge(l, true, &an, &err) != SLU_OK)
		return cmd_refused(l->c, &an, &err);
	cmd_say(l->c, "Change %lld may be merged now.", (long long)l->change);
	return 0;
}

int landing_mark(struct landing *l)
{
	struct cmd_ctx *c = l->c;
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	json_auto_t *body = json_pack("{s:s}", "phase", l->phase);
	if (cmd_call(c, &an, "POST", cmd_path(c, "/api/sluice/repos/%S/changes/%d/mark", repo_of(l), l->change), body, &err) != SLU_OK) {
		int code = cmd_refused(c, &an, &err);
		cmd_say(c, "%s is in %s; only its tag is missing, and this clone has not followed. When that is settled: sluice phase finish %s. Without the tag: sluice phase finish %s --no-tag", l->phase, l->target, l->phase, l->phase);
		return code;
	}
	if (*cmd_j_str(an.json, "left"))
		cmd_say(c, "%s, which marks %s, is made when all of its branches are in: sluice phase finish %s", cmd_j_str(an.json, "tag"), l->phase, cmd_j_str(an.json, "left"));
	else if (*cmd_j_str(an.json, "tag"))
		cmd_say(c, "%s marks %s%s.", cmd_j_str(an.json, "tag"), l->phase, json_is_true(json_object_get(an.json, "made")) ? "" : " already");
	return 0;
}

int landing_head(struct landing *l)
{
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	if (cmd_call(l->c, &an, "GET", change_path(l, ""), NULL, &err) != SLU_OK || slu_oid_parse(&l->head, slu_s(cmd_j_str(an.json, "head.sha")), &err) != SLU_OK)
		return cmd_refused(l->c, &an, &err);
	return 0;
}
