/* Private to parley-sqlparse: the tree while it is written. The only files that know libpg_query's types include this. */
#ifndef POLICY_SQL_SQLPARSE_TREE_H
#define POLICY_SQL_SQLPARSE_TREE_H

#include "sqlparse.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

struct tree {
	struct buf nodes;
	size_t count;
	const char *sql;
	size_t sql_len;
	unsigned depth;
	struct buf clauses; /* SQL_UNSUPPORTED nodes of the last part */
	size_t n_clauses;
};

/* ---- sqlparse_tree.c: nodes ---- */
extern const struct slice none; /* no text */
uint32_t offset(const struct tree *t, int32_t location);
void put(struct tree *t, enum sql_kind kind, uint32_t at, unsigned flags, const char *text, size_t children);
void unsupported(struct tree *t, uint32_t at, const char *name);
void clause(struct tree *t, uint32_t at, const char *name);
uint32_t keyword_at(const struct tree *t, const char *word);

/* ---- sqlparse_expr.c ---- */
void expression(struct tree *t, const PgQuery__Node *node);
size_t expressions(struct tree *t, PgQuery__Node *const *nodes, size_t n);
const char *generic_name(const PgQuery__Node *node, char out[static 48]);

/* ---- sqlparse_select.c ---- */
void statement(struct tree *t, const PgQuery__ParseResult *r); /* all parts but the last */

#endif
