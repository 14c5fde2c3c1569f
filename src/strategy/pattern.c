/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a pattern: text into elements, elements into a program. And the way back: making a name. */
#include "strategy/pattern_impl.h"

static const char *const cap_names[STRAT_CAP_COUNT] = { "name", "date", "phase", "tag", "version", "major", "minor", "patch", "pre", "n", "build" };

const char *strat_cap_word(enum strat_cap cap)
{
	return cap < STRAT_CAP_COUNT ? cap_names[cap] : "";
}

slu_str strat_pattern_text(const strat_pattern *p)
{
	return p->text;
}

bool strat_pattern_has(const strat_pattern *p, enum strat_cap cap)
{
	return (p->caps >> cap) & 1u;
}

bool strat_pattern_is_exact(const strat_pattern *p)
{
	return p->item_n == 1 && p->item[0].kind == PAT_LITERAL;
}

static slu_rc bad(slu_err *err, slu_rc rc, size_t at, const char *what, slu_str text)
{
	return slu_fail_at(err, rc, NULL, 1, (uint32_t)at + 1, "%s in the pattern \"%.*s\".", what, SLU_FMT(text));
}

static struct pat_item *add_item(struct strat_pattern *p, enum pat_item_kind kind, size_t at)
{
	struct pat_item *item = &p->item[p->item_n++];
	*item = (struct pat_item){ .kind = kind, .column = (uint32_t)at + 1 };
	return item;
}

/* p->text at `at` is "{": read up to "}". Moves *at past it. */
static slu_rc read_capture(struct strat_pattern *p, size_t *at, slu_err *err)
{
	slu_str t = p->text;
	const char *close = memchr(t.p + *at, '}', t.n - *at);
	if (!close)
		return bad(err, SLU_E_SYNTAX, *at, "There is no \"}\" for this \"{\"", t);
	slu_str word = { t.p + *at + 1, (size_t)(close - t.p) - *at - 1 };
	for (unsigned c = 0; c < STRAT_CAP_COUNT; c++) {
		if (!slu_str_is(word, cap_names[c]))
			continue;
		if (strat_pattern_has(p, (enum strat_cap)c))
			return slu_fail_at(err, SLU_E_SYNTAX, NULL, 1, (uint32_t)*at + 1, "{%s} stands twice in the pattern \"%.*s\".", cap_names[c], SLU_FMT(t));
		p->caps |= 1u << c;
		add_item(p, PAT_CAPTURE, *at)->cap = (enum strat_cap)c;
		*at += word.n + 2;
		return SLU_OK;
	}
	const char *near = slu_nearest(word, cap_names, STRAT_CAP_COUNT);
	return slu_fail_at(err, SLU_E_SYNTAX, NULL, 1, (uint32_t)*at + 1,
			   "\"{%.*s}\" is no capture%s%s%s There are {name} {date} {phase} {tag} {version} {major} {minor} {patch} {pre} {n} {build}.", SLU_FMT(word),
			   near ? "; did you mean {" : "", near ? near : "", near ? "}?" : ".");
}

/* The run of plain bytes that begins at *at. */
static slu_rc read_literal(struct strat_pattern *p, size_t *at, slu_err *err)
{
	slu_str t = p->text;
	size_t from = *at;
	for (; *at < t.n && t.p[*at] != '*' && t.p[*at] != '{'; ++*at) {
		unsigned char c = (unsigned char)t.p[*at];
		if (c == '}')
			return bad(err, SLU_E_SYNTAX, *at, "There is no \"{\" for this \"}\"", t);
		if (c == '?' || c == '[')
			return bad(err, SLU_E_SYNTAX, *at, "Only \"*\", \"**\" and captures in braces are special; \"?\" and \"[\" cannot stand in a name and have no meaning", t);
		if (c <= ' ' || c == 0x7f || memchr("~^:\\", c, 4))
			return bad(err, SLU_E_INVALID, *at, "Git accepts no name with a space, a control character or one of ~ ^ : \\, so nothing can match this character", t);
	}
	add_item(p, PAT_LITERAL, from)->text = (slu_str){ t.p + from, *at - from };
	return SLU_OK;
}

static slu_rc read_items(struct strat_pattern *p, slu_err *err)
{
	slu_str t = p->text;
	for (size_t at = 0; at < t.n;) {
		if (t.p[at] == '{') {
			SLU_TRY(read_capture(p, &at, err));
		} else if (t.p[at] == '*') {
			size_t from = at;
			while (at < t.n && t.p[at] == '*')
				at++;
			if (at - from > 2)
				return bad(err, SLU_E_SYNTAX, from, "More than two \"*\" in a row have no meaning", t);
			add_item(p, at - from == 2 ? PAT_STARSTAR : PAT_STAR, from);
		} else {
			SLU_TRY(read_literal(p, &at, err));
		}
	}
	return SLU_OK;
}

static bool emit_item(struct strat_pattern *p, const struct pat_item *item)
{
	switch (item->kind) {
	case PAT_LITERAL:
		return pat_emit_literal(p, item->text);
	case PAT_STAR:
		return pat_emit_star(p, false);
	case PAT_STARSTAR:
		return pat_emit_star(p, true);
	case PAT_CAPTURE:
		break;
	}
	return pat_emit(p, PAT_SAVE, 2u * item->cap, 0) && pat_emit_capture(p, item->cap, &p->words) && pat_emit(p, PAT_SAVE, 2u * item->cap + 1, 0);
}

static void *copy(slu_arena *a, const void *from, size_t size)
{
	void *to = slu_alloc(a, size ? size : 1);
	if (size)
		memcpy(to, from, size);
	return to;
}

/* Words live as long as the pattern; the caller's array may not. */
static const slu_str *copy_words(slu_arena *a, const slu_str *word, size_t n)
{
	return n ? copy(a, word, n * sizeof *word) : NULL;
}

slu_rc strat_pattern_compile(strat_pattern **out, slu_arena *a, slu_str text, const struct strat_pattern_words *words, slu_err *err)
{
	if (text.n == 0)
		return slu_fail_at(err, SLU_E_SYNTAX, NULL, 1, 1, "A pattern must not be empty.");
	if (text.n > SLU_MAX_PATTERN_BYTES)
		return slu_fail_at(err, SLU_E_LIMIT, NULL, 1, 1, "A pattern has at most %u bytes; this one has %zu.", SLU_MAX_PATTERN_BYTES, text.n);
	struct pat_item items[PAT_MAX_ITEMS];
	struct pat_inst program[PAT_MAX_INST];
	struct strat_pattern *p = SLU_NEW(a, struct strat_pattern);
	p->text = (slu_str){ slu_strndup(a, text.p, text.n), text.n };
	p->item = items;
	p->inst = program;
	if (words)
		p->words = (struct strat_pattern_words){ copy_words(a, words->phase, words->phase_n), words->phase_n, copy_words(a, words->pre, words->pre_n), words->pre_n };
	SLU_TRY(read_items(p, err));
	for (size_t i = 0; i < p->item_n; i++)
		if (!emit_item(p, &items[i]))
			return slu_fail_at(err, SLU_E_LIMIT, NULL, 1, items[i].column, "The pattern \"%.*s\" is too long with all the words that its captures may stand for.", SLU_FMT(text));
	if (!pat_emit(p, PAT_MATCH, 0, 0))
		return slu_fail_at(err, SLU_E_LIMIT, NULL, 1, 1, "The pattern \"%.*s\" is too long.", SLU_FMT(text));
	p->item = copy(a, items, p->item_n * sizeof *items);
	p->inst = copy(a, program, p->inst_n * sizeof *program);
	if (slu_str_is(text, "HEAD") || !pat_possible(p, a))
		return slu_fail_at(err, SLU_E_INVALID, NULL, 1, 1, "The pattern \"%.*s\" can match nothing: Git accepts no such name.", SLU_FMT(text));
	*out = p;
	return SLU_OK;
}

/* {major} {minor} {patch} may be taken from {version}. */
static slu_str given(const struct strat_captures *caps, enum strat_cap cap)
{
	slu_str v = caps->v[cap], rest = caps->v[STRAT_CAP_VERSION], part = { 0 };
	if (v.p || !rest.p || cap < STRAT_CAP_MAJOR || cap > STRAT_CAP_PATCH)
		return v;
	for (unsigned i = STRAT_CAP_MAJOR; i <= (unsigned)cap; i++)
		if (!slu_str_split(&rest, '.', &part))
			return (slu_str){ 0 };
	return part;
}

static bool fits(const strat_pattern *p, enum strat_cap cap, slu_str value)
{
	struct pat_inst program[PAT_MAX_INST];
	struct strat_pattern one = { .inst = program };
	return pat_emit_capture(&one, cap, &p->words) && pat_emit(&one, PAT_MATCH, 0, 0) && strat_pattern_match(&one, value, NULL);
}

static slu_rc make_capture(slu_buf *b, const strat_pattern *p, enum strat_cap cap, const struct strat_captures *caps, slu_err *err)
{
	slu_str v = given(caps, cap);
	if (!v.p)
		return slu_fail(err, SLU_E_INVALID, "A name of the pattern \"%.*s\" needs {%s}, and none was given.", SLU_FMT(p->text), cap_names[cap]);
	if (!fits(p, cap, v))
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" does not fit {%s} of the pattern \"%.*s\".", SLU_FMT(v), cap_names[cap], SLU_FMT(p->text));
	slu_buf_addstr(b, v);
	return SLU_OK;
}

slu_rc strat_pattern_make(char **out, slu_arena *a, const strat_pattern *p, const struct strat_captures *caps, slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4 * SLU_MAX_REF_BYTES);
	for (size_t i = 0; i < p->item_n; i++) {
		const struct pat_item *item = &p->item[i];
		if (item->kind == PAT_LITERAL)
			slu_buf_addstr(&b, item->text);
		else if (item->kind == PAT_CAPTURE)
			SLU_TRY(make_capture(&b, p, item->cap, caps, err));
		else
			return slu_fail(err, SLU_E_INVALID, "No name can be made from the pattern \"%.*s\": it has a \"*\". Give the name itself.", SLU_FMT(p->text));
	}
	slu_str name = slu_buf_str(&b);
	if (b.over || !strat_ref_name_ok(name))
		return slu_fail(err, SLU_E_INVALID, "Git does not accept the name \"%.*s\" that the pattern \"%.*s\" would make.", name.n > 300 ? 300 : (int)name.n, name.p ? name.p : "",
				SLU_FMT(p->text));
	*out = slu_str_dup(a, name);
	return SLU_OK;
}
