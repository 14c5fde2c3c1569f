/* SPDX-License-Identifier: Apache-2.0 */
/* A file of what was read of a history, with any bytes: no crash, and no answer that points outside. Requirement: PR-6 */
#include "git/memory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const git_memory *m)
{
	struct git_raw id = { { 0 } };
	slu_str text;
	size_t seen = 0;
	for (uint32_t c = 0; c < m->n; c++) {
		for (uint32_t i = m->parent_at[c]; i < m->parent_at[c + 1]; i++)
			if (m->parent[i] >= c)
				abort();
		if (git_memory_line(m, c, &text))
			seen += memchr(text.p, 0, text.n + 1) != NULL;
		seen += (size_t)m->id[(size_t)c * m->hash] + m->tree[(size_t)c * m->hash + m->hash - 1u] + (m->time_s[c] != 0);
	}
	for (uint32_t i = 0; i < m->tag_n; i++) {
		memcpy(id.b, m->tag_id + (size_t)i * m->hash, m->hash);
		if (git_memory_tag(m, &id, &text) && text.p[text.n] != '\0')
			abort();
	}
	if (seen == SIZE_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	git_memory m;
	uint8_t *own = malloc(size + 1); /* as aligned as a mapping */
	if (!own)
		return 0;
	memcpy(own, data, size);
	if (git_memory_parse(&m, own, size))
		look(&m);
	free(own);
	return 0;
}
