/* SPDX-License-Identifier: Apache-2.0 */
#include "app/op_store.h"

#include "base/utf8.h"

#include <jansson.h>

const char app_op_under_way[] = "op.json";
static const char log_file[] = "log.ndjson";
enum { OP_BYTES = 2 * 1024 * 1024, LOG_BYTES = 3 * 1024 * 1024 };

/* ---- reading ---------------------------------------------------------------------------------------------------------------- */

static slu_str text_of(slu_arena *a, const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);
	return json_is_string(v) ? (slu_str){ slu_strndup(a, json_string_value(v), json_string_length(v)), json_string_length(v) } : (slu_str){ "", 0 };
}

static bool oid_of(slu_oid *out, slu_arena *a, const json_t *j, const char *key)
{
	slu_str text = text_of(a, j, key);
	*out = slu_oid_zero();
	return text.n == 0 ? json_is_string(json_object_get(j, key)) : slu_oid_parse(out, text, NULL) == SLU_OK;
}

static bool read_ref(struct flow_op_ref *out, slu_arena *a, const json_t *j)
{
	out->name = text_of(a, j, "ref");
	out->clash = json_is_true(json_object_get(j, "clash"));
	return slu_str_starts(out->name, "refs/") && oid_of(&out->old, a, j, "old") && oid_of(&out->new_, a, j, "new");
}

static bool read_tree(struct flow_op_tree *out, slu_arena *a, const json_t *j)
{
	out->path = text_of(a, j, "path");
	out->git_dir = text_of(a, j, "git_dir");
	out->head_old = text_of(a, j, "head_old");
	out->head_new = text_of(a, j, "head_new");
	return slu_str_starts(out->path, "/") && slu_str_starts(out->git_dir, "/") && out->head_old.n && out->head_new.n && oid_of(&out->from, a, j, "from") && oid_of(&out->to, a, j, "to");
}

static bool read_setting(struct flow_op_setting *out, slu_arena *a, const json_t *j)
{
	out->key = text_of(a, j, "key");
	out->had = json_is_string(json_object_get(j, "old"));
	out->has = json_is_string(json_object_get(j, "new"));
	out->old = text_of(a, j, "old");
	out->new_ = text_of(a, j, "new");
	return out->key.n > 0;
}

static bool read_link(struct flow_op_link *out, slu_arena *a, const json_t *j)
{
	*out = (struct flow_op_link){ text_of(a, j, "ref"), text_of(a, j, "old"), text_of(a, j, "new") };
	return slu_str_starts(out->name, "refs/");
}

static bool read_rename(struct flow_op_rename *out, slu_arena *a, const json_t *j)
{
	*out = (struct flow_op_rename){ text_of(a, j, "from"), text_of(a, j, "to") };
	return slu_str_starts(out->from, "refs/heads/") && slu_str_starts(out->to, "refs/heads/");
}

static bool read_there(struct flow_op_there *out, slu_arena *a, const json_t *j)
{
	out->from = text_of(a, j, "from");
	out->to = text_of(a, j, "to");
	return out->from.n && out->to.n && oid_of(&out->at, a, j, "at");
}

static bool read_solved(struct flow_op_solved *out, slu_arena *a, const json_t *j)
{
	out->dir = text_of(a, j, "dir");
	out->pick = text_of(a, j, "commit");
	out->laid = !json_is_false(json_object_get(j, "laid"));
	return oid_of(&out->ours, a, j, "ours") && oid_of(&out->theirs, a, j, "theirs") && oid_of(&out->tree, a, j, "tree");
}

static bool read_landed(struct flow_op_landed *out, slu_arena *a, const json_t *j)
{
	out->source = text_of(a, j, "source");
	out->into = text_of(a, j, "into");
	return out->source.n && oid_of(&out->before, a, j, "before") && oid_of(&out->id, a, j, "commit");
}

static bool read_member(struct flow_op_member *out, slu_arena *a, const json_t *j)
{
	out->repo = text_of(a, j, "repo");
	out->path = text_of(a, j, "path");
	out->server = text_of(a, j, "server");
	out->change = (uint64_t)json_integer_value(json_object_get(j, "change"));
	out->head = slu_oid_zero();
	return out->repo.n > 0 && slu_str_starts(out->path, "/") && (!json_object_get(j, "server") || (slu_str_starts(out->server, "http") && oid_of(&out->head, a, j, "head")));
}

static bool read_made(slu_oid *out, slu_arena *a, const json_t *j)
{
	(void)a;
	return json_is_string(j) && slu_oid_parse(out, (slu_str){ json_string_value(j), json_string_length(j) }, NULL) == SLU_OK;
}

#define READ_LIST(list, key, read)                                                                                                                                    \
	json_array_foreach(json_object_get(j, key), i, e) fine = fine && read(SLU_ADD(a, list), a, e)

static bool read_strings(struct flow_op *op, slu_arena *a, const json_t *j)
{
	size_t i;
	const json_t *e;
	json_array_foreach(json_object_get(j, "says"), i, e) *SLU_ADD(a, &op->says) = slu_s(slu_strdup(a, json_string_value(e) ? json_string_value(e) : ""));
	json_array_foreach(json_object_get(j, "tags"), i, e) *SLU_ADD(a, &op->tag) = slu_s(slu_strdup(a, json_string_value(e) ? json_string_value(e) : ""));
	json_array_foreach(json_object_get(j, "checks"), i, e) *SLU_ADD(a, &op->check) = slu_s(slu_strdup(a, json_string_value(e) ? json_string_value(e) : ""));
	json_array_foreach(json_object_get(j, "args"), i, e) *SLU_ADD(a, &op->arg) = slu_s(slu_strdup(a, json_string_value(e) ? json_string_value(e) : ""));
	return true;
}

static bool read_lists(struct flow_op *op, slu_arena *a, const json_t *j)
{
	size_t i;
	const json_t *e;
	bool fine = read_strings(op, a, j);
	READ_LIST(&op->push, "push", read_ref);
	READ_LIST(&op->ref, "refs", read_ref);
	READ_LIST(&op->tree, "trees", read_tree);
	READ_LIST(&op->setting, "settings", read_setting);
	READ_LIST(&op->link, "links", read_link);
	READ_LIST(&op->rename, "renames", read_rename);
	READ_LIST(&op->there, "there", read_there);
	READ_LIST(&op->solved, "solved", read_solved);
	READ_LIST(&op->landed, "landed", read_landed);
	READ_LIST(&op->member, "members", read_member);
	READ_LIST(&op->made, "made", read_made);
	return fine;
}

static bool read_op(struct flow_op *out, slu_arena *a, const json_t *j)
{
	struct flow_op op = { 0 };
	json_int_t id = json_integer_value(json_object_get(j, "id")), home = json_integer_value(json_object_get(j, "home_id")), step = json_integer_value(json_object_get(j, "step"));
	op.command = text_of(a, j, "command");
	op.by = text_of(a, j, "by");
	op.digest = text_of(a, j, "strategy");
	op.remote = text_of(a, j, "remote");
	op.at = text_of(a, j, "at");
	op.home = text_of(a, j, "home");
	op.waiting = text_of(a, j, "waiting");
	op.version = text_of(a, j, "version");
	op.words = text_of(a, j, "words");
	op.keep = json_is_true(json_object_get(j, "keep"));
	op.untested = json_is_true(json_object_get(j, "untested"));
	op.home_id = home > 0 ? (uint64_t)home : 0;
	op.begun_s = json_integer_value(json_object_get(j, "begun"));
	op.ended_s = json_integer_value(json_object_get(j, "ended"));
	op.back = json_is_true(json_object_get(j, "back"));
	op.undo = json_is_true(json_object_get(j, "undo"));
	if (json_integer_value(json_object_get(j, "format")) != 1 || id <= 0 || step < 0 || step > 100000 || !flow_op_state_of(&op.state, text_of(a, j, "state")) || !read_lists(&op, a, j))
		return false;
	op.id = (uint64_t)id;
	op.step = (unsigned)step;
	*out = op;
	return true;
}

slu_rc app_op_load(struct flow_op *out, bool *found, slu_arena *a, port_clone *c, slu_err *err)
{
	slu_str text = { 0 };
	SLU_TRY(c->ops->get(c, a, app_op_under_way, &text, found, err));
	if (!*found)
		return SLU_OK;
	json_auto_t *j = json_loadb(text.p, text.n, 0, NULL);
	if (j && read_op(out, a, j))
		return SLU_OK;
	return slu_fail(err, SLU_E_CORRUPT, "What is stored of the operation under way cannot be read: %s. Nothing is changed. If it is of a newer sluice, use that one; if it is damaged, it is put aside, and what hangs on it told, by: sluice abort --discard", c->ops->place(c, a, app_op_under_way));
}

slu_rc app_op_log(const struct flow_op **out, size_t *n, slu_arena *a, port_clone *c, slu_err *err)
{
	slu_str text = { 0 }, line;
	bool found = false;
	SLU_LIST(struct flow_op) list = { 0 };
	SLU_TRY(c->ops->get(c, a, log_file, &text, &found, err));
	while (found && slu_str_split(&text, '\n', &line)) {
		struct flow_op op;
		json_auto_t *j = json_loadb(line.p, line.n, 0, NULL);
		if (!j || !read_op(&op, a, j))
			continue; /* a line of a newer sluice: the others still tell what they tell */
		if (list.n && list.v[list.n - 1].id == op.id)
			list.v[list.n - 1] = op;
		else
			*SLU_ADD(a, &list) = op;
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------ */

static bool is_text(slu_str s)
{
	return slu_utf8_valid(s, NULL);
}

/* JSON is text: what is none would come back as something else. */
static slu_rc can_be_told(const struct flow_op *op, slu_err *err)
{
	for (size_t i = 0; i < op->ref.n; i++)
		if (!is_text(op->ref.v[i].name))
			return slu_fail(err, SLU_E_INVALID, "The name of the ref %.*s is not UTF-8; such a branch or tag is not moved here.", SLU_FMT(op->ref.v[i].name));
	for (size_t i = 0; i < op->tree.n; i++)
		if (!is_text(op->tree.v[i].path) || !is_text(op->tree.v[i].git_dir))
			return slu_fail(err, SLU_E_INVALID, "The path of the work tree %.*s is not UTF-8; it cannot be written down, so nothing is done there.", SLU_FMT(op->tree.v[i].path));
	return SLU_OK;
}

slu_rc app_op_save(const struct flow_op *op, port_clone *c, slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, OP_BYTES);
	slu_json j = slu_json_to(&b);
	SLU_TRY(can_be_told(op, err));
	flow_op_json(&j, op);
	if (b.over)
		return slu_fail(err, SLU_E_LIMIT, "The operation is too large to be stored: %zu refs and %zu work trees.", op->ref.n, op->tree.n);
	return c->ops->put(c, app_op_under_way, slu_buf_str(&b), err);
}

/* Of a line of the log, by its text: the whole log is read each time for nothing but this. 0: it has none */
static uint64_t id_of(slu_str line)
{
	static const char key[] = "\"id\":";
	const char *p = line.n ? memmem(line.p, line.n, key, sizeof key - 1) : NULL;
	uint64_t id = 0;
	for (p = p ? p + sizeof key - 1 : line.p + line.n; p < line.p + line.n && *p >= '0' && *p <= '9' && id < UINT64_MAX / 20; p++)
		id = id * 10 + (uint64_t)(*p - '0');
	return id;
}

/* Those before, without an earlier state of this one; the oldest go first. */
static slu_rc others(slu_buf *out, const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	slu_str all = { 0 }, line;
	bool found = false;
	size_t n = 0, bytes = 0;
	SLU_TRY(w->clone->ops->get(w->clone, w->a, log_file, &all, &found, err));
	slu_str rest = found ? all : (slu_str){ 0 };
	while (slu_str_split(&rest, '\n', &line))
		if (line.n && id_of(line) != op->id) {
			n++;
			bytes += line.n + 1;
		}
	rest = found ? all : (slu_str){ 0 };
	while (slu_str_split(&rest, '\n', &line)) {
		if (line.n == 0 || id_of(line) == op->id)
			continue;
		if (n < APP_OPS_KEPT && bytes <= LOG_BYTES - OP_BYTES) {
			slu_buf_addstr(out, line);
			slu_buf_addc(out, '\n');
			continue;
		}
		n--;
		bytes -= line.n + 1;
	}
	return SLU_OK;
}

static slu_rc write_log(const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, LOG_BYTES + OP_BYTES);
	slu_json j = slu_json_to(&b);
	SLU_TRY(others(&b, op, w, err));
	flow_op_json(&j, op);
	slu_buf_addc(&b, '\n');
	return w->clone->ops->put(w->clone, log_file, slu_buf_str(&b), err);
}

slu_rc app_op_highest(uint64_t *id, slu_arena *a, port_clone *c, slu_err *err)
{
	slu_str text = { 0 }, line;
	bool found = false;
	*id = 0;
	SLU_TRY(c->ops->get(c, a, log_file, &text, &found, err));
	while (found && slu_str_split(&text, '\n', &line))
		if (id_of(line) > *id)
			*id = id_of(line);
	return SLU_OK;
}

slu_rc app_op_end(struct flow_op *op, struct app_op_world *w, enum flow_op_state state, slu_err *err)
{
	op->state = state;
	op->ended_s = w->now_s;
	SLU_TRY(write_log(op, w, err));
	if (w->point)
		w->point(w->ctx, "end:logged");
	return app_op_forget(w->clone, err);
}

slu_rc app_op_forget(port_clone *c, slu_err *err)
{
	return c->ops->drop(c, app_op_under_way, err);
}
