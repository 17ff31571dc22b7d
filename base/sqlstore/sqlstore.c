/* Appending and reading, and the chain over both. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store.h"

static const char label[] = "parley/journal/v1";

void chain_first(uint8_t chain[static HASH_LEN], const char *name, uint32_t version)
{
	struct hash h;

	hash_begin(&h, label, 2);
	hash_text(&h, name);
	hash_u64(&h, version);
	hash_end(&h, chain);
}

void chain_next(uint8_t chain[static HASH_LEN], uint64_t number, struct slice entry)
{
	struct hash h;

	hash_begin(&h, label, 3);
	hash_bytes(&h, slice_of(chain, HASH_LEN));
	hash_u64(&h, number);
	hash_bytes(&h, entry);
	hash_end(&h, chain);
}

/* Walks all rows. Each must have the next number and the chain that follows; `each` may be NULL. */
static enum status walk(struct sqlstore *s, uint64_t *count, uint8_t chain[static HASH_LEN],
    enum status (*each)(void *user, struct slice entry), void *user)
{
	sqlite3_stmt *rows = NULL;
	enum status st;
	int rc;

	TRY(store_prepare(s, &rows, "SELECT number, entry, chain FROM journal ORDER BY number"));
	while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
		struct slice entry = slice_of(sqlite3_column_blob(rows, 1), (size_t)sqlite3_column_bytes(rows, 1));
		struct slice written = slice_of(sqlite3_column_blob(rows, 2), (size_t)sqlite3_column_bytes(rows, 2));

		chain_next(chain, ++*count, entry);
		st = ST_STORE;
		if (sqlite3_column_int64(rows, 0) != (sqlite3_int64)*count ||
		    !slice_equal(written, slice_of(chain, HASH_LEN)))
			goto out;
		if (each != NULL)
			TRY(each(user, entry));
	}
	st = rc == SQLITE_DONE ? ST_OK : ST_STORE;
out:
	sqlite3_finalize(rows);
	return st;
}

static enum status check_head(struct sqlstore *s)
{
	sqlite3_stmt *head = NULL;
	enum status st;

	TRY(store_prepare(s, &head, "SELECT count = ?1 AND chain = ?2 FROM head"));
	sqlite3_bind_int64(head, 1, (sqlite3_int64)s->count);
	sqlite3_bind_blob(head, 2, s->chain, sizeof s->chain, SQLITE_STATIC);
	st = sqlite3_step(head) == SQLITE_ROW && sqlite3_column_int(head, 0) == 1 ? ST_OK : ST_STORE;
out:
	sqlite3_finalize(head);
	return st;
}

static enum status check_all(struct sqlstore *s, struct problem *problem)
{
	enum status st;

	TRY(walk(s, &s->count, s->chain, NULL, NULL));
	TRY(check_head(s));
	return ST_OK;
out:
	return problem_set(problem, st, NULL, "restore the file from a copy, or start with a new one",
	    "the journal was altered or is damaged near entry %llu", (unsigned long long)s->count);
}

static enum status create_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return ST_CANT_CREATE;
	close(fd);
	return ST_OK;
}

enum status sqlstore_open(
    struct sqlstore **out, const char *path, const char *name, uint32_t version, struct problem *problem)
{
	struct sqlstore *s = calloc(1, sizeof *s);
	enum status st = ST_NO_MEMORY;

	if (s == NULL)
		goto out;
	TRY(crypto_init());
	TRY(create_private(path));
	chain_first(s->chain, name, version);
	st = ST_STORE;
	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE, NULL) != SQLITE_OK)
		goto out;
	TRY(store_schema(s, name, version, problem));
	TRY(check_all(s, problem));
	TRY(store_prepare(s, &s->insert, "INSERT INTO journal VALUES (?1, ?2, ?3)"));
	TRY(store_prepare(s, &s->set_head, "UPDATE head SET count = ?1, chain = ?2"));
	*out = s;
	return ST_OK;
out:
	sqlstore_close(s);
	problem_default(problem, st, path);
	if (problem != NULL && problem->where[0] == '\0')
		snprintf(problem->where, sizeof problem->where, "%s", path);
	return st;
}

void sqlstore_close(struct sqlstore *s)
{
	if (s == NULL)
		return;
	sqlite3_finalize(s->insert);
	sqlite3_finalize(s->set_head);
	sqlite3_close(s->db);
	free(s);
}

static enum status run(sqlite3_stmt *stmt)
{
	enum status st = sqlite3_step(stmt) == SQLITE_DONE ? ST_OK : ST_STORE;

	sqlite3_reset(stmt);
	return st;
}

static enum status insert_all(struct sqlstore *s, uint8_t chain[static HASH_LEN], const struct slice *entries, size_t n)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < n; i++) {
		uint64_t number = s->count + i + 1;
		chain_next(chain, number, entries[i]);
		sqlite3_bind_int64(s->insert, 1, (sqlite3_int64)number);
		sqlite3_bind_blob64(
		    s->insert, 2, entries[i].len ? (const void *)entries[i].ptr : "", entries[i].len, SQLITE_STATIC);
		sqlite3_bind_blob(s->insert, 3, chain, HASH_LEN, SQLITE_STATIC);
		TRY(run(s->insert));
	}
	sqlite3_bind_int64(s->set_head, 1, (sqlite3_int64)(s->count + n));
	sqlite3_bind_blob(s->set_head, 2, chain, HASH_LEN, SQLITE_STATIC);
	TRY(run(s->set_head));
out:
	return st;
}

enum status sqlstore_append(struct sqlstore *s, const struct slice *entries, size_t n)
{
	uint8_t chain[HASH_LEN];
	enum status st;

	if (s->broken)
		return ST_STORE;
	memcpy(chain, s->chain, sizeof chain);
	TRY(store_exec(s, "BEGIN IMMEDIATE"));
	st = insert_all(s, chain, entries, n);
	if (st == ST_OK)
		st = store_exec(s, "COMMIT");
	if (st != ST_OK) {
		s->broken = !sqlite3_get_autocommit(s->db) && store_exec(s, "ROLLBACK") != ST_OK;
		goto out;
	}
	memcpy(s->chain, chain, sizeof chain);
	s->count += n;
out:
	return st;
}

enum status sqlstore_load(struct sqlstore *s, enum status (*each)(void *user, struct slice entry), void *user)
{
	static const char first[] = "SELECT name, version FROM head";
	uint8_t chain[HASH_LEN];
	sqlite3_stmt *head = NULL;
	uint64_t count = 0;
	enum status st;

	TRY(store_prepare(s, &head, first));
	st = ST_STORE;
	if (sqlite3_step(head) != SQLITE_ROW)
		goto out;
	chain_first(chain, (const char *)sqlite3_column_text(head, 0), (uint32_t)sqlite3_column_int64(head, 1));
	TRY(walk(s, &count, chain, each, user));
	st = count == s->count && memcmp(chain, s->chain, sizeof chain) == 0 ? ST_OK : ST_STORE;
out:
	sqlite3_finalize(head);
	return st;
}

uint64_t sqlstore_count(const struct sqlstore *s)
{
	return s->count;
}
