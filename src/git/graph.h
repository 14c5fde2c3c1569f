/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reader of Git's commit-graph files (gitformat-commit-graph): one file or a chain of layers, SHA-1 or SHA-256.
 *
 * The files are mapped and every access is checked against their bounds: a damaged graph is no graph (its commits are then
 * read as objects), never a crash. A graph that is found good at opening may still name a parent outside; such a lookup fails.
 */
#ifndef GIT_GRAPH_H
#define GIT_GRAPH_H
#include "base/oid.h"

#include <stdint.h>

enum { GIT_RAW_MAX = 32, GIT_GRAPH_LAYERS = 64 };

/** Object id as bytes; unused ones are 0. */
struct git_raw {
	uint8_t b[GIT_RAW_MAX];
};
struct git_raw git_raw_of(const slu_oid *id);
slu_oid git_raw_hex(const struct git_raw *r, size_t n);
/** From 2 * n lower-case digits. @return false: they are none */
bool git_raw_parse(struct git_raw *out, const char *hex, size_t n);

struct git_graph_layer {
	const uint8_t *map;
	size_t size;
	uint32_t n, base; /* commits in it, and in the layers below it */
	uint8_t hash;     /* bytes of an id: 20 or 32 */
	const uint8_t *fan, *ids, *data, *edges;
	size_t edges_n;   /* four-byte words */
	const uint8_t *dates, *far_dates; /* how much later than its own a commit's corrected date is; NULL: the file has none */
	size_t far_dates_n;
};
/** Look at a file's bytes. @return false: it is none that we can use */
bool git_graph_layer_parse(struct git_graph_layer *out, const uint8_t *bytes, size_t size);

typedef struct git_graph git_graph;
/** The graph below an `objects` folder; NULL when there is none, or it is damaged. */
git_graph *git_graph_open(const char *objects);
/** From bytes in memory (not copied), lowest layer first; for tests. */
git_graph *git_graph_from(const struct git_graph_layer *layer, size_t n);
void git_graph_close(git_graph *g);
uint32_t git_graph_size(const git_graph *g);
/** Id of a commit below git_graph_size. */
void git_graph_id(const git_graph *g, uint32_t pos, struct git_raw *out);
bool git_graph_find(const git_graph *g, const struct git_raw *id, uint32_t *pos);
/** A commit as it lies in the file, for reading all. */
struct git_graph_row {
	const uint8_t *id, *tree; /* of the mapping */
	uint64_t time_s;
	uint32_t parent[2];
	size_t parent_n;          /* as many as there are; more than two are got by git_graph_parent */
	uint8_t hash;
};
/** @return false when the file contradicts itself here */
bool git_graph_row_at(const git_graph *g, uint32_t pos, struct git_graph_row *out);
struct git_graph_commit {
	struct git_raw id;
	/*
	 * 1 + Git's corrected date (generation number 2): the commit's own date, but at least one second more than any of its parents has. A child's is always
	 * above its parents', and what is old is low: a walk downwards ends early. 0: the file does not say.
	 */
	uint64_t level;
	uint64_t time_s;
	uint32_t parent[2];
	size_t parent_n;  /* as many as there are; more than two are got by git_graph_parent */
};
/** @return false when the file contradicts itself here */
bool git_graph_commit_at(const git_graph *g, uint32_t pos, struct git_graph_commit *out);
bool git_graph_tree(const git_graph *g, uint32_t pos, struct git_raw *out);
bool git_graph_parent(const git_graph *g, uint32_t pos, size_t i, uint32_t *out);
#endif
