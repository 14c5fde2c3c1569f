/* SPDX-License-Identifier: Apache-2.0 */
/* A pack and its index with any bytes: no crash, and no object that does not end. The first two bytes say how long the pack is. Requirement: PR-6 */
#include "git/packs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LENGTH = 2, HASH = 20, OBJECTS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t pack_n = size >= LENGTH ? (size_t)data[0] << 8 | data[1] : 0;
	if (size < LENGTH + 2 * HASH || pack_n < HASH || pack_n > size - LENGTH - 2 * HASH)
		return 0;
	const uint8_t *pack = data + LENGTH;
	size_t idx_n = size - LENGTH - pack_n;
	uint8_t *idx = malloc(idx_n);
	struct git_pack p;
	if (!idx)
		abort();
	memcpy(idx, pack + pack_n, idx_n);
	memcpy(idx + idx_n - 2 * HASH, pack + pack_n - HASH, HASH); /* that they are of each other would be hard to find */
	if (git_pack_parse(&p, pack, pack_n, idx, idx_n, HASH)) {
		git_packs *all = git_packs_from(&p, 1);
		for (uint32_t i = 0; i < p.n && i < OBJECTS; i++) {
			const uint8_t *id = p.ids + (size_t)i * HASH;
			size_t told = 0;
			struct git_packed *o = git_packs_hold(all, id), *again = git_packs_hold(all, id);
			if (o && (again != o || o->bytes.p[o->bytes.n] != '\0' || o->kind < GIT_COMMIT || o->kind > GIT_TAG))
				abort();
			if (o && git_packs_size(all, id, &told) && told != o->bytes.n)
				abort();
			enum git_kind kind;
			slu_str bytes;
			if (git_packs_read(all, id, &kind, &bytes) && (!o || kind != o->kind || !slu_str_eq(bytes, o->bytes) || bytes.p[bytes.n] != '\0'))
				abort();
			git_packed_drop(o);
			git_packed_drop(again);
		}
		git_packs_close(all);
	}
	free(idx);
	return 0;
}
