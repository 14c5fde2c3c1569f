/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/records.h"

#include <jansson.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = 80 };

const char *cmd_opt(const struct cmd_ctx *c, const char *name)
{
	for (size_t i = c->given.n; i > 0; i--)
		if (strcmp(c->given.v[i - 1].opt->name, name) == 0)
			return c->given.v[i - 1].value;
	return NULL;
}

bool cmd_has(const struct cmd_ctx *c, const char *name)
{
	return cmd_opt(c, name) != NULL;
}

const char *cmd_opt_at(const struct cmd_ctx *c, const char *name, size_t i)
{
	for (size_t k = 0; k < c->given.n; k++)
		if (strcmp(c->given.v[k].opt->name, name) == 0 && i-- == 0)
			return c->given.v[k].value;
	return NULL;
}

int cmd_fail(struct cmd_ctx *c, const slu_err *err)
{
	char place[SLU_ERR_FILE + 32] = "";
	if (err->file[0] && err->line && err->column)
		(void)snprintf(place, sizeof place, "%s:%u:%u: ", err->file, err->line, err->column);
	else if (err->file[0] && err->line)
		(void)snprintf(place, sizeof place, "%s:%u: ", err->file, err->line);
	else if (err->file[0])
		(void)snprintf(place, sizeof place, "%s: ", err->file);
	(void)fflush(c->out); /* what was said before comes first, also where both are one file */
	/* it may quote what strangers wrote: line by line as a terminal can take it */
	slu_auto_buf b;
	slu_buf_init(&b, 4 * SLU_ERR_TEXT + sizeof place);
	slu_buf_addf(&b, "%s%s", place, err->text[0] ? err->text : slu_rc_word(err->code));
	slu_str rest = slu_buf_str(&b), line;
	slu_auto_buf shown;
	slu_buf_init(&shown, 4 * (SLU_ERR_TEXT + sizeof place));
	while (slu_str_split(&rest, '\n', &line)) {
		cmd_shown(&shown, line);
		slu_buf_addc(&shown, '\n');
	}
	(void)fprintf(c->err, "sluice: %.*s", SLU_FMT(slu_buf_str(&shown)));
	int code = slu_rc_exit(err->code);
	return code ? code : 7;
}

int cmd_usage(struct cmd_ctx *c, const char *fmt, ...)
{
	char text[SLU_ERR_TEXT]; /* a word may be of any length */
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	bool cut = n < 0 || (size_t)n >= sizeof text;
	slu_str shown = slu_utf8_cut(slu_s(text), sizeof text, cut);
	(void)fprintf(c->err, "sluice: %.*s%s", SLU_FMT(shown), cut ? "…" : "");
	(void)fprintf(c->err, "\nMore: sluice %s --help\n", c->desc->name);
	return 2;
}

void cmd_say(struct cmd_ctx *c, const char *fmt, ...)
{
	va_list ap;
	if (c->quiet)
		return;
	(void)fflush(c->out);
	va_start(ap, fmt);
	(void)vfprintf(c->err, fmt, ap);
	va_end(ap);
	(void)fprintf(c->err, "\n");
}

int cmd_put(struct cmd_ctx *c, const slu_buf *b)
{
	if (!b->over && fwrite(b->p ? b->p : "", 1, b->n, c->out) == b->n)
		return 0;
	(void)fprintf(c->err, "sluice: the answer could not be written%s.\n", b->over ? ": it is too large" : "");
	return 5;
}

int cmd_put_json(struct cmd_ctx *c, const json_t *j)
{
	if (json_dumpf(j, c->out, JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_PRESERVE_ORDER) == 0 && fputc('\n', c->out) != EOF)
		return 0;
	(void)fprintf(c->err, "sluice: the answer could not be written.\n");
	return 5;
}

slu_rc cmd_libexec(struct cmd_ctx *c, const char *name, const char **out, slu_err *err)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n <= 0)
		return slu_fail(err, SLU_E_INTERNAL, "The path of this program cannot be told from /proc/self/exe.");
	exe[n] = 0;
	char *slash = strrchr(exe, '/');
	if (slash)
		*slash = 0;
	const char *const places[] = { "libexec", "../libexec", "../libexec/sluice" };
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		const char *path = slu_printf(c->a, "%s/%s/%s", exe, places[i], name);
		if (access(path, X_OK) == 0) {
			*out = path;
			return SLU_OK;
		}
	}
	return slu_fail(err, SLU_E_NOT_FOUND, "%s/libexec/%s is not there: sluice needs it beside itself. `make build` leaves both.", exe, name);
}

static const json_t *at_key(const json_t *j, const char *key)
{
	slu_str rest = slu_s(key), part;
	while (j && slu_str_split(&rest, '.', &part))
		j = json_object_getn(j, part.p, part.n);
	return j;
}

const char *cmd_j_str(const json_t *j, const char *key)
{
	const char *s = json_string_value(at_key(j, key));
	return s ? s : "";
}

int64_t cmd_j_int(const json_t *j, const char *key)
{
	return (int64_t)json_integer_value(at_key(j, key));
}

bool cmd_j_bool(const json_t *j, const char *key)
{
	return json_is_true(at_key(j, key));
}

void cmd_wrapped(FILE *to, slu_str text, size_t at)
{
	size_t column = at;
	while (text.n) {
		size_t n = 0;
		while (n < text.n && text.p[n] != ' ' && text.p[n] != '\n')
			n++;
		size_t wide = slu_utf8_count((slu_str){ text.p, n });
		if (n && column > at && column + 1 + wide > COLUMNS) {
			(void)fprintf(to, "\n%*s", (int)at, "");
			column = at;
		}
		if (n)
			(void)fprintf(to, "%s%.*s", column > at ? " " : "", (int)n, text.p);
		column += n ? wide + (column > at) : 0;
		n += n < text.n;
		text = (slu_str){ text.p + n, text.n - n };
	}
	(void)fputc('\n', to);
}

const char *cmd_ref_name(const char *ref)
{
	return ref + (strncmp(ref, "refs/heads/", 11) == 0 ? 11 : strncmp(ref, "refs/tags/", 10) == 0 ? 10 : 0);
}

const char *cmd_count(struct cmd_ctx *c, size_t n, const char *one, const char *many)
{
	return slu_printf(c->a, "%zu %s", n, n == 1 ? one : many);
}
