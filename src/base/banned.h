/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Functions that nobody here may call. The build puts this header before every file (-include).
 *
 * The headers that declare these functions come first: after the poison even a declaration would be refused.
 * In their place: slu_buf_addf and snprintf for text, slu_parse_u64 and its like for numbers, the _r forms for
 * time, run/ with an argument vector for processes, an arena for memory.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#pragma GCC poison strcpy strcat stpcpy strncpy strncat strtok
#pragma GCC poison sprintf vsprintf gets sscanf vsscanf fscanf vscanf vfscanf
#pragma GCC poison atoi atol atoll atof
#pragma GCC poison gmtime localtime asctime
#pragma GCC poison system popen vfork
#pragma GCC poison tmpnam tempnam mktemp tmpfile
/* alloca, scanf and ctime are banned as well, but headers of libraries use these words for other things: the test
   test/house/banned.sh looks for them. */
#endif
