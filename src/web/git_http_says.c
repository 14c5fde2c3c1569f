/* SPDX-License-Identifier: Apache-2.0 */
/* What git receive-pack says to the pusher, as it passes: where a full disk stopped it, a sentence of ours follows git's words. */
#include "web/git_http_impl.h"

#include <stdlib.h>

static const char full[] = "No space left on device", quota[] = "Disk quota exceeded"; /* of strerror, with LC_ALL=C */

/* No letter of these two comes again before it differs from its first: so a failed match begins anew without looking back. */
static bool match(size_t *at, const char *text, char c)
{
	*at = c == text[*at] ? *at + 1 : c == text[0];
	if (text[*at])
		return false;
	*at = 0;
	return true;
}

static void payload(struct git_says *s, char c)
{
	if (s->first) {
		s->words = c == 2; /* side band 2: for people */
		s->first = false;
		return;
	}
	bool no_room = match(&s->full_at, full, c), no_quota = match(&s->quota_at, quota, c);
	if (s->words && (no_room || no_quota))
		s->disk_full = true;
}

bool git_says_look(struct git_says *s, const char *p, size_t n, size_t *at)
{
	for (size_t i = 0; i < n && !s->done; i++) {
		if (s->left > 0) {
			payload(s, p[i]);
			s->left--;
		} else {
			s->head[s->head_n++] = p[i];
		}
		if (s->head_n == 4) {
			char *end;
			unsigned long size = strtoul(s->head, &end, 16);
			s->done = *end || size > 65520 || (size > 0 && size < 4); /* no packets: nothing can be put between them */
			s->left = size > 4 ? size - 4 : 0;
			s->head_n = 0;
			s->first = true;
		}
		if (s->left == 0 && s->disk_full) {
			s->done = true;
			*at = i + 1;
			return true;
		}
	}
	return false;
}

slu_str git_says_full(slu_arena *a)
{
	static const char text[] = "sluice: The disk of the server is full; nothing was changed.\nsluice: Free some space there, or tell who runs it; then push again.\n";
	return slu_s(slu_printf(a, "%04zx\002%s", 5 + sizeof text - 1, text));
}
