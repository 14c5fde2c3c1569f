/* SPDX-License-Identifier: Apache-2.0 */
/* What a verdict looks like: a push's refusal in five lines of 72 columns, the ladder, the object in JSON. */
#include "base/json.h"
#include "base/utf8.h"
#include "policy/pol.h"
#include "t.h"

static const char *const opens[] = { "role owner", "@ann" };
static const char long_text[] = "\xc3\xbc\xe6\xbc\xa2\xe5\xad\x97 a very long text that goes on and on with the names of many branches, tags, checks and people, far beyond what two lines "
				"can hold, and then some more, until it must be cut somewhere in the middle of a word-that-is-quite-long-by-itself";

static struct pol_row row(enum pol_state state, const char *rule, const char *wanted, const char *actual, const char *remedy)
{
	return (struct pol_row){ .rule = rule, .pos = { ".sluice/strategy.yml", 12, 34 }, .state = state, .wanted = wanted, .actual = actual, .opens = opens, .opens_n = 2, .remedy = remedy };
}

static struct pol_verdict verdict(struct pol_row *rows, size_t n, enum pol_answer answer)
{
	struct pol_verdict v = { .answer = answer, .digest = "abc" };
	v.action = (struct pol_action){ .verb = POL_PUSH, .actor = SLU_STR("ann"), .ref = SLU_STR("refs/heads/main") };
	v.row.v = rows;
	v.row.n = n;
	return v;
}

/* Columns as a terminal counts those that are used here: two for an ideograph, one for all else. */
static size_t width(slu_str line)
{
	size_t columns = 0;
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		columns += (c & 0xc0) != 0x80;
		columns += c == 0xe6 || c == 0xe5;
	}
	return columns;
}

static size_t check_lines(slu_buf *b)
{
	slu_str rest = slu_buf_str(b), line;
	size_t lines = 0;
	while (slu_str_split(&rest, '\n', &line)) {
		T_CASE("%.*s", SLU_FMT(line));
		T_TRUE(width(line) <= 72);
		T_TRUE(line.n > 0);
		lines++;
	}
	return lines;
}

static bool is_main(const struct pol_row *r)
{
	return slu_str_starts(slu_s(r->rule), "main");
}

T_TEST(a_verdict_by_some_of_its_rows)
{
	slu_auto_arena *a = slu_arena_new();
	struct pol_row rows[] = { row(POL_WAITING, "main.approvals", "w", "x", ""), row(POL_PASSED, "main.match", "w", "x", ""), row(POL_WAITING, "freeze", "w", "x", "") };
	rows[0].unknown = true;
	rows[2].until_s = 77;
	struct pol_verdict v = verdict(rows, 3, POL_WAIT), known = pol_verdict_of(a, &v, pol_row_known), main = pol_verdict_of(a, &v, is_main);
	T_EQ_INT(known.row.n, 2);
	T_EQ_INT(known.answer, POL_WAIT);
	T_EQ_INT(known.until_s, 77);
	T_EQ_INT(main.answer, POL_WAIT);
	T_EQ_INT(main.until_s, 0);
	known = pol_verdict_of(a, &main, pol_row_known);
	T_EQ_INT(known.answer, POL_ALLOW);
	T_EQ_INT(v.row.n, 3);
	rows[1].state = POL_FAILED;
	known = pol_verdict_of(a, &v, pol_row_known);
	T_EQ_INT(known.answer, POL_DENY);
}

T_TEST(a_refusal_says_rule_what_where_and_what_helps)
{
	struct pol_row r[] = { row(POL_PASSED, "other", "x", "y", ""), row(POL_FAILED, "branches.main.allow.push", "push main: nobody", "ann has level write", "sluice change open --into main") };
	struct pol_verdict v = verdict(r, 2, POL_DENY);
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	pol_refusal_text(&b, &v);
	T_EQ_STR(b.p, "\u2717 branches.main.allow.push\n  ann has level write; wanted: push main: nobody\n  .sluice/strategy.yml:12:34\n  sluice change open --into main\n");
}

T_TEST(a_refusal_keeps_to_five_lines_and_72_columns)
{
	static const char *const texts[] = { "short", long_text, "", "nospacesatall-nospacesatall-nospacesatall-nospacesatall-nospacesatall-nospacesatall-nospacesatall",
		"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"
		"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"
		"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97",
		"bad \xff\xfe bytes", "two\nlines\tand a tab" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
			struct pol_row r = row(POL_WAITING, texts[i], texts[k], texts[i], texts[k]);
			struct pol_verdict v = verdict(&r, 1, POL_WAIT);
			slu_auto_buf b;
			slu_buf_init(&b, 1 << 16);
			pol_refusal_text(&b, &v);
			size_t lines = check_lines(&b);
			T_CASE("%zu %zu", i, k);
			T_TRUE(lines <= 5);
		}
}

T_TEST(what_others_wrote_does_not_move_the_cursor)
{
	struct pol_row r = row(POL_FAILED, "commits.convention", "type(scope): description", "\"\033[2J\r\xe2\x80\xae" "evil\"", "git commit --amend");
	struct pol_verdict v = verdict(&r, 1, POL_DENY);
	slu_auto_buf refusal, ladder;
	slu_buf_init(&refusal, 4096);
	slu_buf_init(&ladder, 4096);
	pol_refusal_text(&refusal, &v);
	pol_verdict_text(&ladder, &v, NULL, false);
	T_TRUE(!strchr(refusal.p, '\033') && !strchr(refusal.p, '\r') && !strstr(refusal.p, "\xe2\x80\xae"));
	T_TRUE(!strchr(ladder.p, '\033') && !strchr(ladder.p, '\r') && !strstr(ladder.p, "\xe2\x80\xae"));
	T_HAS(refusal.p, "?[2J??evil");
}

T_TEST(only_what_refuses_is_told_to_a_push)
{
	struct pol_row r[] = { row(POL_PASSED, "a", "", "", ""), row(POL_WAITING, "b", "", "", ""), row(POL_FAILED, "c", "", "", ""), row(POL_OVERRIDDEN, "d", "", "", ""),
		row(POL_NOT_APPLICABLE, "e", "", "", ""), row(POL_EVALUATED, "f", "", "", "") };
	struct pol_verdict v = verdict(r, 6, POL_DENY);
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	pol_refusal_text(&b, &v);
	T_HAS(b.p, "\u2026 b");
	T_HAS(b.p, "\u2717 c");
	T_TRUE(!strstr(b.p, " a\n") && !strstr(b.p, " d\n") && !strstr(b.p, " e\n") && !strstr(b.p, " f\n"));
}

T_TEST(the_ladder_hides_what_passes_unless_it_is_asked)
{
	struct pol_row r[] = { row(POL_PASSED, "rule-a", "w", "x", ""), row(POL_EVALUATED, "rule-b", "w", "not enforced by this version", "") };
	struct pol_verdict v = verdict(r, 2, POL_ALLOW);
	slu_auto_buf some, all;
	slu_buf_init(&some, 4096);
	slu_buf_init(&all, 4096);
	pol_verdict_text(&some, &v, "--all", false);
	pol_verdict_text(&all, &v, NULL, true);
	T_TRUE(!strstr(some.p, "rule-a"));
	T_HAS(some.p, "rule-b");
	T_HAS(some.p, "1 passed, 1 evaluated (every rule: --all)");
	T_HAS(all.p, "rule-a");
	T_HAS(all.p, "\033[32m");
	T_HAS(all.p, "opens   role owner, or @ann");
}

T_TEST(a_place_says_what_a_reader_can_look_up)
{
	struct pol_row r[] = { row(POL_FAILED, "branches.main.allow.push", "push main: nobody", "ann has level write", "git push"), row(POL_FAILED, "ref-name", "w", "x", "") };
	r[0].pos = (struct strat_pos){ "defaults", 3, 28 };
	r[1].pos = (struct strat_pos){ "built-in", 0, 0 };
	struct pol_verdict v = verdict(r, 2, POL_DENY);
	slu_auto_buf push, ladder;
	slu_buf_init(&push, 4096);
	slu_buf_init(&ladder, 4096);
	pol_refusal_text(&push, &v);
	pol_verdict_text(&ladder, &v, "", false);
	T_HAS(push.p, "\n  sluice's default: this key in .sluice/strategy.yml replaces it\n");
	T_HAS(ladder.p, "place   sluice's default: this key in .sluice/strategy.yml replaces it\n");
	T_HAS(ladder.p, "place   built into sluice\n");
	T_TRUE(!strstr(ladder.p, "every rule"));
}

T_TEST(a_ladder_fits_77_columns_but_for_commands)
{
	static const char words[] = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen";
	struct pol_row r = row(POL_FAILED, "rule", words, words, words);
	struct pol_verdict v = verdict(&r, 1, POL_DENY);
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	pol_verdict_text(&b, &v, NULL, false);
	slu_str rest = slu_buf_str(&b), line;
	while (slu_str_split(&rest, '\n', &line))
		T_TRUE(slu_utf8_count(line) <= 77 || slu_str_ends(line, words));
	T_HAS(b.p, words); /* in one piece, to be copied */
}

T_TEST(the_object_has_the_fixed_spelling)
{
	struct pol_row r = row(POL_WAITING, "branches.main.require.approvals", "1 approval", "0 of 1", "sluice change review 1 --approve");
	struct pol_verdict v = verdict(&r, 1, POL_WAIT);
	r.until_s = v.until_s = 1767603600;
	slu_auto_buf b;
	slu_buf_init(&b, 8192);
	slu_json j = slu_json_to(&b);
	pol_verdict_json(&j, &v, ".sluice/strategy.yml", "0123");
	T_EQ_STR(b.p, "{\"verdict\":\"wait\",\"until\":\"2026-01-05T09:00:00Z\",\"action\":{\"verb\":\"push\",\"actor\":\"ann\",\"ref\":\"refs/heads/main\",\"cause\":\"person\"},"
		      "\"strategy\":{\"file\":\".sluice/strategy.yml\",\"commit\":\"0123\",\"digest\":\"abc\"},"
		      "\"rules\":[{\"rule\":\"branches.main.require.approvals\",\"file\":\".sluice/strategy.yml\",\"line\":12,\"column\":34,\"state\":\"waiting\",\"wanted\":\"1 approval\","
		      "\"actual\":\"0 of 1\",\"opens\":[\"role owner\",\"@ann\"],\"until\":\"2026-01-05T09:00:00Z\",\"remedy\":\"sluice change review 1 --approve\"}],\"follows\":[]}");
	r.until_s = v.until_s = 0;
	slu_buf_clear(&b);
	j = slu_json_to(&b);
	pol_verdict_json(&j, &v, "f", "");
	T_HAS(b.p, "\"until\":null,\"action\"");
	T_HAS(b.p, "\"until\":null,\"remedy\"");
}

T_TEST(names_that_are_refused)
{
	static const struct { const char *ref; bool ok; } names[] = { { "refs/heads/main", true }, { "refs/tags/v1.0.0", true }, { "refs/heads/feature/\xc3\xbc", true }, { "refs/heads/-x", false },
		{ "refs/heads/HEAD", false }, { "HEAD", false }, { "refs/replace/x", false }, { "refs/heads/a..b", false }, { "refs/heads/a b", false }, { "refs/heads/a\tb", false },
		{ "refs/heads/.a", false }, { "refs/heads/a/.b", false }, { "refs/heads/a.lock", false }, { "refs/heads/a/", false }, { "refs/heads/", false }, { "refs/heads", false },
		{ "refs/heads/a@{b", false }, { "refs/heads/a.", false }, { "refs/heads/a:b", false }, { "refs/heads/a\\b", false }, { "refs/heads/a\xff", false }, { "refs/heads/@", false },
		{ "refs/heads/0123456789abcdef0123456789abcdef01234567", false }, { "refs/tags/-v1", false }, { "refs/sluice/heads", false }, { "", false } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		T_CASE("%s", names[i].ref);
		T_TRUE((pol_ref_refused(slu_s(names[i].ref)) == NULL) == names[i].ok);
	}
	char huge[400] = "refs/heads/";
	memset(huge + 11, 'a', sizeof huge - 12);
	T_TRUE(pol_ref_refused(slu_s(huge)) != NULL);
}
