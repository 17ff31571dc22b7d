/* attest/hcl.h over documents of vendors of the test's own, all rightly signed: who asked for the SNP report, and what of it is claimed. */
#include "support/test.h"

#include "amd.h"
#include "attest/hcl.h"
#include "base/reader.h"
#include "tpm_document.h"

#include <stdio.h>

enum { AT = 1750000000, HEADER = 32, DATA_HEADER = 20, POLICY = 0x008, VMPL = 0x030, REPORT_DATA = 0x050, MEASUREMENT = 0x090,
	RSA_SPKI_LEN = 294, MODULUS_AT = 33, MODULUS_LEN = 256 };

static struct amd_vendor *vendor;
static struct tpm_signer *signer;
static char json[1024];

/* RFC 4648, section 5, without padding. */
static void put_base64url(char *out, struct slice s)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0, have = 0;

	for (size_t k = 0; k < s.len; k++) {
		bits = (bits << 8 | s.ptr[k]) & 0xffff;
		for (have += 8; have >= 6; have -= 6)
			*out++ = alphabet[bits >> (have - 6) & 63];
	}
	if (have)
		*out++ = alphabet[bits << (6 - have) & 63];
	*out = 0;
}

static int start(void **state)
{
	char modulus[512];

	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	vendor = amd_vendor_new("Milan", ATT_ROOT_AMD_MILAN);
	signer = tpm_signer_new(true);
	struct slice spki = tpm_signer_spki(signer);
	assert_int_equal(spki.len, RSA_SPKI_LEN); /* 2048 bits, 65537 */
	put_base64url(modulus, slice_of(spki.ptr + MODULUS_AT, MODULUS_LEN));
	snprintf(json, sizeof json, "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}]}", modulus);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	amd_vendor_free(vendor);
	tpm_signer_free(signer);
	return 0;
}

static void put_report(struct buf *out, uint64_t policy, uint32_t vmpl, const uint8_t *tcb, const uint8_t *chip)
{
	uint8_t report[AMD_REPORT_LEN];

	amd_report_default(report, vendor, 2, false, tcb, chip);
	put_u64le(report + POLICY, policy);
	put_u32le(report + VMPL, vmpl);
	sha256(report + REPORT_DATA, slice_str(json), (struct slice){0});
	memset(report + MEASUREMENT, 0x5a, 48);
	amd_report_sign(report, vendor);
	buf_append(out, report, sizeof report);
}

static void put_words(struct buf *out, const uint32_t *words, size_t n)
{
	uint8_t bytes[4];

	for (size_t k = 0; k < n; k++) {
		put_u32le(bytes, words[k]);
		buf_append(out, bytes, sizeof bytes);
	}
}

static struct buf make_hcl(uint64_t policy, uint32_t vmpl, const uint8_t *tcb, const uint8_t *chip)
{
	const uint32_t len = (uint32_t)strlen(json), header[] = {1, HEADER + AMD_REPORT_LEN + DATA_HEADER + len, 2, 0, 0, 0, 0},
		       data[] = {DATA_HEADER + len, 1, 2, 1, len};
	struct buf hcl = {0};

	buf_append_str(&hcl, "HCLA");
	put_words(&hcl, header, COUNT_OF(header));
	put_report(&hcl, policy, vmpl, tcb, chip);
	put_words(&hcl, data, COUNT_OF(data));
	buf_append_str(&hcl, json);
	return hcl;
}

static struct buf make_collateral(const uint8_t *tcb, const uint8_t *chip)
{
	struct amd_leaf leaf;
	struct buf der = {0}, out = {0};

	amd_leaf_default(&leaf, vendor, false, tcb, chip);
	amd_leaf_issue(&der, vendor, &leaf);
	const struct att_bundle bundle = {.n = 3,
	    .items = {{ATT_ITEM_CERTIFICATE, 0, buf_view(&der), {0}},
		{ATT_ITEM_CERTIFICATE, 0, amd_vendor_certificate(vendor, AMD_ASK), {0}},
		{ATT_ITEM_CERTIFICATE, 0, amd_vendor_certificate(vendor, AMD_ARK), {0}}}};
	assert_int_equal(att_bundle_encode(&out, &bundle), ST_OK);
	buf_clear(&der);
	return out;
}

struct run {
	enum status st;
	struct att_claims claims;
	struct att_finding finding;
};

static struct run examine(enum tee_kind kind, uint64_t policy, uint32_t vmpl)
{
	static const uint8_t tcb[SNP_TCB_COUNT] = {0, 3, 0, 8, 115}, chip[64] = {7, 8, 9}, zeros[64];
	const struct att_anchor anchor = amd_vendor_anchor(vendor);
	const struct att_anchors anchors = {&anchor, 1};
	struct tpm_document d;
	struct run r = {.st = ST_OK};

	tpm_document_default(&d, signer, zeros, zeros);
	tpm_document_attest(&d);
	tpm_document_sign(&d, signer);
	struct buf hcl = make_hcl(policy, vmpl, tcb, chip), collateral = make_collateral(tcb, chip);
	const struct hcl_evidence e = {
	    .report = buf_view(&hcl), .message = buf_view(&d.attest), .signature = buf_view(&d.signature), .pcrs = d.pcrs[0]};
	const struct att_input in = {.collateral = buf_view(&collateral), .anchors = &anchors, .now = {AT, AT}};
	r.st = hcl_examine(&r.claims, kind, &e, &in, &r.finding);
	if (r.st != ST_OK)
		print_message("%s: expected %s, got %s\n", att_check_name(r.finding.check), r.finding.expected, r.finding.got);
	tpm_document_clear(&d);
	buf_clear(&hcl);
	buf_clear(&collateral);
	return r;
}

static const enum tee_kind kinds[] = {TEE_SNP, TEE_TPM};
enum { PLAIN = 0x30000 };

static void the_firmware_is_claimed(void **state)
{
	uint8_t firmware[48];

	(void)state;
	memset(firmware, 0x5a, sizeof firmware);
	for (size_t k = 0; k < COUNT_OF(kinds); k++) {
		struct run r = examine(kinds[k], PLAIN, 0);
		assert_int_equal(r.st, ST_OK);
		assert_int_equal(r.claims.kind, kinds[k]);
		assert_memory_equal(att_value(&r.claims, TEE_REG_MEASUREMENT)->bytes, firmware, sizeof firmware);
		assert_false(r.claims.debug || r.claims.migratable);
	}
}

/* A guest above HCL vouches for a virtual TPM that it made up. */
static void another_vmpl_is_not_hcl(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT_OF(kinds); k++)
		for (uint32_t vmpl = 1; vmpl <= 3; vmpl++) {
			struct run r = examine(kinds[k], PLAIN, vmpl);
			assert_int_equal(r.st, ST_ATT_PLATFORM);
			assert_int_equal(r.finding.check, ATT_CHECK_ATTRIBUTES);
		}
}

/* What makes the guest readable makes its virtual TPM so. */
static void the_guest_s_policy_is_the_tpm_s(void **state)
{
	static const struct {
		unsigned bit;
		bool debug, migratable;
	} cases[] = {{18, false, true}, {19, true, false}};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(kinds); k++)
		for (size_t i = 0; i < COUNT_OF(cases); i++) {
			struct run r = examine(kinds[k], PLAIN | UINT64_C(1) << cases[i].bit, 0);
			assert_int_equal(r.st, ST_OK);
			assert_int_equal(r.claims.debug, cases[i].debug);
			assert_int_equal(r.claims.migratable, cases[i].migratable);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_firmware_is_claimed),
	    cmocka_unit_test(another_vmpl_is_not_hcl),
	    cmocka_unit_test(the_guest_s_policy_is_the_tpm_s),
	};
	return cmocka_run_group_tests_name("hcl made", tests, start, stop);
}
