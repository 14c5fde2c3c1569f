/* SPDX-License-Identifier: Apache-2.0 */
/** The form of a tag's name: what of it is a version. Requirement: BR-3 */
#include "insight/detect.h"

#include "t.h"

T_TEST(a_tag_has_the_form_that_its_version_leaves)
{
	static const struct { const char *tag, *form; bool pre; } row[] = {
		{ "v1.2.3", "v{version}", false }, { "1.2.3", "{version}", false }, { "app-10.20.30", "app-{version}", false }, { "v1.2.3-rc.1", "v{version}-{pre}.{n}", true },
		{ "v1.2.3-rc1", "v{version}-{pre}{n}", true }, { "release/1.2.3", "release/{version}", false }, { "v1.2.3-beta.10", "v{version}-{pre}.{n}", true },
		{ "v1.2", "", false }, { "nightly", "", false }, { "v1.2.3-rc", "", false }, { "v1.2.3.4", "", false }, { "v1.2.3-nightly.20260821-1", "", false }, { "v1.2.3+7", "", false }, { "", "", false },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		slu_auto_arena *a = slu_arena_new();
		bool pre = false;
		T_CASE("%s", row[i].tag);
		slu_str form = ins_tag_form(a, slu_s(row[i].tag), &pre);
		T_TRUE(slu_str_is(form, row[i].form));
		if (form.n)
			T_EQ_INT(pre, row[i].pre);
	}
}
