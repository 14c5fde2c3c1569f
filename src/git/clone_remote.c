/* SPDX-License-Identifier: Apache-2.0 */
/* The remote. */
#include "git/clone_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* An address such as ../origin.git is meant from the top of the work tree, wherever in it the user stands. */
void clone_to_remote(const struct clone *c, struct clone_call *q)
{
	q->cwd = c->here->work_tree;
	q->timeout_ms = CLONE_NET_TIMEOUT_MS;
}

/* ---- the remote -------------------------------------------------------------------------------------------------------------- */

slu_rc clone_fetch(port_clone *base, slu_str remote, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	int code = 0;
	struct clone_call q = CLONE_CALL("fetch", "--quiet", "--", slu_str_dup(a, remote));
	clone_to_remote(clone_of(base), &q);
	SLU_TRY(clone_shown(clone_of(base), a, &q, &code, err));
	return code == 0 ? SLU_OK : slu_fail(err, SLU_E_IO, "%.*s could not be fetched from; nothing has moved. Without the network: --no-fetch, with --no-push where it would push.", SLU_FMT(remote));
}

slu_rc clone_remote_refs(port_clone *base, slu_arena *a, slu_str remote, bool ours, const struct port_git_ref **out, size_t *n, slu_err *err)
{
	SLU_LIST(struct port_git_ref) list = { 0 };
	slu_str text = { 0 }, line, id;
	struct clone_call q = CLONE_CALL("ls-remote", "--quiet", "--refs");
	if (!ours) {
		q.arg[q.n++] = "--heads";
		q.arg[q.n++] = "--tags";
	}
	q.arg[q.n++] = "--";
	q.arg[q.n++] = slu_str_dup(a, remote);
	for (size_t i = 0; ours && i < 3; i++)
		q.arg[q.n++] = (const char *const[]){ "refs/heads/*", "refs/tags/*", "refs/sluice/*" }[i];
	clone_to_remote(clone_of(base), &q);
	SLU_TRY(clone_ok(clone_of(base), a, &q, &text, err));
	while (slu_str_split(&text, '\n', &line)) {
		struct port_git_ref r = { 0 };
		if (!slu_str_split(&line, '\t', &id))
			continue;
		SLU_TRY(slu_oid_parse(&r.id, id, err));
		r.name = line;
		r.peeled = r.id;
		*SLU_ADD(a, &list) = r;
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* "ref: refs/heads/main\tHEAD" */
slu_rc clone_remote_head(port_clone *base, slu_arena *a, slu_str remote, slu_str *out, slu_err *err)
{
	static const char before[] = "ref: refs/heads/";
	slu_str text = { 0 }, line, head = { 0 };
	struct clone_call q = CLONE_CALL("ls-remote", "--quiet", "--symref", "--", slu_str_dup(a, remote), "HEAD");
	clone_to_remote(clone_of(base), &q);
	SLU_TRY(clone_ok(clone_of(base), a, &q, &text, err));
	while (slu_str_split(&text, '\n', &line)) {
		const char *tab = line.n ? memchr(line.p, '\t', line.n) : NULL;
		if (slu_str_starts(line, before) && tab)
			head = (slu_str){ line.p + sizeof before - 1, (size_t)(tab - line.p) - (sizeof before - 1) };
	}
	*out = head;
	return SLU_OK;
}

slu_rc clone_push(port_clone *base, slu_str remote, const struct port_git_update *u, size_t n, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	int code = 0;
	struct clone_call q = CLONE_CALL("push", "--quiet", "--atomic");
	if (2 * n + 6 > CLONE_ARGS)
		return slu_fail(err, SLU_E_LIMIT, "%zu refs are too many for one push.", n);
	for (size_t i = 0; i < n; i++) /* a tag that is new is refused without a lease where there is one */
		if (slu_str_starts(u[i].ref, "refs/heads/") || slu_str_starts(u[i].ref, "refs/sluice/") || !slu_oid_is_zero(&u[i].old))
			q.arg[q.n++] = slu_printf(a, "--force-with-lease=%.*s:%s", SLU_FMT(u[i].ref), slu_oid_is_zero(&u[i].old) ? "" : u[i].old.hex);
	q.arg[q.n++] = "--";
	q.arg[q.n++] = slu_str_dup(a, remote);
	for (size_t i = 0; i < n; i++)
		q.arg[q.n++] = slu_printf(a, "%s:%.*s", slu_oid_is_zero(&u[i].new_) ? "" : u[i].new_.hex, SLU_FMT(u[i].ref));
	clone_to_remote(clone_of(base), &q);
	SLU_TRY(clone_shown(clone_of(base), a, &q, &code, err));
	if (code == 0)
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "%.*s did not take the push: its words stand above. Nothing has moved there, and nothing here. Where they say stale info or already exists, somebody was first: git fetch --tags, then try again.", SLU_FMT(remote));
}

static slu_rc push_refs(port_clone *base, slu_arena *a, slu_str remote, const char *const *spec, size_t n, slu_err *err)
{
	struct run_result r = { .exit_code = 0 };
	struct clone_call q = CLONE_CALL("push", "--quiet", "--atomic", "--no-verify", "--", slu_str_dup(a, remote));
	if (n + q.n > CLONE_ARGS)
		return slu_fail(err, SLU_E_LIMIT, "%zu refs are too many for one push.", n);
	for (size_t i = 0; i < n; i++)
		q.arg[q.n++] = spec[i];
	q.timeout_ms = CLONE_NET_TIMEOUT_MS;
	SLU_TRY(clone_run(clone_of(base), a, &q, &r, err));
	return r.exit_code == 0 ? SLU_OK : clone_failed(err, SLU_E_CONFLICT, slu_printf(a, "%.*s does not take a push", SLU_FMT(remote)), r.err);
}

slu_rc clone_offer(port_clone *base, slu_str remote, const struct port_git_ref *r, size_t n, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char **spec = SLU_NEW_N(a, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		spec[i] = slu_printf(a, "%s:%.*s", r[i].id.hex, SLU_FMT(r[i].name));
	return push_refs(base, a, remote, spec, n, err);
}

slu_rc clone_withdraw(port_clone *base, slu_str remote, const struct port_git_ref *r, size_t n, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char **spec = SLU_NEW_N(a, const char *, n + 1);
	struct clone_call q = CLONE_CALL("ls-remote", "--quiet", "--refs", "--", slu_str_dup(a, remote));
	slu_str text = { 0 }, line;
	size_t gone = 0;
	if (n + q.n > CLONE_ARGS)
		return slu_fail(err, SLU_E_LIMIT, "%zu refs are too many for one push.", n);
	for (size_t i = 0; i < n; i++)
		q.arg[q.n++] = slu_str_dup(a, r[i].name);
	q.timeout_ms = CLONE_NET_TIMEOUT_MS;
	SLU_TRY(clone_ok(clone_of(base), a, &q, &text, err));
	while (slu_str_split(&text, '\n', &line))
		for (size_t i = 0; i < n && gone < n; i++)
			if (slu_str_eq(line, slu_s(slu_printf(a, "%s\t%.*s", r[i].id.hex, SLU_FMT(r[i].name)))))
				spec[gone++] = slu_printf(a, ":%.*s", SLU_FMT(r[i].name));
	return gone ? push_refs(base, a, remote, spec, gone, err) : SLU_OK;
}
