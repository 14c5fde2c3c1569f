/* SPDX-License-Identifier: Apache-2.0 */
/** The pictures, as inline SVG: classes only (the content policy allows no inline style), every one with a title and a table beside it. */
#ifndef WEB_SVG_H
#define WEB_SVG_H
#include "insight/svg_flow.h"
#include "web/html.h"

/** Traffic of the new version over time, and below it what each probe measured, against its limit. */
struct svg_ramp_point {
	int64_t at_ms;
	unsigned weight_pct;
	bool failed;
};
struct svg_measure {
	int64_t at_ms, took_ms;
	bool bad;
};
struct svg_series {
	slu_str name;
	int64_t limit_ms; /* 0: none is known */
	const struct svg_measure *at;
	size_t n;
};
/** @param end_ms  where the picture ends: when it ended, or now */
void svg_ramp(html *h, const struct svg_ramp_point *point, size_t n, const struct svg_series *series, size_t series_n, int64_t end_ms);

/** Lane of versions of one environment, oldest left. */
struct svg_lane {
	slu_str version;
	int64_t from_s, to_s; /* to_s 0: still there */
	bool failed;
};
void svg_lanes(html *h, const struct svg_lane *lane, size_t n);
#endif
