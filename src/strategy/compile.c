/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a strategy file: text, tree, merged with what it extends, defaults, shape, values, the whole. */
#include "strategy/schema_impl.h"
#include "strategy/preset.h"

#include <sodium.h>
#include <stdlib.h>

struct source {
	slu_arena *a;
	strat_issues *issues;
	strat_load_fn *load;
	void *ctx;
	crypto_hash_sha256_state digest;
	slu_str chain[SLU_MAX_EXTENDS_DEPTH + 1];
	size_t depth;
	SLU_LIST(const char *) files; /* in the order they were read */
};

static void digest_text(struct source *s, slu_str text)
{
	uint64_t n = text.n; /* the length too: two texts are not one */
	(void)crypto_hash_sha256_update(&s->digest, (const unsigned char *)&n, sizeof n);
	(void)crypto_hash_sha256_update(&s->digest, (const unsigned char *)(text.p ? text.p : ""), text.n);
}

static sn *read_source(struct source *s, slu_str text, const char *file);

/* Text and name of what `extends` names; false: an error was said. */
static bool find_source(struct source *s, const sn *what, slu_str *text, const char **file)
{
	const struct strat_preset *preset = strat_preset_find(what->text);
	slu_err err = { 0 };
	if (preset) {
		*text = (slu_str){ preset->text, preset->size };
		*file = slu_printf(s->a, "preset:%s", preset->name);
		return true;
	}
	*file = slu_str_dup(s->a, what->text);
	if (s->load && s->load(s->ctx, s->a, what->text, text, &err) == SLU_OK)
		return true;
	size_t n = 0;
	const struct strat_preset *all = strat_presets(&n);
	slu_auto_buf names;
	slu_buf_init(&names, 500);
	for (size_t i = 0; i < n; i++)
		slu_buf_addf(&names, "%s%s", i ? ", " : "", all[i].name);
	strat_issue_add(s->issues, s->a, what->pos, "extends: \"%s\" is neither a built-in preset (%s) nor a file that can be read%s%s", what->text.p, names.p ? names.p : "", err.text[0] ? ": " : ".",
			err.text);
	return false;
}

static bool in_chain(const struct source *s, slu_str what)
{
	for (size_t i = 0; i < s->depth; i++)
		if (slu_str_eq(s->chain[i], what))
			return true;
	return false;
}

static sn *read_extended(struct source *s, const sn *what)
{
	slu_str text = { 0 };
	const char *file = NULL;
	if (what->kind != SN_SCALAR || what->text.n == 0)
		return NULL; /* the schema says so */
	if (in_chain(s, what->text)) {
		strat_issue_add(s->issues, s->a, what->pos, "extends: \"%s\" extends itself, through %zu step%s.", what->text.p, s->depth, s->depth == 1 ? "" : "s");
		return NULL;
	}
	if (s->depth == SLU_MAX_EXTENDS_DEPTH) {
		strat_issue_add(s->issues, s->a, what->pos, "extends: more than %u files in a row extend one another.", SLU_MAX_EXTENDS_DEPTH);
		return NULL;
	}
	if (!find_source(s, what, &text, &file))
		return NULL;
	s->chain[s->depth++] = what->text;
	sn *tree = read_source(s, text, file);
	s->depth--;
	return tree;
}

/* A null removes what is extended; where there is nothing to remove, a value is missing. */
static void check_nulls(struct source *s, const sn *under, const sn *over)
{
	for (size_t i = 0; over->kind == SN_LIST && i < over->n; i++)
		check_nulls(s, NULL, over->item[i]);
	for (size_t i = 0; over->kind == SN_MAP && i < over->n; i++) {
		const struct sn_entry *o = &over->entry[i], *u = sn_find(under, o->key);
		if (!sn_is_null(o->value))
			check_nulls(s, u ? u->value : NULL, o->value);
		else if (!u && !o->value->bad)
			strat_issue_add(s->issues, s->a, o->pos, "\"%s\" has no value. (null removes what an extended file says; here there is nothing to remove.)", o->key.p);
	}
}

static void take_out(sn *map, const char *key)
{
	struct sn_entry *e = sn_find(map, slu_s(key));
	if (e) {
		e->value->kind = SN_SCALAR;
		e->value->plain = true;
		e->value->text = SLU_STR("");
	}
}

static sn *read_source(struct source *s, slu_str text, const char *file)
{
	size_t before = s->issues->n;
	*SLU_ADD(s->a, &s->files) = file;
	digest_text(s, text);
	sn *own = strat_yaml_read(s->issues, s->a, text, file);
	if (!own || own->kind != SN_MAP) {
		if (s->issues->n == before)
			strat_issue_add(s->issues, s->a, (struct strat_pos){ file, 1, 1 }, "A strategy file is a map of sections; it begins with \"strategy: 1\".");
		return NULL;
	}
	if (!sn_find(own, SLU_STR("strategy"))) {
		strat_issue_add(s->issues, s->a, own->pos, "The file lacks the key \"strategy\": the version of this format, \"strategy: 1\".");
		(void)sn_put(s->a, own, SLU_STR("strategy"), own->pos, sn_scalar(s->a, SLU_STR("1"), own->pos)); /* said once */
	}
	sn *under = NULL;
	const sn *extends = sn_get(own, "extends");
	for (size_t i = 0; extends && extends->kind != SN_MAP && i < sch_items(extends); i++) {
		sn *one = read_extended(s, sch_item(extends, i));
		if (!one)
			continue;
		take_out(one, "extends");
		take_out(one, "ecosystem"); /* belongs to one repository */
		under = under ? sn_merge(s->a, under, one) : one;
	}
	if (under)
		sn_prune(under);
	check_nulls(s, under, own);
	sn *merged = sn_merge(s->a, under, own);
	sn_prune(merged);
	return merged;
}

static void builtin_kind(struct sch_reader *r)
{
	struct strat *s = r->s;
	struct strat_branch *all = SLU_NEW_N(r->a, struct strat_branch, s->branch_n + 1);
	if (s->branch_n)
		memcpy(all, s->branch, s->branch_n * sizeof *all);
	struct strat_branch *b = &all[s->branch_n++];
	static const struct strat_who_item anyone = { .kind = STRAT_WHO_LEVEL, .level = STRAT_WRITE };
	const struct strat_pos pos = { "defaults", 0, 0 };
	*b = (struct strat_branch){ .name = SLU_STR("sluice"), .title = SLU_STR("Made by sluice"), .pos = pos, .type = STRAT_WORK, .builtin = true, .base = STRAT_NONE, .base_tag = STRAT_NONE };
	for (size_t i = 0; i < STRAT_VERB_COUNT; i++)
		b->allow[i] = (struct strat_who){ .pos = pos, .item = &anyone, .n = 1 };
	b->match = SLU_NEW_N(r->a, strat_pattern *, 1);
	b->match_n = strat_pattern_compile(&b->match[0], r->a, SLU_STR("sluice/**"), NULL, NULL) == SLU_OK;
	/* into any kind that takes merges: what conflicts may have been meant for any of them */
	struct strat_edge *edge = SLU_NEW_N(r->a, struct strat_edge, s->branch_n);
	for (size_t i = 0; i + 1 < s->branch_n; i++)
		edge[i] = (struct strat_edge){ .pos = pos, .into = (int)i, .tag = STRAT_NONE };
	b->edge = edge;
	b->edge_n = s->branch_n - 1;
	b->delete_after_merge = true;
	for (size_t i = 0; i + 1 < s->branch_n; i++)
		if (!all[i].base_pos.line)
			all[i].base = all[i].base_tag = STRAT_NONE;
	s->branch = all;
}

static void join_drivers(struct sch_reader *r)
{
	struct strat *s = r->s;
	struct strat_driver *all = SLU_NEW_N(r->a, struct strat_driver, s->driver_n + r->inline_driver.n + 1);
	if (s->driver_n)
		memcpy(all, s->driver, s->driver_n * sizeof *all);
	if (r->inline_driver.n)
		memcpy(all + s->driver_n, r->inline_driver.v, r->inline_driver.n * sizeof *all);
	s->driver = all;
	s->driver_n += r->inline_driver.n;
}

static void read_words(struct sch_reader *r)
{
	const sn *phases = sch_names(r, REF_PHASE);
	if (!phases || phases->n == 0)
		return;
	slu_str *word = SLU_NEW_N(r->a, slu_str, phases->n);
	for (size_t i = 0; i < phases->n; i++)
		word[i] = phases->entry[i].key;
	r->words.phase = word;
	r->words.phase_n = phases->n;
}

static size_t file_order(const struct source *s, const char *file)
{
	size_t i = 0;
	while (i < s->files.n && s->files.v[i] != file)
		i++;
	return i;
}

/* By file in the order read, line, column: a stable insertion, for there are at most a hundred. */
static void sort_issues(const struct source *s, strat_issues *issues)
{
	for (size_t i = 1; i < issues->n; i++) {
		struct strat_issue one = issues->v[i];
		size_t k = i, file = file_order(s, one.pos.file);
		for (; k > 0; k--) {
			const struct strat_pos *p = &issues->v[k - 1].pos;
			size_t other = file_order(s, p->file);
			if (other < file || (other == file && (p->line < one.pos.line || (p->line == one.pos.line && p->column <= one.pos.column))))
				break;
			issues->v[k] = issues->v[k - 1];
		}
		issues->v[k] = one;
	}
}

static struct strat *compile_tree(struct source *src, sn *root)
{
	struct strat *s = SLU_NEW(src->a, struct strat);
	struct sch_reader r = { .a = src->a, .issues = src->issues, .root = root, .s = s };
	read_words(&r);
	sch_apply_defaults(&r);
	(void)sch_check_value(&r, root, &sct_root);
	sch_fill(&r, root, &sct_root, s);
	join_drivers(&r);
	builtin_kind(&r);
	sch_check_whole(&r);
	sch_list_unenforced(&r);
	s->unenforced = r.unenforced.v;
	s->unenforced_n = r.unenforced.n;
	s->tree = root;
	return s;
}

static slu_rc first_error(const strat_issues *issues, slu_err *err)
{
	for (size_t i = 0; i < issues->n; i++) {
		const struct strat_issue *e = &issues->v[i];
		if (!e->warning)
			return slu_fail_at(err, SLU_E_STRATEGY, e->pos.file, e->pos.line, e->pos.column, "%s", e->text);
	}
	return SLU_OK;
}

slu_rc strat_compile(const strat **out, strat_issues *issues, slu_arena *a, slu_str text, const char *file, strat_load_fn *load, void *ctx, slu_err *err)
{
	struct source src = { .a = a, .issues = issues, .load = load, .ctx = ctx };
	(void)crypto_hash_sha256_init(&src.digest);
	src.chain[src.depth++] = slu_s(file);
	sn *root = read_source(&src, text, slu_strdup(a, file));
	struct strat *s = root ? compile_tree(&src, root) : NULL;
	sort_issues(&src, issues);
	SLU_TRY(first_error(issues, err));
	if (!s)
		return slu_fail(err, SLU_E_INTERNAL, "The strategy could not be read, and no error was found.");
	unsigned char hash[crypto_hash_sha256_BYTES];
	(void)crypto_hash_sha256_final(&src.digest, hash);
	(void)sodium_bin2hex(s->digest, sizeof s->digest, hash, sizeof hash);
	*out = s;
	return SLU_OK;
}
