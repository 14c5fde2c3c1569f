/* SPDX-License-Identifier: Apache-2.0 */
/** How handlers answer. */
#include "base/quantity.h"
#include "web/web.h"

void web_set_header(struct web_res *rs, const char *name, const char *value)
{
	*SLU_ADD(rs->a, &rs->header) = (struct web_pair){ name, value };
}

void web_see_other(struct web_res *rs, const char *path)
{
	rs->status = 303;
	rs->no_store = true;
	/* "//host" would lead away from here */
	web_set_header(rs, "Location", path[0] == '/' && path[1] != '/' && path[1] != '\\' ? path : "/");
}

unsigned web_status(slu_rc rc)
{
	switch (rc) {
	case SLU_OK: return 200;
	case SLU_E_SYNTAX: return 400;
	case SLU_E_AUTH: return 401;
	case SLU_E_DENIED: case SLU_E_WAIT: return 403;
	case SLU_E_NOT_FOUND: return 404;
	case SLU_E_EXISTS: case SLU_E_CONFLICT: return 409;
	case SLU_E_LIMIT: return 413;
	case SLU_E_INVALID: case SLU_E_USAGE: case SLU_E_STRATEGY: return 422;
	case SLU_E_BUSY: case SLU_E_TIMEOUT: case SLU_E_IO: return 503;
	case SLU_E_FULL: return 507;
	case SLU_E_CORRUPT: case SLU_E_INTERNAL: break;
	}
	return 500;
}

char *web_time(slu_arena *a, int64_t time_s)
{
	char text[SLU_TIME_TEXT];
	return slu_strdup(a, slu_time_text(time_s, text));
}

void web_json_time(slu_json *j, const char *key, int64_t time_s)
{
	char text[SLU_TIME_TEXT];
	slu_json_kv_z(j, key, time_s ? slu_time_text(time_s, text) : NULL);
}

void web_json_verdict(slu_json *j, const struct web_req *rq, const struct pol_verdict *v)
{
	pol_verdict_json(j, v, slu_str_dup(rq->a, rq->r->strategy_file), slu_str_dup(rq->a, rq->r->strategy_commit));
}

static void add_encoded(slu_buf *b, slu_str s)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] && strchr(fine, s.p[i]))
			slu_buf_addc(b, s.p[i]);
		else
			slu_buf_addf(b, "%%%02X", (unsigned)(unsigned char)s.p[i]);
	}
}

char *web_encode(slu_arena *a, slu_str s)
{
	slu_auto_buf b;
	slu_buf_init(&b, s.n * 3 + 1);
	add_encoded(&b, s);
	return slu_strndup(a, b.p ? b.p : "", b.n);
}

static void one_link(slu_buf *b, const struct web_req *rq, const struct web_paging *p, size_t page, const char *rel)
{
	slu_buf_addf(b, "%s<%s", b->n ? ", " : "", rq->base_url);
	for (size_t i = 0; i < rq->segment_n; i++) {
		slu_buf_addc(b, '/');
		add_encoded(b, slu_s(rq->segment[i]));
	}
	slu_buf_addc(b, '?');
	for (size_t i = 0; i < rq->query.n; i++) {
		if (strcmp(rq->query.v[i].name, "page") == 0 || strcmp(rq->query.v[i].name, "per_page") == 0)
			continue;
		add_encoded(b, slu_s(rq->query.v[i].name));
		slu_buf_addc(b, '=');
		add_encoded(b, slu_s(rq->query.v[i].value));
		slu_buf_addc(b, '&');
	}
	slu_buf_addf(b, "per_page=%zu&page=%zu>; rel=\"%s\"", p->per_page, page, rel);
}

void web_link(const struct web_req *rq, struct web_res *rs, const struct web_paging *p, size_t total)
{
	size_t last = total ? (total + p->per_page - 1) / p->per_page : 1;
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	if (p->page > 1)
		one_link(&b, rq, p, p->page - 1 < last ? p->page - 1 : last, "prev");
	if (p->page < last) {
		one_link(&b, rq, p, p->page + 1, "next");
		one_link(&b, rq, p, last, "last");
	}
	if (p->page > 1)
		one_link(&b, rq, p, 1, "first");
	if (b.n)
		web_set_header(rs, "Link", slu_strndup(rs->a, b.p, b.n));
}
