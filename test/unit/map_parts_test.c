/* SPDX-License-Identifier: Apache-2.0 */
/* What the map says first: never more than was looked at. */
#include "web/map_parts.h"

#include "t.h"

static const struct { const char *what; struct map_stuck s; const char *says, *never; } says[] = {
	{ "all is well", { .seen_branches = true }, "Nothing is stuck, and every branch is as the strategy wants it.</p>", "looked at" },
	{ "what was looked at is well", { .unseen = 3 }, "Nothing is stuck in what was looked at. 3 older open changes were not looked at here.</p>", "Stuck:" },
	{ "so are the branches that were", { .seen_branches = true, .unseen_branches = 2 }, "Nothing is stuck in what was looked at. 2 branches were not looked at here.</p>", "every" },
	{ "a rollout waits", { .held = 1, .unseen = 1 }, "Waiting: 1 rollout waits. 1 older open change was not looked at here.</p>", "Nothing" },
	{ "both", { .blocked = 1, .waiting = 2 }, "Stuck: 1 open change is blocked; 2 open changes wait.</p>", "Nothing" },
};

T_TEST(nothing_is_stuck_is_said_of_what_was_looked_at)
{
	for (size_t i = 0; i < sizeof says / sizeof *says; i++) {
		slu_auto_buf b;
		slu_buf_init(&b, 4096);
		html h = { .out = &b };
		T_CASE("%s", says[i].what);
		map_answer(&h, &says[i].s);
		T_HAS(b.p, says[i].says);
		T_TRUE(!strstr(b.p, says[i].never));
	}
}

/* The number of open changes is asked for after the changes: one may have been merged meanwhile. */
T_TEST(what_was_not_looked_at_is_never_less_than_nothing)
{
	static const struct port_change change[2];
	static const struct pol_verdict merge[2];
	const struct app_seen seen = { .change = change, .merge = merge, .change_n = 2 };
	T_EQ_INT(map_stuck(&seen, 1).unseen, 0);
	T_EQ_INT(map_stuck(&seen, 5).unseen, 3);
}
