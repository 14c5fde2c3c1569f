/* SPDX-License-Identifier: Apache-2.0 */
/**
 * libexec/sluice-server: wires the use cases to what carries them out, and serves.
 *
 *   sluice-server --home DIR [--listen HOST:PORT] …   until SIGTERM, which ends accepted work first
 *   sluice-server --home DIR --once                   standard input is the one connection that is served; ends with it
 *   sluice-server --tunnel https://HOST:PORT          standard input is a connection that is passed on by TLS
 *
 * Exit codes as everywhere; 75 with --once: another process holds the home (a server, whose socket is the way in, or another command).
 */
#include "app/app.h"
#include "app/bases.h"
#include "app/deploy.h"
#include "app/heads.h"
#include "app/land.h"
#include "app/rounds.h"
#include "git/git.h"
#include "git/tidy.h"
#include "main/server_tunnel.h"
#include "run/drivers.h"
#include "run/mapped.h"
#include "web/server.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GRACE_S = 30, HELD = 75, HELD_TRIES = 50 };
/* A page that the kernel gives anew costs more than an object that is read: what a push needed stays for the next one. */
enum { MAPPED_BYTES = 1024 * 1024, SPARE_BYTES = 16 * 1024 * 1024 };

struct options {
	const char *home, *listen, *tls_cert, *tls_key, *log_level, *deploy_user;
	bool once, behind_proxy, faults;
};

static const char usage[] = "usage: sluice-server --home DIR [--listen HOST:PORT] [--tls-cert FILE --tls-key FILE] [--behind-proxy] [--log-level LEVEL] [--deploy-user NAME] [--once]\n"
                            "This program is started by `sluice serve`, which explains its options: sluice serve --help\n";

static bool read_options(struct options *o, int argc, char **argv)
{
	const struct { const char *name; const char **value; bool *flag; } known[] = {
		{ "--home", &o->home, NULL }, { "--listen", &o->listen, NULL }, { "--tls-cert", &o->tls_cert, NULL }, { "--tls-key", &o->tls_key, NULL },
		{ "--log-level", &o->log_level, NULL }, { "--deploy-user", &o->deploy_user, NULL }, { "--once", NULL, &o->once }, { "--behind-proxy", NULL, &o->behind_proxy },
		{ "--faults", NULL, &o->faults }, /* for the fault tests: see app/fault.h */
	};
	for (int i = 1; i < argc; i++) {
		size_t k = 0;
		while (k < sizeof known / sizeof known[0] && strcmp(argv[i], known[k].name) != 0)
			k++;
		if (k == sizeof known / sizeof known[0])
			return false;
		if (known[k].flag)
			*known[k].flag = true;
		else if (++i < argc)
			*known[k].value = argv[i];
		else
			return false;
	}
	return o->home != NULL;
}

/* An absolute path, for nothing here depends on the current folder. NULL: it cannot be told. */
static const char *absolute(slu_arena *a, const char *path)
{
	char here[4096];
	if (path[0] == '/')
		return path;
	return getcwd(here, sizeof here) ? slu_printf(a, "%s/%s", here, path) : NULL;
}

static int fail(const slu_err *err)
{
	(void)fprintf(stderr, "sluice: %s\n", err->text[0] ? err->text : slu_rc_word(err->code));
	int code = slu_rc_exit(err->code);
	return code ? code : 7;
}

static int64_t now_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The first thread that comes here takes the gate away and waits until somebody removes what it has become. */
static void wait_at(const char *gate)
{
	char reached[4096];
	(void)snprintf(reached, sizeof reached, "%s.reached", gate);
	if (rename(gate, reached) == 0)
		while (access(reached, F_OK) == 0)
			(void)poll(NULL, 0, 10);
}

/** The environment names a point: "POINT" dies there at once, as by a power cut; "POINT:FILE" waits there while others go on. */
static void fault(const char *point)
{
	const char *at = getenv("SLUICE_FAULT");
	size_t n = strlen(point);
	if (!at || strncmp(at, point, n) != 0)
		return;
	if (at[n] == '\0')
		(void)kill(getpid(), SIGKILL);
	if (at[n] == ':')
		wait_at(at + n + 1);
}

static void landed(void *ctx, const char *path)
{
	git_tidy_note(ctx, path);
}

/* A command of this moment may hold the home: it goes by itself. */
static slu_rc open_home(app **out, const struct options *o, git_tidy *tidy, slu_err *err)
{
	const struct app_ports ports = {
		.git_open = git_lg2_open,
		.git_init = git_repo_init,
		.git_import = git_repo_import,
		.git_source = git_repo_source,
		.git_default_branch = git_repo_default_branch,
		.git_set_default = git_repo_set_default,
		.git_clear_stale = git_repo_clear_stale,
		.git_check = git_repo_check,
		.secret = run_secret_there,
		.now_ms = now_ms,
		.landed = tidy ? landed : NULL,
		.landed_ctx = tidy,
		.fault = o->faults ? fault : NULL,
	};
	for (unsigned i = 0;; i++) {
		slu_rc rc = app_open(out, o->home, &ports, err);
		if (rc != SLU_E_CONFLICT || o->once || i == HELD_TRIES)
			return rc;
		(void)poll(NULL, 0, 100);
	}
}

static void end_process(void *ctx)
{
	(void)ctx;
	(void)kill(getpid(), SIGTERM);
}

/** What an earlier server left half-done goes forward or back before anything is answered. */
static slu_rc recover(app *home, const struct web_log *log, slu_err *err)
{
	struct app_recovered r = { 0 };
	SLU_TRY(app_land_recover(&r, home, err));
	if (r.back + r.forward + r.stuck + r.locks + r.quarantines > 0)
		web_log(log, WEB_LOG_WARNING, "recover", "%zu intents went back, %zu forward, %zu cannot (their repositories are read-only); %zu stale locks and %zu quarantines removed", r.back, r.forward,
		        r.stuck, r.locks, r.quarantines);
	return SLU_OK;
}

static void run(app *home, const struct options *o, const struct web_log *log, const sigset_t *ending, web_server *server)
{
	slu_err err = { 0 };
	if (!o->once) {
		(void)printf("%s\n", web_server_address(server));
		(void)fflush(stdout);
		web_log(log, WEB_LOG_INFO, "main", "serving %s at %s", app_home(home), web_server_address(server));
	}
	int which;
	while (sigwait(ending, &which) != 0)
		;
	if (!o->once)
		web_log(log, WEB_LOG_INFO, "main", "ending: accepted work first");
	web_server_stop(server, GRACE_S);
	if (app_land_settle(home, &err) != SLU_OK)
		web_log(log, WEB_LOG_WARNING, "main", "%s", err.text);
}

static void say_deploy(void *ctx, bool trouble, const char *text)
{
	web_log(ctx, trouble ? WEB_LOG_WARNING : WEB_LOG_INFO, "deploy", "%s", text);
}

/**
 * Whose applications and scripts will be. NULL without an error: the server's own user, which the log says when that is root.
 * Another one can be given by root alone; `root` itself is a word, too: then nobody is warned.
 */
static slu_rc deploy_user(const struct port_deploy_user **out, slu_arena *a, const struct options *o, const struct web_log *log, slu_err *err)
{
	const struct passwd *p = o->deploy_user ? getpwnam(o->deploy_user) : NULL; /* no other thread runs yet that asks */
	*out = NULL;
	if (o->deploy_user && !p)
		return slu_fail(err, SLU_E_USAGE, "--deploy-user: there is no user \"%s\" on this machine.", o->deploy_user);
	if (p && p->pw_uid != geteuid() && geteuid() != 0)
		return slu_fail(err, SLU_E_USAGE, "--deploy-user: only root can have applications run as %s.", o->deploy_user);
	if (p && p->pw_uid != geteuid()) {
		struct port_deploy_user *u = SLU_NEW(a, struct port_deploy_user);
		*u = (struct port_deploy_user){ p->pw_uid, p->pw_gid, slu_strdup(a, p->pw_dir) };
		*out = u;
	} else if (!p && geteuid() == 0 && !o->once) {
		web_log(log, WEB_LOG_WARNING, "deploy", "this server runs as root, and so will applications and deploy scripts: --deploy-user NAME gives them a user of their own");
	}
	return SLU_OK;
}

static int serve(app *home, const struct options *o, const struct web_log *log, const sigset_t *ending)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	web_server *server = NULL;
	struct app_engine *engine = NULL;
	app_heads *heads = NULL;
	app_rounds *bases = NULL;
	union { const struct web_log *from; void *to; } ctx = { .from = log };
	struct app_deploy_ports deploys = { .driver = run_driver_find, .probe = run_probe, .say = say_deploy, .ctx = ctx.to };
	struct web_server_how how = {
		.app = home,
		.log = log,
		.listen = o->once ? NULL : o->listen ? o->listen : "127.0.0.1:8080",
		.tls_cert = o->tls_cert,
		.tls_key = o->tls_key,
		.behind_proxy = o->behind_proxy,
		.socket = o->once ? NULL : slu_printf(a, "%s/run/sluice.sock", app_home(home)), /* whoever came in by it would be cut off when this command ends */
		.once_fd = o->once ? 0 : -1,
		.ended = end_process,
		.lock_fd = app_lock_fd(home),
	};
	slu_rc rc = deploy_user(&deploys.user, a, o, log, &err);
	if (rc == SLU_OK)
		rc = recover(home, log, &err);
	if (rc == SLU_OK)
		rc = web_server_start(&server, &how, &err);
	if (rc == SLU_OK && !o->once) /* a server of one command leaves deployments to one that stays */
		rc = app_engine_begin(&engine, home, &deploys, &err);
	if (rc == SLU_OK && !o->once)
		rc = app_heads_begin(&heads, home, &err);
	if (rc == SLU_OK && !o->once)
		rc = app_bases_begin(&bases, home, &err);
	if (rc == SLU_OK)
		run(home, o, log, ending, server);
	app_engine_end(engine);
	app_rounds_end(bases);
	app_heads_end(heads);
	return rc == SLU_OK ? 0 : fail(&err);
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct web_log log = { .level = WEB_LOG_INFO };
	sigset_t ending;
	slu_err err = { 0 };
	app *home;
	if (argc == 3 && strcmp(argv[1], "--tunnel") == 0)
		return server_tunnel(argv[2]);
	if (!read_options(&o, argc, argv)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	if (o.once)
		log.level = WEB_LOG_ERROR;
	if (o.log_level && !web_log_level(&log.level, o.log_level)) {
		(void)fprintf(stderr, "sluice: --log-level is error, warning, info or debug, not \"%s\".\n", o.log_level);
		return 2;
	}
	(void)mallopt(M_ARENA_MAX, 2); /* threads share memory, so that many idle ones do not keep much */
	(void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, SPARE_BYTES);
	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	run_mapped_guard();
	(void)sigemptyset(&ending);
	(void)sigaddset(&ending, SIGTERM);
	if (!o.once)
		(void)sigaddset(&ending, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &ending, NULL); /* before any thread begins, so that all inherit it */
	if (sodium_init() < 0) {
		(void)fprintf(stderr, "sluice: no source of randomness.\n");
		return 7;
	}
	slu_auto_arena *a = slu_arena_new();
	o.home = absolute(a, o.home);
	git_tidy *tidy = o.once || !o.home ? NULL : git_tidy_start(slu_printf(a, "%s/run/tidy.lock", o.home));
	slu_rc rc = o.home ? open_home(&home, &o, tidy, &err) : slu_fail(&err, SLU_E_IO, "The current folder cannot be told.");
	if (rc == SLU_E_CONFLICT && o.once)
		return HELD;
	if (rc != SLU_OK)
		return fail(&err);
	int code = serve(home, &o, &log, &ending);
	git_tidy_stop(tidy);
	app_close(home);
	return code;
}
