#include "eif_signature.h"

#include "base/cbor.h"
#include "base/cose.h"
#include "base/x509.h"

enum { PEM_MAX = 16384, COSE_MAX = 1024 };
static const uint8_t es384_header[] = {0xa1, 0x01, 0x38, 0x22}; /* {1: -35} */

static void put_bytes_as_array(struct buf *out, struct slice bytes)
{
	cbor_put_array(out, bytes.len);
	for (size_t i = 0; i < bytes.len; i++)
		cbor_put_u64(out, bytes.ptr[i]);
}

static void put_payload(struct buf *out, const uint8_t pcr0[static SHA384_LEN])
{
	cbor_put_map(out, 2);
	cbor_put_text(out, "register_index");
	cbor_put_u64(out, 0);
	cbor_put_text(out, "register_value");
	put_bytes_as_array(out, slice_of(pcr0, SHA384_LEN));
}

/* COSE_Sign1 without a tag (RFC 9052, section 4.2): protected {1: -35}, nothing unprotected. */
static void put_sign1(struct buf *out, struct slice payload, const uint8_t sig[static ES384_SIG_LEN])
{
	cbor_put_array(out, 4);
	cbor_put_bytes(out, slice_of(es384_header, sizeof es384_header));
	cbor_put_map(out, 0);
	cbor_put_bytes(out, payload);
	cbor_put_bytes(out, slice_of(sig, ES384_SIG_LEN));
}

static void put_to_be_signed(struct buf *out, struct slice payload)
{
	cbor_put_array(out, 4);
	cbor_put_text(out, "Signature1");
	cbor_put_bytes(out, slice_of(es384_header, sizeof es384_header));
	cbor_put_bytes(out, (struct slice){0});
	cbor_put_bytes(out, payload);
}

static void put_section(struct buf *out, struct slice pem, struct slice sign1)
{
	cbor_put_array(out, 1);
	cbor_put_map(out, 2);
	cbor_put_text(out, "signing_certificate");
	put_bytes_as_array(out, pem);
	cbor_put_text(out, "signature");
	put_bytes_as_array(out, sign1);
}

static enum status parse_certificate(struct x509 **out, struct slice pem)
{
	uint8_t der[X509_DER_MAX];
	size_t len = 0;
	enum status st;

	TRY(pem_next(der, sizeof der, &len, "CERTIFICATE", &pem));
	TRY(len ? x509_parse(out, slice_of(der, len)) : ST_FORMAT);
	if (x509_facts(*out)->key != X509_P384) {
		x509_free(*out);
		*out = NULL;
		st = ST_UNSUPPORTED;
	}
out:
	return st;
}

enum status eif_sign(struct buf *out, const struct eif *e, struct slice certificate_pem, struct slice key_pem)
{
	uint8_t d[ES384_LEN], xy[ES384_SIG_LEN], sig[ES384_SIG_LEN];
	struct buf payload = {0}, signed_bytes = {0}, sign1 = {0};
	struct x509 *certificate = NULL;
	struct eif_pcrs pcrs;
	enum status st;

	TRY(es384_key_from_pem(d, xy, key_pem));
	TRY(parse_certificate(&certificate, certificate_pem));
	const struct x509_facts *f = x509_facts(certificate);
	if (!slice_equal(f->x, slice_of(xy, ES384_LEN)) || !slice_equal(f->y, slice_of(xy + ES384_LEN, ES384_LEN))) {
		st = ST_KEY;
		goto out;
	}
	eif_image_pcrs(&pcrs, e);
	put_payload(&payload, pcrs.pcr0);
	put_to_be_signed(&signed_bytes, buf_view(&payload));
	TRY(buf_status(&signed_bytes));
	TRY(es384_sign(sig, d, buf_view(&signed_bytes)));
	put_sign1(&sign1, buf_view(&payload), sig);
	put_section(out, certificate_pem, buf_view(&sign1));
	st = payload.failed || sign1.failed ? ST_NO_MEMORY : buf_status(out);
out:
	wipe(d, sizeof d);
	x509_free(certificate);
	buf_clear(&payload);
	buf_clear(&signed_bytes);
	buf_clear(&sign1);
	return st;
}

/* ---- reading: serde's maps have text keys, in the order of its structs ---- */
static void get_name(struct cbor_reader *r, const char *want)
{
	struct slice name = cbor_text(r);

	if (r->st == ST_OK && !slice_equal(name, slice_str(want)))
		cbor_fail(r, ST_FORMAT);
}

static void get_bytes_of_array(struct cbor_reader *r, uint8_t *out, size_t cap, size_t *len)
{
	size_t n = cbor_array(r);

	if (n > cap) {
		cbor_fail(r, ST_TOO_LARGE);
		n = 0;
	}
	for (size_t i = 0; i < n && r->st == ST_OK; i++)
		out[i] = (uint8_t)cbor_u64_max(r, 255);
	cbor_close(r);
	*len = n;
}

struct section {
	uint8_t pem[PEM_MAX], sign1[COSE_MAX];
	size_t pem_len, sign1_len;
};

/* The keys do not ascend as in deterministic CBOR ("signing_certificate" is longer and stands first), so it is read as flat items. */
static enum status section_parse(struct section *out, struct slice bytes)
{
	static const uint8_t head[] = {0x81, 0xa2};
	struct cbor_reader r;

	if (bytes.len < sizeof head || memcmp(bytes.ptr, head, sizeof head) != 0)
		return ST_FORMAT;
	cbor_reader_init(&r, slice_of(bytes.ptr + sizeof head, bytes.len - sizeof head));
	get_name(&r, "signing_certificate");
	get_bytes_of_array(&r, out->pem, sizeof out->pem, &out->pem_len);
	get_name(&r, "signature");
	get_bytes_of_array(&r, out->sign1, sizeof out->sign1, &out->sign1_len);
	return cbor_end(&r);
}

static enum status check_payload(struct slice payload, const uint8_t pcr0[static SHA384_LEN])
{
	struct buf want = {0};

	put_payload(&want, pcr0);
	enum status st = buf_status(&want);
	if (st == ST_OK && !slice_equal(payload, buf_view(&want)))
		st = ST_SIGNATURE;
	buf_clear(&want);
	return st;
}

enum status eif_signature_check(uint8_t pcr8[static SHA384_LEN], struct slice bytes, const uint8_t pcr0[static SHA384_LEN])
{
	struct section section;
	struct x509 *certificate = NULL;
	struct slice payload;
	enum status st;

	TRY(section_parse(&section, bytes));
	TRY(parse_certificate(&certificate, slice_of(section.pem, section.pem_len)));
	const struct x509_facts *f = x509_facts(certificate);
	const struct cose_key key = {COSE_ES384, f->x, f->y};
	TRY(cose_sign1_verify_any(slice_of(section.sign1, section.sign1_len), (struct slice){0}, &key, &payload));
	TRY(check_payload(payload, pcr0));
	eif_certificate_pcr(pcr8, f->der);
out:
	x509_free(certificate);
	return st;
}
