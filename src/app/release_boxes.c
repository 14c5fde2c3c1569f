/* SPDX-License-Identifier: Apache-2.0 */
#include "app/release_boxes.h"

enum { BOXES_MAX = 1000 };
static const char before[] = "refs/sluice/release/", tick[] = "Tick: ", untick[] = "Untick: ", out_line[] = "Released", step[] = "- [ ] ";

slu_str app_boxes_ref(slu_arena *a, slu_str version)
{
	return slu_s(slu_printf(a, "%s%.*s", before, SLU_FMT(version)));
}

slu_str app_boxes_message(slu_arena *a, enum app_boxes_what what, slu_str text)
{
	slu_auto_buf b;
	slu_str line;
	slu_buf_init(&b, 1024 * 1024);
	if (what != APP_BOXES_OUT)
		return slu_s(slu_printf(a, "%s%.*s\n", what == APP_BOXES_TICK ? tick : untick, SLU_FMT(text)));
	slu_buf_addf(&b, "%s\n\n", out_line);
	while (slu_str_split(&text, '\n', &line))
		if (line.n)
			slu_buf_addf(&b, "%s%.*s\n", step, SLU_FMT(line));
	return slu_s(slu_str_dup(a, slu_buf_str(&b)));
}

/* Newer commits were read before: what they say of a box holds. */
static bool is_said(const slu_str *said, size_t n, slu_str text)
{
	for (size_t i = 0; i < n; i++)
		if (slu_str_eq(said[i], text))
			return true;
	return false;
}

struct reading {
	slu_arena *a;
	struct app_boxes *out;
	SLU_LIST(slu_str) said;
};

static void read_steps(struct reading *r, slu_str rest)
{
	slu_str line;
	while (r->out->step.n < BOXES_MAX && slu_str_split(&rest, '\n', &line))
		if (slu_str_starts(line, step))
			*SLU_ADD(r->a, &r->out->step) = slu_s(slu_strndup(r->a, line.p + strlen(step), line.n - strlen(step)));
}

static void read_one(struct reading *r, const struct pol_commit *c)
{
	slu_str rest = c->message, line = { 0 };
	(void)slu_str_split(&rest, '\n', &line);
	bool is = slu_str_starts(line, tick), not_ = slu_str_starts(line, untick);
	size_t skip = is ? strlen(tick) : strlen(untick);
	if (!is && !not_) {
		if (slu_str_is(line, out_line) && r->out->step.n == 0)
			read_steps(r, rest);
		return;
	}
	slu_str text = slu_s(slu_strndup(r->a, line.p + skip, line.n - skip));
	if (is_said(r->said.v, r->said.n, text))
		return;
	*SLU_ADD(r->a, &r->said) = text;
	if (is)
		*SLU_ADD(r->a, &r->out->ticked) = (struct pol_release_box){ text, slu_s(slu_str_dup(r->a, c->author_name)), c->author_time_s };
}

static slu_rc read_from(struct app_boxes *out, slu_arena *a, port_git *g, slu_oid at, slu_err *err)
{
	struct reading r = { .a = a, .out = out };
	for (size_t i = 0; i < BOXES_MAX && !slu_oid_is_zero(&at); i++) {
		struct pol_commit c;
		SLU_TRY(g->ops->commit(g, a, &at, &c, err));
		read_one(&r, &c);
		at = c.parent_n ? c.parent[0] : slu_oid_zero();
	}
	return SLU_OK;
}

slu_rc app_boxes_read(struct app_boxes *out, slu_arena *a, port_git *g, slu_str version, slu_err *err)
{
	slu_oid at;
	*out = (struct app_boxes){ .version = version };
	SLU_TRY(g->ops->ref(g, app_boxes_ref(a, version), &at, err));
	return read_from(out, a, g, at, err);
}

slu_rc app_boxes_all(const struct app_boxes **out, size_t *n, slu_arena *a, port_git *g, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	size_t count = 0;
	SLU_TRY(g->ops->refs(g, a, slu_s(before), &ref, &count, err));
	struct app_boxes *v = SLU_NEW_N(a, struct app_boxes, count + 1);
	for (size_t i = 0; i < count; i++) {
		v[i].version = (slu_str){ ref[i].name.p + strlen(before), ref[i].name.n - strlen(before) };
		SLU_TRY(read_from(&v[i], a, g, ref[i].id, err));
	}
	*out = v;
	*n = count;
	return SLU_OK;
}

const struct pol_release_box *app_boxes_ticked(const struct app_boxes *b, slu_str text)
{
	for (size_t i = 0; i < b->ticked.n; i++)
		if (slu_str_eq(b->ticked.v[i].text, text))
			return &b->ticked.v[i];
	return NULL;
}

static slu_rc fact(void *ctx, slu_arena *a, slu_str version, const struct pol_release_box **out, size_t *n, slu_err *err)
{
	const struct app_offline *o = ctx;
	struct app_boxes b;
	SLU_TRY(app_boxes_read(&b, a, o->git.git, version, err));
	*out = b.ticked.v;
	*n = b.ticked.n;
	return SLU_OK;
}

void app_boxes_facts(struct pol_facts *f)
{
	f->release_boxes = fact;
}
