/* SPDX-License-Identifier: Apache-2.0 */
/* Deployments, their journal and incidents in the store. Requirement: DP-1, DP-5 */
#include "port/store_deploy.h"

#include <stdlib.h>
#include <unistd.h>

#include "t.h"

static port_store *fresh(slu_arena *a, int64_t *repo)
{
	port_store *s = NULL;
	slu_err err = { 0 };
	const char *dir = getenv("TMPDIR");
	static int n;
	char *path = slu_printf(a, "%s/deploy-%d-%d.db", dir ? dir : "/tmp", (int)getpid(), n++);
	struct port_repo r = { .owner = SLU_STR("ann"), .name = SLU_STR("tower"), .default_branch = SLU_STR("main"), .preset = SLU_STR("tower") };
	(void)unlink(path);
	T_OK(port_store_open(&s, path, &err), err);
	T_OK(port_store_begin(s, &err), err);
	T_OK(port_repo_add(s, &r, &err), err);
	*repo = r.id;
	return s;
}

static struct port_deployment one(int64_t repo, const char *environment, const char *version)
{
	return (struct port_deployment){ .repo_id = repo, .environment = slu_s(environment), .version = slu_s(version), .state = SLU_STR("waiting"), .open = true, .wake_ms = 5 };
}

T_TEST(deployments_are_numbered_found_and_one_is_live)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	int64_t repo = 0;
	port_store *s = fresh(a, &repo);
	struct port_deployment d1 = one(repo, "staging", "1.0.0"), d2 = one(repo, "production", "1.0.0"), d3 = one(repo, "production", "2.0.0"), got = { 0 };
	T_OK(port_deployment_add(s, &d1, &err), err);
	T_OK(port_deployment_add(s, &d2, &err), err);
	T_OK(port_deployment_add(s, &d3, &err), err);
	T_EQ_INT(d3.number, 3);
	T_OK(port_deployment_live(s, &d2, &err), err);
	T_OK(port_deployment_live(s, &d3, &err), err);
	d3.state = SLU_STR("success");
	d3.open = false;
	d3.weight_pct = 100;
	T_OK(port_deployment_update(s, &d3, &err), err);
	T_OK(port_deployment_ask(s, d2.id, SLU_STR("abort"), &err), err);
	T_OK(port_store_commit(s, &err), err);
	T_OK(port_deployment_get(s, a, repo, 3, &got, &err), err);
	T_TRUE(got.live && !got.open);
	T_EQ_INT(got.weight_pct, 100);
	T_OK(port_deployment_by_id(s, a, d2.id, &got, &err), err);
	T_EQ_SLU(got.asked, "abort");
	T_FALSE(got.live);
	T_RC(port_deployment_get(s, a, repo, 9, &got, &err), SLU_E_NOT_FOUND);
	const struct port_deployment *list = NULL;
	size_t n = 0;
	struct port_page page = { .limit = 1, .want_total = true };
	T_OK(port_deployment_list(s, a, repo, &(struct port_deployment_filter){ .environment = SLU_STR("production") }, &page, &list, &n, &err), err);
	T_EQ_INT(n, 1);
	T_EQ_INT(page.total, 2);
	T_EQ_SLU(list[0].version, "2.0.0");
	T_OK(port_deployment_open(s, a, &list, &n, &err), err);
	T_EQ_INT(n, 2);
	T_EQ_INT(list[0].number, 1);
	port_store_close(s);
}

T_TEST(reports_of_a_deployment_keep_their_order)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	int64_t repo = 0;
	port_store *s = fresh(a, &repo);
	struct port_deployment d1 = one(repo, "staging", "1.0.0"), d2 = one(repo, "staging", "1.1.0");
	T_OK(port_deployment_add(s, &d1, &err), err);
	T_OK(port_deployment_add(s, &d2, &err), err);
	struct port_deploy_report x = { .deployment_id = d1.id, .state = SLU_STR("queued"), .creator = SLU_STR("ann"), .at_s = 7 }, y = x, z = x;
	y.state = SLU_STR("failure");
	y.log_url = SLU_STR("https://ci.example.org/7");
	z.deployment_id = d2.id;
	T_OK(port_deploy_report_add(s, &x, &err), err);
	T_OK(port_deploy_report_add(s, &z, &err), err);
	T_OK(port_deploy_report_add(s, &y, &err), err);
	const struct port_deploy_report *list = NULL;
	size_t n = 0;
	T_OK(port_deploy_report_list(s, a, d1.id, &list, &n, &err), err);
	T_EQ_INT(n, 2);
	T_EQ_SLU(list[0].state, "queued");
	T_EQ_SLU(list[1].log_url, "https://ci.example.org/7");
	T_EQ_SLU(list[1].creator, "ann");
	T_OK(port_store_commit(s, &err), err);
	port_store_close(s);
}

T_TEST(a_step_that_begins_again_is_the_same_row)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	int64_t repo = 0;
	port_store *s = fresh(a, &repo);
	struct port_deployment d = one(repo, "production", "1.0.0");
	T_OK(port_deployment_add(s, &d, &err), err);
	struct port_deploy_step x = { .deployment_id = d.id, .seq = 1, .effect = SLU_STR("weight"), .weight_pct = 10, .at_ms = 7 }, again = x;
	T_OK(port_deploy_step_begin(s, &x, &err), err);
	T_OK(port_deploy_step_begin(s, &again, &err), err);
	T_EQ_INT(x.id, again.id);
	again.result = SLU_STR("done");
	again.text = SLU_STR("said");
	T_OK(port_deploy_step_end(s, &again, &err), err);
	const struct port_deploy_step *list = NULL;
	size_t n = 0;
	T_OK(port_deploy_step_list(s, a, d.id, &list, &n, &err), err);
	T_EQ_INT(n, 1);
	T_EQ_SLU(list[0].text, "said");
	port_store_close(s);
}

T_TEST(an_incident_holds_a_version_until_it_is_closed)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	int64_t repo = 0;
	port_store *s = fresh(a, &repo);
	struct port_incident i = { .repo_id = repo, .deployment = 4, .environment = SLU_STR("production"), .version = SLU_STR("2.0.0"), .text = SLU_STR("HTTP 500"), .opened_s = 9 }, got = { 0 };
	bool found = false;
	size_t closed = 0;
	T_OK(port_incident_add(s, &i, &err), err);
	T_OK(port_incident_open(s, a, repo, i.environment, i.version, &got, &found, &err), err);
	T_TRUE(found);
	T_EQ_SLU(got.text, "HTTP 500");
	T_OK(port_incident_open(s, a, repo, i.environment, SLU_STR("1.0.0"), &got, &found, &err), err);
	T_FALSE(found);
	T_OK(port_incident_close(s, repo, i.environment, i.version, SLU_STR("ann"), 10, &closed, &err), err);
	T_EQ_INT(closed, 1);
	T_OK(port_incident_open(s, a, repo, i.environment, i.version, &got, &found, &err), err);
	T_FALSE(found);
	const struct port_incident *list = NULL;
	size_t n = 0;
	T_OK(port_incident_list(s, a, repo, SLU_STR(""), false, &list, &n, &err), err);
	T_EQ_INT(n, 1);
	T_EQ_SLU(list[0].closed_by, "ann");
	port_store_close(s);
}
