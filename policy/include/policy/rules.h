/*
 * The release rules: judges a plan against the facts of its policy, inside the enclave, trusting neither the compiler
 * nor the signatures. A plan signed by everybody and still wrong is refused. Pure; one allocation of 40 KiB at most.
 *
 *   p   as policy_decode made it, or facts with a plan that plan_infer has accepted
 *
 * Checked, each with its own status (policy/rules, one function each, table in docs/POLICY-LANGUAGE.md):
 *   ST_PLAN_RECIPIENT    recipients are parties of the policy and there is at least one
 *   ST_PLAN_TYPE         the plan's columns are those of the facts, and it reads no free text
 *   ST_PLAN_BOUND        rows_max and column ranges are those of the facts
 *   ST_PLAN_SUPPRESSION  every OUT and OUTKEEP hangs on a KEEP that descends from SUPPRESS with at least
 *                        min_subjects over the COUNT(*) of the very GROUP that its value was aggregated over, whose
 *                        selection implies VALID; an aggregate of a nullable column also has a nonnull bit with the same
 *                        threshold, and no condition depends on one where fewer rows are known
 *   ST_PLAN_RELEASE      every OUT's value is exactly the aggregate (kind, column, scale) that its result column declares,
 *                        each once and in order; every key is a released column; KEEP bits depend only on declared
 *                        conditions, keys and released aggregates; all OUTs hang on the same KEEP, which OUTKEEP, once and
 *                        last, releases; the limit is the policy's
 *   ST_NO_MEMORY
 * fills `problem` (may be NULL) with the op and the fact.
 */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include "policy/sealed.h"

MUST_USE enum status rules_check(const struct policy *p, struct problem *problem);

#endif
