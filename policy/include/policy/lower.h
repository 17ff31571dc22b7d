/*
 * A typed query to the plan (policy/plan.h) and to the facts that the plan is judged by. Pure and deterministic.
 *
 * WHERE: three-valued logic as two two-valued circuits, "is true" and "is false", so that NOT costs nothing and NULL needs no third
 * value. Equal subexpressions become one operator.
 *
 * A result over a nullable column reads as NULL unless at least min_subjects known values went into it; HAVING and ORDER BY
 * see the same NULL, so that neither tells more than the result.
 */
#ifndef POLICY_LOWER_H
#define POLICY_LOWER_H

#include "policy/bind.h"

/* p holds the facts of the file; results, conditions, order, limit and plan are filled in, plan_infer has passed.
 * ST_SQL_BOUND when a value could exceed 62 bits, ST_SQL_UNSUPPORTED when the plan would be too large; *fault filled. */
MUST_USE enum status query_lower(struct policy *p, const struct query *q, struct sql_fault *fault);

#endif
