/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a judgement: whatever it says, deciding neither crashes nor answers two things, every row has what a row must
 * have, and a refusal keeps to its lines and columns.
 */
#include "../cases/script_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static size_t width(slu_str line)
{
	size_t columns = 0;
	for (size_t i = 0; i < line.n; i++)
		columns += ((unsigned char)line.p[i] & 0xc0) != 0x80;
	return columns;
}

static void look(const struct pol_verdict *v)
{
	size_t failed = 0, waiting = 0, lines = 0;
	for (size_t i = 0; i < v->row.n; i++) {
		const struct pol_row *r = &v->row.v[i];
		must(r->rule && r->wanted && r->actual && r->remedy && r->pos.file);
		failed += r->state == POL_FAILED;
		waiting += r->state == POL_WAITING;
	}
	must(v->answer == (failed ? POL_DENY : waiting ? POL_WAIT : POL_ALLOW));
	must(v->answer == POL_ALLOW || v->follow.n == 0);
	slu_auto_buf b;
	slu_buf_init(&b, 4 * 1024 * 1024);
	pol_refusal_text(&b, v);
	slu_str rest = slu_buf_str(&b), line;
	while (slu_str_split(&rest, '\n', &line)) {
		must(width(line) <= 72);
		lines++;
	}
	must(lines <= 5 * (failed + waiting));
}

static void run(slu_str header, slu_str text)
{
	slu_auto_arena *a = slu_arena_new();
	struct script *s = SLU_NEW(a, struct script);
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	s->a = a;
	w_init(&s->w, a);
	(void)(s_run(s, header, 1) && s_run(s, text, 1));
	if (s->acted && s_judge(s, &v, &err) == SLU_OK)
		look(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slu_str text = { (const char *)data, size };
	unsigned line = 1, ran = 0;
	if (size > 32 * 1024)
		return 0;
	size_t at = s_next_case(text, 0, &line);
	slu_str header = { text.p, at };
	if (at == text.n)
		run(header, SLU_STR(""));
	while (at < text.n && ran++ < 64) {
		const char *end = memchr(text.p + at, '\n', text.n - at);
		size_t from = end ? (size_t)(end - text.p) + 1 : text.n;
		at = s_next_case(text, from, &line);
		run(header, (slu_str){ text.p + from, at - from });
	}
	return 0;
}
