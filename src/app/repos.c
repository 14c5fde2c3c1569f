/* SPDX-License-Identifier: Apache-2.0 */
#include "app/repos.h"

#include "app/act.h"
#include "app/impl.h"
#include "app/people.h"
#include "base/limits.h"
#include "strategy/preset.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

/* ---- making ----------------------------------------------------------------------------------------------------------------- */

static slu_rc check(struct port_repo *row, const strat **s, struct app_unit *u, const struct app_repo_new *n, slu_err *err)
{
	strat_issues issues = { 0 };
	const struct strat_preset *preset = NULL;
	slu_str name = n->preset.n || n->strategy_text.n ? n->preset : SLU_STR("gitflow");

	SLU_TRY(app_name_check(n->owner, "the owner of a repository", err));
	SLU_TRY(app_name_check(n->name, "the name of a repository", err));
	if (n->preset.n && n->strategy_text.n)
		return slu_fail(err, SLU_E_INVALID, "Give either a preset or a strategy file, not both.");
	if (n->title.n > SLU_MAX_TITLE_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "The title of a repository has at most %u bytes.", SLU_MAX_TITLE_BYTES);
	if (n->import_from.n && !u->who.operator_)
		return slu_fail(err, SLU_E_DENIED, "A path of the server's machine can be imported only with --home, by whoever owns the home; others push to an empty repository.");
	if (name.n && !(preset = strat_preset_find(name)))
		return slu_fail(err, SLU_E_INVALID, "There is no preset \"%.*s\"; `sluice preset list` shows those there are.", SLU_FMT(name));
	slu_str text = preset ? (slu_str){ preset->text, preset->size } : n->strategy_text;
	const char *file = preset ? slu_printf(u->a, "preset:%s", preset->name) : "strategy file";
	if (text.n > SLU_MAX_STRATEGY_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "The strategy file has more than %u bytes.", SLU_MAX_STRATEGY_BYTES);
	SLU_TRY(strat_compile(s, n->issues ? n->issues : &issues, u->a, text, file, NULL, NULL, err));
	*row = (struct port_repo){
		.owner = n->owner, .name = n->name, .title = n->title, .preset = name, .base_text = text, .public_ = n->public_, .created_s = u->now_s, .default_branch = n->default_branch,
	};
	if (!row->default_branch.n)
		row->default_branch = strat_default_branch(*s);
	if (!row->default_branch.n)
		row->default_branch = SLU_STR("main");
	return SLU_OK;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st, (void)flag, (void)at;
	return remove(path);
}

static slu_rc make_git(struct app_unit *u, struct port_repo *row, const struct app_repo_new *n, const char *path, slu_err *err)
{
	const struct app_ports *p = app_ports_of(u->app);
	slu_str head = { 0 };

	if (!n->import_from.n)
		return p->git_init(path, row->default_branch, err);
	SLU_TRY(p->git_import(path, slu_str_dup(u->a, n->import_from), err));
	/* What the imported HEAD names is the default branch, unless another was asked for. */
	if (!n->default_branch.n && p->git_default_branch(&head, u->a, path, NULL) == SLU_OK)
		row->default_branch = head;
	return SLU_OK;
}

struct making {
	struct port_repo row;
	const struct app_repo_new *n;
	const char *digest;
};

static slu_rc write_repo(struct app_unit *u, void *ctx, slu_err *err)
{
	struct making *m = ctx;
	struct app_data d;
	struct app_repo r = { 0 };

	SLU_TRY(port_repo_add(u->store, &m->row, err));
	r.full = slu_s(slu_printf(u->a, "%.*s/%.*s", SLU_FMT(m->row.owner), SLU_FMT(m->row.name)));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "preset", m->row.preset);
	slu_json_kv_z(&d.json, "strategy", m->digest);
	slu_json_kv_str(&d.json, "default_branch", m->row.default_branch);
	return app_data_event(&d, u, &r, m->n->import_from.n ? "repo-imported" : "repo-created", (slu_str){ 0 }, 0, err);
}

/* A dry run: no folder is touched. */
static slu_rc would(struct port_repo *out, struct app_unit *u, struct port_repo *row, const struct app_repo_new *n, slu_err *err)
{
	slu_str head = { 0 };

	if (n->import_from.n)
		SLU_TRY(app_ports_of(u->app)->git_source(&head, u->a, slu_str_dup(u->a, n->import_from), err));
	if (head.n && !n->default_branch.n)
		row->default_branch = head;
	*out = *row;
	return SLU_OK;
}

slu_rc app_repo_create(struct port_repo *out, struct app_unit *u, const struct app_repo_new *n, slu_err *err)
{
	struct making m = { .n = n };
	struct port_repo there = { 0 };
	const strat *s = NULL;

	SLU_TRY(app_need_server_admin(u, err));
	SLU_TRY(check(&m.row, &s, u, n, err));
	m.digest = s->digest;
	if (port_repo_get(u->store, u->a, n->owner, n->name, &there, NULL) == SLU_OK)
		return slu_fail(err, SLU_E_EXISTS, "There is already a repository %.*s/%.*s.", SLU_FMT(there.owner), SLU_FMT(there.name));
	const char *path = slu_printf(u->a, "%s/repos/%.*s/%.*s.git", app_home(u->app), SLU_FMT(n->owner), SLU_FMT(n->name));
	if (u->dry_run)
		return would(out, u, &m.row, n, err);
	/* A folder without a row is what a server left that was killed between the two: it was never acknowledged. */
	if (access(path, F_OK) == 0)
		(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	SLU_TRY(make_git(u, &m.row, n, path, err));
	slu_rc rc = app_act(u, write_repo, &m, err);
	if (rc != SLU_OK) {
		(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		return rc;
	}
	*out = m.row;
	return SLU_OK;
}

/* ---- listing ------------------------------------------------------------------------------------------------------------------ */

slu_rc app_repo_list(const struct app_repo_seen **out, size_t *n, struct app_unit *u, slu_err *err)
{
	const struct port_repo *row = NULL;
	SLU_LIST(struct app_repo_seen) list = { 0 };
	size_t all = 0;

	SLU_TRY(port_repo_list(u->store, u->a, &row, &all, err));
	for (size_t i = 0; i < all; i++) {
		struct app_repo r = { 0 };
		slu_rc rc = app_repo_open(&r, u, row[i].owner, row[i].name, STRAT_READ, err);
		if (rc == SLU_E_NOT_FOUND)
			continue;
		SLU_TRY(rc);
		*SLU_ADD(u->a, &list) = (struct app_repo_seen){ row[i], r.level };
		app_repo_close(u, &r);
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- the strategy file ------------------------------------------------------------------------------------------------------------- */

slu_rc app_strategy_remember(struct app_unit *u, struct app_repo *r, const strat *s, const slu_oid *commit, slu_str text, slu_err *err)
{
	struct app_data d;

	if (slu_str_is(r->row.good_digest, s->digest))
		return SLU_OK;
	SLU_TRY(port_repo_good(u->store, r->id, text, slu_s(commit->hex), slu_s(s->digest), err));
	app_data_begin(&d);
	slu_json_kv_z(&d.json, "digest", s->digest);
	slu_json_kv_z(&d.json, "commit", commit->hex);
	return app_data_event(&d, u, r, "strategy-in-force", slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(r->default_branch))), 0, err);
}
