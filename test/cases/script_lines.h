/* SPDX-License-Identifier: Apache-2.0 */
/** What each line of the text does: one function a word, in one table. */
#ifndef TEST_CASES_SCRIPT_LINES_H
#define TEST_CASES_SCRIPT_LINES_H
#include "script.h"

/* ---- facts ------------------------------------------------------------------------------------------------------------- */

static inline bool l_now(struct script *s, const struct s_words *w, slu_str block)
{
	(void)block;
	return slu_time_parse(&s->w.now_s, s_word(w, 1), NULL) == SLU_OK || s_trouble(s, "a time is expected", s_word(w, 1));
}

static inline bool l_strategy(struct script *s, const struct s_words *w, slu_str block)
{
	const struct strat_preset *p = slu_str_is(w->v[0], "preset") ? strat_preset_find(s_word(w, 1)) : NULL;
	if (slu_str_is(w->v[0], "preset") && !p)
		return s_trouble(s, "no preset of this name", s_word(w, 1));
	s->w.strategy = p ? (slu_str){ p->text, p->size } : block;
	s->w.s = NULL;
	return true;
}

static inline bool l_person(struct script *s, const struct s_words *w, slu_str block)
{
	struct w_person p = { .name = s_word(w, 1), .p = { .known = true } };
	slu_str *role = SLU_NEW_N(s->a, slu_str, w->n + 1);
	(void)block;
	for (size_t i = 2; i < w->n; i++) {
		bool level = false;
		for (int l = STRAT_READ; l <= STRAT_ADMIN; l++)
			if (slu_str_is(w->v[i], strat_level_word((enum strat_level)l))) {
				p.p.level = (enum strat_level)l;
				level = true;
			}
		if (slu_str_is(w->v[i], "disabled"))
			p.p.disabled = true;
		else if (slu_str_starts(w->v[i], "email="))
			p.email = s_value(w, "email");
		else if (!level)
			role[p.p.role_n++] = w->v[i];
	}
	p.p.role = role;
	for (size_t i = 0; i < s->w.person.n; i++)
		if (slu_str_eq(s->w.person.v[i].name, p.name)) {
			s->w.person.v[i] = p;
			return true;
		}
	*SLU_ADD(s->a, &s->w.person) = p;
	return true;
}

static inline struct w_commit *l_new_commit(struct script *s, const struct s_words *w)
{
	struct w_commit *c = SLU_NEW(s->a, struct w_commit);
	c->label = s_word(w, 1);
	c->message = w->has_quoted ? s_full_ids(s, w->quoted) : SLU_STR("chore: work");
	if (c->label.n == 0 || w_label(&s->w, c->label)) {
		s_trouble(s, "a commit needs a label of its own", c->label);
		return NULL;
	}
	c->id = w_id(c->label);
	return c;
}

static inline bool l_parent(struct script *s, struct w_commit *c, slu_str label)
{
	struct w_commit *p = w_label(&s->w, label);
	if (!p || c->parent_n == W_MAX_PARENTS)
		return s_trouble(s, "no commit of this label", label);
	c->parent[c->parent_n] = p;
	c->parent_id[c->parent_n++] = p->id;
	return true;
}

static inline bool l_commit(struct script *s, const struct s_words *w, slu_str block)
{
	struct w_commit *c = l_new_commit(s, w);
	bool first = true;
	(void)block;
	for (size_t i = 2; c && i < w->n; i++) {
		slu_str word = w->v[i], path = { word.p + 1, word.n - 1 }, content = { NULL, 0 };
		const char *eq = memchr(path.p, '=', path.n);
		if (slu_str_is(word, "on") || slu_str_starts(word, "at="))
			continue;
		if (word.p[0] != '+' && word.p[0] != '-') {
			if (!l_parent(s, c, word))
				return false;
			for (size_t k = 0; first && k < c->parent[0]->file.n; k++)
				*SLU_ADD(s->a, &c->file) = c->parent[0]->file.v[k];
			first = false;
		} else if (word.p[0] == '-') {
			w_drop_file(c, path);
		} else {
			if (eq)
				content = (slu_str){ eq + 1, path.n - (size_t)(eq - path.p) - 1 };
			w_set_file(&s->w, c, (slu_str){ path.p, eq ? (size_t)(eq - path.p) : path.n }, content);
		}
	}
	if (!c)
		return false;
	if (s_value(w, "at").n && slu_time_parse(&c->time_s, s_value(w, "at"), NULL) != SLU_OK)
		return s_trouble(s, "a time is expected", s_value(w, "at"));
	w_seal_tree(&s->w, c);
	*SLU_ADD(s->a, &s->w.commit) = c;
	return true;
}

static inline bool l_merge_commit(struct script *s, const struct s_words *w, slu_str block)
{
	struct w_commit *c = l_new_commit(s, w);
	const struct w_commit *theirs = w_label(&s->w, s_word(w, 3));
	(void)block;
	if (!c || !theirs || !l_parent(s, c, s_word(w, 2)))
		return s_trouble(s, "no commit of this label", s_word(w, 3));
	if (slu_str_is(w->v[0], "merge-commit") && !l_parent(s, c, s_word(w, 3)))
		return false;
	(void)w_merge(&s->w, c->parent[0], theirs, c);
	*SLU_ADD(s->a, &s->w.commit) = c;
	return true;
}

static inline bool l_file(struct script *s, const struct s_words *w, slu_str block)
{
	struct w_commit *c = w_label(&s->w, s_word(w, 1));
	slu_str path = s_word(w, 2);
	if (!c || !slu_str_ends(path, ":"))
		return s_trouble(s, "file LABEL PATH: is expected", s_word(w, 1));
	path.n--;
	w_set_file(&s->w, c, path, block);
	w_seal_tree(&s->w, c);
	return true;
}

static inline bool l_branch(struct script *s, const struct s_words *w, slu_str block)
{
	struct w_ref r = { .name = s_word(w, 1), .at = w_label(&s->w, s_word(w, 2)) };
	bool gone = slu_str_is(w->v[0], "gone-branch");
	(void)block;
	for (size_t i = 0; i < s->w.branch.n; i++)
		if (slu_str_eq(s->w.branch.v[i].name, r.name))
			s->w.branch.v[i] = s->w.branch.v[--s->w.branch.n];
	if (gone)
		return true;
	if (!r.at)
		return s_trouble(s, "no commit of this label", s_word(w, 2));
	r.object = r.at->id;
	*SLU_ADD(s->a, &s->w.branch) = r;
	return true;
}

static inline bool l_tag(struct script *s, const struct s_words *w, slu_str block)
{
	struct w_ref r = { .name = s_word(w, 1), .at = w_label(&s->w, s_word(w, 2)), .annotated = s_has(w, "annotated"), .of_tag = s_has(w, "of-tag") };
	(void)block;
	if (!r.at)
		return s_trouble(s, "no commit of this label", s_word(w, 2));
	slu_str says = s_value(w, "says");
	r.says = says.n ? says : r.name;
	r.object = r.annotated ? w_id(slu_s(slu_printf(s->a, "tag %.*s", SLU_FMT(r.name)))) : r.at->id;
	*SLU_ADD(s->a, &s->w.tag) = r;
	return true;
}

static inline bool l_change(struct script *s, const struct s_words *w, slu_str block)
{
	struct pol_change c = { .number = s_number(s, s_word(w, 1)), .source = s_word(w, 2), .target = s_word(w, 3), .author = s_word(w, 4), .draft = s_has(w, "draft") };
	slu_str pusher = s_value(w, "pusher"), merged = s_value(w, "merged"), threads = s_value(w, "threads");
	(void)block;
	if (w->n < 5)
		return s_trouble(s, "change N SOURCE TARGET AUTHOR is expected", w->v[0]);
	c.title = w->has_quoted ? w->quoted : SLU_STR("feat: a change");
	c.body = SLU_STR("");
	c.labels = s_value(w, "labels");
	c.last_pusher = pusher.n ? pusher : c.author;
	c.threads_open = threads.n ? (unsigned)s_number(s, threads) : 0;
	c.merged_as = merged.n ? s_commit_id(s, merged) : slu_oid_zero();
	c.state = merged.n ? POL_CHANGE_MERGED : s_has(w, "closed") ? POL_CHANGE_CLOSED : POL_CHANGE_OPEN;
	for (size_t i = 0; i < s->w.change.n; i++)
		if (s->w.change.v[i].number == c.number) {
			s->w.change.v[i] = c;
			return true;
		}
	*SLU_ADD(s->a, &s->w.change) = c;
	return true;
}

static inline bool l_body(struct script *s, const struct s_words *w, slu_str block)
{
	slu_str number = s_word(w, 1);
	number.n -= slu_str_ends(number, ":");
	uint64_t n = s_number(s, number);
	for (size_t i = 0; i < s->w.change.n; i++)
		if (s->w.change.v[i].number == n) {
			s->w.change.v[i].body = block;
			return true;
		}
	return s_trouble(s, "no change of this number", number);
}

static inline bool l_ticked(struct script *s, const struct s_words *w, slu_str block)
{
	(void)block;
	*SLU_ADD(s->a, &s->w.ticked) = (struct w_ticked){ s_word(w, 1), { .text = w->quoted, .by = s_word(w, 2) } };
	return true;
}

static inline bool l_review(struct script *s, const struct s_words *w, slu_str block)
{
	static const char *const word[] = { "approve", "request-changes", "comment" };
	struct w_review r = { .change = s_number(s, s_word(w, 1)), .r = { .person = s_word(w, 2), .commit = s_commit_id(s, s_word(w, 4)), .same_patch = s_has(w, "same-patch"), .dismissed = s_has(w, "dismissed") } };
	(void)block;
	for (size_t i = 0; i < 3; i++)
		if (slu_str_is(s_word(w, 3), word[i])) {
			r.r.state = (enum pol_review_state)i;
			*SLU_ADD(s->a, &s->w.review) = r;
			return true;
		}
	return s_trouble(s, "approve, request-changes or comment is expected", s_word(w, 3));
}

static inline bool l_signed(struct script *s, const struct s_words *w, slu_str block)
{
	static const char *const word[] = { [POL_SIGNED] = "well", [POL_SIGNED_BADLY] = "badly", [POL_SIGNED_BY_UNKNOWN] = "unknown", [POL_SIGNED_BY_EXPIRED] = "expired", [POL_SIGNED_BY_OTHER] = "other" };
	struct w_signature x = { .s = { POL_NOT_SIGNED, s_value(w, "by") } };
	const struct w_commit *c = w_label(&s->w, s_word(w, 1));
	(void)block;
	for (size_t i = 1; i < sizeof word / sizeof *word; i++)
		if (slu_str_is(s_word(w, 2), word[i]))
			x.s.state = (enum pol_signature_state)i;
	if (x.s.state == POL_NOT_SIGNED)
		return s_trouble(s, "well, badly, unknown, expired or other", s_word(w, 2));
	if (c)
		x.id = c->id;
	for (size_t i = 0; !c && i < s->w.tag.n; i++)
		if (slu_str_eq(s->w.tag.v[i].name, s_word(w, 1)))
			x.id = s->w.tag.v[i].object;
	*SLU_ADD(s->a, &s->w.signature) = x;
	return true;
}

static inline bool l_check(struct script *s, const struct s_words *w, slu_str block)
{
	static const char *const word[] = { "missing", "pending", "success", "failure", "cancelled", "neutral" };
	(void)block;
	for (size_t i = 0; i < 6; i++)
		if (slu_str_is(s_word(w, 3), word[i])) {
			*SLU_ADD(s->a, &s->w.check) =
			    (struct w_check){ s_commit_id(s, s_word(w, 1)), s_word(w, 2), { .state = (enum pol_check_state)i, .reporter = s_word(w, 4) } };
			return true;
		}
	return s_trouble(s, "no state of a check", s_word(w, 3));
}

static inline bool l_emergency(struct script *s, const struct s_words *w, slu_str block)
{
	struct w_emergency e = { .change = s_number(s, s_word(w, 1)), .e = { .declared = true, .by = s_word(w, 2), .reason = w->has_quoted ? w->quoted : SLU_STR("it burns"), .at_s = s->w.now_s } };
	(void)block;
	if (slu_time_parse(&e.e.expires_s, s_word(w, 3), NULL) != SLU_OK)
		return s_trouble(s, "a time is expected", s_word(w, 3));
	*SLU_ADD(s->a, &s->w.emergency) = e;
	return true;
}

static inline bool l_deployed(struct script *s, const struct s_words *w, slu_str block)
{
	struct w_deployment d = { .environment = s_word(w, 1), .d = { .found = true, .number = s->w.deployment.n + 1, .version = s_word(w, 2), .commit = s_commit_id(s, s_word(w, 3)), .state = s_word(w, 4), .blocked = s_has(w, "blocked") } };
	(void)block;
	*SLU_ADD(s->a, &s->w.deployment) = d;
	return true;
}

static inline bool l_secret(struct script *s, const struct s_words *w, slu_str block)
{
	(void)block;
	*SLU_ADD(s->a, &s->w.secret) = s_word(w, 1);
	return true;
}

static inline bool l_unknown(struct script *s, const struct s_words *w, slu_str block)
{
	struct pol_facts *f = &s->w.facts;
	(void)block;
	if (s_has(w, "person"))
		f->person = NULL;
	if (s_has(w, "changes")) {
		f->change = NULL;
		f->open_changes = NULL;
		f->merged = NULL;
	}
	if (s_has(w, "reviews"))
		f->reviews = NULL;
	if (s_has(w, "checks"))
		f->check = NULL;
	if (s_has(w, "tags"))
		f->tags = NULL;
	if (s_has(w, "emergency"))
		f->emergency = NULL;
	if (s_has(w, "secrets"))
		f->secret = NULL;
	f->by_push = f->by_push || s_has(w, "all-but-git");
	f->no_server = f->by_push || s_has(w, "server");
	return true;
}

/* ---- the act -------------------------------------------------------------------------------------------------------------- */

static inline bool l_act(struct script *s, const struct s_words *w, slu_str block)
{
	static const struct { const char *word; enum pol_verb verb; } verb[] = { { "push", POL_PUSH }, { "merge", POL_MERGE }, { "open", POL_OPEN }, { "approve", POL_APPROVE },
		{ "report", POL_REPORT }, { "deploy", POL_DEPLOY }, { "roll-back", POL_ROLL_BACK }, { "declare", POL_EMERGENCY }, { "adopt", POL_STRATEGY } };
	static const char *const cause[] = { "person", "merge", "release", "roll-back", "schedule" };
	struct pol_action *act = &s->act;
	slu_str why = s_value(w, "cause"), method = s_value(w, "method"), change = s_value(w, "change");
	(void)block;
	*act = (struct pol_action){ .actor = s_after_by(w), .emergency = s_has(w, "emergency"), .reason = w->quoted };
	s->acted = true;
	for (size_t i = 0; i < sizeof verb / sizeof *verb; i++)
		if (slu_str_is(w->v[0], verb[i].word))
			act->verb = verb[i].verb;
	for (size_t i = 0; i < sizeof cause / sizeof *cause; i++)
		if (slu_str_is(why, cause[i]))
			act->cause = (enum pol_cause)i;
	for (int m = STRAT_MERGE; m <= STRAT_FAST_FORWARD; m++)
		if (slu_str_is(method, strat_method_word((enum strat_method)m))) {
			act->method = (enum strat_method)m;
			act->has_method = true;
		}
	if (change.n)
		act->change = s_number(s, change);
	if (s_value(w, "head").n)
		act->head = s_commit_id(s, s_value(w, "head"));
	return true;
}

static inline slu_oid l_tagged(struct script *s, slu_str name, slu_str label)
{
	if (slu_str_starts(label, "tag:"))
		name = (slu_str){ label.p + 4, label.n - 4 };
	for (size_t i = 0; i < s->w.tag.n; i++)
		if ((slu_str_is(label, "tag") || slu_str_starts(label, "tag:")) && slu_str_eq(s->w.tag.v[i].name, name))
			return s->w.tag.v[i].object;
	return s_commit_id(s, label);
}

static inline bool l_push(struct script *s, const struct s_words *w, slu_str block)
{
	slu_str ref = s_word(w, 1);
	bool tag = slu_str_starts(ref, "tag:"), full = slu_str_starts(ref, "refs/");
	slu_str name = tag ? (slu_str){ ref.p + 4, ref.n - 4 } : ref;
	if (!l_act(s, w, block))
		return false;
	s->push_ref = full ? ref : slu_s(tag ? slu_printf(s->a, "refs/tags/%.*s", SLU_FMT(name)) : slu_printf(s->a, "refs/heads/%.*s", SLU_FMT(ref)));
	s->act.old = l_tagged(s, name, s_word(w, 2));
	s->act.new_ = l_tagged(s, name, s_word(w, 3));
	return true;
}

static inline bool l_on_change(struct script *s, const struct s_words *w, slu_str block)
{
	if (!l_act(s, w, block))
		return false;
	s->act.change = s_number(s, s_word(w, 1));
	return true;
}

static inline bool l_open(struct script *s, const struct s_words *w, slu_str block)
{
	if (!l_act(s, w, block))
		return false;
	s->act.source = s_word(w, 1);
	s->act.target = s_word(w, 2);
	return true;
}

static inline bool l_report(struct script *s, const struct s_words *w, slu_str block)
{
	if (!l_act(s, w, block))
		return false;
	s->act.head = s_commit_id(s, s_word(w, 1));
	s->act.check = s_word(w, 2);
	return true;
}

static inline bool l_deploy(struct script *s, const struct s_words *w, slu_str block)
{
	if (!l_act(s, w, block))
		return false;
	s->act.environment = s_word(w, 1);
	s->act.version = s_word(w, 2);
	s->act.head = s_commit_id(s, s_word(w, 3));
	return true;
}

static inline bool l_adopt(struct script *s, const struct s_words *w, slu_str block)
{
	if (!l_act(s, w, block))
		return false;
	s->act.new_ = s_commit_id(s, s_word(w, 1));
	return true;
}

/* ---- what is expected ------------------------------------------------------------------------------------------------------ */

static inline bool l_expect(struct script *s, const struct s_words *w, slu_str block)
{
	static const char *const word[] = { "expect", "row", "no-row", "follows", "merges", "evaluate-only" };
	struct s_expect e = { .a = s_word(w, 1), .b = s_word(w, 2), .text = w->quoted, .has_text = w->has_quoted, .line = s->line };
	(void)block;
	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (slu_str_is(w->v[0], word[i]))
			e.kind = (enum s_kind)i;
	*SLU_ADD(s->a, &s->expect) = e;
	return true;
}

static const struct s_line {
	const char *word;
	bool (*run)(struct script *s, const struct s_words *w, slu_str block);
} s_lines[] = {
	{ "now", l_now },
	{ "strategy:", l_strategy },
	{ "preset", l_strategy },
	{ "person", l_person },
	{ "commit", l_commit },
	{ "merge-commit", l_merge_commit },
	{ "squash-commit", l_merge_commit },
	{ "file", l_file },
	{ "branch", l_branch },
	{ "gone-branch", l_branch },
	{ "tag", l_tag },
	{ "change", l_change },
	{ "body", l_body },
	{ "review", l_review },
	{ "ticked", l_ticked },
	{ "check", l_check },
	{ "signed", l_signed },
	{ "emergency", l_emergency },
	{ "deployed", l_deployed },
	{ "secret", l_secret },
	{ "unknown", l_unknown },
	{ "push", l_push },
	{ "merge", l_on_change },
	{ "approve", l_on_change },
	{ "declare", l_on_change },
	{ "open", l_open },
	{ "report", l_report },
	{ "deploy", l_deploy },
	{ "roll-back", l_deploy },
	{ "adopt", l_adopt },
	{ "expect", l_expect },
	{ "row", l_expect },
	{ "no-row", l_expect },
	{ "follows", l_expect },
	{ "merges", l_expect },
	{ "evaluate-only", l_expect },
};

/** Run every line of a text. False: s->trouble says which line is wrong. `first` is the number of its first line. */
static inline bool s_run(struct script *s, slu_str text, unsigned first)
{
	slu_str line;
	s->line = first ? first - 1 : 0;
	while (slu_str_split(&text, '\n', &line)) {
		struct s_words w;
		slu_str trimmed = slu_str_trim(line);
		s->line++;
		if (trimmed.n == 0 || trimmed.p[0] == '#')
			continue;
		/* a block: the lines that follow and begin with a tab, without it */
		char *block = SLU_NEW_N(s->a, char, text.n + 1);
		size_t n = 0, lines = 0;
		while (slu_str_ends(trimmed, ":") && text.n && (text.p[0] == '\t' || text.p[0] == '\n')) {
			slu_str inner = { NULL, 0 };
			(void)slu_str_split(&text, '\n', &inner);
			lines++;
			size_t skip = inner.n && inner.p[0] == '\t';
			if (inner.n > skip)
				memcpy(block + n, inner.p + skip, inner.n - skip);
			n += inner.n - skip;
			block[n++] = '\n';
		}
		if (!s_split(s, trimmed, &w) || w.n == 0)
			return s_trouble(s, "not understood", trimmed);
		const struct s_line *l = NULL;
		for (size_t i = 0; i < sizeof s_lines / sizeof *s_lines && !l; i++)
			if (slu_str_is(w.v[0], s_lines[i].word))
				l = &s_lines[i];
		if (!l)
			return s_trouble(s, "no such word", w.v[0]);
		if (!l->run(s, &w, (slu_str){ block, n }) || s->trouble[0])
			return false;
		s->line += (unsigned)lines;
	}
	return true;
}

/** Compile the strategy and judge the act. @return what decide() returned; SLU_E_STRATEGY when the strategy does not compile */
static inline slu_rc s_judge(struct script *s, struct pol_verdict *v, slu_err *err)
{
	strat_issues issues = { 0 };
	SLU_TRY(strat_compile(&s->w.s, &issues, s->a, s->w.strategy, "strategy.yml", NULL, NULL, err));
	if (s->push_ref.n) {
		struct pol_action push;
		bool refused = false;
		SLU_TRY(pol_object_verdict(&refused, v, s->a, s->w.s, &s->w.facts, s->push_ref, &s->act.new_, err));
		if (refused)
			return SLU_OK;
		SLU_TRY(pol_push_action(&push, s->a, &s->w.facts, s->act.actor, s->push_ref, &s->act.old, &s->act.new_, err));
		push.cause = s->act.cause;
		push.emergency = s->act.emergency;
		s->act = push;
	}
	return pol_decide(v, s->a, s->w.s, &s->w.facts, &s->act, s->w.now_s, err);
}
#endif
