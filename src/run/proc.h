/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Child processes with limits: an argument vector (never a shell with somebody's text in it), an explicit environment,
 * bounded output, a deadline. Each child leads its own process group, so that its children end with it.
 *
 * Only descriptors 0, 1, 2 and those listed reach the child: everything this program opens is close-on-exec.
 * Started by posix_spawn (vfork-like: the cost does not grow with the server's memory). Signals are reset and unblocked.
 */
#ifndef RUN_PROC_H
#define RUN_PROC_H
#include "base/limits.h"
#include "base/str.h"

#include <stdint.h>
#include <sys/types.h>

enum { RUN_GRACE_MS = 2000 }; /* between SIGTERM and SIGKILL */

struct run_spec {
	const char *const *argv;   /* NULL-terminated; argv[0] with '/' is a path, else looked up in our PATH */
	const char *const *env;    /* NULL-terminated "K=V"; NULL: empty environment */
	const char *cwd;           /* NULL: ours */
	slu_str input;             /* written to standard input, then closed; ignored when stdin_fd >= 0 or stdin_pipe */
	int stdin_fd;              /* >= 0: the child's standard input; it stays the caller's. RUN_SPEC sets -1 */
	const int *inherit;        /* further descriptors the child gets under their own numbers */
	size_t inherit_n;
	int64_t timeout_ms;        /* 0: RUN_TIMEOUT_MS; < 0: none */
	size_t max_out, max_err;   /* bytes kept of each; 0: SLU_MAX_OUTPUT_BYTES. More is an error (see struct run_result) */
	bool keep_tail;            /* over the maximum: keep the last bytes, it is not an error (logs of scripts) */
	bool merge_err;            /* standard error goes where standard output goes */
	int cancel_fd;             /* > 0: when it becomes readable the child is ended as at its deadline; of run_start: run_wait gives up */
	bool foreground;           /* of run_start: stays in our process group, so that it may ask the user at the terminal; then it alone is ended, not its children */
};
enum { RUN_TIMEOUT_MS = 60000 };
#define RUN_SPEC (struct run_spec){ .stdin_fd = -1 }

struct run_result {
	int exit_code;   /* 0..255; -1: ended by a signal */
	int signal;      /* 0: none */
	bool timed_out;  /* the deadline passed and it was killed */
	bool out_over, err_over; /* more than max_out, max_err came; with keep_tail the first bytes are gone */
	slu_str out, err; /* in the arena, NUL-terminated */
};

/**
 * Run to the end. @return SLU_OK when the child ran (look at the result), SLU_E_NOT_FOUND: no such program, SLU_E_IO,
 * SLU_E_TIMEOUT (killed; *out is set all the same), SLU_E_LIMIT (output over the maximum without keep_tail; *out set).
 */
slu_rc run_proc(struct run_result *out, slu_arena *a, const struct run_spec *spec, slu_err *err);
/** The same, and any end but exit code 0 is SLU_E_IO with the first line of standard error in the sentence. */
slu_rc run_proc_ok(struct run_result *out, slu_arena *a, const struct run_spec *spec, slu_err *err);

/* ---- a child that is talked to ------------------------------------------------------------------------------------- */

struct run_child {
	pid_t pid;      /* 0: none (ended and reaped) */
	int pid_fd;     /* readable when it ended */
	int in, out, err; /* our ends of the pipes, non-blocking, close-on-exec; -1: none or closed */
	int cancel_fd;  /* of the spec; > 0: whoever polls for this child polls it, too */
	bool foreground; /* of the spec */
};
/** None: run_stop of it does nothing. A zeroed one has descriptor 0 for its ends, and stopping that closes another's. */
#define RUN_NO_CHILD (struct run_child){ 0, -1, -1, -1, -1, 0, false }
/** Which ends become pipes. An end that is no pipe: /dev/null, or for err with RUN_ERR_TO_OUT the same as out. */
enum { RUN_PIPE_IN = 1, RUN_PIPE_OUT = 2, RUN_PIPE_ERR = 4, RUN_ERR_TO_OUT = 8, RUN_ERR_INHERIT = 16 };
/** Start. `spec->input`, time-out and maxima are not used here. */
slu_rc run_start(struct run_child *out, const struct run_spec *spec, unsigned pipes, slu_err *err);
/** Wait at most timeout_ms (< 0: for ever) and reap. *exit_code -1 and *signal > 0 when a signal ended it. @return SLU_OK, SLU_E_TIMEOUT, SLU_E_BUSY (cancelled) */
slu_rc run_wait(struct run_child *c, int64_t timeout_ms, int *exit_code, int *signal, slu_err *err);
/** SIGTERM to the group, SIGKILL after grace_ms, reap, close our ends. Fine when it has ended. */
void run_stop(struct run_child *c, int64_t grace_ms);
/** Close one end: `run_close(&c.in)`. */
void run_close(int *fd);
/** Milliseconds of the monotonic clock. */
int64_t run_now_ms(void);
/** write() that never raises SIGPIPE. */
ssize_t run_write(int fd, const void *bytes, size_t n);
/** All of `bytes` to a non-blocking descriptor before the deadline (run_now_ms). */
slu_rc run_write_all(int fd, const void *bytes, size_t n, int64_t deadline_ms, slu_err *err);
/** Up to cap bytes, waiting until the deadline for the first. *n 0: end of file. */
slu_rc run_read_some(int fd, void *buf, size_t cap, int64_t deadline_ms, size_t *n, slu_err *err);
#endif
