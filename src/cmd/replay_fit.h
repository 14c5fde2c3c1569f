/* SPDX-License-Identifier: Apache-2.0 */
/** Which of the general presets fits a history best. */
#ifndef CMD_REPLAY_FIT_H
#define CMD_REPLAY_FIT_H
#include "cmd/offline.h"
#include "cmd/replay_show.h"

enum { CMD_FITS = 4 };
struct cmd_fitting {
	struct cmd_fit fit;
	int place;            /* where two would refuse as little, the one that asks for less comes first */
	const strat *s;
	const char *file;
	slu_str renamed;      /* the kind of production that stands for the default branch here, which has another name; n == 0: none has to */
	struct ins_replay r;
};
/** Replay under each general preset. @param out  CMD_FITS of them, nearest first. @return 0, or the exit code after having said why */
int cmd_fit_presets(struct cmd_ctx *c, struct cmd_offline *o, struct app_history *h, struct app_replay_ask *ask, struct cmd_fitting *out);
#endif
