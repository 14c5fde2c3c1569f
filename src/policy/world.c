/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

#include <stdlib.h>

struct pol_memo {
	slu_arena *a;
	bool known;
	size_t n;            /* branches */
	const slu_str *name;
	const slu_oid *id;
	size_t *by_kind;     /* their numbers, those of no kind first, then kind after kind */
	size_t *begin;       /* where kind k begins in by_kind: begin[k + 1] */
};

struct pol_memo *pol_memo_new(slu_arena *a)
{
	struct pol_memo *m = SLU_NEW(a, struct pol_memo);
	m->a = a;
	return m;
}

static slu_rc know_heads(struct pol_judge *j, slu_err *err)
{
	struct pol_memo *m = j->memo = j->memo ? j->memo : j->f->memo ? j->f->memo : pol_memo_new(j->a);
	size_t kinds = j->s->branch_n;
	if (m->known)
		return SLU_OK;
	if (j->f->branches)
		SLU_TRY(j->f->branches(j->f->ctx, m->a, &m->name, &m->id, &m->n, err));
	int *kind = SLU_NEW_N(m->a, int, m->n + 1);
	size_t *next = SLU_NEW_N(m->a, size_t, kinds + 2);
	m->begin = SLU_NEW_N(m->a, size_t, kinds + 2);
	m->by_kind = SLU_NEW_N(m->a, size_t, m->n + 1);
	for (size_t i = 0; i < m->n; i++) {
		kind[i] = strat_branch_kind(j->s, m->name[i], NULL);
		m->begin[(size_t)(kind[i] + 1) + 1]++;
	}
	for (size_t k = 1; k < kinds + 2; k++)
		next[k] = m->begin[k] += m->begin[k - 1];
	for (size_t i = 0; i < m->n; i++)
		m->by_kind[next[kind[i] + 1]++] = i;
	m->known = true;
	return SLU_OK;
}

static int by_number(const void *x, const void *y)
{
	const size_t *a = x, *b = y;
	return (*a > *b) - (*a < *b);
}

/** Numbers of the branches of these kinds, in the order of the list. */
static size_t *of_kinds(struct pol_judge *j, const bool *want, size_t *n)
{
	const struct pol_memo *m = j->memo;
	size_t room = 0, kinds = 0;
	for (size_t k = 0; k < j->s->branch_n; k++)
		room += want[k] ? m->begin[k + 2] - m->begin[k + 1] : 0;
	size_t *list = SLU_NEW_N(j->a, size_t, room + 1);
	*n = 0;
	for (size_t k = 0; k < j->s->branch_n; k++) {
		size_t size = want[k] ? m->begin[k + 2] - m->begin[k + 1] : 0;
		memcpy(list + *n, m->by_kind + m->begin[k + 1], size * sizeof *list);
		*n += size;
		kinds += size > 0;
	}
	if (kinds > 1)
		qsort(list, *n, sizeof *list, by_number);
	return list;
}

slu_rc pol_heads(struct pol_judge *j, const bool *want, slu_str except, slu_oid **out, slu_str **names, size_t *n, slu_err *err)
{
	size_t used = 0;
	SLU_TRY(know_heads(j, err));
	const struct pol_memo *m = j->memo;
	size_t some = m->n;
	const size_t *list = want ? of_kinds(j, want, &some) : NULL;
	slu_oid *ids = SLU_NEW_N(j->a, slu_oid, some + 4);
	slu_str *kept = SLU_NEW_N(j->a, slu_str, some + 4);
	for (size_t i = 0; i < some; i++) {
		size_t at = list ? list[i] : i;
		if (slu_oid_is_zero(&m->id[at]) || slu_str_eq(m->name[at], except))
			continue;
		kept[used] = m->name[at];
		ids[used++] = m->id[at];
	}
	*out = ids;
	if (names)
		*names = kept;
	*n = used;
	return SLU_OK;
}

/* Quick: the old tip and the base's heads, else the default branch. Exact: every branch that is there. */
slu_rc pol_known_heads(struct pol_judge *j, bool exact, slu_oid **not_, size_t *not_n, slu_err *err)
{
	bool *want = NULL;
	if (!exact) {
		want = SLU_NEW_N(j->a, bool, j->s->branch_n + 1);
		slu_str main_name = j->f->default_branch.n ? j->f->default_branch : strat_default_branch(j->s);
		int base = j->kind >= 0 ? j->s->branch[j->kind].base : STRAT_NONE;
		if (base < 0)
			base = strat_branch_kind(j->s, main_name, NULL);
		if (base >= 0)
			want[base] = true;
	}
	slu_oid *ids = NULL;
	size_t n = 0;
	SLU_TRY(pol_heads(j, want, SLU_STR(""), &ids, NULL, &n, err));
	if (!slu_oid_is_zero(&j->act->old) && j->tag.n == 0)
		ids[n++] = j->act->old;
	*not_ = ids;
	*not_n = n;
	return SLU_OK;
}

const struct strat_edge *pol_edge(const strat *s, int from, int into)
{
	if (from < 0 || into < 0)
		return NULL;
	for (size_t i = 0; i < s->branch[from].edge_n; i++)
		if (s->branch[from].edge[i].into == into)
			return &s->branch[from].edge[i];
	return NULL;
}

static const char *join(struct pol_judge *j, const char *list, const char *more)
{
	return *list ? POL_TEXT(j, "%s, %s", list, more) : more;
}

const char *pol_ways_from(struct pol_judge *j, int from)
{
	const char *list = "";
	if (from < 0)
		return "nothing";
	for (size_t i = 0; i < j->s->branch[from].edge_n; i++)
		list = join(j, list, pol_kind_name(j, j->s->branch[from].edge[i].into));
	return *list ? list : "nothing";
}

const char *pol_ways_into(struct pol_judge *j, int into)
{
	const char *list = "";
	for (size_t i = 0; i < j->s->branch_n; i++)
		if (pol_edge(j->s, (int)i, into) && !j->s->branch[i].builtin)
			list = join(j, list, pol_kind_name(j, (int)i));
	return *list ? list : "nothing";
}

static bool contains_nocase(slu_str text, slu_str word)
{
	for (size_t i = 0; word.n && i + word.n <= text.n; i++) {
		size_t k = 0;
		while (k < word.n && ((text.p[i + k] ^ word.p[k]) & ~0x20) == 0)
			k++;
		if (k == word.n)
			return true;
	}
	return word.n == 0;
}

static bool same_nocase(slu_str a, slu_str b)
{
	return a.n == b.n && contains_nocase(a, b);
}

static bool has_label(slu_str list, slu_str label)
{
	slu_str one;

	while (slu_str_split(&list, ',', &one))
		if (same_nocase(slu_str_trim(one), label))
			return true;
	return label.n == 0;
}

bool pol_check_concerns(const struct pol_judge *j, const struct strat_check *c)
{
	const struct strat_trigger *t = &c->on;
	int into = j->act->verb == POL_CREATE ? j->s->branch[j->kind].base : j->kind; /* what a release is cut from has passed what goes in there */
	if (!(t->on & (1u << STRAT_ON_CHANGE)))
		return false;
	if (t->set[STRAT_ON_CHANGE].n && !strat_set_has(&t->set[STRAT_ON_CHANGE], into))
		return false;
	if (!j->has_change)
		return t->title.n == 0 && t->label.n == 0 && t->from.n == 0;
	if (t->from.n && !strat_set_has(&t->from, j->source_kind))
		return false;
	return contains_nocase(j->change.title, t->title) && has_label(j->change.labels, t->label);
}

/* ---- globs: a set of positions in the pattern goes through the path once ------------------------------------------------ */

enum { GLOB_MAX = 256 };
struct glob {
	const char *p;
	size_t n;
	bool at[GLOB_MAX + 1];
};

/* `*` and `**` may stand for nothing: open the positions behind them. */
static void spread(struct glob *g, bool *at)
{
	for (size_t i = 0; i < g->n; i++)
		if (at[i] && g->p[i] == '*')
			at[i + 1] = true;
}

static bool in_class(const struct glob *g, size_t open, size_t close, char c)
{
	bool not_ = g->p[open + 1] == '!' || g->p[open + 1] == '^', hit = false;
	for (size_t i = open + 1 + not_; i < close; i++) {
		if (i + 2 < close && g->p[i + 1] == '-') {
			hit = hit || (g->p[i] <= c && c <= g->p[i + 2]);
			i += 2;
		} else {
			hit = hit || g->p[i] == c;
		}
	}
	return hit != not_ && c != '/';
}

static size_t class_end(const struct glob *g, size_t open)
{
	for (size_t i = open + 2; i < g->n; i++)
		if (g->p[i] == ']')
			return i;
	return 0;
}

static bool is_deep(const struct glob *g, size_t i)
{
	return (i + 1 < g->n && g->p[i + 1] == '*') || (i > 0 && g->p[i - 1] == '*');
}

static void step(const struct glob *g, const bool *from, bool *to, char c)
{
	for (size_t i = 0; i < g->n; i++) {
		if (!from[i])
			continue;
		size_t close = g->p[i] == '[' ? class_end(g, i) : 0;
		if (g->p[i] == '*')
			to[i] = to[i] || c != '/' || is_deep(g, i);
		else if (g->p[i] == '?')
			to[i + 1] = to[i + 1] || c != '/';
		else if (close)
			to[close + 1] = to[close + 1] || in_class(g, i, close, c);
		else
			to[i + 1] = to[i + 1] || g->p[i] == c;
	}
}

static size_t plain_head(slu_str pattern)
{
	size_t n = 0;
	while (n < pattern.n && !strchr("*?[", pattern.p[n]))
		n++;
	return n;
}

static size_t plain_tail(slu_str pattern)
{
	size_t n = 0;
	while (n < pattern.n && !strchr("*?[]", pattern.p[pattern.n - 1 - n]))
		n++;
	return n;
}

/** Most names are told by the bytes that the pattern begins and ends with. */
static bool ends_fit(slu_str pattern, slu_str text)
{
	size_t head = plain_head(pattern), tail = plain_tail(pattern);
	if (head == pattern.n)
		return slu_str_eq(pattern, text);
	if (head + tail > text.n)
		return false;
	return (head == 0 || memcmp(text.p, pattern.p, head) == 0) && (tail == 0 || memcmp(text.p + text.n - tail, pattern.p + pattern.n - tail, tail) == 0);
}

static bool glob_whole(slu_str pattern, slu_str text)
{
	if (!ends_fit(pattern, text))
		return false;
	struct glob g = { .p = pattern.p, .n = pattern.n };
	g.at[0] = true;
	spread(&g, g.at);
	for (size_t k = 0; k < text.n; k++) {
		bool next[GLOB_MAX + 1] = { 0 };
		step(&g, g.at, next, text.p[k]);
		spread(&g, next);
		memcpy(g.at, next, sizeof next);
	}
	return g.at[g.n];
}

bool pol_glob(slu_str glob, slu_str path)
{
	bool folder = slu_str_ends(glob, "/");
	if (folder)
		glob.n--;
	bool rooted = glob.n && memchr(glob.p, '/', glob.n) != NULL;
	if (glob.n && glob.p[0] == '/') {
		glob.p++;
		glob.n--;
	}
	if (glob.n == 0 || glob.n > GLOB_MAX)
		return false;
	/* every prefix that ends before a slash is a folder; the whole path is the file */
	size_t start = 0;
	for (size_t i = 0; i <= path.n; i++) {
		if (i < path.n && path.p[i] != '/')
			continue;
		slu_str part = rooted ? (slu_str){ path.p, i } : (slu_str){ path.p + start, i - start };
		if ((i < path.n || !folder) && glob_whole(glob, part))
			return true;
		start = i + 1;
	}
	return false;
}
