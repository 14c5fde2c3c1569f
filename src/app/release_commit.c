/* SPDX-License-Identifier: Apache-2.0 */
/** The commit that a release adds to its branch: the version in its files and the changelog. */
#include "app/release_impl.h"
#include "base/quantity.h"
#include "policy/next.h"
#include "version/version_file.h"

struct edits {
	struct port_git_file_edit *v;
	size_t n;
};

slu_rc release_refs(struct flow_refs *out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct port_git_ref *heads, *tags;
	size_t heads_n, tags_n;
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/heads/"), &heads, &heads_n, err));
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/tags/"), &tags, &tags_n, err));
	struct flow_ref *v = SLU_NEW_N(u->a, struct flow_ref, heads_n + tags_n + 1);
	for (size_t i = 0; i < heads_n; i++)
		v[i] = (struct flow_ref){ heads[i].name, heads[i].id };
	for (size_t i = 0; i < tags_n; i++)
		v[heads_n + i] = (struct flow_ref){ tags[i].name, tags[i].peeled };
	*out = (struct flow_refs){ v, heads_n + tags_n };
	return SLU_OK;
}

/* Add the file when it differs from what stands at `parent`. */
static slu_rc edit(struct edits *e, struct app_unit *u, struct app_repo *r, const slu_oid *parent, slu_str path, slu_str text, slu_err *err)
{
	slu_str old = { 0 };
	bool found = false;
	SLU_TRY(r->git->ops->file_at(r->git, u->a, parent, path, &old, &found, err));
	if (!found || !slu_str_eq(old, text))
		e->v[e->n++] = (struct port_git_file_edit){ .path = path, .text = text };
	return SLU_OK;
}

static slu_rc write_version(struct edits *e, struct app_unit *u, struct app_repo *r, const struct flow_plan *p, const slu_oid *parent, slu_err *err)
{
	const struct strat_releases *rel = &r->strategy->releases;
	for (size_t i = 0; i < rel->version_file_n; i++) {
		const struct strat_version_file *f = &rel->version_file[i];
		const char *name = slu_str_dup(u->a, f->file);
		slu_str old = { 0 }, text = { 0 };
		bool found = false;
		SLU_TRY(r->git->ops->file_at(r->git, u->a, parent, f->file, &old, &found, err));
		if (f->pointer.n)
			SLU_TRY(ver_file_in_json(&text, u->a, old, f->pointer, slu_s(p->version), name, err));
		else
			SLU_TRY(ver_file_in_text(&text, u->a, old, f->text, slu_s(p->version), name, err));
		SLU_TRY(edit(e, u, r, parent, f->file, text, err));
	}
	return SLU_OK;
}

/* Commits of the release: reachable from `tip`, and in no release of its line. */
static slu_rc entries(struct pol_since *out, struct app_unit *u, struct app_repo *r, const struct flow_plan *p, const slu_oid *tip, slu_err *err)
{
	struct strat_captures caps = { 0 };
	struct pol_releases released;
	struct pol_facts f;
	int kind = strat_branch_kind(r->strategy, slu_s(p->target_branch), &caps);
	SLU_TRY(app_facts(&f, u, r, r->git, err));
	SLU_TRY(pol_releases(&released, u->a, r->strategy, &f, STRAT_TAG_RELEASE, kind == STRAT_NONE ? (slu_str){ 0 } : pol_line_of(u->a, &r->strategy->branch[kind], &caps), err));
	return pol_since(out, u->a, &f, &released, tip, NULL, err);
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

static slu_rc write_changelog(struct edits *e, slu_str *section, struct app_unit *u, struct app_repo *r, const struct flow_plan *p, const slu_oid *parent, slu_err *err)
{
	slu_str name = r->strategy->releases.changelog, old = { 0 };
	struct pol_since since;
	bool found = false;
	char *text = NULL;
	SLU_TRY(r->git->ops->file_at(r->git, u->a, parent, name, &old, &found, err));
	SLU_TRY(entries(&since, u, r, p, parent, err));
	struct ver_changelog c = pol_changelog(u->a, r->strategy, slu_s(p->version), date_of(u->a, old, p->version, u->now_s));
	*section = slu_s(ver_changelog_section(u->a, &c, since.e, since.n));
	SLU_TRY(ver_changelog_put(&text, u->a, old, c.version, *section, err));
	return edit(e, u, r, parent, name, slu_s(text), err);
}

static struct edits room(struct app_unit *u, const struct app_repo *r)
{
	return (struct edits){ .v = SLU_NEW_N(u->a, struct port_git_file_edit, r->strategy->releases.version_file_n + 2) };
}

slu_rc release_commit(slu_oid *out, slu_str *section, struct app_unit *u, struct app_repo *r, const struct flow_plan *p, const slu_oid *parent, bool version_files,
		      slu_err *err)
{
	struct edits e = room(u, r);
	struct port_git_ident author = app_ident(u), committer = app_server_ident(u);
	slu_oid tree, made;
	*section = (slu_str){ "", 0 };
	if (version_files)
		SLU_TRY(write_version(&e, u, r, p, parent, err));
	if (r->strategy->releases.changelog.n)
		SLU_TRY(write_changelog(&e, section, u, r, p, parent, err));
	if (e.n == 0) {
		*out = *parent;
		return SLU_OK;
	}
	SLU_TRY(r->git->ops->tree_edit(r->git, u->a, parent, e.v, e.n, &tree, err));
	slu_str message = slu_s(slu_printf(u->a, version_files ? "chore: release %s\n" : "docs: bring the changelog of %s up to date\n", p->version));
	SLU_TRY(r->git->ops->commit_make(r->git, &tree, parent, 1, &author, &committer, message, &made, err));
	*out = made;
	return SLU_OK;
}
