/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are made to hurt: each gets a clear error in bounded time, or is read. All of them together take seconds; one that an
 * exponential reader met would not end in the time that tools/test gives a test. Requirement: PR-6
 */
#include "base/limits.h"
#include "strategy/strat.h"

#include "t.h"

/* prefix, then `unit` so often (with %zu standing for the number), then suffix */
struct hostile {
	const char *name, *prefix, *unit, *suffix;
	size_t times;
	const char *piece; /* of some error; NULL: it is read */
};

#define HEAD "strategy: 1\n"
#define MAIN "branches: {main: {type: production}}\n"
static const struct hostile rows[] = {
	{ "deep lists", HEAD "x: ", "[", "", 100000, "nested more than 24 deep" },
	{ "deep maps", HEAD "x: ", "{a: ", "", 60000, "nested more than 24 deep" },
	{ "deep dashes", HEAD "x:\n  ", "- ", "a", 100000, "nested more than 24 deep" },
	{ "deep keys", "", "? ", "", 100000, "A key must be a word" },
	{ "a bomb of aliases", HEAD "a: &a [x, x]\n", "b%zu: [*a, *a, *a, *a, *a, *a, *a, *a]\n", "", 5000, "an alias" },
	{ "36,000 equal keys", HEAD, "k: 1\n", "", 36000, "stands here a second time" },
	{ "many keys in a block", HEAD, "k%zu: 1\n", "", 22000, "has no key \"k0\"" },
	{ "many keys in a flow", HEAD "files: {", "k%zu: 1, ", "z: 1}\n", 20000, "files has no key" },
	{ "many kinds", HEAD "branches:\n", "  b%zu: {type: work}\n", "", 11000, "at most 500 are allowed" },
	{ "many patterns", HEAD "branches:\n  main: {type: production}\n", "  b%zu: {type: work, base: main, match: \"b%zu/{name}\"}\n", "", 490, "more than 256 patterns" },
	{ "intricate patterns", HEAD "branches:\n  main: {type: production}\n", "  b%zu: {type: work, base: main, match: \"**a**b**c**d**e**f**g**h**i**j**k**%zu\"}\n", "", 200, "too intricate" },
	{ "many people", HEAD "branches: {main: {type: production, allow: {push: [", "\"@p%zu\", ", "admin]}}}\n", 18000, NULL },
	{ "many wrong names", HEAD "branches: {main: {type: production, allow: {push: [", "p%zu, ", "admin]}}}\n", 20000, "names the role \"p0\"" },
	{ "many expressions", HEAD MAIN "metrics: {m: {}}\ntags: {a: {match: \"a**{name}**\"}}\ngates: {g: {metrics: [", "m < 1%% against z%zu, ", "m < 1%]}}\n", 9000, "neither a branch kind" },
	{ "a long text", HEAD MAIN "title: ", "x", "\n", 250000, NULL },
	{ "a long key", HEAD MAIN, "x", ": 1\n", 5000, "has no key" },
	{ "a long name", HEAD MAIN "name: ", "x", "\n", 5000, "name must be a name" },
	{ "a long pattern", HEAD "branches: {main: {type: production, match: ", "x", "}}\n", 5000, "at most 256 bytes" },
	{ "too long", "# ", "x", "\n", 262144, "at most 256 KiB" },
	{ "a mass of empty lists", HEAD MAIN "secrets: [", "[], ", "A]\n", 60000, "must be a name" },
	{ "steps", HEAD MAIN "environments: {p: {from: main, via: {run: x}, rollout: {steps: [", "{weight: 1%%}, ", "{weight: 100%}]}}}\n", 12000, "is not more than" },
};

static slu_str spell(slu_arena *a, const struct hostile *h)
{
	size_t size = strlen(h->prefix) + strlen(h->suffix) + h->times * (strlen(h->unit) + 40) + 1, n = 0;
	char *text = slu_alloc(a, size);
	n += (size_t)snprintf(text, size, "%s", h->prefix);
	bool counted = strchr(h->unit, '%') != NULL;
	for (size_t i = 0; i < h->times; i++) {
		if (!counted) {
			memcpy(text + n, h->unit, strlen(h->unit));
			n += strlen(h->unit);
			continue;
		}
		for (const char *u = h->unit; *u; u++) {
			if (strncmp(u, "%zu", 3) == 0) {
				n += (size_t)snprintf(text + n, size - n, "%zu", i);
				u += 2;
			} else {
				text[n++] = *u;
				u += strncmp(u, "%%", 2) == 0;
			}
		}
	}
	memcpy(text + n, h->suffix, strlen(h->suffix));
	return (slu_str){ text, n + strlen(h->suffix) };
}

static bool said(const strat_issues *issues, const char *piece)
{
	for (size_t i = 0; i < issues->n; i++)
		if (strstr(issues->v[i].text, piece))
			return true;
	return false;
}

static void look_at(slu_arena *a, slu_str text, const char *piece)
{
	const strat *s = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	slu_rc rc = strat_compile(&s, &issues, a, text, "hostile.yml", NULL, NULL, &err);
	T_TRUE(issues.n <= SLU_MAX_STRATEGY_ERRORS);
	if (!piece) {
		T_OK(rc, err);
		return;
	}
	T_EQ_INT(rc, SLU_E_STRATEGY);
	T_TRUE(s == NULL);
	if (!said(&issues, piece))
		T_FAIL("nobody says \"%s\"; the first error is: %s", piece, issues.n ? issues.v[0].text : "(none)");
}

T_TEST(large_and_deep_files_end_soon)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		slu_auto_arena *a = slu_arena_new();
		T_CASE("%s", rows[i].name);
		look_at(a, spell(a, &rows[i]), rows[i].piece);
	}
}

#define BYTES(s) { s, sizeof(s) - 1 }
static const struct {
	const char *name;
	slu_str text;
	const char *piece;
} bytes[] = {
	{ "nothing", BYTES(""), "is empty" },
	{ "blanks", BYTES("  \n\n"), "is empty" },
	{ "only a comment", BYTES("# strategy: 1\n"), "is a map of sections" },
	{ "a list", BYTES("- strategy: 1\n"), "is a map of sections" },
	{ "a word", BYTES("strategy"), "is a map of sections" },
	{ "NUL", BYTES("strategy: 1\nname: a\0b\n"), "U+0000" },
	{ "NUL by an escape", BYTES(HEAD MAIN "title: \"a\\0b\"\n"), "must not hold control characters" },
	{ "a terminal's escape", BYTES(HEAD MAIN "title: \"\\e[31m\"\n"), "must not hold control characters" },
	{ "a raw escape", BYTES(HEAD MAIN "title: \"\x1b[31m\"\n"), "U+001B" },
	{ "right to left", BYTES(HEAD MAIN "title: a\xe2\x80\xae" "b\n"), "U+202E" },
	{ "invalid UTF-8", BYTES(HEAD "name: \xff\n"), "0xff is not valid UTF-8" },
	{ "overlong UTF-8", BYTES(HEAD "name: \xc0\xaf\n"), "0xc0 is not valid UTF-8" },
	{ "UTF-16", BYTES("\xff\xfes\0t\0"), "UTF-16" },
	{ "carriage returns alone", BYTES("strategy: 1\rname: x\r"), "carriage return" },
	{ "lines that end with CR LF", BYTES("strategy: 1\r\nbranches:\r\n  main: {type: production}\r\n"), NULL },
	{ "a byte-order mark", BYTES("\xef\xbb\xbf" HEAD MAIN), NULL },
	{ "no end of the last line", BYTES(HEAD "branches: {main: {type: production}}"), NULL },
	{ "two documents", BYTES(HEAD MAIN "---\nstrategy: 1\n"), "one YAML document" },
	{ "YAML 1.1", BYTES("%YAML 1.1\n---\n" HEAD MAIN), "no YAML directives" },
	{ "a tag directive", BYTES("%TAG ! tag:example.org,2000:\n---\n" HEAD MAIN), "no YAML directives" },
	{ "a list for a key", BYTES(HEAD MAIN "? [a]\n: b\n"), "A key must be a word" },
	{ "a pattern without quotes", BYTES(HEAD "branches: {main: {type: production}, f: {match: feature/{name}, type: work}}\n"), "must be quoted inside" },
	{ "@ without quotes", BYTES(HEAD MAIN "roles: {a: {level: read, members: [@ann]}}\n"), "must be quoted: \"@ann\"" },
	{ "* without quotes", BYTES(HEAD MAIN "files: {forbid: *.env}\n"), "must be quoted: \"*.env\"" },
	{ "& without quotes", BYTES(HEAD MAIN "title: &x y\n"), "must be quoted: \"&x\"" },
	{ "! without quotes", BYTES(HEAD MAIN "title: !x y\n"), "must be quoted: \"!x\"" },
	{ "a merge key", BYTES(HEAD "branches: {<<: {type: work}, main: {type: production}}\n"), "is no key for branches" },
	{ "a tab for indentation", BYTES(HEAD "branches:\n\tmain: {type: production}\n"), "not valid YAML" },
	{ "an open brace", BYTES(HEAD "branches: {main: {type: production}\n"), "not valid YAML" },
	{ "another version", BYTES("strategy: 2\n" MAIN), "must be 1" },
	{ "no version", BYTES(MAIN), "lacks the key \"strategy\"" },
	{ "no branches", BYTES(HEAD), "lacks the key \"branches\"" },
	{ "branches of nothing", BYTES(HEAD "branches: {}\n"), "There is no kind of branch" },
	{ "null for a section", BYTES(HEAD MAIN "tags:\n"), "\"tags\" has no value" },
};

T_TEST(odd_bytes_and_odd_yaml)
{
	for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
		slu_auto_arena *a = slu_arena_new();
		T_CASE("%s", bytes[i].name);
		look_at(a, bytes[i].text, bytes[i].piece);
	}
}

/* Every place in a file may be its end, and every byte another one: no reading may crash. */
T_TEST(a_file_cut_off_or_changed_anywhere)
{
	static const char text[] = HEAD "branches:\n  main: {type: production, require: {approvals: {any: 2}, checks: [t]}}\n  f: {match: \"f/{name}\", type: work, base: main}\n"
					"checks: {t: {on: {change: main}, timeout: 1h}}\nfiles: {forbid: [\".env.*\", a/], max-size: 5MB}\n";
	static const char others[] = "{}[]:,\"'*&!@#-?|>\n\t \xff\0";
	for (size_t i = 0; i < sizeof text - 1; i++) {
		slu_auto_arena *a = slu_arena_new();
		const strat *s = NULL;
		strat_issues issues = { 0 };
		(void)!(strat_compile(&s, &issues, a, (slu_str){ text, i }, "cut.yml", NULL, NULL, NULL) == SLU_OK);
		char *changed = slu_strndup(a, text, sizeof text - 1);
		for (size_t k = 0; k < sizeof others; k++) {
			changed[i] = others[k];
			issues = (strat_issues){ 0 };
			s = NULL;
			slu_rc rc = strat_compile(&s, &issues, a, (slu_str){ changed, sizeof text - 1 }, "changed.yml", NULL, NULL, NULL);
			T_EQ_INT(rc == SLU_OK, s != NULL);
			T_TRUE(rc == SLU_OK || issues.n > 0);
		}
	}
}
