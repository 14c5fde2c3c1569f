/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Unit tests that register themselves. A test program is one file:
 *
 *     #include "t.h"
 *     T_TEST(durations_have_units)
 *     {
 *         int64_t s = 0;
 *         slu_err err = { 0 };
 *         T_OK(slu_duration_parse(&s, SLU_STR("48h"), &err), err);
 *         T_EQ_INT(s, 172800);
 *     }
 *
 * No main is needed. The first check of a test that fails ends that test; the others run. Include this header
 * last. A program prints `ok NAME` or `not ok NAME` for each test; `--list` prints their names; other arguments
 * choose the tests whose names contain one of them. The exit code is 1 when a test failed or none ran.
 * In a loop over a table, T_CASE names the row, and a failure prints it.
 */
#ifndef TEST_UNIT_T_H
#define TEST_UNIT_T_H
#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct t_test {
	const char *name;
	void (*run)(void);
	struct t_test *next;
};
static struct t_test *t_first, **t_last = &t_first;
static jmp_buf t_out;
static char t_case[256];

#define T_TEST(test)                                                                                                   \
	static void t_run_##test(void);                                                                                \
	__attribute__((constructor)) static void t_add_##test(void)                                                    \
	{                                                                                                              \
		static struct t_test row = { #test, t_run_##test, NULL };                                              \
		*t_last = &row;                                                                                        \
		t_last = &row.next;                                                                                    \
	}                                                                                                              \
	static void t_run_##test(void)

/** Names the row of a table that is looked at; printf-like. */
#define T_CASE(...) (void)snprintf(t_case, sizeof(t_case), __VA_ARGS__)

#define T_FAIL(...)                                                                                                    \
	do {                                                                                                           \
		t_where(__FILE__, __LINE__);                                                                           \
		(void)printf(__VA_ARGS__);                                                                             \
		(void)printf("\n");                                                                                    \
		longjmp(t_out, 1);                                                                                     \
	} while (0)

#define T_TRUE(expr)                                                                                                   \
	do {                                                                                                           \
		if (!(expr))                                                                                           \
			T_FAIL("%s is false", #expr);                                                                  \
	} while (0)
#define T_FALSE(expr)                                                                                                  \
	do {                                                                                                           \
		if (expr)                                                                                              \
			T_FAIL("%s is true", #expr);                                                                   \
	} while (0)

/** Two integers of any type that fits intmax_t; sizes are turned into it. */
#define T_EQ_INT(got, want) t_eq_int(__FILE__, __LINE__, #got, (intmax_t)(got), (intmax_t)(want))
/** Two NUL-terminated strings; NULL equals NULL only. */
#define T_EQ_STR(got, want) t_eq_mem(__FILE__, __LINE__, #got, t_z(got), t_z(want))
/** A slu_str (anything with .p and .n) and a NUL-terminated string. */
#define T_EQ_SLU(got, want) t_eq_mem(__FILE__, __LINE__, #got, t_pn((got).p, (got).n), t_z(want))
/** Two blocks of memory of the same length. */
#define T_EQ_MEM(got, want, size) t_eq_mem(__FILE__, __LINE__, #got, t_pn((got), (size)), t_pn((want), (size)))
/** The text contains the piece. */
#define T_HAS(text, piece)                                                                                             \
	do {                                                                                                           \
		const char *t_text_ = (text), *t_piece_ = (piece);                                                     \
		if (!t_text_ || !strstr(t_text_, t_piece_))                                                            \
			T_FAIL("%s is \"%s\"\n    and has no \"%s\"", #text, t_text_ ? t_text_ : "(null)", t_piece_);   \
	} while (0)
/** The call returns SLU_OK; otherwise its sentence is printed. `err` is the slu_err, not its address. */
#define T_OK(call, err)                                                                                                \
	do {                                                                                                           \
		int t_rc_ = (int)(call);                                                                               \
		if (t_rc_ != 0)                                                                                        \
			T_FAIL("%s is %d: %s:%u:%u: %s", #call, t_rc_, (err).file, (unsigned)(err).line,               \
			       (unsigned)(err).column, (err).text);                                                    \
	} while (0)
/** The call returns this status. */
#define T_RC(call, want)                                                                                               \
	do {                                                                                                           \
		int t_rc_ = (int)(call);                                                                               \
		if (t_rc_ != (int)(want))                                                                              \
			T_FAIL("%s is %d, not %s", #call, t_rc_, #want);                                               \
	} while (0)

struct t_bytes {
	const char *p;
	size_t n;
};
[[maybe_unused]] static struct t_bytes t_pn(const void *p, size_t n)
{
	return (struct t_bytes){ p, n };
}
[[maybe_unused]] static struct t_bytes t_z(const char *z)
{
	return (struct t_bytes){ z, z ? strlen(z) : 0 };
}
static void t_where(const char *file, int line)
{
	(void)printf("  %s:%d: ", file, line);
	if (t_case[0])
		(void)printf("[%s] ", t_case);
}
[[maybe_unused]] static void t_eq_int(const char *file, int line, const char *expr, intmax_t got, intmax_t want)
{
	if (got == want)
		return;
	t_where(file, line);
	(void)printf("%s is %jd, not %jd\n", expr, got, want);
	longjmp(t_out, 1);
}
[[maybe_unused]] static void t_show(const char *what, struct t_bytes b)
{
	(void)printf("    %s ", what);
	if (!b.p) {
		(void)printf("NULL");
	} else {
		(void)printf("\"");
		for (size_t i = 0; i < b.n && i < 2000; i++) {
			unsigned char c = (unsigned char)b.p[i];
			if (c == '\n')
				(void)printf("\\n");
			else if (c < 0x20 || c == 0x7f)
				(void)printf("\\x%02x", c);
			else
				(void)putchar(c);
		}
		(void)printf("\"");
	}
	(void)printf("\n");
}
[[maybe_unused]] static void t_eq_mem(const char *file, int line, const char *expr, struct t_bytes got,
                                      struct t_bytes want)
{
	if (got.n == want.n && !got.p == !want.p && (got.n == 0 || memcmp(got.p, want.p, got.n) == 0))
		return;
	t_where(file, line);
	(void)printf("%s differs\n", expr);
	t_show("is    ", got);
	t_show("wanted", want);
	longjmp(t_out, 1);
}

static bool t_chosen(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strstr(name, argv[i]))
			return true;
	return argc < 2;
}

int main(int argc, char **argv)
{
	volatile int ran = 0, failed = 0;
	bool list = argc > 1 && strcmp(argv[1], "--list") == 0;
	for (struct t_test *volatile t = t_first; t; t = t->next) {
		if (list) {
			(void)printf("%s\n", t->name);
			continue;
		}
		if (!t_chosen(t->name, argc, argv))
			continue;
		ran++;
		t_case[0] = '\0';
		volatile bool passed = false;
		if (setjmp(t_out) == 0) {
			t->run();
			passed = true;
		}
		failed += passed ? 0 : 1;
		(void)printf("%sok %s\n", passed ? "" : "not ", t->name);
		(void)fflush(stdout);
	}
	return list || (ran > 0 && failed == 0) ? 0 : 1;
}
#endif
