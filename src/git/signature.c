/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of commits and tags, verified by ssh-keygen and gpg: with the keys that are given, and no others that somebody has.
 * A signature is good when its signer is whoever the object says has made it, by a key that holds today: the time in the object is
 * the signer's own word, and somebody whose key has expired would write an older one.
 */
#include "git/signature.h"

#include "git/git_cli_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { VERIFY_MS = 60000, OUT_MAX = 256 * 1024 };

struct git_verifier {
	const char *dir;
	slu_str ssh, pgp; /* whose files lie in it */
	bool imported;
};

/* ---- a folder with the keys, as long as the handle lives ------------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

void git_verifier_free(struct git_cli *g)
{
	if (g->verifier)
		(void)nftw(g->verifier->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	g->verifier = NULL;
}

static slu_rc write_file(const char *path, slu_str text, slu_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = fd >= 0;
	for (size_t at = 0; good && at < text.n;) {
		ssize_t n = write(fd, text.p + at, text.n - at);
		good = n > 0 || (n < 0 && errno == EINTR);
		at += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0 && close(fd) != 0)
		good = false;
	return good ? SLU_OK : slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "%s cannot be written: %s.", path, strerrordesc_np(errno));
}

static slu_rc verifier_of(struct git_cli *g, const struct pol_signers *by, slu_err *err)
{
	const char *where = getenv("TMPDIR");
	if (g->verifier && slu_str_eq(g->verifier->ssh, by->ssh) && slu_str_eq(g->verifier->pgp, by->pgp))
		return SLU_OK;
	git_verifier_free(g);
	char *dir = slu_printf(g->own, "%s/sluice-keys-XXXXXX", where && where[0] == '/' ? where : "/tmp");
	if (!mkdtemp(dir))
		return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "A folder cannot be made at %s: %s.", dir, strerrordesc_np(errno));
	struct git_verifier *v = SLU_NEW(g->own, struct git_verifier);
	*v = (struct git_verifier){ dir, { slu_str_dup(g->own, by->ssh), by->ssh.n }, { slu_str_dup(g->own, by->pgp), by->pgp.n }, false };
	g->verifier = v;
	return write_file(slu_printf(g->own, "%s/allowed", dir), by->ssh, err);
}

/** Any end of it is an answer, but that it could not be run. */
static slu_rc call(struct git_cli *g, slu_arena *a, const char *const *argv, slu_str input, struct run_result *out, slu_err *err)
{
	struct git_env env;
	struct run_spec s = RUN_SPEC;
	git_env_init(&env, a);
	git_env_add(&env, a, "GNUPGHOME", g->verifier->dir);
	git_env_add(&env, a, "TZ", "UTC");
	s.argv = argv;
	s.env = env.v;
	s.cwd = g->verifier->dir;
	s.input = input;
	s.timeout_ms = VERIFY_MS;
	s.max_out = s.max_err = OUT_MAX;
	return run_proc(out, a, &s, err);
}

/* ---- OpenSSH ---------------------------------------------------------------------------------------------------------------- */

static struct pol_signature other(slu_arena *a, slu_str by)
{
	return (struct pol_signature){ POL_SIGNED_BY_OTHER, { slu_str_dup(a, by), by.n } };
}

static slu_rc by_ssh(struct pol_signature *out, struct git_cli *g, slu_arena *a, const struct git_signed *s, slu_str who, int64_t now_s, slu_err *err)
{
	const char *id = slu_str_dup(a, who);
	struct tm tm;
	time_t now = (time_t)now_s;
	char time[40];
	struct run_result r;
	slu_str line;
	if (!gmtime_r(&now, &tm) || strftime(time, sizeof time, "-Overify-time=%Y%m%d%H%M%S", &tm) == 0)
		return slu_fail(err, SLU_E_INVALID, "The time %lld is no time of a signature.", (long long)now_s);
	SLU_TRY(write_file(slu_printf(a, "%s/sig", g->verifier->dir), s->signature, err));
	const char *verify[] = { "ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", id, "-n", "git", "-s", "sig", time, NULL };
	const char *alone[] = { "ssh-keygen", "-Y", "check-novalidate", "-n", "git", "-s", "sig", NULL };
	const char *find[] = { "ssh-keygen", "-Y", "find-principals", "-f", "allowed", "-s", "sig", time, NULL };
	SLU_TRY(call(g, a, verify, s->text, &r, err));
	*out = (struct pol_signature){ POL_SIGNED, who };
	if (r.exit_code == 0)
		return SLU_OK;
	bool expired = memmem(r.err.p, r.err.n, "expired", 7) || memmem(r.err.p, r.err.n, "not yet valid", 13);
	SLU_TRY(call(g, a, alone, s->text, &r, err));
	const char *key = memmem(r.out.p, r.out.n, "SHA256:", 7);
	*out = (struct pol_signature){ POL_SIGNED_BADLY, { "", 0 } };
	if (r.exit_code != 0)
		return SLU_OK;
	SLU_TRY(call(g, a, find, (slu_str){ "", 0 }, &r, err));
	slu_str found = slu_str_trim(r.out);
	if (r.exit_code == 0 && slu_str_split(&found, '\n', &line) && line.n)
		*out = other(a, line);
	else
		*out = (struct pol_signature){ expired ? POL_SIGNED_BY_EXPIRED : POL_SIGNED_BY_UNKNOWN, key ? slu_str_trim(slu_s(key)) : SLU_STR("") };
	return SLU_OK;
}

/* ---- OpenPGP ---------------------------------------------------------------------------------------------------------------- */

struct status { /* of gpg: what it says, and how often */
	unsigned good, expired, bad, unknown, signatures;
	slu_str key; /* fingerprint, or what else names it */
};

static void read_status(struct status *s, slu_str text)
{
	static const struct { const char *word; int kind; } words[] = { { "GOODSIG", 0 }, { "EXPKEYSIG", 1 }, { "EXPSIG", 1 }, { "REVKEYSIG", 1 }, { "BADSIG", 2 }, { "ERRSIG", 3 }, { "NEWSIG", 4 } };
	unsigned *const count[] = { &s->good, &s->expired, &s->bad, &s->unknown, &s->signatures };
	slu_str line, word, rest;
	while (slu_str_split(&text, '\n', &line)) {
		if (!slu_str_starts(line, "[GNUPG:] "))
			continue;
		rest = (slu_str){ line.p + 9, line.n - 9 };
		if (!slu_str_split(&rest, ' ', &word))
			continue;
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (slu_str_is(word, words[i].word))
				++*count[words[i].kind];
		slu_str key = { 0 };
		if ((slu_str_is(word, "VALIDSIG") || slu_str_is(word, "ERRSIG")) && slu_str_split(&rest, ' ', &key))
			s->key = key;
	}
}

/** The address in "Ann <ann@example.org>", or the whole where there is none. */
static slu_str address_of(slu_str uid)
{
	const char *lt = memrchr(uid.p, '<', uid.n);
	if (!lt || uid.n == 0 || uid.p[uid.n - 1] != '>')
		return uid;
	return (slu_str){ lt + 1, (size_t)(uid.p + uid.n - lt) - 2 };
}

static bool same_address(slu_str x, slu_str y)
{
	return x.n == y.n && x.n > 0 && strncasecmp(x.p, y.p, x.n) == 0;
}

/** Is it one of the key's own addresses, and not one that was taken back? *first: one that it has. */
static slu_rc has_address(bool *out, slu_str *first, struct git_cli *g, slu_arena *a, slu_str key, slu_str who, slu_err *err)
{
	const char *list[] = { "gpg", "--batch", "--no-tty", "--no-autostart", "--no-options", "--with-colons", "--list-keys", slu_str_dup(a, key), NULL };
	struct run_result r;
	slu_str line;
	SLU_TRY(call(g, a, list, (slu_str){ "", 0 }, &r, err));
	*out = false;
	while (slu_str_split(&r.out, '\n', &line)) {
		slu_str field[10] = { 0 };
		size_t n = 0;
		while (n < 10 && slu_str_split(&line, ':', &field[n]))
			n++;
		if (n < 10 || !slu_str_is(field[0], "uid") || slu_str_is(field[1], "r") || slu_str_is(field[1], "e"))
			continue;
		slu_str address = address_of(field[9]);
		*first = first->n ? *first : address;
		*out = *out || same_address(address, who);
	}
	return SLU_OK;
}

static slu_rc import(struct git_cli *g, slu_arena *a, slu_err *err)
{
	const char *argv[] = { "gpg", "--batch", "--no-tty", "--no-autostart", "--no-options", "--quiet", "--import", NULL };
	struct run_result r;
	if (g->verifier->imported)
		return SLU_OK;
	SLU_TRY(call(g, a, argv, g->verifier->pgp, &r, err));
	g->verifier->imported = true;
	return SLU_OK;
}

static slu_rc by_pgp(struct pol_signature *out, struct git_cli *g, slu_arena *a, const struct git_signed *s, slu_str who, slu_err *err)
{
	const char *argv[] = { "gpg", "--batch", "--no-tty", "--no-autostart", "--no-options", "--no-auto-key-retrieve", "--trust-model", "always", "--status-fd", "1", "--verify", "sig", "-", NULL };
	struct run_result r;
	struct status st = { 0 };
	bool own = false;
	slu_str first = { 0 };
	*out = (struct pol_signature){ POL_SIGNED_BY_UNKNOWN, { "", 0 } };
	if (g->verifier->pgp.n == 0)
		return SLU_OK;
	SLU_TRY(import(g, a, err));
	SLU_TRY(write_file(slu_printf(a, "%s/sig", g->verifier->dir), s->signature, err));
	SLU_TRY(call(g, a, argv, s->text, &r, err));
	read_status(&st, r.out);
	bool one = st.signatures == 1 && st.good + st.expired + st.bad + st.unknown == 1;
	if (!one || st.bad) {
		*out = (struct pol_signature){ POL_SIGNED_BADLY, { "", 0 } };
		return SLU_OK;
	}
	*out = (struct pol_signature){ st.expired ? POL_SIGNED_BY_EXPIRED : POL_SIGNED_BY_UNKNOWN, { slu_str_dup(a, st.key), st.key.n } };
	if (!st.good || r.exit_code != 0 || st.key.n == 0)
		return SLU_OK;
	SLU_TRY(has_address(&own, &first, g, a, st.key, who, err));
	*out = own ? (struct pol_signature){ POL_SIGNED, who } : other(a, first);
	return SLU_OK;
}

/* ---- the port --------------------------------------------------------------------------------------------------------------- */

static slu_rc signer_of(slu_str *who, slu_arena *a, const slu_oid *id, enum git_kind kind, slu_str raw, slu_err *err)
{
	struct pol_commit c;
	struct git_tag_raw t;
	if (kind == GIT_COMMIT)
		SLU_TRY(git_commit_parse(&c, a, id, raw, err));
	else
		SLU_TRY(git_tag_parse(&t, a, id, raw, err));
	*who = kind == GIT_COMMIT ? c.committer_email : t.tagger_email;
	return SLU_OK;
}

slu_rc git_cli_signature(port_git *base, slu_arena *a, const slu_oid *id, const struct pol_signers *by, int64_t now_s, struct pol_signature *out, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	const char *word = "";
	slu_str raw = { 0 }, who = { 0 };
	SLU_TRY(base->ops->object(base, a, id, &word, &raw, err));
	enum git_kind kind = strcmp(word, "commit") == 0 ? GIT_COMMIT : strcmp(word, "tag") == 0 ? GIT_TAG : GIT_MISSING;
	*out = (struct pol_signature){ POL_NOT_SIGNED, { "", 0 } };
	if (kind == GIT_MISSING)
		return SLU_OK;
	struct git_signed s = git_signed_of(a, kind, raw, strlen(id->hex) == 64);
	if (s.signature.n == 0)
		return SLU_OK;
	SLU_TRY(signer_of(&who, a, id, kind, raw, err));
	out->state = POL_SIGNED_BADLY;
	if (s.twice || who.n == 0)
		return SLU_OK;
	bool ssh = slu_str_starts(s.signature, "-----BEGIN SSH SIGNATURE-----"), pgp = slu_str_starts(s.signature, "-----BEGIN PGP ");
	if (!ssh && !pgp)
		return SLU_OK;
	SLU_TRY(verifier_of(g, by, err));
	return ssh ? by_ssh(out, g, a, &s, who, now_s, err) : by_pgp(out, g, a, &s, who, err);
}
