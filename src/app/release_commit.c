/* SPDX-License-Identifier: Apache-2.0 */
/** The commit that a release adds to its branch on the server. */
#include "app/release_files.h"
#include "app/release_impl.h"

slu_rc release_refs(struct flow_refs *out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct port_git_ref *heads, *tags;
	size_t heads_n, tags_n;
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/heads/"), &heads, &heads_n, err));
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/tags/"), &tags, &tags_n, err));
	struct flow_ref *v = SLU_NEW_N(u->a, struct flow_ref, heads_n + tags_n + 1);
	for (size_t i = 0; i < heads_n; i++)
		v[i] = (struct flow_ref){ heads[i].name, heads[i].id };
	for (size_t i = 0; i < tags_n; i++)
		v[heads_n + i] = (struct flow_ref){ tags[i].name, tags[i].peeled };
	*out = (struct flow_refs){ v, heads_n + tags_n };
	return SLU_OK;
}

slu_rc release_commit(slu_oid *out, slu_str *section, struct app_unit *u, struct app_repo *r, const struct flow_plan *p, const slu_oid *parent, bool version_files,
		      slu_err *err)
{
	struct port_git_ident author = app_ident(u), committer = app_server_ident(u);
	struct pol_facts facts;
	slu_oid tree, made;
	bool differs = false;
	SLU_TRY(app_facts(&facts, u, r, r->git, err));
	const struct app_release_files w = { .a = u->a, .git = r->git, .s = r->strategy, .facts = &facts, .now_s = u->now_s };
	SLU_TRY(app_release_tree(&tree, &differs, section, &w, p, parent, version_files, err));
	if (!differs) {
		*out = *parent;
		return SLU_OK;
	}
	SLU_TRY(r->git->ops->commit_make(r->git, &tree, parent, 1, &author, &committer, app_release_message(u->a, p->version, version_files), &made, err));
	*out = made;
	return SLU_OK;
}
