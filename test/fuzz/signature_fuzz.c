/* SPDX-License-Identifier: Apache-2.0 */
/* A commit or tag in two: nothing is lost, nothing is made, and what is left is not signed once more. */
#include "git/signature.h"

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
	if (size == 0)
		return 0;
	enum git_kind kind = data[0] == 'C' ? GIT_COMMIT : GIT_TAG;
	slu_str raw = { (const char *)data + 1, size - 1 };
	struct git_signed s = git_signed_of(a, kind, raw, false), again = git_signed_of(a, kind, s.text, false);
	must(s.text.n + s.signature.n <= raw.n);
	if (kind == GIT_TAG)
		must(s.text.n + s.signature.n == raw.n && memcmp(s.text.p, raw.p, s.text.n) == 0 && memcmp(s.signature.p, raw.p + s.text.n, s.signature.n) == 0);
	if (kind == GIT_COMMIT)
		must(again.signature.n == 0 && slu_str_eq(again.text, s.text));
	if (s.signature.n == 0 && kind == GIT_COMMIT && !memmem(raw.p, raw.n, "gpgsig", 6))
		must(slu_str_eq(s.text, raw));
	return 0;
}
