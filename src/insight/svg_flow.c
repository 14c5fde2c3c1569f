/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The flow graph. Columns by branch type (work, release and hotfix, integration, production, environments), rows in the order of
 * the file; an edge is a curve from the right side of its source to the left side of its target.
 */
#include "insight/svg_flow.h"
#include "insight/flow_text.h"

#include <stdlib.h>

enum { COLUMNS = 5, COL_W = 276, ROW_H = 92, BOX_W = 154, BOX_H = 48, PAD = 20, SUB_BYTES = 26 };

struct node {
	int x, y;
	int column;
};
struct layout {
	struct node *branch, *env;
	int rows[COLUMNS];
	int height;
};

static int column_of(enum strat_branch_type t)
{
	switch (t) {
	case STRAT_WORK:
	case STRAT_THROWAWAY: return 0;
	case STRAT_INTEGRATION: return 1;
	case STRAT_RELEASE:
	case STRAT_HOTFIX: return 2;
	case STRAT_PRODUCTION:
	case STRAT_SUPPORT: return 3;
	}
	return 0;
}

static void place(struct layout *l, struct node *n, int column)
{
	n->column = column;
	n->x = PAD + column * COL_W;
	n->y = PAD + l->rows[column]++ * ROW_H;
	if (n->y + BOX_H + PAD > l->height)
		l->height = n->y + BOX_H + PAD;
}

static void centre_columns(struct layout *l, const strat *s)
{
	int most = 0;
	for (int c = 0; c < COLUMNS; c++)
		most = l->rows[c] > most ? l->rows[c] : most;
	for (size_t i = 0; i < s->branch_n; i++)
		l->branch[i].y += (most - l->rows[l->branch[i].column]) * ROW_H / 2;
	for (size_t i = 0; i < s->environment_n; i++)
		l->env[i].y += (most - l->rows[COLUMNS - 1]) * ROW_H / 2;
}

static struct layout lay_out(slu_arena *a, const strat *s)
{
	struct layout l = { .branch = SLU_NEW_N(a, struct node, s->branch_n + 1), .env = SLU_NEW_N(a, struct node, s->environment_n + 1) };
	for (size_t i = 0; i < s->branch_n; i++)
		if (!s->branch[i].builtin)
			place(&l, &l.branch[i], column_of(s->branch[i].type));
	for (size_t i = 0; i < s->environment_n; i++)
		place(&l, &l.env[i], COLUMNS - 1);
	centre_columns(&l, s);
	return l;
}

static void curve(html *h, const char *class_, const char *marker, int x1, int y1, int x2, int y2)
{
	int bend = abs(x2 - x1) / 2 + (x2 <= x1 ? 60 : 0);
	slu_buf_addf(h->out, "<path class=\"%s\" d=\"M%d %d C%d %d %d %d %d %d\"%s%s%s/>", class_, x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2, *marker ? " marker-end=\"url(#" : "", marker,
	             *marker ? ")\"" : "");
}

static void label_line(html *h, const char *text, int x, int y)
{
	slu_buf_addf(h->out, "<text class=\"small label\" x=\"%d\" y=\"%d\">", x, y);
	html_text_z(h, text);
	html_lit(h, "</text>");
}

/* How, and what it takes: "merge, tag" above the edge and "1 approval, 3 checks" below it; of several edges each says where it goes. */
static void edge_label(html *h, slu_arena *a, const strat *s, const struct strat_edge *e, int x, int y, size_t of, size_t k)
{
	const char *how, *gates;
	ins_edge_words(a, s, e, &how, &gates);
	if (of > 1) {
		label_line(h, slu_printf(a, "%.*s: %s", SLU_FMT(s->branch[e->into].name), how), x, y - 7 - (int)(of - 1 - k) * 14);
		return;
	}
	label_line(h, how, x, y - 6);
	label_line(h, gates, x, y + 14);
}

static void back(html *h, const struct layout *l, const struct node *from, const struct strat_set *to)
{
	for (size_t i = 0; i < to->n; i++) {
		const struct node *n = &l->branch[to->i[i]];
		if (n == from)
			continue;
		slu_buf_addf(h->out, "<path class=\"back\" d=\"M%d %d C%d %d %d %d %d %d\" marker-end=\"url(#b)\"/>", from->x + 30, from->y + BOX_H, from->x, from->y + BOX_H + 40, n->x + BOX_W,
		             n->y + BOX_H + 40, n->x + BOX_W - 20, n->y + BOX_H + 2);
	}
}

static void edges(html *h, const strat *s, const struct layout *l)
{
	for (size_t i = 0; i < s->branch_n; i++) {
		if (s->branch[i].builtin)
			continue;
		const struct node *f = &l->branch[i];
		for (size_t k = 0; k < s->branch[i].edge_n; k++) {
			const struct strat_edge *e = &s->branch[i].edge[k];
			const struct node *t = &l->branch[e->into];
			curve(h, "edge", "a", f->x + BOX_W, f->y + BOX_H / 2, t->x - 8, t->y + BOX_H / 2);
			back(h, l, f, &e->also_into);
			back(h, l, t, &e->back_merge);
		}
	}
}

/* Beside their sources, where edges have not met yet; after all lines, for they are drawn over them. */
static void labels(html *h, slu_arena *a, const strat *s, const struct layout *l)
{
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		for (size_t k = 0; k < b->edge_n && !b->builtin; k++)
			edge_label(h, a, s, &b->edge[k], l->branch[i].x + BOX_W + 8, l->branch[i].y + BOX_H / 2, b->edge_n, k);
	}
}

static slu_str cut(slu_arena *a, slu_str text)
{
	size_t n = SUB_BYTES;
	if (text.n <= SUB_BYTES)
		return text;
	while (n > 0 && ((unsigned char)text.p[n] & 0xC0) == 0x80) /* not in the middle of a character */
		n--;
	return slu_s(slu_printf(a, "%.*s\xE2\x80\xA6", (int)n, text.p));
}

static void box(html *h, slu_arena *a, const struct node *n, const char *class_, slu_str name, slu_str sub, const struct svg_now *now)
{
	slu_buf_addf(h->out, "<rect class=\"box %s%s%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>", class_, now && *now->state ? " is-" : "", now ? now->state : "", n->x, n->y, BOX_W, BOX_H);
	slu_buf_addf(h->out, "<text x=\"%d\" y=\"%d\">", n->x + 10, n->y + 20);
	html_text(h, cut(a, name));
	slu_buf_addf(h->out, "</text><text class=\"small\" x=\"%d\" y=\"%d\">", n->x + 10, n->y + 37);
	html_text(h, now ? slu_s(now->text) : cut(a, sub));
	html_lit(h, "</text>");
}

static void into_environments(html *h, const strat *s, const struct layout *l)
{
	for (size_t i = 0; i < s->environment_n; i++) {
		const struct strat_environment *e = &s->environment[i];
		for (size_t k = 0; k < e->from.n; k++) {
			const struct node *f = &l->branch[e->from.i[k]];
			curve(h, "back", "b", f->x + BOX_W, f->y + BOX_H / 2, l->env[i].x - 8, l->env[i].y + BOX_H / 2);
		}
	}
}

static void boxes(html *h, slu_arena *a, const strat *s, const struct layout *l, const struct svg_now *branch, const struct svg_now *environment)
{
	for (size_t i = 0; i < s->environment_n; i++)
		box(h, a, &l->env[i], "environment", s->environment[i].name, SLU_STR("environment"), environment ? &environment[i] : NULL);
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		if (!b->builtin)
			box(h, a, &l->branch[i], strat_type_word(b->type), b->name, b->match_n ? strat_pattern_text(b->match[0]) : b->name, branch ? &branch[i] : NULL);
	}
}

void svg_flow(html *h, slu_arena *a, const strat *s, const struct svg_now *branch, const struct svg_now *environment)
{
	struct layout l = lay_out(a, s);
	int width = PAD * 2 + (s->environment_n ? COLUMNS - 1 : COLUMNS - 2) * COL_W + BOX_W;
	slu_buf_addf(h->out, "<svg class=\"flow\" role=\"img\" aria-labelledby=\"flow-t\" viewBox=\"0 0 %d %d\">", width, l.height + 20);
	html_lit(h, "<title id=\"flow-t\">Flow of changes between the kinds of branch; the table below says the same in words</title>"
	            "<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"6\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8Z\"/></marker>"
	            "<marker id=\"b\" viewBox=\"0 0 8 8\" refX=\"6\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path class=\"backhead\" d=\"M0 0L8 4L0 8Z\"/></marker></defs>");
	edges(h, s, &l);
	into_environments(h, s, &l);
	labels(h, a, s, &l);
	boxes(h, a, s, &l, branch, environment);
	html_lit(h, "</svg>");
}
