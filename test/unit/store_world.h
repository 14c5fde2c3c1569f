/* SPDX-License-Identifier: Apache-2.0 */
/** A store in a temporary folder, for the tests of the port. Include it before t.h is needed: it includes t.h. */
#ifndef TEST_UNIT_STORE_WORLD_H
#define TEST_UNIT_STORE_WORLD_H
#include "port/store.h"
#include "port/store_act.h"
#include "port/store_change.h"

#include <stdlib.h>
#include <unistd.h>

#include "t.h"

struct world {
	char dir[256], path[300];
	port_store *s;
	slu_arena *a;
	slu_err err;
};

[[maybe_unused]] static void world_begin(struct world *w)
{
	*w = (struct world){ 0 };
	const char *tmp = getenv("TMPDIR");
	(void)snprintf(w->dir, sizeof(w->dir), "%s/store-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(w->dir))
		T_FAIL("no temporary folder");
	(void)snprintf(w->path, sizeof(w->path), "%s/sluice.db", w->dir);
	w->a = slu_arena_new();
	T_OK(port_store_open(&w->s, w->path, &w->err), w->err);
}

[[maybe_unused]] static void world_end(struct world *w)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char name[320];

	port_store_close(w->s);
	slu_arena_free(w->a);
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(name, sizeof(name), "%s%s", w->path, suffix[i]);
		(void)unlink(name);
	}
	(void)rmdir(w->dir);
}

[[maybe_unused]] static slu_oid oid(char c)
{
	slu_oid o = slu_oid_zero();
	memset(o.hex, c, 40);
	return o;
}

[[maybe_unused]] static int64_t add_repo(struct world *w, const char *name)
{
	struct port_repo r = { .owner = SLU_STR("ann"), .name = slu_s(name), .default_branch = SLU_STR("main"), .preset = SLU_STR("tower"), .base_text = SLU_STR("strategy: 1\n"), .created_s = 5 };
	T_OK(port_repo_add(w->s, &r, &w->err), w->err);
	return r.id;
}

[[maybe_unused]] static int64_t add_person(struct world *w, const char *name)
{
	struct port_person p = { .name = slu_s(name), .title = SLU_STR("T"), .email = SLU_STR("e@x"), .created_s = 7 };
	T_OK(port_person_add(w->s, &p, &w->err), w->err);
	return p.id;
}
#endif
