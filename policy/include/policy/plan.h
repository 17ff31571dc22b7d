/*
 * The plan: a DAG of typed, fixed-shape column operators without secret-dependent control flow. It is what every
 * organisation signs, what enclaves validate (policy/rules.h) and run (oblivious/exec.h). Pure data; codec in plan.c.
 *
 * A plan is a list of operators; ops[k] has id k + 1. In the encoding the id is explicit and must ascend by one from
 * 1, so an op id names one position, one stream address range and one AAD. Operands are ids of earlier operators.
 *
 * Every operator has one result with a type:
 *   kind   BITS   Boolean (XOR) sharing in bit planes; width in bits follows from the bounds (plan_width)
 *          WORDS  arithmetic sharing over Z_2^64
 *          GROUPM the one-bit-per-group selector matrix of GROUP: `groups` columns of one bit per row
 *          SUMS   `groups` x (1 + columns) words: counts, then sums
 *          KEEP   one bit per group: "this result row is released"; only KEEP operators make it
 *          NONE   output operators
 *   shape  ROWS (all parties' rows, public total n) or GROUPS (public number of groups G; 1 without GROUP BY)
 *   bounds [lo, hi] on the plaintext value, computed by plan_infer(), within [-2^62, 2^62]. BITS values are unsigned
 *          when lo >= 0 and two's complement otherwise. Bounds of COL, COLW, MIN, MAX, sums and averages always
 *          include 0: NULLs, padding rows and empty groups carry 0.
 *
 * Immediates that an opcode does not use are 0 (ST_PLAN_FORMAT), all are within [-2^62, 2^62].
 *
 * Plaintext semantics of each operator (v[i] row i, g[j] group j):
 *
 *   id   opcode    operands                     immediates            result
 *   VALID                                                            BITS rows [0,1]: the row is real, not padding
 *   COL                                         a=column              BITS rows: the column's code (below); 0 where NULL
 *   KNOWN                                       a=column              BITS rows [0,1]: not NULL (1 for a column that is not nullable)
 *   COLW                                        a=column              WORDS rows: same value as COL
 *   KNOWNW                                      a=column              WORDS rows [0,1]
 *   CONST                                       imm=value, a=shape    BITS, public constant
 *   ADD SUB MUL  x, y (BITS, same shape)                              BITS
 *   LT EQ        x, y (BITS, same shape)                              BITS [0,1]: x < y signed, x = y
 *   AND OR       x, y (BITS [0,1], same shape)                        BITS [0,1]
 *   NOT          x (BITS [0,1])                                       BITS [0,1]
 *   GROUP        sel (BITS rows [0,1]), then per key: COL [, KNOWN]   GROUPM; a=number of keys; keys listed in plan.keys
 *   MASK         m (GROUPM), b (BITS rows [0,1])                      GROUPM: every column AND b
 *   SUMS         m (GROUPM), w1..wk (WORDS rows)                      SUMS: column 0 = number of selected rows, column j = sum of wj over them
 *   PICK         s (SUMS)                       a=column              WORDS groups
 *   LIN          x [, y] (WORDS groups)         imm, imm2, imm3       WORDS groups: imm*x + imm2*y + imm3
 *   A2B          x (WORDS groups)                                     BITS groups
 *   MIN MAX      m (GROUPM), x (BITS rows)                            BITS groups: extreme over selected rows; 0 when none
 *   AVG          s (BITS groups), c (BITS groups) imm=scale           BITS groups: s*scale/c rounded half away from zero; 0 when c = 0;
 *                                                                     scale is 10^0..10^9, and 2*scale*|s| + c < 2^63
 *   KEY                                         a=key position        BITS groups, public: c of that key in group j (below), in [0, size-1];
 *                                                                     NULL is the last one
 *   SUPPRESS     c (BITS groups: A2B(PICK(SUMS(m..),0))) imm=k>=1     KEEP: c >= k
 *   KEEPIF       keep, b (BITS groups [0,1])                          KEEP: keep AND b
 *   TOP          keep, then per sort key: x [, nonnull]  imm=limit    KEEP: keep AND rank < limit, the rank among the kept groups; sort flags
 *                                                                     in plan.sort; where nonnull is 0, x does not count: those groups tie
 *                                                                     after the others (first with SORT_NULLS_FIRST); all ties by group number
 *   OUT          keep, x (BITS groups) [, nonnull (BITS groups [0,1])] a=result column (index into policy.results)
 *                                                                     NONE: released word = x if keep (and nonnull), else 0;
 *                                                                     with nonnull a second released bit
 *   OUTKEEP      keep                                                 NONE: the keep bit itself; exactly one, last
 *
 * Column codes: int64, decimal (scaled by 10^s), date (days since 1970-01-01), timestamp (seconds), bool (0/1) are
 * their number; a text column with a domain is the rank of its value in the bytewise sorted domain.
 * Group j of keys k1..km with sizes d1..dm (size of the value range, plus one where nullable; NULL is the last code):
 * j = ((c1*d2 + c2)*d3 + c3)...; c = value - lo.
 *
 * Security: the plan fixes all shapes; what is opened to whom is decided by OUT/OUTKEEP alone.
 */
#ifndef POLICY_PLAN_H
#define POLICY_PLAN_H

#include "base/buf.h"
#include "base/status.h"

enum {
	PLAN_OPS_MAX = 1024,
	PLAN_OPERANDS_MAX = 24,
	PLAN_GROUPS_MAX = 4096,
	PLAN_TOP_GROUPS_MAX = 1024, /* TOP compares all pairs */
	PLAN_KEYS_MAX = 8,
	PLAN_SORT_MAX = 8,
	PLAN_COLUMNS_MAX = 64,   /* columns of the dataset */
	PLAN_RESULTS_MAX = 32,   /* columns of the result */
	PLAN_RESULT_WORDS_MAX = 1 << 16, /* released words of all groups: 16 bytes each, and a sealed part is one frame */
	PLAN_ROWS_MAX = 1 << 26,
};

enum plan_opcode {
	OP_VALID = 1, OP_COL, OP_KNOWN, OP_COLW, OP_KNOWNW, OP_CONST,
	OP_ADD, OP_SUB, OP_MUL, OP_LT, OP_EQ, OP_AND, OP_OR, OP_NOT,
	OP_GROUP, OP_MASK, OP_SUMS, OP_PICK, OP_LIN, OP_A2B, OP_MIN, OP_MAX, OP_AVG, OP_KEY,
	OP_SUPPRESS, OP_KEEPIF, OP_TOP, OP_OUT, OP_OUTKEEP,
	OP_COUNT_ /* number of opcodes + 1 */
};
enum plan_kind { KIND_BITS = 1, KIND_WORDS, KIND_GROUPM, KIND_SUMS, KIND_KEEP, KIND_NONE };
enum plan_shape { SHAPE_ROWS = 1, SHAPE_GROUPS = 2 };

struct plan_type {
	enum plan_kind kind;
	enum plan_shape shape;
	int64_t lo, hi; /* for SUMS: bounds of the counts; PICK computes its own */
};

struct plan_op {
	enum plan_opcode code;
	uint16_t a;                            /* column, key or result position, shape */
	int64_t imm, imm2, imm3;               /* 0 where the opcode has none */
	uint8_t n_in;
	uint16_t in[PLAN_OPERANDS_MAX];        /* operator ids, 1-based, smaller than this one's */
	struct plan_type type;                 /* not encoded: plan_infer() fills it */
};

/* A column of the dataset as the plan sees it. */
struct plan_column {
	int64_t lo, hi; /* of its code; lo <= 0 <= hi is not required. NULL is code 0 and KNOWN 0 */
	bool nullable;
};
struct plan_key { /* one GROUP BY column, in order */
	uint16_t column;
	uint32_t size; /* hi - lo + 1, plus one when nullable */
};
enum { SORT_DESC = 1, SORT_NULLS_FIRST = 2, SORT_HAS_NONNULL = 4 };

struct plan {
	uint32_t rows_max; /* public bound on n, all parties together; bounds of counts and sums rest on it */
	uint32_t groups;   /* product of key sizes, 1 without keys */
	uint8_t n_keys, n_sort;
	struct plan_key keys[PLAN_KEYS_MAX];
	uint8_t sort[PLAN_SORT_MAX]; /* flags of TOP's sort keys, in order */
	uint16_t n_columns;
	struct plan_column columns[PLAN_COLUMNS_MAX];
	uint16_t n_ops;
	struct plan_op ops[PLAN_OPS_MAX]; /* ops[k] has id k + 1 */
};

/* Planes of a value with these bounds: 0 for [0,0]; bits of hi when lo >= 0; two's complement otherwise. At most 64:
 * a plan reaches them with [-2^62, 2^62]. */
unsigned plan_width(int64_t lo, int64_t hi);
/* Types and bounds of every operator from columns and rows_max, checking operand kinds, shapes and overflow:
 * ST_PLAN_TYPE, ST_PLAN_BOUND, ST_PLAN_OP_ID, ST_PLAN_LIMIT, ST_PLAN_FORMAT (unknown opcode, immediate that is not
 * used). At most one TOP; sort flags only with it. where: op id of the first fault, 0 when it is none's (may be NULL).
 * Both the compiler and the enclave call it; nothing else decides a width. */
MUST_USE enum status plan_infer(struct plan *p, uint16_t *where);
/* Column bounds of SUMS column j (0 = count); [0,0] when there is none. */
void plan_sums_bounds(const struct plan *p, const struct plan_op *sums, unsigned j, int64_t *lo, int64_t *hi);

/* Does any operator read this column's values or NULLs? Only such columns are shared. */
bool plan_reads(const struct plan *p, unsigned column);

/* Released words of one group: every OUT's value, its nonnull bit if it has one, and the keep bit. */
uint32_t plan_result_words(const struct plan *p);

/* Canonical CBOR (docs/sealed-policy.cddl). plan_decode refuses everything that does not encode back to the same
 * bytes, and runs plan_infer. ST_PLAN_FORMAT, ST_PLAN_LIMIT (too many, too deep), ST_PLAN_OP_ID (an id twice or out of
 * order) and what plan_infer says. On failure *p is all zero; `where` as in plan_infer. */
void plan_encode(struct buf *out, const struct plan *p);
MUST_USE enum status plan_decode(struct plan *p, struct slice bytes, uint16_t *where);

const char *plan_opcode_name(enum plan_opcode code); /* "SUMS" */
/* One line a op for people: `12 LT(7, 11) -> bits rows [0,1]`. */
void plan_print(struct buf *out, const struct plan *p);

#endif
