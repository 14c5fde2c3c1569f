/* SPDX-License-Identifier: Apache-2.0 */
/* Of an adoption: every ref before and after, what a person sets on the host, and what other clones need. */
#include "cmd/adopt.h"

#define HOST(x, ...) (*SLU_ADD((x)->c->a, &(x)->host) = slu_printf((x)->c->a, __VA_ARGS__))
#define CLONES(x, ...) (*SLU_ADD((x)->c->a, &(x)->clones) = slu_printf((x)->c->a, __VA_ARGS__))

/* ---- the host -------------------------------------------------------------------------------------------------------------------- */

static bool is_path(slu_str url)
{
	return slu_str_starts(url, "/") || slu_str_starts(url, "./") || slu_str_starts(url, "../") || slu_str_starts(url, "file://");
}

/* "host" and "path" of "user@host:path" and "ssh://user@host/path". */
static bool is_ssh(slu_str url, slu_str *host, slu_str *path)
{
	static const char scheme[] = "ssh://";
	const char *end = NULL;
	if (slu_str_starts(url, scheme)) {
		*host = (slu_str){ url.p + strlen(scheme), url.n - strlen(scheme) };
		end = memchr(host->p, '/', host->n);
	} else if (!memmem(url.p, url.n, "://", 3)) {
		*host = url;
		end = memchr(url.p, ':', url.n);
	}
	if (!end)
		return false;
	size_t n = (size_t)(end - host->p), skip = *end == ':' ? n + 1 : n;
	*path = (slu_str){ host->p + skip, host->n - skip };
	host->n = n;
	return true;
}

static bool is_host_of_many(slu_str host)
{
	static const char *const names[] = { "github.com", "gitlab.com", "codeberg.org", "bitbucket.org" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slu_str_ends(host, names[i]))
			return true;
	return false;
}

/* How the one who owns it sets the default branch of a repository that lies there. */
static const char *how_to_set(struct cmd_adopt *x, slu_str url, slu_str branch)
{
	slu_arena *a = x->c->a;
	slu_str host = { 0 }, path = { 0 };
	if (is_path(url)) {
		path = slu_str_starts(url, "file://") ? (slu_str){ url.p + 7, url.n - 7 } : url;
		return slu_printf(a, "git -C %.*s symbolic-ref HEAD refs/heads/%.*s", SLU_FMT(path), SLU_FMT(branch));
	}
	if (is_ssh(url, &host, &path) && !is_host_of_many(host))
		return slu_printf(a, "ssh %.*s git -C %.*s symbolic-ref HEAD refs/heads/%.*s   (a repository of your own; elsewhere in its settings)", SLU_FMT(host), SLU_FMT(path), SLU_FMT(branch));
	return "in the settings of the repository";
}

static slu_str remote_url(const struct cmd_adopt *x)
{
	return cmd_setting(x->c, slu_printf(x->c->a, "remote.%.*s.url", SLU_FMT(x->w.remote)));
}

static void add(slu_buf *b, const char *text)
{
	slu_buf_addf(b, "%s%s", b->n ? ", " : "", text);
}

static const char *checks_text(slu_arena *a, const strat *s, const struct strat_require *r)
{
	const char *text = "";
	for (size_t i = 0; i < s->check_n; i++)
		if (strat_set_has(&r->checks, (int)i))
			text = slu_printf(a, "%s%s%.*s", text, *text ? ", " : "", SLU_FMT(s->check[i].name));
	return text;
}

/* What a host can see to of a branch's rules, in its own words. */
static const char *protection_of(struct cmd_adopt *x, const struct strat_branch *b)
{
	slu_auto_buf t;
	slu_buf_init(&t, 4096);
	const struct strat_require *r = &b->require;
	const char *checks = r->has_checks && !r->checks_all ? checks_text(x->c->a, x->w.o.strategy, r) : "";
	if (b->allow[STRAT_VERB_PUSH].n == 0)
		add(&t, "changes by pull request only");
	if (r->has_approvals && r->approvals_any)
		add(&t, slu_printf(x->c->a, "%u %s", r->approvals_any, r->approvals_any == 1 ? "approval" : "approvals"));
	if (r->dismiss_stale)
		add(&t, "stale approvals dismissed");
	if (r->code_owners)
		add(&t, "review by code owners");
	if (r->up_to_date)
		add(&t, "up to date before merging");
	if (*checks)
		add(&t, slu_printf(x->c->a, "checks %s", checks));
	if (b->allow[STRAT_VERB_FORCE_PUSH].n == 0)
		add(&t, "no force push");
	if (b->allow[STRAT_VERB_DELETE].n == 0)
		add(&t, "no deletion");
	return t.n ? slu_str_dup(x->c->a, slu_buf_str(&t)) : NULL;
}

static void say_protection(struct cmd_adopt *x)
{
	const strat *s = x->w.o.strategy;
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		bool kept = b->type == STRAT_PRODUCTION || b->type == STRAT_INTEGRATION || b->type == STRAT_SUPPORT;
		const char *text = kept && !b->builtin && b->match_n ? protection_of(x, b) : NULL;
		if (text)
			HOST(x, "protect %.*s: %s.", SLU_FMT(strat_pattern_text(b->match[0])), text);
	}
	if (is_path(remote_url(x)))
		HOST(x, "a plain bare repository protects nothing by itself: sluice hooks install --bare, run in it, has it judge every push.");
}

static void say_host(struct cmd_adopt *x)
{
	slu_str wanted = x->u.wanted;
	if (!x->u.push || x->repo || (wanted.n == 0 && x->w.op.push.n == 0))
		return;
	if (wanted.n)
		HOST(x, "make %.*s the default branch, once it is there: %s", SLU_FMT(wanted), how_to_set(x, remote_url(x), wanted));
	for (size_t i = 0; i < x->u.name.n; i++)
		if (x->u.name.v[i].there)
			HOST(x, "open pull requests into %.*s go into %.*s: edit the base of each.", SLU_FMT(x->u.name.v[i].old), SLU_FMT(x->u.name.v[i].now));
	say_protection(x);
}

/* ---- other clones --------------------------------------------------------------------------------------------------------------------- */

static void say_clones(struct cmd_adopt *x)
{
	slu_str remote = x->w.remote;
	if (x->w.op.push.n + x->w.op.there.n == 0)
		return;
	CLONES(x, "git fetch --prune %.*s", SLU_FMT(remote));
	for (size_t i = 0; i < x->u.name.n; i++) {
		const struct app_adopt_name *n = &x->u.name.v[i];
		if (!n->there)
			continue;
		if (n->both) {
			CLONES(x, "git branch -d %.*s", SLU_FMT(n->old));
			continue;
		}
		CLONES(x, "git branch -m %.*s %.*s", SLU_FMT(n->old), SLU_FMT(n->now));
		CLONES(x, "git branch -u %.*s/%.*s %.*s", SLU_FMT(remote), SLU_FMT(n->now), SLU_FMT(n->now));
	}
	if (x->u.wanted.n || x->w.op.link.n)
		CLONES(x, "git remote set-head %.*s --auto", SLU_FMT(remote));
}

void cmd_adopt_words(struct cmd_adopt *x)
{
	say_host(x);
	say_clones(x);
}

/* ---- refs, before and after --------------------------------------------------------------------------------------------------------------- */

static const struct flow_op_ref *find(const struct flow_op_ref *v, size_t n, slu_str name)
{
	for (size_t i = 0; i < n; i++)
		if (slu_str_eq(v[i].name, name))
			return &v[i];
	return NULL;
}

static const char *id_text(struct cmd_adopt *x, const slu_oid *id)
{
	return slu_oid_is_zero(id) ? "-" : slu_printf(x->c->a, "%.10s", id->hex);
}

/* "1f3a… -> -", or where it is and stays. */
static const char *moves(struct cmd_adopt *x, const struct flow_op_ref *r, const slu_oid *now)
{
	return r ? slu_printf(x->c->a, "%s -> %s", id_text(x, &r->old), id_text(x, &r->new_)) : id_text(x, now);
}

static slu_oid there_now(const struct cmd_adopt *x, slu_str name)
{
	for (size_t i = 0; i < x->u.remote_n; i++)
		if (slu_str_eq(x->u.remote[i].name, name))
			return x->u.remote[i].id;
	return slu_oid_zero();
}

/* Of what is pushed, or renamed by the server. */
static const struct flow_op_ref *moved_there(struct cmd_adopt *x, slu_str name)
{
	const struct flow_op *op = &x->w.op;
	struct flow_op_ref *r = SLU_NEW(x->c->a, struct flow_op_ref);
	for (size_t i = 0; i < op->there.n; i++) {
		bool from = flow_op_is_branch(name, op->there.v[i].from);
		if (!from && !flow_op_is_branch(name, op->there.v[i].to))
			continue;
		*(from ? &r->old : &r->new_) = op->there.v[i].at;
		r->name = name;
		return r;
	}
	return find(op->push.v, op->push.n, name);
}

static void add_row(struct cmd_adopt *x, struct cmd_table *t, slu_str name)
{
	const struct flow_op *op = &x->w.op;
	slu_oid here = slu_oid_zero(), there = there_now(x, name);
	(void)!x->w.w.git->ops->ref(x->w.w.git, name, &here, NULL);
	cmd_table_cell(t, cmd_ref_name(slu_str_dup(x->c->a, name)));
	cmd_table_cell(t, moves(x, find(op->ref.v, op->ref.n, name), &here));
	if (x->w.remote.n)
		cmd_table_cell(t, moves(x, moved_there(x, name), &there));
}

static int put_refs(struct cmd_adopt *x)
{
	const struct flow_op *op = &x->w.op;
	struct cmd_table t;
	if (op->ref.n + op->push.n + op->there.n == 0)
		return 0;
	cmd_table_init(&t, x->c, x->w.remote.n ? 3 : 2);
	cmd_table_cell(&t, "REF");
	cmd_table_cell(&t, "HERE");
	if (x->w.remote.n)
		cmd_table_cell(&t, slu_printf(x->c->a, "ON %.*s", SLU_FMT(x->w.remote)));
	for (size_t i = 0; i < op->ref.n; i++)
		add_row(x, &t, op->ref.v[i].name);
	for (size_t i = 0; i < op->push.n; i++)
		if (!find(op->ref.v, op->ref.n, op->push.v[i].name))
			add_row(x, &t, op->push.v[i].name);
	for (size_t i = 0; i < 2 * op->there.n; i++) {
		const struct flow_op_there *r = &op->there.v[i / 2];
		slu_str name = slu_s(slu_printf(x->c->a, "refs/heads/%.*s", SLU_FMT(i % 2 ? r->to : r->from)));
		if (!find(op->ref.v, op->ref.n, name) && !find(op->push.v, op->push.n, name))
			add_row(x, &t, name);
	}
	return cmd_table_put(&t);
}

static void heads_text(const struct cmd_adopt *x, slu_buf *b)
{
	for (size_t i = 0; i < x->w.op.tree.n; i++) {
		const struct flow_op_tree *t = &x->w.op.tree.v[i];
		slu_buf_addf(b, "HEAD of %.*s: %s -> %s\n", SLU_FMT(t->path), cmd_ref_name(slu_str_dup(x->c->a, t->head_old)), cmd_ref_name(slu_str_dup(x->c->a, t->head_new)));
	}
}

static void list_text(slu_buf *b, const char *heading, const char *mark, const char *const *v, size_t n)
{
	if (n)
		slu_buf_addf(b, "%s\n", heading);
	for (size_t i = 0; i < n; i++)
		slu_buf_addf(b, "  %s%s\n", mark, v[i]);
}

static int put_text(struct cmd_adopt *x)
{
	slu_auto_buf b, tail;
	const struct flow_op *op = &x->w.op;
	slu_buf_init(&b, 4 * 1024 * 1024);
	slu_buf_init(&tail, 4 * 1024 * 1024);
	if (op->says.n)
		slu_buf_adds(&b, x->c->dry_run ? "What would be done, in this order:\n" : "Done, in this order:\n");
	for (size_t i = 0; i < op->says.n; i++)
		slu_buf_addf(&b, "  %zu. %.*s\n", i + 1, SLU_FMT(op->says.v[i]));
	heads_text(x, &tail);
	list_text(&tail, "By you, where the remote lies:", "- ", x->host.v, x->host.n);
	list_text(&tail, "In every other clone, after that (git branch where it has the branch):", "", x->clones.v, x->clones.n);
	list_text(&tail, "Not touched:", "- ", x->u.left.v, x->u.left.n);
	int code = cmd_put(x->c, &b);
	if (code == 0)
		code = put_refs(x);
	return code ? code : cmd_put(x->c, &tail);
}

static void put_list(slu_json *j, const char *key, const char *const *v, size_t n)
{
	slu_json_key(j, key);
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		slu_json_str(j, slu_s(v[i]));
	slu_json_close(j, ']');
}

static int put_json(struct cmd_adopt *x)
{
	slu_auto_buf b;
	slu_buf_init(&b, 16 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_bool(&j, "dry_run", x->c->dry_run);
	slu_json_key(&j, "operation");
	flow_op_json(&j, &x->w.op);
	slu_json_kv_str(&j, "default_branch", x->u.wanted.n ? x->u.wanted : x->u.default_branch);
	put_list(&j, "host", x->host.v, x->host.n);
	put_list(&j, "clones", x->clones.v, x->clones.n);
	put_list(&j, "left", x->u.left.v, x->u.left.n);
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(x->c, &b);
}

int cmd_adopt_put(struct cmd_adopt *x)
{
	return x->c->format == CMD_FORMAT_JSON ? put_json(x) : put_text(x);
}
