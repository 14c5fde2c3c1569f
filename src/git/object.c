/* SPDX-License-Identifier: Apache-2.0 */
#include "git/object.h"

#include "base/limits.h"

static slu_str copy(slu_arena *a, slu_str s)
{
	return (slu_str){ slu_str_dup(a, s), s.n };
}

/** One header line: name, value, and whether lines that continue it follow (they are skipped). False at the empty line or the end. */
static bool header(slu_str *rest, slu_str *name, slu_str *value)
{
	slu_str line;
	if (rest->n == 0 || !slu_str_split(rest, '\n', &line) || line.n == 0)
		return false;
	slu_str after = line;
	(void)slu_str_split(&after, ' ', name);
	*value = after;
	while (rest->n > 0 && rest->p[0] == ' ') {
		slu_str more;
		(void)slu_str_split(rest, '\n', &more);
	}
	return true;
}

/** "Name <mail> 123 +0100": any of it may be missing in old or odd commits. */
static void identity(slu_str v, slu_str *name, slu_str *mail, int64_t *time_s, int *zone)
{
	const char *lt = v.n ? memchr(v.p, '<', v.n) : NULL;
	if (!lt) {
		*name = slu_str_trim(v);
		return;
	}
	*name = slu_str_trim((slu_str){ v.p, (size_t)(lt - v.p) });
	slu_str rest = { lt + 1, v.n - (size_t)(lt - v.p) - 1 };
	const char *gt = rest.n ? memrchr(rest.p, '>', rest.n) : NULL;
	if (!gt) {
		*mail = rest;
		return;
	}
	*mail = (slu_str){ rest.p, (size_t)(gt - rest.p) };
	slu_str when = slu_str_trim((slu_str){ gt + 1, rest.n - (size_t)(gt - rest.p) - 1 }), number = { 0 };
	(void)slu_str_split(&when, ' ', &number);
	uint64_t t = 0;
	if (slu_parse_u64(&t, number, NULL) == SLU_OK && t <= INT64_MAX)
		*time_s = (int64_t)t;
	uint64_t z = 0;
	if (when.n == 5 && (when.p[0] == '+' || when.p[0] == '-') && slu_parse_u64(&z, (slu_str){ when.p + 1, 4 }, NULL) == SLU_OK)
		*zone = when.p[0] == '-' ? -(int)z : (int)z;
}

/** Those that Git reads: right behind the first line, which names the tree. */
static size_t count_parents(slu_str raw)
{
	slu_str line;
	size_t n = 0;
	for (bool more = slu_str_split(&raw, '\n', &line); more && slu_str_starts(raw, "parent "); more = slu_str_split(&raw, '\n', &line))
		n++;
	return n;
}

slu_rc git_commit_view(struct pol_commit *out, slu_arena *a, const slu_oid *id, slu_str raw, slu_err *err)
{
	struct pol_commit c = { .id = *id };
	SLU_LIST(slu_oid) parent = { 0 };
	bool tree = false, author = false, committer = false;
	int zone = 0;
	slu_str name = { 0 }, value = { 0 };
	parent.cap = count_parents(raw);
	parent.v = parent.cap ? SLU_NEW_N(a, slu_oid, parent.cap) : NULL;
	while (header(&raw, &name, &value)) {
		if (slu_str_is(name, "tree") && !tree)
			tree = slu_oid_parse(&c.tree, value, NULL) == SLU_OK;
		else if (slu_str_is(name, "parent") && parent.n < parent.cap && slu_oid_parse(SLU_ADD(a, &parent), value, NULL) != SLU_OK) /* a later one means nothing to Git */
			return slu_fail(err, SLU_E_CORRUPT, "Commit %s names a parent that is no object id.", id->hex);
		else if (slu_str_is(name, "author") && !author) /* of several the first counts, as for Git */
			identity(value, &c.author_name, &c.author_email, &c.author_time_s, &c.author_zone), author = true;
		else if (slu_str_is(name, "committer") && !committer)
			identity(value, &c.committer_name, &c.committer_email, &c.commit_time_s, &zone), committer = true;
		else if (slu_str_is(name, "gpgsig") || slu_str_is(name, "gpgsig-sha256"))
			c.signed_ = true;
	}
	if (!tree)
		return slu_fail(err, SLU_E_CORRUPT, "Object %s is no commit, or it is damaged: it names no tree.", id->hex);
	c.parent = parent.v;
	c.parent_n = parent.n;
	c.message = raw;
	*out = c;
	return SLU_OK;
}

slu_rc git_commit_parse(struct pol_commit *out, slu_arena *a, const slu_oid *id, slu_str raw, slu_err *err)
{
	struct pol_commit c;
	SLU_TRY(git_commit_view(&c, a, id, raw, err));
	slu_str *const part[] = { &c.author_name, &c.author_email, &c.committer_name, &c.committer_email, &c.message };
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		*part[i] = copy(a, *part[i]);
	*out = c;
	return SLU_OK;
}

/** "committer NAME <MAIL> SECONDS ZONE" as the next line. */
static bool commit_time(slu_str *rest, uint64_t *time_s)
{
	slu_str line, number;
	if (!slu_str_split(rest, '\n', &line) || !slu_str_starts(line, "committer "))
		return false;
	const char *gt = memrchr(line.p, '>', line.n);
	if (!gt || gt + 2 > line.p + line.n || gt[1] != ' ')
		return false;
	slu_str when = { gt + 2, line.n - (size_t)(gt + 2 - line.p) };
	return slu_str_split(&when, ' ', &number) && slu_parse_u64(time_s, number, NULL) == SLU_OK && *time_s <= INT64_MAX;
}

bool git_commit_head_parse(struct git_commit_head *out, slu_arena *a, slu_str raw, size_t id_n)
{
	struct git_commit_head h = { 0 };
	const size_t tree_n = strlen("tree ") + 2 * id_n + 1, parent_n = strlen("parent ") + 2 * id_n + 1;
	slu_str line;
	if (raw.n < tree_n || !slu_str_starts(raw, "tree ") || raw.p[tree_n - 1] != '\n' || !git_raw_parse(&h.tree, raw.p + strlen("tree "), id_n))
		return false;
	raw = (slu_str){ raw.p + tree_n, raw.n - tree_n };
	while (raw.n >= (h.parent_n + 1) * parent_n && memcmp(raw.p + h.parent_n * parent_n, "parent ", strlen("parent ")) == 0)
		h.parent_n++;
	struct git_raw *parent = SLU_NEW_N(a, struct git_raw, h.parent_n + 1);
	for (size_t i = 0; i < h.parent_n; i++, raw = (slu_str){ raw.p + parent_n, raw.n - parent_n })
		if (raw.p[parent_n - 1] != '\n' || !git_raw_parse(&parent[i], raw.p + strlen("parent "), id_n))
			return false;
	h.parent = parent;
	if (!slu_str_split(&raw, '\n', &line) || !slu_str_starts(line, "author ") || !commit_time(&raw, &h.time_s))
		return false;
	*out = h;
	return true;
}

struct git_commit_head git_commit_head_of(slu_arena *a, const struct pol_commit *c)
{
	struct git_raw *parent = SLU_NEW_N(a, struct git_raw, c->parent_n + 1);
	for (size_t i = 0; i < c->parent_n; i++)
		parent[i] = git_raw_of(&c->parent[i]);
	return (struct git_commit_head){ git_raw_of(&c->tree), parent, c->parent_n, c->commit_time_s < 0 ? 0 : (uint64_t)c->commit_time_s };
}

slu_rc git_tag_parse(struct git_tag_raw *out, slu_arena *a, const slu_oid *id, slu_str raw, slu_err *err)
{
	struct git_tag_raw t = { 0 };
	bool object = false, tagger = false;
	int zone = 0;
	slu_str name = { 0 }, value = { 0 };
	while (header(&raw, &name, &value)) { /* of several the first counts, as for Git, which passes over the others when it takes a push */
		if (slu_str_is(name, "object") && !object)
			object = slu_oid_parse(&t.object, value, NULL) == SLU_OK;
		else if (slu_str_is(name, "type") && !t.type.n)
			t.type = copy(a, value);
		else if (slu_str_is(name, "tag") && !t.name.n)
			t.name = copy(a, value);
		else if (slu_str_is(name, "tagger") && !tagger)
			identity(value, &t.tagger_name, &t.tagger_email, &t.tagger_time_s, &zone), tagger = true;
		else if (slu_str_is(name, "gpgsig") || slu_str_is(name, "gpgsig-sha256"))
			t.signed_ = true;
	}
	if (!object)
		return slu_fail(err, SLU_E_CORRUPT, "Object %s is no tag, or it is damaged: it names no object.", id->hex);
	t.tagger_name = copy(a, t.tagger_name);
	t.tagger_email = copy(a, t.tagger_email);
	t.message = copy(a, raw);
	static const char *const marks[] = { "-----BEGIN PGP SIGNATURE-----", "-----BEGIN SSH SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----" };
	for (size_t i = 0; i < sizeof marks / sizeof *marks && !t.signed_; i++)
		t.signed_ = strstr(t.message.p, marks[i]) != NULL;
	*out = t;
	return SLU_OK;
}

struct pol_tag git_tag_of(const struct git_tag_raw *raw)
{
	return (struct pol_tag){
		.annotated = true, .of_tag = slu_str_is(raw->type, "tag"), .commit = slu_oid_zero(), .message = raw->message, .name = raw->name, .signed_ = raw->signed_,
		.tagger_name = raw->tagger_name, .tagger_email = raw->tagger_email, .tagger_time_s = raw->tagger_time_s,
	};
}

/* ---- writing ------------------------------------------------------------------------------------------------------------ */

/** What may stand in a name or address: no brackets, no line ends, no NUL; Git strips these as well. */
static void add_clean(slu_buf *out, slu_str s, const char *empty)
{
	size_t before = out->n;
	s = slu_str_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x20 && s.p[i] != '<' && s.p[i] != '>' && s.p[i] != 0x7f)
			slu_buf_addc(out, s.p[i]);
	if (out->n == before)
		slu_buf_adds(out, empty);
}

static void add_identity(slu_buf *out, const char *header_name, const struct port_git_ident *who)
{
	slu_buf_addf(out, "%s ", header_name);
	add_clean(out, who->name, "unknown");
	slu_buf_adds(out, " <");
	add_clean(out, who->email, "");
	slu_buf_addf(out, "> %lld %+05d\n", (long long)(who->time_s < 0 ? 0 : who->time_s), who->zone);
}

static slu_rc add_message(slu_buf *out, slu_str message, slu_err *err)
{
	if (message.n > SLU_MAX_MESSAGE_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "The message has %zu bytes, more than %u.", message.n, SLU_MAX_MESSAGE_BYTES);
	if (message.n && memchr(message.p, 0, message.n))
		return slu_fail(err, SLU_E_INVALID, "The message contains a NUL byte.");
	slu_buf_addc(out, '\n');
	slu_buf_addstr(out, message);
	if (message.n == 0 || message.p[message.n - 1] != '\n')
		slu_buf_addc(out, '\n');
	return out->over ? slu_fail(err, SLU_E_LIMIT, "The object is too large.") : SLU_OK;
}

slu_rc git_commit_text(slu_buf *out, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, const struct port_git_ident *committer,
		       slu_str message, slu_err *err)
{
	slu_buf_addf(out, "tree %s\n", tree->hex);
	for (size_t i = 0; i < parent_n; i++)
		slu_buf_addf(out, "parent %s\n", parent[i].hex);
	add_identity(out, "author", author);
	add_identity(out, "committer", committer);
	return add_message(out, message, err);
}

slu_rc git_tag_text(slu_buf *out, slu_str name, const slu_oid *commit, const struct port_git_ident *tagger, slu_str message, slu_err *err)
{
	slu_buf_addf(out, "object %s\ntype commit\ntag ", commit->hex);
	add_clean(out, name, "unnamed");
	slu_buf_addc(out, '\n');
	add_identity(out, "tagger", tagger);
	return add_message(out, message, err);
}
