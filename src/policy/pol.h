/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The one function that decides: decide(strategy, facts, action, now) → verdict.
 *
 * It is pure: no clock, file, process, database or log. Facts are asked for lazily through one table of functions.
 * A refusal is not an error; an error means that it could not be judged, and the caller fails closed.
 * Everything in a verdict lives in the arena that was passed.
 */
#ifndef POLICY_POL_H
#define POLICY_POL_H
#include "base/oid.h"
#include "base/str.h"
#include "strategy/strat.h"

/* ---- action ------------------------------------------------------------------------------------------------------ */

enum pol_verb {
	POL_CREATE,      /* a branch comes to be */
	POL_PUSH,        /* a branch moves forward */
	POL_FORCE_PUSH,  /* a branch moves to a commit that does not contain the old one */
	POL_DELETE,      /* a branch goes */
	POL_TAG,         /* a tag comes to be */
	POL_TAG_MOVE,
	POL_TAG_DELETE,
	POL_OPEN,        /* a change is opened */
	POL_APPROVE,     /* a review is given */
	POL_REPORT,      /* a check result is reported */
	POL_MERGE,       /* a change lands in its target */
	POL_DEPLOY,
	POL_ROLL_BACK,
	POL_EMERGENCY,   /* an emergency is declared for a change */
	POL_STRATEGY,    /* the strategy in force would become another one */
	POL_VERB_COUNT
};

/** What an act follows from: then it needs no right and no approvals of its own (checks on the result still hold). */
enum pol_cause { POL_BY_PERSON, POL_BY_MERGE, POL_BY_RELEASE, POL_BY_ROLL_BACK, POL_BY_SCHEDULE };

struct pol_action {
	enum pol_verb verb;
	slu_str actor;      /* person's name; "" nobody signed in */
	slu_str ref;        /* full name, of branch and tag verbs: refs/heads/… refs/tags/… */
	slu_oid old, new_;  /* of branch and tag verbs; zero: none. new_ of MERGE: what somebody made of it; zero: the server makes it */
	uint64_t change;    /* of OPEN (0: not yet numbered), APPROVE, MERGE, EMERGENCY */
	slu_str source, target; /* branch names, of OPEN */
	slu_oid head;       /* commit that is meant: MERGE (must be the change's head when not zero), REPORT, DEPLOY */
	bool has_method;
	enum strat_method method; /* of MERGE; absent: the edge's */
	slu_str message;    /* of MERGE by squash: that of the commit, when it is not the change's title */
	slu_str environment, version; /* of DEPLOY, ROLL_BACK; version also of MERGE: that of the tag that follows, when a person gave it */
	slu_str check;      /* of REPORT */
	bool emergency;     /* ask for the emergency way */
	slu_str reason;     /* of emergency and of overrides */
	enum pol_cause cause;
};

/* ---- facts ------------------------------------------------------------------------------------------------------- */

struct pol_person {
	bool known, disabled;
	enum strat_level level;  /* highest of all roles, direct or by the strategy file */
	const slu_str *role;     /* names of roles held */
	size_t role_n;
};
struct pol_commit {
	slu_oid id, tree;
	const slu_oid *parent;
	size_t parent_n;
	slu_str author_name, author_email, committer_name, committer_email;
	int64_t author_time_s, commit_time_s;
	int author_zone; /* as Git writes it: 130 is +0130 */
	slu_str message; /* bytes as they are */
	bool signed_;    /* has a signature header; its validity is not judged here */
};
struct pol_tag {
	bool annotated;
	bool of_tag;     /* it names another tag object, not what that is of */
	slu_oid commit;  /* what it finally names; zero when not a commit */
	slu_str message, name; /* name: the tag header inside the object */
	slu_str tagger_name, tagger_email;
	int64_t tagger_time_s; /* 0: not said */
	bool signed_;
};
struct pol_file {   /* one path that differs, or a blob that a push brings */
	slu_str path;
	slu_oid blob;    /* zero: deleted, or a submodule */
	bool submodule;  /* a commit of another repository stands there */
	int64_t size;    /* -1: not known or not a blob */
	slu_oid commit;  /* the commit that brings it */
};
/** Whose signatures count: lines as ssh-keygen(1) has them in its ALLOWED SIGNERS, and OpenPGP public keys in ASCII. */
struct pol_signers { slu_str ssh, pgp; };
/** A signature counts when it is of whoever the commit names as its committer, the tag as its tagger. */
enum pol_signature_state { POL_NOT_SIGNED, POL_SIGNED, POL_SIGNED_BADLY, POL_SIGNED_BY_UNKNOWN, POL_SIGNED_BY_EXPIRED, POL_SIGNED_BY_OTHER };
struct pol_signature {
	enum pol_signature_state state;
	slu_str by; /* address, or what names the key; n == 0: it says nobody */
};
/** What looks like a secret in a file; never the secret itself. */
struct pol_secret {
	slu_str path;
	slu_oid commit;
	const char *id, *title; /* of the rule: "github-pat", "a GitHub personal access token" */
	uint32_t line;          /* 0: the name of the file tells */
	bool allowed;           /* a comment in the file says that it is none */
	const char *print;      /* what names it in a baseline; "": nothing does */
};
enum pol_change_state { POL_CHANGE_OPEN, POL_CHANGE_MERGED, POL_CHANGE_CLOSED };
struct pol_change {
	uint64_t number;
	enum pol_change_state state;
	bool draft;
	slu_str title, body, author, source, target, last_pusher;
	slu_oid head, target_head; /* as of now */
	slu_oid merged_as;         /* of a merged one */
	bool head_known;           /* false: the source branch is gone */
	unsigned threads_open;
	slu_str labels;            /* comma-separated */
	bool again;                /* what was merged of it before was taken back in the target, and comes back with it */
	bool git_only;             /* only branches are known of it: not its state, text, threads (a clone without a server) */
};
enum pol_review_state { POL_REVIEW_APPROVE, POL_REVIEW_REQUEST_CHANGES, POL_REVIEW_COMMENT };
struct pol_review {
	slu_str person;
	enum pol_review_state state;
	slu_oid commit;     /* the head it was given for */
	bool same_patch;    /* commit differs from the head but only by a pure rebase (patch-id equal) */
	bool dismissed;
	bool deployment;    /* of a deployment, or of a release that begins: not of a change */
	int64_t time_s;
};
enum pol_check_state { POL_CHECK_MISSING, POL_CHECK_PENDING, POL_CHECK_SUCCESS, POL_CHECK_FAILURE, POL_CHECK_CANCELLED, POL_CHECK_NEUTRAL };
struct pol_check {
	enum pol_check_state state;
	slu_str reporter, url, description;
	int64_t time_s;
};
struct pol_emergency {
	bool declared;
	slu_str by, reason;
	int64_t at_s, expires_s;
};
/** What people tick to approve a release before it begins; it is kept as "Approval of NAME". */
#define POL_RELEASE_APPROVAL "Approval"
const char *pol_release_approval(slu_arena *a, slu_str person);
/** Does `releases.start` want approvals, itself or by a gate? */
bool pol_release_wants_approvals(slu_arena *a, const strat *s);
/** The boxes of `releases.start`, its gates' too, each text once. */
const struct strat_box *const *pol_release_boxes(size_t *n, slu_arena *a, const strat *s);
/** A box of a release that is ticked. */
struct pol_release_box {
	slu_str text, by;
	int64_t at_s;
};
struct pol_deployment { /* newest one of an environment, or of a version in it */
	bool found;
	uint64_t number;
	slu_str version, state; /* "success" "failure" "rolled-back" "in-progress" … */
	slu_oid commit;
	int64_t at_s;
	bool blocked;           /* a failed version that no person has cleared */
};

/**
 * Facts. Each function: SLU_OK with *out set (absence is said in *out, it is not an error), or an error (cannot judge).
 * Strings live in `a`. Functions may be NULL where a world cannot know (a clone knows no reviews): then the rules that need
 * the fact give a row with state `waiting` or `failed` that says what is not known here; never `passed`.
 */
struct pol_facts {
	void *ctx;
	slu_rc (*person)(void *ctx, slu_arena *a, slu_str name, struct pol_person *out, slu_err *err);
	slu_rc (*ref)(void *ctx, slu_arena *a, slu_str full_name, slu_oid *out, slu_err *err); /* zero: not there */
	slu_rc (*branches)(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **head, size_t *n, slu_err *err);
	slu_rc (*commit)(void *ctx, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err); /* SLU_E_NOT_FOUND */
	slu_rc (*tag)(void *ctx, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err); /* a commit id: not annotated */
	slu_rc (*is_ancestor)(void *ctx, slu_arena *a, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err);
	/** Commits reachable from `tip` and from none of `not_`; newest first; SLU_E_LIMIT over `max`. */
	slu_rc (*range)(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err);
	/** Paths with a new blob in any commit of tip ^not_ (each commit against its parents, so also in the middle of a push). */
	slu_rc (*files)(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err);
	/** What looks like a secret in these files, in their order; deleted ones are passed over. */
	slu_rc (*secrets)(void *ctx, slu_arena *a, const struct pol_file *file, size_t file_n, const struct pol_secret **out, size_t *n, slu_err *err);
	slu_rc (*signature)(void *ctx, slu_arena *a, const slu_oid *id, const struct pol_signers *by, int64_t now_s, struct pol_signature *out, slu_err *err);
	/** Tree of merging `theirs` into `ours` as Git does it; *clean false: conflicts. */
	slu_rc (*merge_tree)(void *ctx, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, bool *clean, slu_err *err);
	slu_rc (*change)(void *ctx, slu_arena *a, uint64_t number, struct pol_change *out, slu_err *err); /* SLU_E_NOT_FOUND */
	/** Open changes whose target is this branch name (all when n==0). */
	slu_rc (*open_changes)(void *ctx, slu_arena *a, slu_str target, const uint64_t **out, size_t *n, slu_err *err);
	/** Changes that were merged, each with its source, its target and what it was merged as. */
	slu_rc (*merged)(void *ctx, slu_arena *a, const struct pol_change **out, size_t *n, slu_err *err);
	bool merged_in_part; /* there may be more of them than are told: a history says nothing of what was rebased */
	slu_rc (*reviews)(void *ctx, slu_arena *a, uint64_t change, const struct pol_review **out, size_t *n, slu_err *err); /* in order of time */
	/** Who said that this commit may go into this environment. */
	slu_rc (*deploy_approvals)(void *ctx, slu_arena *a, slu_str environment, const slu_oid *commit, const struct pol_review **out, size_t *n, slu_err *err);
	slu_rc (*check)(void *ctx, slu_arena *a, const slu_oid *commit, slu_str name, struct pol_check *out, slu_err *err);
	slu_rc (*emergency)(void *ctx, slu_arena *a, uint64_t change, struct pol_emergency *out, slu_err *err);
	/** What is ticked for the release of this version. */
	slu_rc (*release_boxes)(void *ctx, slu_arena *a, slu_str version, const struct pol_release_box **out, size_t *n, slu_err *err);
	slu_rc (*deployment)(void *ctx, slu_arena *a, slu_str environment, slu_str version, struct pol_deployment *out, slu_err *err); /* version "": newest successful */
	/** Does a secret have a value for deployments here? *file: where it would be, below the server's home. */
	slu_rc (*secret)(void *ctx, slu_arena *a, slu_str name, bool *there, slu_str *file, slu_err *err);
	/**
	 * Paths by which two commits differ, both names of what was renamed (`from` zero: all of `to`). With `merge`, what `to` changed since
	 * they parted, and what merging it into `from` would change.
	 */
	slu_rc (*paths)(void *ctx, slu_arena *a, const slu_oid *from, const slu_oid *to, bool merge, const slu_str **out, size_t *n, slu_err *err);
	/** Names of the people who have this e-mail address; case does not matter. */
	slu_rc (*by_email)(void *ctx, slu_arena *a, slu_str email, const slu_str **name, size_t *n, slu_err *err);
	/** Text of a file at a commit; *found false when there is none. */
	slu_rc (*file_at)(void *ctx, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err);
	/** Tags by name (without refs/tags/) with the commit that each finally names. */
	slu_rc (*tags)(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **commit, size_t *n, slu_err *err);
	/** Text of another repository's strategy file (`extends: [OWNER/REPO:FILE]`); SLU_E_NOT_FOUND. */
	slu_rc (*extends)(void *ctx, slu_arena *a, slu_str what, slu_str *text, slu_err *err);
	struct pol_memo *memo;  /* see pol_memo_new; NULL: each judgement finds everything out for itself */
	bool no_server;         /* none was asked: who may is told by the strategy alone */
	bool by_push;           /* nothing but pushes moves branches here: a branch is merged by pushing its merge, and there are no changes */
	bool no_remedies;       /* nobody reads what would help: it is not looked for */
	slu_str default_branch; /* whose strategy file is in force; "": the one that the strategy itself says */
};

/**
 * What judgements by one strategy on the same facts need to find out once only: the branches and their kinds. For a push of many refs.
 * Facts that say something else now (updates that count as done) get a new one.
 */
struct pol_memo *pol_memo_new(slu_arena *a);

/* ---- verdict ----------------------------------------------------------------------------------------------------- */

enum pol_state { POL_PASSED, POL_WAITING, POL_FAILED, POL_OVERRIDDEN, POL_NOT_APPLICABLE, POL_EVALUATED };
enum pol_answer { POL_ALLOW, POL_DENY, POL_WAIT };

/** What a rule asks for, for whoever treats some rows unlike others: the path is for people, and the names in it are theirs. */
enum pol_about { POL_ABOUT_OTHER, POL_ABOUT_RIGHT, POL_ABOUT_BASE, POL_ABOUT_APPROVAL, POL_ABOUT_CHECK, POL_ABOUT_HEALTH };

/** One rule that was looked at. Strings are whole phrases; no field is NULL ("" when empty). */
struct pol_row {
	const char *rule;      /* "branches.main.require.approvals": dotted path of the rule */
	struct strat_pos pos;
	enum pol_state state;
	const char *wanted, *actual;
	const char *const *opens; /* who or what opens it */
	size_t opens_n;
	const struct strat_who_item *who; /* of those the people, for programs; of a verdict that was read back: none */
	size_t who_n;
	bool author;           /* the author of the change opens it, too */
	int64_t until_s;       /* 0: nothing opens it by itself */
	const char *remedy;    /* a command */
	bool unknown;          /* it waits because nothing here can tell: only a server knows */
	enum pol_about about;  /* of a verdict that was read back: OTHER */
};

/** An act that follows from the one that was judged, allowed by it. */
struct pol_follow {
	enum { POL_FOLLOW_TAG, POL_FOLLOW_ALSO_INTO, POL_FOLLOW_BACK_MERGE, POL_FOLLOW_DELETE } kind;
	const char *ref;       /* branch or tag that it concerns, full name */
	int tag_class;         /* of TAG */
	struct strat_pos pos;
};

struct pol_verdict {
	enum pol_answer answer;
	int64_t until_s;       /* of WAIT: 0 not known */
	struct pol_action action;
	SLU_LIST(struct pol_row) row;
	SLU_LIST(struct pol_follow) follow;
	const char *digest;    /* of the strategy */
	uint64_t merges_change; /* a push that is exactly the merge of this change; 0: it is not */
	bool evaluate_only;    /* enforcement: evaluate: rows say what would be, answer is allow */
};

/** Decide one action. @return SLU_OK with *out set, or why it could not be judged. */
slu_rc pol_decide(struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_action *act, int64_t now_s, slu_err *err);

/**
 * Before the objects of a push have come: is there nothing at all that its actor may bring, whatever it is? Then *out refuses, in one row. When not,
 * *out is as it was, and the push must be decided as ever.
 */
slu_rc pol_push_hopeless(struct pol_verdict *out, bool *hopeless, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_action *act, int64_t now_s, slu_err *err);

/** The verdict that these of its rows alone make. */
struct pol_verdict pol_verdict_of(slu_arena *a, const struct pol_verdict *v, bool (*keep)(const struct pol_row *));
/** Does it rest on what is known here? Of rows that wait for what only a server knows it is false. */
bool pol_row_known(const struct pol_row *r);

/** What the rules on commits say of this one on this branch, whoever brought it: its message and its files. */
slu_rc pol_judge_commit(struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, slu_str branch, const struct pol_commit *c, int64_t now_s, slu_err *err);

/**
 * What the rules on messages say of this one, on whatever branch it will stand.
 * @param c  its id is zero before there is a commit; its message, parents and the commit that it says it reverts are looked at
 */
slu_rc pol_lint(struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_commit *c, int64_t now_s, slu_err *err);

/** What the rules on files say of those that f->files gives for a commit without an id: of what is staged. */
slu_rc pol_judge_staged(struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, int64_t now_s, slu_err *err);

/** Would the rule on forbidden paths refuse this file, in whatever act? */
bool pol_path_forbidden(slu_arena *a, const strat *s, const struct pol_file *f);

/** Split "what this push does to one ref" into the verb: create, push, force-push, delete, tag… Needs is_ancestor. SLU_E_INVALID: a ref outside heads and tags. */
slu_rc pol_push_action(struct pol_action *out, slu_arena *a, const struct pol_facts *f, slu_str actor, slu_str ref, const slu_oid *old, const slu_oid *new_, slu_err *err);

/** Ref names that are refused before Git sees them: outside heads and tags, control bytes, "..", "-x", "HEAD", too long. NULL: fine; else the reason. */
const char *pol_ref_refused(slu_str full_name);
/** The verdict on a push of a ref with such a name, which no further rule looks at. @return false: the name is fine, *out is as it was */
bool pol_ref_verdict(struct pol_verdict *out, slu_arena *a, const strat *s, slu_str full_name);
/** The same on a branch that would name a file, a folder or a tag in place of a commit. *refused false: nothing is wrong with it, or the object is not there */
slu_rc pol_object_verdict(bool *refused, struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, slu_str full_name, const slu_oid *new_, slu_err *err);

/** A branch's `versions` with the captures of its name put in: "{major}.{minor}.*" of support/v1.0 is "1.0.*". n == 0: it has none. */
slu_str pol_line_of(slu_arena *a, const struct strat_branch *b, const struct strat_captures *caps);
/** Version of a tag of a class of type release that lies in a line (n == 0: all). False: it is no such tag. */
bool pol_release_tag(slu_str *version, const strat *s, slu_str line, slu_str tag);
/** Name of a version's tag, made from the class's first pattern. SLU_E_INVALID: it makes none. */
slu_rc pol_tag_name(char **out, slu_arena *a, const strat *s, int tag_class, slu_str version, slu_err *err);
/** A branch on which a server left what it could not merge, or not yet: sluice/back-merge/7-into-dev. False: it is none. */
struct pol_owed {
	slu_str how, into; /* "back-merge" or "also-into"; a branch */
	uint64_t change;   /* whose merge it follows from */
};
bool pol_owed_of(struct pol_owed *out, slu_str branch);
/** The tag that the merge of a release branch gets, refs/tags/…: when it is there, that branch is no longer open. "": it is no such branch. */
const char *pol_released_as(slu_arena *a, const strat *s, slu_str branch);

/** The freeze of the calendar that holds now, or else the next one. @return false: the strategy has none */
struct pol_freeze {
	int64_t from_s, until_s;
	bool holds;
};
bool pol_freeze(const strat *s, int64_t now_s, struct pol_freeze *out);

/**
 * Where in the calendar a moment lies. Cycles follow each other from the calendar's start without a gap and are numbered from 1; a day of shipping
 * lasts the whole day, and where the strategy names none it is the day that the next cycle begins.
 * @return false: the strategy has no cycles
 */
struct pol_cycle {
	int64_t number;                       /* 0: the first has not begun */
	int64_t from_s, until_s;              /* of it; before the first: of the first */
	int64_t sprint, sprints;              /* in this cycle, from 1; 0: there are none, or not yet */
	int64_t sprint_from_s, sprint_until_s;/* a sprint ends with its cycle at the latest */
	int64_t ship_s, ships;                /* the next day of shipping, or the one that now is in, and whose cycle's it is */
	bool ships_major;
};
bool pol_cycle(const strat *s, int64_t now_s, struct pol_cycle *out);
/** Does the release of that cycle have to be a major one? */
bool pol_cycle_major(const strat *s, int64_t number);

/** Does what opens this row name that person: by level, by role, by name, or as the author of the change? */
bool pol_opened_by(const struct pol_row *row, slu_str name, const struct pol_person *p, bool author);

/** Every rule there is, as a section of the manual. */
void pol_rules_markdown(slu_buf *out);

const char *pol_verb_word(enum pol_verb v);
const char *pol_state_word(enum pol_state s);
const char *pol_state_symbol(enum pol_state s); /* UTF-8, one column */
const char *pol_answer_word(enum pol_answer a);

/**
 * Write the text of a change with the box of this text ticked, under the heading (n == 0: wherever it stands). Where there is none, one is
 * added: after the heading, or at the end. What counts as box and as heading is what the rule `boxes` takes for one.
 */
void pol_box_tick(slu_buf *out, slu_str body, slu_str heading, slu_str text);

/* ---- the same row in JSON and text (HTML is web's, from the same fields) --------------------------------------------- */

struct slu_json;
/** The verdict object: {"verdict","until","action","strategy":{"file","commit","digest"},"rules":[…]} plus "follows". `commit` may be "". */
void pol_verdict_json(struct slu_json *j, const struct pol_verdict *v, const char *strategy_file, const char *strategy_commit);
/** The rows alone, as they stand in it: an array. */
void pol_rows_json(struct slu_json *j, const struct pol_verdict *v);
/**
 * For a terminal: the ladder, one row a rule, with what opens it.
 * @param more  NULL: all rows; else those that pass are only counted, and this is said to show them ("--all"; "": nothing is said)
 */
void pol_verdict_text(slu_buf *out, const struct pol_verdict *v, const char *more, bool colour);
/** One line of at most so many columns with its indent; what does not fit ends in an ellipsis. Nothing in it moves a terminal's cursor. */
void pol_line_text(slu_buf *out, const char *indent, slu_str s, unsigned columns);
/** For a push: only failed and waiting rows, each at most five lines of at most 72 columns: rule, what, place, command. */
void pol_refusal_text(slu_buf *out, const struct pol_verdict *v);
/** Where a rule stands, for people: FILE:LINE:COLUMN; of a default, how to say something else. */
void pol_place_text(slu_buf *out, const struct strat_pos *p);
/** The line before the rows of one ref of several. */
void pol_refusal_ref(slu_buf *out, slu_str ref);
/** Why a push could not be judged at all, in the same shape: "sluice: " and a sentence, at most five lines of at most 72 columns. */
void pol_refusal_sentence(slu_buf *out, slu_str sentence);
#endif
