/* The clock, and what has dates: the policy, the collateral. A wrong clock makes good evidence look expired, and the other way round. */
#include "doctor.h"

#include "collateral.h"
#include "policy_common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>

enum { DAY_S = 86400, SOON_S = 3 * DAY_S };

/* Nothing was ever built in the future: the clock cannot be before this program's file. */
enum finding probe_clock(const struct doctor *d, char detail[static DETAIL_MAX])
{
	struct stat program;
	bool built = stat("/proc/self/exe", &program) == 0;

	if (built && d->now_s + DAY_S < (int64_t)program.st_mtime) {
		snprintf(detail, DETAIL_MAX, "%s, before this program was built (%s)", time_text(d->now_s), time_text((int64_t)program.st_mtime));
		return MISSING;
	}
	snprintf(detail, DETAIL_MAX, "%s; peers must agree within admission.skew", time_text(d->now_s));
	return FINE;
}

/* Does anything keep the clock? The kernel knows whether a time service steers it. */
enum finding probe_clock_source(const struct doctor *d, char detail[static DETAIL_MAX])
{
	struct timex t = {.modes = 0};
	int state = adjtimex(&t);

	(void)d;
	if (state < 0) {
		snprintf(detail, DETAIL_MAX, "cannot be read here");
		return WEAK;
	}
	if (state == TIME_ERROR || t.status & STA_UNSYNC) {
		snprintf(detail, DETAIL_MAX, "no time service steers this clock");
		return WEAK;
	}
	snprintf(detail, DETAIL_MAX, "synchronised, within %ld ms", t.maxerror / 1000);
	return FINE;
}

enum finding probe_policy_time(const struct doctor *d, char detail[static DETAIL_MAX])
{
	struct loaded_policy *p = NULL;
	enum finding found = MISSING;

	if (!d->policy) {
		snprintf(detail, DETAIL_MAX, "no policy was named (--policy FILE)");
		return ABSENT;
	}
	if (loaded_policy_new(&p) != ST_OK || load_any(d->cli, p, d->policy) != ST_OK)
		snprintf(detail, DETAIL_MAX, "%.120s cannot be read: %.100s", d->policy, d->cli->problem.message);
	else if (d->now_s < p->policy.not_before || d->now_s > p->policy.not_after)
		snprintf(detail, DETAIL_MAX, "valid from %s to %s: not now", time_text(p->policy.not_before), time_text(p->policy.not_after));
	else {
		snprintf(detail, DETAIL_MAX, "valid until %s", time_text(p->policy.not_after));
		found = p->policy.not_after - d->now_s < SOON_S ? WEAK : FINE;
	}
	d->cli->problem = (struct problem){.st = ST_OK};
	loaded_policy_free(p);
	return found;
}

/* ---- collateral ---- */

struct age {
	char *detail; /* the first gap */
	size_t gaps;
};

static void take_gap(void *ctx, const char *what)
{
	struct age *a = ctx;

	if (a->gaps++ == 0)
		snprintf(a->detail, DETAIL_MAX, "%.200s", what);
}

/* For whom: the kind that was asked for, else whatever something lies there for. */
static enum finding judge_age(const struct doctor *d, const struct collateral_judgement *j, char detail[static DETAIL_MAX])
{
	static const enum tee_kind kinds[] = {TEE_SGX, TEE_TDX, TEE_SNP};
	int64_t first = INT64_MAX, until;
	bool any = false;
	struct age a = {detail, 0};

	for (size_t k = 0; k < j->n; k++)
		if (j->items[k].signature == COLLATERAL_FORGED) {
			snprintf(detail, DETAIL_MAX, "%.160s is not signed by the vendor", document_name(&j->items[k].facts));
			return MISSING;
		}
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		const struct collateral_need need = {.tee = kinds[k]};
		if (d->tee ? d->tee != kinds[k] : !collateral_speaks_of(j, kinds[k]))
			continue;
		any = true;
		collateral_suffices(j, &need, take_gap, &a, &until);
		first = until < first ? until : first;
	}
	if (a.gaps)
		return d->tee ? MISSING : WEAK;
	if (!any || first == INT64_MAX) {
		snprintf(detail, DETAIL_MAX, "%zu documents, for no kind that asks for them", j->n);
		return FINE;
	}
	snprintf(detail, DETAIL_MAX, "whole until %s", time_text(first));
	return first - d->now_s < SOON_S ? WEAK : FINE;
}

enum finding probe_collateral(const struct doctor *d, char detail[static DETAIL_MAX])
{
	const struct opt_many one = {.values = {d->collateral}, .n = 1};
	struct collateral set = {.n = 0};
	struct collateral_judgement *j = calloc(1, sizeof *j);
	enum finding found = MISSING;

	if (!d->collateral) {
		bool needed = d->tee == TEE_SGX || d->tee == TEE_TDX || d->tee == TEE_SNP;
		snprintf(detail, DETAIL_MAX, "no bundle was named (--collateral BUNDLE)");
		found = needed ? WEAK : ABSENT;
	} else if (!j || collateral_read(d->cli, &set, &one) != ST_OK || collateral_judge(j, &set, &att_anchors_production, d->now_s) != ST_OK)
		snprintf(detail, DETAIL_MAX, "%.100s: %.120s", d->collateral, d->cli->problem.message);
	else
		found = judge_age(d, j, detail);
	d->cli->problem = (struct problem){.st = ST_OK};
	collateral_clear(&set);
	free(j);
	return found;
}
