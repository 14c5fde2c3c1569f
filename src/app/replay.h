/* SPDX-License-Identifier: Apache-2.0 */
/** Replay of a repository's history in a clone, without a server: what Git knows, put before decide() as it was then. */
#ifndef APP_REPLAY_H
#define APP_REPLAY_H
#include "app/offline_facts.h"
#include "insight/detect.h"

struct app_branch {
	slu_str name;
	slu_oid head;
	int kind, rank;
};
/** What a repository holds, whatever the strategy. */
struct app_history {
	port_git *git;
	bool remembers;
	slu_str default_branch;
	struct port_git_topology topology;
	ins_history graph;
	struct app_branch *branch;
	size_t branch_n;
	struct ins_tag_ref *tag;
	size_t tag_n;
	slu_str *message; /* those that a strategy asked for */
	bool bodies;      /* whole; else their first lines */
};
/** @param remembers  take what an earlier replay left of the repository; the answers are the same @return SLU_E_NOT_FOUND: there is no commit */
slu_rc app_history_load(struct app_history *out, slu_arena *a, const struct app_offline *o, slu_str default_branch, bool remembers, slu_err *err);
/** Leave for a later one what was read, messages too: after the replays, of one that remembers. */
void app_history_keep(const struct app_history *h);

/** Has the strategy a rule on files that a replay judges when it is asked so? */
bool app_replay_looks_at_files(const strat *s, bool secrets);
struct app_replay_ask {
	const strat *s;
	int64_t since_s;
	bool one_by_one; /* as of struct ins_replay_ask */
	bool secrets;    /* look through contents, where the strategy asks for it */
	void (*reading)(void *ctx, size_t done, size_t all); /* as files are looked at; may be NULL */
	void (*progress)(void *ctx, size_t done, size_t all); /* may be NULL */
	void *ctx;
};
/** What lives as long as the result: the history and the arena. */
slu_rc app_replay(struct ins_replay *out, slu_arena *a, struct app_history *h, const struct app_replay_ask *ask, slu_err *err);
/** What the history shows, seen from a strategy under which it was replayed just before. */
void app_detect(struct ins_evidence *out, slu_arena *a, struct app_history *h, const strat *s);
#endif
