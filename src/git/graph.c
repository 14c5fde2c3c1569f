/* SPDX-License-Identifier: Apache-2.0 */
#include "git/graph.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FAN = 256 * 4, HEAD = 8, TOC_ROW = 12, MAX_CHUNKS = 64 };
#define NO_PARENT 0x70000000u
#define MORE_PARENTS 0x80000000u
#define LAST_PARENT 0x80000000u
#define FAR_DATE 0x80000000u

struct git_graph {
	struct git_graph_layer layer[GIT_GRAPH_LAYERS];
	size_t n;
	bool mapped;
	bool undated; /* a layer has no corrected dates, so those of the others mean nothing */
};

/* ---- ids -------------------------------------------------------------------------------------------------------------- */

/** Digits, with a bit that says so: 0 is none. */
static const uint8_t digits[256] = {
	['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14, ['5'] = 0x15, ['6'] = 0x16, ['7'] = 0x17,
	['8'] = 0x18, ['9'] = 0x19, ['a'] = 0x1a, ['b'] = 0x1b, ['c'] = 0x1c, ['d'] = 0x1d, ['e'] = 0x1e, ['f'] = 0x1f,
};

bool git_raw_parse(struct git_raw *out, const char *hex, size_t n)
{
	struct git_raw r = { { 0 } };
	uint8_t all = 0x10;
	for (size_t i = 0; i < n && i < GIT_RAW_MAX; i++) {
		uint8_t high = digits[(uint8_t)hex[2 * i]], low = digits[(uint8_t)hex[2 * i + 1]];
		all &= high & low;
		r.b[i] = (uint8_t)(high << 4 | (low & 15));
	}
	if (!(all & 0x10))
		return false;
	*out = r;
	return true;
}

struct git_raw git_raw_of(const slu_oid *id)
{
	struct git_raw r = { { 0 } };
	(void)git_raw_parse(&r, id->hex, strlen(id->hex) / 2);
	return r;
}

slu_oid git_raw_hex(const struct git_raw *r, size_t n)
{
	return slu_oid_of_bytes(r->b, n);
}

/* ---- one file --------------------------------------------------------------------------------------------------------- */

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t u64(const uint8_t *p)
{
	return (uint64_t)u32(p) << 32 | u32(p + 4);
}

struct chunk {
	const uint8_t *p;
	size_t n;
};

/** The chunk with this name; p NULL when it is not there or lies outside. */
static struct chunk chunk_of(const uint8_t *bytes, size_t size, const char *name)
{
	struct chunk none = { NULL, 0 };
	size_t rows = bytes[6];
	for (size_t i = 0; i < rows; i++) {
		const uint8_t *row = bytes + HEAD + i * TOC_ROW;
		uint64_t from = u64(row + 4), to = u64(row + TOC_ROW + 4);
		if (memcmp(row, name, 4) != 0)
			continue;
		return from <= to && to <= size ? (struct chunk){ bytes + from, (size_t)(to - from) } : none;
	}
	return none;
}

static bool fan_ok(const uint8_t *fan, uint32_t n)
{
	uint32_t last = 0;
	for (size_t i = 0; i < 256; i++) {
		uint32_t now = u32(fan + 4 * i);
		if (now < last || now > n)
			return false;
		last = now;
	}
	return true;
}

static bool header_ok(const uint8_t *bytes, size_t size)
{
	if (size < HEAD + TOC_ROW || memcmp(bytes, "CGPH", 4) != 0 || bytes[4] != 1 || bytes[5] < 1 || bytes[5] > 2)
		return false;
	return bytes[6] <= MAX_CHUNKS && size >= HEAD + ((size_t)bytes[6] + 1) * TOC_ROW;
}

bool git_graph_layer_parse(struct git_graph_layer *out, const uint8_t *bytes, size_t size)
{
	if (!header_ok(bytes, size))
		return false;
	struct git_graph_layer l = { .map = bytes, .size = size, .hash = bytes[5] == 1 ? 20 : 32 };
	struct chunk fan = chunk_of(bytes, size, "OIDF"), ids = chunk_of(bytes, size, "OIDL"), data = chunk_of(bytes, size, "CDAT"), edges = chunk_of(bytes, size, "EDGE");
	if (!fan.p || fan.n < FAN || !ids.p || !data.p)
		return false;
	l.n = u32(fan.p + FAN - 4);
	if (l.n >= NO_PARENT || !fan_ok(fan.p, l.n) || ids.n / l.hash < l.n || data.n / (l.hash + 16u) < l.n)
		return false;
	l.fan = fan.p;
	l.ids = ids.p;
	l.data = data.p;
	l.edges = edges.p;
	l.edges_n = edges.p ? edges.n / 4 : 0;
	struct chunk dates = chunk_of(bytes, size, "GDA2"), far_dates = chunk_of(bytes, size, "GDO2");
	l.dates = dates.p && dates.n / 4 >= l.n ? dates.p : NULL;
	l.far_dates = far_dates.p;
	l.far_dates_n = far_dates.p ? far_dates.n / 8 : 0;
	*out = l;
	return true;
}

static bool map_file(struct git_graph_layer *out, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	void *p = MAP_FAILED;
	if (fstat(fd, &st) == 0 && st.st_size > HEAD && S_ISREG(st.st_mode))
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return false;
	if (git_graph_layer_parse(out, p, (size_t)st.st_size))
		return true;
	(void)munmap(p, (size_t)st.st_size);
	return false;
}

/* ---- a chain ---------------------------------------------------------------------------------------------------------- */

static bool stack(git_graph *g, const struct git_graph_layer *l)
{
	uint32_t below = git_graph_size(g);
	if (g->n == GIT_GRAPH_LAYERS || l->n > NO_PARENT - 1 - below || (g->n > 0 && g->layer[0].hash != l->hash))
		return false;
	g->layer[g->n] = *l;
	g->layer[g->n++].base = below;
	g->undated = g->undated || !l->dates;
	return true;
}

static git_graph *graph_new(void)
{
	git_graph *g = calloc(1, sizeof *g);
	if (!g)
		abort();
	return g;
}

git_graph *git_graph_from(const struct git_graph_layer *layer, size_t n)
{
	git_graph *g = graph_new();
	for (size_t i = 0; i < n; i++) {
		if (!stack(g, &layer[i])) {
			git_graph_close(g);
			return NULL;
		}
	}
	return g;
}

/** The chain file names its layers, lowest first, one hash a line. */
static bool open_chain(git_graph *g, const char *objects)
{
	char path[4096], line[80];
	(void)snprintf(path, sizeof path, "%s/info/commit-graphs/commit-graph-chain", objects);
	FILE *f = fopen(path, "re");
	bool good = f != NULL;
	while (good && fgets(line, sizeof line, f)) {
		struct git_graph_layer l = { 0 };
		size_t n = strspn(line, "0123456789abcdef");
		line[n] = '\0';
		(void)snprintf(path, sizeof path, "%s/info/commit-graphs/graph-%s.graph", objects, line);
		good = (n == 40 || n == 64) && map_file(&l, path);
		if (good && !stack(g, &l)) {
			(void)munmap((void *)(uintptr_t)l.map, l.size);
			good = false;
		}
	}
	if (f)
		(void)fclose(f);
	return good && g->n > 0;
}

git_graph *git_graph_open(const char *objects)
{
	git_graph *g = graph_new();
	char path[4096];
	struct git_graph_layer l = { 0 };
	g->mapped = true;
	(void)snprintf(path, sizeof path, "%s/info/commit-graph", objects);
	bool good = map_file(&l, path) ? stack(g, &l) : open_chain(g, objects);
	if (good)
		return g;
	git_graph_close(g);
	return NULL;
}

void git_graph_close(git_graph *g)
{
	if (!g)
		return;
	for (size_t i = 0; g->mapped && i < g->n; i++)
		(void)munmap((void *)(uintptr_t)g->layer[i].map, g->layer[i].size);
	free(g);
}

uint32_t git_graph_size(const git_graph *g)
{
	return g->n ? g->layer[g->n - 1].base + g->layer[g->n - 1].n : 0;
}

/* ---- commits ---------------------------------------------------------------------------------------------------------- */

static bool find_in(const struct git_graph_layer *l, const struct git_raw *id, uint32_t *pos)
{
	uint32_t lo = id->b[0] ? u32(l->fan + 4 * (id->b[0] - 1)) : 0, hi = u32(l->fan + 4 * id->b[0]);
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = memcmp(l->ids + (size_t)mid * l->hash, id->b, l->hash);
		if (c == 0) {
			*pos = l->base + mid;
			return true;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

bool git_graph_find(const git_graph *g, const struct git_raw *id, uint32_t *pos)
{
	for (size_t i = g->n; i-- > 0;)
		if (find_in(&g->layer[i], id, pos))
			return true;
	return false;
}

static const struct git_graph_layer *layer_of(const git_graph *g, uint32_t pos)
{
	for (size_t i = g->n; i-- > 0;)
		if (pos >= g->layer[i].base)
			return pos - g->layer[i].base < g->layer[i].n ? &g->layer[i] : NULL;
	return NULL;
}

void git_graph_id(const git_graph *g, uint32_t pos, struct git_raw *out)
{
	const struct git_graph_layer *l = layer_of(g, pos);
	*out = (struct git_raw){ { 0 } };
	if (l)
		memcpy(out->b, l->ids + (size_t)(pos - l->base) * l->hash, l->hash);
}

/** Word i of the list of further parents that begins at `from`; false past its end. */
static bool edge(const struct git_graph_layer *l, uint32_t from, size_t i, uint32_t *out, bool *last)
{
	if (from >= l->edges_n || i >= l->edges_n - from)
		return false;
	uint32_t word = u32(l->edges + 4 * ((size_t)from + i));
	*last = word & LAST_PARENT;
	*out = word & ~LAST_PARENT;
	return true;
}

/** @return 0: it is not known */
static uint64_t level_of(const struct git_graph_layer *l, uint32_t at, uint64_t time_s)
{
	uint32_t word = l->dates ? u32(l->dates + 4 * (size_t)at) : 0, k = word & ~FAR_DATE;
	if (!l->dates || ((word & FAR_DATE) && k >= l->far_dates_n))
		return 0;
	uint64_t later = word & FAR_DATE ? u64(l->far_dates + 8 * (size_t)k) : word;
	return later > UINT64_MAX / 2 ? 0 : time_s + later + 1;
}

bool git_graph_tree(const git_graph *g, uint32_t pos, struct git_raw *out)
{
	const struct git_graph_layer *l = layer_of(g, pos);
	*out = (struct git_raw){ { 0 } };
	if (l)
		memcpy(out->b, l->data + (size_t)(pos - l->base) * (l->hash + 16u), l->hash);
	return l != NULL;
}

bool git_graph_row_at(const git_graph *g, uint32_t pos, struct git_graph_row *out)
{
	const struct git_graph_layer *l = layer_of(g, pos);
	if (!l)
		return false;
	uint32_t at = pos - l->base, size = git_graph_size(g);
	const uint8_t *row = l->data + (size_t)at * (l->hash + 16u);
	struct git_graph_row c = { .id = l->ids + (size_t)at * l->hash, .tree = row, .hash = l->hash };
	uint32_t p1 = u32(row + l->hash), p2 = u32(row + l->hash + 4), high = u32(row + l->hash + 8);
	c.time_s = (uint64_t)(high & 3) << 32 | u32(row + l->hash + 12);
	if (p1 != NO_PARENT)
		c.parent[c.parent_n++] = p1;
	if (p2 & MORE_PARENTS) {
		bool last = false;
		uint32_t word = 0;
		for (size_t i = 0; !last; i++, c.parent_n++) {
			if (!edge(l, p2 & ~MORE_PARENTS, i, &word, &last) || word >= size)
				return false;
			if (c.parent_n < 2)
				c.parent[c.parent_n] = word;
		}
	} else if (p2 != NO_PARENT) {
		c.parent[c.parent_n++] = p2;
	}
	for (size_t i = 0; i < c.parent_n && i < 2; i++)
		if (c.parent[i] >= size)
			return false;
	*out = c;
	return true;
}

bool git_graph_commit_at(const git_graph *g, uint32_t pos, struct git_graph_commit *out)
{
	const struct git_graph_layer *l = layer_of(g, pos);
	struct git_graph_row row;
	if (!git_graph_row_at(g, pos, &row))
		return false;
	struct git_graph_commit c = { .time_s = row.time_s, .parent = { row.parent[0], row.parent[1] }, .parent_n = row.parent_n };
	memcpy(c.id.b, row.id, row.hash);
	c.level = g->undated ? 0 : level_of(l, pos - l->base, c.time_s);
	*out = c;
	return true;
}

bool git_graph_parent(const git_graph *g, uint32_t pos, size_t i, uint32_t *out)
{
	struct git_graph_commit c;
	const struct git_graph_layer *l = layer_of(g, pos);
	if (!git_graph_commit_at(g, pos, &c) || i >= c.parent_n)
		return false;
	if (i < 2) {
		*out = c.parent[i];
		return true;
	}
	bool last = false;
	uint32_t p2 = u32(l->data + (size_t)(pos - l->base) * (l->hash + 16u) + l->hash + 4);
	return edge(l, p2 & ~MORE_PARENTS, i - 1, out, &last);
}
