/* SPDX-License-Identifier: Apache-2.0 */
/** Files that differ, as a page shows them. */
#ifndef WEB_DIFF_PARTS_H
#define WEB_DIFF_PARTS_H
#include "app/app.h"
#include "web/html.h"

enum { DIFF_FILES = 40 /* of a page that is not the whole */, DIFF_LISTED = 3000 /* of one that is, and of its .json */ };
/** File by file, with a heading; `whole`: all of them, their patches open. */
void diff_files(html *h, const struct port_git_diff_file *f, size_t n, bool whole);
#endif
