/* SPDX-License-Identifier: Apache-2.0 */
/* A packed-refs file with any bytes: no crash, no endless search, and what is put in is found again. Requirement: PR-6 */
#include "git/packed_refs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool yes)
{
	if (!yes)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slu_str text = { (const char *)data, size };
	const struct packed_ref put = { .name = SLU_STR("refs/heads/put"), .id = { "1234567890123456789012345678901234567890" } };
	const struct packed_ref drop = { .name = put.name };
	size_t lines = 0;
	slu_oid id, peeled;
	if (!packed_refs_ok(text))
		return 0;
	for (size_t at = packed_refs_find(text, (slu_str){ 0 }); at < text.n; at = packed_refs_next(text, at), lines++)
		(void)(packed_refs_value(text, packed_refs_name(text, at), &id) && packed_refs_at(text, at, &id, &peeled));
	must(lines <= text.n);
	if (!packed_refs_whole(text))
		return 0;
	slu_auto_buf with, without;
	slu_buf_init(&with, 1 << 26);
	slu_buf_init(&without, 1 << 26);
	packed_refs_edit(&with, text, &put, 1);
	must(packed_refs_whole(slu_buf_str(&with)));
	must(packed_refs_value(slu_buf_str(&with), put.name, &id) && slu_oid_eq(&id, &put.id));
	packed_refs_edit(&without, slu_buf_str(&with), &drop, 1);
	must(packed_refs_whole(slu_buf_str(&without)) && !packed_refs_value(slu_buf_str(&without), put.name, &id));
	return 0;
}
