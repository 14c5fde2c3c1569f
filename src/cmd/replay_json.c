/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"
#include "cmd/replay_show.h"

static void put_sum(struct slu_json *j, const char *key, const struct ins_sum *s)
{
	slu_json_key(j, key);
	slu_json_open(j, '{');
	slu_json_kv_int(j, "judged", (int64_t)s->judged);
	slu_json_kv_int(j, "refused", (int64_t)s->refused);
	slu_json_kv_int(j, "waiting", (int64_t)s->waiting);
	slu_json_close(j, '}');
}

static void put_time(struct slu_json *j, const char *key, int64_t time_s)
{
	char buf[SLU_TIME_TEXT];
	slu_json_kv_z(j, key, slu_time_text(time_s, buf));
}

static void put_example(struct slu_json *j, const struct cmd_replay *x, const struct ins_example *e)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "act", ins_act_word(e->act.kind, false));
	slu_json_kv_z(j, "commit", e->act.commit == INS_NONE ? NULL : slu_oids_at(&x->h->graph.id, e->act.commit).hex);
	put_time(j, "time", e->time_s);
	slu_json_kv_z(j, "what", e->what);
	slu_json_kv_z(j, "rule", e->rule);
	slu_json_kv_z(j, "wanted", e->wanted);
	slu_json_kv_z(j, "actual", e->actual);
	slu_json_kv_int(j, "rules", (int64_t)e->act.rules);
	slu_json_close(j, '}');
}

static const char *month_name(struct cmd_ctx *c, const struct ins_replay *r, size_t i)
{
	int m = r->first_month + (int)i;
	return slu_printf(c->a, "%04d-%02d", m / 12, m % 12 + 1);
}

static void put_rule(struct cmd_ctx *c, struct slu_json *j, const struct cmd_replay *x, const struct ins_rule *e)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "rule", e->rule);
	slu_json_kv_z(j, "file", e->pos.file);
	slu_json_kv_int(j, "line", e->pos.line);
	slu_json_kv_int(j, "column", e->pos.column);
	slu_json_kv_int(j, "acts", (int64_t)e->all);
	for (int k = 0; k < INS_ACT_KINDS; k++)
		slu_json_kv_int(j, ins_act_word((enum ins_act_kind)k, true), (int64_t)e->n[k]);
	slu_json_key(j, "months");
	slu_json_open(j, '{');
	for (size_t i = 0; i < x->r->month_n; i++)
		if (e->month[i])
			slu_json_kv_int(j, month_name(c, x->r, i), e->month[i]);
	slu_json_close(j, '}');
	slu_json_key(j, "example");
	put_example(j, x, &e->example);
	slu_json_close(j, '}');
}

static void put_rules(struct cmd_ctx *c, struct slu_json *j, const struct cmd_replay *x, const char *key, const struct ins_rule *list, size_t n)
{
	slu_json_key(j, key);
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		put_rule(c, j, x, &list[i]);
	slu_json_close(j, ']');
}

static void put_unknown(struct slu_json *j, const struct ins_replay *r)
{
	slu_json_key(j, "not_judged");
	slu_json_open(j, '{');
	slu_json_kv_int(j, "merges_without_source", (int64_t)r->unnamed);
	slu_json_kv_int(j, "merges_without_target", (int64_t)r->nowhere);
	slu_json_kv_int(j, "merges_of_several", (int64_t)r->several);
	slu_json_kv_int(j, "merges_inside_work", (int64_t)r->inside);
	slu_json_kv_int(j, "squashed", (int64_t)r->squashed);
	slu_json_kv_int(j, "on_branches_of_no_kind", (int64_t)r->on_kindless);
	slu_json_close(j, '}');
}

/* Which rules on files were judged; of those that the strategy has not, nothing is said. */
static void put_files(struct slu_json *j, const struct cmd_replay *x)
{
	const struct strat_files *fs = &x->s->files;
	const struct ins_files *f = x->r->files;
	if (!fs->forbid_n && !fs->max_size && !fs->scan_secrets)
		return;
	slu_json_key(j, "files");
	slu_json_open(j, '{');
	slu_json_kv_int(j, "looked_at", f ? (int64_t)f->looked : 0);
	if (fs->forbid_n)
		slu_json_kv_bool(j, "paths_judged", f != NULL);
	if (fs->max_size)
		slu_json_kv_bool(j, "sizes_judged", f != NULL);
	if (fs->scan_secrets)
		slu_json_kv_bool(j, "secrets_judged", f && f->secrets);
	slu_json_close(j, '}');
}

static void put_months(struct cmd_ctx *c, struct slu_json *j, const struct ins_replay *r)
{
	slu_json_key(j, "months");
	slu_json_open(j, '{');
	for (size_t i = 0; i < r->month_n; i++)
		if (r->month[i].judged)
			put_sum(j, month_name(c, r, i), &r->month[i]);
	slu_json_close(j, '}');
}

int cmd_replay_json(struct cmd_ctx *c, const struct cmd_replay *x)
{
	const struct ins_replay *r = x->r;
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024 * 1024);
	slu_json j = slu_json_shown(&b);
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "repository", x->name);
	slu_json_kv_z(&j, "strategy", x->strategy_file);
	slu_json_kv_z(&j, "digest", x->s->digest);
	slu_json_kv_bool(&j, "chosen", x->chosen);
	if (x->since_s != INT64_MIN)
		put_time(&j, "since", x->since_s);
	slu_json_kv_int(&j, "commits", (int64_t)r->commits);
	slu_json_kv_int(&j, "merges", (int64_t)r->merges);
	slu_json_kv_int(&j, "branches", (int64_t)x->h->branch_n);
	slu_json_kv_int(&j, "tags", (int64_t)x->h->tag_n);
	put_time(&j, "first", r->first_s);
	put_time(&j, "last", r->last_s);
	put_sum(&j, "all", &r->all);
	slu_json_key(&j, "acts");
	slu_json_open(&j, '{');
	for (int k = 0; k < INS_ACT_KINDS; k++)
		put_sum(&j, ins_act_word((enum ins_act_kind)k, true), &r->sum[k]);
	slu_json_close(&j, '}');
	put_months(c, &j, r);
	put_rules(c, &j, x, "refused_by", r->refuses.v, r->refuses.n);
	put_rules(c, &j, x, "waited_for", r->waits.v, r->waits.n);
	slu_json_key(&j, "worst");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < r->worst_n; i++)
		put_example(&j, x, &r->worst[i]);
	slu_json_close(&j, ']');
	put_unknown(&j, r);
	put_files(&j, x);
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}
