/* SPDX-License-Identifier: Apache-2.0 */
/** What handlers read of a request. */
#include "base/limits.h"
#include "web/web.h"

#include <jansson.h>
#include <stdarg.h>
#include <strings.h>

static const char *in_pairs(const struct web_pair *v, size_t n, const char *name, bool any_case)
{
	for (size_t i = 0; i < n; i++)
		if (any_case ? strcasecmp(v[i].name, name) == 0 : strcmp(v[i].name, name) == 0)
			return v[i].value;
	return NULL;
}

const char *web_param(const struct web_req *rq, const char *name)
{
	const char *v = in_pairs(rq->param.v, rq->param.n, name, false);
	return v ? v : "";
}

const char *web_query(const struct web_req *rq, const char *name)
{
	return in_pairs(rq->query.v, rq->query.n, name, false);
}

const char *web_header(const struct web_req *rq, const char *name)
{
	return in_pairs(rq->header.v, rq->header.n, name, true);
}

const char *web_form(const struct web_req *rq, const char *name)
{
	return in_pairs(rq->form.v, rq->form.n, name, false);
}

slu_rc web_param_u64(const struct web_req *rq, const char *name, uint64_t *out, slu_err *err)
{
	const char *text = web_param(rq, name);
	if (slu_parse_u64(out, slu_s(text), NULL) != SLU_OK)
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	return SLU_OK;
}

void web_problem(struct web_req *rq, const char *resource, const char *field, const char *code, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	*SLU_ADD(rq->a, &rq->problem) = (struct web_problem){ resource, field, code, slu_strdup(rq->a, text) };
}

/* The member, or NULL when it is absent (noted when required). null counts as absent. */
static json_t *member(struct web_req *rq, const char *resource, const char *field, unsigned required)
{
	json_t *v = json_object_get(rq->json, field);
	if (v && !json_is_null(v))
		return v;
	if (required)
		web_problem(rq, resource, field, "missing_field", "%s is missing", field);
	return NULL;
}

static void wrong_type(struct web_req *rq, const char *resource, const char *field, const char *wanted)
{
	web_problem(rq, resource, field, "invalid", "%s must be %s", field, wanted);
}

slu_str web_body_str(struct web_req *rq, const char *resource, const char *field, unsigned required, size_t max)
{
	slu_str none = { "", 0 };
	json_t *v = member(rq, resource, field, required);
	if (!v)
		return none;
	if (!json_is_string(v)) {
		wrong_type(rq, resource, field, "a string");
		return none;
	}
	slu_str s = { json_string_value(v), json_string_length(v) };
	if (s.n > max) {
		web_problem(rq, resource, field, "invalid", "%s is longer than %zu bytes", field, max);
		return none;
	}
	if (memchr(s.p, 0, s.n)) {
		web_problem(rq, resource, field, "invalid", "%s holds a NUL byte", field);
		return none;
	}
	if (required && s.n == 0)
		web_problem(rq, resource, field, "missing_field", "%s is empty", field);
	return s;
}

bool web_body_has(const struct web_req *rq, const char *field)
{
	json_t *v = json_object_get(rq->json, field);
	return v && !json_is_null(v);
}

bool web_body_bool(struct web_req *rq, const char *resource, const char *field, bool def)
{
	json_t *v = member(rq, resource, field, WEB_OPTIONAL);
	if (!v)
		return def;
	if (!json_is_boolean(v)) {
		wrong_type(rq, resource, field, "true or false");
		return def;
	}
	return json_is_true(v);
}

int64_t web_body_int(struct web_req *rq, const char *resource, const char *field, int64_t def)
{
	json_t *v = member(rq, resource, field, WEB_OPTIONAL);
	if (!v)
		return def;
	if (!json_is_integer(v)) {
		wrong_type(rq, resource, field, "a whole number");
		return def;
	}
	return (int64_t)json_integer_value(v);
}

json_t *web_body_array(struct web_req *rq, const char *resource, const char *field)
{
	json_t *v = member(rq, resource, field, WEB_OPTIONAL);
	if (v && !json_is_array(v)) {
		wrong_type(rq, resource, field, "a list");
		return NULL;
	}
	return v;
}

json_t *web_body_object(struct web_req *rq, const char *resource, const char *field)
{
	json_t *v = member(rq, resource, field, WEB_OPTIONAL);
	if (v && !json_is_object(v)) {
		wrong_type(rq, resource, field, "an object");
		return NULL;
	}
	return v;
}

slu_rc web_body_check(struct web_req *rq, slu_err *err)
{
	if (rq->problem.n == 0)
		return SLU_OK;
	return slu_fail(err, SLU_E_INVALID, "Validation Failed");
}

struct web_paging web_paging(const struct web_req *rq)
{
	struct web_paging p = { 1, 30, 0 };
	const char *page = web_query(rq, "page"), *per_page = web_query(rq, "per_page");
	uint64_t n;
	if (per_page && slu_parse_u64(&n, slu_s(per_page), NULL) == SLU_OK && n >= 1)
		p.per_page = n < SLU_MAX_PAGE ? (size_t)n : SLU_MAX_PAGE;
	if (page && slu_parse_u64(&n, slu_s(page), NULL) == SLU_OK && n >= 1)
		p.page = n < 1000000 ? (size_t)n : 1000000;
	p.skip = (p.page - 1) * p.per_page;
	return p;
}
