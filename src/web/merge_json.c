/* SPDX-License-Identifier: Apache-2.0 */
#include "web/merge_json.h"

void merge_json(slu_json *j, const char *key, const struct app_merge_result *m)
{
	slu_json_key(j, key);
	slu_json_open(j, '[');
	for (size_t i = 0; i < m->act.n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_z(j, "what", m->act.v[i].what);
		slu_json_kv_z(j, "ref", m->act.v[i].ref);
		slu_json_kv_z(j, "old", m->act.v[i].old.hex);
		slu_json_kv_z(j, "new", m->act.v[i].new_.hex);
		if (m->act.v[i].why) {
			slu_json_kv_z(j, "into", m->act.v[i].into);
			slu_json_kv_z(j, "why", m->act.v[i].why);
		}
		if (m->act.v[i].change)
			slu_json_kv_int(j, "change", (int64_t)m->act.v[i].change);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}
