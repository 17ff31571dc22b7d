/*
 * The answer in the clear: a plan run on everybody's rows by the meaning that policy/plan.h gives each operator, with no
 * engine, no shares and no code in common with them. The oracle that simulated sessions and tests are compared with.
 */
#ifndef SIM_REFERENCE_H
#define SIM_REFERENCE_H

#include "ingest/csv.h"
#include "policy/plan.h"

/*
 * words: as oblivious/exec.h lays out the released result: word w of group g at [w * groups + g]; for each OUT in order its value
 * and its nonnull bit if it has one, last the keep bit. sim_reference_words() x plan->groups of them, the caller's.
 * tables: n_tables of them, NULL for none. The plan has passed plan_infer. ST_NO_MEMORY; ST_DATA_RANGE: a key outside its range.
 */
MUST_USE enum status sim_reference_run(uint64_t *words, const struct plan *plan, const struct ingest_table *const *tables,
    size_t n_tables);
uint32_t sim_reference_words(const struct plan *plan); /* words of a group */

#endif
