/* SPDX-License-Identifier: Apache-2.0 */
/* How the findings of a check are written: for people, for programs, for the CI systems that show them at a change. */
#include "cmd/check.h"
#include "cmd/records.h"

#include <sodium.h>

/* ---- what the formats share ---------------------------------------------------------------------------------------------- */

enum check_level check_level(const struct pol_row *r)
{
	if (r->state == POL_FAILED)
		return CHECK_ERROR;
	if (r->state == POL_WAITING)
		return CHECK_WARNING;
	bool only_evaluated = r->state == POL_EVALUATED && (slu_str_starts(slu_s(r->actual), "would be failed") || slu_str_starts(slu_s(r->actual), "would be waiting"));
	return only_evaluated ? CHECK_NOTE : CHECK_FINE;
}

const char *check_what(struct check *k, const struct check_subject *s)
{
	return slu_printf(k->a, "%s %s", s->kind, s->name);
}

const char *check_sentence(struct check *k, const struct check_subject *s, const struct pol_row *r)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	slu_buf_addf(&b, "%s: ", check_what(k, s));
	cmd_shown(&b, slu_s(r->actual));
	slu_buf_adds(&b, "; wanted: ");
	cmd_shown(&b, slu_s(r->wanted));
	if (*r->remedy) {
		slu_buf_adds(&b, ". Do: ");
		cmd_shown(&b, slu_s(r->remedy));
	}
	return slu_str_dup(k->a, slu_buf_str(&b));
}

const char *check_file(const struct pol_row *r)
{
	bool own = r->pos.line && r->pos.file && !slu_str_starts(slu_s(r->pos.file), "preset:") && strcmp(r->pos.file, "defaults") != 0 && r->pos.file[0] != '/';
	return own ? r->pos.file : NULL;
}

const char *check_fingerprint(struct check *k, const struct check_subject *s, const struct pol_row *r)
{
	unsigned char hash[16];
	char hex[2 * sizeof hash + 1];
	const char *text = slu_printf(k->a, "%s\n%s\n%s\n%s", s->kind, slu_oid_is_zero(&s->commit) ? s->name : s->commit.hex, r->rule, r->actual);
	(void)crypto_generichash(hash, sizeof hash, (const unsigned char *)text, strlen(text), NULL, 0);
	return slu_strdup(k->a, sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

const char *check_unknown(struct check *k)
{
	slu_map *said = slu_map_new(k->c->a);
	const char *list = "";
	for (size_t i = 0; i < slu_map_size(k->unknown); i++) {
		const char *rule = slu_str_dup(k->c->a, slu_map_key(k->unknown, i));
		const char *require = strstr(rule, ".require."), *allow = strstr(rule, ".allow.");
		const char *word = require ? require + strlen(".require.") : allow ? slu_printf(k->c->a, "who may %s", allow + strlen(".allow.")) : rule;
		if (slu_map_get(said, slu_s(word)))
			continue;
		slu_map_put(said, slu_s(word), k);
		list = slu_printf(k->c->a, "%s%s%s", list, *list ? ", " : "", word);
	}
	return list;
}

static void nothing(struct check *k)
{
	(void)k;
}

static bool has_finding(const struct check_subject *s)
{
	for (size_t i = 0; i < s->verdict->row.n; i++)
		if (check_level(&s->verdict->row.v[i]) != CHECK_FINE)
			return true;
	return false;
}

/* ---- text ---------------------------------------------------------------------------------------------------------------- */

static void text_subject(struct check *k, const struct check_subject *s)
{
	bool all = cmd_has(k->c, "rules");
	if (!all && !has_finding(s))
		return;
	slu_buf_addf(&k->out, "%s%s%s\n", check_what(k, s), *s->title ? " " : "", s->title);
	pol_verdict_text(&k->out, s->verdict, all ? NULL : "", k->c->colour_out);
}

/* ---- JSON ---------------------------------------------------------------------------------------------------------------- */

static void json_object(struct check *k, const struct check_subject *s)
{
	slu_json j = slu_json_shown(&k->out);
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "kind", s->kind);
	slu_json_kv_z(&j, "name", s->name);
	if (!slu_oid_is_zero(&s->commit))
		slu_json_kv_z(&j, "commit", s->commit.hex);
	if (*s->title)
		slu_json_kv_z(&j, "title", s->title);
	slu_json_key(&j, "verdict");
	pol_verdict_json(&j, s->verdict, k->o.strategy_file, k->o.strategy_commit);
	slu_json_close(&j, '}');
}

static void json_begin(struct check *k)
{
	slu_buf_adds(&k->out, "{\"checked\":[");
}

static void json_subject(struct check *k, const struct check_subject *s)
{
	slu_buf_adds(&k->out, k->comma ? ",\n" : "\n");
	k->comma = true;
	json_object(k, s);
}

static void json_end(struct check *k)
{
	slu_buf_adds(&k->out, "\n],\"sums\":");
	slu_json j = slu_json_shown(&k->out);
	slu_json_open(&j, '{');
	slu_json_kv_int(&j, "judged", (int64_t)k->judged);
	slu_json_kv_int(&j, "refused", (int64_t)k->refused);
	slu_json_kv_int(&j, "waiting", (int64_t)k->waiting);
	slu_json_close(&j, '}');
	slu_buf_adds(&k->out, ",\"unknown\":");
	j = slu_json_shown(&k->out);
	slu_json_open(&j, '[');
	for (size_t i = 0; i < slu_map_size(k->unknown); i++)
		slu_json_str(&j, slu_map_key(k->unknown, i));
	slu_json_close(&j, ']');
	slu_buf_adds(&k->out, "}\n");
}

static void ndjson_subject(struct check *k, const struct check_subject *s)
{
	json_object(k, s);
	slu_buf_addc(&k->out, '\n');
}

/* ---- GitHub: commands that a workflow's log turns into annotations ----------------------------------------------------------- */

/* Of a value ',' and ':' are written as well: they end it. */
static void github_text(slu_buf *out, const char *text, bool value)
{
	for (; *text; text++) {
		if (*text == '%' || *text == '\r' || *text == '\n' || (value && (*text == ':' || *text == ',')))
			slu_buf_addf(out, "%%%02X", (unsigned char)*text);
		else
			slu_buf_addc(out, *text);
	}
}

static void github_subject(struct check *k, const struct check_subject *s)
{
	static const char *const word[] = { [CHECK_NOTE] = "notice", [CHECK_WARNING] = "warning", [CHECK_ERROR] = "error" };
	for (size_t i = 0; i < s->verdict->row.n; i++) {
		const struct pol_row *r = &s->verdict->row.v[i];
		enum check_level level = check_level(r);
		if (level == CHECK_FINE)
			continue;
		slu_buf_addf(&k->out, "::%s ", word[level]);
		if (check_file(r)) {
			slu_buf_adds(&k->out, "file=");
			github_text(&k->out, check_file(r), true);
			slu_buf_addf(&k->out, ",line=%u,col=%u,", r->pos.line, r->pos.column);
		}
		slu_buf_adds(&k->out, "title=");
		github_text(&k->out, r->rule, true);
		slu_buf_adds(&k->out, "::");
		github_text(&k->out, check_sentence(k, s, r), false);
		slu_buf_addc(&k->out, '\n');
	}
}

/* ---- GitLab: a code quality report ------------------------------------------------------------------------------------------ */

static void gitlab_begin(struct check *k)
{
	slu_buf_addc(&k->out, '[');
}

static void gitlab_finding(struct check *k, const struct check_subject *s, const struct pol_row *r, const char *severity)
{
	const char *file = check_file(r);
	slu_buf_adds(&k->out, k->comma ? ",\n" : "\n");
	k->comma = true;
	slu_json j = slu_json_shown(&k->out);
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "description", check_sentence(k, s, r));
	slu_json_kv_z(&j, "check_name", r->rule);
	slu_json_kv_z(&j, "fingerprint", check_fingerprint(k, s, r));
	slu_json_kv_z(&j, "severity", severity);
	slu_json_key(&j, "location");
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "path", file ? file : ".sluice/strategy.yml");
	slu_json_key(&j, "lines");
	slu_json_open(&j, '{');
	slu_json_kv_int(&j, "begin", file ? r->pos.line : 1);
	slu_json_close(&j, '}');
	slu_json_close(&j, '}');
	slu_json_close(&j, '}');
}

static void gitlab_subject(struct check *k, const struct check_subject *s)
{
	static const char *const severity[] = { [CHECK_NOTE] = "info", [CHECK_WARNING] = "minor", [CHECK_ERROR] = "major" };
	for (size_t i = 0; i < s->verdict->row.n; i++)
		if (check_level(&s->verdict->row.v[i]) != CHECK_FINE)
			gitlab_finding(k, s, &s->verdict->row.v[i], severity[check_level(&s->verdict->row.v[i])]);
}

static void gitlab_end(struct check *k)
{
	slu_buf_adds(&k->out, "\n]\n");
}

/* ---- Markdown: for the summary of a job, or a comment ------------------------------------------------------------------------ */

static void markdown_text(slu_buf *out, const char *text)
{
	slu_auto_buf fit;
	slu_buf_init(&fit, 64 * 1024);
	cmd_shown(&fit, slu_s(text));
	for (const char *p = fit.p ? fit.p : ""; *p; p++) {
		if (*p == '<' || *p == '>' || *p == '&')
			slu_buf_adds(out, *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : "&amp;");
		else if (strchr("\\`*_[]|#!~@", *p))
			slu_buf_addf(out, "&#%d;", *p);
		else
			slu_buf_addc(out, *p);
	}
}

static void markdown_subject(struct check *k, const struct check_subject *s)
{
	static const char *const mark[] = { [CHECK_NOTE] = "\u2248", [CHECK_WARNING] = "\u2026", [CHECK_ERROR] = "\u2717" };
	for (size_t i = 0; i < s->verdict->row.n; i++) {
		const struct pol_row *r = &s->verdict->row.v[i];
		enum check_level level = check_level(r);
		if (level == CHECK_FINE)
			continue;
		if (!k->comma)
			slu_buf_adds(&k->out, "| | what | rule | is | wanted | do |\n| --- | --- | --- | --- | --- | --- |\n");
		k->comma = true;
		const char *const cell[] = { mark[level], slu_printf(k->a, "%s%s%s", check_what(k, s), *s->title ? " " : "", s->title), r->rule, r->actual, r->wanted, r->remedy };
		for (size_t n = 0; n < sizeof cell / sizeof *cell; n++) {
			slu_buf_adds(&k->out, "| ");
			markdown_text(&k->out, cell[n]);
			slu_buf_addc(&k->out, ' ');
		}
		slu_buf_adds(&k->out, "|\n");
	}
}

static void markdown_end(struct check *k)
{
	const char *unknown = check_unknown(k);
	slu_buf_addf(&k->out, "%s**%s by the strategy, %zu refused.**\n", k->comma ? "\n" : "", cmd_count(k->c, k->judged, "thing judged", "things judged"), k->refused);
	if (*unknown) {
		slu_buf_adds(&k->out, "\nOnly a server knows: ");
		markdown_text(&k->out, unknown);
		slu_buf_adds(&k->out, ".\n");
	}
}

static const struct check_format formats[] = {
	{ "text", nothing, text_subject, nothing },
	{ "json", json_begin, json_subject, json_end },
	{ "ndjson", nothing, ndjson_subject, nothing },
	{ "github", nothing, github_subject, nothing },
	{ "gitlab", gitlab_begin, gitlab_subject, gitlab_end },
	{ "markdown", nothing, markdown_subject, markdown_end },
};

const struct check_format *check_format_find(const char *name)
{
	const struct check_format *const more[] = { &check_format_sarif, &check_format_junit };
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (strcmp(more[i]->name, name) == 0)
			return more[i];
	return NULL;
}
