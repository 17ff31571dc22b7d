/*
 * What a simulated session has to show: its costs are those of the formulas, and what a recipient opens is the answer in
 * the clear. Both judge a report from outside, as a recipient or a reader of docs/ENGINE.md would.
 */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include "sim/setup.h"

/* Rounds and payload bytes of every operator at every party are exactly exec_cost(): ST_SIM_COST names the first that is not.
 * rows[i]: public row count of party i. */
MUST_USE enum status sim_check_costs(const struct policy *p, const uint32_t rows[static SIM_PARTIES], const struct sim_report *r,
    struct problem *problem);

/* Opens what the host of `recipient` wrote: receipt verified against the hash of `payload`, then the parts. words: result_words
 * x groups, the caller's. What receipt_verify and result_open say. */
MUST_USE enum status sim_open_result(uint64_t *words, const struct policy *p, struct slice payload, const struct sim_keys *keys,
    const struct sim_report *r, unsigned recipient, struct problem *problem);

/* sim_open_result, and every word is that of sim_reference_run(): else ST_SIM_SAFETY. */
MUST_USE enum status sim_check_result(const uint64_t *want, const struct policy *p, struct slice payload, const struct sim_keys *keys,
    const struct sim_report *r, unsigned recipient, struct problem *problem);

#endif
