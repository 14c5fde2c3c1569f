/* SPDX-License-Identifier: Apache-2.0 */
/* The flow graph, and entries that stand in one another's way: circles, dead ends, keys that need one another. */
#include "strategy/whole.h"

static bool bad(const struct sch_reader *r, enum sch_ref ref, size_t i)
{
	const sn *names = sch_names(r, ref);
	return !names || i >= names->n || names->entry[i].value->bad;
}

/* A branch that begins at itself can never begin. */
static void check_bases(struct sch_reader *r)
{
	const struct strat *s = r->s;
	for (size_t i = 0; i + 1 < s->branch_n; i++) {
		int at = s->branch[i].base;
		for (size_t steps = 0; at != STRAT_NONE && steps < s->branch_n; steps++) {
			if (at == (int)i) {
				sch_fail(r, s->branch[i].base_pos, "branches.%.*s.base goes in a circle back to \"%.*s\", so that no such branch could ever be created.",
					 SLU_FMT(s->branch[i].name), SLU_FMT(s->branch[i].name));
				break;
			}
			at = s->branch[at].base;
		}
	}
}

static void check_edges(struct sch_reader *r, const struct strat_branch *b, int self)
{
	const struct strat *s = r->s;
	for (size_t i = 0; i < b->edge_n; i++) {
		const struct strat_edge *e = &b->edge[i];
		if (e->into == self)
			sch_fail(r, e->pos, "branches.%.*s.into names the kind itself: a branch is not merged into one of its own kind.", SLU_FMT(b->name));
		for (size_t k = 0; k < e->also_into.n; k++)
			if (e->also_into.i[k] == e->into || e->also_into.i[k] == self)
				sch_fail(r, e->also_into.pos, "branches.%.*s.into.%.*s.also-into names \"%.*s\", which is the %s itself.", SLU_FMT(b->name), SLU_FMT(s->branch[e->into].name),
					 SLU_FMT(s->branch[e->also_into.i[k]].name), e->also_into.i[k] == self ? "source" : "target");
		for (size_t k = 0; k < e->back_merge.n; k++)
			if (e->back_merge.i[k] == e->into)
				sch_fail(r, e->back_merge.pos, "branches.%.*s.into.%.*s.back-merge names the target itself.", SLU_FMT(b->name), SLU_FMT(s->branch[e->into].name));
		if (e->tag != STRAT_NONE && s->tag[e->tag].branches.n && !strat_set_has(&s->tag[e->tag].branches, e->into))
			sch_fail(r, e->pos, "branches.%.*s.into.%.*s.tag makes a tag of class \"%.*s\", which may not stand on \"%.*s\" (see tags.%.*s.branches).", SLU_FMT(b->name),
				 SLU_FMT(s->branch[e->into].name), SLU_FMT(s->tag[e->tag].name), SLU_FMT(s->branch[e->into].name), SLU_FMT(s->tag[e->tag].name));
	}
}

/* A twin's name is made from its branch's captures, and must be of some kind. */
static void check_twin(struct sch_reader *r, const struct strat_branch *b)
{
	const struct strat *s = r->s;
	if (!b->twin)
		return;
	for (unsigned c = 0; c < STRAT_CAP_COUNT; c++)
		if (strat_pattern_has(b->twin, (enum strat_cap)c) && b->match_n && !strat_pattern_has(b->match[0], (enum strat_cap)c))
			sch_fail(r, b->pos, "branches.%.*s.twin needs {%s}, which the pattern \"%.*s\" of the branch does not have.", SLU_FMT(b->name), strat_cap_word((enum strat_cap)c),
				 SLU_FMT(strat_pattern_text(b->match[0])));
	for (size_t i = 0; i < s->branch_rank_n; i++) {
		char *shared = NULL;
		if (strat_pattern_overlap(&shared, r->a, s->branch_rank[i].pattern, b->twin, NULL) != SLU_OK || shared)
			return;
	}
	slu_str twin = strat_pattern_text(b->twin);
	sch_fail(r, b->pos, "branches.%.*s.twin \"%.*s\" is of no branch kind, so it would be refused.", SLU_FMT(b->name), SLU_FMT(twin));
}

/* Does some class take a name of the pattern, as it stands under archive/? *example: one that none takes. */
static bool archived_as(struct sch_reader *r, const strat_pattern *match, char **example)
{
	const struct strat *s = r->s;
	const struct strat_pattern_words words = { r->words.phase, r->words.phase_n, r->tag_words.pre, r->tag_words.pre_n };
	strat_pattern *tag = NULL;
	if (strat_pattern_compile(&tag, r->a, slu_s(strat_archive_name(r->a, strat_pattern_text(match))), &words, NULL) != SLU_OK)
		return true;
	for (size_t i = 0; i < s->tag_rank_n; i++) {
		char *shared = NULL;
		if (strat_pattern_overlap(&shared, r->a, s->tag_rank[i].pattern, tag, NULL) != SLU_OK || shared)
			return true;
	}
	return strat_pattern_overlap(example, r->a, tag, tag, NULL) != SLU_OK;
}

/* What is archived becomes a tag, and a tag of no class is refused. */
static void check_archive(struct sch_reader *r, const struct strat_branch *b)
{
	char *example = NULL;
	for (size_t i = 0; i < b->match_n && b->archive_s; i++)
		if (!archived_as(r, b->match[i], &example))
			sch_fail(r, b->pos, "branches.%.*s.archive makes tags such as \"%s\", which are of no class of tags, so they would be refused. A class that takes them helps: archive: {match: \"archive/{name}\", type: label}.",
				 SLU_FMT(b->name), example ? example : "archive/NAME");
}

/* Nobody goes on under a name that a branch had, so that no kind may have it for its own. */
static void check_was(struct sch_reader *r, size_t at)
{
	const struct strat *s = r->s;
	const struct strat_branch *b = &s->branch[at];
	for (size_t i = 0; i + 1 < s->branch_n && b->was.n; i++) {
		const struct strat_branch *o = &s->branch[i];
		for (size_t k = 0; k < o->match_n; k++)
			if (strat_pattern_is_exact(o->match[k]) && slu_str_eq(strat_pattern_text(o->match[k]), b->was))
				sch_fail(r, b->pos, "branches.%.*s.was: \"%.*s\" is what branches of the kind \"%.*s\" are called today. Names are exchanged by way of one that neither has, in two adoptions.", SLU_FMT(b->name), SLU_FMT(b->was), SLU_FMT(o->name));
		if (i < at && slu_str_eq(o->was, b->was))
			sch_fail(r, b->pos, "branches.%.*s.was: \"%.*s\" is the name that \"%.*s\" had.", SLU_FMT(b->name), SLU_FMT(b->was), SLU_FMT(o->name));
	}
	if (b->was.n && !(b->match_n && strat_pattern_is_exact(b->match[0])))
		sch_fail(r, b->pos, "branches.%.*s.was needs a kind of one branch, whose name is its pattern.", SLU_FMT(b->name));
}

static bool versions_fit(slu_str t)
{
	slu_str part;
	size_t n = 0;
	for (; slu_str_split(&t, '.', &part); n++) {
		uint64_t v = 0;
		static const char *const caps[] = { "{major}", "{minor}", "{patch}" };
		if (n > 2 || !(slu_str_is(part, "*") || slu_str_is(part, caps[n]) || slu_parse_u64(&v, part, NULL) == SLU_OK))
			return false;
	}
	return n > 0;
}

static void check_branches(struct sch_reader *r)
{
	const struct strat *s = r->s;
	if (s->branch_n == 1)
		sch_fail(r, r->root->pos, "There is no kind of branch, so every branch would be refused. Declare at least one under `branches`.");
	for (size_t i = 0; i + 1 < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		if (bad(r, REF_BRANCH, i))
			continue;
		check_edges(r, b, (int)i);
		check_twin(r, b);
		check_archive(r, b);
		check_was(r, i);
		if (b->versions.n && !versions_fit(b->versions))
			sch_fail(r, b->pos, "branches.%.*s.versions must be like \"1.*\" or \"{major}.{minor}.*\"; here is \"%.*s\".", SLU_FMT(b->name), SLU_FMT(b->versions));
	}
	check_bases(r);
}

/* The members of `includes` or `needs` that lead back to where they began. */
struct circle {
	const struct strat_set *(*next)(const struct strat *s, size_t i);
	slu_str (*name)(const struct strat *s, size_t i);
	const char *section, *key;
	size_t n;
};

static const struct strat_set *gate_next(const struct strat *s, size_t i)
{
	return &s->gate[i].includes;
}

static slu_str gate_name(const struct strat *s, size_t i)
{
	return s->gate[i].name;
}

static const struct strat_set *check_next(const struct strat *s, size_t i)
{
	return &s->check[i].needs;
}

static slu_str check_name(const struct strat *s, size_t i)
{
	return s->check[i].name;
}

/* Can `from` be reached from itself? Breadth first, each entry once. */
static bool returns(const struct sch_reader *r, const struct circle *c, size_t from, bool *seen, int *queue)
{
	size_t head = 0, tail = 0;
	memset(seen, 0, c->n);
	queue[tail++] = (int)from;
	while (head < tail) {
		const struct strat_set *next = c->next(r->s, (size_t)queue[head++]);
		for (size_t i = 0; i < next->n; i++) {
			if (next->i[i] == (int)from)
				return true;
			if (seen[next->i[i]])
				continue;
			seen[next->i[i]] = true;
			queue[tail++] = next->i[i];
		}
	}
	return false;
}

static void check_circles(struct sch_reader *r, const struct circle *c)
{
	bool *seen = slu_alloc(r->a, c->n + 1);
	int *queue = SLU_NEW_N(r->a, int, c->n + 2);
	size_t edges = 0;
	for (size_t i = 0; i < c->n; i++)
		edges += c->next(r->s, i)->n;
	for (size_t i = 0, said = 0; i < c->n && said < SLU_MAX_STRATEGY_ERRORS && edges; i++) {
		const struct strat_set *next = c->next(r->s, i);
		if (next->n == 0 || !returns(r, c, i, seen, queue))
			continue;
		slu_str name = c->name(r->s, i);
		sch_fail(r, next->pos, "%s.%.*s.%s leads back to \"%.*s\" itself.", c->section, SLU_FMT(name), c->key, SLU_FMT(name));
		said++;
	}
}

static void check_commits(struct sch_reader *r)
{
	const struct strat_commits *c = &r->s->commits;
	const sn *node = sn_get(r->root, "commits");
	if (!node || node->bad || c->convention == STRAT_CONVENTION_CONVENTIONAL)
		return;
	if (c->types_n)
		sch_fail(r, c->types_pos, "commits.types has no effect without `convention: conventional`.");
	if (c->scopes_pos.line)
		sch_fail(r, c->scopes_pos, "commits.scopes has no effect without `convention: conventional`.");
}

static void check_releases(struct sch_reader *r)
{
	const struct strat_releases *v = &r->s->releases;
	for (size_t i = 0; i < v->version_file_n; i++) {
		const struct strat_version_file *f = &v->version_file[i];
		if ((f->text.n > 0) + (f->pointer.n > 0) + (f->mark.n > 0) > 1)
			sch_fail(r, f->pos, "releases.version-files: \"%.*s\" has several of `text`, `pointer` and `mark`. Keep one.", SLU_FMT(f->file));
		else if (f->text.n && !strstr(f->text.p, "{version}"))
			sch_fail(r, f->pos, "releases.version-files: the text for \"%.*s\" must hold {version}, where the version stands.", SLU_FMT(f->file));
		else if (f->pointer.n && f->pointer.p[0] != '/')
			sch_fail(r, f->pos, "releases.version-files: the pointer for \"%.*s\" must begin with \"/\".", SLU_FMT(f->file));
	}
}

void whole_graph(struct sch_reader *r)
{
	const struct strat *s = r->s;
	check_branches(r);
	const struct circle gates = { gate_next, gate_name, "gates", "includes", s->gate_n }, checks = { check_next, check_name, "checks", "needs", s->check_n };
	check_circles(r, &gates);
	check_circles(r, &checks);
	check_commits(r);
	check_releases(r);
}
