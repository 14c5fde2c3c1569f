/* SPDX-License-Identifier: Apache-2.0 */
/* Where the clones of an ecosystem's members are, and opening them. */
#include "cmd/call.h"
#include "cmd/ecosystem.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- whose clone is it --------------------------------------------------------------------------------------------------------- */

static bool is_remote_url(slu_str key)
{
	return slu_str_starts(key, "remote.") && slu_str_ends(key, ".url");
}

static bool is_clone_of(struct cmd_ctx *c, const struct port_git_here *h, slu_str repo)
{
	for (size_t i = 0; i < h->setting_n; i++) {
		const char *name = is_remote_url(h->setting[i].key) ? cmd_name_in_url(c, h->setting[i].value) : NULL;
		if (name && slu_str_is(repo, name))
			return true;
	}
	return false;
}

/* Clones beside the home. Work trees that belong to another folder's repository do not count. */
struct beside { SLU_LIST(const struct port_git_here *) v; };

static struct beside look_around(struct cmd_ctx *c, const char *home)
{
	struct beside b = { 0 };
	struct stat st;
	const char *slash = strrchr(home, '/');
	const char *parent = slash == home ? "/" : slu_strndup(c->a, home, (size_t)(slash - home));
	DIR *d = opendir(parent);
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		const struct port_git_here *h = NULL;
		const char *dir = slu_printf(c->a, "%s/%s", parent, e->d_name);
		if (e->d_name[0] == '.' || strcmp(dir, home) == 0 || lstat(slu_printf(c->a, "%s/.git", dir), &st) != 0 || !S_ISDIR(st.st_mode))
			continue;
		if (cmd_here_at(c, dir, &h, NULL) == SLU_OK && h->work_tree)
			*SLU_ADD(c->a, &b.v) = h;
	}
	if (d)
		(void)closedir(d);
	return b;
}

/* The address of the home's remote, with the other name in its place; "URL" where it cannot be told. */
static const char *address_of(struct cmd_ctx *c, const struct port_git_here *home, slu_str repo)
{
	for (size_t i = 0; i < home->setting_n; i++) {
		slu_str url = home->setting[i].value;
		const char *own = is_remote_url(home->setting[i].key) ? cmd_name_in_url(c, url) : NULL;
		const char *at = own ? strstr(url.p, own) : NULL;
		if (at && slu_str_is(slu_s(at), slu_printf(c->a, "%s.git", own)))
			return slu_printf(c->a, "%.*s%.*s.git", (int)(at - url.p), url.p, SLU_FMT(repo));
		if (at && strcmp(at, own) == 0)
			return slu_printf(c->a, "%.*s%.*s", (int)(at - url.p), url.p, SLU_FMT(repo));
	}
	return "URL";
}

static slu_rc unknown(struct cmd_ecosystem *e, const struct cmd_member *m, slu_err *err)
{
	const char *slash = strrchr(e->where, '/'), *name = memchr(m->repo.p, '/', m->repo.n);
	const char *dir = slu_printf(e->c->a, "%.*s%.*s", (int)(slash - e->where + 1), e->where, (int)(m->repo.p + m->repo.n - name - 1), name + 1);
	if (access(dir, F_OK) == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "%.*s is a member of the ecosystem, and no remote in %s is called so. If it is its clone, say so: git config sluice.%.*s.clone %s", SLU_FMT(m->repo), dir, SLU_FMT(m->repo), dir);
	return slu_fail(err, SLU_E_NOT_FOUND, "%.*s, a member of the ecosystem, has no clone beside %s. Make one: git clone %s %s. Or say where it is: git config sluice.%.*s.clone FOLDER", SLU_FMT(m->repo), e->where,
	                address_of(e->c, e->c->here, m->repo), dir, SLU_FMT(m->repo));
}

static slu_rc find_one(struct cmd_ecosystem *e, struct cmd_member *m, const struct beside *b, slu_err *err)
{
	struct cmd_ctx *c = e->c;
	slu_str given = cmd_setting(c, slu_printf(c->a, "sluice.%.*s.clone", SLU_FMT(m->repo)));
	const struct port_git_here *h = NULL;
	char real[PATH_MAX];
	if (given.n) {
		const char *dir = given.p[0] == '/' ? given.p : slu_printf(c->a, "%s/%.*s", e->where, SLU_FMT(given));
		if (!realpath(dir, real) || cmd_here_at(c, real, &h, NULL) != SLU_OK || !h->work_tree)
			return slu_fail(err, SLU_E_NOT_FOUND, "%s is no clone that somebody works in; git config sluice.%.*s.clone says that %.*s is there.", dir, SLU_FMT(m->repo), SLU_FMT(m->repo));
		m->path = h->work_tree;
		return SLU_OK;
	}
	if (is_clone_of(c, c->here, m->repo)) {
		m->path = e->where;
		return SLU_OK;
	}
	for (size_t i = 0; i < b->v.n; i++) {
		if (!is_clone_of(c, b->v.v[i], m->repo))
			continue;
		if (m->path)
			return slu_fail(err, SLU_E_CONFLICT, "%.*s has several clones here, %s and %s. Say which: git config sluice.%.*s.clone %s", SLU_FMT(m->repo), m->path, b->v.v[i]->work_tree, SLU_FMT(m->repo), m->path);
		m->path = b->v.v[i]->work_tree;
	}
	return m->path ? SLU_OK : unknown(e, m, err);
}

static slu_rc once_each(const struct cmd_ecosystem *e, slu_err *err)
{
	for (size_t i = 0; i < e->n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(e->m[i].path, e->m[k].path) == 0)
				return slu_fail(err, SLU_E_CONFLICT, "%.*s and %.*s would both be the clone %s. Say where each is: git config sluice.%.*s.clone FOLDER", SLU_FMT(e->m[k].repo), SLU_FMT(e->m[i].repo), e->m[i].path, SLU_FMT(e->m[i].repo));
	return SLU_OK;
}

static void new_members(struct cmd_ecosystem *e, size_t n)
{
	e->m = SLU_NEW_N(e->c->a, struct cmd_member, n + 1);
	e->n = n;
	for (size_t i = 0; i < n; i++)
		e->m[i] = (struct cmd_member){ .path = NULL, .head = slu_oid_zero() };
}

int cmd_members_find(struct cmd_ecosystem *e, const struct strat_ecosystem *names)
{
	slu_err err = { 0 };
	int code = 0;
	const struct beside b = look_around(e->c, e->where);
	new_members(e, names->member_n);
	for (size_t i = 0; i < e->n; i++) {
		e->m[i].repo = names->member[i];
		if (find_one(e, &e->m[i], &b, &err) != SLU_OK) /* all that are missing at once */
			code = cmd_fail(e->c, &err);
	}
	if (code == 0 && once_each(e, &err) != SLU_OK)
		code = cmd_fail(e->c, &err);
	return code;
}

void cmd_member_stored(struct cmd_member *m, slu_arena *a, const struct flow_op_member *stored)
{
	*m = (struct cmd_member){ .repo = stored->repo, .path = slu_str_dup(a, stored->path), .served = stored->server.n > 0, .change = (int64_t)stored->change, .head = stored->head };
	m->server = m->served ? slu_str_dup(a, stored->server) : NULL;
}

int cmd_members_of(struct cmd_ecosystem *e, const struct flow_op *op)
{
	new_members(e, op->member.n);
	for (size_t i = 0; i < e->n; i++)
		cmd_member_stored(&e->m[i], e->c->a, &op->member.v[i]);
	return 0;
}

/* ---- the home ----------------------------------------------------------------------------------------------------------------- */

int cmd_home_open(struct cmd_ecosystem *e)
{
	struct cmd_ctx *c = e->c;
	char *said = NULL;
	size_t n = 0;
	FILE *err = c->err;
	c->err = open_memstream(&said, &n);
	if (!c->err) {
		c->err = err;
		return cmd_usage(c, "No memory for what is said of the home.");
	}
	e->said_code = cmd_work_open(c, &e->home);
	(void)fclose(c->err);
	c->err = err;
	e->said = e->said_code ? slu_strndup(c->a, said, n) : "";
	free(said);
	if (e->home.o.strategy)
		return 0;
	(void)fprintf(c->err, "%s", e->said);
	return e->said_code;
}

/* ---- opening -------------------------------------------------------------------------------------------------------------------- */

/* A part that this operation left before: planned anew with what a person solved for it. */
static int resumed(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	struct flow_op *op = SLU_NEW(e->c->a, struct flow_op);
	port_clone *clone = NULL;
	bool found = false;
	slu_rc rc = m->c.ports->clone_open(&clone, m->c.here, err);
	if (rc == SLU_OK)
		rc = app_op_load(op, &found, e->c->a, clone, err);
	if (clone)
		clone->ops->close(clone);
	if (rc != SLU_OK)
		return cmd_fail(&m->c, err);
	m->c.resume = found && op->home_id == e->c->resume->id && slu_str_is(op->home, e->where) ? op : NULL;
	return 0;
}

static int open_one(struct cmd_ecosystem *e, struct cmd_member *m, bool plan)
{
	slu_err err = { 0 };
	m->home = strcmp(m->path, e->where) == 0;
	m->w = m->home ? &e->home : &m->own;
	m->c = *e->c;
	m->c.format = CMD_FORMAT_TEXT;
	m->c.client = NULL;
	m->c.repo = m->c.home = NULL;
	m->c.server = m->server;
	m->c.err = open_memstream(&m->said, &m->said_n);
	if (!m->c.err) {
		m->c.err = e->c->err;
		(void)!slu_fail(&err, SLU_E_IO, "No memory for what is said of a member.");
		return cmd_fail(e->c, &err);
	}
	if (m->home && plan && e->said_code)
		(void)fprintf(m->c.err, "%s", e->said);
	if (m->home)
		return plan ? e->said_code : 0;
	m->c.resume = NULL;
	m->gone = !plan && access(m->path, F_OK) != 0;
	if (m->gone)
		return 0;
	if (cmd_here_at(e->c, m->path, &m->c.here, &err) != SLU_OK)
		return cmd_fail(&m->c, &err);
	if (m->served && !plan)
		return 0; /* nothing is done there */
	int code = e->c->resume ? resumed(e, m, &err) : 0;
	return code ? code : plan ? cmd_work_open(&m->c, m->w) : cmd_work_begin(&m->c, m->w);
}

static void tell(struct cmd_ecosystem *e)
{
	struct app_eco *x = &e->e;
	*x = (struct app_eco){ .a = e->c->a, .op = &e->home.op, .w = &e->home.w, .where = slu_s(e->where), .part = SLU_NEW_N(e->c->a, struct app_eco_part, e->n + 1), .n = e->n };
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		x->part[i] = (struct app_eco_part){ .repo = m->repo, .op = &m->w->op, .w = &m->w->w, .is_home = m->home, .none = m->gone, .served = m->served };
		m->w->w.ctx = slu_str_dup(e->c->a, m->repo); /* of test points */
	}
}

int cmd_members_open(struct cmd_ecosystem *e, bool plan)
{
	int code = 0;
	bool home = false;
	for (size_t i = 0; i < e->n; i++) {
		e->m[i].code = open_one(e, &e->m[i], plan);
		code = code ? code : e->m[i].code;
		home = home || e->m[i].home;
	}
	if (!home && plan && e->said_code) {
		(void)fprintf(e->c->err, "%s", e->said);
		code = code ? code : e->said_code;
	}
	tell(e);
	return code;
}

static void relay_line(FILE *to, slu_str repo, slu_str line, bool first)
{
	bool ours = slu_str_starts(line, "sluice: ");
	slu_str rest = ours ? (slu_str){ line.p + 8, line.n - 8 } : line;
	if (ours || first)
		(void)fprintf(to, "sluice: %.*s: %.*s\n", SLU_FMT(repo), SLU_FMT(rest));
	else
		(void)fprintf(to, "%.*s\n", SLU_FMT(rest));
}

void cmd_members_relay(struct cmd_ecosystem *e)
{
	(void)fflush(e->c->out);
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		if (!m->c.err || m->c.err == e->c->err || fflush(m->c.err) != 0)
			continue;
		slu_str text = { m->said + m->told, m->said_n - m->told }, line;
		for (bool first = true; slu_str_split(&text, '\n', &line); first = false)
			relay_line(e->c->err, m->repo, line, first);
		if (m->code && !m->home && m->said_n > m->told && !strstr(m->said + m->told, slu_printf(e->c->a, "in %s", m->path)) && !strstr(m->said + m->told, slu_printf(e->c->a, "%s/.git", m->path)))
			(void)fprintf(e->c->err, "  What helps %.*s is typed in its clone: cd %s\n", SLU_FMT(m->repo), m->path);
		m->told = m->said_n;
	}
}

void cmd_ecosystem_close(struct cmd_ecosystem *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		if (m->w == &m->own)
			cmd_work_close(&m->own);
		if (m->c.err && m->c.err != e->c->err)
			(void)fclose(m->c.err);
		cli_close(m->c.client);
		free(m->said);
	}
	e->n = 0;
	cmd_work_close(&e->home);
	e->home = (struct cmd_work){ 0 };
}
