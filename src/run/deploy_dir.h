/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The folder of an environment, HOME/work/OWNER/NAME/ENVIRONMENT, shared by the deploy drivers:
 *   releases/VERSION-COMMIT   the files of a commit, laid out whole or not at all
 *   current                   a link to the one that is current, replaced by rename
 *   log/VERSION-COMMIT.log    what the application writes
 *   keeper/                   of the local driver
 * and what an application or a script finds in its environment.
 */
#ifndef RUN_DEPLOY_DIR_H
#define RUN_DEPLOY_DIR_H
#include "port/deployer.h"

enum { RUN_RELEASES_KEPT = 5 };

/** HOME/work/…/ENVIRONMENT, made with all above it; mode 0700 at the environment, 0711 with a user of its own: he gets to his below it. */
slu_rc run_deploy_dir(const struct port_deploy *d, const char **out, slu_err *err);
/** "2.1.0-0123456789ab": names a release's folder, its log, and the application in the keeper. At most KEEPER_TAG - 1 bytes. */
slu_rc run_release_name(const struct port_deploy *d, const struct port_deploy_version *v, const char **out, slu_err *err);
slu_rc run_release_path(const struct port_deploy *d, const struct port_deploy_version *v, const char **out, slu_err *err);
/** Lay its files out, where that has not been done. */
slu_rc run_release_make(const struct port_deploy *d, const struct port_deploy_version *v, slu_err *err);
/** `argv`, such that it runs as the owner of this release, where that is somebody else than we are. SLU_E_IO: whose it is cannot be told; then nothing may run. */
slu_rc run_as_owner(const char *const **out, slu_arena *a, const char *path, const char *const *argv, slu_err *err);
/** `current` names it. */
slu_rc run_release_current(const struct port_deploy *d, const struct port_deploy_version *v, slu_err *err);
/** Remove all but the new one, the old one and the newest RUN_RELEASES_KEPT. */
void run_releases_prune(const struct port_deploy *d);
/**
 * NULL-terminated "K=V": PATH, HOME, LANG, the environment's variables and secrets, and SLUICE_VERSION … (docs/deployment.md).
 * A secret's value is the file HOME/secrets/OWNER/NAME/SECRET without the line end at its end; one without a file, or longer than
 * 16 KiB, is left out. Nothing of the server's own environment but PATH and HOME is passed on.
 */
const char *const *run_deploy_env(const struct port_deploy *d, const struct port_deploy_version *v, unsigned weight_pct, size_t *n);
/** Each $NAME of the text that is one of those variables, replaced. *missing: the first that has no value; NULL none. */
const char *run_deploy_expand(const struct port_deploy *d, slu_str text, const char **missing);
/** Run the team's script by /bin/sh in the release's folder, at most timeout_ms; its output goes to d->log. `what` for sentences. Never two of an environment at once, also after the server was killed. */
slu_rc run_deploy_script(const struct port_deploy *d, const char *what, slu_str text, unsigned weight_pct, int64_t timeout_ms, slu_err *err);
bool run_stopped(const struct port_deploy *d);
#endif
