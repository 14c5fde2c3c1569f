/* SPDX-License-Identifier: Apache-2.0 */
/** Columns for a terminal, and the lists that commands print with them. */
#include "base/utf8.h"
#include "cmd/cmd.h"

#include <jansson.h>

void cmd_table_init(struct cmd_table *t, struct cmd_ctx *c, size_t columns)
{
	*t = (struct cmd_table){ .c = c, .columns = columns };
}

/* What came from others must not move the terminal's cursor. */
void cmd_table_cell(struct cmd_table *t, const char *text)
{
	char *copy = slu_strdup(t->c->a, text ? text : "");
	for (char *p = copy; *p;) {
		uint32_t cp = 0;
		size_t n = slu_utf8_next(slu_s(p), &cp);
		if (n == 0 || slu_utf8_is_control(cp) || slu_utf8_is_bidi(cp)) {
			memset(p, '?', n ? n : 1);
			n = n ? n : 1;
		}
		p += n;
	}
	*SLU_ADD(t->c->a, &t->cell) = copy;
}

int cmd_table_put(struct cmd_table *t)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64u * 1024 * 1024);
	size_t *width = SLU_NEW_N(t->c->a, size_t, t->columns);
	for (size_t i = 0; i < t->cell.n; i++) {
		size_t w = slu_utf8_count(slu_s(t->cell.v[i]));
		if (w > width[i % t->columns])
			width[i % t->columns] = w;
	}
	for (size_t i = 0; i < t->cell.n; i++) {
		size_t column = i % t->columns;
		slu_buf_adds(&b, t->cell.v[i]);
		if (column + 1 == t->columns) {
			slu_buf_addc(&b, '\n');
			continue;
		}
		for (size_t w = slu_utf8_count(slu_s(t->cell.v[i])); w < width[column] + 2; w++)
			slu_buf_addc(&b, ' ');
	}
	return cmd_put(t->c, &b);
}

static const char *cell(struct cmd_ctx *c, const struct cmd_column *col, const json_t *row)
{
	if (col->text)
		return col->text(c, row);
	int64_t number = cmd_j_int(row, col->key);
	return number ? slu_printf(c->a, "%lld", (long long)number) : cmd_j_str(row, col->key);
}

int cmd_rows_put(struct cmd_ctx *c, const json_t *rows, const struct cmd_column *col, const char *none)
{
	struct cmd_table t;
	size_t columns = 0, i;
	json_t *row;
	if (json_array_size(rows) == 0 && none) {
		cmd_say(c, "%s", none);
		return 0;
	}
	while (col[columns].heading)
		columns++;
	cmd_table_init(&t, c, columns);
	for (size_t k = 0; k < columns; k++)
		cmd_table_cell(&t, col[k].heading);
	json_array_foreach(rows, i, row)
		for (size_t k = 0; k < columns; k++)
			cmd_table_cell(&t, cell(c, &col[k], row));
	return cmd_table_put(&t);
}

int cmd_list_put(struct cmd_ctx *c, const char *path, const struct cmd_column *col, const char *none)
{
	json_t *all;
	slu_err err = { 0 };
	int code = cmd_list(c, path, &all, &err);
	if (code != 0 || c->format == CMD_FORMAT_JSON)
		return code;
	return cmd_rows_put(c, all, col, none);
}
