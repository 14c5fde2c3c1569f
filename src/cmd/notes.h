/* SPDX-License-Identifier: Apache-2.0 */
/** What `git notes` keeps about commits, read without a process for each. */
#ifndef CMD_NOTES_H
#define CMD_NOTES_H
#include "base/map.h"
#include "port/git.h"

struct cmd_notes {
	slu_map *blob; /* hex id of what is noted about → struct slu_oid of the note */
	size_t n;
};
/** All notes of that ref; n == 0: there is none. SLU_E_CORRUPT: it is no tree of notes. */
slu_rc cmd_notes_read(struct cmd_notes *out, slu_arena *a, port_git *g, slu_str ref, slu_err *err);
/** The note about this commit; n == 0: there is none. */
slu_rc cmd_notes_of(const struct cmd_notes *notes, slu_arena *a, port_git *g, slu_str commit, slu_str *text, slu_err *err);
#endif
