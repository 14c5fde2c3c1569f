/* SPDX-License-Identifier: Apache-2.0 */
/** What the commits of a history bring that a strategy's rules on files may refuse. */
#ifndef APP_REPLAY_FILES_H
#define APP_REPLAY_FILES_H
#include "app/replay.h"

/** Looks at the files of every commit, piece by piece; what is fine is not kept. Where ask->secrets, at their contents too, but for what the default branch's list of today calls none. */
slu_rc app_replay_files(const struct ins_files **out, slu_arena *a, const struct app_history *h, const struct app_replay_ask *ask, slu_err *err);
#endif
