/*
 * Runs the helper `parley-sqlparse`: a child process with an empty environment, only its two pipes open, limits on
 * time and memory, that gives up its privileges and every system call but the few it needs before it looks at the query.
 * docs/decisions/0004-sql-parser-in-a-process.md says why.
 */
#ifndef POLICY_SQL_RUN_H
#define POLICY_SQL_RUN_H

#include "policy/sql.h"

enum { SQL_RUN_TIMEOUT_MS = 10000 };

/* Appends the helper's answer (hostile) to `out`. ST_SQL_HELPER: it could not be run, crashed, took too long or
 * answered too much; `detail` (at least 128 bytes) says which. */
MUST_USE enum status sql_run(
    struct buf *out, struct slice sql, const char *helper_path, char *detail, size_t detail_cap);

#endif
