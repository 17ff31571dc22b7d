/*
 * COSE_Sign1 of other people's documents (RFC 9052 section 4.2). The caller pins algorithm and key. The algorithm must
 * stand in the protected header and be the pinned one: an attacker who may move it to the unprotected header could choose.
 */
#include "structure.h"

struct sign1 {
	struct slice header, payload, signature;
};

static enum status parse(struct slice doc, struct sign1 *out)
{
	struct cbor_reader r;

	cbor_reader_init(&r, doc);
	if (cbor_is_tag(&r))
		cbor_tag(&r, COSE_TAG_SIGN1);
	cbor_array_exact(&r, 4);
	out->header = cbor_bytes(&r);
	struct slice unprotected = cbor_any(&r); /* ignored, but well-formed: no key twice */
	if (r.st == ST_OK && unprotected.ptr[0] >> 5 != CBOR_MAP)
		cbor_fail(&r, ST_FORMAT);
	out->payload = cbor_bytes(&r);
	out->signature = cbor_bytes(&r);
	cbor_close(&r);
	return cbor_end(&r);
}

/* The label "alg" has the smallest encoding, so deterministic encoding puts it first. */
static enum status header_check(struct slice header, enum cose_alg alg)
{
	struct cbor_reader r;

	cbor_reader_init(&r, header);
	size_t pairs = cbor_map(&r);
	cbor_key(&r, COSE_HEADER_ALG);
	int64_t found = cbor_i64(&r);
	for (size_t i = 1; i < pairs && r.st == ST_OK; i++) {
		cbor_any(&r);
		cbor_any(&r);
	}
	cbor_close(&r);
	enum status st = cbor_end(&r);
	return st == ST_OK && found != (int64_t)alg ? ST_SIGNATURE : st;
}

static enum status signature_check(const struct cose_key *key, struct slice sig, struct slice msg)
{
	switch (key->alg) {
	case COSE_EDDSA:
		if (key->x.len != ED25519_PUBLIC_LEN)
			return ST_KEY;
		return sig.len == ED25519_SIG_LEN ? ed25519_verify(sig.ptr, msg, key->x.ptr) : ST_SIGNATURE;
	case COSE_ES256:
		return ecdsa_verify(ECDSA_P256_SHA256, key->x, key->y, sig, msg);
	case COSE_ES384:
		return ecdsa_verify(ECDSA_P384_SHA384, key->x, key->y, sig, msg);
	case COSE_ES512:
		return ecdsa_verify(ECDSA_P521_SHA512, key->x, key->y, sig, msg);
	}
	return ST_KEY;
}

enum status cose_sign1_verify_any(struct slice doc, struct slice external_aad, const struct cose_key *key,
    struct slice *payload)
{
	struct buf covered = {0};
	struct sign1 s;
	enum status st;

	TRY(parse(doc, &s));
	TRY(header_check(s.header, key->alg));
	structure_sign1(&covered, s.header, external_aad, s.payload);
	TRY(buf_status(&covered));
	TRY(signature_check(key, s.signature, buf_view(&covered)));
	*payload = s.payload;
out:
	buf_clear(&covered);
	return st;
}
