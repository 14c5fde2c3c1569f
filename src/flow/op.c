/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/op.h"

/* ---- names that cannot stand together ---------------------------------------------------------------------------------------------- */

bool flow_op_clash(slu_str x, slu_str y)
{
	const slu_str *shorter = x.n < y.n ? &x : &y, *longer = x.n < y.n ? &y : &x;
	return x.n != y.n && longer->p[shorter->n] == '/' && memcmp(shorter->p, longer->p, shorter->n) == 0;
}

bool flow_op_is_branch(slu_str ref, slu_str name)
{
	static const char heads[] = "refs/heads/";
	const size_t n = sizeof heads - 1;
	return ref.n == n + name.n && memcmp(ref.p, heads, n) == 0 && slu_str_eq((slu_str){ ref.p + n, name.n }, name);
}

static bool comes(const struct flow_op_ref *r)
{
	return slu_oid_is_zero(&r->old) && !slu_oid_is_zero(&r->new_);
}

static bool goes(const struct flow_op_ref *r)
{
	return !slu_oid_is_zero(&r->old) && slu_oid_is_zero(&r->new_);
}

void flow_op_mark(struct flow_op_ref *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i].clash = false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n && goes(&v[i]); k++)
			if (comes(&v[k]) && flow_op_clash(v[i].name, v[k].name))
				v[i].clash = v[k].clash = true;
}

/* ---- steps ------------------------------------------------------------------------------------------------------------------------------ */

bool flow_op_in(const struct flow_op_ref *r, enum flow_op_part part)
{
	bool away = slu_oid_is_zero(&r->new_);
	switch (part) {
	case FLOW_OP_ROOM: return r->clash && away;
	case FLOW_OP_PUSH: return !(r->clash && away);
	case FLOW_OP_REFS: return !away && !r->clash;
	case FLOW_OP_DELETIONS: return away;
	case FLOW_OP_LATE: return !away && r->clash;
	case FLOW_OP_KEEP:
	case FLOW_OP_LET_GO: return r->clash;
	case FLOW_OP_THERE:
	case FLOW_OP_TREE:
	case FLOW_OP_HEAD:
	case FLOW_OP_SETTINGS:
	case FLOW_OP_LOGS:
	case FLOW_OP_LAND:
	case FLOW_OP_LOGS_ON: break;
	}
	return false;
}

static bool any(const struct flow_op_ref *v, size_t n, enum flow_op_part part)
{
	for (size_t i = 0; i < n; i++)
		if (flow_op_in(&v[i], part))
			return true;
	return false;
}

static bool has_part(const struct flow_op *op, enum flow_op_part part)
{
	bool here = any(op->ref.v, op->ref.n, part);
	switch (part) {
	case FLOW_OP_KEEP:
	case FLOW_OP_LET_GO: return here || any(op->push.v, op->push.n, part);
	case FLOW_OP_ROOM:
	case FLOW_OP_PUSH: return any(op->push.v, op->push.n, part);
	case FLOW_OP_REFS:
	case FLOW_OP_DELETIONS:
	case FLOW_OP_LATE: return here;
	case FLOW_OP_THERE: return op->there.n > 0;
	case FLOW_OP_SETTINGS: return op->setting.n + op->link.n > 0;
	case FLOW_OP_LOGS:
	case FLOW_OP_LOGS_ON: return op->rename.n > 0;
	case FLOW_OP_TREE:
	case FLOW_OP_HEAD:
	case FLOW_OP_LAND: break;
	}
	return false;
}

bool flow_op_lands(const struct flow_op *op, size_t tree)
{
	for (size_t i = 0; i < op->ref.n; i++)
		if (flow_op_in(&op->ref.v[i], FLOW_OP_LATE) && slu_str_eq(op->ref.v[i].name, op->tree.v[tree].head_new))
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

static bool tree_step(struct flow_op_step *out, const struct flow_op *op, unsigned *n)
{
	for (size_t i = 0; i < op->tree.n; i++) {
		const struct flow_op_tree *t = &op->tree.v[i];
		if (is_next(n, !slu_oid_eq(&t->from, &t->to))) {
			*out = (struct flow_op_step){ FLOW_OP_TREE, i };
			return true;
		}
		if (is_next(n, !slu_str_eq(t->head_old, t->head_new))) {
			*out = (struct flow_op_step){ FLOW_OP_HEAD, i };
			return true;
		}
	}
	return false;
}

static bool land_step(struct flow_op_step *out, const struct flow_op *op, unsigned *n)
{
	for (size_t i = 0; i < op->tree.n; i++)
		if (is_next(n, flow_op_lands(op, i))) {
			*out = (struct flow_op_step){ FLOW_OP_LAND, i };
			return true;
		}
	return false;
}

bool flow_op_step(struct flow_op_step *out, const struct flow_op *op, unsigned n)
{
	static const enum flow_op_part order[] = { FLOW_OP_KEEP, FLOW_OP_THERE, FLOW_OP_ROOM, FLOW_OP_PUSH, FLOW_OP_REFS, FLOW_OP_TREE, FLOW_OP_SETTINGS, FLOW_OP_LOGS, FLOW_OP_DELETIONS, FLOW_OP_LATE, FLOW_OP_LAND, FLOW_OP_LOGS_ON, FLOW_OP_LET_GO };
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		if ((order[i] == FLOW_OP_TREE && tree_step(out, op, &n)) || (order[i] == FLOW_OP_LAND && land_step(out, op, &n)))
			return true;
		if (is_next(&n, has_part(op, order[i]))) {
			*out = (struct flow_op_step){ order[i], 0 };
			return true;
		}
	}
	return false;
}

enum flow_op_when flow_op_pushed(const struct flow_op *op)
{
	static const enum flow_op_part before[] = { FLOW_OP_KEEP, FLOW_OP_THERE, FLOW_OP_ROOM };
	unsigned at = 0;
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		at += has_part(op, before[i]);
	if (!has_part(op, FLOW_OP_PUSH))
		return FLOW_OP_NEVER;
	return op->step < at ? FLOW_OP_BEFORE : op->step == at ? FLOW_OP_NOW : FLOW_OP_AFTER;
}

/* What the first merge of it made, as its steps say it: "merge X into Y (1f3a…)". @return NULL: it merged nothing */
static const struct flow_op_ref *merged(slu_arena *a, const struct flow_op *op)
{
	if (op->says.n == 0 || !slu_str_starts(op->says.v[0], "merge "))
		return NULL;
	for (size_t i = 0; i < op->ref.n; i++)
		if (slu_str_starts(op->ref.v[i].name, "refs/heads/") && strstr(slu_str_dup(a, op->says.v[0]), slu_printf(a, " (%.10s)", op->ref.v[i].new_.hex)))
			return &op->ref.v[i];
	return NULL;
}

const char *flow_op_way_back(slu_arena *a, const struct flow_op *op)
{
	const struct flow_op_ref *r = merged(a, op);
	if (slu_str_starts(op->command, "adopt apply"))
		return "What was adopted is taken back, there too, by: sluice adopt undo";
	if (slu_str_starts(op->command, "adopt undo"))
		return "It is adopted again by: sluice adopt apply";
	if (r)
		return slu_printf(a, "It is taken back by a commit that says so: sluice revert --merge %.10s --on %.*s", r->new_.hex, (int)r->name.n - 11, r->name.p + 11);
	return "A merge is taken back by a commit that says so: sluice revert --merge COMMIT";
}

const char *flow_op_step_text(slu_arena *a, const struct flow_op *op, unsigned n)
{
	struct flow_op_step st;
	if (!flow_op_step(&st, op, n))
		return "nothing";
	switch (st.part) {
	case FLOW_OP_KEEP: return "hold what is moved";
	case FLOW_OP_THERE: return slu_printf(a, "have %.*s rename its branches", SLU_FMT(op->remote));
	case FLOW_OP_ROOM: return slu_printf(a, "make room on %.*s", SLU_FMT(op->remote));
	case FLOW_OP_PUSH: return slu_printf(a, "push to %.*s", SLU_FMT(op->remote));
	case FLOW_OP_REFS: return "move branches and tags";
	case FLOW_OP_TREE: return slu_printf(a, "bring the files of %.*s along", SLU_FMT(op->tree.v[st.i].path));
	case FLOW_OP_HEAD:
	case FLOW_OP_LAND: return slu_printf(a, "switch %.*s to %.*s", SLU_FMT(op->tree.v[st.i].path), SLU_FMT(op->tree.v[st.i].head_new));
	case FLOW_OP_SETTINGS: return "settings of branches";
	case FLOW_OP_LOGS: return "put the logs of renamed branches by";
	case FLOW_OP_LOGS_ON: return "put the logs of renamed branches on";
	case FLOW_OP_DELETIONS: return "delete branches";
	case FLOW_OP_LATE: return "make the branches that take their place";
	case FLOW_OP_LET_GO: return "let go of what was held";
	}
	return "";
}

static const char *const states[] = {
	[FLOW_OP_RUNNING] = "running", [FLOW_OP_SOLVING] = "solving", [FLOW_OP_PREPARED] = "prepared", [FLOW_OP_DONE] = "done", [FLOW_OP_ABORTED] = "aborted", [FLOW_OP_UNDONE] = "undone",
};

const char *flow_op_state_word(enum flow_op_state s)
{
	return states[s];
}

struct flow_op flow_op_waiting(const struct flow_op *op)
{
	struct flow_op w = { .id = op->id, .command = op->command, .by = op->by, .digest = op->digest, .begun_s = op->begun_s, .state = FLOW_OP_SOLVING };
	w.arg = op->arg;
	w.solved = op->solved;
	w.member = op->member;
	w.home = op->home;
	w.home_id = op->home_id;
	w.made = op->made;
	w.at = op->at;
	return w;
}

bool flow_op_is_solved(const struct flow_op *op)
{
	return op->state == FLOW_OP_SOLVING && op->solved.n && !slu_oid_is_zero(&op->solved.v[op->solved.n - 1].tree);
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

bool flow_op_is_part(const struct flow_op *op)
{
	return op->home.n || op->member.n;
}

/* Named for what it holds: pushed twice it is the same, and nobody else's is in its way. A branch holds no tag. */
slu_str flow_op_waiting_ref(slu_arena *a, const struct flow_op *op, const struct flow_op_ref *r)
{
	bool branch = slu_str_starts(op->waiting, "refs/heads/");
	if (op->waiting.n == 0 || slu_oid_is_zero(&r->new_) || (branch && !slu_str_starts(r->name, "refs/heads/")))
		return (slu_str){ 0 };
	return slu_s(slu_printf(a, "%.*s/%.12s", SLU_FMT(op->waiting), r->new_.hex));
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
		if (v[i].clash)
			slu_json_kv_bool(j, "clash", true);
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

static void put_links(slu_json *j, const struct flow_op *op)
{
	slu_json_key(j, "links");
	slu_json_open(j, '[');
	for (size_t i = 0; i < op->link.n; i++) {
		const struct flow_op_link *l = &op->link.v[i];
		slu_json_open(j, '{');
		slu_json_kv_str(j, "ref", l->name);
		put_value(j, "old", l->old.n > 0, l->old);
		put_value(j, "new", l->new_.n > 0, l->new_);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void put_renames(slu_json *j, const struct flow_op *op)
{
	slu_json_key(j, "renames");
	slu_json_open(j, '[');
	for (size_t i = 0; i < op->rename.n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "from", op->rename.v[i].from);
		slu_json_kv_str(j, "to", op->rename.v[i].to);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void put_there(slu_json *j, const struct flow_op *op)
{
	slu_json_key(j, "there");
	slu_json_open(j, '[');
	for (size_t i = 0; i < op->there.n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "from", op->there.v[i].from);
		slu_json_kv_str(j, "to", op->there.v[i].to);
		put_oid(j, "at", &op->there.v[i].at);
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
		if (s->pick.n)
			slu_json_kv_str(j, "commit", s->pick);
		slu_json_kv_bool(j, "laid", s->laid);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void put_landed(slu_json *j, const struct flow_op *op)
{
	slu_json_key(j, "landed");
	slu_json_open(j, '[');
	for (size_t i = 0; i < op->landed.n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "source", op->landed.v[i].source);
		slu_json_kv_str(j, "into", op->landed.v[i].into);
		put_oid(j, "before", &op->landed.v[i].before);
		put_oid(j, "commit", &op->landed.v[i].id);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void put_made(slu_json *j, const struct flow_op *op)
{
	slu_json_key(j, "made");
	slu_json_open(j, '[');
	for (size_t i = 0; i < op->made.n; i++)
		slu_json_z(j, op->made.v[i].hex);
	slu_json_close(j, ']');
}

static void put_members(slu_json *j, const struct flow_op *op)
{
	slu_json_kv_str(j, "home", op->home);
	slu_json_kv_int(j, "home_id", (int64_t)op->home_id);
	slu_json_kv_bool(j, "keep", op->keep);
	slu_json_kv_bool(j, "untested", op->untested);
	slu_json_kv_str(j, "waiting", op->waiting);
	slu_json_kv_str(j, "version", op->version);
	slu_json_kv_str(j, "words", op->words);
	put_strings(j, "tags", op->tag.v, op->tag.n);
	put_strings(j, "checks", op->check.v, op->check.n);
	slu_json_key(j, "members");
	slu_json_open(j, '[');
	for (size_t i = 0; i < op->member.n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "repo", op->member.v[i].repo);
		slu_json_kv_str(j, "path", op->member.v[i].path);
		if (op->member.v[i].server.n) {
			slu_json_kv_str(j, "server", op->member.v[i].server);
			slu_json_kv_int(j, "change", (int64_t)op->member.v[i].change);
			slu_json_kv_z(j, "head", op->member.v[i].head.hex);
		}
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
	put_links(j, op);
	put_renames(j, op);
	put_there(j, op);
	put_solved(j, op);
	if (op->landed.n)
		put_landed(j, op);
	if (op->made.n)
		put_made(j, op);
	if (op->at.n && op->state == FLOW_OP_SOLVING)
		slu_json_kv_str(j, "at", op->at);
	if (flow_op_is_part(op))
		put_members(j, op);
	slu_json_close(j, '}');
}
