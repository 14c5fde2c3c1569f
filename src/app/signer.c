/* SPDX-License-Identifier: Apache-2.0 */
/* The key that the server signs its commits and tags with, and the files of keys. */
#include "app/copy.h"
#include "app/impl.h"
#include "audit/sshsig.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

/* ---- files of keys ------------------------------------------------------------------------------------------------------------- */

slu_rc app_key_file_write(const char *path, const void *bytes, size_t n, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *fresh = slu_printf(a, "%s.new", path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write(fd, bytes, n) == (ssize_t)n && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	if (!good || rename(fresh, path) != 0)
		return slu_fail(err, slu_rc_io(strerror(errno)), "The file %s could not be written: %s.", path, strerror(errno));
	return app_sync_parent(path, err);
}

slu_rc app_seed_read(const char *path, unsigned char seed[32], const char *what, slu_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? SLU_E_NOT_FOUND : slu_fail(err, SLU_E_IO, "The %s %s could not be read: %s.", what, path, strerror(errno));
	ssize_t n = read(fd, seed, 32);
	(void)close(fd);
	if (n != 32)
		return slu_fail(err, SLU_E_CORRUPT, "The %s %s is not whole; restore it from a backup.", what, path);
	return SLU_OK;
}

/* ---- signing -------------------------------------------------------------------------------------------------------------------- */

static void sign(const void *ctx, slu_buf *out, slu_str text)
{
	const app *ap = ctx;

	aud_ssh_sign(out, text, ap->ssh_seed);
}

/** One line: the address that the server's commits carry, and for nothing but what Git signs. */
static slu_str allowed(const app *ap, slu_arena *a)
{
	slu_auto_buf key;
	slu_buf_init(&key, 512);

	aud_ssh_public(&key, ap->ssh_seed);
	return slu_s(slu_printf(a, "sluice@localhost namespaces=\"git\" %.*s\n", SLU_FMT(slu_buf_str(&key))));
}

slu_str app_allowed_signers(struct app_unit *u)
{
	return allowed(u->app, u->a);
}

slu_rc app_signer_open(app *ap, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *path = slu_printf(a, "%s/keys/signing.seed", ap->home);
	slu_rc rc = app_seed_read(path, ap->ssh_seed, "signing key", err);

	bool made = rc == SLU_E_NOT_FOUND;
	if (made) {
		randombytes_buf(ap->ssh_seed, sizeof(ap->ssh_seed));
		rc = app_key_file_write(path, ap->ssh_seed, sizeof(ap->ssh_seed), err);
	}
	SLU_TRY(rc);
	ap->signer = (struct port_git_signer){ sign, ap };
	const char *published = slu_printf(a, "%s/keys/allowed-signers", ap->home);
	if (!made && access(published, F_OK) == 0)
		return SLU_OK;
	slu_str text = allowed(ap, a);
	return app_key_file_write(published, text.p, text.n, err);
}
