/*
 * Rows of providers: each submission is signed, so a stranger's changes nothing; in order, each once; a repeat of the last one (its
 * reply was lost) is answered again, and another in its place is refused: a provider that starts over has other seeds, and the enclave would
 * end the session over them. What is inside is for the enclave to judge.
 */
#include "host_private.h"

#include "provide/provide.h"

#include <stdio.h>

void host_feed_when_provided(struct host *h)
{
	if (h->admitted && h->provided == (UINT32_C(1) << h->cfg.policy->n_providers) - 1)
		host_feed(h);
}

static void hash_of(uint8_t out[static HASH_LEN], const struct provide_submission *m)
{
	hash_one(out, "parley/submitted/v1", m->bytes);
}

static bool is_taken(const struct host *h, unsigned q, const struct provide_submission *m)
{
	uint8_t hash[HASH_LEN];

	if (h->provided_next[q] == 0 || m->index != h->provided_next[q] - 1)
		return false;
	hash_of(hash, m);
	return memcmp(hash, h->provided_last[q], HASH_LEN) == 0;
}

static enum status place_of(const struct host *h, unsigned q, const struct provide_submission *m)
{
	if (memcmp(m->session, h->cfg.session, sizeof m->session) != 0 || m->attempt != h->cfg.attempt)
		return ST_SES_UNKNOWN;
	if (!h->admitted)
		return ST_AGAIN;
	if (is_taken(h, q, m))
		return ST_OK;
	return m->index != h->provided_next[q] || (h->provided >> q & 1) ? ST_SES_SEQUENCE : ST_OK;
}

static enum status take(struct host *h, unsigned q, const struct provide_submission *m)
{
	if (m->index < h->provided_next[q])
		return ST_OK;
	if (!host_emit(h, FRAME_PROVIDED, (uint8_t)q, m->bytes))
		return ST_SES_ABORTED;
	h->provided_next[q]++;
	hash_of(h->provided_last[q], m);
	if (m->last)
		h->provided |= UINT32_C(1) << q;
	if (m->last)
		host_feed_when_provided(h);
	return ST_OK;
}

void host_on_submission(struct host *h, struct slice request, struct buf *reply)
{
	struct provide_submission m;
	unsigned q;
	enum status st;

	if (h->state != HOST_RUNNING || h->enclave_gone) {
		st = ST_SES_ABORTED;
		goto out;
	}
	TRY(provide_submission_open(&m, &q, h->cfg.policy, request));
	TRY(place_of(h, q, &m));
	TRY(take(h, q, &m));
out:
	provide_reply_encode(reply, st, st == ST_OK ? "" : status_title(st));
}
