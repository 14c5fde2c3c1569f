/* SPDX-License-Identifier: Apache-2.0 */
/* Branch kinds, the edges between them, and tag classes. */
#include "strategy/schema_impl.h"

#define B(m) SCH_AT(struct strat_branch, m)
#define E(m) SCH_AT(struct strat_edge, m)
#define T(m) SCH_AT(struct strat_tag, m)

static const char *const type_words[] = { "production", "integration", "release", "hotfix", "support", "work", "throwaway", NULL };
const struct sch_type sct_branch_type = { .kind = SCH_WORD, .what = "production, integration, release, hotfix, support, work or throwaway", .word = type_words };

static const struct sch_row allow_rows[] = {
	SCH_KEY("create", &sct_who, 0, NULL, "Who may create such a branch.", .at = B(allow[STRAT_VERB_CREATE])),
	SCH_KEY("push", &sct_who, 0, NULL, "Who may push to it directly.", .at = B(allow[STRAT_VERB_PUSH])),
	SCH_KEY("merge", &sct_who, 0, NULL, "Who may merge a change into it.", .at = B(allow[STRAT_VERB_MERGE])),
	SCH_KEY("force-push", &sct_who, 0, NULL, "Who may rewrite it.", .at = B(allow[STRAT_VERB_FORCE_PUSH])),
	SCH_KEY("delete", &sct_who, 0, NULL, "Who may delete it.", .at = B(allow[STRAT_VERB_DELETE])),
};
static const struct sch_type allow = { .kind = SCH_MAP, .what = "a map from create, push, merge, force-push and delete to who", SCH_ROWS(allow_rows) };

static const struct sch_row base_rows[] = {
	SCH_KEY("tag", &sct_tag, SCH_REQUIRED, NULL, "A tag of this class.", .at = B(base_tag)),
};
static const struct sch_type base_tag = { .kind = SCH_MAP, .what = "a map with tag", SCH_ROWS(base_rows) };
static const struct sch_type base = { .kind = SCH_EITHER, .what = "a branch kind, or {tag: CLASS}", .alt = { &sct_branch, &base_tag } };

static const char *const method_words[] = { "merge", "squash", "rebase", "fast-forward", NULL };
static const struct sch_type method = { .kind = SCH_WORD, .what = "merge, squash, rebase or fast-forward", .word = method_words };
static const struct sch_row edge_rows[] = {
	SCH_KEY("method", &method, 0, NULL, "How it is merged. Default: squash into an integration branch, else merge.", .at = E(method)),
	SCH_KEY("require", &sct_require, 0, NULL, "What must hold besides what the target requires.", .at = E(require)),
	SCH_KEY("tag", &sct_tag, 0, NULL, "The class of tag that the merge gets.", .at = E(tag)),
	SCH_KEY("also-into", &sct_branch_set, 0, NULL, "Kinds that this branch is merged into as well; a kind means every open branch of it.", .at = E(also_into)),
	SCH_KEY("back-merge", &sct_branch_set, 0, NULL, "Kinds that the target, with its tag, is merged into.", .at = E(back_merge)),
};
const struct sch_type sct_edge = { .kind = SCH_MAP, .name = "Edge", .what = "a map with method, require, tag, also-into and back-merge", SCH_ROWS(edge_rows) };
static const struct sch_type edges = { .kind = SCH_ENTRIES, .what = "a map from branch kinds to edges", .item = &sct_edge, .ref_keys = true, .ref = REF_BRANCH };
static const struct sch_type into = { .kind = SCH_EITHER, .what = "a branch kind, a list of them, or a map from branch kinds to edges", .alt = { &sct_branch_set, &edges } };

static const char *const after_merge_words[] = { "delete", "keep", NULL };
static const struct sch_type after_merge = { .kind = SCH_WORD, .what = "delete or keep", .word = after_merge_words };
static const char *const bump_words[] = { "commits", "patch", "minor", "major", NULL };
static const struct sch_type bump = { .kind = SCH_WORD, .what = "commits, patch, minor or major", .word = bump_words };

static const struct sch_row branch_rows[] = {
	SCH_KEY("match", &sct_patterns, 0, NULL, "The names of such branches: a pattern or a list of them; names are made from the first. Default: the key.", .at = B(match), .n = B(match_n), .pos = B(match_pos)),
	SCH_KEY("type", &sct_branch_type, SCH_REQUIRED, NULL, "production, integration, release, hotfix, support, work or throwaway; it sets the defaults.", .at = B(type)),
	SCH_KEY("title", &sct_text, 0, NULL, "What people call it.", .at = B(title)),
	SCH_KEY("was", &sct_text, 0, NULL, "The name it has had: nobody creates it, pushes to it, or opens a change from it or into it any more.", .at = B(was)),
	SCH_KEY("allow", &allow, SCH_FLAT, NULL, "Who may do what; no verb is allowed by anything else."),
	SCH_KEY("require", &sct_require, 0, NULL, "What must hold for every merge into it.", .at = B(require)),
	SCH_KEY("enforcement", &sct_enforcement, 0, "active", "Whether its rules refuse, are only judged, or are off.", .at = B(enforcement)),
	SCH_KEY("base", &base, 0, NULL, "Where such a branch begins: a kind, or {tag: CLASS}.", .pos = B(base_pos), .store = sch_store_base),
	SCH_KEY("into", &into, 0, NULL, "The edges of the flow graph; what is not listed is refused. Default: the base for work and hotfix, nothing for the others.", .pos = B(into_pos), .store = sch_store_into),
	SCH_KEY("lifespan", &sct_duration, 0, NULL, "Branches whose first own commit is older are reported.", .at = B(lifespan_s)),
	SCH_KEY("stale", &sct_duration, 0, NULL, "Branches without a commit for so long are reported.", .at = B(stale_s)),
	SCH_KEY("behind", &sct_count, 0, NULL, "Branches more commits behind their base are reported.", .at = B(behind)),
	SCH_KEY("after-merge", &after_merge, 0, NULL, "Whether the branch is deleted when it has been merged.", .at = B(delete_after_merge), .store = sch_store_delete),
	SCH_KEY("archive", &sct_duration, 0, NULL, "Idle so long, it is reported as one that maintenance makes the tag archive/NAME, with - for each /; a class of tags must take it.", .at = B(archive_s)),
	SCH_KEY("twin", &sct_pattern, 0, NULL, "A branch beside it, reported while one stands without the other; what deletes the merged branch deletes it too.", .at = B(twin)),
	SCH_KEY("bump", &bump, 0, NULL, "The part of the version that it raises; from the commits when absent.", .at = B(bump)),
	SCH_KEY("versions", &sct_text, 0, NULL, "The versions that it may hold, such as \"1.*\"; no other branch gets one of them.", .at = B(versions)),
	SCH_KEY("sunset", &sct_date, 0, NULL, "From this day on nothing moves it.", .at = B(sunset_s), .pos = B(sunset_pos)),
};
static const struct sch_type branch = { .kind = SCH_MAP, .what = "a map that describes a branch kind", SCH_ROWS(branch_rows) };
const struct sch_type sct_branches = { .kind = SCH_ENTRIES,
				       .what = "a map from names to branch kinds",
				       .item = &branch,
				       .size = sizeof(struct strat_branch),
				       .key = SCH_AT(struct strat_branch, name),
				       .pos = SCH_AT(struct strat_branch, pos) };

static const char *const tag_type_words[] = { "release", "prerelease", "build", "label", NULL };
static const struct sch_type tag_type = { .kind = SCH_WORD, .what = "release, prerelease, build or label", .word = tag_type_words };
static const struct sch_row tag_allow_rows[] = {
	SCH_KEY("create", &sct_who, 0, NULL, "Who may create such a tag.", .at = T(allow[STRAT_VERB_CREATE])),
	SCH_KEY("move", &sct_who, 0, NULL, "Who may move it.", .at = T(allow[STRAT_VERB_FORCE_PUSH])),
	SCH_KEY("delete", &sct_who, 0, NULL, "Who may delete it.", .at = T(allow[STRAT_VERB_DELETE])),
};
static const struct sch_type tag_allow = { .kind = SCH_MAP, .what = "a map from create, move and delete to who", SCH_ROWS(tag_allow_rows) };
static const char *const keep_words[] = { "all", NULL };
static const struct sch_type keep_all = { .kind = SCH_WORD, .what = "all", .word = keep_words };
static const struct sch_type keep = { .kind = SCH_EITHER, .what = "all, or how many to keep", .alt = { &keep_all, &sct_positive } };
static const struct sch_row tag_rows[] = {
	SCH_KEY("match", &sct_patterns, SCH_REQUIRED, NULL, "The names of such tags: a pattern or a list of them.", .store = sch_store_tag_match),
	SCH_KEY("type", &tag_type, 0, NULL, "A label never counts for the next version. Default: prerelease if the pattern has {pre}, label if it has no version, else release.", .at = T(type)),
	SCH_KEY("title", &sct_text, 0, NULL, "What people call it."),
	SCH_KEY("pre", &sct_names, 0, NULL, "The words that {pre} may stand for.", .at = T(pre), .n = T(pre_n)),
	SCH_KEY("branches", &sct_branch_set, 0, NULL, "The kinds of branch whose commits may be tagged so; any when absent.", .at = T(branches)),
	SCH_KEY("annotated", &sct_bool, 0, "false", "Only annotated tags.", .at = T(annotated), .pos = T(annotated_pos)),
	SCH_KEY("signed", &sct_bool, 0, "false", "Only tags that their tagger has signed.", .at = T(signed_), .pos = T(signed_pos)),
	SCH_KEY("allow", &tag_allow, SCH_FLAT, NULL, "Who may do what with such a tag."),
	SCH_KEY("keep", &keep, 0, "all", "How many, the newest, maintenance leaves; who deletes one of them is told.", .at = T(keep), .store = sch_store_keep),
};
static const struct sch_type tag = { .kind = SCH_MAP, .what = "a map that describes a tag class", SCH_ROWS(tag_rows) };
const struct sch_type sct_tags = { .kind = SCH_ENTRIES,
				   .what = "a map from names to tag classes",
				   .item = &tag,
				   .size = sizeof(struct strat_tag),
				   .key = SCH_AT(struct strat_tag, name),
				   .pos = SCH_AT(struct strat_tag, pos) };
