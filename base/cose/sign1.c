/* COSE_Sign1 of our own documents: 18([h'a10127', {}, payload, signature]). */
#include "structure.h"

void cose_sign1(struct buf *out, const char *aad_label, struct slice payload, const uint8_t sk[static ED25519_SECRET_LEN])
{
	struct buf covered = {0};
	uint8_t sig[ED25519_SIG_LEN];

	structure_sign1(&covered, slice_of(protected_sign1, sizeof protected_sign1), slice_str(aad_label), payload);
	if (covered.failed) {
		out->failed = true;
		goto out;
	}
	ed25519_sign(sig, buf_view(&covered), sk);
	cbor_put_tag(out, COSE_TAG_SIGN1);
	cbor_put_array(out, 4);
	cbor_put_bytes(out, slice_of(protected_sign1, sizeof protected_sign1));
	cbor_put_map(out, 0);
	cbor_put_bytes(out, payload);
	cbor_put_bytes(out, slice_of(sig, sizeof sig));
out:
	buf_clear(&covered);
}

static enum status parse(struct slice doc, struct slice *payload, uint8_t sig[static ED25519_SIG_LEN])
{
	struct cbor_reader r;
	uint8_t header[PROTECTED_SIGN1_LEN];

	cbor_reader_init(&r, doc);
	cbor_tag(&r, COSE_TAG_SIGN1);
	cbor_array_exact(&r, 4);
	cbor_bytes_exact(&r, header, sizeof header);
	if (memcmp(header, protected_sign1, sizeof header) != 0)
		cbor_fail(&r, ST_FORMAT);
	if (cbor_map(&r) != 0)
		cbor_fail(&r, ST_UNKNOWN_FIELD);
	cbor_close(&r);
	*payload = cbor_bytes(&r);
	cbor_bytes_exact(&r, sig, ED25519_SIG_LEN);
	cbor_close(&r);
	return cbor_end(&r);
}

enum status cose_sign1_peek(struct slice doc, struct slice *payload)
{
	uint8_t sig[ED25519_SIG_LEN];
	struct slice body;
	enum status st = parse(doc, &body, sig);

	if (st == ST_OK)
		*payload = body;
	return st;
}

enum status cose_sign1_verify(struct slice doc, const char *aad_label, const uint8_t pk[static ED25519_PUBLIC_LEN],
    struct slice *payload)
{
	struct buf covered = {0};
	struct slice body;
	uint8_t sig[ED25519_SIG_LEN];
	enum status st;

	TRY(parse(doc, &body, sig));
	structure_sign1(&covered, slice_of(protected_sign1, sizeof protected_sign1), slice_str(aad_label), body);
	TRY(buf_status(&covered));
	TRY(ed25519_verify(sig, buf_view(&covered), pk));
	*payload = body;
out:
	buf_clear(&covered);
	return st;
}
