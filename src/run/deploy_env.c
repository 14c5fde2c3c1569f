/* SPDX-License-Identifier: Apache-2.0 */
#include "run/deploy_dir.h"
#include "run/drivers.h"
#include "run/proc.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

enum { OUTPUT = 48 * 1024, SECRET = 16 * 1024, SLICE_MS = 200, STOP_MS = 10000 };

static const char *const colors[] = { "blue", "green" };

typedef SLU_LIST(const char *) env_list;

static void put(const struct port_deploy *d, env_list *l, const char *key, slu_str value)
{
	if (!memchr(value.p ? value.p : "", '\0', value.n)) /* what cannot stand in an environment is left out */
		*SLU_ADD(d->a, l) = slu_printf(d->a, "%s=%.*s", key, SLU_FMT(value));
}

static void put_flags(const struct port_deploy *d, env_list *l)
{
	for (size_t i = 0; i < d->environment->flags_n; i++) {
		char *key = slu_printf(d->a, "SLUICE_FLAG_%.*s", SLU_FMT(d->environment->flags[i].key));
		for (char *p = key; *p; p++)
			*p = isalnum((unsigned char)*p) ? (char)toupper((unsigned char)*p) : '_';
		put(d, l, key, d->environment->flags[i].value);
	}
}

/* A name of the strategy file becomes one of a file: only what a variable may be called. */
static bool is_variable(slu_str name)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
	for (size_t i = 0; i < name.n; i++)
		if (!memchr(fine, name.p[i], sizeof fine - 1))
			return false;
	return name.n > 0 && !isdigit((unsigned char)name.p[0]);
}

/* Its value as an environment can hold it. The first line end that ends the file is an editor's, not the secret's. */
static bool read_secret(slu_str *out, slu_arena *a, const char *home, slu_str owner, slu_str name, slu_str secret)
{
	if (!is_variable(secret))
		return false;
	char *value = slu_alloc(a, SECRET + 1);
	int fd = open(slu_printf(a, "%s/secrets/%.*s/%.*s/%.*s", home, SLU_FMT(owner), SLU_FMT(name), SLU_FMT(secret)), O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, value, SECRET + 1);
	run_close(&fd);
	if (got < 0 || got > SECRET || memchr(value, '\0', (size_t)got))
		return false;
	*out = (slu_str){ value, (size_t)got - (got > 0 && value[got - 1] == '\n') };
	return true;
}

bool run_secret_there(const char *home, slu_str owner, slu_str name, slu_str secret)
{
	slu_auto_arena *a = slu_arena_new();
	slu_str value;
	return read_secret(&value, a, home, owner, name, secret) && value.n > 0;
}

static void put_secrets(const struct port_deploy *d, env_list *l, const slu_str *name, size_t n)
{
	slu_str value;
	for (size_t i = 0; i < n; i++)
		if (read_secret(&value, d->a, d->home, d->owner, d->name, name[i]))
			put(d, l, slu_str_dup(d->a, name[i]), value);
}

const char *const *run_deploy_env(const struct port_deploy *d, const struct port_deploy_version *v, unsigned weight_pct, size_t *n)
{
	env_list l = { 0 };
	const char *path = getenv("PATH"), *home = d->user ? d->user->home : getenv("HOME"), *release = "";
	put(d, &l, "PATH", slu_s(path ? path : "/usr/local/bin:/usr/bin:/bin"));
	put(d, &l, "HOME", slu_s(home ? home : "/"));
	put(d, &l, "LANG", SLU_STR("C.UTF-8"));
	for (size_t i = 0; i < d->environment->variables_n; i++)
		put(d, &l, slu_str_dup(d->a, d->environment->variables[i].key), d->environment->variables[i].value);
	put_secrets(d, &l, d->environment->secrets, d->environment->secrets_n);
	put_secrets(d, &l, d->strategy ? d->strategy->secret : NULL, d->strategy ? d->strategy->secret_n : 0);
	put_flags(d, &l);
	if (run_release_path(d, v, &release, NULL) == SLU_OK)
		put(d, &l, "SLUICE_RELEASE", slu_s(release));
	put(d, &l, "SLUICE_VERSION", v->version);
	put(d, &l, "SLUICE_COMMIT", slu_s(v->commit.hex));
	put(d, &l, "SLUICE_COLOR", slu_s(colors[v->color & 1]));
	put(d, &l, "SLUICE_WEIGHT", slu_s(slu_printf(d->a, "%u", weight_pct)));
	put(d, &l, "SLUICE_ENVIRONMENT", d->environment->name);
	put(d, &l, "SLUICE_REPOSITORY", slu_s(slu_printf(d->a, "%.*s/%.*s", SLU_FMT(d->owner), SLU_FMT(d->name))));
	put(d, &l, "SLUICE_DEPLOYMENT", slu_s(slu_printf(d->a, "%llu", (unsigned long long)d->new_.number)));
	put(d, &l, "SLUICE_URL", d->url);
	put(d, &l, "SLUICE_REF", d->ref);
	put(d, &l, "SLUICE_ACTOR", d->actor);
	put(d, &l, "SLUICE_PREVIOUS_VERSION", d->has_old ? d->old.version : SLU_STR(""));
	put(d, &l, "SLUICE_PREVIOUS_COMMIT", slu_s(d->has_old ? d->old.commit.hex : ""));
	put(d, &l, "SLUICE_BACKUP", slu_s(d->has_old ? slu_printf(d->a, "deployment-%llu", (unsigned long long)d->old.number) : ""));
	*n = l.n;
	*SLU_ADD(d->a, &l) = NULL;
	return l.v;
}

static const char *value_of(const char *const *env, slu_str name)
{
	for (; *env; env++)
		if (strncmp(*env, name.p, name.n) == 0 && (*env)[name.n] == '=')
			return *env + name.n + 1;
	return NULL;
}

const char *run_deploy_expand(const struct port_deploy *d, slu_str text, const char **missing)
{
	size_t n;
	const char *const *env = run_deploy_env(d, &d->new_, 0, &n);
	slu_auto_buf out;
	slu_buf_init(&out, 64 * 1024);
	*missing = NULL;
	for (size_t i = 0; i < text.n;) {
		size_t end = i + 1;
		while (text.p[i] == '$' && end < text.n && (isalnum((unsigned char)text.p[end]) || text.p[end] == '_'))
			end++;
		if (text.p[i] != '$' || end == i + 1) {
			slu_buf_addc(&out, text.p[i++]);
			continue;
		}
		slu_str name = { text.p + i + 1, end - i - 1 };
		const char *value = value_of(env, name);
		if (!value && !*missing)
			*missing = slu_str_dup(d->a, name);
		slu_buf_adds(&out, value ? value : "");
		i = end;
	}
	return slu_str_dup(d->a, slu_buf_str(&out));
}

/* ---- scripts ----------------------------------------------------------------------------------------------------------------- */

/* The script inherits the lock: one that outlived a killed server holds it until it has ended. */
static slu_rc script_lock(const struct port_deploy *d, int *out, int64_t deadline, slu_err *err)
{
	const char *dir;
	SLU_TRY(run_deploy_dir(d, &dir, err));
	int fd = open(slu_printf(d->a, "%s/script.lock", dir), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return slu_fail(err, SLU_E_IO, "the lock of the scripts in %s cannot be made: %s", dir, strerror(errno));
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (run_stopped(d) || run_now_ms() >= deadline) {
			(void)close(fd);
			return slu_fail(err, run_stopped(d) ? SLU_E_BUSY : SLU_E_TIMEOUT, "another script of this environment still runs");
		}
		(void)usleep(SLICE_MS * 1000);
	}
	*out = fd;
	return SLU_OK;
}

/* Keep the last OUTPUT bytes. */
static void keep(slu_buf *tail, const char *p, size_t n)
{
	if (n > OUTPUT) {
		p += n - OUTPUT;
		n = OUTPUT;
	}
	if (tail->n + n > OUTPUT) {
		size_t drop = tail->n + n - OUTPUT;
		memmove(tail->p, tail->p + drop, tail->n - drop);
		tail->n -= drop;
	}
	slu_buf_add(tail, p, n);
}

/* Until it ends; what it leaves running in the background may hold the pipe open for longer. */
static slu_rc follow(const struct port_deploy *d, struct run_child *c, slu_buf *tail, int64_t deadline, slu_err *err)
{
	int64_t stop_at = 0;
	for (bool ended = false;;) {
		char buf[8192];
		size_t n = 0;
		int64_t now = run_now_ms();
		if (run_stopped(d) && stop_at == 0)
			stop_at = now + STOP_MS;
		if (now >= deadline)
			return slu_fail(err, SLU_E_TIMEOUT, "it did not end in time");
		if (stop_at > 0 && now >= stop_at)
			return slu_fail(err, SLU_E_BUSY, "the server ends");
		struct pollfd p = { c->pid_fd, POLLIN, 0 };
		ended = ended || poll(&p, 1, 0) == 1;
		slu_rc rc = run_read_some(c->out, buf, sizeof buf, ended ? now : now + SLICE_MS, &n, err);
		if ((rc == SLU_OK && n == 0) || (rc == SLU_E_TIMEOUT && ended))
			return SLU_OK;
		if (rc == SLU_OK)
			keep(tail, buf, n);
		else if (rc != SLU_E_TIMEOUT)
			return rc;
	}
}

static slu_rc run_locked(const struct port_deploy *d, slu_str text, unsigned weight_pct, int64_t deadline, int lock, slu_buf *tail, int *code, int *signal, slu_err *err)
{
	const char *release, *argv[] = { "/bin/sh", "-c", slu_str_dup(d->a, text), NULL };
	size_t n;
	struct run_child c = RUN_NO_CHILD;
	struct run_spec spec = RUN_SPEC;
	SLU_TRY(run_release_path(d, &d->new_, &release, err));
	SLU_TRY(run_as_owner(&spec.argv, d->a, release, argv, err));
	spec.env = run_deploy_env(d, &d->new_, weight_pct, &n);
	spec.cwd = release;
	spec.inherit = &lock;
	spec.inherit_n = 1;
	SLU_TRY(run_start(&c, &spec, RUN_PIPE_OUT | RUN_ERR_TO_OUT, err));
	slu_rc rc = follow(d, &c, tail, deadline, err);
	if (rc == SLU_OK)
		rc = run_wait(&c, deadline - run_now_ms() > 0 ? deadline - run_now_ms() : 0, code, signal, err);
	run_stop(&c, RUN_GRACE_MS);
	return rc;
}

slu_rc run_deploy_script(const struct port_deploy *d, const char *what, slu_str text, unsigned weight_pct, int64_t timeout_ms, slu_err *err)
{
	int lock = -1, code = -1, signal = 0;
	int64_t deadline = run_now_ms() + timeout_ms;
	slu_auto_buf tail;
	slu_buf_init(&tail, OUTPUT + 1);
	SLU_TRY(script_lock(d, &lock, deadline, err));
	slu_rc rc = run_locked(d, text, weight_pct, deadline, lock, &tail, &code, &signal, err);
	(void)flock(lock, LOCK_UN); /* also for what it left running */
	run_close(&lock);
	slu_buf_addf(d->log, "$ %.*s\n", SLU_FMT(text));
	slu_buf_addstr(d->log, slu_buf_str(&tail));
	if (rc == SLU_E_TIMEOUT)
		return slu_fail(err, rc, "%s did not end within %lld s and was ended", what, (long long)(timeout_ms / 1000));
	if (rc == SLU_OK && code != 0)
		return slu_fail(err, SLU_E_IO, signal ? "%s was ended by signal %d" : "%s ended with exit status %d", what, signal ? signal : code);
	return rc;
}
