/*
 * The HCL report and the JSON in it, as bytes (attest/hcl.h): what is where, and the virtual TPM's key among the keys of the runtime data. Nothing is
 * believed here. The header is covered by no signature, so every field of it must be as expected.
 */
#ifndef ATTEST_TPM_HCL_FORMAT_H
#define ATTEST_TPM_HCL_FORMAT_H

#include "attest/hcl.h"
#include "base/x509.h"

struct hcl_parts { /* borrowed */
	struct slice snp, json;
};
/* ST_OK, or ST_ATT_FORMAT with the finding. */
MUST_USE enum status hcl_parse(struct hcl_parts *out, struct slice bytes, struct att_finding *f);

enum { HCL_EXPONENT_MAX = 8 };
struct hcl_key { /* RSA, big endian */
	uint8_t n[X509_RSA_MAX], e[HCL_EXPONENT_MAX];
	size_t n_len, e_len;
};
/* The one key HCLAkPub, in JSON Web Key form (RFC 7517). ST_OK, or ST_ATT_FORMAT with the finding. */
MUST_USE enum status hcl_key_parse(struct hcl_key *out, struct slice json, struct att_finding *f);

#endif
