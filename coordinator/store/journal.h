/* The coordinator's journal in SQLite. */
#ifndef COORDINATOR_STORE_JOURNAL_H
#define COORDINATOR_STORE_JOURNAL_H

#include "base/sqlstore.h"
#include "coordinator/coordinator.h"

/* Fills *out over an open journal, which must outlive it. */
MUST_USE enum status journal_open(
    struct sqlstore **journal, struct coordinator_store *out, const char *path, struct problem *problem);

#endif
