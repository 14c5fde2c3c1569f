/* SPDX-License-Identifier: Apache-2.0 */
/** Files that are mapped, and what happens when somebody makes one shorter under us. */
#ifndef RUN_MAPPED_H
#define RUN_MAPPED_H

/**
 * Packs, indexes and other large files are mapped. When one of them is cut off meanwhile (git never does that: it writes beside and renames), or its disk
 * cannot be read, the kernel ends the program with SIGBUS, in the middle and without a word. From here on it ends with a sentence that names the file, and with the exit code of what is
 * damaged (7). Nothing is carried on: what was read may be wrong. Test: test/scenario/mapped.sh
 */
void run_mapped_guard(void);
#endif
