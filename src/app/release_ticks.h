/* SPDX-License-Identifier: Apache-2.0 */
/** Boxes of a release on a server: what people ticked before it begins and after it is out, each with an event. */
#ifndef APP_RELEASE_TICKS_H
#define APP_RELEASE_TICKS_H
#include "app/app.h"

#define APP_TICKS_STATE "kept" /* of the rows that they stand in, beside the flows */

struct app_tick_ask {
	slu_str version, box;
	bool off; /* it is taken back */
};
/** The box POL_RELEASE_APPROVAL is the caller's own approval, where the strategy wants some. SLU_E_INVALID: the strategy has no such box for releases; the sentence names those that it has. SLU_E_EXISTS: it is so already. */
slu_rc app_release_tick(struct app_unit *u, struct app_repo *r, const struct app_tick_ask *ask, slu_err *err);
/** What is ticked for a version. */
slu_rc app_release_ticked(const struct pol_release_box **out, size_t *n, struct app_unit *u, struct app_repo *r, slu_str version, slu_err *err);
#endif
