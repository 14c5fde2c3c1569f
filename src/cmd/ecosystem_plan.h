/* SPDX-License-Identifier: Apache-2.0 */
/** What one member of an ecosystem does for a release, and which release is meant. */
#ifndef CMD_ECOSYSTEM_PLAN_H
#define CMD_ECOSYSTEM_PLAN_H
#include "cmd/ecosystem.h"

/** Which repositories there are, by the strategy of the home, which is open, and where their clones are. @return 0, or the exit code */
int cmd_ecosystem_of(struct cmd_ecosystem *e);
/** Has its strategy a kind of branch that holds a release? */
bool cmd_member_branches(const struct cmd_member *m);
/** The release that is meant: as it was given, else the only one that is open in any member; into e->version. @return 0, or the exit code */
int cmd_ecosystem_version(struct cmd_ecosystem *e);
/** What all get: version, tags with their message, and checks that are wanted; into the operation of the home. Once each member's own tag has its name. */
void cmd_ecosystem_common(struct cmd_ecosystem *e);
/** All but the tags that all have in common; then those, when it is known what each releases, with work trees and push. */
slu_rc cmd_member_plan_finish(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err);
slu_rc cmd_member_plan_tags(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err);
/** Which checks are wanted of what each member would get, and not said to have passed. @return 0, or the exit code after having said why it cannot be told */
int cmd_ecosystem_checks(struct cmd_ecosystem *e, size_t *missing);
/** A line for each, and how somebody says that it passed. */
void cmd_ecosystem_tell_checks(struct cmd_ecosystem *e);
/** What is kept of the words to go on with (what was said of a commit is not said of the next one), and what was made. */
void cmd_ecosystem_words(struct cmd_ecosystem *e);
/** What waits on the remotes of an operation that was never decided goes; it is planned anew. @return 0, or the exit code */
int cmd_ecosystem_clear(struct cmd_ctx *c, const struct flow_op *op);
#endif
