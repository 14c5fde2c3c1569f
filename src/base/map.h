/* SPDX-License-Identifier: Apache-2.0 */
/** Map from strings to pointers, in an arena; insertion order is kept. SipHash with a fixed key is not needed: sizes are bounded. */
#ifndef BASE_MAP_H
#define BASE_MAP_H
#include "base/str.h"

typedef struct slu_map slu_map;

slu_map *slu_map_new(slu_arena *a);
/** The key is copied into the arena. A second put of a key replaces the value. */
void slu_map_put(slu_map *m, slu_str key, void *value);
void *slu_map_get(const slu_map *m, slu_str key); /* NULL: not there */
size_t slu_map_size(const slu_map *m);
/** i-th entry in insertion order. */
slu_str slu_map_key(const slu_map *m, size_t i);
void *slu_map_value(const slu_map *m, size_t i);
#endif
