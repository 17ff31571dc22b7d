/*
 * Rows of providers: each submission is signed, so a stranger's changes nothing; in order, each once; a repeat of the last one (its
 * reply was lost) is answered again. What is inside is for the enclave to judge.
 */
#include "host_private.h"

#include "provide/provide.h"

#include <stdio.h>

void host_feed_when_provided(struct host *h)
{
	if (h->admitted && h->provided == (UINT32_C(1) << h->cfg.policy->n_providers) - 1)
		host_feed(h);
}

static enum status place_of(const struct host *h, unsigned q, const struct provide_submission *m)
{
	uint32_t next = h->provided_next[q];

	if (memcmp(m->session, h->cfg.session, sizeof m->session) != 0 || m->attempt != h->cfg.attempt)
		return ST_SES_UNKNOWN;
	if (!h->admitted)
		return ST_AGAIN;
	if (m->index + 1 == next)
		return ST_OK; /* taken before */
	return m->index != next || (h->provided >> q & 1) ? ST_SES_SEQUENCE : ST_OK;
}

static enum status take(struct host *h, unsigned q, const struct provide_submission *m)
{
	if (m->index < h->provided_next[q])
		return ST_OK;
	if (!host_emit(h, FRAME_PROVIDED, (uint8_t)q, m->bytes))
		return ST_SES_ABORTED;
	h->provided_next[q]++;
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
