/* SPDX-License-Identifier: Apache-2.0 */
/** Shared by adopt*.c; nothing else includes it. */
#ifndef APP_ADOPT_IMPL_H
#define APP_ADOPT_IMPL_H
#include "app/adopt.h"

/** "refs/heads/NAME" */
slu_str adopt_full(struct app_adopt *u, slu_str name);
/** What is not done, and why. */
void adopt_leave(struct app_adopt *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Where the remote has it; and once the plan is pushed. */
slu_oid adopt_on_remote(const struct app_adopt *u, slu_str ref);
slu_oid adopt_planned_there(const struct app_adopt *u, slu_str ref);
void adopt_push(struct app_adopt *u, slu_str ref, const slu_oid *old, const slu_oid *new_);
/** Branches that are left as they are: named, where that helps. */
slu_rc adopt_others(struct app_adopt *u, slu_err *err);

/*
 * The default branch of a host is another branch before it can go, and only who owns the host moves it. Where its name is in the way of the one that it gets, it is
 * sluice/adopting/KIND between the two: a first go pushes that and nothing else, the second renames, the third lets it go.
 */
/** Is this the first go? It is planned then, and is all. */
bool adopt_begins_between(struct app_adopt *u);
slu_rc adopt_ends_between(struct app_adopt *u, slu_err *err);
#endif
