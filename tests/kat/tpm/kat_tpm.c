/*
 * TPM 2.0 evidence, made at test time with keys of OpenSSL's: what is right gives its claims, every bit and every length of it binds, and
 * what a TPM would never sign but a thief of the key could is refused below the signature too.
 */
#include "tpm_document.h"

#include "../../support/test.h"

#include "base/cbor.h"
#include "base/x509.h"

static struct tpm_signer *ec, *rsa, *stranger;
static uint8_t report_data[64], measurement[64];

struct run {
	enum status st;
	struct att_claims claims;
	struct att_finding finding;
};

static struct run examine(struct slice evidence, const uint8_t *pin)
{
	struct run r = {0};
	struct att_input in = {.evidence = evidence, .root = pin, .now = {1767225600, 1767225600}};

	r.st = att_examine(&r.claims, TEE_TPM, &in, &r.finding);
	assert_int_equal(r.st, r.finding.st);
	return r;
}

static struct run examine_document(const struct tpm_document *d, const struct tpm_signer *pinned)
{
	uint8_t pin[ATT_PIN_LEN];
	struct buf b = {0};

	tpm_signer_pin(pinned, pin);
	tpm_document_encode(&b, d);
	struct run r = examine(buf_view(&b), pin);
	buf_clear(&b);
	return r;
}

static void expect(const struct run *r, enum status st, enum att_check check)
{
	if (r->st == st && (st == ST_OK || r->finding.check == check))
		return;
	fail_msg("expected %s by %s, got %s by %s: expected %s, got %s", status_name(st), att_check_name(check),
	    status_name(r->st), att_check_name(r->finding.check), r->finding.expected, r->finding.got);
}

static struct tpm_document fresh(const struct tpm_signer *s)
{
	struct tpm_document d;

	tpm_document_default(&d, s, report_data, measurement);
	return d;
}

/* The document as it stands now is signed by the pinned key, and yet refused so. */
static void expect_refused(struct tpm_document *d, enum status st, enum att_check check)
{
	struct run r = examine_document(d, ec);

	expect(&r, st, check);
	tpm_document_clear(d);
}

static void gives_the_claims(void **state)
{
	const struct tpm_signer *signers[] = {ec, rsa};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(signers); k++) {
		struct tpm_document d = fresh(signers[k]);
		struct run r = examine_document(&d, signers[k]);
		expect(&r, ST_OK, 0);
		assert_int_equal(r.claims.kind, TEE_TPM);
		assert_int_equal(r.claims.report_data_len, 64);
		assert_memory_equal(r.claims.report_data, report_data, 64);
		assert_memory_equal(att_value(&r.claims, TEE_REG_CODE)->bytes, measurement, 64);
		assert_int_equal(r.claims.n_values, 10);
		for (unsigned i = 0; i < TPM_DOCUMENT_PCRS; i++) {
			const struct tee_value *v = att_value(&r.claims, TEE_REG_PCR0 + i);
			assert_int_equal(v != NULL, d.selected >> i & 1);
			if (v)
				assert_memory_equal(v->bytes, d.pcrs[i], 32);
		}
		assert_int_equal(r.claims.platform, 0x2020031200120003);
		assert_int_equal(r.claims.attributes, 1);
		assert_int_equal(r.claims.instance_len, 0);
		assert_false(r.claims.has_issued || r.claims.debug || r.claims.bound_elsewhere);
		tpm_document_clear(&d);
	}
}

static void every_bit_and_length_binds(void **state)
{
	const struct tpm_signer *signers[] = {ec, rsa};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(signers); k++) {
		struct tpm_document d = fresh(signers[k]);
		struct buf b = {0};
		uint8_t pin[ATT_PIN_LEN];

		tpm_signer_pin(signers[k], pin);
		tpm_document_encode(&b, &d);
		assert_int_equal(examine(buf_view(&b), pin).st, ST_OK);
		for (size_t bit = 0; bit < 8 * b.len; bit++) {
			b.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (examine(buf_view(&b), pin).st == ST_OK)
				fail_msg("accepted with bit %zu flipped", bit);
			b.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		for (size_t n = 0; n < b.len; n++)
			assert_int_equal(examine(slice_of(b.ptr, n), pin).st, ST_ATT_FORMAT);
		for (size_t n = 0; n < 16; n++) {
			buf_append(&b, "", 1);
			assert_int_equal(examine(buf_view(&b), pin).st, ST_ATT_FORMAT);
		}
		buf_clear(&b);
		tpm_document_clear(&d);
	}
}

static void refuses_every_other_pin(void **state)
{
	struct tpm_document d = fresh(ec);
	struct buf b = {0};
	uint8_t pin[ATT_PIN_LEN];

	(void)state;
	tpm_signer_pin(ec, pin);
	tpm_document_encode(&b, &d);
	for (size_t bit = 0; bit < 8 * sizeof pin; bit++) {
		pin[bit / 8] ^= (uint8_t)(1 << bit % 8);
		struct run r = examine(buf_view(&b), pin);
		expect(&r, ST_ATT_CHAIN, ATT_CHECK_ROOT);
		pin[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	struct run r = examine(buf_view(&b), NULL);
	expect(&r, ST_ATT_CHAIN, ATT_CHECK_ROOT);
	buf_clear(&b);
	tpm_document_clear(&d);
}

/* The pinned key's SubjectPublicKeyInfo over somebody else's signature. */
static void refuses_another_signer(void **state)
{
	struct tpm_document d = fresh(ec);

	(void)state;
	tpm_document_sign(&d, stranger);
	expect_refused(&d, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	d = fresh(ec);
	d.ak = tpm_signer_spki(stranger);
	tpm_document_sign(&d, stranger);
	expect_refused(&d, ST_ATT_CHAIN, ATT_CHECK_ROOT);
}

/* A byte of TPMS_ATTEST changed, then signed. */
static void refuses_what_is_no_quote(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *what;
	} cases[] = {
	    {0, 0x00, "magic"},
	    {5, 0x17, "certify, 0x8017"},
	    {4, 0x00, "another type"},
	    {92, 2, "safe flag 2"},
	    {104, 2, "two selections"},
	    {106, 0x0c, "SHA-384 bank"},
	    {107, 4, "four bytes of bitmap"},
	    {107, 2, "two bytes of bitmap"},
	    {7, 69, "a long name"},
	    {43, 65, "a long nonce"},
	    {112, 31, "a short digest"},
	};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(cases); k++) {
		struct tpm_document d = fresh(ec);
		assert_true(cases[k].at < d.attest.len);
		d.attest.ptr[cases[k].at] = cases[k].value;
		tpm_document_sign(&d, ec);
		expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);
	}
}

static void refuses_every_other_length_of_the_signed_part(void **state)
{
	(void)state;
	for (size_t n = 1; n < 145; n++) {
		struct tpm_document d = fresh(ec);
		assert_int_equal(d.attest.len, 145);
		d.attest.len = n;
		tpm_document_sign(&d, ec);
		expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);
	}
	struct tpm_document d = fresh(ec);
	buf_append(&d.attest, "", 1);
	tpm_document_sign(&d, ec);
	expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);
}

static void refuses_other_report_data(void **state)
{
	struct tpm_document d = fresh(ec);

	(void)state;
	d.report_data[63] ^= 1;
	expect_refused(&d, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	d = fresh(ec);
	d.attest.ptr[44] ^= 1; /* extraData */
	tpm_document_sign(&d, ec);
	expect_refused(&d, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
}

static void refuses_pcrs_that_were_not_signed(void **state)
{
	struct tpm_document d = fresh(ec);

	(void)state;
	d.pcrs[3][31] ^= 1;
	expect_refused(&d, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	d = fresh(ec);
	d.selected &= ~UINT32_C(1); /* PCR 0 is signed and not given */
	expect_refused(&d, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	d = fresh(ec);
	d.selected |= 1 << 23; /* given and not signed */
	expect_refused(&d, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	d = fresh(ec);
	d.selected = 0xff; /* without PCR 14, signed */
	tpm_document_attest(&d);
	tpm_document_sign(&d, ec);
	expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);
	d = fresh(ec);
	d.selected = 0;
	tpm_document_attest(&d);
	tpm_document_sign(&d, ec);
	expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);
}

static void accepts_any_selection_with_the_code(void **state)
{
	const uint32_t selections[] = {1 << 14, 0xffffff, 1 << 23 | 1 << 14};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(selections); k++) {
		struct tpm_document d = fresh(ec);
		d.selected = selections[k];
		tpm_document_attest(&d);
		tpm_document_sign(&d, ec);
		struct run r = examine_document(&d, ec);
		expect(&r, ST_OK, 0);
		assert_int_equal(r.claims.n_values, 1 + __builtin_popcount(selections[k]));
		tpm_document_clear(&d);
	}
}

/* PCR 14 holds this event and nothing else; the log says so in its one form. */
static void refuses_another_log(void **state)
{
	struct tpm_document d = fresh(ec);

	(void)state;
	d.pcrs[14][0] ^= 1; /* more was extended than the log says */
	tpm_document_attest(&d);
	tpm_document_sign(&d, ec);
	expect_refused(&d, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);

	d = fresh(ec);
	d.events = 2;
	sha256(d.pcrs[14], slice_of(d.pcrs[14], 32), slice_of(d.event_digest, 32)); /* the replay would be right */
	tpm_document_attest(&d);
	tpm_document_sign(&d, ec);
	expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);

	d = fresh(ec);
	d.events = 0;
	expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);

	d = fresh(ec);
	d.event_pcr = 13;
	expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);

	d = fresh(ec);
	d.event.ptr[84] ^= 1; /* another measurement than the digest's */
	expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);
}

/* The event's data, extended and signed as it stands. */
static void expect_event_refused(struct slice data)
{
	static const uint8_t zeros[32];
	struct tpm_document d = fresh(ec);

	buf_reset(&d.event);
	buf_append(&d.event, data.ptr, data.len);
	sha256(d.event_digest, data, (struct slice){0});
	sha256(d.pcrs[14], slice_of(zeros, sizeof zeros), slice_of(d.event_digest, 32));
	tpm_document_attest(&d);
	tpm_document_sign(&d, ec);
	expect_refused(&d, ST_ATT_FORMAT, ATT_CHECK_FORM);
}

static void refuses_an_event_that_is_no_measurement(void **state)
{
	struct tpm_document d = fresh(ec);
	uint8_t bytes[96] = {0};

	(void)state;
	memcpy(bytes, d.event.ptr, d.event.len);
	assert_int_equal(d.event.len, 85);
	for (size_t n = 0; n < 85; n++)
		expect_event_refused(slice_of(bytes, n));
	expect_event_refused(slice_of(bytes, 86));
	bytes[5] ^= 1; /* another label */
	expect_event_refused(slice_of(bytes, 85));
	tpm_document_clear(&d);
}

/* A key has one encoding, since its hash is the pin: each of these is pinned and refused. */
static void expect_key_refused(struct slice spki)
{
	struct tpm_document d = fresh(ec);
	struct buf b = {0};
	uint8_t pin[ATT_PIN_LEN];

	d.ak = spki;
	sha256(pin, spki, (struct slice){0});
	tpm_document_encode(&b, &d);
	struct run r = examine(buf_view(&b), pin);
	if (r.st != ST_ATT_FORMAT && r.st != ST_ATT_SIGNATURE)
		fail_msg("got %s", status_name(r.st));
	buf_clear(&b);
	tpm_document_clear(&d);
}

static void refuses_keys_in_other_forms(void **state)
{
	uint8_t bytes[700] = {0};
	const struct tpm_signer *signers[] = {ec, rsa};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(signers); k++) {
		struct slice spki = tpm_signer_spki(signers[k]);
		assert_true(spki.len < sizeof bytes);
		memset(bytes, 0, sizeof bytes);
		memcpy(bytes, spki.ptr, spki.len);
		for (size_t n = 0; n < spki.len; n++)
			expect_key_refused(slice_of(bytes, n));
		expect_key_refused(slice_of(bytes, spki.len + 1));
		for (size_t at = 0; at < spki.len; at++) { /* the pin follows, the signature does not */
			bytes[at] ^= 1;
			expect_key_refused(slice_of(bytes, spki.len));
			bytes[at] ^= 1;
		}
	}
}

/* RSA keys whose parts are out of range, in well-formed DER: 2040 bits, exponent 3, negative modulus, a long-form length that need not be. */
static void refuses_unusable_rsa_keys(void **state)
{
	struct slice good = tpm_signer_spki(rsa);
	uint8_t bytes[300];

	(void)state;
	assert_int_equal(good.len, 294);
	memcpy(bytes, good.ptr, good.len);
	bytes[32] = 0x80; /* the sign byte of the modulus: now negative and not shortest */
	expect_key_refused(slice_of(bytes, good.len));
	memcpy(bytes, good.ptr, good.len);
	bytes[33] = 0x7f; /* the sign byte is not needed: not shortest */
	expect_key_refused(slice_of(bytes, good.len));
	memcpy(bytes, good.ptr, good.len);
	bytes[292] = bytes[291] = 0; /* exponent 0x010000, even */
	bytes[293] = 0;
	expect_key_refused(slice_of(bytes, good.len));
}

static void a_policy_compares_code_and_pcrs(void **state)
{
	static const struct tee_rules rules;
	struct tee_set set = {.release = "1", .not_after = INT64_MAX, .n_values = 2};
	struct att_reference ref = {.kind = TEE_TPM, .sets = &set, .n_sets = 1, .rules = &rules, .max_age_s = 60};
	struct att_time now = {1767225600, 1767225600};
	struct tpm_document d = fresh(ec);
	struct run r = examine_document(&d, ec);
	struct att_finding f = {0};

	(void)state;
	set.values[0] = (struct tee_value){.reg = TEE_REG_PCR0 + 7, .len = 32};
	memcpy(set.values[0].bytes, d.pcrs[7], 32);
	set.values[1] = (struct tee_value){.reg = TEE_REG_CODE, .len = 64};
	memcpy(set.values[1].bytes, measurement, 64);
	assert_int_equal(att_appraise(&r.claims, &ref, report_data, now, NULL, &f), ST_OK);
	set.values[0].bytes[0] ^= 1;
	assert_int_equal(att_appraise(&r.claims, &ref, report_data, now, NULL, &f), ST_ATT_MEASUREMENT);
	set.values[0].bytes[0] ^= 1;
	set.values[1].bytes[0] ^= 1;
	memset(&f, 0, sizeof f);
	assert_int_equal(att_appraise(&r.claims, &ref, report_data, now, NULL, &f), ST_ATT_MEASUREMENT);
	tpm_document_clear(&d);
}

static int start(void **state)
{
	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	ec = tpm_signer_new(false);
	rsa = tpm_signer_new(true);
	stranger = tpm_signer_new(false);
	for (size_t k = 0; k < 64; k++) {
		report_data[k] = (uint8_t)(0x40 + k);
		measurement[k] = (uint8_t)(0xff - k);
	}
	return 0;
}

static int stop(void **state)
{
	(void)state;
	tpm_signer_free(ec);
	tpm_signer_free(rsa);
	tpm_signer_free(stranger);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gives_the_claims),
	    cmocka_unit_test(every_bit_and_length_binds),
	    cmocka_unit_test(refuses_every_other_pin),
	    cmocka_unit_test(refuses_another_signer),
	    cmocka_unit_test(refuses_what_is_no_quote),
	    cmocka_unit_test(refuses_every_other_length_of_the_signed_part),
	    cmocka_unit_test(refuses_other_report_data),
	    cmocka_unit_test(refuses_pcrs_that_were_not_signed),
	    cmocka_unit_test(accepts_any_selection_with_the_code),
	    cmocka_unit_test(refuses_another_log),
	    cmocka_unit_test(refuses_an_event_that_is_no_measurement),
	    cmocka_unit_test(refuses_keys_in_other_forms),
	    cmocka_unit_test(refuses_unusable_rsa_keys),
	    cmocka_unit_test(a_policy_compares_code_and_pcrs),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
