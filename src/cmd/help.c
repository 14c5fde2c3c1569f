/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/parse.h"

#include "base/utf8.h"
#include "cmd_registry.h"

#include <string.h>

enum { NAME_WIDTH = 20, STEP_WIDTH = 30, OPTION_WIDTH = 26 };

static const struct {
	enum cmd_group group;
	const char *title;
} groups[] = {
	{ CMD_G_START, "Begin" },
	{ CMD_G_STRATEGY, "The strategy: what it says, and why" },
	{ CMD_G_WORK, "Work: changes, reviews, checks" },
	{ CMD_G_RELEASE, "Release, deploy, roll back" },
	{ CMD_G_SERVER, "The server: people, tokens, repositories" },
	{ CMD_G_AUDIT, "Audit and backup" },
	{ CMD_G_OTHER, "More" },
};

const char *cmd_group_title(enum cmd_group group)
{
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (groups[i].group == group)
			return groups[i].title;
	return "";
}

static bool any_in(enum cmd_group group)
{
	for (size_t i = 0; cmd_registry[i]; i++)
		if (cmd_registry[i]->group == group && !(cmd_registry[i]->flags & CMD_HIDDEN))
			return true;
	return false;
}

static void put_row(FILE *to, const char *left, size_t width, const char *right)
{
	size_t n = slu_utf8_count(slu_s(left));
	(void)fprintf(to, "  %s%*s", left, n > width ? 0 : (int)(width - n), "");
	if (n > width)
		(void)fprintf(to, "\n%*s", (int)width + 2, "");
	cmd_wrapped(to, slu_s(right), width + 2);
}

/* Paragraphs are parted by an empty line; what is indented stays as it is. */
static void put_paragraphs(FILE *to, const char *text)
{
	for (const char *p = text; *p;) {
		const char *end = strstr(p, "\n\n");
		slu_str part = { p, end ? (size_t)(end - p) : strlen(p) };
		if (part.n && part.p[0] == ' ')
			(void)fprintf(to, "%.*s\n", (int)part.n, part.p);
		else
			cmd_wrapped(to, part, 0);
		p += part.n;
		p += strspn(p, "\n");
		if (*p)
			(void)fputc('\n', to);
	}
}

static void put_title(FILE *to, const char *title, bool colour)
{
	(void)fprintf(to, "\n%s%s%s\n", colour ? "\033[1m" : "", title, colour ? "\033[0m" : "");
}

void cmd_help_overview(FILE *to, bool colour)
{
	(void)fprintf(to, "sluice " SLUICE_VERSION ": your branching and release strategy, written once and carried out\n\n"
	                  "usage: sluice COMMAND [WORDS] [OPTIONS]\n");
	for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
		if (!any_in(groups[g].group))
			continue;
		put_title(to, groups[g].title, colour);
		for (size_t i = 0; cmd_registry[i]; i++) {
			const struct cmd_desc *d = cmd_registry[i];
			if (d->group == groups[g].group && !(d->flags & CMD_HIDDEN))
				put_row(to, d->name, NAME_WIDTH, d->summary);
		}
	}
	put_title(to, "First steps", colour);
	put_row(to, "sluice init --preset gitflow", STEP_WIDTH, "a strategy for the repository that you are in");
	put_row(to, "sluice serve --home DIR", STEP_WIDTH, "a server; its --help says what comes next");
	put_row(to, "sluice COMMAND --help", STEP_WIDTH, "all about one command, with examples");
	put_title(to, "Every day, in a clone (KIND: of your strategy, such as feature or hotfix)", colour);
	put_row(to, "sluice KIND start NAME", STEP_WIDTH, "a branch, from where the strategy has it begin");
	put_row(to, "sluice publish", STEP_WIDTH, "the branch that you are on, to where others see it");
	put_row(to, "sluice finish", STEP_WIDTH, "the same, merged where it goes, with what follows");
	put_row(to, "sluice KIND list", STEP_WIDTH, "what there is of a kind, and what is merged");
	put_row(to, "sluice status", STEP_WIDTH, "what is under way; then sluice continue, or sluice abort");
	put_row(to, "sluice undo", STEP_WIDTH, "what was done last, taken back");
}

void cmd_help_noun(FILE *to, const char *noun)
{
	size_t n = strlen(noun);
	(void)fprintf(to, "usage: sluice %s VERB [WORDS] [OPTIONS]\n\n", noun);
	for (size_t i = 0; cmd_registry[i]; i++) {
		const struct cmd_desc *d = cmd_registry[i];
		if (strncmp(d->name, noun, n) == 0 && (d->name[n] == ' ' || d->name[n] == 0))
			put_row(to, d->name, NAME_WIDTH, d->summary);
	}
	(void)fprintf(to, "\nAll about one: sluice %s VERB --help\n", noun);
}

void cmd_help_kind(FILE *to, const char *kind)
{
	char left[128];
	(void)fprintf(to, "usage: sluice %s VERB [NAME] [OPTIONS]\n\n", kind);
	for (size_t i = 0; cmd_registry[i]; i++) {
		const struct cmd_desc *d = cmd_registry[i];
		if (!(d->flags & CMD_KIND))
			continue;
		(void)snprintf(left, sizeof left, "%.60s%s", kind, strrchr(d->name, ' '));
		put_row(to, left, NAME_WIDTH, d->summary);
	}
	(void)fprintf(to, "\nWithout NAME it is the branch that is checked out.\nAll about one: sluice %s VERB --help\n", kind);
}

static void put_option(FILE *to, const struct cmd_opt *o)
{
	char left[96], right[512], letter[8] = "    ";
	if (o->letter)
		(void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
	(void)snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	(void)snprintf(right, sizeof right, "%s%s%s", o->help, o->flags & CMD_REQUIRED ? " (needed)" : "", o->flags & CMD_REPEAT ? " (may be given several times)" : "");
	put_row(to, left, OPTION_WIDTH, right);
}

const char *cmd_exit_text(unsigned code)
{
	static const char *const text[] = {
		[0] = "done; or yes", [1] = "a rule says no, or what was asked about is not so", [2] = "wrong words or options, or what they name is not there",
		[3] = "the strategy file is not valid", [4] = "not signed in, or not allowed", [5] = "the server or the disk cannot be reached",
		[6] = "what was compared is not the same", [8] = "not yet: something is waited for", [9] = "a conflict, or what else a person must settle",
	};
	return code < sizeof text / sizeof *text && text[code] ? text[code] : "";
}

unsigned cmd_exits(const struct cmd_desc *d)
{
	return CMD_EXIT(0) | CMD_EXIT(2) | d->exits | (d->flags & CMD_SERVER ? CMD_EXIT(4) | CMD_EXIT(5) : 0);
}

static void put_exits(FILE *to, const struct cmd_desc *d)
{
	for (unsigned code = 0; code < 16; code++)
		if (cmd_exits(d) & CMD_EXIT(code))
			(void)fprintf(to, "  %u  %s\n", code, cmd_exit_text(code));
}

static void put_usage(FILE *to, const struct cmd_desc *d)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	slu_buf_addf(&b, "sluice %s %s", d->name, d->usage);
	for (const struct cmd_opt *o = d->opts; o && o->name; o++)
		if (o->flags & CMD_REQUIRED)
			slu_buf_addf(&b, " --%s %s", o->name, o->arg);
	slu_buf_adds(&b, " [OPTIONS]");
	(void)fprintf(to, "\nusage: ");
	cmd_wrapped(to, slu_buf_str(&b), strlen("usage: "));
}

void cmd_help_one(FILE *to, const struct cmd_desc *d, bool colour)
{
	(void)fprintf(to, "sluice %s: ", d->name);
	cmd_wrapped(to, slu_s(d->summary), strlen("sluice : ") + strlen(d->name));
	put_usage(to, d);
	if (d->detail) {
		(void)fputc('\n', to);
		put_paragraphs(to, d->detail);
	}
	put_title(to, "Examples", colour);
	for (slu_str rest = slu_s(d->example), line; slu_str_split(&rest, '\n', &line);)
		(void)fprintf(to, "  %.*s\n", SLU_FMT(line));
	put_title(to, "Options", colour);
	for (const struct cmd_opt *o = d->opts; o && o->name; o++)
		put_option(to, o);
	for (const struct cmd_opt *o = cmd_common; o->name; o++)
		if (cmd_takes_common(d, o))
			put_option(to, o);
	put_title(to, "Exit codes", colour);
	put_exits(to, d);
}

/* ---- what is no command ------------------------------------------------------------------------------------------------ */

/* The commands whose last word this is, as in "sluice merge"; how many. */
static size_t with_verb(FILE *to, const char *verb)
{
	char of_kind[80];
	size_t n = 0;
	(void)snprintf(of_kind, sizeof of_kind, "KIND %.60s", verb);
	for (size_t i = 0; cmd_registry[i]; i++) {
		const char *last = strrchr(cmd_registry[i]->name, ' ');
		if (last && strcmp(last + 1, verb) == 0)
			(void)fprintf(to, "%s\"sluice %s\"", n++ ? ", " : " There is ", cmd_registry[i]->flags & CMD_KIND ? of_kind : cmd_registry[i]->name);
	}
	if (n)
		(void)fputc('.', to);
	return n;
}

const char *cmd_near(const char *given)
{
	const char *names[256];
	size_t n = 0;
	for (; cmd_registry[n] && n < 256; n++)
		names[n] = cmd_registry[n]->name;
	return slu_nearest(slu_s(given), names, n);
}

static const char *near_noun(const char *given, char noun[32])
{
	for (size_t i = 0; cmd_registry[i]; i++) {
		slu_str rest = slu_s(cmd_registry[i]->name), word;
		(void)slu_str_split(&rest, ' ', &word);
		(void)snprintf(noun, 32, "%.*s", SLU_FMT(word));
		const char *one = noun;
		if (slu_nearest(slu_s(given), &one, 1))
			return noun;
	}
	return NULL;
}

/* Of those that each kind of branch has, as in "sluice feature start", where no command is near. @return whether it was told */
static bool near_verb(FILE *to, const char *command, const char *const *word, size_t word_n)
{
	const char *verb[32], *kind = word[0], *given = word_n > 1 ? word[1] : "";
	size_t n = 0;
	if (command || cmd_is_noun(kind) || *given == '-')
		return false;
	for (size_t i = 0; cmd_registry[i] && n < 32; i++)
		if (cmd_registry[i]->flags & CMD_KIND)
			verb[n++] = strrchr(cmd_registry[i]->name, ' ') + 1;
	const char *near = *given ? slu_nearest(slu_s(given), verb, n) : NULL;
	if (near)
		(void)fprintf(to, "sluice: There is no command \"%.60s %.60s\". Did you mean \"sluice %.60s %s\"?\nAll that a kind of branch has: sluice branch --help\n", kind, given, kind, near);
	return near != NULL;
}

int cmd_unknown(FILE *to, const char *const *word, size_t n)
{
	char both[128], noun[32];
	bool is_noun = cmd_is_noun(word[0]), two = n > 1 && word[1][0] != '-';
	(void)snprintf(both, sizeof both, "%.60s%s%.60s", word[0], two ? " " : "", two ? word[1] : "");
	const char *near = cmd_near(both);
	if (near_verb(to, near, word, n))
		return 2;
	(void)fprintf(to, "sluice: There is no command \"%s\".", is_noun || near ? both : word[0]);
	if (!is_noun && !near && with_verb(to, word[0]) == 0)
		near = near_noun(word[0], noun);
	if (near)
		(void)fprintf(to, " Did you mean \"sluice %s\"?", near);
	(void)fprintf(to, "\nAll %s: sluice %s%s--help\n", is_noun ? "of it" : "commands", is_noun ? word[0] : "", is_noun ? " " : "");
	return 2;
}
