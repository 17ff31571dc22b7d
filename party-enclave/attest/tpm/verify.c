/* TPM evidence: the attestation key is the pinned one and signed the quote; what the document says is read only then. */
#include "document.h"

#include "../verifier.h"

static enum status check_pin(struct slice ak, const uint8_t *root, struct att_finding *f)
{
	uint8_t pin[ATT_PIN_LEN];

	sha256(pin, ak, (struct slice){0});
	if (!root)
		return att_refuse(
		    f, ST_ATT_CHAIN, ATT_CHECK_ROOT, "a pinned attestation key", "none: the reference names no root");
	if (memcmp(pin, root, sizeof pin) == 0)
		return ST_OK;
	return att_refuse_bytes(f, ST_ATT_CHAIN, ATT_CHECK_ROOT, "SHA-256 of the attestation key",
	    slice_of(root, sizeof pin), slice_of(pin, sizeof pin));
}

static enum status check_signature(const struct tpm_document *d, struct att_finding *f)
{
	struct tpm_key key;
	enum status st = tpm_key_parse(&key, d->ak);

	if (st != ST_OK)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM,
		    "an attestation key on P-256, or RSA of 2048 to 4096 bits, in DER", "another");
	st = tpm_key_verify(&key, d->signature, d->attest);
	if (st == ST_OK || st == ST_NO_MEMORY)
		return st;
	return att_refuse(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, "a quote signed by the attestation key",
	    "a signature that it did not make");
}

enum status tpm_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f)
{
	struct tpm_document d = {0};
	enum status st = tpm_document_decode(&d, in->evidence);

	if (st != ST_OK)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "the CBOR array of a TPM's evidence, version 1",
		    "%s (%s)", status_title(st), status_code(st));
	TRY(check_pin(d.ak, in->root, f));
	TRY(check_signature(&d, f));
	TRY(tpm_document_judge(out, &d, f));
out:
	return st;
}
