/* SPDX-License-Identifier: Apache-2.0 */
/** sluice completion: what a shell completes, made from the table of commands. */
#include "cmd/completion_names.h"
#include "cmd/parse.h"

#include "base/map.h"
#include "cmd_registry.h"
#include "strategy/preset.h"

#include <string.h>

struct shell {
	struct cmd_ctx *c;
	slu_buf *out;
	const char *quote; /* how this shell writes an apostrophe between apostrophes */
};

/* ---- the table, as a shell needs it ----------------------------------------------------------------------------------------- */

static bool is_shown(const struct cmd_desc *d)
{
	return !(d->flags & CMD_HIDDEN);
}

/** The first `n` words of a name; n == 0: "". False: it has not more than those. */
static bool prefix_of(const char *name, size_t n, slu_str *prefix, slu_str *next)
{
	slu_str rest = slu_s(name), word = { name, 0 };
	for (size_t i = 0; i < n; i++)
		if (!slu_str_split(&rest, ' ', &word) || rest.n == 0)
			return false;
	*prefix = n ? (slu_str){ name, (size_t)(word.p + word.n - name) } : SLU_STR("");
	return slu_str_split(&rest, ' ', next);
}

static const struct cmd_desc *command_of(slu_str name)
{
	for (size_t i = 0; cmd_registry[i]; i++)
		if (slu_str_is(name, cmd_registry[i]->name))
			return cmd_registry[i];
	return NULL;
}

struct next { slu_str word; const char *summary; };

/** The words that may follow these, each once; of a noun the summary is its verbs. */
static size_t next_words(struct cmd_ctx *c, slu_str prefix, size_t depth, struct next *out, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; cmd_registry[i]; i++) {
		slu_str own, word;
		if (!is_shown(cmd_registry[i]) || !prefix_of(cmd_registry[i]->name, depth, &own, &word) || !slu_str_eq(own, prefix))
			continue;
		const char *name = slu_printf(c->a, "%.*s%s%.*s", SLU_FMT(prefix), prefix.n ? " " : "", SLU_FMT(word));
		const struct cmd_desc *whole = command_of(slu_s(name));
		slu_str verb = { cmd_registry[i]->name + strlen(name), strlen(cmd_registry[i]->name) - strlen(name) };
		size_t at = 0;
		while (at < n && !slu_str_eq(out[at].word, word))
			at++;
		if (at < n && !whole)
			out[at].summary = slu_printf(c->a, "%s,%.*s", out[at].summary, SLU_FMT(verb));
		else if (at == n && n < max)
			out[n++] = (struct next){ word, whole ? whole->summary : slu_str_dup(c->a, slu_str_trim(verb)) };
	}
	return n;
}

/** Calls `each` for "" and for each noun. */
static void each_prefix(struct shell *s, void (*each)(struct shell *s, slu_str prefix, size_t depth))
{
	slu_map *seen = slu_map_new(s->c->a);
	for (size_t i = 0; cmd_registry[i]; i++) {
		slu_str prefix, next;
		for (size_t depth = 0; is_shown(cmd_registry[i]) && prefix_of(cmd_registry[i]->name, depth, &prefix, &next); depth++) {
			slu_str key = slu_s(slu_printf(s->c->a, "/%.*s", SLU_FMT(prefix)));
			if (slu_map_get(seen, key))
				continue;
			slu_map_put(seen, key, s);
			each(s, prefix, depth);
		}
	}
}

static void each_option(struct shell *s, const struct cmd_desc *d, void (*each)(struct shell *s, const struct cmd_desc *d, const struct cmd_opt *o))
{
	for (const struct cmd_opt *o = d->opts; o && o->name; o++)
		each(s, d, o);
	for (const struct cmd_opt *o = cmd_common; o->name; o++)
		if (cmd_takes_common(d, o))
			each(s, d, o);
}

static void each_command(struct shell *s, void (*each)(struct shell *s, const struct cmd_desc *d))
{
	for (size_t i = 0; cmd_registry[i]; i++)
		if (is_shown(cmd_registry[i]))
			each(s, cmd_registry[i]);
}

static bool names_any(const char *text, const char *words)
{
	slu_str rest = slu_s(words), word;
	while (slu_str_split(&rest, ' ', &word))
		if (memmem(text, strlen(text), word.p, word.n))
			return true;
	return false;
}

static const char *presets(struct cmd_ctx *c)
{
	size_t n = 0;
	const struct strat_preset *p = strat_presets(&n);
	const char *list = "";
	for (size_t i = 0; i < n; i++)
		list = slu_printf(c->a, "%s%s%s", list, *list ? " " : "", p[i].name);
	return list;
}

/** What stands for the value: words, "@file", "@ref", "@phase" (of the strategy), or "" for what only the caller knows; "-": it takes none. */
static const char *value_of(struct cmd_ctx *c, const struct cmd_opt *o)
{
	if (o->type == CMD_FLAG)
		return "-";
	if (o->type == CMD_PATH)
		return "@file";
	if (strcmp(o->name, "preset") == 0)
		return presets(c);
	if (strcmp(o->name, "level") == 0)
		return "read triage write maintain admin";
	if (o->arg && names_any(o->arg, "PHASE"))
		return "@phase";
	if (o->type == CMD_TEXT && o->arg && strchr(o->arg, '|')) {
		char *words = slu_strdup(c->a, o->arg);
		for (char *p = words; *p; p++)
			*p = *p == '|' ? ' ' : *p;
		return words;
	}
	return o->arg && names_any(o->arg, "BRANCH COMMIT REF SHA") ? "@ref" : "";
}

static const char *words_of(struct cmd_ctx *c, const struct cmd_desc *d)
{
	if (slu_str_starts(slu_s(d->name), "preset "))
		return d->args_max ? presets(c) : "";
	if (strcmp(d->name, "completion") == 0)
		return "bash zsh fish";
	if (d->flags & CMD_KIND)
		return names_any(d->usage, "[NAME]") && strcmp(d->name, "branch start") != 0 ? "@kind @name" : "@kind"; /* what is begun has a new name */
	if (names_any(d->usage, "FILE PATH DIR"))
		return "@file";
	if (names_any(d->usage, "PHASE"))
		return "@phase";
	return names_any(d->usage, "BRANCH REF SOURCE TARGET COMMIT RANGE REVISION SHA NAME]") ? "@ref" : "";
}

/* The verbs of `sluice KIND VERB`. */
static size_t kind_verbs(struct next *out, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; cmd_registry[i] && n < max; i++)
		if (cmd_registry[i]->flags & CMD_KIND)
			out[n++] = (struct next){ slu_s(strchr(cmd_registry[i]->name, ' ') + 1), cmd_registry[i]->summary };
	return n;
}

static void quoted(struct shell *s, slu_str text)
{
	slu_buf_addc(s->out, '\'');
	for (size_t i = 0; i < text.n; i++)
		slu_buf_adds(s->out, text.p[i] == '\'' ? s->quote : (char[]){ text.p[i], 0 });
	slu_buf_addc(s->out, '\'');
}

/* ---- bash ---------------------------------------------------------------------------------------------------------------- */

static void bash_list(struct shell *s, slu_str prefix, const struct next *next, size_t n)
{
	slu_buf_addf(s->out, "\t'%.*s') R='", SLU_FMT(prefix));
	for (size_t i = 0; i < n; i++)
		slu_buf_addf(s->out, "%s%.*s", i ? " " : "", SLU_FMT(next[i].word));
	slu_buf_adds(s->out, "' ;;\n");
}

static void bash_words(struct shell *s, slu_str prefix, size_t depth)
{
	struct next next[128];
	bash_list(s, prefix, next, next_words(s->c, prefix, depth, next, sizeof next / sizeof *next));
}

static void bash_option(struct shell *s, const struct cmd_desc *d, const struct cmd_opt *o)
{
	(void)d;
	slu_buf_addf(s->out, " --%s", o->name);
}

static void bash_options(struct shell *s, const struct cmd_desc *d)
{
	slu_buf_addf(s->out, "\t'%s') R='", d->name);
	each_option(s, d, bash_option);
	slu_buf_adds(s->out, "' ;;\n");
}

static void bash_value(struct shell *s, const struct cmd_desc *d, const struct cmd_opt *o)
{
	const char *value = value_of(s->c, o);
	if (strcmp(value, "-") == 0)
		return;
	slu_buf_addf(s->out, "\t'%s --%s'", d->name, o->name);
	if (o->letter)
		slu_buf_addf(s->out, " | '%s -%c'", d->name, o->letter);
	slu_buf_addf(s->out, ") R='%s' ;;\n", value);
}

static void bash_values(struct shell *s, const struct cmd_desc *d)
{
	each_option(s, d, bash_value);
}

static void bash_args(struct shell *s, const struct cmd_desc *d)
{
	if (*words_of(s->c, d))
		slu_buf_addf(s->out, "\t'%s') R='%s' ;;\n", d->name, words_of(s->c, d));
}

/* The tables that bash and zsh share. */
static void sh_tables(struct shell *s)
{
	slu_buf_adds(s->out, "_sluice_words() { # the words that may follow these\n\tcase \"$1\" in\n");
	each_prefix(s, bash_words);
	struct next verb[32];
	bash_list(s, SLU_STR("@kind"), verb, kind_verbs(verb, sizeof verb / sizeof *verb));
	slu_buf_adds(s->out, "\t*) R= ;;\n\tesac\n}\n_sluice_options() {\n\tcase \"$1\" in\n");
	each_command(s, bash_options);
	slu_buf_adds(s->out, "\t*) R=' --help' ;;\n\tesac\n}\n_sluice_value() { # what an option takes; -: nothing\n\tcase \"$1\" in\n");
	each_command(s, bash_values);
	slu_buf_adds(s->out, "\t*) R=- ;;\n\tesac\n}\n_sluice_args() {\n\tcase \"$1\" in\n");
	each_command(s, bash_args);
	slu_buf_adds(s->out, "\t*) R= ;;\n\tesac\n}\n"
	                     "_sluice_is_kind() { # WORD: has the strategy here such a kind of branch?\n"
	                     "\tlocal line\n"
	                     "\twhile IFS= read -r line; do [[ $line == \"$1\" ]] && return 0; done < <(command sluice completion kinds 2>/dev/null)\n"
	                     "\treturn 1\n"
	                     "}\n"
	                     "_sluice_step() { # WORD: what it makes of `at` and `kind`, which are the caller's\n"
	                     "\t_sluice_words \"$at\"\n"
	                     "\tcase \" $R \" in\n"
	                     "\t(*\" $1 \"*) if [[ $at == @kind ]]; then at=\"branch $1\"; else at=\"${at:+$at }$1\"; fi; return ;;\n"
	                     "\tesac\n"
	                     "\t_sluice_args \"$at\"\n"
	                     "\tif [[ -z $at ]]; then if _sluice_is_kind \"$1\"; then at=@kind kind=$1; fi\n"
	                     "\telif [[ $R == @kind* ]]; then if [[ -z $kind ]]; then kind=$1; else kind=-; fi; fi\n"
	                     "}\n");
}

static const char bash_rest[] =
    "_sluice_refs() { git for-each-ref --format='%(refname:short)' refs/heads refs/remotes refs/tags 2>/dev/null; }\n"
    "_sluice_lines() { # CUR FORM: lines that begin so; the name of a branch may be a command, and is never expanded\n"
    "\tlocal line\n"
    "\twhile IFS= read -r line; do\n"
    "\t\tif [[ $line == \"$1\"* ]]; then printf -v line \"$2\" \"$line\"; COMPREPLY+=(\"$line\"); fi\n"
    "\tdone\n"
    "}\n"
    "_sluice_reply() { # WORDS CUR: @file, @ref, or the words themselves\n"
    "\tcase $1 in\n"
    "\t@kind*)\n"
    "\t\tif [[ -z $kind ]]; then _sluice_lines \"$2\" %q < <(command sluice completion names 2>/dev/null)\n"
    "\t\telif [[ $1 == *@name && $kind != - ]]; then _sluice_lines \"$2\" %q < <(command sluice completion names \"$kind\" 2>/dev/null); fi ;;\n"
    "\t*@file*) compopt -o filenames 2>/dev/null; _sluice_lines \"$2\" %s < <(compgen -f -- \"$2\") ;;\n"
    "\t*@ref*) _sluice_lines \"$2\" %q < <(_sluice_refs) ;;\n"
    "\t@phase) _sluice_lines \"$2\" %q < <(command sluice completion phases 2>/dev/null) ;;\n"
    "\t*) COMPREPLY+=($(compgen -W \"$1\" -- \"$2\")) ;;\n"
    "\tesac\n"
    "}\n"
    "_sluice() {\n"
    "\tlocal IFS=$' \\t\\n' R cur=${COMP_WORDS[COMP_CWORD]} at= kind= option= i w\n"
    "\tCOMPREPLY=()\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tw=${COMP_WORDS[i]}\n"
    "\t\tif [ -n \"$option\" ]; then [ \"$w\" = = ] || option=; continue; fi # its value\n"
    "\t\tcase $w in\n"
    "\t\t-*) _sluice_value \"$at $w\"; [ \"$R\" = - ] || option=$w ;;\n"
    "\t\t*) _sluice_step \"$w\" ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tif [ -n \"$option\" ]; then\n"
    "\t\t[ \"$cur\" != = ] || cur=\n"
    "\t\t_sluice_value \"$at $option\"; _sluice_reply \"$R\" \"$cur\"\n"
    "\telif [[ $cur == -* ]]; then\n"
    "\t\t_sluice_options \"$at\"; _sluice_reply \"$R\" \"$cur\"\n"
    "\telse\n"
    "\t\t_sluice_words \"$at\"; _sluice_reply \"$R\" \"$cur\"\n"
    "\t\t[[ -n $at ]] || _sluice_lines \"$cur\" %q < <(command sluice completion kinds 2>/dev/null)\n"
    "\t\t_sluice_args \"$at\"; _sluice_reply \"$R\" \"$cur\"\n"
    "\tfi\n"
    "}\n"
    "_git_sluice() { # as Git's own completion calls it, for `git sluice`\n"
    "\tlocal n=1\n"
    "\twhile [ \"${COMP_WORDS[n]}\" != sluice ] && [ $n -lt $COMP_CWORD ]; do n=$((n + 1)); done\n"
    "\tlocal COMP_WORDS=(\"${COMP_WORDS[@]:n}\") COMP_CWORD=$((COMP_CWORD - n))\n"
    "\t_sluice\n"
    "}\n"
    "complete -F _sluice sluice\n";

static void bash(struct shell *s)
{
	slu_buf_adds(s->out, "# bash completion of sluice, made by `sluice completion bash`\n");
	sh_tables(s);
	slu_buf_adds(s->out, bash_rest);
}

/* ---- zsh ----------------------------------------------------------------------------------------------------------------- */

/* "word:summary", as _describe reads it. */
static void described(struct shell *s, slu_str word, const char *summary)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	slu_buf_addf(&b, "%.*s:", SLU_FMT(word));
	for (const char *p = summary; *p; p++)
		slu_buf_adds(&b, *p == ':' ? "\\:" : *p == '\\' ? "\\\\" : (char[]){ *p, 0 });
	slu_buf_addc(s->out, ' ');
	quoted(s, slu_buf_str(&b));
}

static void zsh_list(struct shell *s, slu_str prefix, const struct next *next, size_t n)
{
	slu_buf_addf(s->out, "\t'%.*s') r=(", SLU_FMT(prefix));
	for (size_t i = 0; i < n; i++)
		described(s, next[i].word, next[i].summary);
	slu_buf_adds(s->out, " ) ;;\n");
}

static void zsh_words(struct shell *s, slu_str prefix, size_t depth)
{
	struct next next[128];
	zsh_list(s, prefix, next, next_words(s->c, prefix, depth, next, sizeof next / sizeof *next));
}

static void zsh_option(struct shell *s, const struct cmd_desc *d, const struct cmd_opt *o)
{
	(void)d;
	described(s, slu_s(slu_printf(s->c->a, "--%s", o->name)), o->help);
}

static void zsh_options(struct shell *s, const struct cmd_desc *d)
{
	slu_buf_addf(s->out, "\t'%s') r=(", d->name);
	each_option(s, d, zsh_option);
	slu_buf_adds(s->out, " ) ;;\n");
}

static const char zsh_rest[] =
    "_sluice_reply() {\n"
    "\tcase $1 in\n"
    "\t@kind*)\n"
    "\t\tif [[ -z $kind ]]; then compadd -- ${(f)\"$(command sluice completion names 2>/dev/null)\"}\n"
    "\t\telif [[ $1 == *@name && $kind != - ]]; then compadd -- ${(f)\"$(command sluice completion names \"$kind\" 2>/dev/null)\"}; fi ;;\n"
    "\t@file) _files ;;\n"
    "\t@ref) compadd -- ${(f)\"$(git for-each-ref --format='%(refname:short)' refs/heads refs/remotes refs/tags 2>/dev/null)\"} ;;\n"
    "\t@phase) compadd -- ${(f)\"$(command sluice completion phases 2>/dev/null)\"} ;;\n"
    "\t?*) compadd -- ${=1} ;;\n"
    "\tesac\n"
    "}\n"
    "_sluice() {\n"
    "\tlocal R w at= kind= option= i; local -a r\n"
    "\tfor ((i = 2; i < CURRENT; i++)); do\n"
    "\t\tw=${words[i]}\n"
    "\t\tif [[ -n $option ]]; then option=; continue; fi # its value\n"
    "\t\tcase $w in\n"
    "\t\t(--*=*) ;;\n"
    "\t\t(-*) _sluice_value \"$at $w\"; [[ $R == - ]] || option=$w ;;\n"
    "\t\t(*) _sluice_step \"$w\" ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tif [[ -n $option ]]; then\n"
    "\t\t_sluice_value \"$at $option\"; _sluice_reply \"$R\"\n"
    "\telif [[ ${words[CURRENT]} == --*=* ]]; then\n"
    "\t\t_sluice_value \"$at ${words[CURRENT]%%=*}\"; compset -P '*='; [[ $R == - ]] || _sluice_reply \"$R\"\n"
    "\telif [[ ${words[CURRENT]} == -* ]]; then\n"
    "\t\t_sluice_described_options \"$at\"; _describe -t options option r\n"
    "\telse\n"
    "\t\t_sluice_described_words \"$at\"; (( $#r )) && _describe -t commands command r\n"
    "\t\t[[ -n $at ]] || compadd -- ${(f)\"$(command sluice completion kinds 2>/dev/null)\"}\n"
    "\t\t_sluice_args \"$at\"; _sluice_reply \"$R\"\n"
    "\tfi\n"
    "}\n"
    "_git-sluice() { _sluice; }\n"
    "[[ ${funcstack[1]} != _sluice ]] || _sluice \"$@\"\n";

static void zsh(struct shell *s)
{
	slu_buf_adds(s->out, "#compdef sluice git-sluice\n# zsh completion of sluice, made by `sluice completion zsh`\n");
	sh_tables(s);
	slu_buf_adds(s->out, "_sluice_described_words() {\n\tcase \"$1\" in\n");
	each_prefix(s, zsh_words);
	struct next verb[32];
	zsh_list(s, SLU_STR("@kind"), verb, kind_verbs(verb, sizeof verb / sizeof *verb));
	slu_buf_adds(s->out, "\t*) r=() ;;\n\tesac\n}\n_sluice_described_options() {\n\tcase \"$1\" in\n");
	each_command(s, zsh_options);
	slu_buf_adds(s->out, "\t*) r=( '--help:this text' ) ;;\n\tesac\n}\n");
	slu_buf_adds(s->out, zsh_rest);
}

/* ---- fish ---------------------------------------------------------------------------------------------------------------- */

static void fish_list(struct shell *s, slu_str prefix, const struct next *next, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		slu_buf_addf(s->out, "complete -c sluice -n '__sluice_at \"%.*s\"' -a '%.*s' -d ", SLU_FMT(prefix), SLU_FMT(next[i].word));
		quoted(s, slu_s(next[i].summary));
		slu_buf_addc(s->out, '\n');
	}
}

static void fish_words(struct shell *s, slu_str prefix, size_t depth)
{
	struct next next[128];
	fish_list(s, prefix, next, next_words(s->c, prefix, depth, next, sizeof next / sizeof *next));
}

static void fish_argument(struct shell *s, const char *value)
{
	if (strcmp(value, "@file") == 0)
		slu_buf_adds(s->out, " -F");
	else if (strcmp(value, "@ref") == 0)
		slu_buf_adds(s->out, " -a '(__sluice_refs)'");
	else if (strcmp(value, "@phase") == 0)
		slu_buf_adds(s->out, " -a '(__sluice_ask phases)'");
	else if (slu_str_starts(slu_s(value), "@kind"))
		slu_buf_addf(s->out, " -a '(__sluice_names %s)'", value);
	else if (*value)
		slu_buf_addf(s->out, " -a '%s'", value);
}

static void fish_option(struct shell *s, const struct cmd_desc *d, const struct cmd_opt *o)
{
	const char *value = value_of(s->c, o);
	slu_buf_addf(s->out, "complete -c sluice -n '__sluice_at \"%s\"' -l %s", d->name, o->name);
	if (o->letter)
		slu_buf_addf(s->out, " -s %c", o->letter);
	if (strcmp(value, "-") != 0) {
		slu_buf_adds(s->out, strcmp(value, "@file") == 0 ? " -r" : " -x");
		fish_argument(s, value);
	}
	slu_buf_adds(s->out, " -d ");
	quoted(s, slu_s(o->help));
	slu_buf_addc(s->out, '\n');
}

static void fish_command(struct shell *s, const struct cmd_desc *d)
{
	const char *words = words_of(s->c, d);
	each_option(s, d, fish_option);
	if (!*words)
		return;
	slu_buf_addf(s->out, "complete -c sluice -n '__sluice_at \"%s\"'", d->name);
	fish_argument(s, words);
	slu_buf_addc(s->out, '\n');
}

static void fish_name(struct shell *s, slu_str prefix, size_t depth)
{
	struct next next[128];
	size_t n = next_words(s->c, prefix, depth, next, sizeof next / sizeof *next);
	for (size_t i = 0; i < n; i++)
		slu_buf_addf(s->out, " '%.*s%s%.*s'", SLU_FMT(prefix), prefix.n ? " " : "", SLU_FMT(next[i].word));
}

static void fish_taker(struct shell *s, const struct cmd_desc *d, const struct cmd_opt *o)
{
	if (strcmp(value_of(s->c, o), "-") != 0)
		slu_buf_addf(s->out, " '%s --%s'", d->name, o->name);
	if (strcmp(value_of(s->c, o), "-") != 0 && o->letter)
		slu_buf_addf(s->out, " '%s -%c'", d->name, o->letter);
}

static void fish_takers(struct shell *s, const struct cmd_desc *d)
{
	each_option(s, d, fish_taker);
}

static void fish_of_kind(struct shell *s, const struct cmd_desc *d)
{
	if (d->flags & CMD_KIND)
		slu_buf_addf(s->out, " '%s'", d->name);
}

static const char fish_rest[] =
    "\nfunction __sluice_ask\n\ttype -q sluice; and command sluice completion $argv 2>/dev/null\nend\n"
    "function __sluice_refs\n\tgit for-each-ref --format='%(refname:short)' refs/heads refs/remotes refs/tags 2>/dev/null\nend\n"
    "function __sluice_names # @kind: kinds of branches; @name: then those of the kind\n"
    "\tif test -z \"$__sluice_kind\"\n\t\t__sluice_ask names\n"
    "\telse if contains -- @name $argv; and test \"$__sluice_kind\" != -\n\t\t__sluice_ask names \"$__sluice_kind\"\n\tend\nend\n"
    "function __sluice_where # the command that these words name so far\n"
    "\tset -l at ''\n\tset -l skip 0\n\tset -g __sluice_kind ''\n"
    "\tfor w in $argv\n"
    "\t\tif test $skip = 1\n\t\t\tset skip 0\n\t\t\tcontinue\n\t\tend\n"
    "\t\tif string match -q -- '-*' $w\n\t\t\tcontains -- \"$at $w\" $__sluice_takers; and set skip 1\n\t\t\tcontinue\n\t\tend\n"
    "\t\tset -l more (string trim -- \"$at $w\")\n"
    "\t\ttest \"$at\" = @kind; and set more \"branch $w\"\n"
    "\t\tif contains -- $more $__sluice_names\n\t\t\tset at $more\n"
    "\t\telse if test -z \"$at\"\n\t\t\tcontains -- $w (__sluice_ask kinds); and set at @kind; and set -g __sluice_kind $w\n"
    "\t\telse if contains -- $at $__sluice_of_kind\n\t\t\ttest -z \"$__sluice_kind\"; and set -g __sluice_kind $w; or set -g __sluice_kind -\n\t\tend\n"
    "\tend\n\techo $at\nend\n"
    "function __sluice_at # is this it? The line is looked at once, and not for each of the many that ask\n"
    "\tset -l line (commandline -opc)\n"
    "\tif test \"$PWD $line\" != \"$__sluice_line\"\n\t\tset -g __sluice_line \"$PWD $line\"\n\t\tset -g __sluice_here (__sluice_where $line[2..-1])\n\tend\n"
    "\ttest \"$__sluice_here\" = \"$argv[1]\"\nend\n"
    "complete -c sluice -f\ncomplete -c git-sluice -w sluice\n"
    "complete -c sluice -n '__sluice_at \"\"' -a '(__sluice_ask kinds)' -d 'a kind of branch'\n";

static void fish(struct shell *s)
{
	struct next verb[32];
	slu_buf_adds(s->out, "# fish completion of sluice, made by `sluice completion fish`\nset -g __sluice_names");
	each_prefix(s, fish_name);
	slu_buf_adds(s->out, "\nset -g __sluice_takers");
	each_command(s, fish_takers);
	slu_buf_adds(s->out, "\nset -g __sluice_of_kind");
	each_command(s, fish_of_kind);
	slu_buf_adds(s->out, fish_rest);
	fish_list(s, SLU_STR("@kind"), verb, kind_verbs(verb, sizeof verb / sizeof *verb));
	each_prefix(s, fish_words);
	each_command(s, fish_command);
}

/* ---- the command ---------------------------------------------------------------------------------------------------------- */

static int completion(struct cmd_ctx *c)
{
	if (strcmp(c->arg[0], "kinds") == 0)
		return cmd_completion_kinds(c);
	if (strcmp(c->arg[0], "phases") == 0)
		return cmd_completion_phases(c);
	if (strcmp(c->arg[0], "names") == 0)
		return cmd_completion_names(c, c->arg_n > 1 ? c->arg[1] : NULL);
	static const struct { const char *name, *quote; void (*write)(struct shell *s); } shells[] = { { "bash", "'\\''", bash }, { "zsh", "'\\''", zsh }, { "fish", "\\'", fish } };
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(c->arg[0], shells[i].name) != 0)
			continue;
		slu_auto_buf b;
		slu_buf_init(&b, 4 * 1024 * 1024);
		struct shell s = { c, &b, shells[i].quote };
		shells[i].write(&s);
		return cmd_put(c, &b);
	}
	return cmd_usage(c, "There is no completion for %s, but for bash, zsh and fish.", c->arg[0]);
}

const struct cmd_desc cmd_completion = {
	.name = "completion", .summary = "What bash, zsh or fish completes of sluice", .usage = "bash|zsh|fish", .group = CMD_G_OTHER, .flags = CMD_NO_FORMAT, .args_min = 1, .args_max = 2, .run = completion,
	.detail = "`make install` puts it where each shell looks for it. By hand:\n\n"
	          "    . <(sluice completion bash)                       # in ~/.bashrc\n"
	          "    sluice completion zsh > ~/.zfunc/_sluice          # a folder of fpath\n"
	          "    sluice completion fish > ~/.config/fish/completions/sluice.fish\n\n"
	          "At a TAB the shell asks `sluice completion kinds`, `sluice completion names KIND` and `sluice completion phases` for the kinds of branches that the strategy of the clone has, their branches, and its phases.",
	.example = "sluice completion bash",
};
