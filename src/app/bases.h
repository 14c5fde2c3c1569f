/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Bases: files of other repositories that a strategy extends. What counts is the text that was accepted. When the file moves on,
 * the new text takes its place by itself where it loosens nothing, and else waits for an administrator (docs/adr/0020).
 */
#ifndef APP_BASES_H
#define APP_BASES_H
#include "app/app.h"
#include "base/json.h"

struct app_base_difference {
	slu_str path, was, now; /* as strat_difference; a long value is cut */
	bool loosens;
};
/** A base of the strategy in force. */
struct app_base {
	slu_str what;             /* OWNER/REPO:FILE */
	slu_str text, digest, by; /* in force; `by`: who accepted the first of its line */
	int64_t at_s;             /* when it took force */
	bool held;                /* it was accepted at a commit: no other takes force by itself */
	bool waits;               /* the file is another one now; the rest is set only then */
	int64_t since_s;          /* when that was first seen */
	slu_str next;             /* digest of the text that it has now; "": it has none that could be accepted */
	slu_str why;              /* a sentence: why it takes no force by itself */
	const struct app_base_difference *differs; /* those that loosen first; at most APP_BASE_DIFFERS */
	size_t differs_n, differs_all;
	const char *command;      /* that accepts it; "" none can */
};
enum { APP_BASE_DIFFERS = 40 };
/** The members "differs_all" and "differs". */
void app_base_differs_json(slu_json *j, const struct app_base *b);
/** As it was last looked at. */
slu_rc app_bases(const struct app_base **out, size_t *n, struct app_unit *u, struct app_repo *r, slu_err *err);
/** "acme/base:rules.yml has moved on since …: 2 rules would be loosened. …"; NULL: none waits. One sentence for all. */
slu_rc app_bases_trouble(const char **out, struct app_unit *u, struct app_repo *r, slu_err *err);

/** Look at the files as they are now, and act on it. As the system; outside a transaction, without the lock of any repository. */
slu_rc app_bases_look(struct app_unit *u, struct app_repo *r, slu_err *err);

/**
 * Accept the text that `what` (OWNER/REPO:FILE) has now, for `extends`. By administrators of the repository who may read the other one.
 * @return SLU_E_STRATEGY: the strategy in force could not be used with it
 */
struct app_accepting {
	slu_str what;
	slu_str digest; /* how that of the text that was read begins: SLU_E_CONFLICT when it has another one now; n == 0: whatever it is */
	slu_str commit; /* of the other repository, all digits: the text that it has there, which is then held; n == 0: the one it has now */
};
struct app_accepted { slu_str what, digest, by; int64_t at_s; };
slu_rc app_strategy_accept(struct app_accepted *out, struct app_unit *u, struct app_repo *r, const struct app_accepting *x, slu_err *err);

/** Look at all bases of all repositories: whenever something has happened, and every half a minute. */
typedef struct app_rounds app_rounds;
slu_rc app_bases_begin(app_rounds **out, app *app, slu_err *err);
#endif
