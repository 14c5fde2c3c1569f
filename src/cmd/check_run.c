/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_run.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

enum how { PASSED, FAILED, LATE, LEFT };

size_t cmd_check_runs(int **out, slu_arena *a, const strat *s, int kind)
{
	int *v = SLU_NEW_N(a, int, s->check_n + 1);
	bool *in = SLU_NEW_N(a, bool, s->check_n + 1);
	size_t n = 0;
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < s->check_n; i++) {
			const struct strat_check *k = &s->check[i];
			bool now = !in[i] && k->run.n && (k->on.on & (1u << STRAT_ON_PUSH)) && strat_set_has(&k->on.set[STRAT_ON_PUSH], kind);
			for (size_t x = 0; now && x < k->needs.n; x++) {
				const struct strat_check *first = &s->check[k->needs.i[x]];
				bool comes = first->run.n && (first->on.on & (1u << STRAT_ON_PUSH)) && strat_set_has(&first->on.set[STRAT_ON_PUSH], kind);
				now = in[k->needs.i[x]] || !comes;
			}
			if (!now)
				continue;
			v[n++] = (int)i;
			in[i] = more = true;
		}
	}
	*out = v;
	return n;
}

/* "$SLUICE_INPUT_DURATION" of an input `duration`. */
static const char *input_of(slu_arena *a, const struct strat_pair *p)
{
	char *text = slu_printf(a, "SLUICE_INPUT_%.*s=%.*s", SLU_FMT(p->key), SLU_FMT(p->value));
	for (char *at = text; *at != '='; at++)
		*at = isalnum((unsigned char)*at) ? (char)toupper((unsigned char)*at) : '_';
	return text;
}

static const char **environment(struct cmd_ctx *c, const struct cmd_check_run *r, const struct strat_check *k)
{
	size_t n = 0, own = 0, given = 0;
	while (environ[n])
		n++;
	while (r->env[given])
		given++;
	const char **env = SLU_NEW_N(c->a, const char *, n + given + k->inputs_n + 2);
	for (size_t i = 0; i < given; i++)
		env[own++] = r->env[i];
	env[own++] = slu_printf(c->a, "SLUICE_CHECK=%.*s", SLU_FMT(k->name));
	for (size_t i = 0; i < k->inputs_n; i++)
		env[own++] = input_of(c->a, &k->inputs[i]);
	for (size_t i = 0; i < n; i++) /* what is asked for here comes first, and of two the first counts */
		if (strncmp(environ[i], "SLUICE_PHASES=", 14) != 0)
			env[own++] = environ[i];
	return env;
}

static enum how wait_for(pid_t child, int64_t timeout_s)
{
	const time_t until = time(NULL) + (timeout_s > 0 ? timeout_s : 3600);
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	int status = 0;
	for (;;) {
		pid_t got = waitpid(child, &status, WNOHANG);
		if (got == child)
			return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? PASSED : FAILED;
		if (got < 0 && errno != EINTR)
			return FAILED;
		if (time(NULL) >= until)
			break;
		(void)nanosleep(&pause, NULL);
	}
	(void)kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return LATE;
}

static enum how run_one(struct cmd_ctx *c, const struct cmd_check_run *r, const struct strat_check *k)
{
	const char *const word[] = { "sh", "-c", slu_str_dup(c->a, k->run), NULL };
	union { const char *const *from; char *const *to; } words = { .from = word }, env = { .from = environment(c, r, k) };
	posix_spawn_file_actions_t actions;
	pid_t child;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addchdir_np(&actions, r->dir);
	(void)posix_spawn_file_actions_adddup2(&actions, 2, 1); /* standard output is the answer's */
	int why = posix_spawnp(&child, "sh", &actions, NULL, words.to, env.to);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (why == 0)
		return wait_for(child, k->timeout_s);
	(void)fprintf(c->err, "sluice: %.*s could not be run: %s.\n", SLU_FMT(k->name), strerror(why));
	return FAILED;
}

int cmd_check_run(struct cmd_ctx *c, const struct cmd_check_run *r)
{
	static const char *const words[] = { "passed", "failed", "took too long", "not run: it needs one that did not pass" };
	int *v = NULL, code = 0;
	size_t n = cmd_check_runs(&v, c->a, r->s, r->kind);
	enum how *ended = SLU_NEW_N(c->a, enum how, r->s->check_n + 1);
	slu_str kind = r->s->branch[r->kind].name;
	if (n == 0)
		cmd_say(c, "No check of the strategy has a command for a push to a %.*s branch (checks.NAME.on.push): nothing was run.", SLU_FMT(kind));
	for (size_t i = 0; i < n; i++) {
		const struct strat_check *k = &r->s->check[v[i]];
		enum how *how = &ended[v[i]];
		for (size_t x = 0; x < k->needs.n; x++)
			*how = ended[k->needs.i[x]] != PASSED ? LEFT : *how;
		if (*how != LEFT)
			*how = run_one(c, r, k);
		cmd_say(c, "%.*s: %s (%.*s)", SLU_FMT(k->name), words[*how], SLU_FMT(k->run));
		code = *how == PASSED ? code : 1;
	}
	return code;
}
