/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/impl.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>

enum {
	KEY = 4,                 /* bytes that are looked up at each place */
	MAP_BITS = 16,
	SLOTS = 4096,            /* a power of two, more than twice the keys */
	ANCHOR_MAX = 24,
	LOOK_MAX = 8 * 1024      /* looked at on either side for a comment */
};
static const char allow[] = "sluice:allow-secret";

/** One anchor of one rule, found by its first bytes. */
struct slot {
	uint32_t key;
	uint16_t row;      /* index + 1; 0: free */
	uint16_t anchor_n;
	const char *anchor;
};
struct scan {
	uint64_t map[(1 << MAP_BITS) / 64];
	struct slot slot[SLOTS];
};

static uint32_t load(const char *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

static uint32_t hash(uint32_t key)
{
	return key * 0x9e3779b1u >> (32 - MAP_BITS);
}

static uint64_t bit(const scan *s, const char *p)
{
	uint32_t h = hash(load(p));
	return s->map[h / 64] >> (h % 64) & 1;
}

/* ---- the rules, by the bytes that give them away ---------------------------------------------------------------------- */

static void add_key(scan *s, uint32_t key, size_t row, slu_str anchor)
{
	uint32_t h = hash(key);
	size_t i = h % SLOTS;
	s->map[h / 64] |= (uint64_t)1 << (h % 64);
	while (s->slot[i].row)
		i = (i + 1) % SLOTS;
	s->slot[i] = (struct slot){ key, (uint16_t)(row + 1), (uint16_t)anchor.n, anchor.p };
}

static void add_anchor(scan *s, size_t row, slu_str anchor)
{
	char key[KEY];
	if (anchor.n >= KEY) {
		add_key(s, load(anchor.p), row, anchor);
		return;
	}
	memcpy(key, anchor.p, KEY - 1);
	for (int c = '-'; c <= '~'; c++) {
		key[KEY - 1] = (char)c;
		if (scan_in_class('z', (char)c))
			add_key(s, load(key), row, anchor);
	}
}

scan *scan_new(slu_arena *a)
{
	scan *s = SLU_NEW(a, scan);
	for (size_t i = 0; i < scan_row_n; i++) {
		slu_str rest = slu_s(scan_row[i].anchor), one;
		while (slu_str_split(&rest, ' ', &one))
			add_anchor(s, i, one);
	}
	return s;
}

/* ---- one place -------------------------------------------------------------------------------------------------------- */

static double entropy(slu_str body)
{
	unsigned count[256] = { 0 };
	double sum = 0;
	for (size_t i = 0; i < body.n; i++)
		count[(unsigned char)body.p[i]]++;
	for (size_t i = 0; i < 256; i++)
		sum += count[i] ? count[i] * log2(count[i]) : 0;
	return body.n ? log2((double)body.n) - sum / (double)body.n : 0;
}

static bool has_word(slu_str body, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= body.n; i++) {
		size_t k = 0;
		while (k < n && (body.p[i + k] | 0x20) == (word[k] | 0x20))
			k++;
		if (k == n)
			return true;
	}
	return false;
}

/** What stands in manuals in a token's place. */
static bool is_placeholder(slu_str body)
{
	static const char *const words[] = { "example", "placeholder", "redacted", "123456", "abcdef" };
	size_t run = 1;
	for (size_t i = 1; i < body.n; i++) {
		run = body.p[i] == body.p[i - 1] ? run + 1 : 1;
		if (run == 6)
			return true;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (has_word(body, words[i]))
			return true;
	return false;
}

/** May the byte stand in what the shape's classes match? After "key=" a token begins, all the same. */
static bool may_hold(const char *shape, char c)
{
	for (const char *open = strchr(shape, '['); open && c != '='; open = strchr(open + 1, '['))
		if (scan_in_class(open[1], c))
			return true;
	return false;
}

/** Nothing of a longer word, so that no byte is looked at for many tokens; but a "\n" or "%3D" that ends right before it is none. */
static bool begins_here(slu_str text, size_t at, const char *shape)
{
	if (at == 0)
		return true;
	char c = text.p[at - 1];
	if (!scan_in_class('w', c) && c != '_' && !may_hold(shape, c))
		return true;
	if (at >= 2 && text.p[at - 2] == '\\' && strchr("nrtbf", c))
		return true;
	return at >= 3 && text.p[at - 3] == '%' && scan_in_class('x', text.p[at - 2]) && scan_in_class('x', c);
}

static bool match(const struct scan_row *r, slu_str text, size_t anchor, struct scan_place *out)
{
	size_t at = anchor;
	if (r->back)
		while (at > 0 && anchor - at < r->skip && scan_in_class(r->back, text.p[at - 1]))
			at--;
	else if (anchor < r->skip)
		return false;
	else
		at = anchor - r->skip;
	struct scan_place p = { text, at, 0, { 0 } };
	if (!begins_here(text, at, r->rule.shape) && !(r->after && slu_str_ends((slu_str){ text.p, at }, r->after)))
		return false;
	p.n = scan_shape(r->rule.shape, text, at, &p.body);
	if (p.n == 0 || (r->entropy && (is_placeholder(p.body) || entropy(p.body) * 10 < r->entropy)))
		return false;
	if (r->check && !r->check(&p))
		return false;
	*out = p;
	return true;
}

/* ---- lines ------------------------------------------------------------------------------------------------------------ */

static size_t line_start(slu_str text, size_t at)
{
	size_t low = at > LOOK_MAX ? at - LOOK_MAX : 0;
	const char *nl = memrchr(text.p + low, '\n', at - low);
	return nl ? (size_t)(nl - text.p) + 1 : low;
}

/** The comment stands on the line where the token begins, or on the one above. */
static bool is_allowed(slu_str text, size_t at)
{
	size_t start = line_start(text, at), high = text.n - at > LOOK_MAX ? at + LOOK_MAX : text.n;
	const char *nl = memchr(text.p + at, '\n', high - at);
	size_t end = nl ? (size_t)(nl - text.p) : high;
	if (start > 0)
		start = line_start(text, start - 1);
	return memmem(text.p + start, end - start, allow, sizeof allow - 1) != NULL;
}

static uint32_t newlines(slu_str text)
{
	uint32_t n = 0;
	for (const char *p = text.p, *end = text.p + text.n; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
		n++;
	return n;
}

static void print_of(char print[SCAN_PRINT], const char *rule, slu_str token)
{
	unsigned char digest[(SCAN_PRINT - 1) / 2];
	crypto_generichash_state st;
	(void)crypto_generichash_init(&st, NULL, 0, sizeof digest);
	(void)crypto_generichash_update(&st, (const unsigned char *)rule, strlen(rule) + 1);
	(void)crypto_generichash_update(&st, (const unsigned char *)token.p, token.n);
	(void)crypto_generichash_final(&st, digest, sizeof digest);
	(void)sodium_bin2hex(print, SCAN_PRINT, digest, sizeof digest);
}

void scan_name_print(char print[SCAN_PRINT], slu_str path)
{
	print_of(print, "file-name", path);
}

/* ---- a text ----------------------------------------------------------------------------------------------------------- */

struct look {
	const scan *s;
	slu_str text;
	struct scan_hit *hit;
	size_t n, max;
	size_t counted, past; /* lines are counted up to here; tokens found end here */
	uint32_t line;
};

static void add_hit(struct look *l, const struct scan_row *r, const struct scan_place *p)
{
	struct scan_hit *h = &l->hit[l->n++];
	l->line += newlines((slu_str){ l->text.p + l->counted, p->at - l->counted });
	l->counted = p->at;
	l->past = p->at + p->n;
	*h = (struct scan_hit){ .rule = &r->rule, .at = p->at, .n = p->n, .line = l->line, .allowed = is_allowed(l->text, p->at) };
	print_of(h->print, r->rule.id, (slu_str){ l->text.p + p->at, p->n });
}

/** All rules whose anchor stands here. */
static void look_at(struct look *l, size_t at)
{
	uint32_t key = load(l->text.p + at);
	for (size_t i = hash(key) % SLOTS; l->s->slot[i].row; i = (i + 1) % SLOTS) {
		const struct slot *t = &l->s->slot[i];
		const struct scan_row *r = &scan_row[t->row - 1];
		struct scan_place p;
		if (t->key != key || l->text.n - at < t->anchor_n || memcmp(l->text.p + at, t->anchor, t->anchor_n) != 0)
			continue;
		if (l->n < l->max && match(r, l->text, at, &p) && p.at >= l->past) {
			add_hit(l, r, &p);
			return;
		}
	}
}

/** Tokens that begin at `from` or later. */
static size_t look_from(const scan *s, slu_str text, size_t from, struct scan_hit *hit, size_t max)
{
	struct look l = { .s = s, .text = text, .hit = hit, .max = max, .line = 1, .past = from };
	size_t i = 0;
	if (text.n < KEY)
		return 0;
	for (; i + 8 + KEY <= text.n && l.n < max; i += 8) {
		const char *p = text.p + i;
		uint64_t some = bit(s, p) | bit(s, p + 1) << 1 | bit(s, p + 2) << 2 | bit(s, p + 3) << 3 | bit(s, p + 4) << 4 | bit(s, p + 5) << 5 | bit(s, p + 6) << 6 | bit(s, p + 7) << 7;
		for (; some; some &= some - 1)
			look_at(&l, i + (size_t)__builtin_ctzll(some));
	}
	for (; i + KEY <= text.n && l.n < max; i++)
		if (bit(s, text.p + i))
			look_at(&l, i);
	return l.n;
}

size_t scan_text(const scan *s, slu_str text, struct scan_hit *hit, size_t max)
{
	return look_from(s, text, 0, hit, max);
}

/* ---- in pieces -------------------------------------------------------------------------------------------------------- */

enum { WINDOW = 1024 * 1024, BEFORE = LOOK_MAX };

struct scan_stream {
	const scan *s;
	struct scan_hit *hit;
	size_t n, max;
	char *p;        /* WINDOW bytes */
	size_t held;    /* of them */
	uint64_t start; /* of the window in the text */
	uint64_t done;  /* what begins before has been looked at */
	uint32_t lines; /* before the window */
	bool fed;
};

scan_stream *scan_stream_new(const scan *s, struct scan_hit *hit, size_t max)
{
	scan_stream *t = calloc(1, sizeof *t);
	if (!t)
		abort();
	*t = (scan_stream){ .s = s, .hit = hit, .max = max };
	return t;
}

void scan_stream_free(scan_stream *t)
{
	if (!t)
		return;
	free(t->p);
	free(t);
}

size_t scan_stream_found(const scan_stream *t)
{
	return t->n;
}

/** Look through the window; what begins in its last bytes may go on in the next piece, and comes then. */
static void look_through(scan_stream *t, bool last)
{
	uint64_t end = t->start + t->held - (last ? 0 : SCAN_SPAN);
	size_t n = look_from(t->s, (slu_str){ t->p, t->held }, (size_t)(t->done - t->start), t->hit + t->n, t->max - t->n), kept = 0;
	for (struct scan_hit *h = t->hit + t->n; kept < n && t->start + h[kept].at < end; kept++) {
		h[kept].at += t->start;
		h[kept].line += t->lines;
	}
	t->n += kept;
	t->done = end;
	if (last)
		return;
	size_t keep = SCAN_SPAN + BEFORE, drop = t->held - keep;
	t->lines += newlines((slu_str){ t->p, drop });
	memmove(t->p, t->p + drop, keep);
	t->start += drop;
	t->held = keep;
}

void scan_stream_feed(scan_stream *t, slu_str piece, bool last)
{
	if (!t->fed && last) { /* all at once: nothing need be copied */
		t->n = scan_text(t->s, piece, t->hit, t->max);
		return;
	}
	t->fed = true;
	t->p = t->p ? t->p : malloc(WINDOW);
	if (!t->p)
		abort();
	while (piece.n > 0 && t->n < t->max) {
		size_t fits = WINDOW - t->held < piece.n ? WINDOW - t->held : piece.n;
		memcpy(t->p + t->held, piece.p, fits);
		t->held += fits;
		piece.p += fits;
		piece.n -= fits;
		if (t->held == WINDOW)
			look_through(t, false);
	}
	if (last && t->n < t->max)
		look_through(t, true);
}

const struct scan_rule *scan_rule_at(size_t i)
{
	return i < scan_row_n ? &scan_row[i].rule : NULL;
}
