/* BUNDLE: everything the coordinator relayed becomes the receipt, and this party's parts the result file. */
#include "host_private.h"

#include "receipt/receipt.h"

#include <stdlib.h>

struct pieces {
	struct receipt_bundle bundle;
	struct doc_bundle doc;
	struct doc_evidence evidences[DOC_PARTIES_MAX];
	struct slice list[DOC_PARTIES_MAX];
	struct slice parts[POLICY_PARTIES_MAX];
};

static enum status take_list(struct pieces *p, struct slice *out, const struct buf *kept, size_t parties)
{
	size_t n;
	enum status st = doc_get_list(p->list, &n, buf_view(kept));

	if (st == ST_OK && n != parties)
		st = ST_REC_RECEIPT;
	for (size_t i = 0; st == ST_OK && i < parties; i++)
		out[i] = p->list[i];
	return st;
}

static enum status collect(const struct host *h, struct pieces *p, struct slice body)
{
	size_t parties = h->cfg.policy->n_parties, n;
	enum status st;

	p->bundle.policy_file = h->cfg.policy_file;
	TRY(take_list(p, p->bundle.hellos, &h->hellos, parties));
	TRY(take_list(p, p->bundle.admits, &h->admits, parties));
	TRY(take_list(p, p->bundle.commits, &h->commits, parties));
	TRY(doc_get_evidences(p->evidences, &n, buf_view(&h->evidences)));
	TRY(doc_get_bundle(&p->doc, body));
	if (n != parties || p->doc.n_receipts != parties || p->doc.n_parts > parties)
		return ST_REC_RECEIPT;
	for (size_t i = 0; i < parties; i++) {
		p->bundle.receipts[i] = p->doc.receipts[i];
		p->bundle.evidences[i] = (struct admission_evidence){.kind = p->evidences[i].kind, .evidence = p->evidences[i].evidence, .endorsement = p->evidences[i].endorsement,
		    .collateral = p->evidences[i].collateral};
	}
	for (size_t i = 0; i < p->doc.n_parts; i++) {
		if (p->doc.sender[i] >= parties)
			return ST_REC_RECEIPT;
		p->parts[p->doc.sender[i]] = p->doc.part[i];
	}
	bool is_recipient = h->cfg.policy->recipients >> h->cfg.self & 1;
	if (p->doc.n_parts != (is_recipient ? parties : 0))
		st = ST_REC_RESULT;
out:
	return st;
}

void host_bundle(struct host *h, struct slice body)
{
	struct pieces *p = calloc(1, sizeof *p);
	struct buf bundle = {0}, result = {0}, empty = {0}, renewals = {0};

	if (h->delivered)
		host_fail(h, ST_SES_STATE, "", "the coordinator sent a second bundle");
	if (host_check(h, p ? collect(h, p, body) : ST_NO_MEMORY, "putting the receipt together") &&
	    host_check(h, host_renewals(h, &renewals), "putting the receipt together")) {
		p->bundle.renewals = buf_view(&renewals);
		receipt_bundle_encode(&bundle, &p->bundle);
		if (p->doc.n_parts)
			result_file_encode(&result, buf_view(&bundle), p->parts);
		doc_put_empty(&empty);
		enum status st = bundle.failed || result.failed || empty.failed ? ST_NO_MEMORY : ST_OK;
		if (host_check(h, st, "putting the receipt together") &&
		    host_check(h, h->io.deliver(h->io.ctx, buf_view(&bundle), buf_view(&result)), "writing the result")) {
			h->delivered = true;
			host_post(h, WM_FINISHED, buf_view(&empty));
		}
	}
	buf_clear(&bundle);
	buf_clear(&renewals);
	buf_clear(&result);
	buf_clear(&empty);
	free(p);
}
