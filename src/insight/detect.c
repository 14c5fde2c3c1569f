/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/detect.h"

#include "insight/merge_name.h"
#include "version/commit.h"

#include <stdlib.h>

typedef SLU_LIST(struct ins_alike) alikes;

static struct ins_alike *count(slu_arena *a, alikes *list, slu_str form)
{
	for (size_t i = 0; i < list->n; i++)
		if (slu_str_eq(list->v[i].form, form)) {
			list->v[i].n++;
			return &list->v[i];
		}
	struct ins_alike *x = SLU_ADD(a, list);
	*x = (struct ins_alike){ .form = form, .n = 1 };
	return x;
}

static int most_first(const void *x, const void *y)
{
	const struct ins_alike *a = x, *b = y;
	return a->n != b->n ? (a->n < b->n ? 1 : -1) : slu_str_cmp(a->form, b->form);
}

static void in_order(alikes *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof *list->v, most_first);
}

/* ---- tags --------------------------------------------------------------------------------------------------------------------- */

static bool digit(slu_str s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static bool letter(slu_str s, size_t i)
{
	return i < s.n && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z'));
}

static size_t digits(slu_str s, size_t i)
{
	size_t from = i;
	while (digit(s, i))
		i++;
	return i - from;
}

/* Length of X.Y.Z at i; 0: there is none. */
static size_t version_at(slu_str s, size_t i)
{
	size_t from = i;
	for (int part = 0; part < 3; part++) {
		size_t n = digits(s, i);
		if (n == 0)
			return 0;
		i += n;
		if (part < 2 && (i >= s.n || s.p[i++] != '.'))
			return 0;
	}
	return i - from;
}

/* "-rc.1", "-rc1": what follows the version; all of the rest. */
static const char *ending(slu_str rest)
{
	size_t i = 1;
	if (rest.n == 0)
		return "";
	if (rest.p[0] != '-' || !letter(rest, 1))
		return NULL;
	while (letter(rest, i))
		i++;
	bool dot = i < rest.n && rest.p[i] == '.';
	size_t n = digits(rest, i + dot);
	return n && i + dot + n == rest.n ? dot ? "-{pre}.{n}" : "-{pre}{n}" : NULL;
}

slu_str ins_tag_form(slu_arena *a, slu_str tag, bool *prerelease)
{
	for (size_t i = 0; i < tag.n; i++) {
		size_t n = (i == 0 || !digit(tag, i - 1)) ? version_at(tag, i) : 0;
		if (n == 0)
			continue;
		const char *end = ending((slu_str){ tag.p + i + n, tag.n - i - n });
		*prerelease = end && *end;
		return end ? slu_s(slu_printf(a, "%.*s{version}%s", (int)i, tag.p, end)) : (slu_str){ "", 0 };
	}
	return (slu_str){ "", 0 };
}

static void look_at_tags(struct ins_evidence *o, slu_arena *a, const struct ins_replay_ask *q)
{
	alikes forms = { 0 };
	for (size_t i = 0; i < q->tag_n; i++) {
		const struct ins_tag_ref *t = &q->tag[i];
		int cls = strat_tag_class(q->s, t->name, NULL);
		bool pre = false;
		if (cls >= 0 && q->s->tag[cls].type == STRAT_TAG_RELEASE) {
			o->release_tags++;
			o->release_light += !t->tag.annotated;
		}
		slu_str form = cls == STRAT_NONE ? ins_tag_form(a, t->name, &pre) : (slu_str){ "", 0 };
		if (form.n == 0)
			continue;
		struct ins_alike *x = count(a, &forms, form);
		x->light += !t->tag.annotated;
		x->prerelease = pre;
	}
	in_order(&forms);
	o->tag.v = forms.v;
	o->tag.n = forms.n;
}

/* ---- branches ------------------------------------------------------------------------------------------------------------------- */

struct names {
	slu_map *seen; /* a branch that was merged often is one */
	alikes prefix;
	size_t plain;
};

static void look_at_name(struct names *n, slu_arena *a, const struct ins_replay_ask *q, slu_str name)
{
	if (name.n == 0 || strat_branch_kind(q->s, name, NULL) != STRAT_NONE || slu_map_get(n->seen, name))
		return;
	slu_map_put(n->seen, name, n);
	const char *slash = memchr(name.p, '/', name.n);
	if (slash)
		count(a, &n->prefix, (slu_str){ name.p, (size_t)(slash - name.p) + 1 });
	else
		n->plain++;
}

static void look_at_branches(struct ins_evidence *o, slu_arena *a, const struct ins_replay_ask *q)
{
	struct names n = { .seen = slu_map_new(a) };
	for (size_t i = 1; i < q->h->line_n; i++)
		look_at_name(&n, a, q, q->h->line[i].name);
	for (uint32_t c = 0; c < q->h->n; c++) {
		if (ins_parent_n(q->h, c) < 2 || !q->message[c].p)
			continue;
		struct ins_merge_name m = ins_merge_name(q->message[c]);
		if (m.what == INS_SAYS_BRANCH && !m.loose && strat_ref_name_ok(m.source))
			look_at_name(&n, a, q, m.source);
	}
	in_order(&n.prefix);
	o->prefix.v = n.prefix.v;
	o->prefix.n = n.prefix.n;
	o->plain = n.plain;
}

/* ---- how changes land ------------------------------------------------------------------------------------------------------------- */

static void look_at_message(struct ins_evidence *o, alikes *types, slu_arena *a, slu_str message)
{
	slu_auto_arena *own = slu_arena_new();
	struct ver_commit c;
	const struct ver_commit_form form = { 0 };
	o->messages++;
	if (ver_commit_read(&c, own, message, &form, NULL) != SLU_OK || !c.conventional)
		return;
	o->conventional++;
	count(a, types, c.type); /* points into the message */
}

void ins_detect(struct ins_evidence *out, slu_arena *a, const struct ins_replay_ask *q)
{
	struct ins_evidence o = { 0 };
	alikes types = { 0 };
	look_at_tags(&o, a, q);
	look_at_branches(&o, a, q);
	for (uint32_t c = 0; c < q->h->n; c++) {
		uint32_t line = q->h->line_of[c];
		int kind = line == INS_NONE ? STRAT_NONE : q->h->line[line].kind;
		if (kind < 0 || !q->message[c].p || q->s->branch[kind].allow[STRAT_VERB_PUSH].n)
			continue;
		if (ins_parent_n(q->h, c) > 1) {
			o.merged++;
			continue;
		}
		o.squashed += ins_squashed(q->message[c]) > 0;
		look_at_message(&o, &types, a, q->message[c]);
	}
	in_order(&types);
	o.type.v = types.v;
	o.type.n = types.n;
	*out = o;
}
