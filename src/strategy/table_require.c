/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement sets: what must hold. */
#include "strategy/schema_impl.h"

#define R(m) SCH_AT(struct strat_require, m)

static const struct sch_type approver_counts = { .kind = SCH_ENTRIES, .what = "a map from `any` and roles to numbers", .item = &sct_count, .ref_keys = true, .ref = REF_APPROVER };
static const struct sch_type approvals = { .kind = SCH_EITHER, .what = "a number, or a map from `any` and roles to numbers", .alt = { &sct_count, &approver_counts } };

static const char *const queue_words[] = { "queue", NULL };
static const struct sch_type queue = { .kind = SCH_WORD, .what = "queue", .word = queue_words, .idle = 1 };
static const struct sch_type up_to_date = { .kind = SCH_EITHER, .what = "true, false or queue", .alt = { &sct_bool, &queue } };

static const char *const all_words[] = { "all", NULL };
static const struct sch_type all = { .kind = SCH_WORD, .what = "all", .word = all_words };
static const struct sch_type checks = { .kind = SCH_EITHER, .what = "`all`, a check or a list of checks", .alt = { &all, &sct_check_set } };

static const struct sch_type run_durations = { .kind = SCH_ENTRIES, .what = "a map from checks to durations", .item = &sct_duration, .ref_keys = true, .ref = REF_CHECK };

static const struct sch_row box_rows[] = {
	SCH_KEY("box", &sct_text, 0, NULL, "The text of the box."),
	SCH_KEY("by", &sct_who, 0, NULL, "Who may tick it."),
	SCH_KEY("any-of", &sct_text, 0, NULL, "A heading: at least one of the boxes below it."),
	SCH_KEY("all-of", &sct_text, 0, NULL, "A heading: each of the boxes below it."),
};
static const struct sch_type box_map = { .kind = SCH_MAP, .what = "a map with box and by, or any-of, or all-of", SCH_ROWS(box_rows) };
static const struct sch_type box = { .kind = SCH_EITHER, .what = "the text of a box, or {box, by}, {any-of: Heading} or {all-of: Heading}", .alt = { &sct_text, &box_map } };
static const struct sch_type boxes = { .kind = SCH_LIST, .what = "a list of boxes", .item = &box };

static const struct sch_type phase = { .kind = SCH_REF, .what = "the name of a phase", .ref = REF_PHASE };
static const struct sch_type phase_set = { .kind = SCH_LIST, .what = "a phase or a list of them", .item = &phase };
static const struct sch_row soak_rows[] = {
	SCH_KEY("for", &sct_duration, 0, NULL, "How long; 0 when absent: it must have been there.", .at = R(soak.for_s)),
	SCH_KEY("in", &sct_environment, SCH_REQUIRED, NULL, "The environment.", .at = R(soak.environment)),
	SCH_KEY("of", &phase_set, 0, NULL, "Phases; this tree or artefact when absent.", .at = R(soak.of)),
};
static const struct sch_type soak = { .kind = SCH_MAP, .what = "a map with for, in and of", SCH_ROWS(soak_rows) };

#define REQUIRE_ROWS                                                                                                                                                           \
	SCH_KEY("approvals", &approvals, ENFORCED, NULL,                                                                                                                                    \
	  "How many people must approve: a number, or `{any: 2, architecture: 1}` (two in all, one of them of that role). Counted: people with write or more, and the roles named; never one's own change.", \
	  .inner = INNER, .has = R(has_approvals), .pos = R(approvals_pos), .store = sch_store_approvals),                                                                                    \
	    SCH_KEY("dismiss-stale", &sct_bool, OF_CHANGE, NULL, "A push ends the approvals given before it; a pure rebase does not.", .inner = INNER, .at = R(dismiss_stale), .pos = R(dismiss_stale_pos)), \
	    SCH_KEY("last-push-approval", &sct_bool, OF_CHANGE, NULL, "Someone other than the last pusher approved the last push.", .inner = INNER, .at = R(last_push_approval), .pos = R(last_push_approval_pos)), \
	    SCH_KEY("code-owners", &sct_bool, OF_CHANGE, NULL,                                                                                                                               \
	      "For each changed path, one of its owners approved. Owners stand in CODEOWNERS as GitHub reads it, on the target branch: in `.sluice/`, else `.github/`, the top, or `docs/`.", \
	      .inner = INNER, .at = R(code_owners), .pos = R(code_owners_pos)),                                                                                              \
	    SCH_KEY("threads-resolved", &sct_bool, OF_CHANGE, NULL, "No conversation of the change is open.", .inner = INNER, .at = R(threads_resolved), .pos = R(threads_resolved_pos)),                    \
	    SCH_KEY("up-to-date", &up_to_date, ENFORCED, NULL,                                                                                                                              \
	      "Merging the target into the source changes no file, so that what was tested is what lands. `queue`: the merge queue sees to it.",                             \
	      .inner = INNER, .at = R(up_to_date), .pos = R(up_to_date_pos), .store = sch_store_up_to_date),                                                                                 \
	    SCH_KEY("signed", &sct_bool, ENFORCED, NULL, "Every commit that comes in is signed by its committer, with a key in `.sluice/allowed-signers` (OpenSSH) or `.sluice/allowed-signers.asc` (OpenPGP) on the default branch.", .inner = INNER, .at = R(signed_), .pos = R(signed_pos)),                                    \
	    SCH_KEY("checks", &checks, ENFORCED, NULL, "Checks that passed on the exact commit; `all`: every check with `on: change` into this branch.", .inner = INNER, .has = R(has_checks),              \
	      .pos = R(checks_pos), .store = sch_store_checks),                                                                                                               \
	    SCH_KEY("runs", &run_durations, SCH_SHAPE_ONLY, NULL, "A green run of that check which lasted so long.", .inner = INNER, .store = sch_store_runs),                                      \
	    SCH_KEY("boxes", BOXES, 0, NULL, BOXES_HELP, .inner = INNER, .store = sch_store_boxes),                                                                      \
	    SCH_KEY("metrics", &sct_exprs, SCH_SHAPE_ONLY, NULL, "Expressions that hold, such as `error_rate < 1% over 1h in staging`.", .inner = INNER, .at = R(metrics), .n = R(metrics_n)),       \
	    SCH_KEY("soak", &soak, SCH_SHAPE_ONLY | SCH_FLAT, NULL, "Lived in an environment so long without incident, roll-back or critical alert.", .inner = INNER, .has = R(has_soak),            \
	      .pos = R(soak.pos)),                                                                                                                                            \
	    SCH_KEY("gates", &sct_gate_set, ENFORCED, NULL, "Gates: requirement sets with a name.", .inner = INNER, .at = R(gates))

#define ENFORCED 0
#define OF_CHANGE 0
#define BOXES &boxes
#define BOXES_HELP "Boxes ticked in the change's text."
#define INNER 0
static const struct sch_row evaluated_rows[] = { REQUIRE_ROWS };
static const struct sch_type evaluated = { .kind = SCH_MAP, .what = "a requirement set", SCH_ROWS(evaluated_rows) };
static const struct sch_row require_rows[] = {
	REQUIRE_ROWS,
	SCH_KEY("evaluate", &evaluated, 0, NULL, "A requirement set that is judged and recorded and refuses nothing.", .store = sch_store_evaluate),
};
const struct sch_type sct_require = { .kind = SCH_MAP, .name = "Requirement set", .what = "a requirement set: a map of criteria", SCH_ROWS(require_rows) };

#undef INNER
#define INNER offsetof(struct strat_gate, require)
#define G(m) SCH_AT(struct strat_gate, m)
/* A gate is a requirement set with a name: its criteria stand beside `includes`, and go into the set inside the gate. */
static const struct sch_row gate_rows[] = {
	SCH_KEY("includes", &sct_gate_set, 0, NULL, "Gates whose criteria are taken over. A metric, run or soak that is named again takes the old one's place; all else holds beside it.", .at = G(includes)),
	SCH_KEY("enforcement", &sct_enforcement, 0, "active", "Whether this gate refuses, is only judged, or is off.", .at = G(enforcement)),
	REQUIRE_ROWS,
	SCH_KEY("evaluate", &evaluated, 0, NULL, "Criteria that are judged and recorded and refuse nothing.", .inner = INNER, .store = sch_store_evaluate),
};
static const struct sch_type gate = { .kind = SCH_MAP, .what = "a requirement set", SCH_ROWS(gate_rows) };
const struct sch_type sct_gates = { .kind = SCH_ENTRIES,
				    .what = "a map from names to requirement sets",
				    .item = &gate,
				    .size = sizeof(struct strat_gate),
				    .key = SCH_AT(struct strat_gate, name),
				    .pos = SCH_AT(struct strat_gate, pos) };

/* Before and after a release there is no change: its boxes and approvals are the version's, and what only a change can have is not judged. */
static const struct sch_row release_box_rows[] = {
	SCH_KEY("box", &sct_text, SCH_REQUIRED, NULL, "The text of the box."),
	SCH_KEY("by", &sct_who, 0, NULL, "Who may tick it."),
};
static const struct sch_type release_box_map = { .kind = SCH_MAP, .what = "a map with box and by", SCH_ROWS(release_box_rows) };
static const struct sch_type release_box = { .kind = SCH_EITHER, .what = "the text of a box, or {box, by}", .alt = { &sct_text, &release_box_map } };
static const struct sch_type release_boxes = { .kind = SCH_LIST, .what = "a list of boxes", .item = &release_box };

#undef INNER
#undef OF_CHANGE
#undef BOXES
#undef BOXES_HELP
#define INNER 0
#define OF_CHANGE SCH_SHAPE_ONLY
#define BOXES &release_boxes
#define BOXES_HELP "Boxes that people tick for the version: `sluice release tick`."
static const struct sch_row start_rows[] = {
	REQUIRE_ROWS,
	SCH_KEY("evaluate", &evaluated, 0, NULL, "A requirement set that is judged and recorded and refuses nothing.", .store = sch_store_evaluate),
};
const struct sch_type sct_release_start = { .kind = SCH_MAP, .name = "Release start", .what = "a requirement set: a map of criteria", SCH_ROWS(start_rows) };

#undef ENFORCED
#define ENFORCED SCH_SHAPE_ONLY
static const struct sch_row close_rows[] = {
	REQUIRE_ROWS,
	SCH_KEY("evaluate", &evaluated, SCH_SHAPE_ONLY, NULL, "A requirement set that is judged and recorded and refuses nothing.", .store = sch_store_evaluate),
};
const struct sch_type sct_release_close = { .kind = SCH_MAP, .name = "Release close", .what = "a requirement set: a map of criteria", SCH_ROWS(close_rows) };
