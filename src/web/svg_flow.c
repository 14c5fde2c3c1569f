/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The flow graph. Columns by branch type (work, release and hotfix, integration, production, environments), rows in the order of
 * the file; an edge is a curve from the right side of its source to the left side of its target.
 */
#include "web/svg.h"

#include <stdlib.h>

enum { COLUMNS = 5, COL_W = 290, ROW_H = 92, BOX_W = 150, BOX_H = 48, PAD = 24, SUB_BYTES = 28 };

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

static void edge_label(html *h, const strat *s, const struct strat_edge *e, int x, int y)
{
	const struct strat_require *target = &s->branch[e->into].require;
	unsigned approvals = target->approvals_any > e->require.approvals_any ? target->approvals_any : e->require.approvals_any;
	slu_buf_addf(h->out, "<text class=\"small\" x=\"%d\" y=\"%d\">", x, y);
	html_text_z(h, strat_method_word(e->method));
	if (approvals)
		slu_buf_addf(h->out, ", %u approval%s", approvals, approvals == 1 ? "" : "s");
	if (e->tag != STRAT_NONE)
		html_lit(h, ", tag");
	html_lit(h, "</text>");
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
			edge_label(h, s, e, f->x + BOX_W + 8, f->y + BOX_H / 2 - 7 - (int)k * 14); /* beside its source, where edges have not met yet */
			back(h, l, f, &e->also_into);
			back(h, l, t, &e->back_merge);
		}
	}
}

static void box(html *h, const struct node *n, const char *class_, slu_str name, slu_str sub)
{
	slu_buf_addf(h->out, "<rect class=\"box %s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>", class_, n->x, n->y, BOX_W, BOX_H);
	slu_buf_addf(h->out, "<text x=\"%d\" y=\"%d\">", n->x + 10, n->y + 20);
	html_text(h, name);
	slu_buf_addf(h->out, "</text><text class=\"small\" x=\"%d\" y=\"%d\">", n->x + 10, n->y + 37);
	html_text(h, (slu_str){ sub.p, sub.n > SUB_BYTES ? SUB_BYTES : sub.n });
	html_lit(h, "</text>");
}

static void environments(html *h, const strat *s, const struct layout *l, const char *const *now)
{
	for (size_t i = 0; i < s->environment_n; i++) {
		const struct strat_environment *e = &s->environment[i];
		for (size_t k = 0; k < e->from.n; k++) {
			const struct node *f = &l->branch[e->from.i[k]];
			curve(h, "back", "b", f->x + BOX_W, f->y + BOX_H / 2, l->env[i].x - 8, l->env[i].y + BOX_H / 2);
		}
	}
	for (size_t i = 0; i < s->environment_n; i++)
		box(h, &l->env[i], "environment", s->environment[i].name, now ? slu_s(now[i]) : SLU_STR("environment"));
}

void svg_flow(html *h, slu_arena *a, const strat *s, const char *const *now)
{
	struct layout l = lay_out(a, s);
	int width = PAD * 2 + (s->environment_n ? COLUMNS - 1 : COLUMNS - 2) * COL_W + BOX_W;
	slu_buf_addf(h->out, "<svg role=\"img\" aria-labelledby=\"flow-t\" viewBox=\"0 0 %d %d\">", width, l.height + 30);
	html_lit(h, "<title id=\"flow-t\">Flow of changes between the kinds of branch; the table below says the same in words</title>"
	            "<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"6\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8Z\"/></marker>"
	            "<marker id=\"b\" viewBox=\"0 0 8 8\" refX=\"6\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path class=\"backhead\" d=\"M0 0L8 4L0 8Z\"/></marker></defs>");
	edges(h, s, &l);
	environments(h, s, &l, now);
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		if (!b->builtin)
			box(h, &l.branch[i], strat_type_word(b->type), b->name, b->match_n ? strat_pattern_text(b->match[0]) : b->name);
	}
	html_lit(h, "</svg>");
}
