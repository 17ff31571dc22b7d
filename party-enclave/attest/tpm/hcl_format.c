#include "hcl_format.h"

#include "attest/json.h"
#include "base/reader.h"

#include <inttypes.h>

enum {
	SNP_REPORT_LEN = 1184,
	HEADER_LEN = 32,
	DATA_HEADER_LEN = 20,
	REQUEST_AK = 2,
	TYPE_SNP = 2,
	HASH_SHA256 = 1,
};

static enum status refuse(struct att_finding *f, const char *expected, const char *what, uint64_t got)
{
	return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, expected, "%s %" PRIu64, what, got);
}

static bool is_zero(struct slice s)
{
	uint8_t any = 0;

	for (size_t k = 0; k < s.len; k++)
		any |= s.ptr[k];
	return any == 0;
}

/* "HCLA", version, size of all but the padding, request type, status, 12 reserved bytes. No signature covers them: each must be as expected. */
static enum status parse_header(struct reader *r, uint32_t *size, struct att_finding *f)
{
	static const uint8_t magic[] = {'H', 'C', 'L', 'A'};
	struct slice signature = rd_slice(r, sizeof magic);
	uint32_t version = rd_u32le(r);
	*size = rd_u32le(r);
	uint32_t request = rd_u32le(r), status = rd_u32le(r);
	struct slice reserved = rd_slice(r, 12);

	if (r->failed || !slice_equal(signature, slice_of(magic, sizeof magic)))
		return att_refuse(
		    f, ST_ATT_FORMAT, ATT_CHECK_FORM, "an HCL report, which begins with HCLA", "other bytes");
	if (version != 1 && version != 2)
		return refuse(f, "HCL report version 1 or 2", "version", version);
	if (request != REQUEST_AK)
		return refuse(f, "a request for the attestation key (2)", "request type", request);
	if (status != 0 || !is_zero(reserved))
		return refuse(f, "status 0 and zeros in the HCL header", "status", status);
	return ST_OK;
}

/* Size with this header, version, report type, hash type, size of the JSON. */
static enum status parse_data_header(struct reader *r, uint32_t *json_len, struct att_finding *f)
{
	uint32_t size = rd_u32le(r), version = rd_u32le(r), type = rd_u32le(r), hash = rd_u32le(r);
	*json_len = rd_u32le(r);

	if (r->failed)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "a whole HCL report", "one that ends early");
	if (version != 1)
		return refuse(f, "HCL runtime data version 1", "version", version);
	if (type != TYPE_SNP)
		return refuse(f, "an SNP report (2) in the HCL report", "report type", type);
	if (hash != HASH_SHA256)
		return refuse(f, "SHA-256 (1) over the HCL runtime data", "hash type", hash);
	if (*json_len > HCL_REPORT_MAX || size != DATA_HEADER_LEN + *json_len)
		return refuse(f, "an HCL runtime data size of its JSON and 20 bytes", "size", size);
	return ST_OK;
}

enum status hcl_parse(struct hcl_parts *out, struct slice bytes, struct att_finding *f)
{
	struct reader r = {.rest = bytes};
	uint32_t size, json_len;
	struct hcl_parts h;
	enum status st;

	if (bytes.len > HCL_REPORT_MAX)
		return refuse(f, "an HCL report of at most 16384 bytes", "bytes:", bytes.len);
	TRY(parse_header(&r, &size, f));
	h.snp = rd_slice(&r, SNP_REPORT_LEN);
	TRY(parse_data_header(&r, &json_len, f));
	h.json = rd_slice(&r, json_len);
	if (r.failed)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "a whole HCL report", "one that ends early");
	if (size != HEADER_LEN + SNP_REPORT_LEN + DATA_HEADER_LEN + json_len)
		return refuse(f, "the HCL report's own size in its header", "size", size);
	if (!is_zero(r.rest))
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, "zeros behind the HCL report", "other bytes");
	*out = h;
out:
	return st;
}

enum status hcl_snp_report(struct slice *out, struct slice hcl_report, struct att_finding *f)
{
	struct hcl_parts h;
	enum status st;

	TRY(hcl_parse(&h, hcl_report, f));
	*out = h.snp;
out:
	return st;
}

/* ---- the vTPM's key, in JSON Web Key form (RFC 7517), among the keys of the runtime data ---- */

/* RFC 4648 section 5, no padding, no stray bits. */
static size_t base64url(uint8_t *out, size_t cap, struct slice text)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0, have = 0;
	size_t len = 0;

	for (size_t k = 0; k < text.len; k++) {
		const char *digit = text.ptr[k] ? strchr(alphabet, text.ptr[k]) : NULL;
		if (!digit || len == cap)
			return 0;
		bits = (bits << 6 | (unsigned)(digit - alphabet)) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[len++] = (uint8_t)(bits >> have);
		}
	}
	return have < 6 && (bits & ((1u << have) - 1)) == 0 ? len : 0;
}

struct jwk { /* strings borrow from the JSON */
	struct slice id, type, n, e;
};

static void get_key(struct json *j, struct jwk *key)
{
	struct slice name;

	json_enter_object(j);
	while (json_key(j, &name)) {
		if (slice_equal(name, slice_str("kid")))
			key->id = json_take_string(j);
		else if (slice_equal(name, slice_str("kty")))
			key->type = json_take_string(j);
		else if (slice_equal(name, slice_str("n")))
			key->n = json_take_string(j);
		else if (slice_equal(name, slice_str("e")))
			key->e = json_take_string(j);
		else
			(void)json_value(j);
	}
}

static void get_keys(struct json *j, struct jwk *ak, unsigned *found)
{
	json_enter_array(j);
	while (json_more(j)) {
		struct jwk key = {0};
		get_key(j, &key);
		if (slice_equal(key.id, slice_str("HCLAkPub"))) {
			*ak = key;
			(*found)++;
		}
	}
}

enum status hcl_key_parse(struct hcl_key *out, struct slice text, struct att_finding *f)
{
	struct jwk key = {0};
	unsigned found = 0;
	struct slice name;
	struct json j;

	json_init(&j, text);
	json_enter_object(&j);
	while (json_key(&j, &name)) {
		if (slice_equal(name, slice_str("keys")))
			get_keys(&j, &key, &found);
		else
			(void)json_value(&j);
	}
	if (json_end(&j) != ST_OK)
		return att_refuse(
		    f, ST_ATT_FORMAT, ATT_CHECK_FORM, "JSON in the HCL runtime data", "%s", status_title(j.st));
	if (found != 1 || !slice_equal(key.type, slice_str("RSA")))
		return refuse(f, "one RSA key HCLAkPub in the HCL runtime data", "keys of this name:", found);
	out->n_len = base64url(out->n, sizeof out->n, key.n);
	out->e_len = base64url(out->e, sizeof out->e, key.e);
	if (out->n_len == 0 || out->e_len == 0)
		return att_refuse(
		    f, ST_ATT_FORMAT, ATT_CHECK_FORM, "modulus and exponent in base64url", "another form");
	return ST_OK;
}
