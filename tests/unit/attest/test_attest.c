/* attest/attest.h: every check of docs/ATTESTATION.md with a document that fails only that one. */
#include "support/test.h"

#include "attest/attest.h"
#include "base/cbor.h"
#include "base/cose.h"
#include "eat.h"
#include "support/soft_claims.h"

#include <stdio.h>

enum { NOW = 1700000000, MAX_AGE = 300 };

static uint8_t root_pk[32], root_sk[64], other_pk[32], other_sk[64];
static uint8_t report_data[HASH_LEN];
static struct tee_set sets[2]; /* two releases, of which evidence here is of the second */
static struct tee_rules rules;
static struct att_reference reference;
static const struct att_time now = {NOW - 20, NOW};

static int setup(void **state)
{
	(void)state;
	if (crypto_init() != ST_OK)
		return 1;
	ed25519_keypair(root_pk, root_sk, (const uint8_t[32]){1});
	ed25519_keypair(other_pk, other_sk, (const uint8_t[32]){2});
	memset(report_data, 0x5a, sizeof report_data);
	for (unsigned k = 0; k < 2; k++) {
		sets[k] = (struct tee_set){.not_before = NOW - 1000, .not_after = NOW + 1000, .n_values = 1};
		snprintf(sets[k].release, sizeof sets[k].release, "2026.%u", k + 1);
		sets[k].values[0] = (struct tee_value){.reg = TEE_REG_CODE, .len = HASH_LEN};
		memset(sets[k].values[0].bytes, k ? 0x22 : 0x11, HASH_LEN);
	}
	reference = (struct att_reference){
	    .kind = TEE_SOFTWARE, .root = root_pk, .sets = sets, .n_sets = 2, .rules = &rules, .max_age_s = MAX_AGE};
	return 0;
}

static struct att_claims good_claims(void)
{
	struct att_claims c = test_soft_claims(sets[1].values[0].bytes, 7, NOW - 5);

	memcpy(c.report_data, report_data, HASH_LEN);
	return c;
}

static struct buf produced(const struct att_claims *c)
{
	struct buf doc = {0};

	att_soft_produce(&doc, c, root_sk);
	assert_false(doc.failed);
	return doc;
}

static enum status judge(struct att_claims *out, uint32_t kind, struct slice doc, struct att_finding *f)
{
	const struct att_input in = {.evidence = doc, .now = now};

	return att_verify(out, kind, &in, &reference, report_data, f);
}

static enum status verify(struct slice doc, struct att_finding *f)
{
	struct att_finding ignored = {0};
	struct att_claims out;

	return judge(&out, TEE_SOFTWARE, doc, f ? f : &ignored);
}

/* Verdict over claims, and that a refusal names its check, what was expected and what came. */
static enum status verdict(const struct att_claims *c, enum att_check check)
{
	struct att_finding f = {0};
	struct problem problem = {0};
	struct buf doc = produced(c);
	enum status st = verify(buf_view(&doc), &f);

	assert_int_equal(f.st, st);
	if (st != ST_OK) {
		assert_string_equal(att_check_name(f.check), att_check_name(check));
		assert_int_equal(att_problem(&problem, &f, "party north"), st);
		assert_non_null(strstr(problem.message, "expected"));
		assert_non_null(strstr(problem.message, "got"));
		assert_non_null(strstr(problem.fix, att_is_temporary(st) ? "temporary" : "permanent"));
		assert_string_equal(problem.where, "party north");
	}
	buf_clear(&doc);
	return st;
}

static void accepts_what_the_policy_accepts(void **state)
{
	struct att_claims c = good_claims(), out;
	struct att_finding f = {0};

	(void)state;
	c.memory_unlocked = true;
	struct buf doc = produced(&c);
	assert_int_equal(judge(&out, TEE_SOFTWARE, buf_view(&doc), &f), ST_OK);
	assert_int_equal(out.kind, TEE_SOFTWARE);
	assert_int_equal(out.n_values, 1);
	assert_memory_equal(att_value(&out, TEE_REG_CODE)->bytes, sets[1].values[0].bytes, HASH_LEN);
	assert_memory_equal(out.report_data, report_data, HASH_LEN);
	assert_int_equal(out.instance_len, ATT_UEID_LEN);
	assert_memory_equal(out.instance, c.instance, ATT_UEID_LEN);
	assert_true(out.has_issued);
	assert_int_equal(out.tcb_status, TEE_STATUS_UP_TO_DATE);
	assert_int_equal(out.issued_s, c.issued_s);
	assert_true(out.memory_unlocked);
	assert_false(out.debug);
	buf_clear(&doc);
}

/* The map of docs/ATTESTATION.md, written out by hand. */
static void the_map_is_the_documented_one(void **state)
{
	struct att_claims c = good_claims(), back = {.kind = TEE_SOFTWARE};
	struct buf payload = {0};

	(void)state;
	c.issued_s = 0x655371ab;
	struct slice expected =
	    test_hex("a8"
		     "06"
		     "1a655371ab"
		     "0a"
		     "5840"
		     "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
		     "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
		     "190100"
		     "5821"
		     "01"
		     "0700000000000000000000000000000000000000000000000000000000000000"
		     "190107"
		     "02"
		     "190109"
		     "72"
		     "7061726c65793a736f6674776172652f7631"
		     "190111"
		     "8182183c5855"
		     "82"
		     "71"
		     "7061726c65792f6d6561737572652f7631"
		     "5840"
		     "22222222222222222222222222222222222222222222222222222222222222222222222222222222"
		     "222222222222222222222222222222222222222222222222"
		     "3a00010000"
		     "f5"
		     "3a00010001"
		     "f4");
	eat_encode(&payload, &c);
	assert_slice_equal(buf_view(&payload), expected);
	assert_int_equal(eat_decode(&back, expected), ST_OK);
	assert_int_equal(back.issued_s, c.issued_s);
	free((void *)expected.ptr);
	buf_clear(&payload);
}

static void refuses_a_foreign_root(void **state)
{
	struct att_claims c = good_claims();
	struct buf doc = {0};
	struct att_finding f = {0};

	(void)state;
	att_soft_produce(&doc, &c, other_sk);
	assert_int_equal(verify(buf_view(&doc), &f), ST_ATT_CHAIN);
	assert_string_equal(att_check_name(f.check), "root");
	buf_clear(&doc);
}

static void refuses_another_label(void **state)
{
	struct att_claims c = good_claims();
	struct buf payload = {0}, doc = {0};

	(void)state;
	eat_encode(&payload, &c);
	cose_sign1(&doc, "parley/endorse/v1", buf_view(&payload), root_sk);
	assert_int_equal(verify(buf_view(&doc), NULL), ST_ATT_CHAIN);
	buf_clear(&doc);
	buf_clear(&payload);
}

static void refuses_another_binding(void **state)
{
	(void)state;
	for (size_t byte = 0; byte < HASH_LEN; byte++) { /* all 64 bytes are compared */
		struct att_claims c = good_claims();
		c.report_data[byte] ^= 1;
		assert_int_equal(verdict(&c, ATT_CHECK_BINDING), ST_ATT_BINDING);
	}
}

static void refuses_another_measurement(void **state)
{
	(void)state;
	for (size_t byte = 0; byte < HASH_LEN; byte++) {
		struct att_claims c = good_claims();
		test_code_of(&c)[byte] ^= 0x80;
		assert_int_equal(verdict(&c, ATT_CHECK_MEASUREMENT), ST_ATT_MEASUREMENT);
	}
	struct att_claims c = good_claims();
	reference.n_sets = 1; /* the second is no longer accepted */
	assert_int_equal(verdict(&c, ATT_CHECK_MEASUREMENT), ST_ATT_MEASUREMENT);
	reference.n_sets = 0; /* nothing accepted is nothing accepted */
	assert_int_equal(verdict(&c, ATT_CHECK_MEASUREMENT), ST_ATT_MEASUREMENT);
	reference.n_sets = 2;
}

static enum status verdict_issued(int64_t issued_s)
{
	struct att_claims c = good_claims();

	c.issued_s = issued_s;
	return verdict(&c, ATT_CHECK_AGE);
}

static void refuses_another_time(void **state)
{
	(void)state;
	assert_int_equal(verdict_issued(NOW - MAX_AGE), ST_OK);
	assert_int_equal(verdict_issued(NOW - MAX_AGE - 1), ST_ATT_EXPIRED);
	assert_int_equal(verdict_issued(NOW - 20 + MAX_AGE), ST_OK);
	assert_int_equal(verdict_issued(NOW - 20 + MAX_AGE + 1), ST_ATT_EXPIRED);
	assert_int_equal(verdict_issued(NOW - 365 * 86400), ST_ATT_EXPIRED);
	assert_int_equal(verdict_issued(0), ST_ATT_EXPIRED);
	assert_int_equal(verdict_issued(INT64_MAX), ST_ATT_EXPIRED);
}

static void refuses_debug_unless_the_policy_says_so(void **state)
{
	struct att_claims c = good_claims();

	(void)state;
	c.debug = true;
	assert_int_equal(verdict(&c, ATT_CHECK_DEBUG), ST_ATT_DEBUG);
	reference.debug_permitted = true;
	assert_int_equal(verdict(&c, ATT_CHECK_FORM), ST_OK);
	reference.debug_permitted = false;
}

static void expect_kind_refused(uint32_t told, struct slice doc)
{
	struct att_finding f = {0};
	struct att_claims out;

	assert_int_equal(judge(&out, told, doc, &f), ST_ATT_FORMAT);
	assert_string_equal(att_check_name(f.check), "kind");
}

/* The host tells the kind; only the policy's is permitted, whatever the document is. */
static void refuses_another_kind(void **state)
{
	struct att_claims c = good_claims();
	struct buf doc = produced(&c);

	(void)state;
	for (uint32_t told = 0; told < 2 * TEE_KIND_COUNT_; told++)
		if (told != TEE_SOFTWARE)
			expect_kind_refused(told, buf_view(&doc));
	expect_kind_refused(UINT32_MAX, buf_view(&doc));
	reference.kind = TEE_KIND_COUNT_; /* a policy that names a TEE which this build does not have */
	expect_kind_refused(TEE_KIND_COUNT_, buf_view(&doc));
	reference.kind = TEE_SOFTWARE;
	buf_clear(&doc);
}

/* Two releases overlap for a while; each counts within its own dates only. */
static void a_release_counts_within_its_dates(void **state)
{
	struct att_claims c = good_claims();
	struct tee_set saved = sets[1];

	(void)state;
	sets[1].not_after = NOW - 1; /* the latest clock is past it */
	assert_int_equal(verdict(&c, ATT_CHECK_MEASUREMENT), ST_ATT_MEASUREMENT);
	sets[1].not_after = NOW;
	assert_int_equal(verdict(&c, ATT_CHECK_FORM), ST_OK);
	sets[1].not_before = NOW - 19; /* the earliest clock is before it */
	assert_int_equal(verdict(&c, ATT_CHECK_MEASUREMENT), ST_ATT_MEASUREMENT);
	sets[1] = saved;
	sets[0].values[0] = saved.values[0]; /* of two sets that match, one may be out of date */
	sets[0].not_after = NOW - 500;
	assert_int_equal(verdict(&c, ATT_CHECK_FORM), ST_OK);
	memset(sets[0].values[0].bytes, 0x11, HASH_LEN);
	sets[0].not_after = saved.not_after;
}

/* A set is all of its values: one register more that the evidence does not have is a refusal. */
static void a_set_is_all_of_its_values(void **state)
{
	struct att_claims c = good_claims();

	(void)state;
	sets[1].values[1] = (struct tee_value){.reg = TEE_REG_MRENCLAVE, .len = 32};
	sets[1].n_values = 2;
	assert_int_equal(verdict(&c, ATT_CHECK_MEASUREMENT), ST_ATT_MEASUREMENT);
	sets[1].n_values = 1;
	assert_int_equal(verdict(&c, ATT_CHECK_FORM), ST_OK);
}

static void refuses_unlocked_memory_if_the_policy_says_so(void **state)
{
	struct att_claims c = good_claims();

	(void)state;
	c.memory_unlocked = true;
	assert_int_equal(verdict(&c, ATT_CHECK_FORM), ST_OK);
	reference.memory_unlocked_refused = true;
	assert_int_equal(verdict(&c, ATT_CHECK_PLATFORM), ST_ATT_PLATFORM);
	c.memory_unlocked = false;
	assert_int_equal(verdict(&c, ATT_CHECK_FORM), ST_OK);
	reference.memory_unlocked_refused = false;
}

static void the_first_failed_check_wins(void **state)
{
	struct att_claims c = good_claims();

	(void)state;
	c.debug = true;
	c.issued_s = 0;
	assert_int_equal(verdict(&c, ATT_CHECK_AGE), ST_ATT_EXPIRED);
	test_code_of(&c)[0] ^= 1;
	assert_int_equal(verdict(&c, ATT_CHECK_MEASUREMENT), ST_ATT_MEASUREMENT);
	c.report_data[0] ^= 1;
	assert_int_equal(verdict(&c, ATT_CHECK_BINDING), ST_ATT_BINDING);
}

static void refuses_every_bit_flip(void **state)
{
	struct att_claims c = good_claims();
	struct buf doc = produced(&c);

	(void)state;
	for (size_t bit = 0; bit < 8 * doc.len; bit++) {
		doc.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		enum status st = verify(buf_view(&doc), NULL);
		if (st != ST_ATT_FORMAT && st != ST_ATT_CHAIN)
			fail_msg("bit %zu: %s", bit, status_name(st));
		doc.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(verify(buf_view(&doc), NULL), ST_OK);
	buf_clear(&doc);
}

static void refuses_every_truncation_and_more(void **state)
{
	struct att_claims c = good_claims();
	struct buf doc = produced(&c);

	(void)state;
	for (size_t n = 0; n < doc.len; n++)
		assert_int_equal(verify(slice_of(doc.ptr, n), NULL), ST_ATT_FORMAT);
	buf_append(&doc, "", 1);
	assert_int_equal(verify(buf_view(&doc), NULL), ST_ATT_FORMAT);
	assert_non_null(buf_extend(&doc, ATT_EVIDENCE_MAX));
	assert_int_equal(verify(buf_view(&doc), NULL), ST_ATT_FORMAT);
	buf_clear(&doc);
}

/* Below the signature: whatever still parses after a change must say something else, and encode to what it was. */
static void the_claims_set_is_strict(void **state)
{
	struct att_claims c = good_claims(), back = {.kind = TEE_SOFTWARE};
	struct buf payload = {0};

	(void)state;
	eat_encode(&payload, &c);
	for (size_t n = 0; n < payload.len; n++)
		assert_int_not_equal(eat_decode(&back, slice_of(payload.ptr, n)), ST_OK);
	for (size_t byte = 0; byte < payload.len; byte++) {
		uint8_t was = payload.ptr[byte];
		for (unsigned v = 0; v < 256; v++) {
			payload.ptr[byte] = (uint8_t)v;
			back = (struct att_claims){.kind = TEE_SOFTWARE};
			if (eat_decode(&back, buf_view(&payload)) != ST_OK)
				continue;
			struct buf again = {0};
			eat_encode(&again, &back);
			assert_slice_equal(buf_view(&again), buf_view(&payload));
			buf_clear(&again);
		}
		payload.ptr[byte] = was;
	}
	buf_append(&payload, "", 1);
	assert_int_not_equal(eat_decode(&back, buf_view(&payload)), ST_OK);
	buf_clear(&payload);
}

/* A claim more, a claim less, and a claims set that does not own up to being software: signed by the right root. */
static enum status verdict_of_payload(struct buf *payload)
{
	struct buf doc = {0};

	cose_sign1(&doc, EAT_LABEL, buf_view(payload), root_sk);
	enum status st = verify(buf_view(&doc), NULL);
	buf_clear(&doc);
	return st;
}

static void refuses_a_signed_map_that_is_not_exact(void **state)
{
	struct att_claims c = good_claims();
	struct buf payload = {0};

	(void)state;
	eat_encode(&payload, &c);
	assert_int_equal(verdict_of_payload(&payload), ST_OK);
	payload.ptr[payload.len - 7] = 0xf4; /* software: false */
	assert_int_equal(verdict_of_payload(&payload), ST_ATT_FORMAT);
	payload.ptr[payload.len - 7] = 0xf5;
	payload.ptr[0] = 0xa9; /* one claim more */
	cbor_put_i64(&payload, -65539);
	cbor_put_bool(&payload, true);
	assert_int_equal(verdict_of_payload(&payload), ST_ATT_FORMAT);
	payload.ptr[0] = 0xa7; /* one less */
	payload.len -= 12;
	assert_int_equal(verdict_of_payload(&payload), ST_ATT_FORMAT);
	buf_reset(&payload);
	assert_int_equal(verdict_of_payload(&payload), ST_ATT_FORMAT);
	buf_clear(&payload);
}

static void the_measurement_is_of_a_set(void **state)
{
	struct att_measured files[3] = {{"parley-enclave", {1}}, {"libc.so.6", {2}}, {"ld-linux-x86-64.so.2", {3}}};
	struct att_measured shuffled[3] = {files[2], files[0], files[1]};
	uint8_t a[HASH_LEN], b[HASH_LEN];

	(void)state;
	att_soft_measurement(a, files, 3);
	att_soft_measurement(b, shuffled, 3);
	assert_memory_equal(a, b, HASH_LEN);

	struct hash h; /* the formula of docs/PROTOCOL.md, section 4 */
	hash_begin(&h, "parley/measure/v1", 3);
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = {"ld-linux-x86-64.so.2", "libc.so.6", "parley-enclave"};
		static const uint8_t first[] = {3, 2, 1};
		uint8_t file[HASH_LEN] = {first[i]};
		hash_array(&h, 2);
		hash_text(&h, names[i]);
		hash_bytes(&h, slice_of(file, sizeof file));
	}
	hash_end(&h, b);
	assert_memory_equal(a, b, HASH_LEN);

	shuffled[1].name = "libc.so.7";
	att_soft_measurement(b, shuffled, 3);
	assert_memory_not_equal(a, b, HASH_LEN);
	att_soft_measurement(b, files, 2);
	assert_memory_not_equal(a, b, HASH_LEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepts_what_the_policy_accepts),
	    cmocka_unit_test(the_map_is_the_documented_one),
	    cmocka_unit_test(refuses_a_foreign_root),
	    cmocka_unit_test(refuses_another_label),
	    cmocka_unit_test(refuses_another_binding),
	    cmocka_unit_test(refuses_another_measurement),
	    cmocka_unit_test(refuses_another_time),
	    cmocka_unit_test(refuses_debug_unless_the_policy_says_so),
	    cmocka_unit_test(refuses_another_kind),
	    cmocka_unit_test(a_release_counts_within_its_dates),
	    cmocka_unit_test(a_set_is_all_of_its_values),
	    cmocka_unit_test(refuses_unlocked_memory_if_the_policy_says_so),
	    cmocka_unit_test(the_first_failed_check_wins),
	    cmocka_unit_test(refuses_every_bit_flip),
	    cmocka_unit_test(refuses_every_truncation_and_more),
	    cmocka_unit_test(the_claims_set_is_strict),
	    cmocka_unit_test(refuses_a_signed_map_that_is_not_exact),
	    cmocka_unit_test(the_measurement_is_of_a_set),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
