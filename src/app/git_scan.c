/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a push brings, looked through for secrets: each blob once, one after the other, however large. */
#include "app/git_known.h"
#include "base/limits.h"
#include "base/map.h"
#include "scan/scan.h"

enum {
	HITS_MAX = 2000,   /* of one file: then there are too many, and no baseline says that they are none */
	LIST_MAX = 20000   /* of all: the same file can come in under a million names */
};

struct found {
	const struct scan_hit *hit;
	size_t n;
	bool empty;
};
struct feed {
	scan_stream *to;
	uint64_t bytes;
};
struct app_git_scan {
	slu_arena *a;
	const scan *rules;
	slu_map *blob; /* id → struct found */
	struct scan_hit *hit; /* of the one that is looked at */
	uint64_t bytes;
};

static struct app_git_scan *scan_of(struct app_git_facts *g, slu_arena *a)
{
	if (g->scan)
		return g->scan;
	struct app_git_scan *s = SLU_NEW(a, struct app_git_scan);
	*s = (struct app_git_scan){ .a = a, .rules = scan_new(a), .blob = slu_map_new(a), .hit = SLU_NEW_N(a, struct scan_hit, HITS_MAX) };
	if (g->a)
		g->scan = s;
	return s;
}

static void take(void *ctx, slu_str piece, bool last)
{
	struct feed *f = ctx;
	f->bytes += piece.n;
	scan_stream_feed(f->to, piece, last);
}

/** What holds none, and is not empty, holds none for ever. */
static struct app_seen_key clean_key(const struct pol_file *file)
{
	const slu_str said[] = { SLU_STR("no secret"), slu_s(file->blob.hex) };
	return app_seen_key(said, 2);
}

static slu_rc look_through(struct app_git_scan *s, struct app_git_facts *facts, const struct pol_file *file, const struct found **out, slu_err *err)
{
	static const struct found none = { NULL, 0, false };
	const struct app_seen_key key = clean_key(file);
	port_git *g = facts->git;
	*out = &none;
	if (app_seen_has(facts->seen, &key))
		return SLU_OK;
	struct feed feed = { .bytes = 0 };
	if (!facts->unbounded && s->bytes + (file->size > 0 ? (uint64_t)file->size : 0) > SLU_MAX_SCAN_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "What is new up to %s has more than %llu bytes in its files: they are not all looked through for secrets in one go. Bring it in several pushes.",
		                file->commit.hex, SLU_MAX_SCAN_BYTES);
	feed.to = scan_stream_new(s->rules, s->hit, HITS_MAX);
	slu_rc rc = g->ops->blob(g, &file->blob, take, &feed, err);
	size_t n = scan_stream_found(feed.to);
	scan_stream_free(feed.to);
	SLU_TRY(rc);
	s->bytes += feed.bytes;
	if (n == 0 && feed.bytes > 0) {
		app_seen_add(facts->seen, &key);
		return SLU_OK;
	}
	struct found *f = SLU_NEW(s->a, struct found);
	struct scan_hit *hit = SLU_NEW_N(s->a, struct scan_hit, n + 1);
	memcpy(hit, s->hit, n * sizeof *hit);
	*f = (struct found){ hit, n, feed.bytes == 0 };
	*out = f;
	return SLU_OK;
}

static struct pol_secret of_hit(const struct pol_file *file, const struct scan_hit *h)
{
	return (struct pol_secret){ .path = file->path, .commit = file->commit, .id = h->rule->id, .title = h->rule->title, .line = h->line, .allowed = h->allowed, .print = h->print };
}

static struct pol_secret of_name(slu_arena *a, const struct pol_file *file, const char *title)
{
	char *print = slu_alloc(a, SCAN_PRINT);
	scan_name_print(print, file->path);
	return (struct pol_secret){ .path = file->path, .commit = file->commit, .id = "file-name", .title = title, .print = print };
}

slu_rc app_git_secrets(struct app_git_facts *g, slu_arena *a, const struct pol_file *file, size_t file_n, const struct pol_secret **out, size_t *n, slu_err *err)
{
	struct app_git_scan *s = scan_of(g, g->a ? g->a : a);
	SLU_LIST(struct pol_secret) list = { 0 };
	for (size_t i = 0; i < file_n; i++) {
		if (slu_oid_is_zero(&file[i].blob) || file[i].size == 0)
			continue;
		const struct found *f = slu_map_get(s->blob, slu_s(file[i].blob.hex));
		if (!f) {
			SLU_TRY(look_through(s, g, &file[i], &f, err));
			slu_map_put(s->blob, slu_s(slu_strdup(s->a, file[i].blob.hex)), (void *)(uintptr_t)f);
		}
		const char *title = f->empty ? NULL : scan_name(file[i].path);
		if (title)
			*SLU_ADD(a, &list) = of_name(a, &file[i], title);
		for (size_t k = 0; k < f->n; k++)
			*SLU_ADD(a, &list) = of_hit(&file[i], &f->hit[k]);
		if (f->n == HITS_MAX || list.n > LIST_MAX)
			*SLU_ADD(a, &list) = (struct pol_secret){ .path = file[i].path, .commit = file[i].commit, .id = "many", .title = "more secrets than are counted", .line = 1, .print = "" };
		if (list.n > LIST_MAX)
			break;
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}
