/* SPDX-License-Identifier: Apache-2.0 */
#include "web/git_advertise.h"

#include "web/git_receive.h"

enum { TEXT_MAX = 64 << 20 };

/** Ours; of them only the published heads of the audit log are for others (transfer.hideRefs of each repository says the same). */
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

slu_rc git_advertise_push(slu_str *out, slu_arena *a, port_git *git, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	slu_auto_buf b;
	slu_buf_init(&b, TEXT_MAX);
	SLU_TRY(git->ops->refs(git, a, SLU_STR(""), &ref, &n, err));
	bool sha256 = n > 0 && strlen(ref[0].id.hex) == 64;
	const char *can = git_receive_can(a, sha256 ? "sha256" : "sha1");
	for (size_t i = 0; i < n; i++)
		if (!hidden(ref[i].name))
			line(&b, ref[i].id.hex, ref[i].name, b.n ? NULL : can);
	if (b.n == 0)
		line(&b, slu_oid_zero().hex, SLU_STR("capabilities^{}"), can);
	slu_buf_adds(&b, "0000");
	if (b.over)
		return slu_fail(err, SLU_E_LIMIT, "The list of refs is longer than %d MiB.", TEXT_MAX >> 20);
	*out = (slu_str){ slu_strndup(a, b.p, b.n), b.n };
	return SLU_OK;
}
