/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of Git over HTTP: the child, its spool, the bytes between. */
#ifndef WEB_GIT_HTTP_IMPL_H
#define WEB_GIT_HTTP_IMPL_H
#include "git/git.h"
#include "run/proc.h"
#include "web/git_http.h"

#include <zlib.h>

enum { GIT_HTTP_MEMORY = 256 * 1024, GIT_HTTP_ERR_TEXT = 4096, GIT_HTTP_CHUNK = 65536 };

/** What the child wrote before anybody could take it: memory first, then an unlinked file. */
struct git_spool {
	const char *dir;
	char *mem;
	size_t mem_n;
	int fd; /* -1: not needed yet */
	uint64_t file_n, at;
};

/** Counts the commands at the head of a push, as they pass. */
struct git_commands {
	void (*tell)(void *ctx, size_t n);
	void *ctx;
	char line[16];   /* length and the first bytes of a packet */
	size_t line_n;   /* bytes of it got */
	size_t left;     /* bytes of the packet still to pass */
	size_t n;
	bool done;       /* flush packet seen, or not understood */
};
void git_commands_init(struct git_commands *c, const struct git_http_request *rq);
void git_commands_look(struct git_commands *c, const char *p, size_t n);

/** Looks through the packets of receive-pack's answer for a disk that was full. */
struct git_says {
	char head[5];    /* of a packet: its length */
	size_t head_n, left;
	bool first, words; /* of a payload: its first byte comes; it is for people */
	size_t full_at, quota_at;
	bool disk_full, done;
};
/** @return true, once: our words belong after the first *at of these bytes, between two packets */
bool git_says_look(struct git_says *s, const char *p, size_t n, size_t *at);
/** They, as a packet. */
slu_str git_says_full(slu_arena *a);

struct git_http {
	slu_arena *a;
	git_http_slots *slots;
	struct run_child c;
	slu_str prefix; /* goes out before the child's output */
	slu_str held;   /* of the child's output, after the prefix; in `chunk` */
	struct git_says says;
	struct git_spool spool;
	struct git_commands commands;
	z_stream z;
	bool gzip, gzip_ended, out_ended;
	bool too_large, timed_out, bad_gzip;
	bool killed_by_signal;
	int exit_code; /* -1: not reaped */
	uint64_t body_n, body_max; /* inflated bytes */
	int64_t idle_ms;
	size_t err_n;
	char err[GIT_HTTP_ERR_TEXT];
	char chunk[GIT_HTTP_CHUNK];
	char inflated[GIT_HTTP_CHUNK];
	const char *type; /* Content-Type of the answer */
	slu_err why;
};

slu_rc git_spool_add(struct git_spool *s, const char *p, size_t n, slu_err *err);
/** Up to cap bytes of what has not been read; 0: all was. */
ptrdiff_t git_spool_read(struct git_spool *s, char *to, size_t cap);
bool git_spool_more(const struct git_spool *s);
void git_spool_release(struct git_spool *s);

/** To the child, taking its output meanwhile. A child that wants no more is no failure. SLU_E_TIMEOUT, SLU_E_IO (disk). */
slu_rc git_pump_in(struct git_http *g, const char *p, size_t n, slu_err *err);
/** Wait until there is something to read from the spool, or the child has closed its output. */
slu_rc git_pump_first(struct git_http *g, slu_err *err);
/** From the child directly. @return bytes, 0 at the end, -1: time-out */
ptrdiff_t git_pump_out(struct git_http *g, char *to, size_t cap);
/** The child's output is at its end: reap it. */
void git_pump_reap(struct git_http *g);
#endif
