/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/op.h"

static bool moves(const struct flow_op *op, bool away)
{
	for (size_t i = 0; i < op->ref.n; i++)
		if (slu_oid_is_zero(&op->ref.v[i].new_) == away)
			return true;
	return false;
}

/* Is it this one? Else count it off. */
static bool is_next(unsigned *n, bool there)
{
	if (!there)
		return false;
	return (*n)-- == 0;
}

bool flow_op_step(struct flow_op_step *out, const struct flow_op *op, unsigned n)
{
	if (is_next(&n, op->push.n > 0)) {
		*out = (struct flow_op_step){ FLOW_OP_PUSH, 0 };
		return true;
	}
	if (is_next(&n, moves(op, false))) {
		*out = (struct flow_op_step){ FLOW_OP_REFS, 0 };
		return true;
	}
	for (size_t i = 0; i < op->tree.n; i++) {
		bool same = slu_oid_eq(&op->tree.v[i].from, &op->tree.v[i].to);
		if (is_next(&n, !same)) {
			*out = (struct flow_op_step){ FLOW_OP_TREE, i };
			return true;
		}
		if (is_next(&n, !slu_str_eq(op->tree.v[i].head_old, op->tree.v[i].head_new))) {
			*out = (struct flow_op_step){ FLOW_OP_HEAD, i };
			return true;
		}
	}
	if (is_next(&n, op->setting.n > 0)) {
		*out = (struct flow_op_step){ FLOW_OP_SETTINGS, 0 };
		return true;
	}
	*out = (struct flow_op_step){ FLOW_OP_DELETIONS, 0 };
	return is_next(&n, moves(op, true));
}

const char *flow_op_step_text(slu_arena *a, const struct flow_op *op, unsigned n)
{
	struct flow_op_step st;
	if (!flow_op_step(&st, op, n))
		return "nothing";
	switch (st.part) {
	case FLOW_OP_PUSH: return slu_printf(a, "push to %.*s", SLU_FMT(op->remote));
	case FLOW_OP_REFS: return "move branches and tags";
	case FLOW_OP_TREE: return slu_printf(a, "bring the files of %.*s along", SLU_FMT(op->tree.v[st.i].path));
	case FLOW_OP_HEAD: return slu_printf(a, "switch %.*s to %.*s", SLU_FMT(op->tree.v[st.i].path), SLU_FMT(op->tree.v[st.i].head_new));
	case FLOW_OP_SETTINGS: return "settings of branches";
	case FLOW_OP_DELETIONS: return "delete branches";
	}
	return "";
}

static const char *const states[] = {
	[FLOW_OP_RUNNING] = "running", [FLOW_OP_SOLVING] = "solving", [FLOW_OP_DONE] = "done", [FLOW_OP_ABORTED] = "aborted", [FLOW_OP_UNDONE] = "undone",
};

const char *flow_op_state_word(enum flow_op_state s)
{
	return states[s];
}

bool flow_op_state_of(enum flow_op_state *out, slu_str word)
{
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (slu_str_is(word, states[i])) {
			*out = (enum flow_op_state)i;
			return true;
		}
	return false;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------------- */

static void put_oid(slu_json *j, const char *key, const slu_oid *id)
{
	slu_json_kv_z(j, key, slu_oid_is_zero(id) ? "" : id->hex);
}

static void put_refs(slu_json *j, const char *key, const struct flow_op_ref *v, size_t n)
{
	slu_json_key(j, key);
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "ref", v[i].name);
		put_oid(j, "old", &v[i].old);
		put_oid(j, "new", &v[i].new_);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void put_strings(slu_json *j, const char *key, const slu_str *v, size_t n)
{
	slu_json_key(j, key);
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		slu_json_str(j, v[i]);
	slu_json_close(j, ']');
}

static void put_trees(slu_json *j, const struct flow_op *op)
{
	slu_json_key(j, "trees");
	slu_json_open(j, '[');
	for (size_t i = 0; i < op->tree.n; i++) {
		const struct flow_op_tree *t = &op->tree.v[i];
		slu_json_open(j, '{');
		slu_json_kv_str(j, "path", t->path);
		slu_json_kv_str(j, "git_dir", t->git_dir);
		put_oid(j, "from", &t->from);
		put_oid(j, "to", &t->to);
		slu_json_kv_str(j, "head_old", t->head_old);
		slu_json_kv_str(j, "head_new", t->head_new);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void put_value(slu_json *j, const char *key, bool there, slu_str value)
{
	slu_json_key(j, key);
	if (there)
		slu_json_str(j, value);
	else
		slu_json_null(j);
}

static void put_settings(slu_json *j, const struct flow_op *op)
{
	slu_json_key(j, "settings");
	slu_json_open(j, '[');
	for (size_t i = 0; i < op->setting.n; i++) {
		const struct flow_op_setting *s = &op->setting.v[i];
		slu_json_open(j, '{');
		slu_json_kv_str(j, "key", s->key);
		put_value(j, "old", s->had, s->old);
		put_value(j, "new", s->has, s->new_);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void put_solved(slu_json *j, const struct flow_op *op)
{
	slu_json_key(j, "solved");
	slu_json_open(j, '[');
	for (size_t i = 0; i < op->solved.n; i++) {
		const struct flow_op_solved *s = &op->solved.v[i];
		slu_json_open(j, '{');
		put_oid(j, "ours", &s->ours);
		put_oid(j, "theirs", &s->theirs);
		put_oid(j, "tree", &s->tree);
		slu_json_kv_str(j, "dir", s->dir);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

void flow_op_json(slu_json *j, const struct flow_op *op)
{
	slu_json_open(j, '{');
	slu_json_kv_int(j, "format", 1);
	slu_json_kv_int(j, "id", (int64_t)op->id);
	slu_json_kv_str(j, "command", op->command);
	slu_json_kv_z(j, "state", flow_op_state_word(op->state));
	slu_json_kv_str(j, "by", op->by);
	slu_json_kv_str(j, "strategy", op->digest);
	slu_json_kv_int(j, "begun", op->begun_s);
	slu_json_kv_int(j, "ended", op->ended_s);
	slu_json_kv_bool(j, "back", op->back);
	slu_json_kv_bool(j, "undo", op->undo);
	slu_json_kv_int(j, "step", (int64_t)op->step);
	slu_json_kv_str(j, "remote", op->remote);
	put_strings(j, "says", op->says.v, op->says.n);
	put_strings(j, "args", op->arg.v, op->arg.n);
	put_refs(j, "push", op->push.v, op->push.n);
	put_refs(j, "refs", op->ref.v, op->ref.n);
	put_trees(j, op);
	put_settings(j, op);
	put_solved(j, op);
	slu_json_close(j, '}');
}
