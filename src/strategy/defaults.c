/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Defaults are put into the tree before it is read, as values of the file "defaults": so what is in force can be shown whole,
 * and a rule that nobody wrote still names a line. Those that depend on a type stand here, in the language itself; the others
 * stand in the rows of the schema table.
 */
#include "strategy/schema_impl.h"

static const char defaults_text[] =
    "branches:\n"
    "  production:\n"
    "    allow: {create: admin, push: nobody, merge: maintain, force-push: nobody, delete: nobody}\n"
    "    require: {approvals: 1, dismiss-stale: true, last-push-approval: true, threads-resolved: true, up-to-date: true, checks: all}\n"
    "  support:\n"
    "    allow: {create: admin, push: nobody, merge: maintain, force-push: nobody, delete: nobody}\n"
    "    require: {approvals: 1, dismiss-stale: true, last-push-approval: true, threads-resolved: true, up-to-date: true, checks: all}\n"
    "  integration:\n"
    "    allow: {create: admin, push: nobody, merge: write, force-push: nobody, delete: nobody}\n"
    "    require: {approvals: 1, threads-resolved: true, checks: all}\n"
    "  release:\n"
    "    allow: {create: maintain, push: write, merge: write, force-push: nobody, delete: maintain}\n"
    "    require: {approvals: 1, checks: all}\n"
    "  hotfix:\n"
    "    allow: {create: write, push: write, merge: write, force-push: write, delete: write}\n"
    "  work:\n"
    "    allow: {create: write, push: write, merge: write, force-push: write, delete: write}\n"
    "  throwaway:\n"
    "    allow: {create: write, push: write, merge: write, force-push: write, delete: write}\n"
    "tag:\n"
    "  allow: {create: maintain, move: nobody, delete: nobody}\n"
    "environment:\n"
    "  on: {manual: true}\n"
    "  allow: {deploy: maintain}\n"
    "  rollout: {style: all-at-once, steps: [{weight: 100%}], on-failure: roll-back}\n"
    "commits:\n"
    "  applies-to: [work, hotfix]\n"
    "edge:\n"
    "  integration: {method: squash}\n"
    "  other: {method: merge}\n";

slu_str sch_defaults_text(void)
{
	return SLU_STR(defaults_text);
}

static void mark(sn *n)
{
	n->dflt = true;
	for (size_t i = 0; i < n->n; i++)
		mark(n->kind == SN_MAP ? n->entry[i].value : n->item[i]);
}

/* Fill the gaps of a map; what is written stays, nested maps too. */
static void underlay(slu_arena *a, sn *n, const sn *dflt)
{
	for (size_t i = 0; dflt && n->kind == SN_MAP && i < dflt->n; i++) {
		const struct sn_entry *d = &dflt->entry[i];
		struct sn_entry *e = sn_find(n, d->key);
		if (!e)
			(void)sn_put(a, n, d->key, d->pos, sn_copy(a, d->value));
		else if (e->value->kind == SN_MAP && d->value->kind == SN_MAP)
			underlay(a, e->value, d->value);
	}
}

static sn *dflt_scalar(slu_arena *a, const char *text)
{
	sn *n = sn_scalar(a, slu_s(text), (struct strat_pos){ "defaults", 0, 0 });
	n->plain = n->dflt = true;
	return n;
}

/* `into: development` and `into: [a, b]` become maps; without it, work and hotfix go back to their base. */
static void normal_into(struct sch_reader *r, sn *branch)
{
	struct sn_entry *into = sn_find(branch, SLU_STR("into"));
	const sn *type = sn_get(branch, "type"), *base = sn_get(branch, "base");
	bool known = base && base->kind == SN_SCALAR && sch_find(r, REF_BRANCH, base->text) >= 0; /* else that is said of the base, once */
	if (!into && known && (sn_is(type, "work") || sn_is(type, "hotfix"))) {
		sn *map = sn_map(r->a, base->pos), *edge = sn_map(r->a, base->pos);
		map->dflt = edge->dflt = map->flow = edge->flow = true;
		(void)sn_put(r->a, map, base->text, base->pos, edge);
		(void)sn_put(r->a, branch, SLU_STR("into"), base->pos, map);
		return;
	}
	if (!into || into->value->kind == SN_MAP)
		return;
	sn *map = sn_map(r->a, into->value->pos);
	map->flow = true;
	for (size_t i = 0; i < sch_items(into->value); i++) {
		const sn *one = sch_item(into->value, i);
		if (one->kind != SN_SCALAR || sn_find(map, one->text))
			continue;
		sn *edge = sn_map(r->a, one->pos);
		edge->flow = true;
		(void)sn_put(r->a, map, one->text, one->pos, edge);
	}
	into->value = map;
}

static void edge_defaults(struct sch_reader *r, const sn *branches, sn *branch, const sn *dflt)
{
	const sn *into = sn_get(branch, "into");
	for (size_t i = 0; into && into->kind == SN_MAP && i < into->n; i++) {
		const struct sn_entry *target = sn_find(branches, into->entry[i].key);
		bool integration = target && sn_is(sn_get(target->value, "type"), "integration");
		underlay(r->a, into->entry[i].value, sn_get(dflt, integration ? "integration" : "other"));
	}
}

static void branch_defaults(struct sch_reader *r, const sn *dflt)
{
	const sn *branches = sch_names(r, REF_BRANCH);
	for (size_t i = 0; branches && i < branches->n; i++) {
		sn *b = branches->entry[i].value;
		if (b->kind != SN_MAP)
			continue;
		const sn *type = sn_get(b, "type");
		if (type && type->kind == SN_SCALAR)
			underlay(r->a, b, sn_get(sn_get(dflt, "branches"), type->text.p));
		if (!sn_find(b, SLU_STR("match")) && sch_is_name(branches->entry[i].key)) {
			sn *key = sn_scalar(r->a, branches->entry[i].key, branches->entry[i].pos);
			key->dflt = key->plain = true;
			(void)sn_put(r->a, b, SLU_STR("match"), key->pos, key);
		}
		normal_into(r, b);
	}
	for (size_t i = 0; branches && i < branches->n; i++)
		edge_defaults(r, branches, branches->entry[i].value, sn_get(dflt, "edge"));
}

static const char *tag_type(const sn *match)
{
	slu_str t = match && match->kind == SN_SCALAR ? match->text : match && match->kind == SN_LIST && match->n && match->item[0]->kind == SN_SCALAR ? match->item[0]->text : (slu_str){ 0 };
	if (!t.n)
		return "release";
	if (strstr(t.p, "{pre}"))
		return "prerelease";
	return strstr(t.p, "{version}") || strstr(t.p, "{major}") ? "release" : "label";
}

static void tag_defaults(struct sch_reader *r, const sn *dflt)
{
	const sn *tags = sch_names(r, REF_TAG);
	for (size_t i = 0; tags && i < tags->n; i++) {
		sn *t = tags->entry[i].value;
		underlay(r->a, t, sn_get(dflt, "tag"));
		if (t->kind == SN_MAP && !sn_find(t, SLU_STR("type")))
			(void)sn_put(r->a, t, SLU_STR("type"), (struct strat_pos){ "defaults", 0, 0 }, dflt_scalar(r->a, tag_type(sn_get(t, "match"))));
	}
}

static void environment_defaults(struct sch_reader *r, const sn *dflt)
{
	const sn *envs = sch_names(r, REF_ENVIRONMENT);
	for (size_t i = 0; envs && i < envs->n; i++) {
		sn *env = envs->entry[i].value;
		const struct sn_entry *on = sn_find(env, SLU_STR("on"));
		if (env->kind != SN_MAP)
			continue;
		sn *d = sn_copy(r->a, sn_get(dflt, "environment"));
		if (on) /* a trigger is replaced, not added to */
			(void)sn_find(d, SLU_STR("on")), sn_find(d, SLU_STR("on"))->value = sn_copy(r->a, on->value);
		underlay(r->a, env, d);
		const sn *allow = sn_get(env, "allow");
		const struct sn_entry *deploy = sn_find(allow, SLU_STR("deploy"));
		if (deploy && !sn_find(allow, SLU_STR("roll-back"))) {
			sn *copy = sn_copy(r->a, deploy->value);
			mark(copy);
			(void)sn_put(r->a, sn_find(env, SLU_STR("allow"))->value, SLU_STR("roll-back"), deploy->pos, copy);
		}
	}
}

static void row_defaults(struct sch_reader *r, sn *n, const struct sch_type *t);

/* The rows' defaults, wherever a map of that type is written. */
static void map_defaults(struct sch_reader *r, sn *n, const struct sch_type *t)
{
	for (size_t i = 0; i < t->row_n; i++) {
		const struct sch_row *row = &t->row[i];
		const struct sn_entry *e = sn_find(n, slu_s(row->key));
		if (e)
			row_defaults(r, e->value, row->type);
		else if (row->dflt && sch_counts(t, n, row))
			(void)sn_put(r->a, n, slu_s(row->key), (struct strat_pos){ "defaults", 0, 0 }, dflt_scalar(r->a, row->dflt));
	}
}

static void list_defaults(struct sch_reader *r, sn *n, const struct sch_type *item)
{
	if (n->kind == SN_MAP)
		row_defaults(r, n, item);
	for (size_t i = 0; n->kind == SN_LIST && i < n->n; i++)
		row_defaults(r, n->item[i], item);
}

static void row_defaults(struct sch_reader *r, sn *n, const struct sch_type *t)
{
	if (t->kind == SCH_LIST)
		list_defaults(r, n, t->item);
	if (n->kind != SN_MAP)
		return;
	if (t->kind == SCH_MAP)
		map_defaults(r, n, t);
	for (size_t i = 0; t->kind == SCH_EITHER && i < 4 && t->alt[i]; i++)
		if (t->alt[i]->kind == SCH_MAP || t->alt[i]->kind == SCH_ENTRIES)
			row_defaults(r, n, t->alt[i]);
	for (size_t i = 0; t->kind == SCH_ENTRIES && i < n->n; i++)
		row_defaults(r, n->entry[i].value, t->item);
}

void sch_apply_defaults(struct sch_reader *r)
{
	strat_issues none = { 0 };
	sn *dflt = strat_yaml_read(&none, r->a, sch_defaults_text(), "defaults");
	if (!dflt)
		return;
	mark(dflt);
	branch_defaults(r, dflt);
	tag_defaults(r, dflt);
	environment_defaults(r, dflt);
	struct sn_entry *commits = sn_find(r->root, SLU_STR("commits"));
	if (commits)
		underlay(r->a, commits->value, sn_get(dflt, "commits"));
	row_defaults(r, r->root, &sct_root);
}
