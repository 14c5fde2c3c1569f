/* SPDX-License-Identifier: Apache-2.0 */
/** The map as data, members of an object: the same for the API and for the page's ".json". */
#ifndef WEB_MAP_JSON_H
#define WEB_MAP_JSON_H
#include "app/map.h"
#include "base/json.h"

void map_json(slu_json *j, const strat *s, const struct app_map *m);
#endif
