/* Private to the lowering: one run. */
#ifndef POLICY_LOWER_LOWERING_H
#define POLICY_LOWER_LOWERING_H

#include "policy/lower.h"
#include "policy/value.h"

enum { SUMS_COLUMNS_MAX = PLAN_OPERANDS_MAX - 1 };

struct lowering {
	struct policy *p;
	struct plan *plan;
	const struct query *q;
	struct sql_fault *fault;
	enum plan_shape shape; /* of the condition being lowered: rows in WHERE, groups in HAVING */
	uint32_t at; /* place in the query of what is being lowered */
	uint32_t op_at[PLAN_OPS_MAX];
	uint16_t valid, group, sums; /* operator ids */
	uint8_t n_sums;
	struct sums_column {
		uint16_t column;
		bool known; /* KNOWNW rather than COLW */
		uint32_t at; /* who needs it first */
	} sums_columns[SUMS_COLUMNS_MAX];
	bool full; /* PLAN_OPS_MAX was reached; sticks, asked once at the end */
};

/* Conditions are circuits that may turn out constant; so a bit is an operator id or one of these. */
enum { BIT_FALSE = 0xfffe, BIT_TRUE = 0xffff };

/* ---- emit.c: operators; an equal one that exists already is taken instead of a new one ---- */
uint16_t emit_op(struct lowering *l, struct plan_op op);
uint16_t emit0(struct lowering *l, enum plan_opcode code, uint16_t a);
uint16_t emit1(struct lowering *l, enum plan_opcode code, uint16_t x, uint16_t a);
uint16_t emit2(struct lowering *l, enum plan_opcode code, uint16_t x, uint16_t y, int64_t imm);
uint16_t emit_const(struct lowering *l, int64_t value, enum plan_shape shape);
uint16_t bit_and(struct lowering *l, uint16_t x, uint16_t y);
uint16_t bit_or(struct lowering *l, uint16_t x, uint16_t y);
uint16_t bit_not(struct lowering *l, uint16_t x);

/* ---- aggregate.c ---- */
bool is_nullable_aggregate(const struct lowering *l, enum release_kind kind, uint16_t column);
/* What a SUMS must hold for this aggregate; before `sums` is emitted. */
MUST_USE enum status need_sums(struct lowering *l, enum release_kind kind, uint16_t column, uint32_t at);
uint16_t emit_count(struct lowering *l); /* rows of the group, BITS */
uint16_t emit_known_count(struct lowering *l, uint16_t column); /* known values of the column, WORDS */
uint16_t emit_nonnull(struct lowering *l, uint16_t column); /* at least min_subjects known values */
uint16_t emit_sum_words(struct lowering *l, uint16_t column);
uint16_t emit_aggregate(struct lowering *l, enum release_kind kind, uint16_t column);

/* ---- condition.c ---- */
uint16_t emit_true(struct lowering *l, uint16_t expr); /* the condition is true */
uint16_t emit_key(struct lowering *l, unsigned key); /* code of the key in each group, from 0 */
uint16_t emit_key_nonnull(struct lowering *l, unsigned key);

#endif
