/* SPDX-License-Identifier: Apache-2.0 */
#include "web/map_json.h"

#include "base/quantity.h"

static void branch_json(slu_json *j, const strat *s, const struct app_map_branch *b)
{
	char time[SLU_TIME_TEXT];
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", b->name);
	slu_json_kv_z(j, "head", b->head.hex);
	slu_json_kv_str(j, "kind", b->kind == STRAT_NONE ? (slu_str){ "", 0 } : s->branch[b->kind].name);
	slu_json_kv_z(j, "type", b->kind == STRAT_NONE ? NULL : strat_type_word(s->branch[b->kind].type));
	slu_json_kv_z(j, "committed", slu_time_text(b->commit_s, time));
	slu_json_kv_str(j, "subject", b->subject);
	slu_json_kv_z(j, "base", *b->base ? b->base : NULL);
	if (b->counted) {
		slu_json_kv_int(j, "ahead", (int64_t)b->ahead);
		slu_json_kv_int(j, "behind", (int64_t)b->behind);
	}
	slu_json_kv_z(j, "says", b->says);
	if (b->passed_over)
		slu_json_kv_bool(j, "not_looked_at", true);
	if (b->judged) {
		slu_json_key(j, "verdict");
		pol_verdict_json(j, &b->verdict, "", "");
	}
	slu_json_close(j, '}');
}

void map_json(slu_json *j, const strat *s, const struct app_map *m)
{
	slu_json_kv_str(j, "strategy", s->name);
	slu_json_kv_z(j, "trouble", m->trouble);
	slu_json_kv_int(j, "of_no_kind", (int64_t)m->kindless);
	slu_json_key(j, "branches");
	slu_json_open(j, '[');
	for (size_t i = 0; i < m->branch_n; i++)
		branch_json(j, s, &m->branch[i]);
	slu_json_close(j, ']');
}
