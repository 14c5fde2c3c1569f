/* SPDX-License-Identifier: Apache-2.0 */
/** Who decides of a push that comes over Git's protocol (web/git_receive.h): it is judged, then landed as a whole. */
#ifndef WEB_PUSH_H
#define WEB_PUSH_H
#include "app/push.h"
#include "web/git_receive.h"

struct web_push {
	app *app;
	slu_arena *a;       /* of the request */
	struct app_who who; /* with whatever it points to, as long as this lives */
	slu_str owner, name;
	const char *via;    /* "http", "ssh"; a constant */
	/* between the two halves */
	bool judged_ok;
	struct app_unit unit; /* app is NULL: not begun */
	struct app_repo repo;
	struct app_push what;
	struct app_push_judged judged;
};
/** The half that git_receive asks. `p` stays where it is until web_push_end. */
struct git_receive_decide web_push_decide(struct web_push *p);
void web_push_end(struct web_push *p); /* after git_receive_end */
#endif
