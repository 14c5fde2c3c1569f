/* SPDX-License-Identifier: Apache-2.0 */
/**
 * TLS for the command line: `sluice` speaks HTTP to its standard input, this speaks TLS to the server. So the light program needs no
 * library for it. The certificate must be good for the host; SLUICE_CA names a file with the authorities to trust in place of the system's.
 */
#include "main/server_tunnel.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>

enum { CONNECT_S = 15, PIECE = 16 * 1024 };

static CURL *connect_to(const char *url)
{
	char why[CURL_ERROR_SIZE] = "";
	const char *ca = getenv("SLUICE_CA");
	CURL *c = curl_easy_init();
	if (!c)
		return NULL;
	(void)curl_easy_setopt(c, CURLOPT_URL, url);
	(void)curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
	(void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	(void)curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(c, CURLOPT_SSL_ENABLE_ALPN, 0L);
	(void)curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
	(void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	if (ca && *ca)
		(void)curl_easy_setopt(c, CURLOPT_CAINFO, ca);
	CURLcode rc = curl_easy_perform(c);
	(void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, NULL);
	if (rc == CURLE_OK)
		return c;
	(void)fprintf(stderr, "sluice: no connection to %s: %s.%s\n", url, why[0] ? why : curl_easy_strerror(rc),
	              rc == CURLE_PEER_FAILED_VERIFICATION ? " SLUICE_CA names a file with authorities to trust."
	              : rc == CURLE_SSL_CONNECT_ERROR      ? " Where a server speaks no TLS, its address begins with http://."
	                                                   : "");
	curl_easy_cleanup(c);
	return NULL;
}

static bool wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	while (poll(&p, 1, -1) < 0)
		if (errno != EINTR)
			return false;
	return true;
}

static bool to_server(CURL *c, curl_socket_t sock, const char *p, size_t n)
{
	while (n > 0) {
		size_t sent = 0;
		CURLcode rc = curl_easy_send(c, p, n, &sent);
		if (rc == CURLE_AGAIN && wait_for(sock, POLLOUT))
			continue;
		if (rc != CURLE_OK)
			return false;
		p += sent;
		n -= sent;
	}
	return true;
}

static bool to_client(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(0, p, n, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		}
	}
	return true;
}

/* All that can be read without waiting. @return false at the end of the connection */
static bool drain_server(CURL *c)
{
	char piece[PIECE];
	for (;;) {
		size_t n = 0;
		CURLcode rc = curl_easy_recv(c, piece, sizeof piece, &n);
		if (rc == CURLE_AGAIN)
			return true;
		if (rc != CURLE_OK || n == 0 || !to_client(piece, n))
			return false;
	}
}

static void pump(CURL *c, curl_socket_t sock)
{
	char piece[PIECE];
	struct pollfd p[2] = { { .fd = 0, .events = POLLIN }, { .fd = sock, .events = POLLIN } };
	while (drain_server(c)) { /* first: TLS may hold bytes that poll does not see */
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[0].revents == 0)
			continue;
		ssize_t n = recv(0, piece, sizeof piece, 0);
		if (n <= 0 || !to_server(c, sock, piece, (size_t)n))
			return;
	}
}

int server_tunnel(const char *url)
{
	curl_socket_t sock;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return 7;
	CURL *c = connect_to(url);
	if (!c)
		return 5;
	if (curl_easy_getinfo(c, CURLINFO_ACTIVESOCKET, &sock) == CURLE_OK && to_client("\n", 1)) /* the greeting: it is connected */
		pump(c, sock);
	curl_easy_cleanup(c);
	return 0;
}
