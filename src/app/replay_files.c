/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replay_files.h"

#include "app/git_known.h"
#include "base/limits.h"
#include "base/map.h"

enum { PIECE = 1000 /* commits */ };
static const char baseline_file[] = ".sluice/secrets.baseline";

struct look {
	const strat *s;
	const struct app_history *h;
	struct app_git_facts git;
	slu_arena *a;
	slu_map *fine;   /* paths that no rule forbids */
	slu_map *listed; /* secrets that are none */
	struct ins_files *out;
	SLU_LIST(struct pol_file) file;
	SLU_LIST(struct pol_secret) secret;
	uint32_t *at, *secret_at;
};

bool app_replay_looks_at_files(const strat *s, bool secrets)
{
	return s->enforcement != STRAT_DISABLED && (s->files.forbid_n || s->files.max_size || (secrets && s->files.scan_secrets));
}

/* As the rule reads it, once. */
static slu_rc read_baseline(struct look *l, slu_err *err)
{
	slu_str text = { 0 }, line, word;
	bool found = false;
	port_git *g = l->h->git;
	l->listed = slu_map_new(l->a);
	for (size_t i = 0; i < l->h->branch_n && !found; i++)
		if (slu_str_eq(l->h->branch[i].name, l->h->default_branch))
			SLU_TRY(g->ops->file_at(g, l->a, &l->h->branch[i].head, slu_s(baseline_file), &text, &found, err));
	if (text.n > SLU_MAX_BASELINE_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "%s has more than %u bytes.", baseline_file, SLU_MAX_BASELINE_BYTES);
	while (slu_str_split(&text, '\n', &line)) {
		line = slu_str_trim(line);
		if (line.n && line.p[0] != '#' && slu_str_split(&line, ' ', &word))
			slu_map_put(l->listed, word, l->listed);
	}
	return SLU_OK;
}

static bool forbidden(struct look *l, const struct pol_file *f)
{
	if (l->s->files.forbid_n == 0 || (!f->submodule && slu_map_get(l->fine, f->path)))
		return false;
	if (pol_path_forbidden(l->a, l->s, f))
		return true;
	if (!f->submodule)
		slu_map_put(l->fine, slu_s(slu_str_dup(l->a, f->path)), l->fine);
	return false;
}

/* *from: what was found of the files before is passed over. */
static bool has_secret(struct look *l, const struct pol_file *f, const struct pol_secret *s, size_t n, size_t *from)
{
	bool any = false;
	for (; *from < n && slu_oid_eq(&s[*from].commit, &f->commit) && slu_str_eq(s[*from].path, f->path); (*from)++) {
		if (slu_map_get(l->listed, slu_s(s[*from].print)))
			continue;
		struct pol_secret *kept = SLU_ADD(l->a, &l->secret);
		*kept = s[*from];
		kept->path = slu_s(slu_str_dup(l->a, kept->path));
		kept->print = slu_strdup(l->a, kept->print);
		any = true;
	}
	return any;
}

/* The files of commits `from` up to `to`, which come in this order. */
static slu_rc take(struct look *l, slu_arena *a, const struct pol_file *f, size_t n, uint32_t from, uint32_t to, slu_err *err)
{
	const struct pol_secret *s = NULL;
	size_t secret_n = 0, seen = 0, i = 0;
	if (l->out->secrets)
		SLU_TRY(app_git_secrets(&l->git, a, f, n, &s, &secret_n, err));
	for (uint32_t c = from; c < to; c++) {
		const slu_oid id = slu_oids_at(&l->h->graph.id, c);
		for (; i < n && slu_oid_eq(&f[i].commit, &id); i++) {
			bool secret = has_secret(l, &f[i], s, secret_n, &seen), there = !slu_oid_is_zero(&f[i].blob) || f[i].submodule;
			bool large = l->s->files.max_size && f[i].size > l->s->files.max_size;
			l->out->looked += there;
			if (!there || !(secret || large || forbidden(l, &f[i])))
				continue;
			struct pol_file *kept = SLU_ADD(l->a, &l->file);
			*kept = f[i];
			kept->path = slu_s(slu_str_dup(l->a, f[i].path));
		}
		l->at[c + 1] = (uint32_t)l->file.n;
		l->secret_at[c + 1] = (uint32_t)l->secret.n;
	}
	return i == n ? SLU_OK : slu_fail(err, SLU_E_INTERNAL, "The files of commit %s came out of turn.", f[i].commit.hex);
}

slu_rc app_replay_files(const struct ins_files **out, slu_arena *a, const struct app_history *h, const struct app_replay_ask *ask, slu_err *err)
{
	struct ins_files *files = SLU_NEW(a, struct ins_files);
	struct look l = { .s = ask->s, .h = h, .git = { .git = h->git, .a = a, .unbounded = true }, .a = a, .fine = slu_map_new(a), .out = files };
	slu_oid commit[PIECE];
	port_git *g = h->git;
	*files = (struct ins_files){ .secrets = ask->secrets && ask->s->files.scan_secrets };
	l.at = SLU_NEW_N(a, uint32_t, h->graph.n + 1);
	l.secret_at = SLU_NEW_N(a, uint32_t, h->graph.n + 1);
	if (files->secrets)
		SLU_TRY(read_baseline(&l, err));
	for (size_t from = 0, n = 0; from < h->graph.n; from += n) {
		slu_auto_arena *piece = slu_arena_new();
		const struct pol_file *f = NULL;
		size_t file_n = 0;
		for (n = 0; n < PIECE && from + n < h->graph.n; n++)
			commit[n] = slu_oids_at(&h->graph.id, from + n);
		if (ask->reading)
			ask->reading(ask->ctx, from, h->graph.n);
		SLU_TRY(g->ops->files_of(g, piece, commit, n, ask->s->files.max_size > 0, &f, &file_n, err));
		SLU_TRY(take(&l, piece, f, file_n, (uint32_t)from, (uint32_t)(from + n), err));
	}
	files->at = l.at;
	files->file = l.file.v;
	files->secret_at = l.secret_at;
	files->secret = l.secret.v;
	*out = files;
	return SLU_OK;
}
