/* SPDX-License-Identifier: Apache-2.0 */
#include "version/commit.h"

#include "base/limits.h"
#include "t.h"

#include <stdlib.h>

/* What is expected, as one text: type|scope|breaking|description|body|note|token=value|… */
static char *shown(slu_arena *a, const struct ver_commit *c)
{
	char *s = slu_printf(a, "%.*s|%.*s|%s|%.*s|%.*s|%.*s", SLU_FMT(c->type), SLU_FMT(c->scope), c->breaking ? "!" : "", SLU_FMT(c->description),
			     SLU_FMT(c->body), SLU_FMT(c->breaking_note));
	for (size_t i = 0; i < c->footers.n; i++)
		s = slu_printf(a, "%s|%.*s=%.*s", s, SLU_FMT(c->footers.v[i].token), SLU_FMT(c->footers.v[i].value));
	return s;
}

T_TEST(messages)
{
	static const char *const rows[][2] = {
		/* the examples of conventionalcommits.org */
		{ "feat: allow provided config object to extend other configs\n\nBREAKING CHANGE: `extends` key in config file is now used for extending other "
		  "config files",
		  "feat||!|allow provided config object to extend other configs||`extends` key in config file is now used for extending other config files|BREAKING "
		  "CHANGE=`extends` key in config file is now used for extending other config files" },
		{ "feat!: send an email to the customer when a product is shipped",
		  "feat||!|send an email to the customer when a product is shipped||send an email to the customer when a product is shipped" },
		{ "feat(api)!: send an email", "feat|api|!|send an email||send an email" },
		{ "chore!: drop support for Node 6\n\nBREAKING CHANGE: use JavaScript features not available in Node 6.\n",
		  "chore||!|drop support for Node 6||use JavaScript features not available in Node 6.|BREAKING CHANGE=use JavaScript features not available in Node 6." },
		{ "docs: correct spelling of CHANGELOG", "docs|||correct spelling of CHANGELOG||" },
		{ "feat(lang): add Polish language\n", "feat|lang||add Polish language||" },
		{ "fix: prevent racing of requests\n\nIntroduce a request id.\nDismiss others.\n\nRemove timeouts.\n\nReviewed-by: Z\nRefs: #123\n",
		  "fix|||prevent racing of requests|Introduce a request id.\nDismiss others.\n\nRemove timeouts.||Reviewed-by=Z|Refs=#123" },
		{ "revert: let us never again speak of the noodle incident\n\nRefs: 676104e, a215868",
		  "revert|||let us never again speak of the noodle incident|||Refs=676104e, a215868" },
		/* forms */
		{ "fix: a\r\n\r\nbody\r\n\r\nRefs #1\r\nCloses: x\r\n", "fix|||a|body||Refs=#1|Closes=x" },
		{ "FIX(a b, c/d): x", "FIX|a b, c/d||x||" },
		{ "build_2-x: y  ", "build_2-x|||y||" },
		{ "feat: colon: in: it", "feat|||colon: in: it||" },
		{ "feat: x\n\n\n\nbody\n\n\n", "feat|||x|body|" },
		{ "feat: x\n\n   \nbody", "feat|||x|body|" },
		/* footers */
		{ "feat: x\n\nNote: this is prose\n\nand goes on", "feat|||x|Note: this is prose\n\nand goes on|" },
		{ "feat: x\n\nbody\n\nA: 1\nB: 2\n  two lines\nno footer\nC #3", "feat|||x|body||A=1|B=2\n  two lines\nno footer|C=#3" },
		{ "feat: x\n\nA: 1\n\nB: 2", "feat|||x|||A=1|B=2" },
		{ "feat: x\n\nbody\nRefs: #1", "feat|||x|body\nRefs: #1|" },
		{ "feat: x\n\nbody\n\nnot a footer: y", "feat|||x|body\n\nnot a footer: y|" },
		{ "feat: x\n\nbody\n\nhttp://example.com", "feat|||x|body\n\nhttp://example.com|" },
		{ "feat: x\n\nbody\n\n-a: y", "feat|||x|body\n\n-a: y|" },
		/* what breaks is never overlooked */
		{ "fix: x\n\nbody\n\nBREAKING CHANGE: y\n\nmore of it\n\nRefs: 1", "fix||!|x|body|y\n\nmore of it|BREAKING CHANGE=y\n\nmore of it|Refs=1" },
		{ "fix: x\n\nRefs: 1\nand on\nBREAKING CHANGE: y", "fix||!|x||y|Refs=1\nand on|BREAKING CHANGE=y" },
		{ "fix: x\n\nbody\nBREAKING CHANGE: y\n\nmore of it\n\nRefs: 1", "fix|||x|body\nBREAKING CHANGE: y\n\nmore of it||Refs=1" },
		{ "fix: x\n\nbody\nBREAKING CHANGE: y", "fix|||x|body\nBREAKING CHANGE: y|" },
		{ "fix: x\n\nRefs: 1\nBREAKING-CHANGE: y\nmore", "fix||!|x||y\nmore|Refs=1|BREAKING-CHANGE=y\nmore" },
		{ "fix: x\n\nBREAKING CHANGE:", "fix||!|x||x|BREAKING CHANGE=" },
		{ "fix: x\n\nBREAKING CHANGE:\ny", "fix||!|x||y|BREAKING CHANGE=y" },
		{ "fix!: x\n\nBREAKING CHANGE: a\nBREAKING CHANGE: b", "fix||!|x||a|BREAKING CHANGE=a|BREAKING CHANGE=b" },
		{ "fix: x\n\nbreaking change: y", "fix|||x|breaking change: y|" },
		{ "fix: x\n\nBREAKING CHANGE #1", "fix|||x|BREAKING CHANGE #1|" },
		{ "fix: x\n\nBREAKING CHANGES: y", "fix|||x|BREAKING CHANGES: y|" },
		{ "fix: x\n\nthis is no BREAKING CHANGE: y", "fix|||x|this is no BREAKING CHANGE: y|" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		struct ver_commit c;
		slu_err err = { 0 };
		T_OK(ver_commit_parse(&c, a, slu_s(rows[i][0]), &err), err);
		T_EQ_STR(shown(a, &c), rows[i][1]);
	}
}

T_TEST(what_is_no_conventional_commit)
{
	static const struct {
		const char *message;
		uint32_t line, column;
		const char *says;
	} rows[] = { { "", 1, 1, "first line is empty" },
		     { "\nfeat: x", 1, 1, "first line is empty" },
		     { "  ", 1, 1, "first line is empty" },
		     { " feat: x", 1, 1, "begins with a type" },
		     { "(api): x", 1, 1, "begins with a type" },
		     { "f\xc3\xbcr: x", 1, 2, "comes a colon" },
		     { "Update files", 1, 7, "comes a colon" },
		     { "Merge branch 'x'", 1, 6, "comes a colon" },
		     { "feat", 1, 5, "comes a colon" },
		     { "feat : x", 1, 5, "comes a colon" },
		     { "feat(a) : x", 1, 8, "comes a colon" },
		     { "feat!(a): x", 1, 6, "comes a colon" },
		     { "feat!!: x", 1, 6, "comes a colon" },
		     { "fixup! feat: x", 1, 7, "comes a colon" },
		     { "feat(a: x", 1, 10, "not closed" },
		     { "feat(a(b)): x", 1, 7, "not closed" },
		     { "feat(): x", 1, 6, "scope is empty" },
		     { "feat( a): x", 1, 6, "scope is empty" },
		     { "feat:x", 1, 6, "one blank and a description" },
		     { "feat:", 1, 6, "one blank and a description" },
		     { "feat: ", 1, 6, "one blank and a description" },
		     { "feat:\tx", 1, 6, "one blank and a description" },
		     { "feat:  x", 1, 7, "only one blank" },
		     { "feat: x\nbody", 2, 1, "second line is not empty" },
		     { "feat: x\nBREAKING CHANGE: y", 2, 1, "second line is not empty" } };
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu: %s", i, rows[i].message);
		struct ver_commit c = { .type = { "untouched", 9 } };
		slu_err err = { 0 };
		T_RC(ver_commit_parse(&c, a, slu_s(rows[i].message), &err), SLU_E_SYNTAX);
		T_EQ_INT(err.line, rows[i].line);
		T_EQ_INT(err.column, rows[i].column);
		T_HAS(err.text, rows[i].says);
		T_EQ_SLU(c.type, "untouched");
	}
	static char large[SLU_MAX_MESSAGE_BYTES + 1];
	struct ver_commit c;
	memset(large, 'x', sizeof large);
	memcpy(large, "feat: ", 6);
	T_RC(ver_commit_parse(&c, a, (slu_str){ large, sizeof large }, NULL), SLU_E_LIMIT);
	T_RC(ver_commit_parse(&c, a, (slu_str){ large, sizeof large - 1 }, NULL), SLU_OK);
}

/* Requirement: RL-1 */
T_TEST(what_a_commit_asks_of_the_version)
{
	static const struct {
		const char *message;
		int part; /* -1: nothing */
	} rows[] = { { "feat: x", VER_MINOR }, { "FEAT: x", VER_MINOR }, { "fix: x", VER_PATCH }, { "perf(a): x", VER_PATCH },
		     { "revert: x", VER_PATCH }, { "docs: x", -1 },	  { "feature: x", -1 },	  { "chore!: x", VER_MAJOR },
		     { "docs: x\n\nBREAKING CHANGE: y", VER_MAJOR } };
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("%s", rows[i].message);
		struct ver_commit c;
		enum ver_part part = VER_MAJOR;
		T_RC(ver_commit_parse(&c, a, slu_s(rows[i].message), NULL), SLU_OK);
		bool any = ver_commit_part(&part, &c);
		T_EQ_INT(any ? (int)part : -1, rows[i].part);
	}
}

/* Read in the four ways, each message is written as it was; and what was read the second way is what the rows say. */
T_TEST(forms)
{
	static const struct {
		const char *message, *spec, *git;
	} rows[] = {
		{ "feat: x\n\nBREAKING CHANGE: y\n", "feat||!|x||y|BREAKING CHANGE=y", "feat||!|x|BREAKING CHANGE: y|y" },
		{ "feat: x\n\nBREAKING CHANGE:\ny\n\nA: b\n", "feat|||x|BREAKING CHANGE:\ny||A=b", "feat||!|x|BREAKING CHANGE:\ny|y|A=b" },
		{ "feat: x\n\nBREAKING CHANGE:\t\n y\n", "feat|||x|BREAKING CHANGE:\t\n y|", "feat||!|x|BREAKING CHANGE:\t\n y|y" },
		{ "feat: x\n\nBREAKING CHANGE:", "feat|||x|BREAKING CHANGE:|", "feat||!|x|BREAKING CHANGE:|x" },
		{ "feat(a)!: x\r\n\r\nbody\r\n\r\nA: b\r\n  c\r\n\r\n", "feat|a|!|x|body|x|A=b\r\n  c", "feat|a|!|x|body|x|A=b\r\n  c" },
		{ "feat: x\n\nA: 1\n\nB : 2\nSigned-off-by: x\nprose\n", "feat|||x|A: 1\n\nB : 2\nSigned-off-by: x\nprose|", "feat|||x|A: 1||B=2|Signed-off-by=x" },
		{ "feat: x\n\nRefs #1\nA: b\n", "feat|||x|||Refs=#1|A=b", "feat|||x|Refs #1\nA: b|" },
		{ "Update it \n and more\n\nA: b", "|||Update it|and more||A=b", "|||Update it|and more||A=b" },
		{ "\n \n  x\n\nBREAKING-CHANGE: y", "||!|x||y|BREAKING-CHANGE=y", "||!|x||y|BREAKING-CHANGE=y" },
		{ "\nA: b\n", "|||A: b||", "|||A: b||" }, /* Git takes it for a trailer; it is the description */
		{ "", "|||||", "|||||" },
		{ " \n\t", "|||||", "|||||" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int k = 0; k < 4; k++) {
			T_CASE("row %zu, %s, %s", i, k & 1 ? "spec" : "lenient", k & 2 ? "git" : "conventional");
			const struct ver_commit_form form = { .breaking = k & 1 ? VER_BREAKING_SPEC : VER_BREAKING_LENIENT, .footers = k & 2 ? VER_FOOTERS_GIT : VER_FOOTERS_CONVENTIONAL };
			struct ver_commit c;
			slu_auto_buf b;
			slu_buf_init(&b, 1000);
			(void)!ver_commit_read(&c, a, slu_s(rows[i].message), &form, NULL);
			ver_commit_print(&b, &c);
			T_EQ_STR(b.p ? b.p : "", rows[i].message);
			if (k == 1 || k == 2)
				T_EQ_STR(shown(a, &c), k == 1 ? rows[i].spec : rows[i].git);
		}
}

T_TEST(a_part_that_was_changed_stands_in_its_place)
{
	static const struct ver_commit_form form = { 0 };
	slu_auto_arena *a = slu_arena_new();
	struct ver_commit c;
	slu_err err = { 0 };
	slu_auto_buf b;
	slu_buf_init(&b, 1000);
	T_OK(ver_commit_read(&c, a, SLU_STR("fix(a): x\n\nbody\n\nRefs #1\nA: b\n"), &form, &err), err);
	c.scope = SLU_STR("core");
	c.exclaimed = true;
	c.footers.v[1].value = SLU_STR("z");
	ver_commit_print(&b, &c);
	T_EQ_STR(b.p, "fix(core)!: x\n\nbody\n\nRefs #1\nA: z\n");
}

/* Time stays linear, and no byte is out of bounds, whatever the message is made of. */
T_TEST(hostile_messages)
{
	static const char *const pieces[] = { "x", "\n", "\n\n", "A: b\n", " A: b\n", "#", "#\n", "#1 ", "a/", "BREAKING CHANGE:\n\n", "Conflicts:\n\t", "\xff\xfe", "\xe2\x80\xae", "closes ", "AB-", "(", "feat(", "-",
					      "Signed-off-by: x\n\t" };
	enum { SIZE = 1 << 20 };
	char *text = malloc(SIZE + 32);
	T_TRUE(text != NULL);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		T_CASE("a megabyte of piece %zu", i);
		slu_auto_arena *a = slu_arena_new();
		size_t n = strlen(pieces[i]), size = 0;
		for (; size + n <= SIZE; size += n)
			memcpy(text + size, pieces[i], n);
		text[size / 2] = 0;
		for (int k = 0; k < 4; k++) {
			const struct ver_commit_form form = { .breaking = k & 1 ? VER_BREAKING_SPEC : VER_BREAKING_LENIENT, .footers = k & 2 ? VER_FOOTERS_GIT : VER_FOOTERS_CONVENTIONAL };
			struct ver_commit c;
			ver_reference_list r = { 0 };
			slu_auto_buf b;
			slu_buf_init(&b, SIZE + 1);
			(void)!ver_commit_read(&c, a, (slu_str){ text, size }, &form, NULL);
			ver_references_find(&r, a, (slu_str){ text, size }, true);
			ver_commit_print(&b, &c);
			T_EQ_INT(b.n, size);
			T_TRUE(memcmp(b.p, text, size) == 0);
		}
	}
	free(text);
}

/* The rule about messages reads the title, versions the whole: one answer for both. */
T_TEST(titles)
{
	static const struct { const char *text, *type, *scope, *description; bool breaking; } rows[] = { /* of type "": no conventional commit */
		{ "feat(api)!: add x\n\nbody", "feat", "api", "add x", true },
		{ "fix: y", "fix", "", "y", false },
		{ "feat(a b): z\r\n", "feat", "a b", "z", false },
		{ "fix:y", "", "", "fix:y", false },
		{ "fix:  y", "", "", "fix:  y", false },
		{ "fix: y\nbody", "", "", "fix: y", false },
		{ "fix(): y", "", "", "fix(): y", false },
		{ "fix( a): y", "", "", "fix( a): y", false },
		{ "fix (a): y", "", "", "fix (a): y", false },
		{ "feat(a: z", "", "", "feat(a: z", false },
		{ ": y", "", "", ": y", false },
		{ "fix: ", "", "", "fix:", false },
		{ "\nfix: y", "", "", "fix: y", false },
		{ "", "", "", "", false },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ver_commit title, whole;
		slu_rc rc = ver_commit_title(&title, slu_s(rows[i].text), NULL);
		T_CASE("row %zu", i);
		T_EQ_INT(rc, *rows[i].type ? SLU_OK : SLU_E_SYNTAX);
		T_EQ_INT(rc, ver_commit_parse(&whole, a, slu_s(rows[i].text), NULL));
		T_EQ_INT(title.conventional, rc == SLU_OK);
		T_EQ_INT(title.exclaimed, rows[i].breaking);
		T_TRUE(slu_str_is(title.type, rows[i].type) && slu_str_is(title.scope, rows[i].scope) && slu_str_is(title.description, rows[i].description));
	}
}

T_TEST(references)
{
	static const char *const rows[][3] = { /* text, behind closing words only, keys everywhere */
		{ "x (#12)", "||12 ", "||12 " },
		{ "Closes #1, #2 and acme/app#3\n#4", "Closes||1 Closes||2 Closes|acme/app|3 ||4 ", "Closes||1 Closes||2 Closes|acme/app|3 ||4 " },
		{ "#1 fixes: #2", "||1 fixes||2 ", "||1 fixes||2 " },
		{ "it resolved ABC-12.", "resolved||ABC-12 ", "resolved||ABC-12 " },
		{ "UTF-8 and ABC-12", "", "||ABC-12 " },
		{ "fix UTF-8, SHA-256, ISO-8859 and ISO-8859-1; closes RFC-2119 MD-5 CVE-2021 CVE-2021-44228", "", "" },
		{ "fix SHA-256 for UTFX-8, closes SHAS-1", "fix||UTFX-8 closes||SHAS-1 ", "fix||UTFX-8 closes||SHAS-1 " },
		{ "http://x/y#1 a#2 a/b/c#3 /b#4 a/#5 #6x #_7 # 8", "", "" },
		{ "prefix #1 CLOSED #2", "||1 CLOSED||2 ", "||1 CLOSED||2 " },
		{ "Refs: #1", "||1 ", "||1 " },
		{ "(#1),#2;#3", "||1 ||2 ||3 ", "||1 ||2 ||3 " },
		{ "fix ABC-12x ABC- -12 A-1 ABC-1-2", "", "" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int keys = 0; keys < 2; keys++) {
			T_CASE("%s, keys %d", rows[i][0], keys);
			ver_reference_list r = { 0 };
			const char *got = "";
			ver_references_find(&r, a, slu_s(rows[i][0]), keys);
			for (size_t k = 0; k < r.n; k++)
				got = slu_printf(a, "%s%.*s|%.*s|%.*s ", got, SLU_FMT(r.v[k].action), SLU_FMT(r.v[k].repository), SLU_FMT(r.v[k].issue));
			T_EQ_STR(got, rows[i][1 + keys]);
		}
}

/* Each row was compared with what `git interpret-trailers --parse --no-divider` prints. */
T_TEST(trailers)
{
	static const char *const rows[][2] = {
		{ "title\n\nSigned-off-by: A <a@b>\n", "Signed-off-by=A <a@b>|" },
		{ "title\n\nbody\n\nA: 1\nb-c : 2\n", "A=1|b-c=2|" },
		{ "A: 1\n", "" },
		{ "A: 1\nB: 2\n", "" },
		{ "title\n\nprose and\nA: 1\n", "" },
		{ "title\n\nprose one\nprose two\nprose three\nSigned-off-by: x\n", "Signed-off-by=x|" },
		{ "title\n\n1\n2\n3\n4\nSigned-off-by: x\n", "" },
		{ "title\n\nA: 1\n  more\n\tand more\nB: 2\n", "A=1\n  more\n\tand more|B=2|" },
		{ "title\n\n  indented\nA: 1\n", "" },
		{ "title\n\nA: 1\n\nprose\n", "" },
		{ "title\n\nA: 1\n\nB: 2\n\n\n", "B=2|" },
		{ "title\n\nA: 1\n# comment\nB: 2\n\n# comment\n", "A=1|B=2|" },
		{ "title\n\nA: 1\n(cherry picked from commit 1234)\n", "A=1|" },
		{ "title\n\nA:\nB:2\n", "A=|B=2|" },
		{ "title\n\nA: 1: 2\nhttp://x\n", "A=1: 2|http=//x|" },
		{ "title\n\n: 1\nA: 1\n", "" },
		{ "\nA: 1\n", "A=1|" },
		{ "title\n \nA: 1\n", "A=1|" },
		{ "title\n\nA: 1\nConflicts:\n\tfile\n", "A=1|" },
		{ "title\n\nA: 1\n# ------------------------ >8 ------------------------\nB: 2\n", "A=1|" },
		{ "title\n\nA: 1\n---\n", "" },
		{ "title\n\n---------\n\nA: 1\n", "A=1|" },
		{ "title\n\nA: 1\n\f\n", "" },
		{ "# comment\n\nA: 1\n", "A=1|" },
		{ "", "" },
		{ "\n\n", "" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		ver_footers f = { 0 };
		char *got = slu_printf(a, "%s", "");
		ver_trailers(&f, a, slu_s(rows[i][0]));
		for (size_t k = 0; k < f.n; k++)
			got = slu_printf(a, "%s%.*s=%.*s|", got, SLU_FMT(f.v[k].token), SLU_FMT(f.v[k].value));
		T_EQ_STR(got, rows[i][1]);
	}
	ver_footers f = { 0 };
	ver_trailers(&f, a, SLU_STR("t\n\nReviewed-by: A\nreviewed-by: B\n"));
	T_EQ_SLU(ver_footer_find(&f, "REVIEWED-BY")->value, "A");
	T_TRUE(ver_footer_find(&f, "Reviewed") == NULL);
}

#define OID "0123456789abcdef0123456789abcdef01234567"

T_TEST(reverts)
{
	static const struct {
		const char *message;
		bool found;
	} rows[] = { { "Revert \"x\"\n\nThis reverts commit " OID ".\n", true },
		     { "fix: back\n\nThis reverts commit " OID ", reversing\nchanges made to " OID ".", true },
		     { "x\n\nThis reverts commit " OID "\r\n", true },
		     { "x\n\nThis reverts commit " OID, true },
		     { "x\n\nThis reverts commit " OID "89abcdef0123456789abcdef.", true },
		     { "x\n\nThis reverts commit " OID "8.", false },
		     { "x\n\nThis reverts commit 0123456.", false },
		     { "Revert \"x\"", false },
		     { "x\n\nIt says: This reverts commit " OID ".", false },
		     { "x\n\nThis reverts commit " OID "x", false } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		slu_str oid = SLU_STR("untouched");
		T_TRUE(ver_reverts(&oid, slu_s(rows[i].message)) == rows[i].found);
		T_TRUE(slu_str_starts(oid, rows[i].found ? OID : "untouched"));
	}
}
