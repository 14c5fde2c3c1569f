/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Work on many things by several threads, put out in their order. The caller's thread is one of them, and the only one that puts out.
 * However far one is ahead, only a few pieces of output wait for their turn.
 */
#ifndef CMD_CREW_H
#define CMD_CREW_H
#include "base/str.h"

enum { CMD_CREW_MAX = 2, CMD_CREW_PIECE = 256 /* things that are taken at once */, CMD_CREW_FULL = 512 * 1024 };

typedef struct cmd_crew_piece cmd_crew_piece;
struct cmd_crew_job {
	void *ctx;
	size_t things;
	/* So many things by thread 0, 1, …; what is to be put out is added to cmd_crew_out. An error ends all, when what comes before it is out. */
	slu_rc (*work)(void *ctx, unsigned thread, size_t from, size_t n, cmd_crew_piece *p, slu_err *err);
	int (*put)(void *ctx, const slu_buf *text); /* @return 0 to go on, else the exit code of all */
};
slu_buf *cmd_crew_out(cmd_crew_piece *p);
/** Once it has CMD_CREW_FULL bytes: waits until they are out. To be called from `work` now and then. */
void cmd_crew_flush(cmd_crew_piece *p);

/** How many are worth it: no more than there are processors that this process may run on. */
unsigned cmd_crew_size(size_t things);
/** @param code  what `put` returned, when it ended all; the return value is SLU_OK then */
slu_rc cmd_crew_run(const struct cmd_crew_job *job, unsigned threads, size_t out_max, int *code, slu_err *err);
#endif
