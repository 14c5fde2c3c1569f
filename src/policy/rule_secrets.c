/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing of a deployment begins while a secret that it needs has no value: a script would run with an empty one. It needs the
 * environment's own secrets, and those of the whole file that what is written for the environment names as $NAME. That is no choice of
 * the strategy's: it holds where nothing is enforced, too.
 */
#include "policy/rule.h"

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* $NAME or ${NAME} */
static bool names(slu_str text, slu_str secret)
{
	for (size_t i = 0; i + secret.n < text.n; i++) {
		size_t at = i + 1 + (text.p[i + 1] == '{');
		if (text.p[i] != '$' || at + secret.n > text.n || memcmp(text.p + at, secret.p, secret.n) != 0)
			continue;
		if (at + secret.n == text.n || !is_word(text.p[at + secret.n]))
			return true;
	}
	return false;
}

static bool driver_names(const struct strat_driver *d, slu_str secret)
{
	const slu_str text[] = { d->run_text, d->roll_back, d->restart, d->listen, d->ready_http };
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		if (names(text[i], secret))
			return true;
	for (size_t i = 0; i < d->argv_n; i++)
		if (names(d->argv[i], secret))
			return true;
	return false;
}

static bool is_named(const struct pol_judge *j, const struct strat_environment *e, slu_str secret)
{
	if (names(e->url, secret) || (e->driver >= 0 && driver_names(&j->s->driver[e->driver], secret)))
		return true;
	for (size_t i = 0; i < e->probe_n; i++)
		if (names(e->probe[i].target, secret))
			return true;
	for (size_t i = 0; i < e->variables_n; i++)
		if (names(e->variables[i].value, secret))
			return true;
	return false;
}

struct lacking {
	const char *list;   /* names without a value */
	const char *remedy; /* for the first of them */
};

static slu_rc look(struct lacking *l, struct pol_judge *j, slu_str secret, slu_err *err)
{
	bool there = false;
	slu_str file = { "", 0 };
	if (j->f->secret)
		SLU_TRY(j->f->secret(j->f->ctx, j->a, secret, &there, &file, err));
	if (there)
		return SLU_OK;
	if (!*l->list && file.n)
		l->remedy = POL_TEXT(j, "install -D -m 600 /dev/stdin \"$SLUICE_HOME/%.*s\"", SLU_FMT(file));
	l->list = POL_TEXT(j, "%s%s%.*s", l->list, *l->list ? ", " : "", SLU_FMT(secret));
	return SLU_OK;
}

static slu_rc judge_secrets(struct pol_judge *j, slu_err *err)
{
	if (j->environment < 0)
		return SLU_OK;
	const struct strat_environment *e = &j->s->environment[j->environment];
	struct lacking needed = { "", "" }, other = { "", "" };
	size_t n = e->secrets_n;
	for (size_t i = 0; i < e->secrets_n; i++)
		SLU_TRY(look(&needed, j, e->secrets[i], err));
	for (size_t i = 0; i < j->s->secret_n; i++) {
		bool named = is_named(j, e, j->s->secret[i]);
		SLU_TRY(look(named ? &needed : &other, j, j->s->secret[i], err));
		n += named;
	}
	const char *rule = POL_TEXT(j, "environments.%.*s.secrets", SLU_FMT(e->name));
	struct strat_pos pos = j->enforcement == STRAT_ACTIVE ? e->pos : pol_nowhere;
	if (*other.list)
		pol_add(j, NULL, (struct pol_row){ .rule = rule, .pos = pos, .state = POL_NOT_APPLICABLE, .wanted = "a value for each secret that the deployment needs",
			 .actual = POL_TEXT(j, "%s: no value, and nothing that is written for this environment names it", other.list) });
	if (n == 0)
		return SLU_OK;
	const char *actual = !*needed.list ? "each has one" : j->f->secret ? POL_TEXT(j, "no value: %s", needed.list) : "secrets are not known here";
	struct pol_row *row = pol_add(j, NULL, (struct pol_row){ .rule = rule, .pos = pos, .state = *needed.list ? POL_WAITING : POL_PASSED,
						   .wanted = "a value for each secret that the deployment needs", .actual = actual, .remedy = needed.remedy,
						   .unknown = !j->f->secret });
	if (*needed.list)
		pol_opens(j, row, "who runs the server");
	return SLU_OK;
}

const struct pol_rule rule_secrets = {
	.name = "secrets",
	.summary = "Nothing is deployed while a secret that it needs has no value.",
	.verbs = POL_VERB(POL_DEPLOY) | POL_VERB(POL_ROLL_BACK),
	.rank = 21,
	.builtin = true,
	.judge = judge_secrets,
};
