/* Products and TCB layouts (snp/product.h): every byte of TCB_VERSION has the place that AMD gives it, or must be zero. */
#include "../../support/test.h"

#include "product.h"

static const struct snp_product *product(const char *issuer)
{
	bool vlek;

	return snp_product_of_issuer(issuer, &vlek);
}

static void names_decide_the_product(void **state)
{
	static const struct {
		const char *issuer, *name;
		enum att_root root;
		bool vlek;
	} known[] = {
	    {"SEV-Milan", "Milan", ATT_ROOT_AMD_MILAN, false},
	    {"SEV-Genoa", "Genoa", ATT_ROOT_AMD_GENOA, false},
	    {"SEV-Turin", "Turin", ATT_ROOT_AMD_TURIN, false},
	    {"SEV-VLEK-Milan", "Milan", ATT_ROOT_AMD_MILAN, true},
	    {"SEV-VLEK-Genoa", "Genoa", ATT_ROOT_AMD_GENOA, true},
	    {"SEV-VLEK-Turin", "Turin", ATT_ROOT_AMD_TURIN, true},
	};
	static const char *const unknown[] = {"", "SEV-", "SEV-milan", "SEV-Milan ", "SEV-Rome", "SEV-VLEK",
	    "SEV-VLEK-", "SEV-VLEK-VLEK-Milan", "ARK-Milan", "xSEV-Milan"};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(known); k++) {
		bool vlek = !known[k].vlek;
		const struct snp_product *p = snp_product_of_issuer(known[k].issuer, &vlek);
		assert_non_null(p);
		assert_string_equal(p->name, known[k].name);
		assert_int_equal(p->root, known[k].root);
		assert_int_equal(vlek, known[k].vlek);
	}
	for (size_t k = 0; k < COUNT_OF(unknown); k++)
		assert_null(product(unknown[k]));
}

static void each_byte_has_its_place(void **state)
{
	enum { NO = SNP_TCB_COUNT };
	static const struct {
		const char *issuer;
		uint8_t places[SNP_TCB_LEN];
	} layouts[] = {
	    {"SEV-Milan", {SNP_BOOT_LOADER, SNP_TEE, NO, NO, NO, NO, SNP_SNP, SNP_MICROCODE}},
	    {"SEV-Genoa", {SNP_BOOT_LOADER, SNP_TEE, NO, NO, NO, NO, SNP_SNP, SNP_MICROCODE}},
	    {"SEV-Turin", {SNP_FMC, SNP_BOOT_LOADER, SNP_TEE, SNP_SNP, NO, NO, NO, SNP_MICROCODE}},
	};

	(void)state;
	for (size_t l = 0; l < COUNT_OF(layouts); l++)
		for (size_t byte = 0; byte < SNP_TCB_LEN; byte++)
			for (unsigned v = 1; v <= 255; v++) {
				uint8_t raw[SNP_TCB_LEN] = {0}, out[SNP_TCB_COUNT], expected[SNP_TCB_COUNT] = {0};
				uint8_t place = layouts[l].places[byte];
				raw[byte] = (uint8_t)v;
				assert_int_equal(snp_tcb_decode(out, product(layouts[l].issuer), raw), place != NO);
				if (place == NO)
					continue;
				expected[place] = (uint8_t)v;
				assert_memory_equal(out, expected, sizeof out);
			}
}

/* As one number the second would be larger. */
static void comparison_is_by_component(void **state)
{
	const uint8_t low[SNP_TCB_COUNT] = {0, 3, 0, 8, 115}, high[SNP_TCB_COUNT] = {0, 2, 0, 8, 200};

	(void)state;
	assert_true(snp_tcb_at_most(low, low));
	assert_false(snp_tcb_at_most(low, high));
	assert_false(snp_tcb_at_most(high, low));
	for (size_t k = 0; k < SNP_TCB_COUNT; k++) {
		uint8_t more[SNP_TCB_COUNT];
		memcpy(more, low, sizeof more);
		more[k]++;
		assert_true(snp_tcb_at_most(low, more));
		assert_false(snp_tcb_at_most(more, low));
	}
	assert_string_equal(snp_tcb_show(low).text, "0.3.0.8.115");
	const uint8_t most[SNP_TCB_COUNT] = {255, 255, 255, 255, 255};
	assert_string_equal(snp_tcb_show(most).text, "255.255.255.255.255");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_decide_the_product),
	    cmocka_unit_test(each_byte_has_its_place),
	    cmocka_unit_test(comparison_is_by_component),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
