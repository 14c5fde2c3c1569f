/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The tree of a strategy file: scalars, lists and maps, each with the place it came from. Lives in an arena.
 * It stays in the compiled strategy, so that what is in force can be shown with the origin of every value.
 */
#ifndef STRATEGY_NODE_H
#define STRATEGY_NODE_H
#include "strategy/strat.h"

enum sn_kind { SN_SCALAR, SN_LIST, SN_MAP };

typedef struct strat_node sn;

struct sn_entry {
	slu_str key; /* NUL-terminated */
	struct strat_pos pos;
	sn *value;
};

struct strat_node {
	enum sn_kind kind;
	bool plain;    /* a scalar without quotes */
	bool flow;     /* written in {…} or […] */
	bool dflt;     /* not written: a default */
	bool bad;      /* an error was reported inside: what rests on it is not judged */
	struct strat_pos pos;
	slu_str text;  /* scalar; NUL-terminated */
	sn **item;     /* list */
	struct sn_entry *entry; /* map, in the order written */
	size_t n, cap;
	slu_map *index; /* of a large map: key → entry number + 1 */
};

sn *sn_scalar(slu_arena *a, slu_str text, struct strat_pos pos);
sn *sn_map(slu_arena *a, struct strat_pos pos);
sn *sn_list(slu_arena *a, struct strat_pos pos);
void sn_push(slu_arena *a, sn *list, sn *item);
/** Put at the end; the key must not be there yet (see sn_find). `key` is NUL-terminated and lives as long as the tree. */
struct sn_entry *sn_put(slu_arena *a, sn *map, slu_str key, struct strat_pos pos, sn *value);
struct sn_entry *sn_find(const sn *map, slu_str key); /* NULL: not there, or no map */
sn *sn_get(const sn *map, const char *key);           /* NULL: not there, null, or no map */
bool sn_is_null(const sn *n);                         /* null, ~ or nothing, without quotes */
bool sn_is(const sn *n, const char *word);            /* this scalar */
sn *sn_copy(slu_arena *a, const sn *n);
/** Maps merge, all else replaces; a null in `over` removes. Neither is changed; parts are shared. */
sn *sn_merge(slu_arena *a, sn *under, sn *over);
/** Write a value as YAML on one line. */
void sn_line(slu_buf *out, const sn *n);
/** Take out the entries that are null, in the whole tree. */
void sn_prune(sn *n);

/**
 * Read one YAML document. Errors (syntax, anchors, aliases, tags, duplicate keys, depth) are added to `issues`.
 * @return the tree, or NULL when the text cannot be read as YAML at all
 */
sn *strat_yaml_read(strat_issues *issues, slu_arena *a, slu_str text, const char *file);

/** Add an error. More than SLU_MAX_STRATEGY_ERRORS are dropped. */
void strat_issue_add(strat_issues *issues, slu_arena *a, struct strat_pos pos, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
#endif
