/* SPDX-License-Identifier: Apache-2.0 */
/* The files of test/strategy say in comments what the reader says of them. Requirement: BR-2, BR-3, GT-1, GT-2, GT-3, PR-1, PR-3 */
#include "strategy/strat.h"

#include <dirent.h>
#include <stdlib.h>

#include "t.h"

static slu_str read_file(slu_arena *a, const char *path)
{
	FILE *f = fopen(path, "rbe");
	if (!f)
		T_FAIL("%s cannot be read", path);
	char *text = slu_alloc(a, 1 << 20);
	size_t n = fread(text, 1, 1 << 20, f);
	(void)fclose(f);
	return (slu_str){ text, n };
}

static const char *folder(slu_arena *a)
{
	const char *top = getenv("TOP");
	return slu_printf(a, "%s/test/strategy", top ? top : ".");
}

struct want {
	uint32_t line, column;
	bool warning, met;
	slu_str piece;
};
typedef SLU_LIST(struct want) wants;

/* "# error 12: PIECE # warning: PIECE" */
static void read_wants(slu_arena *a, wants *w, slu_str line, uint32_t number)
{
	for (char *at = slu_str_dup(a, line); (at = strstr(at, "# ")) != NULL;) {
		at += 2;
		bool warning = strncmp(at, "warning", 7) == 0;
		if (!warning && strncmp(at, "error", 5) != 0)
			continue;
		char *piece = strstr(at, ": ");
		T_TRUE(piece != NULL);
		struct want *one = SLU_ADD(a, w);
		*one = (struct want){ .line = number, .warning = warning, .column = (uint32_t)strtoul(at + (warning ? 7 : 5), NULL, 10) };
		char *end = strstr(piece, " # ");
		one->piece = (slu_str){ piece + 2, end ? (size_t)(end - piece) - 2 : strlen(piece + 2) };
	}
}

static bool meets(slu_arena *a, const struct strat_issue *is, struct want *w)
{
	if (w->met || w->line != is->pos.line || w->warning != is->warning || (w->column && w->column != is->pos.column) || !strstr(is->text, slu_str_dup(a, w->piece)))
		return false;
	w->met = true;
	return true;
}

static void check_file(slu_arena *a, const char *path)
{
	slu_str text = read_file(a, path), rest = text, line;
	wants w = { 0 };
	for (uint32_t n = 1; slu_str_split(&rest, '\n', &line); n++)
		read_wants(a, &w, line, n);
	const strat *s = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	bool errors = false;
	slu_rc rc = strat_compile(&s, &issues, a, text, path, NULL, NULL, &err);
	for (size_t i = 0; i < issues.n; i++) {
		bool met = false;
		for (size_t k = 0; k < w.n && !met; k++)
			met = meets(a, &issues.v[i], &w.v[k]);
		if (!met)
			T_FAIL("%s:%u:%u: nobody expects: %s", path, issues.v[i].pos.line, issues.v[i].pos.column, issues.v[i].text);
		T_TRUE(i == 0 || issues.v[i].pos.line >= issues.v[i - 1].pos.line);
		errors = errors || !issues.v[i].warning;
	}
	for (size_t k = 0; k < w.n; k++)
		if (!w.v[k].met)
			T_FAIL("%s:%u:%u: nobody says: %.*s", path, w.v[k].line, w.v[k].column, SLU_FMT(w.v[k].piece));
	T_EQ_INT(rc, errors ? SLU_E_STRATEGY : SLU_OK);
	T_EQ_INT(s == NULL, errors);
	if (errors)
		T_TRUE(err.line > 0 && err.text[0]);
}

T_TEST(every_file_says_what_its_comments_say)
{
	slu_auto_arena *a = slu_arena_new();
	const char *dir = folder(a);
	DIR *d = opendir(dir);
	T_TRUE(d != NULL);
	size_t seen = 0;
	for (struct dirent *e; (e = readdir(d));) {
		if (!slu_str_ends(slu_s(e->d_name), ".yml"))
			continue;
		seen++;
		T_CASE("%s", e->d_name);
		check_file(a, slu_printf(a, "%s/%s", dir, e->d_name));
	}
	(void)closedir(d);
	T_TRUE(seen >= 8);
}
