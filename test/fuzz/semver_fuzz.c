/* SPDX-License-Identifier: Apache-2.0 */
/* Versions: what is read says the same when written, and what follows is higher. */
#include "version/semver.h"

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
	slu_str text = { (const char *)data, size };
	struct ver_semver v, next;
	slu_err err = { 0 };
	if (ver_parse(&v, text, &err) != SLU_OK) {
		must(err.text[0] != '\0' && err.column > 0 && err.column <= size + 1);
		return 0;
	}
	must(slu_str_is(text, ver_text(a, &v)) && ver_cmp(&v, &v) == 0);
	for (int part = VER_MAJOR; part <= VER_PATCH; part++) {
		char *higher = ver_bump(a, &v, (enum ver_part)part, NULL);
		if (!higher)
			continue;
		must(ver_parse(&next, slu_s(higher), NULL) == SLU_OK);
		must(ver_cmp(&next, &v) > 0 && ver_cmp(&v, &next) < 0 && next.prerelease.n == 0 && next.build.n == 0);
	}
	for (int part = VER_MAJOR; part <= VER_PATCH; part++) {
		char *planned = ver_bump_planned(a, &v, (enum ver_part)part, SLU_STR("rc"), NULL);
		must(!planned || (ver_parse(&next, slu_s(planned), NULL) == SLU_OK && ver_cmp(&next, &v) > 0 && slu_str_is(ver_label(&next), "rc")));
	}
	char *later = ver_bump_prerelease(a, &v, SLU_STR("rc"), NULL);
	if (later && v.prerelease.n > 0)
		must(ver_parse(&next, slu_s(later), NULL) == SLU_OK && ver_cmp(&next, &v) > 0);
	return 0;
}
