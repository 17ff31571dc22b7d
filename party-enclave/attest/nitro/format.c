/*
 * Strict reading. Relaxed where genuine documents demand it, and only there: the payload's map may be of indefinite length (NSM
 * since 2025) and its keys, and those of `pcrs`, come in any order. Unknown keys, doubled ones and missing ones are refused.
 */
#include "format.h"

#include "base/cbor_pairs.h"

enum { COSE_SIGN1 = 18 };

struct reading {
	struct cbor_reader r;
	const char *at; /* what is being read, for the refusal */
	struct nitro_document doc;
};

static enum status refuse(struct att_finding *f, const char *expected, const char *at, enum status st)
{
	return att_refuse(
	    f, ST_ATT_FORMAT, ATT_CHECK_FORM, expected, "%s: %s (%s)", at, status_title(st), status_code(st));
}

/* Where the first failure happened is what the refusal says. */
static void stand_at(struct reading *d, const char *place)
{
	if (d->r.st == ST_OK)
		d->at = place;
}

/* ---- fields of the payload ---- */

static void read_module_id(struct reading *d)
{
	d->doc.module_id = cbor_text(&d->r);
	if (d->doc.module_id.len == 0 || d->doc.module_id.len > ATT_INSTANCE_MAX)
		cbor_fail(&d->r, ST_FORMAT);
}

static void read_digest(struct reading *d)
{
	if (!slice_equal(cbor_text(&d->r), slice_str("SHA384")))
		cbor_fail(&d->r, ST_UNSUPPORTED);
}

static void read_timestamp(struct reading *d)
{
	d->doc.timestamp_ms = cbor_u64(&d->r);
}

static void read_pcrs(struct reading *d)
{
	struct cbor_pairs pairs = cbor_pairs_open(&d->r, CBOR_PAIRS_DEFINITE);

	while (cbor_pairs_next(&d->r, &pairs)) {
		uint64_t index = cbor_u64_max(&d->r, NITRO_PCRS - 1);
		struct slice value = cbor_bytes(&d->r);
		if (d->r.st != ST_OK)
			return;
		if (d->doc.pcrs >> index & 1)
			cbor_fail(&d->r, ST_DUPLICATE);
		if (value.len != NITRO_PCR_LEN)
			cbor_fail(&d->r, ST_FORMAT);
		d->doc.pcrs |= 1u << index;
		d->doc.pcr[index] = value.ptr;
	}
	if ((d->doc.pcrs & 7) != 7)
		cbor_fail(&d->r, ST_FORMAT); /* 0, 1 and 2 are the code, and say whether a debugger can read it */
}

static struct slice read_certificate(struct reading *d)
{
	struct slice der = cbor_bytes_max(&d->r, NITRO_CERTIFICATE_MAX);

	if (der.len == 0)
		cbor_fail(&d->r, ST_FORMAT);
	return der;
}

static void read_leaf(struct reading *d)
{
	d->doc.leaf = read_certificate(d);
}

static void read_bundle(struct reading *d)
{
	size_t n = cbor_array(&d->r);

	if (n == 0)
		cbor_fail(&d->r, ST_FORMAT);
	if (n > NITRO_BUNDLE_MAX)
		cbor_fail(&d->r, ST_TOO_LARGE);
	for (size_t i = 0; i < n && d->r.st == ST_OK; i++)
		d->doc.bundle[d->doc.n_bundle++] = read_certificate(d);
	cbor_close(&d->r);
}

static void read_optional(struct reading *d, struct nitro_optional *out)
{
	out->presence = cbor_peek_major(&d->r) == CBOR_SIMPLE ? NITRO_NULL : NITRO_BYTES;
	if (out->presence == NITRO_NULL)
		cbor_null(&d->r);
	else
		out->bytes = cbor_bytes_max(&d->r, NITRO_FIELD_MAX);
}

static void read_public_key(struct reading *d)
{
	read_optional(d, &d->doc.public_key);
}

static void read_user_data(struct reading *d)
{
	read_optional(d, &d->doc.user_data);
}

static void read_nonce(struct reading *d)
{
	read_optional(d, &d->doc.nonce);
}

/* ---- the payload ---- */

static const struct field {
	const char *name;
	bool required;
	void (*read)(struct reading *d);
} fields[] = {
    {"module_id", true, read_module_id},
    {"digest", true, read_digest},
    {"timestamp", true, read_timestamp},
    {"pcrs", true, read_pcrs},
    {"certificate", true, read_leaf},
    {"cabundle", true, read_bundle},
    {"public_key", false, read_public_key},
    {"user_data", false, read_user_data},
    {"nonce", false, read_nonce},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

/* Position of the field in the table; FIELDS for a key of another name. */
static size_t field_of(struct slice key)
{
	size_t i = 0;

	while (i < FIELDS && !slice_equal(key, slice_str(fields[i].name)))
		i++;
	return i;
}

static void read_pair(struct reading *d, uint32_t *seen)
{
	stand_at(d, "a key of the payload");
	size_t i = field_of(cbor_text(&d->r));
	if (d->r.st == ST_OK && i == FIELDS)
		cbor_fail(&d->r, ST_UNKNOWN_FIELD);
	if (d->r.st != ST_OK)
		return;
	stand_at(d, fields[i].name);
	if (*seen >> i & 1)
		cbor_fail(&d->r, ST_DUPLICATE);
	*seen |= 1u << i;
	fields[i].read(d);
}

static const char *first_missing(uint32_t seen)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].required && !(seen >> i & 1))
			return fields[i].name;
	return NULL;
}

enum status nitro_parse_payload(struct nitro_document *out, struct slice payload, struct att_finding *f)
{
	static const char expected[] = "a map of module_id, digest SHA384, timestamp, pcrs, certificate, cabundle, "
				       "public_key, user_data, nonce";
	struct reading d = {.at = "the payload"};
	uint32_t seen = 0;
	enum status st;

	cbor_reader_init(&d.r, payload);
	struct cbor_pairs pairs = cbor_pairs_open(&d.r, CBOR_PAIRS_INDEFINITE);
	while (cbor_pairs_next(&d.r, &pairs))
		read_pair(&d, &seen);
	st = cbor_end(&d.r);
	if (st != ST_OK)
		return refuse(f, expected, d.at, st);
	const char *missing = first_missing(seen);
	if (missing)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, expected, "no %s", missing);
	d.doc.payload = payload;
	*out = d.doc;
	return ST_OK;
}

/* ---- the envelope ---- */

/* Exactly {1: -35}: a verifier that lets the document choose its algorithm is the attacker's (RFC 9053 section 2.1). */
static void read_protected(struct reading *d)
{
	static const uint8_t es384[] = {0xa1, 0x01, 0x38, 0x22};

	stand_at(d, "the protected header");
	struct slice header = cbor_bytes(&d->r);
	if (d->r.st == ST_OK && !slice_equal(header, slice_of(es384, sizeof es384)))
		cbor_fail(&d->r, ST_UNSUPPORTED);
}

/* Nobody signs it, so nothing may depend on it: a well-formed map, not looked at. */
static void read_unprotected(struct reading *d)
{
	stand_at(d, "the unprotected header");
	if (d->r.st == ST_OK && cbor_peek_major(&d->r) != CBOR_MAP)
		cbor_fail(&d->r, d->r.rest.len ? ST_FORMAT : ST_TRUNCATED);
	(void)cbor_any(&d->r);
}

static void read_envelope(struct reading *d, struct slice *payload)
{
	if (cbor_is_tag(&d->r))
		cbor_tag(&d->r, COSE_SIGN1);
	cbor_array_exact(&d->r, 4);
	read_protected(d);
	read_unprotected(d);
	stand_at(d, "the payload");
	*payload = cbor_bytes_max(&d->r, NITRO_PAYLOAD_MAX);
	stand_at(d, "the signature");
	if (cbor_bytes(&d->r).len != NITRO_SIGNATURE_LEN)
		cbor_fail(&d->r, ST_FORMAT);
	stand_at(d, "the end of the document");
	cbor_close(&d->r);
}

enum status nitro_parse(struct nitro_document *out, struct slice evidence, struct att_finding *f)
{
	struct reading d = {.at = "the head of the document"};
	struct slice payload;

	cbor_reader_init(&d.r, evidence);
	read_envelope(&d, &payload);
	enum status st = cbor_end(&d.r);
	if (st != ST_OK)
		return refuse(f,
		    "a COSE_Sign1 by ES384, tagged 18 or untagged, protected header a1013822, unprotected a map", d.at,
		    st);
	return nitro_parse_payload(out, payload, f);
}
