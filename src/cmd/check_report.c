/* SPDX-License-Identifier: Apache-2.0 */
/* Findings as SARIF 2.1.0 and as JUnit's XML. */
#include "base/utf8.h"
#include "cmd/check.h"

/* ---- SARIF --------------------------------------------------------------------------------------------------------------- */

static void text_object(slu_json *j, const char *key, const char *text)
{
	slu_json_key(j, key);
	slu_json_open(j, '{');
	slu_json_kv_z(j, "text", text);
	slu_json_close(j, '}');
}

static void place(slu_json *j, const struct pol_row *r)
{
	const char *file = check_file(r);
	if (!file)
		return;
	slu_json_key(j, "physicalLocation");
	slu_json_open(j, '{');
	slu_json_key(j, "artifactLocation");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "uri", file);
	slu_json_close(j, '}');
	slu_json_key(j, "region");
	slu_json_open(j, '{');
	slu_json_kv_int(j, "startLine", r->pos.line);
	slu_json_kv_int(j, "startColumn", r->pos.column ? r->pos.column : 1);
	slu_json_close(j, '}');
	slu_json_close(j, '}');
}

static void location(struct check *k, slu_json *j, const struct check_subject *s, const struct pol_row *r)
{
	slu_json_key(j, "locations");
	slu_json_open(j, '[');
	slu_json_open(j, '{');
	place(j, r);
	slu_json_key(j, "logicalLocations");
	slu_json_open(j, '[');
	slu_json_open(j, '{');
	slu_json_kv_z(j, "name", s->name);
	slu_json_kv_z(j, "fullyQualifiedName", slu_oid_is_zero(&s->commit) || strcmp(s->kind, "commit") != 0 ? check_what(k, s) : slu_printf(k->a, "commit %s", s->commit.hex));
	slu_json_kv_z(j, "kind", s->kind);
	slu_json_close(j, '}');
	slu_json_close(j, ']');
	slu_json_close(j, '}');
	slu_json_close(j, ']');
}

static void sarif_begin(struct check *k)
{
	slu_buf_adds(&k->out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"results\":[");
}

static void sarif_result(struct check *k, const struct check_subject *s, const struct pol_row *r)
{
	static const char *const level[] = { [CHECK_NOTE] = "note", [CHECK_WARNING] = "warning", [CHECK_ERROR] = "error" };
	slu_buf_adds(&k->out, k->comma ? ",\n" : "\n");
	k->comma = true;
	if (!slu_map_get(k->rules, slu_s(r->rule)))
		slu_map_put(k->rules, slu_s(r->rule), slu_strdup(k->c->a, r->wanted));
	slu_json j = slu_json_shown(&k->out);
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "ruleId", r->rule);
	slu_json_kv_z(&j, "level", level[check_level(r)]);
	text_object(&j, "message", check_sentence(k, s, r));
	location(k, &j, s, r);
	slu_json_key(&j, "partialFingerprints");
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "sluice/v1", check_fingerprint(k, s, r));
	slu_json_close(&j, '}');
	slu_json_close(&j, '}');
}

static void sarif_subject(struct check *k, const struct check_subject *s)
{
	for (size_t i = 0; i < s->verdict->row.n; i++)
		if (check_level(&s->verdict->row.v[i]) != CHECK_FINE)
			sarif_result(k, s, &s->verdict->row.v[i]);
}

static void sarif_rules(struct check *k, slu_json *j)
{
	slu_json_key(j, "rules");
	slu_json_open(j, '[');
	for (size_t i = 0; i < slu_map_size(k->rules); i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "id", slu_map_key(k->rules, i));
		text_object(j, "shortDescription", slu_map_value(k->rules, i));
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void sarif_end(struct check *k)
{
	const char *unknown = check_unknown(k);
	slu_buf_adds(&k->out, "\n],\"tool\":");
	slu_json j = slu_json_shown(&k->out);
	slu_json_open(&j, '{');
	slu_json_key(&j, "driver");
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "name", "sluice");
	slu_json_kv_z(&j, "version", SLUICE_VERSION);
	sarif_rules(k, &j);
	slu_json_close(&j, '}');
	slu_json_close(&j, '}');
	slu_buf_adds(&k->out, ",\"invocations\":");
	j = slu_json_shown(&k->out);
	slu_json_open(&j, '[');
	slu_json_open(&j, '{');
	slu_json_kv_bool(&j, "executionSuccessful", true);
	if (*unknown) {
		slu_json_key(&j, "toolExecutionNotifications");
		slu_json_open(&j, '[');
		slu_json_open(&j, '{');
		slu_json_kv_z(&j, "level", "note");
		text_object(&j, "message", slu_printf(k->c->a, "Only a server knows: %s.", unknown));
		slu_json_close(&j, '}');
		slu_json_close(&j, ']');
	}
	slu_json_close(&j, '}');
	slu_json_close(&j, ']');
	slu_buf_adds(&k->out, "}]}\n");
}

const struct check_format check_format_sarif = { "sarif", sarif_begin, sarif_subject, sarif_end };

/* ---- JUnit --------------------------------------------------------------------------------------------------------------- */

static bool in_xml(uint32_t cp)
{
	return cp == '\t' || cp == '\n' || cp == '\r' || (cp >= 0x20 && cp != 0xfffe && cp != 0xffff && !(cp >= 0x7f && cp < 0xa0));
}

void check_xml(slu_buf *out, slu_str text)
{
	while (text.n) {
		uint32_t cp = 0;
		size_t n = slu_utf8_next(text, &cp);
		if (n == 0 || !in_xml(cp))
			slu_buf_adds(out, "\uFFFD");
		else if (cp == '<' || cp == '>' || cp == '&' || cp == '"' || cp == '\n' || cp == '\r' || cp == '\t')
			slu_buf_addf(out, "&#%u;", (unsigned)cp);
		else
			slu_buf_add(out, text.p, n);
		n = n ? n : 1;
		text = (slu_str){ text.p + n, text.n - n };
	}
}

static void attribute(slu_buf *out, const char *name, const char *value)
{
	slu_buf_addf(out, " %s=\"", name);
	check_xml(out, slu_s(value));
	slu_buf_addc(out, '"');
}

static void failure(struct check *k, const struct check_subject *s)
{
	bool open = false;
	for (size_t i = 0; i < s->verdict->row.n; i++) {
		const struct pol_row *r = &s->verdict->row.v[i];
		if (check_level(r) < CHECK_WARNING)
			continue;
		if (!open) {
			slu_buf_adds(&k->held, ">\n    <failure");
			attribute(&k->held, "type", r->rule);
			attribute(&k->held, "message", check_sentence(k, s, r));
		}
		slu_buf_adds(&k->held, open ? "\n" : ">");
		check_xml(&k->held, slu_s(check_sentence(k, s, r)));
		open = true;
	}
	slu_buf_adds(&k->held, open ? "</failure>\n  </testcase>\n" : "/>\n");
}

/* The head has the sums, so that the cases are held back until they are known. */
static void junit_subject(struct check *k, const struct check_subject *s)
{
	slu_buf_adds(&k->held, "  <testcase");
	attribute(&k->held, "classname", slu_printf(k->a, "sluice.%s", s->kind));
	attribute(&k->held, "name", slu_printf(k->a, "%s%s%s", s->name, *s->title ? " " : "", s->title));
	failure(k, s);
}

static void junit_begin(struct check *k)
{
	slu_buf_adds(&k->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

static void junit_end(struct check *k)
{
	const char *unknown = check_unknown(k);
	slu_buf_addf(&k->out, "<testsuite name=\"sluice check\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\">\n", k->judged, k->refused + k->waiting);
	slu_buf_addstr(&k->out, slu_buf_str(&k->held));
	if (*unknown) {
		slu_buf_adds(&k->out, "  <system-out>Only a server knows: ");
		check_xml(&k->out, slu_s(unknown));
		slu_buf_adds(&k->out, ".</system-out>\n");
	}
	slu_buf_adds(&k->out, "</testsuite>\n");
	k->out.over = k->out.over || k->held.over;
}

const struct check_format check_format_junit = { "junit", junit_begin, junit_subject, junit_end };
