/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration file of Git with any bytes: no crash, and no setting without a name. Requirement: CM-1 */
#include "git/config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	git_config c = { .a = slu_arena_new() };
	uint8_t hash = 0;
	bool partial = false;
	slu_str text = { (const char *)data, size };
	bool read = git_config_text(&c, text);
	for (size_t i = 0; read && i < c.list.n; i++)
		if (c.list.v[i].key.n < 3 || !memchr(c.list.v[i].key.p, '.', c.list.v[i].key.n) || (!c.list.v[i].has_value && c.list.v[i].value.n))
			abort();
	if (git_config_format(&c, &hash, &partial) && hash != 20 && hash != 32)
		abort();
	git_config_list(&c, text);
	slu_arena_free(c.a);
	return 0;
}
