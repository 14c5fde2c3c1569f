/* SPDX-License-Identifier: Apache-2.0 */
/* What a push does to a ref, and the names that are refused before Git sees them. */
#include "base/utf8.h"
#include "policy/pol.h"

static const char *bad_bytes(slu_str name)
{
	for (size_t i = 0; i < name.n;) {
		unsigned char c = (unsigned char)name.p[i];
		uint32_t cp = 0;
		if ((c >= 'a' && c <= 'z') || (c >= '-' && c <= '9') || (c >= 'A' && c <= 'Z')) { /* as nearly all are */
			i++;
			continue;
		}
		size_t len = slu_utf8_next((slu_str){ name.p + i, name.n - i }, &cp);
		if (len == 0)
			return "it is not valid UTF-8";
		if (cp == 0 || slu_utf8_is_control(cp))
			return "it holds a control character";
		if (slu_utf8_is_bidi(cp) || slu_utf8_is_invisible(cp))
			return "it holds a character that cannot be seen or turns the direction of text";
		if (cp < 0x80 && strchr(" ~^:?*[\\", (int)cp))
			return "it holds one of the characters ' ~^:?*[\\', which Git does not allow";
		i += len;
	}
	return NULL;
}

static const char *bad_part(slu_str part)
{
	if (part.n == 0)
		return "it has an empty part (a '/' at an end, or two in a row)";
	if (part.p[0] == '.')
		return "a part of it begins with '.'";
	if (slu_str_ends(part, ".lock"))
		return "a part of it ends in '.lock'";
	return NULL;
}

static const char *bad_parts(slu_str name)
{
	if (name.n == 0 || slu_str_ends(name, "/"))
		return bad_part(SLU_STR(""));
	slu_str part;
	while (slu_str_split(&name, '/', &part)) {
		const char *why = bad_part(part);
		if (why)
			return why;
	}
	return NULL;
}

static bool reads_as_object(slu_str name)
{
	if (name.n != 40 && name.n != 64)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!strchr("0123456789abcdefABCDEF", name.p[i]))
			return false;
	return true;
}

static bool holds(slu_str name, const char *two)
{
	for (size_t i = 0; i + 1 < name.n; i++)
		if (name.p[i] == two[0] && name.p[i + 1] == two[1])
			return true;
	return false;
}

const char *pol_ref_refused(slu_str full_name)
{
	if (full_name.n > SLU_MAX_REF_BYTES)
		return "it is longer than 255 bytes";
	const char *why = bad_bytes(full_name);
	if (why)
		return why;
	size_t skip = slu_str_starts(full_name, "refs/heads/") ? 11 : slu_str_starts(full_name, "refs/tags/") ? 10 : 0;
	if (skip == 0)
		return "only branches (refs/heads/) and tags (refs/tags/) may be pushed";
	slu_str name = { full_name.p + skip, full_name.n - skip };
	why = bad_parts(name);
	if (why)
		return why;
	if (name.p[0] == '-')
		return "it begins with '-', which commands would take for an option";
	if (slu_str_is(name, "HEAD") || slu_str_is(name, "@") || slu_str_starts(name, "refs/"))
		return "it is a name that Git itself uses";
	if (holds(name, "..") || holds(name, "@{") || slu_str_ends(name, "."))
		return "it holds '..' or '@{', or ends in '.'";
	if (reads_as_object(name))
		return "it reads like the id of an object";
	return NULL;
}

static slu_rc branch_verb(enum pol_verb *verb, slu_arena *a, const struct pol_facts *f, const slu_oid *old, const slu_oid *new_, slu_err *err)
{
	if (slu_oid_is_zero(old)) {
		*verb = POL_CREATE;
	} else if (slu_oid_is_zero(new_)) {
		*verb = POL_DELETE;
	} else {
		bool forward = false;
		if (!f->is_ancestor)
			return slu_fail(err, SLU_E_INTERNAL, "Whether the push moves the branch forward cannot be told: nothing here knows ancestry.");
		SLU_TRY(f->is_ancestor(f->ctx, a, old, new_, &forward, err));
		*verb = forward ? POL_PUSH : POL_FORCE_PUSH;
	}
	return SLU_OK;
}

slu_rc pol_push_action(struct pol_action *out, slu_arena *a, const struct pol_facts *f, slu_str actor, slu_str ref, const slu_oid *old, const slu_oid *new_, slu_err *err)
{
	struct pol_action act = { .actor = actor, .ref = ref, .old = *old, .new_ = *new_ };
	if (slu_oid_is_zero(old) && slu_oid_is_zero(new_))
		return slu_fail(err, SLU_E_INVALID, "There is no %.*s: there is nothing to delete.", SLU_FMT(ref));
	if (slu_str_starts(ref, "refs/tags/"))
		act.verb = slu_oid_is_zero(old) ? POL_TAG : slu_oid_is_zero(new_) ? POL_TAG_DELETE : POL_TAG_MOVE;
	else if (slu_str_starts(ref, "refs/heads/"))
		SLU_TRY(branch_verb(&act.verb, a, f, old, new_, err));
	else
		return slu_fail(err, SLU_E_INVALID, "%.*s is refused: %s.", SLU_FMT(ref), pol_ref_refused(ref));
	*out = act;
	return SLU_OK;
}
