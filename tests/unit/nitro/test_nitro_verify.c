/* nitro_verify() through the registry, with a vendor made at test time: each check refuses what is wrong in its own place. */
#include "../../support/test.h"

#include "attest/attest.h"
#include "document.h"

#include <openssl/x509v3.h>

enum { AT = 1717200000 /* 2024-06-01 */ };

static EVP_PKEY *keys[4], *foreign; /* root, regional, instance, leaf */
static struct pki_cert certs[4];
static struct document doc;
static struct att_anchor anchor;

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		keys[i] = pki_ec("P-384");
	foreign = pki_ec("P-384");
	struct buf root = pki_root("aws.nitro-enclaves", keys[0]);
	struct x509 *c = pki_parse(&root);
	anchor.root = ATT_ROOT_AWS_NITRO;
	x509_pin(anchor.pin, c);
	x509_free(c);
	buf_clear(&root);
	return crypto_init() == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		EVP_PKEY_free(keys[i]);
	EVP_PKEY_free(foreign);
	return 0;
}

static int fresh(void **state)
{
	static const char *const names[] = {"aws.nitro-enclaves", "region", "instance", "enclave"};

	(void)state;
	document_clear(&doc);
	document_init(&doc);
	doc.signer = keys[3];
	for (int i = 0; i < 4; i++)
		certs[i] = (struct pki_cert){.subject = names[i],
		    .issuer = names[i ? i - 1 : 0],
		    .key = keys[i],
		    .signer = keys[i ? i - 1 : 0],
		    .ca = i < 3,
		    .path_len = i < 3 ? 2 - i : -1,
		    .key_usage = i < 3 ? KU_KEY_CERT_SIGN : KU_DIGITAL_SIGNATURE};
	return 0;
}

static int done(void **state)
{
	(void)state;
	document_clear(&doc);
	return 0;
}

static void put_certificates(void)
{
	struct buf bundle = {0};

	cbor_put_array(&bundle, 3);
	for (int i = 0; i < 4; i++) {
		struct buf der = pki_cert(&certs[i]);
		if (i < 3)
			cbor_put_bytes(&bundle, buf_view(&der));
		else
			document_set_bytes(&doc, CERTIFICATE, buf_view(&der));
		buf_clear(&der);
	}
	document_set(&doc, CABUNDLE, buf_view(&bundle));
	buf_clear(&bundle);
}

static enum status examine_at(struct att_claims *c, struct att_finding *f, int64_t at)
{
	struct att_anchors anchors = {&anchor, 1};

	put_certificates();
	struct buf bytes = document_encode(&doc);
	struct att_input in = {.evidence = buf_view(&bytes), .anchors = &anchors, .now = {at, at}};
	*f = (struct att_finding){0};
	enum status st = att_examine(c, TEE_NITRO, &in, f);
	buf_clear(&bytes);
	return st;
}

static void expect(enum status st, enum att_check check)
{
	struct att_claims c;
	struct att_finding f;

	if (examine_at(&c, &f, AT) != st || (st != ST_OK && f.check != check))
		fail_msg("%s, %s: expected %s, got %s", status_name(f.st), att_check_name(f.check), f.expected, f.got);
}

static void a_good_document(void **state)
{
	struct att_claims c;
	struct att_finding f;

	(void)state;
	assert_int_equal(examine_at(&c, &f, AT), ST_OK);
	assert_int_equal(c.issued_s, AT);
	assert_false(c.debug || c.bound_elsewhere);
	assert_int_equal(c.report_data_len, 0);
	assert_int_equal(c.n_values, 16);
	assert_int_equal(c.valid_from, 1704067200);
	assert_int_equal(c.valid_to, 2019686400);
	assert_slice_equal(slice_of(c.instance, c.instance_len), slice_str("i-0-enc0"));
}

static void faults_of_the_chain(void **state)
{
	(void)state;
	expect(ST_OK, 0);
	certs[1].issuer = "other", expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN), fresh(NULL);
	certs[2].signer = foreign, expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN), fresh(NULL);
	certs[3].signer = foreign, expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN), fresh(NULL);
	certs[1].ca = false, expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN), fresh(NULL);
	certs[1].path_len = 0, expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN), fresh(NULL);
	certs[2].key_usage = KU_CRL_SIGN, expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN), fresh(NULL);
	certs[2].key_usage = 0, expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN), fresh(NULL);
	certs[3].ca = true, certs[3].path_len = -1, expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN), fresh(NULL);
	certs[3].key_usage = KU_KEY_CERT_SIGN, expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN), fresh(NULL);
	certs[3].key_usage = 0, expect(ST_OK, 0);
}

static void the_anchor_is_pinned_by_its_key(void **state)
{
	(void)state;
	certs[0].serial = "77"; /* issued again with the same key */
	expect(ST_OK, 0);
	certs[0].key = certs[0].signer = certs[1].signer = foreign;
	expect(ST_ATT_CHAIN, ATT_CHECK_ROOT);
	fresh(NULL);
	certs[0].signer = foreign; /* the pinned key in a certificate that it did not sign */
	expect(ST_ATT_CHAIN, ATT_CHECK_CHAIN);
}

/* Every certificate, at both ends. */
static void valid_at_the_session_s_time(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		fresh(NULL);
		certs[i].not_before = "240601000001Z";
		expect(ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
		certs[i].not_before = "240601000000Z";
		expect(ST_OK, 0);
		certs[i].not_after = "240531235959Z";
		certs[i].not_before = NULL;
		expect(ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
		certs[i].not_after = "20240601000000Z";
		expect(ST_OK, 0);
	}
}

static void other_keys_and_documents_that_are_none(void **state)
{
	EVP_PKEY *p256 = pki_ec("P-256");

	(void)state;
	certs[3].key = p256;
	expect(ST_ATT_FORMAT, ATT_CHECK_FORM);
	fresh(NULL);
	certs[1].key = certs[2].signer = p256;
	expect(ST_ATT_FORMAT, ATT_CHECK_FORM);
	fresh(NULL);
	certs[2].algorithm = PKI_SHA512;
	expect(ST_ATT_FORMAT, ATT_CHECK_FORM);
	EVP_PKEY_free(p256);
}

static void signed_by_the_leaf(void **state)
{
	(void)state;
	doc.signer = foreign;
	expect(ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	doc.signer = NULL; /* r = s = 0 */
	expect(ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	doc.signer = keys[2]; /* the CA above it */
	expect(ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	doc.signer = keys[3];
	doc.tag = "d2";
	doc.unprotected = "a1044131";
	expect(ST_OK, 0);
}

static void made_within_the_leaf_s_life(void **state)
{
	static const struct {
		const char *ms;
		bool fine;
	} times[] = {
	    {"1b0000018fd1189400", true}, /* 2024-06-01T00:00:00.000 */
	    {"1b0000018fd11893ff", false}, /* 2024-05-31T23:59:59.999 */
	    {"1b0000018fd14f8707", false}, /* 2024-06-01T01:00:01.159 */
	    {"1b0000018fd14f8280", true}, /* 2024-06-01T01:00:00.000 */
	    {"1a66598800", false}, /* seconds, as the emulator writes */
	    {"00", false},
	    {"1bffffffffffffffff", false},
	};
	(void)state;
	certs[3].not_before = "240601000000Z";
	certs[3].not_after = "240601010000Z";
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		document_set_hex(&doc, TIMESTAMP, times[i].ms);
		expect(times[i].fine ? ST_OK : ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	}
}

/* The bits of `zeros` are PCRs that are all zero. */
static void set_pcrs(unsigned zeros)
{
	uint8_t value[48];
	struct buf b = {0};

	cbor_put_map(&b, 5);
	for (unsigned i = 0; i < 5; i++) {
		memset(value, 0, sizeof value);
		value[47 - i] = !(zeros >> i & 1);
		cbor_put_u64(&b, i);
		cbor_put_bytes(&b, slice_of(value, sizeof value));
	}
	document_set(&doc, PCRS, buf_view(&b));
	buf_clear(&b);
}

static void debug_is_all_three_or_none(void **state)
{
	struct att_claims c;
	struct att_finding f;

	(void)state;
	for (unsigned zeros = 0; zeros < 32; zeros++) {
		unsigned code = zeros & 7;
		set_pcrs(zeros);
		enum status st = examine_at(&c, &f, AT);
		if (code == 0 || code == 7) {
			assert_int_equal(st, ST_OK);
			assert_int_equal(c.debug, code == 7);
		} else {
			assert_int_equal(st, ST_ATT_PLATFORM);
			assert_int_equal(f.check, ATT_CHECK_ATTRIBUTES);
		}
	}
}

/* ---- binding: 64 bytes of user data and nothing else ---- */

static enum status bound(const uint8_t *report_data)
{
	struct tee_set set = {
	    .not_before = 0, .not_after = INT64_MAX, .n_values = 1, .values = {{.reg = TEE_REG_PCR0, .len = 48}}};
	struct tee_rules rules = {0};
	struct att_anchors anchors = {&anchor, 1};
	struct att_reference ref = {.kind = TEE_NITRO, .sets = &set, .n_sets = 1, .rules = &rules, .max_age_s = 300};
	struct att_finding f = {0};
	struct att_claims c;

	memset(set.values[0].bytes, 0x10, 48);
	put_certificates();
	struct buf bytes = document_encode(&doc);
	struct att_input in = {.evidence = buf_view(&bytes), .anchors = &anchors, .now = {AT, AT + 100}};
	enum status st = att_verify(&c, TEE_NITRO, &in, &ref, report_data, &f);
	buf_clear(&bytes);
	return st;
}

static void bound_by_64_bytes_of_user_data_and_nothing_else(void **state)
{
	uint8_t data[1024] = {0};
	static const size_t lengths[] = {0, 1, 63, 65, 64 + 256, 512, 1024};

	(void)state;
	data[0] = 0x5a, data[63] = 0xa5;
	document_set_bytes(&doc, USER_DATA, slice_of(data, 64));
	assert_int_equal(bound(data), ST_OK);
	data[63] ^= 1;
	assert_int_equal(bound(data), ST_ATT_BINDING);
	data[63] ^= 1;
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		document_set_bytes(&doc, USER_DATA, slice_of(data, lengths[i]));
		assert_int_equal(bound(data), ST_ATT_BINDING);
		expect(ST_OK, 0); /* genuine all the same */
	}
	document_set_hex(&doc, USER_DATA, "f6");
	assert_int_equal(bound(data), ST_ATT_BINDING);
	static const int elsewhere[] = {NONCE, PUBLIC_KEY};
	for (size_t i = 0; i < COUNT_OF(elsewhere); i++) {
		document_set_bytes(&doc, USER_DATA, slice_of(data, 64));
		document_set_hex(&doc, elsewhere[i], "40");
		assert_int_equal(bound(data), ST_ATT_BINDING);
		doc.parts[elsewhere[i]].key = NULL; /* absent does as well as null */
		assert_int_equal(bound(data), ST_OK);
		fresh(NULL);
	}
}

static void all_that_a_session_asks(void **state)
{
	uint8_t data[64] = {1};

	(void)state;
	document_set_bytes(&doc, USER_DATA, slice_of(data, 64));
	document_set_hex(&doc, TIMESTAMP, "1b0000018fd116d6b0"); /* 114 s before */
	assert_int_equal(bound(data), ST_OK);
	document_set_hex(&doc, TIMESTAMP, "1b0000018fd1138708"); /* 331 s before AT */
	assert_int_equal(bound(data), ST_ATT_EXPIRED);
	document_set_hex(&doc, TIMESTAMP, "1b0000018fd1189400");
	set_pcrs(7);
	assert_int_equal(bound(data), ST_ATT_MEASUREMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_good_document, fresh, done),
	    cmocka_unit_test_setup_teardown(faults_of_the_chain, fresh, done),
	    cmocka_unit_test_setup_teardown(the_anchor_is_pinned_by_its_key, fresh, done),
	    cmocka_unit_test_setup_teardown(valid_at_the_session_s_time, fresh, done),
	    cmocka_unit_test_setup_teardown(other_keys_and_documents_that_are_none, fresh, done),
	    cmocka_unit_test_setup_teardown(signed_by_the_leaf, fresh, done),
	    cmocka_unit_test_setup_teardown(made_within_the_leaf_s_life, fresh, done),
	    cmocka_unit_test_setup_teardown(debug_is_all_three_or_none, fresh, done),
	    cmocka_unit_test_setup_teardown(bound_by_64_bytes_of_user_data_and_nothing_else, fresh, done),
	    cmocka_unit_test_setup_teardown(all_that_a_session_asks, fresh, done),
	};
	return cmocka_run_group_tests_name("nitro verify", tests, setup, teardown);
}
