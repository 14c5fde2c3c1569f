/* SPDX-License-Identifier: Apache-2.0 */
/* A commit-graph file with any bytes: no crash, and no answer that points outside. Requirement: PR-6 */
#include "git/graph.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct git_graph_layer l;
	if (!git_graph_layer_parse(&l, data, size))
		return 0;
	git_graph *g = git_graph_from(&l, 1);
	if (!g)
		return 0;
	uint32_t n = git_graph_size(g);
	for (uint32_t i = 0; i < n && i < 4096; i++) {
		struct git_graph_commit c;
		uint32_t pos = 0;
		if (!git_graph_commit_at(g, i, &c))
			continue;
		for (size_t k = 0; k < c.parent_n && k < 64; k++)
			if (git_graph_parent(g, i, k, &pos) && pos >= n && k < 2)
				abort();
		(void)git_graph_find(g, &c.id, &pos);
	}
	git_graph_close(g);
	return 0;
}
