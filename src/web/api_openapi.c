/* SPDX-License-Identifier: Apache-2.0 */
/** /api/sluice/openapi.json: every route there is, made from their descriptors. docs/api.md is for readers. */
#include "web/web.h"
#include "web_api_registry.h"

#include <ctype.h>

/* "{ref...}" → "{ref}" */
static void path_of(slu_buf *out, const char *pattern)
{
	for (const char *p = pattern; *p; p++)
		if (strncmp(p, "...}", 4) == 0)
			p += 2;
		else
			slu_buf_addc(out, *p);
}

static void parameter(slu_json *j, const char *name, const char *in, slu_str schema)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "name", name);
	slu_json_kv_z(j, "in", in);
	slu_json_kv_bool(j, "required", strcmp(in, "path") == 0);
	slu_json_key(j, "schema");
	slu_json_raw(j, schema);
	slu_json_close(j, '}');
}

static void parameters(slu_json *j, slu_arena *a, const struct web_api *d)
{
	slu_str rest = slu_s(d->pattern), part;
	slu_json_key(j, "parameters");
	slu_json_open(j, '[');
	while (slu_str_split(&rest, '/', &part)) {
		if (part.n < 3 || part.p[0] != '{')
			continue;
		slu_str name = { part.p + 1, part.n - 2 };
		if (slu_str_ends(name, "..."))
			name.n -= 3;
		parameter(j, slu_str_dup(a, name), "path", SLU_STR("{\"type\":\"string\"}"));
	}
	if (d->dry_run)
		parameter(j, "dry_run", "query", SLU_STR("{\"type\":\"boolean\"}"));
	slu_json_close(j, ']');
}

static const char *operation_id(slu_arena *a, const struct web_api *d)
{
	if (d->operation)
		return d->operation;
	char *id = slu_printf(a, "%s%s", d->method, d->pattern + strlen("/api"));
	for (char *p = id; *p; p++)
		*p = isalnum((unsigned char)*p) ? (char)tolower((unsigned char)*p) : '-';
	return id;
}

static void operation(slu_json *j, slu_arena *a, const struct web_api *d)
{
	char method[8] = "";
	for (size_t i = 0; d->method[i] && i < sizeof method - 1; i++)
		method[i] = (char)tolower((unsigned char)d->method[i]);
	slu_json_key(j, method);
	slu_json_open(j, '{');
	slu_json_kv_z(j, "operationId", operation_id(a, d));
	slu_json_kv_z(j, "summary", d->summary);
	parameters(j, a, d);
	if (strcmp(d->method, "GET") != 0 && strcmp(d->method, "DELETE") != 0) {
		slu_json_key(j, "requestBody");
		slu_json_raw(j, SLU_STR("{\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}}}"));
	}
	slu_json_key(j, "responses");
	slu_json_raw(j, SLU_STR("{\"2XX\":{\"description\":\"Done\"},\"4XX\":{\"description\":\"Not done: message, code, and errors or verdict say why\"}}"));
	if (d->need == WEB_PUBLIC) {
		slu_json_key(j, "security");
		slu_json_raw(j, SLU_STR("[{},{\"token\":[]}]"));
	}
	slu_json_close(j, '}');
}

static bool seen_before(size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(web_api_registry[k]->pattern, web_api_registry[i]->pattern) == 0)
			return true;
	return false;
}

static slu_rc openapi(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_json *j = &rs->json;
	(void)err;
	slu_json_open(j, '{');
	slu_json_kv_z(j, "openapi", "3.0.3");
	slu_json_key(j, "info");
	slu_json_raw(j, SLU_STR("{\"title\":\"sluice\",\"version\":\"" SLUICE_VERSION "\",\"license\":{\"name\":\"Apache-2.0\"}}"));
	slu_json_key(j, "servers");
	slu_json_open(j, '[');
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", rq->base_url);
	slu_json_close(j, '}');
	slu_json_close(j, ']');
	slu_json_key(j, "security");
	slu_json_raw(j, SLU_STR("[{\"token\":[]}]"));
	slu_json_key(j, "components");
	slu_json_raw(j, SLU_STR("{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}}"));
	slu_json_key(j, "paths");
	slu_json_open(j, '{');
	for (size_t i = 0; web_api_registry[i]; i++) {
		if (seen_before(i))
			continue;
		slu_auto_buf path;
		slu_buf_init(&path, 1024);
		path_of(&path, web_api_registry[i]->pattern);
		slu_json_key(j, path.p);
		slu_json_open(j, '{');
		for (size_t k = i; web_api_registry[k]; k++)
			if (strcmp(web_api_registry[k]->pattern, web_api_registry[i]->pattern) == 0)
				operation(j, rq->a, web_api_registry[k]);
		slu_json_close(j, '}');
	}
	slu_json_close(j, '}');
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_api api_openapi = {
	.method = "GET", .pattern = "/api/sluice/openapi.json", .need = WEB_PUBLIC, .run = openapi, .summary = "This document",
};
