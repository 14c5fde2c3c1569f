/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"
#include "web/svg.h"

enum { W = 900, H = 190, LEFT = 52, RIGHT = 20, TOP = 20, BOTTOM = 14, BAND = 62, BAND_IN = 30, CLOCKS = 26 };

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

static void steps(html *h, const struct svg_ramp_point *point, size_t n, int64_t from, int64_t to)
{
	slu_buf_addf(h->out, "<path class=\"line\" d=\"M%d %d", x_at(point[0].at_ms, from, to), y_at(point[0].weight_pct));
	for (size_t i = 1; i < n; i++)
		slu_buf_addf(h->out, "H%dV%d", x_at(point[i].at_ms, from, to), y_at(point[i].weight_pct));
	slu_buf_addf(h->out, "H%d\"/>", x_at(to, from, to));
	for (size_t i = 0; i < n; i++) {
		int x = x_at(point[i].at_ms, from, to), y = y_at(point[i].weight_pct);
		bool moved = i > 0 && point[i].weight_pct != point[i - 1].weight_pct, right = x > W - RIGHT - 60;
		slu_buf_addf(h->out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"><title>%u %%%s</title></circle>", point[i].failed ? "bad" : "ok", x, y, point[i].failed ? 6 : 4, point[i].weight_pct, point[i].failed ? ", failed" : "");
		if (point[i].failed || moved)
			slu_buf_addf(h->out, "<text class=\"small label\" text-anchor=\"%s\" x=\"%d\" y=\"%d\">%s%u %%</text>", right ? "end" : "start", right ? x - 9 : x + 9, point[i].weight_pct && !point[i].failed ? y + 14 : y - 9,
			             point[i].failed ? "\xE2\x9C\x97 failed at " : "", point[i].weight_pct);
	}
}

/* One probe: how long each answer took, its limit as a dashed line. */
static void band(html *h, const struct svg_series *s, int top, int64_t from, int64_t to)
{
	int64_t most = s->limit_ms > 0 ? s->limit_ms : 1;
	int base = top + BAND - 8;
	for (size_t i = 0; i < s->n; i++)
		most = s->at[i].took_ms > most ? s->at[i].took_ms : most;
	slu_buf_addf(h->out, "<path class=\"axis\" d=\"M%d %dH%d\"/><text class=\"small\" x=\"%d\" y=\"%d\">", LEFT, base, W - RIGHT, LEFT, top + 14);
	html_text(h, s->name);
	html_lit(h, "</text>");
	if (s->limit_ms > 0) {
		int y = base - (int)(s->limit_ms * BAND_IN / most);
		slu_buf_addf(h->out, "<path class=\"back\" d=\"M%d %dH%d\"/><text class=\"small\" text-anchor=\"end\" x=\"%d\" y=\"%d\">%lld ms</text>", LEFT, y, W - RIGHT, LEFT - 6, y + 4, (long long)s->limit_ms);
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct svg_measure *m = &s->at[i];
		int x = x_at(m->at_ms, from, to), y = base - (int)(m->took_ms * BAND_IN / most);
		if (m->bad)
			slu_buf_addf(h->out, "<path class=\"cross\" d=\"M%d %dl8 8m0 -8l-8 8\"/>", x - 4, y - 4);
		else
			slu_buf_addf(h->out, "<circle class=\"ok\" cx=\"%d\" cy=\"%d\" r=\"3\"/>", x, y);
	}
}

void svg_ramp(html *h, const struct svg_ramp_point *point, size_t n, const struct svg_series *series, size_t series_n, int64_t end_ms)
{
	if (n == 0)
		return;
	int64_t from = point[0].at_ms, to = point[n - 1].at_ms > end_ms ? point[n - 1].at_ms : end_ms;
	int height = H + (int)series_n * BAND + CLOCKS;
	to = to > from ? to : from + 1;
	slu_buf_addf(h->out, "<svg role=\"img\" aria-labelledby=\"ramp-t\" viewBox=\"0 0 %d %d\"><title id=\"ramp-t\">Share of traffic on the new version over time, and how long each probe took; the tables below say the same</title>", W, height);
	axes(h);
	steps(h, point, n, from, to);
	for (size_t i = 0; i < series_n; i++)
		band(h, &series[i], H + (int)i * BAND, from, to);
	clocks(h, height - 8, from / 1000, to / 1000);
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
