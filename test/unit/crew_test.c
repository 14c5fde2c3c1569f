/* SPDX-License-Identifier: Apache-2.0 */
/** Threads that work on many things: whatever each takes, it comes out in order, as if one had done it all. Requirement: CM-1 */
#include "cmd/crew.h"

#include <stdatomic.h>

#include "t.h"

enum { OUT_MAX = 64 * 1024 * 1024, NEVER = 1 << 30 };

struct work {
	size_t bad;           /* the thing that is an error */
	size_t large;         /* every so many bytes more are put out */
	int puts;             /* so many calls of put are taken, then it ends all with 5 */
	slu_buf got;
	atomic_size_t begun;  /* the last thing that was begun on */
	size_t ahead;         /* how far that ever was before what is out */
	size_t seen[CMD_CREW_MAX];
};

static slu_rc work(void *ctx, unsigned thread, size_t from, size_t n, cmd_crew_piece *p, slu_err *err)
{
	struct work *w = ctx;
	for (size_t i = from; i < from + n; i++) {
		size_t was = atomic_load(&w->begun);
		while (was < i && !atomic_compare_exchange_weak(&w->begun, &was, i))
			;
		if (i == w->bad)
			return slu_fail(err, SLU_E_LIMIT, "The thing %zu is bad.", i);
		w->seen[thread]++;
		slu_buf_addf(cmd_crew_out(p), "%zu\n", i);
		for (size_t k = 0; w->large && i % w->large == 0 && k < CMD_CREW_FULL / 4; k += 16)
			slu_buf_adds(cmd_crew_out(p), "0123456789abcde\n");
		cmd_crew_flush(p);
	}
	return SLU_OK;
}

static int put(void *ctx, const slu_buf *text)
{
	struct work *w = ctx;
	slu_str rest = slu_buf_str(text), line;
	uint64_t last = 0;
	if (w->puts-- == 0)
		return 5;
	slu_buf_addstr(&w->got, rest);
	while (slu_str_split(&rest, '\n', &line))
		if (slu_parse_u64(&last, line, NULL) != SLU_OK)
			continue;
	size_t begun = atomic_load(&w->begun);
	if (begun > last && begun - last > w->ahead)
		w->ahead = begun - last;
	return 0;
}

/** What one alone would have put out. */
static void expect(slu_buf *out, const struct work *w, size_t things)
{
	for (size_t i = 0; i < things && i != w->bad; i++) {
		slu_buf_addf(out, "%zu\n", i);
		for (size_t k = 0; w->large && i % w->large == 0 && k < CMD_CREW_FULL / 4; k += 16)
			slu_buf_adds(out, "0123456789abcde\n");
	}
}

static void check(size_t things, unsigned threads, size_t bad, size_t large, int puts)
{
	struct work w = { .bad = bad, .large = large, .puts = puts };
	const struct cmd_crew_job job = { .ctx = &w, .things = things, .work = work, .put = put };
	slu_auto_buf want;
	slu_err err = { 0 };
	int code = -1;
	slu_buf_init(&w.got, OUT_MAX);
	slu_buf_init(&want, OUT_MAX);
	slu_rc rc = cmd_crew_run(&job, threads, OUT_MAX, &code, &err);
	expect(&want, &w, things);
	T_TRUE(rc == (bad < things && puts == NEVER ? SLU_E_LIMIT : SLU_OK));
	T_EQ_INT(code, puts == NEVER ? 0 : 5);
	if (puts == NEVER)
		T_TRUE(slu_str_eq(slu_buf_str(&w.got), slu_buf_str(&want)));
	else
		T_TRUE(w.got.n < want.n && memcmp(w.got.p, want.p, w.got.n) == 0);
	if (rc != SLU_OK)
		T_EQ_STR(err.text, bad == 700 ? "The thing 700 is bad." : "The thing 0 is bad.");
	T_TRUE(w.ahead <= (4 * CMD_CREW_MAX + 2) * (size_t)CMD_CREW_PIECE);
	slu_buf_release(&w.got);
}

T_TEST(what_many_do_comes_out_as_if_one_had_done_it)
{
	static const size_t things[] = { 0, 1, CMD_CREW_PIECE - 1, CMD_CREW_PIECE, CMD_CREW_PIECE + 1, 3000 };
	for (unsigned threads = 1; threads <= CMD_CREW_MAX; threads++)
		for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
			T_CASE("%u threads, %zu things", threads, things[i]);
			check(things[i], threads, NEVER, 0, NEVER);
			check(things[i], threads, NEVER, 90, NEVER); /* a piece is more than may wait */
		}
}

T_TEST(an_error_ends_it_when_all_before_it_is_out)
{
	for (unsigned threads = 1; threads <= CMD_CREW_MAX; threads++) {
		T_CASE("%u threads", threads);
		check(5000, threads, 700, 0, NEVER);
		check(5000, threads, 700, 90, NEVER);
		check(5000, threads, 0, 0, NEVER);
	}
}

T_TEST(who_takes_no_more_ends_it)
{
	for (unsigned threads = 1; threads <= CMD_CREW_MAX; threads++)
		for (int puts = 0; puts < 12; puts += 3) {
			T_CASE("%u threads, %d taken", threads, puts);
			check(9000, threads, NEVER, puts % 2 ? 200 : 0, puts);
		}
}

T_TEST(a_few_things_are_worth_one_thread)
{
	T_EQ_INT(cmd_crew_size(0), 1);
	T_EQ_INT(cmd_crew_size(CMD_CREW_PIECE), 1);
	T_TRUE(cmd_crew_size(1000000) >= 1 && cmd_crew_size(1000000) <= CMD_CREW_MAX);
}

