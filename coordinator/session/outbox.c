/* Documents that a session keeps, and the numbered messages for each party, which share them. */
#include <stdlib.h>

#include "machine.h"

enum status session_keep(struct session *s, struct slice *kept, struct slice bytes)
{
	struct blob *blob = malloc(sizeof *blob + bytes.len);

	if (blob == NULL)
		return ST_NO_MEMORY;
	blob->len = bytes.len;
	if (bytes.len > 0)
		memcpy(blob->bytes, bytes.ptr, bytes.len);
	blob->next = s->blobs;
	s->blobs = blob;
	s->bytes += bytes.len;
	*kept = slice_of(blob->bytes, blob->len);
	return ST_OK;
}

void session_drop_blobs(struct session *s)
{
	while (s->blobs != NULL) {
		struct blob *next = s->blobs->next;
		free(s->blobs);
		s->blobs = next;
	}
	s->bytes = 0;
}

enum status session_tell(struct session *s, unsigned party, enum wire_message_kind kind, struct slice kept)
{
	struct member *m = &s->member[party];

	if (m->n_letters == m->cap_letters) {
		size_t cap = m->cap_letters ? 2 * m->cap_letters : 16;
		struct letter *grown = realloc(m->outbox, cap * sizeof *grown);
		if (grown == NULL)
			return ST_NO_MEMORY;
		m->outbox = grown;
		m->cap_letters = cap;
	}
	m->outbox[m->n_letters++] = (struct letter){kind, kept};
	return ST_OK;
}

enum status session_tell_all(struct session *s, enum wire_message_kind kind, struct slice body)
{
	struct slice kept;
	enum status st;

	TRY(session_keep(s, &kept, body));
	for (unsigned i = 0; i < s->facts.n_parties; i++)
		TRY(session_tell(s, i, kind, kept));
out:
	return st;
}

uint64_t session_outbox_count(const struct session *s, unsigned party)
{
	return s->member[party].n_letters;
}

bool session_outbox_get(const struct session *s, unsigned party, uint64_t n, struct wire_message *out)
{
	const struct member *m = &s->member[party];

	if (n == 0 || n > m->n_letters || (s->forgotten && n < m->n_letters))
		return false;
	*out = (struct wire_message){.seq = n, .kind = m->outbox[n - 1].kind, .body = m->outbox[n - 1].body};
	return true;
}

size_t session_bytes(const struct session *s)
{
	return s->bytes;
}

static void forget_documents(struct member *m)
{
	m->enrol = m->hello = m->evidence = m->renewal = m->admit = m->commit = m->receipt = (struct slice){0};
	memset(m->part, 0, sizeof m->part);
	for (size_t i = 0; i < m->n_letters; i++)
		m->outbox[i].body = (struct slice){0};
}

/* The last message is DONE or ABORT, the same for all: it is kept, so that a host that comes late learns how it ended. */
void session_forget(struct session *s)
{
	struct slice last = {0}, kept;
	struct blob *old = s->blobs;

	if (s->forgotten || !session_is_over(s))
		return;
	if (s->member[0].n_letters > 0)
		last = s->member[0].outbox[s->member[0].n_letters - 1].body;
	s->blobs = NULL;
	s->bytes = 0;
	if (session_keep(s, &kept, last) != ST_OK) {
		s->blobs = old; /* no memory to forget with: keep all */
		return;
	}
	struct blob *fresh = s->blobs;
	s->blobs = old;
	session_drop_blobs(s);
	s->blobs = fresh;
	s->bytes = kept.len;
	s->forgotten = true;
	for (unsigned i = 0; i < s->facts.n_parties; i++) {
		forget_documents(&s->member[i]);
		if (s->member[i].n_letters > 0)
			s->member[i].outbox[s->member[i].n_letters - 1].body = kept;
	}
}
