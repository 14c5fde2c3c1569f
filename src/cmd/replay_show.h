/* SPDX-License-Identifier: Apache-2.0 */
/** A replay shown: as text, JSON, and a page. */
#ifndef CMD_REPLAY_SHOW_H
#define CMD_REPLAY_SHOW_H
#include "app/replay.h"
#include "cmd/cmd.h"

/** A preset that was tried because the repository names no strategy. */
struct cmd_fit {
	const char *preset;
	uint64_t judged, refused;
};
struct cmd_replay {
	const char *name;          /* of the repository */
	const char *strategy_file; /* "preset:gitflow" … */
	bool chosen;               /* the nearest preset: nothing names a strategy */
	int64_t since_s;           /* INT64_MIN: no --since */
	bool empty;                /* nothing was done since then */
	const struct cmd_fit *fit; /* nearest first */
	size_t fit_n;
	const strat *s;
	const struct app_history *h;
	const struct ins_replay *r;
};
int cmd_replay_text(struct cmd_ctx *c, const struct cmd_replay *x);
int cmd_replay_json(struct cmd_ctx *c, const struct cmd_replay *x);
int cmd_replay_html(struct cmd_ctx *c, const struct cmd_replay *x);

/** What a rule that refuses is about, in plain words: "commits straight onto main, without a change". */
const char *cmd_rule_words(struct cmd_ctx *c, const struct ins_rule *r);
/** What a rule that waits waits for: "approvals of what goes into main". */
const char *cmd_wait_words(struct cmd_ctx *c, const struct ins_rule *r);
/** What is not in the history, or could not be told from it; the last is NULL. */
const char *const *cmd_replay_unknown(struct cmd_ctx *c, const struct cmd_replay *x);
/** "12,345 files of all commits looked at: paths and sizes, no contents"; NULL: the strategy has no rule for which they would be. */
const char *cmd_replay_files(struct cmd_ctx *c, const struct cmd_replay *x);
/** "No commit was made since 2024-03-01: the newest is of 2024-02-01." For a replay that is empty. */
const char *cmd_replay_empty(struct cmd_ctx *c, const struct cmd_replay *x);
/** "12,345" */
const char *cmd_thousands(struct cmd_ctx *c, uint64_t n);
/** "36 %", "under 1 %" */
const char *cmd_share(struct cmd_ctx *c, uint64_t part, uint64_t whole);
/** "2024-03-01" */
const char *cmd_day(struct cmd_ctx *c, int64_t time_s);
/** Months in at most `max` equal spans: sums over each, and how many months one has. */
size_t cmd_replay_spans(struct cmd_ctx *c, const struct ins_replay *r, size_t max, struct ins_sum **out, size_t *months);
#endif
