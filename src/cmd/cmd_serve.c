/* SPDX-License-Identifier: Apache-2.0 */
/** sluice serve: becomes libexec/sluice-server, which holds the libraries that only a server needs. */
#include "cmd/call.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct cmd_opt options[] = {
	{ "home", 0, "DIR", "the server's folder; made when it is not there ($SLUICE_HOME)", CMD_PATH, 0 },
	{ "listen", 'l', "HOST:PORT", "where to listen; port 0 takes a free one ($SLUICE_LISTEN; default 127.0.0.1:8080)", CMD_TEXT, 0 },
	{ "behind-proxy", 0, NULL, "a proxy before it ends TLS: allows an address beyond loopback ($SLUICE_BEHIND_PROXY=1)", CMD_FLAG, 0 },
	{ "tls-cert", 0, "FILE", "certificate chain (PEM): speak TLS ($SLUICE_TLS_CERT)", CMD_PATH, 0 },
	{ "tls-key", 0, "FILE", "its key (PEM) ($SLUICE_TLS_KEY)", CMD_PATH, 0 },
	{ "deploy-user", 0, "NAME", "whom applications and deploy scripts run as, when the server runs as root ($SLUICE_DEPLOY_USER)", CMD_TEXT, 0 },
	{ "log-level", 0, "LEVEL", "error, warning, info or debug ($SLUICE_LOG_LEVEL; default info)", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

static const char *value_or_env(struct cmd_ctx *c, const char *name, const char *env)
{
	const char *v = cmd_opt(c, name);
	if (v)
		return v;
	v = getenv(env);
	return v && *v ? v : NULL;
}

static int run_serve(struct cmd_ctx *c)
{
	static const struct { const char *name, *env; bool flag; } pass[] = {
		{ "listen", "SLUICE_LISTEN", false }, { "behind-proxy", "SLUICE_BEHIND_PROXY", true }, { "tls-cert", "SLUICE_TLS_CERT", false },
		{ "tls-key", "SLUICE_TLS_KEY", false }, { "log-level", "SLUICE_LOG_LEVEL", false },
		{ "deploy-user", "SLUICE_DEPLOY_USER", false },
	};
	slu_err err = { 0 };
	const char *program, *home = c->home ? c->home : cmd_default_home(c);
	if (!home)
		return cmd_usage(c, "Where shall the server keep what it has? Give --home DIR.");
	if (cmd_libexec(c, "sluice-server", &program, &err) != SLU_OK)
		return cmd_fail(c, &err);
	SLU_LIST(const char *) argv = { 0 };
	*SLU_ADD(c->a, &argv) = program;
	*SLU_ADD(c->a, &argv) = "--home";
	*SLU_ADD(c->a, &argv) = home;
	for (size_t i = 0; i < sizeof pass / sizeof pass[0]; i++) {
		const char *v = value_or_env(c, pass[i].name, pass[i].env);
		if (!v)
			continue;
		*SLU_ADD(c->a, &argv) = slu_printf(c->a, "--%s", pass[i].name);
		if (!pass[i].flag)
			*SLU_ADD(c->a, &argv) = v;
	}
	*SLU_ADD(c->a, &argv) = NULL;
	union { const char *const *from; char *const *to; } words = { .from = argv.v };
	(void)execv(program, words.to);
	slu_err failed = { 0 };
	(void)!slu_fail(&failed, SLU_E_INTERNAL, "%s could not be started: %s.", program, strerror(errno));
	return cmd_fail(c, &failed);
}

const struct cmd_desc cmd_serve = {
	.name = "serve",
	.summary = "Run the server: Git over HTTP, the API, the pages",
	.usage = "",
	.detail = "The first line printed is the address. Then make a repository and somebody who may use it, from another terminal:\n\n"
	          "  sluice user add ann --home DIR\n"
	          "  sluice repo create acme/app --preset gitflow --home DIR\n"
	          "  sluice role grant ann maintain --repo acme/app --home DIR\n"
	          "  sluice token create --user ann --home DIR\n\n"
	          "An address beyond this machine needs --tls-cert or --behind-proxy. SIGTERM ends accepted work first.",
	.group = CMD_G_START,
	.opts = options,
	.run = run_serve,
	.example = "sluice serve --home /srv/sluice\n"
	           "sluice serve --home /srv/sluice --listen 0.0.0.0:443 \\\n"
	           "    --tls-cert cert.pem --tls-key key.pem",
	.exits = CMD_EXIT(5) | CMD_EXIT(9),
};
