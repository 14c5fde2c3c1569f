/* SPDX-License-Identifier: Apache-2.0 */
/** Driver `command`: the team's script moves the traffic; sluice says which version shall have how much of it. */
#include "run/deploy_dir.h"
#include "run/drivers.h"

static int64_t timeout_ms(const struct port_deploy *d)
{
	return d->driver->timeout_s > 0 ? d->driver->timeout_s * 1000 : 600000;
}

static slu_rc prepare(const struct port_deploy *d, slu_err *err)
{
	return run_release_make(d, &d->new_, err);
}

static slu_rc start(const struct port_deploy *d, bool old, slu_err *err)
{
	return old ? run_release_make(d, &d->old, err) : SLU_OK;
}

/* The script of the new version runs at each step; back again, the script for that, or the old version's own one. */
static slu_rc weight(const struct port_deploy *d, unsigned pct, slu_err *err)
{
	if (pct > 0 && d->rollback && d->driver->roll_back.n > 0)
		return run_deploy_script(d, "the roll-back script", d->driver->roll_back, pct, timeout_ms(d), err);
	if (pct > 0)
		return run_deploy_script(d, "the deploy script", d->driver->run_text, pct, timeout_ms(d), err);
	struct port_deploy back = *d;
	back.new_ = d->old;
	back.old = d->new_;
	back.rollback = true;
	if (!d->has_old)
		return SLU_OK;
	return weight(&back, 100, err);
}

static slu_rc finish(const struct port_deploy *d, slu_err *err)
{
	SLU_TRY(run_release_current(d, &d->new_, err));
	run_releases_prune(d);
	return d->driver->restart.n > 0 ? run_deploy_script(d, "the restart script", d->driver->restart, 100, timeout_ms(d), err) : SLU_OK;
}

static slu_rc stop(const struct port_deploy *d, bool old, slu_err *err)
{
	return old || !d->has_old ? SLU_OK : run_release_current(d, &d->old, err);
}

/* What the script brought runs somewhere else: it is no longer looked after, and no more. */
static slu_rc end(const struct port_deploy *d, slu_err *err)
{
	(void)d;
	(void)err;
	return SLU_OK;
}

static slu_rc look(const struct port_deploy *d, struct port_deploy_look *out, slu_err *err)
{
	(void)d;
	(void)err;
	*out = (struct port_deploy_look){ .new_pct = -1, .new_text = "" };
	return SLU_OK;
}

const struct port_deployer driver_command = {
	.name = "command",
	.summary = "The team's script, run at each step with what it needs in its environment",
	.prepare = prepare,
	.start = start,
	.weight = weight,
	.finish = finish,
	.stop = stop,
	.end = end,
	.look = look,
};
