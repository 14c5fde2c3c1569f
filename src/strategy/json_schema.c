/* SPDX-License-Identifier: Apache-2.0 */
/* The schema table as JSON Schema draft 7. null stands everywhere: it removes what an extended file says. */
#include "strategy/schema.h"
#include "base/json.h"
#include "strategy/schema_impl.h"

static const struct {
	enum sch_kind kind;
	const char *name, *body; /* members of the object */
} scalars[] = {
	{ SCH_TEXT, "text", "\"type\":[\"string\",\"number\",\"boolean\"]" },
	{ SCH_COMMAND, "command", "\"type\":\"string\",\"minLength\":1" },
	{ SCH_SCALAR, "scalar", "\"type\":[\"string\",\"number\",\"boolean\",\"null\"]" },
	{ SCH_NAME, "name", "\"type\":[\"string\",\"number\"],\"pattern\":\"^[^-.\\\\s][^\\\\s/@]*$\",\"maxLength\":64" },
	{ SCH_BOOL, "boolean", "\"type\":\"boolean\"" },
	{ SCH_DURATION, "duration", "\"type\":\"string\",\"pattern\":\"^([0-9]+[smhdw])+$\"" },
	{ SCH_MILLIS, "duration", NULL },
	{ SCH_OFFSET, "offset", "\"type\":\"string\",\"pattern\":\"^[-+]?([0-9]+[smhdw])+$\"" },
	{ SCH_SIZE, "size", "\"type\":[\"string\",\"integer\"],\"pattern\":\"^[0-9]+(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$\"" },
	{ SCH_SHARE, "share", "\"type\":\"string\",\"pattern\":\"^[0-9]+([.][0-9]+)?%$\"" },
	{ SCH_DATE, "date", "\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"" },
	{ SCH_CLOCK, "clock", "\"type\":\"string\",\"pattern\":\"^[0-2][0-9]:[0-5][0-9]$\"" },
	{ SCH_SCHEDULE, "schedule", "\"type\":\"string\"" },
	{ SCH_VERSION, "version", "\"type\":\"string\",\"pattern\":\"^[0-9]+[.][0-9]+[.][0-9]+$\"" },
	{ SCH_PATTERN, "pattern", "\"type\":\"string\",\"minLength\":1,\"maxLength\":256" },
	{ SCH_REGEX, "regex", "\"type\":\"string\",\"minLength\":1" },
	{ SCH_PATH, "path", "\"type\":\"string\",\"minLength\":1,\"maxLength\":256,\"pattern\":\"^[^/*?\\\\[]\"" },
	{ SCH_GLOB, "glob", "\"type\":\"string\",\"minLength\":1,\"maxLength\":256" },
	{ SCH_PERSON, "person", "\"type\":\"string\",\"pattern\":\"^@[^\\\\s@]+$\"" },
	{ SCH_EXPR, "expression", "\"type\":\"string\",\"pattern\":\"^\\\\S+ +(<|<=|>|>=|==|=) +\\\\S+( .*)?$\"" },
	{ SCH_REF, "reference", "\"type\":\"string\",\"minLength\":1" },
	{ SCH_WHO, "who", "\"anyOf\":[{\"type\":\"string\"},{\"type\":\"array\",\"items\":{\"type\":\"string\"}}]" },
};
static const struct sch_type *const named[] = { &sct_require, &sct_release_start, &sct_release_close, &sct_edge, &sct_trigger, &sct_deploy_trigger, &sct_driver };

static void body(slu_json *j, const struct sch_type *t);

static void ref_to(slu_json *j, const char *name)
{
	char text[100];
	(void)snprintf(text, sizeof text, "#/definitions/%s", name);
	slu_json_kv_z(j, "$ref", text);
}

/* "Requirement set" → "requirement-set" */
static const char *definition_name(const struct sch_type *t, char out[64])
{
	size_t i = 0;
	for (; t->name[i] && i < 63; i++)
		out[i] = t->name[i] == ' ' ? '-' : (char)(t->name[i] >= 'A' && t->name[i] <= 'Z' ? t->name[i] + 32 : t->name[i]);
	out[i] = '\0';
	return out;
}

static void object_of(slu_json *j, const struct sch_type *t)
{
	slu_json_open(j, '{');
	if (t->name) {
		char name[64];
		ref_to(j, definition_name(t, name));
	} else {
		body(j, t);
	}
	slu_json_close(j, '}');
}

static void any_of(slu_json *j, const struct sch_type *const *alt, bool null)
{
	slu_json_key(j, "anyOf");
	slu_json_open(j, '[');
	for (size_t i = 0; i < 4 && alt[i]; i++)
		object_of(j, alt[i]);
	if (null)
		slu_json_raw(j, SLU_STR("{\"type\":\"null\"}"));
	slu_json_close(j, ']');
}

static void default_of(slu_json *j, const struct sch_row *row)
{
	uint64_t v = 0;
	slu_str d = slu_s(row->dflt);
	slu_json_key(j, "default");
	if (slu_str_is(d, "true") || slu_str_is(d, "false"))
		slu_json_bool(j, slu_str_is(d, "true"));
	else if (slu_parse_u64(&v, d, NULL) == SLU_OK)
		slu_json_int(j, (int64_t)v);
	else
		slu_json_str(j, d);
}

static void property(slu_json *j, const struct sch_row *row)
{
	char help[1200];
	(void)snprintf(help, sizeof help, "%s%s", row->help, (row->flags & SCH_SHAPE_ONLY) ? " (Read, not enforced by this version.)" : "");
	slu_json_key(j, row->key);
	slu_json_open(j, '{');
	slu_json_kv_z(j, "description", help);
	if (row->dflt)
		default_of(j, row);
	const struct sch_type *const one[4] = { row->type };
	any_of(j, one, true);
	slu_json_close(j, '}');
}

static void map_body(slu_json *j, const struct sch_type *t)
{
	slu_json_kv_z(j, "type", "object");
	slu_json_kv_bool(j, "additionalProperties", false);
	slu_json_key(j, "properties");
	slu_json_open(j, '{');
	for (size_t i = 0; i < t->row_n; i++)
		property(j, &t->row[i]);
	slu_json_close(j, '}');
}

static void entries_body(slu_json *j, const struct sch_type *t)
{
	slu_json_kv_z(j, "type", "object");
	slu_json_kv_int(j, "maxProperties", SLU_MAX_STRATEGY_ENTRIES);
	slu_json_key(j, "additionalProperties");
	slu_json_open(j, '{');
	const struct sch_type *const one[4] = { t->item };
	any_of(j, one, true);
	slu_json_close(j, '}');
}

static void list_body(slu_json *j, const struct sch_type *t)
{
	slu_json_key(j, "anyOf");
	slu_json_open(j, '[');
	object_of(j, t->item);
	slu_json_open(j, '{');
	slu_json_kv_z(j, "type", "array");
	if (t->min)
		slu_json_kv_int(j, "minItems", t->min);
	slu_json_key(j, "items");
	object_of(j, t->item);
	slu_json_close(j, '}');
	slu_json_close(j, ']');
}

static void word_body(slu_json *j, const struct sch_type *t)
{
	slu_json_key(j, "enum");
	slu_json_open(j, '[');
	for (size_t i = 0; t->word[i]; i++)
		slu_json_z(j, t->word[i]);
	slu_json_close(j, ']');
}

static void body(slu_json *j, const struct sch_type *t)
{
	if (t->kind == SCH_EITHER) {
		any_of(j, t->alt, false);
	} else if (t->kind == SCH_MAP) {
		map_body(j, t);
	} else if (t->kind == SCH_ENTRIES) {
		entries_body(j, t);
	} else if (t->kind == SCH_LIST) {
		list_body(j, t);
	} else if (t->kind == SCH_WORD) {
		word_body(j, t);
	} else if (t->kind == SCH_INT) {
		slu_json_kv_z(j, "type", "integer");
		slu_json_kv_int(j, "minimum", t->min);
		slu_json_kv_int(j, "maximum", t->max);
	} else {
		for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++)
			if (scalars[i].kind == t->kind)
				ref_to(j, scalars[i].name);
	}
}

static const char *what_of(enum sch_kind kind)
{
	static const struct sch_type *const types[] = { &sct_text, &sct_command, &sct_scalar, &sct_name, &sct_bool, &sct_duration, &sct_offset, &sct_size, &sct_share, &sct_date, &sct_clock,
							 &sct_schedule, &sct_version, &sct_pattern, &sct_glob, &sct_person, &sct_expr, &sct_who };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i]->kind == kind)
			return types[i]->what;
	return "the name of an entry";
}

static void definitions(slu_json *j)
{
	slu_json_key(j, "definitions");
	slu_json_open(j, '{');
	for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
		if (!scalars[i].body)
			continue;
		slu_json_key(j, scalars[i].name);
		slu_json_open(j, '{');
		slu_json_kv_z(j, "description", what_of(scalars[i].kind));
		slu_json_raw(j, slu_s(scalars[i].body));
		slu_json_close(j, '}');
	}
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		char name[64];
		slu_json_key(j, definition_name(named[i], name));
		slu_json_open(j, '{');
		body(j, named[i]);
		slu_json_close(j, '}');
	}
	slu_json_close(j, '}');
}

void strat_json_schema(slu_buf *out)
{
	slu_json j = slu_json_to(out);
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "$schema", "http://json-schema.org/draft-07/schema#");
	slu_json_kv_z(&j, "title", "sluice strategy");
	slu_json_kv_z(&j, "description", "How a team branches, reviews, gates, releases, deploys, rolls back and watches: .sluice/strategy.yml");
	slu_json_key(&j, "required");
	slu_json_raw(&j, SLU_STR("[\"strategy\"]"));
	body(&j, &sct_root);
	definitions(&j);
	slu_json_close(&j, '}');
}
