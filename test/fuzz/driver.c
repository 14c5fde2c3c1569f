/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs a fuzz target over files, so that saved corpora are plain tests: PROGRAM FILE... Prints `ok FILE` after each;
 * whatever goes wrong inside ends the program. PROGRAM --records reads inputs with NUL between them from standard input. A file is given in a block of exactly its size, so that the address
 * sanitizer sees one byte too far.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_MAX = 16 << 20 };

static int run_file(const char *path)
{
	FILE *f = fopen(path, "rbe");
	if (!f)
		return -1;
	uint8_t *whole = malloc(FILE_MAX), *exact = NULL;
	size_t n = whole ? fread(whole, 1, FILE_MAX, f) : 0;
	int rc = whole && !ferror(f) && n < FILE_MAX ? 0 : -1;
	if (rc == 0)
		exact = realloc(whole, n > 0 ? n : 1);
	if (exact) {
		(void)LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	} else {
		free(whole);
		rc = -1;
	}
	(void)fclose(f);
	return rc;
}

static int run_records(void)
{
	char *line = NULL;
	size_t cap = 0, count = 0;
	ssize_t n;
	while ((n = getdelim(&line, &cap, 0, stdin)) > 0) {
		size_t size = (size_t)n - (line[n - 1] == 0);
		uint8_t *exact = malloc(size ? size : 1);
		if (!exact)
			return 1;
		memcpy(exact, line, size);
		(void)LLVMFuzzerTestOneInput(exact, size);
		free(exact);
		count++;
	}
	free(line);
	(void)printf("ok %zu records\n", count);
	return count > 0 && !ferror(stdin) ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--records") == 0)
		return run_records();
	for (int i = 1; i < argc; i++) {
		if (run_file(argv[i]) != 0) {
			(void)printf("%s cannot be read, or is larger than 16 MiB\n", argv[i]);
			return 1;
		}
		(void)printf("ok %s\n", argv[i]);
		(void)fflush(stdout);
	}
	return argc > 1 ? 0 : 1;
}
