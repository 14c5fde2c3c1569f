/* SPDX-License-Identifier: Apache-2.0 */
/** Files that pages need, embedded from src/web/assets when the program is built; served under /assets/NAME. */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H
#include <stddef.h>

struct web_asset {
	const char *name; /* "sluice.css" */
	const char *bytes;
	size_t size;
};
const struct web_asset *web_assets(size_t *count);
#endif
