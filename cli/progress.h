/* What a person sees while a rehearsal runs: phases, the admission matrix, a bar for the steps. On standard error. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cluster.h"

struct progress {
	bool tty, matrix_shown;
	unsigned shown_step;
	char shown_phase[POLICY_PARTIES_MAX][32];
};
void progress_init(struct progress *p);
void progress_update(void *ctx, const struct cluster *c); /* struct cluster's progress callback; ctx: struct progress */
void progress_end(struct progress *p);

#endif
