/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up in a compiled strategy, and the words for its values. */
#include "strategy/strat.h"

static int kind_of(const struct strat_rank *rank, size_t n, slu_str name, struct strat_captures *caps)
{
	for (size_t i = 0; i < n; i++)
		if (strat_pattern_match(rank[i].pattern, name, caps))
			return rank[i].entry;
	return STRAT_NONE;
}

int strat_branch_kind(const strat *s, slu_str name, struct strat_captures *caps)
{
	return kind_of(s->branch_rank, s->branch_rank_n, name, caps);
}

int strat_tag_class(const strat *s, slu_str name, struct strat_captures *caps)
{
	return kind_of(s->tag_rank, s->tag_rank_n, name, caps);
}

#define FIND(list, key)                                                                                                                                                       \
	for (size_t i = 0; i < s->list##_n; i++)                                                                                                                              \
		if (slu_str_eq(s->list[i].name, key))                                                                                                                         \
			return (int)i;                                                                                                                                        \
	return STRAT_NONE

int strat_find_branch(const strat *s, slu_str key)
{
	FIND(branch, key);
}

int strat_find_tag(const strat *s, slu_str key)
{
	FIND(tag, key);
}

int strat_find_check(const strat *s, slu_str key)
{
	FIND(check, key);
}

int strat_find_environment(const strat *s, slu_str key)
{
	FIND(environment, key);
}

int strat_find_gate(const strat *s, slu_str key)
{
	FIND(gate, key);
}

int strat_find_role(const strat *s, slu_str key)
{
	FIND(role, key);
}

bool strat_set_has(const struct strat_set *set, int i)
{
	for (size_t k = 0; k < set->n; k++)
		if (set->i[k] == i)
			return true;
	return false;
}

slu_str strat_default_branch(const strat *s)
{
	for (size_t i = 0; i < s->branch_n; i++)
		if (s->branch[i].type == STRAT_PRODUCTION && s->branch[i].match_n && strat_pattern_is_exact(s->branch[i].match[0]))
			return strat_pattern_text(s->branch[i].match[0]);
	return (slu_str){ 0 };
}

const char *strat_level_word(enum strat_level l)
{
	static const char *const words[] = { "none", "read", "triage", "write", "maintain", "admin" };
	return l <= STRAT_ADMIN ? words[l] : "none";
}

const char *strat_type_word(enum strat_branch_type t)
{
	static const char *const words[] = { "production", "integration", "release", "hotfix", "support", "work", "throwaway" };
	return t <= STRAT_THROWAWAY ? words[t] : "";
}

const char *strat_method_word(enum strat_method m)
{
	static const char *const words[] = { "merge", "squash", "rebase", "fast-forward" };
	return m <= STRAT_FAST_FORWARD ? words[m] : "";
}

const char *strat_verb_word(enum strat_verb v)
{
	static const char *const words[] = { "create", "push", "merge", "force-push", "delete" };
	return v < STRAT_VERB_COUNT ? words[v] : "";
}

char *strat_who_text(slu_arena *a, const struct strat_who *w)
{
	slu_auto_buf b;
	slu_buf_init(&b, SLU_MAX_TEXT_BYTES);
	for (size_t i = 0; i < w->n; i++) {
		const struct strat_who_item *one = &w->item[i];
		slu_buf_adds(&b, i == 0 ? "" : i + 1 == w->n ? ", or " : ", ");
		if (one->kind == STRAT_WHO_LEVEL)
			slu_buf_adds(&b, strat_level_word(one->level));
		else
			slu_buf_addf(&b, "%s%.*s", one->kind == STRAT_WHO_ROLE ? "role " : "@", SLU_FMT(one->name));
	}
	return b.n ? slu_strndup(a, b.p, b.n) : slu_strdup(a, "nobody");
}

char *strat_archive_name(slu_arena *a, slu_str branch)
{
	char *name = slu_printf(a, "archive/%.*s", SLU_FMT(branch));
	for (char *p = name + strlen("archive/"); *p; p++)
		if (*p == '/')
			*p = '-';
	return name;
}
