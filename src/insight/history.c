/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/history.h"

/* ---- ids --------------------------------------------------------------------------------------------------------------- */

/* Ids are as good as random: their first bytes are the hash. */
static size_t hash_of(const unsigned char *id)
{
	size_t x;
	memcpy(&x, id, sizeof x);
	return x;
}

static void index_ids(ins_history *h)
{
	h->slots = 16;
	while (h->slots < h->n + h->n / 2) /* small, as it is looked into at random */
		h->slots *= 2;
	h->slot = SLU_NEW_N(h->a, uint32_t, h->slots);
	for (size_t i = 0; i < h->n; i++) {
		size_t s = hash_of(h->id.b + i * h->id.size) & (h->slots - 1);
		while (h->slot[s])
			s = (s + 1) & (h->slots - 1);
		h->slot[s] = (uint32_t)i + 1;
	}
}

uint32_t ins_find(const ins_history *h, const slu_oid *id)
{
	unsigned char raw[32];
	if (slu_oid_bytes(raw, id) != h->id.size)
		return INS_NONE;
	for (size_t s = hash_of(raw) & (h->slots - 1); h->slot[s]; s = (s + 1) & (h->slots - 1))
		if (memcmp(h->id.b + (h->slot[s] - 1) * h->id.size, raw, h->id.size) == 0)
			return h->slot[s] - 1;
	return INS_NONE;
}

/* ---- lines ------------------------------------------------------------------------------------------------------------- */

static void make_line(ins_history *h, uint32_t number)
{
	struct ins_line *l = &h->line[number];
	size_t n = 0;
	uint32_t c = l->head;
	while (c != INS_NONE && h->line_of[c] == INS_NONE) {
		h->line_of[c] = number;
		n++;
		c = ins_parent_n(h, c) ? ins_parent(h, c, 0) : INS_NONE;
	}
	uint32_t *at = SLU_NEW_N(h->a, uint32_t, n + 1);
	int64_t *until = SLU_NEW_N(h->a, int64_t, n + 1);
	l->from = c;
	l->n = n;
	c = l->head;
	for (size_t k = n; k-- > 0;) {
		at[k] = c;
		h->place_of[c] = (uint32_t)k;
		c = ins_parent_n(h, c) ? ins_parent(h, c, 0) : INS_NONE;
	}
	for (size_t k = 0; k < n; k++) {
		int64_t t = h->time_s[at[k]];
		until[k] = k && until[k - 1] > t ? until[k - 1] : t;
	}
	l->at = at;
	l->until_s = until;
}

void ins_history_begin(ins_history *h, slu_arena *a)
{
	h->a = a;
	h->line_of = SLU_NEW_N(a, uint32_t, h->n + 1);
	h->place_of = SLU_NEW_N(a, uint32_t, h->n + 1);
	h->mark = SLU_NEW_N(a, uint32_t, h->n + 1);
	index_ids(h);
}

void ins_history_lines(ins_history *h, const slu_str *name, const uint32_t *head, const int *kind, size_t n)
{
	h->line = SLU_NEW_N(h->a, struct ins_line, n + 1);
	h->line_n = n;
	memset(h->line_of, 0xFF, (h->n + 1) * sizeof *h->line_of);
	for (size_t i = 0; i < n; i++) {
		h->line[i] = (struct ins_line){ .name = name[i], .kind = kind[i], .head = head[i] };
		make_line(h, (uint32_t)i);
	}
}

uint32_t ins_find_line(const ins_history *h, slu_str name)
{
	for (size_t i = 0; i < h->line_n; i++)
		if (slu_str_eq(h->line[i].name, name))
			return (uint32_t)i;
	return INS_NONE;
}

uint32_t ins_line_at(const ins_history *h, const struct ins_line *l, int64_t time_s)
{
	size_t low = 0, high = l->n;
	(void)h;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (l->until_s[mid] <= time_s)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? l->at[low - 1] : INS_NONE;
}

/* ---- what lies behind what ----------------------------------------------------------------------------------------------- */

static void enqueue(ins_history *h, uint32_t c)
{
	if (h->queue_n == h->queue_cap) {
		size_t cap = h->queue_cap ? h->queue_cap * 2 : 256;
		h->queue = slu_grow(h->a, h->queue, h->queue_n, cap, sizeof *h->queue);
		h->queue_cap = cap;
	}
	h->queue[h->queue_n++] = c;
}

/* By a line's own table, else by that of the line that it began on. */
static bool by_lines(const ins_history *h, uint32_t of, uint32_t c)
{
	while (of != INS_NONE && c <= of) {
		const struct ins_line *l = &h->line[h->line_of[of]];
		if (l->reach[c])
			return l->reach[c] <= h->place_of[of] + 1;
		of = l->from;
	}
	return false;
}

/* Each commit is looked at once, at the first place of the line that reaches it. */
static void paint(ins_history *h, struct ins_line *l)
{
	l->reach = SLU_NEW_N(h->a, uint32_t, h->n);
	for (size_t k = 0; k < l->n; k++) {
		h->queue_n = 0;
		enqueue(h, l->at[k]);
		while (h->queue_n) {
			uint32_t c = h->queue[--h->queue_n];
			if (l->reach[c] || (l->from != INS_NONE && by_lines(h, l->from, c)))
				continue;
			l->reach[c] = (uint32_t)k + 1;
			for (uint32_t i = 0; i < ins_parent_n(h, c); i++)
				enqueue(h, ins_parent(h, c, i));
		}
	}
}

/* A line's table, and those of the lines that it comes from, which it is made with. */
static void know_line(ins_history *h, uint32_t line)
{
	while (!h->line[line].reach) {
		uint32_t next = line;
		while (h->line[next].from != INS_NONE && !h->line[h->line_of[h->line[next].from]].reach)
			next = h->line_of[h->line[next].from];
		paint(h, &h->line[next]);
	}
}

/* Highest number first: what comes out of the heap has got everything that its children say of it. */
static void sift_up(ins_history *h, size_t i)
{
	while (i && h->queue[(i - 1) / 2] < h->queue[i]) {
		uint32_t x = h->queue[i];
		h->queue[i] = h->queue[(i - 1) / 2];
		h->queue[(i - 1) / 2] = x;
		i = (i - 1) / 2;
	}
}

static uint32_t pop(ins_history *h)
{
	uint32_t top = h->queue[0], last = h->queue[--h->queue_n];
	size_t i = 0;
	for (;;) {
		size_t k = 2 * i + 1;
		if (k >= h->queue_n)
			break;
		k += k + 1 < h->queue_n && h->queue[k + 1] > h->queue[k];
		if (h->queue[k] <= last)
			break;
		h->queue[i] = h->queue[k];
		i = k;
	}
	if (h->queue_n)
		h->queue[i] = last;
	return top;
}

enum { WANTED = 1, BORING = 2, FLAGS = 4 };

/* *live: wanted commits in the queue that are not boring. */
static void add(ins_history *h, uint32_t c, uint32_t flag, size_t *live)
{
	uint32_t old = h->mark[c] / FLAGS == h->epoch ? h->mark[c] % FLAGS : 0, now = old | flag;
	h->mark[c] = h->epoch * FLAGS + now;
	*live += now == WANTED && old == 0;
	*live -= old == WANTED && now != WANTED;
	if (old)
		return;
	enqueue(h, c);
	sift_up(h, h->queue_n - 1);
}

static void next_epoch(ins_history *h)
{
	h->queue_n = 0;
	if (++h->epoch < UINT32_MAX / FLAGS)
		return;
	memset(h->mark, 0, h->n * sizeof *h->mark);
	h->epoch = 1;
}

static bool is_covered(const ins_history *h, const uint32_t *of, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (by_lines(h, of[i], c))
			return true;
	return false;
}

bool ins_covers(ins_history *h, uint32_t of, uint32_t c)
{
	if (c >= of)
		return c == of;
	if (h->line_of[of] != INS_NONE) {
		know_line(h, h->line_of[of]);
		return by_lines(h, of, c);
	}
	size_t live = 0;
	next_epoch(h);
	add(h, of, WANTED, &live);
	while (h->queue_n) {
		uint32_t at = pop(h);
		if (at <= c)
			return at == c;
		for (uint32_t i = 0; i < ins_parent_n(h, at); i++)
			if (ins_parent(h, at, i) >= c)
				add(h, ins_parent(h, at, i), WANTED, &live);
	}
	return false;
}

bool ins_range(ins_history *h, slu_arena *a, uint32_t tip, const uint32_t *not_, size_t not_n, size_t max, const uint32_t **out, size_t *n)
{
	SLU_LIST(uint32_t) list = { 0 };
	uint32_t *told = SLU_NEW_N(a, uint32_t, not_n + 1);
	size_t told_n = 0, live = 0;
	for (size_t i = 0; i < not_n; i++) {
		if (h->line_of[not_[i]] == INS_NONE)
			continue;
		know_line(h, h->line_of[not_[i]]);
		told[told_n++] = not_[i];
	}
	next_epoch(h);
	add(h, tip, WANTED, &live);
	for (size_t i = 0; i < not_n; i++)
		if (h->line_of[not_[i]] == INS_NONE)
			add(h, not_[i], BORING, &live);
	while (live) {
		uint32_t c = pop(h), flags = h->mark[c] % FLAGS;
		live -= flags == WANTED;
		if (flags == WANTED && is_covered(h, told, told_n, c))
			continue;
		if (flags == WANTED && list.n == max)
			return false;
		if (flags == WANTED)
			*SLU_ADD(a, &list) = c;
		for (uint32_t i = 0; i < ins_parent_n(h, c); i++)
			add(h, ins_parent(h, c, i), flags == WANTED ? WANTED : BORING, &live);
	}
	*out = list.v;
	*n = list.n;
	return true;
}
