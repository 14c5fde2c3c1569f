/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/leaf.h"

#include "base/json.h"
#include "base/quantity.h"
#include "base/utf8.h"

static slu_rc check(const struct aud_event *e, slu_err *err)
{
	int64_t back;
	char time[SLU_TIME_TEXT];
	if (e->kind.n == 0)
		return slu_fail(err, SLU_E_INVALID, "An event needs a kind.");
	if (e->seq == 0 || e->seq > INT64_MAX)
		return slu_fail(err, SLU_E_INVALID, "Events are counted from 1.");
	if (slu_time_parse(&back, slu_s(slu_time_text(e->time, time)), NULL) != SLU_OK || back != e->time)
		return slu_fail(err, SLU_E_INVALID, "The time of an event lies between the years 1970 and 9999.");
	if (!slu_utf8_valid(e->repo, NULL) || !slu_utf8_valid(e->actor, NULL) || !slu_utf8_valid(e->kind, NULL))
		return slu_fail(err, SLU_E_INVALID, "Repository, actor and kind of an event are UTF-8 text.");
	return SLU_OK;
}

slu_rc aud_leaf(slu_buf *out, const struct aud_event *e, slu_err *err)
{
	char time[SLU_TIME_TEXT];
	SLU_TRY(check(e, err));
	slu_str data = slu_str_trim(e->data);
	if (data.n == 0)
		data = SLU_STR("{}");
	else if (data.p[0] != '{')
		return slu_fail(err, SLU_E_INVALID, "The data of an event are a JSON object.");
	slu_auto_buf line;
	slu_buf_init(&line, AUD_LEAF_MAX);
	slu_json j = slu_json_to(&line);
	slu_json_open(&j, '{');
	slu_json_kv_str(&j, "actor", e->actor);
	slu_json_key(&j, "data");
	SLU_TRY(aud_canonical(&line, data, err));
	j.comma = true;
	slu_json_kv_str(&j, "kind", e->kind);
	slu_json_kv_str(&j, "repo", e->repo);
	slu_json_kv_int(&j, "seq", (int64_t)e->seq);
	slu_json_kv_z(&j, "time", slu_time_text(e->time, time));
	slu_json_kv_int(&j, "v", AUD_LEAF_VERSION);
	slu_json_close(&j, '}');
	size_t room = out->max - out->n;
	if (line.over || out->over || line.n > room)
		return slu_fail(err, SLU_E_LIMIT, "Event %llu is too long to be recorded: at most %d bytes.", (unsigned long long)e->seq, AUD_LEAF_MAX);
	slu_buf_addstr(out, slu_buf_str(&line));
	return SLU_OK;
}
