/* SPDX-License-Identifier: Apache-2.0 */
#include "run/drivers.h"

const struct port_deployer *run_driver_find(slu_str name)
{
	static const struct port_deployer *const all[] = { &driver_command, &driver_local };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (slu_str_is(name, all[i]->name))
			return all[i];
	return NULL;
}
