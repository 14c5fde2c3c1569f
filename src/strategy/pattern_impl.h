/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of a pattern: a small program for a non-deterministic automaton over bytes.
 *
 * BYTES eats one byte of its set and goes on at the next instruction; SPLIT goes on at x (preferred) and at y; SAVE notes the
 * place in slot x; MATCH ends. Loops prefer to leave, so of several readings the leftmost captures are the shortest.
 */
#ifndef STRATEGY_PATTERN_IMPL_H
#define STRATEGY_PATTERN_IMPL_H
#include "base/limits.h"
#include "strategy/pattern.h"

enum { PAT_MAX_INST = 1024, PAT_MAX_ITEMS = SLU_MAX_PATTERN_BYTES, PAT_SLOTS = 2 * STRAT_CAP_COUNT };

struct pat_bytes {
	uint64_t w[4];
};

enum pat_op { PAT_BYTES, PAT_SPLIT, PAT_SAVE, PAT_MATCH };
struct pat_inst {
	enum pat_op op;
	uint16_t x, y;
	struct pat_bytes set;
};

enum pat_item_kind { PAT_LITERAL, PAT_STAR, PAT_STARSTAR, PAT_CAPTURE };
struct pat_item {
	enum pat_item_kind kind;
	enum strat_cap cap;
	slu_str text; /* of a literal */
	uint32_t column;
};

struct strat_pattern {
	slu_str text;
	struct pat_inst *inst;
	size_t inst_n;
	struct pat_item *item;
	size_t item_n;
	struct strat_pattern_words words;
	unsigned caps; /* bit set of enum strat_cap */
};

/** What Git accepts as a branch or tag name, as an automaton: see pattern_ref.c. PAT_REF_DEAD is no state. */
enum { PAT_REF_START = 0, PAT_REF_STATES = 11, PAT_REF_DEAD = 255 };
unsigned pat_ref_next(unsigned state, unsigned char c);
bool pat_ref_accepts(unsigned state);

/** Add a capture's language to the program at p->inst; false: more than PAT_MAX_INST. */
bool pat_emit_capture(struct strat_pattern *p, enum strat_cap cap, const struct strat_pattern_words *words);
bool pat_emit_literal(struct strat_pattern *p, slu_str text);
bool pat_emit_star(struct strat_pattern *p, bool slash);
bool pat_emit(struct strat_pattern *p, enum pat_op op, unsigned x, unsigned y);

static inline bool pat_has(const struct pat_bytes *s, unsigned char c)
{
	return (s->w[c >> 6] >> (c & 63)) & 1;
}

/** BYTES and MATCH instructions that can be reached from `pc` without eating a byte. Returns their number. */
size_t pat_closure(const struct strat_pattern *p, unsigned pc, uint16_t out[PAT_MAX_INST]);
/** As strat_pattern_overlap and strat_pattern_within; each state that is looked at costs one of *budget, SLU_E_LIMIT when it is used up. */
slu_rc pat_overlap(char **shortest, slu_arena *a, const strat_pattern *p, const strat_pattern *q, size_t *budget, slu_err *err);
slu_rc pat_within(bool *out, const strat_pattern *p, const strat_pattern *q, size_t *budget, slu_err *err);
/** Does the program's language hold any name that Git accepts? */
bool pat_possible(const struct strat_pattern *p, slu_arena *a);
#endif
