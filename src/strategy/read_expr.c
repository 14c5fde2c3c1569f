/* SPDX-License-Identifier: Apache-2.0 */
/* METRIC OP VALUE [over 1h] [in staging] [against BASE] */
#include "base/quantity.h"
#include "strategy/schema_impl.h"


static const struct {
	const char *text;
	enum strat_op op;
} ops[] = { { "<", STRAT_LT }, { "<=", STRAT_LE }, { ">", STRAT_GT }, { ">=", STRAT_GE }, { "==", STRAT_EQ }, { "=", STRAT_EQ } };

static bool next_word(slu_str *rest, slu_str *word)
{
	*rest = slu_str_trim(*rest);
	if (rest->n == 0)
		return false;
	const char *end = memchr(rest->p, ' ', rest->n);
	*word = (slu_str){ rest->p, end ? (size_t)(end - rest->p) : rest->n };
	*rest = (slu_str){ rest->p + word->n, rest->n - word->n };
	return true;
}

static bool read_op(enum strat_op *op, slu_str word)
{
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (slu_str_is(word, ops[i].text)) {
			*op = ops[i].op;
			return true;
		}
	return false;
}

static bool is_unit(slu_str u)
{
	static const char *const units[] = { "", "%", "ms", "s", "m", "h", "d", "B", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB" };
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (slu_str_is(u, units[i]))
			return true;
	return false;
}

/* [+-]digits[.digits]unit */
static bool read_value(struct strat_expr *e, slu_str word)
{
	size_t i = 0;
	double sign = 1, v = 0, scale = 0;
	if (word.n && (word.p[0] == '+' || word.p[0] == '-')) {
		sign = word.p[0] == '-' ? -1 : 1;
		e->relative = true;
		i = 1;
	}
	size_t digits = 0;
	for (; i < word.n && ((word.p[i] >= '0' && word.p[i] <= '9') || (word.p[i] == '.' && scale == 0 && digits)); i++) {
		if (word.p[i] == '.') {
			scale = 1;
			continue;
		}
		digits++;
		v = v * 10 + (word.p[i] - '0');
		scale *= 10;
	}
	e->value = sign * (scale > 0 ? v / scale : v);
	e->unit = (slu_str){ word.p + i, word.n - i };
	return digits > 0 && digits < 16 && is_unit(e->unit);
}

/* The patterns of all tag classes, once. */
static void compile_tags(struct sch_reader *r)
{
	const sn *tags = sch_names(r, REF_TAG);
	for (size_t i = 0; tags && i < tags->n && !r->tags_compiled; i++) {
		const sn *match = sn_get(tags->entry[i].value, "match");
		for (size_t k = 0; match && match->kind != SN_MAP && k < sch_items(match); k++) {
			const sn *one = sch_item(match, k);
			strat_pattern *p = one->kind == SN_SCALAR && !one->bad ? sch_pattern_of(r, one) : NULL;
			if (p)
				*SLU_ADD(r->a, &r->tag_pattern) = p;
		}
	}
	r->tags_compiled = true;
}

bool sch_is_tag(struct sch_reader *r, slu_str word)
{
	bool tag = false;
	compile_tags(r);
	for (size_t i = 0; i < r->tag_pattern.n && !tag; i++)
		tag = strat_pattern_match(r->tag_pattern.v[i], word, NULL);
	return tag;
}

/* A base is a branch kind, a phase, or a tag of some class: exactly one of them. */
static bool read_base(struct strat_expr *e, struct sch_reader *r, slu_str word, const char **why)
{
	int kinds = (sch_find(r, REF_BRANCH, word) >= 0) + (sch_find(r, REF_PHASE, word) >= 0);
	kinds += sch_is_tag(r, word);
	e->against = word;
	*why = kinds == 0 ? slu_printf(r->a, "\"%.*s\" after \"against\" is neither a branch kind nor a phase nor a tag of a declared class", SLU_FMT(word))
			  : slu_printf(r->a, "\"%.*s\" after \"against\" is ambiguous: it is more than one of a branch kind, a phase and a tag", SLU_FMT(word));
	return kinds == 1;
}

static bool read_tail(struct strat_expr *e, struct sch_reader *r, slu_str key, slu_str word, const char **why)
{
	if (slu_str_is(key, "over")) {
		*why = slu_printf(r->a, "\"%.*s\" after \"over\" is no duration such as 1h", SLU_FMT(word));
		return e->over_s == 0 && slu_duration_parse(&e->over_s, word, NULL) == SLU_OK;
	}
	if (slu_str_is(key, "in")) {
		*why = slu_printf(r->a, "\"%.*s\" after \"in\" is no environment; there are: %s", SLU_FMT(word), sch_list_keys(r, sch_names(r, REF_ENVIRONMENT)));
		e->environment = sch_find(r, REF_ENVIRONMENT, word);
		return e->environment != STRAT_NONE;
	}
	if (slu_str_is(key, "against"))
		return e->against.n == 0 && read_base(e, r, word, why);
	*why = slu_printf(r->a, "\"%.*s\" stands where \"over\", \"in\" or \"against\" may follow", SLU_FMT(key));
	return false;
}

bool sch_expr_parse(struct strat_expr *out, struct sch_reader *r, const sn *n, const char **why)
{
	struct strat_expr e = { .pos = n->pos, .text = n->text, .environment = STRAT_NONE };
	slu_str rest = n->text, op, value, key, word;
	*why = "it has the form METRIC OP VALUE [over 1h] [in staging] [against BASE], with spaces between";
	if (!next_word(&rest, &e.metric) || !next_word(&rest, &op) || !read_op(&e.op, op) || !next_word(&rest, &value))
		return false;
	*why = slu_printf(r->a, "\"%.*s\" is no number with a unit (%% ms s m h d B kB MB GB)", SLU_FMT(value));
	if (!read_value(&e, value))
		return false;
	const sn *metrics = sch_names(r, REF_METRIC);
	if (sch_find(r, REF_METRIC, e.metric) == STRAT_NONE) {
		const char *near = sch_nearest_key(r, metrics, e.metric);
		*why = slu_printf(r->a, "the metric \"%.*s\" is declared nowhere%s%s%s; there are: %s", SLU_FMT(e.metric), near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "",
				  sch_list_keys(r, metrics));
		return false;
	}
	while (next_word(&rest, &key)) {
		*why = slu_printf(r->a, "nothing follows \"%.*s\"", SLU_FMT(key));
		if (!next_word(&rest, &word) || !read_tail(&e, r, key, word, why))
			return false;
	}
	*why = "a change such as +10% needs \"against BASE\"";
	if (e.relative && e.against.n == 0)
		return false;
	*out = e;
	return true;
}
