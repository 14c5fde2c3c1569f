/* SPDX-License-Identifier: Apache-2.0 */
#include "version/changelog.h"

#include "base/map.h"

void ver_entries_read(struct ver_entry *e, size_t n, slu_arena *a)
{
	slu_map *by_oid = slu_map_new(a);
	for (size_t i = 0; i < n; i++) {
		slu_str rest = e[i].message, line = { NULL, 0 };
		(void)slu_str_split(&rest, '\n', &line);
		e[i].subject = slu_str_trim(line);
		e[i].conventional = ver_commit_parse(&e[i].commit, a, e[i].message, NULL) == SLU_OK;
		e[i].cancelled = false;
		if (!ver_reverts(&e[i].reverts, e[i].message))
			e[i].reverts = (slu_str){ NULL, 0 };
		if (e[i].oid.n > 0)
			slu_map_put(by_oid, e[i].oid, &e[i]);
	}
	/* newest first: when an entry is reached, all that could take it back have been seen */
	for (size_t i = 0; i < n; i++) {
		struct ver_entry *target = e[i].reverts.n > 0 && !e[i].cancelled ? slu_map_get(by_oid, e[i].reverts) : NULL;
		if (target && target > &e[i])
			e[i].cancelled = target->cancelled = true;
	}
}

bool ver_entries_part(enum ver_part *out, const struct ver_entry *e, size_t n)
{
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		enum ver_part part = VER_PATCH;
		if (e[i].cancelled || e[i].merge)
			continue;
		bool asks = e[i].conventional ? ver_commit_part(&part, &e[i].commit) : e[i].reverts.n > 0;
		if (asks && (!any || part < *out)) /* VER_MAJOR is the first */
			*out = part;
		any = any || asks;
	}
	return any;
}

slu_rc ver_next(char **out, slu_arena *a, const struct ver_semver *current, const struct ver_entry *e, size_t n, slu_err *err)
{
	enum ver_part part;
	if (!ver_entries_part(&part, e, n))
		return slu_fail(err, SLU_E_NOT_FOUND, "Nothing since %s asks for a new version: no commit is a feature, a fix or breaking. A version can still be given by hand.",
				ver_text(a, current));
	if (part == VER_MAJOR && slu_str_is(current->major, "0"))
		part = VER_MINOR;
	char *next = ver_bump(a, current, part, err);
	if (!next)
		return SLU_E_LIMIT;
	*out = next;
	return SLU_OK;
}
