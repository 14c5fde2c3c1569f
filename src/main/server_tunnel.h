/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAIN_SERVER_TUNNEL_H
#define MAIN_SERVER_TUNNEL_H
/** Connect by TLS, greet standard input (a socket) with one byte, pass bytes both ways until an end closes. @return exit code */
int server_tunnel(const char *https_url);
#endif
