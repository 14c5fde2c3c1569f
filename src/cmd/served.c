/* SPDX-License-Identifier: Apache-2.0 */
/** Is what answers at an address a sluice server? */
#include "cmd/call.h"

#include <string.h>

enum { PATIENCE_S = 5 };

/* SLU_OK: it answered, and *is is known. */
static slu_rc ask(struct cmd_ctx *c, const char *server, bool *is, slu_err *err)
{
	struct cli_open how = { .server = server, .patience_s = PATIENCE_S };
	struct cli_answer an = { 0 };
	struct cli *client = NULL;
	if (strncmp(server, "https://", 8) == 0)
		SLU_TRY(cmd_libexec(c, "sluice-server", &how.server_program, err));
	SLU_TRY(cli_open(&client, &how, err));
	slu_rc rc = cli_call(client, c->a, &an, "GET", "/api/v3/meta", NULL, NULL, err);
	if (rc == SLU_OK && an.status >= 500)
		rc = slu_fail(err, SLU_E_IO, "it answered with status %u", an.status);
	*is = rc == SLU_OK && an.status == 200 && *cmd_j_str(an.json, "sluice_version");
	cli_close(client);
	return rc;
}

/* Only by what acts: a command that reads leaves the clone as it is. */
static bool remember(struct cmd_ctx *c, const char *key, bool is)
{
	const char *const set[] = { "config", "--local", key, is ? "true" : "false", NULL };
	const struct port_git_here *here;
	slu_str none;
	return (c->desc->flags & CMD_DRY_RUN) && !c->dry_run && cmd_here(c, &here, NULL) == SLU_OK && cmd_git(c, here->work_tree, set, true, &none, NULL) == SLU_OK;
}

bool cmd_is_sluice(struct cmd_ctx *c, const char *server)
{
	const char *key = slu_printf(c->a, "sluice.%s.server", server);
	slu_str known = cmd_setting(c, key);
	slu_err err = { 0 };
	bool is = false;
	if (known.n)
		return slu_str_is(known, "true");
	if (ask(c, server, &is, &err) != SLU_OK) {
		cmd_say(c, "%s does not tell whether it is a sluice server, and is taken for none. %s", server, err.text);
		return false;
	}
	if (remember(c, key, is) && !is)
		cmd_say(c, "%s is no sluice server: what is done, this clone does alone. That is remembered; to have it asked again: git config --unset %s", server, key);
	return is;
}

bool cmd_asks_server(struct cmd_ctx *c)
{
	const char *server = NULL, *token = NULL;
	if (cmd_has(c, "home") || cmd_has(c, "server") || cmd_has(c, "repo") || c->home || c->server)
		return true;
	return cmd_remote_server(c, &server, &token, NULL) == SLU_OK && cmd_is_sluice(c, server);
}
