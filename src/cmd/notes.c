/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree of notes: files named by the id that they are about, of which the first pairs of digits may be folders, as many as Git found useful.
 * What has another name is no note, for Git too.
 */
#include "cmd/notes.h"

#include <string.h>

enum { MAX_ID_BYTES = 32 };

struct reading {
	struct cmd_notes *out;
	slu_arena *a;
	port_git *g;
	size_t id_n; /* bytes of an id */
};

/* The entry at *at of a tree: mode, blank, name, NUL, id. @return false: there is none */
static bool next_entry(const struct reading *r, slu_str tree, size_t *at, slu_str *mode, slu_str *name, slu_oid *id)
{
	const char *p = tree.p + *at, *blank = memchr(p, ' ', tree.n - *at), *nul = blank ? memchr(blank, '\0', (size_t)(tree.p + tree.n - blank)) : NULL;
	if (!nul || (size_t)(tree.p + tree.n - nul - 1) < r->id_n)
		return false;
	*mode = (slu_str){ p, (size_t)(blank - p) };
	*name = (slu_str){ blank + 1, (size_t)(nul - blank - 1) };
	for (size_t i = 0; i < r->id_n; i++) {
		unsigned char c = (unsigned char)nul[1 + i];
		id->hex[2 * i] = "0123456789abcdef"[c >> 4];
		id->hex[2 * i + 1] = "0123456789abcdef"[c & 15];
	}
	id->hex[2 * r->id_n] = '\0';
	*at = (size_t)(nul + 1 - tree.p) + r->id_n;
	return true;
}

static slu_rc read_tree(struct reading *r, const slu_oid *tree, slu_str before, slu_err *err)
{
	const char *kind;
	slu_str bytes, mode, name;
	slu_oid id = { 0 };
	size_t at = 0;
	SLU_TRY(r->g->ops->object(r->g, r->a, tree, &kind, &bytes, err));
	while (strcmp(kind, "tree") == 0 && next_entry(r, bytes, &at, &mode, &name, &id)) {
		slu_str path = slu_s(slu_printf(r->a, "%.*s%.*s", SLU_FMT(before), SLU_FMT(name)));
		if (!slu_oid_begins(name, 2))
			continue;
		if (slu_str_is(mode, "40000") && name.n == 2 && path.n < 2 * r->id_n)
			SLU_TRY(read_tree(r, &id, path, err));
		else if (path.n == 2 * r->id_n) {
			slu_oid *copy = SLU_NEW(r->a, slu_oid);
			*copy = id;
			slu_map_put(r->out->blob, path, copy);
		}
	}
	return SLU_OK;
}

slu_rc cmd_notes_read(struct cmd_notes *out, slu_arena *a, port_git *g, slu_str ref, slu_err *err)
{
	struct cmd_notes notes = { .blob = slu_map_new(a) };
	struct pol_commit c;
	slu_oid tip;
	SLU_TRY(g->ops->ref(g, ref, &tip, err));
	if (!slu_oid_is_zero(&tip)) {
		SLU_TRY(g->ops->commit(g, a, &tip, &c, err));
		struct reading r = { .out = &notes, .a = a, .g = g, .id_n = strlen(tip.hex) / 2 };
		if (r.id_n > MAX_ID_BYTES)
			return slu_fail(err, SLU_E_CORRUPT, "%.*s names no object.", SLU_FMT(ref));
		SLU_TRY(read_tree(&r, &c.tree, SLU_STR(""), err));
	}
	notes.n = slu_map_size(notes.blob);
	*out = notes;
	return SLU_OK;
}

slu_rc cmd_notes_of(const struct cmd_notes *notes, slu_arena *a, port_git *g, slu_str commit, slu_str *text, slu_err *err)
{
	const slu_oid *id = slu_map_get(notes->blob, commit);
	const char *kind;
	*text = (slu_str){ 0 };
	if (!id)
		return SLU_OK;
	return g->ops->object(g, a, id, &kind, text, err);
}
