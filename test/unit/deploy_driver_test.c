/* SPDX-License-Identifier: Apache-2.0 */
/* The deploy drivers and the probes against the real git, keeper and sample application.
   Requirement: DP-3, DP-4, DP-8, IO-4 */
#include "run/deploy_dir.h"
#include "run/drivers.h"
#include "run/keeper.h"
#include "run/probe.h"
#include "run/proc.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t.h"

struct place {
	slu_arena *a;
	char *dir, *git;
	slu_oid commit[2];
	struct strat_environment e;
	struct strat_driver driver;
	struct port_deploy d;
	slu_buf log;
	slu_err err;
};

static slu_str sh(struct place *p, const char *text)
{
	const char *env[] = { "PATH=/usr/local/bin:/usr/bin:/bin", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@x", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@x",
		              "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", NULL };
	const char *argv[] = { "/bin/sh", "-ec", text, NULL };
	struct run_spec spec = RUN_SPEC;
	struct run_result res;
	spec.argv = argv;
	spec.env = env;
	spec.cwd = p->dir;
	T_OK(run_proc_ok(&res, p->a, &spec, &p->err), p->err);
	return res.out;
}

static void secret(struct place *p, const char *name, const char *value)
{
	slu_str owner = p->d.owner, repo = p->d.name;
	(void)sh(p, slu_printf(p->a, "mkdir -p secrets/%.*s/%.*s; printf '%%s' '%s' >secrets/%.*s/%.*s/%s", SLU_FMT(owner), SLU_FMT(repo), value, SLU_FMT(owner), SLU_FMT(repo), name));
}

static void place_begin(struct place *p)
{
	static const char *const version[] = { "1.0.0", "2.0.0" };
	const char *tmp = getenv("TMPDIR");
	char exe[4096];
	*p = (struct place){ .a = slu_arena_new() };
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	T_TRUE(n > 0);
	exe[n] = '\0';
	*strrchr(exe, '/') = '\0';
	p->dir = slu_printf(p->a, "%s/driver.XXXXXX", tmp ? tmp : "/tmp");
	T_TRUE(mkdtemp(p->dir) != NULL);
	(void)sh(p, slu_printf(p->a, "git init -q w; mkdir w/bin; printf '#!/bin/sh\\nexec %s/examples/hello/hello\\n' >w/bin/app; chmod +x w/bin/app", exe));
	for (int i = 0; i < 2; i++) {
		slu_str id = sh(p, slu_printf(p->a, "echo %s >w/VERSION; %s; git -C w add -A; git -C w commit -qm v%d; git -C w rev-parse HEAD", version[i], i ? "echo 0 >w/sick" : ":", i));
		T_OK(slu_oid_parse(&p->commit[i], slu_str_trim(id), &p->err), p->err);
	}
	(void)sh(p, "git clone -q --bare w w.git");
	p->git = slu_printf(p->a, "%s/w.git", p->dir);
	slu_buf_init(&p->log, 64 * 1024);
	static const slu_str argv[] = { { "bin/app", 7 } };
	p->driver = (struct strat_driver){ .argv = argv, .argv_n = 1, .listen = SLU_STR("127.0.0.1:0"), .ready_http = SLU_STR("/version"), .ready_within_ms = 10000, .drain_s = 5, .timeout_s = 20 };
	p->e = (struct strat_environment){ .name = SLU_STR("production") };
	p->d = (struct port_deploy){ .a = p->a, .environment = &p->e, .driver = &p->driver, .home = p->dir, .git_dir = p->git, .owner = SLU_STR("ann"), .name = SLU_STR("tower"), .log = &p->log,
		.new_ = { SLU_STR("1.0.0"), p->commit[0], 0, 1 }, .old = { SLU_STR("1.0.0"), p->commit[0], 0, 1 } };
}

static const char *keeper_dir(struct place *p)
{
	return slu_printf(p->a, "%s/work/ann/tower/production/keeper", p->dir);
}

static void place_end(struct place *p)
{
	struct run_keeper k;
	if (run_keeper_ask(&k, keeper_dir(p), "state", NULL) == SLU_OK) {
		(void)kill(k.pid, SIGKILL);
		for (int i = 0; i < 2; i++)
			if (run_keeper_runs(&k.slot[i]))
				(void)kill(-k.slot[i].pid, SIGKILL);
	}
	(void)sh(p, "rm -rf \"$PWD\"");
	slu_buf_release(&p->log);
	slu_arena_free(p->a);
}

static struct port_probe_result http(struct place *p, const struct port_deployer *driver, const char *target)
{
	struct strat_probe probe = { .kind = STRAT_PROBE_HTTP, .target = slu_s(target), .expect = 200, .within_ms = 5000 };
	struct port_probe_result r;
	run_probe(&p->d, driver, &probe, &r);
	return r;
}

T_TEST(local_two_versions_one_after_the_other)
{
	struct place p;
	struct port_deploy_look look;
	const struct port_deployer *l = &driver_local;
	char link[256];
	place_begin(&p);
	for (int twice = 0; twice < 2; twice++) { /* each effect may be asked for again */
		T_OK(l->prepare(&p.d, &p.err), p.err);
		T_OK(l->start(&p.d, false, &p.err), p.err);
		T_OK(l->weight(&p.d, 100, &p.err), p.err);
		T_OK(l->finish(&p.d, &p.err), p.err);
	}
	T_OK(l->look(&p.d, &look, &p.err), p.err);
	T_EQ_INT(look.new_, PORT_LIFE_RUNS);
	T_EQ_INT(look.new_pct, 100);
	T_EQ_INT(http(&p, l, "/health").health, PORT_HEALTH_GOOD);
	/* the second one is sick: seen without traffic, while the first still answers */
	p.d.new_ = (struct port_deploy_version){ SLU_STR("2.0.0"), p.commit[1], 1, 2 };
	p.d.has_old = true;
	T_OK(l->prepare(&p.d, &p.err), p.err);
	T_OK(l->start(&p.d, false, &p.err), p.err);
	struct port_probe_result seen = http(&p, l, "/health");
	T_EQ_INT(seen.health, PORT_HEALTH_SICK);
	T_EQ_STR(seen.text, "HTTP 500");
	T_OK(l->look(&p.d, &look, &p.err), p.err);
	T_EQ_INT(look.new_pct, 0);
	T_EQ_INT(look.old, PORT_LIFE_RUNS);
	/* the keeper is killed, and found in its place again */
	struct run_keeper k;
	T_OK(run_keeper_ask(&k, keeper_dir(&p), "state", &p.err), p.err);
	T_EQ_INT(kill(k.pid, SIGKILL), 0);
	T_OK(l->weight(&p.d, 50, &p.err), p.err);
	T_OK(l->weight(&p.d, 0, &p.err), p.err);
	T_OK(l->stop(&p.d, false, &p.err), p.err);
	T_OK(l->stop(&p.d, false, &p.err), p.err);
	T_OK(l->look(&p.d, &look, &p.err), p.err);
	T_EQ_INT(look.new_, PORT_LIFE_ENDED);
	T_EQ_INT(look.old, PORT_LIFE_RUNS);
	ssize_t n = readlink(slu_printf(p.a, "%s/work/ann/tower/production/current", p.dir), link, sizeof link - 1);
	link[n > 0 ? n : 0] = '\0';
	T_HAS(link, "releases/1.0.0-");
	/* the end of all is the end of what runs without its keeper, too */
	T_OK(run_keeper_ask(&k, keeper_dir(&p), "state", &p.err), p.err);
	T_EQ_INT(kill(k.pid, SIGKILL), 0);
	T_OK(l->end(&p.d, &p.err), p.err);
	T_OK(l->look(&p.d, &look, &p.err), p.err);
	T_EQ_INT(look.old, PORT_LIFE_ENDED);
	T_OK(l->end(&p.d, &p.err), p.err);
	place_end(&p);
}

T_TEST(a_keeper_that_ends_this_moment_is_replaced)
{
	struct place p;
	struct run_keeper k;
	place_begin(&p);
	T_OK(driver_local.prepare(&p.d, &p.err), p.err);
	T_OK(run_keeper_ask(&k, keeper_dir(&p), "state", &p.err), p.err);
	T_EQ_INT(kill(k.pid, SIGKILL), 0);
	/* it has stopped listening, and its lock is given back a while later: a new one that came meanwhile has ended for the lock's sake */
	int lock = open(slu_printf(p.a, "%s/lock", keeper_dir(&p)), O_RDWR | O_CLOEXEC);
	T_TRUE(lock >= 0);
	while (flock(lock, LOCK_EX | LOCK_NB) != 0)
		(void)usleep(1000);
	pid_t slow = fork();
	if (slow == 0) {
		(void)usleep(400000);
		_exit(0);
	}
	(void)close(lock);
	T_OK(run_keeper_have(&k, keeper_dir(&p), p.driver.listen, &p.err), p.err);
	T_EQ_INT(waitpid(slow, NULL, 0), slow);
	T_OK(driver_local.end(&p.d, &p.err), p.err);
	place_end(&p);
}

T_TEST(local_says_why_it_cannot_listen_and_has_nothing_to_stop_then)
{
	struct place p;
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	place_begin(&p);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	T_TRUE(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, 1) == 0 && getsockname(fd, (struct sockaddr *)&at, &n) == 0);
	p.driver.listen = slu_s(slu_printf(p.a, "127.0.0.1:%u", ntohs(at.sin_port)));
	T_RC(driver_local.prepare(&p.d, &p.err), SLU_E_IO);
	T_EQ_STR(p.err.text, slu_printf(p.a, "the keeper cannot listen on 127.0.0.1 port %u: Address already in use", ntohs(at.sin_port)));
	T_OK(driver_local.stop(&p.d, false, &p.err), p.err);
	T_OK(driver_local.end(&p.d, &p.err), p.err);
	(void)close(fd);
	place_end(&p);
}

T_TEST(local_says_why_an_application_does_not_become_ready)
{
	static const slu_str bad[] = { { "/bin/sh", 7 }, { "-c", 2 }, { "echo no luck today; exit 3", 26 } }, none[] = { { "bin/none", 8 } }, slow[] = { { "/bin/sleep", 10 }, { "1000", 4 } };
	struct place p;
	place_begin(&p);
	p.driver.argv = bad;
	p.driver.argv_n = 3;
	T_OK(driver_local.prepare(&p.d, &p.err), p.err);
	T_RC(driver_local.start(&p.d, false, &p.err), SLU_E_IO);
	T_HAS(p.err.text, "exit status 3");
	T_HAS(p.log.p, "no luck today");
	p.driver.argv = slow;
	p.driver.argv_n = 2;
	p.driver.ready_within_ms = 400;
	T_RC(driver_local.start(&p.d, false, &p.err), SLU_E_TIMEOUT);
	T_HAS(p.err.text, "not ready within 400 ms");
	p.driver.argv = none;
	p.driver.argv_n = 1;
	T_RC(driver_local.prepare(&p.d, &p.err), SLU_E_NOT_FOUND);
	T_HAS(p.err.text, "bin/none");
	place_end(&p);
}

T_TEST(what_belongs_to_nobody_runs_as_nobody)
{
	struct place p;
	const char *const argv[] = { "/bin/true", NULL }, *const *as = NULL;
	place_begin(&p);
	T_OK(run_as_owner(&as, p.a, p.dir, argv, &p.err), p.err);
	T_TRUE(as == argv);
	T_RC(run_as_owner(&as, p.a, slu_printf(p.a, "%s/gone", p.dir), argv, &p.err), SLU_E_IO);
	T_HAS(p.err.text, "gone");
	place_end(&p);
}

T_TEST(command_gets_its_environment_and_a_time_out)
{
	struct place p;
	static const struct strat_pair variables[] = { { .key = { "COMPOSE_FILE", 12 }, .value = { "prod.yml", 8 } } };
	static const slu_str secrets[] = { { "TEST_SECRET", 11 } }, of_all[] = { { "TEST_OF_ALL", 11 }, { "TEST_NOT_SET", 12 }, { "../../../keys/audit.seed", 24 }, { "..", 2 }, { "", 0 } };
	const struct strat whole = { .secret = of_all, .secret_n = 5 };
	const struct port_deployer *c = &driver_command;
	place_begin(&p);
	p.d.strategy = &whole;
	T_EQ_INT(setenv("TEST_NOT_SET", "the server's own", 1), 0);
	secret(&p, "TEST_OF_ALL", "of all\n");
	secret(&p, "TEST_SECRET", "pa$$ \"word");
	p.e.variables = variables;
	p.e.variables_n = 1;
	p.e.secrets = secrets;
	p.e.secrets_n = 1;
	p.d.url = SLU_STR("http://x");
	p.d.has_old = true;
	p.d.new_ = (struct port_deploy_version){ SLU_STR("2.0.0"), p.commit[1], 1, 7 };
	p.driver.run_text = SLU_STR("echo \"$SLUICE_VERSION|$SLUICE_ENVIRONMENT|$SLUICE_COLOR|$SLUICE_WEIGHT|$SLUICE_REPOSITORY|$SLUICE_DEPLOYMENT|$SLUICE_PREVIOUS_VERSION|"
	                            "$SLUICE_BACKUP|$COMPOSE_FILE|$TEST_SECRET|$TEST_OF_ALL|$TEST_NOT_SET|$(cat VERSION)\"; test \"$SLUICE_COMMIT\" != ''");
	p.driver.roll_back = SLU_STR("echo back to $SLUICE_VERSION from $SLUICE_PREVIOUS_VERSION");
	T_OK(c->prepare(&p.d, &p.err), p.err);
	T_OK(c->weight(&p.d, 10, &p.err), p.err);
	T_HAS(p.log.p, "2.0.0|production|green|10|ann/tower|7|1.0.0|deployment-1|prod.yml|pa$$ \"word|of all||2.0.0");
	T_OK(c->prepare(&(struct port_deploy){ .a = p.a, .environment = &p.e, .driver = &p.driver, .home = p.dir, .git_dir = p.git, .owner = p.d.owner, .name = p.d.name, .log = &p.log, .new_ = p.d.old }, &p.err), p.err);
	T_OK(c->weight(&p.d, 0, &p.err), p.err);
	T_HAS(p.log.p, "back to 1.0.0 from 2.0.0");
	p.driver.run_text = SLU_STR("echo begun; exit 7");
	T_RC(c->weight(&p.d, 10, &p.err), SLU_E_IO);
	T_HAS(p.err.text, "exit status 7");
	p.driver.timeout_s = 1;
	p.driver.run_text = SLU_STR("echo waits; exec sleep 100");
	T_RC(c->weight(&p.d, 10, &p.err), SLU_E_TIMEOUT);
	T_HAS(p.log.p, "waits");
	p.driver.timeout_s = 20;
	p.driver.run_text = SLU_STR("sleep 100 & i=0; while [ $i -lt 9000 ]; do echo line $i; i=$((i+1)); done"); /* more than is kept, and something left behind */
	slu_buf_clear(&p.log);
	T_OK(c->weight(&p.d, 10, &p.err), p.err);
	T_HAS(p.log.p, "line 8999");
	T_TRUE(strstr(p.log.p, "line 10\n") == NULL && p.log.n < 60000);
	p.driver.run_text = SLU_STR("true");
	T_OK(c->weight(&p.d, 10, &p.err), p.err); /* the lock was not kept by what was left behind */
	place_end(&p);
}

T_TEST(probes_say_what_they_saw)
{
	struct place p;
	static const struct {
		int kind;
		const char *target;
		enum port_health health;
		const char *text;
	} row[] = {
		{ STRAT_PROBE_COMMAND, "exit 0", PORT_HEALTH_GOOD, "exit status 0" },
		{ STRAT_PROBE_COMMAND, "exit 4", PORT_HEALTH_SICK, "exit status 4" },
		{ STRAT_PROBE_COMMAND, "sleep 100", PORT_HEALTH_SICK, "did not end" },
		{ STRAT_PROBE_HTTP, "http://127.0.0.1:1/", PORT_HEALTH_SICK, "connect" },
		{ STRAT_PROBE_HTTP, "ftp://127.0.0.1/", PORT_HEALTH_UNKNOWN, "rotocol" },
		{ STRAT_PROBE_HTTP, "/health", PORT_HEALTH_UNKNOWN, "no `url`" },
		{ STRAT_PROBE_TCP, "127.0.0.1:1", PORT_HEALTH_SICK, "refused" },
		{ STRAT_PROBE_TCP, "nonsense", PORT_HEALTH_UNKNOWN, "no HOST:PORT" },
		{ STRAT_PROBE_POSTGRES, "$NO_SUCH_SECRET", PORT_HEALTH_UNKNOWN, "no value" },
		{ STRAT_PROBE_POSTGRES, "mysql://x", PORT_HEALTH_UNKNOWN, "postgres://" },
		{ STRAT_PROBE_POSTGRES, "postgres://a:b@127.0.0.1:1/db", PORT_HEALTH_SICK, "refused" },
		{ STRAT_PROBE_REDIS, "rediss://x", PORT_HEALTH_UNKNOWN, "redis://" },
		{ STRAT_PROBE_REDIS, "redis://127.0.0.1:1", PORT_HEALTH_SICK, "refused" },
	};
	place_begin(&p);
	T_OK(driver_command.prepare(&p.d, &p.err), p.err);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct strat_probe probe = { .target = slu_s(row[i].target), .within_ms = 1000 };
		struct port_probe_result seen;
		T_CASE("%s", row[i].target);
		memcpy(&probe.kind, &row[i].kind, sizeof row[i].kind);
		run_probe(&p.d, &driver_command, &probe, &seen);
		T_EQ_INT(seen.health, row[i].health);
		T_HAS(seen.text, row[i].text);
	}
	t_case[0] = '\0';
	place_end(&p);
}

/* A server that says one thing to whoever comes: enough of PostgreSQL and Redis. */
static unsigned says(struct place *p, const char *bytes, pid_t *pid)
{
	struct run_child c;
	char text[64];
	size_t n = 0;
	const char *argv[] = { "/usr/bin/perl", "-e",
		"use IO::Socket::INET; $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die; $| = 1; print $s->sockport, qq(\\n);"
		"while ($c = $s->accept) { sysread $c, $x, 1024; syswrite $c, eval qq(\"$ARGV[0]\"); close $c }", "--", bytes, NULL };
	const char *env[] = { "PATH=/usr/bin:/bin", NULL };
	struct run_spec spec = RUN_SPEC;
	spec.argv = argv;
	spec.env = env;
	T_OK(run_start(&c, &spec, RUN_PIPE_OUT, &p->err), p->err);
	T_OK(run_read_some(c.out, text, sizeof text - 1, run_now_ms() + 5000, &n, &p->err), p->err);
	text[n] = '\0';
	*pid = c.pid;
	return (unsigned)strtoul(text, NULL, 10);
}

T_TEST(postgres_and_redis_are_understood)
{
	struct place p;
	static const struct {
		const char *url, *bytes;
		enum port_health health;
		const char *text;
	} row[] = {
		{ "postgres://ann@127.0.0.1:%u/db", "R\\0\\0\\0\\x0c\\0\\0\\0\\x05abcd", PORT_HEALTH_GOOD, "it answers" },
		{ "postgres://127.0.0.1:%u/db", "E\\0\\0\\0\\x30SFATAL\\0C28000\\0Mno entry for you\\0\\0", PORT_HEALTH_GOOD, "no entry for you" },
		{ "postgres://127.0.0.1:%u/db", "E\\0\\0\\0\\x30SFATAL\\0C57P03\\0Mstarting up\\0\\0", PORT_HEALTH_SICK, "starting up" },
		{ "postgres://127.0.0.1:%u/db", "HTTP/1.1 400 Bad\\r\\n\\r\\n", PORT_HEALTH_SICK, "not PostgreSQL" },
		{ "redis://127.0.0.1:%u", "+PONG\\r\\n", PORT_HEALTH_GOOD, "+PONG" },
		{ "redis://127.0.0.1:%u", "-LOADING\\r\\n", PORT_HEALTH_SICK, "-LOADING" },
		{ "redis://:secret@127.0.0.1:%u", "-WRONGPASS\\r\\n", PORT_HEALTH_SICK, "password" },
	};
	place_begin(&p);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct run_probe_at at = { .a = p.a, .from = "", .deadline = run_now_ms() + 5000 };
		struct port_probe_result seen;
		pid_t pid = 0;
		T_CASE("%s %s", row[i].url, row[i].bytes);
		unsigned port = says(&p, row[i].bytes, &pid);
		slu_auto_buf url;
		slu_buf_init(&url, 200);
		for (const char *c = row[i].url; *c; c++) {
			if (c[0] == '%' && c[1] == 'u') {
				slu_buf_addf(&url, "%u", port);
				c++;
			} else {
				slu_buf_addc(&url, *c);
			}
		}
		if (row[i].url[0] == 'p')
			run_probe_postgres(&at, slu_buf_str(&url), &seen);
		else
			run_probe_redis(&at, slu_buf_str(&url), &seen);
		(void)kill(-pid, SIGKILL);
		T_EQ_INT(seen.health, row[i].health);
		T_HAS(seen.text, row[i].text);
	}
	t_case[0] = '\0';
	place_end(&p);
}
