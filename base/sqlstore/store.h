/* The inside of a journal, shared by the files of this folder. */
#ifndef BASE_SQLSTORE_STORE_H
#define BASE_SQLSTORE_STORE_H

#include <sqlite3.h>

#include "base/crypto.h"
#include "base/sqlstore.h"

struct sqlstore {
	sqlite3 *db;
	sqlite3_stmt *insert, *set_head;
	uint64_t count;
	uint8_t chain[HASH_LEN];
	bool broken; /* a transaction failed and could not be undone */
};

MUST_USE enum status store_exec(struct sqlstore *s, const char *sql);
MUST_USE enum status store_prepare(struct sqlstore *s, sqlite3_stmt **out, const char *sql);
/* Locks the file, makes the tables when it is new, and checks that they are ours. */
MUST_USE enum status store_schema(struct sqlstore *s, const char *name, uint32_t version, struct problem *problem);
void chain_first(uint8_t chain[static HASH_LEN], const char *name, uint32_t version);
void chain_next(uint8_t chain[static HASH_LEN], uint64_t number, struct slice entry);

#endif
