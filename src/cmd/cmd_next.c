/* SPDX-License-Identifier: Apache-2.0 */
/** sluice next: the next version, or the next build, in a clone without a server. */
#include "base/quantity.h"
#include "cmd/line.h"
#include "cmd/records.h"
#include "policy/next_build.h"

static const char *subject_of(struct cmd_ctx *c, const struct ver_entry *e)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4 * e->subject.n + 1);
	cmd_shown(&b, e->subject);
	return slu_str_dup(c->a, slu_buf_str(&b));
}

/* What decided, in a few words. */
static const char *reason(struct cmd_ctx *c, const struct pol_next *n, enum strat_bump bump)
{
	const struct ver_entry *e = n->decides;
	switch (n->source) {
	case POL_FROM_PERSON: return ", given by you";
	case POL_FROM_BRANCH: return " since, by the name of the branch";
	case POL_FROM_PHASES: return " since, by the phase";
	case POL_FROM_COMMITS: break;
	}
	if (n->plan)
		return slu_printf(c->a, "%s, as %.*s has it", n->since.base ? " since" : "", SLU_FMT(n->plan->tag));
	if (!n->since.base)
		return ": the first is 0.1.0";
	if (bump != STRAT_BUMP_COMMITS)
		return slu_printf(c->a, " since, %s by the kind of the branch", ver_part_word(n->part));
	return slu_printf(c->a, " since, %s by %.10s \"%s\"", ver_part_word(n->part), e ? e->oid.p : "", e ? subject_of(c, e) : "");
}

static const char *why(struct cmd_ctx *c, const struct pol_next *n, enum strat_bump bump)
{
	return slu_printf(c->a, "%.*s, %s%s", SLU_FMT(n->since.base ? n->since.base->tag : SLU_STR("no release yet")), cmd_count(c, n->since.n, "commit", "commits"), reason(c, n, bump));
}

static int put_text(struct cmd_ctx *c, const struct pol_next *n, enum strat_bump bump)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	slu_buf_addstr(&b, n->version);
	if (cmd_has(c, "why"))
		slu_buf_addf(&b, ": %s", why(c, n, bump));
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

static void put_commit(struct slu_json *j, const struct ver_entry *e)
{
	slu_json_key(j, "decided_by");
	if (!e) {
		slu_json_null(j);
		return;
	}
	slu_json_open(j, '{');
	slu_json_kv_str(j, "commit", e->oid);
	slu_json_kv_str(j, "subject", e->subject);
	slu_json_close(j, '}');
}

static int put_json(struct cmd_ctx *c, const struct pol_next *n, slu_str line)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1024 * 1024);
	slu_json j = slu_json_shown(&b);
	slu_json_open(&j, '{');
	slu_json_kv_str(&j, "version", n->version);
	slu_json_kv_str(&j, "tag", n->tag);
	slu_json_key(&j, "previous");
	if (n->since.base) {
		slu_json_open(&j, '{');
		slu_json_kv_str(&j, "version", n->since.base->version);
		slu_json_kv_str(&j, "tag", n->since.base->tag);
		slu_json_kv_z(&j, "commit", n->since.base->commit.hex);
		slu_json_close(&j, '}');
	} else {
		slu_json_null(&j);
	}
	slu_json_kv_str(&j, "line", line);
	slu_json_kv_int(&j, "commits", (int64_t)n->since.n);
	slu_json_kv_z(&j, "source", pol_source_word(n->source));
	slu_json_kv_z(&j, "part", n->source == POL_FROM_COMMITS && n->since.base && !n->plan ? ver_part_word(n->part) : NULL);
	slu_json_key(&j, "plan");
	if (n->plan)
		slu_json_str(&j, n->plan->tag);
	else
		slu_json_null(&j);
	put_commit(&j, n->source == POL_FROM_COMMITS && !n->plan ? n->decides : NULL);
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

/* ---- builds ---------------------------------------------------------------------------------------------------------------- */

static int put_build_text(struct cmd_ctx *c, const struct pol_build *made, enum strat_bump bump)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	slu_buf_addstr(&b, made->tag);
	if (cmd_has(c, "why")) {
		slu_buf_addf(&b, ": %s%.*s", made->previous.n ? "after " : "the first", SLU_FMT(made->previous));
		if (made->released)
			slu_buf_addf(&b, "; of %.*s, as nothing since asks for a version", SLU_FMT(made->next.version));
		else if (made->next.version.n)
			slu_buf_addf(&b, "; of %.*s: %s", SLU_FMT(made->next.version), why(c, &made->next, bump));
	}
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

static void put_or_null(struct slu_json *j, const char *key, slu_str text)
{
	slu_json_key(j, key);
	if (text.n)
		slu_json_str(j, text);
	else
		slu_json_null(j);
}

static int put_build_json(struct cmd_ctx *c, const struct pol_build *made, slu_str line)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	slu_json j = slu_json_shown(&b);
	slu_json_open(&j, '{');
	slu_json_kv_str(&j, "tag", made->tag);
	slu_json_kv_str(&j, "class", made->class);
	put_or_null(&j, "version", made->version);
	put_or_null(&j, "previous", made->previous);
	slu_json_kv_bool(&j, "released", made->released);
	slu_json_kv_str(&j, "line", line);
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

static int next_build(struct cmd_ctx *c, struct cmd_offline *o, const struct cmd_line *l, const struct pol_next_ask *of)
{
	char day[SLU_TIME_TEXT];
	struct pol_build made;
	slu_err err = { 0 };
	(void)slu_time_text(o->now_s, day);
	const struct pol_build_ask ask = { .next = *of, .class = slu_s(cmd_opt(c, "class")), .id = slu_s(cmd_opt(c, "id")), .today = { day, strlen("2025-01-27") }, .name = l->caps.v[STRAT_CAP_NAME] };
	if (pol_next_build(&made, c->a, o->strategy, &o->facts, &ask, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return c->format == CMD_FORMAT_JSON ? put_build_json(c, &made, l->line) : put_build_text(c, &made, of->bump);
}

/* ---- the command ------------------------------------------------------------------------------------------------------------- */

static int next(struct cmd_ctx *c, struct cmd_offline *o)
{
	struct cmd_line l;
	struct pol_next n;
	slu_err err = { 0 };
	if (!cmd_has(c, "build") && (cmd_has(c, "class") || cmd_has(c, "id")))
		return cmd_usage(c, "--class and --id are about a build: they go with --build.");
	int code = cmd_line_open(c, o, &l);
	if (code)
		return code;
	const struct pol_next_ask ask = cmd_line_ask(o, &l, c->arg_n ? c->arg[0] : NULL, cmd_opt(c, "pre"));
	if (cmd_has(c, "build"))
		return next_build(c, o, &l, &ask);
	slu_rc rc = pol_next(&n, c->a, o->strategy, &o->facts, &ask, &err);
	if (rc == SLU_OK)
		rc = pol_next_allowed(&n, c->a, o->strategy, &o->facts, l.line, &err);
	if (rc != SLU_OK) {
		code = cmd_fail(c, &err);
		if (rc == SLU_E_DENIED && o->strategy->releases.version_from == STRAT_VERSION_GIVEN && !c->arg_n)
			cmd_say(c, "Whether one fits says: sluice next VERSION");
		return code;
	}
	return c->format == CMD_FORMAT_JSON ? put_json(c, &n, l.line) : put_text(c, &n, ask.bump);
}

static int run(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	int code = next(c, &o);
	cmd_offline_close(&o);
	return code;
}

static const struct cmd_opt options[] = {
	{ "why", 'w', NULL, "one line: the tag, the commits since, the one that decided", CMD_FLAG, 0 },
	{ "pre", 'p', "LABEL", "the next prerelease with this label, such as rc", CMD_TEXT, 0 },
	{ "build", 0, NULL, "the tag of the next build, as a class of tags has it", CMD_FLAG, 0 },
	{ "class", 0, "NAME", "with --build: that class, where several make builds", CMD_TEXT, 0 },
	{ "id", 0, "ID", "with --build: what {build} stands for; default: the day and a number", CMD_TEXT, 0 },
	{ "at", 0, "TIME", "with --build: as if it were this time, such as 2026-01-05T09:00:00Z", CMD_TEXT, 0 },
	CMD_LINE_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_next = {
	.name = "next",
	.summary = "The next version or build, or whether a given one may be",
	.usage = "[VERSION]",
	.group = CMD_G_RELEASE,
	.args_max = 1,
	.opts = options,
	.run = run,
	.detail = "Works in a clone, without a server, and counts as the server does at a tagged merge: from the highest of all release tags of the branch's version line (also "
	          "those that the branch cannot reach), with the commits that no release of the line has. Reverted commits, and copies that name the released commit they "
	          "were picked from, do not count. Where the strategy takes versions from phases, from the branch's name or from a person, that decides.\n\n"
	          "With --build it prints the tag of the next build: of the class of tags of type build, or of one with a pattern that has {build}. {version} is the next "
	          "version, or the last where nothing asks for another; {n}, and {build} without --id, are one above the highest there is of that version.\n\n"
	          "It refuses (1) a version that is there already, is not above the highest or leaves the line; 8 means that nothing since asks for a version.",
	.example = "sluice next\n"
	           "sluice next --why\n"
	           "sluice next --pre rc              2.1.0-rc.1, then 2.1.0-rc.2\n"
	           "sluice next --into support/v1     of a hotfix for an old line\n"
	           "sluice next 2.1.0                 may the next one be this?\n"
	           "sluice next --build               v2.1.0+20260105.1, then v2.1.0+20260105.2\n"
	           "sluice next --build --id \"$CI_RUN\"\n"
	           "git tag -a \"$(sluice next --format json | jq -r .tag)\"",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3),
};
