/* SPDX-License-Identifier: Apache-2.0 */
/** The schema's steps, embedded from src/store/schema when the program is built, in the order of their numbers. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H
#include <stddef.h>

struct store_schema {
	const char *name; /* "0001_core": the number is the version */
	const char *text;
	size_t size;
};
const struct store_schema *store_schemas(size_t *count);
#endif
