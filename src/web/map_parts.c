/* SPDX-License-Identifier: Apache-2.0 */
#include "web/map_parts.h"

enum { NEEDS_SHOWN = 8 };

struct map_stuck map_stuck(const struct app_seen *seen, size_t open)
{
	struct map_stuck s = { .unseen = open > seen->change_n ? open - seen->change_n : 0 };
	for (size_t i = 0; i < seen->environment_n; i++) {
		s.incidents += seen->environment[i].incident_n;
		s.held += seen->environment[i].has_under_way && (slu_str_is(seen->environment[i].under_way.state, "waiting") || app_deployment_held(&seen->environment[i].under_way));
	}
	for (size_t i = 0; i < seen->change_n; i++) {
		s.blocked += seen->merge[i].answer == POL_DENY;
		s.waiting += seen->merge[i].answer == POL_WAIT;
	}
	return s;
}

static void part(html *h, bool *any, size_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	slu_buf_addf(h->out, "%s%zu %s", *any ? "; " : "", n, n == 1 ? one : many);
	*any = true;
}

static void nothing_stuck(html *h, const struct map_stuck *s)
{
	html_lit(h, "<p class=\"answer passed\"><span aria-hidden=\"true\">\xE2\x9C\x93</span> Nothing is stuck");
	slu_buf_adds(h->out, s->unseen + s->unseen_branches ? " in what was looked at" : "");
	slu_buf_adds(h->out, s->seen_branches && !s->unseen_branches ? ", and every branch is as the strategy wants it." : ".");
}

static void not_seen(html *h, const struct map_stuck *s)
{
	if (s->unseen)
		slu_buf_addf(h->out, " %zu older open change%s not looked at here.", s->unseen, s->unseen == 1 ? " was" : "s were");
	if (s->unseen_branches)
		slu_buf_addf(h->out, " %zu branch%s not looked at here.", s->unseen_branches, s->unseen_branches == 1 ? " was" : "es were");
}

static void what_is_stuck(html *h, const struct map_stuck *s, bool bad)
{
	bool any = false;
	slu_buf_addf(h->out, "<p class=\"answer %s\"><span aria-hidden=\"true\">%s</span> %s: ", bad ? "failed" : "waiting", pol_state_symbol(bad ? POL_FAILED : POL_WAITING), bad ? "Stuck" : "Waiting");
	part(h, &any, s->incidents, "version that failed waits for a person", "versions that failed wait for a person");
	part(h, &any, s->held, "rollout waits", "rollouts wait");
	part(h, &any, s->blocked, "open change is blocked", "open changes are blocked");
	part(h, &any, s->waiting, "open change waits", "open changes wait");
	if (s->branches) {
		slu_buf_adds(h->out, any ? "; <a href=\"?branches=stuck#branches\">" : "<a href=\"?branches=stuck#branches\">");
		any = false;
		part(h, &any, s->branches, "branch breaks a rule as it is", "branches break a rule as they are");
		html_lit(h, "</a>");
	}
	html_lit(h, ".");
}

void map_answer(html *h, const struct map_stuck *s)
{
	bool bad = s->incidents + s->branches + s->blocked > 0;
	if (bad || s->held + s->waiting > 0)
		what_is_stuck(h, s, bad);
	else
		nothing_stuck(h, s);
	not_seen(h, s);
	html_lit(h, "</p>");
}

void map_stuck_json(slu_json *j, const struct map_stuck *s)
{
	slu_json_key(j, "stuck");
	slu_json_open(j, '{');
	slu_json_kv_int(j, "incidents", (int64_t)s->incidents);
	slu_json_kv_int(j, "rollouts_waiting", (int64_t)s->held);
	slu_json_kv_int(j, "changes_blocked", (int64_t)s->blocked);
	slu_json_kv_int(j, "changes_waiting", (int64_t)s->waiting);
	slu_json_kv_int(j, "changes_not_looked_at", (int64_t)s->unseen);
	slu_json_kv_int(j, "branches_broken", (int64_t)s->branches);
	slu_json_kv_int(j, "branches_not_looked_at", (int64_t)s->unseen_branches);
	slu_json_close(j, '}');
}

void map_needs(html *h, slu_arena *a, const char *base, const struct app_need *need, size_t n)
{
	if (n == 0)
		return;
	html_lit(h, "<h2>What needs you</h2><ul class=\"needs\">");
	for (size_t i = 0; i < n && i < NEEDS_SHOWN; i++) {
		enum pol_state s = need[i].urgent ? POL_FAILED : POL_WAITING;
		slu_buf_addf(h->out, "<li><span class=\"state %s\"><span aria-hidden=\"true\">%s</span> ", pol_state_word(s), pol_state_symbol(s));
		html_text_z(h, need[i].what);
		html_lit(h, "</span> ");
		html_link(h, slu_printf(a, "%s%s", base, need[i].path), slu_s(need[i].about));
		if (*need[i].command) {
			html_lit(h, " <code>");
			html_text_z(h, need[i].command);
			html_lit(h, "</code>");
		}
		html_lit(h, "</li>");
	}
	html_lit(h, "</ul>");
	if (n > NEEDS_SHOWN)
		slu_buf_addf(h->out, "<p class=\"dim\">And %zu more.</p>", n - NEEDS_SHOWN);
}

void map_needs_json(slu_json *j, slu_arena *a, const char *base, const struct app_need *need, size_t n)
{
	slu_json_key(j, "needs_you");
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_z(j, "what", need[i].what);
		slu_json_kv_z(j, "about", need[i].about);
		slu_json_kv_z(j, "page", slu_printf(a, "%s%s", base, need[i].path));
		slu_json_kv_z(j, "command", need[i].command);
		slu_json_kv_bool(j, "urgent", need[i].urgent);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

/* "main, release" and "fix, docs" */
static void frozen_what(html *h, const strat *s)
{
	const struct strat_releases *r = &s->releases;
	html_lit(h, "only ");
	for (size_t i = 0; i < r->calendar.freeze_types_n; i++) {
		slu_buf_adds(h->out, i ? ", " : "");
		html_text(h, r->calendar.freeze_types[i]);
	}
	slu_buf_adds(h->out, r->calendar.freeze_types_n ? " enters " : "nothing enters ");
	for (size_t i = 0; i < r->calendar.freeze_branches.n; i++) {
		slu_buf_adds(h->out, i ? ", " : "");
		html_text(h, s->branch[r->calendar.freeze_branches.i[i]].name);
	}
}

void map_freeze(html *h, const strat *s)
{
	struct pol_freeze f;
	if (!pol_freeze(s, h->now_s, &f))
		return;
	if (f.holds) {
		html_lit(h, "<p><span class=\"state waiting\"><span aria-hidden=\"true\">\xE2\x80\xA6</span> Frozen</span> until ");
		html_time(h, f.until_s);
	} else {
		html_lit(h, "<p class=\"dim\">The next freeze begins ");
		html_time(h, f.from_s);
	}
	html_lit(h, ": ");
	frozen_what(h, s);
	html_lit(h, ".</p>");
}

void map_freeze_json(slu_json *j, const strat *s, int64_t now_s)
{
	struct pol_freeze f;
	slu_json_key(j, "freeze");
	if (!pol_freeze(s, now_s, &f)) {
		slu_json_null(j);
		return;
	}
	slu_json_open(j, '{');
	slu_json_kv_bool(j, "holds", f.holds);
	web_json_time(j, "from", f.from_s);
	web_json_time(j, "until", f.until_s);
	slu_json_close(j, '}');
}
