/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A compiled strategy: what `.sluice/strategy.yml` says, with defaults filled in and every name resolved.
 * Immutable after compilation, in one arena, shared freely between threads. Each value keeps its place (file, line, column).
 * Names that refer to other entries are indexes into the lists of `struct strat`; STRAT_NONE is "no such".
 */
#ifndef STRATEGY_STRAT_H
#define STRATEGY_STRAT_H
#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"
#include "strategy/pattern.h"

#define STRAT_NONE (-1)

struct strat_pos {
	const char *file; /* "preset:gitflow", ".sluice/strategy.yml", "defaults" */
	uint32_t line, column;
};

enum strat_level { STRAT_LEVEL_NONE, STRAT_READ, STRAT_TRIAGE, STRAT_WRITE, STRAT_MAINTAIN, STRAT_ADMIN };
enum strat_enforcement { STRAT_ACTIVE, STRAT_EVALUATE, STRAT_DISABLED };

/** Who: any of the items. An empty list is `nobody`. */
struct strat_who_item {
	enum { STRAT_WHO_LEVEL, STRAT_WHO_ROLE, STRAT_WHO_PERSON } kind;
	enum strat_level level; /* of LEVEL: it and all above */
	slu_str name;           /* of ROLE, of PERSON without '@' */
};
struct strat_who {
	struct strat_pos pos;
	const struct strat_who_item *item;
	size_t n;
};

struct strat_role {
	slu_str name;
	struct strat_pos pos;
	enum strat_level level;
	const slu_str *member; /* people named in the file, without '@' */
	size_t member_n;
};

/** Indexes of branch kinds, tag classes, environments … of the same strategy. */
struct strat_set {
	struct strat_pos pos;
	const int *i;
	size_t n;
};

enum strat_op { STRAT_LT, STRAT_LE, STRAT_GT, STRAT_GE, STRAT_EQ };
struct strat_expr { /* METRIC OP VALUE [over D] [in ENV] [against BASE] */
	struct strat_pos pos;
	slu_str text, metric;
	enum strat_op op;
	double value;
	slu_str unit;       /* as written after the number: "%", "ms", "GB", "" */
	bool relative;      /* +10% / -5% (with against) */
	int64_t over_s;     /* 0: now */
	int environment;    /* STRAT_NONE: any */
	slu_str against;    /* "": none */
};

struct strat_box {
	struct strat_pos pos;
	enum { STRAT_BOX_ONE, STRAT_BOX_ANY_OF, STRAT_BOX_ALL_OF } kind;
	slu_str text;        /* box text, or the heading for any-of / all-of */
	struct strat_who by; /* n == 0 and !has_by: anyone who may write */
	bool has_by;
};

struct strat_role_count {
	int role; /* index into roles; STRAT_NONE with `any` */
	unsigned count;
	struct strat_pos pos;
};

/** A requirement set. `has_*` tells written from absent; in a branch's own set the defaults are filled in. */
struct strat_require {
	struct strat_pos pos; /* of `require:`; line 0 when there is none */
	bool has_approvals;
	unsigned approvals_any;
	struct strat_pos approvals_pos;
	const struct strat_role_count *approvals_role;
	size_t approvals_role_n;
	/* flags: each with its place; value false and has false are the same to decide() */
	bool dismiss_stale, last_push_approval, code_owners, threads_resolved, up_to_date, up_to_date_queue, signed_;
	struct strat_pos dismiss_stale_pos, last_push_approval_pos, code_owners_pos, threads_resolved_pos, up_to_date_pos, signed_pos;
	bool has_checks;
	bool checks_all; /* every check with `on: change` into this branch */
	struct strat_set checks; /* indexes of checks, when !checks_all */
	struct strat_pos checks_pos;
	const struct strat_run { int check; int64_t for_s; struct strat_pos pos; } *runs;
	size_t runs_n;
	const struct strat_box *boxes;
	size_t boxes_n;
	const struct strat_expr *metrics;
	size_t metrics_n;
	bool has_soak;
	struct { int64_t for_s; int environment; struct strat_set of; struct strat_pos pos; } soak;
	struct strat_set gates;
	const struct strat_require *evaluate; /* NULL: none */
};

enum strat_branch_type { STRAT_PRODUCTION, STRAT_INTEGRATION, STRAT_RELEASE, STRAT_HOTFIX, STRAT_SUPPORT, STRAT_WORK, STRAT_THROWAWAY };
enum strat_method { STRAT_MERGE, STRAT_SQUASH, STRAT_REBASE, STRAT_FAST_FORWARD };
enum strat_bump { STRAT_BUMP_COMMITS, STRAT_BUMP_PATCH, STRAT_BUMP_MINOR, STRAT_BUMP_MAJOR };

/** Verbs on branches and tags; `move` of a tag is STRAT_VERB_FORCE_PUSH. */
enum strat_verb { STRAT_VERB_CREATE, STRAT_VERB_PUSH, STRAT_VERB_MERGE, STRAT_VERB_FORCE_PUSH, STRAT_VERB_DELETE, STRAT_VERB_COUNT };

struct strat_edge { /* from the kind that holds it into kind `into` */
	struct strat_pos pos;
	int into;
	enum strat_method method;
	struct strat_require require;
	int tag;                     /* class, or STRAT_NONE */
	struct strat_set also_into;  /* kinds */
	struct strat_set back_merge; /* kinds */
};

struct strat_branch {
	slu_str name; /* the key */
	slu_str title;
	struct strat_pos pos;
	strat_pattern **match;
	size_t match_n;
	struct strat_pos match_pos;
	enum strat_branch_type type;
	bool builtin; /* the work kind sluice/… */
	slu_str was;
	struct strat_who allow[STRAT_VERB_COUNT];
	struct strat_require require;
	enum strat_enforcement enforcement;
	int base;       /* kind, or STRAT_NONE */
	int base_tag;   /* {tag: CLASS}, or STRAT_NONE */
	struct strat_pos base_pos;
	const struct strat_edge *edge; /* `into`, with defaults */
	size_t edge_n;
	struct strat_pos into_pos;
	int64_t lifespan_s, stale_s, archive_s; /* 0: none */
	unsigned behind;
	bool delete_after_merge;
	strat_pattern *twin;
	enum strat_bump bump;
	slu_str versions; /* "1.*"; empty: any */
	int64_t sunset_s; /* 0: none */
	struct strat_pos sunset_pos;
};

enum strat_tag_type { STRAT_TAG_RELEASE, STRAT_TAG_PRERELEASE, STRAT_TAG_BUILD, STRAT_TAG_LABEL };
struct strat_tag {
	slu_str name;
	struct strat_pos pos;
	strat_pattern **match;
	size_t match_n;
	enum strat_tag_type type;
	const slu_str *pre;
	size_t pre_n;
	struct strat_set branches; /* n == 0: any commit on any branch */
	bool annotated, signed_;
	struct strat_pos annotated_pos, signed_pos;
	struct strat_who allow[STRAT_VERB_COUNT]; /* CREATE, FORCE_PUSH (move), DELETE */
	unsigned keep; /* 0: all */
};

struct strat_commits {
	struct strat_pos pos;
	enum { STRAT_CONVENTION_NONE, STRAT_CONVENTION_CONVENTIONAL, STRAT_CONVENTION_PATTERN } convention;
	slu_str pattern;
	struct strat_regex *regex; /* compiled `pattern`; see strategy/regex.h */
	const slu_str *types; /* empty: any */
	size_t types_n;
	struct strat_pos types_pos;
	const slu_str *scopes;
	size_t scopes_n;
	enum { STRAT_USE_OPTIONAL, STRAT_USE_REQUIRED, STRAT_USE_FORBIDDEN } scope_use, references;
	struct strat_pos scopes_pos, references_pos, subject_pos;
	unsigned subject_max; /* characters; 0: none */
	enum { STRAT_CASE_ANY, STRAT_CASE_LOWER, STRAT_CASE_SENTENCE } subject_case;
	bool subject_full_stop; /* true: allowed */
	unsigned applies_to;    /* bit set of enum strat_branch_type */
	struct strat_pos applies_pos;
};

struct strat_files {
	struct strat_pos pos, scan_pos, max_size_pos;
	const struct strat_forbid { slu_str glob; struct strat_pos pos; } *forbid;
	size_t forbid_n;
	bool scan_secrets;
	int64_t max_size; /* bytes; 0: none */
};

struct strat_changes {
	struct strat_pos pos;
	slu_str template_;
	const struct strat_checklist { slu_str name; const slu_str *item; size_t item_n; struct strat_pos pos; } *review_checklist;
	size_t review_checklist_n;
};

enum strat_event { STRAT_ON_PUSH, STRAT_ON_MERGE, STRAT_ON_CHANGE, STRAT_ON_TAG, STRAT_ON_DEPLOY, STRAT_ON_SCHEDULE, STRAT_ON_MANUAL, STRAT_ON_COMMIT, STRAT_ON_COUNT };
struct strat_trigger {
	struct strat_pos pos;
	unsigned on;                          /* bit set of enum strat_event */
	struct strat_set set[STRAT_ON_COUNT]; /* branch kinds; tag classes; environments */
	slu_str schedule;
	slu_str title, label; /* of change: {title, label} */
	struct strat_set from;
};

struct strat_check {
	slu_str name;
	struct strat_pos pos;
	slu_str run; /* "": reported from outside */
	struct strat_trigger on;
	struct strat_set needs;
	int64_t timeout_s;
	struct strat_who allow_report, allow_run; /* allow_report.n == 0 and !has: write */
	bool has_allow_report, has_allow_run;
	const struct strat_pair { slu_str key, value; struct strat_pos pos; } *inputs;
	size_t inputs_n;
	unsigned samples;
	slu_str report_path, workflow;
	int64_t report_every_s;
	bool report_comment;
};

struct strat_gate {
	slu_str name;
	struct strat_pos pos;
	struct strat_set includes;
	enum strat_enforcement enforcement;
	struct strat_require require;
};

struct strat_probe {
	struct strat_pos pos;
	enum { STRAT_PROBE_HTTP, STRAT_PROBE_TCP, STRAT_PROBE_COMMAND, STRAT_PROBE_POSTGRES, STRAT_PROBE_REDIS } kind;
	slu_str target; /* path or URL, host:port, command, $URL */
	unsigned expect; /* HTTP status; 0: any 2xx */
	int64_t within_ms;
};
struct strat_step { unsigned weight_pct; int64_t pause_s; struct strat_pos pos; };
enum strat_style { STRAT_ALL_AT_ONCE, STRAT_ROLLING, STRAT_BLUE_GREEN, STRAT_CANARY };
enum strat_on_failure { STRAT_ROLL_BACK, STRAT_REVERT, STRAT_PAUSE };

enum strat_driver_kind { STRAT_DRIVER_COMMAND, STRAT_DRIVER_LOCAL, STRAT_DRIVER_OTHER };
struct strat_driver {
	slu_str name; /* "" for an inline `via: {…}` */
	struct strat_pos pos;
	enum strat_driver_kind kind;
	slu_str driver; /* as written: "haproxy" … */
	/* command */
	slu_str run_text, roll_back, restart;
	int64_t timeout_s; /* default 10m */
	/* local */
	const slu_str *argv; /* run: [bin/app] */
	size_t argv_n;
	slu_str listen; /* "127.0.0.1:9000" */
	slu_str ready_http;
	int64_t ready_within_ms;
	int64_t drain_s, keep_s;
};

struct strat_environment {
	slu_str name, title;
	struct strat_pos pos;
	struct strat_set from; /* branch kinds */
	struct strat_trigger on;
	struct strat_who allow_deploy, allow_roll_back;
	struct strat_require require;
	enum strat_enforcement enforcement;
	int driver; /* index into drivers */
	slu_str url, artifact, artifact_store;
	const struct strat_pair *variables;
	size_t variables_n;
	const slu_str *secrets;
	size_t secrets_n;
	struct { bool set; unsigned days; /* bit 0: Monday */ int from_min, to_min; slu_str zone; struct strat_pos pos; } window;
	const slu_str *backup;
	size_t backup_n;
	enum strat_style style;
	const struct strat_step *step; /* at least one; the last is 100 */
	size_t step_n;
	const struct strat_probe *probe;
	size_t probe_n;
	unsigned probe_successes; /* default 1 */
	int64_t watch_s;
	const struct strat_expr *watch;
	size_t watch_n;
	enum strat_on_failure on_failure;
	int64_t quick_rollback_s;
	const struct strat_pair *flags;
	size_t flags_n;
	struct strat_pos rollout_pos;
};

struct strat_releases {
	struct strat_pos pos;
	enum { STRAT_VERSION_COMMITS, STRAT_VERSION_PHASES, STRAT_VERSION_BRANCH, STRAT_VERSION_GIVEN } version_from;
	const struct strat_version_file { slu_str file, text, pointer, mark; struct strat_pos pos; } *version_file;
	size_t version_file_n;
	slu_str changelog; /* "": none */
	const struct strat_group { slu_str heading; const slu_str *type; size_t type_n; struct strat_pos pos; } *group; /* of its sections; none: the usual ones */
	size_t group_n;
	slu_str entry; /* how one of its lines is written; "": as usual */
	struct strat_require start, close;
	struct {
		bool set;
		int64_t start_s, cycle_s, sprint_s, freeze_at_s, ship_at_s;
		struct strat_set freeze_branches;
		const slu_str *freeze_types;
		size_t freeze_types_n;
		unsigned major_every;
		struct strat_pos pos, freeze_pos;
	} calendar;
	const struct strat_roadmap { slu_str version, title; int64_t due_s; struct strat_pos pos; } *roadmap;
	size_t roadmap_n;
};

struct strat_phase {
	slu_str name, title, version, tag;
	slu_str undo;                 /* command that goes with the revert of its merges; n == 0: none */
	struct strat_pos pos, after_pos;
	struct strat_set after;       /* phases that come before it */
	struct strat_require require; /* of what brings it to a production branch */
};

/** Repositories that are released together; only in the file of one of them, their home. */
struct strat_ecosystem {
	bool set;
	struct strat_pos pos, member_pos;
	const slu_str *member; /* "OWNER/REPO", in the order of deployment */
	size_t member_n;
	struct strat_set tag;  /* classes that every member has a tag of, with one version */
	struct strat_set checks; /* wanted of what each member releases */
};

struct strat_emergency {
	bool set; /* absent: there is none, for administrators too */
	struct strat_pos pos;
	struct strat_who by;
	struct strat_set from, into; /* kinds */
	struct strat_require require;
	int64_t expires_s;
	const struct strat_follow_up { slu_str name; int64_t due_s; struct strat_pos pos; } *follow_up;
	size_t follow_up_n;
};

struct strat_incidents {
	slu_str record; /* file; n == 0: none is kept */
	const struct strat_follow_up *follow_up;
	size_t follow_up_n;
};

/** A section or key that this version reads for its shape only ("notify", "branches.main.require.metrics"). */
struct strat_unenforced {
	const char *section;
	struct strat_pos pos;
};

/** Patterns of all kinds (or classes), narrower ones before wider ones: the first that matches tells the kind. */
struct strat_rank {
	const strat_pattern *pattern;
	int entry;
};
struct strat_node;

typedef struct strat {
	slu_str name, title;
	enum strat_enforcement enforcement;
	struct strat_pos enforcement_pos;
	const struct strat_role *role;
	size_t role_n;
	const slu_str *secret;
	size_t secret_n;
	struct strat_files files;
	const struct strat_branch *branch; /* the built-in kind sluice/… is the last */
	size_t branch_n;
	const struct strat_tag *tag;
	size_t tag_n;
	struct strat_commits commits;
	struct strat_changes changes;
	const struct strat_check *check;
	size_t check_n;
	const struct strat_gate *gate;
	size_t gate_n;
	const struct strat_environment *environment;
	size_t environment_n;
	const struct strat_driver *driver;
	size_t driver_n;
	struct strat_releases releases;
	const struct strat_phase *phase;
	size_t phase_n;
	struct strat_ecosystem ecosystem;
	struct strat_emergency emergency;
	struct strat_incidents incidents;
	const struct strat_unenforced *unenforced;
	size_t unenforced_n;
	const struct strat_rank *branch_rank, *tag_rank;
	size_t branch_rank_n, tag_rank_n;
	const struct strat_node *tree; /* what is in force with its defaults, for strat_show() */
	char digest[65]; /* SHA-256 over the texts it was compiled from, hex */
} strat;

/** One error of a file; a file may have many. */
struct strat_issue {
	struct strat_pos pos;
	bool warning;
	char *text; /* what was found, what is allowed, the nearest known key */
};
typedef SLU_LIST(struct strat_issue) strat_issues;

/**
 * Gives the text of what `extends` names: a built-in preset is looked up before this is asked.
 * SLU_E_NOT_FOUND when there is none. `ctx` is the caller's. May be NULL: then only presets can be extended.
 */
typedef slu_rc strat_load_fn(void *ctx, slu_arena *a, slu_str what, slu_str *text, slu_err *err);

/**
 * Compile the text of a strategy file.
 * @param out     the strategy, in arena `a`; untouched when there are errors
 * @param issues  every error and warning found, in order of place; in arena `a`
 * @return SLU_OK (issues may hold warnings), SLU_E_STRATEGY (issues hold the errors; err the first one)
 */
slu_rc strat_compile(const strat **out, strat_issues *issues, slu_arena *a, slu_str text, const char *file, strat_load_fn *load, void *ctx, slu_err *err);

/** Kind of the branch called `name` (without refs/heads/); STRAT_NONE: of no kind. `caps` may be NULL. */
int strat_branch_kind(const strat *s, slu_str name, struct strat_captures *caps);
int strat_tag_class(const strat *s, slu_str name, struct strat_captures *caps);
int strat_find_branch(const strat *s, slu_str key);
int strat_find_tag(const strat *s, slu_str key);
int strat_find_check(const strat *s, slu_str key);
int strat_find_environment(const strat *s, slu_str key);
int strat_find_gate(const strat *s, slu_str key);
int strat_find_role(const strat *s, slu_str key);
bool strat_set_has(const struct strat_set *set, int i);
/** The default branch's kind: the first production kind whose pattern is exact. STRAT_NONE: none. Its name by strat_default_branch. */
slu_str strat_default_branch(const strat *s);
/** Name of the tag that such an idle branch becomes: "archive/feature-login" of "feature/login". */
char *strat_archive_name(slu_arena *a, slu_str branch);
const char *strat_level_word(enum strat_level l);
const char *strat_type_word(enum strat_branch_type t);
const char *strat_method_word(enum strat_method m);
const char *strat_verb_word(enum strat_verb v);
/** "maintain, or role owner, or @ann"; "nobody". */
char *strat_who_text(slu_arena *a, const struct strat_who *w);
#endif
