/* SPDX-License-Identifier: Apache-2.0 */
#include "run/keeper.h"

#include "run/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER = 4096, ANSWER_MS = 5000, ORDER_TRIES = 5 };

static const char *const state_words[] = KEEPER_STATE_WORDS;
enum { STATES = sizeof state_words / sizeof *state_words };

bool run_keeper_runs(const struct run_keeper_slot *s)
{
	return s->state >= KEEPER_RUNNING;
}

const char *run_keeper_state_word(enum keeper_state s)
{
	return (unsigned)s < STATES ? state_words[s] : "unknown";
}

char *run_keeper_end_text(slu_arena *a, const struct run_keeper_slot *s)
{
	if (s->state == KEEPER_EXITED)
		return slu_printf(a, "it ended with exit status %d", s->status);
	if (s->state == KEEPER_KILLED)
		return slu_printf(a, "it was ended by signal %d", s->status);
	return slu_printf(a, s->state == KEEPER_UNKNOWN ? "it ended, and nobody saw how" : "it is %s", run_keeper_state_word(s->state));
}

static bool number(int64_t *out, slu_str *rest)
{
	slu_str word;
	uint64_t v;
	if (!slu_str_split(rest, ' ', &word) || slu_parse_u64(&v, word, NULL) != SLU_OK || v > INT32_MAX)
		return false;
	*out = (int64_t)v;
	return true;
}

static bool read_slot(struct run_keeper_slot *s, slu_str rest)
{
	slu_str word;
	int64_t status, pid, queue;
	if (!slu_str_split(&rest, ' ', &word) || !number(&status, &rest) || !number(&pid, &rest) || !number(&queue, &rest) || rest.n >= sizeof s->tag)
		return false;
	int state = -1;
	for (int i = 0; i < STATES; i++)
		state = slu_str_is(word, state_words[i]) ? i : state;
	*s = (struct run_keeper_slot){ .state = (enum keeper_state)state, .status = (int)status, .pid = (pid_t)pid, .queue = (int)queue };
	if (rest.n > 0)
		memcpy(s->tag, rest.p, rest.n);
	return state >= 0;
}

static bool read_line(struct run_keeper *k, slu_str line, unsigned *seen)
{
	slu_str word, host;
	int64_t v = 0;
	if (!slu_str_split(&line, ' ', &word))
		return false;
	if (slu_str_is(word, "address") && slu_str_split(&line, ' ', &host) && host.n < sizeof k->host && number(&v, &line)) {
		memcpy(k->host, host.p, host.n);
		k->host[host.n] = '\0';
		k->port = (unsigned)v;
		*seen |= 1;
	} else if (slu_str_is(word, "weight") && number(&v, &line)) {
		k->green_pct = (int)v;
		*seen |= 2;
	} else if (slu_str_is(word, "keeper") && number(&v, &line)) {
		k->pid = (pid_t)v;
		*seen |= 4;
	} else if (slu_str_is(word, "blue") && read_slot(&k->slot[0], line)) {
		*seen |= 8;
	} else if (slu_str_is(word, "green") && read_slot(&k->slot[1], line)) {
		*seen |= 16;
	} else {
		return false;
	}
	return true;
}

static slu_rc understand(struct run_keeper *out, slu_str text, slu_err *err)
{
	struct run_keeper k = { 0 };
	slu_str line, verdict = { 0 };
	unsigned seen = 0;
	if (!slu_str_split(&text, '\n', &verdict))
		return slu_fail(err, SLU_E_IO, "the keeper's answer is empty");
	while (slu_str_split(&text, '\n', &line))
		if (!read_line(&k, line, &seen))
			return slu_fail(err, SLU_E_IO, "the keeper's answer is not understood: %.*s", SLU_FMT(line));
	if (seen != 31)
		return slu_fail(err, SLU_E_IO, "the keeper's answer is cut off");
	*out = k;
	if (slu_str_is(verdict, "ok"))
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "the keeper refuses: %.*s", SLU_FMT(verdict));
}

static int connect_to(const char *dir)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int folder = open(dir, O_DIRECTORY | O_PATH | O_CLOEXEC), fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	(void)snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/socket", folder);
	if (folder < 0 || fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		if (fd >= 0)
			(void)close(fd);
		fd = -1;
	}
	if (folder >= 0)
		(void)close(folder);
	return fd;
}

slu_rc run_keeper_ask(struct run_keeper *out, const char *dir, const char *request, slu_err *err)
{
	char text[ANSWER];
	size_t n = strlen(request);
	if (n > KEEPER_REQUEST)
		return slu_fail(err, SLU_E_LIMIT, "what the keeper is told has %zu bytes, at most %d", n, (int)KEEPER_REQUEST);
	int fd = connect_to(dir);
	if (fd < 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "no keeper answers in %s", dir);
	struct pollfd p = { fd, POLLIN, 0 };
	ssize_t got = send(fd, request, n, MSG_NOSIGNAL) == (ssize_t)n ? 0 : -1;
	if (got == 0)
		got = poll(&p, 1, ANSWER_MS) == 1 ? recv(fd, text, sizeof text - 1, MSG_DONTWAIT) : -2;
	(void)close(fd);
	if (got == -2)
		return slu_fail(err, SLU_E_TIMEOUT, "the keeper in %s did not answer within %d s", dir, ANSWER_MS / 1000);
	if (got <= 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "the keeper in %s went away", dir);
	return understand(out, (slu_str){ text, (size_t)got }, err);
}

/* The keeper's program lies beside the server's. */
static slu_rc program(char out[4096], slu_err *err)
{
	ssize_t n = readlink("/proc/self/exe", out, 4000);
	out[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(out, '/');
	if (!slash)
		return slu_fail(err, SLU_E_IO, "this program does not know where it lies: %s", strerror(errno));
	(void)snprintf(slash, 90, "/sluice-keeper");
	if (access(out, X_OK) == 0)
		return SLU_OK;
	(void)snprintf(slash, 90, "/libexec/sluice-keeper"); /* a test, in the build folder */
	return access(out, X_OK) == 0 ? SLU_OK : slu_fail(err, SLU_E_NOT_FOUND, "the keeper's program is not there: %s", out);
}

/* One that finds another at work ends with 0 at once; whether somebody listens is seen by asking. */
static slu_rc launch(const char *dir, slu_str address, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	char path[4096];
	struct run_result res;
	const char *at = slu_str_starts(address, "localhost:") ? slu_printf(a, "127.0.0.1%.*s", (int)address.n - 9, address.p + 9) : slu_str_dup(a, address);
	SLU_TRY(program(path, err));
	const char *argv[] = { path, dir, at, NULL };
	struct run_spec spec = RUN_SPEC;
	spec.argv = argv;
	spec.timeout_ms = ANSWER_MS;
	SLU_TRY(run_proc(&res, a, &spec, err));
	if (res.exit_code == 0)
		return SLU_OK;
	slu_str rest = res.err, line = SLU_STR("ended before it listened");
	(void)slu_str_split(&rest, '\n', &line);
	return slu_fail(err, SLU_E_IO, "the keeper %.*s", SLU_FMT(line));
}

/* Asked for again until one answers: the one that holds the lock may be about to begin, and then listens soon, or about to end, and then a new one is needed. */
slu_rc run_keeper_have(struct run_keeper *out, const char *dir, slu_str address, slu_err *err)
{
	for (int64_t end = run_now_ms() + 2 * ANSWER_MS;; (void)usleep(20000)) {
		slu_rc rc = run_keeper_ask(out, dir, "state", err);
		if (rc != SLU_E_NOT_FOUND || run_now_ms() >= end)
			return rc;
		SLU_TRY(launch(dir, address, err));
	}
}

bool run_keeper_never(const char *dir)
{
	slu_auto_arena *a = slu_arena_new();
	return access(slu_printf(a, "%s/state", dir), F_OK) != 0 && errno == ENOENT;
}

slu_rc run_keeper_order(struct run_keeper *out, const char *dir, slu_str address, const char *request, slu_err *err)
{
	for (int tries = 1;; tries++) {
		SLU_TRY(run_keeper_have(out, dir, address, err));
		slu_rc rc = run_keeper_ask(out, dir, request, err);
		if (rc != SLU_E_NOT_FOUND || tries == ORDER_TRIES)
			return rc;
	}
}
