/* DCAP quotes (Intel SGX ECDSA quote v3; TDX DCAP quote v4, v5): header, body, signature data, certificates. Little endian. */
#include "show.h"

#include "base/x509.h"

#include <stdio.h>
#include <stdlib.h>

#define TABLE(s, prefix, bytes, fields) show_table(s, prefix, bytes, fields, sizeof fields / sizeof *fields)

enum { HEADER_LEN = 48, SGX_BODY = 384, TD_BODY = 584, TD15_BODY = 648, SIGNATURE_AND_KEY = 128, QE_CERTIFIED = 6, PEM_CHAIN = 5 };

static const struct show_field header[] = {
    {"version", 0, 2, SHOW_LE},
    {"attestation_key_type", 2, 2, SHOW_LE},
    {"tee_type", 4, 4, SHOW_LE_HEX},
    {"qe_svn", 8, 2, SHOW_LE},
    {"pce_svn", 10, 2, SHOW_LE},
    {"qe_vendor_id", 12, 16, SHOW_HEX},
    {"user_data", 28, 20, SHOW_HEX},
};
static const struct show_field sgx_body[] = {
    {"cpusvn", 0, 16, SHOW_HEX},
    {"miscselect", 16, 4, SHOW_LE_HEX},
    {"isvextprodid", 32, 16, SHOW_HEX},
    {"attributes", 48, 8, SHOW_LE_HEX},
    {"xfrm", 56, 8, SHOW_LE_HEX},
    {"mrenclave", 64, 32, SHOW_HEX},
    {"mrsigner", 128, 32, SHOW_HEX},
    {"configid", 192, 64, SHOW_HEX},
    {"isvprodid", 256, 2, SHOW_LE},
    {"isvsvn", 258, 2, SHOW_LE},
    {"configsvn", 260, 2, SHOW_LE},
    {"isvfamilyid", 304, 16, SHOW_HEX},
    {"report_data", 320, 64, SHOW_HEX},
};
static const struct show_field td_body[] = {
    {"tee_tcb_svn", 0, 16, SHOW_HEX},
    {"mrseam", 16, 48, SHOW_HEX},
    {"mrsignerseam", 64, 48, SHOW_HEX},
    {"seamattributes", 112, 8, SHOW_LE_HEX},
    {"tdattributes", 120, 8, SHOW_LE_HEX},
    {"xfam", 128, 8, SHOW_LE_HEX},
    {"mrtd", 136, 48, SHOW_HEX},
    {"mrconfigid", 184, 48, SHOW_HEX},
    {"mrowner", 232, 48, SHOW_HEX},
    {"mrownerconfig", 280, 48, SHOW_HEX},
    {"rtmr0", 328, 48, SHOW_HEX},
    {"rtmr1", 376, 48, SHOW_HEX},
    {"rtmr2", 424, 48, SHOW_HEX},
    {"rtmr3", 472, 48, SHOW_HEX},
    {"report_data", 520, 64, SHOW_HEX},
};
static const struct show_field td15_body[] = {
    {"tee_tcb_svn_2", 584, 16, SHOW_HEX},
    {"mrservicetd", 600, 48, SHOW_HEX},
};

static uint32_t le(struct slice s, size_t at, size_t bytes)
{
	uint32_t n = 0;

	for (size_t k = bytes; k > 0; k--)
		n = n << 8 | s.ptr[at + k - 1];
	return n;
}

/* Takes `n` bytes off the front; false, and said, when there are fewer. */
static bool take(struct show *s, struct slice *rest, size_t n, const char *what, struct slice *out)
{
	if (n > rest->len) {
		show_text(s, what, "the bytes end here: %zu are left, %zu are needed", rest->len, n);
		return false;
	}
	*out = slice_of(rest->ptr, n);
	*rest = slice_of(rest->ptr + n, rest->len - n);
	return true;
}

static bool take_number(struct show *s, struct slice *rest, size_t n, const char *what, uint32_t *out)
{
	struct slice field;

	if (!take(s, rest, n, what, &field))
		return false;
	*out = le(field, 0, n);
	show_text(s, what, "%u", *out);
	return true;
}

static void show_debug(struct show *s, const char *name, bool debug)
{
	show_text(s, name, debug ? "yes: the host can read this enclave's memory" : "no");
}

/* ---- certificates ---- */

static void show_chain(struct show *s, struct slice pem)
{
	uint8_t *der = malloc(X509_DER_MAX);
	size_t len = 1;
	char name[32];

	for (unsigned k = 0; der && k < X509_CHAIN_MAX && len; k++) {
		snprintf(name, sizeof name, "pck_chain[%u]", k);
		if (pem_next(der, X509_DER_MAX, &len, "CERTIFICATE", &pem) != ST_OK) {
			show_text(s, name, "not a PEM certificate");
			break;
		}
		if (len)
			show_certificate(s, name, slice_of(der, len));
	}
	free(der);
}

static void show_certification(struct show *s, struct slice rest)
{
	struct slice qe, auth, data;
	uint32_t size, type;

	if (!take(s, &rest, SGX_BODY, "qe", &qe))
		return;
	TABLE(s, "qe", qe, sgx_body);
	if (!take(s, &rest, 64, "qe_signature", &data))
		return;
	show_bytes(s, "qe_signature", data);
	if (!take_number(s, &rest, 2, "qe_auth_bytes", &size) || !take(s, &rest, size, "qe_auth", &auth))
		return;
	show_bytes(s, "qe_auth", auth);
	if (!take_number(s, &rest, 2, "certification_type", &type) || !take_number(s, &rest, 4, "certification_bytes", &size) ||
	    !take(s, &rest, size, "certification", &data))
		return;
	if (type == PEM_CHAIN)
		show_chain(s, data);
	else
		show_bytes(s, "certification", data);
	if (rest.len)
		show_text(s, "certification_left_over", "%zu bytes", rest.len);
}

static void show_signature_data(struct show *s, struct slice data, unsigned version)
{
	struct slice part, inner;
	uint32_t type, size;

	if (!take(s, &data, SIGNATURE_AND_KEY, "signature", &part))
		return;
	show_bytes(s, "signature", slice_of(part.ptr, 64));
	show_bytes(s, "attestation_key", slice_of(part.ptr + 64, 64));
	if (version == 3) {
		show_certification(s, data);
		return;
	}
	if (!take_number(s, &data, 2, "outer_certification_type", &type) || !take_number(s, &data, 4, "outer_certification_bytes", &size) ||
	    !take(s, &data, size, "outer_certification", &inner))
		return;
	if (type == QE_CERTIFIED)
		show_certification(s, inner);
	else
		show_bytes(s, "outer_certification", inner);
	if (data.len)
		show_text(s, "signature_data_left_over", "%zu bytes", data.len);
}

/* ---- the quote ---- */

static void show_trailing(struct show *s, struct slice rest)
{
	bool zero = true;

	for (size_t k = 0; k < rest.len; k++)
		zero = zero && rest.ptr[k] == 0;
	if (rest.len)
		show_text(s, "trailing", "%zu bytes, %s", rest.len, zero ? "all zero" : "not zero");
}

static void show_body(struct show *s, struct slice body)
{
	bool td = body.len != SGX_BODY;

	if (td)
		TABLE(s, "body", body, td_body);
	else
		TABLE(s, "body", body, sgx_body);
	if (body.len == TD15_BODY)
		TABLE(s, "body", body, td15_body);
	show_debug(s, "debug", td ? body.ptr[120] & 1 : body.ptr[48] & 2);
}

void show_quote(struct show *s, struct slice evidence)
{
	struct slice rest = evidence, part, body;
	uint32_t type = 0, size = 0, version;

	if (!TABLE(s, "header", evidence, header))
		return;
	version = le(evidence, 0, 2);
	size = version == 3 || le(evidence, 4, 4) == 0 ? SGX_BODY : TD_BODY;
	if (!take(s, &rest, HEADER_LEN, "header", &part))
		return;
	if (version == 5 && (!take_number(s, &rest, 2, "body_type", &type) || !take_number(s, &rest, 4, "body_bytes", &size)))
		return;
	if (size != SGX_BODY && size != TD_BODY && size != TD15_BODY) {
		show_text(s, "body", "%u bytes: no body that is known", size);
		return;
	}
	if (!take(s, &rest, size, "body", &body))
		return;
	show_body(s, body);
	if (!take_number(s, &rest, 4, "signature_data_bytes", &size) || !take(s, &rest, size, "signature_data", &part))
		return;
	show_signature_data(s, part, version);
	show_trailing(s, rest);
}
