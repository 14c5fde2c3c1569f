/* SPDX-License-Identifier: Apache-2.0 */
/* The effective strategy, written out again. */
#include "strategy/schema.h"
#include "base/json.h"
#include "strategy/schema_impl.h"

struct show {
	slu_buf *out;
	bool origin;
	slu_buf path;
	slu_json json;
};

/* May this stand without quotes, in a block and between braces? */
static bool plain_enough(const sn *n)
{
	if (!n->plain || n->text.n == 0 || n->text.p[0] == '-' || n->text.p[0] == '.' || n->text.p[n->text.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < n->text.n; i++) {
		unsigned char c = (unsigned char)n->text.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
		if (!word && !memchr("_-./+$ %()^", (int)c, 11))
			return false;
	}
	return !memchr("%^", n->text.p[0], 2);
}

static void quoted(slu_buf *out, slu_str t)
{
	slu_buf_addc(out, '"');
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '\n')
			slu_buf_adds(out, "\\n");
		else if (t.p[i] == '\t')
			slu_buf_adds(out, "\\t");
		else if (t.p[i] == '"' || t.p[i] == '\\')
			slu_buf_addf(out, "\\%c", t.p[i]);
		else
			slu_buf_addc(out, t.p[i]);
	}
	slu_buf_addc(out, '"');
}

static void scalar(slu_buf *out, const sn *n)
{
	if (plain_enough(n))
		slu_buf_addstr(out, n->text);
	else
		quoted(out, n->text);
}

static void key(slu_buf *out, slu_str text)
{
	const sn n = { .kind = SN_SCALAR, .plain = true, .text = text };
	scalar(out, &n);
	slu_buf_adds(out, ": ");
}

void sn_line(slu_buf *out, const sn *n)
{
	if (n->kind == SN_SCALAR) {
		scalar(out, n);
		return;
	}
	slu_buf_addc(out, n->kind == SN_MAP ? '{' : '[');
	for (size_t i = 0; i < n->n; i++) {
		slu_buf_adds(out, i ? ", " : "");
		if (n->kind == SN_MAP)
			key(out, n->entry[i].key);
		sn_line(out, n->kind == SN_MAP ? n->entry[i].value : n->item[i]);
	}
	slu_buf_addc(out, n->kind == SN_MAP ? '}' : ']');
}

static void say_origin(struct show *s, size_t line_from, const struct strat_pos *pos, bool dflt)
{
	if (!s->origin)
		return;
	for (size_t width = s->out->n - line_from; width < 60; width++)
		slu_buf_addc(s->out, ' ');
	if (dflt || pos->line == 0)
		slu_buf_adds(s->out, "  # default");
	else
		slu_buf_addf(s->out, "  # %s:%u", pos->file, pos->line);
}

static void block(struct show *s, const sn *map, size_t depth)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct sn_entry *e = &map->entry[i];
		if (depth == 0 && slu_str_is(e->key, "extends"))
			continue; /* it is all here */
		size_t from = s->out->n;
		for (size_t k = 0; k < depth; k++)
			slu_buf_adds(s->out, "  ");
		key(s->out, e->key);
		bool nested = e->value->kind == SN_MAP && e->value->n > 0;
		if (nested)
			s->out->n--; /* no blank behind the colon */
		else
			sn_line(s->out, e->value);
		say_origin(s, from, &e->pos, e->value->dflt);
		slu_buf_addc(s->out, '\n');
		if (nested)
			block(s, e->value, depth + 1);
	}
}

void strat_show_yaml(slu_buf *out, const strat *s, bool origin)
{
	struct show w = { .out = out, .origin = origin };
	block(&w, s->tree, 0);
}

static void json_value(struct show *s, const sn *n);

static void json_scalar(struct show *s, const sn *n)
{
	uint64_t v = 0;
	if (n->plain && (slu_str_is(n->text, "true") || slu_str_is(n->text, "false")))
		slu_json_bool(&s->json, sch_bool_of(n));
	else if (n->plain && n->text.n < 16 && slu_parse_u64(&v, n->text, NULL) == SLU_OK && (n->text.p[0] != '0' || n->text.n == 1))
		slu_json_int(&s->json, (int64_t)v);
	else
		slu_json_str(&s->json, n->text);
}

static void json_value(struct show *s, const sn *n)
{
	if (n->kind == SN_SCALAR) {
		json_scalar(s, n);
		return;
	}
	slu_json_open(&s->json, n->kind == SN_MAP ? '{' : '[');
	for (size_t i = 0; i < n->n; i++) {
		if (n->kind == SN_MAP)
			slu_json_key(&s->json, n->entry[i].key.p);
		json_value(s, n->kind == SN_MAP ? n->entry[i].value : n->item[i]);
	}
	slu_json_close(&s->json, n->kind == SN_MAP ? '}' : ']');
}

static void json_origins(struct show *s, const sn *map)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct sn_entry *e = &map->entry[i];
		size_t before = s->path.n;
		slu_buf_addf(&s->path, "%s%.*s", before ? "." : "", SLU_FMT(e->key));
		if (e->value->kind == SN_MAP && e->value->n) {
			json_origins(s, e->value);
		} else {
			char where[SLU_ERR_FILE + 32] = "default";
			if (!e->value->dflt && e->pos.line)
				(void)snprintf(where, sizeof where, "%.*s:%u:%u", SLU_ERR_FILE, e->pos.file, e->pos.line, e->pos.column);
			slu_json_kv_z(&s->json, s->path.p, where);
		}
		s->path.n = before;
		s->path.p[before] = '\0';
	}
}

void strat_show_json(slu_buf *out, const strat *s, bool origin)
{
	struct show w = { .out = out, .origin = origin, .json = slu_json_to(out) };
	slu_json_open(&w.json, '{');
	slu_json_key(&w.json, "strategy");
	json_value(&w, s->tree);
	slu_json_kv_z(&w.json, "digest", s->digest);
	if (origin) {
		slu_buf_init(&w.path, 4096);
		slu_json_key(&w.json, "origins");
		slu_json_open(&w.json, '{');
		json_origins(&w, s->tree);
		slu_json_close(&w.json, '}');
		slu_buf_release(&w.path);
	}
	slu_json_close(&w.json, '}');
}
