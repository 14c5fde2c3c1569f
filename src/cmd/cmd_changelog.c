/* SPDX-License-Identifier: Apache-2.0 */
/** sluice changelog: what is in a release, in a clone without a server. */
#include "base/quantity.h"
#include "cmd/line.h"
#include "cmd/notes.h"

#include <unistd.h>

/* What is said of one version: as soon as it is made, the commits are let go. */
struct section {
	slu_str version, text, json; /* json n == 0: nobody wants it; text too */
	bool released;               /* what a file says of it already was written by people, and stays */
};
struct sections {
	struct cmd_ctx *c;
	struct cmd_offline o;
	struct cmd_line l;
	struct pol_releases released;
	struct cmd_notes notes;
	SLU_LIST(struct section) list; /* oldest first */
};

/* ---- which ------------------------------------------------------------------------------------------------------------ */

static slu_str kept(slu_arena *a, slu_str s)
{
	return (slu_str){ slu_str_dup(a, s), s.n };
}

/* What people have noted about commits since they were made. */
static slu_rc correct(const struct sections *s, slu_arena *a, const struct pol_since *since, slu_err *err)
{
	for (size_t i = 0; s->notes.n && i < since->n; i++) {
		slu_str text;
		SLU_TRY(cmd_notes_of(&s->notes, a, s->o.ctx.git.git, since->e[i].oid, &text, err));
		if (text.n)
			ver_entry_correct(&since->e[i], a, text);
	}
	return SLU_OK;
}

/* `a`: of this section alone. */
static slu_rc add(struct sections *s, slu_arena *a, slu_str version, int64_t time_s, const struct pol_since *since, bool released, slu_err *err)
{
	char day[SLU_TIME_TEXT] = "";
	bool json = s->c->format == CMD_FORMAT_JSON;
	if (time_s)
		(void)slu_time_text(time_s, day);
	struct ver_changelog head = pol_changelog(a, s->o.strategy, version, slu_s(slu_strndup(a, day, time_s ? 10 : 0)));
	head.all = cmd_has(s->c, "full");
	SLU_TRY(correct(s, a, since, err));
	struct section *x = SLU_ADD(s->c->a, &s->list);
	*x = (struct section){ .version = kept(s->c->a, version), .released = released };
	if (!json || cmd_has(s->c, "write"))
		x->text = kept(s->c->a, slu_s(ver_changelog_section(a, &head, since->e, since->n)));
	if (json) {
		slu_auto_buf b;
		slu_buf_init(&b, SIZE_MAX / 4);
		slu_json j = slu_json_shown(&b);
		ver_changelog_json(&j, a, &head, since->e, since->n);
		x->json = kept(s->c->a, slu_buf_str(&b));
	}
	return SLU_OK;
}

/* When it was tagged; of a tag without a tagger, when its commit was made. */
static slu_rc time_of(struct sections *s, slu_arena *a, const struct pol_release *r, int64_t *out, slu_err *err)
{
	port_git *g = s->o.ctx.git.git;
	struct pol_tag tag;
	struct pol_commit commit;
	slu_oid id;
	SLU_TRY(g->ops->ref(g, slu_s(slu_printf(a, "refs/tags/%.*s", SLU_FMT(r->tag))), &id, err));
	SLU_TRY(g->ops->tag(g, a, &id, &tag, err));
	SLU_TRY(g->ops->commit(g, a, &r->commit, &commit, err));
	*out = tag.annotated && tag.tagger_time_s ? tag.tagger_time_s : commit.commit_time_s;
	return SLU_OK;
}

/* What the i-th release has and none below it. */
static slu_rc add_release(struct sections *s, size_t i, slu_err *err)
{
	const struct pol_release *r = &s->released.v[i];
	const struct pol_releases below = { s->released.v, i };
	slu_auto_arena *a = slu_arena_new();
	struct pol_since since;
	int64_t time_s = 0;
	SLU_TRY(time_of(s, a, r, &time_s, err));
	SLU_TRY(pol_since(&since, a, &s->o.facts, &below, &r->commit, NULL, err));
	return add(s, a, r->version, time_s, &since, true, err);
}

static slu_rc add_unreleased(struct sections *s, bool also_empty, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct pol_since since;
	SLU_TRY(pol_since(&since, a, &s->o.facts, &s->released, &s->l.tip, &s->l.into, err));
	return since.n || also_empty ? add(s, a, SLU_STR("Unreleased"), 0, &since, false, err) : SLU_OK;
}

static slu_rc add_all(struct sections *s, slu_err *err)
{
	if (s->released.n > SLU_MAX_HISTORY_RELEASES)
		return slu_fail(err, SLU_E_LIMIT, "There are %zu releases here; --all writes at most %u. One is written with --to RELEASE.", s->released.n, SLU_MAX_HISTORY_RELEASES);
	for (size_t i = 0; i < s->released.n; i++) /* from below: what is in a release is asked beyond all those, and the list only grows */
		if (i == 0 || ver_cmp(&s->released.v[i].v, &s->released.v[i - 1].v) != 0) /* one of two tags of the same version */
			SLU_TRY(add_release(s, i, err));
	return add_unreleased(s, false, err);
}

static slu_rc add_next(struct sections *s, slu_err *err)
{
	struct pol_next n;
	const struct pol_next_ask ask = cmd_line_ask(&s->o, &s->l, s->c->arg_n ? s->c->arg[0] : NULL, NULL);
	SLU_TRY(pol_next(&n, s->c->a, s->o.strategy, &s->o.facts, &ask, err));
	SLU_TRY(pol_next_allowed(&n, s->c->a, s->o.strategy, &s->o.facts, s->l.line, err));
	return add(s, s->c->a, n.version, s->o.now_s, &n.since, false, err);
}

static const struct pol_release *release_at(const struct sections *s, const char *word, size_t *at)
{
	for (*at = 0; *at < s->released.n; (*at)++)
		if (slu_str_is(s->released.v[*at].tag, word) || slu_str_is(s->released.v[*at].version, word))
			return &s->released.v[*at];
	return NULL;
}

/* A release by its tag or version, or any commit. */
static slu_rc end_at(const struct sections *s, const char *word, slu_oid *out, slu_err *err)
{
	size_t at;
	const struct pol_release *r = release_at(s, word, &at);
	if (!r)
		return s->o.ctx.git.git->ops->resolve(s->o.ctx.git.git, slu_s(word), out, err);
	*out = r->commit;
	return SLU_OK;
}

static slu_rc add_range(struct sections *s, const char *from, const char *to, slu_err *err)
{
	size_t at = 0;
	struct pol_since since;
	struct pol_release first = { 0 };
	struct pol_releases before = s->released;
	const struct pol_release *last = to ? release_at(s, to, &at) : NULL;
	slu_oid tip = s->l.tip;
	int64_t time_s = 0;
	if (last && !from)
		return add_release(s, at, err);
	if (to)
		SLU_TRY(end_at(s, to, &tip, err));
	if (from) {
		SLU_TRY(end_at(s, from, &first.commit, err));
		before = (struct pol_releases){ &first, 1 };
	}
	SLU_TRY(pol_since(&since, s->c->a, &s->o.facts, &before, &tip, NULL, err));
	if (last)
		SLU_TRY(time_of(s, s->c->a, last, &time_s, err));
	return add(s, s->c->a, last ? last->version : SLU_STR("Unreleased"), time_s, &since, last != NULL, err);
}

static slu_rc collect(struct sections *s, slu_err *err)
{
	SLU_TRY(cmd_notes_read(&s->notes, s->c->a, s->o.ctx.git.git, SLU_STR("refs/notes/changelog"), err));
	SLU_TRY(pol_releases(&s->released, s->c->a, s->o.strategy, &s->o.facts, STRAT_TAG_RELEASE, s->l.line, err));
	if (cmd_has(s->c, "all"))
		return add_all(s, err);
	if (cmd_has(s->c, "from") || cmd_has(s->c, "to"))
		return add_range(s, cmd_opt(s->c, "from"), cmd_opt(s->c, "to"), err);
	return cmd_has(s->c, "unreleased") ? add_unreleased(s, true, err) : add_next(s, err);
}

/* ---- where to --------------------------------------------------------------------------------------------------------------- */

static int put_json(const struct sections *s)
{
	slu_auto_buf b;
	slu_buf_init(&b, SIZE_MAX / 4);
	slu_buf_addc(&b, '[');
	for (size_t i = s->list.n; i-- > 0;) {
		slu_buf_addstr(&b, s->list.v[i].json);
		slu_buf_adds(&b, i ? "," : "");
	}
	slu_buf_adds(&b, "]\n");
	return cmd_put(s->c, &b);
}

static int put_text(const struct sections *s)
{
	slu_auto_buf b;
	slu_buf_init(&b, SIZE_MAX / 4);
	for (size_t i = s->list.n; i-- > 0;) {
		slu_buf_addstr(&b, s->list.v[i].text);
		slu_buf_adds(&b, i ? "\n" : "");
	}
	return cmd_put(s->c, &b);
}

/* Oldest first, so that each finds its place above those below it. */
static slu_rc write_file(struct sections *s, const char **name, size_t *written, slu_err *err)
{
	struct cmd_ctx *c = s->c;
	slu_str named = s->o.strategy->releases.changelog, text = SLU_STR("");
	const char *top;
	*name = named.n ? slu_str_dup(c->a, named) : "CHANGELOG.md";
	*written = 0;
	SLU_TRY(cmd_worktree(c, &top, err));
	const char *path = slu_printf(c->a, "%s/%s", top, *name);
	if (access(path, F_OK) == 0)
		SLU_TRY(cmd_read_file(c, path, SLU_MAX_BLOB_BYTES, &text, err));
	slu_str was = text;
	slu_auto_buf now; /* each section makes a whole new text: only the last one is kept */
	slu_buf_init(&now, SIZE_MAX / 4);
	slu_buf_addstr(&now, text);
	for (size_t i = 0; i < s->list.n; i++) {
		const struct section *x = &s->list.v[i];
		slu_auto_arena *a = slu_arena_new();
		char *made = NULL;
		if (x->released && ver_changelog_has(slu_buf_str(&now), x->version))
			continue;
		SLU_TRY(ver_changelog_put(&made, a, slu_buf_str(&now), x->version, x->text, err));
		*written += slu_str_eq(slu_s(made), slu_buf_str(&now)) ? 0 : 1;
		slu_buf_clear(&now);
		slu_buf_adds(&now, made);
	}
	return c->dry_run || slu_str_eq(slu_buf_str(&now), was) ? SLU_OK : cmd_replace_file(c, path, slu_buf_str(&now), 0, err);
}

static int changelog(struct cmd_ctx *c, struct sections *s)
{
	slu_err err = { 0 };
	const char *name;
	size_t written;
	if (cmd_has(c, "all") + cmd_has(c, "unreleased") + (cmd_has(c, "from") || cmd_has(c, "to")) + (c->arg_n > 0) > 1)
		return cmd_usage(c, "One of a version, --unreleased, --all, and --from with --to.");
	int code = cmd_line_open(c, &s->o, &s->l);
	if (code)
		return code;
	if (collect(s, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (!cmd_has(c, "write"))
		return c->format == CMD_FORMAT_JSON ? put_json(s) : put_text(s);
	if (write_file(s, &name, &written, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (written == 0)
		cmd_say(c, "%s is up to date.", name);
	else
		cmd_say(c, "%s: %s %s.", name, cmd_count(c, written, "section", "sections"), c->dry_run ? "would be written" : "written");
	return c->format == CMD_FORMAT_JSON ? put_json(s) : 0;
}

static int run(struct cmd_ctx *c)
{
	struct sections s = { .c = c };
	int code = changelog(c, &s);
	cmd_offline_close(&s.o);
	return code;
}

static const struct cmd_opt options[] = {
	{ "unreleased", 'u', NULL, "what no release has, under that heading", CMD_FLAG, 0 },
	{ "all", 'a', NULL, "every release of the line, newest first, after what is unreleased", CMD_FLAG, 0 },
	{ "from", 0, "REV", "from a release (its commits are left out) or a commit", CMD_TEXT, 0 },
	{ "to", 0, "REV", "up to a release or a commit; alone: what that release has", CMD_TEXT, 0 },
	{ "full", 0, NULL, "also what users do not notice: docs, chores, tests", CMD_FLAG, 0 },
	{ "write", 'w', NULL, "put it into the changelog of the work tree", CMD_FLAG, 0 },
	CMD_LINE_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_changelog = {
	.name = "changelog",
	.summary = "What is in the next release, in one, or in all",
	.usage = "[VERSION]",
	.group = CMD_G_RELEASE,
	.args_max = 1,
	.flags = CMD_DRY_RUN,
	.opts = options,
	.run = run,
	.detail = "Works in a clone, without a server, and writes what the server writes at a release: Markdown in the form of Keep a Changelog, or JSON. Without options it is the section of "
	          "the version that `sluice next` tells. Features, fixes, what is faster and what breaks have groups of their own, and so has each type that the strategy adds to the usual "
	          "ones, unless the strategy names the groups itself (releases.changelog); what was taken back is left out with what took it back.\n\n"
	          "A commit whose message says too little is corrected, in its trailer `Release-note: TEXT` or later with `git notes --ref changelog add -m TEXT COMMIT`: TEXT stands in the changelog "
	          "instead of the description; a line such as `feat(api): TEXT` also instead of type and scope; `none` leaves the commit out.\n\n"
	          "--write puts a section at its place in the file that the strategy names (releases.changelog, else CHANGELOG.md). The section of a release that stands there already is left as "
	          "people have written it; only that of what is not released yet is made anew.",
	.example = "sluice changelog\n"
	           "sluice changelog --to v1.2.0               what that release has\n"
	           "sluice changelog --from v1.0.0 --to v1.2.0\n"
	           "sluice changelog --all --write",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3),
};
