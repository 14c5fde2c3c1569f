/* SPDX-License-Identifier: Apache-2.0 */
#include "app/release_files.h"

#include "base/quantity.h"
#include "policy/next.h"
#include "version/version_file.h"

struct edits {
	struct port_git_file_edit *v;
	size_t n;
};

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

static slu_rc write_version(struct edits *e, const struct app_release_files *w, const struct flow_plan *p, const slu_oid *parent, slu_err *err)
{
	const struct strat_releases *rel = &w->s->releases;
	for (size_t i = 0; i < rel->version_file_n; i++) {
		const struct strat_version_file *f = &rel->version_file[i];
		const char *name = slu_str_dup(w->a, f->file);
		slu_str old = { 0 }, text = { 0 };
		bool found = false;
		SLU_TRY(w->git->ops->file_at(w->git, w->a, parent, f->file, &old, &found, err));
		if (f->pointer.n)
			SLU_TRY(ver_file_in_json(&text, w->a, old, f->pointer, slu_s(p->version), name, err));
		else
			SLU_TRY(ver_file_in_text(&text, w->a, old, f->text, slu_s(p->version), name, err));
		SLU_TRY(edit(e, w, parent, f->file, text, err));
	}
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

slu_rc app_release_tree(slu_oid *tree, bool *differs, slu_str *section, const struct app_release_files *w, const struct flow_plan *p, const slu_oid *parent, bool version_files, slu_err *err)
{
	struct edits e = { .v = SLU_NEW_N(w->a, struct port_git_file_edit, w->s->releases.version_file_n + 2) };
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

slu_rc app_release_says(const struct app_release_files *w, slu_str version, const slu_oid *commit, slu_err *err)
{
	for (size_t i = 0; i < w->s->releases.version_file_n; i++) {
		const struct strat_version_file *f = &w->s->releases.version_file[i];
		const char *name = slu_str_dup(w->a, f->file);
		slu_str text = { 0 }, said = { 0 };
		bool found = false;
		SLU_TRY(w->git->ops->file_at(w->git, w->a, commit, f->file, &text, &found, err));
		SLU_TRY(ver_file_says(&said, found ? text : (slu_str){ 0 }, f->text, f->pointer, name, err));
		if (!slu_str_eq(said, version))
			return slu_fail(err, SLU_E_CONFLICT, "%s says %.*s, and the version is %.*s (releases.version-files).", name, SLU_FMT(said), SLU_FMT(version));
	}
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
