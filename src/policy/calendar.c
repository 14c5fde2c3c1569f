/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/pol.h"

static const int64_t day = 24 * 3600;

bool pol_cycle_major(const strat *s, int64_t number)
{
	return s->releases.calendar.major_every && number > 0 && number % (int64_t)s->releases.calendar.major_every == 0;
}

static void find_sprint(const strat *s, int64_t now, struct pol_cycle *c)
{
	int64_t length = s->releases.calendar.sprint_s;
	if (length <= 0)
		return;
	c->sprints = (c->until_s - c->from_s + length - 1) / length;
	if (c->number == 0)
		return;
	c->sprint = (now - c->from_s) / length + 1;
	c->sprint_from_s = c->from_s + (c->sprint - 1) * length;
	c->sprint_until_s = c->sprint < c->sprints ? c->sprint_from_s + length : c->until_s;
}

bool pol_cycle(const strat *s, int64_t now, struct pol_cycle *out)
{
	const struct strat_releases *r = &s->releases;
	int64_t start = r->calendar.start_s, cycle = r->calendar.cycle_s;
	if (!r->calendar.set || cycle <= 0)
		return false;
	struct pol_cycle c = { .number = now < start ? 0 : (now - start) / cycle + 1 };
	c.from_s = start + (c.number > 1 ? c.number - 1 : 0) * cycle;
	c.until_s = c.from_s + cycle;
	find_sprint(s, now, &c);
	int64_t ship = r->calendar.ship_at_s > 0 ? r->calendar.ship_at_s : cycle, passed = now - start - ship - day;
	c.ships = passed < 0 ? 1 : passed / cycle + 2;
	c.ship_s = start + (c.ships - 1) * cycle + ship;
	c.ships_major = pol_cycle_major(s, c.ships);
	*out = c;
	return true;
}
