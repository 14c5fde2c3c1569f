/* SPDX-License-Identifier: Apache-2.0 */
/** Boxes of a release: /api/sluice/repos/OWNER/NAME/releases/VERSION/boxes. */
#include "app/release_ticks.h"
#include "web/web.h"

static void box_json(slu_json *j, struct web_req *rq, const struct strat_box *box, const struct pol_release_box *v, size_t n)
{
	const struct pol_release_box *t = NULL;
	for (size_t k = 0; k < n; k++)
		if (slu_str_eq(v[k].text, box->text))
			t = &v[k];
	slu_json_open(j, '{');
	slu_json_kv_str(j, "box", box->text);
	slu_json_kv_z(j, "may", box->has_by ? strat_who_text(rq->a, &box->by) : NULL);
	slu_json_kv_bool(j, "ticked", t != NULL);
	if (t) {
		slu_json_kv_str(j, "by", t->by);
		web_json_time(j, "at", t->at_s);
	}
	slu_json_close(j, '}');
}

static void boxes_json(slu_json *j, struct web_req *rq, const struct pol_release_box *v, size_t n)
{
	const struct strat_require *close = &rq->r->strategy->releases.close;
	size_t start_n = 0;
	const struct strat_box *const *start = pol_release_boxes(&start_n, rq->a, rq->r->strategy);
	slu_json_key(j, "start");
	slu_json_open(j, '[');
	for (size_t i = 0; i < start_n; i++)
		box_json(j, rq, start[i], v, n);
	slu_json_close(j, ']');
	slu_json_key(j, "close");
	slu_json_open(j, '[');
	for (size_t i = 0; i < close->boxes_n; i++)
		box_json(j, rq, &close->boxes[i], v, n);
	slu_json_close(j, ']');
	slu_json_key(j, "approvals");
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		if (slu_str_is(v[i].text, pol_release_approval(rq->a, v[i].by)))
			slu_json_str(j, v[i].by);
	slu_json_close(j, ']');
}

static slu_rc show(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct pol_release_box *v = NULL;
	size_t n = 0;
	slu_str version = slu_s(web_param(rq, "version"));
	SLU_TRY(app_release_ticked(&v, &n, rq->unit, rq->r, version, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_str(&rs->json, "version", version);
	boxes_json(&rs->json, rq, v, n);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

static slu_rc tick(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_tick_ask ask = {
		.version = slu_s(web_param(rq, "version")), .box = web_body_str(rq, "Release", "box", WEB_REQUIRED, SLU_MAX_TITLE_BYTES), .off = !web_body_bool(rq, "Release", "ticked", true),
	};
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_release_tick(rq->unit, rq->r, &ask, err));
	return show(rq, rs, err);
}

#define BOXES "/api/sluice/repos/{owner}/{repo}/releases/{version}/boxes"

const struct web_api api_release_boxes = {
	.method = "GET", .pattern = BOXES, .need = WEB_READ, .run = show, .summary = "What is to be ticked before a release begins and after it is out, and what is",
};
const struct web_api api_release_tick = {
	.method = "POST", .pattern = BOXES, .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = tick, .dry_run = true, .summary = "Tick a box of a release (box), or take that back (ticked: false)",
};
