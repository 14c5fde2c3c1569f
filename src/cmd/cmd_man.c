/* SPDX-License-Identifier: Apache-2.0 */
/** sluice man: manual pages, made from the table of commands. */
#include "cmd/parse.h"

#include "base/utf8.h"
#include "cmd_registry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PAGE_MAX = 1024 * 1024 };

/* ---- roff ---------------------------------------------------------------------------------------------------------------- */

/* What roff would take for something else. */
static const char *roff_name(char c)
{
	static const struct { char c; const char *name; } names[] = { { '\\', "\\e" }, { '-', "\\-" }, { '\'', "\\(aq" }, { '`', "\\(ga" }, { '^', "\\(ha" }, { '~', "\\(ti" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].c == c)
			return names[i].name;
	return NULL;
}

/* A line begins neither with a dot nor an apostrophe, and what is not ASCII is named. */
static void add_text(slu_buf *out, slu_str text)
{
	while (text.n) {
		uint32_t cp = 0;
		size_t n = slu_utf8_next(text, &cp);
		bool begins = out->n == 0 || out->p[out->n - 1] == '\n';
		const char *name = roff_name(text.p[0]);
		if (begins && (text.p[0] == '.' || text.p[0] == '\''))
			slu_buf_adds(out, "\\&");
		if (n > 1)
			slu_buf_addf(out, "\\[u%04X]", (unsigned)cp);
		else if (name)
			slu_buf_adds(out, name);
		else
			slu_buf_addc(out, text.p[0]);
		n = n ? n : 1;
		text = (slu_str){ text.p + n, text.n - n };
	}
}

static void add_z(slu_buf *out, const char *text)
{
	add_text(out, slu_s(text));
}

static void section(slu_buf *out, const char *name)
{
	slu_buf_addf(out, ".SH %s\n", name);
}

/* "sluice-change-open" */
static const char *page_name(struct cmd_ctx *c, const char *command)
{
	char *name = slu_printf(c->a, "sluice-%s", command);
	for (char *p = name; *p; p++)
		*p = *p == ' ' ? '-' : *p;
	return name;
}

static void head(slu_buf *out, const char *name, const char *summary)
{
	slu_buf_addf(out, ".\\\" Made by `sluice man`.\n.TH \"%s\" 1 \"\" \"sluice " SLUICE_VERSION "\" \"Manual of sluice\"\n.nh\n.ad l\n", name);
	section(out, "NAME");
	add_z(out, name);
	slu_buf_adds(out, " \\- ");
	add_z(out, summary);
	slu_buf_addc(out, '\n');
}

/* Paragraphs are parted by an empty line; what is indented stays as it is. */
static void paragraphs(slu_buf *out, const char *text)
{
	for (const char *p = text; *p;) {
		const char *end = strstr(p, "\n\n");
		slu_str part = { p, end ? (size_t)(end - p) : strlen(p) };
		bool kept = part.n && part.p[0] == ' ';
		slu_buf_adds(out, kept ? ".PP\n.nf\n" : ".PP\n");
		add_text(out, part);
		slu_buf_adds(out, kept ? "\n.fi\n" : "\n");
		p += part.n;
		p += strspn(p, "\n");
	}
}

/* ---- a command ------------------------------------------------------------------------------------------------------------ */

static void option(slu_buf *out, const struct cmd_opt *o)
{
	slu_buf_adds(out, ".TP\n");
	if (o->letter)
		slu_buf_addf(out, "\\fB\\-%c\\fR, ", o->letter);
	slu_buf_adds(out, "\\fB\\-\\-");
	add_z(out, o->name);
	slu_buf_adds(out, "\\fR");
	if (o->arg) {
		slu_buf_adds(out, " \\fI");
		add_z(out, o->arg);
		slu_buf_adds(out, "\\fR");
	}
	slu_buf_addc(out, '\n');
	add_z(out, o->help);
	slu_buf_adds(out, o->flags & CMD_REQUIRED ? " (needed)" : "");
	slu_buf_adds(out, o->flags & CMD_REPEAT ? " (may be given several times)\n" : "\n");
}

static void options(slu_buf *out, const struct cmd_desc *d)
{
	section(out, "OPTIONS");
	for (const struct cmd_opt *o = d->opts; o && o->name; o++)
		option(out, o);
	for (const struct cmd_opt *o = cmd_common; o->name; o++)
		if (cmd_takes_common(d, o))
			option(out, o);
}

static void exits(slu_buf *out, const struct cmd_desc *d)
{
	section(out, "EXIT STATUS");
	for (unsigned code = 0; code < 16; code++)
		if (cmd_exits(d) & CMD_EXIT(code)) {
			slu_buf_addf(out, ".TP\n\\fB%u\\fR\n", code);
			add_z(out, cmd_exit_text(code));
			slu_buf_addc(out, '\n');
		}
}

static void synopsis(slu_buf *out, const struct cmd_desc *d)
{
	section(out, "SYNOPSIS");
	slu_buf_addf(out, ".B sluice %s\n", d->name);
	add_z(out, d->usage);
	for (const struct cmd_opt *o = d->opts; o && o->name; o++)
		if (o->flags & CMD_REQUIRED) {
			slu_buf_adds(out, " \\-\\-");
			add_z(out, o->name);
			slu_buf_addc(out, ' ');
			add_z(out, o->arg);
		}
	slu_buf_adds(out, *d->usage ? " [OPTIONS]\n" : "[OPTIONS]\n");
}

static void page(struct cmd_ctx *c, slu_buf *out, const struct cmd_desc *d)
{
	head(out, page_name(c, d->name), d->summary);
	synopsis(out, d);
	if (d->detail) {
		section(out, "DESCRIPTION");
		paragraphs(out, d->detail);
	}
	options(out, d);
	exits(out, d);
	section(out, "EXAMPLES");
	slu_buf_adds(out, ".nf\n");
	add_z(out, d->example);
	slu_buf_adds(out, "\n.fi\n");
	section(out, "SEE ALSO");
	slu_buf_adds(out, ".BR sluice (1)\n");
}

/* ---- all of them ---------------------------------------------------------------------------------------------------------- */

static void commands(struct cmd_ctx *c, slu_buf *out, enum cmd_group group)
{
	const char *title = cmd_group_title(group);
	for (size_t i = 0; cmd_registry[i]; i++) {
		const struct cmd_desc *d = cmd_registry[i];
		if (d->group != group || (d->flags & CMD_HIDDEN))
			continue;
		if (title) {
			slu_buf_adds(out, ".SS ");
			add_z(out, title);
			slu_buf_addc(out, '\n');
		}
		title = NULL;
		slu_buf_addf(out, ".TP\n.BR %s (1)\n", page_name(c, d->name));
		add_z(out, d->summary);
		slu_buf_addc(out, '\n');
	}
}

static void overview(struct cmd_ctx *c, slu_buf *out)
{
	static const struct { const char *name, *text; } variables[] = {
		{ "SLUICE_HOME", "the server home on this machine that commands act on" }, { "SLUICE_SERVER", "the address of a server" }, { "SLUICE_TOKEN", "the token that commands show it" },
		{ "SLUICE", "0: go past the hooks of a clone once" }, { "NO_COLOR", "no colours, whatever it says" },
	};
	head(out, "sluice", "your branching and release strategy, written once and carried out");
	section(out, "SYNOPSIS");
	slu_buf_adds(out, ".B sluice\nCOMMAND [WORDS] [OPTIONS]\n.br\n.B git sluice\nCOMMAND [WORDS] [OPTIONS]\n");
	section(out, "COMMANDS");
	for (int g = CMD_G_START; g <= CMD_G_OTHER; g++)
		commands(c, out, (enum cmd_group)g);
	section(out, "ENVIRONMENT");
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		slu_buf_addf(out, ".TP\n.B %s\n%s\n", variables[i].name, variables[i].text);
	section(out, "FILES");
	slu_buf_adds(out, ".TP\n.I .sluice/strategy.yml\nthe strategy; the copy on the default branch is in force\n");
}

/* ---- the command ---------------------------------------------------------------------------------------------------------- */

static int write_page(struct cmd_ctx *c, const char *name, const slu_buf *b)
{
	const char *path = slu_printf(c->a, "%s/%s.1", cmd_opt(c, "into"), name);
	slu_err err = { 0 };
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	bool fine = fd >= 0 && !b->over && write(fd, b->p, b->n) == (ssize_t)b->n;
	int why = errno;
	fine = (fd < 0 || close(fd) == 0) && fine;
	if (fine)
		return 0;
	(void)!slu_fail(&err, SLU_E_IO, "%s cannot be written: %s.", path, strerror(why));
	return cmd_fail(c, &err);
}

static int write_all(struct cmd_ctx *c)
{
	slu_auto_buf b;
	slu_buf_init(&b, PAGE_MAX);
	overview(c, &b);
	int code = write_page(c, "sluice", &b);
	slu_buf_clear(&b);
	slu_buf_adds(&b, ".so man1/sluice.1\n");
	if (code == 0)
		code = write_page(c, "git-sluice", &b);
	for (size_t i = 0; cmd_registry[i] && code == 0; i++) {
		if (cmd_registry[i]->flags & CMD_HIDDEN)
			continue;
		slu_buf_clear(&b);
		page(c, &b, cmd_registry[i]);
		code = write_page(c, page_name(c, cmd_registry[i]->name), &b);
	}
	return code;
}

static int man(struct cmd_ctx *c)
{
	size_t words = 0;
	const struct cmd_desc *d = cmd_find(c->arg, c->arg_n, &words);
	if (cmd_has(c, "into"))
		return c->arg_n ? cmd_usage(c, "--into writes all pages: name no command.") : write_all(c);
	if (c->arg_n && (!d || words != c->arg_n))
		return cmd_unknown(c->err, c->arg, c->arg_n);
	slu_auto_buf b;
	slu_buf_init(&b, PAGE_MAX);
	if (d)
		page(c, &b, d);
	else
		overview(c, &b);
	return cmd_put(c, &b);
}

static const struct cmd_opt man_options[] = {
	{ "into", 'i', "DIR", "write the pages of all commands there", CMD_PATH, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_man = {
	.name = "man", .summary = "The manual page of a command", .usage = "[COMMAND…]", .group = CMD_G_OTHER, .flags = CMD_NO_FORMAT, .args_max = 3, .opts = man_options, .run = man,
	.detail = "What `--help` says, for man(1). `make install` puts all pages where man looks for them.",
	.example = "sluice man check | man -l -\n"
	           "sluice man --into /usr/local/share/man/man1",
	.exits = CMD_EXIT(5),
};
