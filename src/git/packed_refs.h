/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The file packed-refs as Git writes it: a header that says `sorted`, then a line "ID NAME" for each ref in order of its name,
 * and below a tag's line "^ID" with what it finally names. Only the text: no file is opened here.
 */
#ifndef GIT_PACKED_REFS_H
#define GIT_PACKED_REFS_H
#include "base/oid.h"
#include "base/str.h"

/** @return false: the text is not sorted and fully peeled, or its end is cut off; whoever wants to know must ask git. An empty text is fine. */
bool packed_refs_ok(slu_str text);
/** Whether every line is one, and their names ascend: a file that is not so must not be written anew from. Reads it whole. */
bool packed_refs_whole(slu_str text);
/** Where the line of `name` begins, or the first line after it would; text.n: at the end. @param text  packed_refs_ok */
size_t packed_refs_find(slu_str text, slu_str name);
/** Name of the line at `at`; n is 0 at the end. */
slu_str packed_refs_name(slu_str text, size_t at);
/** Value of `name`. @return false: it is not there. @param out  of a line that is no id, zero */
bool packed_refs_value(slu_str text, slu_str name, slu_oid *out);
/** Value of the line at `at`, and what it is peeled to (itself, when it says nothing else). @return false: it is damaged */
bool packed_refs_at(slu_str text, size_t at, slu_oid *id, slu_oid *peeled);
/** Where the line after the one at `at` begins, past what it is peeled to. */
size_t packed_refs_next(slu_str text, size_t at);

struct packed_ref {
	slu_str name;
	slu_oid id;     /* zero: the ref goes */
	slu_oid peeled; /* zero: it is no tag object */
};
/** The same file with these refs changed. @param text  packed_refs_whole @param change  in order of their names, none twice */
void packed_refs_edit(slu_buf *out, slu_str text, const struct packed_ref *change, size_t n);
#endif
