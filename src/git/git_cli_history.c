/* SPDX-License-Identifier: Apache-2.0 */
/* A whole history at once, streamed from git. */
#include "base/limits.h"
#include "git/git_cli_impl.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIECE = 256 * 1024, RECORD_MAX = 64 * 1024 * 1024, STALLED_MS = 120000 };

/** One record of the output, without its end. */
typedef slu_rc record_fn(void *ctx, slu_str record, slu_err *err);

/* The names of commits as a file in memory: git reads all of it before it writes, and no pipe has to be fed meanwhile. */
static slu_rc input_of(int *fd, const slu_oid *id, size_t n, slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, n * (SLU_OID_TEXT + 1) + 1);
	for (size_t i = 0; i < n; i++) {
		slu_buf_adds(&b, id[i].hex);
		slu_buf_addc(&b, '\n');
	}
	*fd = memfd_create("commits", MFD_CLOEXEC);
	for (size_t at = 0; *fd >= 0 && at < b.n;) {
		ssize_t w = write(*fd, b.p + at, b.n - at);
		if (w < 0 && errno != EINTR)
			break;
		at += w > 0 ? (size_t)w : 0;
	}
	if (*fd < 0 || lseek(*fd, 0, SEEK_END) != (off_t)b.n || lseek(*fd, 0, SEEK_SET) != 0)
		return slu_fail(err, SLU_E_IO, "The list of commits for git could not be written: %s.", strerror(errno));
	return SLU_OK;
}

static slu_rc split(slu_buf *b, char end, record_fn *each, void *ctx, slu_err *err)
{
	slu_str rest = slu_buf_str(b);
	const char *stop;
	while (rest.n && (stop = memchr(rest.p, end, rest.n)) != NULL) {
		size_t n = (size_t)(stop - rest.p);
		SLU_TRY(each(ctx, (slu_str){ rest.p, n }, err));
		rest = (slu_str){ rest.p + n + 1, rest.n - n - 1 };
	}
	if (rest.n == b->n)
		return SLU_OK;
	memmove(b->p, rest.p, rest.n);
	b->n = rest.n;
	return SLU_OK;
}

static slu_rc read_records(struct run_child *child, char end, record_fn *each, void *ctx, slu_err *err)
{
	slu_auto_buf b;
	char *piece = malloc(PIECE);
	slu_rc rc = piece ? SLU_OK : slu_fail(err, SLU_E_INTERNAL, "There is no memory left.");
	slu_buf_init(&b, RECORD_MAX);
	for (size_t n = 1; rc == SLU_OK && n;) {
		rc = run_read_some(child->out, piece, PIECE, run_now_ms() + STALLED_MS, &n, err);
		if (rc != SLU_OK || n == 0)
			break;
		slu_buf_add(&b, piece, n);
		rc = b.over ? slu_fail(err, SLU_E_LIMIT, "A commit is larger than %d bytes.", RECORD_MAX) : split(&b, end, each, ctx, err);
	}
	free(piece);
	return rc;
}

static slu_rc stream(struct git_cli *g, const char *const *args, const slu_oid *id, size_t n, char end, record_fn *each, void *ctx, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *argv[GIT_ARGS_MAX] = { "git", slu_printf(a, "--git-dir=%s", g->path) };
	struct run_child child = RUN_NO_CHILD;
	struct run_spec s = RUN_SPEC;
	int code = 0, signal = 0, fd = -1;
	for (size_t i = 0; args[i]; i++)
		argv[2 + i] = args[i];
	s.argv = argv;
	s.env = g->env.v;
	s.cwd = "/";
	slu_rc rc = input_of(&fd, id, n, err);
	s.stdin_fd = fd;
	if (rc == SLU_OK)
		rc = run_start(&child, &s, RUN_PIPE_OUT, err);
	if (rc == SLU_OK)
		rc = read_records(&child, end, each, ctx, err);
	if (rc == SLU_OK)
		rc = run_wait(&child, STALLED_MS, &code, &signal, err);
	if (rc == SLU_OK && (code || signal))
		rc = slu_fail(err, SLU_E_CORRUPT, "git %s could not read the whole history (exit code %d): `git fsck` says what is missing.", args[0], code);
	run_stop(&child, RUN_GRACE_MS);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* ---- structure ------------------------------------------------------------------------------------------------------------ */

struct gathered {
	slu_arena *a;
	SLU_LIST(slu_oid) id, tree;
	SLU_LIST(int64_t) time_s;
	SLU_LIST(uint32_t) parent_at, parent;
	uint32_t *slot; /* hash table of numbers + 1 */
	size_t slots;
};

static size_t slot_of(const struct gathered *s, const slu_oid *id)
{
	struct git_raw raw = git_raw_of(id);
	uint64_t x;
	memcpy(&x, raw.b, sizeof x);
	size_t at = (size_t)x & (s->slots - 1);
	while (s->slot[at] && !slu_oid_eq(&s->id.v[s->slot[at] - 1], id))
		at = (at + 1) & (s->slots - 1);
	return at;
}

static void index_last(struct gathered *s)
{
	if (s->id.n * 2 > s->slots) {
		s->slots = s->slots ? s->slots * 4 : 4096;
		s->slot = SLU_NEW_N(s->a, uint32_t, s->slots);
		for (size_t i = 0; i + 1 < s->id.n; i++)
			s->slot[slot_of(s, &s->id.v[i])] = (uint32_t)i + 1;
	}
	s->slot[slot_of(s, &s->id.v[s->id.n - 1])] = (uint32_t)s->id.n;
}

/* "ID TREE SECONDS PARENT…" */
static slu_rc take_commit(void *ctx, slu_str line, slu_err *err)
{
	struct gathered *s = ctx;
	slu_str word = { "", 0 };
	uint64_t time_s = 0;
	if (s->id.n == SLU_MAX_HISTORY_COMMITS)
		return slu_fail(err, SLU_E_LIMIT, "There are more than %u commits.", SLU_MAX_HISTORY_COMMITS);
	(void)slu_str_split(&line, ' ', &word);
	SLU_TRY(slu_oid_parse(SLU_ADD(s->a, &s->id), word, err));
	(void)slu_str_split(&line, ' ', &word);
	SLU_TRY(slu_oid_parse(SLU_ADD(s->a, &s->tree), word, err));
	(void)slu_str_split(&line, ' ', &word);
	bool told = slu_parse_u64(&time_s, word, NULL) == SLU_OK && time_s < INT64_MAX;
	*SLU_ADD(s->a, &s->time_s) = told ? (int64_t)time_s : 0; /* before 1970 */
	*SLU_ADD(s->a, &s->parent_at) = (uint32_t)s->parent.n;
	while (slu_str_split(&line, ' ', &word)) {
		slu_oid id;
		SLU_TRY(slu_oid_parse(&id, word, err));
		uint32_t number = s->slots ? s->slot[slot_of(s, &id)] : 0;
		if (number) /* one that is not there is beyond the edge of a shallow clone */
			*SLU_ADD(s->a, &s->parent) = number - 1;
	}
	index_last(s);
	return SLU_OK;
}

static slu_oids packed(slu_arena *a, const slu_oid *id, size_t n)
{
	size_t size = n ? strlen(id[0].hex) / 2 : 20;
	unsigned char *all = slu_calloc(a, n + 1, size), one[32];
	for (size_t i = 0; i < n; i++)
		if (slu_oid_bytes(one, &id[i]) == size)
			memcpy(all + i * size, one, size);
	return (slu_oids){ all, size };
}

slu_rc git_cli_topology(port_git *base, slu_arena *a, const slu_oid *tip, size_t n, struct port_git_topology *out, slu_err *err)
{
	static const char *const args[] = { "log", "--stdin", "--topo-order", "--reverse", "--no-show-signature", "--format=%H %T %ct %P", NULL };
	struct gathered s = { .a = a };
	SLU_TRY(stream(git_cli_of(base), args, tip, n, '\n', take_commit, &s, err));
	*SLU_ADD(a, &s.parent_at) = (uint32_t)s.parent.n;
	*out = (struct port_git_topology){ .n = s.id.n, .id = packed(a, s.id.v, s.id.n), .tree = packed(a, s.tree.v, s.tree.n), .time_s = s.time_s.v, .parent_at = s.parent_at.v, .parent = s.parent.v };
	return SLU_OK;
}

/* ---- messages --------------------------------------------------------------------------------------------------------------- */

struct telling {
	size_t i;
	port_git_message *each;
	void *ctx;
};

static slu_rc tell(void *ctx, slu_str record, slu_err *err)
{
	struct telling *t = ctx;
	(void)err;
	t->each(t->ctx, t->i++, record);
	return SLU_OK;
}

slu_rc git_cli_messages(port_git *base, const slu_oid *id, size_t n, port_git_message *each, void *ctx, slu_err *err)
{
	static const char *const args[] = { "log", "--stdin", "--no-walk=unsorted", "-z", "--encoding=none", "--no-show-signature", "--format=tformat:%B", NULL };
	struct telling t = { .each = each, .ctx = ctx };
	if (n)
		SLU_TRY(stream(git_cli_of(base), args, id, n, '\0', tell, &t, err));
	if (t.i != n)
		return slu_fail(err, SLU_E_CORRUPT, "git told %zu messages of %zu commits.", t.i, n);
	return SLU_OK;
}
