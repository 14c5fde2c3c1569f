/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The half of the facts that Git alone knows: refs, commits, tags, ancestry, ranges, paths, merges, texts.
 *
 * The server adds the other half (people, changes, reviews, checks, deployments); a clone has only this one.
 * Not thread-safe, like the Git handle behind it.
 */
#ifndef APP_GIT_FACTS_H
#define APP_GIT_FACTS_H
#include "app/seen.h"
#include "policy/pol.h"
#include "port/git.h"

/**
 * Context of the Git half. `pol_facts.ctx` must point to this, or to a struct whose FIRST member is this.
 *
 * A push is judged whole: judge its branches first, with `pending` empty; then judge its tags with `pending` holding the
 * branch updates of the same push that were allowed, so that `git push origin main v1.0.0` finds the tag's commit on main.
 * Pending updates are seen by `ref`, `branches` and `tags`; old values are not looked at.
 */
struct app_git_facts {
	port_git *git;
	const struct port_git_update *pending;
	size_t pending_n;
	/*
	 * To ask Git less (a push of many refs asks the same again and again). Both may be NULL; answers are the same without.
	 * Refs are listed once: fill a new context when they may have moved.
	 */
	slu_arena *a;      /* lives as long as this context */
	port_git *stored;  /* the repository without the push's quarantine: what it does not have is new to the repository */
	struct app_git_known *known; /* made when it is first needed */
	struct app_git_scan *scan;   /* the same */
	bool unbounded;              /* secrets are looked for in all that there is, not in a push: as many bytes as come */
	app_seen *seen;              /* NULL: nothing is remembered from one context to the next */
};

/** Set the functions of the Git half in *f; the others are left as they are. Does not set f->ctx. */
void app_git_facts_fill(struct pol_facts *f);
#endif
