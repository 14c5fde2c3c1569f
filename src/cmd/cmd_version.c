/* SPDX-License-Identifier: Apache-2.0 */
/** sluice version: versions of SemVer 2.0.0 checked, compared, sorted and raised; from arguments, or from lines of standard input. */
#include "base/limits.h"
#include "cmd/cmd.h"
#include "cmd/records.h"
#include "version/semver.h"

#include <stdlib.h>

/* One version as it was given, and what it is. */
struct given {
	slu_str text;
	bool valid;
	struct ver_semver v;
	slu_err err; /* when it is not valid */
};
typedef SLU_LIST(slu_str) texts;

static void read_version(struct given *out, slu_str text)
{
	*out = (struct given){ .text = text };
	out->valid = ver_parse(&out->v, text, &out->err) == SLU_OK;
}

/* The arguments from `first` on; without any, the lines of standard input. @return 0, or the exit code after the sentence */
static int read_texts(struct cmd_ctx *c, size_t first, texts *out)
{
	slu_str all, line;
	slu_err err = { 0 };
	for (size_t i = first; i < c->arg_n; i++)
		*SLU_ADD(c->a, out) = slu_s(c->arg[i]);
	if (c->arg_n > first)
		return 0;
	if (cmd_read_file(c, "-", SLU_MAX_BLOB_BYTES, &all, &err) != SLU_OK)
		return cmd_fail(c, &err);
	while (slu_str_split(&all, '\n', &line)) {
		line.n -= line.n > 0 && line.p[line.n - 1] == '\r';
		*SLU_ADD(c->a, out) = line;
	}
	return 0;
}

/* {"version","valid"…: left open for more. */
static void open_object(slu_json *j, slu_buf *b, const struct given *g)
{
	*j = slu_json_to(b);
	slu_json_open(j, '{');
	slu_json_kv_str(j, "version", g->text);
	slu_json_kv_bool(j, "valid", g->valid);
}

static void put_problem(slu_json *j, const slu_err *err)
{
	if (err->column)
		slu_json_kv_int(j, "column", err->column);
	slu_json_kv_z(j, "problem", err->text);
}

static void close_object(slu_json *j, slu_buf *b)
{
	slu_json_close(j, '}');
	slu_buf_addc(b, '\n');
}

/* The sentence about one that is none, beside the answer. */
static void say_problem(struct cmd_ctx *c, const slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, 2 * SLU_ERR_TEXT);
	cmd_shown(&b, slu_s(err->text));
	cmd_say(c, "sluice: %s", b.p ? b.p : "");
}

static int end(struct cmd_ctx *c, const slu_buf *b, size_t bad)
{
	int code = cmd_put(c, b);
	return code ? code : bad > 0;
}

#define ANSWER(b)                                                                                                                                                      \
	slu_auto_buf b;                                                                                                                                                \
	slu_buf_init(&b, 256u * 1024 * 1024)

/* ---- check ------------------------------------------------------------------------------------------------------------- */

static void put_identifiers(slu_json *j, const char *key, slu_str list)
{
	slu_str id;
	slu_json_key(j, key);
	slu_json_open(j, '[');
	while (slu_str_split(&list, '.', &id))
		slu_json_str(j, id);
	slu_json_close(j, ']');
}

static void put_checked(slu_buf *b, const struct given *g)
{
	slu_json j;
	open_object(&j, b, g);
	if (g->valid) {
		slu_json_kv_str(&j, "major", g->v.major); /* as text: numbers of JSON end at 2^53 for many who read it */
		slu_json_kv_str(&j, "minor", g->v.minor);
		slu_json_kv_str(&j, "patch", g->v.patch);
		put_identifiers(&j, "prerelease", g->v.prerelease);
		put_identifiers(&j, "build", g->v.build);
	} else {
		put_problem(&j, &g->err);
	}
	close_object(&j, b);
}

static int version_check(struct cmd_ctx *c)
{
	texts text = { 0 };
	size_t bad = 0;
	int code = read_texts(c, 0, &text);
	ANSWER(b);
	for (size_t i = 0; code == 0 && i < text.n; i++) {
		struct given g;
		read_version(&g, text.v[i]);
		bad += !g.valid;
		if (c->format == CMD_FORMAT_JSON) {
			put_checked(&b, &g);
			continue;
		}
		if (g.valid)
			slu_buf_addf(&b, "%.*s is a %s", SLU_FMT(g.text), g.v.prerelease.n ? "prerelease" : "release");
		else
			cmd_shown(&b, slu_s(g.err.text));
		slu_buf_addc(&b, '\n');
	}
	return code ? code : end(c, &b, bad);
}

/* ---- compare ----------------------------------------------------------------------------------------------------------- */

static void put_compared(struct cmd_ctx *c, slu_buf *b, const struct given *x, const struct given *y)
{
	bool valid = x->valid && y->valid;
	int order = valid ? ver_cmp(&x->v, &y->v) : 0;
	if (c->format == CMD_FORMAT_JSON) {
		slu_json j = slu_json_to(b);
		slu_json_open(&j, '{');
		slu_json_kv_str(&j, "a", x->text);
		slu_json_kv_str(&j, "b", y->text);
		slu_json_kv_bool(&j, "valid", valid);
		if (valid)
			slu_json_kv_int(&j, "order", order);
		else
			put_problem(&j, x->valid ? &y->err : &x->err);
		close_object(&j, b);
		return;
	}
	cmd_shown(b, x->text);
	slu_buf_addf(b, " %s ", !valid ? "?" : order < 0 ? "<" : order > 0 ? ">" : "=");
	cmd_shown(b, y->text);
	slu_buf_addc(b, '\n');
	if (!valid)
		say_problem(c, x->valid ? &y->err : &x->err);
}

/* A line holds two versions with a blank between them; what is not two words is not valid. */
static void read_pair(slu_str line, struct given *x, struct given *y)
{
	slu_str second = slu_str_trim(line), first;
	(void)slu_str_split(&second, ' ', &first);
	read_version(x, first);
	read_version(y, slu_str_trim(second));
}

static int version_compare(struct cmd_ctx *c)
{
	texts text = { 0 };
	size_t bad = 0, step = c->arg_n ? 2 : 1;
	if (c->arg_n % 2)
		return cmd_usage(c, "Versions are compared in pairs: %s has none to be compared with.", c->arg[c->arg_n - 1]);
	int code = read_texts(c, 0, &text);
	ANSWER(b);
	for (size_t i = 0; code == 0 && i < text.n; i += step) {
		struct given x, y;
		if (step == 2) {
			read_version(&x, text.v[i]);
			read_version(&y, text.v[i + 1]);
		} else {
			read_pair(text.v[i], &x, &y);
		}
		bad += !x.valid || !y.valid;
		put_compared(c, &b, &x, &y);
	}
	return code ? code : end(c, &b, bad);
}

/* ---- sort -------------------------------------------------------------------------------------------------------------- */

struct row {
	struct ver_semver v;
	slu_str text;
	size_t at; /* place in the input: keeps those of one precedence in their order */
};

static int ascending(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = ver_cmp(&x->v, &y->v);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int descending(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = ver_cmp(&y->v, &x->v);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static void put_line(struct cmd_ctx *c, slu_buf *b, const struct given *g)
{
	slu_json j;
	if (c->format != CMD_FORMAT_JSON) {
		cmd_shown(b, g->text);
		slu_buf_addc(b, '\n');
		if (!g->valid)
			say_problem(c, &g->err);
		return;
	}
	open_object(&j, b, g);
	if (!g->valid)
		put_problem(&j, &g->err);
	close_object(&j, b);
}

static int version_sort(struct cmd_ctx *c)
{
	texts text = { 0 };
	SLU_LIST(struct row) row = { 0 };
	SLU_LIST(slu_str) none = { 0 };
	struct given g;
	int code = read_texts(c, 0, &text);
	if (code)
		return code;
	for (size_t i = 0; i < text.n; i++) {
		read_version(&g, text.v[i]);
		if (g.valid)
			*SLU_ADD(c->a, &row) = (struct row){ g.v, g.text, i };
		else
			*SLU_ADD(c->a, &none) = g.text;
	}
	if (row.n)
		qsort(row.v, row.n, sizeof *row.v, cmd_has(c, "reverse") ? descending : ascending);
	ANSWER(b);
	for (size_t i = 0; i < row.n + none.n; i++) {
		read_version(&g, i < row.n ? row.v[i].text : none.v[i - row.n]);
		put_line(c, &b, &g);
	}
	return end(c, &b, none.n);
}

/* ---- bump -------------------------------------------------------------------------------------------------------------- */

/* A release is followed by a prerelease of its next patch: one of its own would be lower. */
static char *bump_prerelease(slu_arena *a, const struct ver_semver *v, const char *label, slu_err *err)
{
	if (!label && !v->prerelease.n) {
		(void)!slu_fail(err, SLU_E_USAGE, "%.80s is a release: --label says what its next prerelease is called, as in --label rc.", ver_text(a, v));
		return NULL;
	}
	slu_str word = label ? slu_s(label) : ver_label(v);
	return v->prerelease.n ? ver_bump_prerelease(a, v, word, err) : ver_bump_planned(a, v, VER_PATCH, word, err);
}

static char *bumped(slu_arena *a, const struct ver_semver *v, const char *part, const char *label, slu_err *err)
{
	for (int p = VER_MAJOR; p <= VER_PATCH; p++)
		if (slu_str_is(slu_s(part), ver_part_word((enum ver_part)p)))
			return label ? ver_bump_planned(a, v, (enum ver_part)p, slu_s(label), err) : ver_bump(a, v, (enum ver_part)p, err);
	return bump_prerelease(a, v, label, err);
}

static void put_bumped(struct cmd_ctx *c, slu_buf *b, const struct given *g, const char *next)
{
	slu_json j;
	if (c->format == CMD_FORMAT_JSON) {
		open_object(&j, b, g);
		if (next)
			slu_json_kv_z(&j, "next", next);
		else
			put_problem(&j, &g->err);
		close_object(&j, b);
		return;
	}
	slu_buf_addf(b, "%s\n", next ? next : "");
	if (!next)
		say_problem(c, &g->err);
}

static int version_bump(struct cmd_ctx *c)
{
	texts text = { 0 };
	size_t bad = 0;
	const char *part = c->arg[0];
	if (!slu_str_in(slu_s(part), "major minor patch prerelease"))
		return cmd_usage(c, "\"%s\" is no part of a version: there are major, minor, patch and prerelease.", part);
	int code = read_texts(c, 1, &text);
	ANSWER(b);
	for (size_t i = 0; code == 0 && i < text.n; i++) {
		struct given g;
		read_version(&g, text.v[i]);
		char *next = g.valid ? bumped(c->a, &g.v, part, cmd_opt(c, "label"), &g.err) : NULL;
		bad += !next;
		put_bumped(c, &b, &g, next);
	}
	return code ? code : end(c, &b, bad);
}

/* ---- descriptors ------------------------------------------------------------------------------------------------------- */

#define READS "Reads its arguments, or without any the lines of standard input; gives one line for each, also where it is not valid."

const struct cmd_desc cmd_version_check = {
	.name = "version check", .summary = "Whether something is a version of SemVer 2.0.0", .usage = "[VERSION…]", .group = CMD_G_OTHER, .args_max = 255, .run = version_check,
	.detail = READS " A leading \"v\" belongs to a tag, not to a version.",
	.example = "sluice version check 1.2.3-rc.1\ngit tag | sed s/^v// | sluice version check --format json",
	.exits = CMD_EXIT(1),
};
const struct cmd_desc cmd_version_compare = {
	.name = "version compare", .summary = "Which of two versions is higher", .usage = "[A B]…", .group = CMD_G_OTHER, .args_max = 255, .run = version_compare,
	.detail = READS " A line has two versions with a blank between them. The sign in the answer is <, = or >, and ? where one of the two is no version. "
	          "What stands behind a plus sign never counts.",
	.example = "sluice version compare 1.0.0-rc.1 1.0.0       1.0.0-rc.1 < 1.0.0",
	.exits = CMD_EXIT(1),
};

static const struct cmd_opt sort_options[] = {
	{ "reverse", 'r', NULL, "the highest first", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_version_sort = {
	.name = "version sort", .summary = "Versions in the order of their precedence", .usage = "[VERSION…]", .group = CMD_G_OTHER, .args_max = 255, .opts = sort_options, .run = version_sort,
	.detail = READS " Versions that differ only behind the plus sign keep their order; what is no version comes last.",
	.example = "git tag | sed s/^v// | sluice version sort --reverse | head -n 1",
	.exits = CMD_EXIT(1),
};

static const struct cmd_opt bump_options[] = {
	{ "label", 'l', "LABEL", "of the prerelease, such as rc or beta; its number begins at 1", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_version_bump = {
	.name = "version bump", .summary = "The version that follows", .usage = "PART [VERSION…]", .group = CMD_G_OTHER, .args_min = 1, .args_max = 255, .opts = bump_options, .run = version_bump,
	.detail = "PART is major, minor, patch or prerelease. " READS " Where there is none the line is empty.\n"
	          "The prerelease of a version is finished, not passed over: patch of 1.2.3-rc.1 is 1.2.3. prerelease raises its number, or takes the label given, and is refused "
	          "where the result would be lower. With a label, major, minor and patch give the first prerelease of what follows.",
	.example = "sluice version bump minor 1.2.3                      1.3.0\n"
	           "sluice version bump prerelease 1.3.0-rc.1            1.3.0-rc.2\n"
	           "sluice version bump minor 1.2.3 --label rc           1.3.0-rc.1",
	.exits = CMD_EXIT(1),
};
