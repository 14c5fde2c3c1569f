/* SPDX-License-Identifier: Apache-2.0 */
#include "app/backup.h"

#include "app/act.h"
#include "app/audit.h"
#include "app/copy.h"
#include "app/impl.h"
#include "base/json.h"
#include "base/quantity.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { PACKED_MAX = 256 * 1024 * 1024, QUIET_MS = 20000 };

/* One repository at the moment of the copy. */
struct shot {
	const char *path, *below; /* below: "repos/OWNER/NAME.git" */
	int64_t id;
	const struct port_git_ref *ref;
	size_t n;
};
struct backup {
	struct app_unit *u;
	const char *folder;
	struct shot *repo;
	size_t repo_n;
};

/* Refs are written from what was read under the lock; locks, quarantines and half-written packs stay behind. */
static bool stays_behind(const char *below)
{
	const char *name = strrchr(below, '/');
	name = name ? name + 1 : below;
	return strcmp(below, "refs") == 0 || strcmp(below, "packed-refs") == 0 || strcmp(below, "hooks") == 0 || strncmp(name, "tmp_", 4) == 0 ||
	       strncmp(name, "incoming-", 9) == 0 || slu_str_ends(slu_s(name), ".lock");
}

static slu_rc list_repositories(struct backup *b, slu_err *err)
{
	const struct port_repo *row;
	SLU_TRY(port_repo_list(b->u->store, b->u->a, &row, &b->repo_n, err));
	b->repo = SLU_NEW_N(b->u->a, struct shot, b->repo_n + 1);
	for (size_t i = 0; i < b->repo_n; i++) {
		const char *below = slu_printf(b->u->a, "repos/%.*s/%.*s.git", SLU_FMT(row[i].owner), SLU_FMT(row[i].name));
		b->repo[i] = (struct shot){ .id = row[i].id, .below = below, .path = slu_printf(b->u->a, "%s/%s", app_home(b->u->app), below) };
	}
	return SLU_OK;
}

static slu_rc read_refs(struct backup *b, struct shot *s, const char *path, slu_err *err)
{
	const struct port_git_open how = { .path = path, .lock_fd = -1 };
	port_git *g;
	SLU_TRY(app_ports_of(b->u->app)->git_open(&g, &how, err));
	slu_rc rc = g->ops->refs(g, b->u->a, SLU_STR("refs/"), &s->ref, &s->n, err);
	g->ops->close(g);
	return rc;
}

/* The database and the refs of every repository, while nothing moves. */
static slu_rc take_state(struct backup *b, slu_err *err)
{
	SLU_TRY(port_store_copy(b->u->store, slu_printf(b->u->a, "%s/sluice.db", b->folder), err));
	for (size_t i = 0; i < b->repo_n; i++)
		SLU_TRY(read_refs(b, &b->repo[i], b->repo[i].path, err));
	return SLU_OK;
}

static slu_rc take_state_locked(struct backup *b, slu_err *err)
{
	slu_rc rc = SLU_OK;
	size_t held = 0;
	while (rc == SLU_OK && held < b->repo_n) { /* others hold one lock at a time, so that no order is needed */
		rc = app_repo_lock(b->u->app, b->repo[held].id, err);
		held += rc == SLU_OK;
	}
	if (rc == SLU_OK)
		rc = take_state(b, err);
	while (held > 0)
		app_repo_unlock(b->u->app, b->repo[--held].id);
	return rc;
}

static slu_rc write_refs(struct backup *b, const struct shot *s, const char *to, slu_err *err)
{
	slu_auto_buf text;
	slu_buf_init(&text, PACKED_MAX);
	slu_buf_adds(&text, "# pack-refs with: sorted \n");
	for (size_t i = 0; i < s->n; i++)
		slu_buf_addf(&text, "%s %.*s\n", s->ref[i].id.hex, SLU_FMT(s->ref[i].name));
	if (text.over)
		return slu_fail(err, SLU_E_LIMIT, "%s has more refs than a backup can hold.", s->below);
	SLU_TRY(app_make_folders(b->u->a, slu_printf(b->u->a, "%s/refs/heads", to), err));
	SLU_TRY(app_make_folders(b->u->a, slu_printf(b->u->a, "%s/refs/tags", to), err));
	return app_write_file(slu_printf(b->u->a, "%s/packed-refs", to), slu_buf_str(&text), err);
}

/* The copy, opened again: the same refs, and every object that they need. */
static slu_rc check_copy(struct backup *b, const struct shot *s, const char *to, slu_err *err)
{
	struct shot copy = { .below = s->below };
	SLU_TRY(read_refs(b, &copy, to, err));
	bool same = copy.n == s->n;
	for (size_t i = 0; same && i < s->n; i++)
		same = slu_str_eq(copy.ref[i].name, s->ref[i].name) && slu_oid_eq(&copy.ref[i].id, &s->ref[i].id);
	if (!same)
		return slu_fail(err, SLU_E_CORRUPT, "The copy of %s has other refs than what was copied.", s->below);
	return app_ports_of(b->u->app)->git_check(to, err);
}

static slu_rc copy_repository(struct backup *b, const struct shot *s, slu_err *err)
{
	const char *to = slu_printf(b->u->a, "%s/%s", b->folder, s->below);
	SLU_TRY(app_make_folders(b->u->a, to, err));
	SLU_TRY(app_copy_tree(b->u->a, s->path, to, stays_behind, err));
	SLU_TRY(write_refs(b, s, to, err));
	return check_copy(b, s, to, err);
}

static slu_rc check_database(struct backup *b, slu_err *err)
{
	port_store *s;
	SLU_TRY(port_store_open(&s, slu_printf(b->u->a, "%s/sluice.db", b->folder), err));
	slu_rc rc = port_store_check(s, err);
	port_store_close(s);
	return rc;
}

static slu_rc write_manifest(struct backup *b, const struct app_backup *out, slu_err *err)
{
	slu_auto_buf text;
	char when[SLU_TIME_TEXT];
	slu_buf_init(&text, 64 * 1024 * 1024);
	slu_json j = slu_json_to(&text);
	slu_json_open(&j, '{');
	slu_json_kv_int(&j, "format", 1);
	slu_json_kv_z(&j, "at", slu_time_text(b->u->now_s, when));
	slu_json_kv_int(&j, "events", out->events);
	slu_json_kv_str(&j, "head", out->head);
	slu_json_key(&j, "repositories");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < b->repo_n; i++) {
		slu_json_open(&j, '{');
		slu_json_kv_z(&j, "path", b->repo[i].below);
		slu_json_kv_int(&j, "refs", (int64_t)b->repo[i].n);
		slu_json_close(&j, '}');
	}
	slu_json_close(&j, ']');
	slu_json_close(&j, '}');
	slu_buf_addc(&text, '\n');
	if (text.over)
		return slu_fail(err, SLU_E_LIMIT, "There are more repositories than a backup can list.");
	const char *half = slu_printf(b->u->a, "%s/manifest.new", b->folder), *whole = slu_printf(b->u->a, "%s/manifest.json", b->folder);
	SLU_TRY(app_write_file(half, slu_buf_str(&text), err));
	return rename(half, whole) == 0 ? app_sync_parent(whole, err) : slu_fail(err, SLU_E_IO, "%s could not be written: %s.", whole, strerror(errno));
}

static slu_rc copy_all(struct backup *b, struct app_backup *out, slu_err *err)
{
	SLU_TRY(take_state_locked(b, err));
	SLU_TRY(check_database(b, err));
	SLU_TRY(app_copy_tree(b->u->a, slu_printf(b->u->a, "%s/keys", app_home(b->u->app)), slu_printf(b->u->a, "%s/keys", b->folder), NULL, err));
	for (size_t i = 0; i < b->repo_n; i++) {
		SLU_TRY(copy_repository(b, &b->repo[i], err));
		out->refs += b->repo[i].n;
	}
	out->repositories = b->repo_n;
	return write_manifest(b, out, err);
}

static slu_rc record(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct backup *b = ctx;
	struct app_data d;
	app_data_begin(&d);
	slu_json_kv_z(&d.json, "folder", b->folder);
	return app_data_event(&d, u, NULL, "backup", (slu_str){ "", 0 }, 0, err);
}

static slu_rc fill(struct backup *b, struct app_backup *made, slu_err *err)
{
	struct app_unit *u = b->u;
	SLU_TRY(list_repositories(b, err));
	SLU_TRY(app_act(u, record, b, err)); /* before the copy, so that the copy tells of itself */
	SLU_TRY(app_audit_head(&made->head, u, err));
	SLU_TRY(port_event_count(u->store, &made->events, err));
	return copy_all(b, made, err);
}

/* A dry run: counted, and nothing is copied. */
static slu_rc would(struct app_backup *out, struct backup *b, slu_err *err)
{
	struct app_backup x = { 0 };
	SLU_TRY(app_fill_may(b->folder, err));
	SLU_TRY(list_repositories(b, err));
	for (size_t i = 0; i < b->repo_n; i++) {
		SLU_TRY(read_refs(b, &b->repo[i], b->repo[i].path, err));
		x.refs += b->repo[i].n;
	}
	SLU_TRY(app_audit_head(&x.head, b->u, err));
	SLU_TRY(port_event_count(b->u->store, &x.events, err));
	x.repositories = b->repo_n;
	*out = x;
	return SLU_OK;
}

slu_rc app_backup(struct app_backup *out, struct app_unit *u, const char *folder, slu_err *err)
{
	struct backup b = { .u = u, .folder = folder };
	struct app_backup made = { 0 };
	struct app_filling f;
	int quiet = -1;
	if (!u->who.operator_)
		return slu_fail(err, SLU_E_DENIED, "A backup is written on the server's machine: only its operator may ask for one (--home).");
	if (folder[0] != '/')
		return slu_fail(err, SLU_E_INVALID, "The folder of a backup must be an absolute path.");
	if (u->dry_run)
		return would(out, &b, err);
	/* Packs are not put together while they are copied. */
	SLU_TRY(app_take_lock(&quiet, app_home(u->app), "tidy.lock", QUIET_MS, SLU_E_BUSY, "A repository is being packed, which a backup cannot copy beside; try again later", err));
	slu_rc rc = app_fill_begin(&f, u->a, folder, err);
	if (rc == SLU_OK) {
		rc = fill(&b, &made, err);
		if (rc == SLU_OK)
			rc = app_fill_end(&f, err);
		else
			app_fill_undo(&f);
	}
	(void)close(quiet);
	if (rc == SLU_OK)
		*out = made;
	return rc;
}
