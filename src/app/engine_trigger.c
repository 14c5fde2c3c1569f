/* SPDX-License-Identifier: Apache-2.0 */
/* From events to deployments: exactly once, since the place in the log is stored with what was made of it. */
#include "app/deploy_impl.h"
#include "base/limits.h"
#include "version/semver.h"

#include <jansson.h>

enum { EVENTS = 500 };
static const char key[] = "deploy-events-seen";

struct moved {
	slu_str name;       /* of the branch or tag */
	slu_oid commit;
	bool tag, merge, push;
	int64_t merges;     /* a push that is the merge of this change: its own event follows */
};

static slu_str member(slu_arena *a, const json_t *o, const char *name)
{
	const char *z = json_string_value(json_object_get(o, name));
	return slu_s(z ? slu_strdup(a, z) : "");
}

/* false: nothing that can trigger. */
static bool understand(struct moved *m, slu_arena *a, const struct port_event *e)
{
	static const char *const kinds[] = { "push", "branch-created", "force-push", "tag-created", "change-merged" };
	size_t kind = 0;
	while (kind < sizeof kinds / sizeof *kinds && !slu_str_is(e->kind, kinds[kind]))
		kind++;
	if (kind == sizeof kinds / sizeof *kinds || e->repo.n == 0)
		return false;
	json_t *o = json_loadb(e->data.p, e->data.n, 0, NULL);
	slu_str commit = member(a, o, kind == 4 ? "commit" : "new");
	*m = (struct moved){ .tag = kind == 3, .merge = kind == 4, .push = kind < 3, .merges = json_integer_value(json_object_get(o, "merges")) };
	json_decref(o);
	const char *prefix = m->tag ? "refs/tags/" : "refs/heads/";
	if (!slu_str_starts(e->ref, prefix) || slu_oid_parse(&m->commit, commit, NULL) != SLU_OK || slu_oid_is_zero(&m->commit))
		return false;
	m->name = (slu_str){ e->ref.p + strlen(prefix), e->ref.n - strlen(prefix) };
	return true;
}

/* A branch that moved to a merge commit which is no change's: a release or hotfix that was finished. */
static bool is_merge(struct app_unit *u, struct app_repo *r, const struct moved *m)
{
	struct pol_commit c;
	if (m->merge)
		return true;
	return m->push && m->merges == 0 && r->git->ops->commit(r->git, u->a, &m->commit, &c, NULL) == SLU_OK && c.parent_n > 1;
}

static const char *cause_of(const struct strat_environment *e, const struct strat *s, const struct moved *m, bool merge)
{
	int kind = m->tag ? strat_tag_class(s, m->name, NULL) : strat_branch_kind(s, m->name, NULL);
	if (kind < 0)
		return NULL;
	if (m->tag)
		return (e->on.on & (1u << STRAT_ON_TAG)) && strat_set_has(&e->on.set[STRAT_ON_TAG], kind) ? "tag" : NULL;
	if (merge && (e->on.on & (1u << STRAT_ON_MERGE)) && strat_set_has(&e->on.set[STRAT_ON_MERGE], kind))
		return "merge";
	return m->push && (e->on.on & (1u << STRAT_ON_PUSH)) && strat_set_has(&e->on.set[STRAT_ON_PUSH], kind) ? "push" : NULL;
}

static slu_rc trigger(struct app_unit *u, struct app_repo *r, const struct port_event *e, struct moved *m, slu_err *err)
{
	if (m->tag) /* by its object: an event is written before the ref moves */
		SLU_TRY(r->git->ops->resolve(r->git, slu_s(slu_strdup(u->a, m->commit.hex)), &m->commit, err));
	bool merge = is_merge(u, r, m);
	for (size_t i = 0; i < r->strategy->environment_n; i++) {
		const struct strat_environment *env = &r->strategy->environment[i];
		const char *cause = cause_of(env, r->strategy, m, merge);
		if (!cause || env->enforcement == STRAT_DISABLED)
			continue;
		struct port_deployment d = { .environment = env->name, .ref = e->ref, .commit = m->commit, .actor = e->actor, .cause = slu_s(cause), .url = env->url };
		if (m->tag)
			d.version = app_deploy_tag_version(r, m->name);
		if (d.version.n == 0 || memchr(d.version.p, '/', d.version.n) || d.version.n > SLU_MAX_NAME_BYTES)
			SLU_TRY(app_deploy_version_of(&d.version, u, r, &m->commit, err));
		SLU_TRY(app_deployment_store(&d, u, r, err));
	}
	return SLU_OK;
}

/* The repository of the events that are looked at: a push of many refs is many events of one. */
struct opened {
	slu_str full;
	struct app_repo r;
};

static slu_rc open_for(struct opened *o, struct app_unit *u, const struct port_event *ev, slu_err *err)
{
	struct port_repo row;
	slu_str owner, name = ev->repo;
	if (o->full.n && slu_str_eq(o->full, ev->repo))
		return SLU_OK;
	app_repo_close(u, &o->r);
	o->full = (slu_str){ 0 };
	if (!slu_str_split(&name, '/', &owner))
		return slu_fail(err, SLU_E_NOT_FOUND, "%.*s is no repository.", SLU_FMT(ev->repo));
	SLU_TRY(port_repo_get(u->store, u->a, owner, name, &row, err));
	SLU_TRY(app_repo_open_id(&o->r, u, row.id, err));
	o->full = ev->repo;
	return SLU_OK;
}

/* One event; what cannot be looked at (its repository or ref is gone meanwhile) triggers nothing. */
static slu_rc one(struct app_engine *e, struct app_unit *u, struct opened *o, const struct port_event *ev, slu_err *err)
{
	struct moved m;
	if (ev->repo.n == 0)
		return SLU_OK;
	slu_rc rc = open_for(o, u, ev, err);
	if (rc == SLU_OK && (o->r.strategy->environment_n == 0 || !understand(&m, u->a, ev)))
		return SLU_OK;
	if (rc == SLU_OK)
		rc = trigger(u, &o->r, ev, &m, err);
	if (rc == SLU_OK || rc == SLU_E_BUSY || rc == SLU_E_IO || rc == SLU_E_FULL)
		return rc;
	app_engine_say(e, true, "event %lld triggers nothing: %s", (long long)ev->seq, err->text);
	return SLU_OK;
}

/*
 * An event is committed before its refs move. Whoever moves them holds the repository's lock until they stand: having held it once means
 * that the tags are there by which versions are called. Before the transaction, never within: that is the order of the two locks.
 */
static slu_rc wait_for_refs(struct app_unit *u, const struct port_event *list, size_t n, slu_err *err)
{
	slu_str last = { "", 0 };
	for (size_t i = 0; i < n; i++) {
		slu_str owner, name = list[i].repo;
		struct port_repo row;
		if (slu_str_eq(list[i].repo, last) || !slu_str_split(&name, '/', &owner))
			continue;
		last = list[i].repo;
		slu_rc rc = port_repo_get(u->store, u->a, owner, name, &row, err);
		if (rc == SLU_E_NOT_FOUND)
			continue;
		SLU_TRY(rc);
		SLU_TRY(app_repo_lock(u->app, row.id, err));
		app_repo_unlock(u->app, row.id);
	}
	return SLU_OK;
}

static slu_rc follow(struct app_engine *e, struct app_unit *u, bool *more, slu_err *err)
{
	slu_str stored;
	uint64_t next = 0;
	int64_t count = 0;
	const struct port_event *list = NULL;
	size_t n = 0;
	struct port_page page = { .limit = EVENTS };
	SLU_TRY(port_setting_get(u->store, u->a, slu_s(key), &stored, err));
	SLU_TRY(port_event_count(u->store, &count, err));
	bool first = stored.n == 0 || slu_parse_u64(&next, stored, NULL) != SLU_OK;
	if (first) /* what happened before there was an engine triggers nothing */
		SLU_TRY(port_event_list(u->store, u->a, &(struct port_event_filter){ 0 }, &(struct port_page){ .limit = 1 }, &list, &n, err));
	else
		SLU_TRY(port_event_list(u->store, u->a, &(struct port_event_filter){ .from_seq = (int64_t)next, .oldest_first = true }, &page, &list, &n, err));
	if (n == 0 && !first)
		return SLU_OK;
	SLU_TRY(wait_for_refs(u, list, first ? 0 : n, err));
	SLU_TRY(app_begin(u, err));
	struct opened o = { 0 };
	slu_rc rc = SLU_OK;
	for (size_t i = 0; i < n && !first && rc == SLU_OK; i++)
		rc = one(e, u, &o, &list[i], err);
	app_repo_close(u, &o.r);
	SLU_TRY(rc);
	next = n > 0 ? (uint64_t)list[first ? 0 : n - 1].seq + 1 : 0;
	SLU_TRY(port_setting_put(u->store, slu_s(key), slu_s(slu_printf(u->a, "%llu", (unsigned long long)next)), err));
	*more = !first && n == EVENTS;
	return app_commit(u, err);
}

slu_rc app_engine_followed(bool *all, struct app_unit *u, slu_err *err)
{
	slu_str stored;
	uint64_t next = 0;
	SLU_TRY(port_setting_get(u->store, u->a, slu_s(key), &stored, err));
	*all = slu_parse_u64(&next, stored, NULL) == SLU_OK && (int64_t)next > app_events_now(u->app);
	return SLU_OK;
}

slu_rc app_engine_triggers(struct app_engine *e, bool *more, slu_err *err)
{
	struct app_unit u;
	SLU_TRY(app_unit_begin(&u, e->app, err));
	app_be_system(&u);
	slu_rc rc = follow(e, &u, more, err);
	app_unit_end(&u);
	return rc;
}
