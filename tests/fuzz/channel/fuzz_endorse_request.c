/*
 * Target: endorser_handle. Properties: every request gets a well-formed response; a document that it signs has its own
 * party's id; nothing is renewed but what was endorsed; no run is counted but for the genuine evidence of the HELLO it signed.
 */
#include "fixture.h"

#include "channel/endorse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned runs;

static enum status count_run(void *ctx, const uint8_t policy_hash[HASH_LEN])
{
	(void)ctx;
	(void)policy_hash;
	runs++;
	return ST_OK;
}

/* Has signed the fixture's HELLO of south, as before an evidence request. */
static struct endorser *fresh(void)
{
	const struct fixture *f = fixture();
	struct endorser_config cfg = {
	    .policy = f->policy, .self = 1, .endorse_sk = f->keys.endorse_sk[1], .count_run = count_run};
	struct buf request = {0}, response = {0};
	struct endorser *e = NULL;
	struct slice document;

	memcpy(cfg.policy_hash, f->policy_hash, HASH_LEN);
	memcpy(cfg.plan_hash, f->plan_hash, HASH_LEN);
	PROPERTY(endorser_new(&e, &cfg) == ST_OK);
	endorse_request_hello(&request, buf_view(&f->payload[1]));
	endorser_handle(e, buf_view(&request), FIXTURE_NOW, &response);
	PROPERTY(endorse_response(&document, buf_view(&response), NULL) == ST_OK);
	buf_clear(&request);
	buf_clear(&response);
	return e;
}

static bool is_genuine(struct slice input)
{
	const struct fixture *f = fixture();
	struct slice docs[N] = {buf_view(&f->doc[0]), buf_view(&f->doc[1]), buf_view(&f->doc[2])};
	struct buf request = {0};

	endorse_request_evidence(&request, docs, N, TEE_SOFTWARE, buf_view(&f->evidence[1]), (struct slice){0});
	size_t fixed = request.len - 1; /* what comes behind is collateral, of which software evidence needs none and may have any */
	bool same = input.len > fixed && memcmp(input.ptr, request.ptr, fixed) == 0;
	buf_clear(&request);
	return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct endorser *e = fresh();
	struct buf response = {0};
	struct slice document = {0}, payload;

	runs = 0;
	endorser_handle(e, slice_of(data, size), FIXTURE_NOW, &response);
	enum status st = endorse_response(&document, buf_view(&response), NULL);
	PROPERTY(st == ST_OK || st == ST_ATT_ENDORSE_REFUSED || st == ST_ATT_COLLATERAL || st == ST_ATT_VALIDITY);
	if (st == ST_OK)
		PROPERTY(cose_sign1_peek(document, &payload) == ST_OK && memmem(payload.ptr, payload.len, "south", 5));
	PROPERTY(runs == 0 || is_genuine(slice_of(data, size)));
	if (st == ST_OK) /* its evidence was not endorsed before, so it renews nothing */
		PROPERTY(cose_sign1_verify(document, ENDORSE_AGAIN_LABEL, fixture()->policy->parties[1].endorse, &payload) != ST_OK);
	buf_clear(&response);
	endorser_free(e);
	return 0;
}
