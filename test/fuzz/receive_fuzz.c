/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a push: no crash, the same answer however they are cut, and that in whole packets. No process begins. Requirement: PR-6 */
#include "web/git_receive.h"

#include "base/limits.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool judge(void *ctx, const struct port_git_update *u, size_t n, const char *object_dir, const char *alternates, slu_str *text)
{
	(void)ctx;
	(void)alternates;
	if (n == 0 || n > SLU_MAX_PUSH_REFS || object_dir || u[n - 1].ref.n == 0)
		abort();
	*text = SLU_STR("sluice: no.\n");
	return false;
}

static bool land(void *ctx, slu_str *text, const char **reason)
{
	(void)ctx;
	(void)text;
	(void)reason;
	abort(); /* what was refused lands nowhere */
}

static void told(void *ctx)
{
	(void)ctx;
}

static bool expect(void *ctx, const struct port_git_update *u, size_t n, slu_str *text)
{
	(void)ctx;
	if (n == 0 || n > SLU_MAX_PUSH_REFS || u[n - 1].ref.n == 0)
		abort();
	*text = SLU_STR("sluice: not even looked at.\n");
	return u[0].ref.n % 2 == 0;
}

static slu_rc push(slu_buf *answer, const char *p, size_t n, size_t piece)
{
	const struct git_receive_how how = { .repository = "/nonexistent", .lock_fd = -1, .idle_s = 1, .decide = { .expect = expect, .judge = judge, .land = land, .told = told } };
	git_receive *r;
	char out[512];
	slu_rc rc = SLU_OK;
	git_receive_begin(&r, &how);
	for (size_t at = 0; at < n && rc == SLU_OK; at += piece)
		rc = git_receive_take(r, p + at, n - at < piece ? n - at : piece, NULL);
	if (rc == SLU_OK)
		rc = git_receive_taken(r, NULL);
	for (size_t got = 1; rc == SLU_OK && got > 0;) {
		got = git_receive_read(r, out, sizeof out);
		slu_buf_add(answer, out, got);
	}
	git_receive_end(r);
	return rc;
}

static void whole_packets(slu_str s)
{
	while (s.n > 0) {
		char digits[5] = { 0 };
		memcpy(digits, s.p, s.n < 4 ? s.n : 4);
		size_t n = strtoul(digits, NULL, 16);
		n = n == 0 ? 4 : n;
		if (n < 4 || n > s.n)
			abort();
		s.p += n;
		s.n -= n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	union { const uint8_t *u; const char *c; } p = { .u = data };
	slu_auto_buf whole, cut;
	slu_buf_init(&whole, 16 << 20);
	slu_buf_init(&cut, 16 << 20);
	(void)setenv("PATH", "/nonexistent", 1);
	slu_rc rc = push(&whole, p.c, size, size + 1), again = push(&cut, p.c, size, 3);
	if (rc != again || !slu_str_eq(slu_buf_str(&whole), slu_buf_str(&cut)))
		abort();
	whole_packets(slu_buf_str(&whole));
	return 0;
}
