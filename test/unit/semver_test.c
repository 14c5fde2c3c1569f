/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: RL-1 */
#include "version/semver.h"

#include "t.h"

/* The examples of semver.org, and versions that the strategies name. */
static const char *const good[] = { "0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.1.2+meta-valid", "1.0.0-alpha", "1.0.0-beta",
	"1.0.0-alpha.beta", "1.0.0-alpha.beta.1", "1.0.0-alpha.1", "1.0.0-alpha0.valid", "1.0.0-alpha.0valid",
	"1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay", "1.0.0-rc.1+build.1", "2.0.0-rc.1+build.123", "1.2.3-beta", "10.2.3-DEV-SNAPSHOT",
	"1.2.3-SNAPSHOT-123", "1.0.0", "2.0.0", "1.1.7", "2.0.0+build.1848", "2.0.1-alpha.1227", "1.0.0-alpha+beta", "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
	"1.2.3----R-S.12.9.1--.12+meta", "1.2.3----RC-SNAPSHOT.12.9.1--.12", "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
	"99999999999999999999999.999999999999999999.99999999999999999", "1.0.0-0A.is.legal", "2.2.0-beta.1", "2.1.0+20250127.1", "1.1.0-phase1",
	"1.0.0-ssot-phase1", "1.0.0+001", "1.0.0-0", "0.0.0" };

T_TEST(versions_are_read_and_written)
{
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		T_CASE("%s", good[i]);
		struct ver_semver v;
		slu_err err = { 0 };
		T_OK(ver_parse(&v, slu_s(good[i]), &err), err);
		T_EQ_STR(ver_text(a, &v), good[i]);
		T_EQ_INT(ver_cmp(&v, &v), 0);
	}
	struct ver_semver v;
	T_RC(ver_parse(&v, SLU_STR("1.22.333-rc.1+b.2"), NULL), SLU_OK);
	T_EQ_SLU(v.major, "1");
	T_EQ_SLU(v.minor, "22");
	T_EQ_SLU(v.patch, "333");
	T_EQ_SLU(v.prerelease, "rc.1");
	T_EQ_SLU(v.build, "b.2");
}

T_TEST(what_is_no_version)
{
	static const struct {
		const char *text;
		uint32_t column;
		const char *says;
	} rows[] = { { "", 1, "number" },
		     { "1", 2, "three numbers" },
		     { "1.2", 4, "three numbers" },
		     { "1.2.", 5, "number" },
		     { "1.2.3.4", 6, "after the third" },
		     { "1.2.3-", 7, "missing" },
		     { "1.2.3-0123", 7, "leading zero" },
		     { "1.2.3-0123.0123", 7, "leading zero" },
		     { "1.1.2+.123", 7, "missing" },
		     { "+invalid", 1, "number" },
		     { "-invalid", 1, "number" },
		     { "alpha", 1, "number" },
		     { "1.0.0-alpha_beta", 12, "only letters" },
		     { "1.0.0-alpha..", 13, "missing" },
		     { "1.0.0-alpha..1", 13, "missing" },
		     { "1.0.0-+b", 7, "missing" },
		     { "1.0.0-a.+b", 9, "missing" },
		     { "1.0.0-\xc3\xa9", 7, "only letters" },
		     { "01.1.1", 1, "leading zero" },
		     { "1.01.1", 3, "leading zero" },
		     { "1.1.01", 5, "leading zero" },
		     { "1.2.3.DEV", 6, "after the third" },
		     { "1.2-SNAPSHOT", 4, "three numbers" },
		     { "1.2.3+a+b", 8, "only letters" },
		     { "v1.2.3", 1, "\"v\" belongs to the tag" },
		     { " 1.2.3", 1, "number" },
		     { "1.2.3 ", 6, "after the third" },
		     { "-1.0.3-gamma+b7718", 1, "number" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("\"%s\"", rows[i].text);
		struct ver_semver v = { .major = { "untouched", 9 } };
		slu_err err = { 0 };
		T_RC(ver_parse(&v, slu_s(rows[i].text), &err), SLU_E_SYNTAX);
		T_EQ_INT(err.column, rows[i].column);
		T_HAS(err.text, rows[i].says);
		T_EQ_SLU(v.major, "untouched");
	}
	static char longest[VER_MAX_BYTES + 2] = "1.2.";
	struct ver_semver v;
	memset(longest + 4, '3', sizeof longest - 5);
	T_RC(ver_parse(&v, slu_s(longest), NULL), SLU_E_LIMIT);
	T_RC(ver_parse(&v, (slu_str){ longest, VER_MAX_BYTES }, NULL), SLU_OK);
}

T_TEST(every_pair_in_order)
{
	static const char *const ascending[] = { "0.0.0-0", "0.0.0", "0.0.1", "0.1.0", "1.0.0-0", "1.0.0-1", "1.0.0-9", "1.0.0-10", "1.0.0-99999999999999999999",
		"1.0.0-100000000000000000000", "1.0.0--", "1.0.0-A", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.1.0", "1.0.0-alpha.beta", "1.0.0-beta",
		"1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.9", "1.0.10", "1.2.0", "1.10.0", "2.0.0", "10.0.0", "99999999999999999999.0.0",
		"100000000000000000000.0.0" };
	enum { N = sizeof ascending / sizeof *ascending };
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++) {
			T_CASE("%s and %s", ascending[i], ascending[j]);
			struct ver_semver x, y;
			T_RC(ver_parse(&x, slu_s(ascending[i]), NULL), SLU_OK);
			T_RC(ver_parse(&y, slu_s(ascending[j]), NULL), SLU_OK);
			T_EQ_INT(ver_cmp(&x, &y), (i > j) - (i < j));
			y.build = SLU_STR("build");
			T_EQ_INT(ver_cmp(&x, &y), (i > j) - (i < j));
		}
}

T_TEST(next_versions)
{
	static const struct {
		const char *from, *major, *minor, *patch;
	} rows[] = { { "1.2.3", "2.0.0", "1.3.0", "1.2.4" },
		     { "0.0.0", "1.0.0", "0.1.0", "0.0.1" },
		     { "9.9.9", "10.0.0", "9.10.0", "9.9.10" },
		     { "1.2.3+b.1", "2.0.0", "1.3.0", "1.2.4" },
		     { "1.2.3-rc.1+b", "2.0.0", "1.3.0", "1.2.3" },
		     { "1.3.0-rc.1", "2.0.0", "1.3.0", "1.3.0" },
		     { "2.0.0-rc.1", "2.0.0", "2.0.0", "2.0.0" },
		     { "2.0.1-rc.1", "3.0.0", "2.1.0", "2.0.1" },
		     { "99999999999999999999.0.99999999999999999999", "100000000000000000000.0.0", "99999999999999999999.1.0",
		       "99999999999999999999.0.100000000000000000000" } };
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("%s", rows[i].from);
		struct ver_semver v, next;
		T_RC(ver_parse(&v, slu_s(rows[i].from), NULL), SLU_OK);
		T_EQ_STR(ver_bump(a, &v, VER_MAJOR, NULL), rows[i].major);
		T_EQ_STR(ver_bump(a, &v, VER_MINOR, NULL), rows[i].minor);
		T_EQ_STR(ver_bump(a, &v, VER_PATCH, NULL), rows[i].patch);
		T_RC(ver_parse(&next, slu_s(rows[i].patch), NULL), SLU_OK);
		T_TRUE(ver_cmp(&next, &v) > 0);
	}
	static char longest[VER_MAX_BYTES + 1] = "1.2.";
	struct ver_semver v;
	slu_err err = { 0 };
	memset(longest + 4, '9', VER_MAX_BYTES - 4);
	T_RC(ver_parse(&v, slu_s(longest), NULL), SLU_OK);
	T_TRUE(ver_bump(a, &v, VER_PATCH, &err) == NULL);
	T_EQ_INT(err.code, SLU_E_LIMIT);
	T_EQ_STR(ver_bump(a, &v, VER_MINOR, NULL), "1.3.0");
	T_EQ_STR(ver_part_word(VER_MINOR), "minor");
}

T_TEST(next_prereleases)
{
	static const struct {
		const char *from, *label, *to;
	} rows[] = { { "2.0.0", "rc", "2.0.0-rc.1" },
		     { "2.0.0+b", "rc", "2.0.0-rc.1" },
		     { "2.0.0-rc.1", "rc", "2.0.0-rc.2" },
		     { "2.0.0-rc.99+b", "rc", "2.0.0-rc.100" },
		     { "2.0.0-rc", "rc", "2.0.0-rc.1" },
		     { "2.0.0-rc.x", "rc", NULL }, /* a number is lower than a word */
		     { "2.0.0-beta.3", "rc", "2.0.0-rc.1" },
		     { "2.0.0-rc.1", "beta", NULL },
		     { "2.0.0-a.b.4", "a.b", "2.0.0-a.b.5" },
		     { "2.0.0-4", "", "2.0.0-5" },
		     { "2.0.0-99999999999999999999", "", "2.0.0-100000000000000000000" },
		     { "2.0.0-rc1.3", "rc", NULL }, /* rc.1 is lower than rc1.3 */
		     { "2.0.0", "", NULL },
		     { "2.0.0", "r_c", NULL },
		     { "2.0.0", "rc+b", NULL },
		     { "2.0.0", "01", NULL } };
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("%s with %s", rows[i].from, rows[i].label);
		struct ver_semver v;
		slu_err err = { 0 };
		T_RC(ver_parse(&v, slu_s(rows[i].from), NULL), SLU_OK);
		T_EQ_STR(ver_bump_prerelease(a, &v, slu_s(rows[i].label), &err), rows[i].to);
		T_TRUE((err.code == SLU_E_INVALID) == (rows[i].to == NULL));
	}
}

T_TEST(planned_prereleases)
{
	static const struct {
		const char *from, *major, *minor, *patch, *label;
	} rows[] = { { "1.2.3", "2.0.0-rc.1", "1.3.0-rc.1", "1.2.4-rc.1", "" },
		     { "1.3.0-rc.2", "2.0.0-rc.1", "1.4.0-rc.1", "1.3.1-rc.1", "rc" },
		     { "0.9.9-a.b.7+x", "1.0.0-rc.1", "0.10.0-rc.1", "0.9.10-rc.1", "a.b" },
		     { "1.0.0-4", "2.0.0-rc.1", "1.1.0-rc.1", "1.0.1-rc.1", "" },
		     { "1.0.0-beta", "2.0.0-rc.1", "1.1.0-rc.1", "1.0.1-rc.1", "beta" } };
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("%s", rows[i].from);
		struct ver_semver v;
		T_RC(ver_parse(&v, slu_s(rows[i].from), NULL), SLU_OK);
		T_EQ_STR(ver_bump_planned(a, &v, VER_MAJOR, SLU_STR("rc"), NULL), rows[i].major);
		T_EQ_STR(ver_bump_planned(a, &v, VER_MINOR, SLU_STR("rc"), NULL), rows[i].minor);
		T_EQ_STR(ver_bump_planned(a, &v, VER_PATCH, SLU_STR("rc"), NULL), rows[i].patch);
		T_TRUE(slu_str_is(ver_label(&v), rows[i].label));
		T_TRUE(ver_bump_planned(a, &v, VER_PATCH, SLU_STR("r_c"), NULL) == NULL);
	}
}

T_TEST(tags)
{
	struct ver_semver v;
	T_TRUE(ver_tag_version(&v, SLU_STR("v2.1.0-beta.1"), SLU_STR("v")));
	T_EQ_SLU(v.major, "2");
	T_TRUE(ver_tag_version(&v, SLU_STR("2.1.0"), SLU_STR("")));
	T_TRUE(ver_tag_version(&v, SLU_STR("release/2.1.0"), SLU_STR("release/")));
	T_FALSE(ver_tag_version(&v, SLU_STR("2.1.0"), SLU_STR("v")));
	T_FALSE(ver_tag_version(&v, SLU_STR("v2.1"), SLU_STR("v")));
	T_FALSE(ver_tag_version(&v, SLU_STR("v"), SLU_STR("vv")));
	T_FALSE(ver_tag_version(&v, SLU_STR("vv2.1.0"), SLU_STR("v")));
}
