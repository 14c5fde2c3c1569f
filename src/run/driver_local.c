/* SPDX-License-Identifier: Apache-2.0 */
/** Driver `local`: the application runs on this machine under a keeper, which shares its address out between two versions. */
#include "run/deploy_dir.h"
#include "run/drivers.h"
#include "run/keeper.h"
#include "run/proc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { POLL_MS = 50, READY_MS = 10000, SETTLE_MS = 300, STOP_EXTRA_MS = 10000, LOG_TAIL = 2000 };

static const char *const colors[] = { "blue", "green" };

static slu_rc keeper_dir(const struct port_deploy *d, const char **out, slu_err *err)
{
	const char *dir;
	SLU_TRY(run_deploy_dir(d, &dir, err));
	dir = slu_printf(d->a, "%s/keeper", dir);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return slu_fail(err, SLU_E_IO, "%s cannot be made: %s", dir, strerror(errno));
	*out = dir;
	return SLU_OK;
}

static bool same_address(const struct run_keeper *k, slu_str listen)
{
	slu_str host, port;
	slu_str rest = listen;
	if (!slu_str_split(&rest, ':', &host))
		return false;
	port = rest;
	uint64_t number = 0;
	if (slu_parse_u64(&number, port, NULL) != SLU_OK)
		return false;
	return slu_str_is(slu_str_is(host, "localhost") ? SLU_STR("127.0.0.1") : host, k->host) && (number == 0 || number == k->port);
}

/* The keeper, put in its place when it is not there (any more). */
static slu_rc have(const struct port_deploy *d, struct run_keeper *k, const char **dir, slu_err *err)
{
	SLU_TRY(keeper_dir(d, dir, err));
	SLU_TRY(run_keeper_have(k, *dir, d->driver->listen, err));
	if (same_address(k, d->driver->listen))
		return SLU_OK;
	if (run_keeper_runs(&k->slot[0]) || run_keeper_runs(&k->slot[1]))
		return slu_fail_at(err, SLU_E_CONFLICT, d->driver->pos.file, d->driver->pos.line, d->driver->pos.column,
		                   "the application of %.*s listens at %s:%u, and the strategy now says %.*s; end what runs there (keeper: process %d) before it can move",
		                   SLU_FMT(d->environment->name), k->host, k->port, SLU_FMT(d->driver->listen), (int)k->pid);
	(void)kill(k->pid, SIGTERM);
	int64_t end = run_now_ms() + READY_MS;
	while (kill(k->pid, 0) == 0 && run_now_ms() < end)
		(void)usleep(POLL_MS * 1000);
	return run_keeper_have(k, *dir, d->driver->listen, err);
}

static slu_rc tell(const struct port_deploy *d, struct run_keeper *k, const char *dir, slu_err *err, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
static slu_rc tell(const struct port_deploy *d, struct run_keeper *k, const char *dir, slu_err *err, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return run_keeper_order(k, dir, d->driver->listen, text, err);
}

/* ---- prepare, finish --------------------------------------------------------------------------------------------------------- */

static slu_rc prepare(const struct port_deploy *d, slu_err *err)
{
	struct run_keeper k;
	const char *dir, *slash = d->driver->argv_n > 0 ? memchr(d->driver->argv[0].p, '/', d->driver->argv[0].n) : NULL, *path;
	if (d->driver->argv_n == 0 || d->driver->listen.n == 0)
		return slu_fail_at(err, SLU_E_INVALID, d->driver->pos.file, d->driver->pos.line, d->driver->pos.column, "the local driver needs `run` and `listen`");
	SLU_TRY(run_release_make(d, &d->new_, err));
	SLU_TRY(run_release_path(d, &d->new_, &path, err));
	const char *program = slu_printf(d->a, "%s/%.*s", path, SLU_FMT(d->driver->argv[0]));
	if (slash && d->driver->argv[0].p[0] != '/' && access(program, X_OK) != 0)
		return slu_fail_at(err, SLU_E_NOT_FOUND, d->driver->pos.file, d->driver->pos.line, d->driver->pos.column, "%.*s of commit %.12s cannot be run: %s",
		                   SLU_FMT(d->driver->argv[0]), d->new_.commit.hex, strerror(errno));
	return have(d, &k, &dir, err);
}

static slu_rc finish(const struct port_deploy *d, slu_err *err)
{
	SLU_TRY(run_release_current(d, &d->new_, err));
	run_releases_prune(d);
	return SLU_OK;
}

/* ---- start ------------------------------------------------------------------------------------------------------------------- */

static const char *log_path(const struct port_deploy *d, const char *dir, const char *tag)
{
	const char *log = slu_printf(d->a, "%s/../log", dir);
	(void)mkdir(log, 0700);
	return slu_printf(d->a, "%s/%s.log", log, tag);
}

/* The last of what the application wrote, for people. */
static void log_tail(const struct port_deploy *d, const char *path)
{
	char text[LOG_TAIL];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof text, size > LOG_TAIL ? size - LOG_TAIL : 0);
	if (fd >= 0)
		(void)close(fd);
	if (n > 0)
		slu_buf_add(d->log, text, (size_t)n);
}

static slu_rc wait_ended(const struct port_deploy *d, struct run_keeper *k, const char *dir, int color, slu_err *err)
{
	int64_t end = run_now_ms() + d->driver->drain_s * 1000 + STOP_EXTRA_MS;
	while (run_keeper_runs(&k->slot[color])) {
		if (run_stopped(d))
			return slu_fail(err, SLU_E_BUSY, "the server ends");
		if (run_now_ms() >= end)
			return slu_fail(err, SLU_E_TIMEOUT, "process %d (%s) did not end", (int)k->slot[color].pid, k->slot[color].tag);
		(void)usleep(POLL_MS * 1000);
		SLU_TRY(run_keeper_have(k, dir, d->driver->listen, err));
		if (k->slot[color].state == KEEPER_RUNNING) /* the keeper was replaced meanwhile, and does not know of the order */
			SLU_TRY(tell(d, k, dir, err, "stop %s %lld", colors[color], (long long)d->driver->drain_s * 1000));
	}
	return SLU_OK;
}

static slu_rc stop_slot(const struct port_deploy *d, struct run_keeper *k, const char *dir, int color, slu_err *err)
{
	if (!run_keeper_runs(&k->slot[color]))
		return SLU_OK;
	SLU_TRY(tell(d, k, dir, err, "stop %s %lld", colors[color], (long long)d->driver->drain_s * 1000));
	return wait_ended(d, k, dir, color, err);
}

static slu_rc order_start(const struct port_deploy *d, struct run_keeper *k, const char *dir, const struct port_deploy_version *v, const char *tag, slu_err *err)
{
	slu_auto_buf text = { 0 };
	size_t n;
	const char *const *env = run_deploy_env(d, v, 0, &n), *const *arg, *path;
	SLU_TRY(run_release_path(d, v, &path, err));
	const char *begin[] = { "/usr/bin/env", "-C", path, NULL };
	SLU_TRY(run_as_owner(&arg, d->a, path, begin, err));
	slu_buf_init(&text, KEEPER_REQUEST);
	slu_buf_addf(&text, "start %s %s\n%s", colors[v->color], tag, log_path(d, dir, tag));
	for (; *arg; arg++)
		slu_buf_addf(&text, "\n%s", *arg);
	for (size_t i = 0; i < n; i++) {
		if (strchr(env[i], '\n'))
			return slu_fail(err, SLU_E_INVALID, "the variable %.*s holds a line end, and the local driver cannot pass it on", (int)strcspn(env[i], "="), env[i]);
		slu_buf_addf(&text, "\n%s", env[i]);
	}
	for (size_t i = 0; i < d->driver->argv_n; i++)
		slu_buf_addf(&text, "\n%.*s", SLU_FMT(d->driver->argv[i]));
	if (text.over)
		return slu_fail(err, SLU_E_LIMIT, "the environment and the arguments of the application have more than %d bytes", (int)KEEPER_REQUEST);
	return run_keeper_order(k, dir, d->driver->listen, text.p, err);
}

static bool is_ready(const struct port_deploy *d, const struct port_deploy_version *v, const char **why)
{
	struct strat_probe p = { .kind = STRAT_PROBE_HTTP, .target = d->driver->ready_http, .within_ms = 1000 };
	struct port_deploy one = *d;
	struct port_probe_result seen;
	one.new_ = *v;
	run_probe(&one, &driver_local, &p, &seen);
	*why = seen.text;
	return seen.health == PORT_HEALTH_GOOD;
}

static slu_rc wait_ready(const struct port_deploy *d, struct run_keeper *k, const char *dir, const struct port_deploy_version *v, const char *tag, slu_err *err)
{
	int64_t within = d->driver->ready_within_ms > 0 ? d->driver->ready_within_ms : READY_MS, begun = run_now_ms();
	const char *why = "no answer";
	for (;;) {
		const struct run_keeper_slot *s = &k->slot[v->color];
		if (s->state != KEEPER_RUNNING || strcmp(s->tag, tag) != 0) {
			log_tail(d, log_path(d, dir, tag));
			return slu_fail(err, SLU_E_IO, "%s did not become ready: %s", tag, run_keeper_end_text(d->a, s));
		}
		int64_t took = run_now_ms() - begun;
		if (d->driver->ready_http.n > 0 ? is_ready(d, v, &why) : took >= SETTLE_MS)
			return SLU_OK;
		if (took >= within) {
			log_tail(d, log_path(d, dir, tag));
			return slu_fail(err, SLU_E_TIMEOUT, "%s was not ready within %lld ms: %s", tag, (long long)within, why);
		}
		if (run_stopped(d))
			return slu_fail(err, SLU_E_BUSY, "the server ends");
		(void)usleep(POLL_MS * 1000);
		SLU_TRY(run_keeper_have(k, dir, d->driver->listen, err));
	}
}

static slu_rc start(const struct port_deploy *d, bool old, slu_err *err)
{
	const struct port_deploy_version *v = old ? &d->old : &d->new_;
	struct run_keeper k;
	const char *dir, *tag;
	SLU_TRY(have(d, &k, &dir, err));
	SLU_TRY(run_release_name(d, v, &tag, err));
	SLU_TRY(run_release_make(d, v, err));
	struct run_keeper_slot *s = &k.slot[v->color];
	if (run_keeper_runs(s) && (s->state != KEEPER_RUNNING || strcmp(s->tag, tag) != 0))
		SLU_TRY(stop_slot(d, &k, dir, v->color, err)); /* what was kept there, or is on its way out */
	SLU_TRY(order_start(d, &k, dir, v, tag, err));
	slu_buf_addf(d->log, "%s: %s is process %d\n", colors[v->color], tag, (int)k.slot[v->color].pid);
	return wait_ready(d, &k, dir, v, tag, err);
}

/* ---- weight, stop, look ------------------------------------------------------------------------------------------------------- */

static slu_rc weight(const struct port_deploy *d, unsigned pct, slu_err *err)
{
	struct run_keeper k;
	const char *dir;
	SLU_TRY(have(d, &k, &dir, err));
	if (!d->has_old && pct == 0)
		return SLU_OK; /* there is nothing that could take it */
	bool old_runs = d->has_old && k.slot[d->old.color].state == KEEPER_RUNNING;
	unsigned give = old_runs || pct == 0 ? pct : 100; /* nobody else could answer */
	SLU_TRY(tell(d, &k, dir, err, "weight %s %u", colors[d->new_.color], give));
	slu_buf_addf(d->log, "%s: %u %%\n", colors[d->new_.color], give);
	return SLU_OK;
}

static slu_rc stop(const struct port_deploy *d, bool old, slu_err *err)
{
	const struct port_deploy_version *v = old ? &d->old : &d->new_;
	struct run_keeper k;
	const char *dir, *tag;
	SLU_TRY(keeper_dir(d, &dir, err));
	if (run_keeper_never(dir))
		return SLU_OK;
	SLU_TRY(have(d, &k, &dir, err));
	SLU_TRY(run_release_name(d, v, &tag, err));
	if (!old && d->has_old)
		SLU_TRY(run_release_current(d, &d->old, err));
	const struct run_keeper_slot *s = &k.slot[v->color];
	if (strcmp(s->tag, tag) != 0 || !run_keeper_runs(s))
		return SLU_OK;
	SLU_TRY(stop_slot(d, &k, dir, v->color, err));
	slu_buf_addf(d->log, "%s: %s: %s\n", colors[v->color], tag, run_keeper_end_text(d->a, &k.slot[v->color]));
	return SLU_OK;
}

/* The one without traffic first: then the other one may be stopped. */
static slu_rc end(const struct port_deploy *d, slu_err *err)
{
	struct run_keeper k;
	const char *dir;
	SLU_TRY(keeper_dir(d, &dir, err));
	if (run_keeper_never(dir))
		return SLU_OK;
	SLU_TRY(have(d, &k, &dir, err));
	int first = k.green_pct > 50 ? 0 : 1;
	SLU_TRY(stop_slot(d, &k, dir, first, err));
	SLU_TRY(stop_slot(d, &k, dir, !first, err));
	(void)kill(k.pid, SIGTERM);
	return SLU_OK;
}

static enum port_deploy_life life(const struct run_keeper_slot *s, const char *tag)
{
	return s->state == KEEPER_RUNNING && strcmp(s->tag, tag) == 0 ? PORT_LIFE_RUNS : PORT_LIFE_ENDED;
}

static slu_rc look(const struct port_deploy *d, struct port_deploy_look *out, slu_err *err)
{
	struct run_keeper k;
	const char *dir, *tag, *old_tag = "";
	SLU_TRY(have(d, &k, &dir, err));
	SLU_TRY(run_release_name(d, &d->new_, &tag, err));
	if (d->has_old)
		SLU_TRY(run_release_name(d, &d->old, &old_tag, err));
	const struct run_keeper_slot *s = &k.slot[d->new_.color];
	struct port_deploy_look seen = { .new_ = life(s, tag), .new_text = "", .new_pct = d->new_.color ? k.green_pct : 100 - k.green_pct };
	seen.old = d->has_old ? life(&k.slot[d->old.color], old_tag) : PORT_LIFE_NONE;
	if (seen.new_ == PORT_LIFE_ENDED)
		seen.new_text = run_keeper_end_text(d->a, s);
	*out = seen;
	return SLU_OK;
}

static slu_rc reach(const struct port_deploy *d, const char **host, unsigned *port, const char **from, slu_err *err)
{
	struct run_keeper k;
	const char *dir;
	SLU_TRY(have(d, &k, &dir, err));
	*host = strcmp(k.host, "0.0.0.0") == 0 ? "127.0.0.1" : slu_strdup(d->a, k.host);
	*port = k.port;
	*from = slu_printf(d->a, "127.83.76.%d", 1 + d->new_.color);
	return SLU_OK;
}

const struct port_deployer driver_local = {
	.name = "local",
	.summary = "Two versions on this machine behind one address, weighed by the kernel",
	.prepare = prepare,
	.start = start,
	.weight = weight,
	.finish = finish,
	.stop = stop,
	.end = end,
	.look = look,
	.reach = reach,
};
