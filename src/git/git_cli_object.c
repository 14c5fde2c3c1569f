/* SPDX-License-Identifier: Apache-2.0 */
/* Objects and refs by one `git cat-file --batch-command` that stays open for the handle's life. */
#include "base/limits.h"
#include "git/git_cli_impl.h"
#include "git/here.h"
#include "git/object.h"

#include <unistd.h>

void git_cli_batch_stop(struct git_cli *g)
{
	if (g->batch.pid)
		run_stop(&g->batch, 0);
	g->in_at = g->in_n = 0;
}

static slu_rc batch_start(struct git_cli *g, slu_err *err)
{
	if (g->batch.pid)
		return SLU_OK;
	slu_auto_arena *a = slu_arena_new();
	const char *argv[] = { "git", slu_printf(a, "--git-dir=%s", g->path), "cat-file", "--batch-command", NULL };
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = g->env.v;
	s.cwd = "/";
	SLU_TRY(run_start(&g->batch, &s, RUN_PIPE_IN | RUN_PIPE_OUT, err));
	if (!g->in)
		g->in = slu_alloc(g->own, GIT_BATCH_BUFFER);
	g->in_at = g->in_n = 0;
	return SLU_OK;
}

static slu_rc more(struct git_cli *g, int64_t deadline, slu_err *err)
{
	size_t n = 0;
	SLU_TRY(run_read_some(g->batch.out, g->in, GIT_BATCH_BUFFER, deadline, &n, err));
	if (n == 0)
		return slu_fail(err, SLU_E_CORRUPT, "git cat-file ended while an object was read: the object is damaged, or a partial clone could not fetch it.");
	g->in_at = 0;
	g->in_n = n;
	return SLU_OK;
}

static slu_rc read_line(struct git_cli *g, slu_buf *line, int64_t deadline, slu_err *err)
{
	for (;;) {
		if (g->in_at == g->in_n)
			SLU_TRY(more(g, deadline, err));
		const char *from = g->in + g->in_at, *nl = memchr(from, '\n', g->in_n - g->in_at);
		size_t n = nl ? (size_t)(nl - from) : g->in_n - g->in_at;
		slu_buf_add(line, from, n);
		g->in_at += n + (nl ? 1 : 0);
		if (line->over)
			return slu_fail(err, SLU_E_INTERNAL, "git cat-file gave a line that is too long.");
		if (nl)
			return SLU_OK;
	}
}

static slu_rc read_bytes(struct git_cli *g, char *to, size_t n, int64_t deadline, slu_err *err)
{
	while (n > 0) {
		if (g->in_at == g->in_n)
			SLU_TRY(more(g, deadline, err));
		size_t take = g->in_n - g->in_at < n ? g->in_n - g->in_at : n;
		memcpy(to, g->in + g->in_at, take);
		g->in_at += take;
		to += take;
		n -= take;
	}
	return SLU_OK;
}

static bool kind_of(slu_str word, enum git_kind *kind)
{
	static const struct { const char *word; enum git_kind kind; } kinds[] = { { "commit", GIT_COMMIT }, { "tree", GIT_TREE }, { "blob", GIT_BLOB }, { "tag", GIT_TAG } };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (slu_str_is(word, kinds[i].word)) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

/** "OID TYPE SIZE", or "NAME missing", "NAME ambiguous" (NAME may hold spaces). */
static void answer_parse(slu_str line, struct git_info *out)
{
	struct git_info i = { 0 };
	slu_str rest = line, id = { 0 }, type = { 0 }, size = { 0 };
	uint64_t n = 0;
	if (slu_str_split(&rest, ' ', &id) && slu_oid_parse(&i.id, id, NULL) == SLU_OK && slu_str_split(&rest, ' ', &type) && kind_of(type, &i.kind) &&
	    slu_str_split(&rest, ' ', &size) && slu_parse_u64(&n, size, NULL) == SLU_OK)
		i.size = n;
	else
		i = (struct git_info){ 0 };
	*out = i;
}

static slu_rc ask(struct git_cli *g, const char *command, slu_str spec, struct git_info *out, slu_err *err)
{
	if (spec.n == 0 || spec.n > 4096 || memchr(spec.p, '\n', spec.n) || memchr(spec.p, 0, spec.n)) {
		*out = (struct git_info){ 0 };
		return SLU_OK;
	}
	SLU_TRY(batch_start(g, err));
	int64_t deadline = run_now_ms() + GIT_TIMEOUT_MS;
	slu_auto_buf text;
	slu_buf_init(&text, 8192);
	slu_buf_addf(&text, "%s %.*s\n", command, SLU_FMT(spec));
	SLU_TRY(run_write_all(g->batch.in, text.p, text.n, deadline, err));
	slu_buf_clear(&text);
	SLU_TRY(read_line(g, &text, deadline, err));
	answer_parse(slu_buf_str(&text), out);
	return SLU_OK;
}

slu_rc git_cli_info(struct git_cli *g, slu_str spec, struct git_info *out, slu_err *err)
{
	slu_rc rc = ask(g, "info", spec, out, err);
	if (rc != SLU_OK)
		git_cli_batch_stop(g);
	return rc;
}

static slu_rc contents(struct git_cli *g, slu_arena *a, slu_str spec, struct git_info *out, slu_str *bytes, slu_err *err)
{
	struct git_info i;
	SLU_TRY(ask(g, "contents", spec, &i, err));
	slu_str b = { 0 };
	if (i.kind != GIT_MISSING) {
		if (i.size > SLU_MAX_BLOB_BYTES)
			return slu_fail(err, SLU_E_LIMIT, "Object %s has %llu bytes, more than the %u that are read at once.", i.id.hex, (unsigned long long)i.size, SLU_MAX_BLOB_BYTES);
		int64_t deadline = run_now_ms() + GIT_TIMEOUT_MS;
		char *p = slu_alloc(a, i.size + 1), newline = 0;
		SLU_TRY(read_bytes(g, p, i.size, deadline, err));
		SLU_TRY(read_bytes(g, &newline, 1, deadline, err));
		b = (slu_str){ p, i.size };
	}
	*out = i;
	*bytes = b;
	return SLU_OK;
}

slu_rc git_cli_contents(struct git_cli *g, slu_arena *a, slu_str spec, struct git_info *out, slu_str *bytes, slu_err *err)
{
	slu_rc rc = contents(g, a, spec, out, bytes, err);
	if (rc != SLU_OK) /* the stream is somewhere in the middle: start anew next time */
		git_cli_batch_stop(g);
	return rc == SLU_E_CORRUPT ? slu_fail(err, rc, "Object %.*s is damaged: git cat-file ended while it was read.", SLU_FMT(spec)) : rc;
}

/* ---- a blob as it comes ------------------------------------------------------------------------------------------------- */

static slu_rc pieces(struct git_cli *g, const slu_oid *id, port_git_take *take, void *ctx, slu_err *err)
{
	struct git_info i;
	SLU_TRY(ask(g, "contents", slu_s(id->hex), &i, err));
	if (i.kind == GIT_MISSING)
		return slu_fail(err, SLU_E_NOT_FOUND, "Object %s is not in the repository.", id->hex);
	for (uint64_t left = i.size; left > 0;) {
		if (g->in_at == g->in_n)
			SLU_TRY(more(g, run_now_ms() + GIT_TIMEOUT_MS, err));
		size_t n = g->in_n - g->in_at < left ? g->in_n - g->in_at : (size_t)left;
		left -= n;
		if (i.kind == GIT_BLOB)
			take(ctx, (slu_str){ g->in + g->in_at, n }, left == 0);
		g->in_at += n;
	}
	char newline;
	SLU_TRY(read_bytes(g, &newline, 1, run_now_ms() + GIT_TIMEOUT_MS, err));
	if (i.kind != GIT_BLOB)
		return slu_fail(err, SLU_E_NOT_FOUND, "Object %s is no file.", id->hex);
	if (i.size == 0)
		take(ctx, (slu_str){ "", 0 }, true);
	return SLU_OK;
}

slu_rc git_cli_blob(port_git *base, const slu_oid *id, port_git_take *take, void *ctx, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	slu_rc rc = pieces(g, id, take, ctx, err);
	if (rc != SLU_OK && rc != SLU_E_NOT_FOUND)
		git_cli_batch_stop(g);
	return rc;
}

/* ---- the port ---------------------------------------------------------------------------------------------------------- */

/** May the byte `c` follow `before` in the name of a ref? */
static bool ref_byte_ok(unsigned char before, unsigned char c)
{
	if (c <= 0x20 || c == 0x7f || strchr("~^:?*[\\", c))
		return false;
	if (c == '.')
		return before != '.' && before != '/';
	return !(c == '{' && before == '@') && !(c == '/' && before == '/');
}

bool git_ref_name_ok(slu_str name)
{
	if (!slu_str_starts(name, "refs/") || name.n > 1024 || slu_str_ends(name, "/") || slu_str_ends(name, ".") || slu_str_ends(name, ".lock"))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!ref_byte_ok(i ? (unsigned char)name.p[i - 1] : 0, (unsigned char)name.p[i]))
			return false;
	return true;
}

bool git_path_ok(slu_str path)
{
	slu_str rest = path, part;
	if (path.n == 0 || path.n > 4000 || path.p[path.n - 1] == '/' || memchr(path.p, 0, path.n))
		return false;
	while (slu_str_split(&rest, '/', &part))
		if (part.n == 0 || slu_str_is(part, ".") || slu_str_is(part, "..") || (part.n == 4 && strncasecmp(part.p, ".git", 4) == 0))
			return false;
	return true;
}

slu_rc git_cli_ref(port_git *base, slu_str name, slu_oid *out, slu_err *err)
{
	struct git_info i = { 0 };
	if (git_ref_name_ok(name))
		SLU_TRY(git_cli_info(git_cli_of(base), name, &i, err));
	*out = i.kind == GIT_MISSING ? slu_oid_zero() : i.id;
	return SLU_OK;
}

slu_rc git_cli_resolve(port_git *base, slu_str rev, slu_oid *out, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct git_info i = { 0 };
	bool names_path = rev.n > 1 && memchr(rev.p + 1, ':', rev.n - 1); /* COMMIT:PATH is no commit, and git ends when PATH is odd */
	bool searches = rev.n > 2 && (rev.p[0] == ':' || memmem(rev.p, rev.n, "^{/", 3)); /* the messages of the whole history, by a pattern of whoever asks */
	if (rev.n > 0 && rev.n < 2048 && !names_path && !searches)
		SLU_TRY(git_cli_info(git_cli_of(base), slu_s(slu_printf(a, "%.*s^{commit}", SLU_FMT(rev))), &i, err));
	if (i.kind != GIT_COMMIT)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no commit named \"%.*s\" here.", SLU_FMT(rev));
	*out = i.id;
	return SLU_OK;
}

/** The sentence for an object that git calls missing: it says so of a damaged loose object too. */
static slu_rc missing(struct git_cli *g, const slu_oid *id, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *const folder[] = { g->objects, g->main_objects };
	for (size_t i = 0; i < 2; i++)
		if (access(slu_printf(a, "%s/%.2s/%s", folder[i], id->hex, id->hex + 2), F_OK) == 0)
			return slu_fail(err, SLU_E_CORRUPT, "Object %s is damaged on disk. Restore the repository from a backup.", id->hex);
	return slu_fail(err, SLU_E_NOT_FOUND, "Object %s is not in the repository.", id->hex);
}

slu_rc git_cli_commit(port_git *base, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err)
{
	struct git_info i;
	slu_str raw;
	SLU_TRY(git_cli_contents(git_cli_of(base), a, slu_s(id->hex), &i, &raw, err));
	if (i.kind == GIT_MISSING)
		return missing(git_cli_of(base), id, err);
	if (i.kind != GIT_COMMIT)
		return slu_fail(err, SLU_E_NOT_FOUND, "Object %s is no commit.", id->hex);
	return git_commit_parse(out, a, id, raw, err);
}

slu_rc git_cli_tag(port_git *base, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	struct git_info i;
	slu_str raw;
	SLU_TRY(git_cli_info(g, slu_s(id->hex), &i, err));
	if (i.kind == GIT_MISSING)
		return missing(g, id, err);
	struct pol_tag t = { 0 };
	if (i.kind == GIT_TAG) {
		struct git_tag_raw r;
		SLU_TRY(git_cli_contents(g, a, slu_s(id->hex), &i, &raw, err));
		SLU_TRY(git_tag_parse(&r, a, id, raw, err));
		t = git_tag_of(&r);
		SLU_TRY(git_cli_info(g, slu_s(slu_printf(a, "%s^{commit}", id->hex)), &i, err));
	}
	t.commit = i.kind == GIT_COMMIT ? i.id : slu_oid_zero();
	*out = t;
	return SLU_OK;
}

slu_rc git_cli_has_commit(port_git *base, const slu_oid *id, bool *out, slu_err *err)
{
	struct git_info i;
	SLU_TRY(git_cli_info(git_cli_of(base), slu_s(id->hex), &i, err));
	*out = i.kind == GIT_COMMIT;
	return SLU_OK;
}

slu_rc git_cli_object(port_git *base, slu_arena *a, const slu_oid *id, const char **kind, slu_str *bytes, slu_err *err)
{
	static const char *const words[] = { [GIT_COMMIT] = "commit", [GIT_TREE] = "tree", [GIT_BLOB] = "blob", [GIT_TAG] = "tag" };
	struct git_info i;
	slu_str b;
	SLU_TRY(git_cli_contents(git_cli_of(base), a, slu_s(id->hex), &i, &b, err));
	if (i.kind == GIT_MISSING)
		return missing(git_cli_of(base), id, err);
	*kind = words[i.kind];
	*bytes = b;
	return SLU_OK;
}

slu_rc git_cli_file_at(port_git *base, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	struct git_info i;
	slu_str bytes = { 0 };
	slu_str spec = slu_s(slu_printf(a, "%s:%.*s", commit->hex, SLU_FMT(path)));
	if (git_path_ok(path))
		SLU_TRY(git_cli_info(g, spec, &i, err));
	else
		i = (struct git_info){ 0 };
	bool is_file = i.kind == GIT_BLOB;
	if (is_file)
		SLU_TRY(git_cli_contents(g, a, slu_s(i.id.hex), &i, &bytes, err));
	*text = bytes;
	*found = is_file;
	return SLU_OK;
}

static slu_rc refs_line(struct git_cli *g, slu_arena *a, slu_str line, struct port_git_ref *out, slu_err *err)
{
	slu_str id = { 0 }, peeled = { 0 }, type = { 0 };
	struct port_git_ref r = { 0 };
	(void)(slu_str_split(&line, ' ', &id) && slu_str_split(&line, ' ', &peeled) && slu_str_split(&line, ' ', &type));
	SLU_TRY(slu_oid_parse(&r.id, id, err));
	r.peeled = r.id;
	if (peeled.n)
		SLU_TRY(slu_oid_parse(&r.peeled, peeled, err));
	if (slu_str_is(type, "tag")) { /* a tag of a tag: git peels once */
		struct git_info i;
		SLU_TRY(git_cli_info(g, slu_s(slu_printf(a, "%s^{}", r.id.hex)), &i, err));
		r.peeled = i.kind == GIT_MISSING ? r.peeled : i.id;
	}
	r.name = line;
	*out = r;
	return SLU_OK;
}

slu_rc git_cli_refs(port_git *base, slu_arena *a, slu_str prefix, const struct port_git_ref **out, size_t *n, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	struct git_call c = GIT_CALL("for-each-ref", "--format=%(objectname) %(*objectname) %(*objecttype) %(refname)");
	c.max_out = GIT_BIG_OUTPUT;
	/* for-each-ref matches whole components: a prefix that ends inside one is left to the loop */
	const char *slash = prefix.n ? memrchr(prefix.p, '/', prefix.n) : NULL;
	if (slash)
		c.arg[c.n++] = slu_strndup(a, prefix.p, (size_t)(slash - prefix.p) + 1);
	slu_str text, line;
	SLU_TRY(git_cli_ok(g, a, &c, &text, err));
	SLU_LIST(struct port_git_ref) list = { 0 };
	while (slu_str_split(&text, '\n', &line)) {
		struct port_git_ref r;
		SLU_TRY(refs_line(g, a, line, &r, err));
		if (r.name.n >= prefix.n && (prefix.n == 0 || memcmp(r.name.p, prefix.p, prefix.n) == 0))
			*SLU_ADD(a, &list) = r;
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc git_cli_symbolic(port_git *base, slu_arena *a, slu_str name, slu_str *out, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	*out = (slu_str){ 0 };
	bool head = slu_str_is(name, "HEAD");
	if (!head && !git_ref_name_ok(name))
		return SLU_OK;
	slu_str text = git_small_file(a, slu_printf(a, "%s/%.*s", head ? g->path : g->common, SLU_FMT(name)));
	if (!slu_str_is(text, "ref: refs/heads/.invalid")) { /* that stands for: in another file */
		if (slu_str_starts(text, "ref:"))
			*out = slu_str_trim((slu_str){ text.p + 4, text.n - 4 });
		return SLU_OK;
	}
	struct git_call c = GIT_CALL("symbolic-ref", "--quiet", slu_str_dup(a, name));
	int code = 0;
	SLU_TRY(git_cli_run(g, a, &c, &text, &code, NULL, err));
	if (code == 0)
		*out = slu_str_trim(text);
	return SLU_OK;
}
