/* SPDX-License-Identifier: Apache-2.0 */
/* Environments and the drivers that deploy to them. */
#include "strategy/schema_impl.h"

#define E(m) SCH_AT(struct strat_environment, m)
#define D(m) SCH_AT(struct strat_driver, m)

static const struct sch_row allow_rows[] = {
	SCH_KEY("deploy", &sct_who, 0, NULL, "Who may deploy.", .at = E(allow_deploy)),
	SCH_KEY("roll-back", &sct_who, 0, NULL, "Who may roll back. Default: who may deploy.", .at = E(allow_roll_back)),
};
static const struct sch_type allow = { .kind = SCH_MAP, .what = "a map from deploy and roll-back to who", SCH_ROWS(allow_rows) };

static const struct sch_row window_rows[] = {
	SCH_KEY("days", &sct_text, 0, NULL, "Days such as mon-thu or mon,wed,fri.", .store = sch_store_days),
	SCH_KEY("from", &sct_clock, 0, NULL, "From this time of day.", .at = E(window.from_min), .store = sch_store_clock),
	SCH_KEY("to", &sct_clock, 0, NULL, "To this time of day.", .at = E(window.to_min), .store = sch_store_clock),
	SCH_KEY("zone", &sct_text, 0, NULL, "The time zone, such as Europe/Berlin.", .store = sch_store_zone),
};
static const struct sch_type window = { .kind = SCH_MAP, .what = "a map with days, from, to and zone", SCH_ROWS(window_rows) };

static const struct sch_row step_rows[] = {
	SCH_KEY("weight", &sct_share, SCH_REQUIRED, NULL, "The share of requests that the new version gets.", .at = SCH_AT(struct strat_step, weight_pct)),
	SCH_KEY("pause", &sct_duration, 0, NULL, "How long before the next step.", .at = SCH_AT(struct strat_step, pause_s)),
};
static const struct sch_type step = { .kind = SCH_MAP, .what = "a map with weight and pause", SCH_ROWS(step_rows), .pos = SCH_AT(struct strat_step, pos) };
static const struct sch_type steps = { .kind = SCH_LIST, .what = "a list of steps such as {weight: 10%, pause: 5m}", .item = &step, .min = 1, .size = sizeof(struct strat_step) };

#define P(m) SCH_AT(struct strat_probe, m)
static const struct sch_row probe_rows[] = {
	SCH_KEY("http", &sct_command, 0, NULL, "A path of the application or an address.", .n = STRAT_PROBE_HTTP, .store = sch_store_probe),
	SCH_KEY("tcp", &sct_command, 0, NULL, "HOST:PORT that accepts a connection.", .n = STRAT_PROBE_TCP, .store = sch_store_probe),
	SCH_KEY("command", &sct_command, 0, NULL, "A command line that ends with 0.", .n = STRAT_PROBE_COMMAND, .store = sch_store_probe),
	SCH_KEY("postgres", &sct_command, 0, NULL, "The address of a PostgreSQL that answers.", .n = STRAT_PROBE_POSTGRES, .store = sch_store_probe),
	SCH_KEY("redis", &sct_command, 0, NULL, "The address of a Redis that answers.", .n = STRAT_PROBE_REDIS, .store = sch_store_probe),
	SCH_KEY("expect", &sct_count, 0, NULL, "The HTTP status; any 2xx when absent.", .at = P(expect)),
	SCH_KEY("within", &sct_millis, 0, "5s", "How long the answer may take.", .at = P(within_ms)),
};
static const struct sch_type probe = { .kind = SCH_MAP, .what = "a map with one of http, tcp, command, postgres, redis", SCH_ROWS(probe_rows), .map_check = sch_check_probe, .pos = P(pos) };
static const struct sch_type probes = { .kind = SCH_LIST, .what = "a list of probes such as {http: /health}", .item = &probe, .size = sizeof(struct strat_probe) };
static const struct sch_row health_rows[] = {
	SCH_KEY("probes", &probes, 0, NULL, "What is asked before each step and after the last.", .at = E(probe), .n = E(probe_n)),
	SCH_KEY("successes", &sct_positive, 0, "1", "How many answers in a row must be good.", .at = E(probe_successes)),
};
static const struct sch_type health = { .kind = SCH_MAP, .what = "a map with probes and successes", SCH_ROWS(health_rows) };
static const struct sch_row watch_rows[] = {
	SCH_KEY("for", &sct_duration, 0, NULL, "How long after the last step.", .at = E(watch_s)),
	SCH_KEY("metrics", &sct_exprs, SCH_SHAPE_ONLY, NULL, "Expressions that must hold meanwhile.", .at = E(watch), .n = E(watch_n)),
};
static const struct sch_type watch = { .kind = SCH_MAP, .what = "a map with for and metrics", SCH_ROWS(watch_rows) };
static const char *const style_words[] = { "all-at-once", "rolling", "blue-green", "canary", NULL };
static const struct sch_type style = { .kind = SCH_WORD, .what = "all-at-once, rolling, blue-green or canary", .word = style_words };
static const char *const failure_words[] = { "roll-back", "revert", "pause", NULL };
static const struct sch_type failure = { .kind = SCH_WORD, .what = "roll-back, revert or pause", .word = failure_words };
static const struct sch_row rollout_rows[] = {
	SCH_KEY("style", &style, 0, "all-at-once", "How the new version takes the place of the old.", .at = E(style)),
	SCH_KEY("steps", &steps, 0, NULL, "The weights of the ramp; one step of 100% when absent.", .at = E(step), .n = E(step_n)),
	SCH_KEY("health", &health, SCH_FLAT, NULL, "What tells that it is well."),
	SCH_KEY("watch", &watch, SCH_FLAT, NULL, "How long it is watched after the last step."),
	SCH_KEY("on-failure", &failure, 0, "roll-back", "`roll-back`; `revert`: and open the change that reverts the merge; `pause`.", .at = E(on_failure)),
};
static const struct sch_type rollout = { .kind = SCH_MAP, .what = "a map with style, steps, health, watch and on-failure", SCH_ROWS(rollout_rows) };

static const char *const then_words[] = { "roll-back", "revert", "pause", NULL };
static const struct sch_type then = { .kind = SCH_WORD, .what = "roll-back, revert or pause", .word = then_words };
static const struct sch_row failsafe_rows[] = {
	SCH_KEY("failures", &sct_positive, SCH_REQUIRED, NULL, "So many failures,"),
	SCH_KEY("within", &sct_duration, SCH_REQUIRED, NULL, "within this time,"),
	SCH_KEY("flags", &sct_scalars, 0, NULL, "set these flags,"),
	SCH_KEY("then", &then, 0, NULL, "and do this."),
};
static const struct sch_type failsafe = { .kind = SCH_MAP, .what = "a map with failures, within, flags and then", SCH_ROWS(failsafe_rows) };

static const struct sch_type artifact_use = { .kind = SCH_ENTRIES, .what = "a map from an artefact to one of its stores", .item = &sct_name, .ref_keys = true, .ref = REF_ARTIFACT };
static const struct sch_type backup = { .kind = SCH_REF, .what = "the name of a backup", .ref = REF_BACKUP };
static const struct sch_type backups = { .kind = SCH_LIST, .what = "a list of backups", .item = &backup, .size = sizeof(slu_str) };
static const struct sch_type driver_ref = { .kind = SCH_REF, .what = "the name of a driver", .ref = REF_DRIVER };
static const struct sch_type via = { .kind = SCH_EITHER, .what = "the name of a driver, or a driver such as {run: scripts/deploy}", .alt = { &driver_ref, &sct_driver } };

static const struct sch_row environment_rows[] = {
	SCH_KEY("title", &sct_text, 0, NULL, "What people call it.", .at = E(title)),
	SCH_KEY("from", &sct_branch_set, SCH_REQUIRED, NULL, "The kinds of branch whose commits may be deployed here, whatever the trigger.", .at = E(from)),
	SCH_KEY("on", &sct_deploy_trigger, 0, NULL, "What starts a deployment.", .at = E(on), .store = sch_store_trigger),
	SCH_KEY("allow", &allow, SCH_FLAT, NULL, "Who may deploy and roll back."),
	SCH_KEY("require", &sct_require, 0, NULL, "What must hold for every deployment.", .at = E(require)),
	SCH_KEY("enforcement", &sct_enforcement, 0, "active", "Whether its rules refuse, are only judged, or are off.", .at = E(enforcement)),
	SCH_KEY("artifact", &artifact_use, SCH_SHAPE_ONLY, NULL, "Deploy what lies in that store; the commit when absent.", .store = sch_store_artifact),
	SCH_KEY("via", &via, SCH_REQUIRED, NULL, "The driver that deploys: a name, or a driver written here.", .at = E(driver), .store = sch_store_via),
	SCH_KEY("url", &sct_text, 0, NULL, "Where it can be seen.", .at = E(url)),
	SCH_KEY("variables", &sct_scalars, 0, NULL, "Environment variables of the driver.", .at = E(variables), .n = E(variables_n)),
	SCH_KEY("secrets", &sct_names, 0, NULL, "Names of secrets that only this environment has.", .at = E(secrets), .n = E(secrets_n)),
	SCH_KEY("window", &window, SCH_SHAPE_ONLY | SCH_FLAT, NULL, "When deployments may begin.", .has = E(window.set), .pos = E(window.pos)),
	SCH_KEY("backup", &backups, SCH_SHAPE_ONLY, NULL, "Backups that are taken and verified first.", .at = E(backup), .n = E(backup_n)),
	SCH_KEY("rollout", &rollout, SCH_FLAT, NULL, "How the new version comes in.", .pos = E(rollout_pos)),
	SCH_KEY("quick-rollback", &sct_duration, 0, "1h", "So long after a merge into a branch of it, `sluice status` says what takes it back. How long the old version is kept running is the driver's `keep`.", .at = E(quick_rollback_s)),
	SCH_KEY("flags", &sct_scalars, 0, NULL, "Feature flags, as $SLUICE_FLAG_NAME.", .at = E(flags), .n = E(flags_n)),
	SCH_KEY("failsafe", &failsafe, SCH_SHAPE_ONLY, NULL, "What happens at repeated failures."),
};
static const struct sch_type environment = { .kind = SCH_MAP, .what = "a map that describes an environment", SCH_ROWS(environment_rows) };
const struct sch_type sct_environments = { .kind = SCH_ENTRIES,
					   .what = "a map from names to environments",
					   .item = &environment,
					   .size = sizeof(struct strat_environment),
					   .key = SCH_AT(struct strat_environment, name),
					   .pos = SCH_AT(struct strat_environment, pos) };

static const char *const driver_words[] = { "command", "local", "haproxy", "nginx", NULL };
static const struct sch_type driver_word = { .kind = SCH_WORD, .what = "command, local, haproxy or nginx", .word = driver_words, .idle = 1u << 2 | 1u << 3 };
static const struct sch_type argv = { .kind = SCH_LIST, .what = "a list of words", .item = &sct_command, .min = 1, .size = sizeof(slu_str) };
static const struct sch_type run = { .kind = SCH_EITHER, .what = "a command line, or for `local` a list of words", .alt = { &sct_command, &argv } };
static const struct sch_row ready_rows[] = {
	SCH_KEY("http", &sct_text, 0, NULL, "A path that answers when it is ready.", .at = D(ready_http)),
	SCH_KEY("within", &sct_millis, 0, "10s", "How long that may take.", .at = D(ready_within_ms)),
};
static const struct sch_type ready = { .kind = SCH_MAP, .what = "a map with http and within", SCH_ROWS(ready_rows) };
static const struct sch_row driver_rows[] = {
	SCH_KEY("driver", &driver_word, 0, "command", "`command`: a script of yours; `local`: processes on this machine behind a kept socket; `haproxy`, `nginx`.", .at = D(driver), .store = sch_store_driver_kind),
	SCH_KEY("run", &run, 0, NULL, "The command that deploys; for `local` the words of the application's command.", .store = sch_store_run),
	SCH_KEY("roll-back", &sct_command, 0, NULL, "The command that returns to the version before.", .at = D(roll_back), .only = "command"),
	SCH_KEY("restart", &sct_command, 0, NULL, "The command that restarts the application.", .at = D(restart), .only = "command"),
	SCH_KEY("timeout", &sct_duration, 0, "10m", "How long a command may run.", .at = D(timeout_s), .only = "command"),
	SCH_KEY("listen", &sct_text, 0, NULL, "`local`: HOST:PORT that the application serves; HOST is an IPv4 address or localhost.", .at = D(listen), .only = "local"),
	SCH_KEY("ready", &ready, SCH_FLAT, NULL, "`local`: what tells that a process serves.", .only = "local"),
	SCH_KEY("drain", &sct_duration, 0, "30s", "How long the old version may finish its requests.", .at = D(drain_s)),
	SCH_KEY("keep", &sct_duration, 0, "1h", "How long the old version stays ready.", .at = D(keep_s)),
	SCH_KEY("socket", &sct_text, SCH_SHAPE_ONLY, NULL, "`haproxy`: its administration socket."),
	SCH_KEY("backend", &sct_text, SCH_SHAPE_ONLY, NULL, "`haproxy`, `nginx`: the backend to switch."),
};
const struct sch_type sct_driver = { .kind = SCH_MAP, .name = "Driver", .kind_key = "driver", .what = "a map that describes a driver", SCH_ROWS(driver_rows), .map_check = sch_check_driver };
const struct sch_type sct_drivers = { .kind = SCH_ENTRIES,
				      .what = "a map from names to drivers",
				      .item = &sct_driver,
				      .size = sizeof(struct strat_driver),
				      .key = SCH_AT(struct strat_driver, name),
				      .pos = SCH_AT(struct strat_driver, pos) };
