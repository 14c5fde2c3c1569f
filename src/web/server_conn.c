/* SPDX-License-Identifier: Apache-2.0 */
/** Connections: so many at once, and none that lets the server wait for ever. */
#include "web/server_impl.h"

#include <sys/socket.h>

int64_t web_now_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- coming and going --------------------------------------------------------------------------------------------------- */

static bool goes_before(const struct web_conn *x, const struct web_conn *y)
{
	return x->served != y->served ? !x->served : x->since_ms <= y->since_ms;
}

/*
 * Room for one that comes: of those without a request the one goes that never had one and has waited longest. A client that
 * means it sends its head at once.
 */
static void make_room(web_server *s)
{
	struct web_conn *first = NULL;
	unsigned n = 0;
	for (struct web_conn *c = s->conns; c; c = c->next) {
		n += !c->local;
		if (!c->local && c->state == WEB_C_HEAD && (!first || goes_before(c, first)))
			first = c;
	}
	if (n < WEB_CONNECTIONS || !first)
		return;
	first->state = WEB_C_BUSY; /* asked once */
	(void)shutdown(first->fd, SHUT_RDWR);
}

/* It came by a unix socket. (Which daemon it came by is known only after that one has begun to take connections.) */
static bool is_local(int fd)
{
	int domain = 0;
	socklen_t n = sizeof domain;
	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 && domain == AF_UNIX;
}

static struct web_conn *conn_new(web_server *s, struct MHD_Connection *mhd)
{
	struct web_conn *conn = calloc(1, sizeof *conn);
	if (!conn)
		abort();
	conn->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	conn->local = is_local(conn->fd);
	conn->since_ms = web_now_ms();
	conn->next = s->conns;
	conn->at = &s->conns;
	if (s->conns)
		s->conns->at = &conn->next;
	s->conns = conn;
	s->connections++;
	return conn;
}

static void conn_free(web_server *s, struct web_conn *conn)
{
	*conn->at = conn->next;
	if (conn->next)
		conn->next->at = conn->at;
	free(conn);
	s->connections--;
}

void web_conn_notify(void *ctx, struct MHD_Connection *mhd, void **socket_context, enum MHD_ConnectionNotificationCode what)
{
	web_server *s = ctx;
	bool ended = false;
	(void)pthread_mutex_lock(&s->lock);
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		make_room(s);
		*socket_context = conn_new(s, mhd);
	} else {
		conn_free(s, *socket_context);
		*socket_context = NULL;
		ended = s->connections == 0 && s->how.once_fd >= 0 && !s->stopping;
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (ended && s->how.ended)
		s->how.ended(s->how.ended_ctx);
}

/* ---- a request on it ------------------------------------------------------------------------------------------------------ */

static struct web_conn *conn_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static void enter(struct web_conn *conn, enum web_conn_state state)
{
	int64_t now = web_now_ms();
	if (conn->state == WEB_C_BODY)
		conn->waited_ms += now - conn->since_ms;
	conn->state = state;
	conn->since_ms = now;
}

void web_conn_begins(struct web_call *c)
{
	(void)pthread_mutex_lock(&c->server->lock);
	struct web_conn *conn = conn_of(c->mhd);
	if (conn) {
		enter(conn, WEB_C_BUSY);
		c->local = conn->local;
		conn->served = true;
		conn->waited_ms = 0;
		conn->bytes = 0;
	}
	c->server->requests++;
	(void)pthread_mutex_unlock(&c->server->lock);
}

void web_conn_waits(struct web_call *c, size_t n)
{
	(void)pthread_mutex_lock(&c->server->lock);
	struct web_conn *conn = conn_of(c->mhd);
	if (conn) {
		enter(conn, WEB_C_BODY);
		conn->bytes += n;
	}
	(void)pthread_mutex_unlock(&c->server->lock);
}

void web_conn_works(struct web_call *c)
{
	(void)pthread_mutex_lock(&c->server->lock);
	struct web_conn *conn = conn_of(c->mhd);
	if (conn)
		enter(conn, WEB_C_BUSY);
	(void)pthread_mutex_unlock(&c->server->lock);
}

void web_conn_ends(struct web_call *c)
{
	web_server *s = c->server;
	(void)pthread_mutex_lock(&s->lock);
	struct web_conn *conn = conn_of(c->mhd);
	if (conn)
		enter(conn, WEB_C_HEAD);
	if (--s->requests == 0)
		(void)pthread_cond_broadcast(&s->quiet);
	(void)pthread_mutex_unlock(&s->lock);
}

bool web_conn_too_many(web_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	bool many = s->requests > WEB_CONNECTIONS;
	(void)pthread_mutex_unlock(&s->lock);
	return many;
}

/* ---- time-outs -------------------------------------------------------------------------------------------------------------- */

/* Bytes that come one by one keep a connection from being idle; so what they make must be whole in time. */
static bool is_late(const struct web_conn *c, int64_t now)
{
	int64_t waits = now - c->since_ms;
	switch (c->state) {
	case WEB_C_HEAD: return waits > (c->served ? WEB_IDLE_S + WEB_HEAD_S : WEB_HEAD_S) * 1000;
	case WEB_C_BODY: return c->waited_ms + waits > WEB_HEAD_S * 1000 + (int64_t)(c->bytes * 1000 / WEB_RATE);
	case WEB_C_BUSY: break;
	}
	return false;
}

void *web_conn_watch(void *ctx)
{
	web_server *s = ctx;
	(void)pthread_mutex_lock(&s->lock);
	while (!s->stopping) {
		struct timespec until;
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += 5;
		(void)pthread_cond_timedwait(&s->quiet, &s->lock, &until);
		int64_t now = web_now_ms();
		for (struct web_conn *c = s->conns; c; c = c->next)
			if (is_late(c, now))
				(void)shutdown(c->fd, SHUT_RD);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return NULL;
}
