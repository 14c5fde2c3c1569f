/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs as text: c2sp.org/tlog-proof, and the same with another head for consistency. */
#include "audit/checkpoint.h"
#include "audit/lines.h"

struct head {
	const char *first;  /* the first line */
	const char *number; /* what stands before the number */
	bool extra;         /* an "extra" line may come between them */
};

static const struct head inclusion = { "c2sp.org/tlog-proof@v1", "index ", true };
static const struct head consistency = { "sluice/consistency@v1", "from ", false };

static char *write_proof(slu_arena *a, const struct head *head, uint64_t number, const struct aud_proof *proof, slu_str checkpoint)
{
	slu_auto_buf b;
	slu_buf_init(&b, AUD_PROOF_MAX * 64 + 1024 + checkpoint.n);
	slu_buf_addf(&b, "%s\n%s%llu\n", head->first, head->number, (unsigned long long)number);
	for (size_t i = 0; i < proof->n; i++) {
		char text[180];
		slu_buf_adds(&b, aud_base64(text, proof->hash[i].b, AUD_HASH_BYTES));
		slu_buf_addc(&b, '\n');
	}
	slu_buf_addc(&b, '\n');
	slu_buf_addstr(&b, checkpoint);
	return slu_str_dup(a, slu_buf_str(&b));
}

static slu_rc bad(slu_err *err, uint32_t line, const char *what)
{
	return slu_fail_at(err, SLU_E_SYNTAX, NULL, line, 0, "This is not a proof: %s", what);
}

/* "extra BASE64"; what it says is not looked at, only its form. */
static bool read_extra(slu_str *out, slu_str line)
{
	slu_str rest = { line.p + 6, line.n - 6 };
	for (size_t i = 0; i < rest.n; i++) {
		char c = rest.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
		if (!letter && !(c == '=' && i + 2 >= rest.n))
			return false;
	}
	*out = rest;
	return rest.n > 0 && rest.n % 4 == 0;
}

/* The lines before the hashes. */
static slu_rc read_head(struct aud_proof_file *f, const struct head *head, struct aud_lines *l, slu_err *err)
{
	slu_str line;
	if (!aud_line(l, &line) || !slu_str_is(line, head->first))
		return slu_fail_at(err, SLU_E_SYNTAX, NULL, 1, 0, "This is not a proof: its first line must be \"%s\".", head->first);
	bool more = aud_line(l, &line);
	if (more && head->extra && slu_str_starts(line, "extra ")) {
		if (!read_extra(&f->extra, line))
			return bad(err, l->line, "after \"extra\" stands base64.");
		more = aud_line(l, &line);
	}
	size_t word = strlen(head->number);
	if (!more || !slu_str_starts(line, head->number) || !aud_parse_count(&f->index, (slu_str){ line.p + word, line.n - word }))
		return slu_fail_at(err, SLU_E_SYNTAX, NULL, l->line, 0, "This is not a proof: \"%s\" and a number are expected.", head->number);
	return SLU_OK;
}

static slu_rc read_proof(struct aud_proof_file *out, const struct head *head, slu_str text, slu_err *err)
{
	struct aud_proof_file f = { .index = 0 };
	struct aud_lines l = { text, 0 };
	slu_str line;
	bool more;
	if (text.n > 2 * AUD_NOTE_MAX)
		return slu_fail(err, SLU_E_LIMIT, "This is not a proof: it is longer than %d bytes.", 2 * AUD_NOTE_MAX);
	SLU_TRY(read_head(&f, head, &l, err));
	while ((more = aud_line(&l, &line)) && line.n > 0) {
		if (f.proof.n == AUD_PROOF_MAX)
			return slu_fail_at(err, SLU_E_LIMIT, NULL, l.line, 0, "This is not a proof: it has more than %d hashes.", AUD_PROOF_MAX);
		if (!aud_parse_base64(f.proof.hash[f.proof.n].b, AUD_HASH_BYTES, line))
			return bad(err, l.line, "a hash is 32 bytes in base64.");
		f.proof.n++;
	}
	if (!more)
		return bad(err, l.line + 1, "a blank line and the checkpoint are missing; was it cut off?");
	struct aud_checkpoint c;
	slu_err inner = { 0 };
	slu_rc rc = aud_checkpoint_parse(&c, l.rest, &inner);
	if (rc != SLU_OK)
		return slu_fail_at(err, rc, NULL, inner.line ? inner.line + l.line : 0, 0, "%s", inner.text);
	f.checkpoint = l.rest;
	*out = f;
	return SLU_OK;
}

char *aud_inclusion_text(slu_arena *a, uint64_t index, const struct aud_proof *proof, slu_str checkpoint)
{
	return write_proof(a, &inclusion, index, proof, checkpoint);
}

slu_rc aud_inclusion_parse(struct aud_proof_file *out, slu_str text, slu_err *err)
{
	return read_proof(out, &inclusion, text, err);
}

char *aud_consistency_text(slu_arena *a, uint64_t from, const struct aud_proof *proof, slu_str checkpoint)
{
	return write_proof(a, &consistency, from, proof, checkpoint);
}

slu_rc aud_consistency_parse(struct aud_proof_file *out, slu_str text, slu_err *err)
{
	return read_proof(out, &consistency, text, err);
}
