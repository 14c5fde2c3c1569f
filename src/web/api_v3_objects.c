/* SPDX-License-Identifier: Apache-2.0 */
/** Trees, blobs and files in GitHub's shapes: read only; what changes them is a push. */
#include "base/limits.h"
#include "web/v3.h"

#include <sodium.h>

enum { TREE_ENTRIES = 20000, TREE_DEPTH = 64, INLINE_BYTES = 8 * 1024 * 1024 };

struct entry {
	slu_str path, mode, type;
	slu_oid id;
};
typedef SLU_LIST(struct entry) entries;

/* ---- tree objects -------------------------------------------------------------------------------------------------------------- */

static slu_str type_of(slu_str mode)
{
	return slu_str_is(mode, "40000") ? SLU_STR("tree") : slu_str_is(mode, "160000") ? SLU_STR("commit") : SLU_STR("blob");
}

/* "MODE NAME\0" and the raw id, over and over. */
static slu_rc next_entry(slu_arena *a, slu_str *rest, size_t id_bytes, struct entry *out, slu_err *err)
{
	slu_str mode, name;
	if (!slu_str_split(rest, ' ', &mode) || !slu_str_split(rest, 0, &name) || rest->n < id_bytes || mode.n > 6)
		return slu_fail(err, SLU_E_CORRUPT, "A tree object is damaged.");
	out->mode = slu_s(slu_printf(a, "%s%.*s", mode.n == 5 ? "0" : "", SLU_FMT(mode)));
	out->type = type_of(mode);
	out->path = name;
	(void)sodium_bin2hex(out->id.hex, sizeof out->id.hex, (const unsigned char *)rest->p, id_bytes);
	*rest = (slu_str){ rest->p + id_bytes, rest->n - id_bytes };
	return SLU_OK;
}

struct reading {
	struct web_req *rq;
	bool recursive, cut;
	size_t id_bytes;
	entries list;
};

/* Depth first as Git lists them: a folder, then what is in it. The stack is explicit: a hostile repository nests deeply. */
static slu_rc read_tree(struct reading *t, const slu_oid *tree, slu_err *err)
{
	struct frame { slu_str rest; const char *prefix; } stack[TREE_DEPTH];
	slu_arena *a = t->rq->a;
	port_git *g = t->rq->r->git;
	const char *kind;
	size_t depth = 1;
	stack[0].prefix = "";
	SLU_TRY(g->ops->object(g, a, tree, &kind, &stack[0].rest, err));
	while (depth > 0 && !t->cut) {
		struct frame *f = &stack[depth - 1];
		struct entry e = { 0 };
		if (f->rest.n == 0) {
			depth--;
			continue;
		}
		SLU_TRY(next_entry(a, &f->rest, t->id_bytes, &e, err));
		e.path = slu_s(slu_printf(a, "%s%.*s", f->prefix, SLU_FMT(e.path)));
		*SLU_ADD(a, &t->list) = e;
		t->cut = t->list.n >= TREE_ENTRIES || (t->recursive && depth == TREE_DEPTH);
		if (t->recursive && slu_str_is(e.type, "tree") && !t->cut) {
			stack[depth].prefix = slu_printf(a, "%.*s/", SLU_FMT(e.path));
			SLU_TRY(g->ops->object(g, a, &e.id, &kind, &stack[depth].rest, err));
			depth++;
		}
	}
	return SLU_OK;
}

/* A tree by its id, or that of a commit, branch or tag. */
static slu_rc tree_of(struct web_req *rq, const char *text, slu_oid *out, slu_err *err)
{
	port_git *g = rq->r->git;
	const char *kind;
	slu_str bytes;
	slu_oid id;
	struct pol_commit c;
	if (slu_oid_parse(&id, slu_s(text), NULL) == SLU_OK && g->ops->object(g, rq->a, &id, &kind, &bytes, NULL) == SLU_OK && strcmp(kind, "tree") == 0) {
		*out = id;
		return SLU_OK;
	}
	slu_rc rc = v3_commit_of(rq, text, &id, err);
	SLU_TRY(rc == SLU_E_INVALID ? slu_fail(err, SLU_E_NOT_FOUND, "Not Found") : rc);
	SLU_TRY(g->ops->commit(g, rq->a, &id, &c, err));
	*out = c.tree;
	return SLU_OK;
}

static void entry_json(slu_json *j, const struct web_req *rq, const struct entry *e)
{
	bool blob = slu_str_is(e->type, "blob");
	slu_json_open(j, '{');
	slu_json_kv_str(j, "path", e->path);
	slu_json_kv_str(j, "mode", e->mode);
	slu_json_kv_str(j, "type", e->type);
	slu_json_kv_z(j, "sha", e->id.hex);
	slu_json_kv_z(j, "url", v3_url(rq, blob ? "/git/blobs/%s" : "/git/trees/%s", e->id.hex));
	slu_json_close(j, '}');
}

static slu_rc tree_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct reading t = { .rq = rq, .recursive = web_query(rq, "recursive") != NULL };
	slu_json *j = &rs->json;
	slu_oid id;
	SLU_TRY(tree_of(rq, web_param(rq, "sha"), &id, err));
	t.id_bytes = strlen(id.hex) / 2;
	SLU_TRY(read_tree(&t, &id, err));
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", id.hex);
	slu_json_kv_z(j, "url", v3_url(rq, "/git/trees/%s", id.hex));
	slu_json_kv_bool(j, "truncated", t.cut);
	slu_json_key(j, "tree");
	slu_json_open(j, '[');
	for (size_t i = 0; i < t.list.n; i++)
		entry_json(j, rq, &t.list.v[i]);
	slu_json_close(j, ']');
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_api api_v3_git_tree_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/git/trees/{sha...}", .need = WEB_READ, .run = tree_get, .operation = "git/get-tree",
	.summary = "A tree by its id or that of a commit, branch or tag; recursive",
};

/* ---- blobs --------------------------------------------------------------------------------------------------------------------- */

static char *base64(slu_arena *a, slu_str bytes)
{
	size_t n = sodium_base64_ENCODED_LEN(bytes.n, sodium_base64_VARIANT_ORIGINAL);
	char *out = slu_alloc(a, n);
	return sodium_bin2base64(out, n, (const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n, sodium_base64_VARIANT_ORIGINAL);
}

static slu_rc blob_of(struct web_req *rq, const slu_oid *id, slu_str *bytes, slu_err *err)
{
	const char *kind;
	slu_rc rc = rq->r->git->ops->object(rq->r->git, rq->a, id, &kind, bytes, err);
	if (rc == SLU_E_NOT_FOUND || (rc == SLU_OK && strcmp(kind, "blob") != 0))
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	SLU_TRY(rc);
	if (bytes->n > INLINE_BYTES)
		return slu_fail(err, SLU_E_DENIED, "The file has %zu bytes, more than the %d that are handed out at once: clone the repository.", bytes->n, INLINE_BYTES);
	return SLU_OK;
}

static slu_rc blob_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_json *j = &rs->json;
	slu_oid id;
	slu_str bytes;
	if (slu_oid_parse(&id, slu_s(web_param(rq, "sha")), NULL) != SLU_OK)
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	SLU_TRY(blob_of(rq, &id, &bytes, err));
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", id.hex);
	slu_json_kv_z(j, "node_id", slu_printf(rq->a, "Blob:%s", id.hex));
	slu_json_kv_z(j, "url", v3_url(rq, "/git/blobs/%s", id.hex));
	slu_json_kv_int(j, "size", (int64_t)bytes.n);
	slu_json_kv_z(j, "encoding", "base64");
	slu_json_kv_z(j, "content", base64(rq->a, bytes));
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_api api_v3_git_blob_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/git/blobs/{sha}", .need = WEB_READ, .run = blob_get, .operation = "git/get-blob", .summary = "A blob, base64",
};

/* ---- contents -------------------------------------------------------------------------------------------------------------------- */

static void content_json(slu_json *j, const struct web_req *rq, const struct entry *e, const char *ref, const slu_str *bytes)
{
	const char *slash = e->path.n ? memrchr(e->path.p, '/', e->path.n) : NULL, *encoded = v3_path(rq, e->path);
	size_t skip = slash ? (size_t)(slash - e->path.p) + 1 : 0;
	bool dir = slu_str_is(e->type, "tree");
	bool file = slu_str_is(e->type, "blob");
	const char *at = web_encode(rq->a, slu_s(ref)), *self = v3_url(rq, "/contents/%s?ref=%s", encoded, at);
	const char *git = file || dir ? v3_url(rq, dir ? "/git/trees/%s" : "/git/blobs/%s", e->id.hex) : NULL, *html = file ? v3_html_url(rq, "/blob/%s/%s", at, encoded) : NULL;
	slu_json_open(j, '{');
	slu_json_kv_z(j, "type", dir ? "dir" : slu_str_is(e->type, "commit") ? "submodule" : slu_str_is(e->mode, "120000") && !bytes ? "symlink" : "file");
	slu_json_kv_str(j, "name", (slu_str){ e->path.p + skip, e->path.n - skip });
	slu_json_kv_str(j, "path", e->path);
	slu_json_kv_z(j, "sha", e->id.hex);
	slu_json_kv_int(j, "size", bytes ? (int64_t)bytes->n : 0);
	slu_json_kv_z(j, "url", self);
	slu_json_kv_z(j, "git_url", git);
	slu_json_kv_z(j, "html_url", html);
	slu_json_kv_z(j, "download_url", file ? v3_html_url(rq, "/raw/%s/%s", at, encoded) : NULL);
	slu_json_key(j, "_links");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "self", self);
	slu_json_kv_z(j, "git", git);
	slu_json_kv_z(j, "html", html);
	slu_json_close(j, '}');
	if (bytes) {
		slu_json_kv_z(j, "encoding", "base64");
		slu_json_kv_z(j, "content", base64(rq->a, *bytes));
	}
	slu_json_close(j, '}');
}

/* The entry at the end of a path; its own path is whole. type "tree" with an empty path: the root. */
static slu_rc entry_at(struct reading *t, const slu_oid *root, slu_str path, struct entry *out, slu_err *err)
{
	struct entry at = { .path = { "", 0 }, .mode = SLU_STR("040000"), .type = SLU_STR("tree"), .id = *root };
	slu_str rest = path, part;
	while (slu_str_split(&rest, '/', &part)) {
		bool found = false;
		if (!slu_str_is(at.type, "tree"))
			return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
		t->list.n = 0;
		SLU_TRY(read_tree(t, &at.id, err));
		for (size_t i = 0; i < t->list.n && !found; i++) {
			found = slu_str_eq(t->list.v[i].path, part);
			at = found ? t->list.v[i] : at;
		}
		if (!found)
			return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	}
	at.path = path;
	*out = at;
	return SLU_OK;
}

static slu_rc folder(struct web_req *rq, struct web_res *rs, struct reading *t, const struct entry *at, const char *ref, slu_err *err)
{
	t->list.n = 0;
	SLU_TRY(read_tree(t, &at->id, err));
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < t->list.n; i++) {
		struct entry e = t->list.v[i];
		e.path = slu_s(slu_printf(rq->a, "%.*s%s%.*s", SLU_FMT(at->path), at->path.n ? "/" : "", SLU_FMT(e.path)));
		content_json(&rs->json, rq, &e, ref, NULL);
	}
	slu_json_close(&rs->json, ']');
	return SLU_OK;
}

static slu_rc contents(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const char *asked = web_query(rq, "ref");
	struct reading t = { .rq = rq };
	struct entry at;
	slu_oid root;
	slu_str bytes;
	SLU_TRY(tree_of(rq, asked ? asked : "HEAD", &root, err));
	t.id_bytes = strlen(root.hex) / 2;
	SLU_TRY(entry_at(&t, &root, slu_s(web_param(rq, "path")), &at, err));
	const char *ref = asked ? asked : slu_str_dup(rq->a, rq->r->default_branch);
	if (slu_str_is(at.type, "tree"))
		return folder(rq, rs, &t, &at, ref, err);
	SLU_TRY(blob_of(rq, &at.id, &bytes, err));
	if (v3_form_of(rq) == V3_RAW) {
		v3_raw(rs, bytes);
		return SLU_OK;
	}
	content_json(&rs->json, rq, &at, ref, &bytes);
	return SLU_OK;
}

const struct web_api api_v3_contents_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/contents/{path...}", .need = WEB_READ, .run = contents, .operation = "repos/get-content",
	.summary = "A file (base64, or as it is with Accept: application/vnd.github.raw) or a folder; ref",
};
/* octokit asks so for the root, with an empty path */
const struct web_api api_contents_root = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/contents", .need = WEB_READ, .run = contents, .operation = "repos/get-content", .summary = "The root folder; ref",
};
