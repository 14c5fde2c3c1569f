/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that the user's own git makes: his identity, time and key. */
#include "base/limits.h"
#include "git/clone_impl.h"
#include "git/git.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- who -------------------------------------------------------------------------------------------------------------------- */

/* "Ann <ann@example.org> 1700000000 +0100" */
static bool ident_of(struct port_git_ident *out, slu_str line)
{
	const char *lt = line.n ? memchr(line.p, '<', line.n) : NULL, *gt = line.n ? memrchr(line.p, '>', line.n) : NULL;
	uint64_t t = 0;
	if (!lt || !gt || gt < lt)
		return false;
	slu_str rest = slu_str_trim((slu_str){ gt + 1, line.n - (size_t)(gt + 1 - line.p) }), word;
	if (!slu_str_split(&rest, ' ', &word) || slu_parse_u64(&t, word, NULL) != SLU_OK)
		return false;
	*out = (struct port_git_ident){ slu_str_trim((slu_str){ line.p, (size_t)(lt - line.p) }), { lt + 1, (size_t)(gt - lt - 1) }, (int64_t)t, 0 };
	return true;
}

/* What git would take first; n == 0: it would look further. */
static slu_str said(const struct clone *c, const char *variable, const char *own, const char *both)
{
	const char *v = getenv(variable);
	slu_str key = v && *v ? slu_s(v) : clone_setting(c, own);
	return key.n ? key : clone_setting(c, both);
}

slu_rc clone_identity(port_clone *base, slu_arena *a, struct port_git_ident *out, slu_err *err)
{
	const struct clone *c = clone_of(base);
	slu_str name = said(c, "GIT_COMMITTER_NAME", "committer.name", "user.name"), email = said(c, "GIT_COMMITTER_EMAIL", "committer.email", "user.email");
	if (name.n && email.n && !memchr(name.p, '\n', name.n)) { /* as it nearly always is: git need not be asked */
		*out = (struct port_git_ident){ name, email, time(NULL), 0 };
		return SLU_OK;
	}
	struct clone_call q = CLONE_CALL("var", "GIT_COMMITTER_IDENT");
	struct run_result r = { .exit_code = 0 };
	SLU_TRY(clone_run(clone_of(base), a, &q, &r, err));
	if (r.exit_code == 0 && ident_of(out, slu_str_trim(r.out)))
		return SLU_OK;
	return slu_fail(err, SLU_E_INVALID, "Git does not know who you are here. Tell it: git config user.name \"Your Name\" && git config user.email you@example.org");
}

slu_str clone_setting(const struct clone *c, const char *key)
{
	slu_str v = { 0 };
	for (size_t i = 0; i < c->here->setting_n; i++)
		if (slu_str_is(c->here->setting[i].key, key))
			v = c->here->setting[i].value;
	return v;
}

/* ---- commits and tags --------------------------------------------------------------------------------------------------------- */

static bool yes(const struct clone *c, const char *key)
{
	slu_str v = { 0 };
	bool there = false, has = false;
	for (size_t i = 0; i < c->here->setting_n; i++)
		if (slu_str_is(c->here->setting[i].key, key)) {
			v = c->here->setting[i].value;
			has = c->here->setting[i].has_value;
			there = true;
		}
	return there && (!has || slu_str_in(v, "true yes on 1 True TRUE Yes YES On ON"));
}

slu_rc clone_commit(port_clone *base, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, slu_str message, slu_oid *out, slu_err *err)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	struct clone_call q = CLONE_CALL("commit-tree");
	slu_str text = { 0 };
	if (2 * parent_n + 4 > CLONE_ARGS)
		return slu_fail(err, SLU_E_LIMIT, "A commit of %zu parents is not made here.", parent_n);
	if (yes(c, "commit.gpgsign"))
		q.arg[q.n++] = "-S";
	for (size_t i = 0; i < parent_n; i++) {
		q.arg[q.n++] = "-p";
		q.arg[q.n++] = parent[i].hex;
	}
	q.arg[q.n++] = tree->hex;
	if (author) {
		q.env[q.env_n++] = slu_printf(a, "GIT_AUTHOR_NAME=%.*s", SLU_FMT(author->name));
		q.env[q.env_n++] = slu_printf(a, "GIT_AUTHOR_EMAIL=%.*s", SLU_FMT(author->email));
		q.env[q.env_n++] = slu_printf(a, "GIT_AUTHOR_DATE=@%lld %+05d", (long long)author->time_s, author->zone);
	}
	q.input = message;
	SLU_TRY(clone_ok(c, a, &q, &text, err));
	return slu_oid_parse(out, slu_str_trim(text), err);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

/* What git needs to know to sign as the user does, of what this repository says itself. */
static void pass_settings(slu_buf *config, const struct clone *c)
{
	for (size_t i = 0; i < c->here->setting_n; i++) {
		const struct port_git_setting *s = &c->here->setting[i];
		slu_str key = s->key;
		const char *dot = key.n ? memrchr(key.p, '.', key.n) : NULL;
		if (!dot || !(slu_str_starts(key, "user.") || slu_str_starts(key, "gpg.") || slu_str_starts(key, "committer.")) || memchr(s->value.p ? s->value.p : "", '\n', s->value.n))
			continue;
		const char *first = memchr(key.p, '.', key.n);
		slu_buf_addf(config, "[%.*s", (int)(first - key.p), key.p);
		if (dot > first)
			slu_buf_addf(config, " \"%.*s\"", (int)(dot - first - 1), first + 1);
		slu_buf_addf(config, "]\n\t%.*s = \"", (int)(key.n - (size_t)(dot + 1 - key.p)), dot + 1);
		for (size_t k = 0; k < s->value.n; k++) {
			if (s->value.p[k] == '"' || s->value.p[k] == '\\')
				slu_buf_addc(config, '\\');
			slu_buf_addc(config, s->value.p[k]);
		}
		slu_buf_adds(config, "\"\n");
	}
}

void clone_remove_folder(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A tag object without a ref: made by `git tag` in an empty repository whose objects are ours. */
static slu_rc tag_in(struct clone *c, slu_arena *a, const char *dir, const char *name, const slu_oid *commit, slu_str message, bool sign, slu_oid *out, slu_err *err)
{
	slu_buf config;
	bool sha256 = strlen(commit->hex) > 40;
	slu_str text = { 0 };
	struct clone_call q = CLONE_CALL("tag", "-a", sign ? "-s" : "--no-sign", "--cleanup=verbatim", "-F", "-", "--", name, commit->hex);
	slu_buf_init(&config, 65536);
	slu_buf_addf(&config, "[core]\n\trepositoryformatversion = %d\n\tbare = true\n%s", sha256 ? 1 : 0, sha256 ? "[extensions]\n\tobjectFormat = sha256\n" : "");
	pass_settings(&config, c);
	slu_rc rc = config.over ? slu_fail(err, SLU_E_LIMIT, "The settings of user and gpg are too long.") : clone_write(slu_printf(a, "%s/config", dir), slu_buf_str(&config), err);
	slu_buf_release(&config);
	if (rc == SLU_OK)
		rc = clone_write(slu_printf(a, "%s/HEAD", dir), SLU_STR("ref: refs/heads/none\n"), err);
	if (rc == SLU_OK)
		rc = clone_write(slu_printf(a, "%s/refs/keep", dir), SLU_STR(""), err);
	if (rc == SLU_OK)
		rc = clone_write(slu_printf(a, "%s/objects/info/keep", dir), SLU_STR(""), err);
	if (rc != SLU_OK)
		return rc;
	q.git_dir = slu_s(dir);
	q.env[q.env_n++] = slu_printf(a, "GIT_OBJECT_DIRECTORY=%s/objects", c->common);
	q.input = message;
	SLU_TRY(clone_ok(c, a, &q, NULL, err));
	struct clone_call ask = CLONE_CALL("rev-parse", "--verify", slu_printf(a, "refs/tags/%s", name));
	ask.git_dir = slu_s(dir);
	ask.env[ask.env_n++] = q.env[0];
	SLU_TRY(clone_ok(c, a, &ask, &text, err));
	return slu_oid_parse(out, slu_str_trim(text), err);
}

slu_rc clone_tag(port_clone *base, slu_str name, const slu_oid *commit, slu_str message, bool sign, slu_oid *out, slu_err *err)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	char *dir = slu_printf(a, "%s/sluice-tag.XXXXXX", c->common);
	if (!mkdtemp(dir))
		return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "A folder for the tag cannot be made in %s: %s.", c->common, strerrordesc_np(errno));
	slu_rc rc = tag_in(c, a, dir, slu_str_dup(a, name), commit, message, sign || yes(c, "tag.gpgsign") || yes(c, "tag.forcesignannotated"), out, err);
	clone_remove_folder(dir);
	return rc;
}
