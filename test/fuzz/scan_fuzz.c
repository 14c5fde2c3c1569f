/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for secrets: what is found lies in the text, in order, and is the same when the text comes in pieces. */
#include "scan/scan.h"

#include <stdlib.h>

enum { MAX = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scan_hit whole[MAX], part[MAX];
	slu_auto_arena *a = slu_arena_new();
	const scan *s = scan_new(a);
	slu_str text = { (const char *)data, size };
	size_t n = scan_text(s, text, whole, MAX), at = 0;
	uint64_t end = 0;
	must(n <= MAX);
	for (size_t i = 0; i < n; i++) {
		must(whole[i].n > 0 && whole[i].at >= end && whole[i].at + whole[i].n <= size && whole[i].line >= 1);
		end = whole[i].at + whole[i].n;
	}
	scan_stream *t = scan_stream_new(s, part, MAX);
	for (size_t step = 1 + size / 3; at < size; at += step)
		scan_stream_feed(t, (slu_str){ text.p + at, size - at < step ? size - at : step }, false);
	scan_stream_feed(t, (slu_str){ "", 0 }, true);
	must(scan_stream_found(t) == n);
	for (size_t i = 0; i < n; i++)
		must(part[i].at == whole[i].at && part[i].n == whole[i].n && part[i].line == whole[i].line && part[i].allowed == whole[i].allowed && strcmp(part[i].print, whole[i].print) == 0);
	scan_stream_free(t);
	return 0;
}
