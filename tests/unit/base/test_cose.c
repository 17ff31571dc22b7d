#include "../../support/test.h"

#include "base/cbor.h"
#include "base/cose.h"

static uint8_t pk[ED25519_PUBLIC_LEN], sk[ED25519_SECRET_LEN];

static int start(void **state)
{
	uint8_t seed[ED25519_SEED_LEN] = {1};

	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	ed25519_keypair(pk, sk, seed);
	return 0;
}

static struct buf good_sign1(void)
{
	struct buf doc = {0};

	cose_sign1(&doc, "parley/test/v1", slice_str("the payload"), sk);
	assert_int_equal(buf_status(&doc), ST_OK);
	return doc;
}

static void sign1_verifies_and_gives_the_payload(void **state)
{
	struct buf doc = good_sign1();
	struct slice payload;

	(void)state;
	assert_int_equal(cose_sign1_verify(buf_view(&doc), "parley/test/v1", pk, &payload), ST_OK);
	assert_slice_equal(payload, slice_str("the payload"));
	buf_clear(&doc);
}

/* The bytes, so that another implementation can be compared: RFC 9052 section 4.2, with our one protected header. */
static void sign1_has_its_one_encoding(void **state)
{
	struct buf doc = good_sign1(), expected = {0};

	(void)state;
	buf_append(&expected, "\xd2\x84\x43\xa1\x01\x27\xa0\x4bthe payload\x58\x40", 21);
	assert_int_equal(doc.len, expected.len + 64);
	assert_memory_equal(doc.ptr, expected.ptr, expected.len);
	/* and what is signed is the Sig_structure, written out by hand */
	buf_reset(&expected);
	buf_append(&expected, "\x84\x6aSignature1\x43\xa1\x01\x27\x4eparley/test/v1\x4bthe payload", 43);
	assert_int_equal(ed25519_verify(doc.ptr + doc.len - 64, buf_view(&expected), pk), ST_OK);
	buf_clear(&doc);
	buf_clear(&expected);
}

static void sign1_refuses_every_flipped_bit(void **state)
{
	struct buf doc = good_sign1();
	struct slice payload = slice_str("untouched");

	(void)state;
	for (size_t bit = 0; bit < 8 * doc.len; bit++) {
		doc.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(cose_sign1_verify(buf_view(&doc), "parley/test/v1", pk, &payload), ST_OK);
		doc.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_slice_equal(payload, slice_str("untouched"));
	buf_clear(&doc);
}

static void sign1_refuses_every_truncation_and_tail(void **state)
{
	struct buf doc = good_sign1();
	struct slice payload;

	(void)state;
	for (size_t n = 0; n < doc.len; n++)
		assert_int_equal(cose_sign1_verify(slice_of(doc.ptr, n), "parley/test/v1", pk, &payload), ST_TRUNCATED);
	buf_append(&doc, "", 1);
	assert_int_equal(cose_sign1_verify(buf_view(&doc), "parley/test/v1", pk, &payload), ST_TRAILING);
	buf_clear(&doc);
}

static void sign1_separates_purposes_and_keys(void **state)
{
	struct buf doc = good_sign1();
	uint8_t other_pk[32], other_sk[64], seed[32] = {2};
	struct slice payload;

	(void)state;
	ed25519_keypair(other_pk, other_sk, seed);
	assert_int_equal(cose_sign1_verify(buf_view(&doc), "parley/other/v1", pk, &payload), ST_SIGNATURE);
	assert_int_equal(cose_sign1_verify(buf_view(&doc), "", pk, &payload), ST_SIGNATURE);
	assert_int_equal(cose_sign1_verify(buf_view(&doc), "parley/test/v1", other_pk, &payload), ST_SIGNATURE);
	buf_clear(&doc);
}

/* The signature covers none of this, so only the strict form keeps a document from having two encodings. */
static void sign1_refuses_other_encodings_of_the_same(void **state)
{
	struct buf doc = good_sign1();
	static const struct {
		size_t at, remove;
		const char *insert;
		size_t insert_len;
	} edits[] = {
	    {0, 1, "", 0},                                /* no tag */
	    {0, 1, "\xd8\x12", 2},                        /* tag 18 in two bytes */
	    {0, 0, "\xd9\xd9\xf7", 3},                    /* self-described CBOR before it */
	    {0, 1, "\xd1", 1},                            /* another tag */
	    {1, 1, "\x98\x04", 2},                        /* long array head */
	    {1, 1, "\x85", 1},                            /* five items */
	    {2, 4, "\x44\xa1\x01\x38\x07", 5},            /* -8 in two bytes */
	    {2, 4, "\x40", 1},                            /* no protected header */
	    {2, 4, "\x41\xa0", 2},                        /* empty protected map */
	    {2, 4, "\x45\xa2\x01\x27\x03\x00", 6},        /* one more protected key */
	    {2, 4, "\x43\xa1\x01\x26", 4},                /* ES256 */
	    {6, 1, "\xa1\x04\x40", 3},                    /* something unprotected */
	    {6, 1, "\xbf\xff", 2},                        /* indefinite empty map */
	    {6, 1, "\xb8\x00", 2},                        /* long map head */
	    {6, 1, "\x80", 1},                            /* an array for the map */
	    {7, 1, "\x58\x0b", 2},                        /* long payload head */
	    {7, 1, "\x6b", 1},                            /* payload as text */
	    {7, 12, "\xf6", 1},                           /* detached */
	    {19, 2, "\x59\x00\x40", 3},                   /* long signature head */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(edits); i++) {
		struct buf edited = {0};
		struct slice payload;
		buf_append(&edited, doc.ptr, edits[i].at);
		buf_append(&edited, edits[i].insert, edits[i].insert_len);
		buf_append(&edited, doc.ptr + edits[i].at + edits[i].remove, doc.len - edits[i].at - edits[i].remove);
		enum status st = cose_sign1_verify(buf_view(&edited), "parley/test/v1", pk, &payload);
		if (st == ST_OK || st == ST_SIGNATURE)
			fail_msg("edit %zu gave %s", i, status_name(st));
		buf_clear(&edited);
	}
	buf_clear(&doc);
}

static void sign1_reports_a_full_buffer(void **state)
{
	struct buf doc = {.limit = 50};

	(void)state;
	cose_sign1(&doc, "parley/test/v1", slice_str("the payload"), sk);
	assert_int_equal(buf_status(&doc), ST_NO_MEMORY);
	buf_clear(&doc);
}

/* ---- COSE_Sign ---- */

enum { SIGNERS = 3 };

static void make_signatures(struct cose_signature *sigs, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		uint8_t signer_pk[32], signer_sk[64], seed[32] = {(uint8_t)(10 + k)};
		ed25519_keypair(signer_pk, signer_sk, seed);
		assert_int_equal(cose_sign_make(&sigs[k], "parley/approve/v1", slice_str("policy"), signer_sk), ST_OK);
		assert_memory_equal(sigs[k].kid, signer_pk, 32);
	}
	for (size_t i = 0; i < n; i++) /* kids ascend */
		for (size_t j = i + 1; j < n; j++)
			if (memcmp(sigs[i].kid, sigs[j].kid, 32) > 0) {
				struct cose_signature t = sigs[i];
				sigs[i] = sigs[j];
				sigs[j] = t;
			}
}

static struct buf good_sign(void)
{
	struct cose_signature sigs[SIGNERS];
	struct buf doc = {0};

	make_signatures(sigs, SIGNERS);
	cose_sign_encode(&doc, slice_str("policy"), sigs, SIGNERS);
	assert_int_equal(buf_status(&doc), ST_OK);
	return doc;
}

/* Parses, and checks every signature. */
static enum status verify_all(struct slice doc)
{
	struct cose_signature sigs[COSE_SIGNERS_MAX];
	struct slice payload;
	size_t n;
	enum status st;

	TRY(cose_sign_parse(doc, &payload, sigs, &n));
	for (size_t k = 0; k < n; k++)
		TRY(cose_sign_check(&sigs[k], "parley/approve/v1", payload));
out:
	return st;
}

static void sign_holds_every_signature(void **state)
{
	struct buf doc = good_sign();
	struct cose_signature sigs[COSE_SIGNERS_MAX];
	struct slice payload;
	size_t n;

	(void)state;
	assert_int_equal(cose_sign_parse(buf_view(&doc), &payload, sigs, &n), ST_OK);
	assert_int_equal(n, SIGNERS);
	assert_slice_equal(payload, slice_str("policy"));
	for (size_t k = 0; k < n; k++) {
		assert_int_equal(cose_sign_check(&sigs[k], "parley/approve/v1", payload), ST_OK);
		assert_int_equal(cose_sign_check(&sigs[k], "parley/endorse/v1", payload), ST_SIGNATURE);
		assert_int_equal(cose_sign_check(&sigs[k], "parley/approve/v1", slice_str("policz")), ST_SIGNATURE);
	}
	buf_clear(&doc);
}

static void sign_refuses_every_flipped_bit(void **state)
{
	struct buf doc = good_sign();

	(void)state;
	assert_int_equal(verify_all(buf_view(&doc)), ST_OK);
	for (size_t bit = 0; bit < 8 * doc.len; bit++) {
		doc.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(verify_all(buf_view(&doc)), ST_OK);
		doc.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_clear(&doc);
}

static void sign_refuses_every_truncation_and_tail(void **state)
{
	struct buf doc = good_sign();

	(void)state;
	for (size_t n = 0; n < doc.len; n++)
		assert_int_equal(verify_all(slice_of(doc.ptr, n)), ST_TRUNCATED);
	buf_append(&doc, "", 1);
	assert_int_equal(verify_all(buf_view(&doc)), ST_TRAILING);
	buf_clear(&doc);
}

/* cose_sign_encode() panics on these, so they are written by hand. */
static enum status verify_these(const struct cose_signature *sigs, size_t n)
{
	struct buf doc = {0};

	buf_append(&doc, "\xd8\x62\x84\x40\xa0\x46policy", 12);
	cbor_put_array(&doc, n);
	for (size_t k = 0; k < n; k++) {
		buf_append(&doc, "\x83\x58\x26\xa2\x01\x27\x04\x58\x20", 9);
		buf_append(&doc, sigs[k].kid, 32);
		buf_append(&doc, "\xa0\x58\x40", 3);
		buf_append(&doc, sigs[k].sig, 64);
	}
	enum status st = verify_all(buf_view(&doc));
	buf_clear(&doc);
	return st;
}

static void sign_refuses_no_doubled_and_unsorted_signers(void **state)
{
	struct cose_signature sigs[COSE_SIGNERS_MAX + 1];

	(void)state;
	make_signatures(sigs, COSE_SIGNERS_MAX + 1);
	assert_int_equal(verify_these(sigs, 3), ST_OK);
	assert_int_equal(verify_these(sigs, 0), ST_FORMAT);
	assert_int_equal(verify_these(sigs, COSE_SIGNERS_MAX), ST_OK);
	assert_int_equal(verify_these(sigs, COSE_SIGNERS_MAX + 1), ST_TOO_LARGE);
	assert_int_equal(verify_these((struct cose_signature[]){sigs[1], sigs[0]}, 2), ST_NOT_CANONICAL);
	assert_int_equal(verify_these((struct cose_signature[]){sigs[1], sigs[1]}, 2), ST_DUPLICATE);
}

static void sign1_and_sign_are_not_interchangeable(void **state)
{
	struct buf one = good_sign1(), many = good_sign();
	struct slice payload;

	(void)state;
	assert_int_equal(verify_all(buf_view(&one)), ST_FORMAT);
	assert_int_equal(cose_sign1_verify(buf_view(&many), "parley/approve/v1", pk, &payload), ST_FORMAT);
	buf_clear(&one);
	buf_clear(&many);
}

/* ---- other people's documents ---- */

static void any_pins_the_algorithm(void **state)
{
	struct buf doc = good_sign1();
	struct cose_key key = {.alg = COSE_EDDSA, .x = slice_of(pk, sizeof pk)};
	struct slice payload, aad = slice_str("parley/test/v1");

	(void)state;
	assert_int_equal(cose_sign1_verify_any(buf_view(&doc), aad, &key, &payload), ST_OK);
	assert_slice_equal(payload, slice_str("the payload"));
	key.alg = COSE_ES256;
	assert_int_equal(cose_sign1_verify_any(buf_view(&doc), aad, &key, &payload), ST_SIGNATURE);
	key = (struct cose_key){.alg = COSE_EDDSA, .x = slice_of(pk, 31)};
	assert_int_equal(cose_sign1_verify_any(buf_view(&doc), aad, &key, &payload), ST_KEY);
	key = (struct cose_key){.alg = (enum cose_alg)0, .x = slice_of(pk, 32)};
	assert_int_not_equal(cose_sign1_verify_any(buf_view(&doc), aad, &key, &payload), ST_OK);
	buf_clear(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sign1_verifies_and_gives_the_payload),
	    cmocka_unit_test(sign1_has_its_one_encoding),
	    cmocka_unit_test(sign1_refuses_every_flipped_bit),
	    cmocka_unit_test(sign1_refuses_every_truncation_and_tail),
	    cmocka_unit_test(sign1_separates_purposes_and_keys),
	    cmocka_unit_test(sign1_refuses_other_encodings_of_the_same),
	    cmocka_unit_test(sign1_reports_a_full_buffer),
	    cmocka_unit_test(sign_holds_every_signature),
	    cmocka_unit_test(sign_refuses_every_flipped_bit),
	    cmocka_unit_test(sign_refuses_every_truncation_and_tail),
	    cmocka_unit_test(sign_refuses_no_doubled_and_unsorted_signers),
	    cmocka_unit_test(sign1_and_sign_are_not_interchangeable),
	    cmocka_unit_test(any_pins_the_algorithm),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
