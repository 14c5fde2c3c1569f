/* SPDX-License-Identifier: Apache-2.0 */
/* The target of a request: what is taken holds nothing that could lead out of its place, and decodes to itself. */
#include "web/path.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slu_auto_arena *a = slu_arena_new();
	struct web_target t;
	struct web_match m;
	slu_err err = { 0 };
	if (web_target_parse(&t, a, (slu_str){ (const char *)data, size }, &err) != SLU_OK) {
		must(err.text[0] != 0);
		return 0;
	}
	must(t.path[0] == '/' && !strstr(t.path, "/../") && !strstr(t.path, "/./") && !strchr(t.path, '\\') && !slu_str_ends(slu_s(t.path), "/.."));
	for (const char *p = t.path; *p; p++)
		must((unsigned char)*p >= 0x20 && *p != 0x7F);
	if (t.segment_n > 0 && web_pattern_match(&m, a, "/{rest...}", &t, NULL))
		must(strcmp(m.param.v[0].value, t.path + 1) == 0);
	return 0;
}
