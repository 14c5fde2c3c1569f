/* SPDX-License-Identifier: Apache-2.0 */
#include "base/oid.h"

#include "t.h"

#define HEX40 "0123456789abcdef0123456789abcdef01234567"
#define ZERO40 "0000000000000000000000000000000000000000"

T_TEST(object_ids)
{
	static const struct {
		const char *text;
		slu_rc rc;
		uint32_t column;
		bool zero;
	} rows[] = { { HEX40, SLU_OK, 0, false },
		     { HEX40 "0123456789abcdef01234567", SLU_OK, 0, false },
		     { ZERO40, SLU_OK, 0, true },
		     { ZERO40 "000000000000000000000000", SLU_OK, 0, true },
		     { "", SLU_E_SYNTAX, 1, true },
		     { "0123456", SLU_E_SYNTAX, 1, true },
		     { HEX40 "0", SLU_E_SYNTAX, 1, true },
		     { "A123456789abcdef0123456789abcdef01234567", SLU_E_SYNTAX, 1, true },
		     { "0123456789abcdef0123456789abcdef0123456g", SLU_E_SYNTAX, 40, true } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		slu_err err = { 0 };
		slu_oid o = { "" };
		T_EQ_INT(slu_oid_parse(&o, slu_s(rows[i].text), &err), rows[i].rc);
		T_EQ_STR(o.hex, rows[i].rc == SLU_OK ? rows[i].text : "");
		T_EQ_INT(err.column, rows[i].column);
		T_TRUE(slu_oid_is_zero(&o) == rows[i].zero);
		T_TRUE(slu_oid_eq(&o, &o));
	}
	slu_oid zero = slu_oid_zero(), other = zero;
	T_EQ_STR(zero.hex, ZERO40);
	other.hex[39] = '1';
	T_TRUE(!slu_oid_eq(&zero, &other));
}
