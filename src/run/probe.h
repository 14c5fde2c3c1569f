/* SPDX-License-Identifier: Apache-2.0 */
/** The parts of health probes: each fills a result, and leaves nothing open. */
#ifndef RUN_PROBE_H
#define RUN_PROBE_H
#include "port/deployer.h"

struct run_probe_at {
	slu_arena *a;
	const char *host;   /* name or address */
	unsigned port;
	const char *from;   /* address to come from; "" any */
	int64_t deadline;   /* run_now_ms */
};
/** GET a URL; `expect` 0: any 2xx. */
void run_probe_http(slu_arena *a, const char *url, const char *from, unsigned expect, int64_t within_ms, struct port_probe_result *out);
/** Connect, before the deadline. @return a blocking socket with time-outs, or -1 with *out filled */
int run_probe_connect(const struct run_probe_at *at, struct port_probe_result *out);
/** "host:port" → at->host, at->port. false: it is none */
bool run_probe_host_port(struct run_probe_at *at, slu_str text);
/** postgres://user:pass@host:port/db: the server answers the start of a session as PostgreSQL does, and is not starting up or shutting down. Encryption is not spoken, no password sent. */
void run_probe_postgres(struct run_probe_at *at, slu_str url, struct port_probe_result *out);
/** redis://:password@host:port: AUTH when there is a password, and PING gets PONG. */
void run_probe_redis(struct run_probe_at *at, slu_str url, struct port_probe_result *out);
#endif
