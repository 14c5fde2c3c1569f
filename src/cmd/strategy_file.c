/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/strategy_file.h"
#include "base/utf8.h"
#include "strategy/preset.h"

static slu_rc read_path(struct cmd_ctx *c, const char *path, slu_str *text, slu_err *err)
{
	slu_rc rc = cmd_read_file(c, path, 2u * SLU_MAX_STRATEGY_BYTES, text, err);
	if (rc != SLU_E_LIMIT)
		return rc;
	return slu_fail_at(err, SLU_E_STRATEGY, strcmp(path, "-") == 0 ? "standard input" : path, 1, 1, "A strategy file has at most %u KiB.", SLU_MAX_STRATEGY_BYTES / 1024);
}

/* A file of the same repository. What lies on a server is its business. */
static slu_rc load(void *ctx, slu_arena *a, slu_str what, slu_str *text, slu_err *err)
{
	struct cmd_ctx *c = ((void **)ctx)[0];
	struct cmd_strategy *f = ((void **)ctx)[1];
	slu_str rest = what, part;
	if (!f->top && cmd_worktree(c, &f->top, NULL) != SLU_OK) /* asked only now: it starts a process */
		f->top = ".";
	if (memchr(what.p, ':', what.n))
		return slu_fail(err, SLU_E_NOT_FOUND, "files of other repositories are known to the server only: sluice strategy check --repo OWNER/NAME");
	while (slu_str_split(&rest, '/', &part))
		if (slu_str_is(part, "..") || part.n == 0)
			return slu_fail(err, SLU_E_INVALID, "a path within the repository has no `..` and does not begin with `/`.");
	return read_path(c, slu_printf(a, "%s/%.*s", f->top, SLU_FMT(what)), text, err);
}

slu_rc cmd_strategy_read(struct cmd_ctx *c, struct cmd_strategy *f, const char *path, slu_err *err)
{
	*f = (struct cmd_strategy){ 0 };
	if (!path && cmd_worktree(c, &f->top, err) != SLU_OK) {
		(void)slu_err_context(err, "There is no FILE and no work tree to look for " CMD_STRATEGY_PATH " in");
		return SLU_E_NOT_FOUND;
	}
	f->file = !path ? CMD_STRATEGY_PATH : strcmp(path, "-") == 0 ? "standard input" : path;
	slu_rc rc = read_path(c, path ? path : slu_printf(c->a, "%s/%s", f->top, CMD_STRATEGY_PATH), &f->text, err);
	if (rc == SLU_E_NOT_FOUND && !path)
		return slu_fail(err, rc, "There is no " CMD_STRATEGY_PATH " in %s. `sluice init --preset gitflow` writes one.", f->top);
	SLU_TRY(rc);
	void *ctx[2] = { c, f };
	if (strat_compile(&f->strategy, &f->issues, c->a, f->text, f->file, load, ctx, &f->first) == SLU_E_INTERNAL) {
		*err = f->first;
		return SLU_E_INTERNAL;
	}
	return SLU_OK;
}

slu_str cmd_strategy_line(struct cmd_ctx *c, const struct cmd_strategy *f, const struct strat_pos *pos)
{
	slu_str text = { 0 }, line = { 0 };
	const struct strat_preset *preset = strncmp(pos->file, "preset:", 7) == 0 ? strat_preset_find(slu_s(pos->file + 7)) : NULL;
	void *ctx[2] = { c, (void *)(uintptr_t)f };
	if (preset)
		text = (slu_str){ preset->text, preset->size };
	else if (strcmp(pos->file, f->file) == 0)
		text = f->text;
	else if (load(ctx, c->a, slu_s(pos->file), &text, NULL) != SLU_OK)
		return line;
	for (uint32_t n = 0; n < pos->line; n++)
		if (!slu_str_split(&text, '\n', &line))
			return (slu_str){ 0 };
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* Text of a file for a terminal: whole characters, and no control byte that would move its cursor. */
static void put_safe(FILE *to, slu_str t)
{
	while (t.n) {
		uint32_t cp = 0;
		size_t n = slu_utf8_next(t, &cp);
		if (n == 0 || slu_utf8_is_control(cp) || slu_utf8_is_bidi(cp))
			(void)fputc('?', to);
		else
			(void)fwrite(t.p, 1, n, to);
		t = (slu_str){ t.p + (n ? n : 1), t.n - (n ? n : 1) };
	}
}

/* Back to where a character begins. */
static size_t boundary(slu_str line, size_t at)
{
	while (at > 0 && at < line.n && ((unsigned char)line.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static void print_source(struct cmd_ctx *c, FILE *to, const struct cmd_strategy *f, const struct strat_pos *pos)
{
	slu_str line = cmd_strategy_line(c, f, pos);
	if (!line.n)
		return;
	size_t before = pos->column > 1 ? pos->column - 1 : 0;
	before = boundary(line, before > line.n ? line.n : before);
	/* a long line is shown around the place */
	size_t from = before > 50 ? boundary(line, before - 34) : 0, end = line.n - from > 68 ? boundary(line, from + 68) : line.n;
	(void)fprintf(to, "  %5u | %s", pos->line, from ? "…" : "");
	put_safe(to, (slu_str){ line.p + from, end - from });
	(void)fprintf(to, "%s\n        | %s", end < line.n ? "…" : "", from ? " " : "");
	for (size_t i = slu_utf8_count((slu_str){ line.p + from, before - from }); i > 0; i--)
		(void)fputc(' ', to);
	(void)fputs("^\n", to);
}

void cmd_strategy_issues(struct cmd_ctx *c, FILE *to, const struct cmd_strategy *f)
{
	for (size_t i = 0; i < f->issues.n; i++) {
		const struct strat_issue *is = &f->issues.v[i];
		(void)fprintf(to, "%s:%u:%u: %s%s\n", is->pos.file, is->pos.line, is->pos.column, is->warning ? "warning: " : "", is->text);
		print_source(c, to, f, &is->pos);
	}
}
