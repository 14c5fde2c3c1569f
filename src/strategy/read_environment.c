/* SPDX-License-Identifier: Apache-2.0 */
/* What the keys of a probe or of a driver must be together. */
#include "strategy/schema_impl.h"

/* HOST:PORT, [HOST]:PORT; to listen on port 0 takes a free one. */
static bool is_address(slu_str t, uint64_t least)
{
	const char *colon = memrchr(t.p, ':', t.n);
	uint64_t port = 0;
	if (!colon || colon == t.p)
		return false;
	slu_str digits = { colon + 1, t.n - (size_t)(colon + 1 - t.p) };
	return slu_parse_u64(&port, digits, NULL) == SLU_OK && port >= least && port <= 65535;
}

/* The keeper opens an IPv4 socket. */
static bool is_ipv4(slu_str t)
{
	slu_str host = { t.p, (size_t)((const char *)memrchr(t.p, ':', t.n) - t.p) }, part;
	unsigned parts = 0;
	uint64_t n;
	if (slu_str_is(host, "localhost"))
		return true;
	while (slu_str_split(&host, '.', &part))
		if (parts++ == 4 || part.n > 3 || slu_parse_u64(&n, part, NULL) != SLU_OK || n > 255)
			return false;
	return parts == 4;
}

void sch_check_probe(struct sch_reader *r, const sn *map)
{
	static const char *const kinds[] = { "http", "tcp", "command", "postgres", "redis" };
	const char *first = NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const sn *target = sn_get(map, kinds[i]);
		if (target && first)
			sch_fail(r, target->pos, "%s: a probe asks one thing; here are `%s` and `%s`. Make two probes of them.", sch_path(r), first, kinds[i]);
		first = target && !first ? kinds[i] : first;
	}
	const sn *tcp = sn_get(map, "tcp");
	if (!first)
		sch_fail(r, map->pos, "%s: a probe needs one of http, tcp, command, postgres, redis.", sch_path(r));
	if (tcp && !is_address(tcp->text, 1) && !memchr(tcp->text.p, '$', tcp->text.n))
		sch_fail(r, tcp->pos, "%s.tcp must be HOST:PORT; here is \"%s\".", sch_path(r), tcp->text.p);
}

void sch_check_driver(struct sch_reader *r, const sn *map)
{
	const sn *kind = sn_get(map, "driver"), *run = sn_get(map, "run"), *listen = sn_get(map, "listen");
	if (!kind || sn_is(kind, "command")) {
		if (!run || run->kind != SN_SCALAR)
			sch_fail(r, map->pos, "This driver lacks the key \"run\": the command line that deploys%s.", run ? " (a text; only `driver: local` takes a list)" : "");
	} else if (sn_is(kind, "local")) {
		if (!run || run->kind != SN_LIST || !listen)
			sch_fail(r, map->pos, "A driver `local` needs `run: [PROGRAM, …]`, a list of words, and `listen: \"HOST:PORT\"`.");
	}
	if (!listen || memchr(listen->text.p, '$', listen->text.n))
		return;
	if (!is_address(listen->text, 0))
		sch_fail(r, listen->pos, "%s.listen must be HOST:PORT; here is \"%s\".", sch_path(r), listen->text.p);
	else if (!is_ipv4(listen->text))
		sch_fail(r, listen->pos, "%s.listen must be an IPv4 address with a port, or localhost with one: the application gets an IPv4 socket; here is \"%s\".", sch_path(r), listen->text.p);
}
