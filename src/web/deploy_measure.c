/* SPDX-License-Identifier: Apache-2.0 */
#include "web/deploy_measure.h"

#include "base/quantity.h"

static const char *const kinds[] = { "http", "tcp", "command", "postgres", "redis" };

static const char *wanted(slu_arena *a, const struct strat_probe *p)
{
	char within[SLU_DURATION_TEXT];
	const char *what = p->kind != STRAT_PROBE_HTTP ? "an answer" : p->expect ? slu_printf(a, "HTTP %u", p->expect) : "HTTP 2xx";
	if (p->within_ms <= 0)
		return what;
	if (p->within_ms % 1000)
		return slu_printf(a, "%s within %lld ms", what, (long long)p->within_ms);
	return slu_printf(a, "%s within %s", what, slu_duration_text(p->within_ms / 1000, within));
}

static struct deploy_probe *probe_named(struct deploy_measured *m, slu_arena *a, const struct strat_environment *e, slu_str name)
{
	for (size_t i = 0; i < m->n; i++)
		if (slu_str_eq(m->probe[i].name, name))
			return &m->probe[i];
	if (m->n == DEPLOY_PROBES)
		return NULL;
	struct deploy_probe *x = &m->probe[m->n++];
	*x = (struct deploy_probe){ .name = name, .wanted = "" };
	for (size_t i = 0; e && i < e->probe_n; i++)
		if (slu_str_is(name, slu_printf(a, "%s %.*s", kinds[e->probe[i].kind], SLU_FMT(e->probe[i].target)))) {
			x->wanted = wanted(a, &e->probe[i]);
			x->limit_ms = e->probe[i].within_ms;
		}
	return x;
}

/* "http /health: HTTP 200 (2 ms)": its name, what was seen, and the milliseconds. */
static bool line_of(slu_str line, slu_str *name, slu_str *seen, int64_t *took_ms)
{
	const char *colon = memmem(line.p, line.n, ": ", 2), *open = memrchr(line.p, '(', line.n);
	uint64_t ms = 0;
	if (!colon || !open || open < colon || !slu_str_ends(line, " ms)"))
		return false;
	*name = (slu_str){ line.p, (size_t)(colon - line.p) };
	*seen = (slu_str){ colon + 2, line.n - name->n - 2 };
	if (slu_parse_u64(&ms, (slu_str){ open + 1, (size_t)(line.p + line.n - open) - 1 - strlen(" ms)") }, NULL) != SLU_OK)
		return false;
	*took_ms = (int64_t)ms;
	return true;
}

/* The last line of a probing that was not good says again which probe it was, without a time. */
static slu_str culprit(const struct port_deploy_step *s)
{
	slu_str rest = slu_str_trim(s->text), line = { 0 };
	while (slu_str_split(&rest, '\n', &line))
		;
	return slu_str_is(s->result, "good") ? (slu_str){ 0 } : line;
}

struct deploy_measured deploy_measured(slu_arena *a, const struct strat_environment *e, const struct port_deploy_step *step, size_t n)
{
	struct deploy_measured m = { 0 };
	for (size_t i = 0; i < n; i++) {
		slu_str rest = step[i].text, line, name, seen, bad = culprit(&step[i]);
		int64_t took_ms = 0;
		if (!slu_str_is(step[i].effect, "probe"))
			continue;
		while (slu_str_split(&rest, '\n', &line)) {
			struct deploy_probe *p = line_of(line, &name, &seen, &took_ms) ? probe_named(&m, a, e, name) : NULL;
			if (!p)
				continue;
			bool is_bad = bad.n > name.n && memcmp(bad.p, name.p, name.n) == 0 && bad.p[name.n] == ':';
			*SLU_ADD(a, &p->at) = (struct svg_measure){ .at_ms = step[i].at_ms, .took_ms = took_ms, .bad = is_bad };
			p->bad += is_bad;
			p->last = seen;
		}
	}
	return m;
}

void deploy_measured_table(html *h, const struct deploy_measured *m)
{
	if (m->n == 0)
		return;
	html_lit(h, "<h2>Measured against its limits</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Measurements\"><table class=\"stack\"><thead><tr><th scope=\"col\">Probe</th>"
	            "<th scope=\"col\">Wanted</th><th scope=\"col\">How often</th><th scope=\"col\">Last</th></tr></thead><tbody>");
	for (size_t i = 0; i < m->n; i++) {
		const struct deploy_probe *p = &m->probe[i];
		html_lit(h, "<tr><th scope=\"row\"><code>");
		html_text(h, p->name);
		html_lit(h, "</code></th><td>");
		html_text_z(h, *p->wanted ? p->wanted : "the strategy has it no more");
		slu_buf_addf(h->out, "</td><td><span class=\"state %s\"><span aria-hidden=\"true\">%s</span> %zu of %zu</span> good</td><td>", pol_state_word(p->bad ? POL_FAILED : POL_PASSED),
		             pol_state_symbol(p->bad ? POL_FAILED : POL_PASSED), p->at.n - p->bad, p->at.n);
		html_text(h, p->last);
		html_lit(h, "</td></tr>");
	}
	html_lit(h, "</tbody></table></div>");
}

void deploy_measured_json(slu_json *j, const struct deploy_measured *m)
{
	slu_json_key(j, "measured");
	slu_json_open(j, '[');
	for (size_t i = 0; i < m->n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "probe", m->probe[i].name);
		slu_json_kv_z(j, "wanted", m->probe[i].wanted);
		slu_json_kv_int(j, "good", (int64_t)(m->probe[i].at.n - m->probe[i].bad));
		slu_json_kv_int(j, "bad", (int64_t)m->probe[i].bad);
		slu_json_kv_str(j, "last", m->probe[i].last);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}
