/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"
#include "cmd/replay_show.h"

const char *cmd_thousands(struct cmd_ctx *c, uint64_t n)
{
	if (n < 1000)
		return slu_printf(c->a, "%u", (unsigned)n);
	return slu_printf(c->a, "%s,%03u", cmd_thousands(c, n / 1000), (unsigned)(n % 1000));
}

const char *cmd_share(struct cmd_ctx *c, uint64_t part, uint64_t whole)
{
	if (part == 0 || whole == 0)
		return "0 %";
	if (part * 100 < whole)
		return "under 1 %";
	return slu_printf(c->a, "%u %%", (unsigned)(part * 100 / whole));
}

const char *cmd_day(struct cmd_ctx *c, int64_t time_s)
{
	char buf[SLU_TIME_TEXT];
	(void)slu_time_text(time_s, buf);
	return slu_strndup(c->a, buf, 10);
}

const char *cmd_replay_empty(struct cmd_ctx *c, const struct cmd_replay *x)
{
	int64_t newest = INT64_MIN;
	for (size_t i = 0; i < x->h->graph.n; i++)
		newest = x->h->graph.time_s[i] > newest ? x->h->graph.time_s[i] : newest;
	return slu_printf(c->a, "No commit was made and no tag was set since %s, and so nothing is judged: the newest commit is of %s.", cmd_day(c, x->since_s), cmd_day(c, newest));
}

size_t cmd_replay_spans(struct cmd_ctx *c, const struct ins_replay *r, size_t max, struct ins_sum **out, size_t *months)
{
	size_t each = (r->month_n + max - 1) / max, n = each ? (r->month_n + each - 1) / each : 0;
	*months = each;
	*out = SLU_NEW_N(c->a, struct ins_sum, n + 1);
	for (size_t i = 0; i < r->month_n; i++) {
		struct ins_sum *s = &(*out)[i / each];
		s->judged += r->month[i].judged;
		s->refused += r->month[i].refused;
		s->waiting += r->month[i].waiting;
	}
	return n;
}

/* The part of "branches.main.allow.push" that names the kind. */
static slu_str kind_in(const char *rule)
{
	slu_str rest = slu_s(rule), part = { "", 0 };
	(void)slu_str_split(&rest, '.', &part);
	(void)slu_str_split(&rest, '.', &part);
	return part;
}

const char *cmd_rule_words(struct cmd_ctx *c, const struct ins_rule *r)
{
	static const struct { const char *begins, *ends, *text; } table[] = {
		{ "branches", "branches", "branches whose name is of no kind" },
		{ "branches.", ".allow.push", "commits that went straight onto a %.*s branch, without a change" },
		{ "branches.", ".allow.create", "%.*s branches that nobody may make" },
		{ "branches.", ".allow.merge", "merges into %.*s, which nobody may merge into" },
		{ "branches.", ".base", "%.*s branches that carry commits of another branch" },
		{ "branches.", ".into", "%.*s branches that were merged where they do not go" },
		{ "branches.", ".method", "%.*s branches that were merged by another method" },
		{ "branches.", ".fast-forward", "%.*s branches that could not go forward without a merge" },
		{ "branches.", ".up-to-date", "merges into %.*s from branches that were behind it" },
		{ "branches.", ".sunset", "what moved a %.*s branch after its end" },
		{ "branches.", ".versions", "versions that were tagged beside the line %.*s" },
		{ "branches.sluice", "branches.sluice", "branches sluice/\xE2\x80\xA6, which the system alone makes" },
		{ "tags", "tags", "tags whose name is of no class" },
		{ "tags.", ".annotated", "%.*s tags without an author and a date of their own" },
		{ "tags.", ".branches", "%.*s tags on a commit that their branches do not hold" },
		{ "tags.", ".version", "%.*s tags that are no version" },
		{ "tags.", ".names", "%.*s tags that say another name than their own" },
		{ "tags.", ".allow.create", "%.*s tags, which nobody may make" },
		{ "files.forbid", "files.forbid", "files that are to stay out" },
		{ "files.max-size", "files.max-size", "files that are too large" },
		{ "files.scan", "files.scan", "files that hold what looks like a key or a token" },
		{ "commits.", "", "messages that are not as the strategy has them" },
		{ "releases.calendar", "", "what entered in a freeze" },
		{ "releases.version-from", "", "releases that no version was given for" },
		{ "ref-name", "", "names that some Git commands refuse" },
		{ "change.commits", "", "merges that brought nothing" },
		{ "change.branches", "", "merges of a branch with itself" },
	};
	slu_str rule = slu_s(r->rule), kind = kind_in(r->rule);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		bool whole = strcmp(table[i].begins, table[i].ends) == 0;
		if (whole ? !slu_str_is(rule, table[i].begins) : !slu_str_starts(rule, table[i].begins) || !slu_str_ends(rule, table[i].ends))
			continue;
		const char *at = strstr(table[i].text, "%.*s");
		return at ? slu_printf(c->a, "%.*s%.*s%s", (int)(at - table[i].text), table[i].text, SLU_FMT(kind), at + 4) : table[i].text;
	}
	return r->example.wanted && *r->example.wanted ? r->example.wanted : r->rule;
}

const char *cmd_wait_words(struct cmd_ctx *c, const struct ins_rule *r)
{
	static const struct { const char *ends, *text; } table[] = {
		{ ".allow.push", "somebody who may push to %.*s" },
		{ ".allow.create", "somebody who may make %.*s" },
		{ ".allow.merge", "somebody who may merge into %.*s" },
		{ ".threads-resolved", "every thread of a change into %.*s to be resolved" },
		{ ".approvals", "approvals of what goes into %.*s" },
		{ ".last-push-approval", "somebody else to approve the last push for %.*s" },
	};
	slu_str kind = kind_in(r->rule);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *at = strstr(table[i].text, "%.*s");
		if (slu_str_ends(slu_s(r->rule), table[i].ends))
			return slu_printf(c->a, "%.*s%.*s%s", (int)(at - table[i].text), table[i].text, SLU_FMT(kind), at + 4);
	}
	return r->example.wanted && *r->example.wanted ? r->example.wanted : r->rule;
}

const char *cmd_replay_files(struct cmd_ctx *c, const struct cmd_replay *x)
{
	const struct strat_files *fs = &x->s->files;
	if (!x->r->files)
		return NULL;
	return slu_printf(c->a, "%s %s of all commits looked at: %s", cmd_thousands(c, x->r->files->looked), x->r->files->looked == 1 ? "file" : "files",
			  x->r->files->secrets ? (fs->max_size ? "paths, sizes and contents" : "paths and contents") : fs->max_size ? "paths and sizes, no contents" : "paths, no sizes or contents");
}

const char *const *cmd_replay_unknown(struct cmd_ctx *c, const struct cmd_replay *x)
{
	const struct ins_replay *r = x->r;
	const struct { uint64_t n; const char *text; } counted[] = {
		{ r->unnamed, "merges do not say which branch they brought" },
		{ r->nowhere, "merges do not say into which branch, and lie on none that is there today" },
		{ r->several, "merges joined several branches at once" },
		{ r->inside, "merges were made inside branches of work that are gone" },
		{ r->squashed, "commits say they are a change, squashed: from which branch is not written" },
		{ r->on_kindless, "commits and merges lie on branches of no kind: each such branch is counted once" },
	};
	SLU_LIST(const char *) list = { 0 };
	for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
		if (counted[i].n)
			*SLU_ADD(c->a, &list) = slu_printf(c->a, "%s %s.", cmd_thousands(c, counted[i].n), counted[i].text);
	if (r->straight)
		*SLU_ADD(c->a, &list) = slu_printf(c->a, "%s pushes may have been changes that were rebased or fast-forwarded: that leaves no trace in Git.", cmd_thousands(c, r->straight));
	*SLU_ADD(c->a, &list) = "How many commits went up in one push: each commit of a branch's line counts as one.";
	*SLU_ADD(c->a, &list) = "Who reviewed and what was tested: such rules are counted as waiting, never as refusals.";
	if (x->s->files.scan_secrets && !(r->files && r->files->secrets))
		*SLU_ADD(c->a, &list) = "Secrets (files.scan): no content of a file was looked at, and so the rule waits in each act; --secrets looks.";
	*SLU_ADD(c->a, &list) = NULL;
	return list.v;
}
