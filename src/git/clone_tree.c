/* SPDX-License-Identifier: Apache-2.0 */
/* Work trees and their indexes: what there is, what is in the way, and bringing files along with a branch. */
#include "git/clone_impl.h"
#include "git/here.h"
#include "git/index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what there is --------------------------------------------------------------------------------------------------------- */

typedef SLU_LIST(struct port_clone_tree) tree_list;

static slu_str parent_of(slu_str path)
{
	const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	return slash ? (slu_str){ path.p, (size_t)(slash - path.p) } : path;
}

static void add_tree(tree_list *list, slu_arena *a, const struct clone *c, slu_str path, slu_str git_dir)
{
	slu_str head = git_small_file(a, slu_printf(a, "%.*s/HEAD", SLU_FMT(git_dir)));
	struct port_clone_tree t = { .path = path, .git_dir = git_dir, .at = slu_oid_zero(), .here = slu_str_is(git_dir, c->here->git_dir) };
	if (slu_str_starts(head, "ref:"))
		t.head = slu_str_trim((slu_str){ head.p + 4, head.n - 4 });
	else if (slu_oid_parse(&t.at, head, NULL) != SLU_OK)
		return;
	t.gone = access(slu_str_dup(a, path), F_OK) != 0;
	*SLU_ADD(a, list) = t;
}

/* Of the repository itself: the folder above its .git, unless a setting says another. */
static slu_str main_path(const struct clone *c)
{
	slu_str common = slu_s(c->common);
	if (slu_str_is(common, c->here->git_dir))
		return slu_s(c->here->work_tree);
	return slu_str_ends(common, "/.git") ? parent_of(common) : (slu_str){ 0 };
}

slu_rc clone_trees(port_clone *base, slu_arena *a, const struct port_clone_tree **out, size_t *n, slu_err *err)
{
	struct clone *c = clone_of(base);
	const char *folder = slu_printf(a, "%s/worktrees", c->common);
	tree_list list = { 0 };
	slu_str path = main_path(c);
	if (path.n)
		add_tree(&list, a, c, path, slu_s(c->common));
	DIR *d = opendir(folder);
	if (!d && errno != ENOENT)
		return slu_fail(err, SLU_E_IO, "%s cannot be read: %s.", folder, strerrordesc_np(errno));
	for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		if (e->d_name[0] == '.')
			continue;
		slu_str dir = slu_s(slu_printf(a, "%s/%s", folder, e->d_name)), link = git_small_file(a, slu_printf(a, "%s/gitdir", dir.p));
		if (slu_str_ends(link, "/.git"))
			add_tree(&list, a, c, parent_of(link), dir);
	}
	if (d)
		closedir(d);
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

const char *clone_busy(port_clone *base, const struct port_clone_tree *t)
{
	static const struct { const char *file, *word; } signs[] = {
		{ "MERGE_HEAD", "merge" }, { "rebase-merge", "rebase" }, { "rebase-apply/applying", "am" }, { "rebase-apply", "rebase" },
		{ "CHERRY_PICK_HEAD", "cherry-pick" }, { "REVERT_HEAD", "revert" }, { "BISECT_LOG", "bisect" },
	};
	slu_auto_arena *a = slu_arena_new();
	(void)base;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (access(slu_printf(a, "%.*s/%s", SLU_FMT(t->git_dir), signs[i].file), F_OK) == 0)
			return signs[i].word;
	return NULL;
}

slu_rc clone_dirty(port_clone *base, slu_arena *a, const struct port_clone_tree *t, const slu_oid *tree, const slu_str **path, size_t *n, slu_err *err)
{
	*n = 0;
	if (tree && git_index_clean(slu_str_dup(a, t->git_dir), slu_str_dup(a, t->path), tree))
		return SLU_OK;
	struct clone_call q = CLONE_CALL("status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=all", "--no-renames");
	slu_str text = { 0 }, entry;
	SLU_LIST(slu_str) list = { 0 };
	q.git_dir = t->git_dir;
	q.work_tree = t->path;
	q.cwd = slu_str_dup(a, t->path);
	SLU_TRY(clone_ok(clone_of(base), a, &q, &text, err));
	while (slu_str_split(&text, 0, &entry) && list.n < CLONE_SHOWN)
		if (entry.n > 3)
			*SLU_ADD(a, &list) = (slu_str){ entry.p + 3, entry.n - 3 };
	*path = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- holding the index ------------------------------------------------------------------------------------------------------ */

/*
 * index.lock is what keeps every other git out. It is a hard link of a file of ours, so that after a kill it can be told from a lock that
 * somebody else has taken since. Git works on a copy of the index beside it, that is renamed over it in the end.
 */
struct held {
	const char *index, *lock, *mark, *copy;
};

static struct held paths_of(slu_arena *a, slu_str git_dir)
{
	return (struct held){
		.index = slu_printf(a, "%.*s/index", SLU_FMT(git_dir)),
		.lock = slu_printf(a, "%.*s/index.lock", SLU_FMT(git_dir)),
		.mark = slu_printf(a, "%.*s/sluice-index.held", SLU_FMT(git_dir)),
		.copy = slu_printf(a, "%.*s/sluice-index", SLU_FMT(git_dir)),
	};
}

static bool is_held(const struct held *h)
{
	struct stat lock, mark;
	return stat(h->lock, &lock) == 0 && stat(h->mark, &mark) == 0 && lock.st_ino == mark.st_ino && lock.st_dev == mark.st_dev;
}

/* With its time: git takes an entry for unchanged only when the index is younger than the file. */
static slu_rc copy_index(const struct held *h, slu_err *err)
{
	char buf[65536];
	struct stat st;
	ssize_t got = 0;
	int from = open(h->index, O_RDONLY | O_CLOEXEC), to = -1;
	(void)unlink(h->copy);
	if (from < 0 && errno == ENOENT)
		return SLU_OK; /* nothing was ever added */
	if (from >= 0 && fstat(from, &st) == 0)
		to = open(h->copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, st.st_mode & 0777);
	bool fine = to >= 0;
	while (fine && (got = read(from, buf, sizeof buf)) > 0)
		fine = run_write_all(to, buf, (size_t)got, -1, NULL) == SLU_OK;
	const struct timespec when[2] = { st.st_atim, st.st_mtim };
	fine = fine && got == 0 && futimens(to, when) == 0;
	int why = errno;
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return fine ? SLU_OK : slu_fail(err, slu_rc_io(strerrordesc_np(why)), "The index %s cannot be copied: %s.", h->index, strerrordesc_np(why));
}

slu_rc clone_hold(port_clone *base, const struct port_clone_move *m, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const struct held h = paths_of(a, m->git_dir);
	(void)base;
	if (!is_held(&h)) {
		int fd = open(h.mark, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd < 0)
			return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "%s cannot be made: %s.", h.mark, strerrordesc_np(errno));
		close(fd);
		if (link(h.mark, h.lock) != 0) {
			slu_rc rc = errno == EEXIST ? SLU_E_BUSY : SLU_E_IO;
			const char *why = strerrordesc_np(errno);
			(void)unlink(h.mark);
			return rc == SLU_E_BUSY ? slu_fail(err, rc, "Another Git is at work in %.*s, or one was killed there: %s is there. Wait for it; if none runs, remove that file.", SLU_FMT(m->path), h.lock)
			                        : slu_fail(err, rc, "%s cannot be made: %s.", h.lock, why);
		}
	}
	return copy_index(&h, err);
}

void clone_release(port_clone *base, const struct port_clone_move *m)
{
	slu_auto_arena *a = slu_arena_new();
	const struct held h = paths_of(a, m->git_dir);
	(void)base;
	(void)unlink(h.copy);
	if (is_held(&h))
		(void)unlink(h.lock);
	(void)unlink(h.mark);
}

/* ---- bringing files along ---------------------------------------------------------------------------------------------------- */

static const char empty_tree[] = "4b825dc642cb6eb9a060e54bf8d69288fbee4904", empty_tree_256[] = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";

static const char *tree_ish(const struct port_clone_move *m, const slu_oid *id)
{
	bool sha256 = strlen(m->from.hex) > 40 || strlen(m->to.hex) > 40;
	return slu_oid_is_zero(id) ? (sha256 ? empty_tree_256 : empty_tree) : id->hex;
}

static struct clone_call with_index(slu_arena *a, const struct port_clone_move *m, struct clone_call q)
{
	q.git_dir = m->git_dir;
	q.work_tree = m->path;
	q.cwd = slu_str_dup(a, m->path);
	q.env[q.env_n++] = slu_printf(a, "GIT_INDEX_FILE=%s", paths_of(a, m->git_dir).copy);
	return q;
}

/* The files that read-tree names, each after a tab or in quotes. */
static slu_rc in_the_way(slu_err *err, const struct port_clone_move *m, slu_str said)
{
	slu_auto_buf b;
	slu_str line;
	size_t shown = 0;
	slu_buf_init(&b, 600);
	while (slu_str_split(&said, '\n', &line) && shown < CLONE_SHOWN) {
		const char *from = line.n ? memchr(line.p, '\'', line.n) : NULL, *to = line.n ? memrchr(line.p, '\'', line.n) : NULL;
		if (line.n > 1 && line.p[0] == '\t')
			slu_buf_addf(&b, "%s%.*s", shown++ ? ", " : "", (int)(line.n - 1), line.p + 1);
		else if (from && to > from)
			slu_buf_addf(&b, "%s%.*s", shown++ ? ", " : "", (int)(to - from - 1), from + 1);
	}
	return slu_fail(err, SLU_E_CONFLICT, "In %.*s files would be overwritten: %s. Commit, stash or move them away first.", SLU_FMT(m->path), b.n ? b.p : "git does not say which");
}

static slu_rc read_tree(struct clone *c, const struct port_clone_move *m, bool dry, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct run_result r = { .exit_code = 0 };
	struct clone_call q = with_index(a, m, CLONE_CALL("read-tree", dry ? "--dry-run" : "-u", "-m", "-u", tree_ish(m, &m->from), tree_ish(m, &m->to)));
	SLU_TRY(clone_run(c, a, &q, &r, err));
	return r.exit_code == 0 ? SLU_OK : in_the_way(err, m, r.err);
}

slu_rc clone_prove(port_clone *base, const struct port_clone_move *m, slu_err *err)
{
	return read_tree(clone_of(base), m, true, err);
}

/* ---- after a kill -------------------------------------------------------------------------------------------------------------- */

struct differing { slu_str path; slu_oid from, to; unsigned mode_to; };
typedef SLU_LIST(struct differing) differing_list;

/* ":100644 100755 OLD NEW M\0PATH\0" */
static slu_rc differences(differing_list *out, struct clone *c, slu_arena *a, const struct port_clone_move *m, slu_err *err)
{
	struct clone_call q = CLONE_CALL("diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", "--no-ext-diff", tree_ish(m, &m->from), tree_ish(m, &m->to));
	slu_str text = { 0 }, head, path, word;
	SLU_TRY(clone_ok(c, a, &q, &text, err));
	while (slu_str_split(&text, 0, &head) && slu_str_split(&text, 0, &path)) {
		struct differing d = { .path = path };
		(void)slu_str_split(&head, ' ', &word);
		(void)slu_str_split(&head, ' ', &word);
		d.mode_to = (unsigned)strtoul(slu_str_dup(a, word), NULL, 8);
		(void)slu_str_split(&head, ' ', &word);
		SLU_TRY(slu_oid_parse(&d.from, word, err));
		(void)slu_str_split(&head, ' ', &word);
		SLU_TRY(slu_oid_parse(&d.to, word, err));
		*SLU_ADD(a, out) = d;
	}
	return SLU_OK;
}

/* What a file would be as an object; zero: there is none, or it is no file. */
static slu_rc hash_of(slu_oid *out, struct clone *c, slu_arena *a, const struct port_clone_move *m, slu_str path, slu_err *err)
{
	struct stat st;
	slu_str text = { 0 };
	const char *full = slu_printf(a, "%.*s/%.*s", SLU_FMT(m->path), SLU_FMT(path)), *name = slu_str_dup(a, path);
	*out = slu_oid_zero();
	if (lstat(full, &st) != 0 || !(S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)))
		return SLU_OK;
	struct clone_call q = S_ISLNK(st.st_mode) ? CLONE_CALL("hash-object", "--stdin", "--no-filters") : CLONE_CALL("hash-object", "--", name);
	char link[4096];
	if (S_ISLNK(st.st_mode)) {
		ssize_t n = readlink(full, link, sizeof link);
		q.input = (slu_str){ link, n > 0 ? (size_t)n : 0 };
	}
	q = with_index(a, m, q);
	SLU_TRY(clone_ok(c, a, &q, &text, err));
	return slu_oid_parse(out, slu_str_trim(text), err);
}

typedef SLU_LIST(struct port_clone_kept) kept_list;

/* Neither the old nor the new file: what somebody wrote since, or what a killed git had written of it. It is kept. */
static slu_rc keep_aside(kept_list *out, struct clone *c, slu_arena *a, const struct port_clone_move *m, const struct differing *d, slu_err *err)
{
	slu_oid now;
	const char *full = slu_printf(a, "%.*s/%.*s", SLU_FMT(m->path), SLU_FMT(d->path));
	SLU_TRY(hash_of(&now, c, a, m, d->path, err));
	if (slu_oid_is_zero(&now) || slu_oid_eq(&now, &d->from) || slu_oid_eq(&now, &d->to))
		return SLU_OK;
	const char *copy = slu_printf(a, "%s/kept/%s/%.*s", c->kept, now.hex, SLU_FMT(d->path));
	SLU_TRY(clone_put_aside(full, copy, err));
	*SLU_ADD(a, out) = (struct port_clone_kept){ d->path, slu_s(copy) };
	return SLU_OK;
}

static void remove_file(slu_arena *a, const struct port_clone_move *m, slu_str path)
{
	char *full = slu_printf(a, "%.*s/%.*s", SLU_FMT(m->path), SLU_FMT(path));
	(void)unlink(full);
	for (char *slash = strrchr(full, '/'); slash && (size_t)(slash - full) > m->path.n; slash = strrchr(full, '/')) {
		*slash = '\0';
		if (rmdir(full) != 0)
			return;
	}
}

static slu_rc again(kept_list *kept, struct clone *c, slu_arena *a, const struct port_clone_move *m, slu_err *err)
{
	differing_list list = { 0 };
	slu_buf names;
	SLU_TRY(differences(&list, c, a, m, err));
	struct clone_call index = with_index(a, m, CLONE_CALL("read-tree", "-i", "-m", tree_ish(m, &m->from), tree_ish(m, &m->to)));
	SLU_TRY(clone_ok(c, a, &index, NULL, err));
	slu_buf_init(&names, 64u << 20);
	slu_rc rc = SLU_OK;
	for (size_t i = 0; rc == SLU_OK && i < list.n; i++) {
		const struct differing *d = &list.v[i];
		if (d->mode_to == 0160000) /* a submodule: its folder is its own */
			continue;
		rc = keep_aside(kept, c, a, m, d, err);
		if (rc == SLU_OK && slu_oid_is_zero(&d->to))
			remove_file(a, m, d->path);
		else
			slu_buf_add(&names, d->path.p, d->path.n + 1);
	}
	struct clone_call files = with_index(a, m, CLONE_CALL("checkout-index", "-f", "-u", "-z", "--stdin"));
	files.input = slu_buf_str(&names);
	if (rc == SLU_OK && names.n)
		rc = clone_ok(c, a, &files, NULL, err);
	slu_buf_release(&names);
	return rc;
}

slu_rc clone_follow(port_clone *base, slu_arena *a, const struct port_clone_move *m, bool anew, const struct port_clone_kept **kept, size_t *n, slu_err *err)
{
	struct clone *c = clone_of(base);
	const struct held h = paths_of(a, m->git_dir);
	kept_list list = { 0 };
	slu_rc rc = read_tree(c, m, false, err);
	if (rc == SLU_E_CONFLICT && anew)
		rc = again(&list, c, a, m, err);
	if (rc == SLU_OK && rename(h.copy, h.index) != 0)
		rc = slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "The index %s cannot be written: %s.", h.index, strerrordesc_np(errno));
	if (rc != SLU_OK)
		return rc;
	*kept = list.v;
	*n = list.n;
	return copy_index(&h, err); /* further steps may follow while it is held */
}
