/* SPDX-License-Identifier: Apache-2.0 */
#include "run/probe.h"

#include "run/deploy_dir.h"
#include "run/drivers.h"
#include "run/proc.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WITHIN_MS = 5000, HEADER_MAX = 256 * 1024 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* What comes is counted, not kept; an endless answer is broken off by its time. */
static size_t sink(char *p, size_t size, size_t n, void *ctx)
{
	(void)p;
	(void)ctx;
	return size * n;
}

static void judge_http(slu_arena *a, CURL *c, CURLcode rc, const char *said, unsigned expect, int64_t within_ms, struct port_probe_result *out)
{
	long status = 0;
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (rc == CURLE_OK) {
		bool good = expect ? (unsigned)status == expect : status >= 200 && status < 300;
		out->health = good ? PORT_HEALTH_GOOD : PORT_HEALTH_SICK;
		out->text = slu_printf(a, "HTTP %ld", status);
	} else if (rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL) {
		out->health = PORT_HEALTH_UNKNOWN;
		out->text = slu_strdup(a, curl_easy_strerror(rc));
	} else if (rc == CURLE_OPERATION_TIMEDOUT) {
		out->health = PORT_HEALTH_SICK;
		out->text = slu_printf(a, "no answer within %lld ms", (long long)within_ms);
	} else {
		out->health = PORT_HEALTH_SICK;
		out->text = slu_strdup(a, said[0] ? said : curl_easy_strerror(rc));
	}
}

void run_probe_http(slu_arena *a, const char *url, const char *from, unsigned expect, int64_t within_ms, struct port_probe_result *out)
{
	char said[CURL_ERROR_SIZE] = "";
	(void)pthread_once(&once, init);
	CURL *c = curl_easy_init();
	if (!c) {
		*out = (struct port_probe_result){ .health = PORT_HEALTH_UNKNOWN, .text = "no probe could be made" };
		return;
	}
	(void)curl_easy_setopt(c, CURLOPT_URL, url);
	(void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)within_ms);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, sink);
	(void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, said);
	(void)curl_easy_setopt(c, CURLOPT_USERAGENT, "sluice-probe");
	(void)curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)64 * 1024 * 1024);
	if (from[0])
		(void)curl_easy_setopt(c, CURLOPT_INTERFACE, slu_printf(a, "host!%s", from));
	CURLcode rc = curl_easy_perform(c);
	judge_http(a, c, rc, said, expect, within_ms, out);
	curl_easy_cleanup(c);
}

/* The URL of an http probe: a whole one as it is; a path where the driver reaches the new version, or on the environment's address. */
static const char *http_url(const struct port_deploy *d, const struct port_deployer *driver, const char *target, const char **from, const char **why)
{
	const char *host;
	unsigned port;
	slu_err err = { 0 };
	*from = "";
	if (target[0] != '/')
		return target;
	if (driver->reach) {
		if (driver->reach(d, &host, &port, from, &err) == SLU_OK)
			return slu_printf(d->a, "http://%s:%u%s", host, port, target);
		*why = slu_strdup(d->a, err.text);
		return NULL;
	}
	*why = "the environment has no `url`, so that it is not known where to ask";
	slu_str base = d->url;
	while (slu_str_ends(base, "/"))
		base.n--;
	return base.n > 0 ? slu_printf(d->a, "%.*s%s", SLU_FMT(base), target) : NULL;
}

static void probe_http(const struct port_deploy *d, const struct port_deployer *driver, const struct strat_probe *p, const char *target, int64_t within, struct port_probe_result *out)
{
	const char *from, *why = "", *url = http_url(d, driver, target, &from, &why);
	if (url)
		run_probe_http(d->a, url, from, p->expect, within, out);
	else
		*out = (struct port_probe_result){ .health = PORT_HEALTH_UNKNOWN, .text = why };
}

/* A tcp probe of the address that the driver shares out asks the new version, not whoever has the weight. */
static void probe_tcp(const struct port_deploy *d, const struct port_deployer *driver, const char *target, int64_t deadline, struct port_probe_result *out)
{
	struct run_probe_at at = { .a = d->a, .from = "", .deadline = deadline };
	const char *host, *from;
	unsigned port;
	if (!run_probe_host_port(&at, slu_s(target))) {
		*out = (struct port_probe_result){ .health = PORT_HEALTH_UNKNOWN, .text = slu_printf(d->a, "%s is no HOST:PORT", target) };
		return;
	}
	if (driver->reach && driver->reach(d, &host, &port, &from, NULL) == SLU_OK && port == at.port && strcmp(host, at.host) == 0)
		at.from = from;
	int fd = run_probe_connect(&at, out);
	if (fd < 0)
		return;
	(void)close(fd);
	*out = (struct port_probe_result){ .health = PORT_HEALTH_GOOD, .text = "connected" };
}

static void probe_command(const struct port_deploy *d, slu_str text, int64_t within, struct port_probe_result *out)
{
	slu_err err = { 0 };
	slu_rc rc = run_deploy_script(d, "the health command", text, 0, within, &err);
	*out = (struct port_probe_result){ .text = rc == SLU_OK ? "exit status 0" : slu_strdup(d->a, err.text) };
	out->health = rc == SLU_OK ? PORT_HEALTH_GOOD : rc == SLU_E_BUSY ? PORT_HEALTH_UNKNOWN : PORT_HEALTH_SICK;
}

void run_probe(const struct port_deploy *d, const struct port_deployer *driver, const struct strat_probe *p, struct port_probe_result *out)
{
	int64_t begun = run_now_ms(), within = p->within_ms > 0 ? p->within_ms : WITHIN_MS;
	const char *missing = NULL, *target = p->kind == STRAT_PROBE_COMMAND ? "" : run_deploy_expand(d, p->target, &missing);
	struct run_probe_at at = { .a = d->a, .from = "", .deadline = begun + within };
	struct port_probe_result seen = { .health = PORT_HEALTH_UNKNOWN, .text = "" };
	if (missing)
		seen.text = slu_printf(d->a, "$%s has no value on this server", missing);
	else if (p->kind == STRAT_PROBE_HTTP)
		probe_http(d, driver, p, target, within, &seen);
	else if (p->kind == STRAT_PROBE_TCP)
		probe_tcp(d, driver, target, at.deadline, &seen);
	else if (p->kind == STRAT_PROBE_COMMAND)
		probe_command(d, p->target, within, &seen);
	else if (p->kind == STRAT_PROBE_POSTGRES)
		run_probe_postgres(&at, slu_s(target), &seen);
	else
		run_probe_redis(&at, slu_s(target), &seen);
	seen.took_ms = run_now_ms() - begun;
	*out = seen;
}
