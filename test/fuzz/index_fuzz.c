/* SPDX-License-Identifier: Apache-2.0 */
/* An index with any bytes: no crash, it ends, and no entry lies outside of it. Requirement: BR-5 */
#include "git/index.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool yes)
{
	if (!yes)
		abort();
}

static void read_as(slu_str text, uint8_t hash)
{
	struct git_index x;
	struct git_index_entry e;
	slu_oid tree;
	size_t n = 0;
	if (!git_index_open(&x, text, hash))
		return;
	while (git_index_next(&x, &e)) {
		must((const char *)e.id >= text.p && (const char *)e.id + hash <= text.p + text.n);
		must(strlen(e.path) == x.name_n && x.name_n < sizeof x.name && x.at <= text.n);
		n++;
	}
	must(n <= text.n);
	if (x.left == 0)
		(void)git_index_tree(&x, &tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slu_str text = { (const char *)data, size };
	read_as(text, 20);
	read_as(text, 32);
	return 0;
}
