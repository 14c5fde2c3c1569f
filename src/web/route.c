/* SPDX-License-Identifier: Apache-2.0 */
/** Which descriptor answers a path: of those that fit, the one with the most literal parts. */
#include "web/server_impl.h"
#include "web_api_registry.h"
#include "web_page_registry.h"

struct best {
	struct web_match match;
	bool any;
};

static bool better(struct best *b, const struct web_match *m)
{
	if (b->any && b->match.literals >= m->literals)
		return false;
	b->match = *m;
	b->any = true;
	return true;
}

static void allow_add(slu_buf *allow, const char *method)
{
	if (allow->n && strstr(allow->p, method))
		return;
	slu_buf_addf(allow, "%s%s", allow->n ? ", " : "", method);
}

static bool route_api(struct web_call *c, const struct web_target *t, slu_buf *allow)
{
	struct best best = { 0 };
	for (size_t i = 0; web_api_registry[i]; i++) {
		const struct web_api *d = web_api_registry[i];
		struct web_match m;
		if (!web_pattern_match(&m, c->a, d->pattern, t, NULL))
			continue;
		if (strcmp(d->method, c->rq.method) != 0)
			allow_add(allow, d->method);
		else if (better(&best, &m))
			c->api = d;
	}
	if (!best.any)
		return false;
	c->kind = WEB_K_API;
	c->run = c->api->run;
	c->rq.param.v = best.match.param.v;
	c->rq.param.n = c->rq.param.cap = best.match.param.n;
	return true;
}

/* "name.json" → "name"; NULL when it is another. */
static const char *without_json(struct web_call *c, const char *last)
{
	size_t n = strlen(last);
	return n > 5 && strcmp(last + n - 5, ".json") == 0 ? slu_strndup(c->a, last, n - 5) : NULL;
}

static const struct web_page *find_page(struct web_call *c, const struct web_target *t, const char *last, struct best *best)
{
	const struct web_page *page = NULL;
	for (size_t i = 0; web_page_registry[i]; i++) {
		struct web_match m;
		if (web_pattern_match(&m, c->a, web_page_registry[i]->pattern, t, last) && better(best, &m))
			page = web_page_registry[i];
	}
	return page;
}

static bool route_page(struct web_call *c, const struct web_target *t, slu_buf *allow)
{
	static const struct web_target root = { .path = "/" };
	struct best best = { 0 };
	const char *last = t->segment_n ? without_json(c, t->segment[t->segment_n - 1]) : NULL;
	bool index = t->segment_n == 1 && last && strcmp(last, "index") == 0;
	const struct web_page *page = last ? find_page(c, index ? &root : t, index ? NULL : last, &best) : NULL;
	if (page && page->json) {
		c->rq.want_json = true;
	} else {
		best = (struct best){ 0 };
		page = find_page(c, t, NULL, &best);
	}
	if (!page)
		return false;
	c->page = page;
	if (strcmp(c->rq.method, "POST") == 0)
		c->run = page->post;
	else if (strcmp(c->rq.method, "GET") == 0)
		c->run = c->rq.want_json ? page->json : page->html;
	if (!c->run) {
		allow_add(allow, "GET");
		if (page->post)
			allow_add(allow, "POST");
		return false;
	}
	c->kind = WEB_K_PAGE;
	c->rq.param.v = best.match.param.v;
	c->rq.param.n = c->rq.param.cap = best.match.param.n;
	return true;
}

bool web_route(struct web_call *c, const struct web_target *t, bool *other_method, slu_buf *allow)
{
	bool found = strncmp(t->path, "/api/", 5) == 0 ? route_api(c, t, allow) : route_page(c, t, allow);
	*other_method = !found && allow->n > 0;
	return found;
}
