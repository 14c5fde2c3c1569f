/* SPDX-License-Identifier: Apache-2.0 */
#include "app/seen.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

enum { PLACES = 16384 }; /* half a megabyte */

struct app_seen {
	pthread_mutex_t mu;
	struct app_seen_key key[PLACES]; /* each at the one place that its first bytes name */
};

app_seen *app_seen_new(void)
{
	app_seen *s = calloc(1, sizeof *s);
	if (!s || pthread_mutex_init(&s->mu, NULL) != 0)
		abort();
	return s;
}

void app_seen_free(app_seen *s)
{
	if (!s)
		return;
	(void)pthread_mutex_destroy(&s->mu);
	free(s);
}

struct app_seen_key app_seen_key(const slu_str *text, size_t n)
{
	struct app_seen_key key;
	crypto_generichash_state st;
	(void)crypto_generichash_init(&st, NULL, 0, sizeof key.b);
	for (size_t i = 0; i < n; i++) {
		(void)crypto_generichash_update(&st, (const unsigned char *)&text[i].n, sizeof text[i].n);
		(void)crypto_generichash_update(&st, (const unsigned char *)text[i].p, text[i].n);
	}
	(void)crypto_generichash_final(&st, key.b, sizeof key.b);
	return key;
}

static size_t place_of(const struct app_seen_key *key)
{
	return ((size_t)key->b[0] << 8 | key->b[1]) % PLACES;
}

bool app_seen_has(app_seen *s, const struct app_seen_key *key)
{
	if (!s)
		return false;
	(void)pthread_mutex_lock(&s->mu);
	bool has = memcmp(&s->key[place_of(key)], key, sizeof *key) == 0;
	(void)pthread_mutex_unlock(&s->mu);
	return has;
}

void app_seen_add(app_seen *s, const struct app_seen_key *key)
{
	if (!s)
		return;
	(void)pthread_mutex_lock(&s->mu);
	s->key[place_of(key)] = *key;
	(void)pthread_mutex_unlock(&s->mu);
}
