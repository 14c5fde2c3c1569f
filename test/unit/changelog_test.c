/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: RL-1, RL-2 */
#include "version/changelog.h"

#include "base/limits.h"
#include "t.h"

#define OID(c) c c c c c c c c c c c c c c c c c c c c
#define A1 OID("a1")
#define B2 OID("b2")
#define C3 OID("c3")
#define D4 OID("d4")

static struct ver_entry entry(const char *oid, const char *message)
{
	return (struct ver_entry){ .oid = slu_s(oid), .message = slu_s(message) };
}

T_TEST(a_section)
{
	slu_auto_arena *a = slu_arena_new();
	struct ver_entry e[] = {
		entry(A1, "feat(api)!: drop v1\n\nBREAKING CHANGE: v1 is gone.\nUse v2:\n\n```sh\ncurl <v2>\n```\n"),
		entry(B2, "fix: no crash (#7)\n\nCloses: #7, #71\nRefs: ABC-12, not a reference, #71\nReviewed-by: Z1\nCloses #8"),
		entry(C3, "docs: words"),
		entry(D4, "FEAT: a second one"),
		entry("", "perf(db): less work"),
		entry("", "Update things"),
		{ .message = SLU_STR("Merge branch 'x'"), .merge = true },
		entry("", "Revert \"feat: old\"\n\nThis reverts commit " OID("99") "."),
	};
	enum { N = sizeof e / sizeof *e };
	struct ver_changelog c = { .version = SLU_STR("2.0.0"), .date = SLU_STR("2026-01-05") };
	ver_entries_read(e, N, a);
	T_EQ_STR(ver_changelog_section(a, &c, e, N),
		 "## 2.0.0 - 2026-01-05\n"
		 "\n### Breaking changes\n\n"
		 "- **api:** v1 is gone.\n  Use v2:\n\n  ```\n  curl <v2>\n  ```\n\n  (a1a1a1a1)\n"
		 "\n### Added\n\n"
		 "- **api:** drop v1 (a1a1a1a1)\n"
		 "- a second one (d4d4d4d4)\n"
		 "\n### Fixed\n\n"
		 "- no crash (#7) (#71, ABC-12, #8, b2b2b2b2)\n"
		 "\n### Performance\n\n"
		 "- **db:** less work\n"
		 "\n### Reverted\n\n"
		 "- Revert \"feat: old\"\n");
	c = (struct ver_changelog){ .version = SLU_STR("2.0.0"), .compare_url = SLU_STR("https://x/a...b"), .commit_url = SLU_STR("https://x/c/"), .all = true };
	char *all = ver_changelog_section(a, &c, e + 1, N - 1);
	T_HAS(all, "## [2.0.0](https://x/a...b)\n\n### Added\n");
	T_HAS(all, "#8, [b2b2b2b2](https://x/c/" B2 "))\n");
	T_HAS(all, "### Other changes\n\n- words ([c3c3c3c3](https://x/c/" C3 "))\n- Update things\n");
	T_TRUE(strstr(all, "Merge") == NULL);
	c = (struct ver_changelog){ .version = SLU_STR("1.0.0"), .compare_url = SLU_STR("x) [y](z") };
	T_EQ_STR(ver_changelog_section(a, &c, NULL, 0), "## 1.0.0\n\nNo changes that users would notice.\n");
}

T_TEST(text_of_others_stays_text)
{
	static const char *const rows[][2] = {
		{ "a <script>alert(1)</script>", "a \\<script\\>alert(1)\\</script\\>" },
		{ "[x](javascript:y) ![z](u)", "\\[x\\](javascript:y) !\\[z\\](u)" },
		{ "*a* _b_ snake_case __c__ ~~d~~ x|y", "\\*a\\* \\_b\\_ snake_case \\_\\_c\\_\\_ \\~\\~d\\~\\~ x\\|y" },
		{ "`code <b> *x*` and `` a`b ``", "`code <b> *x*` and `` a`b ``" },
		{ "one ` tick <b>", "one \\` tick \\<b\\>" },
		{ "`` a ` b <c>", "\\`\\` a \\` b \\<c\\>" },
		{ "&lt; a & b &#60;", "\\&lt; a & b \\&#60;" },
		{ "back\\slash", "back\\\\slash" },
		{ "# no heading", "\\# no heading" },
		{ "- no list", "\\- no list" },
		{ "+ no list", "\\+ no list" },
		{ "> no quotation", "\\> no quotation" },
		{ "1. no list", "1\\. no list" },
		{ "12) no list", "12\\) no list" },
		{ "3 things", "3 things" },
		{ "gr\xc3\xbc\xc3\x9f_e \xe2\x82\xac", "gr\xc3\xbc\xc3\x9f_e \xe2\x82\xac" },
		{ "bell\a and `\x1b[1m`", "bell  and ` [1m`" },
		{ "\x01# no heading", "\\# no heading" },
		{ "\xff` and `\xe2\x82`", "\xef\xbf\xbd` and `\xef\xbf\xbd\xef\xbf\xbd\\`" },
		{ "\xe2\x80\xae# turned, `a\xe2\x80\xae" "b`", "\xef\xbf\xbd# turned, `a\xef\xbf\xbd" "b`" },
		{ "pass\xe2\x80\x8bword\xe2\x80\xa8\xc2\x9b", "pass\xef\xbf\xbdword\xef\xbf\xbd\xef\xbf\xbd" },
		{ "a\xe2\x80\x8d" "b but \xe2\x9d\xa4\xef\xb8\x8f \xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "a\xef\xbf\xbd" "b but \xe2\x9d\xa4\xef\xb8\x8f \xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		struct ver_entry e[] = { entry("", slu_printf(a, "feat: %s", rows[i][0])) };
		struct ver_changelog c = { .version = SLU_STR("1.0.0") };
		ver_entries_read(e, 1, a);
		T_EQ_STR(ver_changelog_section(a, &c, e, 1), slu_printf(a, "## 1.0.0\n\n### Added\n\n- %s\n", rows[i][1]));
	}
	struct ver_entry open[] = { entry("", "fix!: x\n\nBREAKING CHANGE: a\n```\nnever closed\n<b>"), entry("", "fix(<b>): y") };
	struct ver_changelog c = { .version = SLU_STR("1.0.0") };
	ver_entries_read(open, 2, a);
	char *got = ver_changelog_section(a, &c, open, 2);
	T_HAS(got, "- a\n  ```\n  never closed\n  <b>\n  ```\n");
	T_HAS(got, "- **\\<b\\>:** y\n");
}

T_TEST(what_takes_back_what)
{
	static const char again[] = "Revert \"Revert \"feat: x\"\"\n\nThis reverts commit " B2 ".";
	static const char back[] = "Revert \"feat: x\"\n\nThis reverts commit " A1 ".";
	slu_auto_arena *a = slu_arena_new();
	enum ver_part part = VER_MAJOR;
	struct ver_entry one[] = { entry(B2, back), entry(A1, "feat: x") };
	ver_entries_read(one, 2, a);
	T_TRUE(one[0].cancelled && one[1].cancelled);
	T_FALSE(ver_entries_part(&part, NULL, one, 2));
	struct ver_entry two[] = { entry(C3, again), entry(B2, back), entry(A1, "feat: x") };
	ver_entries_read(two, 3, a);
	T_TRUE(two[0].cancelled && two[1].cancelled && !two[2].cancelled);
	T_TRUE(ver_entries_part(&part, NULL, two, 3));
	T_EQ_INT(part, VER_MINOR);
	struct ver_entry outside[] = { entry(B2, back) }; /* what it takes back was released */
	ver_entries_read(outside, 1, a);
	T_TRUE(!outside[0].cancelled && ver_entries_part(&part, NULL, outside, 1));
	T_EQ_INT(part, VER_PATCH);
	struct ver_entry itself[] = { entry(A1, back) };
	ver_entries_read(itself, 1, a); /* a message can say what it wants: nothing takes back itself */
	T_FALSE(itself[0].cancelled);
	struct ver_entry older[] = { entry(A1, "feat: x"), entry(C3, again), entry(B2, back) };
	ver_entries_read(older, 3, a); /* the order of the list is that of clocks */
	T_TRUE(!older[0].cancelled && older[1].cancelled && older[2].cancelled);
	struct ver_entry circle[] = { entry(A1, "fix: x\n\nThis reverts commit " B2 "."), entry(B2, back) };
	ver_entries_read(circle, 2, a); /* no repository holds such; it ends, and nothing is taken back */
	T_TRUE(!circle[0].cancelled && !circle[1].cancelled);
}

T_TEST(what_a_squashed_change_lists)
{
	static const char listed[] = "fix: the page (#12)\n\n* fix: the page\n\n* feat(auth): login\n\nWith a body.\n\nBREAKING CHANGE: no cookies\n\n* note: this is a sentence\n"
				     "- feat: another sign\n* docs: say so\n\n---------\n\nCloses: #7";
	static const char with_nul[] = "fix: a\0b\n\n* feat: c\n---\nRefs: #8";
	slu_auto_arena *a = slu_arena_new();
	const struct ver_entry *by = NULL;
	enum ver_part part = VER_PATCH;
	struct ver_entry e[] = { entry(A1, listed), entry(B2, "fix: login\n\n* feat: login"), { .message = { with_nul, sizeof with_nul - 1 } }, { .message = slu_s(listed), .merge = true } };
	struct ver_changelog c = { .version = SLU_STR("2.0.0"), .types = (const slu_str[]){ SLU_STR("feat"), SLU_STR("data") }, .type_n = 2 };
	ver_entries_read(e, 4, a);
	T_EQ_INT(e[0].item_n, 2);
	T_EQ_STR(slu_str_dup(a, e[0].item[0].breaking_note), "no cookies\n\n* note: this is a sentence\n- feat: another sign");
	T_EQ_INT(e[0].commit.footers.n, 1);
	T_EQ_INT(e[1].item_n, 1);
	T_EQ_INT(e[2].item_n, 1);
	T_EQ_INT(e[2].commit.description.n, 3);
	T_EQ_INT(e[2].commit.footers.n, 1);
	T_EQ_INT(e[3].item_n, 0);
	T_TRUE(ver_entries_part(&part, &by, e, 4) && part == VER_MAJOR && by == &e[0]);
	T_TRUE(ver_entries_part(&part, &by, e + 1, 3) && part == VER_MINOR && by == &e[1]);
	T_HAS(ver_changelog_section(a, &c, e, 1), "### Added\n\n- **auth:** login (a1a1a1a1)\n\n### Fixed\n\n- the page (#12) (#7, a1a1a1a1)\n");
	struct ver_entry own[] = { entry(C3, "data: figures"), entry(D4, "DATA(x): more"), entry("", "text: nobody knows this type") };
	ver_entries_read(own, 3, a);
	T_EQ_STR(ver_changelog_section(a, &c, own, 3), "## 2.0.0\n\n### Data\n\n- figures (c3c3c3c3)\n- **x:** more (d4d4d4d4)\n");
}

/* Requirement: RL-2 */
T_TEST(a_correction_is_read_instead)
{
	slu_auto_arena *a = slu_arena_new();
	struct ver_changelog c = { .version = SLU_STR("2.0.0") };
	enum ver_part part = VER_MAJOR;
	struct ver_entry e[] = {
		entry(A1, "fix(api): tpyo\n\nRelease-note: a first word\nRelease-note: The page opens\n  again"),
		entry(B2, "fix: silly\n\nRelease-note: none"),
		entry(C3, "Merge branch 'x'\n\nRelease-note: feat(ui): a new page"),
		entry(D4, "words without a type\n\nRelease-note: Needs less memory"),
		entry(A1, "docs: how to make a Release-note: so"),
		entry(B2, "chore: later"),
		entry(C3, "feat!: other"),
	};
	e[2].merge = true;
	ver_entries_read(e, 7, a);
	ver_entry_correct(&e[5], a, SLU_STR("fix!: what runs\n\nBREAKING CHANGE: no more"));
	ver_entry_correct(&e[6], a, SLU_STR("Another way\n\nand why"));
	T_EQ_STR(ver_changelog_section(a, &c, e, 7),
		 "## 2.0.0\n\n### Breaking changes\n\n- no more (b2b2b2b2)\n- Another way (c3c3c3c3)\n\n### Added\n\n- **ui:** a new page (c3c3c3c3)\n- Another way (c3c3c3c3)\n\n"
		 "### Fixed\n\n- **api:** The page opens again (a1a1a1a1)\n- what runs (b2b2b2b2)\n\n### Changed\n\n- Needs less memory (d4d4d4d4)\n");
	T_TRUE(ver_entries_part(&part, NULL, e + 1, 5)); /* the commit asked, whatever is said of it: e[1] */
	T_EQ_INT(part, VER_PATCH);
}

T_TEST(groups_and_lines_of_the_strategy)
{
	slu_auto_arena *a = slu_arena_new();
	const slu_str new_[] = { SLU_STR("feat"), SLU_STR("perf") }, watch[] = { SLU_STR("breaking") };
	const struct ver_heading named[] = { { SLU_STR("New"), new_, 2 }, { SLU_STR("Watch out"), watch, 1 } };
	struct ver_changelog c = { .version = SLU_STR("2.0.0"), .heading = named, .heading_n = 2, .entry = SLU_STR("{text}[ _{scope}_][ see {issues}] {commit} <{type}>") };
	struct ver_entry e[] = { entry(A1, "feat(api): a*b\n\nCloses: #7"), entry(B2, "perf!: faster"), entry(C3, "fix: in no group") };
	ver_entries_read(e, 3, a);
	T_EQ_STR(ver_changelog_section(a, &c, e, 3),
		 "## 2.0.0\n\n### New\n\n- a\\*b _api_ see #7 a1a1a1a1 <feat>\n- faster b2b2b2b2 <perf>\n\n### Watch out\n\n- faster b2b2b2b2 <perf>\n");
	c.heading_n = 1; /* what breaks is never left out */
	c.entry = (slu_str){ 0 };
	c.all = true;
	T_EQ_STR(ver_changelog_section(a, &c, e + 1, 2), "## 2.0.0\n\n### Breaking changes\n\n- faster (b2b2b2b2)\n\n### New\n\n- faster (b2b2b2b2)\n\n### Other changes\n\n- in no group (c3c3c3c3)\n");
}

T_TEST(where_a_commit_was_picked_from)
{
	slu_str oid = { 0 };
	T_FALSE(ver_picked(&oid, SLU_STR("fix: a (cherry picked from commit 12)")));
	T_TRUE(ver_picked(&oid, SLU_STR("fix: a\n\n(cherry picked from commit 12)\n(cherry picked from commit 34)\r\nSigned-off-by: A")));
	T_TRUE(slu_str_is(oid, "34"));
	T_FALSE(ver_picked(&oid, SLU_STR("fix: a\n\n(cherry picked from commit )")));
}

T_TEST(next_version)
{
	static const struct {
		const char *current, *messages[4], *next;
	} rows[] = { { "1.2.3", { "fix: a", "docs: b" }, "1.2.4" },
		     { "1.2.3", { "fix: a", "feat: b", "perf: c" }, "1.3.0" },
		     { "1.2.3", { "fix: a", "docs!: b", "feat: c" }, "2.0.0" },
		     { "1.2.3", { "docs: a", "Update" }, NULL },
		     { "1.2.3", { NULL }, NULL },
		     { "0.2.3", { "feat!: a" }, "0.3.0" },
		     { "0.2.3", { "fix: a" }, "0.2.4" },
		     { "2.0.0-rc.1", { "fix: a" }, "2.0.0" },
		     { "2.0.0-rc.1", { "feat!: a" }, "2.0.0" } };
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		struct ver_entry e[4];
		struct ver_semver current;
		size_t n = 0;
		char *next = NULL;
		for (; n < 4 && rows[i].messages[n]; n++)
			e[n] = entry("", rows[i].messages[n]);
		T_RC(ver_parse(&current, slu_s(rows[i].current), NULL), SLU_OK);
		ver_entries_read(e, n, a);
		T_RC(ver_next(&next, a, &current, e, n, NULL), rows[i].next ? SLU_OK : SLU_E_NOT_FOUND);
		T_EQ_STR(next, rows[i].next);
	}
	struct ver_entry merge[] = { { .message = SLU_STR("feat: by its words"), .merge = true } };
	enum ver_part part;
	ver_entries_read(merge, 1, a);
	T_FALSE(ver_entries_part(&part, NULL, merge, 1)); /* a merge is told by its parents, and says nothing by itself */
}

#define S "## 1.1.0\n\n- x\n"

T_TEST(the_place_of_a_section)
{
	static const char *const rows[][2] = {
		{ "", "# Changelog\n\n" S },
		{ "# Log\n", "# Log\n\n" S },
		{ "# Log", "# Log\n\n" S },
		{ "# Log\n\nWords.\n\n## 1.0.0\n\n- y\n", "# Log\n\nWords.\n\n" S "\n## 1.0.0\n\n- y\n" },
		{ "## 1.0.0\n", S "\n## 1.0.0\n" },
		{ "# L\n\n## [Unreleased]\n\n- soon\n\n## [1.0.0] - 2025\n", "# L\n\n## [Unreleased]\n\n- soon\n\n" S "\n## [1.0.0] - 2025\n" },
		{ "# L\n\n## Unreleased\n", "# L\n\n## Unreleased\n\n" S },
		{ "# L\n\n## 1.1.0\n\n- old\n\n### A\n\n## 1.0.0\n", "# L\n\n" S "\n## 1.0.0\n" },
		{ "# L\n\n## 2.0.0\n\n## [v1.1.0](u) - d\n\n- old\n", "# L\n\n## 2.0.0\n\n" S },
		{ "# L\n\n## 1.1.0-rc.1\n", "# L\n\n" S "\n## 1.1.0-rc.1\n" },
		{ "# L\n\n## 11.1.0\n", "# L\n\n## 11.1.0\n\n" S },
		{ "# L\n\n## [2.0.0] - d\n\n- z\n\n## v1.0.0\n", "# L\n\n## [2.0.0] - d\n\n- z\n\n" S "\n## v1.0.0\n" },
		{ "# L\n\n```\n## 1.1.0\n```\n", "# L\n\n```\n## 1.1.0\n```\n\n" S },
		{ "# L\n\n[a]: u\n", "# L\n\n" S "\n[a]: u\n" },
		{ "# L\n\n## 1.1.0\n\nold\n\n[a]: u\n[b]: v\n", "# L\n\n" S "\n[a]: u\n[b]: v\n" },
		{ "# L\r\n\r\n## 1.0.0\r\n", "# L\r\n\r\n## 1.1.0\r\n\r\n- x\r\n\r\n## 1.0.0\r\n" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		char *got = NULL, *again = NULL;
		T_RC(ver_changelog_put(&got, a, slu_s(rows[i][0]), SLU_STR("1.1.0"), SLU_STR(S), NULL), SLU_OK);
		T_EQ_STR(got, rows[i][1]);
		T_RC(ver_changelog_put(&again, a, slu_s(got), SLU_STR("1.1.0"), SLU_STR(S), NULL), SLU_OK);
		T_EQ_STR(again, got); /* the step can be repeated */
	}
	char *large = slu_alloc(a, SLU_MAX_BLOB_BYTES), *got = NULL;
	memset(large, 'x', SLU_MAX_BLOB_BYTES);
	T_RC(ver_changelog_put(&got, a, (slu_str){ large, SLU_MAX_BLOB_BYTES }, SLU_STR("1.1.0"), SLU_STR(S), NULL), SLU_E_LIMIT);
	T_TRUE(got == NULL);
}

T_TEST(a_version_has_its_section)
{
	static const struct {
		const char *file, *version, *want;
	} rows[] = {
		{ "", "1.1.0", "" },
		{ "# L\n\n## 1.0.0\n\n- y\n", "1.1.0", "" },
		{ "# L\n\n## [v1.1.0](u) - d\n\n### Added\n\n- x\n\n## 1.0.0\n\n- y\n", "1.1.0", "### Added\n\n- x" },
		{ "# L\n\n## 1.1.0\n\n- x\n\n[a]: u\n", "1.1.0", "- x" },
		{ "## 1.1.0-rc.1\n- r\n## 1.1.0\n- x\n", "1.1.0", "- x" },
		{ "## 1.1.0-rc.1\r\n- r\r\n## 1.1.0\r\n- x\r\n", "1.1.0-rc.1", "- r" },
		{ "## 1.1.0\n", "1.1.0", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		T_EQ_SLU(ver_changelog_get(slu_s(rows[i].file), slu_s(rows[i].version)), rows[i].want);
	}
}
