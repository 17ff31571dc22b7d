/*
 * What the rules share. A plan is judged backwards from its outputs: recognise what a value is (provenance.c), what a
 * condition may depend on (depends.c), and compare both with the facts (release.c, facts.c).
 */
#ifndef POLICY_RULES_JUDGE_H
#define POLICY_RULES_JUDGE_H

#include "policy/rules.h"

/*
 * What one value may depend on. Columns are sets, one bit each (PLAN_COLUMNS_MAX is 64). "Known" means: at least
 * min_subjects rows of the group are not NULL there.
 */
struct dependence {
	bool is_declared; /* only on declared aggregates, keys and constants */
	uint64_t unguarded; /* depends on an aggregate of these even where they are not known */
	uint64_t known_if_true; /* a 1 implies that these are known */
	uint64_t known_if_false; /* a 0 implies that these are known */
	bool real_if_true, real_if_false; /* row bits: implies VALID */
};

struct judge {
	const struct policy *p;
	const struct plan *plan;
	struct problem *problem;
	uint16_t keep; /* the KEEP that OUTKEEP releases */
	uint16_t group; /* the GROUP whose COUNT suppresses it */
	struct dependence *of; /* by op id; [0] is unused */
};

/* An aggregate, in one form each: COUNT of a column that is not nullable is COUNT(*). */
struct aggregate {
	enum release_kind kind;
	uint16_t column; /* NO_COLUMN for COUNT(*) */
	uint16_t group; /* id of the GROUP whose rows it is over; masks by the column's own KNOWN do not count */
	int64_t scale; /* AVG: what the mean is multiplied by; else 1 */
};

/* Fills the problem with the operator (0: none) and returns st. */
enum status refuse(const struct judge *j, enum status st, uint16_t id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static inline const struct plan_op *op_of(const struct plan *plan, uint16_t id)
{
	return &plan->ops[id - 1];
}

/* provenance.c: false when the value is no aggregate of one column over one GROUP. WORDS and BITS forms alike. */
bool aggregate_of(const struct plan *plan, uint16_t id, struct aggregate *out);
/* The same form for what a policy declares. */
struct aggregate aggregate_declared(const struct plan *plan, enum release_kind kind, uint16_t column);
bool aggregate_equal(const struct aggregate *a, const struct aggregate *b); /* kind and column */
/* "SUM(salary)" into text. */
void aggregate_print(const struct policy *p, enum release_kind kind, uint16_t column, char *text, size_t cap);

/* depends.c */
void depend_rows(struct judge *j); /* real_if_… of every row bit */
void depend_groups(struct judge *j); /* everything else; j->group must be known */
/* Is this operator exactly the bit "the group has at least min_subjects rows where `column` is not NULL"? */
bool is_nonnull_bit(const struct judge *j, uint16_t id, uint16_t column);

/* release.c: one rule each */
enum status rule_keep(struct judge *j);
enum status rule_suppression(struct judge *j);
enum status rule_one_keep(const struct judge *j);
enum status rule_outputs(const struct judge *j);
enum status rule_conditions(const struct judge *j);
enum status rule_limit(const struct judge *j);
/* facts.c */
enum status rule_recipients(const struct judge *j);
enum status rule_columns(const struct judge *j);
enum status rule_rows(const struct judge *j);
enum status rule_text(const struct judge *j);
enum status rule_keys(const struct judge *j);

#endif
