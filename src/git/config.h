/* SPDX-License-Identifier: Apache-2.0 */
/** Git's configuration files, read in this process (git-config(1), "Syntax"). Any bytes are safe. */
#ifndef GIT_CONFIG_H
#define GIT_CONFIG_H
#include "port/git_here.h"

#include <stdint.h>

typedef struct git_config {
	slu_arena *a;
	SLU_LIST(struct port_git_setting) list;
} git_config;

/**
 * Add the settings of a file's text, in its order; they live in c->a.
 * @return false: it is not written as git wants it, or it includes others; then only git can tell, and what was added means nothing
 */
bool git_config_text(git_config *c, slu_str text);
/** Of a file. One that is not there has none. @return also false: it cannot be read */
bool git_config_file(git_config *c, const char *path);
/** What `git config --list -z` printed. */
void git_config_list(git_config *c, slu_str text);
/** The last value of a key; false: there is none. A key without a value is "". */
bool git_config_get(const git_config *c, const char *key, slu_str *out);
/**
 * What a repository's own settings say of its form.
 * @param hash     bytes of an id
 * @param partial  objects that are not here are fetched when Git needs them
 * @return false: a form that is not read here
 */
bool git_config_format(const git_config *c, uint8_t *hash, bool *partial);
/** As Git reads a boolean. @return false: it is none */
bool git_config_bool(slu_str value, bool has_value, bool *out);
#endif
