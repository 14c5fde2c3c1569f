/* SPDX-License-Identifier: Apache-2.0 */
/* What is stored of an operation cannot be read: it makes room, and nothing that hangs on it is lost. */
#include "app/op_store.h"

static const char moving[] = "refs/sluice/moving/", heads[] = "refs/heads/";

/* Refs that held what had no name: the next operation would take their names. */
static slu_rc keep_held(struct app_op_aside *out, uint64_t id, bool dry, struct app_op_world *w, slu_err *err)
{
	SLU_LIST(struct port_git_update) u = { 0 };
	const struct port_git_ref *ref = NULL;
	const slu_oid none = slu_oid_zero();
	size_t n = 0;
	SLU_TRY(w->git->ops->refs(w->git, w->a, slu_s(moving), &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str name = slu_s(slu_printf(w->a, "refs/sluice/aside/%llu/%s", (unsigned long long)id, ref[i].name.p + strlen(moving)));
		*SLU_ADD(w->a, &out->ref) = (struct port_git_ref){ .name = name, .id = ref[i].id };
		*SLU_ADD(w->a, &u) = (struct port_git_update){ name, none, ref[i].id };
		*SLU_ADD(w->a, &u) = (struct port_git_update){ ref[i].name, ref[i].id, none };
	}
	return dry || n == 0 ? SLU_OK : w->clone->ops->refs(w->clone, u.v, u.n, SLU_STR("sluice: set aside"), true, err);
}

/* Locks of ours are taken off; work trees in which a conflict was to be solved stay, with what was solved there. */
static slu_rc look_at_trees(struct app_op_aside *out, bool dry, struct app_op_world *w, slu_err *err)
{
	const struct port_clone_tree *t = NULL;
	size_t n = 0;
	const char *ours = w->clone->ops->place(w->clone, w->a, "solve-");
	SLU_TRY(w->clone->ops->trees(w->clone, w->a, &t, &n, err));
	for (size_t i = 0; i < n; i++) {
		const struct port_clone_move m = { .path = t[i].path, .git_dir = t[i].git_dir };
		if (slu_str_starts(t[i].path, ours))
			*SLU_ADD(w->a, &out->tree) = t[i].path;
		if (!dry)
			w->clone->ops->release(w->clone, &m);
	}
	return SLU_OK;
}

/* "OLD NEW who time zone\tmessage": the last line of a branch's own log, when one of our steps wrote it */
static bool moved_by_us(struct app_op_aside_moved *out, slu_str log)
{
	static const char by[] = "sluice: ";
	slu_str line, last = { 0 }, word;
	while (slu_str_split(&log, '\n', &line))
		last = line.n ? line : last;
	const char *tab = last.n ? memchr(last.p, '\t', last.n) : NULL;
	if (!tab || !slu_str_starts((slu_str){ tab + 1, (size_t)(last.p + last.n - tab - 1) }, by))
		return false;
	out->by = (slu_str){ tab + 1 + strlen(by), (size_t)(last.p + last.n - tab - 1) - strlen(by) };
	return slu_str_split(&last, ' ', &word) && slu_oid_parse(&out->old, word, NULL) == SLU_OK && slu_str_split(&last, ' ', &word) && slu_oid_parse(&out->now, word, NULL) == SLU_OK;
}

/* One that ended, and is written down as it should be. */
static bool is_known(const struct flow_op *log, size_t n, slu_str ref, const slu_oid *now)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < log[i].ref.n; k++)
			if (slu_str_eq(log[i].ref.v[k].name, ref) && (slu_oid_eq(&log[i].ref.v[k].new_, now) || slu_oid_eq(&log[i].ref.v[k].old, now)))
				return true;
	return false;
}

static slu_rc find_moved(struct app_op_aside *out, struct app_op_world *w, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	const struct flow_op *log = NULL;
	size_t n = 0, log_n = 0;
	SLU_TRY(app_op_log(&log, &log_n, w->a, w->clone, err));
	SLU_TRY(w->git->ops->refs(w->git, w->a, slu_s(heads), &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct app_op_aside_moved m = { .branch = { ref[i].name.p + strlen(heads), ref[i].name.n - strlen(heads) } };
		slu_str text = { 0 };
		bool found = false;
		SLU_TRY(w->clone->ops->log_get(w->clone, w->a, ref[i].name, &text, &found, err));
		if (found && moved_by_us(&m, text) && slu_oid_eq(&m.now, &ref[i].id) && !is_known(log, log_n, ref[i].name, &m.now))
			*SLU_ADD(w->a, &out->moved) = m;
	}
	return SLU_OK;
}

slu_rc app_op_set_aside(struct app_op_aside *out, bool dry, slu_str by, struct app_op_world *w, slu_err *err)
{
	struct flow_op op = { .command = SLU_STR("abort --discard: what was under way could not be read"), .by = by, .begun_s = w->now_s };
	SLU_TRY(app_op_number(&op, w, err)); /* that which cannot be read had this one: the next gets another, and other work trees */
	const char *name = slu_printf(w->a, "op-unreadable-%llu.json", (unsigned long long)op.id);
	*out = (struct app_op_aside){ .kept = w->clone->ops->place(w->clone, w->a, name) };
	SLU_TRY(find_moved(out, w, err));
	SLU_TRY(keep_held(out, op.id, dry, w, err));
	SLU_TRY(look_at_trees(out, dry, w, err));
	if (dry)
		return SLU_OK;
	SLU_TRY(w->clone->ops->put_aside(w->clone, app_op_under_way, name, err));
	return app_op_end(&op, w, FLOW_OP_ABORTED, err);
}
