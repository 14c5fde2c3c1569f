/* SPDX-License-Identifier: Apache-2.0 */
/* A file of what commits change, with any bytes: no crash, and no answer that points outside. Requirement: PR-6 */
#include "git/brought.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct git_brought_view *v)
{
	size_t seen = 0;
	for (uint32_t c = 0; c < v->n; c++) {
		seen += v->id[(size_t)c * v->hash + v->hash - 1u];
		if (v->at[c] > v->at[c + 1] || v->at[c + 1] > v->file_n)
			abort();
	}
	for (uint32_t i = 0; i < v->file_n; i++) {
		const char *path = v->paths + v->path_at[v->path[i]];
		seen += strlen(path) + v->blob[(size_t)i * v->hash + v->hash - 1u] + (v->size[i] != 0);
		if (path + strlen(path) >= v->paths + v->paths_n || v->kind[i] >= GIT_BROUGHT_KINDS)
			abort();
	}
	if (seen == SIZE_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct git_brought_view v;
	uint8_t *own = malloc(size + 1); /* as aligned as a mapping */
	if (!own)
		return 0;
	memcpy(own, data, size);
	if (git_brought_parse(&v, own, size))
		look(&v);
	free(own);
	return 0;
}
