/* SPDX-License-Identifier: Apache-2.0 */
/** What push.c, push_record.c and merge.c share. */
#ifndef APP_PUSH_IMPL_H
#define APP_PUSH_IMPL_H
#include "app/push.h"
#include "base/json.h"
#include "port/store_change.h"

/** What app_push_follow made, for app_push_record and app_push_reply. */
struct app_push_followed {
	struct port_git_update *update; /* beyond those of the push */
	struct app_push_ref *ref;
	size_t n;
	struct port_change *conflict;
	size_t conflict_n;
};
/** Judge every ref; `ref` has p->n places. */
slu_rc app_push_ask(struct app_push_ref *ref, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_err *err);
/** What a verdict given now rests on, as one text. */
slu_rc app_rested(slu_str *out, struct app_unit *u, const struct app_repo *r, slu_err *err);
/** Whether it is still so (`at_s`: when it was taken); where not, r and u->now_s are brought up to date for asking again. */
slu_rc app_rested_same(bool *same, struct app_unit *u, struct app_repo *r, slu_str rested, int64_t at_s, slu_err *err);
/** Nothing that `rested` names has changed, or the answer is still yes. Within the deciding transaction. */
slu_rc app_push_still(struct app_push_ref *ref, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_str rested, int64_t at_s, slu_err *err);
/** The member "verdict": the whole verdict when it is short enough for an event, else its answer. */
void app_verdict_member(slu_json *j, const struct app_repo *r, const struct pol_verdict *v);
/** Events and state of refs that move; within the deciding transaction. */
slu_rc app_push_write(struct app_unit *u, struct app_repo *r, const struct app_push *p, const struct app_push_ref *ref, slu_err *err);
#endif
