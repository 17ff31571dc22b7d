/* COSE_Sign of our own documents: 98([h'', {}, payload, [+ [h'a2 01 27 04 5820 kid', {}, signature]]]). */
#include "base/panic.h"
#include "structure.h"

static void put_signature(struct buf *out, const struct cose_signature *s)
{
	uint8_t header[PROTECTED_SIGNER_LEN];

	protected_signer(header, s->kid);
	cbor_put_array(out, 3);
	cbor_put_bytes(out, slice_of(header, sizeof header));
	cbor_put_map(out, 0);
	cbor_put_bytes(out, slice_of(s->sig, sizeof s->sig));
}

/* Kids ascend strictly, so one set of signatures has one encoding. */
static bool ascends(const struct cose_signature *sigs, size_t k)
{
	return k == 0 || memcmp(sigs[k - 1].kid, sigs[k].kid, ED25519_PUBLIC_LEN) < 0;
}

void cose_sign_encode(struct buf *out, struct slice payload, const struct cose_signature *sigs, size_t n)
{
	invariant(n > 0 && n <= COSE_SIGNERS_MAX);
	cbor_put_tag(out, COSE_TAG_SIGN);
	cbor_put_array(out, 4);
	cbor_put_bytes(out, (struct slice){0});
	cbor_put_map(out, 0);
	cbor_put_bytes(out, payload);
	cbor_put_array(out, n);
	for (size_t k = 0; k < n; k++) {
		invariant(ascends(sigs, k));
		put_signature(out, &sigs[k]);
	}
}

static void no_unprotected(struct cbor_reader *r)
{
	if (cbor_map(r) != 0)
		cbor_fail(r, ST_UNKNOWN_FIELD);
	cbor_close(r);
}

static void get_signature(struct cbor_reader *r, struct cose_signature *s)
{
	uint8_t header[PROTECTED_SIGNER_LEN], expected[PROTECTED_SIGNER_LEN];

	cbor_array_exact(r, 3);
	cbor_bytes_exact(r, header, sizeof header);
	memcpy(s->kid, header + sizeof header - sizeof s->kid, sizeof s->kid);
	protected_signer(expected, s->kid);
	if (memcmp(header, expected, sizeof header) != 0)
		cbor_fail(r, ST_FORMAT);
	no_unprotected(r);
	cbor_bytes_exact(r, s->sig, sizeof s->sig);
	cbor_close(r);
}

static size_t get_signatures(struct cbor_reader *r, struct cose_signature *sigs)
{
	size_t n = cbor_array(r);

	if (n == 0)
		cbor_fail(r, ST_FORMAT); /* RFC 9052 section 4.1: one at least */
	if (n > COSE_SIGNERS_MAX)
		cbor_fail(r, ST_TOO_LARGE);
	for (size_t k = 0; k < n && r->st == ST_OK; k++) {
		get_signature(r, &sigs[k]);
		if (!ascends(sigs, k))
			cbor_fail(r, memcmp(sigs[k - 1].kid, sigs[k].kid, ED25519_PUBLIC_LEN) ? ST_NOT_CANONICAL : ST_DUPLICATE);
	}
	cbor_close(r);
	return n;
}

enum status cose_sign_parse(struct slice doc, struct slice *payload, struct cose_signature sigs[static COSE_SIGNERS_MAX],
    size_t *n)
{
	struct cose_signature found[COSE_SIGNERS_MAX];
	struct cbor_reader r;

	cbor_reader_init(&r, doc);
	cbor_tag(&r, COSE_TAG_SIGN);
	cbor_array_exact(&r, 4);
	cbor_bytes_exact(&r, NULL, 0);
	no_unprotected(&r);
	struct slice body = cbor_bytes(&r);
	size_t count = get_signatures(&r, found);
	cbor_close(&r);
	enum status st = cbor_end(&r);
	if (st != ST_OK)
		return st;
	memcpy(sigs, found, count * sizeof found[0]);
	*payload = body;
	*n = count;
	return ST_OK;
}

static enum status covered_bytes(struct buf *out, const uint8_t kid[static ED25519_PUBLIC_LEN], const char *aad_label,
    struct slice payload)
{
	uint8_t header[PROTECTED_SIGNER_LEN];

	protected_signer(header, kid);
	structure_sign(out, slice_of(header, sizeof header), slice_str(aad_label), payload);
	return buf_status(out);
}

enum status cose_sign_make(struct cose_signature *out, const char *aad_label, struct slice payload,
    const uint8_t sk[static ED25519_SECRET_LEN])
{
	struct cose_signature made;
	struct buf covered = {0};
	enum status st;

	memcpy(made.kid, sk + ED25519_SEED_LEN, sizeof made.kid); /* libsodium's layout: seed || public key */
	TRY(covered_bytes(&covered, made.kid, aad_label, payload));
	ed25519_sign(made.sig, buf_view(&covered), sk);
	*out = made;
out:
	buf_clear(&covered);
	return st;
}

enum status cose_sign_check(const struct cose_signature *sig, const char *aad_label, struct slice payload)
{
	struct buf covered = {0};
	enum status st;

	TRY(covered_bytes(&covered, sig->kid, aad_label, payload));
	TRY(ed25519_verify(sig->sig, buf_view(&covered), sig->kid));
out:
	buf_clear(&covered);
	return st;
}
