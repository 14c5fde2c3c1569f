/* SPDX-License-Identifier: Apache-2.0 */
/** sluice audit: what happened, and that the log is whole. */
#include "audit/checkpoint.h"
#include "audit/export.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

enum { EXPORT_MAX = 1024 * 1024 * 1024, HEAD_MAX = 64 * 1024 };

/* ---- log ------------------------------------------------------------------------------------------------------------------------ */

static char *log_path(struct cmd_ctx *c, const char *base)
{
	static const char *const filters[] = { "actor", "kind", "ref", "change" };
	slu_auto_buf b;
	slu_buf_init(&b, 8192);
	slu_buf_addf(&b, "%s?per_page=%s", base, cmd_opt(c, "limit") ? cmd_opt(c, "limit") : "30");
	for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
		if (cmd_opt(c, filters[i]))
			slu_buf_adds(&b, cmd_path(c, slu_printf(c->a, "&%s=%%s", filters[i]), cmd_opt(c, filters[i])));
	return slu_strndup(c->a, b.p, b.n);
}

static const char *what(struct cmd_ctx *c, const json_t *row)
{
	const char *kind = cmd_j_str(row, "kind"), *act = strcmp(kind, "refused") == 0 ? cmd_j_str(row, "data.act") : "";
	return *act ? slu_printf(c->a, "%s: %s", kind, act) : kind;
}

/* A ref; else the environment, the branch into which a change would have gone, or the repository. */
static const char *place_of(const json_t *row)
{
	static const char *const keys[] = { "data.environment", "data.verdict.action.environment", "data.verdict.action.check", "repo" };
	const char *place = cmd_j_str(row, "ref");
	if (*place)
		return cmd_ref_name(place);
	for (size_t i = 0; i < sizeof keys / sizeof *keys && !*place; i++)
		place = cmd_j_str(row, keys[i]);
	return place;
}

static const char *where(struct cmd_ctx *c, const json_t *row)
{
	int64_t change = cmd_j_int(row, "change");
	const char *place = place_of(row);
	return change ? slu_printf(c->a, "#%lld %s", (long long)change, place) : place;
}

static int audit_log(struct cmd_ctx *c)
{
	static const struct cmd_column columns[] = {
		{ "SEQ", "seq", NULL }, { "TIME", "time", NULL }, { "WHO", "actor", NULL }, { "WHAT", NULL, what }, { "WHERE", NULL, where }, { NULL, NULL, NULL },
	};
	const char *repo, *base = "/api/sluice/events";
	struct cli_answer an;
	slu_err err = { 0 };
	if (!cmd_has(c, "on-server")) {
		if (cmd_repo(c, &repo, &err) != SLU_OK)
			return cmd_fail(c, &err);
		base = cmd_path(c, "/api/sluice/repos/%S/events", repo);
	}
	if (cmd_call(c, &an, "GET", log_path(c, base), NULL, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, an.json);
	return cmd_rows_put(c, an.json, columns, "No event fits. Kinds and what they hold: docs/events.md");
}

static const struct cmd_opt log_options[] = {
	{ "actor", 0, "NAME", "only what this person did", CMD_TEXT, 0 },
	{ "kind", 0, "KIND", "only events of this kind", CMD_TEXT, 0 },
	{ "ref", 0, "REF", "only of this ref, refs/heads/…", CMD_TEXT, 0 },
	{ "change", 0, "NUMBER", "only of this change", CMD_NUMBER, 0 },
	{ "limit", 0, "N", "so many at most (default 30, at most 100)", CMD_NUMBER, 0 },
	{ "on-server", 0, NULL, "of the whole server, for its administrators", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_audit_log = {
	.name = "audit log", .summary = "Who did what, newest first", .usage = "", .group = CMD_G_AUDIT, .flags = CMD_SERVER | CMD_REPO, .opts = log_options, .run = audit_log,
	.example = "sluice audit log --actor ann --limit 10\n"
	           "sluice audit log --on-server --format json",
};

/* ---- verify ------------------------------------------------------------------------------------------------------------------------ */

static int verdict(struct cmd_ctx *c, bool good, int64_t size, int64_t bad_seq, const char *what)
{
	if (c->format == CMD_FORMAT_JSON) {
		json_auto_t *j = json_pack("{s:b, s:I, s:s}", "good", good, "size", (json_int_t)size, "what", what);
		if (!good && bad_seq >= 0)
			(void)json_object_set_new(j, "bad_seq", json_integer(bad_seq));
		int code = cmd_put_json(c, j);
		return code ? code : good ? 0 : 1;
	}
	slu_auto_buf b;
	slu_buf_init(&b, 8192);
	slu_buf_addf(&b, "%s: %s\n", good ? "verified" : "broken", what);
	int code = cmd_put(c, &b);
	return code ? code : good ? 0 : 1;
}

static slu_rc read_head(struct aud_checkpoint *out, slu_str note, const struct aud_verifier *key, slu_err *err)
{
	return key ? aud_checkpoint_open(out, note, key, err) : aud_checkpoint_parse(out, note, err);
}

struct offline {
	size_t size;
	uint64_t bad_seq; /* 0: not told */
};

static slu_rc check_export(struct cmd_ctx *c, const char *file, slu_str old_note, const struct aud_verifier *key, struct offline *out, slu_err *err)
{
	slu_str text;
	struct aud_export e;
	struct aud_checkpoint old = { 0 }, now;
	aud_hash root;
	SLU_TRY(cmd_read_file(c, file, EXPORT_MAX, &text, err));
	SLU_TRY(aud_export_read(&e, c->a, text, err));
	out->size = e.leaf_n;
	if (old_note.n)
		SLU_TRY(read_head(&old, old_note, key, err));
	SLU_TRY(read_head(&now, e.head, key, err));
	aud_export_root(&root, &e, e.leaf_n);
	if (now.size != e.leaf_n || !aud_hash_eq(&now.root, &root))
		return slu_fail(err, SLU_E_CORRUPT, "%s", aud_export_differs(&out->bad_seq, c->a, &e, &now.root));
	if (old_note.n && old.size <= e.leaf_n)
		aud_export_root(&root, &e, old.size);
	if (old_note.n && (old.size > e.leaf_n || !aud_hash_eq(&old.root, &root)))
		return slu_fail(err, SLU_E_CORRUPT, "the earlier head of %llu events is no beginning of this log: its history was rewritten", (unsigned long long)old.size);
	return SLU_OK;
}

static int verify_offline(struct cmd_ctx *c, slu_str old_note)
{
	struct aud_verifier key;
	slu_err err = { 0 };
	struct offline found = { 0 };
	const char *text = cmd_opt(c, "key");
	slu_str key_text = slu_s(text);
	if (text && strchr(text, '+') == NULL) {
		if (cmd_read_file(c, text, HEAD_MAX, &key_text, &err) != SLU_OK)
			return cmd_fail(c, &err);
		key_text = slu_str_trim(key_text);
	}
	if (text && aud_verifier_parse(&key, key_text, &err) != SLU_OK)
		return cmd_usage(c, "--key: %s", err.text);
	slu_rc rc = check_export(c, cmd_opt(c, "export"), old_note, text ? &key : NULL, &found, &err);
	if (rc == SLU_E_USAGE || rc == SLU_E_IO || rc == SLU_E_LIMIT)
		return cmd_fail(c, &err);
	const char *signature = text ? "signed by the key given" : "its signature was not looked at, for want of --key";
	if (rc != SLU_OK)
		return verdict(c, false, (int64_t)found.size, found.bad_seq ? (int64_t)found.bad_seq : -1, err.text);
	return verdict(c, true, (int64_t)found.size, -1, slu_printf(c->a, "%zu events, %s%s", found.size, signature, old_note.n ? "; the earlier head is its beginning" : ""));
}

static int audit_verify(struct cmd_ctx *c)
{
	slu_str old = { "", 0 };
	slu_err err = { 0 };
	struct cli_answer an;
	if (cmd_has(c, "key") && !cmd_has(c, "export"))
		return cmd_usage(c, "--key is for --export: without it the server's own key is taken.");
	if (cmd_opt(c, "head") && cmd_read_file(c, cmd_opt(c, "head"), HEAD_MAX, &old, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (cmd_has(c, "export"))
		return verify_offline(c, old);
	json_auto_t *body = old.n ? json_pack("{s:s%}", "head", old.p, old.n) : json_object();
	if (cmd_call(c, &an, "POST", "/api/sluice/audit/verify", body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	bool good = cmd_j_bool(an.json, "good");
	if (c->format == CMD_FORMAT_JSON) {
		int code = cmd_put_json(c, an.json);
		return code ? code : good ? 0 : 1;
	}
	const char *what = cmd_j_str(an.json, "what");
	int64_t size = cmd_j_int(an.json, "size");
	return verdict(c, good, size, cmd_j_int(an.json, "bad_seq"), good ? slu_printf(c->a, "%s. %s", cmd_count(c, (size_t)size, "event", "events"), what) : what);
}

static const struct cmd_opt verify_options[] = {
	{ "head", 0, "FILE", "a signed head kept from earlier: it must be a beginning of this log", CMD_PATH, 0 },
	{ "export", 0, "FILE", "look at this export, without a server", CMD_PATH, 0 },
	{ "key", 0, "KEY", "with --export: the key that must have signed (text, or a file with it)", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_audit_verify = {
	.name = "audit verify", .summary = "Is the log what was recorded?", .usage = "", .group = CMD_G_AUDIT, .flags = CMD_SERVER,
	.opts = verify_options, .run = audit_verify,
	.detail = "An event that was edited, deleted or moved shows, and where.",
	.example = "sluice audit head > kept            now, and keep the file elsewhere\n"
	           "sluice audit verify --head kept     later\n"
	           "sluice audit export > log\n"
	           "sluice audit verify --export log --key \"$(sluice audit key)\"",
	.exits = CMD_EXIT(1),
};

/* ---- texts: head, key, proof, export -------------------------------------------------------------------------------------------------- */

static int put_text(struct cmd_ctx *c, const char *path)
{
	struct cli_answer an;
	slu_err err = { 0 };
	if (cmd_call(c, &an, "GET", path, NULL, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	if (fwrite(an.body.p, 1, an.body.n, c->out) != an.body.n) {
		(void)!slu_fail(&err, SLU_E_IO, "The answer could not be written: %s.", strerror(errno));
		return cmd_fail(c, &err);
	}
	return 0;
}

static int audit_head(struct cmd_ctx *c)
{
	return put_text(c, "/api/sluice/audit/head");
}

static int audit_key(struct cmd_ctx *c)
{
	return put_text(c, "/api/sluice/audit/key");
}

static int audit_export(struct cmd_ctx *c)
{
	return put_text(c, "/api/sluice/audit/export");
}

static int audit_prove(struct cmd_ctx *c)
{
	return put_text(c, cmd_path(c, "/api/sluice/audit/proof/%s", c->arg[0]));
}

const struct cmd_desc cmd_audit_head = {
	.name = "audit head", .summary = "The log's signed head, to be kept elsewhere", .usage = "", .group = CMD_G_AUDIT, .flags = CMD_SERVER, .run = audit_head,
	.example = "sluice audit head > kept",
};
const struct cmd_desc cmd_audit_key = {
	.name = "audit key", .summary = "The public key that checks signed heads", .usage = "", .group = CMD_G_AUDIT, .flags = CMD_SERVER, .run = audit_key,
	.example = "sluice audit key",
};
const struct cmd_desc cmd_audit_export = {
	.name = "audit export", .summary = "The whole log as text, with its signed head", .usage = "", .group = CMD_G_AUDIT, .flags = CMD_SERVER, .run = audit_export,
	.example = "sluice audit export > log",
};
const struct cmd_desc cmd_audit_prove = {
	.name = "audit prove", .summary = "A proof that one event is in the log", .usage = "SEQ", .group = CMD_G_AUDIT, .args_min = 1, .args_max = 1, .flags = CMD_SERVER, .run = audit_prove,
	.example = "sluice audit prove 29 > proof",
};
