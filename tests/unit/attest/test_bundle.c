/* attest/collateral.h: a bag of vendors' documents, hostile like everything else; and what a verifier does with one that is none. */
#include "support/test.h"

#include "attest/collateral.h"
#include "support/soft_claims.h"

enum { NOW = 1700000000 };
static uint8_t signature[64] = {9}, big[40000];
static struct att_bundle sample;
static struct buf encoded;

static int setup(void **state)
{
	(void)state;
	if (crypto_init() != ST_OK)
		return 1;
	sample = (struct att_bundle){.n = 4,
	    .items = {{ATT_ITEM_CERTIFICATE, NOW, slice_str("certificate"), {0}},
		{ATT_ITEM_CRL, 0, slice_str("crl"), {0}},
		{ATT_ITEM_TCB_INFO, NOW, slice_str("{\"id\":\"SGX\"}"), slice_of(signature, sizeof signature)},
		{ATT_ITEM_QE_IDENTITY, NOW, slice_str("{\"id\":\"QE\"}"), slice_of(signature, sizeof signature)}}};
	return att_bundle_encode(&encoded, &sample) != ST_OK;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&encoded);
	return 0;
}

static void assert_same(const struct att_bundle *a, const struct att_bundle *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t k = 0; k < a->n; k++) {
		assert_int_equal(a->items[k].type, b->items[k].type);
		assert_int_equal(a->items[k].fetched_s, b->items[k].fetched_s);
		assert_slice_equal(a->items[k].bytes, b->items[k].bytes);
		assert_slice_equal(a->items[k].signature, b->items[k].signature);
	}
}

static void what_is_encoded_decodes(void **state)
{
	struct att_bundle back;

	(void)state;
	assert_int_equal(att_bundle_decode(&back, buf_view(&encoded)), ST_OK);
	assert_same(&back, &sample);
	assert_int_equal(att_bundle_decode(&back, (struct slice){0}), ST_OK);
	assert_int_equal(back.n, 0);
}

static void every_truncation_and_more_is_refused(void **state)
{
	struct att_bundle back;
	struct buf longer = {0};

	(void)state;
	for (size_t n = 1; n < encoded.len; n++) {
		assert_int_not_equal(att_bundle_decode(&back, slice_of(encoded.ptr, n)), ST_OK);
		assert_int_equal(back.n, 0);
	}
	buf_append(&longer, encoded.ptr, encoded.len);
	buf_append(&longer, "", 1);
	assert_int_not_equal(att_bundle_decode(&back, buf_view(&longer)), ST_OK);
	buf_clear(&longer);
}

/* Whatever still decodes after a change encodes to exactly those bytes: there is one form. */
static void every_altered_byte_is_refused_or_says_something_else(void **state)
{
	struct att_bundle back;

	(void)state;
	for (size_t byte = 0; byte < encoded.len; byte++) {
		uint8_t was = encoded.ptr[byte];
		for (unsigned v = 0; v < 256; v++) {
			encoded.ptr[byte] = (uint8_t)v;
			if (att_bundle_decode(&back, buf_view(&encoded)) != ST_OK)
				continue;
			struct buf again = {0};
			assert_int_equal(att_bundle_encode(&again, &back), ST_OK);
			assert_slice_equal(buf_view(&again), buf_view(&encoded));
			buf_clear(&again);
		}
		encoded.ptr[byte] = was;
	}
}

static void limits_hold(void **state)
{
	struct att_bundle b = {0}, back;
	struct buf out = {0};

	(void)state;
	for (; b.n < 6; b.n++)
		b.items[b.n] = (struct att_item){ATT_ITEM_CRL, 0, slice_of(big, sizeof big), {0}};
	assert_int_equal(att_bundle_encode(&out, &b), ST_OK);
	b.items[b.n++] = b.items[0]; /* 280,000 bytes */
	assert_int_equal(att_bundle_encode(&out, &b), ST_TOO_LARGE);
	buf_reset(&out);
	assert_non_null(buf_extend(&out, ATT_COLLATERAL_MAX + 1));
	assert_int_equal(att_bundle_decode(&back, buf_view(&out)), ST_TOO_LARGE);
	buf_clear(&out);
}

static void merging_keeps_the_first_and_nothing_twice(void **state)
{
	struct att_bundle own = {.n = 2, .items = {{ATT_ITEM_CRL, 7, slice_str("newer crl"), {0}}, sample.items[2]}},
			  back;
	struct buf first = {0}, merged = {0};

	(void)state;
	assert_int_equal(att_bundle_encode(&first, &own), ST_OK);
	assert_int_equal(att_bundle_merge(&merged, buf_view(&first), buf_view(&encoded)), ST_OK);
	assert_int_equal(att_bundle_decode(&back, buf_view(&merged)), ST_OK);
	assert_same(
	    &back, &(struct att_bundle){.n = 5,
		       .items = {own.items[0], own.items[1], sample.items[0], sample.items[1], sample.items[3]}});
	buf_reset(&merged);
	assert_int_equal(att_bundle_merge(&merged, buf_view(&first), slice_str("garbage")), ST_OK);
	assert_slice_equal(buf_view(&merged), buf_view(&first));
	buf_reset(&merged);
	assert_int_equal(att_bundle_merge(&merged, (struct slice){0}, buf_view(&encoded)), ST_OK);
	assert_slice_equal(buf_view(&merged), buf_view(&encoded));
	buf_reset(&merged);
	assert_int_equal(att_bundle_merge(&merged, slice_str("garbage"), (struct slice){0}), ST_OK);
	assert_int_equal(merged.len, 0);
	buf_clear(&first);
	buf_clear(&merged);
}

/* The vendor's own bytes under a made-up signature do not stand in for the document: both are kept, and the verifier finds the good one. */
static void another_signature_is_another_document(void **state)
{
	static uint8_t forged[64] = {1};
	struct att_bundle bad = {.n = 1, .items = {sample.items[2]}}, good = bad, back;
	struct buf first = {0}, second = {0}, merged = {0};

	(void)state;
	bad.items[0].signature = slice_of(forged, sizeof forged);
	assert_int_equal(att_bundle_encode(&first, &bad), ST_OK);
	assert_int_equal(att_bundle_encode(&second, &good), ST_OK);
	assert_int_equal(att_bundle_merge(&merged, buf_view(&first), buf_view(&second)), ST_OK);
	assert_int_equal(att_bundle_decode(&back, buf_view(&merged)), ST_OK);
	assert_same(&back, &(struct att_bundle){.n = 2, .items = {bad.items[0], good.items[0]}});
	buf_clear(&first);
	buf_clear(&second);
	buf_clear(&merged);
}

/* A peer that sends as much as it may cannot push our own documents out. */
static void a_full_bundle_does_not_displace_ours(void **state)
{
	struct att_bundle full = {0}, own = {.n = 1, .items = {{ATT_ITEM_CERTIFICATE, 1, slice_str("ours"), {0}}}},
			  back;
	struct buf first = {0}, second = {0}, merged = {0};

	(void)state;
	for (; full.n < ATT_ITEMS_MAX; full.n++)
		full.items[full.n] = (struct att_item){ATT_ITEM_CRL, 0, slice_of(big, 3000 + full.n), {0}};
	assert_int_equal(att_bundle_encode(&first, &own), ST_OK);
	assert_int_equal(att_bundle_encode(&second, &full), ST_OK);
	assert_int_equal(att_bundle_merge(&merged, buf_view(&first), buf_view(&second)), ST_OK);
	assert_true(merged.len <= ATT_COLLATERAL_MAX);
	assert_int_equal(att_bundle_decode(&back, buf_view(&merged)), ST_OK);
	assert_int_equal(back.n, ATT_ITEMS_MAX);
	assert_slice_equal(back.items[0].bytes, slice_str("ours"));
	buf_clear(&first);
	buf_clear(&second);
	buf_clear(&merged);
}

/* ---- at the verifier, for every TEE: here the one that needs no collateral ---- */

static enum status verify_with(struct slice collateral, struct att_finding *f)
{
	static struct tee_set set = {
	    .not_after = INT64_MAX, .n_values = 1, .values = {{.reg = TEE_REG_CODE, .len = HASH_LEN, .bytes = {4}}}};
	static struct tee_rules rules;
	uint8_t pk[ED25519_PUBLIC_LEN], sk[ED25519_SECRET_LEN];
	struct att_claims claims = test_soft_claims(set.values[0].bytes, 1, NOW), out;
	struct buf document = {0};

	ed25519_keypair(pk, sk, (const uint8_t[32]){1});
	const struct att_reference ref = {
	    .kind = TEE_SOFTWARE, .root = pk, .sets = &set, .n_sets = 1, .rules = &rules, .max_age_s = 300};
	att_soft_produce(&document, &claims, sk);
	const struct att_input in = {.evidence = buf_view(&document), .collateral = collateral, .now = {NOW, NOW}};
	enum status st = att_verify(&out, TEE_SOFTWARE, &in, &ref, claims.report_data, f);
	buf_clear(&document);
	return st;
}

static void expect_no_bundle(struct slice collateral)
{
	struct att_finding f = {0};
	struct problem problem = {0};

	assert_int_equal(verify_with(collateral, &f), ST_ATT_COLLATERAL);
	assert_string_equal(att_check_name(f.check), "collateral");
	assert_true(att_is_temporary(f.st));
	assert_int_equal(att_problem(&problem, &f, "party north"), ST_ATT_COLLATERAL);
	assert_non_null(strstr(problem.fix, "temporary"));
	assert_int_equal(status_exit(problem.st), EXIT_CODE_ATTESTATION);
}

static void a_verifier_refuses_what_is_no_bundle(void **state)
{
	static uint8_t oversize[ATT_COLLATERAL_MAX + 1];
	struct att_finding f = {0};

	(void)state;
	assert_int_equal(verify_with(buf_view(&encoded), &f), ST_OK);
	assert_int_equal(verify_with((struct slice){0}, &f), ST_OK);
	expect_no_bundle(slice_str("garbage"));
	expect_no_bundle(slice_of(oversize, sizeof oversize));
	for (size_t n = 1; n < encoded.len; n++)
		expect_no_bundle(slice_of(encoded.ptr, n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_encoded_decodes),
	    cmocka_unit_test(every_truncation_and_more_is_refused),
	    cmocka_unit_test(every_altered_byte_is_refused_or_says_something_else),
	    cmocka_unit_test(limits_hold),
	    cmocka_unit_test(merging_keeps_the_first_and_nothing_twice),
	    cmocka_unit_test(another_signature_is_another_document),
	    cmocka_unit_test(a_full_bundle_does_not_displace_ours),
	    cmocka_unit_test(a_verifier_refuses_what_is_no_bundle),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
