/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching: all readings of the name at once, one step per byte (the way of Ken Thompson and Rob Pike). Threads stand in order
 * of preference; a place of the program is entered once per byte, by the thread that comes first, so the cost is
 * O(name * program) and cannot explode.
 */
#include "strategy/pattern_impl.h"

struct slots {
	uint16_t at[PAT_SLOTS]; /* place + 1; 0: not there */
};

struct threads {
	uint16_t pc[PAT_MAX_INST];
	size_t n;
	uint16_t seen[PAT_MAX_INST]; /* = step + 1 when the place was entered in that step */
};

struct run {
	const struct strat_pattern *p;
	struct threads list[2];
	struct slots *slots[2]; /* NULL: captures are not wanted */
	uint16_t step;
};

static void enter(struct run *r, struct threads *t, struct slots *to, unsigned pc, struct slots *s)
{
	if (t->seen[pc] == r->step)
		return;
	t->seen[pc] = r->step;
	const struct pat_inst *in = &r->p->inst[pc];
	if (in->op == PAT_SPLIT) {
		enter(r, t, to, in->x, s);
		enter(r, t, to, in->y, s);
	} else if (in->op == PAT_SAVE) {
		uint16_t old = s->at[in->x];
		s->at[in->x] = r->step;
		enter(r, t, to, pc + 1, s);
		s->at[in->x] = old;
	} else {
		if (to)
			to[t->n] = *s;
		t->pc[t->n++] = (uint16_t)pc;
	}
}

/* Index into the last list of the thread that matched the whole name; -1: none. */
static int run(struct run *r, slu_str name)
{
	struct slots none = { 0 };
	struct threads *now = &r->list[0], *next = &r->list[1];
	struct slots *now_s = r->slots[0], *next_s = r->slots[1];
	r->step = 1;
	enter(r, now, now_s, 0, &none);
	for (size_t i = 0; i < name.n && now->n; i++) {
		r->step = (uint16_t)(i + 2);
		next->n = 0;
		for (size_t k = 0; k < now->n; k++) {
			const struct pat_inst *in = &r->p->inst[now->pc[k]];
			if (in->op != PAT_BYTES || !pat_has(&in->set, (unsigned char)name.p[i]))
				continue;
			struct slots s = now_s ? now_s[k] : none;
			enter(r, next, next_s, now->pc[k] + 1u, &s);
		}
		struct threads *t = now;
		now = next;
		next = t;
		struct slots *ts = now_s;
		now_s = next_s;
		next_s = ts;
	}
	r->slots[0] = now_s;
	for (size_t k = 0; k < now->n; k++)
		if (r->p->inst[now->pc[k]].op == PAT_MATCH)
			return (int)k;
	return -1;
}

static void take(struct strat_captures *caps, const struct slots *s, slu_str name)
{
	*caps = (struct strat_captures){ 0 };
	for (size_t c = 0; c < STRAT_CAP_COUNT; c++) {
		size_t from = s->at[2 * c], to = s->at[2 * c + 1];
		if (from && to)
			caps->v[c] = (slu_str){ name.p + from - 1, to - from };
	}
}

[[gnu::noinline]] static bool match(const strat_pattern *p, slu_str name, struct strat_captures *caps)
{
	struct run r;
	r.p = p;
	for (size_t i = 0; i < 2; i++) {
		memset(r.list[i].seen, 0, p->inst_n * sizeof *r.list[i].seen);
		r.list[i].n = 0;
		r.slots[i] = NULL;
	}
	if (!caps || !p->caps) {
		if (run(&r, name) < 0)
			return false;
		if (caps)
			*caps = (struct strat_captures){ 0 };
		return true;
	}
	struct slots first[PAT_MAX_INST], second[PAT_MAX_INST];
	r.slots[0] = first;
	r.slots[1] = second;
	int k = run(&r, name);
	if (k < 0)
		return false;
	take(caps, &r.slots[0][k], name);
	return true;
}

/* Most names are told from most patterns by the letters that these begin with. */
static bool begins_so(const strat_pattern *p, slu_str name)
{
	const struct pat_item *first = p->item;
	return p->item_n == 0 || first->kind != PAT_LITERAL || (name.n >= first->text.n && memcmp(name.p, first->text.p, first->text.n) == 0);
}

/* "feature/{name}", as most patterns are: behind what it begins with, bytes of one set, at least one. NULL: it is another */
static const struct pat_bytes *rest_of(const strat_pattern *p)
{
	if (p->item_n != 2 || p->item[0].kind != PAT_LITERAL || p->item[1].kind != PAT_CAPTURE || p->item[1].cap != STRAT_CAP_NAME)
		return NULL;
	return &p->inst[p->item[0].text.n + 1].set; /* an instruction for each byte, and one that notes the place */
}

static bool is_of(const struct pat_bytes *set, slu_str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!pat_has(set, (unsigned char)text.p[i]))
			return false;
	return text.n > 0;
}

bool strat_pattern_match(const strat_pattern *p, slu_str name, struct strat_captures *caps)
{
	if (name.n == 0 || name.n > SLU_MAX_REF_BYTES || !begins_so(p, name))
		return false;
	const struct pat_bytes *rest = caps ? NULL : rest_of(p);
	return rest ? is_of(rest, (slu_str){ name.p + p->item[0].text.n, name.n - p->item[0].text.n }) : match(p, name, caps);
}
