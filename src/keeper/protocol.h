/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How the keeper is talked to. One keeper per environment of the `local` driver: `sluice-keeper DIR ADDRESS`.
 *
 * It comes back with exit code 0 when a keeper answers (this one, or one that runs already), and goes on in the
 * background; with another one and a line on standard error when it cannot. It needs no right that an ordinary user lacks. DIR holds `lock` (a flock says that a keeper lives), `state` (replaced by rename, for the next keeper of
 * the same build) and `socket` (a unix SOCK_SEQPACKET socket: one message is a request, one the answer; connect through
 * "/proc/self/fd/N/socket", since the path may be too long). DIR must be closed to others. ADDRESS is a numeric
 * IPv4 address; port 0 takes a free one once, kept in `state`. SIGTERM ends a keeper as SIGKILL does: applications go on.
 *
 * A request is at most KEEPER_REQUEST bytes and must come within KEEPER_WAIT_MS of connecting:
 *
 *   state                 nothing but the answer
 *   start SLOT TAG\nLOG\nARG\nARG…
 *                         Run the argument vector (ARG 0 an absolute path) as the slot's application, standard output and
 *                         error appended to the file LOG. It gets the slot's listening socket as descriptor 3,
 *                         LISTEN_FDS=1, LISTEN_PID, no other variable, nothing else open: `/usr/bin/env -C DIR K=V … A` as
 *                         the vector gives it more. Asked again with the TAG that runs already: nothing is started.
 *   weight SLOT PERCENT   of new connections; the rest to the other one. Refused when a slot that would get some has no
 *                         application and the other has one.
 *   stop SLOT MS          wait until its accept queue is empty, then SIGTERM, and SIGKILL at the deadline, to the whole
 *                         process group. Comes back at once. Refused while the slot has weight and the other one runs.
 *
 * The answer: "ok" or "error SENTENCE", `address HOST PORT`, `weight PERCENT` (green's), `keeper PID`, and per slot
 * `SLOT STATE STATUS PID QUEUE TAG`, each a line. STATUS: exit code or signal; QUEUE: connections not yet accepted.
 *
 * Two listening sockets in one SO_REUSEPORT group, one per slot; a classic BPF program takes one by `random % 100 < W`. Connections
 * from 127.83.76.1 and 127.83.76.2 go to blue and to green whatever the weight: so a version's health is seen before it has
 * traffic, and nobody else's. No other machine can come from there.
 * The keeper holds both for its whole life, so their indexes in the group never change and the queue of a slot outlives
 * its application. An application that ends while it has weight loses it to the other slot at once.
 *
 * If the keeper is killed, the applications go on: each holds its own socket, the program stays with the group. A socket
 * that nobody holds leaves the group, the last one takes its index: so two that live keep theirs, one that lives has 0.
 * The next keeper finds the applications by process id and start time in `state`, and joins with a new socket for each
 * slot without an application, and with one spare per adopted one: when an adopted one ends, its socket goes and the
 * last spare takes exactly its index. A joining socket drops connection requests (they are sent again within a second)
 * until the program fits the new group. An adopted application that ends within its first second may have been gone before the
 * sockets joined: then the keeper ends too, and the next one counts anew. What it cannot know: the exit status of a process that is not its child (then
 * the state is `unknown`, which is never success), and processes that such an application left in its group.
 */
#ifndef KEEPER_PROTOCOL_H
#define KEEPER_PROTOCOL_H
#define KEEPER_FROM 0x7f534c00u /* 127.83.76.0: + 1 blue, + 2 green */
enum { KEEPER_REQUEST = 64 * 1024, KEEPER_WAIT_MS = 2000, KEEPER_TAG = 128, KEEPER_ARGS = 256 };
#define KEEPER_NO_SHARES "; a sandbox forbids it to share out connections (SO_ATTACH_REUSEPORT_CBPF): allow that, or deploy by the driver `command`"
enum keeper_state {
	KEEPER_IDLE,     /* nothing was started in it yet */
	KEEPER_EXITED,   /* STATUS: exit code */
	KEEPER_KILLED,   /* STATUS: signal */
	KEEPER_UNKNOWN,  /* ended, nobody saw how */
	KEEPER_RUNNING,
	KEEPER_DRAINING, /* stop was asked: the queue empties */
	KEEPER_STOPPING  /* SIGTERM was sent */
};
#define KEEPER_STATE_WORDS { "idle", "exited", "killed", "unknown", "running", "draining", "stopping" }
#endif
