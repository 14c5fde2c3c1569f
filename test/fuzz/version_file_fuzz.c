/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that holds a version, in any of its forms, with any bytes: no crash, it ends, and where a version was put in, nothing else of the
 * file is another. The first line is the pointer or the mark. Requirement: RL-2
 */
#include "version/version_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool yes)
{
	if (!yes)
		abort();
}

/* What was put in stands between a beginning and an end that are the old ones. */
static void only_that(slu_str old, slu_str new_, slu_str version)
{
	size_t head = 0, tail = 0;
	while (head < old.n && head < new_.n && old.p[head] == new_.p[head])
		head++;
	while (tail < old.n - head && tail < new_.n - head && old.p[old.n - 1 - tail] == new_.p[new_.n - 1 - tail])
		tail++;
	must(new_.n - head - tail <= version.n + 2);
}

/* Written, it says what was written, and nothing else has changed. */
static void write_one(slu_arena *a, slu_str old, const struct ver_file *f, const char *name)
{
	const slu_str version = SLU_STR("12.34.56-rc.7");
	slu_str out, says;
	if (f->mark.n && (memmem(version.p, version.n, f->mark.p, f->mark.n) || memchr("0123456789.-", f->mark.p[f->mark.n - 1], 12)))
		return; /* a mark that what is written could make in another place */
	if (ver_file_write(&out, a, old, f, version, name, NULL) != SLU_OK)
		return;
	if (!f->text.n) /* a template may go on with letters that a version could have, too */
		must(ver_file_says(&says, out, f, name, NULL) == SLU_OK && says.n >= version.n && memcmp(says.p + says.n - version.n, version.p, version.n) == 0);
	if (slu_str_trim(old).n) /* else the template became the file */
		only_that(old, out, version);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "package.json", "pyproject.toml", "chart.yaml", "pom.xml" };
	slu_str text = { (const char *)data, size }, first = { 0 };
	slu_auto_arena *a = slu_arena_new();
	if (!slu_str_split(&text, '\n', &first) || first.n == 0 || memchr(first.p, 0, first.n)) /* a strategy file holds none */
		return 0;
	const struct ver_file pointer = { .pointer = first }, mark = { .mark = first }, template_ = { .text = first };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		write_one(a, text, &pointer, names[i]);
	write_one(a, text, &mark, "Makefile");
	write_one(a, text, &template_, "VERSION");
	return 0;
}
