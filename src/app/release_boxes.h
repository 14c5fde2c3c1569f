/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Boxes of a release, that people tick before it begins and after it is out: in a clone commits without files on refs/sluice/release/VERSION, each of which
 * says in its message what was ticked; Git's own author and date tell by whom and when.
 */
#ifndef APP_RELEASE_BOXES_H
#define APP_RELEASE_BOXES_H
#include "app/plan.h"

struct app_boxes {
	slu_str version;
	SLU_LIST(struct pol_release_box) ticked;
	SLU_LIST(slu_str) step; /* what was to be done after it, when it came out */
};
/** "refs/sluice/release/2.1.0", in `a`. */
slu_str app_boxes_ref(slu_arena *a, slu_str version);
slu_rc app_boxes_read(struct app_boxes *out, slu_arena *a, port_git *g, slu_str version, slu_err *err);
/** Of every version that has some, in the order of their names. */
slu_rc app_boxes_all(const struct app_boxes **out, size_t *n, slu_arena *a, port_git *g, slu_err *err);
const struct pol_release_box *app_boxes_ticked(const struct app_boxes *b, slu_str text);
/** From now on the facts know the boxes of this clone. Their context is a struct app_offline. */
void app_boxes_facts(struct pol_facts *f);
enum app_boxes_what { APP_BOXES_TICK, APP_BOXES_UNTICK, APP_BOXES_OUT };
/** The message of such a commit; `text`: the box, or of OUT the steps, a line each. In `a`. */
slu_str app_boxes_message(slu_arena *a, enum app_boxes_what what, slu_str text);
#endif
