/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/parse.h"

#include "cmd_registry.h"

#include <string.h>

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

static bool any_in(enum cmd_group group)
{
	for (size_t i = 0; cmd_registry[i]; i++)
		if (cmd_registry[i]->group == group && !(cmd_registry[i]->flags & CMD_HIDDEN))
			return true;
	return false;
}

void cmd_help_overview(FILE *to, bool colour)
{
	const char *bold = colour ? "\033[1m" : "", *plain = colour ? "\033[0m" : "";
	(void)fprintf(to, "sluice " SLUICE_VERSION ": your branching and release strategy, written once and carried out\n\n"
	                  "usage: sluice COMMAND [WORDS] [OPTIONS]\n");
	for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
		if (!any_in(groups[g].group))
			continue;
		(void)fprintf(to, "\n%s%s%s\n", bold, groups[g].title, plain);
		for (size_t i = 0; cmd_registry[i]; i++) {
			const struct cmd_desc *d = cmd_registry[i];
			if (d->group == groups[g].group && !(d->flags & CMD_HIDDEN))
				(void)fprintf(to, "  %-20s %s\n", d->name, d->summary);
		}
	}
	(void)fprintf(to, "\n`sluice COMMAND --help` tells all about one. In a repository without a strategy begin with\n"
	                  "`sluice init --preset gitflow`; for a server with `sluice serve --home DIR --listen 127.0.0.1:8080`.\n");
}

void cmd_help_noun(FILE *to, const char *noun)
{
	size_t n = strlen(noun);
	(void)fprintf(to, "usage: sluice %s VERB …\n\n", noun);
	for (size_t i = 0; cmd_registry[i]; i++) {
		const struct cmd_desc *d = cmd_registry[i];
		if (strncmp(d->name, noun, n) == 0 && (d->name[n] == ' ' || d->name[n] == 0))
			(void)fprintf(to, "  sluice %-20s %s\n", d->name, d->summary);
	}
	(void)fprintf(to, "\n`sluice %s VERB --help` tells all about one.\n", noun);
}

static void option_line(FILE *to, const struct cmd_opt *o)
{
	char left[96], letter[8] = "    ";
	if (o->letter)
		(void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
	(void)snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	(void)fprintf(to, "  %-28s %s%s%s\n", left, o->help, o->flags & CMD_REQUIRED ? " (needed)" : "", o->flags & CMD_REPEAT ? " (may be given several times)" : "");
}

void cmd_help_one(FILE *to, const struct cmd_desc *d)
{
	(void)fprintf(to, "sluice %s: %s\n\nusage: sluice %s%s%s", d->name, d->summary, d->name, d->usage[0] ? " " : "", d->usage);
	for (const struct cmd_opt *o = d->opts; o && o->name; o++)
		if (o->flags & CMD_REQUIRED)
			(void)fprintf(to, " --%s %s", o->name, o->arg);
	(void)fprintf(to, " [OPTIONS]\n");
	if (d->detail)
		(void)fprintf(to, "\n%s\n", d->detail);
	(void)fprintf(to, "\nOptions\n");
	for (const struct cmd_opt *o = d->opts; o && o->name; o++)
		option_line(to, o);
	for (const struct cmd_opt *o = cmd_common; o->name; o++)
		if (cmd_takes_common(d, o))
			option_line(to, o);
}

int cmd_unknown(FILE *to, const char *const *word, size_t n)
{
	const char *names[256];
	size_t count = 0, words = n > 1 && word[1][0] != '-' ? 2 : 1;
	char given[128];
	(void)snprintf(given, sizeof given, "%s%s%s", word[0], words == 2 ? " " : "", words == 2 ? word[1] : "");
	if (words == 2 && !cmd_is_noun(word[0]))
		given[strlen(word[0]) < sizeof given ? strlen(word[0]) : sizeof given - 1] = 0;
	for (size_t i = 0; cmd_registry[i] && count < 256; i++)
		names[count++] = cmd_registry[i]->name;
	const char *near = slu_nearest(slu_s(given), names, count);
	(void)fprintf(to, "sluice: there is no command \"%s\".", given);
	if (near)
		(void)fprintf(to, " Did you mean \"sluice %s\"?", near);
	(void)fprintf(to, "\nAll commands: sluice --help\n");
	return 2;
}
