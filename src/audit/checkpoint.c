/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/checkpoint.h"

#include "audit/lines.h"
#include "base/utf8.h"

#include <sodium.h>

enum { ED25519 = 0x01 /* type of signature in a key's id */, ID_BYTES = 4, SIGNATURE_BYTES = 64 };

static const char dash[] = "\xe2\x80\x94 ";

/* White space as Unicode has it, besides what counts as control character. */
static bool is_space(uint32_t cp)
{
	return cp == ' ' || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

bool aud_name_valid(slu_str name)
{
	if (name.n == 0 || name.n > AUD_NAME_MAX)
		return false;
	for (size_t at = 0; at < name.n;) {
		uint32_t cp;
		size_t len = slu_utf8_next((slu_str){ name.p + at, name.n - at }, &cp);
		if (len == 0 || cp == '+' || is_space(cp) || slu_utf8_is_control(cp))
			return false;
		at += len;
	}
	return true;
}

static uint32_t be32(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint32_t key_id(slu_str name, const unsigned char key[AUD_PUBLIC_BYTES])
{
	static const unsigned char between[] = { '\n', ED25519 };
	unsigned char hash[AUD_HASH_BYTES];
	crypto_hash_sha256_state s;
	(void)crypto_hash_sha256_init(&s);
	(void)crypto_hash_sha256_update(&s, (const unsigned char *)name.p, name.n);
	(void)crypto_hash_sha256_update(&s, between, sizeof between);
	(void)crypto_hash_sha256_update(&s, key, AUD_PUBLIC_BYTES);
	(void)crypto_hash_sha256_final(&s, hash);
	return be32(hash);
}

slu_rc aud_verifier_init(struct aud_verifier *out, slu_str name, const unsigned char key[AUD_PUBLIC_BYTES], slu_err *err)
{
	if (!aud_name_valid(name))
		return slu_fail(err, SLU_E_INVALID, "The name of an audit log has 1 to %d bytes, and no spaces, control characters or plus signs.", AUD_NAME_MAX);
	*out = (struct aud_verifier){ .name = name, .id = key_id(name, key) };
	memcpy(out->key, key, AUD_PUBLIC_BYTES);
	return SLU_OK;
}

slu_rc aud_signer_init(struct aud_signer *out, slu_str name, const unsigned char seed[AUD_SEED_BYTES], slu_err *err)
{
	struct aud_signer s = { 0 };
	unsigned char key[AUD_PUBLIC_BYTES];
	(void)crypto_sign_seed_keypair(key, s.secret, seed);
	slu_rc rc = aud_verifier_init(&s.verifier, name, key, err);
	if (rc == SLU_OK)
		*out = s;
	aud_signer_clear(&s);
	return rc;
}

void aud_signer_clear(struct aud_signer *s)
{
	sodium_memzero(s, sizeof *s);
}

char *aud_verifier_text(slu_arena *a, const struct aud_verifier *v)
{
	unsigned char typed[1 + AUD_PUBLIC_BYTES] = { ED25519 };
	char text[180];
	memcpy(typed + 1, v->key, AUD_PUBLIC_BYTES);
	return slu_printf(a, "%.*s+%08x+%s", SLU_FMT(v->name), v->id, aud_base64(text, typed, sizeof typed));
}

slu_rc aud_verifier_parse(struct aud_verifier *out, slu_str text, slu_err *err)
{
	static const char wrong[] = "This is not the key of an audit log: it looks like \"name+0123abcd+base64\".";
	slu_str name, id, rest = text;
	unsigned char typed[1 + AUD_PUBLIC_BYTES];
	char hex[9];
	if (!slu_str_split(&rest, '+', &name) || !slu_str_split(&rest, '+', &id) || id.n != 8)
		return slu_fail(err, SLU_E_SYNTAX, wrong);
	if (!aud_parse_base64(typed, sizeof typed, rest)) {
		bool other = rest.n > 2 && rest.p[0] != 'A';
		return other ? slu_fail(err, SLU_E_INVALID, "This key is not an Ed25519 key, which is the only kind that can be used here.") : slu_fail(err, SLU_E_SYNTAX, wrong);
	}
	if (typed[0] != ED25519)
		return slu_fail(err, SLU_E_INVALID, "This key is not an Ed25519 key, which is the only kind that can be used here.");
	struct aud_verifier v;
	SLU_TRY(aud_verifier_init(&v, name, typed + 1, err));
	unsigned char bytes[ID_BYTES] = { (unsigned char)(v.id >> 24), (unsigned char)(v.id >> 16), (unsigned char)(v.id >> 8), (unsigned char)v.id };
	if (!slu_str_is(id, sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes)))
		return slu_fail(err, SLU_E_INVALID, "Name, number and key of this audit log do not belong together: a part of it was mistyped.");
	*out = v;
	return SLU_OK;
}

slu_rc aud_checkpoint_sign(char **out, slu_arena *a, uint64_t size, const aud_hash *root, const struct aud_signer *signer, slu_err *err)
{
	const struct aud_verifier *v = &signer->verifier;
	char root_text[180], signature_text[180];
	unsigned char signature[ID_BYTES + SIGNATURE_BYTES] = { (unsigned char)(v->id >> 24), (unsigned char)(v->id >> 16), (unsigned char)(v->id >> 8), (unsigned char)v->id };
	if (size > INT64_MAX)
		return slu_fail(err, SLU_E_INVALID, "An audit tree has no %llu leaves.", (unsigned long long)size);
	char *text = slu_printf(a, "%.*s\n%llu\n%s\n", SLU_FMT(v->name), (unsigned long long)size, aud_base64(root_text, root->b, AUD_HASH_BYTES));
	(void)crypto_sign_detached(signature + ID_BYTES, NULL, (const unsigned char *)text, strlen(text), signer->secret);
	*out = slu_printf(a, "%s\n%s%.*s %s\n", text, dash, SLU_FMT(v->name), aud_base64(signature_text, signature, sizeof signature));
	return SLU_OK;
}

static slu_rc bad(slu_err *err, slu_rc code, uint32_t line, const char *what)
{
	return slu_fail_at(err, code, NULL, line, 0, "This is not a checkpoint: %s", what);
}

/* The note as a whole: its bytes, and where the text ends and the signatures begin. */
static slu_rc cut_note(slu_str *text, slu_str *signatures, slu_str note, slu_err *err)
{
	if (note.n > AUD_NOTE_MAX)
		return bad(err, SLU_E_LIMIT, 0, "it is longer than 65536 bytes.");
	if (!slu_utf8_valid(note, NULL))
		return bad(err, SLU_E_SYNTAX, 0, "it is not UTF-8 text.");
	for (size_t i = 0; i < note.n; i++)
		if ((unsigned char)note.p[i] < 0x20 && note.p[i] != '\n')
			return bad(err, SLU_E_SYNTAX, 0, "it has control characters.");
	if (!slu_str_ends(note, "\n"))
		return bad(err, SLU_E_SYNTAX, 0, "its last line has no end; was it cut off?");
	size_t blank = note.n - 1; /* the last line end that stands directly behind another */
	while (blank > 0 && !(note.p[blank] == '\n' && note.p[blank - 1] == '\n'))
		blank--;
	if (blank == 0 || blank + 1 == note.n)
		return bad(err, SLU_E_SYNTAX, 0, "no signature follows after a blank line.");
	*text = (slu_str){ note.p, blank };
	*signatures = (slu_str){ note.p + blank + 1, note.n - blank - 1 };
	return SLU_OK;
}

struct signature {
	slu_str name, base64;
};

static bool read_signature(struct signature *s, slu_str line)
{
	slu_str rest = line;
	if (!slu_str_starts(line, dash))
		return false;
	rest.p += sizeof dash - 1;
	rest.n -= sizeof dash - 1;
	if (!slu_str_split(&rest, ' ', &s->name) || !aud_name_valid(s->name))
		return false;
	s->base64 = rest;
	unsigned char head[3]; /* the first group is enough to see base64; its length follows from the kind of key */
	return rest.n >= 8 && rest.n % 4 == 0 && aud_parse_base64(head, 3, (slu_str){ rest.p, 4 });
}

static slu_rc check_signatures(slu_str lines, uint32_t first_line, slu_err *err)
{
	struct aud_lines l = { lines, first_line - 1 };
	slu_str line;
	for (int n = 1; aud_line(&l, &line); n++) {
		struct signature s;
		if (n > AUD_SIGNATURES_MAX)
			return bad(err, SLU_E_LIMIT, l.line, "it has more than 32 signatures.");
		if (!read_signature(&s, line))
			return bad(err, SLU_E_SYNTAX, l.line, "a signature is a dash (U+2014), a name and base64, with one space between them.");
	}
	return SLU_OK;
}

slu_rc aud_checkpoint_parse(struct aud_checkpoint *out, slu_str note, slu_err *err)
{
	struct aud_checkpoint c = { .size = 0 };
	slu_str line;
	SLU_TRY(cut_note(&c.text, &c.signatures, note, err));
	struct aud_lines l = { c.text, 0 };
	if (!aud_line(&l, &c.origin) || c.origin.n == 0 || c.origin.n > AUD_NAME_MAX)
		return bad(err, SLU_E_SYNTAX, 1, "the first line names the log, in 1 to 255 bytes.");
	if (!aud_line(&l, &line) || !aud_parse_count(&c.size, line))
		return bad(err, SLU_E_SYNTAX, 2, "the second line is the number of leaves, in decimal and below 2^63.");
	if (!aud_line(&l, &line) || !aud_parse_base64(c.root.b, AUD_HASH_BYTES, line))
		return bad(err, SLU_E_SYNTAX, 3, "the third line is the root, 32 bytes in base64.");
	c.extensions = l.rest;
	while (aud_line(&l, &line))
		if (line.n == 0)
			return bad(err, SLU_E_SYNTAX, l.line, "its text has a blank line.");
	SLU_TRY(check_signatures(c.signatures, l.line + 2, err));
	*out = c;
	return SLU_OK;
}

slu_rc aud_checkpoint_open(struct aud_checkpoint *out, slu_str note, const struct aud_verifier *trusted, slu_err *err)
{
	struct aud_checkpoint c;
	SLU_TRY(aud_checkpoint_parse(&c, note, err));
	if (!slu_str_eq(c.origin, trusted->name))
		return slu_fail_at(err, SLU_E_CORRUPT, NULL, 1, 0, "The checkpoint is of the log \"%.*s\", not of \"%.*s\".", SLU_FMT(c.origin), SLU_FMT(trusted->name));
	struct aud_lines l = { c.signatures, 0 };
	slu_str line;
	bool verified = false;
	while (aud_line(&l, &line)) {
		struct signature s;
		unsigned char bytes[ID_BYTES + SIGNATURE_BYTES], id[6];
		if (!read_signature(&s, line) || !slu_str_eq(s.name, trusted->name))
			continue;
		if (!aud_parse_base64(id, sizeof id, (slu_str){ s.base64.p, 8 }) || be32(id) != trusted->id)
			continue; /* another key of the same name */
		if (!aud_parse_base64(bytes, sizeof bytes, s.base64) ||
		    crypto_sign_verify_detached(bytes + ID_BYTES, (const unsigned char *)c.text.p, c.text.n, trusted->key) != 0)
			return slu_fail(err, SLU_E_CORRUPT, "The signature of \"%.*s\" is not one of this checkpoint: the text or the signature was changed.", SLU_FMT(s.name));
		verified = true;
	}
	if (!verified)
		return slu_fail(err, SLU_E_CORRUPT, "The checkpoint is not signed by the key of \"%.*s\" that is trusted here.", SLU_FMT(trusted->name));
	*out = c;
	return SLU_OK;
}
