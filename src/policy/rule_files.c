/* SPDX-License-Identifier: Apache-2.0 */
/* Paths that never come in, by any branch or tag, and the largest file; every commit of a push counts, nobody is exempt. */
#include "base/map.h"
#include "policy/rule.h"

struct hit {
	const struct pol_file *file;
	const struct strat_forbid *forbid; /* NULL: too large */
};

enum { MAX_SHOWN = 5 };

/* A submodule is a folder, and brings all that is in it. */
static slu_str whole_path(slu_arena *a, const struct pol_file *f)
{
	return f->submodule ? slu_s(slu_printf(a, "%.*s/", SLU_FMT(f->path))) : f->path;
}

static const struct strat_forbid *forbidden(const struct strat_files *fs, slu_str path)
{
	for (size_t k = 0; k < fs->forbid_n; k++)
		if (pol_glob(fs->forbid[k].glob, path))
			return &fs->forbid[k];
	return NULL;
}

bool pol_path_forbidden(slu_arena *a, const strat *s, const struct pol_file *f)
{
	return forbidden(&s->files, whole_path(a, f)) != NULL;
}

/* Of thousands of commits most touch the same few hundred paths: each is held against the globs once. */
static size_t find(const struct pol_judge *j, const struct pol_file *file, size_t n, struct hit *hit)
{
	const struct strat_files *fs = &j->s->files;
	slu_map *fine = slu_map_new(j->a);
	size_t found = 0;
	for (size_t i = 0; i < n && found < MAX_SHOWN; i++) {
		if (slu_oid_is_zero(&file[i].blob) && !file[i].submodule)
			continue;
		slu_str path = whole_path(j->a, &file[i]);
		bool known = slu_map_get(fine, path) != NULL;
		const struct strat_forbid *by = known ? NULL : forbidden(fs, path);
		if (by)
			hit[found++] = (struct hit){ &file[i], by };
		else if (!known)
			slu_map_put(fine, path, fine);
		if (fs->max_size && file[i].size > fs->max_size && found < MAX_SHOWN)
			hit[found++] = (struct hit){ &file[i], NULL };
	}
	return found;
}

static void hit_row(struct pol_judge *j, const struct hit *h)
{
	const struct strat_files *fs = &j->s->files;
	const char *path = pol_z(j, h->file->path);
	bool staged = slu_oid_is_zero(&h->file->commit);
	const char *what = h->file->submodule ? ", a submodule," : "";
	const char *comes = staged ? "is staged" : POL_TEXT(j, "comes in with %s", pol_short(j, &h->file->commit));
	const char *remedy = POL_TEXT(j, "git rm --cached -- %s%s", pol_word(j, h->file->path), staged ? "" : ", then git commit --amend or git rebase");
	if (h->forbid)
		pol_add(j, NULL, (struct pol_row){ .rule = "files.forbid", .pos = h->forbid->pos, .state = POL_FAILED, .wanted = POL_TEXT(j, "no file %.*s", SLU_FMT(h->forbid->glob)),
			 .actual = POL_TEXT(j, "%s%s %s", path, what, comes), .remedy = remedy });
	else
		pol_add(j, NULL, (struct pol_row){ .rule = "files.max-size", .pos = fs->max_size_pos, .state = POL_FAILED, .wanted = POL_TEXT(j, "no file over %lld bytes", (long long)fs->max_size),
			 .actual = POL_TEXT(j, "%s has %lld bytes %s", path, (long long)h->file->size, staged ? "as staged" : POL_TEXT(j, "in %s", pol_short(j, &h->file->commit))), .remedy = remedy });
}

static void fine_rows(struct pol_judge *j)
{
	const struct strat_files *fs = &j->s->files;
	if (fs->forbid_n)
		pol_add(j, NULL, (struct pol_row){ .rule = "files.forbid", .pos = fs->forbid[0].pos, .state = POL_PASSED, .wanted = "no forbidden file", .actual = "none comes in" });
	if (fs->max_size)
		pol_add(j, NULL, (struct pol_row){ .rule = "files.max-size", .pos = fs->max_size_pos, .state = POL_PASSED, .wanted = POL_TEXT(j, "no file over %lld bytes", (long long)fs->max_size),
			 .actual = "none comes in" });
}

static slu_rc known(struct pol_judge *j, bool exact, slu_oid **not_, size_t *n, slu_err *err)
{
	SLU_TRY(pol_known_heads(j, exact && j->act->verb != POL_MERGE, not_, n, err));
	if (j->act->verb == POL_MERGE && !slu_oid_is_zero(&j->change.target_head))
		(*not_)[(*n)++] = j->change.target_head;
	return SLU_OK;
}

slu_rc pol_judge_paths(struct pol_judge *j, const struct pol_commit *c, slu_err *err)
{
	const struct strat_files *fs = &j->s->files;
	const struct pol_file *file = NULL;
	struct hit hit[MAX_SHOWN];
	size_t n = 0;
	if ((!fs->forbid_n && !fs->max_size) || !j->f->files)
		return SLU_OK;
	SLU_TRY(j->f->files(j->f->ctx, j->a, &c->id, c->parent, c->parent_n, &file, &n, err));
	size_t found = find(j, file, n, hit);
	for (size_t i = 0; i < found; i++)
		hit_row(j, &hit[i]);
	if (found == 0)
		fine_rows(j);
	return SLU_OK;
}

/* Few heads first, which is quick; when something is found, all heads, so that nothing is refused that is there already. */
static slu_rc judge_files(struct pol_judge *j, slu_err *err)
{
	const struct strat_files *fs = &j->s->files;
	const struct pol_file *file = NULL;
	struct hit hit[MAX_SHOWN];
	slu_oid *not_ = NULL;
	size_t not_n = 0, n = 0, found = 0;
	if ((!fs->forbid_n && !fs->max_size) || slu_oid_is_zero(&j->head) || !j->f->files)
		return SLU_OK;
	for (int exact = 0; exact < 2; exact++) {
		SLU_TRY(known(j, exact, &not_, &not_n, err));
		SLU_TRY(j->f->files(j->f->ctx, j->a, &j->head, not_, not_n, &file, &n, err));
		found = find(j, file, n, hit);
		if (found == 0)
			break;
	}
	for (size_t i = 0; i < found; i++)
		hit_row(j, &hit[i]);
	if (found == 0)
		fine_rows(j);
	return SLU_OK;
}

const struct pol_rule rule_files = {
	.name = "files",
	.summary = "Forbidden paths and files that are too large do not come in, in any commit of a push, whoever pushes.",
	.verbs = POL_BRINGS | POL_VERB(POL_TAG) | POL_VERB(POL_TAG_MOVE) | POL_VERB(POL_MERGE),
	.rank = 60,
	.judge = judge_files,
};
