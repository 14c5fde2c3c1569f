/* SPDX-License-Identifier: Apache-2.0 */
/* What differs in a base, as it is kept: the number of all differences, then a line for each of the first. */
#include "app/bases_impl.h"

enum { VALUE_MAX = 160, DIFFERS_MAX = APP_BASE_DIFFERS * (3 * VALUE_MAX + 200) };

/* At most VALUE_MAX bytes of whole characters, and no control byte. */
static void put_value(slu_buf *b, const char *z)
{
	size_t n = strlen(z), cut = n;

	if (n > VALUE_MAX)
		for (cut = VALUE_MAX; cut > 0 && ((unsigned char)z[cut] & 0xc0) == 0x80;)
			cut--;
	for (size_t i = 0; i < cut; i++)
		slu_buf_addc(b, (unsigned char)z[i] < ' ' || z[i] == 0x7f ? '?' : z[i]);
	if (cut < n)
		slu_buf_adds(b, "\xE2\x80\xA6");
}

slu_str app_base_differs_text(slu_arena *a, const strat_differences *d)
{
	slu_auto_buf b;
	size_t put = 0;

	slu_buf_init(&b, DIFFERS_MAX);
	slu_buf_addf(&b, "%zu\n", d->n);
	for (int loose = 1; loose >= 0; loose--)
		for (size_t i = 0; i < d->n && put < APP_BASE_DIFFERS; i++) {
			if (d->v[i].loosens != (loose == 1))
				continue;
			const char *const value[] = { d->v[i].path, d->v[i].was, d->v[i].now };
			slu_buf_addc(&b, loose ? '+' : '-');
			for (size_t k = 0; k < 3; k++) {
				slu_buf_addc(&b, '\t');
				put_value(&b, value[k]);
			}
			slu_buf_addc(&b, '\n');
			put++;
		}
	return slu_s(slu_str_dup(a, slu_buf_str(&b)));
}

void app_base_differs_read(struct app_base *b, slu_arena *a, slu_str text)
{
	SLU_LIST(struct app_base_difference) list = { 0 };
	slu_str rest = text, line, part;
	uint64_t all = 0;

	if (slu_str_split(&rest, '\n', &line) && slu_parse_u64(&all, line, NULL) == SLU_OK)
		b->differs_all = (size_t)all;
	while (slu_str_split(&rest, '\n', &line)) {
		struct app_base_difference d = { 0 };
		d.loosens = slu_str_split(&line, '\t', &part) && slu_str_is(part, "+");
		(void)slu_str_split(&line, '\t', &d.path);
		(void)slu_str_split(&line, '\t', &d.was);
		d.now = line;
		*SLU_ADD(a, &list) = d;
	}
	b->differs = list.v;
	b->differs_n = list.n;
}

void app_base_differs_json(slu_json *j, const struct app_base *b)
{
	slu_json_kv_int(j, "differs_all", (int64_t)b->differs_all);
	slu_json_key(j, "differs");
	slu_json_open(j, '[');
	for (size_t i = 0; i < b->differs_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "rule", b->differs[i].path);
		slu_json_kv_str(j, "was", b->differs[i].was);
		slu_json_kv_str(j, "now", b->differs[i].now);
		slu_json_kv_bool(j, "loosens", b->differs[i].loosens);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}
