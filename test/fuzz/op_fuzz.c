/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is stored of an operation, and the log of those before, with any bytes: no crash; what is read is of a form that can be carried out,
 * and written again it reads the same. Requirement: BR-5
 */
#include "app/op_store.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fake {
	port_clone base;
	slu_str text;
};

static void must(bool yes)
{
	if (!yes)
		abort();
}

static slu_rc get(port_clone *c, slu_arena *a, const char *name, slu_str *text, bool *found, slu_err *err)
{
	(void)a, (void)name, (void)err;
	*text = ((struct fake *)(void *)c)->text;
	*found = true;
	return SLU_OK;
}

static const char *place(port_clone *c, slu_arena *a, const char *name)
{
	(void)c;
	return slu_printf(a, "/%s", name);
}

static slu_str written(slu_buf *b, const struct flow_op *op)
{
	slu_json j = slu_json_to(b);
	flow_op_json(&j, op);
	return slu_buf_str(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct port_clone_ops ops = { .get = get, .place = place };
	struct fake f = { { &ops }, { (const char *)data, size } };
	slu_auto_arena *a = slu_arena_new();
	struct flow_op op, again;
	struct flow_op_step st;
	const struct flow_op *log = NULL;
	slu_auto_buf one, two;
	size_t n = 0;
	uint64_t id = 0;
	bool found = false;
	slu_buf_init(&one, 64u << 20);
	slu_buf_init(&two, 64u << 20);
	if (app_op_load(&op, &found, a, &f.base, NULL) == SLU_OK) {
		for (unsigned i = 0; flow_op_step(&st, &op, i); i++)
			must(*flow_op_step_text(a, &op, i) != '\0' && (st.part != FLOW_OP_TREE || st.i < op.tree.n));
		f.text = written(&one, &op);
		must(app_op_load(&again, &found, a, &f.base, NULL) == SLU_OK);
		must(slu_str_eq(f.text, written(&two, &again)));
	}
	f.text = (slu_str){ (const char *)data, size };
	must(app_op_log(&log, &n, a, &f.base, NULL) == SLU_OK && app_op_highest(&id, a, &f.base, NULL) == SLU_OK);
	for (size_t i = 0; i < n; i++)
		must(log[i].id > 0 && log[i].id <= id);
	return 0;
}
