/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The text of a judgement: strategy, facts, action, and what is expected. One line says one thing; `#` begins a comment line.
 *
 *     preset NAME                        or `strategy:` and the file's text, indented by a tab; or, as a file's first line, `as-written NAME`:
 *                                        a document with its holes, of test/strategy/as-written
 *     now TIME                           RFC 3339
 *     person NAME LEVEL [ROLE…] [disabled] [email=ADDRESS]
 *     commit LABEL [on PARENT…] [+PATH=TEXT…] [-PATH…] ["MESSAGE"]     a text `size:5MB` stands for so many bytes, `submodule:` for a submodule, [at=TIME]
 *                                        {LABEL} in a message for that commit's id
 *     merge-commit LABEL OURS THEIRS ["MESSAGE"]      the merge as Git makes it; squash-commit: the same tree, one parent
 *     file LABEL PATH:                   and its text, indented: the file as of that commit
 *     branch NAME LABEL                  gone-branch NAME
 *     tag NAME LABEL [annotated] [of-tag] [says=OTHER]
 *     signed LABEL|TAG well|badly|unknown|expired|other [by=WHO]
 *     change N SOURCE TARGET AUTHOR [draft] [merged=LABEL] [closed] [threads=N] [pusher=NAME] [labels=A,B] ["TITLE"]
 *     body N:                            and its text, indented
 *     ticked VERSION PERSON "TEXT"        a box of a release
 *     review N PERSON approve|request-changes|comment LABEL [same-patch] [dismissed]
 *     check LABEL NAME STATE [REPORTER]
 *     emergency N PERSON EXPIRES ["REASON"]
 *     deployed ENVIRONMENT VERSION LABEL STATE [blocked]
 *     secret NAME                        has a value
 *     unknown FACT…                      person changes reviews checks tags emergency secrets server all-but-git: what is not known here
 *
 * After `case NAME` these hold for that case only; what stands before the first case holds for all. A case has one act:
 *
 *     push REF OLD NEW by PERSON [cause=…]        `-` for nothing; tags are written tag:NAME; NEW too
 *     merge N by PERSON [method=M] [head=LABEL] [emergency] [cause=…]
 *     open SOURCE TARGET by PERSON                approve N by PERSON          report LABEL CHECK by PERSON
 *     deploy ENVIRONMENT VERSION LABEL by PERSON [change=N] [emergency] [cause=…]      roll-back …
 *     declare N by PERSON ["REASON"]              adopt LABEL by PERSON: its strategy file would be in force
 *
 * and what is expected of it:
 *
 *     expect allow|deny|wait|error ["part of the error"]
 *     row RULE STATE ["part of wanted, actual, opens, place or remedy"]   {LABEL} in it is that commit's short id
 *     no-row RULE
 *     follows tag|also-into|back-merge|delete REF          follows nothing          follows not REF
 *     merges N
 *     evaluate-only
 */
#ifndef TEST_CASES_SCRIPT_H
#define TEST_CASES_SCRIPT_H
#include "strategy/preset.h"
#include "world.h"

struct s_expect {
	enum s_kind { S_ANSWER, S_ROW, S_NO_ROW, S_FOLLOWS, S_MERGES, S_EVALUATE } kind;
	slu_str a, b, text;
	bool has_text;
	unsigned line;
};
struct script {
	struct world w;
	slu_arena *a;
	struct pol_action act;
	bool acted;
	slu_str push_ref;
	SLU_LIST(struct s_expect) expect;
	unsigned line;
	char trouble[512]; /* what is wrong with the text itself; "" nothing */
};
struct s_words {
	slu_str v[W_MAX_WORDS];
	size_t n;
	slu_str quoted;
	bool has_quoted;
};

static inline bool s_trouble(struct script *s, const char *what, slu_str word)
{
	if (!s->trouble[0])
		(void)snprintf(s->trouble, sizeof s->trouble, "line %u: %s: %.*s", s->line, what, word.n > 200 ? 200 : (int)word.n, word.n ? word.p : "");
	return false;
}

/* Words, and one text in quotes where \n and \" may stand. */
static inline bool s_split(struct script *s, slu_str line, struct s_words *out)
{
	*out = (struct s_words){ 0 };
	for (size_t i = 0; i < line.n;) {
		if (line.p[i] == ' ' || line.p[i] == '\t') {
			i++;
		} else if (line.p[i] == '"') {
			char *t = SLU_NEW_N(s->a, char, line.n + 1);
			size_t n = 0;
			for (i++; i < line.n && line.p[i] != '"'; i++) {
				if (line.p[i] == '\\' && i + 1 < line.n)
					t[n++] = line.p[++i] == 'n' ? '\n' : line.p[i];
				else
					t[n++] = line.p[i];
			}
			i++;
			out->quoted = (slu_str){ t, n };
			out->has_quoted = true;
		} else {
			size_t from = i;
			while (i < line.n && line.p[i] != ' ' && line.p[i] != '\t')
				i++;
			if (out->n == W_MAX_WORDS)
				return s_trouble(s, "too many words", line);
			out->v[out->n++] = (slu_str){ line.p + from, i - from };
		}
	}
	return true;
}

static inline slu_str s_value(const struct s_words *w, const char *key)
{
	size_t n = strlen(key);
	for (size_t i = 1; i < w->n; i++)
		if (slu_str_starts(w->v[i], key) && w->v[i].n > n && w->v[i].p[n] == '=')
			return (slu_str){ w->v[i].p + n + 1, w->v[i].n - n - 1 };
	return (slu_str){ NULL, 0 };
}

static inline bool s_has(const struct s_words *w, const char *word)
{
	for (size_t i = 1; i < w->n; i++)
		if (slu_str_is(w->v[i], word))
			return true;
	return false;
}

static inline slu_str s_word(const struct s_words *w, size_t i)
{
	return i < w->n ? w->v[i] : SLU_STR("");
}

static inline uint64_t s_number(struct script *s, slu_str word)
{
	uint64_t v = 0;
	if (slu_parse_u64(&v, word, NULL) != SLU_OK)
		s_trouble(s, "a number is expected", word);
	return v;
}

static inline slu_oid s_commit_id(struct script *s, slu_str label)
{
	if (slu_str_is(label, "-") || label.n == 0)
		return slu_oid_zero();
	const struct w_commit *c = w_label(&s->w, label);
	if (!c)
		s_trouble(s, "no commit of this label", label);
	return c ? c->id : slu_oid_zero();
}

static inline slu_str s_full_ids(struct script *s, slu_str text)
{
	slu_auto_buf b;
	slu_buf_init(&b, SLU_MAX_MESSAGE_BYTES);
	for (size_t i = 0; i < text.n; i++) {
		const char *close = text.p[i] == '{' ? memchr(text.p + i, '}', text.n - i) : NULL;
		slu_str label = { text.p + i + 1, close ? (size_t)(close - text.p) - i - 1 : 0 };
		const struct w_commit *c = close ? w_label(&s->w, label) : NULL;
		if (!c) {
			slu_buf_addc(&b, text.p[i]);
			continue;
		}
		slu_buf_adds(&b, c->id.hex);
		i += label.n + 1;
	}
	return (slu_str){ slu_strndup(s->a, b.p ? b.p : "", b.n), b.n };
}

static inline slu_str s_after_by(const struct s_words *w)
{
	for (size_t i = 1; i + 1 < w->n; i++)
		if (slu_str_is(w->v[i], "by"))
			return w->v[i + 1];
	return SLU_STR("");
}

/** Where the next line "case NAME" begins; the end when there is none. */
static inline size_t s_next_case(slu_str text, size_t from, unsigned *line)
{
	for (size_t i = from; i < text.n;) {
		slu_str rest = { text.p + i, text.n - i };
		const char *end = memchr(rest.p, '\n', rest.n);
		if (slu_str_starts(rest, "case "))
			return i;
		if (!end)
			break;
		i += (size_t)(end - rest.p) + 1;
		(*line)++;
	}
	return text.n;
}
#endif
