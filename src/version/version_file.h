/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The version in a file (`releases.version-files`): what it says, and another one written without touching anything else.
 *
 * `text`: a line template such as `version = "{version}"`; the first place of the file that reads like it with any version is
 * changed. A file that is empty or not there becomes the template itself, when the template is the version with at most a
 * prefix and a suffix and no other place could be meant.
 * `pointer`: RFC 6901 pointer to a string in a JSON file; only the bytes of that string change.
 */
#ifndef VERSION_VERSION_FILE_H
#define VERSION_VERSION_FILE_H
#include "base/str.h"

/**
 * @param out       the whole new text, in `a`
 * @param old       the file as it is; n == 0: empty or not there
 * @param name      for the error's place
 * @return SLU_E_CONFLICT: the file is not what the strategy takes it for, which a person must settle: no place reads like the template, it
 *         is not JSON, the pointer names nothing or no string. SLU_E_STRATEGY: a template without {version}, a pointer without "/"
 */
slu_rc ver_file_in_text(slu_str *out, slu_arena *a, slu_str old, slu_str template_, slu_str version, const char *name, slu_err *err);
slu_rc ver_file_in_json(slu_str *out, slu_arena *a, slu_str old, slu_str pointer, slu_str version, const char *name, slu_err *err);
/**
 * The version that stands there now.
 * @param out       borrowed from `text`
 * @param template_ counts when `pointer` is empty
 * @return as above; of a file that is empty SLU_E_NOT_FOUND
 */
slu_rc ver_file_says(slu_str *out, slu_str text, slu_str template_, slu_str pointer, const char *name, slu_err *err);
#endif
