/*
 * The DCAP quote, versions 3, 4 and 5, with an ECDSA P-256 attestation key: header, body, signature data. Form only; nothing
 * is believed here. Source: Intel SGX Quote Generation Reference (v3), TDX Quoting Library API (v4, v5), appendices.
 *
 *   v3, v4   header 48 | body 384 (SGX) or 584 (TDX)                          | u32 L | signature data, L bytes | zeros*
 *   v5       header 48 | u16 body type | u32 body size | body 384, 584 or 648 | u32 L | signature data, L bytes | zeros*
 *
 *   v3 data  sig 64 | key 64 | QE report 384 | QE sig 64 | u16 A | auth A | u16 type | u32 C | certification data C
 *   v4, v5   sig 64 | key 64 | u16 6 | u32 size | the same from the QE report on, filling `size` and L exactly
 *
 * Kernels hand out quotes in larger buffers, so zeros may follow; any other trailing byte is refused.
 */
#ifndef ATTEST_DCAP_QUOTE_H
#define ATTEST_DCAP_QUOTE_H

#include "base/slice.h"
#include "base/status.h"

enum dcap_body { DCAP_BODY_SGX = 1, DCAP_BODY_TD10 = 2, DCAP_BODY_TD15 = 3 };
enum dcap_certification { DCAP_CERT_PPID = 1, DCAP_CERT_PPID_LAST = 4, DCAP_CERT_CHAIN = 5, DCAP_CERT_QE_REPORT = 6 };

struct dcap_quote { /* slices borrow from the evidence */
	uint16_t version;
	enum dcap_body body_type;
	struct slice signed_part; /* from the first byte to the end of the body */
	struct slice body;
	struct slice signature; /* 64: r || s, by the attestation key over signed_part */
	struct slice key; /* 64: x || y, the attestation key */
	struct slice qe_report; /* 384 */
	struct slice qe_signature; /* 64: by the PCK over qe_report */
	struct slice qe_auth; /* hashed with the key into the QE's report data */
	uint16_t certification; /* enum dcap_certification: 1..5 */
	struct slice certification_data;
	struct slice padding; /* zeros */
};
/* ST_TRUNCATED, ST_TRAILING (non-zero padding, or inner lengths that do not fill the outer ones), ST_FORMAT (a reserved
 * field, vendor or length), ST_UNSUPPORTED (version, key type, TEE, body or certification type). */
MUST_USE enum status dcap_quote_parse(struct dcap_quote *out, struct slice evidence);

#endif
