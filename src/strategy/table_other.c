/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of which this version keeps little: most are read for their shape only. */
#include "strategy/schema_impl.h"

#define ENTRIES_OF(t, w) { .kind = SCH_ENTRIES, .what = (w), .item = &(t) }
#define MAP_OF(rows, w) { .kind = SCH_MAP, .what = (w), SCH_ROWS(rows) }
#define LIST_OF(t, w) { .kind = SCH_LIST, .what = (w), .item = &(t) }
#define WORDS(id, w, ...)                                                                                                                                                      \
	static const char *const id##_words[] = { __VA_ARGS__, NULL };                                                                                                        \
	static const struct sch_type id = { .kind = SCH_WORD, .what = (w), .word = id##_words }

static const struct sch_row source_rows[] = {
	SCH_KEY("command", &sct_command, 0, NULL, "A command line that prints JSON."),
	SCH_KEY("http", &sct_command, 0, NULL, "An address that answers JSON."),
	SCH_KEY("prometheus", &sct_command, 0, NULL, "A Prometheus server."),
	SCH_KEY("log", &sct_text, 0, NULL, "A log file that is followed."),
	SCH_KEY("match", &sct_text, 0, NULL, "The lines of it that count, as a regular expression."),
	SCH_KEY("pushed", &sct_bool, 0, NULL, "Values are sent to the server."),
	SCH_KEY("every", &sct_duration, 0, NULL, "How often it is asked."),
};
static const struct sch_type source = MAP_OF(source_rows, "a map with one of command, http, prometheus, log, pushed");
const struct sch_type sct_sources = ENTRIES_OF(source, "a map from names to sources");

WORDS(unit, "share, count, duration, size or ratio", "share", "count", "duration", "size", "ratio");
WORDS(better, "higher or lower", "higher", "lower");
static const struct sch_type source_ref = { .kind = SCH_REF, .what = "the name of a source", .ref = REF_SOURCE };
static const struct sch_type metric_source = { .kind = SCH_EITHER, .what = "the name of a source, or a source", .alt = { &source_ref, &source } };
static const struct sch_row metric_rows[] = {
	SCH_KEY("title", &sct_text, 0, NULL, "What people call it."),
	SCH_KEY("unit", &unit, 0, NULL, "What it counts."),
	SCH_KEY("better", &better, 0, NULL, "Which way is better."),
	SCH_KEY("source", &metric_source, 0, NULL, "Where it comes from."),
	SCH_KEY("check", &sct_check, 0, NULL, "The check whose report holds it: a fact about the commit."),
	SCH_KEY("pointer", &sct_text, 0, NULL, "A JSON pointer to it; /NAME when absent."),
	SCH_KEY("query", &sct_text, 0, NULL, "A query of the source."),
};
static const struct sch_type metric = MAP_OF(metric_rows, "a map that describes a metric");
const struct sch_type sct_metrics = ENTRIES_OF(metric, "a map from names to metrics");

static const struct sch_row store_rows[] = {
	SCH_KEY("require", &sct_require, 0, NULL, "What must hold to be promoted into it."),
};
static const struct sch_type store = MAP_OF(store_rows, "a map with require");
static const struct sch_type stores = ENTRIES_OF(store, "a map from names to stores, in their order");
static const struct sch_row artifact_rows[] = {
	SCH_KEY("check", &sct_check, SCH_REQUIRED, NULL, "The check that makes it."),
	SCH_KEY("paths", &sct_texts, 0, NULL, "Its files."),
	SCH_KEY("stores", &stores, 0, NULL, "Made into the first, promoted to the next."),
};
static const struct sch_type artifact = MAP_OF(artifact_rows, "a map with check, paths and stores");
const struct sch_type sct_artifacts = ENTRIES_OF(artifact, "a map from names to artefacts");

static const struct sch_type phase = { .kind = SCH_REF, .what = "the name of a phase", .ref = REF_PHASE };
static const struct sch_type after = LIST_OF(phase, "a phase or a list of them");
static const struct sch_row watch_rows[] = {
	SCH_KEY("for", &sct_duration, 0, NULL, "How long."),
	SCH_KEY("metrics", &sct_exprs, 0, NULL, "Expressions that must hold."),
};
static const struct sch_type watch = MAP_OF(watch_rows, "a map with for and metrics");
static const struct sch_row phase_rows[] = {
	SCH_KEY("title", &sct_text, 0, NULL, "What people call it.", .at = SCH_AT(struct strat_phase, title)),
	SCH_KEY("after", &after, 0, NULL, "Phases that come before it: none of its branches is merged anywhere, and none of its tags made, before these are there.", .at = SCH_AT(struct strat_phase, after), .pos = SCH_AT(struct strat_phase, after_pos)),
	SCH_KEY("version", &sct_version, 0, NULL, "The version that it brings; `sluice next` and a tagged merge take it where `releases.version-from` is `phases`.", .at = SCH_AT(struct strat_phase, version)),
	SCH_KEY("tag", &sct_text, 0, NULL, "Its tag, when the class's pattern does not make it.", .at = SCH_AT(struct strat_phase, tag)),
	SCH_KEY("require", &sct_require, 0, NULL, "What must hold for every merge that brings a commit of its branches to a production branch, also in company.", .at = SCH_AT(struct strat_phase, require)),
	SCH_KEY("watch", &watch, SCH_SHAPE_ONLY, NULL, "How long it is watched."),
	SCH_KEY("objectives", &sct_exprs, SCH_SHAPE_ONLY, NULL, "Followed, never refusing."),
	SCH_KEY("undo", &sct_command, 0, NULL, "The command that goes with the revert of its merges: `sluice revert` names it.", .at = SCH_AT(struct strat_phase, undo)),
};
static const struct sch_type phase_map = MAP_OF(phase_rows, "a map that describes a phase");
const struct sch_type sct_phases = { .kind = SCH_ENTRIES,
				     .what = "a map from names to phases",
				     .item = &phase_map,
				     .size = sizeof(struct strat_phase),
				     .key = SCH_AT(struct strat_phase, name),
				     .pos = SCH_AT(struct strat_phase, pos) };

#define S(m) SCH_AT(struct strat, m)
static const struct sch_row ecosystem_require_rows[] = {
	SCH_KEY("checks", &sct_check_set, 0, NULL, "Checks that must have passed on what each member releases.", .at = S(ecosystem.checks)),
};
static const struct sch_type ecosystem_require = MAP_OF(ecosystem_require_rows, "a map with checks");
static const struct sch_row ecosystem_rows[] = {
	SCH_KEY("members", &sct_texts, SCH_REQUIRED, NULL, "OWNER/REPO, in the order of deployment: `sluice ecosystem` releases them together, all or none.", .at = S(ecosystem.member), .n = S(ecosystem.member_n), .pos = S(ecosystem.member_pos)),
	SCH_KEY("tag", &sct_tag_set, 0, NULL, "Classes that every member has: each gets a tag of each, with one version.", .at = S(ecosystem.tag)),
	SCH_KEY("require", &ecosystem_require, SCH_FLAT, NULL, "What must hold over all members' commits."),
};
const struct sch_type sct_ecosystem = MAP_OF(ecosystem_rows, "a map with members, tag and require");

WORDS(chat, "slack, mattermost, teams, discord or json", "slack", "mattermost", "teams", "discord", "json");
static const struct sch_row escalate_rows[] = {
	SCH_KEY("to", &sct_to, SCH_REQUIRED, NULL, "Who is told,"),
	SCH_KEY("after", &sct_duration, 0, NULL, "after this time without an answer."),
};
static const struct sch_type escalate_step = MAP_OF(escalate_rows, "a map with to and after");
static const struct sch_type escalate = LIST_OF(escalate_step, "a list of {to, after}");
static const struct sch_row receiver_rows[] = {
	SCH_KEY("webhook", &sct_command, 0, NULL, "An address that is called."),
	SCH_KEY("format", &chat, 0, NULL, "The form of the message."),
	SCH_KEY("mail", &sct_text, 0, NULL, "A mail address."),
	SCH_KEY("page", &sct_text, 0, NULL, "A page: status."),
	SCH_KEY("escalate", &escalate, 0, NULL, "One after the other until somebody answers."),
};
static const struct sch_type receiver = MAP_OF(receiver_rows, "a map with one of webhook, mail, page, escalate");
static const struct sch_type receivers = ENTRIES_OF(receiver, "a map from names to receivers");
WORDS(event, "an event such as deployed, deploy-failed, rolled-back or alert", "deployed", "deploy-failed", "rolled-back", "alert", "failsafe", "incident", "emergency", "released",
      "change-opened", "change-merged", "change-approved", "check-failed", "freeze", "gate-passed", "phase-done", "backup-failed", "report");
static const struct sch_type events = LIST_OF(event, "an event or a list of them");
WORDS(severity, "info, warning or critical", "info", "warning", "critical");
static const struct sch_row route_rows[] = {
	SCH_KEY("event", &events, SCH_REQUIRED, NULL, "What happened."),
	SCH_KEY("severity", &severity, 0, NULL, "Only of this severity."),
	SCH_KEY("to", &sct_to, SCH_REQUIRED, NULL, "Who is told."),
	SCH_KEY("every", &sct_duration, 0, NULL, "Gathered for so long and sent at once."),
};
static const struct sch_type route = MAP_OF(route_rows, "a map with event, severity, to and every");
static const struct sch_type routes = LIST_OF(route, "a list of routes");
static const struct sch_type confirm_counts = { .kind = SCH_ENTRIES, .what = "a map from roles to numbers", .item = &sct_count, .ref_keys = true, .ref = REF_APPROVER };
WORDS(confirm_word, "requirements", "requirements");
static const struct sch_type confirm = { .kind = SCH_EITHER, .what = "requirements, or a map from roles to numbers", .alt = { &confirm_word, &confirm_counts } };
static const struct sch_row timetable_step_rows[] = {
	SCH_KEY("at", &sct_offset, SCH_REQUIRED, NULL, "Before or after the time."),
	SCH_KEY("send", &sct_name, 0, NULL, "The message that is sent."),
	SCH_KEY("confirm", &confirm, 0, NULL, "What must be confirmed by then; else it is called off."),
};
static const struct sch_type timetable_step = MAP_OF(timetable_step_rows, "a map with at, and send or confirm");
static const struct sch_type timetable_steps = LIST_OF(timetable_step, "a list of steps");
static const struct sch_row timetable_rows[] = {
	SCH_KEY("to", &sct_to, 0, NULL, "Who is told."),
	SCH_KEY("steps", &timetable_steps, 0, NULL, "The steps."),
};
static const struct sch_type timetable = MAP_OF(timetable_rows, "a map with to and steps");
static const struct sch_type timetables = { .kind = SCH_ENTRIES, .what = "a map from branch kinds to timetables", .item = &timetable, .ref_keys = true, .ref = REF_BRANCH };
static const struct sch_row notify_rows[] = {
	SCH_KEY("receivers", &receivers, 0, NULL, "Where messages go."),
	SCH_KEY("routes", &routes, 0, NULL, "Which events go where."),
	SCH_KEY("timetables", &timetables, 0, NULL, "A merge into this kind gets a time, and these steps around it."),
};
const struct sch_type sct_notify = MAP_OF(notify_rows, "a map with receivers, routes and timetables");

static const struct sch_row alert_rows[] = {
	SCH_KEY("expr", &sct_expr, SCH_REQUIRED, NULL, "What is wrong."),
	SCH_KEY("for", &sct_duration, 0, NULL, "How long it must have been so."),
	SCH_KEY("severity", &severity, 0, NULL, "How bad it is."),
};
static const struct sch_type alert = MAP_OF(alert_rows, "a map with expr, for and severity");
const struct sch_type sct_alerts = ENTRIES_OF(alert, "a map from names to alerts");

static const struct sch_row restore_rows[] = {
	SCH_KEY("within", &sct_duration, SCH_REQUIRED, NULL, "By when."),
	SCH_KEY("steps", &sct_texts, 0, NULL, "What is done."),
};
static const struct sch_type restore_stage = MAP_OF(restore_rows, "a map with within and steps");
static const struct sch_type restore = LIST_OF(restore_stage, "a list of {within, steps}");
static const struct sch_row incidents_rows[] = {
	SCH_KEY("record", &sct_path, 0, NULL, "The file that incidents are written to: `sluice revert` begins an entry when it takes something out of production.", .at = SCH_AT(struct strat, incidents.record)),
	SCH_KEY("collect", &sct_command, SCH_SHAPE_ONLY, NULL, "The command that gathers what helps."),
	SCH_KEY("follow-up", &sct_durations, 0, NULL, "What must be written afterwards, and by when: it stands in the entry.", .at = SCH_AT(struct strat, incidents.follow_up), .n = SCH_AT(struct strat, incidents.follow_up_n)),
	SCH_KEY("restore", &restore, SCH_SHAPE_ONLY, NULL, "Stages of the recovery."),
};
const struct sch_type sct_incidents = MAP_OF(incidents_rows, "a map with record, collect, follow-up and restore");

static const struct sch_row backup_rows[] = {
	SCH_KEY("every", &sct_duration, 0, NULL, "How often."),
	SCH_KEY("keep", &sct_positive, 0, NULL, "How many are kept."),
	SCH_KEY("bundles", &sct_names, 0, NULL, "`repository`: bundles of all refs or of one branch."),
	SCH_KEY("run", &sct_command, 0, NULL, "The command that takes it."),
	SCH_KEY("restore", &sct_command, 0, NULL, "The command that brings it back."),
	SCH_KEY("verify", &sct_command, 0, NULL, "The command that checks it; `restore`: it is restored and compared."),
};
static const struct sch_type backup = MAP_OF(backup_rows, "a map that describes a backup");
const struct sch_type sct_backups = ENTRIES_OF(backup, "a map from names to backups");

WORDS(task, "branches, prune, gc, fsck, statistics, archive or tags", "branches", "prune", "gc", "fsck", "statistics", "archive", "tags");
static const struct sch_type tasks = LIST_OF(task, "a list of tasks");
static const struct sch_row maintenance_rows[] = {
	SCH_KEY("every", &sct_duration, SCH_REQUIRED, NULL, "How often."),
	SCH_KEY("tasks", &tasks, SCH_REQUIRED, NULL, "What is done."),
};
static const struct sch_type maintenance = MAP_OF(maintenance_rows, "a map with every and tasks");
const struct sch_type sct_maintenance = ENTRIES_OF(maintenance, "a map from names to tasks");

static const struct sch_row report_rows[] = {
	SCH_KEY("every", &sct_duration, SCH_REQUIRED, NULL, "How often."),
	SCH_KEY("to", &sct_to, 0, NULL, "Who gets it."),
	SCH_KEY("commits", &sct_positive, 0, NULL, "How many commits back."),
	SCH_KEY("days", &sct_positive, 0, NULL, "How many days back."),
};
static const struct sch_type report = MAP_OF(report_rows, "a map with every, to, commits and days");
static const struct sch_row reports_rows[] = {
	SCH_KEY("delivery", &report, 0, NULL, "Figures of delivery."),
	SCH_KEY("health", &report, 0, NULL, "The state of the branches."),
	SCH_KEY("compliance", &report, 0, NULL, "Whether commits follow the rules."),
	SCH_KEY("audit", &report, 0, NULL, "What was done by whom."),
};
const struct sch_type sct_reports = MAP_OF(reports_rows, "a map with delivery, health, compliance and audit");
