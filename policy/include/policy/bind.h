/*
 * Names and types: the query's syntax tree and the policy's facts become a typed query, in which every column is a
 * number, every literal a code of its column's type, and every form that is left can be lowered. What cannot is refused by
 * name, with the nearest form that works. Pure.
 *
 * Names match as in SQL, without regard to case. Semantics (NULL, ties, rounding): docs/POLICY-LANGUAGE.md.
 */
#ifndef POLICY_BIND_H
#define POLICY_BIND_H

#include "policy/sealed.h"
#include "policy/sql.h"

enum { QUERY_EXPRS_MAX = 4096 };

enum value_kind { VK_NUMBER = 1, VK_BOOL, VK_DATE, VK_TIMESTAMP, VK_TEXT, VK_STRING, VK_NULL };

enum expr_kind {
	EX_CONST = 1, /* value */
	EX_COLUMN, /* column; in HAVING one of the keys */
	EX_AGGREGATE, /* aggregate, column */
	EX_ADD,
	EX_SUB,
	EX_MUL, /* a, b; numbers; scales are aligned for ADD and SUB, added for MUL */
	EX_LT,
	EX_EQ, /* a, b of one kind and scale; an AVG stands beside a constant of any scale */
	EX_AND,
	EX_OR, /* a, b */
	EX_NOT,
	EX_IS_NULL, /* a */
};

struct expr {
	uint8_t kind, type, scale;
	uint8_t aggregate; /* enum release_kind */
	uint16_t column, a, b; /* a, b: numbers of exprs, 0: none */
	uint32_t at; /* byte offset in the query */
	int64_t value;
	int64_t lo, hi; /* bounds of a number, date, timestamp or text code; NULL is not counted */
	struct slice text; /* VK_STRING: a text literal that has not met its column yet */
};

struct query_key {
	uint16_t column;
	uint32_t at;
};
struct query_result {
	char name[POLICY_NAME_MAX + 1];
	enum release_kind kind;
	uint16_t column; /* NO_COLUMN for COUNT(*) and what equals it */
	uint16_t key; /* REL_KEY: position among the keys */
	uint32_t at;
};
struct query_order {
	uint16_t result;
	uint8_t flags; /* SORT_DESC, SORT_NULLS_FIRST */
	uint32_t at;
};
struct query { /* large: heap or static */
	uint16_t n_exprs; /* exprs[1..n_exprs] */
	struct expr exprs[QUERY_EXPRS_MAX + 1];
	uint16_t where, having; /* 0: none */
	uint8_t n_keys, n_results, n_order;
	struct query_key keys[PLAN_KEYS_MAX];
	struct query_result results[PLAN_RESULTS_MAX];
	struct query_order order[PLAN_SORT_MAX];
	uint64_t limit; /* 0: none */
	uint32_t limit_at;
};

/* ST_SQL_UNSUPPORTED, ST_SQL_NAME, ST_SQL_TYPE, ST_SQL_BOUND, ST_SQL_RELEASE with *fault filled; q is then unspecified.
 * Slices in q borrow from the tree. */
MUST_USE enum status query_bind(
    struct query *q, const struct policy *facts, const struct sql_ast *ast, struct sql_fault *fault);

#endif
