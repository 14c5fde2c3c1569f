/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: BR-2, PR-6, PR-7 */
#include "strategy/pattern.h"
#include "base/limits.h"
#include "t.h"

static const slu_str phases[] = { { "phase1", 6 }, { "phase2", 6 } };
static const slu_str pres[] = { { "alpha", 5 }, { "beta", 4 }, { "rc", 2 } };
static const struct strat_pattern_words words = { phases, 2, pres, 3 };

static strat_pattern *pat(slu_arena *a, const char *text, const struct strat_pattern_words *w)
{
	strat_pattern *p = NULL;
	slu_err err = { 0 };
	T_OK(strat_pattern_compile(&p, a, slu_s(text), w, &err), err);
	return p;
}

static const struct {
	const char *pattern, *name;
	bool match;
	const char *caps; /* "cap=value …" */
} match_rows[] = {
	{ "main", "main", true, "" },
	{ "main", "mainx", false, NULL },
	{ "main", "mai", false, NULL },
	{ "feature/*", "feature/a", true, "" },
	{ "feature/*", "feature/a/b", false, NULL },
	{ "feature/**", "feature/a/b", true, "" },
	{ "**", "anything/at/all", true, "" },
	{ "feature/{name}", "feature/login-form", true, "name=login-form" },
	{ "feature/{name}", "feature/", false, NULL },
	{ "feature/{name}", "feature/a/b", false, NULL },
	{ "release/v{version}", "release/v2.1.0", true, "version=2.1.0" },
	{ "release/v{version}", "release/v2.1", false, NULL },
	{ "release/v{version}", "release/v02.1.0", false, NULL },
	{ "release/v{version}", "release/v2.1.0-beta.1", false, NULL },
	{ "v{version}-{pre}.{n}", "v2.2.0-beta.1", true, "version=2.2.0 pre=beta n=1" },
	{ "v{version}-{pre}.{n}", "v2.2.0-gamma.1", false, NULL },
	{ "v{version}+{build}", "v2.1.0+20250127.1", true, "version=2.1.0 build=20250127.1" },
	{ "feature/{phase}-{name}", "feature/phase2-web-ui", true, "phase=phase2 name=web-ui" },
	{ "feature/{phase}-{name}", "feature/phase3-web", false, NULL },
	{ "hotfix/v{major}.{minor}-{name}", "hotfix/v1.0-leak", true, "major=1 minor=0 name=leak" },
	{ "rollback/{tag}-emergency", "rollback/v2.1.0-emergency", true, "tag=v2.1.0" },
	{ "backup/{date}", "backup/2026-02-28", true, "date=2026-02-28" },
	{ "backup/{date}", "backup/20260228", true, "date=20260228" },
	{ "backup/{date}", "backup/2026-13-01", false, NULL },
	{ "{name}-{n}", "a-b-12", true, "name=a-b n=12" },
	{ "{name}{n}", "ab12", true, "name=ab n=12" },
	{ "*-{name}", "a-b-c", true, "name=b-c" },
	{ "v*.*.*", "v2.1.0-beta.1", true, "" },
	{ "測定/{name}", "測定/安定", true, "name=安定" },
};

T_TEST(names_match_and_captures_are_taken)
{
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof match_rows / sizeof *match_rows; i++) {
		T_CASE("%s ~ %s", match_rows[i].pattern, match_rows[i].name);
		struct strat_captures caps;
		strat_pattern *p = pat(a, match_rows[i].pattern, &words);
		T_EQ_INT(strat_pattern_match(p, slu_s(match_rows[i].name), NULL), match_rows[i].match);
		T_EQ_INT(strat_pattern_match(p, slu_s(match_rows[i].name), &caps), match_rows[i].match);
		if (!match_rows[i].match)
			continue;
		slu_auto_buf b;
		slu_buf_init(&b, 1000);
		for (unsigned c = 0; c < STRAT_CAP_COUNT; c++)
			if (caps.v[c].p)
				slu_buf_addf(&b, "%s%s=%.*s", b.n ? " " : "", strat_cap_word((enum strat_cap)c), SLU_FMT(caps.v[c]));
		/* the table names them in the pattern's order; compare piece by piece */
		slu_str rest = slu_s(match_rows[i].caps), part;
		size_t n = 0;
		while (rest.n && slu_str_split(&rest, ' ', &part)) {
			T_HAS(b.p ? b.p : "", slu_str_dup(a, part));
			n += part.n + 1;
		}
		T_EQ_INT(b.n + 1, n ? n : 1);
	}
}

static const struct {
	const char *pattern;
	slu_rc rc;
	uint32_t column;
	const char *piece;
} bad_rows[] = {
	{ "", SLU_E_SYNTAX, 1, "empty" },
	{ "feature/{nmae}", SLU_E_SYNTAX, 9, "did you mean {name}" },
	{ "feature/{name", SLU_E_SYNTAX, 9, "no \"}\"" },
	{ "feature/name}", SLU_E_SYNTAX, 13, "no \"{\"" },
	{ "{name}/{name}", SLU_E_SYNTAX, 8, "twice" },
	{ "a/***", SLU_E_SYNTAX, 3, "More than two" },
	{ "v?", SLU_E_SYNTAX, 2, "Only" },
	{ "v[0-9]", SLU_E_SYNTAX, 2, "Only" },
	{ "a b", SLU_E_INVALID, 2, "Git accepts no name" },
	{ "a\\b", SLU_E_INVALID, 2, "Git accepts no name" },
	{ "/main", SLU_E_INVALID, 1, "match nothing" },
	{ "main/", SLU_E_INVALID, 1, "match nothing" },
	{ "a..b", SLU_E_INVALID, 1, "match nothing" },
	{ "a//b", SLU_E_INVALID, 1, "match nothing" },
	{ ".hidden", SLU_E_INVALID, 1, "match nothing" },
	{ "a/.{name}", SLU_E_INVALID, 1, "match nothing" },
	{ "{name}.lock", SLU_E_INVALID, 1, "match nothing" },
	{ "-{name}", SLU_E_INVALID, 1, "match nothing" },
	{ "@", SLU_E_INVALID, 1, "match nothing" },
	{ "HEAD", SLU_E_INVALID, 1, "match nothing" },
	{ "ends.", SLU_E_INVALID, 1, "match nothing" },
};

T_TEST(bad_patterns_are_refused_with_their_column)
{
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
		T_CASE("%s", bad_rows[i].pattern);
		strat_pattern *p = NULL;
		slu_err err = { 0 };
		T_RC(strat_pattern_compile(&p, a, slu_s(bad_rows[i].pattern), NULL, &err), bad_rows[i].rc);
		T_TRUE(p == NULL);
		T_EQ_INT(err.column, bad_rows[i].column);
		T_HAS(err.text, bad_rows[i].piece);
	}
}

T_TEST(a_long_pattern_is_refused)
{
	slu_auto_arena *a = slu_arena_new();
	char text[SLU_MAX_PATTERN_BYTES + 2];
	memset(text, 'a', sizeof text);
	strat_pattern *p = NULL;
	T_RC(strat_pattern_compile(&p, a, (slu_str){ text, SLU_MAX_PATTERN_BYTES + 1 }, NULL, NULL), SLU_E_LIMIT);
	slu_err err = { 0 };
	T_OK(strat_pattern_compile(&p, a, (slu_str){ text, SLU_MAX_PATTERN_BYTES - 1 }, NULL, &err), err);
	slu_str many[400];
	for (size_t i = 0; i < 400; i++)
		many[i] = slu_s(slu_printf(a, "phase-number-%zu", i));
	T_RC(strat_pattern_compile(&p, a, SLU_STR("x/{phase}"), &(struct strat_pattern_words){ many, 400, NULL, 0 }, &err), SLU_E_LIMIT);
	T_HAS(err.text, "too long");
}

static const struct {
	const char *p, *q, *shared;
	bool p_in_q, q_in_p;
} pair_rows[] = {
	{ "main", "main", "main", true, true },
	{ "main", "master", NULL, false, false },
	{ "feature/*", "feature/{name}", "feature/a", true, true }, /* of names that Git accepts */
	{ "feature/{name}", "feature/**", "feature/a", true, false },
	{ "feature/**", "**", "feature/a", true, false },
	{ "*/b", "a/*", "a/b", false, false },
	{ "hotfix/critical-{name}", "hotfix/v1-critical-{name}", NULL, false, false },
	{ "hotfix/{name}", "hotfix/v{major}.{minor}-{name}", "hotfix/v0.0-a", false, true },
	{ "v{version}", "v*.*.*", "v0.0.0", true, false },
	{ "v{version}", "v{version}-{pre}.{n}", NULL, false, false },
	{ "v{version}-{pre}", "v{version}-ecosystem", NULL, false, false },
	{ "v{version}-{name}", "v{version}-{pre}", "v0.0.0-rc", false, true },
	{ "v{version}", "v{major}.{minor}.{patch}", "v0.0.0", true, true },
	{ "{tag}.l*", "*ock", "a.laock", false, false }, /* not a.lock */
	{ "feature/{phase}-{name}", "feature/phase1-{name}", "feature/phase1-a", false, true },
	{ "release/v{version}-candidate", "release/{name}", "release/v0.0.0-candidate", true, false },
};

T_TEST(overlap_and_inclusion)
{
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof pair_rows / sizeof *pair_rows; i++) {
		T_CASE("%s and %s", pair_rows[i].p, pair_rows[i].q);
		strat_pattern *p = pat(a, pair_rows[i].p, &words), *q = pat(a, pair_rows[i].q, &words);
		char *shared = NULL;
		bool in = false;
		slu_err err = { 0 };
		T_OK(strat_pattern_overlap(&shared, a, p, q, &err), err);
		T_EQ_STR(shared, pair_rows[i].shared);
		T_OK(strat_pattern_within(&in, a, p, q, &err), err);
		T_EQ_INT(in, pair_rows[i].p_in_q);
		T_OK(strat_pattern_within(&in, a, q, p, &err), err);
		T_EQ_INT(in, pair_rows[i].q_in_p);
	}
}

static const char *const oracle_rows[] = { "a", "b*", "*", "**", "a/*", "*/b", "a**", "**/b", "*a*", "{name}", "a{name}", "{name}b", "a/{name}", "{name}/{tag}", "*.b", "a.*", "**.a", "{pre}", "@*", "*@{name}" };
static const char alphabet[] = "ab/.@";

/* Every word of at most six letters, asked one by one: what the automata say of overlap must be what the words say. */
T_TEST(overlap_agrees_with_all_short_words)
{
	enum { N = sizeof oracle_rows / sizeof *oracle_rows, LONGEST = 6 };
	slu_auto_arena *a = slu_arena_new();
	strat_pattern *p[N];
	for (size_t i = 0; i < N; i++)
		p[i] = pat(a, oracle_rows[i], NULL);
	static size_t shortest[N][N];
	static bool outside[N][N];
	memset(shortest, 0, sizeof shortest);
	memset(outside, 0, sizeof outside);
	for (size_t len = 1; len <= LONGEST; len++) {
		size_t count = 1;
		for (size_t i = 0; i < len; i++)
			count *= sizeof alphabet - 1;
		for (size_t w = 0; w < count; w++) {
			char word[LONGEST];
			bool in[N];
			for (size_t i = 0, v = w; i < len; i++, v /= sizeof alphabet - 1)
				word[i] = alphabet[v % (sizeof alphabet - 1)];
			slu_str name = { word, len };
			if (!strat_ref_name_ok(name))
				continue;
			for (size_t i = 0; i < N; i++)
				in[i] = strat_pattern_match(p[i], name, NULL);
			for (size_t i = 0; i < N; i++)
				for (size_t k = 0; k < N && in[i]; k++) {
					if (in[k] && !shortest[i][k])
						shortest[i][k] = len;
					if (!in[k])
						outside[i][k] = true;
				}
		}
	}
	for (size_t i = 0; i < N; i++)
		for (size_t k = 0; k < N; k++) {
			T_CASE("%s and %s", oracle_rows[i], oracle_rows[k]);
			char *shared = NULL;
			bool in = false;
			slu_err err = { 0 };
			T_OK(strat_pattern_overlap(&shared, a, p[i], p[k], &err), err);
			T_OK(strat_pattern_within(&in, a, p[i], p[k], &err), err);
			/* {name} may use bytes that are not in the short alphabet, never shorter ones */
			T_EQ_INT(shared ? strlen(shared) : 0, shortest[i][k]);
			T_TRUE(!shared || (strat_pattern_match(p[i], slu_s(shared), NULL) && strat_pattern_match(p[k], slu_s(shared), NULL) && strat_ref_name_ok(slu_s(shared))));
			if (outside[i][k])
				T_FALSE(in);
			if (in)
				T_FALSE(outside[i][k]);
		}
}

static const struct {
	const char *pattern, *version, *name, *made, *error;
} make_rows[] = {
	{ "release/v{version}", "2.1.0", NULL, "release/v2.1.0", NULL },
	{ "support/v{major}.{minor}", "2.1.0", NULL, "support/v2.1", NULL },
	{ "feature/{name}", NULL, "login", "feature/login", NULL },
	{ "feature/{name}", NULL, NULL, NULL, "needs {name}" },
	{ "feature/{name}", NULL, "a/b", NULL, "does not fit {name}" },
	{ "feature/{name}", NULL, "a..b", NULL, "Git does not accept" },
	{ "feature/{name}", NULL, "a.lock", NULL, "Git does not accept" },
	{ "release/v{version}", "2.1", NULL, NULL, "does not fit {version}" },
	{ "feature/*", NULL, "a", NULL, "has a \"*\"" },
};

T_TEST(names_are_made)
{
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof make_rows / sizeof *make_rows; i++) {
		T_CASE("%s", make_rows[i].pattern);
		struct strat_captures caps = { 0 };
		caps.v[STRAT_CAP_VERSION] = slu_s(make_rows[i].version);
		caps.v[STRAT_CAP_NAME] = slu_s(make_rows[i].name);
		char *made = NULL;
		slu_err err = { 0 };
		slu_rc rc = strat_pattern_make(&made, a, pat(a, make_rows[i].pattern, NULL), &caps, &err);
		T_EQ_STR(made, make_rows[i].made);
		T_EQ_INT(rc, make_rows[i].made ? SLU_OK : SLU_E_INVALID);
		if (make_rows[i].error)
			T_HAS(err.text, make_rows[i].error);
	}
}

T_TEST(names_that_git_refuses)
{
	static const char *const good[] = { "main", "a/b", "a./b", "a@b", "v1.0.0", "x.lockx", "a-b" };
	static const char *const bad[] = { "", "/a", "a/", "a//b", ".a", "a/.b", "a..b", "a.", "a.lock", "a.lock/b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "a@{b", "@", "-a", "HEAD", "a\tb", "a\x7f" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		T_CASE("%s", good[i]);
		T_TRUE(strat_ref_name_ok(slu_s(good[i])));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		T_CASE("%s", bad[i]);
		T_FALSE(strat_ref_name_ok(slu_s(bad[i])));
	}
}
