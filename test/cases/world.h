/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A small world in memory, for judgements told in text: people, commits with files, branches, changes, reviews, checks.
 *
 * Commits have labels; a tree is a list of files, and merging is the usual three-way merge of whole files. Object ids are made
 * from labels and from trees, so that equal trees have equal ids. Included by the runner of the cases and by its fuzz target.
 */
#ifndef TEST_CASES_WORLD_H
#define TEST_CASES_WORLD_H
#include "base/quantity.h"
#include "policy/pol.h"
#include "scan/scan.h"

#include <stdio.h>
#include <stdlib.h>

enum { W_MAX_PARENTS = 8, W_MAX_WORDS = 64 };

struct w_file {
	slu_str path, content;
};
struct w_commit {
	slu_str label;
	slu_oid id, tree;
	struct w_commit *parent[W_MAX_PARENTS];
	slu_oid parent_id[W_MAX_PARENTS];
	size_t parent_n;
	SLU_LIST(struct w_file) file;
	slu_str message;
	int64_t time_s;
};
struct w_ref {
	slu_str name;
	struct w_commit *at;
	slu_oid object; /* of a tag: the tag object, or the commit */
	bool annotated, of_tag;
	slu_str says;
};
struct w_person {
	slu_str name, email;
	struct pol_person p;
};
struct w_ticked {
	slu_str version;
	struct pol_release_box box;
};
struct w_review {
	uint64_t change;
	struct pol_review r;
};
struct w_check {
	slu_oid commit;
	slu_str name;
	struct pol_check k;
};
struct w_signature {
	slu_oid id;
	struct pol_signature s;
};
struct w_emergency {
	uint64_t change;
	struct pol_emergency e;
};
struct w_deployment {
	slu_str environment;
	struct pol_deployment d;
};
struct world {
	slu_arena *a;
	const strat *s;
	slu_str strategy;
	int64_t now_s;
	SLU_LIST(struct w_commit *) commit;
	SLU_LIST(struct w_ref) branch;
	SLU_LIST(struct w_ref) tag;
	SLU_LIST(struct w_person) person;
	SLU_LIST(struct pol_change) change;
	SLU_LIST(struct w_ticked) ticked;
	SLU_LIST(struct w_review) review;
	SLU_LIST(struct w_check) check;
	SLU_LIST(struct w_signature) signature;
	SLU_LIST(struct w_emergency) emergency;
	SLU_LIST(struct w_deployment) deployment;
	SLU_LIST(slu_str) secret;
	struct pol_facts facts;
};

/* ---- ids and trees --------------------------------------------------------------------------------------------------- */

static inline slu_oid w_id(slu_str text)
{
	slu_oid o = { "" };
	uint64_t h = 1469598103934665603u;
	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * 1099511628211u;
	for (size_t i = 0; i < 40; i++) {
		h = (h ^ (h >> 29) ^ i) * 0x9e3779b97f4a7c15u;
		o.hex[i] = "0123456789abcdef"[h >> 60];
	}
	return o;
}

static inline int w_by_path(const void *x, const void *y)
{
	return slu_str_cmp(((const struct w_file *)x)->path, ((const struct w_file *)y)->path);
}

static inline void w_seal_tree(struct world *w, struct w_commit *c)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1024 * 1024);
	if (c->file.n)
		qsort(c->file.v, c->file.n, sizeof *c->file.v, w_by_path);
	for (size_t i = 0; i < c->file.n; i++)
		slu_buf_addf(&b, "%.*s=%.*s\n", SLU_FMT(c->file.v[i].path), SLU_FMT(c->file.v[i].content));
	slu_buf_adds(&b, "tree");
	c->tree = w_id(slu_buf_str(&b));
	(void)w;
}

static inline const struct w_file *w_file_of(const struct w_commit *c, slu_str path)
{
	for (size_t i = 0; c && i < c->file.n; i++)
		if (slu_str_eq(c->file.v[i].path, path))
			return &c->file.v[i];
	return NULL;
}

static inline void w_set_file(struct world *w, struct w_commit *c, slu_str path, slu_str content)
{
	for (size_t i = 0; i < c->file.n; i++)
		if (slu_str_eq(c->file.v[i].path, path)) {
			c->file.v[i].content = content;
			return;
		}
	*SLU_ADD(w->a, &c->file) = (struct w_file){ path, content };
}

static inline void w_drop_file(struct w_commit *c, slu_str path)
{
	for (size_t i = 0; i < c->file.n; i++)
		if (slu_str_eq(c->file.v[i].path, path))
			c->file.v[i] = c->file.v[--c->file.n];
}

/* ---- history ----------------------------------------------------------------------------------------------------------- */

static inline struct w_commit *w_label(const struct world *w, slu_str label)
{
	for (size_t i = 0; i < w->commit.n; i++)
		if (slu_str_eq(w->commit.v[i]->label, label))
			return w->commit.v[i];
	return NULL;
}

static inline struct w_commit *w_commit_of(const struct world *w, const slu_oid *id)
{
	for (size_t i = 0; i < w->commit.n; i++)
		if (slu_oid_eq(&w->commit.v[i]->id, id))
			return w->commit.v[i];
	return NULL;
}

/* Parents are made before their children: one pass from the newest reaches everything. */
static inline void w_reach(const struct world *w, const struct w_commit *tip, bool *seen)
{
	for (size_t i = w->commit.n; i > 0; i--) {
		const struct w_commit *c = w->commit.v[i - 1];
		if (c == tip)
			seen[i - 1] = true;
		for (size_t p = 0; seen[i - 1] && p < c->parent_n; p++)
			for (size_t k = 0; k + 1 < i; k++)
				if (w->commit.v[k] == c->parent[p])
					seen[k] = true;
	}
}

static inline const struct w_commit *w_merge_base(const struct world *w, const struct w_commit *x, const struct w_commit *y)
{
	bool *of_x = SLU_NEW_N(w->a, bool, w->commit.n + 1), *of_y = SLU_NEW_N(w->a, bool, w->commit.n + 1);
	w_reach(w, x, of_x);
	w_reach(w, y, of_y);
	for (size_t i = w->commit.n; i > 0; i--)
		if (of_x[i - 1] && of_y[i - 1])
			return w->commit.v[i - 1];
	return NULL;
}

static inline bool w_same(const struct w_file *x, const struct w_file *y)
{
	return (!x && !y) || (x && y && slu_str_eq(x->content, y->content));
}

/* Three-way merge of whole files into `out`; false: a conflict. */
static inline bool w_merge(struct world *w, const struct w_commit *ours, const struct w_commit *theirs, struct w_commit *out)
{
	const struct w_commit *base = w_merge_base(w, ours, theirs);
	const struct w_commit *const all[] = { ours, theirs };
	bool clean = true;
	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < all[side]->file.n; i++) {
			slu_str path = all[side]->file.v[i].path;
			const struct w_file *o = w_file_of(ours, path), *t = w_file_of(theirs, path), *b = w_file_of(base, path);
			const struct w_file *take = w_same(o, b) ? t : o;
			clean = clean && (w_same(o, b) || w_same(t, b) || w_same(o, t));
			if (take)
				w_set_file(w, out, path, take->content);
		}
	w_seal_tree(w, out);
	return clean;
}

/* ---- the functions of the facts ------------------------------------------------------------------------------------------ */

static inline slu_rc w_person(void *ctx, slu_arena *a, slu_str name, struct pol_person *out, slu_err *err)
{
	struct world *w = ctx;
	(void)a, (void)err;
	*out = (struct pol_person){ 0 };
	for (size_t i = 0; i < w->person.n; i++)
		if (slu_str_eq(w->person.v[i].name, name))
			*out = w->person.v[i].p;
	return SLU_OK;
}

static inline slu_rc w_find_ref(void *ctx, slu_arena *a, slu_str full, slu_oid *out, slu_err *err)
{
	struct world *w = ctx;
	(void)a, (void)err;
	*out = slu_oid_zero();
	for (size_t i = 0; slu_str_starts(full, "refs/heads/") && i < w->branch.n; i++)
		if (slu_str_eq(w->branch.v[i].name, (slu_str){ full.p + 11, full.n - 11 }))
			*out = w->branch.v[i].object;
	for (size_t i = 0; slu_str_starts(full, "refs/tags/") && i < w->tag.n; i++)
		if (slu_str_eq(w->tag.v[i].name, (slu_str){ full.p + 10, full.n - 10 }))
			*out = w->tag.v[i].object;
	return SLU_OK;
}

static inline void w_list(const struct w_ref *ref, size_t n, slu_arena *a, const slu_str **name, const slu_oid **id)
{
	slu_str *names = SLU_NEW_N(a, slu_str, n + 1);
	slu_oid *ids = SLU_NEW_N(a, slu_oid, n + 1);
	for (size_t i = 0; i < n; i++) {
		names[i] = ref[i].name;
		ids[i] = ref[i].at->id;
	}
	*name = names;
	*id = ids;
}

static inline slu_rc w_branches(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **head, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	(void)err;
	w_list(w->branch.v, w->branch.n, a, name, head);
	*n = w->branch.n;
	return SLU_OK;
}

static inline slu_rc w_tags(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **id, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	(void)err;
	w_list(w->tag.v, w->tag.n, a, name, id);
	*n = w->tag.n;
	return SLU_OK;
}

static inline slu_rc w_get_commit(void *ctx, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err)
{
	const struct w_commit *c = w_commit_of(ctx, id);
	(void)a;
	if (!c)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no commit %s.", id->hex);
	*out = (struct pol_commit){ .id = c->id, .tree = c->tree, .parent = c->parent_id, .parent_n = c->parent_n, .message = c->message, .author_time_s = c->time_s, .commit_time_s = c->time_s };
	return SLU_OK;
}

static inline slu_rc w_get_tag(void *ctx, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err)
{
	struct world *w = ctx;
	(void)a, (void)err;
	*out = (struct pol_tag){ .commit = w_commit_of(w, id) ? *id : slu_oid_zero() };
	for (size_t i = 0; i < w->tag.n; i++)
		if (slu_oid_eq(&w->tag.v[i].object, id) && w->tag.v[i].annotated)
			*out = (struct pol_tag){ .annotated = true, .of_tag = w->tag.v[i].of_tag, .commit = w->tag.v[i].at->id, .name = w->tag.v[i].says };
	return SLU_OK;
}

static inline slu_rc w_is_ancestor(void *ctx, slu_arena *a, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err)
{
	struct world *w = ctx;
	const struct w_commit *x = w_commit_of(w, anc), *y = w_commit_of(w, of);
	if (!x || !y)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no commit %s.", x ? of->hex : anc->hex);
	bool *seen = SLU_NEW_N(a, bool, w->commit.n + 1);
	w_reach(w, y, seen);
	*out = false;
	for (size_t i = 0; i < w->commit.n; i++)
		*out = *out || (seen[i] && w->commit.v[i] == x);
	return SLU_OK;
}

static inline bool *w_beyond(const struct world *w, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n)
{
	bool *in = SLU_NEW_N(a, bool, w->commit.n + 1), *out = SLU_NEW_N(a, bool, w->commit.n + 1);
	w_reach(w, w_commit_of(w, tip), in);
	for (size_t i = 0; i < not_n; i++)
		w_reach(w, w_commit_of(w, &not_[i]), out);
	for (size_t i = 0; i < w->commit.n; i++)
		in[i] = in[i] && !out[i];
	return in;
}

static inline slu_rc w_range(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	if (!w_commit_of(w, tip))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no commit %s.", tip->hex);
	const bool *in = w_beyond(w, a, tip, not_, not_n);
	slu_oid *ids = SLU_NEW_N(a, slu_oid, w->commit.n + 1);
	*n = 0;
	for (size_t i = w->commit.n; i > 0; i--)
		if (in[i - 1])
			ids[(*n)++] = w->commit.v[i - 1]->id;
	*out = ids;
	return *n <= max ? SLU_OK : slu_fail(err, SLU_E_LIMIT, "There are more than %zu.", max);
}

static inline slu_rc w_files(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	SLU_LIST(struct pol_file) list = { 0 };
	(void)err;
	const bool *in = w_beyond(w, a, tip, not_, not_n);
	for (size_t i = 0; i < w->commit.n; i++)
		for (size_t k = 0; in[i] && k < w->commit.v[i]->file.n; k++) {
			const struct w_commit *c = w->commit.v[i];
			const struct w_file *f = &c->file.v[k];
			bool known = false;
			for (size_t p = 0; p < c->parent_n; p++)
				known = known || w_same(w_file_of(c->parent[p], f->path), f);
			int64_t size = (int64_t)f->content.n;
			if (slu_str_starts(f->content, "size:"))
				(void)!slu_size_parse(&size, (slu_str){ f->content.p + 5, f->content.n - 5 }, NULL);
			bool submodule = slu_str_is(f->content, "submodule:");
			if (!known)
				*SLU_ADD(a, &list) = (struct pol_file){ .path = f->path, .blob = submodule ? slu_oid_zero() : w_id(f->content), .size = submodule ? -1 : size, .commit = c->id, .submodule = submodule };
		}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/** So that no token stands in a case, not even an invented one: a `~` in a file is left out before it is looked through. */
static inline slu_rc w_secrets(void *ctx, slu_arena *a, const struct pol_file *file, size_t file_n, const struct pol_secret **out, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	const scan *rules = scan_new(a);
	struct scan_hit *hit = SLU_NEW_N(a, struct scan_hit, 16);
	SLU_LIST(struct pol_secret) list = { 0 };
	(void)err;
	for (size_t i = 0; i < file_n; i++) {
		const struct w_commit *c = w_commit_of(w, &file[i].commit);
		const struct w_file *f = c ? w_file_of(c, file[i].path) : NULL;
		slu_buf text;
		slu_buf_init(&text, 1024 * 1024);
		for (size_t k = 0; f && k < f->content.n; k++)
			if (f->content.p[k] != '~')
				slu_buf_addc(&text, f->content.p[k] == '^' ? '\n' : f->content.p[k]);
		size_t found = scan_text(rules, slu_buf_str(&text), hit, 16);
		for (size_t k = 0; k < found; k++)
			*SLU_ADD(a, &list) = (struct pol_secret){ file[i].path, file[i].commit, hit[k].rule->id, hit[k].rule->title, hit[k].line, hit[k].allowed, slu_strdup(a, hit[k].print) };
		slu_buf_release(&text);
		if (!scan_name(file[i].path) || file[i].size == 0)
			continue;
		char *print = slu_alloc(a, SCAN_PRINT);
		scan_name_print(print, file[i].path);
		*SLU_ADD(a, &list) = (struct pol_secret){ file[i].path, file[i].commit, "file-name", scan_name(file[i].path), 0, false, print };
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

static inline slu_rc w_merge_tree(void *ctx, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, bool *clean, slu_err *err)
{
	struct world *w = ctx;
	const struct w_commit *o = w_commit_of(w, ours), *t = w_commit_of(w, theirs);
	struct w_commit made = { 0 };
	(void)a;
	if (!o || !t)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no such commit to merge.");
	*clean = w_merge(w, o, t, &made);
	*tree = made.tree;
	return SLU_OK;
}

static inline slu_rc w_get_change(void *ctx, slu_arena *a, uint64_t number, struct pol_change *out, slu_err *err)
{
	struct world *w = ctx;
	for (size_t i = 0; i < w->change.n; i++) {
		if (w->change.v[i].number != number)
			continue;
		struct pol_change c = w->change.v[i];
		SLU_TRY(w_find_ref(w, a, slu_s(slu_printf(a, "refs/heads/%.*s", SLU_FMT(c.source))), &c.head, err));
		SLU_TRY(w_find_ref(w, a, slu_s(slu_printf(a, "refs/heads/%.*s", SLU_FMT(c.target))), &c.target_head, err));
		c.head_known = !slu_oid_is_zero(&c.head);
		*out = c;
		return SLU_OK;
	}
	return slu_fail(err, SLU_E_NOT_FOUND, "There is no change %llu.", (unsigned long long)number);
}

static inline slu_rc w_open_changes(void *ctx, slu_arena *a, slu_str target, const uint64_t **out, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	uint64_t *list = SLU_NEW_N(a, uint64_t, w->change.n + 1);
	(void)err;
	*n = 0;
	for (size_t i = 0; i < w->change.n; i++)
		if (w->change.v[i].state == POL_CHANGE_OPEN && (target.n == 0 || slu_str_eq(w->change.v[i].target, target)))
			list[(*n)++] = w->change.v[i].number;
	*out = list;
	return SLU_OK;
}

static inline slu_rc w_merged(void *ctx, slu_arena *a, const struct pol_change **out, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	struct pol_change *list = SLU_NEW_N(a, struct pol_change, w->change.n + 1);
	(void)err;
	*n = 0;
	for (size_t i = 0; i < w->change.n; i++)
		if (w->change.v[i].state == POL_CHANGE_MERGED)
			list[(*n)++] = w->change.v[i];
	*out = list;
	return SLU_OK;
}

static inline slu_rc w_boxes(void *ctx, slu_arena *a, slu_str version, const struct pol_release_box **out, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	struct pol_release_box *list = SLU_NEW_N(a, struct pol_release_box, w->ticked.n + 1);
	(void)err;
	*n = 0;
	for (size_t i = 0; i < w->ticked.n; i++)
		if (slu_str_eq(w->ticked.v[i].version, version))
			list[(*n)++] = w->ticked.v[i].box;
	*out = list;
	return SLU_OK;
}

static inline slu_rc w_reviews(void *ctx, slu_arena *a, uint64_t change, const struct pol_review **out, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	struct pol_review *list = SLU_NEW_N(a, struct pol_review, w->review.n + 1);
	(void)err;
	*n = 0;
	for (size_t i = 0; i < w->review.n; i++)
		if (w->review.v[i].change == change)
			list[(*n)++] = w->review.v[i].r;
	*out = list;
	return SLU_OK;
}

static inline slu_rc w_get_signature(void *ctx, slu_arena *a, const slu_oid *id, const struct pol_signers *by, int64_t now_s, struct pol_signature *out, slu_err *err)
{
	const struct world *w = ctx;
	(void)a, (void)by, (void)now_s, (void)err;
	*out = (struct pol_signature){ POL_NOT_SIGNED, { "", 0 } };
	for (size_t i = 0; i < w->signature.n; i++)
		if (slu_oid_eq(&w->signature.v[i].id, id))
			*out = w->signature.v[i].s;
	return SLU_OK;
}

static inline slu_rc w_get_check(void *ctx, slu_arena *a, const slu_oid *commit, slu_str name, struct pol_check *out, slu_err *err)
{
	struct world *w = ctx;
	(void)a, (void)err;
	*out = (struct pol_check){ .state = POL_CHECK_MISSING };
	for (size_t i = 0; i < w->check.n; i++)
		if (slu_oid_eq(&w->check.v[i].commit, commit) && slu_str_eq(w->check.v[i].name, name))
			*out = w->check.v[i].k;
	return SLU_OK;
}

static inline slu_rc w_get_emergency(void *ctx, slu_arena *a, uint64_t change, struct pol_emergency *out, slu_err *err)
{
	struct world *w = ctx;
	(void)a, (void)err;
	*out = (struct pol_emergency){ 0 };
	for (size_t i = 0; i < w->emergency.n; i++)
		if (w->emergency.v[i].change == change)
			*out = w->emergency.v[i].e;
	return SLU_OK;
}

static inline slu_rc w_get_deployment(void *ctx, slu_arena *a, slu_str environment, slu_str version, struct pol_deployment *out, slu_err *err)
{
	struct world *w = ctx;
	(void)a, (void)err;
	*out = (struct pol_deployment){ 0 };
	for (size_t i = 0; i < w->deployment.n; i++)
		if (slu_str_eq(w->deployment.v[i].environment, environment) && (version.n == 0 || slu_str_eq(w->deployment.v[i].d.version, version)))
			*out = w->deployment.v[i].d;
	return SLU_OK;
}

static inline slu_rc w_secret(void *ctx, slu_arena *a, slu_str name, bool *there, slu_str *file, slu_err *err)
{
	const struct world *w = ctx;
	(void)err;
	*there = false;
	for (size_t i = 0; i < w->secret.n; i++)
		*there = *there || slu_str_eq(w->secret.v[i], name);
	*file = slu_s(slu_printf(a, "secrets/acme/app/%.*s", SLU_FMT(name)));
	return SLU_OK;
}

static inline slu_rc w_file_at(void *ctx, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err)
{
	const struct w_file *f = w_file_of(w_commit_of(ctx, commit), path);
	(void)a, (void)err;
	*found = f != NULL;
	*text = f ? f->content : SLU_STR("");
	return SLU_OK;
}

static inline void w_differ(const struct w_commit *from, const struct w_commit *to, slu_str *list, size_t *n)
{
	const struct w_commit *const all[] = { from, to };
	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; all[side] && i < all[side]->file.n; i++) {
			slu_str path = all[side]->file.v[i].path;
			bool there = w_same(w_file_of(from, path), w_file_of(to, path));
			for (size_t k = 0; k < *n; k++)
				there = there || slu_str_eq(list[k], path);
			if (!there)
				list[(*n)++] = path;
		}
}

static inline slu_rc w_paths(void *ctx, slu_arena *a, const slu_oid *from, const slu_oid *to, bool merge, const slu_str **out, size_t *n, slu_err *err)
{
	struct world *w = ctx;
	const struct w_commit *x = w_commit_of(w, from), *y = w_commit_of(w, to);
	struct w_commit made = { 0 };
	if (!y || (!x && !slu_oid_is_zero(from)))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no such commit to compare.");
	const struct w_commit *base = merge && x ? w_merge_base(w, x, y) : x;
	if (merge && x)
		(void)w_merge(w, x, y, &made);
	slu_str *list = SLU_NEW_N(a, slu_str, (x ? x->file.n : 0) + y->file.n + (base ? base->file.n : 0) + made.file.n + 1);
	*n = 0;
	w_differ(base, y, list, n);
	if (merge && x)
		w_differ(x, &made, list, n);
	*out = list;
	return SLU_OK;
}

static inline slu_rc w_by_email(void *ctx, slu_arena *a, slu_str email, const slu_str **name, size_t *n, slu_err *err)
{
	const struct world *w = ctx;
	slu_str *list = SLU_NEW_N(a, slu_str, w->person.n + 1);
	(void)err;
	*n = 0;
	for (size_t i = 0; i < w->person.n; i++)
		if (slu_str_eq(w->person.v[i].email, email))
			list[(*n)++] = w->person.v[i].name;
	*name = list;
	return SLU_OK;
}

static inline void w_init(struct world *w, slu_arena *a)
{
	*w = (struct world){ .a = a, .now_s = 1767603600 /* 2026-01-05T09:00:00Z */ };
	w->facts = (struct pol_facts){ .ctx = w, .person = w_person, .ref = w_find_ref, .branches = w_branches, .commit = w_get_commit, .tag = w_get_tag, .is_ancestor = w_is_ancestor,
		.range = w_range, .files = w_files, .secrets = w_secrets, .signature = w_get_signature, .merge_tree = w_merge_tree, .change = w_get_change, .open_changes = w_open_changes, .merged = w_merged, .reviews = w_reviews, .release_boxes = w_boxes, .check = w_get_check,
		.emergency = w_get_emergency, .deployment = w_get_deployment, .secret = w_secret, .paths = w_paths, .by_email = w_by_email, .file_at = w_file_at, .tags = w_tags };
}
#endif
