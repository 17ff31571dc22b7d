/*
 * Reports and certificates of a vendor of our own (tests/support/amd): everything that no genuine document shows, signed like one, so that each
 * check below the signatures is what refuses it.
 */
#include "amd.h"

#include "../../support/test.h"

enum {
	AT = 1735689600 /* 2025-01-01 */,
	YEAR = 31536000,
	VENDORS = 3,
	POLICY = 0x08,
	VMPL = 0x30,
	CURRENT = 0x38,
	PLATFORM = 0x40,
	FLAGS = 0x48,
	AUTHOR_DIGEST = 0x110,
	REPORTED = 0x180,
	FAMILY = 0x188,
	CHIP = 0x1a0,
	COMMITTED = 0x1e0,
	LAUNCH = 0x1f0,
	SIGNATURE = 0x2a0
};

static struct amd_vendor *vendors[VENDORS], *look_alike;
static const char *const names[VENDORS] = {"Milan", "Genoa", "Turin"};
static const enum att_root roots[VENDORS] = {ATT_ROOT_AMD_MILAN, ATT_ROOT_AMD_GENOA, ATT_ROOT_AMD_TURIN};
enum { MILAN, GENOA, TURIN };
static const uint8_t tcb_19h[SNP_TCB_COUNT] = {0, 4, 1, 24, 219}, tcb_1ah[SNP_TCB_COUNT] = {5, 1, 2, 3, 200};
static uint8_t chip[64];

/* A report, its leaf, and what lies in the bag. */
struct scene {
	const struct amd_vendor *vendor;
	uint8_t report[AMD_REPORT_LEN];
	struct amd_leaf leaf;
	struct buf extra[4]; /* more items, after leaf, ASK, ASVK, ARK */
	enum att_item_type extra_type[4];
	size_t n_extra;
	struct slice ask, asvk, ark;
	bool signed_already;
};

static struct scene scene(int which, uint32_t version, bool vlek)
{
	const uint8_t *tcb = which == TURIN ? tcb_1ah : tcb_19h;
	struct scene s = {.vendor = vendors[which]};

	amd_leaf_default(&s.leaf, s.vendor, vlek, tcb, chip);
	amd_report_default(s.report, s.vendor, version, vlek, tcb, chip);
	s.ask = amd_vendor_certificate(s.vendor, AMD_ASK);
	s.asvk = amd_vendor_certificate(s.vendor, AMD_ASVK);
	s.ark = amd_vendor_certificate(s.vendor, AMD_ARK);
	return s;
}

/* Issuing is the dear part: the last leaf is kept while nothing about it changes. */
static struct slice leaf_of(const struct scene *s)
{
	static const struct amd_vendor *vendor;
	static struct amd_leaf leaf;
	static struct buf der;

	if (vendor != s->vendor || memcmp(&leaf, &s->leaf, sizeof leaf) != 0) {
		buf_clear(&der);
		der = (struct buf){0};
		amd_leaf_issue(&der, s->vendor, &s->leaf);
		vendor = s->vendor;
		memcpy(&leaf, &s->leaf, sizeof leaf);
	}
	return buf_view(&der);
}

static void add_item(struct att_bundle *b, enum att_item_type type, struct slice bytes)
{
	if (bytes.len)
		b->items[b->n++] = (struct att_item){.type = type, .bytes = bytes};
}

struct run {
	enum status st;
	struct att_claims claims;
	struct att_finding finding;
};

static struct run examine_at(struct scene *s, struct att_time now)
{
	struct att_anchor anchor = amd_vendor_anchor(s->vendor);
	const struct att_anchors anchors = {&anchor, 1};
	struct att_bundle bundle = {0};
	struct buf collateral = {0};
	struct run r = {0};

	if (!s->signed_already)
		amd_report_sign(s->report, s->vendor);
	add_item(&bundle, ATT_ITEM_CERTIFICATE, leaf_of(s));
	add_item(&bundle, ATT_ITEM_CERTIFICATE, s->ask);
	add_item(&bundle, ATT_ITEM_CERTIFICATE, s->asvk);
	add_item(&bundle, ATT_ITEM_CERTIFICATE, s->ark);
	for (size_t k = 0; k < s->n_extra; k++)
		add_item(&bundle, s->extra_type[k], buf_view(&s->extra[k]));
	assert_int_equal(att_bundle_encode(&collateral, &bundle), ST_OK);
	const struct att_input in = {slice_of(s->report, sizeof s->report), buf_view(&collateral), &anchors, NULL, now};
	r.st = att_examine(&r.claims, TEE_SNP, &in, &r.finding);
	assert_int_equal(r.st, r.finding.st);
	buf_clear(&collateral);
	for (size_t k = 0; k < s->n_extra; k++)
		buf_clear(&s->extra[k]);
	return r;
}

static struct run examine(struct scene *s)
{
	return examine_at(s, (struct att_time){AT, AT});
}

#define expect(s, st_, check_) expect_at(s, st_, check_, __LINE__)
static void expect_at(struct scene *s, enum status st, enum att_check check, int line)
{
	struct run r = examine(s);

	if (r.st != st || (st != ST_OK && r.finding.check != check))
		fail_msg("line %d: expected %s by %s, got %s by %s: expected %s, got %s", line, status_name(st),
		    att_check_name(check), status_name(r.st), att_check_name(r.finding.check), r.finding.expected,
		    r.finding.got);
}

static void every_product_version_and_key(void **state)
{
	(void)state;
	for (int which = 0; which < VENDORS; which++)
		for (uint32_t version = 2; version <= 5; version++)
			for (int vlek = 0; vlek < 2; vlek++) {
				struct scene s = scene(which, version, vlek);
				struct run r = examine(&s);
				if (r.st != ST_OK)
					fail_msg(
					    "%s v%u: %s, %s", names[which], version, r.finding.expected, r.finding.got);
				assert_string_equal(r.claims.product, names[which]);
				assert_int_equal(r.claims.vlek, vlek);
				assert_memory_equal(
				    r.claims.snp_reported, which == TURIN ? tcb_1ah : tcb_19h, SNP_TCB_COUNT);
				assert_int_equal(r.claims.instance_len, vlek ? 0 : 64);
			}
}

static void refuses_other_versions_and_algorithms(void **state)
{
	const uint32_t versions[] = {0, 1, 6, 7, 258};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(versions); k++) {
		struct scene s = scene(MILAN, 2, false);
		s.report[0] = (uint8_t)versions[k];
		s.report[1] = (uint8_t)(versions[k] >> 8);
		expect(&s, ST_ATT_FORMAT, ATT_CHECK_FORM);
	}
	for (unsigned algorithm = 0; algorithm < 4; algorithm++) {
		struct scene s = scene(MILAN, 3, false);
		s.report[0x34] = (uint8_t)algorithm;
		expect(&s, algorithm == 1 ? ST_OK : ST_ATT_FORMAT, ATT_CHECK_FORM);
	}
}

/* Every reserved byte of every version; signed, so that only the form refuses it. */
static void reserved_bytes_are_zero(void **state)
{
	static const struct {
		size_t from, to;
		uint32_t up_to_version;
	} ranges[] = {{0x4c, 0x50, 5}, {0x18b, 0x1a0, 5}, {0x188, 0x18b, 2}, {0x1eb, 0x1ec, 5}, {0x1ef, 0x1f0, 5},
	    {0x1f8, 0x208, 4}, {0x208, 0x2a0, 5}};

	(void)state;
	for (uint32_t version = 2; version <= 5; version++)
		for (size_t k = 0; k < COUNT_OF(ranges); k++)
			for (size_t at = ranges[k].from; at < ranges[k].to;
			     at += version == 2 || version == 5 ? 1 : 5) {
				struct scene s = scene(MILAN, version, false);
				s.report[at] |= 0x80;
				if (version <= ranges[k].up_to_version)
					expect(&s, ST_ATT_FORMAT, ATT_CHECK_FORM);
				else if (at >= 0x1f8)
					expect(&s, ST_OK, 0); /* mitigation vectors of version 5 */
				else if (at == FAMILY) /* CPUID from version 3 on: model and stepping say nothing */
					expect(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM_ID);
				else
					expect(&s, ST_OK, 0);
			}
}

static void unknown_flags_are_refused(void **state)
{
	(void)state;
	for (unsigned bit = 5; bit < 32; bit++) {
		struct scene s = scene(GENOA, 3, false);
		s.report[FLAGS + bit / 8] |= (uint8_t)(1 << bit % 8);
		expect(&s, ST_ATT_FORMAT, ATT_CHECK_FORM);
	}
}

/* SIGNING_KEY: 0 VCEK, 1 VLEK; 7 and the reserved ones sign nothing that we know. */
static void the_signing_key_is_named(void **state)
{
	struct scene s;

	(void)state;
	for (unsigned key = 2; key < 8; key++) {
		s = scene(MILAN, 3, false);
		s.report[FLAGS] = (uint8_t)(key << 2);
		expect(&s, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	}
	s = scene(MILAN, 3, false);
	s.report[FLAGS] = 1 << 2; /* says VLEK, a VCEK signed it */
	expect(&s, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	s = scene(MILAN, 3, true);
	s.report[FLAGS] = 0;
	expect(&s, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	s = scene(MILAN, 3, false);
	s.report[FLAGS] = 2; /* MASK_CHIP_KEY: firmware writes no signature then */
	expect(&s, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	s = scene(MILAN, 3, true);
	s.report[FLAGS] |= 2;
	expect(&s, ST_OK, 0);
}

static void bits_of_the_guest_policy(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		struct scene s = scene(TURIN, 5, false);
		s.report[POLICY + bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (bit == 17 || bit >= 26) {
			expect(&s, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES);
			continue;
		}
		struct run r = examine(&s);
		assert_int_equal(r.st, ST_OK);
		assert_int_equal(r.claims.debug, bit == 19);
		assert_int_equal(r.claims.migratable, bit == 18);
		assert_int_equal(r.claims.attributes, UINT64_C(0x30000) ^ UINT64_C(1) << bit);
	}
}

static void unknown_platform_bits_are_kept(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		struct scene s = scene(GENOA, 5, false);
		s.report[PLATFORM + bit / 8] |= (uint8_t)(1 << bit % 8);
		struct run r = examine(&s);
		assert_int_equal(r.st, ST_OK);
		assert_int_equal(r.claims.platform, UINT64_C(1) << bit);
	}
}

static void vmpl_is_a_guest_s(void **state)
{
	(void)state;
	for (unsigned vmpl = 0; vmpl < 8; vmpl++) {
		struct scene s = scene(MILAN, 3, false);
		s.report[VMPL] = (uint8_t)vmpl;
		expect(&s, vmpl < 4 ? ST_OK : ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES);
	}
	struct scene s = scene(MILAN, 3, false);
	memset(s.report + VMPL, 0xff, 4); /* asked for by the hypervisor */
	expect(&s, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES);
}

static void an_author_key_is_announced(void **state)
{
	struct scene s = scene(MILAN, 3, false);

	(void)state;
	s.report[AUTHOR_DIGEST + 47] = 1;
	expect(&s, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES);
	s.report[FLAGS] = 1;
	expect(&s, ST_OK, 0);
}

static void the_family_is_the_certificates(void **state)
{
	(void)state;
	for (int which = 0; which < VENDORS; which++)
		for (unsigned family = 0; family < 256; family += family == 0x18 || family == 0x19 ? 1 : 6) {
			struct scene s = scene(which, 4, false);
			s.report[FAMILY] = (uint8_t)family;
			expect(&s, family == (which == TURIN ? 0x1a : 0x19) ? ST_OK : ST_ATT_PLATFORM,
			    ATT_CHECK_PLATFORM_ID);
		}
}

/* Where component c lies in TCB_VERSION. */
static int place(int which, int c)
{
	static const int places[2][SNP_TCB_COUNT] = {{-1, 0, 1, 6, 7}, {0, 1, 2, 3, 7}};

	return places[which == TURIN][c];
}

static void the_reported_tcb_is_certified(void **state)
{
	(void)state;
	for (int which = 0; which < VENDORS; which++)
		for (int c = 0; c < SNP_TCB_COUNT; c++)
			for (int step = -1; step <= 1 && place(which, c) >= 0; step += 2) {
				struct scene s = scene(which, 3, false);
				static const size_t fields[] = {REPORTED, COMMITTED, CURRENT};
				for (size_t k = 0; k < COUNT_OF(fields); k++) /* in order among themselves */
					s.report[fields[k] + (size_t)place(which, c)] =
					    (uint8_t)(s.report[fields[k] + (size_t)place(which, c)] + step);
				expect(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM_ID);
			}
}

static void tcbs_are_in_order(void **state)
{
	(void)state;
	for (int which = 0; which < VENDORS; which++)
		for (int c = 0; c < SNP_TCB_COUNT; c++) {
			if (place(which, c) < 0)
				continue;
			size_t at = (size_t)place(which, c);
			struct scene s = scene(which, 3, false);
			s.report[COMMITTED + at]--; /* reported above committed */
			expect(&s, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES);
			s = scene(which, 3, false);
			s.report[COMMITTED + at]++; /* committed above current */
			expect(&s, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES);
			s.report[CURRENT + at]++;
			expect(&s, ST_OK, 0);
			s = scene(which, 3, false);
			s.report[LAUNCH + at]++; /* in no promised order */
			expect(&s, ST_OK, 0);
		}
}

static void reserved_components_are_zero(void **state)
{
	static const size_t fields[] = {REPORTED, COMMITTED, CURRENT, LAUNCH};
	static const size_t reserved[2][4] = {{2, 3, 4, 5}, {4, 5, 6, 6}};

	(void)state;
	for (int which = 0; which < VENDORS; which++)
		for (size_t f = 0; f < COUNT_OF(fields); f++)
			for (size_t k = 0; k < 4; k++) {
				struct scene s = scene(which, 3, false);
				s.report[fields[f] + reserved[which == TURIN][k]] = 1;
				expect(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM_ID);
			}
}

static void the_chip_is_the_certificate_s(void **state)
{
	struct scene s;

	(void)state;
	for (int which = 0; which < VENDORS; which++) {
		for (size_t at = 0; at < 64; at++) {
			s = scene(which, 3, false);
			s.report[CHIP + at] ^= 0x40;
			expect(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM_ID);
		}
		s = scene(which, 3, true); /* a VLEK's report shows no chip */
		s.report[CHIP + 63] = 1;
		expect(&s, ST_ATT_PLATFORM, ATT_CHECK_PLATFORM_ID);
		s = scene(which, 3, false); /* masked by the host: the VCEK's signature is what is left */
		memset(s.report + CHIP, 0, 64);
		struct run r = examine(&s);
		assert_int_equal(r.st, ST_OK);
		assert_int_equal(r.claims.instance_len, 0);
	}
}

static void hwid_has_one_form(void **state)
{
	uint8_t value[80] = {0x04, 0x40};
	const struct {
		int which;
		const void *value;
		size_t len;
	} cases[] = {
	    {MILAN, value, 66}, /* an OCTET STRING inside the OCTET STRING */
	    {MILAN, chip, 63},
	    {MILAN, chip, 8},
	    {MILAN, value, 65},
	    {TURIN, chip, 64},
	    {TURIN, chip, 7},
	    {TURIN, chip, 9},
	    {TURIN, value, 10},
	    {MILAN, value + 10, 0},
	    {TURIN, value + 10, 0},
	    {MILAN, NULL, 0},
	    {TURIN, NULL, 0},
	};
	static const uint8_t zeros[64];

	(void)state;
	memcpy(value + 2, chip, 64);
	for (size_t k = 0; k < COUNT_OF(cases); k++) {
		struct scene s = scene(cases[k].which, 3, false);
		amd_leaf_extension(&s.leaf, "4", cases[k].value, cases[k].len);
		expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	}
	struct scene s = scene(MILAN, 3, false);
	amd_leaf_extension(&s.leaf, "4", zeros, 64);
	memset(s.report + CHIP, 0, 64);
	expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
}

static void chip_and_cloud_do_not_mix(void **state)
{
	static const uint8_t csp[] = {0x16, 4, 'C', 'N', '=', 'x'};
	struct scene s = scene(MILAN, 3, false);

	(void)state;
	amd_leaf_extension(&s.leaf, "5", csp, sizeof csp);
	expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	s = scene(MILAN, 3, true);
	amd_leaf_extension(&s.leaf, "4", chip, 64);
	expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	s = scene(MILAN, 3, true);
	amd_leaf_extension(&s.leaf, "5", NULL, 0);
	expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
}

/* Each extension absent, and in every encoding that is not the one. */
static void extensions_are_strict(void **state)
{
	static const char *const milan[] = {"1", "2", "3.1", "3.2", "3.3", "3.8", "4"}, *const turin[] = {"3.9"};
	static const struct {
		uint8_t len, value[5];
	} integers[] = {{0, {0}}, {2, {2, 0}}, {3, {2, 1, 0x80}}, {4, {2, 2, 0, 0x7f}}, {4, {2, 2, 1, 0}},
	    {3, {4, 1, 1}}, {4, {2, 1, 1, 0}}, {4, {2, 0x81, 1, 1}}, {5, {2, 3, 0, 0, 0x90}}, {2, {2, 1}}, {1, {2}},
	    {3, {2, 2, 0}}};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(milan) + COUNT_OF(turin); k++) {
		bool is_turin = k >= COUNT_OF(milan);
		struct scene s = scene(is_turin ? TURIN : MILAN, 3, false);
		amd_leaf_extension(&s.leaf, is_turin ? turin[k - COUNT_OF(milan)] : milan[k], NULL, 0);
		expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	}
	for (size_t k = 0; k < COUNT_OF(integers); k++)
		for (size_t e = 0; e < 6; e++) {
			struct scene s = scene(MILAN, 3, false);
			if (e == 1) /* the product's name */
				continue;
			amd_leaf_extension(&s.leaf, milan[e], integers[k].value, integers[k].len);
			expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
		}
}

static void the_leaf_is_of_the_product(void **state)
{
	static const struct {
		const char *value;
		enum status st;
	} product_names[] = {{"\x16\x05Milan", ST_OK}, {"\x16\x08Milan-B0", ST_OK}, {"\x16\x08Milan-B1", ST_OK},
	    {"\x16\x05Genoa", ST_ATT_CHAIN}, {"\x16\x06MilanX", ST_ATT_CHAIN}, {"\x16\x04Mila", ST_ATT_CHAIN},
	    {"\x0c\x05Milan", ST_ATT_CHAIN}, {"\x16\x06Milan", ST_ATT_CHAIN}, {"\x16\x04Milan", ST_ATT_CHAIN},
	    {"\x16\x06Milan\xff", ST_ATT_CHAIN}, {"\x16\x01-", ST_ATT_CHAIN}};
	static const uint8_t one[] = {2, 1, 1}, two[] = {2, 1, 2};
	struct scene s;

	(void)state;
	for (size_t k = 0; k < COUNT_OF(product_names); k++) {
		s = scene(MILAN, 3, false);
		amd_leaf_extension(&s.leaf, "2", product_names[k].value, strlen(product_names[k].value));
		expect(&s, product_names[k].st, ATT_CHECK_CHAIN);
	}
	s = scene(MILAN, 3, false);
	amd_leaf_extension(&s.leaf, "1", two, sizeof two); /* structVersion */
	expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	s = scene(MILAN, 3, false);
	amd_leaf_extension(&s.leaf, "3.9", one, sizeof one); /* FMC */
	expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	s = scene(MILAN, 3, false);
	amd_leaf_extension(&s.leaf, "3.6", one, sizeof one); /* spl6 */
	expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	s = scene(MILAN, 3, false);
	amd_leaf_extension(&s.leaf, "3.6", NULL, 0);
	expect(&s, ST_OK, 0);
}

/* A CA, or somebody with another name, is no VCEK. */
static void a_leaf_is_a_leaf(void **state)
{
	struct scene s = scene(MILAN, 3, false);

	(void)state;
	s.leaf.ca = true;
	expect(&s, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	s = scene(MILAN, 3, false);
	s.leaf.subject_cn = "SEV-VLEK";
	expect(&s, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	s = scene(MILAN, 3, false);
	s.leaf.subject_cn = "SEV-Milan";
	expect(&s, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
}

/* r and s: 0, n, n + 1 and all ones are no scalars; the bytes above them must be zero. */
static void signature_scalars_are_in_range(void **state)
{
	static const uint8_t order[48] = {0x73, 0x29, 0xc5, 0xcc, 0x6a, 0x19, 0xec, 0xec, 0x7a, 0xa7, 0xb0, 0x48, 0xb2,
	    0x0d, 0x1a, 0x58, 0xdf, 0x2d, 0x37, 0xf4, 0x81, 0x4d, 0x63, 0xc7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff}; /* of P-384, little endian */

	(void)state;
	for (size_t half = 0; half < 2; half++)
		for (int kind = 0; kind < 4; kind++) {
			struct scene s = scene(MILAN, 3, false);
			amd_report_sign(s.report, s.vendor);
			s.signed_already = true;
			uint8_t *scalar = s.report + SIGNATURE + 72 * half;
			memset(scalar, kind == 3 ? 0xff : 0, 48);
			if (kind == 1 || kind == 2)
				memcpy(scalar, order, 48);
			scalar[0] = (uint8_t)(scalar[0] + (kind == 2));
			expect(&s, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
		}
	for (size_t at = 48; at < 512; at++) {
		struct scene s = scene(MILAN, 3, false);
		if (at >= 72 && at < 120)
			continue;
		amd_report_sign(s.report, s.vendor);
		s.signed_already = true;
		s.report[SIGNATURE + at] = 1;
		expect(&s, ST_ATT_FORMAT, ATT_CHECK_FORM);
	}
}

static void add_extra(struct scene *s, enum att_item_type type, struct buf bytes)
{
	s->extra[s->n_extra] = bytes;
	s->extra_type[s->n_extra++] = type;
}

/* An expired VCEK of the same key lies first in the bag; the valid one is taken. */
static void the_valid_leaf_is_chosen(void **state)
{
	struct scene s = scene(MILAN, 3, false);
	struct amd_leaf renewed = s.leaf;
	struct buf der = {0};

	(void)state;
	s.leaf.not_after = AT - 1;
	expect(&s, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	amd_leaf_issue(&der, s.vendor, &renewed);
	add_extra(&s, ATT_ITEM_CERTIFICATE, der);
	expect(&s, ST_OK, 0);
}

static void each_edge_of_the_chain(void **state)
{
	static const int64_t ca_from = 1577836800, ca_to = 2524608000;
	struct scene s = scene(MILAN, 3, false);

	(void)state;
	s.leaf.not_before = ca_from - YEAR; /* the CAs are the shorter-lived */
	s.leaf.not_after = ca_to + YEAR;
	const struct {
		struct att_time now;
		enum status st;
	} cases[] = {{{ca_from, ca_from}, ST_OK}, {{ca_to, ca_to}, ST_OK}, {{ca_from, ca_to}, ST_OK},
	    {{ca_from - 1, ca_from}, ST_ATT_VALIDITY}, {{ca_to, ca_to + 1}, ST_ATT_VALIDITY},
	    {{ca_from - 1, ca_from - 1}, ST_ATT_VALIDITY}, {{ca_to + 1, ca_to + 1}, ST_ATT_VALIDITY}};
	for (size_t k = 0; k < COUNT_OF(cases); k++) {
		struct run r = examine_at(&s, cases[k].now);
		assert_int_equal(r.st, cases[k].st);
		if (r.st == ST_OK) {
			assert_int_equal(r.claims.valid_from, ca_from);
			assert_int_equal(r.claims.valid_to, ca_to);
		} else {
			assert_int_equal(r.finding.check, ATT_CHECK_VALIDITY);
		}
	}
}

/* Every name right and only the keys wrong. */
static void a_look_alike_is_refused(void **state)
{
	struct scene s = scene(MILAN, 3, false);

	(void)state;
	s.ark = amd_vendor_certificate(look_alike, AMD_ARK);
	expect(&s, ST_ATT_CHAIN, ATT_CHECK_ROOT);
	s = scene(MILAN, 3, false);
	s.ask = amd_vendor_certificate(look_alike, AMD_ASK);
	expect(&s, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	struct buf both = {0};
	buf_append(&both, amd_vendor_certificate(s.vendor, AMD_ASK).ptr, amd_vendor_certificate(s.vendor, AMD_ASK).len);
	add_extra(&s, ATT_ITEM_CERTIFICATE, both); /* beside the right one it does no harm */
	expect(&s, ST_OK, 0);
}

static struct buf crl(const struct amd_vendor *v, bool ask, bool asvk, bool foreign, int64_t from, int64_t to)
{
	struct buf b = {0};

	amd_crl_issue(&b, v, ask, asvk, foreign, from, to);
	return b;
}

static void a_crl_is_honoured(void **state)
{
	const struct {
		bool vlek, ask, asvk, foreign;
		int64_t from, to;
		enum status st;
	} cases[] = {
	    {false, false, false, false, AT - 1, AT + 1, ST_OK},
	    {false, true, false, false, AT - 1, AT + 1, ST_ATT_REVOKED},
	    {false, false, true, false, AT - 1, AT + 1, ST_OK},
	    {true, false, true, false, AT - 1, AT + 1, ST_ATT_REVOKED},
	    {true, true, false, false, AT - 1, AT + 1, ST_OK},
	    {false, true, false, false, AT - YEAR, AT - 1, ST_ATT_REVOKED}, /* stale: still revoked */
	    {false, false, false, false, AT - YEAR, AT - 1, ST_OK}, /* stale and empty: as good as none */
	    {false, true, false, true, AT - 1, AT + 1, ST_ATT_SIGNATURE},
	    {false, false, false, true, AT - 1, AT + 1, ST_ATT_SIGNATURE},
	};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(cases); k++) {
		struct scene s = scene(MILAN, 3, cases[k].vlek);
		add_extra(&s, ATT_ITEM_CRL,
		    crl(s.vendor, cases[k].ask, cases[k].asvk, cases[k].foreign, cases[k].from, cases[k].to));
		expect(&s, cases[k].st, ATT_CHECK_REVOCATION);
	}
	struct scene s = scene(MILAN, 3, false);
	add_extra(&s, ATT_ITEM_CRL, crl(vendors[GENOA], true, true, false, AT - 1, AT + 1)); /* another product's */
	expect(&s, ST_OK, 0);
}

static int start(void **state)
{
	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	for (size_t k = 0; k < sizeof chip; k++)
		chip[k] = (uint8_t)(k + 1);
	for (size_t k = 0; k < VENDORS; k++)
		vendors[k] = amd_vendor_new(names[k], roots[k]);
	look_alike = amd_vendor_new("Milan", ATT_ROOT_AMD_MILAN);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	for (size_t k = 0; k < VENDORS; k++)
		amd_vendor_free(vendors[k]);
	amd_vendor_free(look_alike);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_product_version_and_key),
	    cmocka_unit_test(refuses_other_versions_and_algorithms),
	    cmocka_unit_test(reserved_bytes_are_zero),
	    cmocka_unit_test(unknown_flags_are_refused),
	    cmocka_unit_test(the_signing_key_is_named),
	    cmocka_unit_test(bits_of_the_guest_policy),
	    cmocka_unit_test(unknown_platform_bits_are_kept),
	    cmocka_unit_test(vmpl_is_a_guest_s),
	    cmocka_unit_test(an_author_key_is_announced),
	    cmocka_unit_test(the_family_is_the_certificates),
	    cmocka_unit_test(the_reported_tcb_is_certified),
	    cmocka_unit_test(tcbs_are_in_order),
	    cmocka_unit_test(reserved_components_are_zero),
	    cmocka_unit_test(the_chip_is_the_certificate_s),
	    cmocka_unit_test(hwid_has_one_form),
	    cmocka_unit_test(chip_and_cloud_do_not_mix),
	    cmocka_unit_test(extensions_are_strict),
	    cmocka_unit_test(the_leaf_is_of_the_product),
	    cmocka_unit_test(a_leaf_is_a_leaf),
	    cmocka_unit_test(signature_scalars_are_in_range),
	    cmocka_unit_test(the_valid_leaf_is_chosen),
	    cmocka_unit_test(each_edge_of_the_chain),
	    cmocka_unit_test(a_look_alike_is_refused),
	    cmocka_unit_test(a_crl_is_honoured),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
