/* SPDX-License-Identifier: Apache-2.0 */
/** Every maximum of the program in one place, with its unit. What grows takes one of these. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define SLU_MAX_STRATEGY_BYTES (256u * 1024)
#define SLU_MAX_STRATEGY_DEPTH 24u      /* nested YAML nodes */
#define SLU_MAX_STRATEGY_ERRORS 100u    /* reported in one run */
#define SLU_MAX_STRATEGY_ENTRIES 500u   /* of one section: kinds, classes, checks … */
#define SLU_MAX_EXTENDS_DEPTH 5u
#define SLU_MAX_PATTERN_BYTES 256u
#define SLU_MAX_PATTERN_STATES 4096u    /* of a product automaton */
#define SLU_MAX_PATTERN_WORK 200000u    /* states looked at to compare all patterns of a strategy */
#define SLU_MAX_OWNERS_BYTES (3u * 1024 * 1024) /* of a CODEOWNERS file, as at GitHub */
#define SLU_MAX_OWNERS_RULES 10000u
#define SLU_MAX_OWNERS_WORK (1u << 26)  /* patterns times changed paths */
#define SLU_MAX_REF_BYTES 255u
#define SLU_MAX_PUSH_REFS 2000u         /* commands of one push */
#define SLU_MAX_PUSH_COMMITS 100000u    /* commits judged one by one in a push */
#define SLU_MAX_HISTORY_COMMITS 10000000u /* of a repository, replayed at once */
#define SLU_MAX_HISTORY_BRANCHES 10000u /* of a repository, each held against all others */
#define SLU_MAX_HISTORY_RELEASES 10000u /* tags of a repository, each held against all before it */
#define SLU_MAX_PUSH_FILES 1000000u     /* paths that the commits of a push change, each commit's own */
#define SLU_MAX_PUSH_PATHS (256u * 1024 * 1024) /* bytes of their names */
#define SLU_MAX_PUSH_ENTRIES (10u * SLU_MAX_PUSH_FILES) /* of folders, looked at to find them */
#define SLU_MAX_SCAN_BYTES (8ull * 1024 * 1024 * 1024) /* of files that a push brings, looked through for secrets */
#define SLU_MAX_BASELINE_BYTES (4u * 1024 * 1024) /* of a list of secrets that are none */
#define SLU_MAX_MESSAGE_BYTES (64u * 1024)
#define SLU_MAX_COMMIT_BYTES (128u * 1024) /* of a pushed commit or tag: headers and message */
#define SLU_MAX_BODY_BYTES (1024u * 1024)      /* JSON body of a request, after inflating */
#define SLU_MAX_JSON_DEPTH 32u
#define SLU_MAX_PACK_BYTES (4ull * 1024 * 1024 * 1024)
#define SLU_MAX_GIT_REQUESTS 32u        /* Git children at once */
#define SLU_MAX_OUTPUT_BYTES (4u * 1024 * 1024) /* kept of a child's output */
#define SLU_MAX_BLOB_BYTES (16u * 1024 * 1024)  /* read into memory at once */
#define SLU_MAX_TITLE_BYTES 256u
#define SLU_MAX_TEXT_BYTES (64u * 1024) /* bodies of changes, reviews, notes */
#define SLU_MAX_NAME_BYTES 64u          /* people, roles, owners, repositories */
#define SLU_MAX_PAGE 100u               /* rows of one API page */
#endif
