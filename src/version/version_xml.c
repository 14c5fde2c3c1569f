/* SPDX-License-Identifier: Apache-2.0 */
/* The text of an element in XML, /project/version, or an attribute of it, /project/@version. */
#include "version/version_place.h"

static const char unreadable[] = "is not XML that can be read", nothing[] = "has nothing at", no_text[] = "has no plain text at";

struct xml {
	slu_str text;
	size_t i;
	slu_str open[VER_PLACE_DEPTH * 2]; /* names of the elements around */
	size_t depth, met;                 /* so many of them are those of the pointer */
};

static bool starts(const struct xml *x, const char *what)
{
	size_t n = strlen(what);
	return x->text.n - x->i >= n && memcmp(x->text.p + x->i, what, n) == 0;
}

/* To behind the next `what`. */
static bool skip_past(struct xml *x, const char *what)
{
	size_t n = strlen(what);
	const char *hit = memmem(x->text.p + x->i, x->text.n - x->i, what, n);
	if (hit)
		x->i = (size_t)(hit - x->text.p) + n;
	return hit != NULL;
}

static bool space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(struct xml *x)
{
	while (x->i < x->text.n && space(x->text.p[x->i]))
		x->i++;
}

static slu_str read_name(struct xml *x)
{
	size_t from = x->i;
	while (x->i < x->text.n && !space(x->text.p[x->i]) && !memchr("<>/=\"'", x->text.p[x->i], 6))
		x->i++;
	return (slu_str){ x->text.p + from, x->i - from };
}

/* name="value" */
static bool read_attribute(struct xml *x, slu_str *name, slu_str *value)
{
	*name = read_name(x);
	skip_space(x);
	if (name->n == 0 || !starts(x, "="))
		return false;
	x->i++;
	skip_space(x);
	char quote = x->i < x->text.n ? x->text.p[x->i] : '\0';
	const char *end = quote == '"' || quote == '\'' ? memchr(x->text.p + x->i + 1, quote, x->text.n - x->i - 1) : NULL;
	if (!end)
		return false;
	*value = (slu_str){ x->text.p + x->i + 1, (size_t)(end - x->text.p) - x->i - 1 };
	x->i = (size_t)(end - x->text.p) + 1;
	return !memchr(value->p, '<', value->n);
}

static bool close_tag(struct xml *x)
{
	x->i += 2;
	slu_str name = read_name(x);
	skip_space(x);
	if (x->depth == 0 || !slu_str_eq(name, x->open[x->depth - 1]) || !starts(x, ">"))
		return false;
	x->i++;
	x->met -= x->met == x->depth;
	x->depth--;
	return true;
}

static bool plain(slu_str s)
{
	return s.n && !memchr(s.p, '&', s.n) && !memchr(s.p, '<', s.n);
}

/* What stands up to the end of the element that was just opened. */
static const char *read_content(struct xml *x, slu_str *inner)
{
	const char *end = memchr(x->text.p + x->i, '<', x->text.n - x->i);
	if (!end)
		return unreadable;
	slu_str text = slu_str_trim((slu_str){ x->text.p + x->i, (size_t)(end - x->text.p) - x->i });
	x->i = (size_t)(end - x->text.p);
	if (!starts(x, "</") || !plain(text))
		return no_text;
	*inner = text;
	return close_tag(x) ? "" : unreadable;
}

/* Up to the end of the tag. `wanted` n == 0: none of them. @return as open_tag */
static const char *read_attributes(struct xml *x, slu_str *inner, slu_str wanted)
{
	slu_str attribute, value;
	for (skip_space(x); x->i < x->text.n && !starts(x, ">") && !starts(x, "/>"); skip_space(x)) {
		if (!read_attribute(x, &attribute, &value))
			return unreadable;
		if (wanted.n == 0 || !ver_token_is(wanted, attribute))
			continue;
		*inner = value;
		return plain(value) ? "" : no_text;
	}
	return x->i < x->text.n ? NULL : unreadable;
}

/* The attribute that the pointer asks for of the element that its next token names; n == 0: none. */
static slu_str attribute_of(const struct xml *x, const struct ver_pointer *p)
{
	slu_str last = p->token[p->n - 1];
	return x->met + 2 == p->n && last.n && last.p[0] == '@' ? (slu_str){ last.p + 1, last.n - 1 } : (slu_str){ 0 };
}

/* An element begins. @return NULL: go on; "": *inner is what the pointer names; else what is wrong */
static const char *open_tag(struct xml *x, slu_str *inner, const struct ver_pointer *p)
{
	x->i++;
	slu_str name = read_name(x);
	bool in_met = x->met == x->depth && x->met < p->n && ver_token_is(p->token[x->met], name);
	if (name.n == 0 || x->depth == sizeof x->open / sizeof x->open[0])
		return unreadable;
	const char *what = read_attributes(x, inner, in_met ? attribute_of(x, p) : (slu_str){ 0 });
	if (what)
		return what;
	if (starts(x, "/>")) {
		x->i += 2;
		return in_met && x->met + 1 == p->n ? no_text : NULL;
	}
	x->i++;
	x->open[x->depth++] = name;
	x->met += in_met;
	return in_met && x->met == p->n ? read_content(x, inner) : NULL;
}

/* Comments, instructions, raw text; a DOCTYPE could say that a text is another one. */
static const char *step_over(struct xml *x)
{
	bool ok = starts(x, "<!--") ? skip_past(x, "-->") : starts(x, "<![CDATA[") ? skip_past(x, "]]>") : starts(x, "<?") && skip_past(x, "?>");
	return ok ? NULL : unreadable;
}

const char *ver_place_xml(slu_str *inner, slu_str text, const struct ver_pointer *p)
{
	struct xml x = { .text = text };
	slu_str found = { 0 };
	while (x.i < text.n) {
		const char *lt = memchr(text.p + x.i, '<', text.n - x.i), *what = NULL;
		if (!lt)
			break;
		x.i = (size_t)(lt - text.p);
		if (starts(&x, "</")) {
			if (!close_tag(&x))
				return unreadable;
		} else if (starts(&x, "<!") || starts(&x, "<?")) {
			what = step_over(&x);
		} else {
			what = open_tag(&x, &found, p);
		}
		if (what && *what)
			return what;
		if (what) {
			*inner = found;
			return NULL;
		}
	}
	return x.depth ? unreadable : nothing;
}
