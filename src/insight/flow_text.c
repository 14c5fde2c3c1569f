/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/flow_text.h"

#include "insight/svg_flow.h"

static size_t checks_of(const strat *s, const struct strat_require *r)
{
	size_t n = 0;
	for (size_t i = 0; r->checks_all && i < s->check_n; i++)
		n += (s->check[i].on.on & (1u << STRAT_ON_CHANGE)) != 0;
	return r->checks_all ? n : r->checks.n;
}

void ins_edge_words(slu_arena *a, const strat *s, const struct strat_edge *e, const char **how, const char **gates)
{
	const struct strat_require *target = &s->branch[e->into].require;
	unsigned approvals = target->approvals_any > e->require.approvals_any ? target->approvals_any : e->require.approvals_any;
	size_t checks = checks_of(s, target) > checks_of(s, &e->require) ? checks_of(s, target) : checks_of(s, &e->require);
	*how = slu_printf(a, "%s%s", strat_method_word(e->method), e->tag != STRAT_NONE ? ", tag" : "");
	*gates = "";
	if (approvals)
		*gates = slu_printf(a, "%u approval%s", approvals, approvals == 1 ? "" : "s");
	if (checks)
		*gates = slu_printf(a, "%s%s%zu check%s", *gates, **gates ? ", " : "", checks, checks == 1 ? "" : "s");
}

/* ---- words --------------------------------------------------------------------------------------------------------------------- */

static slu_str pattern_of(const struct strat_branch *b)
{
	return b->match_n ? strat_pattern_text(b->match[0]) : b->name;
}

static void brings(slu_buf *out, const strat *s, const char *word, const struct strat_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		slu_buf_addf(out, "%s %s %.*s", i ? "," : ";", word, SLU_FMT(s->branch[set->i[i]].name));
}

static void branch_text(slu_buf *out, slu_arena *a, const strat *s, const struct strat_branch *b)
{
	slu_buf_addf(out, "%.*s (%s", SLU_FMT(b->name), strat_type_word(b->type));
	if (!slu_str_eq(pattern_of(b), b->name))
		slu_buf_addf(out, ", %.*s", SLU_FMT(pattern_of(b)));
	slu_buf_addf(out, ")");
	if (b->base != STRAT_NONE)
		slu_buf_addf(out, " from %.*s", SLU_FMT(s->branch[b->base].name));
	else if (b->base_tag != STRAT_NONE)
		slu_buf_addf(out, " from a %.*s tag", SLU_FMT(s->tag[b->base_tag].name));
	slu_buf_addc(out, '\n');
	for (size_t i = 0; i < b->edge_n; i++) {
		const struct strat_edge *e = &b->edge[i];
		const char *how, *gates;
		ins_edge_words(a, s, e, &how, &gates);
		slu_buf_addf(out, "  \xE2\x86\x92 %.*s: %s%s%s", SLU_FMT(s->branch[e->into].name), how, *gates ? "; " : "", gates);
		brings(out, s, "also into", &e->also_into);
		brings(out, s, "back into", &e->back_merge);
		slu_buf_addc(out, '\n');
	}
}

void ins_flow_text(slu_buf *out, slu_arena *a, const strat *s)
{
	for (size_t i = 0; i < s->branch_n; i++)
		if (!s->branch[i].builtin)
			branch_text(out, a, s, &s->branch[i]);
	for (size_t i = 0; i < s->environment_n; i++) {
		slu_buf_addf(out, "%.*s (environment)", SLU_FMT(s->environment[i].name));
		for (size_t k = 0; k < s->environment[i].from.n; k++)
			slu_buf_addf(out, "%s%.*s", k ? ", " : " from ", SLU_FMT(s->branch[s->environment[i].from.i[k]].name));
		slu_buf_addc(out, '\n');
	}
}

/* ---- programs that draw ------------------------------------------------------------------------------------------------------------ */

/* Names are letters, digits and little else; whatever stands in a label stays in it. */
static void quoted(slu_buf *out, slu_str s)
{
	slu_buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\')
			slu_buf_addc(out, '\\');
		slu_buf_addc(out, c < ' ' ? ' ' : (char)c);
	}
	slu_buf_addc(out, '"');
}

typedef void arrow_fn(slu_buf *out, slu_str from, slu_str to, const char *label, bool dashed);

static void arrows(slu_buf *out, slu_arena *a, const strat *s, arrow_fn *arrow)
{
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		for (size_t k = 0; k < b->edge_n && !b->builtin; k++) {
			const struct strat_edge *e = &b->edge[k];
			const char *how, *gates;
			ins_edge_words(a, s, e, &how, &gates);
			arrow(out, b->name, s->branch[e->into].name, slu_printf(a, "%s%s%s", how, *gates ? ", " : "", gates), false);
			for (size_t n = 0; n < e->also_into.n; n++)
				arrow(out, b->name, s->branch[e->also_into.i[n]].name, "also into", true);
			for (size_t n = 0; n < e->back_merge.n; n++)
				arrow(out, s->branch[e->into].name, s->branch[e->back_merge.i[n]].name, "back into", true);
		}
	}
	for (size_t i = 0; i < s->environment_n; i++)
		for (size_t k = 0; k < s->environment[i].from.n; k++)
			arrow(out, s->branch[s->environment[i].from.i[k]].name, s->environment[i].name, "deploy", true);
}

static void dot_arrow(slu_buf *out, slu_str from, slu_str to, const char *label, bool dashed)
{
	slu_buf_addc(out, '\t');
	quoted(out, from);
	slu_buf_adds(out, " -> ");
	quoted(out, to);
	slu_buf_adds(out, " [label=");
	quoted(out, slu_s(label));
	slu_buf_adds(out, dashed ? ", style=dashed];\n" : "];\n");
}

void ins_flow_dot(slu_buf *out, slu_arena *a, const strat *s)
{
	slu_buf_adds(out, "digraph strategy {\n\trankdir=LR;\n\tnode [shape=box, style=rounded];\n");
	for (size_t i = 0; i < s->branch_n; i++) {
		if (s->branch[i].builtin)
			continue;
		slu_buf_addc(out, '\t');
		quoted(out, s->branch[i].name);
		slu_buf_adds(out, " [tooltip=");
		quoted(out, pattern_of(&s->branch[i]));
		slu_buf_adds(out, "];\n");
	}
	arrows(out, a, s, dot_arrow);
	slu_buf_adds(out, "}\n");
}

/* Mermaid's own names must not hold what its grammar uses; people read the label. */
static void mermaid_id(slu_buf *out, slu_str s)
{
	slu_buf_adds(out, "n_");
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (plain)
			slu_buf_addc(out, (char)c);
		else
			slu_buf_addf(out, "_%02x", c);
	}
}

static void mermaid_text(slu_buf *out, slu_str s)
{
	slu_buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < ' ' || c == '"' || c == '#' || c == '<' || c == '>' || c == '&')
			slu_buf_addf(out, "#%u;", c < ' ' ? ' ' : c);
		else
			slu_buf_addc(out, (char)c);
	}
	slu_buf_addc(out, '"');
}

static void mermaid_arrow(slu_buf *out, slu_str from, slu_str to, const char *label, bool dashed)
{
	slu_buf_addc(out, '\t');
	mermaid_id(out, from);
	slu_buf_adds(out, dashed ? " -.->|" : " -->|");
	mermaid_text(out, slu_s(label));
	slu_buf_adds(out, "| ");
	mermaid_id(out, to);
	slu_buf_addc(out, '\n');
}

static void mermaid_node(slu_buf *out, slu_str name, bool environment)
{
	slu_buf_addc(out, '\t');
	mermaid_id(out, name);
	slu_buf_adds(out, environment ? "([" : "[");
	mermaid_text(out, name);
	slu_buf_adds(out, environment ? "])\n" : "]\n");
}

void ins_flow_mermaid(slu_buf *out, slu_arena *a, const strat *s)
{
	slu_buf_adds(out, "flowchart LR\n");
	for (size_t i = 0; i < s->branch_n; i++)
		if (!s->branch[i].builtin)
			mermaid_node(out, s->branch[i].name, false);
	for (size_t i = 0; i < s->environment_n; i++)
		mermaid_node(out, s->environment[i].name, true);
	arrows(out, a, s, mermaid_arrow);
}

void ins_flow_svg(slu_buf *out, slu_arena *a, const strat *s)
{
	static const char style[] =
		"<style>svg{background:#fff;--fg:#1b1d21;--dim:#565c66;--line:#d5d8dd;--bg:#fbfbfa;--ok:#14662f;--link:#0b57b5;--card:#fff}"
		"@media(prefers-color-scheme:dark){svg{background:#1c1f25;--fg:#e7e9ed;--dim:#a5acb8;--line:#363b45;--bg:#14161a;--ok:#7fd79a;--link:#86b7ff;--card:#1c1f25}}"
		"text{fill:var(--fg);font:13px system-ui,sans-serif}.small{font-size:11px;fill:var(--dim)}.box{fill:var(--bg);stroke:var(--line);stroke-width:1.5}.box.production,.box.support{stroke:var(--ok);stroke-width:2.5}"
		".box.environment{stroke:var(--link);stroke-dasharray:5 3}.label{paint-order:stroke;stroke:var(--card);stroke-width:4px}.edge{fill:none;stroke:var(--fg);stroke-width:1.5}"
		".back{fill:none;stroke:var(--dim);stroke-width:1.5;stroke-dasharray:5 4}.head{fill:var(--fg)}.backhead{fill:var(--dim)}</style>";
	slu_auto_buf picture;
	slu_buf_init(&picture, out->max);
	html h = { .out = &picture };
	svg_flow(&h, a, s, NULL, NULL);
	slu_str rest = slu_buf_str(&picture), tag;
	if (!slu_str_split(&rest, '>', &tag) || !slu_str_starts(tag, "<svg "))
		return;
	slu_buf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" %.*s>%s", (int)tag.n - 5, tag.p + 5, style);
	slu_buf_addstr(out, rest);
	slu_buf_addc(out, '\n');
}
