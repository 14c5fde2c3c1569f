/* SPDX-License-Identifier: Apache-2.0 */
/* How many commands a push has: pkt-lines up to the first flush packet, without those that say where a clone is shallow. */
#include "web/git_http_impl.h"

#include <stdlib.h>

void git_commands_init(struct git_commands *c, const struct git_http_request *rq)
{
	*c = (struct git_commands){ .tell = rq->commands, .ctx = rq->commands_ctx };
	c->done = !rq->commands || rq->route->service != GIT_HTTP_RECEIVE || rq->route->advertise;
}

static void end(struct git_commands *c, size_t n)
{
	c->done = true;
	c->tell(c->ctx, n);
}

/** The head of a packet is whole: its length, and what its first bytes say. */
static void packet(struct git_commands *c)
{
	char hex[5] = { c->line[0], c->line[1], c->line[2], c->line[3] }, *rest = NULL;
	unsigned long n = strtoul(hex, &rest, 16);
	if (*rest || n < 4 || n > 65520) {
		end(c, n == 0 && !*rest ? c->n : SIZE_MAX);
		return;
	}
	c->left = n - 4;
}

void git_commands_look(struct git_commands *c, const char *p, size_t n)
{
	while (!c->done && n > 0) {
		if (c->line_n < 4) {
			c->line[c->line_n++] = *p++;
			n--;
			if (c->line_n == 4)
				packet(c);
			if (c->line_n == 4 && c->left == 0)
				c->line_n = 0;
			continue;
		}
		if (c->line_n < sizeof c->line)
			c->line[c->line_n++] = *p;
		p++;
		n--;
		if (--c->left > 0)
			continue;
		/* a signed push is not offered; whoever sends one is refused */
		if (c->line_n >= 13 && memcmp(c->line + 4, "push-cert", 9) == 0)
			end(c, SIZE_MAX);
		else if (c->line_n < 12 || memcmp(c->line + 4, "shallow ", 8) != 0)
			c->n++;
		c->line_n = 0;
	}
}
