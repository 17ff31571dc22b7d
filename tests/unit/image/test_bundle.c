/* Tests image/bundle.h: the manifest reads back and has one spelling; a bundle is what its manifest says, or it is refused. */
#include "support/test.h"

#include "image/archive.h"
#include "image/bundle.h"
#include "image/eif.h"
#include "support/firmware.h"

static uint8_t firmware[FIRMWARE_LEN];
static struct buf archive, eif;
static struct slice parts[PART_COUNT_];

static int setup(void **state)
{
	static struct archive a;
	const struct eif e = {.kernel = slice_str("kernel"), .cmdline = slice_str("console=ttyS0"), .metadata = slice_str("{}"),
	    .ramdisk = {slice_str("ours")}, .n_ramdisks = 1};

	(void)state;
	firmware_make(firmware);
	if (archive_add(&a, "/parley-enclave", ARCHIVE_PROGRAM, slice_str("program")) != ST_OK || eif_write(&eif, &e) != ST_OK)
		return -1;
	archive_write(&archive, &a);
	parts[PART_SOFTWARE] = buf_view(&archive);
	parts[PART_GUEST] = buf_view(&archive);
	parts[PART_EIF] = buf_view(&eif);
	parts[PART_KERNEL] = slice_str("kernel");
	parts[PART_OVMF] = slice_of(firmware, sizeof firmware);
	parts[PART_TDVF] = slice_of(firmware, sizeof firmware);
	return crypto_init() == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&archive);
	buf_clear(&eif);
	return 0;
}

static struct bundle_manifest whole(void)
{
	struct bundle_manifest m = {.settings = {.release = "2026.11", .cmdline = "console=ttyS0", .vcpus = {1, 4}, .cpu = "EPYC-Milan"}};
	struct problem p = {0};

	assert_int_equal(bundle_measure(&m, parts, &p), ST_OK);
	return m;
}

static void every_kind_is_measured_or_says_why_not(void **state)
{
	(void)state;
	static const struct slice nothing[PART_COUNT_];
	struct bundle_manifest m = whole(), empty = {.settings = {.release = "x"}};
	struct problem p = {0};
	unsigned of[TEE_KIND_COUNT_] = {0};

	for (size_t i = 0; i < m.n_measurements; i++)
		of[m.measurement[i].kind] += m.measurement[i].n_values > 0;
	assert_int_equal(of[TEE_SOFTWARE], 1);
	assert_int_equal(of[TEE_NITRO], 1);
	assert_int_equal(of[TEE_SGX], 0);
	assert_int_equal(of[TEE_TDX], 2); /* two orders */
	assert_int_equal(of[TEE_SNP], 2); /* one and four vCPUs */
	assert_int_equal(of[TEE_TPM], 1);
	assert_int_equal(bundle_measure(&empty, nothing, &p), ST_OK);
	assert_int_equal(empty.n_measurements, TEE_KIND_COUNT_ - 1);
	for (size_t i = 0; i < empty.n_measurements; i++) {
		assert_int_equal(empty.measurement[i].n_values, 0);
		assert_true(strlen(empty.measurement[i].note) > 10);
	}
}

static void the_manifest_has_one_spelling(void **state)
{
	(void)state;
	struct bundle_manifest m = whole(), got;
	struct buf one = {0}, two = {0};

	bundle_encode(&one, &m);
	assert_int_equal(bundle_decode(&got, buf_view(&one)), ST_OK);
	bundle_encode(&two, &got);
	assert_slice_equal(buf_view(&one), buf_view(&two));
	for (size_t n = 0; n < one.len; n++)
		assert_int_not_equal(bundle_decode(&got, slice_of(one.ptr, n)), ST_OK);
	for (size_t bit = 0; bit < 8 * one.len; bit++) {
		one.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (bundle_decode(&got, buf_view(&one)) == ST_OK) {
			buf_reset(&two);
			bundle_encode(&two, &got);
			assert_slice_equal(buf_view(&one), buf_view(&two));
		}
		one.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	buf_append(&one, "", 1);
	assert_int_equal(bundle_decode(&got, buf_view(&one)), ST_TRAILING);
	buf_clear(&one);
	buf_clear(&two);
}

static void another_file_or_measurement_is_found(void **state)
{
	(void)state;
	struct bundle_manifest m = whole();
	struct problem p = {0};

	assert_int_equal(bundle_check(&m, parts, &p), ST_OK);
	for (unsigned i = 1; i < PART_COUNT_; i++) {
		struct slice others[PART_COUNT_];
		memcpy(others, parts, sizeof others);
		others[i] = parts[i].len ? (struct slice){0} : slice_str("new");
		p = (struct problem){0};
		assert_int_not_equal(bundle_check(&m, others, &p), ST_OK);
		assert_string_equal(p.where, bundle_part_file((enum bundle_part)i));
	}
	for (size_t i = 0; i < m.n_measurements; i++) {
		struct bundle_manifest other = m;
		p = (struct problem){0};
		if (other.measurement[i].n_values)
			other.measurement[i].values[0].bytes[0] ^= 1;
		else
			other.measurement[i].note[0] ^= 1;
		assert_int_equal(bundle_check(&other, parts, &p), ST_IMAGE_BUNDLE);
		assert_string_equal(p.where, tee_name(other.measurement[i].kind));
	}
	struct bundle_manifest other = m;
	other.settings.vcpus[1] = 5; /* settings are measured too */
	assert_int_equal(bundle_check(&other, parts, NULL), ST_IMAGE_BUNDLE);
}

static void what_is_no_image_is_refused_by_name(void **state)
{
	(void)state;
	struct slice others[PART_COUNT_];

	for (unsigned i = 1; i < PART_COUNT_; i++) {
		struct bundle_manifest m = {.settings = {.release = "x", .vcpus = {1}, .cpu = "EPYC-Milan"}};
		struct problem p = {0};
		if (i == PART_KERNEL || i == PART_GUEST)
			continue; /* a kernel and an initrd are what they are */
		memcpy(others, parts, sizeof others);
		others[i] = slice_str("rubbish");
		assert_int_equal(bundle_measure(&m, others, &p), ST_IMAGE_INPUT);
		assert_string_equal(p.where, bundle_part_file((enum bundle_part)i));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_is_measured_or_says_why_not), cmocka_unit_test(the_manifest_has_one_spelling),
	    cmocka_unit_test(another_file_or_measurement_is_found), cmocka_unit_test(what_is_no_image_is_refused_by_name),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
