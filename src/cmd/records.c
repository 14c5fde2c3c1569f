/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/records.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, HEAD_MAX = 8 * 1024 /* id and parents of a commit */ };

void cmd_shown(slu_buf *out, slu_str text)
{
	while (text.n) {
		uint32_t cp = 0;
		size_t n = slu_utf8_plain(text);
		if (n) {
			slu_buf_add(out, text.p, n);
			text = (slu_str){ text.p + n, text.n - n };
			continue;
		}
		n = slu_utf8_next(text, &cp);
		bool fit = n > 0 && cp != 0 && !slu_utf8_is_control(cp) && !slu_utf8_is_bidi(cp);
		n = n ? n : 1;
		slu_buf_add(out, fit ? text.p : "?", fit ? n : 1);
		text = (slu_str){ text.p + n, text.n - n };
	}
}

struct stream {
	struct cmd_ctx *c;
	cmd_message_fn *each;
	void *user;
	bool heads;     /* a line with the id and one with the parents come before each message */
	bool cut;
	slu_buf record; /* as much as counts of the one that is read */
};

static int give(struct stream *s)
{
	slu_str text = slu_buf_str(&s->record);
	struct cmd_message m = { .text = text };
	if (s->heads) {
		(void)slu_str_split(&m.text, '\n', &m.id);
		(void)slu_str_split(&m.text, '\n', &m.parents);
	}
	m.cut = s->cut || m.text.n > SLU_MAX_MESSAGE_BYTES;
	if (m.text.n > SLU_MAX_MESSAGE_BYTES + 1) /* of any length: judged by that it has more */
		m.text.n = SLU_MAX_MESSAGE_BYTES + 1;
	int code = s->each(s->c, &m, s->user);
	slu_buf_clear(&s->record);
	s->cut = false;
	return code;
}

/* What does not fit is read over, so that one long message costs no more than its reading. */
static void keep(struct stream *s, slu_str piece)
{
	size_t room = s->record.max - 1 - s->record.n;
	s->cut = s->cut || piece.n > room;
	slu_buf_add(&s->record, piece.p, piece.n < room ? piece.n : room);
}

static int take(struct stream *s, slu_str piece, bool *begun)
{
	while (piece.n) {
		const char *nul = memchr(piece.p, 0, piece.n);
		size_t n = nul ? (size_t)(nul - piece.p) : piece.n;
		keep(s, (slu_str){ piece.p, n });
		*begun = !nul;
		int code = nul ? give(s) : 0;
		if (code)
			return code;
		n += nul != NULL;
		piece = (slu_str){ piece.p + n, piece.n - n };
	}
	return 0;
}

static int read_stream(struct stream *s, int fd)
{
	char piece[PIECE];
	bool begun = false;
	slu_err err = { 0 };
	for (;;) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			(void)!slu_fail(&err, SLU_E_IO, "The messages cannot be read: %s.", strerror(errno));
			return cmd_fail(s->c, &err);
		}
		if (n == 0)
			return begun ? give(s) : 0;
		int code = take(s, (slu_str){ piece, (size_t)n }, &begun);
		if (code)
			return code;
	}
}

static int messages(struct cmd_ctx *c, int fd, bool heads, cmd_message_fn *each, void *user)
{
	struct stream s = { .c = c, .each = each, .user = user, .heads = heads };
	slu_buf_init(&s.record, SLU_MAX_MESSAGE_BYTES + HEAD_MAX);
	int code = read_stream(&s, fd);
	slu_buf_release(&s.record);
	return code;
}

int cmd_messages_in(struct cmd_ctx *c, int fd, cmd_message_fn *each, void *user)
{
	return messages(c, fd, false, each, user);
}

int cmd_messages_of(struct cmd_ctx *c, const char *const *rev, size_t n, cmd_message_fn *each, void *user)
{
	/* bytes as they are in the commit: no other encoding, no signatures, no replaced objects */
	static const char *const words[] = { "git", "--no-replace-objects", "log", "-z", "--no-color", "--no-show-signature", "--encoding=none", "--format=%H%n%P%n%B", "--no-walk=unsorted" };
	SLU_LIST(const char *) argv = { 0 };
	slu_err err = { 0 };
	pid_t child;
	int fd = -1, status = 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		*SLU_ADD(c->a, &argv) = words[i];
	for (size_t i = 0; i < n; i++) {
		if (rev[i][0] == '-')
			return cmd_usage(c, "\"%s\" names no commits.", rev[i]);
		*SLU_ADD(c->a, &argv) = rev[i];
	}
	*SLU_ADD(c->a, &argv) = "--";
	*SLU_ADD(c->a, &argv) = NULL;
	if (cmd_git_start(&child, &fd, argv.v, &err) != SLU_OK)
		return cmd_fail(c, &err);
	int code = messages(c, fd, true, each, user);
	(void)close(fd);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (code || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return code;
	(void)!slu_fail(&err, SLU_E_NOT_FOUND, "git log could not read these commits; a range is written A..B.");
	return cmd_fail(c, &err);
}

slu_str cmd_message_edited(slu_arena *a, slu_str text)
{
	char *kept = slu_alloc(a, text.n + 1);
	size_t n = 0;
	slu_str line;
	while (slu_str_split(&text, '\n', &line)) {
		if (slu_str_starts(line, "# ------------------------ >8 ------------------------"))
			break;
		if (line.n && line.p[0] == '#')
			continue;
		memcpy(kept + n, line.p ? line.p : "", line.n);
		n += line.n;
		kept[n++] = '\n';
	}
	size_t from = 0;
	for (size_t i = 0; i < n && (kept[i] == '\n' || kept[i] == ' ' || kept[i] == '\t' || kept[i] == '\r'); i++)
		from = kept[i] == '\n' ? i + 1 : from;
	return (slu_str){ kept + from, n - from };
}
