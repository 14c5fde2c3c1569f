/* SPDX-License-Identifier: Apache-2.0 */
/* The language of each element of a pattern, as instructions. */
#include "strategy/pattern_impl.h"

static void set_range(struct pat_bytes *s, unsigned from, unsigned to)
{
	for (unsigned c = from; c <= to; c++)
		s->w[c >> 6] |= (uint64_t)1 << (c & 63);
}

/* Bytes a name may hold: not those that Git refuses anywhere; `/` only on demand. */
static struct pat_bytes name_bytes(bool slash)
{
	struct pat_bytes s = { 0 };
	for (unsigned c = 0x21; c < 0x100; c++)
		if (c != 0x7f && memchr("~^:?*[\\/", (int)c, 8) == NULL)
			set_range(&s, c, c);
	if (slash)
		set_range(&s, '/', '/');
	return s;
}

static struct pat_bytes digits(unsigned from, unsigned to)
{
	struct pat_bytes s = { 0 };
	set_range(&s, '0' + from, '0' + to);
	return s;
}

/* SemVer's identifier bytes, or those of them that are no digit. */
static struct pat_bytes identifier_bytes(bool with_digits)
{
	struct pat_bytes s = with_digits ? digits(0, 9) : (struct pat_bytes){ 0 };
	set_range(&s, 'a', 'z');
	set_range(&s, 'A', 'Z');
	set_range(&s, '-', '-');
	return s;
}

bool pat_emit(struct strat_pattern *p, enum pat_op op, unsigned x, unsigned y)
{
	if (p->inst_n >= PAT_MAX_INST)
		return false;
	p->inst[p->inst_n++] = (struct pat_inst){ .op = op, .x = (uint16_t)x, .y = (uint16_t)y };
	return true;
}

static bool emit_set(struct strat_pattern *p, struct pat_bytes set)
{
	if (!pat_emit(p, PAT_BYTES, 0, 0))
		return false;
	p->inst[p->inst_n - 1].set = set;
	return true;
}

static bool emit_byte(struct strat_pattern *p, char c)
{
	struct pat_bytes s = { 0 };
	set_range(&s, (unsigned char)c, (unsigned char)c);
	return emit_set(p, s);
}

static bool emit_jump(struct strat_pattern *p, unsigned to)
{
	return pat_emit(p, PAT_SPLIT, to, to);
}

/* set*, leaving first: SPLIT(out, body) BYTES JUMP(split) */
static bool emit_loop(struct strat_pattern *p, struct pat_bytes set)
{
	unsigned at = (unsigned)p->inst_n;
	return pat_emit(p, PAT_SPLIT, at + 3, at + 1) && emit_set(p, set) && emit_jump(p, at);
}

static bool emit_some(struct strat_pattern *p, struct pat_bytes set)
{
	return emit_set(p, set) && emit_loop(p, set);
}

bool pat_emit_literal(struct strat_pattern *p, slu_str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!emit_byte(p, text.p[i]))
			return false;
	return true;
}

bool pat_emit_star(struct strat_pattern *p, bool slash)
{
	return emit_loop(p, name_bytes(slash));
}

/* 0 | [1-9][0-9]* */
static bool emit_number(struct strat_pattern *p)
{
	unsigned at = (unsigned)p->inst_n;
	return pat_emit(p, PAT_SPLIT, at + 1, at + 3) && emit_byte(p, '0') && emit_jump(p, at + 7) && emit_set(p, digits(1, 9)) && emit_loop(p, digits(0, 9));
}

static bool emit_version(struct strat_pattern *p)
{
	return emit_number(p) && emit_byte(p, '.') && emit_number(p) && emit_byte(p, '.') && emit_number(p);
}

/* 0[1-9] | 1[0-2] */
static bool emit_month(struct strat_pattern *p)
{
	unsigned at = (unsigned)p->inst_n;
	return pat_emit(p, PAT_SPLIT, at + 1, at + 4) && emit_byte(p, '0') && emit_set(p, digits(1, 9)) && emit_jump(p, at + 6) && emit_byte(p, '1') &&
	       emit_set(p, digits(0, 2));
}

/* 0[1-9] | [12][0-9] | 3[01] */
static bool emit_day(struct strat_pattern *p)
{
	unsigned at = (unsigned)p->inst_n;
	return pat_emit(p, PAT_SPLIT, at + 1, at + 4) && emit_byte(p, '0') && emit_set(p, digits(1, 9)) && emit_jump(p, at + 10) &&
	       pat_emit(p, PAT_SPLIT, at + 5, at + 8) && emit_set(p, digits(1, 2)) && emit_set(p, digits(0, 9)) && emit_jump(p, at + 10) && emit_byte(p, '3') &&
	       emit_set(p, digits(0, 1));
}

/* YYYY-MM-DD or YYYYMMDD */
static bool emit_date(struct strat_pattern *p)
{
	for (int i = 0; i < 4; i++)
		if (!emit_set(p, digits(0, 9)))
			return false;
	unsigned split = (unsigned)p->inst_n;
	if (!pat_emit(p, PAT_SPLIT, split + 1, 0) || !emit_byte(p, '-') || !emit_month(p) || !emit_byte(p, '-') || !emit_day(p))
		return false;
	unsigned jump = (unsigned)p->inst_n;
	if (!emit_jump(p, 0))
		return false;
	p->inst[split].y = (uint16_t)p->inst_n;
	if (!emit_month(p) || !emit_day(p))
		return false;
	p->inst[jump].x = p->inst[jump].y = (uint16_t)p->inst_n;
	return true;
}

/* One SemVer identifier of a pre-release: a number without leading zeros, or anything that holds a letter or `-`. */
static bool emit_identifier(struct strat_pattern *p)
{
	unsigned split = (unsigned)p->inst_n;
	if (!pat_emit(p, PAT_SPLIT, split + 1, 0) || !emit_number(p))
		return false;
	unsigned jump = (unsigned)p->inst_n;
	if (!emit_jump(p, 0))
		return false;
	p->inst[split].y = (uint16_t)p->inst_n;
	if (!emit_loop(p, digits(0, 9)) || !emit_set(p, identifier_bytes(false)) || !emit_loop(p, identifier_bytes(true)))
		return false;
	p->inst[jump].x = p->inst[jump].y = (uint16_t)p->inst_n;
	return true;
}

/* identifier ("." identifier)*, leading zeros allowed */
static bool emit_build(struct strat_pattern *p)
{
	if (!emit_some(p, identifier_bytes(true)))
		return false;
	unsigned split = (unsigned)p->inst_n;
	if (!pat_emit(p, PAT_SPLIT, 0, split + 1) || !emit_byte(p, '.') || !emit_some(p, identifier_bytes(true)) || !emit_jump(p, split))
		return false;
	p->inst[split].x = (uint16_t)p->inst_n;
	return true;
}

static bool emit_words(struct strat_pattern *p, const slu_str *word, size_t n)
{
	unsigned jump[PAT_MAX_INST / 2];
	if (n > sizeof jump / sizeof *jump)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned split = (unsigned)p->inst_n;
		bool last = i + 1 == n;
		if (!last && !pat_emit(p, PAT_SPLIT, split + 1, 0))
			return false;
		jump[i] = 0;
		if (!pat_emit_literal(p, word[i]))
			return false;
		if (last)
			break;
		jump[i] = (unsigned)p->inst_n;
		if (!emit_jump(p, 0))
			return false;
		p->inst[split].y = (uint16_t)p->inst_n;
	}
	for (size_t i = 0; i + 1 < n; i++)
		p->inst[jump[i]].x = p->inst[jump[i]].y = (uint16_t)p->inst_n;
	return true;
}

bool pat_emit_capture(struct strat_pattern *p, enum strat_cap cap, const struct strat_pattern_words *words)
{
	switch (cap) {
	case STRAT_CAP_DATE:
		return emit_date(p);
	case STRAT_CAP_PHASE:
		return words->phase_n ? emit_words(p, words->phase, words->phase_n) : emit_some(p, name_bytes(false));
	case STRAT_CAP_VERSION:
		return emit_version(p);
	case STRAT_CAP_MAJOR:
	case STRAT_CAP_MINOR:
	case STRAT_CAP_PATCH:
	case STRAT_CAP_N:
		return emit_number(p);
	case STRAT_CAP_PRE:
		return words->pre_n ? emit_words(p, words->pre, words->pre_n) : emit_identifier(p);
	case STRAT_CAP_BUILD:
		return emit_build(p);
	case STRAT_CAP_NAME:
	case STRAT_CAP_TAG:
	case STRAT_CAP_COUNT:
		break;
	}
	return emit_some(p, name_bytes(false));
}
