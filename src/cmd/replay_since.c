/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/replay_since.h"

#include "base/quantity.h"

#include <ctype.h>
#include <stdlib.h>

/* Words that Git's dates are made of; of days and months it takes the first three letters or more. */
static const char words[] = "second seconds sec secs minute minutes min mins hour hours day days week weeks month months year years ago at on last noon midnight tea yesterday today now never "
			    "one two three four five six seven eight nine ten a am pm t z utc gmt est edt cst cdt mst mdt pst pdt bst cet cest eet eest jst";
static const char *const names[] = { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "january", "february", "march", "april", "may", "june", "july", "august",
	"september", "october", "november", "december" };

static bool is_known(slu_arena *a, slu_str word)
{
	if (slu_str_in(word, words))
		return true;
	for (size_t i = 0; word.n >= 3 && i < sizeof names / sizeof *names; i++)
		if (slu_str_starts(slu_s(names[i]), slu_str_dup(a, word)))
			return true;
	return false;
}

/* The first run of letters that is no word of a date; n == 0: all are. *now: it says so. */
static slu_str unknown_word(slu_arena *a, slu_str text, bool *now)
{
	for (size_t i = 0, end; i < text.n; i = end + 1) {
		for (end = i; end < text.n && isalpha((unsigned char)text.p[end]);)
			end++;
		slu_str word = { text.p + i, end - i };
		if (word.n && !is_known(a, word))
			return word;
		*now = *now || slu_str_in(word, "now today");
	}
	return (slu_str){ "", 0 };
}

/* "2024", "2024-01", "2024-01-31" at its beginning: the day that is meant; n == 0: it begins otherwise. *rest: there is more. */
static slu_str day_of(slu_arena *a, slu_str text, bool *rest)
{
	static const char form[] = "dddd-dd-dd";
	size_t n = 0;
	while (n < text.n && n < sizeof form - 1 && (form[n] == 'd' ? isdigit((unsigned char)text.p[n]) != 0 : text.p[n] == form[n]))
		n++;
	*rest = n < text.n;
	if (n == 10)
		return (slu_str){ text.p, 10 };
	if (*rest || (n != 4 && n != 7))
		return (slu_str){ "", 0 };
	return slu_s(slu_printf(a, "%.*s%s", SLU_FMT(text), n == 4 ? "-01-01" : "-01"));
}

/* What Git makes of it. *now: no other than it makes of "now" */
static slu_rc by_git(struct cmd_ctx *c, int64_t *out, bool *now, slu_str text, slu_err *err)
{
	const char *const ask[] = { "rev-parse", slu_printf(c->a, "--since=%.*s", SLU_FMT(text)), "--since=now", NULL };
	slu_str answer = { "", 0 }, line;
	int64_t at[2] = { 0 };
	SLU_TRY(cmd_git(c, NULL, ask, true, &answer, err));
	for (size_t i = 0; i < 2; i++) {
		uint64_t s = 0;
		if (!slu_str_split(&answer, '\n', &line) || !slu_str_starts(line, "--max-age=") || slu_parse_u64(&s, (slu_str){ line.p + 10, line.n - 10 }, NULL) != SLU_OK)
			return slu_fail(err, SLU_E_USAGE, "--since: Git makes no time of \"%.*s\".", SLU_FMT(text));
		at[i] = (int64_t)s; /* before 1970 it wraps around */
	}
	*now = llabs(at[1] - at[0]) <= 1;
	*out = at[0];
	return SLU_OK;
}

static slu_rc no_date(struct cmd_ctx *c, const char *why, slu_err *err)
{
	return slu_fail(err, SLU_E_USAGE, "--since: \"%s\" is no date%s. Dates are such as 2024-01-31, 2024-01-31T10:00:00Z, '1 year ago' or 'last friday'.", cmd_opt(c, "since"), why);
}

slu_rc cmd_replay_since(struct cmd_ctx *c, int64_t *out, slu_err *err)
{
	const char *given = cmd_opt(c, "since");
	bool more = false, says_now = false, is_now = false;
	int64_t s = INT64_MIN;
	slu_err why = { 0 };
	*out = s;
	if (!given)
		return SLU_OK;
	char *lower = slu_strdup(c->a, given);
	for (char *p = lower; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	slu_str text = slu_str_trim(slu_s(lower)), day = day_of(c->a, text, &more);
	if (day.n && slu_date_parse(&s, day, &why) != SLU_OK)
		return no_date(c, slu_printf(c->a, ": %s", why.text), err);
	if (!(day.n && !more) && slu_time_parse(&s, slu_str_trim(slu_s(given)), NULL) != SLU_OK) {
		slu_str odd = unknown_word(c->a, text, &says_now);
		if (odd.n)
			return no_date(c, slu_printf(c->a, ": of \"%.*s\" Git would make the time of now", SLU_FMT(odd)), err);
		SLU_TRY(by_git(c, &s, &is_now, text, err));
		if (is_now && !says_now)
			return no_date(c, "", err);
	}
	*out = s;
	return SLU_OK;
}
