/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Port to what runs an environment: one descriptor per deploy driver (src/run/driver_*.c), and the health probes.
 *
 * Each function is an effect of a rollout: it may be asked for again after it worked, and then does no harm. They block, within their
 * time-outs; when `stopped` says so they end soon with SLU_E_BUSY, and what they had begun is asked for again later.
 */
#ifndef PORT_DEPLOYER_H
#define PORT_DEPLOYER_H
#include "base/oid.h"
#include "strategy/strat.h"

struct port_deploy_version {
	slu_str version; /* "2.1.0", or the first digits of a commit */
	slu_oid commit;
	int color;       /* 0 blue, 1 green */
	uint64_t number; /* of the deployment that brought it */
};
/** Whose applications and scripts are, where the server runs as root. */
struct port_deploy_user {
	uint32_t uid, gid;
	const char *home;
};
struct port_deploy {
	slu_arena *a;
	const struct strat *strategy;
	const struct strat_environment *environment;
	const struct strat_driver *driver;
	const char *home;         /* of the server */
	const struct port_deploy_user *user; /* NULL: the server's own */
	const char *git_dir;      /* of the bare repository */
	slu_str owner, name;
	struct port_deploy_version new_, old;
	bool has_old;
	bool rollback;            /* a person asked for the way back */
	bool failing;             /* this rollout goes back */
	slu_str actor, ref, url;
	bool (*stopped)(void *ctx); /* the server ends */
	void *stop_ctx;
	slu_buf *log;             /* what the people of the environment want to read; bounded by the caller */
};
enum port_deploy_life { PORT_LIFE_NONE /* the driver cannot tell */, PORT_LIFE_RUNS, PORT_LIFE_ENDED };
struct port_deploy_look {
	enum port_deploy_life new_, old;
	int new_pct;              /* of the traffic; -1 not known */
	const char *new_text;     /* how it ended: "exit status 3"; "" */
};
struct port_deployer {
	const char *name;         /* as in the strategy: "local" */
	const char *summary;      /* one line */
	slu_rc (*prepare)(const struct port_deploy *d, slu_err *err);
	/** Run the new one (or, back: the old one again) until it is ready; without traffic. */
	slu_rc (*start)(const struct port_deploy *d, bool old, slu_err *err);
	/** `pct` of the traffic to the new one, the rest to the old one. */
	slu_rc (*weight)(const struct port_deploy *d, unsigned pct, slu_err *err);
	/** The new one is the current one. */
	slu_rc (*finish)(const struct port_deploy *d, slu_err *err);
	/** Drain and end one of the two; before the new one ends, the old one is the current one again. */
	slu_rc (*stop)(const struct port_deploy *d, bool old, slu_err *err);
	/** Drain and end both, and all that was there for them. */
	slu_rc (*end)(const struct port_deploy *d, slu_err *err);
	slu_rc (*look)(const struct port_deploy *d, struct port_deploy_look *out, slu_err *err);
	/** Host and port where a probe reaches the new one and nothing else; `from` the address to connect from ("" any). NULL function: the environment's url. */
	slu_rc (*reach)(const struct port_deploy *d, const char **host, unsigned *port, const char **from, slu_err *err);
};
/** NULL: there is no such driver. */
typedef const struct port_deployer *port_deployer_find(slu_str name);

enum port_health { PORT_HEALTH_GOOD, PORT_HEALTH_SICK, PORT_HEALTH_UNKNOWN };
struct port_probe_result {
	enum port_health health;
	const char *text;         /* what was seen: "HTTP 500", "no answer within 2 s" */
	int64_t took_ms;
};
/** One probe. Never fails: what cannot be judged is UNKNOWN. */
typedef void port_probe(const struct port_deploy *d, const struct port_deployer *driver, const struct strat_probe *p, struct port_probe_result *out);
#endif
