/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: PR-2 */
#include "policy/owners.h"

#include "base/limits.h"
#include "t.h"

static struct pol_owners read_text(slu_arena *a, slu_str text)
{
	struct pol_owners o = { 0 };
	slu_err err = { 0 };
	T_OK(pol_owners_read(&o, a, text, &err), err);
	return o;
}

static const char *owners_text(slu_arena *a, const struct pol_owners_rule *r)
{
	const char *text = "";
	for (size_t i = 0; r && i < r->owner_n; i++)
		text = slu_printf(a, "%s%s%.*s", text, *text ? " " : "", SLU_FMT(r->owner[i]));
	return r ? text : "no rule";
}

/* The examples of GitHub's documentation ("About code owners"), line by line, and what it says of them. */
static const char documented[] =
	"# This is a comment.\n"
	"*       @global-owner1 @global-owner2\n"
	"*.js    @js-owner #This is an inline comment.\n"
	"*.go docs@example.com\n"
	"*.txt @octo-org/octocats\n"
	"/build/logs/ @doctocat\n"
	"docs/* docs@example.com\n"
	"apps/ @octocat\n"
	"/docs/ @doctocat\n"
	"/scripts/ @doctocat @octocat\n"
	"**/logs @octocat\n"
	"/apps/ @octocat\n"
	"/apps/github\n";

T_TEST(the_documented_examples)
{
	static const struct { const char *path, *owners; unsigned line; } row[] = {
		{ "README", "@global-owner1 @global-owner2", 2 },
		{ "src/deep/main.c", "@global-owner1 @global-owner2", 2 },
		{ "web/app.js", "@js-owner", 3 },
		{ "cmd/main.go", "docs@example.com", 4 },
		{ "notes.txt", "@octo-org/octocats", 5 },
		{ "build/logs2/x", "@global-owner1 @global-owner2", 2 },
		{ "docs/getting-started.md", "@doctocat", 9 },
		{ "docs/build-app/troubleshooting.md", "@doctocat", 9 },
		{ "sub/apps/x", "@octocat", 8 },
		{ "scripts/run", "@doctocat @octocat", 10 },
		{ "build/logs/today", "@octocat", 11 },
		{ "scripts/logs/x", "@octocat", 11 },
		{ "deeply/nested/logs/x", "@octocat", 11 },
		{ "apps/x", "@octocat", 12 },
		{ "apps/github", "", 13 },
		{ "apps/github/x.go", "", 13 },
	};
	slu_auto_arena *a = slu_arena_new();
	struct pol_owners o = read_text(a, slu_s(documented));
	T_EQ_INT(o.rule.n, 12);
	T_EQ_INT(o.issue.n, 0);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		T_CASE("%s", row[i].path);
		const struct pol_owners_rule *r = pol_owners_of(&o, slu_s(row[i].path));
		T_EQ_STR(owners_text(a, r), row[i].owners);
		T_EQ_INT(r->line, row[i].line);
	}
}

/* `docs/`+`*` takes the files of that folder, and nothing below it: here GitHub is not gitignore. */
T_TEST(patterns)
{
	static const struct { const char *pattern, *yes, *no; } row[] = {
		{ "doc", "doc doc/a x/doc x/doc/a/b", "docs x/docs doc.md a/doc.md" },
		{ "/doc", "doc doc/a doc/a/b", "x/doc docs x/doc/a" },
		{ "doc/", "doc/a doc/a/b x/doc/a", "doc x/doc docs/a" },
		{ "/doc/", "doc/a doc/a/b", "doc x/doc/a" },
		{ "a/b", "a/b a/b/c", "a/bc x/a/b a x/a/b/c" },
		{ "/a/b/", "a/b/c a/b/c/d", "a/b a/bc x/a/b/c" },
		{ "*", "a a/b a/b/c", "" },
		{ "/*", "a b", "a/b a/b/c" },
		{ "*/", "a/b a/b/c", "a" },
		{ "/*/", "a/b a/b/c", "a" },
		{ "**", "a a/b/c", "" },
		{ "/**", "a a/b/c", "" },
		{ "docs/*", "docs/a docs/b.md", "docs docs/a/b x/docs/a" },
		{ "/docs/**", "docs/a docs/a/b", "docs x/docs/a" },
		{ "docs/**/", "docs/a docs/a/b", "docs" },
		{ "a/*/c", "a/b/c a/b/c/d", "a/c a/b/b/c a/b" },
		{ "a/*.c", "a/x.c a/.c a/x.c/y", "a/b/x.c x/a/x.c a/x.h" },
		{ "*.c", "x.c a/b/x.c x.c/y", "x.cc x.c~" },
		{ "f*", "f fo f/a a/foo", "af a/bf" },
		{ "**/a/b", "a/b x/a/b x/y/a/b/c", "a/x/b" },
		{ "a/**/b", "a/b a/x/b a/x/y/b a/b/c", "a x/a/b ab a/xb" },
		{ "a/**/b/c*", "a/b/c a/x/b/cd a/b/x/b/c", "a/b a/x/b" },
		{ "**/a/**/b/*", "a/b/c x/a/y/b/c a/b/d/b/c", "a/b a/b/c/d" },
		{ "a**b", "ab axb x/axxb axb/c", "a/b" },
		{ "?", "a \xc3\xa4 x/b", "ab" },
		{ "a?c", "abc a\xe2\x82\xac" "c", "ac abbc a/c" },
		{ "a\\*b", "a*b", "ab axb" },
		{ "a\\?b", "a?b", "axb" },
		{ "\\!a", "!a", "a" },
		{ "a*b*c", "abc axbxc abcbc a-b-c/d", "ab acb abcx" },
		{ "/", "", "a a/b" },
		{ "A", "A x/A", "a x/a" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct pol_owners o = read_text(a, slu_s(slu_printf(a, "%s @x", row[i].pattern)));
		for (int want = 0; want < 2; want++) {
			slu_str rest = slu_s(want ? row[i].yes : row[i].no), path;
			while (slu_str_split(&rest, ' ', &path)) {
				T_CASE("%s and %.*s", row[i].pattern, SLU_FMT(path));
				T_EQ_INT(o.rule.n, 1);
				T_EQ_INT(pol_owners_of(&o, path) != NULL, want);
			}
		}
	}
}

T_TEST(the_last_line_counts_and_may_clear)
{
	slu_auto_arena *a = slu_arena_new();
	struct pol_owners o = read_text(a, SLU_STR("\xef\xbb\xbf* @all\r\n\r\n  /src/   @ann\t@bob   # us\r\n/src/gen # nobody\r\nsp\\ ace/ qa ann@example.org\r\n"));
	T_EQ_INT(o.rule.n, 4);
	T_EQ_STR(owners_text(a, pol_owners_of(&o, SLU_STR("src/a"))), "@ann @bob");
	T_EQ_STR(owners_text(a, pol_owners_of(&o, SLU_STR("src/gen/a"))), "");
	T_EQ_STR(owners_text(a, pol_owners_of(&o, SLU_STR("x/gen/a"))), "@all");
	T_EQ_STR(owners_text(a, pol_owners_of(&o, SLU_STR("x/sp ace/y"))), "qa ann@example.org");
	T_EQ_INT(pol_owners_of(&o, SLU_STR("src/gen"))->line, 4);
	T_TRUE(pol_owners_of(&o, SLU_STR("")) == NULL);
}

T_TEST(what_cannot_be_read_counts_for_nothing)
{
	static const struct { const char *line; unsigned column; const char *why; } row[] = {
		{ "!src/ @ann", 1, "negated" }, { "src/[ab] @ann", 5, "sets of characters" }, { "src/\\[id\\]/ @ann", 6, "sets of characters" },
		{ "\\#x @ann", 2, "'#'" }, { "c#/ @ann", 2, "'#'" }, { "a***b @ann", 2, "two '*'" }, { "a//b @ann", 2, "Two '/'" },
		{ "a\\/b @ann", 3, "before '/'" }, { "a\\", 2, "before nothing" }, { "a\001b @ann", 2, "control" }, { "src @", 5, "\"@\" is no owner" },
		{ "src @ann bob@", 10, "\"bob@\"" }, { "src @a/b/c", 5, "no owner" }, { "src a@b@c", 5, "no owner" }, { "src @/qa", 5, "no owner" },
		{ "src @ann,@bob", 5, "no owner" }, { "[Section]", 1, "sets of characters" }, { "  src \xc3\xa4", 7, "no owner" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		T_CASE("%s", row[i].line);
		struct pol_owners o = read_text(a, slu_s(slu_printf(a, "* @all\n%s\n", row[i].line)));
		T_EQ_INT(o.rule.n, 1);
		T_EQ_INT(o.issue.n, 1);
		T_EQ_INT(o.issue.v[0].line, 2);
		T_EQ_INT(o.issue.v[0].column, row[i].column);
		T_TRUE(strstr(o.issue.v[0].text, row[i].why) != NULL);
		T_EQ_STR(owners_text(a, pol_owners_of(&o, SLU_STR("src/a"))), "@all");
	}
}

T_TEST(kinds_of_owner)
{
	static const struct { const char *owner, *name; enum pol_owner_kind kind; } row[] = {
		{ "@ann", "ann", POL_OWNER_NAME }, { "@acme/qa", "qa", POL_OWNER_ROLE }, { "qa", "qa", POL_OWNER_ROLE }, { "ann@example.org", "ann@example.org", POL_OWNER_EMAIL },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		slu_str name;
		T_CASE("%s", row[i].owner);
		T_EQ_INT(pol_owner_kind(slu_s(row[i].owner), &name), row[i].kind);
		T_TRUE(slu_str_is(name, row[i].name));
	}
}

T_TEST(too_large_is_not_read_in_part)
{
	slu_auto_arena *a = slu_arena_new();
	struct pol_owners o = { 0 };
	slu_auto_buf b;
	slu_buf_init(&b, 2u * SLU_MAX_OWNERS_BYTES);
	for (size_t i = 0; i <= SLU_MAX_OWNERS_RULES; i++)
		slu_buf_addf(&b, "/%zu @ann\n", i);
	T_EQ_INT(pol_owners_read(&o, a, slu_buf_str(&b), NULL), SLU_E_LIMIT);
	slu_buf_clear(&b);
	while (b.n <= SLU_MAX_OWNERS_BYTES)
		slu_buf_adds(&b, "# a comment that says nothing at all\n");
	T_EQ_INT(pol_owners_read(&o, a, slu_buf_str(&b), NULL), SLU_E_LIMIT);
	T_EQ_INT(o.rule.n, 0);
}

/* Patterns made to go back and back: pattern times path is all that it may cost, which is nothing one would notice. */
T_TEST(no_pattern_explodes)
{
	slu_auto_arena *a = slu_arena_new();
	slu_auto_buf b, path;
	slu_buf_init(&b, 4096);
	slu_buf_init(&path, 8192);
	for (size_t i = 0; i < 200; i++)
		slu_buf_adds(&b, i % 2 ? "**/" : "*a*a");
	for (size_t i = 0; i < 4000; i++)
		slu_buf_adds(&path, i % 20 ? "a" : "/");
	slu_buf_adds(&b, "b @ann");
	struct pol_owners o = read_text(a, slu_buf_str(&b));
	T_EQ_INT(o.rule.n, 1);
	for (size_t i = 0; i < 1000; i++)
		T_TRUE(pol_owners_of(&o, (slu_str){ path.p + 1, path.n - 1 }) == NULL);
}
