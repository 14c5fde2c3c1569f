/* SPDX-License-Identifier: Apache-2.0 */
/** What merge commits say of the branches that they joined, as git and the hosts write it. Requirement: BR-3 */
#include "insight/merge_name.h"

#include "t.h"

T_TEST(each_tool_is_understood)
{
	static const struct {
		const char *message;
		int what;
		const char *source, *into;
		bool elsewhere, request;
	} row[] = {
		/* git */
		{ "Merge branch 'feature/a'", INS_SAYS_BRANCH, "feature/a", "", false, false },
		{ "Merge branch 'feature/a' into develop\n\nbody", INS_SAYS_BRANCH, "feature/a", "develop", false, false },
		{ "Merge branch 'jc/topic' (early part) into next", INS_SAYS_BRANCH, "jc/topic", "next", false, false },
		{ "Merge branch 'main' of https://example.org/acme/app", INS_SAYS_BRANCH, "main", "", true, false },
		{ "Merge branch 'main' of example.org:acme/app into fix", INS_SAYS_BRANCH, "main", "fix", true, false },
		{ "Merge remote-tracking branch 'origin/release/1.2' into main", INS_SAYS_BRANCH, "release/1.2", "main", false, false },
		{ "Merge remote-tracking branch 'refs/remotes/upstream/main'", INS_SAYS_BRANCH, "main", "", false, false },
		{ "Merge remote branch 'origin/x'", INS_SAYS_BRANCH, "x", "", false, false },
		{ "Merge change 12 from phase/one into develop\n\nbody", INS_SAYS_BRANCH, "phase/one", "develop", false, true },
		{ "Merge branch 'a' into HEAD", INS_SAYS_BRANCH, "a", "", false, false },
		{ "Merge tag 'v1.2.0' into develop", INS_SAYS_TAG, "v1.2.0", "develop", false, false },
		{ "Merge branches 'a' and 'b' into main", INS_SAYS_SEVERAL, "", "", false, false },
		{ "Merge commit '0123abcd' into main", INS_SAYS_NOTHING, "", "main", false, false },
		{ "Merge git://example.org/gitk", INS_SAYS_BRANCH, "git://example.org/gitk", "", false, false },
		/* the hosts */
		{ "Merge pull request #12 from acme/feature/a\n\nTitle", INS_SAYS_BRANCH, "feature/a", "", false, true },
		{ "Merge branch 'feature/a' into 'main'", INS_SAYS_BRANCH, "feature/a", "main", false, false },
		{ "Merge pull request 'Title' (#12) from feature/a into main", INS_SAYS_BRANCH, "feature/a", "main", false, true },
		{ "Merge pull request 'Title' (#12) from ann:feature/a into main", INS_SAYS_BRANCH, "feature/a", "main", false, true },
		{ "Merge pull request 12 from feature/a into main", INS_SAYS_BRANCH, "feature/a", "main", false, true },
		{ "Merge pull request #12 in ACME/app from feature/a to main", INS_SAYS_BRANCH, "feature/a", "main", false, true },
		{ "Merged in feature/a (pull request #12)", INS_SAYS_BRANCH, "feature/a", "", false, true },
		{ "chore: Merge branch 'main' into next", INS_SAYS_BRANCH, "main", "next", false, false },
		/* people */
		{ "merge main into develop", INS_SAYS_BRANCH, "main", "develop", false, false },
		{ "Merge develop", INS_SAYS_BRANCH, "develop", "", false, false },
		{ "Merge all the things", INS_SAYS_NOTHING, "", "", false, false },
		{ "Bring it together", INS_SAYS_NOTHING, "", "", false, false },
		{ "Merge ", INS_SAYS_NOTHING, "", "", false, false },
		{ "Merge branch '", INS_SAYS_BRANCH, "", "", false, false },
		{ "Merge pull request #12", INS_SAYS_NOTHING, "", "", false, false },
		{ "", INS_SAYS_NOTHING, "", "", false, false },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		T_CASE("%s", row[i].message);
		struct ins_merge_name m = ins_merge_name(slu_s(row[i].message));
		if (row[i].what != INS_SAYS_NOTHING || row[i].into[0])
			T_EQ_INT(m.what, row[i].what);
		if (row[i].what == INS_SAYS_BRANCH || row[i].what == INS_SAYS_TAG)
			T_TRUE(slu_str_is(m.source, row[i].source));
		T_TRUE(slu_str_is(m.into, row[i].into));
		if (row[i].what == INS_SAYS_NOTHING)
			T_EQ_INT(m.what, INS_SAYS_NOTHING);
		T_EQ_INT(m.from_elsewhere, row[i].elsewhere);
		if (row[i].what == INS_SAYS_BRANCH)
			T_EQ_INT(m.request, row[i].request);
	}
}

T_TEST(a_squashed_change_says_its_number)
{
	static const struct { const char *message; uint64_t n; } row[] = {
		{ "feat: a (#12)", 12 }, { "feat: a (#12)\n\nbody", 12 }, { "Merged PR 7: a", 7 }, { "feat: a (#)", 0 }, { "feat: a (12)", 0 }, { "fix #12", 0 }, { "(#12) a", 0 }, { "Merged PR 7", 0 },
		{ "a (#99999999999999999999999)", 0 }, { ")", 0 }, { "", 0 },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		T_CASE("%s", row[i].message);
		T_EQ_INT(ins_squashed(slu_s(row[i].message)), row[i].n);
	}
}

T_TEST(a_squash_of_a_phase_says_its_branch)
{
	static const struct { const char *message, *source, *into; } row[] = {
		{ "feat: a\n\nSquashed: work/one into develop\n", "work/one", "develop" },
		{ "feat: a\n\nbody\n\nReviewed-by: b\nSquashed: work/one into develop", "work/one", "develop" },
		{ "feat: a\n\nSquashed: work/one into develop\nSquashed: work/two into main\n", "work/two", "main" }, /* the last is of the last squash */
		{ "feat: a\n\nSquashed: work/one\n", "work/one", "" },
		{ "feat: a\n\nSquashed: work/one into develop\n\nmore", "", "" }, /* not in the last paragraph */
		{ "Squashed: work/one into develop", "", "" },                     /* a title */
		{ "feat: a\n\n Squashed: work/one into develop", "", "" }, { "", "", "" }, { "\n\n", "", "" }, { "feat: a\n\nSquashed: ", "", "" },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct ins_merge_name m = ins_squash_name(slu_s(row[i].message));
		T_CASE("%s", row[i].message);
		T_TRUE(slu_str_is(m.source, row[i].source));
		T_TRUE(slu_str_is(m.into, row[i].into));
	}
}

T_TEST(a_squash_keeps_the_trailers_together)
{
	static const struct { const char *before, *after; } row[] = {
		{ "feat: a", "feat: a\n\nSquashed: x into y\n" },
		{ "feat: a\n\nbody: of two\nlines", "feat: a\n\nbody: of two\nlines\n\nSquashed: x into y\n" },
		{ "feat: a\n\nbody\n\nSigned-off-by: a\n", "feat: a\n\nbody\n\nSigned-off-by: a\nSquashed: x into y\n" },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		T_CASE("%s", row[i].before);
		T_TRUE(slu_str_is(ins_squash_message(a, slu_s(row[i].before), SLU_STR("x"), SLU_STR("y")), row[i].after));
	}
}
