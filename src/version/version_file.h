/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The version in a file (`releases.version-files`): what it says, and another one written without touching anything else.
 *
 * `text`: a line template such as `version = "{version}"`; the first place of the file that reads like it with any version is
 * changed. A file that is empty or not there becomes the template itself, when the template is the version with at most a
 * prefix and a suffix and no other place could be meant.
 * `pointer`: RFC 6901 pointer to a string in a JSON file, or in the same words to one in TOML (.toml, .lock), YAML (.yaml, .yml) or XML (.xml, .csproj
 * and their like, with /project/@version for an attribute). Only the bytes of the version change; a `v` in front of it stays. Members of lists are
 * named in JSON only. A file that is not read with certainty is refused.
 * `mark`: a text such as "x-release-version" that stands in one line, and with it the version.
 */
#ifndef VERSION_VERSION_FILE_H
#define VERSION_VERSION_FILE_H
#include "base/str.h"

struct ver_file { slu_str text, pointer, mark; }; /* one of them; none: the text */

/**
 * @param out       the whole new text, in `a`
 * @param old       the file as it is; n == 0: empty or not there
 * @param name      tells the format of a pointer, and is for the error's place
 * @return SLU_E_CONFLICT: the file is not what the strategy takes it for, which a person must settle: no place reads like the template, it
 *         is not JSON, the pointer names nothing or no string, two lines have the mark. SLU_E_STRATEGY: a template without {version}, a pointer without "/"
 */
slu_rc ver_file_write(slu_str *out, slu_arena *a, slu_str old, const struct ver_file *f, slu_str version, const char *name, slu_err *err);
slu_rc ver_file_in_text(slu_str *out, slu_arena *a, slu_str old, slu_str template_, slu_str version, const char *name, slu_err *err);
slu_rc ver_file_at_pointer(slu_str *out, slu_arena *a, slu_str old, slu_str pointer, slu_str version, const char *name, slu_err *err);
slu_rc ver_file_at_mark(slu_str *out, slu_arena *a, slu_str old, slu_str mark, slu_str version, const char *name, slu_err *err);
/**
 * The version that stands there now.
 * @param out  borrowed from `text`
 * @return as above; of a file that is empty SLU_E_NOT_FOUND
 */
slu_rc ver_file_says(slu_str *out, slu_str text, const struct ver_file *f, const char *name, slu_err *err);
#endif
