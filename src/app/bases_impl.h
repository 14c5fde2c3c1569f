/* SPDX-License-Identifier: Apache-2.0 */
/** Shared by bases*.c; nothing else includes it. */
#ifndef APP_BASES_IMPL_H
#define APP_BASES_IMPL_H
#include "app/bases.h"
#include "strategy/compare.h"

/** As it is kept in port_base_wait.differs: those that loosen first, long values cut, no control bytes. */
slu_str app_base_differs_text(slu_arena *a, const strat_differences *d);
/** Back into b->differs, differs_n and differs_all. */
void app_base_differs_read(struct app_base *b, slu_arena *a, slu_str text);
#endif
