/* SPDX-License-Identifier: Apache-2.0 */
#include "web/session.h"

#include <pthread.h>
#include <sodium.h>

enum { RANDOM = 24, TOKEN_MAX = 128 };

struct session {
	unsigned char id[32]; /* hash of the name: a look at the memory gives no cookie */
	char csrf[WEB_SESSION_NAME];
	char token[TOKEN_MAX];
	size_t token_n;
	int64_t began_s, used_s; /* began_s 0: free */
};
struct web_sessions {
	pthread_mutex_t lock;
	struct session *v;
	size_t n, cap;
};

web_sessions *web_sessions_new(void)
{
	web_sessions *s = calloc(1, sizeof *s);
	if (!s || pthread_mutex_init(&s->lock, NULL) != 0)
		abort();
	return s;
}

void web_sessions_free(web_sessions *s)
{
	if (!s)
		return;
	if (s->v)
		sodium_memzero(s->v, s->cap * sizeof *s->v);
	free(s->v);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

static void random_name(char out[WEB_SESSION_NAME])
{
	unsigned char bytes[RANDOM];
	randombytes_buf(bytes, sizeof bytes);
	(void)sodium_bin2base64(out, WEB_SESSION_NAME, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void hash_name(unsigned char out[32], const char *name)
{
	(void)crypto_generichash(out, 32, (const unsigned char *)name, strlen(name), NULL, 0);
}

/* A free place, a new one, or that of the longest unused. */
static struct session *place(web_sessions *s, int64_t now_s)
{
	struct session *oldest = NULL;
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].began_s == 0 || now_s - s->v[i].began_s > WEB_SESSION_S)
			return &s->v[i];
		if (!oldest || s->v[i].used_s < oldest->used_s)
			oldest = &s->v[i];
	}
	if (s->n == WEB_SESSIONS)
		return oldest;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 16;
		struct session *v = calloc(cap, sizeof *v);
		if (!v)
			abort();
		if (s->v) {
			memcpy(v, s->v, s->n * sizeof *v);
			sodium_memzero(s->v, s->n * sizeof *s->v);
		}
		free(s->v);
		s->v = v;
		s->cap = cap;
	}
	return &s->v[s->n++];
}

void web_session_begin(web_sessions *s, slu_str token, int64_t now_s, char name[WEB_SESSION_NAME])
{
	random_name(name);
	(void)pthread_mutex_lock(&s->lock);
	struct session *x = place(s, now_s);
	*x = (struct session){ .began_s = now_s, .used_s = now_s };
	hash_name(x->id, name);
	random_name(x->csrf);
	x->token_n = token.n < TOKEN_MAX ? token.n : TOKEN_MAX; /* a longer one is no token and signs nobody in */
	memcpy(x->token, token.p, x->token_n);
	(void)pthread_mutex_unlock(&s->lock);
}

static struct session *find(web_sessions *s, const char *name)
{
	unsigned char id[32];
	hash_name(id, name);
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].began_s && sodium_memcmp(s->v[i].id, id, sizeof id) == 0)
			return &s->v[i];
	return NULL;
}

bool web_session_find(web_sessions *s, slu_arena *a, const char *name, int64_t now_s, slu_str *token, const char **csrf)
{
	(void)pthread_mutex_lock(&s->lock);
	struct session *x = find(s, name);
	bool good = x && now_s - x->began_s <= WEB_SESSION_S;
	if (good) {
		x->used_s = now_s;
		*token = (slu_str){ slu_strndup(a, x->token, x->token_n), x->token_n };
		*csrf = slu_strdup(a, x->csrf);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return good;
}

void web_session_end(web_sessions *s, const char *name)
{
	(void)pthread_mutex_lock(&s->lock);
	struct session *x = find(s, name);
	if (x)
		sodium_memzero(x, sizeof *x);
	(void)pthread_mutex_unlock(&s->lock);
}
