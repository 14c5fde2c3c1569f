/* SPDX-License-Identifier: Apache-2.0 */
/* Names that stand for something declared elsewhere: entries, people, `$NAME`. What is declared nowhere is an error. */
#include "strategy/schema_impl.h"

static const struct {
	const char *section, *what;
} ref_rows[] = {
	[REF_BRANCH] = { "branches", "branch kind" },
	[REF_TAG] = { "tags", "tag class" },
	[REF_CHECK] = { "checks", "check" },
	[REF_GATE] = { "gates", "gate" },
	[REF_ENVIRONMENT] = { "environments", "environment" },
	[REF_DRIVER] = { "drivers", "driver" },
	[REF_ROLE] = { "roles", "role" },
	[REF_PHASE] = { "phases", "phase" },
	[REF_METRIC] = { "metrics", "metric" },
	[REF_SOURCE] = { "sources", "source" },
	[REF_ARTIFACT] = { "artifacts", "artefact" },
	[REF_BACKUP] = { "backups", "backup" },
	[REF_RECEIVER] = { NULL, "receiver" },
	[REF_TO] = { NULL, "receiver or role" },
	[REF_APPROVER] = { "roles", "role" },
};
static const char *const level_words[] = { "read", "triage", "write", "maintain", "admin" };

const sn *sch_names(const struct sch_reader *r, enum sch_ref ref)
{
	const sn *n = ref == REF_RECEIVER || ref == REF_TO ? sn_get(sn_get(r->root, "notify"), "receivers") : sn_get(r->root, ref_rows[ref].section);
	return n && n->kind == SN_MAP ? n : NULL;
}

int sch_find(const struct sch_reader *r, enum sch_ref ref, slu_str name)
{
	const sn *map = sch_names(r, ref);
	const struct sn_entry *e = sn_find(map, name);
	return e ? (int)(e - map->entry) : STRAT_NONE;
}

const char *sch_list_keys(struct sch_reader *r, const sn *names)
{
	slu_auto_buf b;
	slu_buf_init(&b, 400);
	size_t n = names ? names->n : 0;
	for (size_t i = 0; i < n && i < 12; i++)
		slu_buf_addf(&b, "%s%.*s", i ? ", " : "", SLU_FMT(names->entry[i].key));
	if (n > 12)
		slu_buf_addf(&b, " and %zu more", n - 12);
	return n ? slu_strndup(r->a, b.p, b.n) : "none";
}

const char *sch_nearest_key(struct sch_reader *r, const sn *names, slu_str word)
{
	if (!names || names->n > 1000)
		return NULL;
	const char **key = SLU_NEW_N(r->a, const char *, names->n + 1);
	for (size_t i = 0; i < names->n; i++)
		key[i] = names->entry[i].key.p;
	return slu_nearest(word, key, names->n);
}

static bool is_level(slu_str word)
{
	for (size_t i = 0; i < sizeof level_words / sizeof *level_words; i++)
		if (slu_str_is(word, level_words[i]))
			return true;
	return false;
}

static bool is_person(slu_str t)
{
	return t.n > 1 && t.p[0] == '@';
}

static bool known(const struct sch_reader *r, enum sch_ref ref, slu_str name)
{
	if (ref == REF_TO)
		return sch_find(r, REF_RECEIVER, name) >= 0 || sch_find(r, REF_ROLE, name) >= 0 || slu_str_is(name, "author") || slu_str_is(name, "reviewers");
	if (ref == REF_APPROVER && slu_str_is(name, "any"))
		return true;
	if (ref == REF_ROLE && (is_level(name) || is_person(name) || slu_str_is(name, "nobody")))
		return true;
	return sch_find(r, ref, name) >= 0;
}

bool sch_check_ref(struct sch_reader *r, const sn *n, enum sch_ref ref)
{
	if (n->bad)
		return false;
	if (n->kind != SN_SCALAR || n->text.n == 0) {
		sch_fail(r, n->pos, "%s must be the name of a %s.", sch_path(r), ref_rows[ref].what);
		return false;
	}
	if (known(r, ref, n->text))
		return true;
	if (sch_enough(r)) { /* the sentence is not wanted, and costs */
		r->errors++;
		return false;
	}
	static const char *const not_roles[] = { "read", "triage", "write", "maintain", "admin", "nobody" };
	const sn *names = sch_names(r, ref);
	const char *near = sch_nearest_key(r, names, n->text);
	if (!near && ref == REF_ROLE)
		near = slu_nearest(n->text, not_roles, sizeof not_roles / sizeof *not_roles);
	bool none = !names || names->n == 0;
	sch_fail(r, n->pos, "%s names the %s \"%s\", which is declared nowhere%s%s%s%s%s%s.", sch_path(r), ref_rows[ref].what, n->text.p, near ? "; did you mean \"" : "",
		 near ? near : "", near ? "\"?" : ".", none ? " None is declared" : names->n == 1 ? " There is: " : " There are: ", none ? "" : sch_list_keys(r, names),
		 ref == REF_ROLE ? "; besides roles there are the levels read, triage, write, maintain, admin, a \"@person\", and nobody" : "");
	return false;
}

struct strat_set sch_set(struct sch_reader *r, const sn *n, enum sch_ref ref)
{
	struct strat_set set = { 0 };
	if (!n)
		return set;
	size_t count = sch_items(n);
	int *at = SLU_NEW_N(r->a, int, count + 1);
	set.pos = n->pos;
	for (size_t i = 0; i < count; i++) {
		int k = sch_item(n, i)->kind == SN_SCALAR ? sch_find(r, ref, sch_item(n, i)->text) : STRAT_NONE;
		if (k != STRAT_NONE)
			at[set.n++] = k;
	}
	set.i = at;
	return set;
}

static enum strat_level level_of(slu_str word)
{
	for (unsigned i = 0; i < sizeof level_words / sizeof *level_words; i++)
		if (slu_str_is(word, level_words[i]))
			return (enum strat_level)(STRAT_READ + i);
	return STRAT_LEVEL_NONE;
}

struct strat_who sch_read_who(struct sch_reader *r, const sn *n)
{
	struct strat_who who = { .pos = n->pos };
	size_t count = n->kind == SN_MAP ? 0 : sch_items(n);
	struct strat_who_item *item = SLU_NEW_N(r->a, struct strat_who_item, count + 1);
	for (size_t i = 0; i < count; i++) {
		const sn *one = sch_item(n, i);
		if (one->kind != SN_SCALAR || slu_str_is(one->text, "nobody") || !known(r, REF_ROLE, one->text))
			continue;
		struct strat_who_item *w = &item[who.n++];
		if (is_person(one->text))
			*w = (struct strat_who_item){ .kind = STRAT_WHO_PERSON, .name = { one->text.p + 1, one->text.n - 1 } };
		else if (is_level(one->text))
			*w = (struct strat_who_item){ .kind = STRAT_WHO_LEVEL, .level = level_of(one->text) };
		else
			*w = (struct strat_who_item){ .kind = STRAT_WHO_ROLE, .name = one->text };
	}
	who.item = item;
	return who;
}

static bool holds(const sn *list, slu_str word)
{
	for (size_t i = 0; list && list->kind != SN_MAP && i < sch_items(list); i++)
		if (sch_item(list, i)->kind == SN_SCALAR && slu_str_eq(sch_item(list, i)->text, word))
			return true;
	return false;
}

static bool environment_has(const sn *env, slu_str name)
{
	return holds(sn_get(env, "secrets"), name) || sn_find(sn_get(env, "variables"), name) != NULL;
}

static bool dollar_known(const struct sch_reader *r, slu_str name)
{
	if (slu_str_starts(name, "SLUICE_") || holds(sn_get(r->root, "secrets"), name))
		return true;
	if (r->environment)
		return environment_has(r->environment, name);
	if (r->depth == 0 || !slu_str_is(r->path[0], "drivers"))
		return false;
	/* a driver serves any environment that names it */
	const sn *envs = sch_names(r, REF_ENVIRONMENT);
	for (size_t i = 0; envs && i < envs->n; i++)
		if (sn_is(sn_get(envs->entry[i].value, "via"), r->depth > 1 ? r->path[1].p : "") && environment_has(envs->entry[i].value, name))
			return true;
	return false;
}

static size_t name_length(slu_str t)
{
	size_t n = 0;
	while (n < t.n && ((t.p[n] >= 'A' && t.p[n] <= 'Z') || (t.p[n] >= 'a' && t.p[n] <= 'z') || t.p[n] == '_' || (n && t.p[n] >= '0' && t.p[n] <= '9')))
		n++;
	return n;
}

bool sch_check_dollar(struct sch_reader *r, const sn *n)
{
	bool ok = true;
	for (size_t i = 0; i + 1 < n->text.n; i++) {
		if (n->text.p[i] != '$')
			continue;
		i += n->text.p[i + 1] == '{';
		slu_str rest = { n->text.p + i + 1, n->text.n - i - 1 };
		slu_str name = { rest.p, name_length(rest) };
		if (name.n == 0 || dollar_known(r, name))
			continue;
		sch_fail(r, n->pos, "%s uses $%.*s, which is declared nowhere. It must be one of `secrets`, one of the environment's `secrets` or `variables`, or begin with SLUICE_.", sch_path(r),
			 SLU_FMT(name));
		ok = false;
	}
	return ok;
}
