/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets: what looks like a key or a token in any file of any commit that comes in, whoever brings it. What is none says so in a
 * comment beside it, or stands in a list on the default branch; so nobody can take an entry into the push that needs it. No row ever
 * holds the secret: they are printed, mailed and kept.
 */
#include "base/limits.h"
#include "base/map.h"
#include "policy/rule.h"

enum { MAX_SHOWN = 5 };
static const char baseline_file[] = ".sluice/secrets.baseline";
static const char *const opens[] = { "a comment sluice:allow-secret on its line, when it is no secret", "an entry in .sluice/secrets.baseline on the default branch" };

struct hits {
	const struct pol_secret *shown[MAX_SHOWN];
	size_t n, allowed, listed; /* n: that count */
};

/** First words of the lines, but for comments. */
static slu_map *entries(slu_arena *a, slu_str text)
{
	slu_map *all = slu_map_new(a);
	slu_str line;
	while (slu_str_split(&text, '\n', &line)) {
		slu_str word;
		line = slu_str_trim(line);
		if (line.n && line.p[0] != '#' && slu_str_split(&line, ' ', &word))
			slu_map_put(all, word, all);
	}
	return all;
}

/** The list as it stands on the default branch; NULL: there is none. */
static slu_rc baseline(struct pol_judge *j, slu_map **out, slu_err *err)
{
	slu_str name = j->f->default_branch.n ? j->f->default_branch : strat_default_branch(j->s), text = { 0 };
	slu_oid at = slu_oid_zero();
	bool found = false;
	*out = NULL;
	if (!j->f->file_at || !j->f->ref)
		return SLU_OK;
	SLU_TRY(j->f->ref(j->f->ctx, j->a, slu_s(POL_TEXT(j, "refs/heads/%.*s", SLU_FMT(name))), &at, err));
	if (slu_oid_is_zero(&at))
		return SLU_OK;
	SLU_TRY(j->f->file_at(j->f->ctx, j->a, &at, slu_s(baseline_file), &text, &found, err));
	if (found && text.n > SLU_MAX_BASELINE_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "%s has more than %u bytes.", baseline_file, SLU_MAX_BASELINE_BYTES);
	*out = found ? entries(j->a, text) : NULL;
	return SLU_OK;
}

static slu_rc look(struct hits *h, struct pol_judge *j, const struct pol_file *file, size_t n, slu_err *err)
{
	const struct pol_secret *s = NULL;
	size_t found = 0;
	slu_map *listed = NULL;
	*h = (struct hits){ .n = 0 };
	SLU_TRY(j->f->secrets(j->f->ctx, j->a, file, n, &s, &found, err));
	if (found > 0)
		SLU_TRY(baseline(j, &listed, err));
	for (size_t i = 0; i < found; i++) {
		if (s[i].allowed)
			h->allowed++;
		else if (listed && slu_map_get(listed, slu_s(s[i].print)))
			h->listed++;
		else if (h->n++ < MAX_SHOWN)
			h->shown[h->n - 1] = &s[i];
	}
	return SLU_OK;
}

static void row(struct pol_judge *j, enum pol_state state, const char *actual)
{
	struct pol_row *r = pol_add(j, NULL, (struct pol_row){ .rule = "files.scan", .pos = j->s->files.scan_pos, .state = state, .wanted = "no secret in any file", .actual = actual });
	if (state != POL_FAILED)
		return;
	r->remedy = slu_oid_is_zero(&j->act->new_) && slu_oid_is_zero(&j->head) ? "git restore --staged -- FILE" : "git commit --amend or git rebase -i, and have it revoked";
	for (size_t i = 0; i < sizeof opens / sizeof *opens; i++)
		pol_opens(j, r, opens[i]);
}

static const char *where(struct pol_judge *j, const struct pol_secret *s)
{
	const char *in = slu_oid_is_zero(&s->commit) ? "as staged" : POL_TEXT(j, "in %s", pol_short(j, &s->commit));
	if (s->line == 0)
		return POL_TEXT(j, "%s %s: a file of this name holds %s", pol_z(j, s->path), in, s->title);
	return POL_TEXT(j, "%s:%u %s: looks like %s (%s)", pol_z(j, s->path), s->line, in, s->title, s->id);
}

static void rows(struct pol_judge *j, const struct hits *h)
{
	const char *but = h->allowed ? POL_TEXT(j, "; a comment allows %zu", h->allowed) : "";
	if (h->listed)
		but = POL_TEXT(j, "%s; %zu listed in %s", but, h->listed, baseline_file);
	for (size_t i = 0; i < h->n && i < MAX_SHOWN; i++)
		row(j, POL_FAILED, where(j, h->shown[i]));
	if (h->n > MAX_SHOWN)
		row(j, POL_FAILED, POL_TEXT(j, "and %zu more", h->n - MAX_SHOWN));
	if (h->n == 0)
		row(j, POL_PASSED, POL_TEXT(j, "none comes in%s", but));
}

static slu_rc known(struct pol_judge *j, bool exact, slu_oid **not_, size_t *n, slu_err *err)
{
	SLU_TRY(pol_known_heads(j, exact && j->act->verb != POL_MERGE, not_, n, err));
	if (j->act->verb == POL_MERGE && !slu_oid_is_zero(&j->change.target_head))
		(*not_)[(*n)++] = j->change.target_head;
	return SLU_OK;
}

slu_rc pol_judge_secrets(struct pol_judge *j, const struct pol_commit *c, slu_err *err)
{
	const struct pol_file *file = NULL;
	struct hits h;
	size_t n = 0;
	if (!j->s->files.scan_secrets || !j->f->files || !j->f->secrets)
		return SLU_OK;
	SLU_TRY(j->f->files(j->f->ctx, j->a, &c->id, c->parent, c->parent_n, &file, &n, err));
	SLU_TRY(look(&h, j, file, n, err));
	rows(j, &h);
	return SLU_OK;
}

/* Few heads first, which is quick; when something is found, all heads, so that nothing is refused that is there already. */
static slu_rc judge_scan(struct pol_judge *j, slu_err *err)
{
	const struct pol_file *file = NULL;
	struct hits h = { .n = 0 };
	slu_oid *not_ = NULL;
	size_t not_n = 0, n = 0;
	if (!j->s->files.scan_secrets || slu_oid_is_zero(&j->head))
		return SLU_OK;
	if (!j->f->files || !j->f->secrets) {
		row(j, POL_WAITING, "files cannot be looked through here");
		return SLU_OK;
	}
	for (int exact = 0; exact < 2; exact++) {
		SLU_TRY(known(j, exact, &not_, &not_n, err));
		SLU_TRY(j->f->files(j->f->ctx, j->a, &j->head, not_, not_n, &file, &n, err));
		SLU_TRY(look(&h, j, file, n, err));
		if (h.n == 0)
			break;
	}
	rows(j, &h);
	return SLU_OK;
}

const struct pol_rule rule_scan = {
	.name = "scan",
	.summary = "What looks like a secret does not come in, in any file of any commit of a push, whoever pushes.",
	.verbs = POL_BRINGS | POL_VERB(POL_TAG) | POL_VERB(POL_TAG_MOVE) | POL_VERB(POL_MERGE),
	.rank = 61,
	.judge = judge_scan,
};
