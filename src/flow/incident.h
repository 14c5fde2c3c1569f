/* SPDX-License-Identifier: Apache-2.0 */
/** The file that a strategy has incidents written to (incidents.record): one entry each, the newest first. Pure. Source: requirement DP-5. */
#ifndef FLOW_INCIDENT_H
#define FLOW_INCIDENT_H
#include "base/oid.h"
#include "strategy/strat.h"

struct flow_incident {
	slu_str day;     /* "2026-01-05" */
	slu_str branch;  /* that it happened on */
	slu_oid at;      /* where it stood */
	slu_str back;    /* what was taken back, such as "to v1.0.0" or "phase2": of the heading */
	slu_str command; /* that did it, without the program's name */
	slu_str by;
};
/** The text with an entry for it; one that has the same heading is left alone, and the text is as it was. In `a`. */
slu_str flow_incident_write(slu_arena *a, const strat *s, slu_str text, const struct flow_incident *x);
#endif
