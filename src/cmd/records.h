/* SPDX-License-Identifier: Apache-2.0 */
/** Records in, records out: text of strangers made fit for a terminal, and messages read one by one. */
#ifndef CMD_RECORDS_H
#define CMD_RECORDS_H
#include "cmd/cmd.h"

#include <sys/types.h>

/** Add text of strangers as a terminal can take it: control characters, signs that turn the direction, and bytes that are no UTF-8 are '?'. */
void cmd_shown(slu_buf *out, slu_str text);

/** Start git with these words (the first is "git", NULL ends them); what it prints is read from *from. The caller closes that and waits. */
slu_rc cmd_git_start(pid_t *child, int *from, const char *const *argv, slu_err *err);

/** Run `git ARGS…` here with this on its standard input; at most a few MiB. As cmd_git otherwise. */
slu_rc cmd_git_fed(struct cmd_ctx *c, const char *const *args, slu_str input, slu_str *out, slu_err *err);

/** A commit message: from standard input, or of a commit. */
struct cmd_message {
	slu_str id;      /* hex of the commit; n == 0: none */
	slu_str parents; /* hex of its parents, with blanks between them */
	slu_str text;
	bool cut;        /* it has more than SLU_MAX_MESSAGE_BYTES; `text` is its beginning, a byte more than those */
};
/** One message; what it points to lives until it returns. @return 0 to go on, else the exit code of all */
typedef int cmd_message_fn(struct cmd_ctx *c, const struct cmd_message *m, void *user);
/** The messages of a file or a pipe, with NUL between them. @return what `each` returned, or the exit code after a sentence */
int cmd_messages_in(struct cmd_ctx *c, int fd, cmd_message_fn *each, void *user);
/** Of the commits that the words name as `git log` reads them, newest first; a name without a range is that commit alone. @return as above */
int cmd_messages_of(struct cmd_ctx *c, const char *const *rev, size_t n, cmd_message_fn *each, void *user);
/** A message as `git commit` takes it from an editor: without comments, and without all below the scissors. */
slu_str cmd_message_edited(slu_arena *a, slu_str text);
#endif
