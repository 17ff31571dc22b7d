/*
 * Known answers for what `parley image` computes.
 *   RFC 6979, A.2.6: deterministic ECDSA on P-384 with SHA-384.
 *   RFC 4231, 4.2 and 4.3: HMAC-SHA-384.
 *   SNP launch digests: the tests of virtee/sev-snp-measure (tests/test_guest.py) and virtee/sev-snp-measure-go (guest/guest_test.go), both
 *   Apache-2.0; inputs and digests only. Their firmware is given there as a digest of its pages and a list of sections, and so it is here:
 *   the list of the first is that of OvmfPkg/AmdSev, the digests hold for no other.
 */
#include "support/test.h"

#include "base/crypto.h"
#include "image/snp.h"
#include "base/vendor_sign.h"

static void bytes_of(uint8_t *out, size_t len, const char *hex)
{
	assert_int_equal(hex_decode(out, len, hex), ST_OK);
}

static void deterministic_ecdsa(void **state)
{
	(void)state;
	static const struct {
		const char *message, *r_s;
	} v[] = {
	    {"sample", "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
		       "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"},
	    {"test", "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb0542a7f0812998da8f1dd3ca3cf023db"
		     "ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b827c2f13173923e06a739f040649a667bf3b828246baa5a5"},
	};
	uint8_t d[ES384_LEN], sig[ES384_SIG_LEN], want[ES384_SIG_LEN];

	bytes_of(d, sizeof d, "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5");
	for (size_t i = 0; i < COUNT_OF(v); i++) {
		bytes_of(want, sizeof want, v[i].r_s);
		assert_int_equal(es384_sign(sig, d, slice_str(v[i].message)), ST_OK);
		assert_memory_equal(sig, want, sizeof want);
	}
	memset(d, 0, sizeof d);
	assert_int_equal(es384_sign(sig, d, slice_str("x")), ST_KEY);
	memset(d, 0xff, sizeof d);
	assert_int_equal(es384_sign(sig, d, slice_str("x")), ST_KEY);
}

static void hmac(void **state)
{
	(void)state;
	uint8_t key[20], got[SHA384_LEN], want[SHA384_LEN];

	memset(key, 0x0b, sizeof key);
	bytes_of(want, sizeof want, "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6");
	hmac_sha384(got, slice_of(key, sizeof key), slice_str("Hi"), slice_str(" "), slice_str("There"));
	assert_memory_equal(got, want, sizeof want);
	bytes_of(want, sizeof want, "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
	hmac_sha384(got, slice_str("Jefe"), slice_str("what do ya want "), slice_str("for nothing?"), (struct slice){0});
	assert_memory_equal(got, want, sizeof want);
}

static const struct snp_firmware amd_sev = {
    .section = {{0x800000, 0x9000, SNP_MEMORY}, {0x80a000, 0x3000, SNP_MEMORY}, {0x80d000, 0x1000, SNP_SECRETS}, {0x80e000, 0x1000, SNP_CPUID},
	{0x80f000, 0x1000, SNP_KERNEL_HASHES}, {0x810000, 0x10000, SNP_MEMORY}},
    .n_sections = 6,
    .hashes_gpa = 0x80fc00,
    .reset_eip = 0x80b004,
};
static const struct snp_firmware ovmf_x64 = {
    .section = {{0x800000, 0x9000, SNP_MEMORY}, {0x80a000, 0x3000, SNP_MEMORY}, {0x80d000, 0x1000, SNP_SECRETS}, {0x80e000, 0x1000, SNP_CPUID},
	{0x80f000, 0x11000, SNP_MEMORY}},
    .n_sections = 5,
    .reset_eip = 0x80b004,
};
#define SEED_GEN "cab7e085874b3acfdbe2d96dcaa3125111f00c35c6fc9708464c2ae74bfdb048a198cb9a9ccae0b3e5e1a33f5f249819"
#define SEED_SUFFIX "edcf6d1c57ce868a167c990f58c8667c698269ef9e0803246419eea914186343054d557e1f17acd93b032c106bc70d25"
#define SEED_IMAGE_1 "a58211791a556a630a4319dc9e2ea96cc0e9784dd9f20a4fadf81b26c98d163fcdcb6703884bbbb80d7b1de45b3d84d0"
#define SEED_IMAGE_2 "2027a27bb9f7acfd280e4c7bd68a73973b94bf0756e5b282e004b9395f597b8d0eb4defa7d8f6549375aa4d2b146f0f3"

static void launch_digests(void **state)
{
	(void)state;
	static const struct {
		const struct snp_firmware *firmware;
		const char *seed, *cmdline;
		uint32_t vcpus;
		enum snp_vmm vmm;
		const char *digest;
	} v[] = {
	    {&amd_sev, SEED_GEN, "", 1, SNP_QEMU, "db06fb267824b1ccb56edbe2a9c2ce88841bca5090dc6dac91d9cd30f3c2c0bf42daccb30d55d6625bfbf0dae5c50c6d"},
	    {&amd_sev, SEED_SUFFIX, "console=ttyS0 loglevel=7", 1, SNP_QEMU,
		"f07864303ad8243132029e8110b92805c78d1135a15da75f67abb9a711d78740347f24ee76f603e650ec4adf3611cc1e"},
	    {&amd_sev, SEED_SUFFIX, NULL, 1, SNP_QEMU, "e5e6be5a8fa6256f0245666bb237e2d028b7928148ce78d51b8a64dc9506c377709a5b5d7ab75554593bced304fcff93"},
	    {&amd_sev, SEED_SUFFIX, "", 4, SNP_QEMU, "1c784beb8c49aa604b7fd57fbc73b36ec53a3f5fb48a2b895ad6cc2ea15d18ee7cc15e3e57c792766b45f944c3e81cfe"},
	    {&amd_sev, SEED_SUFFIX, "", 1, SNP_EC2, "760b6e51039d2d6c1fc6d38ca5c387967d158e0294883e4522c36f89bd61bfc9cdb975cd1ceedffbe1b23b1daf4e3f42"},
	    {&ovmf_x64, SEED_IMAGE_1, NULL, 2, SNP_EC2, "4c6e33087d08fa770259484dddbef367086a15c3e2cf10038dc97229d39c942671c2e22b300178f8de594a3f2fa59303"},
	    {&ovmf_x64, SEED_IMAGE_2, NULL, 2, SNP_EC2, "c2c84b9364fc9f0f54b04534768c860c6e0e386ad98b96e8b98eca46ac8971d05c531ba48373f054c880cfd1f4a0a84e"},
	};
	uint8_t seed[SHA384_LEN], got[SHA384_LEN], want[SHA384_LEN];
	uint32_t cpu;

	assert_true(snp_cpu_signature(&cpu, "EPYC-v4"));
	for (size_t i = 0; i < COUNT_OF(v); i++) {
		bytes_of(seed, sizeof seed, v[i].seed);
		bytes_of(want, sizeof want, v[i].digest);
		struct snp_guest g = {.firmware = v[i].firmware, .seed = seed, .has_kernel = v[i].cmdline != NULL, .vcpus = v[i].vcpus,
		    .cpu_signature = cpu, .vmm = v[i].vmm, .cmdline = slice_str(v[i].cmdline ? v[i].cmdline : "")};
		assert_int_equal(snp_launch_digest(got, &g), ST_OK);
		assert_memory_equal(got, want, sizeof want);
	}
	/* and its "should fail": a kernel, and firmware without a page for the hashes */
	struct snp_guest g = {.firmware = &ovmf_x64, .seed = seed, .has_kernel = true, .vcpus = 1, .cpu_signature = cpu};
	assert_int_equal(snp_launch_digest(got, &g), ST_ARGUMENT);
}

/* virtee/sev-snp-measure, tests/test_vcpu_types.py, and AMD 25481. */
static void cpu_signatures(void **state)
{
	(void)state;
	uint32_t cpu;

	assert_true(snp_cpu_signature(&cpu, "EPYC"));
	assert_int_equal(cpu, 0x800f12);
	assert_true(snp_cpu_signature(&cpu, "EPYC-Rome-v2"));
	assert_int_equal(cpu, 0x830f10);
	assert_true(snp_cpu_signature(&cpu, "EPYC-Milan"));
	assert_int_equal(cpu, 0xa00f11);
	assert_true(snp_cpu_signature(&cpu, "EPYC-Genoa"));
	assert_int_equal(cpu, 0xa10f10);
	assert_true(snp_cpu_signature(&cpu, "EPYC-Turin"));
	assert_int_equal(cpu, 0xb00f00);
	assert_false(snp_cpu_signature(&cpu, "EPYC-Venice"));
	assert_false(snp_cpu_signature(&cpu, "EPYC-v"));
	assert_false(snp_cpu_signature(&cpu, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(deterministic_ecdsa), cmocka_unit_test(hmac), cmocka_unit_test(launch_digests), cmocka_unit_test(cpu_signatures),
	};
	return crypto_init() == ST_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
