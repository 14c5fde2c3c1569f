/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule there is, as a table of the manual: in the order of their rows. */
#include "policy/rule.h"
#include "pol_rule_registry.h"

static void add_rule(slu_buf *out, const struct pol_rule *r)
{
	const char *before = "";
	slu_buf_addf(out, "| `%s` | %s | ", r->name, r->summary);
	for (unsigned v = 0; v < POL_VERB_COUNT; v++) {
		if (!(r->verbs & POL_VERB(v)))
			continue;
		slu_buf_addf(out, "%s%s", before, pol_verb_word((enum pol_verb)v));
		before = ", ";
	}
	slu_buf_addf(out, " | %s |\n", r->builtin ? "yes" : "");
}

void pol_rules_markdown(slu_buf *out)
{
	unsigned rank = 0, next = 0;
	slu_buf_adds(out, "\n## Rules\n\nEach act is judged by the rules that concern it, all of them, in this order; each adds rows that name the line that asks. *Built in*: some of it\n"
			  "holds whatever the file says, also where `enforcement` is `disabled`.\n\n| rule | what it says | asked at | built in |\n| --- | --- | --- | --- |\n");
	do {
		next = 0;
		for (const struct pol_rule *const *r = pol_rule_registry; *r; r++) {
			if ((*r)->rank == rank)
				add_rule(out, *r);
			if ((*r)->rank > rank && (next == 0 || (*r)->rank < next))
				next = (*r)->rank;
		}
		rank = next;
	} while (next);
}
