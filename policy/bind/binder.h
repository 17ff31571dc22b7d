/* Private to the binder: one run. */
#ifndef POLICY_BIND_BINDER_H
#define POLICY_BIND_BINDER_H

#include "policy/bind.h"
#include "policy/value.h"

enum clause { CLAUSE_WHERE, CLAUSE_HAVING };

struct binder {
	struct query *q;
	const struct policy *facts;
	const struct sql_ast *ast;
	struct sql_fault *fault;
	struct slice alias; /* what qualifies a column: the table's alias, or its name */
	enum clause clause; /* where the expression being bound stands */
};

#define REFUSE(b, st, at, fix, ...) sql_fault_set((b)->fault, st, at, fix, __VA_ARGS__)
/* A slice in a message: REFUSE(…, "%.*s", SHOW(slice)). */
#define SHOW(s) show_len(s), (const char *)(s).ptr

/* ---- names.c ---- */
MUST_USE enum status bind_table(struct binder *b, const struct sql_node *from);
/* Column number of a SQL_COLUMN. ST_SQL_NAME with a suggestion. */
MUST_USE enum status resolve_column(struct binder *b, const struct sql_node *n, uint16_t *column);
int find_column(const struct binder *b, struct slice name); /* -1: none */
bool node_is_column(const struct sql_node *n);
/* The refusal of a node that no clause can use: by its name. */
enum status refuse_unsupported(struct binder *b, const struct sql_node *n);
enum status refuse_clause(struct binder *b, const struct sql_node *n);
enum status refuse_function(struct binder *b, const struct sql_node *call);

/* ---- aggregate.c ---- */
/* A SQL_CALL that must be one of the five aggregates. */
MUST_USE enum status bind_aggregate(
    struct binder *b, const struct sql_node *call, enum release_kind *kind, uint16_t *column);

/* ---- expr.c ---- */
MUST_USE enum status add_expr(struct binder *b, struct expr e, uint16_t *id);
MUST_USE enum status bind_value(struct binder *b, const struct sql_node *n, uint16_t *id);
/* x * 10^digits, as a product with a constant or as another constant. */
MUST_USE enum status scale_up(struct binder *b, uint16_t *id, unsigned digits);
const char *value_kind_name(enum value_kind kind);
static inline struct expr *expr_at(struct binder *b, uint16_t id)
{
	return &b->q->exprs[id];
}

/* ---- predicate.c ---- */
enum comparison { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };
bool comparison_of(struct slice symbol, enum comparison *op);
MUST_USE enum status bind_predicate(struct binder *b, const struct sql_node *n, uint16_t *id);

/* ---- compare.c ---- */
MUST_USE enum status bind_compare(
    struct binder *b, enum comparison op, uint16_t x, uint16_t y, uint32_t at, uint16_t *id);

#endif
