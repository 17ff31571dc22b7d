#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR = 32 };

void progress_init(struct progress *p)
{
	*p = (struct progress){.tty = isatty(2) == 1};
}

static bool has_admitted(const struct cluster_party *party)
{
	static const char *const later[] = {"admitted", "committed", "running", "confirmed", "released"};

	for (size_t i = 0; i < sizeof later / sizeof *later; i++)
		if (strcmp(party->phase, later[i]) == 0)
			return true;
	return false;
}

/* Every "yes" is a signed ADMIT: that enclave has itself verified the evidence of the one in the column. */
static void show_matrix(const struct cluster *c)
{
	const struct policy *p = &c->policy->policy;

	fprintf(stderr, "  admission: the enclave of the row has verified the enclave of the column\n  %12s", "");
	for (unsigned j = 0; j < p->n_parties; j++)
		fprintf(stderr, " %-10s", p->parties[j].id);
	fprintf(stderr, "\n");
	for (unsigned i = 0; i < p->n_parties; i++) {
		fprintf(stderr, "  %12s", p->parties[i].id);
		for (unsigned j = 0; j < p->n_parties; j++)
			fprintf(stderr, " %-10s", i == j ? "-" : has_admitted(&c->party[i]) ? "yes" : "no");
		fprintf(stderr, "\n");
	}
}

static void show_bar(struct progress *p, const struct cluster *c)
{
	unsigned step = cluster_step(c), steps = c->policy->policy.plan.n_ops, filled = steps ? step * BAR / steps : BAR;

	if (step == p->shown_step || (!p->tty && step != steps && step / 10 == p->shown_step / 10))
		return;
	p->shown_step = step;
	fprintf(stderr, "%s  steps     [", p->tty ? "\r" : "");
	for (unsigned i = 0; i < BAR; i++)
		fputc(i < filled ? '#' : '.', stderr);
	fprintf(stderr, "] %u/%u %-8s%s", step, steps, step ? plan_opcode_name(c->policy->policy.plan.ops[step - 1].code) : "",
	    p->tty && step != steps ? "" : "\n");
	fflush(stderr);
}

void progress_update(void *ctx, const struct cluster *c)
{
	struct progress *p = ctx;
	bool all = true;

	for (unsigned i = 0; i < c->policy->policy.n_parties; i++) {
		const struct cluster_party *party = &c->party[i];
		all = all && has_admitted(party);
		if (strcmp(p->shown_phase[i], party->phase) == 0)
			continue;
		snprintf(p->shown_phase[i], sizeof p->shown_phase[i], "%s", party->phase);
		if (!p->tty || p->shown_step == 0 || p->shown_step == c->policy->policy.plan.n_ops)
			fprintf(stderr, "  %-9s %s\n", c->policy->policy.parties[i].id, party->phase);
	}
	if (all && !p->matrix_shown) {
		p->matrix_shown = true;
		show_matrix(c);
	}
	show_bar(p, c);
}

void progress_end(struct progress *p)
{
	if (p->tty && p->shown_step)
		fputc('\n', stderr);
}
