/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of rules: globs of files, boxes in Markdown. */
/* Requirement: CM-1, CM-2, CM-4 */
#include "policy/rule.h"
#include "t.h"

T_TEST(globs_of_files)
{
	static const struct { const char *glob, *path; bool hit; } rows[] = { { ".env", ".env", true }, { ".env", "a/b/.env", true }, { ".env", ".env.local", false }, { ".env", "my.env", false },
		{ ".env.*", "x/.env.local", true }, { "*.pem", "certs/a.pem", true }, { "*.pem", "a.pem.txt", false }, { "secrets/", "secrets/a", true }, { "secrets/", "x/secrets/y/z", true },
		{ "secrets/", "secrets", false }, { "secrets/", "mysecrets/a", false }, { "conf/prod.yml", "conf/prod.yml", true }, { "conf/prod.yml", "x/conf/prod.yml", false },
		{ "/top.txt", "top.txt", true }, { "/top.txt", "x/top.txt", false }, { "**/x/*.key", "a/b/x/k.key", true }, { "build/**", "build/a/b", true }, { "a*c", "abc", true }, { "a*c", "a/c", false },
		{ "a?c", "abc", true }, { "a?c", "ac", false }, { "[ab].txt", "b.txt", true }, { "[!ab].txt", "b.txt", false }, { "[a-c]x", "bx", true }, { "[", "[", true }, { "*", "anything/at/all", true },
		{ "", "a", false }, { "docs", "docs/a.md", true },
		{ "ab*ba", "aba", false }, { "ab*ba", "abba", true }, { "ab*ba", "abxba", true }, { "?", "a", true }, { "a]b", "a]b", true }, { "a?", "a", false } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("%s %s", rows[i].glob, rows[i].path);
		T_EQ_INT(pol_glob(slu_s(rows[i].glob), slu_s(rows[i].path)), rows[i].hit);
	}
}

T_TEST(a_hostile_glob_takes_no_time)
{
	char glob[200], path[4000];
	for (size_t i = 0; i + 2 < sizeof glob; i += 2)
		memcpy(glob + i, "*a", 3);
	memset(path, 'a', sizeof path - 1);
	glob[101] = 'b'; /* and the path has none: its ends fit */
	path[sizeof path - 1] = '\0';
	T_FALSE(pol_glob(slu_s(glob), slu_s(path)));
}

T_TEST(boxes_in_markdown)
{
	static const char body[] = "## Type of change\r\n- [ ] Bug fix\r\n- [x] New feature\r\n\r\n## Testing\n* [X] **Unit tests added**\n1. [ ] Manual testing\n```\n- [x] in code\n```\n"
				   "- [] not a box\n- [y] nor this\n+ [x] `Docs`\n### Other:\n- [x] Bug fix\n";
	static const struct { const char *heading, *text; unsigned found, ticked; } rows[] = { { "", "Bug fix", 2, 1 }, { "Type of change", "", 2, 1 }, { "type OF change", "bug FIX", 1, 0 },
		{ "Testing", "", 3, 2 }, { "", "Unit tests added", 1, 1 }, { "", "in code", 0, 0 }, { "", "Docs", 1, 1 }, { "Other", "", 1, 1 }, { "Nowhere", "", 0, 0 }, { "", "", 6, 4 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pol_boxes b = pol_boxes_count(slu_s(body), slu_s(rows[i].heading), slu_s(rows[i].text));
		T_CASE("%s / %s", rows[i].heading, rows[i].text);
		T_EQ_INT(b.found, rows[i].found);
		T_EQ_INT(b.ticked, rows[i].ticked);
	}
}
