/* SPDX-License-Identifier: Apache-2.0 */
/** What follows from the merge of a change: as the verdict has it, or while it is blocked as the way that it would go has it. */
#include "web/change_parts.h"

static void item(html *h, const char *word, const char *text, slu_str code)
{
	html_lit(h, "<li><strong>");
	html_text_z(h, word);
	html_lit(h, "</strong> ");
	html_text_z(h, text);
	html_lit(h, " <code>");
	html_text(h, code);
	html_lit(h, "</code></li>");
}

static void as_judged(html *h, const struct pol_verdict *v)
{
	static const struct { const char *word, *text; } says[] = {
		[POL_FOLLOW_TAG] = { "tag", "" }, [POL_FOLLOW_ALSO_INTO] = { "merge", "also into" }, [POL_FOLLOW_BACK_MERGE] = { "merge", "back into" }, [POL_FOLLOW_DELETE] = { "delete", "" },
	};
	for (size_t i = 0; i < v->follow.n; i++) {
		const struct pol_follow *f = &v->follow.v[i];
		bool named = f->ref && *f->ref;
		item(h, says[f->kind].word, named ? says[f->kind].text : "of the version that is given with the merge", slu_s(named ? f->ref : "refs/tags/\xE2\x80\xA6"));
	}
}

static void each_kind(html *h, const strat *s, const struct strat_set *set, const char *text, int but)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->i[i] != but)
			item(h, "merge", text, s->branch[set->i[i]].name);
}

static void as_planned(html *h, const strat *s, const struct strat_edge *e, int from, slu_str source)
{
	if (e->tag != STRAT_NONE)
		item(h, "tag", "of the class", s->tag[e->tag].name);
	each_kind(h, s, &e->also_into, "also into", from);
	each_kind(h, s, &e->back_merge, "back into", from);
	if (s->branch[from].delete_after_merge)
		item(h, "delete", "", source);
}

/* Environments that what lands, or its tag, goes to by itself. */
static void deployments(html *h, const strat *s, const struct strat_edge *e)
{
	for (size_t i = 0; i < s->environment_n; i++) {
		const struct strat_trigger *on = &s->environment[i].on;
		bool landed = false;
		for (int k = STRAT_ON_PUSH; k <= STRAT_ON_MERGE; k++)
			landed = landed || ((on->on & (1u << k)) && strat_set_has(&on->set[k], e->into));
		bool tagged = e->tag != STRAT_NONE && (on->on & (1u << STRAT_ON_TAG)) && strat_set_has(&on->set[STRAT_ON_TAG], e->tag);
		if (landed || tagged)
			item(h, "deploy", landed ? "what landed to" : "the tag to", s->environment[i].name);
	}
}

static const struct strat_edge *way(const strat *s, int from, int into)
{
	for (size_t i = 0; from >= 0 && i < s->branch[from].edge_n; i++)
		if (s->branch[from].edge[i].into == into)
			return &s->branch[from].edge[i];
	return NULL;
}

void change_follows(html *h, const struct web_req *rq, const strat *s, const struct app_change_view *v)
{
	static const char *const becomes[] = {
		[STRAT_MERGE] = "by a merge commit into", [STRAT_SQUASH] = "as one commit into", [STRAT_REBASE] = "commit by commit into", [STRAT_FAST_FORWARD] = "as it is into",
	};
	bool merged = v->change.state == POL_CHANGE_MERGED;
	int from = strat_branch_kind(s, v->change.source, NULL);
	const struct strat_edge *e = way(s, from, strat_branch_kind(s, v->change.target, NULL));
	if (v->change.state == POL_CHANGE_CLOSED || (merged ? v->merge.follow.n == 0 : !e))
		return;
	slu_buf_addf(h->out, "<h2>What %s from the merge</h2><ol class=\"follows\">", merged ? "followed" : "follows");
	if (!merged)
		item(h, strat_method_word(e->method), becomes[e->method], v->change.target);
	if (merged || v->merge.answer == POL_ALLOW)
		as_judged(h, &v->merge);
	else
		as_planned(h, s, e, from, v->change.source);
	if (!merged)
		deployments(h, s, e);
	html_lit(h, "</ol>");
	if (!merged && v->merge.answer == POL_ALLOW && !web_query(rq, "try"))
		html_lit(h, "<p><a href=\"?try=1#try\">Dry run</a>: compute it now, commit by commit, and move nothing.</p>");
}
