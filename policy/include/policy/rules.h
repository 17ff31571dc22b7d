/*
 * The release rules: judges a plan against the facts of its policy, inside the enclave, trusting neither the compiler
 * nor the signatures. A plan signed by everybody and still wrong is refused. Pure.
 *
 * Checked, each with its own status (policy/rules/rules.c, one function each, table in docs/POLICY-LANGUAGE.md):
 *   ST_PLAN_TYPE         columns, keys and shapes of the plan are those of the facts
 *   ST_PLAN_BOUND        rows_max and column bounds are those of the facts; plan_infer finds no overflow
 *   ST_PLAN_SUPPRESSION  every OUT and OUTKEEP hangs on a KEEP that descends from SUPPRESS with at least
 *                        min_subjects over the COUNT of the very GROUPM (or the one it MASKs) that its value was
 *                        aggregated over; a value over a nullable column also has a nonnull bit with the same threshold
 *   ST_PLAN_RELEASE      every OUT's value is exactly the aggregate (kind, column) that its result column declares;
 *                        KEEP bits depend only on declared conditions, keys and released aggregates;
 *                        all OUTs hang on the same KEEP, which OUTKEEP releases; no row-shaped value is released
 *   ST_PLAN_RECIPIENT    recipients are parties of the policy and there is at least one
 * fills `problem` with the op and the fact.
 */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include "policy/sealed.h"

MUST_USE enum status rules_check(const struct policy *p, struct problem *problem);

#endif
