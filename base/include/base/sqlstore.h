/*
 * An append-only journal in one SQLite file. An append is one transaction: all of it, on disk, or nothing. Every entry is
 * chained to those before it,
 *
 *   chain_0 = H("parley/journal/v1", name, version)        chain_n = H("parley/journal/v1", chain_{n-1}, n, entry_n)
 *
 * and the file also holds count and chain of the last one, so an entry that was altered, removed or moved is noticed when
 * the journal is loaded. (A whole file put back from yesterday is not: that shows when a peer has seen more than it holds.)
 * One process at a time: the file is locked as long as it is open. Owner of SQLite; not a core.
 */
#ifndef BASE_SQLSTORE_H
#define BASE_SQLSTORE_H

#include "base/problem.h"
#include "base/slice.h"

struct sqlstore;

/* Opens or creates (mode 0600). name and version say whose entries these are and in which form: a file with others is
 * refused. Everything is read once and the chain checked. ST_CANT_CREATE; ST_STORE: in use, altered, other version. */
MUST_USE enum status sqlstore_open(
    struct sqlstore **out, const char *path, const char *name, uint32_t version, struct problem *problem);
void sqlstore_close(struct sqlstore *s); /* NULL is fine */
/* ST_STORE: nothing was written. */
MUST_USE enum status sqlstore_append(struct sqlstore *s, const struct slice *entries, size_t n);
/* Every entry in order; stops with the first failure of `each`. The slice is valid during the call. */
MUST_USE enum status sqlstore_load(struct sqlstore *s, enum status (*each)(void *user, struct slice entry), void *user);
uint64_t sqlstore_count(const struct sqlstore *s);

#endif
