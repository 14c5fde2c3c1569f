/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"
#include "web/svg.h"

enum { W = 720, H = 220, LEFT = 48, RIGHT = 16, TOP = 16, BOTTOM = 32 };

static int x_at(int64_t t, int64_t from, int64_t to)
{
	int64_t span = to > from ? to - from : 1;
	return LEFT + (int)((t - from) * (W - LEFT - RIGHT) / span);
}

static int y_at(unsigned pct)
{
	return TOP + (int)((100 - (pct > 100 ? 100 : pct)) * (H - TOP - BOTTOM) / 100);
}

static void axes(html *h)
{
	for (unsigned pct = 0; pct <= 100; pct += 50)
		slu_buf_addf(h->out, "<path class=\"axis\" d=\"M%d %dH%d\"/><text class=\"small\" text-anchor=\"end\" x=\"%d\" y=\"%d\">%u %%</text>", LEFT, y_at(pct), W - RIGHT, LEFT - 6, y_at(pct) + 4, pct);
}

/* Its day too, when the picture spans more than one. */
static void clock_at(html *h, int x, int y, const char *anchor, int64_t t, bool day)
{
	char iso[SLU_TIME_TEXT];
	slu_time_text(t, iso);
	slu_buf_addf(h->out, "<text class=\"small\" text-anchor=\"%s\" x=\"%d\" y=\"%d\">%.*s%s%.8s</text>", anchor, x, y, day ? 10 : 0, iso, day ? " " : "", iso + 11);
}

static void clocks(html *h, int y, int64_t from, int64_t to)
{
	bool day = from / 86400 != to / 86400;
	clock_at(h, LEFT, y, "start", from, day);
	clock_at(h, W - RIGHT, y, "end", to, day);
}

void svg_ramp(html *h, const struct svg_ramp_point *point, size_t n)
{
	if (n == 0)
		return;
	int64_t from = point[0].at_s, to = point[n - 1].at_s > from ? point[n - 1].at_s : from + 1;
	slu_buf_addf(h->out, "<svg role=\"img\" aria-labelledby=\"ramp-t\" viewBox=\"0 0 %d %d\"><title id=\"ramp-t\">Share of traffic on the new version over time</title>", W, H);
	axes(h);
	slu_buf_addf(h->out, "<path class=\"line\" d=\"M%d %d", x_at(from, from, to), y_at(point[0].weight_pct));
	for (size_t i = 1; i < n; i++)
		slu_buf_addf(h->out, "H%dV%d", x_at(point[i].at_s, from, to), y_at(point[i].weight_pct));
	html_lit(h, "\"/>");
	for (size_t i = 0; i < n; i++)
		slu_buf_addf(h->out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"><title>%u %%%s</title></circle>", point[i].failed ? "bad" : "ok", x_at(point[i].at_s, from, to),
		             y_at(point[i].weight_pct), point[i].failed ? 6 : 4, point[i].weight_pct, point[i].failed ? ", failed" : "");
	clocks(h, H - 10, from, to);
	html_lit(h, "</svg>");
}

void svg_lanes(html *h, const struct svg_lane *lane, size_t n)
{
	if (n == 0)
		return;
	int64_t from = lane[0].from_s, to = h->now_s > from ? h->now_s : from + 1;
	int height = (int)n * 30 + 40;
	slu_buf_addf(h->out, "<svg role=\"img\" aria-labelledby=\"lane-t\" viewBox=\"0 0 %d %d\"><title id=\"lane-t\">Versions that ran here, over time</title>", W, height);
	for (size_t i = 0; i < n; i++) {
		int y = 12 + (int)i * 30, x = x_at(lane[i].from_s, from, to), end = x_at(lane[i].to_s ? lane[i].to_s : to, from, to);
		slu_buf_addf(h->out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"12\" rx=\"3\"/><text class=\"small\" x=\"%d\" y=\"%d\">", lane[i].failed ? "bad" : "ok", x, y + 8,
		             end - x < 4 ? 4 : end - x, x < W - 160 ? x : W - 160, y + 4);
		html_text(h, lane[i].version);
		slu_buf_adds(h->out, lane[i].failed ? " \xE2\x9C\x97 failed" : lane[i].to_s ? "" : " \xE2\x97\x8F runs now");
		html_lit(h, "</text>");
	}
	clocks(h, height - 10, from, to);
	html_lit(h, "</svg>");
}
