/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes: their ends, limits, streams, descriptors. Requirement: IO-4 */
#include "run/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#include "t.h"

static const char *const env[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL };

static slu_rc shell(struct run_result *r, slu_arena *a, struct run_spec s, const char *script, slu_err *err)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	s.argv = argv;
	s.env = env;
	return run_proc(r, a, &s, err);
}

T_TEST(the_ways_a_child_ends)
{
	static const struct {
		const char *script;
		int code, signal;
		const char *out, *errs;
	} rows[] = {
		{ "true", 0, 0, "", "" },
		{ "exit 3", 3, 0, "", "" },
		{ "exit 128", 128, 0, "", "" },
		{ "exit 255", 255, 0, "", "" },
		{ "kill -9 $$", -1, 9, "", "" },
		{ "echo a; echo b >&2; exit 1", 1, 0, "a\n", "b\n" },
		{ "echo $$PATH | grep -c sluice; pwd", 0, 0, "0\n/\n", "" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("%s", rows[i].script);
		struct run_result r;
		slu_err err = { 0 };
		struct run_spec s = RUN_SPEC;
		s.cwd = "/";
		T_OK(shell(&r, a, s, rows[i].script, &err), err);
		T_EQ_INT(r.exit_code, rows[i].code);
		T_EQ_INT(r.signal, rows[i].signal);
		T_EQ_SLU(r.out, rows[i].out);
		T_EQ_SLU(r.err, rows[i].errs);
	}
}

T_TEST(input_larger_than_a_pipe_comes_back_whole)
{
	slu_auto_arena *a = slu_arena_new();
	size_t n = 3u << 20;
	char *p = slu_alloc(a, n);
	for (size_t i = 0; i < n; i++)
		p[i] = (char)('a' + i % 23);
	struct run_result r;
	slu_err err = { 0 };
	struct run_spec s = RUN_SPEC;
	s.input = (slu_str){ p, n };
	T_OK(shell(&r, a, s, "cat", &err), err);
	T_EQ_INT(r.out.n, n);
	T_TRUE(memcmp(r.out.p, p, n) == 0);
}

T_TEST(a_child_that_does_not_read_its_input_is_no_error)
{
	slu_auto_arena *a = slu_arena_new();
	size_t n = 1u << 20;
	struct run_result r;
	slu_err err = { 0 };
	struct run_spec s = RUN_SPEC;
	s.input = (slu_str){ slu_alloc(a, n), n };
	T_OK(shell(&r, a, s, "exec 0<&-; echo done; exit 4", &err), err);
	T_EQ_INT(r.exit_code, 4);
	T_EQ_SLU(r.out, "done\n");
}

T_TEST(output_over_the_maximum)
{
	slu_auto_arena *a = slu_arena_new();
	struct run_result r;
	slu_err err = { 0 };
	struct run_spec s = RUN_SPEC;
	s.max_out = 10;
	T_RC(shell(&r, a, s, "printf 0123456789", &err), SLU_OK);
	T_FALSE(r.out_over);
	T_RC(shell(&r, a, s, "printf 0123456789x", &err), SLU_E_LIMIT);
	T_HAS(err.text, "10 bytes");
	s.keep_tail = true;
	T_RC(shell(&r, a, s, "printf 0123456789; printf abc; printf de", &err), SLU_OK);
	T_TRUE(r.out_over);
	T_EQ_SLU(r.out, "56789abcde");
}

T_TEST(the_deadline_ends_the_whole_group)
{
	slu_auto_arena *a = slu_arena_new();
	struct run_result r;
	slu_err err = { 0 };
	struct run_spec s = RUN_SPEC;
	s.timeout_ms = 100;
	int64_t from = run_now_ms();
	T_RC(shell(&r, a, s, "echo $$; sleep 1000 & echo $!; wait", &err), SLU_E_TIMEOUT);
	T_TRUE(r.timed_out);
	T_TRUE(run_now_ms() - from < 20000);
	slu_str rest = r.out, line;
	while (slu_str_split(&rest, '\n', &line) && line.n) {
		uint64_t pid = 0;
		T_OK(slu_parse_u64(&pid, line, &err), err);
		int64_t deadline = run_now_ms() + 10000; /* an orphan is reaped by init in its own time: a zombie still answers */
		char path[64], state = 'R';
		while (state != 'Z' && state != 'X' && run_now_ms() < deadline) {
			(void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
			FILE *f = fopen(path, "re");
			char text[256] = "";
			if (f) {
				(void)!fgets(text, sizeof text, f);
				(void)fclose(f);
			}
			char *paren = strrchr(text, ')');
			state = paren && strlen(paren) > 2 ? paren[2] : 'X';
		}
		T_TRUE(state == 'Z' || state == 'X');
	}
}

T_TEST(sigterm_that_is_ignored_is_followed_by_sigkill)
{
	slu_err err = { 0 };
	const char *argv[] = { "/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1000; done", NULL };
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = env;
	struct run_child c;
	T_OK(run_start(&c, &s, RUN_PIPE_OUT, &err), err);
	char buf[16];
	size_t n = 0;
	T_OK(run_read_some(c.out, buf, sizeof buf, run_now_ms() + 10000, &n, &err), err);
	T_TRUE(n > 0);
	pid_t pid = c.pid;
	run_stop(&c, 50);
	T_EQ_INT(c.pid, 0);
	T_TRUE(kill(pid, 0) != 0 && errno == ESRCH);
}

T_TEST(only_listed_descriptors_reach_the_child)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	int secret = open("/dev/null", O_RDONLY | O_CLOEXEC), given = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char script[160];
	(void)snprintf(script, sizeof script, "[ -e /proc/$$/fd/%d ] && echo leak; [ -e /proc/$$/fd/%d ] && echo given", secret, given);
	struct run_spec s = RUN_SPEC;
	s.inherit = &given;
	s.inherit_n = 1;
	struct run_result r;
	(void)shell(&r, a, s, script, &err);
	T_EQ_SLU(r.out, "given\n");
	close(secret);
	close(given);
}

T_TEST(a_grandchild_that_holds_the_pipe_does_not_hold_us)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	struct run_result r;
	struct run_spec s = RUN_SPEC;
	int64_t from = run_now_ms();
	T_OK(shell(&r, a, s, "setsid sleep 15 & echo out", &err), err);
	T_EQ_SLU(r.out, "out\n");
	T_TRUE(run_now_ms() - from < 10000);
}

T_TEST(a_program_that_is_not_there_is_named)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	struct run_result r;
	const char *argv[] = { "/nonexistent/program", NULL };
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	T_RC(run_proc(&r, a, &s, &err), SLU_E_NOT_FOUND);
	T_HAS(err.text, "/nonexistent/program");
	T_RC(shell(&r, a, RUN_SPEC, "echo fatal: broken >&2; exit 128", &err), SLU_OK);
	const char *argv2[] = { "/bin/sh", "-c", "echo fatal: broken >&2; exit 128", NULL };
	s.argv = argv2;
	T_RC(run_proc_ok(&r, a, &s, &err), SLU_E_IO);
	T_HAS(err.text, "exit code 128: fatal: broken");
}
