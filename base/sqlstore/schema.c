/* Opening: is it ours, of this version, and is nobody else using it? */
#include "store.h"

enum { FORMAT = 1, APPLICATION_ID = 0x5041524c }; /* "PARL" in SQLite's header */

enum status store_exec(struct sqlstore *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? ST_OK : ST_STORE;
}

enum status store_prepare(struct sqlstore *s, sqlite3_stmt **out, const char *sql)
{
	return sqlite3_prepare_v2(s->db, sql, -1, out, NULL) == SQLITE_OK ? ST_OK : ST_STORE;
}

static enum status read_number(struct sqlstore *s, const char *sql, int64_t *out)
{
	sqlite3_stmt *stmt = NULL;
	enum status st;

	TRY(store_prepare(s, &stmt, sql));
	st = sqlite3_step(stmt) == SQLITE_ROW ? ST_OK : ST_STORE;
	if (st == ST_OK)
		*out = sqlite3_column_int64(stmt, 0);
out:
	sqlite3_finalize(stmt);
	return st;
}

static enum status create(struct sqlstore *s, const char *name, uint32_t version)
{
	sqlite3_stmt *stmt = NULL;
	enum status st;

	TRY(store_exec(s,
	    "CREATE TABLE journal (number INTEGER PRIMARY KEY, entry BLOB NOT NULL, chain BLOB NOT NULL);"
	    "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL, version INTEGER NOT NULL,"
	    " count INTEGER NOT NULL, chain BLOB NOT NULL);"
	    "PRAGMA application_id = 1346458188; PRAGMA user_version = 1;"));
	TRY(store_prepare(s, &stmt, "INSERT INTO head VALUES (1, ?1, ?2, 0, ?3)"));
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, version);
	sqlite3_bind_blob(stmt, 3, s->chain, sizeof s->chain, SQLITE_STATIC);
	st = sqlite3_step(stmt) == SQLITE_DONE ? ST_OK : ST_STORE;
out:
	sqlite3_finalize(stmt);
	return st;
}

static enum status check(struct sqlstore *s, const char *name, uint32_t version)
{
	int64_t application = 0, format = 0;
	sqlite3_stmt *stmt = NULL;
	enum status st;

	TRY(read_number(s, "PRAGMA application_id", &application));
	TRY(read_number(s, "PRAGMA user_version", &format));
	st = ST_STORE;
	if (application != APPLICATION_ID || format != FORMAT)
		goto out;
	TRY(store_prepare(s, &stmt, "SELECT name = ?1 AND version = ?2 FROM head"));
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, version);
	st = sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int(stmt, 0) == 1 ? ST_OK : ST_STORE;
out:
	sqlite3_finalize(stmt);
	return st;
}

enum status store_schema(struct sqlstore *s, const char *name, uint32_t version, struct problem *problem)
{
	int64_t tables = 0;

	/* WAL with FULL: a commit is one append to the log and one fsync. EXCLUSIVE: the lock stays until the file closes. */
	if (store_exec(s, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			  "PRAGMA trusted_schema = OFF; BEGIN EXCLUSIVE") != ST_OK) {
		if (sqlite3_errcode(s->db) == SQLITE_BUSY)
			return problem_set(problem, ST_STORE, NULL, "stop it, or name another file",
			    "another program has this journal open");
		return problem_set(problem, ST_STORE, NULL, NULL, "not a journal: %s", sqlite3_errmsg(s->db));
	}
	if (read_number(s, "SELECT COUNT(*) FROM sqlite_schema", &tables) != ST_OK)
		return problem_set(problem, ST_STORE, NULL, NULL, "not a journal: %s", sqlite3_errmsg(s->db));
	if (tables == 0 && create(s, name, version) != ST_OK)
		return problem_set(
		    problem, ST_STORE, NULL, NULL, "cannot write the journal: %s", sqlite3_errmsg(s->db));
	if (check(s, name, version) != ST_OK)
		return problem_set(
		    problem, ST_STORE, NULL, "name another file", "a file of another program or another version");
	return store_exec(s, "COMMIT");
}
