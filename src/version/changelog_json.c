/* SPDX-License-Identifier: Apache-2.0 */
/* The section for programs. */
#include "base/json.h"
#include "version/changelog.h"

static void put_references(struct slu_json *j, slu_arena *a, const struct ver_commit *c)
{
	ver_footers refs = { 0 };
	if (c)
		ver_references(&refs, a, c);
	slu_json_key(j, "references");
	slu_json_open(j, '[');
	for (size_t i = 0; i < refs.n; i++)
		slu_json_str(j, refs.v[i].value);
	slu_json_close(j, ']');
}

static void put_line(struct slu_json *j, slu_arena *a, const struct ver_line *l)
{
	const struct ver_commit *c = l->commit;
	slu_json_open(j, '{');
	slu_json_kv_str(j, "type", c ? c->type : SLU_STR(""));
	slu_json_kv_str(j, "scope", c ? c->scope : SLU_STR(""));
	slu_json_kv_str(j, "text", c ? c->description : l->entry->subject);
	slu_json_kv_str(j, "note", c ? c->breaking_note : SLU_STR(""));
	put_references(j, a, c);
	slu_json_kv_str(j, "commit", l->entry->oid);
	slu_json_close(j, '}');
}

void ver_changelog_json(struct slu_json *j, slu_arena *a, const struct ver_changelog *c, const struct ver_entry *e, size_t n)
{
	ver_groups groups;
	ver_changelog_groups(&groups, a, c, e, n);
	slu_json_open(j, '{');
	slu_json_kv_str(j, "version", c->version);
	slu_json_kv_str(j, "date", c->date);
	slu_json_key(j, "groups");
	slu_json_open(j, '[');
	for (size_t g = 0; g < groups.n; g++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "heading", groups.v[g].heading);
		slu_json_kv_bool(j, "breaking", groups.v[g].breaking);
		slu_json_key(j, "entries");
		slu_json_open(j, '[');
		for (size_t i = 0; i < groups.v[g].line.n; i++)
			put_line(j, a, &groups.v[g].line.v[i]);
		slu_json_close(j, ']');
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_close(j, '}');
}
