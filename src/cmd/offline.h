/* SPDX-License-Identifier: Apache-2.0 */
/** Judging in a clone, without a server: the repository around, the strategy in force there, and who one is. */
#ifndef CMD_OFFLINE_H
#define CMD_OFFLINE_H
#include "app/offline_facts.h"
#include "cmd/cmd.h"

/** Options that a command which judges in a clone takes; CMD_OFFLINE_AS too unless it talks to a server (which brings --as). */
#define CMD_OFFLINE_AS { "as", 0, "NAME", "who acts; default: git config sluice.user, else user.name", CMD_TEXT, 0 }
#define CMD_OFFLINE_LEVEL { "level", 0, "LEVEL", "read, triage, write, maintain or admin; default: git config sluice.level, else write", CMD_TEXT, 0 }
#define CMD_OFFLINE_BY                                                                                                                                                 \
	{ "role", 0, "NAME", "a role held besides", CMD_TEXT, CMD_REPEAT },                                                                                            \
	    { "strategy", 0, "FILE", "judge by this file, not by the one in force", CMD_PATH, 0 },                                                                     \
	    { "preset", 0, "NAME", "judge by this preset", CMD_TEXT, 0 },                                                                                              \
	    { "at", 0, "TIME", "judge as if it were this time, such as 2026-01-05T09:00:00Z", CMD_TEXT, 0 }
#define CMD_OFFLINE_OPTIONS CMD_OFFLINE_LEVEL, CMD_OFFLINE_BY, { "all", 'a', NULL, "show the rules that pass, too", CMD_FLAG, 0 }

struct cmd_offline {
	const strat *strategy;
	const char *strategy_file, *strategy_commit; /* "" when it comes from no commit */
	slu_str default_branch;
	int64_t now_s;
	bool level_guessed;
	struct app_offline ctx;
	struct pol_facts facts;
};
/** What the caller knows already. */
struct cmd_offline_ask {
	slu_str default_branch; /* n == 0: found here */
	bool may_have_none;     /* a repository without a strategy is no failure: o->strategy is NULL then */
	bool own_branches;      /* the repository's own branches count, whatever remotes it names */
	bool may_ask_server;    /* which strategy is in force, where the repository has no file of it: by a command that acts */
	bool anybody;           /* who acts counts only where an option or sluice.level says it; else nobody knows it here */
};
/** @return 0, or the exit code after having said why. cmd_offline_close in every case. */
int cmd_offline_open(struct cmd_ctx *c, struct cmd_offline *o);
/** The same to judge an act, which takes the whole history: a shallow clone is refused. */
int cmd_offline_open_whole(struct cmd_ctx *c, struct cmd_offline *o);
int cmd_offline_open_as(struct cmd_ctx *c, struct cmd_offline *o, const struct cmd_offline_ask *ask);
/** Judge by this preset from now on. @return 0, or the exit code */
int cmd_offline_preset(struct cmd_ctx *c, struct cmd_offline *o, const char *name);
void cmd_offline_close(struct cmd_offline *o);
/** The remote of the current branch, else `origin`, else the only one. n == 0: there is none. */
slu_str cmd_remote(struct cmd_ctx *c, const struct port_git_here *h);
/** The push that moves nothing: a verdict without rules, or a sentence. @return the exit code */
int cmd_offline_same(struct cmd_ctx *c, struct cmd_offline *o, const struct pol_action *act);
/** Decide and show: text with a line that says what is judged, or JSON. @return exit code: 0 allow, 1 deny, 8 wait */
int cmd_offline_judge(struct cmd_ctx *c, struct cmd_offline *o, const struct pol_action *act, const char *what);
/** What `why` shows of a verdict that the server gave, with --all or --format json. @return the exit code */
int cmd_verdict_answer(struct cmd_ctx *c, const struct cli_answer *answer);
#endif
