/* SPDX-License-Identifier: Apache-2.0 */
#include "strategy/whole.h"

void sch_check_whole(struct sch_reader *r)
{
	if (r->too_many)
		return; /* said; and comparing all with all would take long */
	whole_patterns(r);
	whole_graph(r);
	whole_checks(r);
	whole_phases(r);
}
