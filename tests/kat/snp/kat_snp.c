/*
 * Genuine SEV-SNP reports get their stated verdict at their stated time, and each thing that is wrong with them is refused by
 * the check that is about it.
 */
#include "snp_vectors.h"

#include "../../support/test.h"

#define GENUINE &att_anchors_production

/* Report and full collateral of one vector. */
struct loaded {
	struct buf report, collateral;
	struct snp_collateral parts;
};

static void load(struct loaded *l, const struct snp_vector *v)
{
	memset(l, 0, sizeof *l);
	assert_true(snp_file(&l->report, v->report));
	snp_collateral_add_file(&l->parts, v->leaf);
	snp_collateral_add_file(&l->parts, v->chain);
	l->collateral = snp_collateral_encode(&l->parts);
}

static void unload(struct loaded *l)
{
	snp_collateral_clear(&l->parts);
	buf_clear(&l->report);
	buf_clear(&l->collateral);
}

static struct snp_run run_at(const struct loaded *l, int64_t earliest_s, int64_t latest_s)
{
	return snp_examine(buf_view(&l->report), buf_view(&l->collateral), GENUINE, earliest_s, latest_s);
}

/* Calls `test` on every vector that is here, and says how many there were. */
static void each(void (*test)(const struct snp_vector *v, const struct loaded *l))
{
	struct loaded l;

	for (size_t k = 0; k < SNP_VECTORS; k++) {
		if (!snp_vector_available(&snp_vectors[k])) {
			print_message("not here: %s\n", snp_vectors[k].name);
			continue;
		}
		load(&l, &snp_vectors[k]);
		test(&snp_vectors[k], &l);
		unload(&l);
	}
}

static void expect_hex(const uint8_t *bytes, size_t len, const char *hex)
{
	struct slice expected = test_hex(hex);

	assert_slice_equal(slice_of(bytes, len), expected);
	free((void *)(uintptr_t)expected.ptr);
}

static void expect_claims(const struct snp_vector *v, const struct loaded *l)
{
	struct snp_run r = run_at(l, v->at, v->at);

	snp_expect(&r, ST_OK, 0);
	assert_int_equal(r.claims.kind, TEE_SNP);
	assert_int_equal(r.claims.debug, v->debug);
	assert_int_equal(r.claims.vlek, v->vlek);
	assert_int_equal(r.claims.vmpl, v->vmpl);
	assert_false(r.claims.migratable);
	assert_int_equal(r.claims.attributes, v->policy);
	assert_int_equal(r.claims.platform, v->platform);
	assert_memory_equal(r.claims.snp_reported, v->reported, SNP_TCB_COUNT);
	assert_memory_equal(r.claims.snp_committed, v->committed, SNP_TCB_COUNT);
	assert_memory_equal(r.claims.snp_current, v->current, SNP_TCB_COUNT);
	assert_string_equal(r.claims.product, v->product);
	assert_int_equal(r.claims.report_data_len, 64);
	expect_hex(r.claims.report_data, 64, v->report_data);
	expect_hex(r.claims.instance, r.claims.instance_len, v->instance);
	expect_hex(att_value(&r.claims, TEE_REG_MEASUREMENT)->bytes, 48, v->measurement);
	assert_int_equal(att_value(&r.claims, TEE_REG_GUEST_SVN)->bytes[3], v->guest_svn);
	assert_int_equal(r.claims.n_values, 7);
	assert_int_equal(r.claims.valid_from, v->not_before);
	assert_int_equal(r.claims.valid_to, v->not_after);
	assert_false(r.claims.has_issued || r.claims.bound_elsewhere);
	assert_int_equal(r.claims.tcb_status, TEE_STATUS_UP_TO_DATE);
}

static void every_vector_gets_its_verdict(void **state)
{
	(void)state;
	each(expect_claims);
}

/* The leaf is the shortest-lived of the three, so its edges are the chain's. */
static void expect_edges(const struct snp_vector *v, const struct loaded *l)
{
	const struct {
		int64_t earliest, latest;
		enum status st;
	} cases[] = {
	    {v->not_before, v->not_before, ST_OK},
	    {v->not_after, v->not_after, ST_OK},
	    {v->not_before, v->not_after, ST_OK},
	    {v->not_before - 1, v->not_before - 1, ST_ATT_VALIDITY},
	    {v->not_after + 1, v->not_after + 1, ST_ATT_VALIDITY},
	    {v->not_before - 1, v->not_before, ST_ATT_VALIDITY},
	    {v->not_after, v->not_after + 1, ST_ATT_VALIDITY},
	    {0, 0, ST_ATT_VALIDITY},
	    {INT64_MIN, INT64_MAX, ST_ATT_VALIDITY},
	    {INT64_MAX, INT64_MAX, ST_ATT_VALIDITY},
	};

	for (size_t k = 0; k < COUNT_OF(cases); k++) {
		struct snp_run r = run_at(l, cases[k].earliest, cases[k].latest);
		snp_expect(&r, cases[k].st, ATT_CHECK_VALIDITY);
	}
}

static void refuses_every_time_outside_the_chain(void **state)
{
	(void)state;
	each(expect_edges);
}

static void expect_pins(const struct snp_vector *v, const struct loaded *l)
{
	struct att_anchor one = {0};

	for (size_t k = 0; k < att_anchors_production.n; k++)
		if (att_anchors_production.list[k].root == v->root)
			one = att_anchors_production.list[k];
	const struct att_anchors only = {&one, 1}, none = {0};
	struct snp_run r = snp_examine(buf_view(&l->report), buf_view(&l->collateral), &only, v->at, v->at);
	snp_expect(&r, ST_OK, 0);
	r = snp_examine(buf_view(&l->report), buf_view(&l->collateral), &none, v->at, v->at);
	snp_expect(&r, ST_ATT_CHAIN, ATT_CHECK_ROOT);
	for (size_t byte = 0; byte < ATT_PIN_LEN; byte++) {
		one.pin[byte] ^= 0x10;
		r = snp_examine(buf_view(&l->report), buf_view(&l->collateral), &only, v->at, v->at);
		snp_expect(&r, ST_ATT_CHAIN, ATT_CHECK_ROOT);
		one.pin[byte] ^= 0x10;
	}
	one.root =
	    v->root == ATT_ROOT_AMD_TURIN ? ATT_ROOT_AMD_MILAN : ATT_ROOT_AMD_TURIN; /* pinned, for another product */
	r = snp_examine(buf_view(&l->report), buf_view(&l->collateral), &only, v->at, v->at);
	snp_expect(&r, ST_ATT_CHAIN, ATT_CHECK_ROOT);
}

static void refuses_every_other_pinned_root(void **state)
{
	(void)state;
	each(expect_pins);
}

/* Report of one, leaf and chain of another. */
static void refuses_the_collateral_of_another_report(void **state)
{
	struct loaded mine, other;

	(void)state;
	for (size_t a = 0; a < SNP_VECTORS; a++)
		for (size_t b = 0; b < SNP_VECTORS; b++) {
			const struct snp_vector *va = &snp_vectors[a], *vb = &snp_vectors[b];
			if (a == b || !snp_vector_available(va) || !snp_vector_available(vb))
				continue;
			load(&mine, va);
			load(&other, vb);
			struct snp_run r =
			    snp_examine(buf_view(&mine.report), buf_view(&other.collateral), GENUINE, vb->at, vb->at);
			if (va->vlek != vb->vlek)
				snp_expect(&r, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
			else
				snp_expect(&r, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
			unload(&mine);
			unload(&other);
		}
}

/* Its own leaf, with the chain of another product or of the other kind of leaf. */
static void refuses_another_chain(void **state)
{
	static const char *const chains[] = {
	    "amd-ask-ark-milan.pem", "amd-ask-ark-genoa.pem", "amd-ask-ark-turin.pem", "amd-ask-ark-milan-vlek.pem"};

	(void)state;
	for (size_t k = 0; k < SNP_VECTORS; k++)
		for (size_t c = 0; c < COUNT_OF(chains) && snp_vector_available(&snp_vectors[k]); c++) {
			const struct snp_vector *v = &snp_vectors[k];
			struct snp_collateral parts = {0};
			struct buf report = {0};
			snp_file(&report, v->report);
			snp_collateral_add_file(&parts, v->leaf);
			snp_collateral_add_file(&parts, chains[c]);
			struct buf collateral = snp_collateral_encode(&parts);
			struct snp_run r = snp_examine(buf_view(&report), buf_view(&collateral), GENUINE, v->at, v->at);
			if (strcmp(chains[c], v->chain) == 0)
				snp_expect(&r, ST_OK, 0);
			else
				snp_expect(&r, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
			buf_clear(&collateral);
			buf_clear(&report);
			snp_collateral_clear(&parts);
		}
}

static void expect_each_part_is_needed(const struct snp_vector *v, const struct loaded *l)
{
	struct snp_run r;

	for (size_t without = 0; without < l->parts.bundle.n; without++) {
		struct att_bundle less = l->parts.bundle;
		struct buf collateral = {0};
		less.items[without] = less.items[--less.n];
		assert_int_equal(att_bundle_encode(&collateral, &less), ST_OK);
		r = snp_examine(buf_view(&l->report), buf_view(&collateral), GENUINE, v->at, v->at);
		snp_expect(&r, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
		buf_clear(&collateral);
	}
	r = snp_examine(buf_view(&l->report), (struct slice){0}, GENUINE, v->at, v->at);
	snp_expect(&r, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	r = snp_examine(buf_view(&l->report), slice_str("not a bundle"), GENUINE, v->at, v->at);
	snp_expect(&r, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
}

static void names_what_is_missing(void **state)
{
	(void)state;
	each(expect_each_part_is_needed);
}

/* One bag for all parties: everything AMD and Intel issued to anyone here, and bytes that are no certificate. */
static void finds_its_own_in_a_full_bag(void **state)
{
	struct snp_collateral parts = {0};

	(void)state;
	snp_collateral_add(&parts, ATT_ITEM_CERTIFICATE, slice_str("no certificate"));
	snp_collateral_add(&parts, ATT_ITEM_CRL, slice_str("no CRL"));
	for (size_t k = SNP_VECTORS; k-- > 0;)
		if (snp_vector_available(&snp_vectors[k])) {
			snp_collateral_add_file(&parts, snp_vectors[k].chain);
			snp_collateral_add_file(&parts, snp_vectors[k].leaf);
		}
	struct buf collateral = snp_collateral_encode(&parts);
	for (size_t k = 0; k < SNP_VECTORS; k++) {
		struct buf report = {0};
		if (!snp_vector_available(&snp_vectors[k]))
			continue;
		snp_file(&report, snp_vectors[k].report);
		struct snp_run r = snp_examine(
		    buf_view(&report), buf_view(&collateral), GENUINE, snp_vectors[k].at, snp_vectors[k].at);
		snp_expect(&r, ST_OK, 0);
		buf_clear(&report);
	}
	buf_clear(&collateral);
	snp_collateral_clear(&parts);
}

/* Altered VCEKs of the vectors: the right issuer's name, a signature that the ASK did not make. */
static void refuses_the_hostile_vceks(void **state)
{
	static const char *const hostile[] = {"hostile-vcek-legacy.der", "hostile-vcek-new.der"};

	(void)state;
	for (size_t h = 0; h < COUNT_OF(hostile); h++) {
		struct buf probe = {0};
		if (!snp_file(&probe, hostile[h])) {
			print_message("the shared vectors are not here\n");
			skip();
		}
		buf_clear(&probe);
		for (size_t k = 0; k < SNP_VECTORS; k++) {
			const struct snp_vector *v = &snp_vectors[k];
			struct snp_collateral parts = {0};
			struct buf report = {0};
			if (v->vlek || v->root != ATT_ROOT_AMD_MILAN || !snp_file(&report, v->report))
				continue;
			snp_collateral_add_file(&parts, hostile[h]);
			snp_collateral_add_file(&parts, v->chain);
			struct buf collateral = snp_collateral_encode(&parts);
			struct snp_run r = snp_examine(buf_view(&report), buf_view(&collateral), GENUINE, v->at, v->at);
			snp_expect(&r, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
			buf_clear(&collateral);
			buf_clear(&report);
			snp_collateral_clear(&parts);
		}
	}
}

/* What a policy says of genuine evidence: debug, VLEK and VMPL 1 are refused unless it permits them by name. */
static void expect_appraisal(const struct snp_vector *v, const struct loaded *l)
{
	static const struct tee_rules strict;
	const struct tee_rules open = {.vmpl_max = 1, .vlek = true};
	struct att_reference ref = {.kind = TEE_SNP, .rules = &strict};
	struct att_finding f = {0};
	struct snp_run r = run_at(l, v->at, v->at);
	const struct att_time now = {v->at, v->at};

	snp_expect(&r, ST_OK, 0);
	enum status st = att_appraise(&r.claims, &ref, NULL, now, NULL, &f);
	assert_int_equal(st, v->debug ? ST_ATT_DEBUG : v->vlek ? ST_ATT_PLATFORM : ST_OK);
	ref.rules = &open;
	ref.debug_permitted = true;
	memset(&f, 0, sizeof f);
	assert_int_equal(att_appraise(&r.claims, &ref, NULL, now, NULL, &f), ST_OK);
}

static void a_policy_decides_on_debug_vlek_and_vmpl(void **state)
{
	(void)state;
	each(expect_appraisal);
}

static int start(void **state)
{
	(void)state;
	return crypto_init() == ST_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_vector_gets_its_verdict),
	    cmocka_unit_test(refuses_every_time_outside_the_chain),
	    cmocka_unit_test(refuses_every_other_pinned_root),
	    cmocka_unit_test(refuses_the_collateral_of_another_report),
	    cmocka_unit_test(refuses_another_chain),
	    cmocka_unit_test(names_what_is_missing),
	    cmocka_unit_test(finds_its_own_in_a_full_bag),
	    cmocka_unit_test(refuses_the_hostile_vceks),
	    cmocka_unit_test(a_policy_decides_on_debug_vlek_and_vmpl),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
