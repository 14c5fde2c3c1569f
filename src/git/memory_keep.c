/* SPDX-License-Identifier: Apache-2.0 */
#include "git/memory.h"

#include "git/own_file.h"

#include <stdlib.h>

/* All is written anew when the news are this part of it, or half of what is there is of no use any more. */
enum { NEWS = 256 };

static slu_str first_line(slu_str message)
{
	const char *end = message.n ? memchr(message.p, '\n', message.n) : NULL;
	return end ? (slu_str){ message.p, (size_t)(end - message.p) } : message;
}

static bool is_kept(slu_str message)
{
	return message.p && first_line(message).n <= GIT_MEMORY_LINE;
}

static bool is_news(const git_memory *old, const slu_map *tags, const struct port_git_topology *t, const slu_str *message)
{
	size_t news = t->fresh, tag_n = slu_map_size(tags), old_n = old ? old->tag_n : 0;
	for (size_t i = 0; i < t->n; i++)
		news += is_kept(message[i]) && !(t->first && t->first[i].p);
	news += tag_n > old_n ? tag_n - old_n : 0;
	return news * NEWS > t->n || (old && old->n / 2 > t->n);
}

struct tag {
	struct git_raw id;
	slu_str bytes;
};

static int by_id(const void *x, const void *y)
{
	const struct tag *a = x, *b = y;
	return memcmp(a->id.b, b->id.b, sizeof a->id.b);
}

static void put_tags(git_memory *m, slu_arena *a, slu_buf *text, const slu_map *tags)
{
	uint32_t n = (uint32_t)slu_map_size(tags), *at = SLU_NEW_N(a, uint32_t, n + 1);
	struct tag *tag = SLU_NEW_N(a, struct tag, n + 1);
	uint8_t *id = slu_calloc(a, (size_t)n + 1, m->hash);
	for (uint32_t i = 0; i < n; i++) {
		tag[i].bytes = *(const slu_str *)slu_map_value(tags, i);
		(void)git_raw_parse(&tag[i].id, slu_map_key(tags, i).p, m->hash);
	}
	qsort(tag, n, sizeof *tag, by_id);
	for (uint32_t i = 0; i < n; i++) {
		memcpy(id + (size_t)i * m->hash, tag[i].id.b, m->hash);
		slu_buf_addstr(text, tag[i].bytes);
		slu_buf_addc(text, '\0');
		at[i + 1] = (uint32_t)text->n;
	}
	m->tag_n = n;
	m->tag_at = at;
	m->tag_id = id;
	m->tags = text->p;
	m->tags_n = text->n;
}

static void put_lines(git_memory *m, slu_arena *a, slu_buf *text, const slu_str *message)
{
	uint32_t *at = SLU_NEW_N(a, uint32_t, (size_t)m->n + 1);
	for (uint32_t i = 0; i < m->n; i++) {
		if (is_kept(message[i])) {
			slu_buf_addstr(text, first_line(message[i]));
			slu_buf_addc(text, '\n');
		}
		at[i + 1] = (uint32_t)text->n;
	}
	m->line_at = at;
	m->lines = text->p;
	m->lines_n = text->n;
}

void git_memory_keep(const char *common, uint8_t hash, const git_memory *old, const slu_map *tags, const struct port_git_topology *t, const slu_str *message)
{
	slu_auto_arena *a = slu_arena_new();
	slu_auto_buf lines, texts;
	slu_buf_init(&lines, GIT_OWN_FILE_MAX);
	slu_buf_init(&texts, GIT_OWN_FILE_MAX);
	if (t->n < GIT_MEMORY_LEAST || t->id.size != hash || slu_map_size(tags) > UINT32_MAX / 2 || !is_news(old, tags, t, message))
		return;
	git_memory m = { .n = (uint32_t)t->n, .parent_n = t->parent_at[t->n], .hash = hash, .time_s = t->time_s, .parent_at = t->parent_at, .parent = t->parent, .id = t->id.b, .tree = t->tree.b };
	put_lines(&m, a, &lines, message);
	put_tags(&m, a, &texts, tags);
	if (!lines.over && !texts.over)
		git_memory_write(common, &m);
}
