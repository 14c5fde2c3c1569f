/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the judgements of .case files: `ok NAME` or `not ok NAME` for each case, and what differs. The text is described in
 * script.h. `-v` shows every verdict.
 */
#include "cmd/parse.h"
#include "script_lines.h"

static bool verbose;

static void complain(const char *file, unsigned line, const char *what, slu_str word)
{
	(void)printf("  %s:%u: %s %.*s\n", file, line, what, SLU_FMT(word));
}

/* {LABEL} in an expected text is that commit's short id. */
static slu_str expand(struct script *s, slu_str text)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	for (size_t i = 0; i < text.n; i++) {
		const char *close = text.p[i] == '{' ? memchr(text.p + i, '}', text.n - i) : NULL;
		slu_str label = { text.p + i + 1, close ? (size_t)(close - text.p) - i - 1 : 0 };
		const struct w_commit *c = close ? w_label(&s->w, label) : NULL;
		if (!c) {
			slu_buf_addc(&b, text.p[i]);
			continue;
		}
		slu_buf_add(&b, c->id.hex, 10);
		i += label.n + 1;
	}
	return (slu_str){ slu_strndup(s->a, b.p ? b.p : "", b.n), b.n };
}

static const char *row_text(struct script *s, const struct pol_row *r)
{
	char *t = slu_printf(s->a, "%s | %s | %s:%u | %s", r->wanted, r->actual, r->pos.file, r->pos.line, r->remedy);
	for (size_t i = 0; i < r->opens_n; i++)
		t = slu_printf(s->a, "%s | %s", t, r->opens[i]);
	return t;
}

static bool has_row(struct script *s, const struct pol_verdict *v, const struct s_expect *e, bool *rule_there)
{
	slu_str text = expand(s, e->text);
	const char *want = slu_str_dup(s->a, text);
	*rule_there = false;
	for (size_t i = 0; i < v->row.n; i++) {
		const struct pol_row *r = &v->row.v[i];
		if (!slu_str_is(e->a, r->rule))
			continue;
		*rule_there = true;
		if (slu_str_is(e->b, pol_state_word(r->state)) && (!e->has_text || strstr(row_text(s, r), want)))
			return true;
	}
	return false;
}

static bool has_follow(const struct pol_verdict *v, const struct s_expect *e)
{
	static const char *const kind[] = { "tag", "also-into", "back-merge", "delete" };
	if (slu_str_is(e->a, "nothing"))
		return v->follow.n == 0;
	bool none = slu_str_is(e->a, "not");
	for (size_t i = 0; i < v->follow.n; i++)
		if ((none || slu_str_is(e->a, kind[v->follow.v[i].kind])) && slu_str_is(e->b, v->follow.v[i].ref))
			return !none;
	return none;
}

static bool answers(const struct s_expect *e, slu_rc rc, const struct pol_verdict *v, const slu_err *err)
{
	if (!slu_str_is(e->a, "error"))
		return rc == SLU_OK && slu_str_is(e->a, pol_answer_word(v->answer));
	if (rc == SLU_OK)
		return false;
	char want[256];
	(void)snprintf(want, sizeof want, "%.*s", SLU_FMT(e->text));
	return strstr(err->text, want) != NULL;
}

static bool meets(struct script *s, const struct s_expect *e, slu_rc rc, const struct pol_verdict *v, const slu_err *err)
{
	bool there = false, met = false;
	uint64_t n = 0;
	switch (e->kind) {
	case S_ANSWER:
		return answers(e, rc, v, err);
	case S_ROW:
		return has_row(s, v, e, &there);
	case S_NO_ROW:
		(void)has_row(s, v, e, &there);
		return !there;
	case S_FOLLOWS:
		return has_follow(v, e);
	case S_MERGES:
		met = slu_parse_u64(&n, e->a, NULL) == SLU_OK && n == v->merges_change;
		return met;
	case S_EVALUATE:
		return v->evaluate_only;
	}
	return false;
}

/* A remedy that begins with `sluice` names a command that there is, with options that it takes. A noun of which no command is there yet is let by. */
static bool can_be_typed(struct script *s, const char *remedy)
{
	const char *word[W_MAX_WORDS];
	slu_str rest = slu_s(remedy), part;
	size_t n = 0, words = 0;
	while (n < W_MAX_WORDS && slu_str_split(&rest, ' ', &part))
		word[n++] = slu_str_dup(s->a, part);
	if (n < 2 || strcmp(word[0], "sluice") != 0 || !cmd_is_noun(word[1]))
		return true;
	const struct cmd_desc *d = cmd_find(word + 1, n - 1, &words);
	for (size_t i = 1; d && i < n; i++) {
		bool known = strncmp(word[i], "--", 2) != 0;
		for (const struct cmd_opt *o = d->opts; o && o->name && !known; o++)
			known = strcmp(o->name, word[i] + 2) == 0;
		if (!known)
			return false;
	}
	return d != NULL;
}

static bool all_can_be_typed(struct script *s, const char *file, unsigned line, const struct pol_verdict *v)
{
	for (size_t i = 0; i < v->row.n; i++)
		if (!can_be_typed(s, v->row.v[i].remedy)) {
			complain(file, line, "no such command:", slu_s(v->row.v[i].remedy));
			return false;
		}
	return true;
}

static void show(const struct pol_verdict *v, slu_rc rc, const slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1024 * 1024);
	if (rc != SLU_OK)
		slu_buf_addf(&b, "error: %s:%u: %s\n", err->file, err->line, err->text);
	else
		pol_verdict_text(&b, v, NULL, false);
	slu_buf_addc(&b, '\0');
	(void)fputs(b.p, stdout);
}

/* A document as it is written, with its holes; and the header without the line that asks for it. */
struct document {
	slu_str strategy, header;
	unsigned line; /* at which the header begins now */
};

static slu_str read_written(slu_arena *a, slu_str name)
{
	const char *top = getenv("TOP");
	FILE *f = fopen(slu_printf(a, "%s/test/strategy/as-written/%.*s.yml", top ? top : ".", SLU_FMT(name)), "rbe");
	char *text = SLU_NEW_N(a, char, SLU_MAX_STRATEGY_BYTES);
	size_t n = f ? fread(text, 1, SLU_MAX_STRATEGY_BYTES, f) : 0;
	if (f)
		(void)fclose(f);
	return (slu_str){ text, n };
}

/* "as-written NAME" may be the first line that is no comment. */
static struct document document_of(slu_arena *a, slu_str header)
{
	slu_str rest = header, line;
	for (unsigned n = 1; slu_str_split(&rest, '\n', &line); n++) {
		if (slu_str_starts(line, "as-written "))
			return (struct document){ read_written(a, (slu_str){ line.p + 11, line.n - 11 }), rest, n + 1 };
		if (!slu_str_starts(line, "#"))
			break;
	}
	return (struct document){ .header = header, .line = 1 };
}

static bool run_case(const char *file, slu_str name, const struct document *d, slu_str text, unsigned line)
{
	slu_auto_arena *a = slu_arena_new();
	struct script *s = SLU_NEW(a, struct script);
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	bool ok = true;
	s->a = a;
	w_init(&s->w, a);
	s->w.strategy = d->strategy;
	if (!s_run(s, d->header, d->line) || !s_run(s, text, line) || !s->acted || s->expect.n == 0) {
		(void)printf("  %s: %s\n", file, s->trouble[0] ? s->trouble : "a case needs an act and what is expected of it");
		(void)printf("not ok %.*s\n", SLU_FMT(name));
		return false;
	}
	slu_rc rc = s_judge(s, &v, &err);
	for (size_t i = 0; i < s->expect.n; i++) {
		const struct s_expect *e = &s->expect.v[i];
		if (rc != SLU_OK && e->kind != S_ANSWER)
			continue;
		if (!meets(s, e, rc, &v, &err)) {
			complain(file, e->line, "not so:", e->a);
			ok = false;
		}
	}
	ok = all_can_be_typed(s, file, line, &v) && ok;
	if (!ok || verbose)
		show(&v, rc, &err);
	(void)printf("%sok %.*s\n", ok ? "" : "not ", SLU_FMT(name));
	return ok;
}

static bool run_file(const char *file, slu_str text)
{
	unsigned line = 1, ran = 0;
	size_t at = s_next_case(text, 0, &line);
	slu_auto_arena *a = slu_arena_new();
	struct document d = document_of(a, (slu_str){ text.p, at });
	bool ok = true;
	while (at < text.n) {
		slu_str rest = { text.p + at, text.n - at }, head;
		(void)slu_str_split(&rest, '\n', &head);
		size_t from = at + head.n + 1;
		unsigned first = ++line;
		at = s_next_case(text, from < text.n ? from : text.n, &line);
		slu_str body = { text.p + (from < at ? from : at), from < at ? at - from : 0 };
		ok = run_case(file, slu_str_trim((slu_str){ head.p + 5, head.n - 5 }), &d, body, first) && ok;
		ran++;
	}
	if (ran == 0)
		(void)printf("not ok %s: it holds no case\n", file);
	return ok && ran;
}

int main(int argc, char **argv)
{
	bool ok = argc > 1;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0) {
			verbose = true;
			continue;
		}
		slu_auto_buf b;
		slu_buf_init(&b, 4 * 1024 * 1024);
		FILE *f = fopen(argv[i], "rb");
		char piece[4096];
		for (size_t n; f && (n = fread(piece, 1, sizeof piece, f)) > 0;)
			slu_buf_add(&b, piece, n);
		if (!f || b.n == 0) {
			(void)printf("not ok %s: it cannot be read\n", argv[i]);
			ok = false;
		} else {
			ok = run_file(argv[i], slu_buf_str(&b)) && ok;
		}
		if (f)
			(void)fclose(f);
	}
	return ok ? 0 : 1;
}
