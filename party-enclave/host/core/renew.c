/*
 * Renewal of evidence, the host's part: tells its enclave the time, has the organisation's endorser sign the new evidence, posts it,
 * lays its own collateral over everybody's and keeps what the receipt will hold.
 */
#include "host_private.h"

#include "base/cbor.h"
#include "channel/endorse.h"
#include "receipt/receipt.h"

void host_on_clock(struct host *h, const struct frame *f)
{
	if (f->body.len != 0) {
		host_fail(h, ST_TRAILING, "", "the enclave's question for the time is not empty");
		return;
	}
	buf_reset(&h->scratch);
	boundary_put_time(&h->scratch, h->io.clock_s(h->io.ctx));
	host_emit(h, FRAME_TIME, 0, buf_view(&h->scratch));
}

static enum status take_round(struct host *h, const struct boundary_renewal *b)
{
	struct renewal *r = &h->renewal;

	if (b->n_nonces != h->cfg.policy->n_parties || b->n_nonces > POLICY_PARTIES_MAX)
		return ST_FORMAT;
	*r = (struct renewal){.epoch = b->epoch, .time = {b->earliest_s, b->latest_s}};
	memcpy(r->nonces, b->nonces, b->n_nonces * sizeof r->nonces[0]);
	return ST_OK;
}

static bool endorse_again(struct host *h, const struct boundary_renewal *b, struct slice *document)
{
	struct slice hellos[DOC_PARTIES_MAX];
	size_t n;

	if (!host_check(h, doc_get_list(hellos, &n, buf_view(&h->hellos)), "reading the HELLO list") ||
	    !host_check(h, host_own_collateral(h, b->quote.collateral), "putting collateral together"))
		return false;
	buf_reset(&h->scratch);
	endorse_request_renewal(
	    &h->scratch, hellos, n, b->roster, &h->renewal, b->quote.kind, b->quote.evidence, buf_view(&h->collateral));
	return host_check(h, buf_status(&h->scratch), "asking the endorser") && host_endorse(h, document);
}

void host_on_renewal(struct host *h, const struct frame *f)
{
	struct boundary_renewal b;
	struct slice document;

	if (!host_check(h, boundary_get_renewal(&b, f->body), "reading renewed evidence") ||
	    !host_check(h, take_round(h, &b), "reading renewed evidence") || !endorse_again(h, &b, &document))
		return;
	buf_reset(&h->scratch);
	doc_put_renewal(&h->scratch, b.epoch,
	    &(struct doc_evidence){b.quote.kind, b.quote.evidence, document, buf_view(&h->collateral)});
	if (host_post(h, WM_RENEWAL, buf_view(&h->scratch)))
		host_phase(h, "renewing");
}

/* The record that an audit will judge: whether it is right is for our enclave to say, and without its yes there is no receipt. */
static enum status keep_record(struct host *h, const struct doc_evidence *items, size_t n)
{
	struct admission_evidence list[POLICY_PARTIES_MAX] = {{0}};
	struct buf record = {0};
	enum status st;

	if (n != POLICY_PARTIES_MAX)
		return ST_ATT_EVIDENCE_SET;
	for (size_t i = 0; i < n; i++)
		list[i] = (struct admission_evidence){.kind = items[i].kind,
		    .evidence = items[i].evidence,
		    .endorsement = items[i].endorsement,
		    .collateral = items[i].collateral};
	receipt_renewal_encode(&record, &h->renewal, list);
	TRY(buf_status(&record));
	cbor_put_bytes(&h->renewals, buf_view(&record));
	h->n_renewals++;
	st = buf_status(&h->renewals);
out:
	buf_clear(&record);
	return st;
}

static enum status pass_on(struct host *h, struct slice body)
{
	struct doc_evidence items[DOC_PARTIES_MAX];
	struct buf kept[DOC_PARTIES_MAX] = {{0}};
	uint32_t epoch;
	size_t n;
	enum status st;

	TRY(doc_get_renewals(&epoch, items, &n, body));
	if (epoch != h->renewal.epoch)
		TRY(ST_ATT_REPLAY);
	TRY(host_lay_over(h, items, n, kept));
	TRY(keep_record(h, items, n));
	buf_reset(&h->scratch);
	doc_put_renewals(&h->scratch, epoch, items, n);
	st = buf_status(&h->scratch);
out:
	for (size_t i = 0; i < DOC_PARTIES_MAX; i++)
		buf_clear(&kept[i]);
	return st;
}

void host_on_renewals(struct host *h, struct slice body)
{
	if (h->renewal.epoch != h->n_renewals + 1)
		host_fail(h, ST_SES_STATE, "", "the coordinator relays renewed evidence that nobody asked for");
	else if (host_check(h, pass_on(h, body), "reading renewed evidence") && !h->enclave_gone)
		host_emit(h, FRAME_RENEWALS, 0, buf_view(&h->scratch));
}

enum status host_renewals(const struct host *h, struct buf *out)
{
	if (h->n_renewals == 0)
		return ST_OK;
	cbor_put_array(out, h->n_renewals);
	buf_append(out, h->renewals.ptr, h->renewals.len);
	return buf_status(out);
}
