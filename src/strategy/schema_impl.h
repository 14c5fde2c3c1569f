/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The schema table of the strategy file, and the reader that it drives.
 *
 * A key is one row: its type, its default, what it means, whether this version enforces it, and where in the compiled strategy
 * its value goes. Reading, defaults, `sluice schema`, the reference page and the list of what is read but not enforced all come
 * from these rows. Places in structs are offsets plus one, so that an absent one is 0.
 */
#ifndef STRATEGY_SCHEMA_IMPL_H
#define STRATEGY_SCHEMA_IMPL_H
#include "strategy/node.h"

#include <stddef.h>

enum sch_kind {
	SCH_TEXT, SCH_COMMAND, SCH_SCALAR, SCH_NAME, SCH_BOOL, SCH_INT, SCH_DURATION, SCH_MILLIS, SCH_OFFSET, SCH_SIZE, SCH_SHARE, SCH_DATE, SCH_CLOCK, SCH_SCHEDULE,
	SCH_VERSION, SCH_WORD, SCH_PATTERN, SCH_REGEX, SCH_PATH, SCH_GLOB, SCH_WHO, SCH_PERSON, SCH_EXPR, SCH_REF,
	SCH_LIST,    /* of item; one item may stand alone */
	SCH_MAP,     /* of the keys in row */
	SCH_ENTRIES, /* of any keys, each an item */
	SCH_EITHER   /* the alternative that fits the shape */
};

/** What a name may refer to. */
enum sch_ref {
	REF_BRANCH, REF_TAG, REF_CHECK, REF_GATE, REF_ENVIRONMENT, REF_DRIVER, REF_ROLE, REF_PHASE, REF_METRIC, REF_SOURCE, REF_ARTIFACT, REF_BACKUP, REF_RECEIVER,
	REF_TO,      /* a receiver, a role, `author`, `reviewers` */
	REF_APPROVER /* a role, or `any` */
};

struct sch_reader;
struct sch_row;
typedef void sch_store(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base);
typedef void sch_check(struct sch_reader *r, const struct sn_entry *e);
typedef void sch_map_check(struct sch_reader *r, const sn *map);

struct sch_type {
	enum sch_kind kind;
	const char *kind_key; /* of a MAP: the key whose word says which rows count; see sch_row.only */
	const char *name; /* of a map that several keys share, as the reference calls it */
	const char *what; /* in an error: "must be WHAT" */
	const struct sch_row *row;
	size_t row_n;
	const struct sch_type *item, *alt[4];
	const char *const *word; /* NULL-terminated */
	unsigned idle;           /* bit set: words that this version reads and does not enforce */
	int64_t min, max;
	enum sch_ref ref;
	bool ref_keys; /* keys of ENTRIES are names of kind `ref` */
	bool headings; /* keys of ENTRIES are headings: texts of one line */
	/* how an element of a LIST or ENTRIES is kept */
	size_t size, key, value, value_n, pos;
	sch_check *check;         /* of an ENTRIES item with its key, */
	sch_map_check *map_check; /* of a MAP: after the shape is known to be right */
};

enum { SCH_REQUIRED = 1, SCH_SHAPE_ONLY = 2 /* read, not enforced by this version */, SCH_FLAT = 4 /* its keys go into the same struct */ };

struct sch_row {
	const char *key;
	const struct sch_type *type;
	unsigned flags;
	const char *only; /* it counts only where the map's kind_key has this word */
	const char *dflt; /* a scalar; NULL: none, or said in the defaults' text */
	const char *help;
	size_t inner; /* bytes from the struct being filled to that which the four below mean */
	size_t at, n, pos, has;
	sch_store *store; /* instead of the way of its type */
};

#define SCH_AT(T, m) (offsetof(T, m) + 1)
/** KEY, type, flags, default, what it means, then places. */
#define SCH_KEY(k, t, f, d, ...) { .key = (k), .type = (t), .flags = (f), .dflt = (d), .help = __VA_ARGS__ }
#define SCH_ROWS(r) .row = (r), .row_n = sizeof(r) / sizeof(r)[0]

struct sch_reader {
	slu_arena *a;
	strat_issues *issues;
	sn *root;
	struct strat *s;
	slu_str path[SLU_MAX_STRATEGY_DEPTH + 2];
	size_t depth;
	unsigned quiet;         /* > 0: errors are counted, not said */
	size_t errors;
	bool too_many;          /* entries of a section: nothing is compared any more */
	const sn *environment;  /* the one that is being read */
	SLU_LIST(struct strat_driver) inline_driver;
	SLU_LIST(struct strat_unenforced) unenforced;
	SLU_LIST(strat_pattern *) tag_pattern; /* of all classes, for the bases of expressions */
	bool tags_compiled;
	struct strat_pattern_words words;
	struct strat_pattern_words tag_words; /* with the `pre` of the tag class that is being read */
};

/* types that several tables use */
extern const struct sch_type sct_root, sct_require, sct_release_start, sct_release_close, sct_text, sct_command, sct_scalar, sct_name, sct_bool, sct_duration, sct_millis, sct_offset, sct_size, sct_share, sct_date, sct_clock,
    sct_schedule, sct_version, sct_pattern, sct_regex, sct_path, sct_glob, sct_who, sct_person, sct_expr, sct_count, sct_positive, sct_texts, sct_names, sct_exprs, sct_patterns, sct_enforcement, sct_scalars,
    sct_durations, sct_to;
extern const struct sch_type sct_branch, sct_tag, sct_check, sct_gate, sct_environment, sct_role; /* one name */
extern const struct sch_type sct_branch_set, sct_tag_set, sct_check_set, sct_gate_set, sct_environment_set;
extern const struct sch_type sct_roles, sct_files, sct_branches, sct_edge, sct_branch_type, sct_tags, sct_commits, sct_changes, sct_checks, sct_trigger, sct_deploy_trigger, sct_gates, sct_environments, sct_drivers,
    sct_driver, sct_releases, sct_emergency, sct_sources, sct_metrics, sct_artifacts, sct_phases, sct_ecosystem, sct_notify, sct_alerts, sct_incidents, sct_backups, sct_maintenance, sct_reports;

/* reader */
void sch_fail(struct sch_reader *r, struct strat_pos pos, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/** So many errors have been said that no more are wanted: a sentence need not be made. */
static inline bool sch_enough(const struct sch_reader *r)
{
	return r->quiet || r->issues->n >= SLU_MAX_STRATEGY_ERRORS;
}
/** "branches.main.require" */
const char *sch_path(struct sch_reader *r);
/** Is the value of the right shape? Every error is said; a node with an error inside is marked. */
bool sch_check_value(struct sch_reader *r, sn *n, const struct sch_type *t);
/** Keep a checked map's values in the struct at `base`. */
void sch_fill(struct sch_reader *r, const sn *map, const struct sch_type *t, void *base);
void sch_fill_value(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base);
/** The names of a kind, as a map of the file; NULL: there are none. */
const sn *sch_names(const struct sch_reader *r, enum sch_ref ref);
int sch_find(const struct sch_reader *r, enum sch_ref ref, slu_str name); /* STRAT_NONE */
/** Whether a key counts in this map, by the map's kind. */
bool sch_counts(const struct sch_type *t, const sn *map, const struct sch_row *row);
bool sch_check_ref(struct sch_reader *r, const sn *n, enum sch_ref ref);
bool sch_check_scalar(struct sch_reader *r, sn *n, const struct sch_type *t);
struct strat_set sch_set(struct sch_reader *r, const sn *n, enum sch_ref ref);
struct strat_who sch_read_who(struct sch_reader *r, const sn *n);
struct strat_require *sch_read_require(struct sch_reader *r, const sn *n);
bool sch_expr_parse(struct strat_expr *out, struct sch_reader *r, const sn *n, const char **why);
slu_str *sch_texts(struct sch_reader *r, const sn *n, size_t *count);
bool sch_is_name(slu_str t);
bool sch_is_tag(struct sch_reader *r, slu_str word); /* of some class */
int sch_word(const struct sch_type *t, slu_str word); /* -1 */
int64_t sch_duration_of(const sn *n);
bool sch_bool_of(const sn *n);
strat_pattern *sch_pattern_of(struct sch_reader *r, const sn *n);
/** A list's items, or the one value that stands alone. */
size_t sch_items(const sn *n);
const sn *sch_item(const sn *n, size_t i);
/** A name of this list that resembles `word`, and the list as text ("main, development"). */
const char *sch_nearest_key(struct sch_reader *r, const sn *names, slu_str word);
const char *sch_list_keys(struct sch_reader *r, const sn *names);
/** Names used with `$` that are declared nowhere. */
bool sch_check_dollar(struct sch_reader *r, const sn *n);

/* ways of keeping that are not their type's */
sch_store sch_store_approvals, sch_store_up_to_date, sch_store_checks, sch_store_boxes, sch_store_runs, sch_store_evaluate, sch_store_base, sch_store_into, sch_store_change, sch_store_via,
    sch_store_run, sch_store_keep, sch_store_convention, sch_store_types, sch_store_role, sch_store_artifact, sch_store_days, sch_store_clock, sch_store_zone, sch_store_scan, sch_store_trigger,
    sch_store_trigger_set, sch_store_trigger_flag, sch_store_probe, sch_store_driver_kind, sch_store_tag_match, sch_store_delete, sch_store_changelog;
sch_check sch_check_role_name, sch_check_release;
sch_map_check sch_check_probe, sch_check_driver, sch_check_changelog;

/** The text of the defaults that depend on a type; a strategy's values from it have the file "defaults". */
slu_str sch_defaults_text(void);
/* defaults.c: put what is not written into the tree */
void sch_apply_defaults(struct sch_reader *r);
/* checks on the whole, after everything is read */
void sch_check_whole(struct sch_reader *r);
void sch_list_unenforced(struct sch_reader *r);
#endif
