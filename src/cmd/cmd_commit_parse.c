/* SPDX-License-Identifier: Apache-2.0 */
/** sluice commit parse: messages taken apart, one JSON object a line. */
#include "base/limits.h"
#include "cmd/records.h"
#include "version/commit.h"

#include <unistd.h>

struct parse {
	struct ver_commit_form form;
	size_t unread;
};

static void kv_or_null(slu_json *j, const char *key, slu_str s)
{
	slu_json_key(j, key);
	if (s.n)
		slu_json_str(j, s);
	else
		slu_json_null(j);
}

static void put_footers(slu_json *j, slu_arena *a, const struct ver_commit *c, bool git)
{
	slu_json_key(j, "footers");
	slu_json_open(j, '[');
	for (size_t i = 0; i < c->footers.n; i++) {
		const struct ver_footer *f = &c->footers.v[i];
		slu_json_open(j, '{');
		slu_json_kv_str(j, "token", f->token);
		slu_json_kv_str(j, "value", git ? ver_unfold(a, f->value) : f->value);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void put_references(slu_json *j, slu_arena *a, const struct ver_commit *c)
{
	ver_reference_list r = { 0 };
	ver_references_find(&r, a, c->description, false); /* the type fix closes nothing */
	ver_references_find(&r, a, c->body, false);
	for (size_t i = 0; i < c->footers.n; i++) {
		const struct ver_footer *f = &c->footers.v[i];
		ver_references_find(&r, a, (slu_str){ f->token.p, (size_t)(f->value.p + f->value.n - f->token.p) }, true);
	}
	slu_json_key(j, "references");
	slu_json_open(j, '[');
	for (size_t i = 0; i < r.n; i++) {
		slu_json_open(j, '{');
		kv_or_null(j, "action", r.v[i].action);
		kv_or_null(j, "repository", r.v[i].repository);
		slu_json_kv_str(j, "issue", r.v[i].issue);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void put_problem(slu_json *j, const slu_err *err)
{
	slu_json_key(j, "problem");
	slu_json_open(j, '{');
	if (err->line) {
		slu_json_kv_int(j, "line", err->line);
		slu_json_kv_int(j, "column", err->column);
	}
	slu_json_kv_z(j, "text", err->text);
	slu_json_close(j, '}');
}

static void put_parts(slu_json *j, slu_arena *a, slu_str text, const struct ver_commit_form *form)
{
	struct ver_commit v;
	slu_err err = { 0 };
	bool good = ver_commit_read(&v, a, text, form, &err) == SLU_OK;
	slu_json_kv_bool(j, "conventional", good);
	kv_or_null(j, "type", v.type);
	kv_or_null(j, "scope", v.scope);
	slu_json_kv_bool(j, "breaking", v.breaking);
	kv_or_null(j, "note", v.breaking_note);
	slu_json_kv_str(j, "description", v.description);
	kv_or_null(j, "body", v.body);
	put_footers(j, a, &v, form->footers == VER_FOOTERS_GIT);
	put_references(j, a, &v);
	if (!good)
		put_problem(j, &err);
}

static int parse_one(struct cmd_ctx *c, const struct cmd_message *m, void *user)
{
	struct parse *p = user;
	slu_auto_arena *a = slu_arena_new();
	slu_auto_buf b;
	slu_buf_init(&b, 64u * SLU_MAX_MESSAGE_BYTES);
	slu_json j = slu_json_shown(&b);
	slu_json_open(&j, '{');
	if (m->id.n)
		slu_json_kv_str(&j, "commit", m->id);
	if (m->cut) {
		slu_err err = { 0 };
		(void)!slu_fail(&err, SLU_E_LIMIT, "The message has more than %u bytes, and is not read.", SLU_MAX_MESSAGE_BYTES);
		slu_json_kv_bool(&j, "conventional", false);
		put_problem(&j, &err);
		p->unread++;
	} else {
		put_parts(&j, a, m->text, &p->form);
	}
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

static bool says(const struct cmd_ctx *c, const char *option, const char *word)
{
	return slu_str_is(slu_s(cmd_opt(c, option)), word);
}

static int commit_parse(struct cmd_ctx *c)
{
	struct parse p = { .unread = 0 };
	p.form.breaking = says(c, "breaking", "spec") ? VER_BREAKING_SPEC : VER_BREAKING_LENIENT;
	p.form.footers = says(c, "footers", "git") ? VER_FOOTERS_GIT : VER_FOOTERS_CONVENTIONAL;
	int code = c->arg_n ? cmd_messages_of(c, c->arg, c->arg_n, parse_one, &p) : cmd_messages_in(c, STDIN_FILENO, parse_one, &p);
	return code ? code : p.unread > 0;
}

static const struct cmd_opt options[] = {
	{ "breaking", 0, "lenient|spec", "lenient (the default): what BREAKING CHANGE says may begin on the next line; spec: on its own line only", CMD_TEXT, 0 },
	{ "footers", 0, "conventional|git", "git: the trailers that git interpret-trailers --parse finds", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_commit_parse = {
	.name = "commit parse", .summary = "Take commit messages apart, as JSON", .usage = "[REVISION…]", .group = CMD_G_OTHER, .args_max = 255, .opts = options, .run = commit_parse,
	.detail = "Reads the commits that the words name (HEAD is one, main..HEAD are many), or without any the messages of standard input, with NUL between them. Gives one JSON "
	          "object a line for each: type, scope, breaking, note, description, body, footers, references. One that is no conventional commit has no type, and says why in "
	          "problem.\n"
	          "BREAKING CHANGE counts in capitals, where a paragraph begins or among footers. What breaks does not depend on --footers.",
	.example = "sluice commit parse HEAD\nsluice commit parse v1.0.0..HEAD | jq -r 'select(.breaking).note'\ngit log -z --format=%B | sluice commit parse",
	.exits = CMD_EXIT(1),
};
