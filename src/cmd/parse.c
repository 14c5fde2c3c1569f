/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/parse.h"

#include "base/quantity.h"
#include "cmd_registry.h"

#include <string.h>

const struct cmd_opt cmd_common[] = {
	{ "repo", 'R', "OWNER/NAME", "the repository; without it, the one that this clone's remote names", CMD_REPOSITORY, 0 },
	{ "home", 0, "DIR", "act on the server home on this machine ($SLUICE_HOME)", CMD_PATH, 0 },
	{ "server", 0, "URL", "talk to this server ($SLUICE_SERVER; the token is in $SLUICE_TOKEN)", CMD_TEXT, 0 },
	{ "as", 0, "NAME", "with --home: act for this person, not as the operator", CMD_TEXT, 0 },
	{ "dry-run", 'n', NULL, "say what would be done, and do nothing", CMD_FLAG, 0 },
	{ "format", 'f', "text|json", "how to print the answer", CMD_TEXT, 0 },
	{ "quiet", 'q', NULL, "print the answer only", CMD_FLAG, 0 },
	{ "help", 'h', NULL, "this text", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

bool cmd_takes_common(const struct cmd_desc *d, const struct cmd_opt *o)
{
	for (const struct cmd_opt *own = d->opts; own && own->name; own++)
		if (strcmp(own->name, o->name) == 0)
			return false;
	if (strcmp(o->name, "repo") == 0)
		return (d->flags & CMD_REPO) != 0;
	if (strcmp(o->name, "home") == 0 || strcmp(o->name, "server") == 0 || strcmp(o->name, "as") == 0)
		return (d->flags & CMD_SERVER) != 0;
	if (strcmp(o->name, "dry-run") == 0)
		return (d->flags & CMD_DRY_RUN) != 0;
	if (strcmp(o->name, "format") == 0)
		return (d->flags & CMD_NO_FORMAT) == 0;
	return true;
}

/* How many of the words the command's name takes up; 0: another command. */
static size_t name_matches(const char *name, const char *const *word, size_t n)
{
	slu_str rest = slu_s(name), part;
	size_t k = 0;
	while (slu_str_split(&rest, ' ', &part)) {
		if (k == n || !slu_str_is(part, word[k]))
			return 0;
		k++;
	}
	return k;
}

const struct cmd_desc *cmd_find(const char *const *word, size_t n, size_t *words)
{
	const struct cmd_desc *best = NULL;
	*words = 0;
	for (size_t i = 0; cmd_registry[i]; i++) {
		size_t k = name_matches(cmd_registry[i]->name, word, n);
		if (k > *words) {
			*words = k;
			best = cmd_registry[i];
		}
	}
	return best;
}

bool cmd_is_noun(const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; cmd_registry[i]; i++)
		if (strncmp(cmd_registry[i]->name, word, n) == 0 && cmd_registry[i]->name[n] == ' ')
			return true;
	return false;
}

static const struct cmd_opt *in_table(const struct cmd_opt *table, slu_str name, char letter)
{
	for (; table && table->name; table++)
		if (letter ? table->letter == letter : slu_str_is(name, table->name))
			return table;
	return NULL;
}

static const struct cmd_opt *find_option(const struct cmd_desc *d, slu_str name, char letter)
{
	const struct cmd_opt *o = in_table(d->opts, name, letter);
	if (!o) {
		o = in_table(cmd_common, name, letter);
		if (o && !cmd_takes_common(d, o))
			o = NULL;
	}
	return o;
}

static int unknown_option(struct cmd_ctx *c, const char *given, slu_str name)
{
	const char *names[64];
	size_t n = 0;
	for (const struct cmd_opt *o = c->desc->opts; o && o->name && n < 48; o++)
		names[n++] = o->name;
	for (const struct cmd_opt *o = cmd_common; o->name; o++)
		if (cmd_takes_common(c->desc, o))
			names[n++] = o->name;
	const char *near = slu_nearest(name, names, n);
	if (near)
		return cmd_usage(c, "There is no option %s. Did you mean --%s?", given, near);
	return cmd_usage(c, "There is no option %s.", given);
}

static bool is_repository(const char *v)
{
	const char *slash = strchr(v, '/');
	return slash && slash != v && slash[1] && !strchr(slash + 1, '/');
}

/* One of those that "a|b|c" lists. */
static int check_choice(struct cmd_ctx *c, const struct cmd_opt *o, const char *v)
{
	const char *names[16];
	size_t n = 0;
	slu_str rest = slu_s(o->arg), part;
	while (n < 16 && slu_str_split(&rest, '|', &part)) {
		if (slu_str_is(part, v))
			return 0;
		names[n++] = slu_str_dup(c->a, part);
	}
	const char *near = slu_nearest(slu_s(v), names, n);
	return cmd_usage(c, "--%s takes %s, not \"%s\".%s%s%s", o->name, o->arg, v, near ? " Did you mean " : "", near ? near : "", near ? "?" : "");
}

static int check_value(struct cmd_ctx *c, const struct cmd_opt *o, const char *v)
{
	uint64_t n;
	int64_t s;
	slu_err err = { 0 };
	if (o->type == CMD_NUMBER && slu_parse_u64(&n, slu_s(v), NULL) != SLU_OK)
		return cmd_usage(c, "--%s takes a number, not \"%s\".", o->name, v);
	if (o->type == CMD_DURATION && slu_duration_parse(&s, slu_s(v), &err) != SLU_OK)
		return err.code == SLU_E_SYNTAX ? cmd_usage(c, "--%s takes a duration such as 30d or 48h, not \"%s\".", o->name, v) : cmd_usage(c, "--%s: %s", o->name, err.text);
	if (o->type == CMD_REPOSITORY && !is_repository(v))
		return cmd_usage(c, "--%s takes OWNER/NAME, not \"%s\".", o->name, v);
	if (o->type == CMD_TEXT && o->arg && strchr(o->arg, '|'))
		return check_choice(c, o, v);
	return 0;
}

static int take(struct cmd_ctx *c, const struct cmd_opt *o, const char *value)
{
	if (value) {
		int rc = check_value(c, o, value);
		if (rc)
			return rc;
	}
	if (!(o->flags & CMD_REPEAT) && o->type != CMD_FLAG && cmd_has(c, o->name))
		return cmd_usage(c, "--%s is given twice.", o->name);
	*SLU_ADD(c->a, &c->given) = (struct cmd_given){ o, value ? value : "" };
	return 0;
}

/* "--name", "--name=value", "-x value", "-xvalue"; *used: words after this one that it took. */
static int option(struct cmd_ctx *c, const char *w, const char *next, size_t *used)
{
	bool is_long = w[1] == '-';
	const char *equals = is_long ? strchr(w, '=') : NULL;
	slu_str name = is_long ? (slu_str){ w + 2, equals ? (size_t)(equals - w) - 2 : strlen(w) - 2 } : (slu_str){ w + 1, 1 };
	const struct cmd_opt *o = find_option(c->desc, name, is_long ? 0 : w[1]);
	const char *value = equals ? equals + 1 : !is_long && w[2] ? w + 2 : NULL;
	if (!o)
		return unknown_option(c, w, name);
	if (o->type == CMD_FLAG) {
		if (value)
			return cmd_usage(c, "--%s takes no value.", o->name);
		return take(c, o, NULL);
	}
	if (!value) {
		if (!next || strncmp(next, "--", 2) == 0) /* a value that begins so is written --name=value */
			return cmd_usage(c, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
		value = next;
		*used = 1;
	}
	return take(c, o, value);
}

static int check_whole(struct cmd_ctx *c)
{
	if (cmd_has(c, "help"))
		return 0;
	for (const struct cmd_opt *o = c->desc->opts; o && o->name; o++)
		if ((o->flags & CMD_REQUIRED) && !cmd_has(c, o->name))
			return cmd_usage(c, "--%s %s is missing: %s.", o->name, o->arg, o->help);
	const char *format = cmd_opt(c, "format");
	c->format = format && strcmp(format, "json") == 0 ? CMD_FORMAT_JSON : CMD_FORMAT_TEXT;
	c->quiet = cmd_has(c, "quiet");
	c->dry_run = cmd_has(c, "dry-run");
	if (c->arg_n < c->desc->args_min)
		return cmd_usage(c, "Something is missing: sluice %s %s", c->desc->name, c->desc->usage);
	if (c->desc->args_max != 255 && c->arg_n > c->desc->args_max)
		return cmd_usage(c, "\"%s\" is one word too many: sluice %s%s%s", c->arg[c->desc->args_max], c->desc->name, *c->desc->usage ? " " : "", c->desc->usage);
	return 0;
}

/* What the usage calls NUMBER, SEQ or ID is a number; "#7" is one as well. */
static int check_numbers(struct cmd_ctx *c, const char **arg)
{
	slu_str rest = slu_s(c->desc->usage), word;
	uint64_t n;
	for (size_t i = 0; i < c->arg_n && slu_str_split(&rest, ' ', &word); i++) {
		if (!slu_str_is(word, "NUMBER") && !slu_str_is(word, "SEQ") && !slu_str_is(word, "ID"))
			continue;
		arg[i] += arg[i][0] == '#';
		if (slu_parse_u64(&n, slu_s(arg[i]), NULL) != SLU_OK || n == 0 || n > INT64_MAX)
			return cmd_usage(c, "\"%s\" is no number: sluice %s %s", arg[i], c->desc->name, c->desc->usage);
	}
	return 0;
}

int cmd_parse(struct cmd_ctx *c, const char *const *word, size_t n)
{
	const char **arg = SLU_NEW_N(c->a, const char *, n + 1);
	bool only_words = (c->desc->flags & CMD_RAW) != 0;
	c->arg = arg;
	for (size_t i = 0; i < n; i++) {
		const char *w = word[i];
		size_t used = 0;
		if (only_words || w[0] != '-' || w[1] == 0) {
			arg[c->arg_n++] = w;
		} else if (strcmp(w, "--") == 0) {
			only_words = true;
		} else {
			int rc = option(c, w, i + 1 < n ? word[i + 1] : NULL, &used);
			if (rc)
				return rc;
		}
		i += used;
	}
	int code = check_whole(c);
	return code || cmd_has(c, "help") ? code : check_numbers(c, arg);
}
