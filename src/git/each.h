/* SPDX-License-Identifier: Apache-2.0 */
/** Many commits in an order, for the adapters. */
#ifndef GIT_EACH_H
#define GIT_EACH_H
#include "git/git_cli_impl.h"

struct port_git_list {
	const struct git_raw *id;
	size_t n, hash; /* hash: bytes of an id */
};
#endif
