/* SPDX-License-Identifier: Apache-2.0 */
/* Releases, the emergency, and the root of the file. */
#include "strategy/schema_impl.h"

#define S(m) SCH_AT(struct strat, m)
#define V(m) SCH_AT(struct strat_version_file, m)

static const char *const from_words[] = { "commits", "phases", "branch", "given", NULL };
static const struct sch_type version_from = { .kind = SCH_WORD, .what = "commits, phases, branch or given", .word = from_words };
static const struct sch_row version_file_rows[] = {
	SCH_KEY("file", &sct_path, SCH_REQUIRED, NULL, "A file of the repository.", .at = V(file)),
	SCH_KEY("text", &sct_text, 0, NULL, "The text in it, with {version} where the version stands; the whole file when it is all of it.", .at = V(text)),
	SCH_KEY("pointer", &sct_text, 0, NULL, "A pointer to the version, such as /version: in JSON, and by the file's ending in TOML, YAML or XML.", .at = V(pointer)),
	SCH_KEY("mark", &sct_text, 0, NULL, "A text that one line of it has; the version in that line is meant.", .at = V(mark)),
};
static const struct sch_type version_file = { .kind = SCH_MAP, .what = "a map with file, and text, pointer or mark", SCH_ROWS(version_file_rows), .pos = V(pos) };
static const struct sch_type version_files = { .kind = SCH_LIST, .what = "a list of files", .item = &version_file, .size = sizeof(struct strat_version_file) };

static const struct sch_row freeze_rows[] = {
	SCH_KEY("at", &sct_duration, SCH_REQUIRED, NULL, "After the start of the cycle.", .at = S(releases.calendar.freeze_at_s)),
	SCH_KEY("branches", &sct_branch_set, 0, NULL, "The kinds that are frozen.", .at = S(releases.calendar.freeze_branches)),
	SCH_KEY("types", &sct_names, 0, NULL, "The types of commit that may still enter.", .at = S(releases.calendar.freeze_types), .n = S(releases.calendar.freeze_types_n)),
};
static const struct sch_type freeze = { .kind = SCH_MAP, .what = "a map with at, branches and types", SCH_ROWS(freeze_rows) };
static const struct sch_row ship_rows[] = {
	SCH_KEY("at", &sct_duration, SCH_REQUIRED, NULL, "After the start of the cycle.", .at = S(releases.calendar.ship_at_s)),
};
static const struct sch_type ship = { .kind = SCH_MAP, .what = "a map with at", SCH_ROWS(ship_rows) };
static const struct sch_row calendar_rows[] = {
	SCH_KEY("start", &sct_date, SCH_REQUIRED, NULL, "The first day of the first cycle.", .at = S(releases.calendar.start_s)),
	SCH_KEY("cycle", &sct_duration, 0, NULL, "From release to release.", .at = S(releases.calendar.cycle_s)),
	SCH_KEY("sprint", &sct_duration, 0, NULL, "The length of a sprint: `sluice calendar` counts them.", .at = S(releases.calendar.sprint_s)),
	SCH_KEY("freeze", &freeze, SCH_FLAT, NULL, "When only some types of commit may enter.", .pos = S(releases.calendar.freeze_pos)),
	SCH_KEY("ship", &ship, SCH_FLAT, NULL, "When the release goes out."),
	SCH_KEY("major-every", &sct_positive, 0, NULL, "Every so many cycles the release is a major one; a release out of step is reported.", .at = S(releases.calendar.major_every)),
};
static const struct sch_type calendar = { .kind = SCH_MAP, .what = "a map with start, cycle, sprint, freeze, ship and major-every", SCH_ROWS(calendar_rows) };
static const struct sch_row roadmap_rows[] = {
	SCH_KEY("title", &sct_text, 0, NULL, "What the release is for.", .at = SCH_AT(struct strat_roadmap, title)),
	SCH_KEY("due", &sct_date, 0, NULL, "The day it is meant for.", .at = SCH_AT(struct strat_roadmap, due_s)),
};
static const struct sch_type roadmap_item = { .kind = SCH_MAP, .what = "a map with title and due", SCH_ROWS(roadmap_rows), .check = sch_check_release };
static const struct sch_type roadmap = { .kind = SCH_ENTRIES,
					 .what = "a map from versions to {title, due}",
					 .item = &roadmap_item,
					 .size = sizeof(struct strat_roadmap),
					 .key = SCH_AT(struct strat_roadmap, version),
					 .pos = SCH_AT(struct strat_roadmap, pos) };
static const struct sch_type groups = { .kind = SCH_ENTRIES,
					.what = "a map from headings to types of commit",
					.item = &sct_names,
					.headings = true,
					.size = sizeof(struct strat_group),
					.key = SCH_AT(struct strat_group, heading),
					.value = SCH_AT(struct strat_group, type),
					.value_n = SCH_AT(struct strat_group, type_n),
					.pos = SCH_AT(struct strat_group, pos) };
static const struct sch_row changelog_rows[] = {
	SCH_KEY("file", &sct_path, 0, NULL, "The file that it is written to.", .at = S(releases.changelog)),
	SCH_KEY("groups", &groups, 0, NULL, "Headings in their order, each with its types of commit; `breaking` is what the notes on what breaks stand under. Other types are left out.", .at = S(releases.group), .n = S(releases.group_n)),
	SCH_KEY("entry", &sct_text, 0, NULL, "One line of a group, with {type} {scope} {text} {issues} {commit}, and {references} for the last two. A part in [ ] is left out where one of those in it is empty. Default: \"[**{scope}:** ]{text}[ ({references})]\".", .at = S(releases.entry)),
};
static const struct sch_type changelog_map = { .kind = SCH_MAP, .what = "a map with file, groups and entry", SCH_ROWS(changelog_rows), .map_check = sch_check_changelog };
static const struct sch_type changelog = { .kind = SCH_EITHER, .what = "a path within the repository, or {file, groups, entry}", .alt = { &sct_path, &changelog_map } };
static const struct sch_row releases_rows[] = {
	SCH_KEY("version-from", &version_from, 0, "commits", "What tells the next version.", .at = S(releases.version_from)),
	SCH_KEY("version-files", &version_files, 0, NULL, "Files that hold the version.", .at = S(releases.version_file), .n = S(releases.version_file_n)),
	SCH_KEY("changelog", &changelog, 0, NULL, "The file that the changelog is written to, or {file, groups, entry}.", .store = sch_store_changelog),
	SCH_KEY("start", &sct_release_start, 0, NULL, "What must hold to cut a release branch, of the commit that it begins with: checks on it, boxes ticked and approvals given for the version (`sluice release tick`), up to date with where it goes.", .at = S(releases.start)),
	SCH_KEY("close", &sct_release_close, 0, NULL, "What is to be done after a release: told when it is finished, and by `sluice status` until it is.", .at = S(releases.close)),
	SCH_KEY("calendar", &calendar, SCH_FLAT, NULL, "Cycles, freeze and shipping days.", .has = S(releases.calendar.set), .pos = S(releases.calendar.pos)),
	SCH_KEY("roadmap", &roadmap, 0, NULL, "Planned versions: `sluice calendar` shows which are done, due and late.", .at = S(releases.roadmap), .n = S(releases.roadmap_n)),
};
const struct sch_type sct_releases = { .kind = SCH_MAP, .what = "a map that describes releases", SCH_ROWS(releases_rows) };

static const struct sch_row emergency_rows[] = {
	SCH_KEY("by", &sct_who, SCH_REQUIRED, NULL, "Who may declare one.", .at = S(emergency.by)),
	SCH_KEY("from", &sct_branch_set, SCH_REQUIRED, NULL, "The kinds whose merge it lets through.", .at = S(emergency.from)),
	SCH_KEY("into", &sct_branch_set, SCH_REQUIRED, NULL, "The kinds that it is merged into.", .at = S(emergency.into)),
	SCH_KEY("require", &sct_require, 0, NULL, "What must hold, in place of all that branch, edge and environment require.", .at = S(emergency.require)),
	SCH_KEY("expires", &sct_duration, 0, "4h", "How long it lasts.", .at = S(emergency.expires_s)),
	SCH_KEY("follow-up", &sct_durations, 0, NULL, "What must be written afterwards, and by when.", .at = S(emergency.follow_up), .n = S(emergency.follow_up_n)),
};
const struct sch_type sct_emergency = { .kind = SCH_MAP, .what = "a map with by, from, into, require, expires and follow-up", SCH_ROWS(emergency_rows) };

static const struct sch_type format = { .kind = SCH_INT, .what = "1, the only version of the format so far", .min = 1, .max = 1 };
static const struct sch_row root_rows[] = {
	SCH_KEY("strategy", &format, SCH_REQUIRED, NULL, "The version of this format: 1."),
	SCH_KEY("name", &sct_name, 0, NULL, "A short name.", .at = S(name)),
	SCH_KEY("title", &sct_text, 0, NULL, "What people call it.", .at = S(title)),
	SCH_KEY("extends", &sct_texts, 0, NULL, "Built-in presets, files of the same repository, or OWNER/REPO:FILE. Maps merge, lists and scalars replace, null removes."),
	SCH_KEY("enforcement", &sct_enforcement, 0, "active", "`active`, `evaluate` (judged, recorded, nothing refused) or `disabled`, for the whole file. The level `write` is needed in any case.", .at = S(enforcement), .pos = S(enforcement_pos)),
	SCH_KEY("roles", &sct_roles, 0, NULL, "Sets of people with a level.", .store = sch_store_role),
	SCH_KEY("secrets", &sct_names, 0, NULL, "Names of secrets; their values are kept by the server, for each repository its own. `$NAME` elsewhere is one of them.", .at = S(secret), .n = S(secret_n)),
	SCH_KEY("files", &sct_files, SCH_FLAT, NULL, "What no commit may hold: any branch, any transport, nobody exempt.", .pos = S(files.pos)),
	SCH_KEY("branches", &sct_branches, SCH_REQUIRED, NULL, "Kinds of branch: every branch is of exactly one; a branch of no kind is refused.", .at = S(branch), .n = S(branch_n)),
	SCH_KEY("tags", &sct_tags, 0, NULL, "Classes of tag; a tag of no class is refused.", .at = S(tag), .n = S(tag_n)),
	SCH_KEY("commits", &sct_commits, SCH_FLAT, NULL, "Commit messages.", .pos = S(commits.pos)),
	SCH_KEY("changes", &sct_changes, SCH_FLAT, NULL, "The text of changes and reviews.", .pos = S(changes.pos)),
	SCH_KEY("checks", &sct_checks, 0, NULL, "What a commit must pass: run by a sluice runner, or reported by your CI.", .at = S(check), .n = S(check_n)),
	SCH_KEY("sources", &sct_sources, SCH_SHAPE_ONLY, NULL, "Where measurements come from."),
	SCH_KEY("metrics", &sct_metrics, SCH_SHAPE_ONLY, NULL, "What is measured."),
	SCH_KEY("gates", &sct_gates, 0, NULL, "Requirement sets with a name.", .at = S(gate), .n = S(gate_n)),
	SCH_KEY("environments", &sct_environments, 0, NULL, "Where versions are deployed.", .at = S(environment), .n = S(environment_n)),
	SCH_KEY("drivers", &sct_drivers, 0, NULL, "What `via` of an environment names.", .at = S(driver), .n = S(driver_n)),
	SCH_KEY("artifacts", &sct_artifacts, SCH_SHAPE_ONLY, NULL, "What a check makes and stores keep."),
	SCH_KEY("releases", &sct_releases, SCH_FLAT, NULL, "Versions, changelog, calendar: only what no branch, edge or tag says.", .pos = S(releases.pos)),
	SCH_KEY("phases", &sct_phases, 0, NULL, "Phases of a plan, in their order. The branches of a phase are those of a kind with {phase} in its pattern.", .at = S(phase), .n = S(phase_n)),
	SCH_KEY("ecosystem", &sct_ecosystem, SCH_FLAT, NULL, "Repositories that are released together; in one repository's file, not inherited.", .has = S(ecosystem.set), .pos = S(ecosystem.pos)),
	SCH_KEY("emergency", &sct_emergency, SCH_FLAT, NULL, "The one way round the rules; absent: there is none, for administrators too.", .has = S(emergency.set), .pos = S(emergency.pos)),
	SCH_KEY("notify", &sct_notify, SCH_SHAPE_ONLY, NULL, "Who is told what."),
	SCH_KEY("alerts", &sct_alerts, SCH_SHAPE_ONLY, NULL, "Expressions that raise an alert."),
	SCH_KEY("incidents", &sct_incidents, SCH_FLAT, NULL, "What happens at an incident."),
	SCH_KEY("backups", &sct_backups, SCH_SHAPE_ONLY, NULL, "Backups."),
	SCH_KEY("maintenance", &sct_maintenance, SCH_SHAPE_ONLY, NULL, "Regular work on the repository."),
	SCH_KEY("reports", &sct_reports, SCH_SHAPE_ONLY, NULL, "Regular reports."),
};
const struct sch_type sct_root = { .kind = SCH_MAP, .what = "a map of sections", SCH_ROWS(root_rows) };
