/* SPDX-License-Identifier: Apache-2.0 */
/** sluice ecosystem: the members' clones, and what is done in all of them at once. */
#ifndef CMD_ECOSYSTEM_H
#define CMD_ECOSYSTEM_H
#include "app/ecosystem.h"
#include "cmd/release.h"

struct cmd_member {
	slu_str repo;          /* "acme/app" */
	const char *path;      /* top of its work tree; NULL: no clone of it is known */
	bool home, gone;       /* gone: its clone is no more, of an operation that is stored */
	struct cmd_ctx c;      /* as if the command had been typed there; what it says is kept in `said` */
	struct cmd_work own, *w;
	char *said;
	size_t said_n, told;   /* told: so many bytes of it have been relayed */
	int code;              /* of what went wrong there; 0: nothing */
	slu_err err;           /* … while it was planned, else its text is "" */
	const char *source, *target; /* of the merge; NULL: it has no branch of a release, and is tagged as it is */
	slu_oid released;      /* the commit that gets the tags */
	slu_str tag;           /* its release tag's name; n == 0: it gets none */
	bool moved;            /* its part is planned anew */
	bool landed;           /* it has the release already */
	/* of one that a sluice server serves: cmd/ecosystem_server.h */
	bool served, waits;
	const char *server;    /* its address */
	int64_t change;        /* that brings it; 0: none, or not known yet */
	slu_oid head;          /* what was looked at; zero: nothing yet */
	const struct json_t *there; /* what the server said of it last */
};
struct cmd_ecosystem {
	struct cmd_ctx *c;
	struct cmd_work home;
	const char *where;     /* the home's work tree */
	const char *said;      /* why nothing can be planned in the home; "" : it can */
	int said_code;
	const char *version;   /* of the release that is meant */
	struct cmd_member *m;  /* in the order of deployment */
	size_t n;
	bool insists;          /* to end it without a server that does not answer */
	struct app_eco e;
};

/** The home, so far that its strategy is known; what else is in its way counts as a member, see `said`. @return 0, or the exit code after having said why */
int cmd_home_open(struct cmd_ecosystem *e);
/** The members that the home's strategy names, each with its clone. @return 0, or the exit code after having said which has none and what helps */
int cmd_members_find(struct cmd_ecosystem *e, const struct strat_ecosystem *names);
/** Those of an operation that is stored. */
void cmd_member_stored(struct cmd_member *m, slu_arena *a, const struct flow_op_member *stored);
int cmd_members_of(struct cmd_ecosystem *e, const struct flow_op *op);
/** Open each (`plan`: to plan in it, else only what is under way there), and tell e->e of it. Each one's code says whether it could. @return 0, or the first code that is not */
int cmd_members_open(struct cmd_ecosystem *e, bool plan);
/** What went wrong in which, on standard error. */
void cmd_members_relay(struct cmd_ecosystem *e);
void cmd_ecosystem_close(struct cmd_ecosystem *e);

/** An operation of several clones is under way in this home, or was the last: what the commands of that name do. @return the exit code */
bool cmd_ecosystem_under_way(struct cmd_ctx *c, struct flow_op *op); /* without locking anything */
int cmd_ecosystem_show(struct cmd_ctx *c, const struct flow_op *op);
int cmd_ecosystem_continue(struct cmd_ctx *c, const struct flow_op *op);
int cmd_ecosystem_abort(struct cmd_ctx *c, const struct flow_op *op);
int cmd_ecosystem_undo(struct cmd_ctx *c, const struct flow_op *op);
/** What is stored in the home, with its parts. cmd_ecosystem_close in every case. @return 0, or the exit code */
int cmd_ecosystem_open(struct cmd_ecosystem *e, const struct flow_op *op);
/** One that is decided: to its end, forwards or back. */
int cmd_ecosystem_go_on(struct cmd_ecosystem *e);
/** Must a part be planned anew, since its remote or its branches have moved? Each one's `moved` says. @return 0, or the exit code */
int cmd_ecosystem_moved(struct cmd_ecosystem *e, bool *any);
/** Plan those anew, by the words of the finish, and go on. */
int cmd_ecosystem_again(struct cmd_ctx *c, const struct flow_op *op);
/** Is this a part whose home still leads it? Then 9, after having said where to go. Else 0: it is on its own. */
int cmd_ecosystem_leads(struct cmd_ctx *c, const struct flow_op *op);
#endif
