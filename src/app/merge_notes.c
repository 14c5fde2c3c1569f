/* SPDX-License-Identifier: Apache-2.0 */
/* A tag that a merge makes is a release when its class is one: what is said of it, for app_notes_publish. */
#include "app/changes_impl.h"
#include "base/limits.h"
#include "port/store_act.h"
#include "version/changelog.h"

/** "2.0.0-rc.1" of "v2.0.0-rc.1": what the changelog's headings begin with. */
static slu_str version_of(slu_str tag, const struct strat_captures *caps)
{
	const char *from = caps->v[STRAT_CAP_VERSION].p ? caps->v[STRAT_CAP_VERSION].p : caps->v[STRAT_CAP_MAJOR].p;

	return from ? (slu_str){ from, tag.n - (size_t)(from - tag.p) } : tag;
}

slu_rc app_merge_notes(struct port_release **out, slu_str *section, struct app_merging *m, slu_str tag, const slu_oid *merged, slu_err *err)
{
	const strat *s = m->r->strategy;
	struct strat_captures caps = { 0 };
	int class = strat_tag_class(s, tag, &caps);
	slu_str file = { 0 };
	bool found = false;

	*out = NULL;
	*section = (slu_str){ 0 };
	if (class == STRAT_NONE || (s->tag[class].type != STRAT_TAG_RELEASE && s->tag[class].type != STRAT_TAG_PRERELEASE))
		return SLU_OK;
	if (s->releases.changelog.n)
		SLU_TRY(m->r->git->ops->file_at(m->r->git, m->u->a, merged, s->releases.changelog, &file, &found, err));
	*section = ver_changelog_get(file, version_of(tag, &caps));
	struct port_release *x = SLU_NEW(m->u->a, struct port_release);
	*x = (struct port_release){
		.tag = tag, .title = tag, .target = m->change.target, .prerelease = s->tag[class].type == STRAT_TAG_PRERELEASE, .body = *section,
	};
	if (x->body.n == 0 || x->body.n > SLU_MAX_TEXT_BYTES)
		x->body = slu_s(slu_printf(m->u->a, "%.*s (change %llu)", SLU_FMT(m->change.title), (unsigned long long)m->change.number));
	*out = x;
	return SLU_OK;
}
