/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A command of `sluice`: one descriptor, found at build time, and what its function gets.
 *
 * To add a command, write src/cmd/cmd_NAME.c that ends in `const struct cmd_desc cmd_NAME = {` … `};` (a file may hold several,
 * say all verbs of a noun). `--help`, completion and the reference are made from the descriptors, so the texts are for readers.
 * Data goes to c->out, talk to c->err. A command returns the exit code of the architecture:
 * 0 yes · 1 a rule says no · 2 usage · 3 strategy · 4 auth · 5 host or network · 6 drift · 7 internal · 8 wait · 9 conflict.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H
#include "base/json.h"
#include "base/str.h"
#include "client/cli.h"
#include "port/clone.h"
#include "port/git.h"
#include "port/git_here.h"

#include <stdio.h>

struct json_t;
struct cmd_ctx;
struct flow_op;

/** What the program gives its commands of the outside world: `main` wires, cmd knows no adapter. */
struct cmd_ports {
	slu_rc (*git_open)(port_git **out, const struct port_git_open *o, slu_err *err); /* a repository or clone; close with ops->close */
	port_git_here_fn *git_here; /* the repository around; see cmd_here */
	slu_rc (*clone_open)(port_clone **out, const struct port_git_here *here, slu_err *err); /* what somebody works in */
};

enum cmd_type { /* of an option's value; checked before the command runs */
	CMD_FLAG,       /* takes no value */
	CMD_TEXT,       /* where `arg` is "a|b|c": one of these */
	CMD_PATH,       /* a file or folder, for completion */
	CMD_NUMBER,     /* decimal, 0 or more */
	CMD_DURATION,   /* "30d", "48h": slu_duration_parse */
	CMD_REPOSITORY  /* OWNER/NAME */
};
enum cmd_opt_flag { CMD_REQUIRED = 1, CMD_REPEAT = 2 /* may be given several times */ };
struct cmd_opt {
	const char *name;   /* long name without "--"; a row with name NULL ends the list */
	char letter;        /* short name, 0: none */
	const char *arg;    /* name of the value in help, "DIR"; NULL: a flag */
	const char *help;   /* one line, no full stop */
	enum cmd_type type;
	unsigned flags;
};

enum cmd_flag {
	CMD_REPO = 1,      /* concerns one repository: takes --repo (else told from the clone's remote) and names it in help */
	CMD_SERVER = 2,    /* talks to a server: takes --home, --server */
	CMD_MAKES_HOME = 4,/* the home may not be there yet: it is made */
	CMD_DRY_RUN = 8,   /* acts: takes --dry-run */
	CMD_HIDDEN = 16,   /* not in the overview */
	CMD_RAW = 32,      /* gets all words after its name as positionals, options too */
	CMD_KIND = 64,     /* "branch VERB KIND" is reached as "KIND VERB" too */
	CMD_NO_FORMAT = 128, /* has no answer that could be JSON: takes no --format */
	CMD_SHORT = 256    /* a kind of branch that is called so comes first: "finish start NAME" */
};
#define CMD_EXIT(code) (1u << (code))
#define CMD_EXITS_JUDGED (CMD_EXIT(1) | CMD_EXIT(8)) /* of what rules are asked about */
enum cmd_group { CMD_G_START, CMD_G_STRATEGY, CMD_G_WORK, CMD_G_RELEASE, CMD_G_SERVER, CMD_G_AUDIT, CMD_G_OTHER };

struct cmd_desc {
	const char *name;      /* "change open": one to three words */
	const char *summary;   /* one line, no full stop: "Open a change: ask for a branch to be merged" */
	const char *usage;     /* positionals: "[BRANCH]", "OWNER/NAME PATH"; "" none */
	const char *detail;    /* paragraphs for --help; NULL */
	const char *example;   /* lines for --help: commands as one types them, each with a word on what it does where that helps */
	enum cmd_group group;
	unsigned char args_min, args_max; /* positionals; 255: any number */
	unsigned flags;
	unsigned exits;        /* CMD_EXIT(1) | …: codes besides 0 and 2, and 4 and 5 of those that talk to a server */
	const struct cmd_opt *opts;       /* NULL: none of its own */
	int (*run)(struct cmd_ctx *c);
};

enum cmd_format { CMD_FORMAT_TEXT, CMD_FORMAT_JSON };

struct cmd_given { const struct cmd_opt *opt; const char *value; };
struct cmd_ctx {
	slu_arena *a;            /* of the whole command */
	const struct cmd_desc *desc;
	const struct cmd_ports *ports;
	const char *const *arg;  /* positionals, NULL after the last */
	size_t arg_n;
	const char *const *word; /* all words as they were typed, without the program's name */
	size_t word_n;
	const struct flow_op *resume; /* an operation that is planned anew, with what a person solved for it; NULL */
	enum cmd_format format;  /* --format */
	bool dry_run, quiet;
	bool colour_out, colour_err;
	FILE *out, *err;
	const char *home;        /* --home or SLUICE_HOME; NULL: none given */
	const char *server;      /* --server or SLUICE_SERVER; NULL */
	SLU_LIST(struct cmd_given) given; /* read by cmd_opt… below */
	struct cli *client;      /* opened by the first cmd_call */
	bool signed_in;          /* … with a token, or as the operator */
	const char *repo;        /* found by cmd_repo */
	const struct port_git_here *here; /* found by cmd_here */
};

/* ---- options ----------------------------------------------------------------------------------------------------------- */
const char *cmd_opt(const struct cmd_ctx *c, const char *name); /* last value given; NULL: not given */
bool cmd_has(const struct cmd_ctx *c, const char *name);
/** i-th value of a CMD_REPEAT option; NULL past the last. */
const char *cmd_opt_at(const struct cmd_ctx *c, const char *name, size_t i);

/* ---- settings -------------------------------------------------------------------------------------------------------- */
/** The repository around the current directory, found once and without a process. SLU_E_NOT_FOUND outside of one. */
slu_rc cmd_here(struct cmd_ctx *c, const struct port_git_here **out, slu_err *err);
/** What is beyond the edge of a shallow clone cannot be judged, and must not look clean: there SLU_E_USAGE. @param so  what follows from it: ": …", ", and …" */
slu_rc cmd_whole(struct cmd_ctx *c, const char *so, slu_err *err);
/** The branch that is checked out here; n == 0: none is, or there is no repository. */
slu_str cmd_here_branch(struct cmd_ctx *c);
/** A setting of Git's, as `git config --get` tells it; n == 0: there is none. */
slu_str cmd_setting(struct cmd_ctx *c, const char *key);

/* ---- files --------------------------------------------------------------------------------------------------------------- */
/** A whole file ("-": standard input), NUL-terminated. SLU_E_NOT_FOUND; SLU_E_USAGE: a folder, or one that may not be read; SLU_E_IO; SLU_E_LIMIT. */
slu_rc cmd_read_file(struct cmd_ctx *c, const char *path, size_t max, slu_str *out, slu_err *err);
/**
 * Make a file new: beside it first, then in its place, so that there is a whole one at every moment, and on a full disk the old one.
 * What is beside it (path.sluice-new) goes, and no link there is followed.
 * @param mode  as of open(); 0: that of the file which is there, else 0666
 */
slu_rc cmd_replace_file(struct cmd_ctx *c, const char *path, slu_str text, unsigned mode, slu_err *err);

/* ---- ends -------------------------------------------------------------------------------------------------------------- */
/** After a call with --dry-run that was answered: the verdict and what would be done, as talk. With --format json the answer {"dry_run","verdict","would"}. @return the exit code */
int cmd_would(struct cmd_ctx *c, const struct cli_answer *an, const char *line);
/** Print "sluice: FILE:LINE:COLUMN: sentence" to c->err. @return the exit code of err->code */
int cmd_fail(struct cmd_ctx *c, const slu_err *err);
/** Print the sentence and where help is. @return 2 */
int cmd_usage(struct cmd_ctx *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** A line of talk on c->err (not with --quiet). */
void cmd_say(struct cmd_ctx *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Write a buffer to c->out whole. @return 0, or 5 with a sentence when it cannot be written. */
int cmd_put(struct cmd_ctx *c, const slu_buf *b);
/** Print JSON to c->out, indented, with a line end. @return as cmd_put */
int cmd_put_json(struct cmd_ctx *c, const struct json_t *j);

/* ---- where we are ------------------------------------------------------------------------------------------------------- */
/** OWNER/NAME: --repo, else from the clone's remote (`origin`, or the only one) when it lies on the server. */
slu_rc cmd_repo(struct cmd_ctx *c, const char **out, slu_err *err);
/** Top of the work tree around the current directory. SLU_E_NOT_FOUND outside of one. */
slu_rc cmd_worktree(struct cmd_ctx *c, const char **out, slu_err *err);
/** Run `git ARGS…` (NULL-terminated, without "git") in `dir` (NULL: here); its output without the last line end. Stderr is the caller's unless quiet. SLU_E_NOT_FOUND: exit code not 0. */
slu_rc cmd_git(struct cmd_ctx *c, const char *dir, const char *const *args, bool quiet, slu_str *out, slu_err *err);
/** Path of a file of libexec/ beside the running executable. */
slu_rc cmd_libexec(struct cmd_ctx *c, const char *name, const char **out, slu_err *err);

/* ---- the server --------------------------------------------------------------------------------------------------------- */
/**
 * One call of the API. The way (home's socket or HTTP) is found at the first call.
 * @param out   the answer; lives as long as the command
 * @param path  "/api/v3/repos/…": percent-encoded by the caller (cmd_path does it)
 * @param body  borrowed; NULL: none
 * @return SLU_OK for every status < 400. For others the code that fits, the server's sentence in *err, and *out set too: so that a
 *         verdict in the body (cmd_verdict_of) can be shown.
 */
slu_rc cmd_call(struct cmd_ctx *c, struct cli_answer *out, const char *method, const char *path, const struct json_t *body, slu_err *err);
/**
 * All pages of a list that the API gives in pieces, as one array. With --format json it is printed.
 * @return 0, or the exit code after the sentence was printed
 */
int cmd_list(struct cmd_ctx *c, const char *path, struct json_t **out, slu_err *err);
/** After a call that made or changed one thing: the answer with --format json, else `line` as talk. @return the exit code */
int cmd_done(struct cmd_ctx *c, const struct cli_answer *an, const char *line);
/** Like printf, but each %s is percent-encoded as one path segment or query value ('/' too); %S keeps '/'; %d takes an int64_t. */
char *cmd_path(struct cmd_ctx *c, const char *fmt, ...);
/** The usual end of a call that failed: the sentence, or the verdict's ladder when the answer carries one. @return exit code: deny 1, wait 8, others by the code */
int cmd_refused(struct cmd_ctx *c, const struct cli_answer *answer, const slu_err *err);
/** cmd_call with all that usually comes after it: cmd_refused; with --dry-run cmd_would; cmd_done. @param would NULL: "It would be done." @return the exit code */
int cmd_act(struct cmd_ctx *c, const char *method, const char *path, const struct json_t *body, const char *done, const char *would);
/** The verdict object inside an answer (the answer itself, or its "verdict"); NULL: none. */
struct json_t *cmd_verdict_of(const struct cli_answer *answer);
/** Write a verdict that came as JSON as the ladder that `sluice why` shows. `more`: as of pol_verdict_text. @return 0, 1 or 8 by its answer */
int cmd_verdict_show(struct cmd_ctx *c, FILE *to, const struct json_t *verdict, const char *more);
/** The command that shows every rule of such a verdict; "": none does. */
const char *cmd_verdict_more(struct cmd_ctx *c, const struct json_t *verdict);

/* ---- JSON that came (never NULL results) ---------------------------------------------------------------------------------- */
const char *cmd_j_str(const struct json_t *j, const char *key); /* "" when absent or no string; key may be "a.b" */
int64_t cmd_j_int(const struct json_t *j, const char *key);     /* 0 */
bool cmd_j_bool(const struct json_t *j, const char *key);       /* false */

/* ---- tables -------------------------------------------------------------------------------------------------------------- */
/** Columns for a terminal: rows of `columns` cells, padded to the widest by display width; the last is not padded. */
struct cmd_table { struct cmd_ctx *c; size_t columns; SLU_LIST(const char *) cell; };
void cmd_table_init(struct cmd_table *t, struct cmd_ctx *c, size_t columns);
void cmd_table_cell(struct cmd_table *t, const char *text); /* copied; control bytes are shown as '?' */
int cmd_table_put(struct cmd_table *t); /* as cmd_put; the first row is the heading */
/** Words of `text` and a line end, from column `at` on, broken before column 80, further lines indented by `at`; line ends in it count as spaces. */
void cmd_wrapped(FILE *to, slu_str text, size_t at);
/** A branch or tag as people call it: "develop", "v1.0.0". */
const char *cmd_ref_name(const char *ref);
/** "1 error", "3 errors" */
const char *cmd_count(struct cmd_ctx *c, size_t n, const char *one, const char *many);

/** A column of a list: the string or number at `key` ("a.b"), or what `text` makes of the row. A NULL heading ends them. */
struct cmd_column {
	const char *heading, *key;
	const char *(*text)(struct cmd_ctx *c, const struct json_t *row);
};
/** `none`: said in place of a heading over nothing; NULL: the heading alone. @return as cmd_put */
int cmd_rows_put(struct cmd_ctx *c, const struct json_t *rows, const struct cmd_column *col, const char *none);
/** The whole of a list command: all pages, as a table or with --format json as they are. `none` as of cmd_rows_put. @return the exit code */
int cmd_list_put(struct cmd_ctx *c, const char *path, const struct cmd_column *col, const char *none);

/** What a merge brought with it ("followed", "refs" of an answer): a table, and a sentence for each that is left to a change. @return as cmd_put */
int cmd_followed_put(struct cmd_ctx *c, const struct json_t *acts);
/** Only those sentences. */
void cmd_followed_left(struct cmd_ctx *c, const struct json_t *acts);

/** Run these words again for an operation that waited for a person. @return the exit code */
int cmd_resume(const struct cmd_ctx *c, const struct flow_op *op);
/** Run these words as a command of its own. @return the exit code */
int cmd_again(const struct cmd_ctx *c, const slu_str *word, size_t n);
/** The whole program: parse, dispatch, help. @return the exit code */
int cmd_main(int argc, char *const *argv, const struct cmd_ports *ports);
#endif
