/*
 * What operators share: public shapes, the values computed so far, and the table that gives each opcode its three
 * functions: run, exact cost, scratch memory. All three follow from public shapes only.
 */
#ifndef OBLIVIOUS_EXEC_RUN_H
#define OBLIVIOUS_EXEC_RUN_H

#include "circuits/circuit.h"
#include "oblivious/exec.h"

/* Public: each source's rows padded to whole words of lanes; row lanes are the blocks one after the other, the compute
 * parties' first. */
struct shape {
	uint32_t blocks[EXEC_SOURCES_MAX];
	uint32_t rows; /* lanes of row-shaped values: sum of blocks */
	uint32_t groups; /* lanes of group-shaped values */
};
struct shape shape_of(const struct plan *p, const uint32_t rows[static EXEC_SOURCES_MAX]);

struct value { /* of one operator: bits for BITS, KEEP, GROUPM; words for WORDS, SUMS */
	struct mpc_bits bits;
	struct mpc_words words;
};

struct exec {
	const struct plan *plan;
	struct mpc *m;
	struct arena *arena;
	struct shape shape;
	struct exec_input own;
	const struct exec_given *given; /* [providers] */
	unsigned culprit;
	uint16_t done; /* operators run so far */
	uint8_t *storage;
	struct value *values; /* [n_ops] */
	uint32_t result_words;
	struct mpc_words result;
};

/* ---- of the plan ---- */
static inline const struct plan_op *operand(const struct plan *p, const struct plan_op *op, unsigned k)
{
	return &p->ops[op->in[k] - 1];
}
static inline size_t op_lanes(const struct shape *s, const struct plan_op *op)
{
	return op->type.shape == SHAPE_ROWS ? s->rows : s->groups;
}
static inline unsigned type_width(const struct plan_type *t)
{
	return plan_width(t->lo, t->hi);
}
static inline bool is_signed(const struct plan_type *t)
{
	return t->lo < 0;
}
/* Width in which both values of a comparison fit. */
unsigned common_width(const struct plan_type *a, const struct plan_type *b);
/* CONST has no storage: its planes are constants, and circuits with a public operand are cheaper. */
static inline bool is_public(const struct plan_op *op)
{
	return op->code == OP_CONST;
}
/* What a column's values need as planes: COL's bounds, which include 0. */
struct plan_type column_type(const struct plan_column *c);
size_t value_bytes(const struct plan *p, const struct shape *s, const struct plan_op *op);

/* ---- of a run ---- */
static inline struct value *value_of(struct exec *x, const struct plan_op *op)
{
	return &x->values[op - x->plan->ops];
}
/* The operand as a number, from word `from` of its planes on. */
struct number operand_number(struct exec *x, const struct plan_op *op, unsigned k, size_t from);
/* Operand k, one bit. */
struct mpc_plane operand_bit(struct exec *x, const struct plan_op *op, unsigned k, size_t from);
/* The planes of an operator's own result, from word `from` on. */
void result_planes(struct exec *x, const struct plan_op *op, struct mpc_plane *out, size_t from);

/* ---- operators ---- */
/* Lane by lane: may be run on part of the lanes, [64 * from, 64 * from + c->lanes). */
struct lanewise {
	struct effort (*effort)(const struct plan *p, const struct plan_op *op);
	enum status (*run)(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from);
};
struct operator
{
	struct lanewise lanewise; /* or all of the others */
	enum status (*run)(struct exec * x, const struct plan_op *op);
	void (*cost)(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c);
	size_t (*scratch)(const struct plan *p, const struct shape *s, const struct plan_op *op);
};
const struct operator* operator_of(enum plan_opcode code);

/* Temporaries that an operator aims to stay below, by working on part of the lanes or groups at a time. */
enum { SCRATCH_AIM = 32 << 20 };
/* operators.c: the executor's view of an operator, lanewise or not */
MUST_USE enum status operator_run(struct exec *x, const struct plan_op *op);
void operator_cost(const struct plan *p, const struct shape *s, const struct plan_op *op, struct mpc_cost *c);
size_t operator_scratch(const struct plan *p, const struct shape *s, const struct plan_op *op);

/* ---- provided.c: rows of providers ---- */
/* Lanes of provider q among the row lanes: first one, and how many. */
struct lanes {
	size_t from, n;
};
struct lanes provider_lanes(const struct shape *s, unsigned q);
/* VALID's part: every provider's rows are as declared. Opens one bit per provider. */
MUST_USE enum status provided_check(struct exec *x);
void provided_check_cost(const struct plan *p, const struct shape *s, struct mpc_cost *c);
size_t provided_check_scratch(const struct plan *p, const struct shape *s);
/* Bits to words 0/1 weighted, for COLW and KNOWNW: z = the number that the planes are, on these lanes. */
MUST_USE enum status provided_words(struct exec *x, const struct mpc_words *z, const struct mpc_bits *planes, bool is_signed);
void provided_words_cost(struct mpc_cost *c, unsigned width, size_t lanes);
size_t provided_words_scratch(unsigned width, size_t lanes);

/* layout.c: where each value lies, from the plan alone. false: too large to address. */
struct layout {
	size_t offset[PLAN_OPS_MAX], bytes; /* within the storage of values; its size */
	size_t scratch; /* the most that one operator takes besides */
};
bool layout_plan(struct layout *l, const struct plan *p, const struct shape *s);

#define OPERATOR_LIST(X)                                                                                               \
	X(OP_VALID, operator_valid)                                                                                    \
	X(OP_COL, operator_column)                                                                                     \
	X(OP_KNOWN, operator_known)                                                                                    \
	X(OP_COLW, operator_column_words)                                                                              \
	X(OP_KNOWNW, operator_known_words)                                                                             \
	X(OP_CONST, operator_const)                                                                                    \
	X(OP_ADD, operator_add)                                                                                        \
	X(OP_SUB, operator_sub)                                                                                        \
	X(OP_MUL, operator_mul)                                                                                        \
	X(OP_LT, operator_lt)                                                                                          \
	X(OP_EQ, operator_eq)                                                                                          \
	X(OP_AND, operator_and)                                                                                        \
	X(OP_OR, operator_or)                                                                                          \
	X(OP_NOT, operator_not)                                                                                        \
	X(OP_GROUP, operator_group)                                                                                    \
	X(OP_MASK, operator_mask)                                                                                      \
	X(OP_SUMS, operator_sums)                                                                                      \
	X(OP_PICK, operator_pick)                                                                                      \
	X(OP_LIN, operator_lin)                                                                                        \
	X(OP_A2B, operator_a2b)                                                                                        \
	X(OP_MIN, operator_extreme)                                                                                    \
	X(OP_MAX, operator_extreme)                                                                                    \
	X(OP_AVG, operator_avg)                                                                                        \
	X(OP_KEY, operator_key)                                                                                        \
	X(OP_SUPPRESS, operator_suppress)                                                                              \
	X(OP_KEEPIF, operator_keepif)                                                                                  \
	X(OP_TOP, operator_top)                                                                                        \
	X(OP_OUT, operator_out)                                                                                        \
	X(OP_OUTKEEP, operator_outkeep)

#define X(code, name) extern const struct operator name;
OPERATOR_LIST(X)
#undef X

#endif
