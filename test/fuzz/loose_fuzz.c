/* SPDX-License-Identifier: Apache-2.0 */
/* A loose object's file and a list of borrowed folders with any bytes: no crash, and no object that does not end. Requirement: CM-1 */
#include "git/objects.h"

#include "base/limits.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct git_found f = { 0 };
	if (git_loose_read(&f, data, size)) {
		if (f.kind < GIT_COMMIT || f.kind > GIT_TAG || f.bytes.n > SLU_MAX_BLOB_BYTES || f.bytes.p[f.bytes.n] != '\0')
			abort();
		slu_auto_arena *a = slu_arena_new();
		struct pol_commit c;
		slu_oid id = slu_oid_zero();
		if (f.kind == GIT_COMMIT && git_commit_view(&c, a, &id, f.bytes, NULL) == SLU_OK && c.message.n && c.message.p + c.message.n != f.bytes.p + f.bytes.n)
			abort();
		git_found_drop(&f);
	}
	slu_str rest = { (const char *)data, size }, folder;
	bool odd;
	while (git_alternate_next(&rest, &folder, &odd))
		if (folder.n == 0)
			abort();
	return 0;
}
