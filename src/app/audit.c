/* SPDX-License-Identifier: Apache-2.0 */
/* The log's key, signed heads, proofs and the export. Verification is in audit_verify.c. */
#include "app/audit.h"

#include "app/impl.h"
#include "app/audit_impl.h"

#include <sodium.h>
#include <stdio.h>

/* ---- the key -------------------------------------------------------------------------------------------------------------- */

static slu_rc remember_origin(app *ap, port_store *store, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	unsigned char public[AUD_PUBLIC_BYTES], secret[64];
	slu_str origin = { 0 };

	SLU_TRY(port_setting_get(store, a, SLU_STR("origin"), &origin, err));
	if (!origin.n) {
		(void)crypto_sign_seed_keypair(public, secret, ap->seed);
		sodium_memzero(secret, sizeof(secret));
		origin = slu_s(slu_printf(a, "sluice-%02x%02x%02x%02x", public[0], public[1], public[2], public[3]));
		SLU_TRY(port_store_begin(store, err));
		SLU_TRY(port_setting_put(store, SLU_STR("origin"), origin, err));
		SLU_TRY(port_store_commit(store, err));
	}
	ap->origin = strndup(origin.p, origin.n);
	return SLU_OK;
}

slu_rc app_audit_open(app *ap, port_store *store, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *path = slu_printf(a, "%s/keys/audit.seed", ap->home);
	int64_t events = 0;

	if (sodium_init() < 0)
		return slu_fail(err, SLU_E_INTERNAL, "libsodium could not be started.");
	slu_rc rc = app_seed_read(path, ap->seed, "audit key", err);
	if (rc == SLU_E_NOT_FOUND) {
		SLU_TRY(port_event_count(store, &events, err));
		if (events > 0)
			return slu_fail(err, SLU_E_CORRUPT, "The audit key %s is gone, but there is a log that it signed; restore it from a backup.", path);
		randombytes_buf(ap->seed, sizeof(ap->seed));
		rc = app_key_file_write(path, ap->seed, sizeof(ap->seed), err);
	}
	SLU_TRY(rc);
	return remember_origin(ap, store, err);
}

/* ---- heads ------------------------------------------------------------------------------------------------------------------ */

static slu_rc sign(slu_str *out, struct app_unit *u, uint64_t size, const aud_hash *root, slu_err *err)
{
	struct aud_signer signer;
	char *note = NULL;

	SLU_TRY(aud_signer_init(&signer, slu_s(u->app->origin), u->app->seed, err));
	slu_rc rc = aud_checkpoint_sign(&note, u->a, size, root, &signer, err);
	aud_signer_clear(&signer);
	SLU_TRY(rc);
	*out = slu_s(note);
	return SLU_OK;
}

static slu_rc frontier(struct aud_frontier *out, struct app_unit *u, slu_err *err)
{
	int64_t n = 0;

	SLU_TRY(port_event_count(u->store, &n, err));
	return aud_frontier_load(out, (uint64_t)n, app_tree_read, u->store, err);
}

slu_rc app_audit_head_of(slu_str *out, struct app_unit *u, const struct aud_frontier *f, slu_err *err)
{
	aud_hash root;

	aud_root(&root, f);
	return sign(out, u, f->size, &root, err);
}

slu_rc app_audit_head(slu_str *out, struct app_unit *u, slu_err *err)
{
	struct aud_frontier f;

	SLU_TRY(frontier(&f, u, err));
	return app_audit_head_of(out, u, &f, err);
}

slu_rc app_audit_publish(slu_str *out, struct app_unit *u, slu_err *err)
{
	struct aud_frontier f;
	slu_str text = { 0 };

	SLU_TRY(frontier(&f, u, err));
	SLU_TRY(app_audit_head_of(&text, u, &f, err));
	const struct port_checkpoint c = { .size = (int64_t)f.size, .at_s = u->now_s, .text = text };
	SLU_TRY(port_checkpoint_put(u->store, &c, err));
	*out = text;
	return SLU_OK;
}

slu_rc app_audit_trusted(struct aud_verifier *out, struct app_unit *u, slu_err *err)
{
	struct aud_signer signer;

	SLU_TRY(aud_signer_init(&signer, slu_s(u->app->origin), u->app->seed, err));
	*out = signer.verifier;
	aud_signer_clear(&signer);
	out->name = slu_s(slu_strdup(u->a, u->app->origin));
	return SLU_OK;
}

slu_rc app_audit_verifier(slu_str *out, struct app_unit *u, slu_err *err)
{
	struct aud_verifier v;

	SLU_TRY(app_audit_trusted(&v, u, err));
	*out = slu_s(aud_verifier_text(u->a, &v));
	return SLU_OK;
}

/* ---- proofs ----------------------------------------------------------------------------------------------------------------- */

slu_rc app_audit_prove(slu_str *out, struct app_unit *u, int64_t seq, slu_err *err)
{
	struct aud_frontier f;
	struct aud_proof proof;
	slu_str head = { 0 };

	SLU_TRY(frontier(&f, u, err));
	if (seq < 1 || (uint64_t)seq > f.size)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no event %lld; the log has %llu.", (long long)seq, (unsigned long long)f.size);
	SLU_TRY(app_audit_head_of(&head, u, &f, err));
	SLU_TRY(aud_inclusion(&proof, (uint64_t)seq - 1, f.size, app_tree_read, u->store, err));
	*out = slu_s(aud_inclusion_text(u->a, (uint64_t)seq - 1, &proof, head));
	return SLU_OK;
}

slu_rc app_audit_consistency(slu_str *out, struct app_unit *u, uint64_t size, slu_err *err)
{
	struct aud_frontier f;
	struct aud_proof proof;
	slu_str head = { 0 };

	SLU_TRY(frontier(&f, u, err));
	if (size > f.size)
		return slu_fail(err, SLU_E_INVALID, "The log has %llu events; it cannot continue one of %llu.", (unsigned long long)f.size, (unsigned long long)size);
	SLU_TRY(app_audit_head_of(&head, u, &f, err));
	SLU_TRY(aud_consistency(&proof, size, f.size, app_tree_read, u->store, err));
	*out = slu_s(aud_consistency_text(u->a, size, &proof, head));
	return SLU_OK;
}

/* ---- export ------------------------------------------------------------------------------------------------------------------ */

struct exporting {
	struct app_unit *u;
	slu_rc (*write)(void *ctx, slu_str piece, slu_err *err);
	void *ctx;
	bool all;                /* everything may be read */
	slu_str known, readable; /* the last repository asked about, and it when it may be read */
};

static bool may_read(struct exporting *x, slu_str repo)
{
	struct app_repo r = { 0 };
	slu_str owner, name = repo;

	if (x->all || !repo.n)
		return x->all;
	if (!slu_str_eq(repo, x->known)) {
		x->known = slu_s(slu_str_dup(x->u->a, repo));
		x->readable = (slu_str){ 0 };
		if (slu_str_split(&name, '/', &owner) && app_repo_open(&r, x->u, owner, name, STRAT_READ, NULL) == SLU_OK) {
			x->readable = x->known;
			app_repo_close(x->u, &r);
		}
	}
	return slu_str_eq(repo, x->readable);
}

static slu_rc export_one(void *ctx, const struct port_event *e, slu_err *err)
{
	struct exporting *x = ctx;
	aud_hash leaf;
	slu_auto_buf text;
	slu_buf_init(&text, AUD_LEAF_MAX + 2);

	SLU_TRY(app_event_leaf(&text, e, err));
	if (!may_read(x, e->repo)) {
		aud_leaf_hash(&leaf, slu_buf_str(&text));
		slu_buf_clear(&text);
		aud_export_hash_line(&text, &leaf);
	}
	slu_buf_addc(&text, '\n');
	return x->write(x->ctx, slu_buf_str(&text), err);
}

/* The head and the hashes are those of the tree that was kept, not of the rows: rows that were edited must not become true by an export. */
static slu_rc export_tree(struct exporting *x, const struct aud_frontier *f, slu_err *err)
{
	slu_str head = { 0 };
	SLU_TRY(app_audit_head_of(&head, x->u, f, err));
	SLU_TRY(x->write(x->ctx, SLU_STR("\n"), err));
	SLU_TRY(x->write(x->ctx, head, err));
	SLU_TRY(x->write(x->ctx, SLU_STR("\n"), err));
	for (uint64_t i = 0; i < f->size; i++) {
		aud_hash leaf;
		slu_auto_buf text;
		slu_buf_init(&text, 2 + 2 * AUD_HASH_BYTES);
		SLU_TRY(app_tree_read(x->u->store, 0, i, &leaf, err));
		aud_export_hash_line(&text, &leaf);
		slu_buf_addc(&text, '\n');
		SLU_TRY(x->write(x->ctx, slu_buf_str(&text), err));
	}
	return SLU_OK;
}

slu_rc app_audit_export(struct app_unit *u, slu_rc (*write)(void *ctx, slu_str piece, slu_err *err), void *ctx, slu_err *err)
{
	struct exporting x = { .u = u, .write = write, .ctx = ctx, .all = app_need_server_admin(u, NULL) == SLU_OK };
	struct aud_frontier f;

	SLU_TRY(port_store_read(u->store, err));
	slu_rc rc = frontier(&f, u, err);
	if (rc == SLU_OK)
		rc = port_event_each(u->store, 1, export_one, &x, err);
	if (rc == SLU_OK)
		rc = export_tree(&x, &f, err);
	port_store_read_end(u->store);
	return rc;
}
