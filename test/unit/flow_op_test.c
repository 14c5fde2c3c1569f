/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of an operation, where names give place to each other. Requirement: BR-5 */
#include "flow/op.h"

#include "t.h"

static slu_oid id_of(char digit)
{
	char hex[41];
	slu_oid id = slu_oid_zero();
	memset(hex, digit, 40);
	hex[40] = '\0';
	if (digit != '0')
		(void)!slu_oid_parse(&id, slu_s(hex), NULL);
	return id;
}

static struct flow_op_ref ref(const char *name, char old, char new_)
{
	return (struct flow_op_ref){ slu_s(name), id_of(old), id_of(new_), false };
}

T_TEST(clash)
{
	static const struct { const char *x, *y; bool clash; } table[] = {
		{ "refs/heads/release", "refs/heads/release/v1", true }, { "refs/heads/release/v1", "refs/heads/release", true }, { "refs/heads/a", "refs/heads/a/b/c", true },
		{ "refs/heads/release", "refs/heads/releases/v1", false }, { "refs/heads/release", "refs/heads/release", false }, { "refs/heads/release", "refs/tags/release/v1", false },
		{ "refs/heads/a/b", "refs/heads/a/c", false }, { "refs/heads/release", "refs/heads/release-v1", false },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		T_EQ_INT(flow_op_clash(slu_s(table[i].x), slu_s(table[i].y)), table[i].clash);
}

/* What goes for good, what moves, and a tag of the same name are no matter of it. */
T_TEST(marked)
{
	struct flow_op_ref v[] = { ref("refs/heads/release", '1', '0'), ref("refs/heads/release/v1", '0', '1'), ref("refs/heads/main", '1', '2'), ref("refs/heads/old", '1', '0'), ref("refs/tags/release/v2", '0', '1') };
	flow_op_mark(v, sizeof v / sizeof *v);
	T_TRUE(v[0].clash && v[1].clash && !v[2].clash && !v[3].clash && !v[4].clash);
	T_TRUE(flow_op_in(&v[1], FLOW_OP_LATE) && !flow_op_in(&v[1], FLOW_OP_REFS));
	T_TRUE(flow_op_in(&v[0], FLOW_OP_DELETIONS) && flow_op_in(&v[0], FLOW_OP_ROOM) && !flow_op_in(&v[0], FLOW_OP_PUSH));
	T_TRUE(flow_op_in(&v[3], FLOW_OP_PUSH) && !flow_op_in(&v[3], FLOW_OP_ROOM));
}

static void order_is(const struct flow_op *op, const char *want)
{
	static const char *const words[] = { "keep", "there", "room", "push", "refs", "tree", "head", "settings", "logs", "deletions", "late", "land", "logs-on", "let-go" };
	struct flow_op_step st;
	slu_auto_buf b;
	slu_buf_init(&b, 1024);
	for (unsigned n = 0; flow_op_step(&st, op, n); n++)
		slu_buf_addf(&b, "%s%s", n ? " " : "", words[st.part]);
	T_EQ_STR(b.n ? b.p : "", want);
}

T_TEST(order)
{
	slu_auto_arena *a = slu_arena_new();
	struct flow_op op = { .remote = SLU_STR("origin") };
	*SLU_ADD(a, &op.ref) = ref("refs/heads/release", '1', '0');
	*SLU_ADD(a, &op.ref) = ref("refs/heads/main", '1', '2');
	*SLU_ADD(a, &op.push) = ref("refs/heads/main", '1', '2');
	*SLU_ADD(a, &op.tree) = (struct flow_op_tree){ .path = SLU_STR("/a"), .git_dir = SLU_STR("/a/.git"), .from = id_of('1'), .to = id_of('1'), .head_old = SLU_STR("refs/heads/release"), .head_new = SLU_STR("refs/heads/main") };
	flow_op_mark(op.ref.v, op.ref.n);
	flow_op_mark(op.push.v, op.push.n);
	order_is(&op, "push refs head deletions");
	T_EQ_INT(flow_op_pushed(&op), FLOW_OP_NOW);

	*SLU_ADD(a, &op.ref) = ref("refs/heads/release/v1", '0', '1');
	*SLU_ADD(a, &op.push) = ref("refs/heads/release", '1', '0');
	*SLU_ADD(a, &op.push) = ref("refs/heads/release/v1", '0', '1');
	op.tree.v[0].head_new = SLU_STR("refs/heads/release/v1");
	flow_op_mark(op.ref.v, op.ref.n);
	flow_op_mark(op.push.v, op.push.n);
	order_is(&op, "keep room push refs head deletions late land let-go");
	T_EQ_INT(flow_op_pushed(&op), FLOW_OP_BEFORE);
	*SLU_ADD(a, &op.there) = (struct flow_op_there){ SLU_STR("master"), SLU_STR("trunk"), id_of('1') };
	order_is(&op, "keep there room push refs head deletions late land let-go");
	op.step = 3;
	T_EQ_INT(flow_op_pushed(&op), FLOW_OP_NOW);
	op.step = 0;
	op.there.n = 0;
	T_TRUE(flow_op_lands(&op, 0));
	*SLU_ADD(a, &op.rename) = (struct flow_op_rename){ SLU_STR("refs/heads/release"), SLU_STR("refs/heads/release/v1") };
	order_is(&op, "keep room push refs head logs deletions late land logs-on let-go");
	static const enum flow_op_when when[] = { FLOW_OP_BEFORE, FLOW_OP_BEFORE, FLOW_OP_NOW, FLOW_OP_AFTER };
	for (op.step = 0; op.step < 4; op.step++)
		T_EQ_INT(flow_op_pushed(&op), when[op.step]);
	op.push.n = 0;
	T_EQ_INT(flow_op_pushed(&op), FLOW_OP_NEVER);
}
