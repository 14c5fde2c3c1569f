/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict by some of its rows: by those that can be told here, say. */
#include "policy/rule.h"

bool pol_row_known(const struct pol_row *r)
{
	return !r->unknown;
}

struct pol_verdict pol_verdict_of(slu_arena *a, const struct pol_verdict *v, bool (*keep)(const struct pol_row *))
{
	struct pol_verdict some = *v;
	memset(&some.row, 0, sizeof some.row);
	for (size_t i = 0; i < v->row.n; i++)
		if (keep(&v->row.v[i]))
			*SLU_ADD(a, &some.row) = v->row.v[i];
	pol_conclude(&some);
	return some;
}
