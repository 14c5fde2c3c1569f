/* SPDX-License-Identifier: Apache-2.0 */
#include "web/git_receive.h"

#include "base/limits.h"
#include "base/map.h"
#include "git/intake.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
	PACKET_MAX = 65520,               /* with its length */
	BAND_MAX = PACKET_MAX - 5,        /* bytes in a packet of a side band */
	NAME_MAX_KEPT = 2 * SLU_MAX_REF_BYTES, /* of a ref's name: enough to say that it is too long */
	OUT_MAX = 8 * 1024 * 1024,
	ALIVE_MS = 5000                   /* something is said so often, that nobody between us takes the line for dead */
};
enum band { REPORT = 1, WORDS = 2 };
enum state { COMMANDS, OPTIONS, PACK, ANSWER, DECIDING, ENDED, GONE };

struct answer {
	slu_str text;
	const char *unpacked, *reason; /* of the report: how the pack fared, and why the refs do not stand */
	slu_err err;                   /* in place of a text of those who decide */
	bool stand;
};

struct git_receive {
	slu_arena *a;
	struct git_receive_how how;
	enum state state;
	char packet[PACKET_MAX];
	size_t packet_n, packet_size;     /* bytes got; whole length, 0: not known yet */
	size_t commands;                  /* that came; of too many not all are kept */
	SLU_LIST(struct port_git_update) update;
	slu_map *names;
	slu_err refused;                  /* by the commands alone: the pack is not looked at */
	slu_str unwanted;                 /* the same, by those who decide: what they say */
	bool is_unwanted;
	bool bands, report, quiet, has_options;
	git_intake *intake;               /* NULL: no pack comes */
	struct answer answer;             /* the thread's until it is done */
	pthread_t thread;
	pthread_mutex_t mu;
	pthread_cond_t decided;
	bool threaded, done;
	slu_buf out;
	size_t out_at;
	slu_err failed;
};

const char *git_receive_can(slu_arena *a, const char *object_format)
{
	return slu_printf(a, "report-status report-status-v2 delete-refs side-band-64k quiet atomic ofs-delta push-options object-format=%s agent=sluice/%s", object_format, SLUICE_VERSION);
}

void git_receive_begin(git_receive **out, const struct git_receive_how *how)
{
	git_receive *r = calloc(1, sizeof *r);
	if (!r)
		abort();
	r->a = slu_arena_new();
	r->how = *how;
	r->how.alive_ms = how->alive_ms > 0 ? how->alive_ms : ALIVE_MS;
	r->names = slu_map_new(r->a);
	(void)pthread_mutex_init(&r->mu, NULL);
	(void)pthread_cond_init(&r->decided, NULL);
	slu_buf_init(&r->out, OUT_MAX);
	*out = r;
}

void git_receive_end(git_receive *r)
{
	if (!r)
		return;
	if (r->state == DECIDING && r->threaded) /* what was begun is ended: the refs may be moving */
		(void)pthread_join(r->thread, NULL);
	(void)pthread_cond_destroy(&r->decided);
	(void)pthread_mutex_destroy(&r->mu);
	git_intake_end(r->intake);
	slu_buf_release(&r->out);
	slu_arena_free(r->a);
	free(r);
}

/* ---- commands --------------------------------------------------------------------------------------------------------- */

static slu_rc no_push(git_receive *r, const char *why)
{
	return slu_fail(&r->failed, SLU_E_SYNTAX, "The body is no push as Git makes it: %s.", why);
}

static void capabilities(git_receive *r, slu_str words)
{
	slu_str word;
	while (slu_str_split(&words, ' ', &word)) {
		r->bands |= slu_str_is(word, "side-band-64k");
		r->report |= slu_str_is(word, "report-status") || slu_str_is(word, "report-status-v2");
		r->quiet |= slu_str_is(word, "quiet");
		r->has_options |= slu_str_is(word, "push-options");
	}
}

static slu_rc keep(git_receive *r, const struct port_git_update *u)
{
	if (++r->commands > SLU_MAX_PUSH_REFS) /* counted, not kept */
		return SLU_OK;
	struct port_git_update *x = SLU_ADD(r->a, &r->update);
	*x = *u;
	x->ref.n = u->ref.n < NAME_MAX_KEPT ? u->ref.n : NAME_MAX_KEPT;
	x->ref.p = slu_strndup(r->a, u->ref.p, x->ref.n);
	if (slu_map_get(r->names, x->ref))
		(void)slu_fail(&r->refused, SLU_E_INVALID, "The push names %.*s twice.", SLU_FMT(x->ref));
	slu_map_put(r->names, x->ref, r);
	return SLU_OK;
}

/** "OLD NEW NAME", and after a NUL what the client can do. */
static slu_rc command(git_receive *r, slu_str line)
{
	struct port_git_update u = { 0 };
	slu_str old = { 0 }, new_ = { 0 }, can = line;
	if (slu_str_starts(line, "shallow "))
		return SLU_OK; /* where the client's history ends: what it lacks and does not send must be here */
	if (slu_str_starts(line, "push-cert"))
		return no_push(r, "a signed push was not offered");
	(void)slu_str_split(&can, '\0', &line);
	capabilities(r, slu_str_trim(can));
	line = slu_str_ends(line, "\n") ? (slu_str){ line.p, line.n - 1 } : line;
	if (!slu_str_split(&line, ' ', &old) || !slu_str_split(&line, ' ', &new_) || line.n == 0)
		return no_push(r, "a command is OLD NEW NAME");
	if (slu_oid_parse(&u.old, old, NULL) != SLU_OK || slu_oid_parse(&u.new_, new_, NULL) != SLU_OK || old.n != new_.n)
		return no_push(r, "a command begins with two object ids");
	u.ref = line;
	return keep(r, &u);
}

static bool brings_objects(const git_receive *r)
{
	for (size_t i = 0; i < r->update.n; i++)
		if (!slu_oid_is_zero(&r->update.v[i].new_))
			return true;
	return false;
}

/** The list of commands, or that of options, has ended. */
static void flushed(git_receive *r)
{
	if (r->state == COMMANDS && r->has_options) {
		r->state = OPTIONS;
		return;
	}
	r->state = PACK;
	if (r->commands > SLU_MAX_PUSH_REFS)
		(void)slu_fail(&r->refused, SLU_E_LIMIT, "The push names %zu refs; at most %u are taken at once.", r->commands, SLU_MAX_PUSH_REFS);
	if (r->refused.code != SLU_OK || !brings_objects(r))
		return;
	r->is_unwanted = !r->how.decide.expect(r->how.decide.ctx, r->update.v, r->update.n, &r->unwanted);
	if (r->is_unwanted)
		return;
	const struct git_intake_how how = {
		.repository = r->how.repository,
		.lock_fd = r->how.lock_fd,
		.cut_fd = r->how.cut_fd,
		.progress = r->bands && !r->quiet,
		.idle_s = r->how.idle_s,
	};
	git_intake_begin(&r->intake, &how);
}

static slu_rc packet(git_receive *r)
{
	slu_str text = { r->packet + 4, r->packet_size - 4 };
	r->packet_n = r->packet_size = 0;
	return r->state == COMMANDS ? command(r, text) : SLU_OK; /* options mean nothing here */
}

/** Four digits: the length of a packet with them, or 0000 between two lists. */
static slu_rc length(git_receive *r)
{
	size_t n = 0;
	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef", *at = strchr(digits, r->packet[i] | 0x20);
		if (!at || !*at)
			return no_push(r, "a packet begins with its length in four hexadecimal digits");
		n = n << 4 | (size_t)(at - digits);
	}
	if ((n > 0 && n < 4) || n > PACKET_MAX)
		return no_push(r, "a packet has a length that none has");
	r->packet_size = n;
	if (n == 4)
		return packet(r);
	if (n > 0)
		return SLU_OK;
	r->packet_n = 0;
	flushed(r);
	return SLU_OK;
}

/** One byte after the other up to the length, then all that the packet has. @return bytes used */
static size_t gather(git_receive *r, const char *p, size_t n)
{
	size_t want = (r->packet_size ? r->packet_size : 4) - r->packet_n, take = n < want ? n : want;
	memcpy(r->packet + r->packet_n, p, take);
	r->packet_n += take;
	return take;
}

slu_rc git_receive_take(git_receive *r, const char *p, size_t n, slu_err *err)
{
	while (n > 0 && r->failed.code == SLU_OK && r->state < PACK) {
		size_t used = gather(r, p, n);
		p += used;
		n -= used;
		if (r->packet_n == r->packet_size)
			(void)packet(r);
		else if (r->packet_size == 0 && r->packet_n == 4)
			(void)length(r);
	}
	if (n > 0 && r->failed.code == SLU_OK && r->intake)
		(void)!git_intake_take(r->intake, p, n, NULL); /* what fails there is told in the report, once all has come */
	return r->failed.code == SLU_OK ? SLU_OK : slu_fail(err, r->failed.code, "%s", r->failed.text);
}

bool git_receive_passes_over(const git_receive *r)
{
	return r->state == PACK && (r->is_unwanted || r->refused.code != SLU_OK);
}

slu_rc git_receive_taken(git_receive *r, slu_err *err)
{
	if (r->failed.code == SLU_OK && r->state < PACK)
		(void)no_push(r, "its list of refs is cut off");
	if (r->failed.code != SLU_OK)
		return slu_fail(err, r->failed.code, "%s", r->failed.text);
	r->state = r->commands ? ANSWER : ENDED; /* without one it was a question whether we are there */
	return SLU_OK;
}

/* ---- the answer --------------------------------------------------------------------------------------------------------- */

static void say(git_receive *r, enum band band, slu_str text)
{
	while (r->bands && text.n > 0) {
		size_t n = text.n < BAND_MAX ? text.n : BAND_MAX;
		slu_buf_addf(&r->out, "%04zx%c", n + 5, band);
		slu_buf_add(&r->out, text.p, n);
		text.p += n;
		text.n -= n;
	}
	if (!r->bands && band == REPORT)
		slu_buf_addstr(&r->out, text);
}

static void line(slu_buf *b, const char *text)
{
	slu_buf_addf(b, "%04zx%s\n", strlen(text) + 5, text);
}

/** @param reason  why no ref stands; NULL: all do */
static void report(git_receive *r, const char *unpacked, const char *reason)
{
	slu_auto_buf b;
	slu_auto_arena *a = slu_arena_new();
	slu_buf_init(&b, OUT_MAX / 2);
	line(&b, slu_printf(a, "unpack %s", unpacked));
	for (size_t i = 0; i < r->update.n; i++) {
		slu_str ref = r->update.v[i].ref;
		line(&b, reason ? slu_printf(a, "ng %.*s %s", SLU_FMT(ref), reason) : slu_printf(a, "ok %.*s", SLU_FMT(ref)));
	}
	slu_buf_adds(&b, "0000");
	if (r->report)
		say(r, REPORT, slu_buf_str(&b));
	if (r->bands)
		slu_buf_adds(&r->out, "0000");
}

static bool unpacked(git_receive *r, struct answer *x)
{
	if (r->refused.code != SLU_OK) {
		x->err = r->refused;
		return false;
	}
	if (r->is_unwanted) {
		x->text = r->unwanted;
		return false;
	}
	if (!r->intake || git_intake_unpacked(r->intake, &r->update.v[0].new_, &x->err) == SLU_OK)
		return true;
	x->unpacked = "its objects were not taken";
	x->reason = "unpacker error";
	return false;
}

static slu_rc check_begin(git_receive *r, slu_err *err)
{
	slu_oid *tip = SLU_NEW_N(r->a, slu_oid, r->update.n + 1);
	for (size_t i = 0; i < r->update.n; i++)
		tip[i] = r->update.v[i].new_;
	return r->intake ? git_intake_check_begin(r->intake, tip, r->update.n, err) : SLU_OK;
}

/** While the refs are judged Git looks whether anything is missing. What it finds counts before what the judge says of half a history. */
static bool judged(git_receive *r, struct answer *x)
{
	const struct git_receive_decide *d = &r->how.decide;
	const char *dir = r->intake ? git_intake_objects(r->intake) : NULL, *rest = r->intake ? git_intake_alternates(r->intake) : NULL;
	if (check_begin(r, &x->err) != SLU_OK)
		return false;
	bool yes = d->judge(d->ctx, r->update.v, r->update.n, dir, rest, &x->text);
	slu_rc whole = r->intake ? git_intake_check_end(r->intake, &x->err) : SLU_OK;
	if (whole == SLU_E_INVALID)
		x->reason = "missing necessary objects";
	if (whole != SLU_OK)
		return false;
	return yes && (!r->intake || git_intake_keep(r->intake, &x->err) == SLU_OK);
}

/* Whoever decides may take minutes over a long history: meanwhile the client is told that we are here. */
static void *decide(void *ctx)
{
	git_receive *r = ctx;
	const struct git_receive_decide *d = &r->how.decide;
	struct answer *x = &r->answer;
	*x = (struct answer){ .unpacked = "ok", .reason = "refused: see above" };
	x->stand = unpacked(r, x) && judged(r, x) && d->land(d->ctx, &x->text, &x->reason);
	(void)pthread_mutex_lock(&r->mu);
	r->done = true;
	(void)pthread_cond_signal(&r->decided);
	(void)pthread_mutex_unlock(&r->mu);
	return NULL;
}

static void decide_begins(git_receive *r)
{
	r->state = DECIDING;
	r->threaded = pthread_create(&r->thread, NULL, decide, r) == 0;
	if (!r->threaded)
		(void)decide(r); /* without signs of life, then */
}

static void decide_ends(git_receive *r)
{
	struct answer *x = &r->answer;
	slu_auto_buf sentence;
	slu_buf_init(&sentence, SLU_ERR_TEXT * 2);
	if (r->threaded)
		(void)pthread_join(r->thread, NULL);
	r->state = ENDED;
	if (x->err.code != SLU_OK) {
		pol_refusal_sentence(&sentence, slu_s(x->err.text));
		x->text = slu_buf_str(&sentence);
	}
	say(r, WORDS, x->text);
	report(r, x->unpacked, x->stand ? NULL : x->reason);
	git_intake_end(r->intake);
	r->intake = NULL;
}

/** @return it is decided; else alive_ms have passed */
static bool decided(git_receive *r)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += r->how.alive_ms / 1000;
	until.tv_nsec += r->how.alive_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	int rc = 0;
	(void)pthread_mutex_lock(&r->mu);
	while (!r->done && rc != ETIMEDOUT)
		rc = pthread_cond_clockwait(&r->decided, &r->mu, CLOCK_MONOTONIC, &until);
	bool done = r->done;
	(void)pthread_mutex_unlock(&r->mu);
	return done;
}

static bool client_gone(const git_receive *r)
{
	struct pollfd p = { .fd = r->how.client_fd > 0 ? r->how.client_fd : -1, .events = POLLRDHUP };
	return poll(&p, 1, 0) == 1;
}

/** Nothing was to be said for a while: an empty packet, where packets are understood, keeps proxies and impatient clients on the line. */
static void alive(git_receive *r)
{
	if (r->bands)
		slu_buf_addf(&r->out, "0005%c", REPORT);
}

/** What Git says while it unpacks; when it has said all, what is decided. */
static void more(git_receive *r)
{
	char words[4096];
	if (r->state == DECIDING) {
		if (decided(r))
			decide_ends(r);
		else
			alive(r);
		return;
	}
	ptrdiff_t n = r->intake ? git_intake_says(r->intake, words, sizeof words, r->how.alive_ms) : 0;
	if (n > 0)
		say(r, WORDS, (slu_str){ words, (size_t)n });
	else if (n == 0)
		decide_begins(r);
	else if (client_gone(r))
		r->state = GONE; /* nobody is waiting for what Git makes of it */
	else
		alive(r);
}

size_t git_receive_read(git_receive *r, char *to, size_t cap)
{
	while (r->out_at == r->out.n) {
		if (r->state == GONE)
			return 0;
		slu_buf_clear(&r->out);
		r->out_at = 0;
		if (r->state == ENDED) {
			if (r->commands)
				r->how.decide.told(r->how.decide.ctx);
			return 0;
		}
		more(r);
	}
	size_t n = r->out.n - r->out_at < cap ? r->out.n - r->out_at : cap;
	memcpy(to, r->out.p + r->out_at, n);
	r->out_at += n;
	return n;
}
