/*
 * SQL to a small syntax tree of our own. The parser is libpg_query in the sandboxed helper `parley-sqlparse`; it writes the
 * tree as deterministic CBOR, and this decoder trusts none of it: nodes, depth, arity and offsets are checked. Pure;
 * running the helper is policy/sql_run.h.
 *
 * Encoding: [1, [node, …]] in postorder (children before their parent, left to right), the SQL_SELECT last;
 *   node = [kind, at, flags, text, qualifier, number of children].
 *
 * The parser knows all of SQL and we support a little: whatever we have no node for arrives as SQL_UNSUPPORTED
 * with its name, so that the binder can refuse it by name.
 */
#ifndef POLICY_SQL_H
#define POLICY_SQL_H

#include "base/buf.h"
#include "base/problem.h"

enum {
	SQL_TEXT_MAX = 4096, /* bytes of a query */
	SQL_NODES_MAX = 4096,
	SQL_DEPTH_MAX = 64,
	SQL_AST_MAX = 1 << 18, /* bytes of encoding */
};

enum sql_kind {
	SQL_SELECT = 1, /* 8 SQL_LISTs: items, from, where, group, having, order, limit, unsupported clauses */
	SQL_LIST, /* any number */
	SQL_ITEM, /* 1 child; text = alias or "" */
	SQL_TABLE, /* 0; text = name, qualifier = alias or "" */
	SQL_SORT, /* 1; flags SQL_SORT_* */
	SQL_COLUMN, /* 0; text = name, qualifier = table or alias or "" */
	SQL_STAR, /* 0; `*` in a SELECT list */
	SQL_NUMBER, /* 0; text as digits with an optional point */
	SQL_STRING, /* 0; text; flags SQL_LITERAL_* when written date '…' */
	SQL_BOOL, /* 0; flags 0 or 1 */
	SQL_NULL, /* 0 */
	SQL_CALL, /* arguments; text = function name; flags SQL_CALL_* */
	SQL_OPERATOR, /* 1 or 2; text = symbol */
	SQL_AND,
	SQL_OR, /* 2 or more */
	SQL_NOT, /* 1 */
	SQL_IS_NULL, /* 1; flags 1: IS NOT NULL */
	SQL_BETWEEN, /* 3; flags 1: NOT BETWEEN */
	SQL_IN, /* 2 or more: what, then the list; flags 1: NOT IN */
	SQL_UNSUPPORTED, /* 0; text = what it is called */
	SQL_KIND_COUNT_
};
enum { SQL_SORT_DESC = 1, SQL_SORT_NULLS_FIRST = 2, SQL_SORT_NULLS_LAST = 4 };
enum { SQL_CALL_STAR = 1, SQL_CALL_DISTINCT = 2, SQL_CALL_OVER = 4, SQL_CALL_FILTER = 8, SQL_CALL_ORDER = 16 };
enum { SQL_LITERAL_DATE = 1, SQL_LITERAL_TIMESTAMP = 2 };
enum { SQL_ITEMS, SQL_FROM, SQL_WHERE, SQL_GROUP, SQL_HAVING, SQL_ORDER, SQL_LIMIT, SQL_CLAUSES, SQL_SELECT_PARTS };

struct sql_node {
	uint8_t kind, flags;
	uint16_t n; /* children */
	uint32_t at; /* byte offset in the query */
	uint16_t first, next; /* node numbers, 0: none */
	struct slice text, qualifier; /* borrow from the encoding */
};
struct sql_ast { /* large: heap or static */
	uint16_t n_nodes;
	uint16_t root;
	struct sql_node nodes[SQL_NODES_MAX + 1]; /* [0] is unused */
};

/* Decodes for a query of sql_len bytes. ST_TRUNCATED, ST_FORMAT, ST_NOT_CANONICAL, ST_TOO_LARGE, ST_TRAILING;
 * ast is unspecified then. */
MUST_USE enum status sql_ast_decode(struct sql_ast *ast, struct slice bytes, size_t sql_len);
/* What the helper answers when the query is not SQL: [0, at, message]. ST_FORMAT when it is not that. */
MUST_USE enum status sql_error_decode(struct slice bytes, uint32_t *at, struct slice *message);

/* The encoder's side, in postorder. */
void sql_put_node(struct buf *out, enum sql_kind kind, uint32_t at, unsigned flags, struct slice text,
    struct slice qualifier, size_t children);

static inline const struct sql_node *sql_node(const struct sql_ast *ast, unsigned id)
{
	return id ? &ast->nodes[id] : NULL;
}
/* Child i, NULL when there are fewer. */
const struct sql_node *sql_child(const struct sql_ast *ast, const struct sql_node *node, unsigned i);

/* A fault in the query: found by the parser, the binder or the lowering, placed by the caller (policy/manifest.h). */
struct sql_fault {
	enum status st;
	uint32_t at; /* byte offset in the query */
	char message[512];
	char fix[512];
};
/* First one wins; returns st. fix may be NULL. */
enum status sql_fault_set(struct sql_fault *f, enum status st, uint32_t at, const char *fix, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
