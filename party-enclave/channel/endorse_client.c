/* The host's side of the endorser: builds requests, reads responses. */
#include "channel/endorse.h"

#include "base/cbor.h"

static void put_signing_request(struct buf *out, uint64_t type, struct slice payload)
{
	cbor_put_array(out, 2);
	cbor_put_u64(out, type);
	cbor_put_bytes(out, payload);
}

void endorse_request_enrol(struct buf *out, struct slice payload)
{
	put_signing_request(out, 1, payload);
}

void endorse_request_hello(struct buf *out, struct slice payload)
{
	put_signing_request(out, 2, payload);
}

void endorse_request_evidence(struct buf *out, const struct slice *hellos, size_t n, uint32_t kind,
    struct slice evidence, struct slice collateral)
{
	cbor_put_array(out, 5);
	cbor_put_u64(out, 3);
	cbor_put_array(out, n);
	for (size_t i = 0; i < n; i++)
		cbor_put_bytes(out, hellos[i]);
	cbor_put_u64(out, kind);
	cbor_put_bytes(out, evidence);
	cbor_put_bytes(out, collateral);
}

void endorse_request_renewal(struct buf *out, const struct slice *hellos, size_t n,
    const uint8_t roster[static HASH_LEN], const struct renewal *r, uint32_t kind, struct slice evidence,
    struct slice collateral)
{
	cbor_put_array(out, 9);
	cbor_put_u64(out, 4);
	cbor_put_array(out, n);
	for (size_t i = 0; i < n; i++)
		cbor_put_bytes(out, hellos[i]);
	cbor_put_bytes(out, slice_of(roster, HASH_LEN));
	cbor_put_u64(out, r->epoch);
	cbor_put_array(out, 2);
	cbor_put_i64(out, r->time.earliest_s);
	cbor_put_i64(out, r->time.latest_s);
	cbor_put_array(out, n);
	for (size_t i = 0; i < n; i++)
		cbor_put_bytes(out, slice_of(r->nonces[i], RENEWAL_NONCE_LEN));
	cbor_put_u64(out, kind);
	cbor_put_bytes(out, evidence);
	cbor_put_bytes(out, collateral);
}

static enum status refused(struct slice code, struct slice message, struct problem *problem)
{
	char text[17] = {0};

	/* A refusal is a refusal; collateral that is missing or stale is not one, and a new attempt may do. */
	memcpy(text, code.ptr, code.len < sizeof text ? code.len : sizeof text - 1);
	enum status why = status_from_code(text);
	bool is_collateral = why == ST_ATT_COLLATERAL || why == ST_ATT_VALIDITY;
	return problem_set(problem, is_collateral ? why : ST_ATT_ENDORSE_REFUSED, "endorser", NULL, "%.*s: %.*s",
	    (int)code.len, (const char *)code.ptr, (int)message.len, (const char *)message.ptr);
}

enum status endorse_response(struct slice *document, struct slice response, struct problem *problem)
{
	struct slice doc = {0}, code = {0}, message = {0};
	struct cbor_reader r;

	cbor_reader_init(&r, response);
	size_t items = cbor_array(&r);
	bool is_refusal = cbor_u64_max(&r, 1) == 1;
	if (items != (is_refusal ? 3 : 2))
		cbor_fail(&r, ST_FORMAT);
	if (is_refusal) {
		code = cbor_text(&r);
		message = cbor_text(&r);
	} else {
		doc = cbor_bytes(&r);
	}
	cbor_close(&r);
	enum status st = cbor_end(&r);
	if (st == ST_OK && (code.len > 16 || message.len > sizeof problem->message))
		st = ST_TOO_LARGE;
	if (st != ST_OK)
		return problem_default(problem, st, "endorser");
	if (is_refusal)
		return refused(code, message, problem);
	*document = doc;
	return ST_OK;
}
