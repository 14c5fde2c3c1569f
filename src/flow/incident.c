/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/incident.h"

#include "base/quantity.h"

enum { MAX_TEXT = 16 * 1024 * 1024 };

static bool has_line(slu_str text, const char *line)
{
	slu_str one;
	while (slu_str_split(&text, '\n', &one))
		if (slu_str_is(slu_str_trim(one), line))
			return true;
	return false;
}

/* Behind the title and what stands below it: before the first entry. */
static size_t place_of(slu_str text)
{
	for (size_t i = 0; i + 3 <= text.n; i++)
		if (memcmp(text.p + i, "## ", 3) == 0 && (i == 0 || text.p[i - 1] == '\n'))
			return i;
	return text.n;
}

slu_str flow_incident_write(slu_arena *a, const strat *s, slu_str text, const struct flow_incident *x)
{
	const char *heading = slu_printf(a, "## %.*s: %.*s taken back, %.*s", SLU_FMT(x->day), SLU_FMT(x->branch), SLU_FMT(x->back));
	slu_auto_buf b;
	slu_buf_init(&b, MAX_TEXT);
	if (has_line(text, heading))
		return text;
	size_t at = place_of(text);
	if (text.n == 0)
		slu_buf_adds(&b, "# Incidents\n\n");
	slu_buf_add(&b, text.p, at);
	if (at == text.n && text.n)
		slu_buf_adds(&b, text.p[text.n - 1] == '\n' ? "\n" : "\n\n");
	slu_buf_addf(&b, "%s\n\n- Stood at: %.10s\n- Done: `sluice %.*s`, by %.*s\n- What happened:\n- Who was affected, from when to when:\n- Cause:\n- What keeps it from happening again:\n", heading, x->at.hex, SLU_FMT(x->command),
	             SLU_FMT(x->by));
	for (size_t i = 0; i < s->incidents.follow_up_n; i++) {
		const struct strat_follow_up *f = &s->incidents.follow_up[i];
		slu_buf_addf(&b, "- [ ] %.*s, within %lld days\n", SLU_FMT(f->name), (long long)((f->due_s + 86399) / 86400));
	}
	if (at < text.n)
		slu_buf_addc(&b, '\n');
	slu_buf_add(&b, text.p + at, text.n - at);
	return slu_s(slu_str_dup(a, slu_buf_str(&b)));
}
