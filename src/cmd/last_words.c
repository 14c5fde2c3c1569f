/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/last_words.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/* Read by a handler, so lock-free. */
static _Atomic(const char *) words[CMD_STAGES];
static atomic_int now = CMD_STAGES; /* CMD_STAGES: nothing is said */

static void end(int sig)
{
	int at = now;
	const char *text = at < CMD_STAGES ? words[at] : NULL;
	if (text)
		(void)!write(STDERR_FILENO, text, strlen(text));
	(void)raise(sig); /* its default is back by now */
}

/* What somebody else wants of a signal (nohup: nothing) stays. */
static void catch_them(void)
{
	static const int signals[] = { SIGINT, SIGTERM };
	const struct sigaction mine = { .sa_handler = end, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };
	struct sigaction was;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (sigaction(signals[i], NULL, &was) == 0 && was.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &mine, NULL);
}

void cmd_last_words(struct cmd_ctx *c, const char *const text[CMD_STAGES])
{
	const char *line = isatty(STDERR_FILENO) ? "\n" : ""; /* the terminal has written ^C */
	cmd_last_words_none();
	for (size_t i = 0; i < CMD_STAGES; i++)
		words[i] = slu_printf(c->a, "%ssluice: %s\n", line, text[i]);
	now = CMD_BEFORE;
	catch_them();
}

void cmd_last_words_stage(enum cmd_stage stage)
{
	if (now < CMD_STAGES)
		now = (int)stage;
}

void cmd_last_words_only(struct cmd_ctx *c, const char *text)
{
	const char *all[CMD_STAGES];
	for (size_t i = 0; i < CMD_STAGES; i++)
		all[i] = text;
	cmd_last_words(c, all);
}

void cmd_last_words_none(void)
{
	now = CMD_STAGES;
}
