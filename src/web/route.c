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

/* "name.json" → "name" for ".json"; NULL when it ends otherwise. */
static const char *without(struct web_call *c, const char *last, const char *suffix)
{
	size_t n = strlen(last), end = strlen(suffix);
	return n > end && strcmp(last + n - end, suffix) == 0 ? slu_strndup(c->a, last, n - end) : NULL;
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

/* The page whose address has one of the suffixes that it answers; its handler for it. */
static const struct web_page *find_suffixed(struct web_call *c, const struct web_target *t, struct best *best)
{
	static const char *const suffixes[] = { ".json", ".diff", ".patch" };
	static const struct web_target root = { .path = "/" };
	for (size_t i = 0; t->segment_n && i < sizeof suffixes / sizeof suffixes[0]; i++) {
		const char *last = without(c, t->segment[t->segment_n - 1], suffixes[i]);
		bool json = i == 0, index = json && last && t->segment_n == 1 && strcmp(last, "index") == 0;
		*best = (struct best){ 0 };
		const struct web_page *page = last ? find_page(c, index ? &root : t, index ? NULL : last, best) : NULL;
		if (page && (json ? page->json : page->text)) {
			c->rq.suffix = suffixes[i];
			c->rq.want_json = json;
			return page;
		}
	}
	*best = (struct best){ 0 };
	return NULL;
}

static bool route_page(struct web_call *c, const struct web_target *t, slu_buf *allow)
{
	struct best best = { 0 };
	const struct web_page *page = find_suffixed(c, t, &best);
	if (!page)
		page = find_page(c, t, NULL, &best);
	if (!page)
		return false;
	c->page = c->rq.page = page;
	if (strcmp(c->rq.method, "POST") == 0)
		c->run = page->post;
	else if (strcmp(c->rq.method, "GET") == 0)
		c->run = c->rq.want_json ? page->json : *c->rq.suffix ? page->text : page->html;
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
