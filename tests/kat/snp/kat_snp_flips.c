/*
 * Nothing of a report or of its leaf certificate is free: every bit of one report, one bit of every byte of the others and
 * of the leaves, every truncation and extension. argv[1] is the stride (1: all): under the sanitizers a sample is enough.
 */
#include "snp_vectors.h"

#include "../../support/test.h"

static size_t stride = 1;

struct subject {
	struct buf report;
	struct snp_collateral parts;
	const struct snp_vector *v;
};

static void load(struct subject *s, const struct snp_vector *v)
{
	memset(s, 0, sizeof *s);
	s->v = v;
	assert_true(snp_file(&s->report, v->report));
	snp_collateral_add_file(&s->parts, v->leaf);
	snp_collateral_add_file(&s->parts, v->chain);
}

static void unload(struct subject *s)
{
	snp_collateral_clear(&s->parts);
	buf_clear(&s->report);
}

static enum status examine(const struct subject *s, struct slice report)
{
	struct buf collateral = snp_collateral_encode(&s->parts);
	struct snp_run r = snp_examine(report, buf_view(&collateral), &att_anchors_production, s->v->at, s->v->at);

	buf_clear(&collateral);
	assert_int_equal(r.st, r.finding.st);
	return r.st;
}

static void refuse_report_flips(struct subject *s, size_t first_bit, size_t step)
{
	for (size_t bit = first_bit; bit < 8 * s->report.len; bit += step) {
		s->report.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (examine(s, buf_view(&s->report)) == ST_OK)
			fail_msg("%s: accepted with bit %zu of the report flipped", s->v->name, bit);
		s->report.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(examine(s, buf_view(&s->report)), ST_OK);
}

static void every_bit_of_one_report(void **state)
{
	struct subject s;

	(void)state;
	load(&s, &snp_vectors[0]);
	refuse_report_flips(&s, 0, stride);
	unload(&s);
}

/* Bit 3·k mod 8 of byte k: other bits in each vector's neighbour bytes. */
static void one_bit_of_every_byte_of_the_others(void **state)
{
	struct subject s;

	(void)state;
	for (size_t k = 1; k < SNP_VECTORS; k++) {
		if (!snp_vector_available(&snp_vectors[k]))
			continue;
		load(&s, &snp_vectors[k]);
		refuse_report_flips(&s, k, 11 * stride);
		unload(&s);
	}
}

static void one_bit_of_every_byte_of_the_leaves(void **state)
{
	struct subject s;

	(void)state;
	for (size_t k = 0; k < SNP_VECTORS; k++) {
		if (!snp_vector_available(&snp_vectors[k]))
			continue;
		load(&s, &snp_vectors[k]);
		struct buf *leaf = &s.parts.storage[0];
		for (size_t byte = 0; byte < leaf->len; byte += stride) {
			uint8_t bit = (uint8_t)(1 << (byte + k) % 8);
			leaf->ptr[byte] ^= bit;
			if (examine(&s, buf_view(&s.report)) == ST_OK)
				fail_msg("%s: accepted with byte %zu of the leaf altered", s.v->name, byte);
			leaf->ptr[byte] ^= bit;
		}
		unload(&s);
	}
}

static void every_truncation_and_extension(void **state)
{
	struct subject s;
	struct buf longer = {0};

	(void)state;
	load(&s, &snp_vectors[0]);
	for (size_t n = 0; n < s.report.len; n++)
		assert_int_equal(examine(&s, slice_of(s.report.ptr, n)), ST_ATT_FORMAT);
	buf_append(&longer, s.report.ptr, s.report.len);
	for (size_t n = 1; n <= 64; n++) {
		buf_append(&longer, "", 1);
		assert_int_equal(examine(&s, buf_view(&longer)), ST_ATT_FORMAT);
	}
	buf_clear(&longer);
	unload(&s);
}

/* Of each certificate in the bag: a truncated one is none. */
static void every_truncation_of_the_certificates(void **state)
{
	struct subject s;

	(void)state;
	load(&s, &snp_vectors[SNP_VECTORS - 1]);
	for (size_t item = 0; item < s.parts.bundle.n; item++) {
		size_t whole = s.parts.bundle.items[item].bytes.len;
		for (size_t n = 1; n < whole; n += stride) {
			s.parts.bundle.items[item].bytes.len = n;
			assert_int_equal(examine(&s, buf_view(&s.report)), ST_ATT_COLLATERAL);
		}
		s.parts.bundle.items[item].bytes.len = whole;
	}
	unload(&s);
}

static int start(void **state)
{
	(void)state;
	return crypto_init() == ST_OK ? 0 : -1;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_bit_of_one_report),
	    cmocka_unit_test(one_bit_of_every_byte_of_the_others),
	    cmocka_unit_test(one_bit_of_every_byte_of_the_leaves),
	    cmocka_unit_test(every_truncation_and_extension),
	    cmocka_unit_test(every_truncation_of_the_certificates),
	};

	if (argc > 1)
		stride = strtoul(argv[1], NULL, 10);
	return stride == 0 ? 1 : cmocka_run_group_tests(tests, start, NULL);
}
