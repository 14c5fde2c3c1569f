/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The points between the steps of landing refs at which a fault test kills the server (sluice-server --faults with
 * SLUICE_FAULT=NAME in its environment), or lets others go first (SLUICE_FAULT=NAME:FILE, see main/server.c). test/fault/push_kill.sh reads the names from this table and kills at each.
 */
#ifndef APP_FAULT_H
#define APP_FAULT_H
#include "app/app.h"

#define APP_FAULT_JUDGED "judged"                   /* the push is judged, git keeps its objects next */
#define APP_FAULT_BEGUN "begun"                     /* the repository is ours, nothing is written */
#define APP_FAULT_INTENT "intent-written"           /* what will move is durable */
#define APP_FAULT_PREPARED "refs-prepared"          /* refs are locked, nothing is decided */
#define APP_FAULT_RECORDED "recorded"               /* events and state are written, not committed */
#define APP_FAULT_DECIDED "decided"                 /* the database has it, no ref has moved */
#define APP_FAULT_MOVED "refs-moved"                /* refs stand, nobody was told */
#define APP_FAULT_ACKNOWLEDGED "acknowledged"       /* the hook was told */

static inline void app_fault(const app *a, const char *point)
{
	if (app_ports_of(a)->fault)
		app_ports_of(a)->fault(point);
}
#endif
