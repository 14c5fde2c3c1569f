/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: RC-3 */
#include "audit/checkpoint.h"
#include "audit/leaf.h"

#include "t.h"

#include <stdlib.h>

static const slu_str name = SLU_STR_INIT("sluice.example/audit");

static struct aud_signer signer_of(slu_str who, unsigned char first)
{
	struct aud_signer s = { 0 };
	unsigned char seed[AUD_SEED_BYTES];
	for (size_t i = 0; i < sizeof seed; i++)
		seed[i] = (unsigned char)(first + i);
	T_RC(aud_signer_init(&s, who, seed, NULL), SLU_OK);
	return s;
}

static slu_rc put(void *ctx, unsigned level, uint64_t index, const aud_hash *node, slu_err *err)
{
	(void)err;
	((aud_hash *)ctx)[level * 4 + index] = *node;
	return SLU_OK;
}

static slu_rc get(void *ctx, unsigned level, uint64_t index, aud_hash *node, slu_err *err)
{
	(void)err;
	*node = ((aud_hash *)ctx)[level * 4 + index];
	return SLU_OK;
}

static char *manual(slu_arena *a)
{
	const char *top = getenv("TOP");
	FILE *f = fopen(slu_printf(a, "%s/docs/audit.md", top ? top : "."), "rb");
	T_TRUE(f != NULL);
	char *text = slu_alloc(a, 100000);
	size_t n = fread(text, 1, 99999, f);
	T_EQ_INT(fclose(f), 0);
	T_TRUE(n > 0 && n < 99999);
	return text;
}

/* The example in docs/audit.md is what the code makes: the seed of its key is the bytes 0 to 31. */
T_TEST(the_manual_shows_what_is_made)
{
	static const struct aud_event events[] = {
		{ 1, 1767603600, SLU_STR_INIT("acme/app"), SLU_STR_INIT("ada"), SLU_STR_INIT("push.accepted"), SLU_STR_INIT("{\"ref\":\"refs/heads/main\",\"commits\":2}") },
		{ 2, 1767603660, SLU_STR_INIT("acme/app"), SLU_STR_INIT("bob"), SLU_STR_INIT("change.approved"), SLU_STR_INIT("{\"change\":7}") },
		{ 3, 1767603720, SLU_STR_INIT("acme/app"), SLU_STR_INIT("ada"), SLU_STR_INIT("tag.created"), SLU_STR_INIT("{\"tag\":\"v1.2.0\"}") },
	};
	slu_auto_arena *a = slu_arena_new();
	const char *text = manual(a);
	struct aud_signer s = signer_of(name, 0);
	struct aud_frontier f = { .size = 0 };
	aud_hash nodes[12], root;
	slu_err err = { 0 };
	slu_auto_buf export;
	slu_buf_init(&export, AUD_LEAF_MAX);
	for (size_t i = 0; i < 3; i++) {
		size_t from = export.n;
		aud_hash h;
		T_OK(aud_leaf(&export, &events[i], &err), err);
		aud_leaf_hash(&h, (slu_str){ export.p + from, export.n - from });
		slu_buf_addc(&export, '\n');
		T_OK(aud_append(&f, &h, put, nodes, &err), err);
	}
	char *note, hex[65];
	struct aud_proof in, con;
	aud_root(&root, &f);
	T_OK(aud_checkpoint_sign(&note, a, f.size, &root, &s, &err), err);
	T_OK(aud_inclusion(&in, 1, 3, get, nodes, &err), err);
	T_OK(aud_consistency(&con, 2, 3, get, nodes, &err), err);
	T_HAS(text, export.p);
	T_HAS(text, aud_hash_hex(&root, hex));
	T_HAS(text, note);
	T_HAS(text, aud_verifier_text(a, &s.verifier));
	T_HAS(text, aud_inclusion_text(a, 1, &in, slu_s(note)));
	T_HAS(text, aud_consistency_text(a, 2, &con, slu_s(note)));
}

T_TEST(keys_of_others)
{
	static const struct {
		const char *text;
		slu_rc rc;
	} rows[] = {
		/* the key of Go's checksum database, and the one in the documentation of Go's note package */
		{ "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", SLU_OK },
		{ "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", SLU_OK },
		{ "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", SLU_E_INVALID },
		{ "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", SLU_E_INVALID },
		{ "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", SLU_E_INVALID },
		{ "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX", SLU_E_INVALID },
		{ "PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", SLU_E_INVALID },
		{ "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", SLU_E_SYNTAX },
		{ "PeterNeumann+c74f20a3", SLU_E_SYNTAX },
		{ "PeterNeumann", SLU_E_SYNTAX },
		{ "", SLU_E_SYNTAX },
		{ "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", SLU_E_INVALID },
		{ "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", SLU_E_INVALID },
	};
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu: %s", i, rows[i].text);
		struct aud_verifier v;
		slu_err err = { 0 };
		T_RC(aud_verifier_parse(&v, slu_s(rows[i].text), &err), rows[i].rc);
		if (rows[i].rc == SLU_OK)
			T_EQ_STR(aud_verifier_text(a, &v), rows[i].text);
		else
			T_TRUE(err.text[0] != '\0');
	}
}

T_TEST(names)
{
	static const struct {
		const char *text;
		bool valid;
	} rows[] = { { "example.com/log", true }, { "l\xc3\xb6g", true },	     { "", false },	       { "a b", false },
		     { "a+b", false },		  { "a\tb", false },	     { "a\xc2\xa0" "b", false }, { "a\xe3\x80\x80", false },
		     { "a\xff", false },	  { "a\xe2\x80\xa8" "b", false } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		T_TRUE(aud_name_valid(slu_s(rows[i].text)) == rows[i].valid);
	struct aud_signer s = { 0 };
	unsigned char seed[AUD_SEED_BYTES] = { 0 };
	T_RC(aud_signer_init(&s, SLU_STR("a b"), seed, NULL), SLU_E_INVALID);
	char longest[256];
	memset(longest, 'a', sizeof longest);
	T_TRUE(aud_name_valid((slu_str){ longest, 255 }));
	T_FALSE(aud_name_valid((slu_str){ longest, 256 }));
}

T_TEST(every_flipped_bit_of_a_checkpoint_is_seen)
{
	slu_auto_arena *a = slu_arena_new();
	struct aud_signer s = signer_of(name, 0);
	struct aud_checkpoint c;
	aud_hash root;
	char *note;
	aud_leaf_hash(&root, SLU_STR("any"));
	T_RC(aud_checkpoint_sign(&note, a, 20852163, &root, &s, NULL), SLU_OK);
	T_RC(aud_checkpoint_open(&c, slu_s(note), &s.verifier, NULL), SLU_OK);
	T_EQ_SLU(c.origin, "sluice.example/audit");
	T_EQ_INT(c.size, 20852163);
	T_TRUE(aud_hash_eq(&c.root, &root));
	T_EQ_INT(c.extensions.n, 0);
	size_t n = strlen(note);
	for (size_t bit = 0; bit < n * 8; bit++) {
		T_CASE("bit %zu", bit);
		note[bit / 8] = (char)(note[bit / 8] ^ (1 << bit % 8));
		slu_rc rc = aud_checkpoint_open(&c, (slu_str){ note, n }, &s.verifier, NULL);
		T_TRUE(rc == SLU_E_SYNTAX || rc == SLU_E_CORRUPT);
		note[bit / 8] = (char)(note[bit / 8] ^ (1 << bit % 8));
	}
	for (size_t cut = 0; cut < n; cut++)
		T_TRUE(aud_checkpoint_open(&c, (slu_str){ note, cut }, &s.verifier, NULL) != SLU_OK);
	T_RC(aud_checkpoint_sign(&note, a, UINT64_MAX, &root, &s, NULL), SLU_E_INVALID);
}

T_TEST(whose_signature_counts)
{
	slu_auto_arena *a = slu_arena_new();
	struct aud_signer s = signer_of(name, 0), other_key = signer_of(name, 100), other_log = signer_of(SLU_STR("other.example/log"), 0);
	struct aud_checkpoint c;
	aud_hash root;
	char *note, *second, *foreign;
	aud_leaf_hash(&root, SLU_STR("any"));
	T_RC(aud_checkpoint_sign(&note, a, 5, &root, &s, NULL), SLU_OK);
	T_RC(aud_checkpoint_sign(&second, a, 5, &root, &other_key, NULL), SLU_OK);
	T_RC(aud_checkpoint_sign(&foreign, a, 5, &root, &other_log, NULL), SLU_OK);
	T_RC(aud_checkpoint_open(&c, slu_s(note), &other_key.verifier, NULL), SLU_E_CORRUPT);
	T_RC(aud_checkpoint_open(&c, slu_s(note), &other_log.verifier, NULL), SLU_E_CORRUPT);
	T_RC(aud_checkpoint_open(&c, slu_s(foreign), &s.verifier, NULL), SLU_E_CORRUPT);
	/* signed by two: each is believed by those who trust it; a third kind of signature is left aside */
	const char *line = strstr(second, "\xe2\x80\x94");
	char *both = slu_printf(a, "%s\xe2\x80\x94 witness.example AAAABBBBCCCC\n%s", note, line);
	T_RC(aud_checkpoint_open(&c, slu_s(both), &s.verifier, NULL), SLU_OK);
	T_RC(aud_checkpoint_open(&c, slu_s(both), &other_key.verifier, NULL), SLU_OK);
	/* one good and one bad signature of the same key: the note is refused */
	char *torn = slu_printf(a, "%s%s", note, strstr(note, "\xe2\x80\x94"));
	T_RC(aud_checkpoint_open(&c, slu_s(torn), &s.verifier, NULL), SLU_OK);
	char *at = torn + strlen(torn) - 10;
	*at = *at == 'A' ? 'B' : 'A';
	T_RC(aud_checkpoint_open(&c, slu_s(torn), &s.verifier, NULL), SLU_E_CORRUPT);
	/* the signature of another text under this one */
	char *older;
	T_RC(aud_checkpoint_sign(&older, a, 4, &root, &s, NULL), SLU_OK);
	char *moved = slu_printf(a, "%.*s%s", (int)(strstr(note, "\xe2\x80\x94") - note), note, strstr(older, "\xe2\x80\x94"));
	T_RC(aud_checkpoint_open(&c, slu_s(moved), &s.verifier, NULL), SLU_E_CORRUPT);
}

#define ROOT "aZD9Qm10z1B9u19VpJ+AR2PKlIrtYOLNKZOszfW/fZk=\n"
#define SIG "\xe2\x80\x94 log qzaQtYPe3ECV\n"

T_TEST(what_is_a_note)
{
	static const struct {
		const char *text;
		slu_rc rc;
		uint32_t line;
	} rows[] = { { "log\n3\n" ROOT "\n" SIG, SLU_OK, 0 },
		     { "go.sum database tree\n3\n" ROOT "\n" SIG, SLU_OK, 0 }, /* an origin may have spaces; a key may not */
		     { "log\n0\n" ROOT "\n" SIG SIG, SLU_OK, 0 },
		     { "log\n3\n" ROOT "more\nand more\n\n" SIG, SLU_OK, 0 },
		     { "log\n9223372036854775807\n" ROOT "\n" SIG, SLU_OK, 0 },
		     { "log\n9223372036854775808\n" ROOT "\n" SIG, SLU_E_SYNTAX, 2 },
		     { "\n3\n" ROOT "\n" SIG, SLU_E_SYNTAX, 1 },
		     { "log\n03\n" ROOT "\n" SIG, SLU_E_SYNTAX, 2 },
		     { "log\n+3\n" ROOT "\n" SIG, SLU_E_SYNTAX, 2 },
		     { "log\n\n" ROOT "\n" SIG, SLU_E_SYNTAX, 2 },
		     { "log\n3\n\n" SIG, SLU_E_SYNTAX, 3 },
		     { "log\n3\naZD9Qm10z1B9u19VpJ+AR2PKlIrtYOLNKZOszfW/fZl=\n\n" SIG, SLU_E_SYNTAX, 3 }, /* bits behind the end */
		     { "log\n3\naZD9Qm10z1B9u19VpJ+AR2PKlIrtYOLNKZOszfW/fZk\n\n" SIG, SLU_E_SYNTAX, 3 },
		     { "log\n3\naZD9Qm10z1B9u19VpJ+AR2PKlIrtYOLNKZOszf\xc3\xb7/fZk=\n\n" SIG, SLU_E_SYNTAX, 3 },
		     { "log\n3\naZD9Qm10z1B9u19VpJ-AR2PKlIrtYOLNKZOszfW_fZk=\n\n" SIG, SLU_E_SYNTAX, 3 },
		     { "log\n3\n" ROOT "\n\n" SIG, SLU_E_SYNTAX, 4 },
		     { "log\n3\n" ROOT "a\n\nb\n\n" SIG, SLU_E_SYNTAX, 5 },
		     { "log\n3\n" ROOT SIG, SLU_E_SYNTAX, 0 },
		     { "log\n3\n" ROOT "\n", SLU_E_SYNTAX, 0 },
		     { "log\n3\n" ROOT "\n" SIG "more\n", SLU_E_SYNTAX, 6 },
		     { "log\n3\n" ROOT "\n- log qzaQtYPe3ECV\n", SLU_E_SYNTAX, 5 },
		     { "log\n3\n" ROOT "\n\xe2\x80\x94 log\n", SLU_E_SYNTAX, 5 },
		     { "log\n3\n" ROOT "\n\xe2\x80\x94  qzaQtYPe3ECV\n", SLU_E_SYNTAX, 5 },
		     { "log\n3\n" ROOT "\n\xe2\x80\x94 log qzaQ\n", SLU_E_SYNTAX, 5 },
		     { "log\n3\n" ROOT "\n\xe2\x80\x94 log ....tYPe\n", SLU_E_SYNTAX, 5 },
		     { "log\r\n3\n" ROOT "\n" SIG, SLU_E_SYNTAX, 0 },
		     { "log\xff\n3\n" ROOT "\n" SIG, SLU_E_SYNTAX, 0 },
		     { "", SLU_E_SYNTAX, 0 },
		     { "\n\n", SLU_E_SYNTAX, 0 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		struct aud_checkpoint c = { .size = 4711 };
		slu_err err = { 0 };
		T_RC(aud_checkpoint_parse(&c, slu_s(rows[i].text), &err), rows[i].rc);
		T_EQ_INT(err.line, rows[i].line);
		T_TRUE((c.size == 4711) == (rows[i].rc != SLU_OK));
	}
}

T_TEST(notes_are_bounded)
{
	slu_auto_buf b;
	struct aud_checkpoint c;
	slu_buf_init(&b, 200000);
	slu_buf_adds(&b, "log\n3\n" ROOT "\n");
	for (int i = 0; i < 32; i++)
		slu_buf_adds(&b, SIG);
	T_RC(aud_checkpoint_parse(&c, slu_buf_str(&b), NULL), SLU_OK);
	slu_buf_adds(&b, SIG);
	T_RC(aud_checkpoint_parse(&c, slu_buf_str(&b), NULL), SLU_E_LIMIT);
	slu_buf_clear(&b);
	slu_buf_addf(&b, "log\n3\n" ROOT "%065536d\n\n" SIG, 1);
	T_RC(aud_checkpoint_parse(&c, slu_buf_str(&b), NULL), SLU_E_LIMIT);
}

#define NOTE "log\n3\n" ROOT "\n" SIG

T_TEST(proofs_as_text)
{
	static const struct {
		const char *text;
		slu_rc rc;
		uint32_t line;
	} rows[] = { { "c2sp.org/tlog-proof@v1\nindex 1\n" ROOT ROOT "\n" NOTE, SLU_OK, 0 },
		     { "c2sp.org/tlog-proof@v1\nextra QUJD\nindex 0\n\n" NOTE, SLU_OK, 0 },
		     { "c2sp.org/tlog-proof@v2\nindex 1\n\n" NOTE, SLU_E_SYNTAX, 1 },
		     { "sluice/consistency@v1\nfrom 1\n\n" NOTE, SLU_E_SYNTAX, 1 },
		     { "", SLU_E_SYNTAX, 1 },
		     { "c2sp.org/tlog-proof@v1\n", SLU_E_SYNTAX, 1 },
		     { "c2sp.org/tlog-proof@v1\nindex 01\n\n" NOTE, SLU_E_SYNTAX, 2 },
		     { "c2sp.org/tlog-proof@v1\nindex\n\n" NOTE, SLU_E_SYNTAX, 2 },
		     { "c2sp.org/tlog-proof@v1\nextra ?\nindex 1\n\n" NOTE, SLU_E_SYNTAX, 2 },
		     { "c2sp.org/tlog-proof@v1\nextra QUJD\nextra QUJD\nindex 1\n\n" NOTE, SLU_E_SYNTAX, 3 },
		     { "c2sp.org/tlog-proof@v1\nindex 1\nQUJD\n\n" NOTE, SLU_E_SYNTAX, 3 },
		     { "c2sp.org/tlog-proof@v1\nindex 1\naZD9Qm10z1B9u19VpJ+AR2PKlIrtYOLNKZOszf\xd7/fZk=\n\n" NOTE, SLU_E_SYNTAX, 3 },
		     { "c2sp.org/tlog-proof@v1\nindex 1\n" ROOT, SLU_E_SYNTAX, 4 },
		     { "c2sp.org/tlog-proof@v1\nindex 1\n\n", SLU_E_SYNTAX, 0 },
		     { "c2sp.org/tlog-proof@v1\nindex 1\n\nlog\nx\n" ROOT "\n" SIG, SLU_E_SYNTAX, 5 } };
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		struct aud_proof_file f;
		slu_err err = { 0 };
		T_RC(aud_inclusion_parse(&f, slu_s(rows[i].text), &err), rows[i].rc);
		T_EQ_INT(err.line, rows[i].line);
		if (rows[i].rc == SLU_OK && f.extra.n == 0)
			T_EQ_STR(aud_inclusion_text(a, f.index, &f.proof, f.checkpoint), rows[i].text);
	}
	struct aud_proof_file f;
	T_RC(aud_consistency_parse(&f, SLU_STR("sluice/consistency@v1\nfrom 2\n" ROOT "\n" NOTE), NULL), SLU_OK);
	T_EQ_INT(f.index, 2);
	T_EQ_INT(f.proof.n, 1);
	T_EQ_SLU(f.checkpoint, NOTE);
	T_RC(aud_consistency_parse(&f, SLU_STR("sluice/consistency@v1\nextra QUJD\nfrom 2\n\n" NOTE), NULL), SLU_E_SYNTAX);
	slu_auto_buf b;
	slu_buf_init(&b, 10000);
	slu_buf_adds(&b, "c2sp.org/tlog-proof@v1\nindex 1\n");
	for (int i = 0; i <= AUD_PROOF_MAX; i++)
		slu_buf_adds(&b, ROOT);
	slu_buf_adds(&b, "\n" NOTE);
	T_RC(aud_inclusion_parse(&f, slu_buf_str(&b), NULL), SLU_E_LIMIT);
}
