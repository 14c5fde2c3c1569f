/* SPDX-License-Identifier: Apache-2.0 */
/** sluice secrets: what the rule `files: {scan: secrets}` finds, in a clone or bare repository, without a server. */
#include "app/git_known.h"
#include "base/limits.h"
#include "base/map.h"
#include "cmd/records.h"
#include "cmd/staged.h"
#include "scan/scan.h"

#include <jansson.h>
#include <unistd.h>

static const char baseline_file[] = ".sluice/secrets.baseline";

enum { PIECE = 1000 /* commits whose files are looked at together */ };

struct search {
	struct app_git_facts git;
	slu_map *listed;
	size_t files;
	SLU_LIST(struct pol_secret) found;
};

/* ---- which files ---------------------------------------------------------------------------------------------------------- */

/** Only what is found is kept: a history may bring millions of files. */
static slu_rc look_through(struct cmd_ctx *c, struct search *s, const struct pol_file *file, size_t n, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const struct pol_secret *found = NULL;
	size_t found_n = 0;
	SLU_TRY(app_git_secrets(&s->git, a, file, n, &found, &found_n, err));
	for (size_t i = 0; i < found_n; i++) {
		struct pol_secret *x = SLU_ADD(c->a, &s->found);
		*x = found[i];
		x->path = (slu_str){ slu_str_dup(c->a, x->path), x->path.n };
		x->print = slu_strdup(c->a, x->print);
	}
	for (size_t i = 0; i < n; i++)
		s->files += !slu_oid_is_zero(&file[i].blob);
	return SLU_OK;
}

/** "MODE TYPE ID\tPATH", ended by NUL each; in submodules nothing is looked at. */
static slu_rc look_at_entries(struct cmd_ctx *c, struct search *s, slu_str text, slu_oid commit, slu_err *err)
{
	SLU_LIST(struct pol_file) file = { 0 };
	slu_str one, field = { 0 };
	while (slu_str_split(&text, '\0', &one)) {
		const char *tab = memchr(one.p, '\t', one.n);
		if (!tab || !(slu_str_starts(one, "100") || slu_str_starts(one, "120")))
			continue;
		struct pol_file f = { .path = { tab + 1, (size_t)(one.p + one.n - tab) - 1 }, .size = -1, .commit = commit };
		slu_str head = { one.p, (size_t)(tab - one.p) };
		for (size_t i = 0; i < 3; i++)
			(void)slu_str_split(&head, ' ', &field);
		SLU_TRY(slu_oid_parse(&f.blob, field, err));
		*SLU_ADD(c->a, &file) = f;
	}
	return look_through(c, s, file.v, file.n, err);
}

static slu_rc look_at_staged(struct cmd_ctx *c, struct search *s, slu_err *err)
{
	struct pol_file *f = NULL;
	size_t n = 0;
	SLU_TRY(cmd_staged_files(c, &f, &n, err));
	return look_through(c, s, f, n, err);
}

static slu_rc look_at_commits(struct cmd_ctx *c, struct search *s, const slu_oid *commit, size_t n, slu_err *err)
{
	port_git *g = s->git.git;
	for (size_t i = 0; i < n; i += PIECE) {
		slu_auto_arena *a = slu_arena_new();
		const struct pol_file *f = NULL;
		size_t file_n = 0;
		SLU_TRY(g->ops->files_of(g, a, commit + i, n - i < PIECE ? n - i : PIECE, false, &f, &file_n, err));
		SLU_TRY(look_through(c, s, f, file_n, err));
	}
	return SLU_OK;
}

static slu_rc look_at_range(struct cmd_ctx *c, struct search *s, const slu_oid *tip, const slu_oid *not_, size_t not_n, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const slu_oid *commit = NULL;
	size_t n = 0;
	port_git *g = s->git.git;
	SLU_TRY(cmd_whole(c, ": what is in the rest would not be found", err));
	SLU_TRY(g->ops->range(g, a, tip, not_, not_n, SLU_MAX_HISTORY_COMMITS, &commit, &n, err));
	return look_at_commits(c, s, commit, n, err);
}

/** All that any branch or tag leads to, each commit once, the last ones first. */
static slu_rc look_at_all(struct cmd_ctx *c, struct search *s, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	struct port_git_topology t = { 0 };
	slu_oid piece[PIECE];
	size_t n = 0, tip_n = 0;
	port_git *g = s->git.git;
	SLU_TRY(cmd_whole(c, ": what is in the rest would not be found", err));
	SLU_TRY(g->ops->refs(g, c->a, SLU_STR("refs/"), &ref, &n, err));
	slu_oid *tip = SLU_NEW_N(c->a, slu_oid, n + 1);
	for (size_t i = 0; i < n; i++)
		if (g->ops->resolve(g, slu_s(ref[i].id.hex), &tip[tip_n], NULL) == SLU_OK) /* else a tag of something else than a commit */
			tip_n++;
	if (tip_n)
		SLU_TRY(g->ops->topology(g, c->a, tip, tip_n, &t, err));
	for (size_t left = t.n, k = 0; left > 0; k = 0) {
		while (k < PIECE && left > 0)
			piece[k++] = slu_oids_at(&t.id, --left);
		SLU_TRY(look_at_commits(c, s, piece, k, err));
	}
	return SLU_OK;
}

/** "A..B" brings what B has and A has not, "A...B" what B has since the two parted; one revision is its files as they are. */
static slu_rc look_at_revision(struct cmd_ctx *c, struct search *s, const char *word, slu_err *err)
{
	const char *dots = strstr(word, "..");
	port_git *g = s->git.git;
	slu_oid from, to;
	slu_str text;
	if (dots) {
		bool three = dots[2] == '.';
		const slu_oid *not_ = &from;
		size_t not_n = 1;
		const char *end = dots[2 + three] ? dots + 2 + three : "HEAD", *begin = dots == word ? "HEAD" : slu_strndup(c->a, word, (size_t)(dots - word));
		SLU_TRY(g->ops->resolve(g, slu_s(begin), &from, err));
		SLU_TRY(g->ops->resolve(g, slu_s(end), &to, err));
		if (three)
			SLU_TRY(g->ops->merge_bases(g, c->a, &from, &to, &not_, &not_n, err));
		return look_at_range(c, s, &to, not_, not_n, err);
	}
	SLU_TRY(g->ops->resolve(g, slu_s(word), &to, err));
	const char *const list[] = { "ls-tree", "-r", "-z", "--full-tree", to.hex, NULL };
	SLU_TRY(cmd_git(c, NULL, list, false, &text, err));
	return look_at_entries(c, s, text, to, err);
}

static slu_rc look(struct cmd_ctx *c, struct search *s, slu_err *err)
{
	if (cmd_has(c, "staged"))
		return look_at_staged(c, s, err);
	if (cmd_has(c, "all"))
		return look_at_all(c, s, err);
	if (c->arg_n == 0)
		return look_at_revision(c, s, "HEAD", err);
	for (size_t i = 0; i < c->arg_n; i++)
		SLU_TRY(look_at_revision(c, s, c->arg[i], err));
	return SLU_OK;
}

/* ---- what is in the baseline ------------------------------------------------------------------------------------------------ */

static slu_rc read_baseline(struct cmd_ctx *c, struct search *s, slu_err *err)
{
	const char *path = cmd_opt(c, "baseline"), *top = NULL;
	const char *const show[] = { "cat-file", "blob", slu_printf(c->a, "HEAD:%s", baseline_file), NULL };
	slu_str text = { 0 }, line, word;
	s->listed = slu_map_new(c->a);
	if (!path && cmd_worktree(c, &top, NULL) == SLU_OK)
		path = slu_printf(c->a, "%s/%s", top, baseline_file);
	if (cmd_opt(c, "baseline") || (path && access(path, F_OK) == 0))
		SLU_TRY(cmd_read_file(c, path, SLU_MAX_BASELINE_BYTES, &text, err));
	else if (!top && cmd_git(c, NULL, show, true, &text, NULL) != SLU_OK)
		text = (slu_str){ 0 };
	while (slu_str_split(&text, '\n', &line)) {
		line = slu_str_trim(line);
		if (line.n && line.p[0] != '#' && slu_str_split(&line, ' ', &word))
			slu_map_put(s->listed, word, s->listed);
	}
	return SLU_OK;
}

static bool is_listed(const struct search *s, const struct pol_secret *x)
{
	return slu_map_get(s->listed, slu_s(x->print)) != NULL;
}

/* ---- the search --------------------------------------------------------------------------------------------------------------- */

static slu_rc open_repository(struct cmd_ctx *c, struct search *s, slu_err *err)
{
	const struct port_git_here *here;
	SLU_TRY(cmd_here(c, &here, err));
	const struct port_git_open open = { .path = here->git_dir, .lock_fd = -1 };
	s->git.a = c->a;
	s->git.unbounded = true;
	return c->ports->git_open(&s->git.git, &open, err);
}

static slu_rc search(struct cmd_ctx *c, struct search *s, slu_err *err)
{
	SLU_TRY(open_repository(c, s, err));
	SLU_TRY(read_baseline(c, s, err));
	return look(c, s, err);
}

static void search_close(struct search *s)
{
	if (s->git.git)
		s->git.git->ops->close(s->git.git);
}

/* ---- scan --------------------------------------------------------------------------------------------------------------------- */

static int put_json(struct cmd_ctx *c, const struct search *s)
{
	json_auto_t *all = json_array();
	for (size_t i = 0; i < s->found.n; i++) {
		const struct pol_secret *x = &s->found.v[i];
		slu_auto_buf shown;
		slu_buf_init(&shown, 4 * x->path.n + 1);
		json_t *path = json_stringn(x->path.p, x->path.n);
		if (!path) /* no UTF-8 */
			cmd_shown(&shown, x->path);
		(void)json_array_append_new(all, json_pack("{s:o, s:i, s:s?, s:s, s:s, s:s, s:b, s:b}", "path", path ? path : json_stringn(shown.p, shown.n), "line", (int)x->line, "commit",
		                                           slu_oid_is_zero(&x->commit) ? NULL : x->commit.hex, "rule", x->id, "title", x->title, "fingerprint", x->print, "allowed", x->allowed, "listed",
		                                           is_listed(s, x)));
	}
	return cmd_put_json(c, all);
}

static void put_line(struct cmd_ctx *c, slu_buf *b, const struct pol_secret *x)
{
	cmd_shown(b, x->path);
	if (x->line)
		slu_buf_addf(b, ":%u: looks like %s (%s)", x->line, x->title, x->id);
	else
		slu_buf_addf(b, ": a file of this name holds %s (%s)", x->title, x->id);
	if (!slu_oid_is_zero(&x->commit) && (c->arg_n || cmd_has(c, "all")))
		slu_buf_addf(b, ", in %.10s", x->commit.hex);
	slu_buf_addc(b, '\n');
}

static int scan_found(struct cmd_ctx *c, const struct search *s)
{
	size_t counts = 0, allowed = 0, listed = 0;
	slu_auto_buf b;
	slu_buf_init(&b, 64u << 20);
	for (size_t i = 0; i < s->found.n; i++) {
		const struct pol_secret *x = &s->found.v[i];
		if (x->allowed)
			allowed++;
		else if (is_listed(s, x))
			listed++;
		else if (++counts && c->format == CMD_FORMAT_TEXT)
			put_line(c, &b, x);
	}
	int code = c->format == CMD_FORMAT_JSON ? put_json(c, s) : cmd_put(c, &b);
	cmd_say(c, "%s looked through, %s found%s%s.", cmd_count(c, s->files, "file", "files"), cmd_count(c, counts, "secret", "secrets"),
	        allowed ? slu_printf(c->a, ", %zu allowed by a comment", allowed) : "", listed ? slu_printf(c->a, ", %zu listed in %s", listed, cmd_opt(c, "baseline") ? cmd_opt(c, "baseline") : baseline_file) : "");
	return code ? code : counts > 0;
}

static int run(struct cmd_ctx *c, int (*then)(struct cmd_ctx *c, const struct search *s))
{
	struct search s = { .files = 0 };
	slu_err err = { 0 };
	if (cmd_has(c, "staged") + cmd_has(c, "all") + (c->arg_n > 0) > 1)
		return cmd_usage(c, "Give --staged, --all or revisions: one of them.");
	int code = search(c, &s, &err) == SLU_OK ? then(c, &s) : cmd_fail(c, &err);
	search_close(&s);
	return code;
}

static int run_scan(struct cmd_ctx *c)
{
	return run(c, scan_found);
}

#define WHICH                                                                                                     \
	{ "staged", 0, NULL, "what is staged for the next commit", CMD_FLAG, 0 },                                 \
	    { "all", 'a', NULL, "every file of every commit of every branch and tag", CMD_FLAG, 0 },              \
	    { "baseline", 0, "FILE", "secrets that are none; default: .sluice/secrets.baseline", CMD_PATH, 0 }
static const struct cmd_opt scan_options[] = { WHICH, { NULL, 0, NULL, NULL, CMD_FLAG, 0 } };

const struct cmd_desc cmd_secrets_scan = {
	.name = "secrets scan",
	.summary = "Keys and tokens of known forms in the files of a repository",
	.usage = "[REVISION | A..B | A...B]…",
	.group = CMD_G_STRATEGY,
	.args_max = 255,
	.opts = scan_options,
	.run = run_scan,
	.detail = "Looks through the files of HEAD, of a revision, through all that the commits of A..B bring, or those of B since it left A (A...B), or what is staged: for what `files: {scan: secrets}` in a strategy "
	          "refuses. A line that says sluice:allow-secret, or the line above it, tells that it is none; so does an entry in the baseline, which `sluice secrets baseline` writes. "
	          "What is found is never shown: only where it stands.",
	.example = "sluice secrets scan\n"
	           "sluice secrets scan --staged\n"
	           "sluice secrets scan origin/main..HEAD\n"
	           "sluice secrets scan --all --format json",
	.exits = CMD_EXIT(1),
};

/* ---- baseline ------------------------------------------------------------------------------------------------------------------- */

static const char *shown_path(struct cmd_ctx *c, slu_str path)
{
	slu_auto_buf b; /* a line end in it would begin an entry */
	slu_buf_init(&b, 4 * path.n + 1);
	cmd_shown(&b, path);
	return slu_str_dup(c->a, slu_buf_str(&b));
}

/* As the rows of the file, which is text in any case. */
static int baseline_json(struct cmd_ctx *c, const struct pol_secret *const *entry, size_t n)
{
	json_auto_t *all = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:i}", "fingerprint", entry[i]->print, "rule", entry[i]->id, "path", shown_path(c, entry[i]->path), "line", (int)entry[i]->line));
	return cmd_put_json(c, all);
}

static int by_entry(const void *x, const void *y)
{
	const struct pol_secret *a = *(const struct pol_secret *const *)x, *b = *(const struct pol_secret *const *)y;
	int d = strcmp(a->print, b->print);
	return d ? d : strcmp(a->id, b->id);
}

static int put_baseline(struct cmd_ctx *c, const struct search *s)
{
	SLU_LIST(const struct pol_secret *) entry = { 0 };
	slu_map *seen = slu_map_new(c->a);
	slu_auto_buf b;
	slu_buf_init(&b, SLU_MAX_BASELINE_BYTES);
	for (size_t i = 0; i < s->found.n; i++) {
		const struct pol_secret *x = &s->found.v[i];
		if (x->allowed || !*x->print || slu_map_get(seen, slu_s(x->print)))
			continue;
		slu_map_put(seen, slu_s(x->print), seen);
		*SLU_ADD(c->a, &entry) = x;
	}
	if (entry.n)
		qsort(entry.v, entry.n, sizeof *entry.v, by_entry);
	slu_buf_adds(&b, "# Secrets that are none. Only the first word of a line counts; the rest says where it was found.\n");
	for (size_t i = 0; i < entry.n; i++)
		slu_buf_addf(&b, "%s  %s  %s:%u\n", entry.v[i]->print, entry.v[i]->id, shown_path(c, entry.v[i]->path), entry.v[i]->line);
	int code = c->format == CMD_FORMAT_JSON ? baseline_json(c, entry.v, entry.n) : cmd_put(c, &b);
	cmd_say(c, "%s. Look at each before you keep it as %s on the default branch.", cmd_count(c, entry.n, "entry", "entries"), baseline_file);
	return code;
}

static int run_baseline(struct cmd_ctx *c)
{
	return run(c, put_baseline);
}

const struct cmd_desc cmd_secrets_baseline = {
	.name = "secrets baseline",
	.summary = "Write the list of those secrets of a repository that are none",
	.usage = "[REVISION | A..B | A...B]…",
	.group = CMD_G_STRATEGY,
	.args_max = 255,
	.opts = scan_options,
	.run = run_baseline,
	.detail = "Prints an entry for all that `sluice secrets scan` with the same words finds: a fingerprint that names the secret and does not tell it. Kept as .sluice/secrets.baseline on "
	          "the default branch, nothing in it is refused any more, wherever it stands.",
	.example = "sluice secrets baseline --all >.sluice/secrets.baseline",
};

/* ---- rules ------------------------------------------------------------------------------------------------------------------------ */

static int run_rules(struct cmd_ctx *c)
{
	struct cmd_table t;
	json_auto_t *all = json_array();
	cmd_table_init(&t, c, 3);
	cmd_table_cell(&t, "RULE");
	cmd_table_cell(&t, "CHECKSUM");
	cmd_table_cell(&t, "FINDS");
	for (size_t i = 0; scan_rule_at(i); i++) {
		const struct scan_rule *r = scan_rule_at(i);
		cmd_table_cell(&t, r->id);
		cmd_table_cell(&t, r->has_checksum ? "yes" : "");
		cmd_table_cell(&t, r->title);
		(void)json_array_append_new(all, json_pack("{s:s, s:s, s:b}", "rule", r->id, "title", r->title, "checksum", r->has_checksum));
	}
	return c->format == CMD_FORMAT_JSON ? cmd_put_json(c, all) : cmd_table_put(&t);
}

const struct cmd_desc cmd_secrets_rules = {
	.name = "secrets rules",
	.summary = "Which keys and tokens are known by their form",
	.usage = "",
	.group = CMD_G_STRATEGY,
	.run = run_rules,
	.detail = "A token with a checksum counts only when that is right; the others must vary as random ones do.",
	.example = "sluice secrets rules",
};
