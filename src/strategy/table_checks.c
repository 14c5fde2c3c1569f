/* SPDX-License-Identifier: Apache-2.0 */
/* Roles, files, commit messages, changes; checks and what triggers them. */
#include "strategy/schema_impl.h"

#define S(m) SCH_AT(struct strat, m)
#define C(m) SCH_AT(struct strat_check, m)
#define T(m) SCH_AT(struct strat_trigger, m)

static const char *const level_words[] = { "read", "triage", "write", "maintain", "admin", NULL };
static const struct sch_type level = { .kind = SCH_WORD, .what = "read, triage, write, maintain or admin", .word = level_words };
static const struct sch_type people = { .kind = SCH_LIST, .what = "a list of people such as \"@ann\"", .item = &sct_person, .size = sizeof(slu_str) };
static const struct sch_row role_rows[] = {
	SCH_KEY("level", &level, SCH_REQUIRED, NULL, "read, triage, write, maintain or admin; each includes those before it."),
	SCH_KEY("members", &people, 0, NULL, "People, when the file names them; else the server keeps who has the role."),
};
static const struct sch_type role_map = { .kind = SCH_MAP, .what = "a map with level and members", SCH_ROWS(role_rows) };
static const struct sch_type role = { .kind = SCH_EITHER, .what = "a level (read, triage, write, maintain, admin), or {level, members}", .alt = { &level, &role_map }, .check = sch_check_role_name };
const struct sch_type sct_roles = { .kind = SCH_ENTRIES, .what = "a map from role names to levels", .item = &role };

static const struct sch_type globs = { .kind = SCH_LIST, .what = "a list of paths or globs", .item = &sct_glob, .size = sizeof(struct strat_forbid) };
static const char *const scan_words[] = { "none", "secrets", NULL };
static const struct sch_type scan = { .kind = SCH_WORD, .what = "secrets or none", .word = scan_words };
static const struct sch_row files_rows[] = {
	SCH_KEY("forbid", &globs, 0, NULL, "Paths and globs that no commit may hold, on any branch, for anybody.", .at = S(files.forbid), .n = S(files.forbid_n)),
	SCH_KEY("scan", &scan, 0, "none", "`secrets`: refuse what looks like a key or a token of a known form, and files that hold such by their name.", .at = S(files.scan_secrets), .pos = S(files.scan_pos), .store = sch_store_scan),
	SCH_KEY("max-size", &sct_size, 0, NULL, "The largest file.", .at = S(files.max_size), .pos = S(files.max_size_pos)),
};
const struct sch_type sct_files = { .kind = SCH_MAP, .what = "a map with forbid, scan and max-size", SCH_ROWS(files_rows) };

static const char *const convention_words[] = { "none", "conventional", NULL };
static const struct sch_type convention_word = { .kind = SCH_WORD, .what = "none or conventional", .word = convention_words };
static const struct sch_row convention_rows[] = {
	SCH_KEY("pattern", &sct_regex, SCH_REQUIRED, NULL, "A regular expression (PCRE2) that the first line, of at most 1024 bytes, matches.", .at = S(commits.pattern)),
};
static const struct sch_type convention_map = { .kind = SCH_MAP, .what = "a map with pattern", SCH_ROWS(convention_rows) };
static const struct sch_type convention = { .kind = SCH_EITHER, .what = "conventional, none, or {pattern: \"…\"}", .alt = { &convention_word, &convention_map } };
static const char *const use_words[] = { "optional", "required", "forbidden", NULL };
static const struct sch_type use = { .kind = SCH_WORD, .what = "optional, required or forbidden", .word = use_words };
static const char *const case_words[] = { "any", "lower", "sentence", NULL };
static const struct sch_type letter_case = { .kind = SCH_WORD, .what = "any, lower or sentence", .word = case_words };
static const struct sch_row scopes_rows[] = {
	SCH_KEY("names", &sct_names, 0, NULL, "The scopes there are; any when absent.", .at = S(commits.scopes), .n = S(commits.scopes_n)),
	SCH_KEY("use", &use, 0, "optional", "Whether a message has a scope.", .at = S(commits.scope_use)),
};
static const struct sch_type scopes = { .kind = SCH_MAP, .what = "a map with names and use", SCH_ROWS(scopes_rows) };
static const struct sch_row subject_rows[] = {
	SCH_KEY("max", &sct_positive, 0, NULL, "The most characters of the first line.", .at = S(commits.subject_max)),
	SCH_KEY("case", &letter_case, 0, "any", "How the description begins.", .at = S(commits.subject_case)),
	SCH_KEY("full-stop", &sct_bool, 0, "true", "Whether the first line may end with a full stop.", .at = S(commits.subject_full_stop)),
};
static const struct sch_type subject = { .kind = SCH_MAP, .what = "a map with max, case and full-stop", SCH_ROWS(subject_rows) };
static const struct sch_type branch_types = { .kind = SCH_LIST, .what = "a branch type or a list of them", .item = &sct_branch_type };
static const struct sch_row commits_rows[] = {
	SCH_KEY("convention", &convention, 0, "none", "The form of commit messages: `conventional`, `none`, or a pattern.", .store = sch_store_convention),
	SCH_KEY("types", &sct_names, 0, NULL, "The types there are; any when absent.", .at = S(commits.types), .n = S(commits.types_n), .pos = S(commits.types_pos)),
	SCH_KEY("scopes", &scopes, SCH_FLAT, NULL, "The scopes of conventional messages.", .pos = S(commits.scopes_pos)),
	SCH_KEY("subject", &subject, SCH_FLAT, NULL, "The first line.", .pos = S(commits.subject_pos)),
	SCH_KEY("references", &use, 0, "optional", "Whether a message closes an issue (`Closes #123`).", .at = S(commits.references), .pos = S(commits.references_pos)),
	SCH_KEY("applies-to", &branch_types, 0, NULL, "Types of branch whose commits are judged; work and hotfix when absent. On a squash edge the change's title.", .pos = S(commits.applies_pos), .store = sch_store_types),
};
const struct sch_type sct_commits = { .kind = SCH_MAP, .what = "a map that describes commit messages", SCH_ROWS(commits_rows) };

static const struct sch_type checklist = { .kind = SCH_ENTRIES,
					   .what = "a map from headings to lists of texts",
					   .item = &sct_texts,
					   .headings = true,
					   .size = sizeof(struct strat_checklist),
					   .key = SCH_AT(struct strat_checklist, name),
					   .value = SCH_AT(struct strat_checklist, item),
					   .value_n = SCH_AT(struct strat_checklist, item_n),
					   .pos = SCH_AT(struct strat_checklist, pos) };
static const struct sch_row changes_rows[] = {
	SCH_KEY("template", &sct_text, 0, NULL, "A file of the repository, as it stands on the target, with which a change's text begins when it is opened without one.", .at = S(changes.template_)),
	SCH_KEY("review-checklist", &checklist, 0, NULL, "Points that a review goes through: boxes of a change's text under a heading for each list. A change opened without a text begins with them; what is not ticked is reported.", .at = S(changes.review_checklist), .n = S(changes.review_checklist_n)),
};
const struct sch_type sct_changes = { .kind = SCH_MAP, .what = "a map with template and review-checklist", SCH_ROWS(changes_rows) };

static const struct sch_row change_rows[] = {
	SCH_KEY("into", &sct_branch_set, 0, NULL, "Changes into these kinds.", .at = T(set[STRAT_ON_CHANGE])),
	SCH_KEY("from", &sct_branch_set, 0, NULL, "Changes from these kinds.", .at = T(from)),
	SCH_KEY("title", &sct_text, 0, NULL, "Changes whose title holds this.", .at = T(title)),
	SCH_KEY("label", &sct_text, 0, NULL, "Changes with this label.", .at = T(label)),
};
static const struct sch_type change_map = { .kind = SCH_MAP, .what = "a map with into, from, title and label", SCH_ROWS(change_rows) };
static const struct sch_type change = { .kind = SCH_EITHER, .what = "a branch kind, a list of them, or {into, from, title, label}", .alt = { &sct_branch_set, &change_map } };
/* What is only written down when a check has it may not yet start a deployment: IDLE. */
#define TRIGGER_ROWS(IDLE)                                                                                                                                                    \
	SCH_KEY("push", &sct_branch_set, 0, NULL, "A push to a branch of these kinds.", .n = STRAT_ON_PUSH, .store = sch_store_trigger_set),                               \
	    SCH_KEY("merge", &sct_branch_set, 0, NULL, "A merge into a branch of these kinds.", .n = STRAT_ON_MERGE, .store = sch_store_trigger_set),                         \
	    SCH_KEY("change", &change, IDLE, NULL, "A change into these kinds, or {into, from, title, label}.", .n = STRAT_ON_CHANGE, .store = sch_store_change),             \
	    SCH_KEY("tag", &sct_tag_set, 0, NULL, "A tag of these classes.", .n = STRAT_ON_TAG, .store = sch_store_trigger_set),                                              \
	    SCH_KEY("deploy", &sct_environment_set, IDLE, NULL, "A deployment to these environments.", .n = STRAT_ON_DEPLOY, .store = sch_store_trigger_set),                 \
	    SCH_KEY("schedule", &sct_schedule, IDLE, NULL, "Times: five fields of cron, or a duration.", .n = STRAT_ON_SCHEDULE, .at = T(schedule), .store = sch_store_trigger_flag), \
	    SCH_KEY("manual", &sct_bool, 0, NULL, "When somebody asks for it.", .n = STRAT_ON_MANUAL, .store = sch_store_trigger_flag),                                       \
	    SCH_KEY("commit", &sct_bool, IDLE, NULL, "At each commit, by the hook in a clone.", .n = STRAT_ON_COMMIT, .store = sch_store_trigger_flag)

#define TRIGGER_WHAT "a map from events (push, merge, change, tag, deploy, schedule, manual, commit) to what they concern"
static const struct sch_row trigger_rows[] = { TRIGGER_ROWS(0) };
const struct sch_type sct_trigger = { .kind = SCH_MAP, .name = "Trigger", .what = TRIGGER_WHAT, SCH_ROWS(trigger_rows) };
static const struct sch_row deploy_trigger_rows[] = { TRIGGER_ROWS(SCH_SHAPE_ONLY) };
const struct sch_type sct_deploy_trigger = { .kind = SCH_MAP, .name = "Deployment trigger", .what = TRIGGER_WHAT, SCH_ROWS(deploy_trigger_rows) };

static const struct sch_row check_allow_rows[] = {
	SCH_KEY("report", &sct_who, 0, NULL, "Who may report its result; write when absent.", .at = C(allow_report), .has = C(has_allow_report)),
	SCH_KEY("run", &sct_who, SCH_SHAPE_ONLY, NULL, "Who may start it.", .at = C(allow_run), .has = C(has_allow_run)),
};
static const struct sch_type check_allow = { .kind = SCH_MAP, .what = "a map from report and run to who", SCH_ROWS(check_allow_rows) };
static const struct sch_row report_rows[] = {
	SCH_KEY("path", &sct_text, 0, NULL, "The file that the check writes.", .at = C(report_path)),
	SCH_KEY("every", &sct_duration, 0, NULL, "How often a long run reports.", .at = C(report_every_s)),
	SCH_KEY("comment", &sct_bool, 0, NULL, "Whether the report becomes a comment of the change.", .at = C(report_comment)),
};
static const struct sch_type report = { .kind = SCH_MAP, .what = "a map with path, every and comment", SCH_ROWS(report_rows) };
static const struct sch_row check_rows[] = {
	SCH_KEY("title", &sct_text, 0, NULL, "What people call it."),
	SCH_KEY("run", &sct_command, SCH_SHAPE_ONLY, NULL, "The command line; reported from outside when absent.", .at = C(run)),
	SCH_KEY("on", &sct_trigger, 0, NULL, "When it is due.", .at = C(on), .store = sch_store_trigger),
	SCH_KEY("needs", &sct_check_set, SCH_SHAPE_ONLY, NULL, "Checks that must have passed before it starts.", .at = C(needs)),
	SCH_KEY("timeout", &sct_duration, SCH_SHAPE_ONLY, "1h", "How long it may run.", .at = C(timeout_s)),
	SCH_KEY("allow", &check_allow, SCH_FLAT, NULL, "Who may report and start it."),
	SCH_KEY("inputs", &sct_scalars, SCH_SHAPE_ONLY, NULL, "Inputs with their defaults, as $SLUICE_INPUT_NAME.", .at = C(inputs), .n = C(inputs_n)),
	SCH_KEY("samples", &sct_positive, SCH_SHAPE_ONLY, NULL, "A benchmark: base and target in turn, so often.", .at = C(samples)),
	SCH_KEY("report", &report, SCH_SHAPE_ONLY | SCH_FLAT, NULL, "The report that it leaves."),
	SCH_KEY("workflow", &sct_name, SCH_SHAPE_ONLY, NULL, "The workflow file of a CI that runs it.", .at = C(workflow)),
};
static const struct sch_type check = { .kind = SCH_MAP, .what = "a map that describes a check", SCH_ROWS(check_rows) };
const struct sch_type sct_checks = { .kind = SCH_ENTRIES,
				     .what = "a map from names to checks",
				     .item = &check,
				     .size = sizeof(struct strat_check),
				     .key = SCH_AT(struct strat_check, name),
				     .pos = SCH_AT(struct strat_check, pos) };
