/* Private to the program parley-sqlparse. */
#ifndef POLICY_SQL_SQLPARSE_H
#define POLICY_SQL_SQLPARSE_H

#include "policy/sql.h"

/* Limits on time and memory, no new privileges, and a system-call filter for all threads: what remains can compute,
 * allocate and use the descriptors that are open. false: could not be set, do not go on. */
bool sandbox_enter(void);

/* Parses sql (NUL-terminated) and appends the tree or the error to `out`. */
void sqlparse_answer(struct buf *out, const char *sql);

#endif
