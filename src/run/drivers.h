/* SPDX-License-Identifier: Apache-2.0 */
/** The deploy drivers there are, and the health probes. */
#ifndef RUN_DRIVERS_H
#define RUN_DRIVERS_H
#include "port/deployer.h"

extern const struct port_deployer driver_command, driver_local;

const struct port_deployer *run_driver_find(slu_str name); /* NULL: none; fits port_deployer_find */
void run_probe(const struct port_deploy *d, const struct port_deployer *driver, const struct strat_probe *p, struct port_probe_result *out); /* fits port_probe */
/** Has a secret of the repository a value, by the file of it in the home, that scripts and applications get? An empty one is none. */
bool run_secret_there(const char *home, slu_str owner, slu_str name, slu_str secret);
#endif
