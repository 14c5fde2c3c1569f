/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs a fuzz target over files, so that saved corpora are plain tests: PROGRAM FILE... Prints `ok FILE` after each;
 * whatever goes wrong inside ends the program. A file is given in a block of exactly its size, so that the address
 * sanitizer sees one byte too far.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

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

int main(int argc, char **argv)
{
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
