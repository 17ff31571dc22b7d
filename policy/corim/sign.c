/* A signed CoRIM: COSE_Sign1 with exactly one protected header, so that it is compared whole. RFC 9052, section 4.4; RFC 9597. */
#include "base/cbor.h"
#include "base/cose.h"

#include <string.h>

#include "profile.h"

enum { HEADER_ALG = 1, HEADER_CONTENT_TYPE = 3, HEADER_CWT_CLAIMS = 15, CWT_ISS = 1 };

static void put_header(struct buf *out, const char *issuer)
{
	cbor_put_map(out, 3);
	cbor_put_u64(out, HEADER_ALG);
	cbor_put_i64(out, COSE_EDDSA);
	cbor_put_u64(out, HEADER_CONTENT_TYPE);
	cbor_put_text(out, "application/rim+cbor");
	cbor_put_u64(out, HEADER_CWT_CLAIMS);
	cbor_put_map(out, 1);
	cbor_put_u64(out, CWT_ISS);
	cbor_put_text(out, issuer);
}

static void put_covered(struct buf *out, struct slice header, struct slice payload)
{
	cbor_put_array(out, 4);
	cbor_put_text(out, "Signature1");
	cbor_put_bytes(out, header);
	cbor_put_bytes(out, slice_of("", 0));
	cbor_put_bytes(out, payload);
}

enum status corim_sign(
    struct buf *out, struct slice corim, const char *issuer, const uint8_t sk[static ED25519_SECRET_LEN])
{
	struct buf header = {0}, covered = {0};
	uint8_t sig[ED25519_SIG_LEN];
	enum status st;

	put_header(&header, issuer);
	put_covered(&covered, buf_view(&header), corim);
	TRY(buf_status(&header));
	TRY(buf_status(&covered));
	ed25519_sign(sig, buf_view(&covered), sk);
	cbor_put_tag(out, TAG_SIGN1);
	cbor_put_array(out, 4);
	cbor_put_bytes(out, buf_view(&header));
	cbor_put_map(out, 0);
	cbor_put_bytes(out, corim);
	cbor_put_bytes(out, slice_of(sig, sizeof sig));
	st = buf_status(out);
out:
	buf_clear(&header);
	buf_clear(&covered);
	return st;
}

bool corim_is_signed(struct slice file)
{
	return file.len > 0 && file.ptr[0] == (CBOR_TAG << 5 | TAG_SIGN1);
}

bool corim_is(struct slice file)
{
	return file.len > 3 && file.ptr[0] == (CBOR_TAG << 5 | 25) && (file.ptr[1] << 8 | file.ptr[2]) == TAG_CORIM;
}

static enum status parse_header(char issuer[static CORIM_ID_MAX + 1], struct slice header)
{
	struct cbor_reader r;
	struct slice type;

	cbor_reader_init(&r, header);
	if (cbor_map(&r) != 3)
		cbor_fail(&r, ST_UNSUPPORTED);
	cbor_key(&r, HEADER_ALG);
	if (cbor_i64(&r) != COSE_EDDSA)
		cbor_fail(&r, ST_UNSUPPORTED);
	cbor_key(&r, HEADER_CONTENT_TYPE);
	type = cbor_text(&r);
	if (r.st == ST_OK && !slice_equal(type, slice_str("application/rim+cbor")))
		cbor_fail(&r, ST_UNSUPPORTED);
	cbor_key(&r, HEADER_CWT_CLAIMS);
	if (cbor_map(&r) != 1)
		cbor_fail(&r, ST_UNSUPPORTED);
	cbor_key(&r, CWT_ISS);
	cbor_text_copy(&r, issuer, CORIM_ID_MAX + 1);
	cbor_close(&r);
	cbor_close(&r);
	for (const char *c = issuer; r.st == ST_OK && *c; c++)
		if ((uint8_t)*c < 0x20 || *c == 0x7f)
			cbor_fail(&r, ST_FORMAT);
	return cbor_end(&r);
}

static enum status parse(
    struct slice *header, struct slice *payload, uint8_t sig[static ED25519_SIG_LEN], struct slice file)
{
	struct cbor_reader r;

	cbor_reader_init(&r, file);
	cbor_tag(&r, TAG_SIGN1);
	cbor_array_exact(&r, 4);
	*header = cbor_bytes(&r);
	if (cbor_map(&r) != 0)
		cbor_fail(&r, ST_UNSUPPORTED);
	cbor_close(&r);
	*payload = cbor_bytes(&r);
	cbor_bytes_exact(&r, sig, ED25519_SIG_LEN);
	cbor_close(&r);
	return cbor_end(&r);
}

enum status corim_open(struct slice *corim, char issuer[static CORIM_ID_MAX + 1], struct slice file,
    const uint8_t pk[static ED25519_PUBLIC_LEN], struct problem *problem)
{
	struct buf covered = {0};
	struct slice header, payload;
	uint8_t sig[ED25519_SIG_LEN];
	char name[CORIM_ID_MAX + 1] = "";
	enum status st;

	TRY(file.len > CORIM_MAX + 1024 ? ST_TOO_LARGE : parse(&header, &payload, sig, file));
	TRY(parse_header(name, header));
	put_covered(&covered, header, payload);
	TRY(buf_status(&covered));
	TRY(ed25519_verify(sig, buf_view(&covered), pk));
	*corim = payload;
	memcpy(issuer, name, sizeof name);
out:
	buf_clear(&covered);
	return problem_default(problem, st, "signed CoRIM");
}
