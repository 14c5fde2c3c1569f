/* SPDX-License-Identifier: Apache-2.0 */
/* What `git flow init` has set, as the tools of the last years write it: gitflow.branch.master, gitflow.prefix.feature and the like. */
#include "cmd/init.h"

static bool take_branch(struct cmd_ctx *c, slu_buf *out, const char *kind, const char *const *keys)
{
	for (; *keys; keys++) {
		slu_str name = cmd_setting(c, *keys);
		if (name.n == 0)
			continue;
		slu_buf_addf(out, "  %s: {match: ", kind);
		cmd_yaml_quoted(out, name);
		slu_buf_addf(out, "}    # %s\n", *keys);
		return true;
	}
	return false;
}

/* New names are made from the first pattern; the second lets names with more slashes in. */
static bool take_prefix(struct cmd_ctx *c, slu_buf *out, const char *kind, const char *capture)
{
	const char *const keys[] = { slu_printf(c->a, "gitflow.prefix.%s", kind), slu_printf(c->a, "gitflow.branch.%s.prefix", kind) };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		slu_str prefix = cmd_setting(c, keys[i]);
		if (prefix.n == 0)
			continue;
		slu_buf_addf(out, "  %s: {match: [", kind);
		cmd_yaml_quoted(out, slu_s(slu_printf(c->a, "%.*s%s", SLU_FMT(prefix), capture)));
		slu_buf_adds(out, ", ");
		cmd_yaml_quoted(out, slu_s(slu_printf(c->a, "%.*s**", SLU_FMT(prefix))));
		slu_buf_addf(out, "]}    # %s\n", keys[i]);
		return true;
	}
	return false;
}

static void take_tags(struct cmd_ctx *c, slu_buf *out)
{
	static const char *const keys[] = { "gitflow.prefix.versiontag", "gitflow.branch.release.tagprefix" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		slu_str prefix = cmd_setting(c, keys[i]);
		if (prefix.n == 0)
			continue;
		slu_buf_adds(out, "tags:\n  release: {match: ");
		cmd_yaml_quoted(out, slu_s(slu_printf(c->a, "%.*s{version}", SLU_FMT(prefix))));
		slu_buf_addf(out, "}    # %s\n  candidate: {match: ", keys[i]);
		cmd_yaml_quoted(out, slu_s(slu_printf(c->a, "%.*s{version}-{pre}.{n}", SLU_FMT(prefix))));
		slu_buf_adds(out, "}\n");
		return;
	}
}

slu_rc cmd_init_gitflow(struct cmd_ctx *c, slu_buf *out, slu_err *err)
{
	static const char *const main_keys[] = { "gitflow.branch.main", "gitflow.branch.master", NULL }, *const develop_keys[] = { "gitflow.branch.develop", NULL };
	static const struct { const char *kind, *capture; } prefix[] = { { "feature", "{name}" }, { "bugfix", "{name}" }, { "release", "{version}" }, { "hotfix", "{name}" }, { "support", "{name}" } };
	slu_auto_buf branches;
	slu_buf_init(&branches, 65536);
	bool any = take_branch(c, &branches, "main", main_keys);
	any = take_branch(c, &branches, "develop", develop_keys) || any;
	for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++)
		any = take_prefix(c, &branches, prefix[i].kind, prefix[i].capture) || any;
	if (!any)
		return slu_fail(err, SLU_E_NOT_FOUND, "Nothing is set under gitflow.* in this repository: `git flow init` would set it. `sluice init --preset gitflow` begins with the usual names.");
	slu_buf_adds(out, "# git-flow with the names that this repository was set to by `git flow init`. What is not said here is as in the preset:\n#\n#     sluice preset show gitflow\n#\n"
	                  "strategy: 1\nextends: gitflow\n\nbranches:\n");
	slu_buf_addstr(out, slu_buf_str(&branches));
	take_tags(c, out);
	return SLU_OK;
}
