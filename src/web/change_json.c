/* SPDX-License-Identifier: Apache-2.0 */
#include "web/change_parts.h"
#include "web/diff_parts.h"

static void reviews(slu_json *j, const struct app_change_view *v)
{
	slu_json_key(j, "reviews");
	slu_json_open(j, '[');
	for (size_t i = 0; i < v->review_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "person", v->review[i].person);
		slu_json_kv_z(j, "said", change_review_word(&v->review[i]));
		slu_json_kv_z(j, "commit", v->review[i].commit.hex);
		slu_json_kv_str(j, "body", v->review[i].body);
		web_json_time(j, "at", v->review[i].at_s);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void threads(slu_json *j, const struct app_change_view *v)
{
	slu_json_key(j, "threads");
	slu_json_open(j, '[');
	for (size_t i = 0; i < v->comment_n; i++) {
		const struct port_comment *c = &v->comment[i];
		if (c->thread != c->id)
			continue;
		slu_json_open(j, '{');
		slu_json_kv_int(j, "thread", c->id);
		slu_json_kv_str(j, "person", c->person);
		slu_json_kv_str(j, "body", c->body);
		slu_json_kv_str(j, "path", c->path);
		slu_json_kv_int(j, "line", c->line);
		slu_json_kv_z(j, "state", c->resolved_by.n ? "resolved" : "open");
		web_json_time(j, "at", c->at_s);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void check(slu_json *j, slu_str name, slu_str state, slu_str description, slu_str by, int64_t at_s)
{
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", name);
	slu_json_kv_str(j, "state", state);
	slu_json_kv_str(j, "description", description);
	slu_json_kv_str(j, "reporter", by);
	web_json_time(j, "at", at_s);
	slu_json_close(j, '}');
}

static void checks(slu_json *j, const struct app_change_view *v)
{
	slu_json_key(j, "checks");
	slu_json_open(j, '[');
	for (size_t i = 0; i < v->status_n; i++)
		check(j, v->status[i].context, v->status[i].state, v->status[i].description, v->status[i].creator, v->status[i].at_s);
	for (size_t i = 0; i < v->run_n; i++)
		check(j, v->run[i].name, v->run[i].conclusion.n ? v->run[i].conclusion : v->run[i].status, v->run[i].title, v->run[i].creator,
		      v->run[i].completed_s ? v->run[i].completed_s : v->run[i].created_s);
	slu_json_close(j, ']');
}

static void commits_and_files(slu_json *j, const struct app_change_view *v)
{
	slu_json_key(j, "commits");
	slu_json_open(j, '[');
	for (size_t i = 0; i < v->commit_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_z(j, "id", v->commit[i].id.hex);
		slu_json_kv_str(j, "author", v->commit[i].author_name);
		slu_json_kv_str(j, "message", v->commit[i].message);
		web_json_time(j, "committed", v->commit[i].commit_time_s);
		slu_json_key(j, "rules");
		pol_rows_json(j, &v->commit_rules[i]);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_kv_int(j, "file_count", (int64_t)v->file_n);
	slu_json_key(j, "files");
	slu_json_open(j, '[');
	for (size_t i = 0; i < v->file_n && i < DIFF_LISTED; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "path", v->file[i].new_path.n ? v->file[i].new_path : v->file[i].old_path);
		slu_json_kv_int(j, "added", v->file[i].added);
		slu_json_kv_int(j, "removed", v->file[i].removed);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

void change_row_json(slu_json *j, const struct port_change *c, const struct pol_verdict *merge)
{
	slu_json_open(j, '{');
	slu_json_kv_int(j, "number", (int64_t)c->number);
	slu_json_kv_z(j, "state", change_state_word(c));
	slu_json_kv_str(j, "title", c->title);
	slu_json_kv_str(j, "source", c->source);
	slu_json_kv_str(j, "target", c->target);
	slu_json_kv_str(j, "author", c->author);
	slu_json_kv_z(j, "head", c->head.hex);
	web_json_time(j, "updated", c->updated_s);
	if (c->state == POL_CHANGE_OPEN) {
		slu_json_kv_z(j, "verdict", pol_answer_word(merge->answer));
		slu_json_kv_z(j, "waits_for", change_kept_by(merge) ? change_kept_by(merge)->wanted : NULL);
	}
	slu_json_close(j, '}');
}

void change_json(slu_json *j, const struct web_req *rq, const struct app_change_view *v)
{
	const struct port_change *c = &v->change;
	slu_json_open(j, '{');
	slu_json_kv_int(j, "number", (int64_t)c->number);
	slu_json_kv_z(j, "state", change_state_word(c));
	slu_json_kv_str(j, "title", c->title);
	slu_json_kv_str(j, "body", c->body);
	slu_json_kv_str(j, "author", c->author);
	slu_json_kv_str(j, "source", c->source);
	slu_json_kv_str(j, "target", c->target);
	slu_json_kv_z(j, "head", c->head.hex);
	slu_json_kv_z(j, "merged_as", slu_oid_is_zero(&c->merged_as) ? NULL : c->merged_as.hex);
	web_json_time(j, "created", c->created_s);
	web_json_time(j, "updated", c->updated_s);
	web_json_time(j, "merged", c->merged_s);
	if (c->state == POL_CHANGE_OPEN) {
		slu_json_key(j, "verdict");
		web_json_verdict(j, rq, &v->merge);
	}
	if (v->merged_by_rules.n) {
		slu_json_key(j, "verdict");
		slu_json_raw(j, v->merged_by_rules);
	}
	reviews(j, v);
	threads(j, v);
	checks(j, v);
	commits_and_files(j, v);
	slu_json_close(j, '}');
}
