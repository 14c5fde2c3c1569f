/* SPDX-License-Identifier: Apache-2.0 */
#include "web/git_advertise.h"

#include "git/git.h"
#include "run/proc.h"

#include <pthread.h>
#include <stdlib.h>

enum { TEXT_MAX = 64 << 20, ASK_MS = 60000 };

/** Of one repository: what git can do there, as long as its configuration stays this one. */
struct known {
	struct known *next;
	char *path, *config;
	char *can; /* NULL: git says more than we do */
};
struct git_advertise {
	pthread_mutex_t mu;
	struct known *known;
};

git_advertise *git_advertise_new(void)
{
	git_advertise *d = calloc(1, sizeof *d);
	if (!d)
		abort();
	(void)pthread_mutex_init(&d->mu, NULL);
	return d;
}

static void forget(struct known *k)
{
	free(k->path);
	free(k->config);
	free(k->can);
	free(k);
}

void git_advertise_free(git_advertise *d)
{
	for (struct known *k = d ? d->known : NULL, *next; k; k = next) {
		next = k->next;
		forget(k);
	}
	if (d)
		(void)pthread_mutex_destroy(&d->mu);
	free(d);
}

/* ---- what is known ------------------------------------------------------------------------------------------------------ */

static struct known **place(git_advertise *d, const char *path)
{
	struct known **at = &d->known;
	while (*at && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	return at;
}

/** @return false: nobody has asked git yet. *can lives in the arena; NULL: git must be run each time */
static bool look_up(git_advertise *d, slu_arena *a, const char *path, const char *config, const char **can)
{
	(void)pthread_mutex_lock(&d->mu);
	const struct known *k = *place(d, path);
	bool there = k && strcmp(k->config, config) == 0;
	*can = there && k->can ? slu_strdup(a, k->can) : NULL;
	(void)pthread_mutex_unlock(&d->mu);
	return there;
}

static void keep(git_advertise *d, const char *path, const char *config, const char *can)
{
	struct known *k = calloc(1, sizeof *k);
	if (!k || !(k->path = strdup(path)) || !(k->config = strdup(config)) || (can && !(k->can = strdup(can))))
		abort();
	(void)pthread_mutex_lock(&d->mu);
	struct known **at = place(d, path), *old = *at;
	k->next = old ? old->next : NULL;
	*at = k;
	(void)pthread_mutex_unlock(&d->mu);
	if (old)
		forget(old);
}

/* ---- what is said --------------------------------------------------------------------------------------------------------- */

/** As the configuration has it that every repository of the server gets. */
static bool hidden(slu_str ref)
{
	return slu_str_starts(ref, "refs/sluice/") && !slu_str_is(ref, "refs/sluice/heads") && !slu_str_starts(ref, "refs/sluice/heads/");
}

static void line(slu_buf *b, const char *id, slu_str name, const char *can)
{
	size_t n = 4 + strlen(id) + 1 + name.n + (can ? 1 + strlen(can) : 0) + 1;
	slu_buf_addf(b, "%04zx%s %.*s", n, id, SLU_FMT(name));
	if (can) {
		slu_buf_addc(b, '\0');
		slu_buf_adds(b, can);
	}
	slu_buf_addc(b, '\n');
}

static slu_str say(slu_arena *a, port_git *git, const char *can)
{
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	slu_auto_buf b;
	slu_buf_init(&b, TEXT_MAX);
	if (git->ops->refs(git, a, SLU_STR(""), &ref, &n, NULL) != SLU_OK)
		return (slu_str){ 0 };
	for (size_t i = 0; i < n; i++)
		if (!hidden(ref[i].name))
			line(&b, ref[i].id.hex, ref[i].name, b.n ? NULL : can);
	if (b.n == 0)
		line(&b, slu_oid_zero().hex, SLU_STR("capabilities^{}"), can);
	slu_buf_adds(&b, "0000");
	return b.over ? (slu_str){ 0 } : (slu_str){ slu_strndup(a, b.p, b.n), b.n };
}

/** What git says, and of that what it can do: in the first line, after a NUL. */
static slu_str ask_git(slu_arena *a, const char *path, const char **can)
{
	const char *argv[] = { "git", "-c", "core.hooksPath=/dev/null", "receive-pack", "--stateless-rpc", "--http-backend-info-refs", path, NULL };
	struct git_env env;
	struct run_result r = { 0 };
	struct run_spec s = RUN_SPEC;
	git_env_init(&env, a);
	s.argv = argv;
	s.env = env.v;
	s.cwd = "/";
	s.max_out = TEXT_MAX;
	s.timeout_ms = ASK_MS;
	if (run_proc_ok(&r, a, &s, NULL) != SLU_OK)
		return (slu_str){ 0 };
	const char *nul = memchr(r.out.p, 0, r.out.n), *end = nul ? memchr(nul, '\n', r.out.n - (size_t)(nul - r.out.p)) : NULL;
	*can = end ? slu_strndup(a, nul + 1, (size_t)(end - nul - 1)) : NULL;
	return r.out;
}

slu_str git_advertise_push(git_advertise *d, slu_arena *a, const char *path, port_git *git, const char *protocol)
{
	const char *can = NULL, *config = protocol && strstr(protocol, "version=1") ? NULL : git_repo_config_as_made(a, path);
	if (!config)
		return (slu_str){ 0 };
	if (look_up(d, a, path, config, &can))
		return can ? say(a, git, can) : (slu_str){ 0 };
	slu_str git_says = ask_git(a, path, &can), ours = can ? say(a, git, can) : (slu_str){ 0 };
	if (git_says.n)
		keep(d, path, config, slu_str_eq(git_says, ours) ? can : NULL);
	return git_says;
}
