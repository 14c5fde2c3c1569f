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

struct git_http {
	slu_arena *a;
	git_http_slots *slots; /* NULL: its own was given back */
	struct run_child c;
	slu_str prefix; /* goes out before the child's output */
	git_receive *push; /* of a push, in place of a child */
	struct git_spool spool;
	z_stream z;
	bool gzip, gzip_ended, out_ended;
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
