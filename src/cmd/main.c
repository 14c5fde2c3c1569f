/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/parse.h"
#include "cmd/shorthand.h"
#include "flow/op.h"

#include <string.h>
#include <unistd.h>

static bool colour_wanted(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	if (no && *no)
		return false;
	return isatty(fileno(f)) && term && strcmp(term, "dumb") != 0;
}

static const char *from_env(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

static int flush_all(struct cmd_ctx *c, int code)
{
	if (fflush(c->out) != 0 || ferror(c->out)) {
		(void)fprintf(c->err, "sluice: the answer could not be written whole.\n");
		return code ? code : 5;
	}
	return code;
}

/* The first `used` of the words are the command's name. */
static int run(const struct cmd_desc *d, const struct cmd_ports *ports, const char *const *word, size_t n, size_t used, const struct flow_op *resume)
{
	slu_auto_arena *a = slu_arena_new();
	struct cmd_ctx c = {
		.a = a, .desc = d, .ports = ports, .word = word, .word_n = n, .resume = resume, .out = stdout, .err = stderr,
		.colour_out = colour_wanted(stdout), .colour_err = colour_wanted(stderr),
	};
	int code = cmd_parse(&c, word + used, n - used);
	if (code == 0 && cmd_has(&c, "help")) {
		cmd_help_one(c.out, d, c.colour_out);
	} else if (code == 0) {
		const char *home = cmd_opt(&c, "home"), *server = cmd_opt(&c, "server");
		if (home && server)
			return cmd_usage(&c, "Give --home or --server, not both.");
		c.home = home ? home : server ? NULL : from_env("SLUICE_HOME");
		c.server = server ? server : home ? NULL : from_env("SLUICE_SERVER");
		code = d->run(&c);
	}
	cli_close(c.client);
	return flush_all(&c, code);
}

static int help_for(const char *const *word, size_t n)
{
	size_t words;
	const struct cmd_desc *d = cmd_find(word, n, &words);
	if (n == 0)
		cmd_help_overview(stdout, colour_wanted(stdout));
	else if (d && words == n)
		cmd_help_one(stdout, d, colour_wanted(stdout));
	else if (n == 1 && cmd_is_noun(word[0]))
		cmd_help_noun(stdout, word[0]);
	else
		return cmd_unknown(stderr, word, n);
	return fflush(stdout) == 0 ? 0 : 5;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* A noun alone lists its verbs. */
static int noun_alone(const char *noun, bool asked)
{
	cmd_help_noun(asked ? stdout : stderr, noun);
	return asked ? 0 : 2;
}

/* A kind of the strategy alone lists what each kind has. @return is there such a kind? */
static bool kind_alone(slu_arena *a, const struct cmd_ports *ports, const char *word, bool asked)
{
	const char *const list[] = { "branch", "list", word };
	size_t words;
	struct cmd_ctx c = { .a = a, .desc = cmd_find(list, 3, &words), .ports = ports, .word = list, .word_n = 3, .out = stdout, .err = fopen("/dev/null", "w") };
	bool is = c.err && cmd_is_kind(&c, word);
	if (c.err)
		(void)fclose(c.err);
	cli_close(c.client);
	if (is)
		cmd_help_kind(asked ? stdout : stderr, word);
	return is;
}

/* `sluice KIND VERB …` is `sluice branch VERB KIND …`, where that is no command itself. Whether there is such a kind, the strategy says. */
static bool is_of_a_kind(const char *const *word, size_t n)
{
	size_t words;
	if (n < 2 || word[0][0] == '-')
		return false;
	const char *const as[] = { "branch", word[1] };
	const struct cmd_desc *d = cmd_find(as, 2, &words);
	return d && words == 2 && (d->flags & CMD_KIND);
}

static int dispatch(slu_arena *a, const struct cmd_ports *ports, const char *const *word, size_t n, const struct flow_op *resume)
{
	size_t words;
	const struct cmd_desc *d = cmd_find(word, n, &words);
	bool of_a_kind = (!d || d->flags & CMD_SHORT) && is_of_a_kind(word, n);
	if (d && !of_a_kind)
		return run(d, ports, word, n, words, resume);
	if (of_a_kind) {
		const char **as = SLU_NEW_N(a, const char *, n + 2);
		as[0] = "branch";
		as[1] = word[1];
		as[2] = word[0];
		memcpy(as + 3, word + 2, (n - 2) * sizeof *as);
		return dispatch(a, ports, as, n + 1, resume);
	}
	if (n == 1 || word[1][0] == '-') {
		bool asked = n > 1 && is_help(word[1]);
		if (cmd_is_noun(word[0]))
			return noun_alone(word[0], asked);
		if (kind_alone(a, ports, word[0], asked))
			return asked ? 0 : 2;
	}
	return cmd_unknown(stderr, word, n);
}

static int typed(const struct cmd_ctx *c, const slu_str *v, size_t n, const struct flow_op *resume)
{
	const char **word = SLU_NEW_N(c->a, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		word[i] = slu_str_dup(c->a, v[i]);
	return dispatch(c->a, c->ports, word, n, resume);
}

int cmd_resume(const struct cmd_ctx *c, const struct flow_op *op)
{
	return typed(c, op->arg.v, op->arg.n, op);
}

int cmd_again(const struct cmd_ctx *c, const slu_str *word, size_t n)
{
	return typed(c, word, n, NULL);
}

int cmd_main(int argc, char *const *argv, const struct cmd_ports *ports)
{
	slu_auto_arena *a = slu_arena_new();
	size_t n = argc > 0 ? (size_t)argc - 1 : 0;
	const char **word = SLU_NEW_N(a, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		word[i] = argv[i + 1];
	if (n == 0) {
		cmd_help_overview(stdout, colour_wanted(stdout));
		return 2;
	}
	if (strcmp(word[0], "--version") == 0 || (strcmp(word[0], "version") == 0 && n == 1)) {
		(void)printf("sluice " SLUICE_VERSION " (strategy format 1)\n");
		return fflush(stdout) == 0 ? 0 : 5;
	}
	if (is_help(word[0]))
		return help_for(word, 0);
	if (strcmp(word[0], "help") == 0)
		return help_for(word + 1, n - 1);
	return dispatch(a, ports, word, n, NULL);
}
