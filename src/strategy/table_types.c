/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of value, each with the words that an error says. */
#include "strategy/schema_impl.h"

const struct sch_type sct_text = { .kind = SCH_TEXT, .what = "a text" };
const struct sch_type sct_command = { .kind = SCH_COMMAND, .what = "a command line" };
const struct sch_type sct_scalar = { .kind = SCH_SCALAR, .what = "a text, a number, true or false" };
const struct sch_type sct_name = { .kind = SCH_NAME, .what = "a name of letters, digits, - _ and ." };
const struct sch_type sct_bool = { .kind = SCH_BOOL, .what = "true or false" };
const struct sch_type sct_duration = { .kind = SCH_DURATION, .what = "a duration such as 30s, 10m, 48h, 14d or 2w" };
const struct sch_type sct_millis = { .kind = SCH_MILLIS, .what = "a duration such as 2s or 1m" };
const struct sch_type sct_offset = { .kind = SCH_OFFSET, .what = "a duration before or after, such as -24h, 0h or 2h" };
const struct sch_type sct_size = { .kind = SCH_SIZE, .what = "a size such as 50MB or 64KiB" };
const struct sch_type sct_share = { .kind = SCH_SHARE, .what = "a share such as 10%" };
const struct sch_type sct_date = { .kind = SCH_DATE, .what = "a date such as 2026-01-05" };
const struct sch_type sct_clock = { .kind = SCH_CLOCK, .what = "a quoted time of day such as \"09:00\"" };
const struct sch_type sct_schedule = { .kind = SCH_SCHEDULE, .what = "five fields of cron in quotes such as \"0 3 * * *\", or a duration such as 30s" };
const struct sch_type sct_version = { .kind = SCH_VERSION, .what = "a version X.Y.Z such as 1.2.0" };
const struct sch_type sct_pattern = { .kind = SCH_PATTERN, .what = "a pattern such as main, \"release/*\" or \"feature/{name}\"" };
const struct sch_type sct_regex = { .kind = SCH_REGEX, .what = "a regular expression (PCRE2)" };
const struct sch_type sct_path = { .kind = SCH_PATH, .what = "a path within the repository, such as CHANGELOG.md" };
const struct sch_type sct_glob = { .kind = SCH_GLOB, .what = "a path or glob within the repository, such as .env, \"*.pem\" or secrets/" };
const struct sch_type sct_who = { .kind = SCH_WHO, .what = "who: a level (read, triage, write, maintain, admin), a role, \"@person\", a list of these, or nobody" };
const struct sch_type sct_person = { .kind = SCH_PERSON, .what = "a person such as \"@ann\", in quotes" };
const struct sch_type sct_expr = { .kind = SCH_EXPR, .what = "an expression such as error_rate < 5% over 1h in staging" };
const struct sch_type sct_count = { .kind = SCH_INT, .what = "a whole number from 0 to 100000", .max = 100000 };
const struct sch_type sct_positive = { .kind = SCH_INT, .what = "a whole number from 1 to 100000", .min = 1, .max = 100000 };

const struct sch_type sct_texts = { .kind = SCH_LIST, .what = "a list of texts", .item = &sct_text, .size = sizeof(slu_str) };
const struct sch_type sct_names = { .kind = SCH_LIST, .what = "a list of names", .item = &sct_name, .size = sizeof(slu_str) };
const struct sch_type sct_exprs = { .kind = SCH_LIST, .what = "a list of expressions such as error_rate < 5% over 1h", .item = &sct_expr, .size = sizeof(struct strat_expr) };
const struct sch_type sct_patterns = { .kind = SCH_LIST, .what = "a pattern or a list of patterns", .item = &sct_pattern, .min = 1, .size = sizeof(strat_pattern *) };
const struct sch_type sct_scalars = { .kind = SCH_ENTRIES,
				      .what = "a map from names to values",
				      .item = &sct_scalar,
				      .size = sizeof(struct strat_pair),
				      .key = SCH_AT(struct strat_pair, key),
				      .value = SCH_AT(struct strat_pair, value),
				      .pos = SCH_AT(struct strat_pair, pos) };
const struct sch_type sct_durations = { .kind = SCH_ENTRIES,
					.what = "a map from names to durations",
					.item = &sct_duration,
					.size = sizeof(struct strat_follow_up),
					.key = SCH_AT(struct strat_follow_up, name),
					.value = SCH_AT(struct strat_follow_up, due_s),
					.pos = SCH_AT(struct strat_follow_up, pos) };

static const char *const enforcement_words[] = { "active", "evaluate", "disabled", NULL };
const struct sch_type sct_enforcement = { .kind = SCH_WORD, .what = "active, evaluate or disabled", .word = enforcement_words };

const struct sch_type sct_branch = { .kind = SCH_REF, .what = "the name of a branch kind", .ref = REF_BRANCH };
const struct sch_type sct_tag = { .kind = SCH_REF, .what = "the name of a tag class", .ref = REF_TAG };
const struct sch_type sct_check = { .kind = SCH_REF, .what = "the name of a check", .ref = REF_CHECK };
const struct sch_type sct_gate = { .kind = SCH_REF, .what = "the name of a gate", .ref = REF_GATE };
const struct sch_type sct_environment = { .kind = SCH_REF, .what = "the name of an environment", .ref = REF_ENVIRONMENT };
const struct sch_type sct_role = { .kind = SCH_REF, .what = "the name of a role", .ref = REF_ROLE };
const struct sch_type sct_branch_set = { .kind = SCH_LIST, .what = "a branch kind or a list of them", .item = &sct_branch };
const struct sch_type sct_tag_set = { .kind = SCH_LIST, .what = "a tag class or a list of them", .item = &sct_tag };
const struct sch_type sct_check_set = { .kind = SCH_LIST, .what = "a check or a list of them", .item = &sct_check };
const struct sch_type sct_gate_set = { .kind = SCH_LIST, .what = "a gate or a list of them", .item = &sct_gate };
const struct sch_type sct_environment_set = { .kind = SCH_LIST, .what = "an environment or a list of them", .item = &sct_environment };
static const struct sch_type to_one = { .kind = SCH_REF, .what = "the name of a receiver or a role, author, or reviewers", .ref = REF_TO };
const struct sch_type sct_to = { .kind = SCH_LIST, .what = "a receiver or role, or a list of them", .item = &to_one };
