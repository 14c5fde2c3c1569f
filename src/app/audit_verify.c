/* SPDX-License-Identifier: Apache-2.0 */
/* The log is computed again from its rows and compared with the tree that was kept and with every head that was given out. */
#include "app/audit.h"
#include "app/audit_impl.h"

struct head {
	uint64_t size;
	aud_hash root;
};
struct walk {
	struct app_unit *u;
	struct aud_verifier trusted;
	struct aud_frontier f;
	SLU_LIST(struct head) head; /* by size */
	size_t head_at;
	struct app_audit_verdict *out;
};

static slu_rc bad(struct walk *w, int64_t seq, const char *what)
{
	w->out->good = false;
	w->out->bad_seq = seq;
	w->out->what = what;
	return SLU_E_CORRUPT; /* ends the walk; the caller sees the verdict */
}

/** A node that is computed again must be the one that was kept. */
static slu_rc compare_node(void *ctx, unsigned level, uint64_t index, const aud_hash *node, slu_err *err)
{
	struct walk *w = ctx;
	aud_hash kept;
	slu_rc rc = app_tree_read(w->u->store, level, index, &kept, err);

	if (rc != SLU_OK && rc != SLU_E_NOT_FOUND && rc != SLU_E_CORRUPT)
		return rc;
	if (rc == SLU_OK && aud_hash_eq(&kept, node))
		return SLU_OK;
	int64_t seq = (int64_t)((index + 1) << level);
	if (level == 0)
		return bad(w, seq, slu_printf(w->u->a, rc == SLU_OK ? "Event %lld is not what was recorded: its hash is not the one in the tree." : "The tree has no leaf for event %lld.", (long long)seq));
	return bad(w, 0, slu_printf(w->u->a, "The tree's node over the events %lld to %lld was edited; the events themselves are as recorded.", (long long)((index << level) + 1), (long long)seq));
}

static slu_rc compare_heads(struct walk *w)
{
	aud_hash root;

	for (; w->head_at < w->head.n && w->head.v[w->head_at].size <= w->f.size; w->head_at++) {
		const struct head *h = &w->head.v[w->head_at];
		uint64_t before = w->head_at ? w->head.v[w->head_at - 1].size : 0;
		aud_root(&root, &w->f);
		if (h->size == w->f.size && !aud_hash_eq(&root, &h->root))
			return bad(w, (int64_t)before + 1, slu_printf(w->u->a, "The log is not the one whose head of %llu events was signed; something in the events %llu to %llu was changed.", (unsigned long long)h->size, (unsigned long long)before + 1, (unsigned long long)h->size));
	}
	return SLU_OK;
}

static slu_rc walk_one(void *ctx, const struct port_event *e, slu_err *err)
{
	struct walk *w = ctx;
	aud_hash leaf;
	slu_auto_buf text;
	slu_buf_init(&text, AUD_LEAF_MAX);
	int64_t want = (int64_t)w->f.size + 1;

	if (e->seq != want)
		return bad(w, want, slu_printf(w->u->a, "Event %lld is missing: after %lld comes %lld.", (long long)want, (long long)want - 1, (long long)e->seq));
	slu_rc rc = app_event_leaf(&text, e, NULL);
	if (rc == SLU_E_INVALID || rc == SLU_E_LIMIT)
		return bad(w, want, slu_printf(w->u->a, "Event %lld is not what was recorded: its data are no JSON object of ours.", (long long)want));
	SLU_TRY(rc);
	aud_leaf_hash(&leaf, slu_buf_str(&text));
	SLU_TRY(aud_append(&w->f, &leaf, compare_node, w, err));
	w->out->size = (int64_t)w->f.size;
	return compare_heads(w);
}

static slu_rc take_head(void *ctx, const struct port_checkpoint *c, slu_err *err)
{
	struct walk *w = ctx;
	struct aud_checkpoint k;

	(void)err;
	if (aud_checkpoint_open(&k, c->text, &w->trusted, NULL) != SLU_OK || k.size != (uint64_t)c->size)
		return bad(w, 0, slu_printf(w->u->a, "The head of %lld events that was given out was edited.", (long long)c->size));
	*SLU_ADD(w->u->a, &w->head) = (struct head){ k.size, k.root };
	return SLU_OK;
}

static void sort_in(struct walk *w, const struct aud_checkpoint *k)
{
	(void)SLU_ADD(w->u->a, &w->head);
	size_t at = w->head.n - 1;
	for (; at > 0 && w->head.v[at - 1].size > k->size; at--)
		w->head.v[at] = w->head.v[at - 1];
	w->head.v[at] = (struct head){ k->size, k->root };
}

static slu_rc walk_all(struct walk *w, slu_str head, slu_err *err)
{
	struct aud_checkpoint k;

	SLU_TRY(port_checkpoint_each(w->u->store, take_head, w, err));
	if (head.n) {
		if (aud_checkpoint_open(&k, head, &w->trusted, err) != SLU_OK)
			return slu_fail(err, SLU_E_INVALID, "The head that was given is not one that this server signed.");
		sort_in(w, &k);
	}
	SLU_TRY(port_event_each(w->u->store, 1, walk_one, w, err));
	if (w->head_at < w->head.n) {
		uint64_t size = w->head.v[w->head.n - 1].size;
		return bad(w, (int64_t)w->f.size + 1, slu_printf(w->u->a, "The log ends after %llu events; a head of %llu was signed, so its end was cut off.", (unsigned long long)w->f.size, (unsigned long long)size));
	}
	/* Nodes past the end mean that rows were taken away from it. */
	aud_hash beyond;
	if (app_tree_read(w->u->store, 0, w->f.size, &beyond, NULL) == SLU_OK)
		return bad(w, (int64_t)w->f.size + 1, slu_printf(w->u->a, "Event %llu is missing: the tree has a leaf for it.", (unsigned long long)w->f.size + 1));
	return SLU_OK;
}

slu_rc app_audit_verify(struct app_audit_verdict *out, struct app_unit *u, slu_str head, slu_err *err)
{
	struct app_audit_verdict v = { .good = true, .what = "Every event is what was recorded." };
	struct walk w = { .u = u, .out = &v };

	SLU_TRY(app_audit_trusted(&w.trusted, u, err));
	SLU_TRY(port_store_read(u->store, err));
	slu_rc rc = walk_all(&w, head, err);
	port_store_read_end(u->store);
	if (rc != SLU_OK && v.good)
		return rc;
	if (v.good) /* what is not true is not signed */
		SLU_TRY(app_audit_head_of(&v.head, u, &w.f, err));
	*out = v;
	return SLU_OK;
}
