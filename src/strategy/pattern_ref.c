/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that Git accepts (git check-ref-format), and that its porcelain accepts too (no leading `-`), as an automaton.
 * Kept as one automaton so that overlap and inclusion speak of real names only: `a/..` is shared by nobody.
 */
#include "strategy/pattern_impl.h"

enum { R_START, R_SLASH, R_MID, R_DOT, R_AT, R_AT_ONLY, R_L, R_LO, R_LOC, R_LOCK, R_COUNT };

static bool forbidden(unsigned char c)
{
	return c <= ' ' || c == 0x7f || memchr("~^:?*[\\", c, 7) != NULL;
}

static unsigned after_dot(unsigned state)
{
	return state == R_START || state == R_SLASH || state == R_DOT ? (unsigned)PAT_REF_DEAD : (unsigned)R_DOT;
}

static unsigned after_slash(unsigned state)
{
	return state == R_START || state == R_SLASH || state == R_LOCK ? (unsigned)PAT_REF_DEAD : (unsigned)R_SLASH;
}

/* Steps through ".lock", which must not end a component. */
static unsigned after_letter(unsigned state, unsigned char c)
{
	static const struct {
		unsigned from;
		char c;
		unsigned to;
	} step[] = { { R_DOT, 'l', R_L }, { R_L, 'o', R_LO }, { R_LO, 'c', R_LOC }, { R_LOC, 'k', R_LOCK } };
	for (size_t i = 0; i < sizeof step / sizeof *step; i++)
		if (step[i].from == state && step[i].c == (char)c)
			return step[i].to;
	return R_MID;
}

unsigned pat_ref_next(unsigned state, unsigned char c)
{
	if (forbidden(c) || (c == '-' && state == R_START))
		return PAT_REF_DEAD;
	if (c == '.')
		return after_dot(state);
	if (c == '/')
		return after_slash(state);
	if (c == '@')
		return state == R_START ? R_AT_ONLY : R_AT;
	if (c == '{' && (state == R_AT || state == R_AT_ONLY))
		return PAT_REF_DEAD;
	return after_letter(state, c);
}

bool pat_ref_accepts(unsigned state)
{
	return state != R_START && state != R_SLASH && state != R_DOT && state != R_AT_ONLY && state != R_LOCK && state < R_COUNT;
}

bool strat_ref_name_ok(slu_str name)
{
	unsigned state = R_START;
	if (name.n > SLU_MAX_REF_BYTES || slu_str_is(name, "HEAD"))
		return false;
	for (size_t i = 0; i < name.n && state != PAT_REF_DEAD; i++)
		state = pat_ref_next(state, (unsigned char)name.p[i]);
	return state != PAT_REF_DEAD && pat_ref_accepts(state);
}
