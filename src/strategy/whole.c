/* SPDX-License-Identifier: Apache-2.0 */
#include "strategy/whole.h"

void sch_check_whole(struct sch_reader *r)
{
	whole_patterns(r);
}
