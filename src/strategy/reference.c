/* SPDX-License-Identifier: Apache-2.0 */
/* The schema table as a page of the manual: one table for each section, nested keys with dots. */
#include "strategy/schema.h"
#include "strategy/preset.h"
#include "strategy/schema_impl.h"

static const struct sch_type *const shared[] = { &sct_require, &sct_release_start, &sct_release_close, &sct_edge, &sct_trigger, &sct_deploy_trigger, &sct_driver };

static const char intro[] =
    "# Reference of the strategy file\n"
    "\n"
    "<!-- Made by `sluice schema --markdown` from the schema table in src/strategy and the rules in src/policy. Do not edit. -->\n"
    "\n"
    "The file is `.sluice/strategy.yml` on the default branch. It is YAML 1.2 without anchors, aliases, tags and duplicate keys, at most\n"
    "256 KiB. A value that begins with `*`, `&`, `!` or `@`, and a pattern with braces inside `{…}` or `[…]`, must be quoted. Where a list\n"
    "is wanted, one value may stand alone. In a file that extends others, maps merge, lists and scalars replace, and `null` removes.\n"
    "\n"
    "Keys marked *shape only* are read and checked, and have no effect in this version: `sluice strategy check` says so of each that a\n"
    "file holds. `NAME` in a key stands for a name of your choice.\n"
    "\n";

static const char shapes[] =
    "## Shapes\n"
    "\n"
    "- **Who**: a level (`read` < `triage` < `write` < `maintain` < `admin`: it and all above), a role, `\"@person\"`, a list of these, or `nobody`.\n"
    "- **Pattern**: a name, a glob (`*` stops at `/`, `**` does not), or with captures `{name} {date} {phase} {tag} {version} {major}\n"
    "  {minor} {patch} {pre} {n} {build}`. Of two patterns that share a name, the one whose names are all also the other's wins; any\n"
    "  other overlap is an error. Of two classes of tag the wider one is a label: what a version is told by has no name of another class.\n"
    "- **Duration**: `30s 10m 48h 14d 2w`, also together: `1d12h`. **Size**: `50MB`, `64KiB`. **Share**: `5%`.\n"
    "- **Expression**: `METRIC OP VALUE [over 1h] [in ENVIRONMENT] [against BASE]` with `OP` one of `< <= > >= ==`. With a base, `120%` is\n"
    "  a ratio to it, `+10%` and `-5%` a change from it. BASE is a branch kind, a phase or a tag.\n"
    "- **Code owners**: lines of a pattern and its owners, of which the last one that matches a path counts; without owners it clears. Owners are\n"
	"  `@person`, a role (`qa`, `@acme/qa`) and e-mail addresses of people here; `#` begins a comment. Patterns are gitignore's without `!` and\n"
	"  `[ ]`; a last part that is `*` alone stands for the files of that folder only. One owner of each path must approve, with write or by the\n"
	"  role that is named; not the author. `sluice owners` says whose a path is.\n"
	"- **Requirement set**, **trigger**, **edge**, **driver**: see their own tables below.\n"
    "\n";

static const char *link_of(const struct sch_type *t)
{
	return t == &sct_require ? "[requirement set](#requirement-set)" : t == &sct_release_start ? "[release start](#release-start)" : t == &sct_release_close ? "[release close](#release-close)" : t == &sct_edge ? "[edge](#edge)" : t == &sct_trigger ? "[trigger](#trigger)" : t == &sct_deploy_trigger ? "[deployment trigger](#deployment-trigger)" : t == &sct_driver ? "[driver](#driver)" : NULL;
}

/* A bar would end the cell. */
static void cell(slu_buf *out, const char *text)
{
	slu_buf_adds(out, " ");
	for (; *text; text++) {
		if (*text == '|')
			slu_buf_addc(out, '\\');
		slu_buf_addc(out, *text);
	}
	slu_buf_adds(out, " |");
}

static void table(slu_buf *out, const struct sch_type *t, const char *prefix, int depth);

/* What lies inside of a value, as further rows. */
static void inner(slu_buf *out, const struct sch_type *t, const char *prefix, int depth)
{
	char below[200];
	if (link_of(t) || depth > 6)
		return;
	if (t->kind == SCH_MAP) {
		(void)snprintf(below, sizeof below, "%s.", prefix);
		table(out, t, below, depth + 1);
	} else if (t->kind == SCH_ENTRIES) {
		(void)snprintf(below, sizeof below, "%s.NAME", prefix);
		inner(out, t->item, below, depth + 1);
	} else if (t->kind == SCH_LIST) {
		(void)snprintf(below, sizeof below, "%s[]", prefix);
		inner(out, t->item, below, depth + 1);
	}
	for (size_t i = 0; t->kind == SCH_EITHER && i < 4 && t->alt[i]; i++)
		inner(out, t->alt[i], prefix, depth + 1);
}

static const char *value_of(const struct sch_type *t)
{
	const char *link = link_of(t);
	if (!link && t->kind == SCH_ENTRIES)
		return t->what;
	return link ? link : t->what;
}

static void table(slu_buf *out, const struct sch_type *t, const char *prefix, int depth)
{
	for (size_t i = 0; i < t->row_n; i++) {
		const struct sch_row *row = &t->row[i];
		char key[300], dflt[100] = "";
		(void)snprintf(key, sizeof key, "`%s%s`%s%s", prefix, row->key, (row->flags & SCH_REQUIRED) ? " *required*" : "", (row->flags & SCH_SHAPE_ONLY) ? " *shape only*" : "");
		if (row->dflt)
			(void)snprintf(dflt, sizeof dflt, "`%s`", row->dflt);
		slu_buf_adds(out, "|");
		cell(out, key);
		cell(out, value_of(row->type));
		cell(out, dflt);
		cell(out, row->help);
		slu_buf_adds(out, "\n");
		char path[300];
		(void)snprintf(path, sizeof path, "%s%s", prefix, row->key);
		inner(out, row->type, path, depth);
	}
}

static void heading(slu_buf *out)
{
	slu_buf_adds(out, "| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
}

static bool is_section(const struct sch_type *t)
{
	return t->kind == SCH_MAP || (t->kind == SCH_ENTRIES && t->item->kind != SCH_SCALAR);
}

static void section(slu_buf *out, const struct sch_row *row)
{
	slu_buf_addf(out, "## %s\n\n%s%s\n\n", row->key, row->help, (row->flags & SCH_SHAPE_ONLY) ? " *Shape only: read, not enforced by this version.*" : "");
	heading(out);
	if (row->type->kind == SCH_MAP) {
		table(out, row->type, "", 0);
	} else {
		slu_buf_adds(out, "|");
		cell(out, "`NAME`");
		cell(out, value_of(row->type->item));
		cell(out, "");
		cell(out, row->type->what);
		slu_buf_adds(out, "\n");
		inner(out, row->type->item, "NAME", 0);
	}
	slu_buf_adds(out, "\n");
}

void strat_reference_markdown(slu_buf *out)
{
	slu_buf_adds(out, intro);
	slu_buf_adds(out, shapes);
	slu_buf_adds(out, "## Keys of the file\n\n");
	heading(out);
	for (size_t i = 0; i < sct_root.row_n; i++) {
		const struct sch_row *row = &sct_root.row[i];
		char key[100];
		(void)snprintf(key, sizeof key, is_section(row->type) ? "[`%s`](#%s)" : "`%s`", row->key, row->key);
		slu_buf_adds(out, "|");
		cell(out, key);
		cell(out, row->type->what);
		cell(out, row->dflt ? row->dflt : "");
		cell(out, row->help);
		slu_buf_adds(out, "\n");
	}
	slu_buf_adds(out, "\n");
	for (size_t i = 0; i < sct_root.row_n; i++)
		if (is_section(sct_root.row[i].type))
			section(out, &sct_root.row[i]);
	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
		slu_buf_addf(out, "## %s\n\n", shared[i]->name);
		heading(out);
		table(out, shared[i], "", 0);
		slu_buf_adds(out, "\n");
	}
	slu_buf_adds(out, "## Defaults by type\n\nA key that is written replaces its default.\n\n```yaml\n");
	slu_buf_addstr(out, sch_defaults_text());
	slu_buf_adds(out, "```\n\n## Presets\n\n");
	size_t n = 0;
	const struct strat_preset *preset = strat_presets(&n);
	for (size_t i = 0; i < n; i++)
		slu_buf_addf(out, "- `%s`: %.*s\n", preset[i].name, SLU_FMT(strat_preset_summary(&preset[i])));
}
