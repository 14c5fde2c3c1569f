/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a rule sees while it judges, and how it answers. Private to policy, but for `struct pol_rule` and the registry.
 *
 * A rule is one file `rule_NAME.c` that ends in `const struct pol_rule rule_NAME`; the registry is made from what is there.
 * A rule adds a row for everything that it looked at, also for what is in order, and never returns an error for a refusal.
 */
#ifndef POLICY_RULE_H
#define POLICY_RULE_H
#include "policy/pol.h"

#define POL_VERB(v) (1u << (v))
enum {
	POL_REF_VERBS = POL_VERB(POL_CREATE) | POL_VERB(POL_PUSH) | POL_VERB(POL_FORCE_PUSH) | POL_VERB(POL_DELETE),
	POL_TAG_VERBS = POL_VERB(POL_TAG) | POL_VERB(POL_TAG_MOVE) | POL_VERB(POL_TAG_DELETE),
	POL_BRINGS = POL_VERB(POL_CREATE) | POL_VERB(POL_PUSH) | POL_VERB(POL_FORCE_PUSH)
};


enum { POL_MAX_GATE_DEPTH = 64 };

/** One requirement set that holds for the act; gates are sets of their own. */
struct pol_set {
	const struct strat_require *r;
	const char *path;                /* "branches.main.require" */
	enum strat_enforcement enforcement;
	bool evaluate;                   /* from `evaluate: {…}`: judged and recorded, refuses nothing */
	bool replaced;                   /* an emergency's set stands in its place */
	const struct pol_set *outer;     /* gate that includes this one: a criterion it names again takes this one's place */
	int gate;                        /* index, or STRAT_NONE */
};

struct pol_judge {
	slu_arena *a;
	const strat *s;
	const struct pol_facts *f;
	const struct pol_action *act;
	int64_t now_s;
	struct pol_verdict *v;
	enum strat_enforcement enforcement; /* of file, and of the branch or environment concerned */
	struct pol_person actor;            /* with the file's roles */
	bool actor_known;                   /* a fact about people could be asked */
	/* what the act concerns */
	slu_str branch;                     /* of ref verbs; the target of a merge: name without refs/heads/ */
	int kind;                           /* of `branch`; STRAT_NONE: of no kind */
	struct strat_captures caps;         /* of `branch` */
	slu_str tag;                        /* of tag verbs */
	int tag_class;
	struct strat_captures tag_caps;
	struct pol_change change;           /* when has_change; of OPEN made from the action */
	bool has_change;
	slu_str source;
	int source_kind;
	struct strat_captures source_caps;
	const struct strat_edge *edge;      /* source_kind → kind; NULL: none */
	const bool *phase;                  /* of a merge: the phases that it brings, by number; NULL: none */
	bool to_production;                 /* it brings them to a branch that is released from */
	int environment;
	slu_oid head;                       /* commit that is judged: head of the change, new tip, deployed or reported commit */
	struct pol_emergency emergency;
	bool emergency_holds;
	struct pol_memo *memo;              /* of the facts, or its own */
	SLU_LIST(struct pol_set) set;
};

struct pol_rule {
	const char *name;
	const char *summary; /* one sentence, for the manual */
	unsigned verbs;      /* bit set of POL_VERB(…) */
	unsigned rank;       /* rows come in this order */
	enum pol_about about; /* of its rows */
	bool builtin;        /* some of it is built into the program: that is judged where enforcement is disabled, too */
	slu_rc (*judge)(struct pol_judge *j, slu_err *err);
};

/* ---- rows (row.c) ---------------------------------------------------------------------------------------------------- */

/**
 * Add a row. `set` may be NULL; enforcement, `evaluate` sets and an emergency change its state here and nowhere else.
 * Where enforcement is disabled, a row that the strategy makes is dropped; what is returned is then in no verdict.
 * The returned row is good until the next one is added. `rule`, `wanted`, `actual` must live in the arena or be literals.
 */
struct pol_row *pol_add(struct pol_judge *j, const struct pol_set *set, struct pol_row row);
void pol_opens(struct pol_judge *j, struct pol_row *row, const char *what);
/** The same of people: by level, by role, by name; as the author of the change, in these words; each item of `w`. */
void pol_opens_item(struct pol_judge *j, struct pol_row *row, struct strat_who_item who);
void pol_opens_author(struct pol_judge *j, struct pol_row *row, const char *words);
void pol_opens_who(struct pol_judge *j, struct pol_row *row, const struct strat_who *w);
#define POL_TEXT(j, ...) slu_printf((j)->a, __VA_ARGS__)
/** "branches.main.require" + ".checks" */
#define POL_PATH(j, set, key) slu_printf((j)->a, "%s.%s", (set)->path, (key))
const char *pol_short(struct pol_judge *j, const slu_oid *id); /* ten digits; "nothing" for zero */
const char *pol_z(struct pol_judge *j, slu_str s);
const char *pol_change_word(struct pol_judge *j); /* its number, NUMBER while it has none */
const char *pol_kind_name(struct pol_judge *j, int kind);
/** The answer of the rows that are there. */
void pol_conclude(struct pol_verdict *v);
extern const struct strat_pos pol_nowhere; /* built into the program */
/** Place of the list of branch kinds or tag classes as a whole. */
struct strat_pos pol_branches_pos(const strat *s);

/* ---- commands that a refusal proposes (suggest.c) ------------------------------------------------------------------------ */

/** A name as one word of a command, quoted where a shell would take it for more. */
const char *pol_word(struct pol_judge *j, slu_str name);
/** The change's target merged into its source: "git switch feature/x && git merge origin/main". */
const char *pol_merge_target(struct pol_judge *j);
/** Give a branch of no kind a name that has one: "git branch -m login feature/login". */
const char *pol_suggest_rename(struct pol_judge *j, slu_str branch);
/** Instead of this push: open a change from the branch that is there, or push to one from which a change may be opened. */
const char *pol_suggest_push(struct pol_judge *j);
/** See who may. */
const char *pol_suggest_who(struct pol_judge *j);
/** Approve the change, or the deployment. */
const char *pol_suggest_review(struct pol_judge *j);

/* ---- people (who.c) -------------------------------------------------------------------------------------------------- */

/** A person with the roles of the strategy file added and the level raised by them. *known_here false: no fact about people. */
slu_rc pol_person_get(struct pol_judge *j, slu_str name, struct pol_person *out, bool *known_here, slu_err *err);
bool pol_who_has(const struct strat_who *w, slu_str name, const struct pol_person *p);
bool pol_has_role(const struct pol_person *p, slu_str role);
/** "ann has level write and role qa", "nobody is signed in". */
const char *pol_person_text(struct pol_judge *j, slu_str name, const struct pol_person *p);
/** One row "may the actor do this": passed when the act follows from another one. */
struct pol_row *pol_add_allow(struct pol_judge *j, const char *rule, const struct strat_who *w, const char *what, const char *remedy);
const char *pol_cause_text(enum pol_cause c);

/* ---- one commit by itself (judge_commit.c asks) -------------------------------------------------------------------------- */

slu_rc pol_judge_message(struct pol_judge *j, const struct pol_commit *c, slu_err *err); /* rule_commits.c: on a branch whose type the rules name */
slu_rc pol_judge_text(struct pol_judge *j, const struct pol_commit *c, slu_err *err);    /* rule_commits.c: wherever it will stand */
slu_rc pol_judge_paths(struct pol_judge *j, const struct pol_commit *c, slu_err *err);   /* rule_files.c */
slu_rc pol_judge_secrets(struct pol_judge *j, const struct pol_commit *c, slu_err *err); /* rule_scan.c */

/** The row "signed" of a tag (rule_signed.c). */
slu_rc pol_tag_signed(struct pol_judge *j, const struct strat_tag *t, bool annotated, slu_err *err);

/* ---- facts (world.c) ------------------------------------------------------------------------------------------------- */

/** Heads of all branches of the kinds in the bit map `want` (indexed by kind; NULL: all branches), but for `except`. */
slu_rc pol_heads(struct pol_judge *j, const bool *want, slu_str except, slu_oid **out, slu_str **names, size_t *n, slu_err *err);
/** What the act brings anew: not_[] to pass with act->new_; quick (a few heads) or exact (all heads). */
slu_rc pol_known_heads(struct pol_judge *j, bool exact, slu_oid **not_, size_t *not_n, slu_err *err);
/** Where a way leads: the kinds into which `from` may be merged, as "development, main"; "nothing". */
const char *pol_ways_from(struct pol_judge *j, int from);
const char *pol_ways_into(struct pol_judge *j, int into);
const struct strat_edge *pol_edge(const strat *s, int from, int into);
/** Is path forbidden by glob? gitignore's rules: no slash: any depth; trailing slash: a folder and all in it; `*` stops at '/'. */
bool pol_glob(slu_str glob, slu_str path);
/** A name of a check, as `all` means it: which checks have `on: change` into the change's target. */
bool pol_check_concerns(const struct pol_judge *j, const struct strat_check *c);

/** Of a merge: which phases it brings (rule_phases.c). */
slu_rc pol_find_phases(struct pol_judge *j, slu_err *err);

/* ---- requirement sets (require.c) -------------------------------------------------------------------------------------- */

/** Does the act cut the branch of a release? Then `releases.start` holds. */
bool pol_begins_release(const struct pol_judge *j);
/** Fill j->set with everything that meets for the act, gates expanded. */
void pol_collect_sets(struct pol_judge *j);
bool pol_any_dismiss_stale(const struct pol_judge *j);
bool pol_any_last_push(const struct pol_judge *j);
/** Reviews that stand: the last one of each person that is not a comment and not dismissed. NULL function: *known false. */
struct pol_standing {
	const struct pol_review *review;
	struct pol_person person;
	bool fresh;         /* for the head, or by a pure rebase of it */
	const char *why_not; /* NULL: it counts, as far as the person's own rights matter */
};
slu_rc pol_standing_reviews(struct pol_judge *j, struct pol_standing **out, size_t *n, bool *known, slu_err *err);

/* ---- whole judgements (decide.c) --------------------------------------------------------------------------------------- */

/** Judge another action with the same facts into *out (rows, answer, follow). */
slu_rc pol_judge_action(struct pol_verdict *out, const struct pol_judge *j, const struct pol_action *act, slu_err *err);
/** The open change whose admissible merge this push is exactly; 0: none. Then `near` is one that it is another kind of merge of, and `why` says what came nearest. */
slu_rc pol_find_merge(struct pol_judge *j, uint64_t *change, uint64_t *near, enum strat_method *method, const char **why, slu_err *err);
/** The version that a merge will be tagged with: as asked for, of the branch's name, else the one after the highest of the line. n == 0: it cannot be told here. */
slu_rc pol_next_version(struct pol_judge *j, slu_str *out, slu_err *err);
/** Full name of the tag of this class that a merge gets; "" when the version cannot be told here. */
slu_rc pol_follow_tag(struct pol_judge *j, int cls, const char **out, slu_err *err);
/** Full name of the twin that a merge deletes with its source; "": none. */
slu_rc pol_twin_goes(struct pol_judge *j, const char **ref, slu_err *err);
slu_rc pol_follow_acts(struct pol_judge *j, slu_err *err);

/* ---- boxes (boxes.c) ---------------------------------------------------------------------------------------------------- */

struct pol_boxes {
	unsigned found, ticked;
};
/** Boxes "- [x] text" under a heading (heading.n == 0: everywhere), with this text (text.n == 0: any). Code blocks do not count. */
struct pol_boxes pol_boxes_count(slu_str body, slu_str heading, slu_str text);
/** Are two headings, or two texts of boxes, the same? */
bool pol_box_same(slu_str a, slu_str b);
#endif
