/* SPDX-License-Identifier: Apache-2.0 */
#include "app/release_made.h"

#include <jansson.h>

enum { MADE_AT_ONCE = 100 }; /* newest events looked at; a release has a handful */

static bool step_back(slu_oid *head, const struct port_event *e)
{
	json_auto_t *j = json_loadb(e->data.p, e->data.n, 0, NULL);
	const char *old = json_string_value(json_object_get(j, "old")), *new_ = json_string_value(json_object_get(j, "new"));
	slu_oid before;
	if (!old || !new_ || strcmp(new_, head->hex) != 0 || slu_oid_parse(&before, slu_s(old), NULL) != SLU_OK)
		return false;
	*head = before;
	return true;
}

slu_rc app_release_before(slu_oid *out, struct app_unit *u, const struct app_repo *r, slu_str branch, const slu_oid *head, slu_err *err)
{
	struct port_event_filter f = { .repo = r->full, .kind = SLU_STR("release-changelog"), .ref = slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(branch))) };
	struct port_page page = { .limit = MADE_AT_ONCE };
	const struct port_event *e;
	slu_oid at = *head;
	size_t n;
	SLU_TRY(port_event_list(u->store, u->a, &f, &page, &e, &n, err));
	for (size_t i = 0; i < n; i++) /* newest first: each step goes back over an older one */
		(void)step_back(&at, &e[i]);
	*out = at;
	return SLU_OK;
}
