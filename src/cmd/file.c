/* SPDX-License-Identifier: Apache-2.0 */
/** Files that commands read whole. */
#include "cmd/cmd.h"

#include <errno.h>
#include <string.h>

slu_rc cmd_read_file(struct cmd_ctx *c, const char *path, size_t max, slu_str *out, slu_err *err)
{
	bool standard = strcmp(path, "-") == 0;
	const char *name = standard ? "standard input" : path;
	FILE *f = standard ? stdin : fopen(path, "re");
	if (!f)
		return slu_fail(err, errno == ENOENT ? SLU_E_NOT_FOUND : SLU_E_USAGE, "%s cannot be read: %s.", name, strerror(errno));
	slu_auto_buf b;
	slu_buf_init(&b, max);
	char piece[64 * 1024];
	size_t n;
	while (!b.over && (n = fread(piece, 1, sizeof piece, f)) > 0)
		slu_buf_add(&b, piece, n);
	int why = ferror(f) ? errno : 0;
	if (!standard)
		(void)fclose(f);
	if (why) /* a folder is a wrong word; anything else is the disk's */
		return slu_fail(err, why == EISDIR ? SLU_E_USAGE : SLU_E_IO, "%s cannot be read: %s.", name, strerror(why));
	if (b.over)
		return slu_fail(err, SLU_E_LIMIT, "%s is larger than %zu bytes.", name, max);
	*out = (slu_str){ slu_strndup(c->a, b.p ? b.p : "", b.n), b.n };
	return SLU_OK;
}
