/* SPDX-License-Identifier: Apache-2.0 */
/** What is said of a tag when it is released: title, text, draft, pre-release. The tag itself is judged and landed as any other. */
#ifndef APP_RELEASE_NOTES_H
#define APP_RELEASE_NOTES_H
#include "app/app.h"
#include "port/store_act.h"

struct app_notes_done {
	bool done;                  /* false: the tag that had to be made is refused, and the verdict says why */
	struct port_release release;
	struct pol_verdict verdict;
};
/**
 * Write down a release. One that is no draft gets its tag when there is none yet: annotated, on `target` (a branch, tag or commit id;
 * n == 0: the default branch), in the same act.
 * @param x  tag, title, body, target, draft, prerelease; the rest is set
 * @return SLU_E_EXISTS: that tag has a release; SLU_E_NOT_FOUND: no such target; SLU_E_INVALID: no name for a tag; SLU_E_DENIED: needs write
 */
slu_rc app_notes_add(struct app_notes_done *out, struct app_unit *u, struct app_repo *r, const struct port_release *x, slu_err *err);
/** The same for one that is there (x->id), all of its fields as they shall be. Publishing a draft makes its tag. */
slu_rc app_notes_change(struct app_notes_done *out, struct app_unit *u, struct app_repo *r, const struct port_release *x, slu_err *err);
/**
 * Within the transaction that makes x->tag: the release of that tag, with its event. A draft that was written for it is published as it
 * stands; one that is published already stays what it is.
 */
slu_rc app_notes_publish(struct app_unit *u, struct app_repo *r, const struct port_release *x, slu_err *err);
/** The tag stays. */
slu_rc app_notes_remove(struct app_unit *u, struct app_repo *r, int64_t id, slu_err *err);

/** Those that the one who asks may see, newest first: drafts are for whoever may write. */
slu_rc app_notes_list(const struct port_release **out, size_t *n, struct app_unit *u, const struct app_repo *r, slu_err *err);
slu_rc app_notes_get(struct port_release *out, struct app_unit *u, const struct app_repo *r, int64_t id, slu_err *err); /* SLU_E_NOT_FOUND: also a draft that may not be seen */
slu_rc app_notes_of_tag(struct port_release *out, struct app_unit *u, const struct app_repo *r, slu_str tag, slu_err *err); /* SLU_E_NOT_FOUND: also a draft */
/** The newest published that is no pre-release. SLU_E_NOT_FOUND */
slu_rc app_notes_latest(struct port_release *out, struct app_unit *u, const struct app_repo *r, slu_err *err);
#endif
