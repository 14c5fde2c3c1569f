/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What two patterns have in common, and whether one lies within the other: searched breadth first on the product of both
 * automata with that of the names Git accepts, so that the first name found is a shortest one and a real one.
 */
#include "strategy/pattern_impl.h"

enum { SEARCH_SLOTS = 2 * SLU_MAX_PATTERN_STATES, SET_WORDS = PAT_MAX_INST / 64 };

struct qset {
	uint64_t w[SET_WORDS];
};

struct node {
	uint16_t a, b;  /* place in p; place in q, or number of the set of places in q */
	uint8_t ref;    /* state of the automaton of accepted names */
	uint8_t byte;   /* that led here */
	uint16_t from;  /* node before */
	uint16_t depth;
};

/* Lives on the stack: a file has hundreds of these searches, and most end after a few nodes. */
struct search {
	const struct strat_pattern *p, *q;
	size_t n;
	bool full;
	uint16_t slot[SEARCH_SLOTS]; /* hash: node + 1 */
	struct node node[SLU_MAX_PATTERN_STATES];
};

static void search_init(struct search *s, const struct strat_pattern *p, const struct strat_pattern *q)
{
	s->p = p;
	s->q = q;
	s->n = 0;
	s->full = false;
	memset(s->slot, 0, sizeof s->slot);
}

static void search_add(struct search *s, unsigned a, unsigned b, unsigned ref, unsigned byte, unsigned from)
{
	uint32_t h = (a * 1024u + b) * 16u + ref;
	for (size_t i = (h * 2654435761u) % SEARCH_SLOTS;; i = (i + 1) % SEARCH_SLOTS) {
		if (!s->slot[i]) {
			if (s->n == SLU_MAX_PATTERN_STATES) {
				s->full = true;
				return;
			}
			unsigned depth = s->n ? s->node[from].depth + 1u : 0;
			s->node[s->n] = (struct node){ (uint16_t)a, (uint16_t)b, (uint8_t)ref, (uint8_t)byte, (uint16_t)from, (uint16_t)depth };
			s->slot[i] = (uint16_t)++s->n;
			return;
		}
		const struct node *o = &s->node[s->slot[i] - 1];
		if (o->a == a && o->b == b && o->ref == ref)
			return;
	}
}

size_t pat_closure(const struct strat_pattern *p, unsigned pc, uint16_t out[PAT_MAX_INST])
{
	bool seen[PAT_MAX_INST];
	uint16_t stack[PAT_MAX_INST];
	size_t n = 0, top = 0;
	memset(seen, 0, p->inst_n * sizeof *seen);
	stack[top++] = (uint16_t)pc;
	seen[pc] = true;
	while (top) {
		unsigned at = stack[--top];
		const struct pat_inst *in = &p->inst[at];
		if (in->op == PAT_BYTES || in->op == PAT_MATCH) {
			out[n++] = (uint16_t)at;
			continue;
		}
		/* the preferred one is put last, so that it comes off first */
		unsigned to[2] = { in->op == PAT_SAVE ? at + 1 : in->y, in->op == PAT_SAVE ? at + 1 : in->x };
		for (size_t i = 0; i < 2; i++)
			if (!seen[to[i]]) {
				seen[to[i]] = true;
				stack[top++] = (uint16_t)to[i];
			}
	}
	return n;
}

/* The nicest byte of a set: a letter, a digit, then the rest. -1: the set is empty. */
static int nicest(const struct pat_bytes *s)
{
	const uint64_t lower = (uint64_t)0x3ffffff << ('a' - 64), upper = (uint64_t)0x3ffffff << ('A' - 64), digit = (uint64_t)0x3ff << '0';
	if (s->w[1] & lower)
		return 64 + __builtin_ctzll(s->w[1] & lower);
	if (s->w[0] & digit)
		return __builtin_ctzll(s->w[0] & digit);
	if (s->w[1] & upper)
		return 64 + __builtin_ctzll(s->w[1] & upper);
	for (int i = 0; i < 4; i++)
		if (s->w[i])
			return 64 * i + __builtin_ctzll(s->w[i]);
	return -1;
}

static struct pat_bytes both(const struct pat_bytes *a, const struct pat_bytes *b)
{
	struct pat_bytes r;
	for (size_t i = 0; i < 4; i++)
		r.w[i] = a->w[i] & b->w[i];
	return r;
}

/* The bytes that the automaton of accepted names tells apart: nine of them alone, the others together and first. */
static const char ref_alone[] = "./-@{lock";
enum { REF_CLASSES = sizeof ref_alone };

static void ref_classes(struct pat_bytes class[REF_CLASSES])
{
	class[0] = (struct pat_bytes){ { 0xfffffffe00000000u, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
	for (size_t i = 1; i < REF_CLASSES; i++) {
		unsigned char c = (unsigned char)ref_alone[i - 1];
		class[i] = (struct pat_bytes){ 0 };
		class[i].w[c >> 6] = (uint64_t)1 << (c & 63);
		class[0].w[c >> 6] &= ~class[i].w[c >> 6];
	}
}

/* From node `from`, eating a byte of `set` that leads to places a and b. */
static void step(struct search *s, size_t from, const struct pat_bytes *set, const struct pat_bytes *class, unsigned a, unsigned b)
{
	for (size_t i = 0; i < REF_CLASSES; i++) {
		struct pat_bytes part = both(set, &class[i]);
		int byte = nicest(&part);
		unsigned ref = byte < 0 ? PAT_REF_DEAD : pat_ref_next(s->node[from].ref, (unsigned char)byte);
		if (ref != PAT_REF_DEAD)
			search_add(s, a, b, ref, (unsigned)byte, (unsigned)from);
	}
}

static char *spell(slu_arena *a, const struct search *s, size_t at)
{
	size_t n = s->node[at].depth;
	char *name = slu_alloc(a, n + 1);
	for (; n; at = s->node[at].from)
		name[--n] = (char)s->node[at].byte;
	return name;
}

/* Steps from one node: every pair of bytes that both patterns may eat next. True: the node itself is a shared name. */
static bool expand_both(struct search *s, size_t at, const struct pat_bytes *class)
{
	uint16_t pa[PAT_MAX_INST], qa[PAT_MAX_INST];
	size_t pn = pat_closure(s->p, s->node[at].a, pa), qn = pat_closure(s->q, s->node[at].b, qa);
	for (size_t i = 0; i < pn; i++) {
		const struct pat_inst *pi = &s->p->inst[pa[i]];
		for (size_t k = 0; k < qn; k++) {
			const struct pat_inst *qi = &s->q->inst[qa[k]];
			if (pi->op == PAT_MATCH && qi->op == PAT_MATCH && pat_ref_accepts(s->node[at].ref))
				return true;
			if (pi->op != PAT_BYTES || qi->op != PAT_BYTES)
				continue;
			struct pat_bytes set = both(&pi->set, &qi->set);
			step(s, at, &set, class, pa[i] + 1u, qa[k] + 1u);
		}
	}
	return false;
}

static slu_rc too_big(const strat_pattern *p, const strat_pattern *q, slu_err *err)
{
	return slu_fail(err, SLU_E_LIMIT, "The patterns \"%.*s\" and \"%.*s\" are too intricate to be compared (more than %u states). Make them simpler.", SLU_FMT(p->text), SLU_FMT(q->text),
			SLU_MAX_PATTERN_STATES);
}

/* One more state may be looked at. */
static bool spend(struct search *s, size_t *budget)
{
	if (*budget == 0)
		s->full = true;
	else
		--*budget;
	return !s->full;
}

/* Two literal beginnings that differ share nothing: the common case, told without a search. */
static bool begin_apart(const strat_pattern *p, const strat_pattern *q)
{
	if (p->item[0].kind != PAT_LITERAL || q->item[0].kind != PAT_LITERAL)
		return false;
	slu_str a = p->item[0].text, b = q->item[0].text;
	return memcmp(a.p, b.p, a.n < b.n ? a.n : b.n) != 0;
}

slu_rc pat_overlap(char **shortest, slu_arena *a, const strat_pattern *p, const strat_pattern *q, size_t *budget, slu_err *err)
{
	if (begin_apart(p, q)) {
		*shortest = NULL;
		return SLU_OK;
	}
	struct pat_bytes class[REF_CLASSES];
	ref_classes(class);
	struct search s;
	search_init(&s, p, q);
	search_add(&s, 0, 0, PAT_REF_START, 0, 0);
	for (size_t at = 0; at < s.n && spend(&s, budget); at++)
		if (expand_both(&s, at, class)) {
			*shortest = spell(a, &s, at);
			return SLU_OK;
		}
	if (s.full)
		return too_big(p, q, err);
	*shortest = NULL;
	return SLU_OK;
}

slu_rc strat_pattern_overlap(char **shortest, slu_arena *a, const strat_pattern *p, const strat_pattern *q, slu_err *err)
{
	size_t budget = SLU_MAX_PATTERN_STATES;
	return pat_overlap(shortest, a, p, q, &budget, err);
}

bool pat_possible(const struct strat_pattern *p, slu_arena *a)
{
	char *name = NULL;
	return strat_pattern_overlap(&name, a, p, p, NULL) != SLU_OK || name != NULL;
}

/* Sets of places in q, kept once each; nodes name them by number. */
struct sets {
	size_t n;
	bool full;
	struct qset v[PAT_MAX_INST];
};

static unsigned intern(struct sets *t, const struct qset *s)
{
	for (size_t i = 0; i < t->n; i++)
		if (memcmp(&t->v[i], s, sizeof *s) == 0)
			return (unsigned)i;
	if (t->n == PAT_MAX_INST) {
		t->full = true;
		return 0;
	}
	t->v[t->n] = *s;
	return (unsigned)t->n++;
}

static void set_add(struct qset *s, const struct strat_pattern *q, unsigned pc)
{
	uint16_t to[PAT_MAX_INST];
	size_t n = pat_closure(q, pc, to);
	for (size_t i = 0; i < n; i++)
		s->w[to[i] / 64] |= (uint64_t)1 << (to[i] % 64);
}

static bool in_set(const struct qset *s, size_t pc)
{
	return (s->w[pc / 64] >> (pc % 64)) & 1;
}

static bool may_end(const struct qset *s, const struct strat_pattern *q)
{
	return in_set(s, q->inst_n - 1);
}

/* Where q stands after `byte`; *same is narrowed to the bytes that lead to the same set. */
static struct qset set_next(const struct qset *from, const struct strat_pattern *q, unsigned char byte, struct pat_bytes *same)
{
	struct qset to = { 0 };
	for (size_t pc = 0; pc < q->inst_n; pc++) {
		if (!in_set(from, pc) || q->inst[pc].op != PAT_BYTES)
			continue;
		bool eats = pat_has(&q->inst[pc].set, byte);
		for (size_t i = 0; i < 4; i++)
			same->w[i] &= eats ? q->inst[pc].set.w[i] : ~q->inst[pc].set.w[i];
		if (eats)
			set_add(&to, q, (unsigned)pc + 1);
	}
	return to;
}

/* Every byte of `left`, block by block of those that q treats alike. */
static void step_within(struct search *s, struct sets *t, size_t at, struct pat_bytes left, unsigned a)
{
	for (int byte; (byte = nicest(&left)) >= 0;) {
		struct pat_bytes same = left;
		struct qset from = t->v[s->node[at].b];
		struct qset to = set_next(&from, s->q, (unsigned char)byte, &same);
		unsigned ref = pat_ref_next(s->node[at].ref, (unsigned char)byte);
		if (ref != PAT_REF_DEAD)
			search_add(s, a, intern(t, &to), ref, (unsigned)byte, (unsigned)at);
		for (size_t i = 0; i < 4; i++)
			left.w[i] &= ~same.w[i];
	}
}

/* True: the node is a name of p that q does not have. */
static bool expand_within(struct search *s, struct sets *t, size_t at, const struct pat_bytes *class)
{
	uint16_t pa[PAT_MAX_INST];
	size_t pn = pat_closure(s->p, s->node[at].a, pa);
	for (size_t i = 0; i < pn; i++) {
		const struct pat_inst *pi = &s->p->inst[pa[i]];
		if (pi->op == PAT_MATCH && pat_ref_accepts(s->node[at].ref) && !may_end(&t->v[s->node[at].b], s->q))
			return true;
		for (size_t c = 0; pi->op == PAT_BYTES && c < REF_CLASSES; c++)
			step_within(s, t, at, both(&pi->set, &class[c]), pa[i] + 1u);
	}
	return false;
}

slu_rc pat_within(bool *out, const strat_pattern *p, const strat_pattern *q, size_t *budget, slu_err *err)
{
	struct pat_bytes class[REF_CLASSES];
	ref_classes(class);
	struct search s;
	search_init(&s, p, q);
	struct sets t;
	t.n = 0;
	t.full = false;
	struct qset start = { 0 };
	set_add(&start, q, 0);
	search_add(&s, 0, intern(&t, &start), PAT_REF_START, 0, 0);
	for (size_t at = 0; at < s.n && spend(&s, budget); at++)
		if (expand_within(&s, &t, at, class)) {
			*out = false;
			return SLU_OK;
		}
	if (s.full || t.full)
		return too_big(p, q, err);
	*out = true;
	return SLU_OK;
}

slu_rc strat_pattern_within(bool *out, slu_arena *a, const strat_pattern *p, const strat_pattern *q, slu_err *err)
{
	(void)a;
	size_t budget = SLU_MAX_PATTERN_STATES;
	return pat_within(out, p, q, &budget, err);
}
