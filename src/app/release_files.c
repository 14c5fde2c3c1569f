/* SPDX-License-Identifier: Apache-2.0 */
#include "app/release_files.h"

#include "base/quantity.h"
#include "policy/next.h"
#include "version/version_file.h"

struct edits { struct port_git_file_edit *v; size_t n; };

/* Add the file when it differs from what stands at `parent`. */
static slu_rc edit(struct edits *e, const struct app_release_files *w, const slu_oid *parent, slu_str path, slu_str text, slu_err *err)
{
	slu_str old = { 0 };
	bool found = false;
	SLU_TRY(w->git->ops->file_at(w->git, w->a, parent, path, &old, &found, err));
	if (!found || !slu_str_eq(old, text))
		e->v[e->n++] = (struct port_git_file_edit){ .path = path, .text = text };
	return SLU_OK;
}

static slu_rc write_one(struct edits *e, const struct app_release_files *w, const struct strat_version_file *f, slu_str version, const slu_oid *parent, slu_err *err)
{
	const char *name = slu_str_dup(w->a, f->file);
	slu_str old = { 0 }, text = { 0 };
	bool found = false;
	SLU_TRY(w->git->ops->file_at(w->git, w->a, parent, f->file, &old, &found, err));
	SLU_TRY(ver_file_write(&text, w->a, old, &(struct ver_file){ f->text, f->pointer, f->mark }, version, name, err));
	return edit(e, w, parent, f->file, text, err);
}

static slu_rc write_version(struct edits *e, const struct app_release_files *w, const struct flow_plan *p, const slu_oid *parent, slu_err *err)
{
	const struct strat_releases *rel = &w->s->releases;
	for (size_t i = 0; i < rel->version_file_n; i++)
		SLU_TRY(write_one(e, w, &rel->version_file[i], slu_s(p->version), parent, err));
	return SLU_OK;
}

/* Commits of the release: reachable from `tip`, and in no release of its line. */
static slu_rc entries(struct pol_since *out, const struct app_release_files *w, const struct flow_plan *p, const slu_oid *tip, slu_err *err)
{
	struct strat_captures caps = { 0 };
	struct pol_releases released;
	int kind = strat_branch_kind(w->s, slu_s(p->target_branch), &caps);
	SLU_TRY(pol_releases(&released, w->a, w->s, w->facts, STRAT_TAG_RELEASE, kind == STRAT_NONE ? (slu_str){ 0 } : pol_line_of(w->a, &w->s->branch[kind], &caps), err));
	return pol_since(out, w->a, w->facts, &released, tip, NULL, err);
}

/* The date of a section that stands there already is kept: the step can be repeated without a new commit. */
static slu_str date_of(slu_arena *a, slu_str file, const char *version, int64_t now_s)
{
	char now[SLU_TIME_TEXT];
	slu_str rest = file, line;
	while (slu_str_split(&rest, '\n', &line)) {
		const char *hit = slu_str_starts(line, "## ") ? memmem(line.p, line.n, version, strlen(version)) : NULL;
		for (const char *p = hit ? hit + strlen(version) : NULL; p && p + 10 <= line.p + line.n; p++) {
			slu_str date = { p, 10 };
			int64_t t;
			if (slu_date_parse(&t, date, NULL) == SLU_OK)
				return date;
		}
	}
	(void)slu_time_text(now_s, now);
	return slu_s(slu_strndup(a, now, 10));
}

static slu_rc write_changelog(struct edits *e, slu_str *section, const struct app_release_files *w, const struct flow_plan *p, const slu_oid *parent, slu_err *err)
{
	slu_str name = w->s->releases.changelog, old = { 0 };
	struct pol_since since;
	bool found = false;
	char *text = NULL;
	SLU_TRY(w->git->ops->file_at(w->git, w->a, parent, name, &old, &found, err));
	SLU_TRY(entries(&since, w, p, parent, err));
	struct ver_changelog c = pol_changelog(w->a, w->s, slu_s(p->version), date_of(w->a, old, p->version, w->now_s));
	*section = slu_s(ver_changelog_section(w->a, &c, since.e, since.n));
	SLU_TRY(ver_changelog_put(&text, w->a, old, c.version, *section, err));
	return edit(e, w, parent, name, slu_s(text), err);
}

static struct edits room(const struct app_release_files *w)
{
	return (struct edits){ .v = SLU_NEW_N(w->a, struct port_git_file_edit, w->s->releases.version_file_n + 2) };
}

slu_rc app_release_tree(slu_oid *tree, bool *differs, slu_str *section, const struct app_release_files *w, const struct flow_plan *p, const slu_oid *parent, bool version_files, slu_err *err)
{
	struct edits e = room(w);
	slu_str text = { "", 0 };
	if (version_files)
		SLU_TRY(write_version(&e, w, p, parent, err));
	if (w->s->releases.changelog.n)
		SLU_TRY(write_changelog(&e, &text, w, p, parent, err));
	if (e.n)
		SLU_TRY(w->git->ops->tree_edit(w->git, w->a, parent, e.v, e.n, tree, err));
	*differs = e.n > 0;
	*section = text;
	return SLU_OK;
}

static slu_rc said_by(slu_str *out, const struct app_release_files *w, const struct strat_version_file *f, const slu_oid *commit, slu_err *err)
{
	slu_str text = { 0 };
	bool found = false;
	SLU_TRY(w->git->ops->file_at(w->git, w->a, commit, f->file, &text, &found, err));
	return ver_file_says(out, found ? text : (slu_str){ 0 }, &(struct ver_file){ f->text, f->pointer, f->mark }, slu_str_dup(w->a, f->file), err);
}

slu_rc app_release_says(const struct app_release_files *w, slu_str version, const slu_oid *commit, slu_err *err)
{
	for (size_t i = 0; i < w->s->releases.version_file_n; i++) {
		const struct strat_version_file *f = &w->s->releases.version_file[i];
		slu_str said = { 0 };
		SLU_TRY(said_by(&said, w, f, commit, err));
		if (!slu_str_eq(said, version))
			return slu_fail(err, SLU_E_CONFLICT, "%.*s says %.*s, and the version is %.*s (releases.version-files).", SLU_FMT(f->file), SLU_FMT(said), SLU_FMT(version));
	}
	return SLU_OK;
}

/* The section of a version with its heading, as it stands in the file; n == 0: there is none. */
static slu_str section_of(slu_str file, slu_str version)
{
	slu_str body = ver_changelog_get(file, version), rest = file, line;
	const char *from = NULL;
	while (body.n && slu_str_split(&rest, '\n', &line) && line.p < body.p)
		from = slu_str_starts(line, "## ") ? line.p : from;
	return from ? (slu_str){ from, (size_t)(body.p + body.n - from) } : (slu_str){ 0 };
}

static slu_rc alike_changelog(struct edits *own, struct edits *other, const struct app_release_files *w, slu_str version, const slu_oid *ours, const slu_oid *theirs, slu_err *err)
{
	slu_str name = w->s->releases.changelog, mine = { 0 }, its = { 0 };
	char *both = NULL;
	bool found = false;
	SLU_TRY(w->git->ops->file_at(w->git, w->a, ours, name, &mine, &found, err));
	SLU_TRY(w->git->ops->file_at(w->git, w->a, theirs, name, &its, &found, err));
	slu_str section = section_of(its, version);
	if (section.n == 0)
		return SLU_OK;
	SLU_TRY(ver_changelog_put(&both, w->a, mine, version, slu_s(slu_printf(w->a, "%.*s\n", SLU_FMT(section))), err));
	SLU_TRY(edit(own, w, ours, name, slu_s(both), err));
	return edit(other, w, theirs, name, slu_s(both), err);
}

/* What makes two branches alike where releases write: `other` gets the versions of `ours`, and both the changelog of `ours` with the section of this version out of `theirs`. */
static slu_rc alike(struct edits *own, struct edits *other, const struct app_release_files *w, slu_str version, const slu_oid *ours, const slu_oid *theirs, slu_err *err)
{
	struct edits mine = room(w), its = room(w);
	for (size_t i = 0; i < w->s->releases.version_file_n; i++) {
		const struct strat_version_file *f = &w->s->releases.version_file[i];
		slu_str said = { 0 };
		SLU_TRY(said_by(&said, w, f, ours, err));
		SLU_TRY(write_one(&its, w, f, said, theirs, err));
	}
	if (w->s->releases.changelog.n && version.n)
		SLU_TRY(alike_changelog(&mine, &its, w, version, ours, theirs, err));
	*own = mine;
	*other = its;
	return SLU_OK;
}

static bool written_by_releases(const strat *s, slu_str path)
{
	bool is = slu_str_eq(path, s->releases.changelog);
	for (size_t i = 0; i < s->releases.version_file_n; i++)
		is = is || slu_str_eq(path, s->releases.version_file[i].file);
	return is;
}

/* A commit on `parent` with other files; it only serves to merge, and is not kept. */
static slu_rc beside(slu_oid *out, const struct app_release_files *w, const slu_oid *parent, const struct edits *e, slu_err *err)
{
	const struct port_git_ident nobody = { .name = SLU_STR("sluice"), .email = SLU_STR("sluice@localhost"), .time_s = 0 };
	slu_oid tree;
	*out = *parent;
	if (e->n == 0)
		return SLU_OK;
	SLU_TRY(w->git->ops->tree_edit(w->git, w->a, parent, e->v, e->n, &tree, err));
	return w->git->ops->commit_make(w->git, &tree, parent, 1, &nobody, &nobody, SLU_STR("beside\n"), out, err);
}

slu_rc app_release_settle(slu_oid *tree, bool *done, const struct app_release_files *w, slu_str version, const struct app_release_torn *t, slu_err *err)
{
	struct edits own, other;
	const struct port_git_conflict *c = NULL;
	slu_oid left, right, made;
	size_t n = 0;
	*done = false;
	for (size_t i = 0; i < t->n; i++)
		if (!written_by_releases(w->s, t->path[i]))
			return SLU_OK;
	if (alike(&own, &other, w, version, &t->ours, &t->theirs, err) != SLU_OK)
		return SLU_OK; /* a file that cannot be read so is for a person */
	SLU_TRY(beside(&left, w, &t->ours, &own, err));
	SLU_TRY(beside(&right, w, &t->theirs, &other, err));
	SLU_TRY(w->git->ops->merge_tree(w->git, w->a, &left, &right, &made, &c, &n, err));
	if (n == 0)
		*tree = made;
	*done = n == 0;
	return SLU_OK;
}

slu_str app_release_message(slu_arena *a, const char *version, bool version_files)
{
	return slu_s(slu_printf(a, version_files ? "chore: release %s\n" : "docs: bring the changelog of %s up to date\n", version));
}

slu_rc app_release_brings(const struct app_release_files *w, const struct flow_plan *p, const slu_oid *base, const slu_oid *target, slu_err *err)
{
	bool inside = false;
	for (size_t i = 0; i < p->step.n; i++)
		if (p->step.v[i].kind == FLOW_VERSION_FILE || p->step.v[i].kind == FLOW_CHANGELOG)
			return SLU_OK;
	if (!slu_oid_is_zero(target))
		SLU_TRY(w->git->ops->is_ancestor(w->git, base, target, &inside, err));
	if (inside)
		return slu_fail(err, SLU_E_INVALID, "There is nothing to release: %s has no commit that %s does not have.", p->base, p->target_branch);
	return SLU_OK;
}
