/* SPDX-License-Identifier: Apache-2.0 */
#include "git/memory.h"

#include "git/own_file.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { PARTS = 10 };

struct header {
	char magic[8];
	uint32_t order, hash, n, parent_n, tag_n, sum;
	uint64_t lines_n, tags_n;
};
static const char magic[8] = { 'S', 'L', 'H', 'I', 'S', 'T', '1', '\n' };
static const struct git_own_form form = { "/history", sizeof(struct header), offsetof(struct header, sum), PARTS };

/* ---- its form ------------------------------------------------------------------------------------------------------------- */

/* Sizes of what follows the header, in order. */
static void sizes(const struct header *h, uint64_t size[PARTS])
{
	const uint64_t n = h->n, all[PARTS] = { n * 8, (n + 1) * 4, (uint64_t)h->parent_n * 4, (n + 1) * 4, ((uint64_t)h->tag_n + 1) * 4, n * h->hash, n * h->hash, (uint64_t)h->tag_n * h->hash, h->lines_n, h->tags_n };
	memcpy(size, all, sizeof all);
}

static bool parents_first(const git_memory *m)
{
	bool good = true;
	for (uint32_t c = 0; c < m->n; c++)
		for (uint32_t i = m->parent_at[c]; i < m->parent_at[c + 1]; i++)
			good &= m->parent[i] < c;
	return good;
}

static bool texts_end(const git_memory *m)
{
	bool good = true;
	for (uint32_t i = 0; i < m->n; i++)
		good &= m->line_at[i + 1] == m->line_at[i] || m->lines[m->line_at[i + 1] - 1] == '\n';
	for (uint32_t i = 0; i < m->tag_n; i++)
		good &= m->tag_at[i + 1] > m->tag_at[i] && m->tags[m->tag_at[i + 1] - 1] == '\0';
	return good;
}

static bool is_sound(const git_memory *m)
{
	bool up = git_own_file_goes_up(m->parent_at, m->n, m->parent_n) && git_own_file_goes_up(m->line_at, m->n, m->lines_n) && git_own_file_goes_up(m->tag_at, m->tag_n, m->tags_n);
	return up && parents_first(m) && texts_end(m);
}

bool git_memory_parse(git_memory *out, const uint8_t *bytes, size_t size)
{
	struct header h;
	uint64_t part[PARTS];
	const uint8_t *p[PARTS];
	if (size < sizeof h || size > GIT_OWN_FILE_MAX)
		return false;
	memcpy(&h, bytes, sizeof h);
	if (memcmp(h.magic, magic, sizeof magic) != 0 || h.order != GIT_OWN_FILE_ORDER || (h.hash != 20 && h.hash != 32) || h.lines_n > size || h.tags_n > size)
		return false;
	sizes(&h, part);
	if (!git_own_file_parts(p, &form, part, bytes, size))
		return false;
	git_memory m = { .n = h.n, .parent_n = h.parent_n, .tag_n = h.tag_n, .hash = (uint8_t)h.hash, .id = p[5], .tree = p[6], .tag_id = p[7], .lines_n = h.lines_n, .tags_n = h.tags_n };
	m.time_s = (const int64_t *)(const void *)p[0];
	m.parent_at = (const uint32_t *)(const void *)p[1];
	m.parent = (const uint32_t *)(const void *)p[2];
	m.line_at = (const uint32_t *)(const void *)p[3];
	m.tag_at = (const uint32_t *)(const void *)p[4];
	m.lines = (const char *)p[8];
	m.tags = (const char *)p[9];
	if (!is_sound(&m))
		return false;
	*out = m;
	return true;
}

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

git_memory *git_memory_open(const char *common, uint8_t hash)
{
	git_memory m = { 0 }, *out = NULL;
	size_t size = 0;
	const uint8_t *map = git_own_file_map(common, &form, &size);
	if (!map)
		return NULL;
	bool good = git_memory_parse(&m, map, size) && m.hash == hash;
	if (good && git_id_table_make(&m.place, m.id, m.n, m.hash))
		out = malloc(sizeof *out);
	m.map = map;
	m.size = size;
	if (out) {
		*out = m;
	} else {
		free(m.place.slot);
		(void)munmap((void *)(uintptr_t)map, size);
	}
	return out;
}

void git_memory_close(git_memory *m)
{
	if (!m)
		return;
	(void)munmap((void *)(uintptr_t)m->map, m->size);
	free(m->place.slot);
	free(m);
}

bool git_memory_find(const git_memory *m, const struct git_raw *id, uint32_t *place)
{
	return git_id_table_find(place, &m->place, id->b);
}

bool git_memory_line(const git_memory *m, uint32_t place, slu_str *out)
{
	uint32_t from = m->line_at[place], to = m->line_at[place + 1];
	if (from == to)
		return false;
	*out = (slu_str){ m->lines + from, to - from - 1 };
	return true;
}

bool git_memory_tag(const git_memory *m, const struct git_raw *id, slu_str *out)
{
	size_t low = 0, high = m->tag_n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = memcmp(m->tag_id + mid * m->hash, id->b, m->hash);
		if (c == 0) {
			*out = (slu_str){ m->tags + m->tag_at[mid], m->tag_at[mid + 1] - m->tag_at[mid] - 1 };
			return true;
		}
		low = c < 0 ? mid + 1 : low;
		high = c < 0 ? high : mid;
	}
	return false;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------- */

void git_memory_write(const char *common, const git_memory *m)
{
	struct header h = { .order = GIT_OWN_FILE_ORDER, .hash = m->hash, .n = m->n, .parent_n = m->parent_n, .tag_n = m->tag_n, .lines_n = m->lines_n, .tags_n = m->tags_n };
	const void *const bytes[PARTS] = { m->time_s, m->parent_at, m->parent, m->line_at, m->tag_at, m->id, m->tree, m->tag_id, m->lines, m->tags };
	uint64_t size[PARTS];
	memcpy(h.magic, magic, sizeof magic);
	sizes(&h, size);
	git_own_file_write(common, &form, &h, bytes, size);
}
