/* SPDX-License-Identifier: Apache-2.0 */
/** The log as a Merkle tree: signed heads, proofs, verification, export. docs/audit.md is for readers. */
#ifndef APP_AUDIT_H
#define APP_AUDIT_H
#include "app/app.h"
#include "audit/tree.h"

/** The bytes that stand for an event in the tree: all of its columns. */
slu_rc app_event_leaf(slu_buf *out, const struct port_event *e, slu_err *err);
/** aud_read_fn over a port_store. */
slu_rc app_tree_read(void *ctx, unsigned level, uint64_t index, aud_hash *node, slu_err *err);

/** The signed head of the tree as it stands (inside a transaction: with what it has written). A C2SP checkpoint. */
slu_rc app_audit_head(slu_str *out, struct app_unit *u, slu_err *err);
/** The same, and remember that it was given out: an earlier head can then be compared. Must stand in a transaction. */
slu_rc app_audit_publish(slu_str *out, struct app_unit *u, slu_err *err);
/** What checks the signatures, as others exchange it: "name+id+key". */
slu_rc app_audit_verifier(slu_str *out, struct app_unit *u, slu_err *err);

struct app_audit_verdict {
	bool good;
	int64_t size;          /* events looked at */
	int64_t bad_seq;       /* first that is not what was recorded; 0: none, or not one event's fault */
	const char *what;      /* a sentence */
	slu_str head;          /* signed head of the tree that was recomputed */
};
/**
 * Compute the tree again from the rows and compare: every leaf, the root, every head that was given out.
 * @param head  a head kept elsewhere that must be a beginning of this log; n == 0: none
 * A log that was tampered with is SLU_OK with good == false.
 */
slu_rc app_audit_verify(struct app_audit_verdict *out, struct app_unit *u, slu_str head, slu_err *err);
/** For a look at the log: how many events there are, and whether they were found to be what was recorded. */
struct app_audit_seen {
	int64_t events;
	bool verified;                    /* false: there are too many to verify while one waits, and nobody has */
	struct app_audit_verdict verdict;
	int64_t at_s;                     /* when it was verified */
};
/**
 * A log of the size that was found good is not computed again for ten minutes; at_s says how old the finding is.
 * @param at_once  events that are verified while one waits
 * @param now      verify, whatever is known
 */
slu_rc app_audit_look(struct app_audit_seen *out, struct app_unit *u, int64_t at_once, bool now, slu_err *err);
/** The newest signed heads that were given out, the newest last. */
slu_rc app_audit_heads(const struct port_checkpoint **out, size_t *n, struct app_unit *u, size_t max, slu_err *err);
/** Who may see them is the caller's question: of a repository that is open, or of the server for its administrators. */
slu_rc app_event_list(const struct port_event **out, size_t *n, struct port_page *page, struct app_unit *u, const struct port_event_filter *f, slu_err *err);
/** A C2SP proof that event `seq` is in the log. */
slu_rc app_audit_prove(slu_str *out, struct app_unit *u, int64_t seq, slu_err *err);
/** A proof that the head of `size` is a beginning of the present one. */
slu_rc app_audit_consistency(slu_str *out, struct app_unit *u, uint64_t size, slu_err *err);
/**
 * The export: one leaf a line in order, an empty line, the signed head. An event that the one who asks may not read is the line
 * "#" and its leaf hash in hex, so that the tree can be computed all the same.
 */
slu_rc app_audit_export(struct app_unit *u, slu_rc (*write)(void *ctx, slu_str piece, slu_err *err), void *ctx, slu_err *err);
#endif
