/* nitro/format.h: what a document may look like. No signature is looked at here. */
#include "../../support/test.h"

#include "document.h"
#include "format.h"

static struct document doc;

static int fresh(void **state)
{
	(void)state;
	document_init(&doc);
	return 0;
}

static int done(void **state)
{
	(void)state;
	document_clear(&doc);
	return 0;
}

static enum status parse(struct att_finding *f)
{
	struct buf bytes = document_encode(&doc);
	struct nitro_document out;

	*f = (struct att_finding){0};
	enum status st = nitro_parse(&out, buf_view(&bytes), f);
	buf_clear(&bytes);
	assert_int_equal(st, f->st);
	return st;
}

static void good(void)
{
	struct att_finding f;

	if (parse(&f) != ST_OK)
		fail_msg("%s", f.got);
}

/* Refused for its form; the refusal names the place. */
static void bad(const char *place)
{
	struct att_finding f;

	assert_int_equal(parse(&f), ST_ATT_FORMAT);
	assert_int_equal(f.check, ATT_CHECK_FORM);
	if (!strstr(f.got, place))
		fail_msg("%s is not about %s", f.got, place);
}

static void either_length_and_any_order(void **state)
{
	(void)state;
	good();
	doc.definite = true;
	good();
	for (int i = 0, k = NONCE; i < k; i++, k--) {
		struct part p = doc.parts[i];
		doc.parts[i] = doc.parts[k];
		doc.parts[k] = p;
	}
	good();
	doc.definite = false;
	good();
}

static void tells_the_three_ways_of_saying_nothing_apart(void **state)
{
	struct nitro_document out;
	struct att_finding f = {0};

	(void)state;
	doc.parts[PUBLIC_KEY].key = NULL;
	document_set_hex(&doc, NONCE, "40");
	struct buf payload = document_payload(&doc);
	assert_int_equal(nitro_parse_payload(&out, buf_view(&payload), &f), ST_OK);
	assert_int_equal(out.public_key.presence, NITRO_ABSENT);
	assert_int_equal(out.user_data.presence, NITRO_NULL);
	assert_int_equal(out.nonce.presence, NITRO_BYTES);
	assert_int_equal(out.nonce.bytes.len, 0);
	assert_slice_equal(out.payload, buf_view(&payload));
	assert_int_equal(out.timestamp_ms, 1717200000500);
	assert_int_equal(out.pcrs, 0xffff);
	assert_int_equal(out.pcr[4][47], 0x14);
	assert_int_equal(out.n_bundle, 1);
	buf_clear(&payload);
}

static void every_field_once_and_no_other(void **state)
{
	(void)state;
	for (int i = MODULE_ID; i <= CABUNDLE; i++) {
		const char *key = doc.parts[i].key;
		doc.parts[i].key = NULL;
		bad(key);
		doc.parts[i].key = key;
	}
	for (int i = MODULE_ID; i <= NONCE; i++) { /* twice */
		doc.parts[EXTRA].key = doc.parts[i].key;
		document_set(&doc, EXTRA, buf_view(&doc.parts[i].value));
		bad(doc.parts[i].key);
	}
	document_set_hex(&doc, EXTRA, "f6");
	static const char *const others[] = {"", "Nonce", "nonc", "nonce ", "publkey", "pcr"};
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		doc.parts[EXTRA].key = others[i];
		bad("a key of the payload");
	}
}

static void types_and_limits(void **state)
{
	static const struct {
		int part;
		const char *hex;
		const char *place; /* NULL: fine */
	} cases[] = {
	    {MODULE_ID, "60", "module_id"},
	    {MODULE_ID, "4141", "module_id"},
	    {MODULE_ID, "f6", "module_id"},
	    {MODULE_ID, "61ff", "module_id"}, /* not UTF-8 */
	    {MODULE_ID, "7f6141ff", "module_id"}, /* an indefinite string */
	    {MODULE_ID, "780141", "module_id"},
	    {DIGEST, "66534841323536", "digest"}, /* SHA256 */
	    {DIGEST, "66736861333834", "digest"},
	    {DIGEST, "46534841333834", "digest"},
	    {DIGEST, "f6", "digest"},
	    {TIMESTAMP, "00", NULL},
	    {TIMESTAMP, "1bffffffffffffffff", NULL},
	    {TIMESTAMP, "20", "timestamp"},
	    {TIMESTAMP, "f6", "timestamp"},
	    {TIMESTAMP, "fb41d8000000000000", "timestamp"},
	    {TIMESTAMP, "1b0000000000000001", "timestamp"},
	    {TIMESTAMP, "c11a65000000", "timestamp"},
	    {CERTIFICATE, "40", "certificate"},
	    {CERTIFICATE, "f6", "certificate"},
	    {CERTIFICATE, "6130", "certificate"},
	    {CERTIFICATE, "5f4130ff", "certificate"},
	    {CABUNDLE, "80", "cabundle"},
	    {CABUNDLE, "f6", "cabundle"},
	    {CABUNDLE, "8140", "cabundle"},
	    {CABUNDLE, "9f4130ff", "cabundle"},
	    {CABUNDLE, "8741304130413041304130413041 30", NULL},
	    {CABUNDLE, "8841304130413041304130413041304130", "cabundle"},
	    {CABUNDLE, "81f6", "cabundle"},
	    {CABUNDLE, "a1004130", "cabundle"},
	    {PUBLIC_KEY, "f5", "public_key"},
	    {PUBLIC_KEY, "f7", "public_key"}, /* undefined is not null */
	    {PUBLIC_KEY, "00", "public_key"},
	    {USER_DATA, "6130", "user_data"},
	    {USER_DATA, "80", "user_data"},
	    {NONCE, "f4", "nonce"},
	    {NONCE, "a0", "nonce"},
	    {PCRS, "a0", "pcrs"},
	    {PCRS, "f6", "pcrs"},
	    {PCRS, "bfff", "pcrs"},
	    {PCRS, "80", "pcrs"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf before = doc.parts[cases[i].part].value;
		char hex[128];
		size_t n = 0;
		for (const char *p = cases[i].hex; *p; p++)
			if (*p != ' ')
				hex[n++] = *p;
		hex[n] = 0;
		doc.parts[cases[i].part].value = (struct buf){0};
		document_set_hex(&doc, cases[i].part, hex);
		if (cases[i].place)
			bad(cases[i].place);
		else
			good();
		buf_clear(&doc.parts[cases[i].part].value);
		doc.parts[cases[i].part].value = before;
	}
}

static void lengths_at_the_limit(void **state)
{
	static const struct {
		int part;
		size_t max;
	} limits[] = {{CERTIFICATE, 1024}, {PUBLIC_KEY, 1024}, {USER_DATA, 1024}, {NONCE, 1024}};
	static const uint8_t many[1025];
	char id[130];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(limits); i++) {
		document_set_bytes(&doc, limits[i].part, slice_of(many, limits[i].max));
		good();
		document_set_bytes(&doc, limits[i].part, slice_of(many, limits[i].max + 1));
		bad(doc.parts[limits[i].part].key);
		document_set_bytes(&doc, limits[i].part, slice_of(many, 1));
	}
	memset(id, 'x', sizeof id);
	for (size_t len = 128; len <= 129; len++) {
		struct buf value = {0};
		cbor_put_text_slice(&value, slice_of(id, len));
		document_set(&doc, MODULE_ID, buf_view(&value));
		buf_clear(&value);
		if (len == 128)
			good();
		else
			bad("module_id");
	}
}

/* Indices in the order given, each with 48 bytes. */
static void set_pcrs(const unsigned *index, size_t n, size_t value_len)
{
	static const uint8_t value[64] = {7};
	struct buf b = {0};

	cbor_put_map(&b, n);
	for (size_t i = 0; i < n; i++) {
		cbor_put_u64(&b, index[i]);
		cbor_put_bytes(&b, slice_of(value, value_len));
	}
	document_set(&doc, PCRS, buf_view(&b));
	buf_clear(&b);
}

static void pcrs(void **state)
{
	unsigned index[33];

	(void)state;
	for (unsigned i = 0; i < 33; i++)
		index[i] = 31 - i; /* descending */
	set_pcrs(index, 32, 48);
	good();
	set_pcrs((const unsigned[]){2, 0, 1}, 3, 48);
	good();
	for (unsigned i = 0; i < 17; i++)
		index[i] = (i * 5) % 17;
	set_pcrs(index, 17, 48);
	good();
	set_pcrs(index, 17, 47);
	bad("pcrs");
	set_pcrs(index, 17, 32);
	bad("pcrs");
	set_pcrs(index, 17, 64);
	bad("pcrs");
	set_pcrs((const unsigned[]){0, 1, 2, 32}, 4, 48);
	bad("pcrs");
	set_pcrs((const unsigned[]){0, 1, 2, 1000000}, 4, 48);
	bad("pcrs");
	set_pcrs((const unsigned[]){0, 1, 2, 1}, 4, 48);
	bad("pcrs");
	set_pcrs((const unsigned[]){0, 1, 3}, 3, 48);
	bad("pcrs");
	set_pcrs((const unsigned[]){1, 2, 3, 4}, 4, 48);
	bad("pcrs");
}

static void the_envelope(void **state)
{
	static const struct {
		const char *tag, *header, *unprotected, *place;
	} cases[] = {
	    {"d2", NULL, NULL, NULL},
	    {"d1", NULL, NULL, "the head"},
	    {"d863", NULL, NULL, "the head"},
	    {"d2d2", NULL, NULL, "the head"},
	    {"d812", NULL, NULL, "the head"}, /* 18 in a long head */
	    {NULL, "43a10126", NULL, "the protected"}, /* ES256 */
	    {NULL, "43a10127", NULL, "the protected"}, /* EdDSA */
	    {NULL, "44a1013823", NULL, "the protected"},
	    {NULL, "41a0", NULL, "the protected"}, /* RFC 9052 would take the algorithm from the other header */
	    {NULL, "40", NULL, "the protected"},
	    {NULL, "46a20138220300", NULL, "the protected"},
	    {NULL, "45a101390022", NULL, "the protected"}, /* the same number in a long head */
	    {NULL, "46bf013822ff00", NULL, "the protected"},
	    {NULL, "a1013822", NULL, "the protected"},
	    {NULL, "f6", NULL, "the protected"},
	    {NULL, NULL, "a1044131", NULL}, /* ignored */
	    {NULL, NULL, "a1013822", NULL},
	    {NULL, NULL, "f6", "the unprotected"},
	    {NULL, NULL, "80", "the unprotected"},
	    {NULL, NULL, "40", "the unprotected"},
	    {NULL, NULL, "a20401 0402", "the unprotected"},
	    {NULL, NULL, "bfff", "the unprotected"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char hex[32];
		size_t n = 0;
		for (const char *p = cases[i].unprotected; p && *p; p++)
			if (*p != ' ')
				hex[n++] = *p;
		hex[n] = 0;
		doc.tag = cases[i].tag;
		doc.protected_header = cases[i].header;
		doc.unprotected = cases[i].unprotected ? hex : NULL;
		if (cases[i].place)
			bad(cases[i].place);
		else
			good();
	}
}

static void the_envelope_holds_four_things(void **state)
{
	struct buf bytes = document_encode(&doc);
	struct nitro_document out;
	struct att_finding f = {0};

	(void)state;
	bytes.ptr[0] = 0x83;
	assert_int_equal(nitro_parse(&out, buf_view(&bytes), &f), ST_ATT_FORMAT);
	bytes.ptr[0] = 0x85;
	assert_int_equal(nitro_parse(&out, buf_view(&bytes), &f), ST_ATT_FORMAT);
	bytes.ptr[0] = 0x9f;
	buf_append(&bytes, "\xff", 1);
	assert_int_equal(nitro_parse(&out, buf_view(&bytes), &f), ST_ATT_FORMAT);
	bytes.ptr[0] = 0x84;
	assert_int_equal(nitro_parse(&out, buf_view(&bytes), &f), ST_ATT_FORMAT); /* trailing */
	bytes.len -= 2;
	assert_int_equal(nitro_parse(&out, buf_view(&bytes), &f), ST_ATT_FORMAT);
	bytes.len++;
	f = (struct att_finding){0};
	assert_int_equal(nitro_parse(&out, buf_view(&bytes), &f), ST_OK);
	bytes.ptr[bytes.len - 97] = 95; /* a signature one byte short, and a byte behind it */
	assert_int_equal(nitro_parse(&out, buf_view(&bytes), &f), ST_ATT_FORMAT);
	buf_clear(&bytes);
}

/* 16 KiB is what the specification gives the payload; nothing that is well-formed comes near. */
static void no_payload_above_16_kib(void **state)
{
	static uint8_t big[16385];
	struct buf bytes = {0};
	struct nitro_document out;
	struct att_finding f = {0};

	(void)state;
	big[0] = 0xa0;
	for (size_t len = 16384; len <= 16385; len++) {
		buf_reset(&bytes);
		buf_append(&bytes, "\x84\x44\xa1\x01\x38\x22\xa0", 7);
		cbor_put_bytes(&bytes, slice_of(big, len));
		cbor_put_bytes(&bytes, slice_of(big, 96));
		f = (struct att_finding){0};
		assert_int_equal(nitro_parse(&out, buf_view(&bytes), &f), ST_ATT_FORMAT);
		assert_non_null(strstr(f.got, len == 16384 ? "left over" : "larger"));
	}
	buf_clear(&bytes);
}

static void every_truncation(void **state)
{
	struct nitro_document out;

	(void)state;
	for (int definite = 0; definite < 2; definite++) {
		doc.definite = definite;
		struct buf bytes = document_encode(&doc), payload = document_payload(&doc);
		for (size_t n = 0; n < bytes.len; n++) {
			struct att_finding f = {0};
			uint8_t *exact = malloc(n + 1);
			memcpy(exact, bytes.ptr, n);
			assert_int_equal(nitro_parse(&out, slice_of(exact, n), &f), ST_ATT_FORMAT);
			assert_non_null(strstr(f.got, "FMT-0001"));
			f = (struct att_finding){0};
			if (n < payload.len) {
				memcpy(exact, payload.ptr, n);
				assert_int_equal(nitro_parse_payload(&out, slice_of(exact, n), &f), ST_ATT_FORMAT);
			}
			free(exact);
		}
		buf_clear(&bytes);
		buf_clear(&payload);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(either_length_and_any_order, fresh, done),
	    cmocka_unit_test_setup_teardown(tells_the_three_ways_of_saying_nothing_apart, fresh, done),
	    cmocka_unit_test_setup_teardown(every_field_once_and_no_other, fresh, done),
	    cmocka_unit_test_setup_teardown(types_and_limits, fresh, done),
	    cmocka_unit_test_setup_teardown(lengths_at_the_limit, fresh, done),
	    cmocka_unit_test_setup_teardown(pcrs, fresh, done),
	    cmocka_unit_test_setup_teardown(the_envelope, fresh, done),
	    cmocka_unit_test_setup_teardown(the_envelope_holds_four_things, fresh, done),
	    cmocka_unit_test_setup_teardown(no_payload_above_16_kib, fresh, done),
	    cmocka_unit_test_setup_teardown(every_truncation, fresh, done),
	};
	return cmocka_run_group_tests_name("nitro format", tests, NULL, NULL);
}
