/* SPDX-License-Identifier: Apache-2.0 */
/** Quantities with units: one parser for each kind, and the text form back. */
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H
#include "base/str.h"

enum { SLU_DURATION_TEXT = 40, SLU_TIME_TEXT = 32 };

/**
 * Read a duration such as "48h", "2w" or "1d12h".
 * @param out   seconds, 0 <= *out <= 10 years; untouched on failure
 * @param text  1..32 bytes, ([0-9]+[smhdw])+
 * @param err   column of the first offending byte, 1-based
 * Units: d = 24 h, w = 7 d; no months or years. Source: requirement GT-3.
 */
slu_rc slu_duration_parse(int64_t *out, slu_str text, slu_err *err);
/** "36h" → "1d12h"; 0 → "0s". Negative durations get a leading '-'; weeks are written as days. Returns buf. */
char *slu_duration_text(int64_t seconds, char buf[SLU_DURATION_TEXT]);
/** "50MB" "1GiB" "300" (bytes); kB MB GB are powers of 1000, KiB MiB GiB of 1024. At most 2^53. */
slu_rc slu_size_parse(int64_t *bytes, slu_str text, slu_err *err);
/** "5%" → 5.0; "0.5%" → 0.5; 0..100, at most four decimals. */
slu_rc slu_share_parse(double *percent, slu_str text, slu_err *err);
/** "YYYY-MM-DD" → seconds since 1970 UTC at 00:00; proleptic Gregorian, 1970..9999. */
slu_rc slu_date_parse(int64_t *out, slu_str text, slu_err *err);
/** RFC 3339 "2026-01-05T09:00:00Z" (also with an offset; a fraction is dropped) → seconds since 1970. No leap second. */
slu_rc slu_time_parse(int64_t *out, slu_str text, slu_err *err);
/** "2026-01-05T09:00:00Z"; what lies outside 1970..9999 is written as the nearest end of it. Returns buf. */
char *slu_time_text(int64_t unix_s, char buf[SLU_TIME_TEXT]);
#endif
