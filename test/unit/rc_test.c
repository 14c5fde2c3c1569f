/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rc.h"

#include "base/utf8.h"
#include "t.h"

T_TEST(a_failure_carries_its_sentence_and_place)
{
	slu_err err = { 0 };
	T_EQ_INT(slu_fail_at(&err, SLU_E_SYNTAX, "strategy.yml", 3, 7, "No key \"%s\".", "braches"), SLU_E_SYNTAX);
	T_EQ_STR(err.text, "No key \"braches\".");
	T_EQ_STR(err.file, "strategy.yml");
	T_EQ_INT(err.line, 3);
	T_EQ_INT(err.column, 7);
	T_EQ_INT(slu_err_context(&err, "While reading %s", "main"), SLU_E_SYNTAX);
	T_EQ_STR(err.text, "While reading main: No key \"braches\".");
	T_EQ_INT(slu_fail_at(&err, SLU_E_LIMIT, err.file, 4, 1, "Again: %s", err.text), SLU_E_LIMIT);
	T_EQ_STR(err.file, "strategy.yml");
	T_EQ_STR(err.text, "Again: While reading main: No key \"braches\".");
	T_EQ_INT(slu_fail(&err, SLU_E_IO, "The disk is full."), SLU_E_IO);
	T_EQ_STR(err.file, "");
	T_EQ_INT(err.line, 0);
	T_EQ_INT(slu_fail(NULL, SLU_E_IO, "Nobody listens."), SLU_E_IO);
	T_EQ_INT(slu_err_context(NULL, "Nobody"), SLU_E_INTERNAL);
}

T_TEST(long_sentences_are_cut_between_code_points)
{
	for (size_t shift = 0; shift < 4; shift++) {
		char text[2001] = { 0 };
		size_t n = 0;
		for (; n < shift; n++)
			text[n] = 'x';
		for (; n + 3 <= 2000; n += 3)
			memcpy(text + n, "\xe2\x82\xac", 3);
		slu_err err = { 0 };
		T_EQ_INT(slu_fail(&err, SLU_E_LIMIT, "%s", text), SLU_E_LIMIT);
		T_TRUE(slu_utf8_valid(slu_s(err.text), NULL));
		T_TRUE(strlen(err.text) >= SLU_ERR_TEXT - 4);
		T_EQ_INT(slu_err_context(&err, "%s", "12"), SLU_E_LIMIT);
		T_TRUE(slu_utf8_valid(slu_s(err.text), NULL));
		T_TRUE(slu_str_starts(slu_s(err.text), shift ? "12: x" : "12: \xe2"));
		T_EQ_INT(slu_fail_at(&err, SLU_E_LIMIT, text, 1, 1, "short"), SLU_E_LIMIT);
		T_TRUE(slu_utf8_valid(slu_s(err.file), NULL));
		T_TRUE(strlen(err.file) >= SLU_ERR_FILE - 4);
	}
}

T_TEST(every_code_has_a_word_and_an_exit_code)
{
	for (int rc = SLU_OK; rc <= SLU_E_INTERNAL; rc++) {
		T_TRUE(slu_rc_word((slu_rc)rc)[0] != '\0');
		T_TRUE((slu_rc_exit((slu_rc)rc) == 0) == (rc == SLU_OK));
		for (int other = SLU_OK; other < rc; other++)
			T_TRUE(strcmp(slu_rc_word((slu_rc)rc), slu_rc_word((slu_rc)other)) != 0);
	}
	T_EQ_STR(slu_rc_word(SLU_E_NOT_FOUND), "not-found");
	T_EQ_INT(slu_rc_exit(SLU_E_DENIED), 1);
	T_EQ_INT(slu_rc_exit(SLU_E_USAGE), 2);
	T_EQ_INT(slu_rc_exit(SLU_E_STRATEGY), 3);
	T_EQ_INT(slu_rc_exit(SLU_E_AUTH), 4);
	T_EQ_INT(slu_rc_exit(SLU_E_IO), 5);
	T_EQ_INT(slu_rc_exit(SLU_E_WAIT), 8);
	T_EQ_INT(slu_rc_exit(SLU_E_CONFLICT), 9);
	T_EQ_INT(slu_rc_exit((slu_rc)1000), 7);
	T_EQ_STR(slu_rc_word((slu_rc)1000), "internal");
}
