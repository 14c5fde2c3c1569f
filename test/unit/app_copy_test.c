/* SPDX-License-Identifier: Apache-2.0 */
/* A folder that cannot be read to its end is neither copied in part nor taken for an empty one. Requirement: RC-1 */
#include "app/copy.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "t.h"

static bool broken;

/* Instead of the C library's: an entry fails while `broken`. */
struct dirent *readdir(DIR *d)
{
	union { void *found; struct dirent *(*call)(DIR *); } next = { .found = dlsym(RTLD_NEXT, sizeof(off_t) == sizeof(long) ? "readdir" : "readdir64") };
	if (broken) {
		errno = EIO;
		return NULL;
	}
	return next.call(d);
}

T_TEST(a_folder_that_cannot_be_read)
{
	slu_arena *a = slu_arena_new();
	slu_err err = { 0 };
	const char *tmp = getenv("TMPDIR");
	char *dir = slu_printf(a, "%s/copy.XXXXXX", tmp ? tmp : "/tmp");
	T_TRUE(mkdtemp(dir) != NULL);
	const char *from = slu_printf(a, "%s/from", dir), *to = slu_printf(a, "%s/to", dir);
	T_OK(app_make_folders(a, from, &err), err);
	T_OK(app_write_file(slu_printf(a, "%s/key", from), SLU_STR("secret"), &err), err);
	T_RC(app_fill_may(from, &err), SLU_E_EXISTS);
	broken = true;
	T_RC(app_fill_may(from, &err), SLU_E_IO);
	T_RC(app_copy_tree(a, from, to, NULL, &err), SLU_E_IO);
	T_HAS(err.text, "from");
	broken = false;
	T_OK(app_copy_tree(a, from, to, NULL, &err), err);
	struct stat st;
	T_EQ_INT(stat(slu_printf(a, "%s/key", to), &st), 0);
	T_EQ_INT(st.st_size, 6);
	slu_arena_free(a);
}
