/* SPDX-License-Identifier: Apache-2.0 */
/** Names, commits and files of a repository in GitHub's shapes. */
#include "base/limits.h"
#include "base/quantity.h"
#include "web/v3.h"

static slu_rc whole_id(const struct web_req *rq, const slu_oid *id, slu_oid *out, slu_err *err)
{
	struct pol_commit c;
	slu_rc rc = rq->r->git->ops->commit(rq->r->git, rq->a, id, &c, err);
	if (rc == SLU_E_NOT_FOUND || rc == SLU_E_INVALID)
		return slu_fail(err, SLU_E_INVALID, "No commit found for SHA: %s", id->hex);
	SLU_TRY(rc);
	*out = *id;
	return SLU_OK;
}

slu_rc v3_commit_of(const struct web_req *rq, const char *text, slu_oid *out, slu_err *err)
{
	static const char *const before[] = { "", "refs/", "refs/heads/", "refs/tags/" };
	port_git *g = rq->r->git;
	slu_oid id;
	if (slu_oid_parse(&id, slu_s(text), NULL) == SLU_OK)
		return whole_id(rq, &id, out, err);
	if (strcmp(text, "HEAD") == 0)
		text = slu_str_dup(rq->a, rq->r->default_branch);
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		const char *name = slu_printf(rq->a, "%s%s", before[i], text);
		slu_oid at = slu_oid_zero();
		if (strncmp(name, "refs/heads/", 11) != 0 && strncmp(name, "refs/tags/", 10) != 0)
			continue;
		SLU_TRY(g->ops->ref(g, slu_s(name), &at, err));
		if (!slu_oid_is_zero(&at))
			return g->ops->resolve(g, slu_s(at.hex), out, err);
	}
	if (slu_oid_begins(slu_s(text), 4) && g->ops->resolve(g, slu_s(text), out, NULL) == SLU_OK)
		return SLU_OK;
	return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
}

slu_rc v3_branch_of(const struct web_req *rq, slu_str branch, slu_oid *out, slu_err *err)
{
	slu_oid at = slu_oid_zero();
	SLU_TRY(rq->r->git->ops->ref(rq->r->git, slu_s(slu_printf(rq->a, "refs/heads/%.*s", SLU_FMT(branch))), &at, err));
	if (slu_oid_is_zero(&at))
		return slu_fail(err, SLU_E_NOT_FOUND, "Branch not found");
	*out = at;
	return SLU_OK;
}

slu_oid v3_body_oid(struct web_req *rq, const char *resource, const char *field, unsigned required)
{
	slu_str text = web_body_str(rq, resource, field, required, 64);
	slu_oid id = slu_oid_zero();
	if (text.n && slu_oid_parse(&id, text, NULL) != SLU_OK)
		web_problem(rq, resource, field, "invalid", "%s must be a whole commit id of 40 or 64 hexadecimal digits", field);
	return id;
}

/* ---- commits ------------------------------------------------------------------------------------------------------------------ */

void v3_signature(slu_json *j, const char *key, slu_str name, slu_str email, int64_t at_s)
{
	char text[SLU_TIME_TEXT];
	slu_json_key(j, key);
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", name);
	slu_json_kv_str(j, "email", email);
	slu_json_kv_z(j, "date", slu_time_text(at_s, text));
	slu_json_close(j, '}');
}

void v3_verification(slu_json *j, bool signed_)
{
	slu_json_key(j, "verification");
	slu_json_raw(j, signed_ ? SLU_STR("{\"verified\":false,\"reason\":\"unverified_email\",\"signature\":null,\"payload\":null,\"verified_at\":null}")
				: SLU_STR("{\"verified\":false,\"reason\":\"unsigned\",\"signature\":null,\"payload\":null,\"verified_at\":null}"));
}

static void inner_commit(slu_json *j, const struct web_req *rq, const struct pol_commit *c)
{
	slu_json_key(j, "commit");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", v3_url(rq, "/git/commits/%s", c->id.hex));
	v3_signature(j, "author", c->author_name, c->author_email, c->author_time_s);
	v3_signature(j, "committer", c->committer_name, c->committer_email, c->commit_time_s);
	slu_json_kv_str(j, "message", c->message);
	slu_json_kv_int(j, "comment_count", 0);
	slu_json_key(j, "tree");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", c->tree.hex);
	slu_json_kv_z(j, "url", v3_url(rq, "/git/trees/%s", c->tree.hex));
	slu_json_close(j, '}');
	v3_verification(j, c->signed_);
	slu_json_close(j, '}');
}

void v3_commit_members(slu_json *j, const struct web_req *rq, const struct pol_commit *c)
{
	slu_json_kv_z(j, "sha", c->id.hex);
	slu_json_kv_z(j, "node_id", slu_printf(rq->a, "Commit:%s", c->id.hex));
	slu_json_kv_z(j, "url", v3_url(rq, "/commits/%s", c->id.hex));
	slu_json_kv_z(j, "html_url", v3_html_url(rq, "/commits/%s", c->id.hex));
	slu_json_kv_z(j, "comments_url", v3_url(rq, "/commits/%s/comments", c->id.hex));
	inner_commit(j, rq, c);
	v3_members(j, "\"author\":null,\"committer\":null");
	slu_json_key(j, "parents");
	slu_json_open(j, '[');
	for (size_t i = 0; i < c->parent_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_z(j, "sha", c->parent[i].hex);
		slu_json_kv_z(j, "url", v3_url(rq, "/commits/%s", c->parent[i].hex));
		slu_json_kv_z(j, "html_url", v3_html_url(rq, "/commits/%s", c->parent[i].hex));
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

void v3_commit(slu_json *j, const struct web_req *rq, const struct pol_commit *c)
{
	slu_json_open(j, '{');
	v3_commit_members(j, rq, c);
	slu_json_close(j, '}');
}

slu_rc v3_commit_page(struct web_req *rq, struct web_res *rs, const slu_oid *id, size_t n, slu_err *err)
{
	struct web_paging p = web_paging(rq);
	port_git *g = rq->r->git;
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++) {
		struct pol_commit c;
		SLU_TRY(g->ops->commit(g, rq->a, &id[i], &c, err));
		v3_commit(&rs->json, rq, &c);
	}
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

/* ---- two of them, and what is between ------------------------------------------------------------------------------------------- */

const slu_oid *v3_before(const struct pol_commit *c)
{
	static const slu_oid sha1 = { "4b825dc642cb6eb9a060e54bf8d69288fbee4904" }, sha256 = { "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321" };
	return c->parent_n ? &c->parent[0] : strlen(c->id.hex) == 64 ? &sha256 : &sha1;
}

static slu_rc name_of(const struct web_req *rq, const char *text, slu_oid *out, slu_err *err)
{
	const char *colon = strchr(text, ':'); /* "owner:branch": there are no forks here */
	slu_rc rc = v3_commit_of(rq, colon ? colon + 1 : text, out, err);
	return rc == SLU_E_INVALID ? slu_fail(err, SLU_E_NOT_FOUND, "Not Found") : rc;
}

slu_rc v3_compare(struct v3_two *t, const struct web_req *rq, const char *basehead, size_t patch_bytes, slu_err *err)
{
	port_git *g = rq->r->git;
	const char *dots = strstr(basehead, "...");
	const slu_oid *bases;
	size_t n;
	if (!dots)
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	SLU_TRY(name_of(rq, slu_strndup(rq->a, basehead, (size_t)(dots - basehead)), &t->base, err));
	SLU_TRY(name_of(rq, dots + 3, &t->head, err));
	SLU_TRY(g->ops->merge_bases(g, rq->a, &t->base, &t->head, &bases, &n, err));
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "No common ancestor between %s.", basehead);
	t->merge_base = bases[0];
	SLU_TRY(g->ops->ahead_behind(g, &t->head, &t->base, &t->ahead, &t->behind, err));
	SLU_TRY(g->ops->range(g, rq->a, &t->head, &t->base, 1, SLU_MAX_PUSH_COMMITS, &t->commit, &t->commit_n, err));
	return g->ops->diff(g, rq->a, &t->merge_base, &t->head, patch_bytes, &t->file, &t->file_n, err);
}

/* web_link with as many rows as are known, without "last" when there are more. */
void v3_link_more(const struct web_req *rq, struct web_res *rs, const struct web_paging *p, bool more)
{
	web_link(rq, rs, p, p->skip + p->per_page + (more ? 1 : 0));
	struct web_pair *h = rs->header.n ? &rs->header.v[rs->header.n - 1] : NULL;
	const char *last = h && strcmp(h->name, "Link") == 0 ? strstr(h->value, "rel=\"last\"") : NULL;
	if (!last)
		return;
	const char *from = last;
	while (from > h->value && *from != '<')
		from--;
	from = from > h->value + 1 ? from - 2 : from; /* ", " */
	h->value = slu_printf(rs->a, "%.*s%s", (int)(from - h->value), h->value, last + strlen("rel=\"last\""));
}

/* ---- files -------------------------------------------------------------------------------------------------------------------- */

static const char *file_status(char c)
{
	return c == 'A' ? "added" : c == 'D' ? "removed" : c == 'R' ? "renamed" : "modified";
}

/* GitHub's patch begins with the first hunk. */
static slu_str hunks(slu_str patch)
{
	const char *at = patch.n ? memmem(patch.p, patch.n, "\n@@ ", 4) : NULL;
	size_t skip = at ? (size_t)(at - patch.p) + 1 : patch.n;
	return (slu_str){ patch.p + skip, patch.n - skip };
}

static void file_json(slu_json *j, const struct web_req *rq, const slu_oid *at, const struct port_git_diff_file *f)
{
	int64_t added = f->added > 0 ? f->added : 0, removed = f->removed > 0 ? f->removed : 0;
	slu_str path = f->new_path.n ? f->new_path : f->old_path;
	const char *encoded = v3_path(rq, path);
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", f->blob.hex);
	slu_json_kv_str(j, "filename", path);
	if (f->status == 'R')
		slu_json_kv_str(j, "previous_filename", f->old_path);
	slu_json_kv_z(j, "status", file_status(f->status));
	slu_json_kv_int(j, "additions", added);
	slu_json_kv_int(j, "deletions", removed);
	slu_json_kv_int(j, "changes", added + removed);
	slu_json_kv_z(j, "blob_url", v3_html_url(rq, "/blob/%s/%s", at->hex, encoded));
	slu_json_kv_z(j, "raw_url", v3_html_url(rq, "/raw/%s/%s", at->hex, encoded));
	slu_json_kv_z(j, "contents_url", v3_url(rq, "/contents/%s?ref=%s", encoded, at->hex));
	if (hunks(f->patch).n)
		slu_json_kv_str(j, "patch", hunks(f->patch));
	slu_json_close(j, '}');
}

void v3_files(slu_json *j, const struct web_req *rq, const slu_oid *at, const struct port_git_diff_file *f, size_t n)
{
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		file_json(j, rq, at, &f[i]);
	slu_json_close(j, ']');
}
