/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The bytes of an event that the audit tree is built over: one line of canonical JSON.
 *
 * Canonical means RFC 8785 with integers only: no white space, keys in the order of their UTF-16 code units, no key
 * twice, strings escaped in one way, numbers between -(2^53 - 1) and 2^53 - 1. The same event always gives the same
 * bytes, so they may be built again from the database, and an export holds them line by line. docs/audit.md is for readers.
 */
#ifndef AUDIT_LEAF_H
#define AUDIT_LEAF_H
#include "audit/tree.h"

enum { AUD_LEAF_VERSION = 1, AUD_LEAF_MAX = 1024 * 1024 /* bytes */ };

struct aud_event {
	uint64_t seq;  /* leaf index + 1: the first event is 1 and none is left out */
	int64_t time;  /* seconds since 1970, UTC */
	slu_str repo;  /* "owner/name"; empty: the server as a whole */
	slu_str actor; /* who did it; empty: the server by itself */
	slu_str kind;  /* "push.accepted" */
	slu_str data;  /* a JSON object; empty stands for {} */
};

/**
 * The leaf: {"actor":…,"data":{…},"kind":…,"repo":…,"seq":…,"time":"2026-01-05T09:00:00Z","v":1}, without a line end.
 * @param out  what is added to; unchanged on failure. Its maximum should leave room for AUD_LEAF_MAX
 * @return SLU_OK; SLU_E_INVALID: data is no JSON object, or has what canonical JSON cannot carry; SLU_E_LIMIT: too long
 */
slu_rc aud_leaf(slu_buf *out, const struct aud_event *event, slu_err *err);
/** Add any JSON value in canonical form; unchanged on failure. Errors carry line and column in `json`. At most SLU_MAX_JSON_DEPTH deep. Cost: O(n log n). */
slu_rc aud_canonical(slu_buf *out, slu_str json, slu_err *err);
#endif
