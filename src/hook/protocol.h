/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the hook client and the server say to each other over the home's hook socket (SOCK_STREAM).
 *
 * A frame is four bytes of length of what follows the type (big-endian, at most HOOK_FRAME_MAX), one byte of type, the payload.
 * The client sends HELLO, PUSH and, for pre-receive inside a quarantine, OBJECTS and ALTERNATES; then a REF for each command
 * ("OLD NEW NAME"), an OPTION for each push option, and END. The server sends any number of TEXT (for the pusher's terminal), for
 * proc-receive a STATUS for each command ("ok NAME" or "ng NAME REASON"), and at last YES or NO.
 * Whatever else happens (no socket, a time-out, a frame that does not fit) is a no: the client fails closed.
 */
#ifndef HOOK_PROTOCOL_H
#define HOOK_PROTOCOL_H
#include <stddef.h>
#include <stdint.h>

#define HOOK_VERSION "1"
#define HOOK_SOCKET_ENV "SLUICE_HOOK_SOCKET"
#define HOOK_PUSH_ENV "SLUICE_PUSH_ID"

enum { HOOK_FRAME_MAX = 65536, HOOK_HEADER = 5, HOOK_TIMEOUT_S = 600 /* of one side waiting for the other */ };

enum hook_type {
	HOOK_HELLO = 'V',      /* "1 pre-receive" or "1 proc-receive" */
	HOOK_PUSH = 'I',       /* the push's id */
	HOOK_OBJECTS = 'Q',    /* absolute path of the quarantine */
	HOOK_ALTERNATES = 'A', /* GIT_ALTERNATE_OBJECT_DIRECTORIES */
	HOOK_REF = 'R',
	HOOK_OPTION = 'O',
	HOOK_END = 'E',
	HOOK_TEXT = 'T',
	HOOK_STATUS = 'S',
	HOOK_YES = 'y',
	HOOK_NO = 'n'
};

static inline void hook_header(unsigned char out[HOOK_HEADER], enum hook_type type, size_t n)
{
	out[0] = (unsigned char)(n >> 24);
	out[1] = (unsigned char)(n >> 16);
	out[2] = (unsigned char)(n >> 8);
	out[3] = (unsigned char)n;
	out[4] = (unsigned char)type;
}
static inline size_t hook_length(const unsigned char in[HOOK_HEADER])
{
	return (size_t)in[0] << 24 | (size_t)in[1] << 16 | (size_t)in[2] << 8 | (size_t)in[3];
}
#endif
