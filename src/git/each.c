/* SPDX-License-Identifier: Apache-2.0 */
/* Many commits, one after the other. */
#include "git/each.h"

enum { LINE_MAX_BYTES = SLU_OID_TEXT + 2 };

/** A shallow clone or one with grafts: git knows where its history ends. */
static slu_rc order_by_git(struct git_cli *g, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, const struct git_raw **out, size_t *n, slu_err *err)
{
	slu_auto_buf in;
	slu_str text, line;
	SLU_LIST(struct git_raw) list = { 0 };
	slu_buf_init(&in, (tip_n + not_n + 1) * LINE_MAX_BYTES);
	for (size_t i = 0; i < tip_n; i++)
		slu_buf_addf(&in, "%s\n", tip[i].hex);
	for (size_t i = 0; i < not_n; i++)
		if (!slu_oid_is_zero(&not_[i]))
			slu_buf_addf(&in, "^%s\n", not_[i].hex);
	struct git_call c = GIT_CALL("rev-list", "--date-order", "--stdin");
	c.input = slu_buf_str(&in);
	c.max_out = SIZE_MAX / 4;
	SLU_TRY(git_cli_ok(g, a, &c, &text, err));
	while (slu_str_split(&text, '\n', &line))
		if (!git_raw_parse(SLU_ADD(a, &list), line.p, line.n / 2))
			return slu_fail(err, SLU_E_INTERNAL, "git rev-list gave a line that is no id.");
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

static slu_rc order(struct git_cli *g, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, const struct git_raw **out, size_t *n, slu_err *err)
{
	git_walk *w = git_cli_walk(g);
	*out = NULL;
	*n = 0;
	if (tip_n == 0)
		return SLU_OK;
	return w ? git_walk_order(w, a, tip, tip_n, not_, not_n, out, n, err) : order_by_git(g, a, tip, tip_n, not_, not_n, out, n, err);
}

slu_rc git_cli_order(port_git *base, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, const port_git_list **out, size_t *n, slu_err *err)
{
	port_git_list *l = SLU_NEW(a, port_git_list);
	l->hash = tip_n ? strlen(tip[0].hex) / 2 : 0;
	SLU_TRY(order(git_cli_of(base), a, tip, tip_n, not_, not_n, &l->id, &l->n, err));
	*out = l;
	*n = l->n;
	return SLU_OK;
}

slu_rc git_cli_read(port_git *base, const port_git_list *l, size_t from, size_t n, port_git_each *take, void *ctx, slu_err *err)
{
	for (size_t i = from; i < from + n && i < l->n; i++) {
		slu_auto_arena *own = slu_arena_new();
		slu_oid hex = git_raw_hex(&l->id[i], l->hash);
		struct pol_commit c;
		SLU_TRY(base->ops->commit(base, own, &hex, &c, err));
		SLU_TRY(take(ctx, &c, err));
	}
	return SLU_OK;
}
