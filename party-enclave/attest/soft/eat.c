#include "eat.h"

#include "../verifier.h"
#include "base/cbor.h"
#include "base/panic.h"

enum eat_claim { /* registered: IANA "CBOR Web Token Claims"; private use below -65536 */
	EAT_IAT = 6,
	EAT_NONCE = 10,
	EAT_UEID = 256,
	EAT_DBGSTAT = 263,
	EAT_PROFILE = 265,
	EAT_MEASUREMENTS = 273,
	EAT_SOFTWARE = -65537,
	EAT_MEMORY_UNLOCKED = -65538,
	EAT_CLAIMS = 8,
};
enum { UEID_RAND = 0x01, DBGSTAT_ENABLED = 0, DBGSTAT_DISABLED_SINCE_BOOT = 2, CONTENT_FORMAT_CBOR = 60 };
static const char profile[] = "parley:software/v1";
static const char measure_label[] = "parley/measure/v1";

/* RFC 9711 section 4.2.16: an array of [CoAP content format, byte string]; ours is one, CBOR [label, hash]. */
static void put_measurements(struct buf *out, const uint8_t measurement[static HASH_LEN])
{
	struct buf body = {0};

	cbor_put_array(&body, 2);
	cbor_put_text(&body, measure_label);
	cbor_put_bytes(&body, slice_of(measurement, HASH_LEN));
	cbor_put_array(out, 1);
	cbor_put_array(out, 2);
	cbor_put_u64(out, CONTENT_FORMAT_CBOR);
	cbor_put_bytes(out, buf_view(&body));
	if (body.failed)
		out->failed = true;
	buf_clear(&body);
}

void eat_encode(struct buf *out, const struct att_claims *c)
{
	const struct tee_value *code = att_value(c, TEE_REG_CODE);

	invariant(code && c->instance_len == ATT_UEID_LEN);
	cbor_put_map(out, EAT_CLAIMS);
	cbor_put_u64(out, EAT_IAT);
	cbor_put_u64(out, (uint64_t)c->issued_s);
	cbor_put_u64(out, EAT_NONCE);
	cbor_put_bytes(out, slice_of(c->report_data, HASH_LEN));
	cbor_put_u64(out, EAT_UEID);
	cbor_put_bytes(out, slice_of(c->instance, ATT_UEID_LEN));
	cbor_put_u64(out, EAT_DBGSTAT);
	cbor_put_u64(out, c->debug ? DBGSTAT_ENABLED : DBGSTAT_DISABLED_SINCE_BOOT);
	cbor_put_u64(out, EAT_PROFILE);
	cbor_put_text(out, profile);
	cbor_put_u64(out, EAT_MEASUREMENTS);
	put_measurements(out, code->bytes);
	cbor_put_i64(out, EAT_SOFTWARE);
	cbor_put_bool(out, true);
	cbor_put_i64(out, EAT_MEMORY_UNLOCKED);
	cbor_put_bool(out, c->memory_unlocked);
}

static void get_ueid(struct cbor_reader *r, uint8_t ueid[static ATT_UEID_LEN])
{
	cbor_bytes_exact(r, ueid, ATT_UEID_LEN);
	if (r->st == ST_OK && ueid[0] != UEID_RAND)
		cbor_fail(r, ST_FORMAT);
}

/* RFC 9711 section 4.2.9 has five values; a launcher can tell these two apart. */
static bool get_dbgstat(struct cbor_reader *r)
{
	uint64_t status = cbor_u64(r);

	if (status != DBGSTAT_ENABLED && status != DBGSTAT_DISABLED_SINCE_BOOT)
		cbor_fail(r, ST_FORMAT);
	return status == DBGSTAT_ENABLED;
}

static void get_exact_text(struct cbor_reader *r, const char *expected)
{
	if (!slice_equal(cbor_text(r), slice_str(expected)))
		cbor_fail(r, ST_FORMAT);
}

static void get_exact_u64(struct cbor_reader *r, uint64_t expected)
{
	if (cbor_u64(r) != expected)
		cbor_fail(r, ST_FORMAT);
}

static void get_measurements(struct cbor_reader *r, uint8_t measurement[static HASH_LEN])
{
	struct cbor_reader body;

	cbor_array_exact(r, 1);
	cbor_array_exact(r, 2);
	get_exact_u64(r, CONTENT_FORMAT_CBOR);
	cbor_reader_init(&body, cbor_bytes(r));
	cbor_close(r);
	cbor_close(r);
	if (r->st != ST_OK)
		return;
	cbor_array_exact(&body, 2);
	get_exact_text(&body, measure_label);
	cbor_bytes_exact(&body, measurement, HASH_LEN);
	cbor_close(&body);
	cbor_fail(r, cbor_end(&body));
}

enum status eat_decode(struct att_claims *out, struct slice payload)
{
	struct att_claims c = *out;
	uint8_t measurement[HASH_LEN] = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, payload);
	if (cbor_map(&r) != EAT_CLAIMS)
		cbor_fail(&r, ST_UNKNOWN_FIELD);
	cbor_key(&r, EAT_IAT);
	c.issued_s = (int64_t)cbor_u64_max(&r, INT64_MAX);
	cbor_key(&r, EAT_NONCE);
	cbor_bytes_exact(&r, c.report_data, sizeof c.report_data);
	cbor_key(&r, EAT_UEID);
	get_ueid(&r, c.instance);
	cbor_key(&r, EAT_DBGSTAT);
	c.debug = get_dbgstat(&r);
	cbor_key(&r, EAT_PROFILE);
	get_exact_text(&r, profile);
	cbor_key(&r, EAT_MEASUREMENTS);
	get_measurements(&r, measurement);
	cbor_key_int(&r, EAT_SOFTWARE);
	if (!cbor_bool(&r))
		cbor_fail(&r, ST_FORMAT);
	cbor_key_int(&r, EAT_MEMORY_UNLOCKED);
	c.memory_unlocked = cbor_bool(&r);
	cbor_close(&r);
	TRY(cbor_end(&r));
	c.has_issued = true;
	c.report_data_len = HASH_LEN;
	c.instance_len = ATT_UEID_LEN;
	invariant(att_add_value(&c, TEE_REG_CODE, measurement, sizeof measurement));
	*out = c;
out:
	return st;
}
