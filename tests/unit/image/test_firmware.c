/* Tests image/snp.h and image/tdx.h on a made-up firmware (known answers: tests/kat/image; an independent model: tests/integration/image). */
#include "support/test.h"

#include "image/snp.h"
#include "image/tdx.h"
#include "support/firmware.h"

static uint8_t image[FIRMWARE_LEN];

static int setup(void **state)
{
	(void)state;
	firmware_make(image);
	return 0;
}

static void sev_metadata_is_read(void **state)
{
	(void)state;
	struct snp_firmware f;

	assert_int_equal(snp_firmware_read(&f, slice_of(image, sizeof image)), ST_OK);
	assert_int_equal(f.n_sections, 5);
	assert_int_equal(f.section[1].gpa, 0x80a000);
	assert_int_equal(f.section[4].type, SNP_KERNEL_HASHES);
	assert_int_equal(f.hashes_gpa, 0x80fc00);
	assert_int_equal(f.reset_eip, 0x80b004);
}

static void each_input_of_a_launch_counts(void **state)
{
	(void)state;
	struct snp_firmware f;
	uint8_t seed[SHA384_LEN], digest[8][SHA384_LEN];

	assert_int_equal(snp_firmware_read(&f, slice_of(image, sizeof image)), ST_OK);
	snp_firmware_digest(seed, slice_of(image, sizeof image));
	struct snp_guest g = {.firmware = &f, .seed = seed, .has_kernel = true, .kernel = slice_str("k"), .initrd = slice_str("i"),
	    .cmdline = slice_str("c"), .vcpus = 2, .cpu_signature = 0xa00f11};
	struct snp_guest v[8] = {g, g, g, g, g, g, g, g};
	v[1].kernel = slice_str("K");
	v[2].initrd = slice_str("I");
	v[3].cmdline = slice_str("C");
	v[4].vcpus = 1;
	v[5].cpu_signature = 0xa10f10;
	v[6].vmm = SNP_EC2;
	v[7].has_kernel = false;
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(snp_launch_digest(digest[i], &v[i]), ST_OK);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(digest[i], digest[j], SHA384_LEN);
	}
	g.vcpus = 0;
	assert_int_equal(snp_launch_digest(digest[0], &g), ST_ARGUMENT);
	g.vcpus = 2;
	f.reset_eip = 0;
	assert_int_equal(snp_launch_digest(digest[0], &g), ST_ARGUMENT);
}

/* One block for each added page; for a measured one 16 more with 256 bytes each: written out here once more, page by page. */
static void block(struct sha2 *s, const char *what, uint64_t gpa)
{
	uint8_t b[128] = {0};

	memcpy(b, what, strlen(what));
	put_u64le(b + 16, gpa);
	sha2_update(s, slice_of(b, sizeof b));
}

static void mrtd_is_by_its_definition(void **state)
{
	(void)state;
	uint8_t want[SHA384_LEN], got[SHA384_LEN], temporary[0x2000] = {0};
	struct sha2 s;

	memcpy(temporary, image + 16, 100);
	for (int order = TDX_PAGE_BY_PAGE; order <= TDX_SECTION_BY_SECTION; order++) {
		sha384_begin(&s);
		block(&s, "MEM.PAGE.ADD", 0xfffff000);
		for (unsigned c = 0; c < 4096; c += 256) {
			block(&s, "MR.EXTEND", 0xfffff000 + c);
			sha2_update(&s, slice_of(image + 4096 + c, 256));
		}
		block(&s, "MEM.PAGE.ADD", 0x809000);
		block(&s, "MEM.PAGE.ADD", 0x810000);
		if (order == TDX_SECTION_BY_SECTION)
			block(&s, "MEM.PAGE.ADD", 0x811000);
		for (unsigned c = 0; c < 0x2000; c += 256) {
			if (c == 0x1000 && order == TDX_PAGE_BY_PAGE)
				block(&s, "MEM.PAGE.ADD", 0x811000);
			block(&s, "MR.EXTEND", 0x810000 + c);
			sha2_update(&s, slice_of(temporary + c, 256));
		}
		sha2_end(&s, want);
		assert_int_equal(tdx_mrtd(got, slice_of(image, sizeof image), (enum tdx_order)order), ST_OK);
		assert_memory_equal(got, want, SHA384_LEN);
	}
}

static void only_what_the_metadata_names_is_measured_by_tdx(void **state)
{
	(void)state;
	uint8_t before[SHA384_LEN], after[SHA384_LEN];

	assert_int_equal(tdx_mrtd(before, slice_of(image, sizeof image), TDX_PAGE_BY_PAGE), ST_OK);
	image[2000] ^= 1; /* in no section */
	assert_int_equal(tdx_mrtd(after, slice_of(image, sizeof image), TDX_PAGE_BY_PAGE), ST_OK);
	assert_memory_equal(before, after, SHA384_LEN);
	image[2000] ^= 1;
	image[5000] ^= 1; /* in the code */
	assert_int_equal(tdx_mrtd(after, slice_of(image, sizeof image), TDX_PAGE_BY_PAGE), ST_OK);
	assert_memory_not_equal(before, after, SHA384_LEN);
	image[5000] ^= 1;
}

/* No flip of the tables crashes, and what still reads differs: the firmware is hashed itself by SNP, its code page by TDX. */
static void flipped_tables_never_measure_the_same(void **state)
{
	(void)state;
	uint8_t good[SHA384_LEN], got[SHA384_LEN];
	struct snp_firmware f;

	assert_int_equal(tdx_mrtd(good, slice_of(image, sizeof image), TDX_PAGE_BY_PAGE), ST_OK);
	for (size_t byte = FIRMWARE_SEV_AT; byte < FIRMWARE_LEN; byte += byte < 4600 || byte > 8000 ? 1 : 64) {
		for (unsigned bit = 0; bit < 8; bit++) {
			image[byte] ^= (uint8_t)(1 << bit);
			(void)!snp_firmware_read(&f, slice_of(image, sizeof image));
			if (tdx_mrtd(got, slice_of(image, sizeof image), TDX_PAGE_BY_PAGE) == ST_OK)
				assert_memory_not_equal(got, good, SHA384_LEN);
			image[byte] ^= (uint8_t)(1 << bit);
		}
	}
}

static void other_files_are_refused(void **state)
{
	(void)state;
	uint8_t zeros[FIRMWARE_LEN] = {0}, out[SHA384_LEN];
	struct snp_firmware f;

	for (size_t n = 0; n < sizeof image; n += 61)
		assert_int_not_equal(snp_firmware_read(&f, slice_of(image, n)), ST_OK);
	assert_int_equal(snp_firmware_read(&f, slice_of(zeros, sizeof zeros)), ST_FORMAT);
	assert_int_equal(tdx_mrtd(out, slice_of(zeros, sizeof zeros), TDX_PAGE_BY_PAGE), ST_FORMAT);
	assert_int_equal(tdx_mrtd(out, slice_of(image, 100), TDX_PAGE_BY_PAGE), ST_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sev_metadata_is_read), cmocka_unit_test(each_input_of_a_launch_counts), cmocka_unit_test(mrtd_is_by_its_definition),
	    cmocka_unit_test(only_what_the_metadata_names_is_measured_by_tdx), cmocka_unit_test(flipped_tables_never_measure_the_same),
	    cmocka_unit_test(other_files_are_refused),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
