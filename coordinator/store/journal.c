#include "journal.h"

enum { EVENT_VERSION = 1 }; /* of session_event_encode() */

static enum status journal_append(void *ctx, const struct slice *events, size_t n)
{
	return sqlstore_append(ctx, events, n);
}

static enum status journal_each(void *ctx, enum status (*each)(void *user, struct slice event), void *user)
{
	return sqlstore_load(ctx, each, user);
}

enum status journal_open(
    struct sqlstore **journal, struct coordinator_store *out, const char *path, struct problem *problem)
{
	enum status st;

	TRY(sqlstore_open(journal, path, "parley-coordinator", EVENT_VERSION, problem));
	*out = (struct coordinator_store){.ctx = *journal, .append = journal_append, .load = journal_each};
out:
	return st;
}
