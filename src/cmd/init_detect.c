/* SPDX-License-Identifier: Apache-2.0 */
/* What the history shows, as a file that extends the preset that fits best: each line says what was seen. */
#include "cmd/init.h"
#include "cmd/replay_fit.h"

enum { SEEN_AT_LEAST = 3, PREFIXES = 12, FORMS = 6, TYPES = 16, STILL = 3 };

struct seen {
	struct cmd_ctx *c;
	slu_buf *out;
	const struct cmd_fitting *fit;
	const struct app_history *h;
	struct ins_evidence e;
};

/* The kind that the preset has for the default branch, for what is built before, and for work. */
static int kind_of_type(const strat *s, enum strat_branch_type type)
{
	for (size_t i = 0; i < s->branch_n; i++)
		if (!s->branch[i].builtin && s->branch[i].type == type)
			return (int)i;
	return STRAT_NONE;
}

static bool is_branch(const struct app_history *h, const char *name)
{
	for (size_t i = 0; i < h->branch_n; i++)
		if (slu_str_is(h->branch[i].name, name))
			return true;
	return false;
}

/* "main: {match: trunk}" where the default branch is called otherwise. */
static void default_branch(struct seen *x, slu_buf *b)
{
	if (x->fit->renamed.n == 0)
		return;
	slu_buf_addf(b, "  %.*s: {match: ", SLU_FMT(x->fit->renamed));
	cmd_yaml_quoted(b, x->h->default_branch);
	slu_buf_adds(b, "}    # the default branch\n");
}

static void integration(struct seen *x, slu_buf *b)
{
	static const char *const usual[] = { "development", "dev", "devel", "integration" };
	int kind = kind_of_type(x->fit->s, STRAT_INTEGRATION);
	if (kind == STRAT_NONE || is_branch(x->h, slu_str_dup(x->c->a, x->fit->s->branch[kind].name)))
		return;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (is_branch(x->h, usual[i])) {
			slu_buf_addf(b, "  %.*s: {match: %s}    # it is there\n", SLU_FMT(x->fit->s->branch[kind].name), usual[i]);
			return;
		}
}

/* Names of no kind go to the first kind of work, behind the patterns that it has. */
static void prefixes(struct seen *x, slu_buf *b, const char *more)
{
	int kind = kind_of_type(x->fit->s, STRAT_WORK);
	size_t n = 0;
	while (n < x->e.prefix.n && n < PREFIXES && x->e.prefix.v[n].n >= SEEN_AT_LEAST)
		n++;
	if (kind == STRAT_NONE || (n == 0 && !*more))
		return;
	const struct strat_branch *k = &x->fit->s->branch[kind];
	slu_buf_addf(b, "  %.*s:\n", SLU_FMT(k->name));
	if (n) {
		slu_buf_adds(b, "    match:\n");
		for (size_t i = 0; i < k->match_n; i++) {
			slu_buf_adds(b, "      - ");
			cmd_yaml_quoted(b, strat_pattern_text(k->match[i]));
			slu_buf_addc(b, '\n');
		}
	}
	for (size_t i = 0; i < n; i++) {
		slu_buf_adds(b, "      - ");
		cmd_yaml_quoted(b, slu_s(slu_printf(x->c->a, "%.*s**", SLU_FMT(x->e.prefix.v[i].form))));
		slu_buf_addf(b, "    # %s\n", cmd_count(x->c, x->e.prefix.v[i].n, "such branch", "such branches"));
	}
	slu_buf_adds(b, more);
}

/* Squashed or merged: what most changes did. */
static const char *method(struct seen *x)
{
	int kind = kind_of_type(x->fit->s, STRAT_WORK);
	size_t merged = x->e.merged, squashed = x->e.squashed;
	if (kind == STRAT_NONE || x->fit->s->branch[kind].edge_n == 0 || merged + squashed < SEEN_AT_LEAST)
		return "";
	const struct strat_edge *e = &x->fit->s->branch[kind].edge[0];
	enum strat_method seen = squashed > merged ? STRAT_SQUASH : STRAT_MERGE;
	if (e->method == seen)
		return "";
	return slu_printf(x->c->a, "    into: {%.*s: {method: %s}}    # %zu merges, %zu squashed\n", SLU_FMT(x->fit->s->branch[e->into].name), strat_method_word(seen), merged, squashed);
}

static void branches(struct seen *x)
{
	slu_auto_buf b;
	slu_buf_init(&b, 65536);
	default_branch(x, &b);
	integration(x, &b);
	prefixes(x, &b, method(x));
	if (b.n == 0)
		return;
	slu_buf_adds(x->out, "\nbranches:\n");
	slu_buf_addstr(x->out, slu_buf_str(&b));
}

static int release_class(const strat *s)
{
	for (size_t i = 0; i < s->tag_n; i++)
		if (s->tag[i].type == STRAT_TAG_RELEASE)
			return (int)i;
	return STRAT_NONE;
}

static bool any_there(const struct seen *x, const struct strat_set *kinds)
{
	for (size_t i = 0; i < x->h->branch_n; i++)
		if (strat_set_has(kinds, strat_branch_kind(x->fit->s, x->h->branch[i].name, NULL)))
			return true;
	return kinds->n == 0;
}

/* What the preset's own class of releases is like here. */
static void release_tags(struct seen *x, slu_buf *b)
{
	const struct ins_evidence *e = &x->e;
	int cls = release_class(x->fit->s), to = kind_of_type(x->fit->s, STRAT_PRODUCTION);
	if (cls == STRAT_NONE)
		return;
	const struct strat_tag *t = &x->fit->s->tag[cls];
	bool light = t->annotated && e->release_light * 2 > e->release_tags, elsewhere = to != STRAT_NONE && !any_there(x, &t->branches);
	if (!light && !elsewhere)
		return;
	slu_buf_addf(b, "  %.*s: {", SLU_FMT(t->name));
	if (elsewhere) {
		slu_buf_addf(b, "branches: [%.*s", SLU_FMT(x->fit->s->branch[to].name));
		for (size_t i = 0; i < t->branches.n; i++)
			slu_buf_addf(b, ", %.*s", SLU_FMT(x->fit->s->branch[t->branches.i[i]].name));
		slu_buf_addf(b, "]%s", light ? ", " : "");
	}
	slu_buf_addf(b, "%s}    #", light ? "annotated: false" : "");
	if (elsewhere)
		slu_buf_adds(b, " none of the branches that the preset names is here");
	if (light)
		slu_buf_addf(b, "%s %zu of %zu are lightweight", elsewhere ? ";" : "", e->release_light, e->release_tags);
	slu_buf_addc(b, '\n');
}

static void tags(struct seen *x)
{
	slu_auto_buf b;
	slu_buf_init(&b, 65536);
	const struct ins_evidence *e = &x->e;
	release_tags(x, &b);
	for (size_t i = 0; i < e->tag.n && i < FORMS && e->tag.v[i].n >= SEEN_AT_LEAST; i++) {
		slu_buf_addf(&b, "  seen-%zu: {match: ", i + 1);
		cmd_yaml_quoted(&b, e->tag.v[i].form);
		slu_buf_addf(&b, ", type: %s, annotated: %s}    # %s\n", e->tag.v[i].prerelease ? "prerelease" : "release", e->tag.v[i].light ? "false" : "true", cmd_count(x->c, e->tag.v[i].n, "such tag", "such tags"));
	}
	if (b.n == 0)
		return;
	slu_buf_adds(x->out, "\ntags:\n");
	slu_buf_addstr(x->out, slu_buf_str(&b));
}

/* Nine in ten: who writes so mostly, means to. */
static void commits(struct seen *x)
{
	const struct ins_evidence *e = &x->e;
	bool first = true;
	if (e->messages < 20 || e->conventional * 10 < e->messages * 9)
		return;
	slu_buf_addf(x->out, "\ncommits:\n  convention: conventional    # %zu of %zu messages are\n  types: [", e->conventional, e->messages);
	for (size_t i = 0; i < e->type.n && i < TYPES && e->type.v[i].n >= SEEN_AT_LEAST; i++) {
		slu_buf_adds(x->out, first ? "" : ", ");
		cmd_yaml_quoted(x->out, e->type.v[i].form);
		first = false;
	}
	slu_buf_adds(x->out, "]\n");
}

static void write_file(struct seen *x)
{
	const struct cmd_fitting *f = x->fit;
	slu_buf_addf(x->out,
		     "# What the history of this repository shows, on %zu commits, %zu branches and %zu tags. Of the general presets %s fits best. It would\n"
		     "# have refused %s of %s acts, before what is different here is counted. What is not said here is as in the preset:\n#\n#     sluice preset show %s\n#\nstrategy: 1\nextends: %s\n",
		     x->h->graph.n, x->h->branch_n, x->h->tag_n, f->fit.preset, cmd_thousands(x->c, f->fit.refused), cmd_thousands(x->c, f->fit.judged), f->fit.preset, f->fit.preset);
	branches(x);
	tags(x);
	commits(x);
}

/* What the file that was made would still have refused. */
static int still(struct seen *x, struct app_history *h, struct app_replay_ask *ask)
{
	struct ins_replay r;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	struct cmd_ctx *c = x->c;
	if (strat_compile(&ask->s, &issues, c->a, slu_buf_str(x->out), CMD_STRATEGY_PATH, NULL, NULL, NULL) != SLU_OK)
		return 0; /* said when it is checked */
	if (app_replay(&r, c->a, h, ask, &err) != SLU_OK)
		return cmd_fail(c, &err);
	cmd_say(c, "The nearest preset is %s. With what is different here it would have refused %s of %s acts (%s)%s", x->fit->fit.preset, cmd_thousands(c, r.all.refused), cmd_thousands(c, r.all.judged),
		cmd_share(c, r.all.refused, r.all.judged), r.refuses.n ? ":" : ".");
	for (size_t i = 0; i < r.refuses.n && i < STILL; i++)
		cmd_say(c, "  %8s  %s", cmd_thousands(c, r.refuses.v[i].all), cmd_rule_words(c, &r.refuses.v[i]));
	return 0;
}

static int look(struct cmd_ctx *c, struct cmd_offline *o, slu_buf *out)
{
	const struct cmd_offline_ask here = { .may_have_none = true, .anybody = true };
	struct cmd_fitting fit[CMD_FITS];
	struct app_replay_ask ask = { .since_s = INT64_MIN };
	struct app_history h;
	slu_err err = { 0 };
	int code = cmd_offline_open_as(c, o, &here);
	if (code)
		return code;
	if (cmd_whole(c, ", and shows too little of it", &err) != SLU_OK || app_history_load(&h, c->a, &o->ctx, o->default_branch, false, &err) != SLU_OK)
		return cmd_fail(c, &err);
	code = cmd_fit_presets(c, o, &h, &ask, fit);
	if (code)
		return code;
	struct seen x = { .c = c, .out = out, .fit = &fit[0], .h = &h };
	app_detect(&x.e, c->a, &h, fit[0].s);
	write_file(&x);
	return still(&x, &h, &ask);
}

int cmd_init_detect(struct cmd_ctx *c, slu_buf *out)
{
	struct cmd_offline o = { 0 };
	int code = look(c, &o, out);
	cmd_offline_close(&o);
	return code;
}
