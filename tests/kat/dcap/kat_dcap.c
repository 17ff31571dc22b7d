/* Quotes from the field, each at its T: the verdict of the vectors' table, with the check named; and what must change it. */
#include "dcap_vectors.h"

#include "../../support/test.h"

static void assert_hex(const char *expected, const void *bytes, size_t len)
{
	char *hex = malloc(2 * len + 1);

	assert_non_null(hex);
	hex_encode(hex, slice_of(bytes, len));
	assert_string_equal(hex, expected);
	free(hex);
}

static void assert_advisories(const char *expected, const struct att_claims *c)
{
	char all[ATT_ADVISORIES_MAX * (TEE_ADVISORY_MAX + 2)] = "";

	for (size_t i = 0; i < c->n_advisories; i++) {
		strcat(all, i ? " " : "");
		strcat(all, c->advisories[i]);
	}
	assert_string_equal(all, expected);
}

static void assert_claims(const struct dcap_vector *v, const struct att_claims *c)
{
	assert_int_equal(c->kind, v->kind);
	assert_int_equal(c->tcb_status, v->status);
	assert_int_equal(c->debug, v->debug);
	assert_int_equal(c->valid_from, dcap_time(v->from));
	assert_int_equal(c->valid_to, dcap_time(v->to));
	assert_advisories(v->advisories, c);
	assert_int_equal(c->evaluation, v->evaluation);
	assert_string_equal(c->product, v->product);
	assert_hex(v->fmspc, c->fmspc, sizeof c->fmspc);
	assert_int_equal(c->attributes, v->attributes);
	assert_int_equal(c->platform, v->platform);
	assert_int_equal(c->report_data_len, 64);
	assert_hex(v->report_data, c->report_data, 64);
	assert_false(c->has_issued || c->bound_elsewhere || c->migratable || c->memory_unlocked);
	if (v->tee_tcb_svn)
		assert_hex(v->tee_tcb_svn, c->tee_tcb_svn, sizeof c->tee_tcb_svn);
	for (size_t i = 0; i < COUNT_OF(v->values) && v->values[i].hex; i++) {
		const struct tee_value *value = att_value(c, v->values[i].reg);
		assert_non_null(value);
		assert_int_equal(value->len, tee_register_info(v->kind, v->values[i].reg).len);
		assert_hex(v->values[i].hex, value->bytes, value->len);
	}
}

static void every_vector_has_its_verdict(void **state)
{
	size_t absent = 0;

	(void)state;
	for (size_t i = 0; i < dcap_vectors_n; i++) {
		const struct dcap_vector *v = &dcap_vectors[i];
		struct dcap_case c;
		if (!dcap_load(&c, v)) {
			absent++;
			continue;
		}
		struct dcap_run run = dcap_run(&c);
		dcap_expect(&run, v->st, v->check);
		if (v->st == ST_OK)
			assert_claims(v, &run.claims);
		dcap_unload(&c);
	}
	if (absent)
		print_message("%zu vectors are not here: ../shared/vectors\n", absent);
}

/* ---- time ---- */
static struct dcap_run run_between(const struct dcap_case *c, int64_t earliest_s, int64_t latest_s)
{
	struct buf bundle = dcap_bundle(c);
	struct dcap_run run = dcap_examine(
	    c->v->kind, buf_view(&c->quote), buf_view(&bundle), &att_anchors_production, earliest_s, latest_s);

	buf_clear(&bundle);
	return run;
}

static void window_is_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < dcap_vectors_n; i++) {
		const struct dcap_vector *v = &dcap_vectors[i];
		struct dcap_case c;
		if (v->st != ST_OK || !dcap_load(&c, v))
			continue;
		int64_t from = dcap_time(v->from), to = dcap_time(v->to);
		const struct {
			int64_t earliest, latest;
			enum status st;
		} times[] = {
		    {from, from, ST_OK},
		    {to, to, ST_OK},
		    {from, to, ST_OK},
		    {from - 1, from - 1, ST_ATT_VALIDITY},
		    {to + 1, to + 1, ST_ATT_VALIDITY},
		    {from - 1, from, ST_ATT_VALIDITY},
		    {to, to + 1, ST_ATT_VALIDITY},
		    {0, 0, ST_ATT_VALIDITY},
		    {INT64_MAX, INT64_MAX, ST_ATT_VALIDITY},
		    {INT64_MIN, INT64_MAX, ST_ATT_VALIDITY},
		};
		for (size_t k = 0; k < COUNT_OF(times); k++) {
			struct dcap_run run = run_between(&c, times[k].earliest, times[k].latest);
			dcap_expect(&run, times[k].st, ATT_CHECK_VALIDITY);
		}
		dcap_unload(&c);
	}
}

/* Each window in turn is the one that ends: certificates of the chain last for years, so the year 2040 is theirs to refuse. */
static void chain_expires_too(void **state)
{
	struct dcap_case c;

	(void)state;
	assert_true(dcap_load(&c, dcap_vector("phala-tdx")));
	for (size_t n = c.parts.n; n > 0; n--) { /* no collateral at all: the chain is what is looked at first */
		free(c.parts.items[n - 1].bytes);
		c.parts.n--;
	}
	struct dcap_run run = run_between(&c, dcap_time("2034-01-01T00:00:00Z"), dcap_time("2034-01-01T00:00:00Z"));
	dcap_expect(&run, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	run = run_between(&c, dcap_time("2050-01-01T00:00:00Z"), dcap_time("2050-01-01T00:00:00Z"));
	dcap_expect(&run, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	run = run_between(&c, dcap_time("2018-05-01T00:00:00Z"), dcap_time("2018-05-01T00:00:00Z"));
	dcap_expect(&run, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	dcap_unload(&c);
}

/* ---- roots ---- */
static void only_the_pinned_root(void **state)
{
	struct att_anchor altered = {.root = ATT_ROOT_INTEL_SGX}, misplaced = {0};
	struct dcap_case c;

	(void)state;
	assert_true(dcap_load(&c, dcap_vector("phala-tdx")));
	struct buf bundle = dcap_bundle(&c);
	for (size_t i = 0; i < att_anchors_production.n; i++)
		if (att_anchors_production.list[i].root == ATT_ROOT_INTEL_SGX)
			altered = misplaced = att_anchors_production.list[i];
	misplaced.root = ATT_ROOT_AMD_MILAN;
	altered.pin[31] ^= 1;
	const struct att_anchors wrong[] = {{NULL, 0}, {&misplaced, 1}, {&altered, 1}};
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct dcap_run run =
		    dcap_examine(TEE_TDX, buf_view(&c.quote), buf_view(&bundle), &wrong[i], c.at_s, c.at_s);
		dcap_expect(&run, ST_ATT_CHAIN, ATT_CHECK_ROOT);
	}
	buf_clear(&bundle);
	dcap_unload(&c);
}

static void kind_is_the_quotes(void **state)
{
	struct dcap_case c;

	(void)state;
	assert_true(dcap_load(&c, dcap_vector("phala-tdx")));
	struct buf bundle = dcap_bundle(&c);
	struct dcap_run run =
	    dcap_examine(TEE_SGX, buf_view(&c.quote), buf_view(&bundle), &att_anchors_production, c.at_s, c.at_s);
	dcap_expect(&run, ST_ATT_FORMAT, ATT_CHECK_KIND);
	buf_clear(&bundle);
	dcap_unload(&c);
}

/* ---- collateral ---- */
static bool is_crl_of(const struct collateral_item *item, const char *issuer)
{
	struct x509_crl *crl = NULL;
	bool is = item->type == ATT_ITEM_CRL && x509_crl_parse(&crl, slice_of(item->bytes, item->len)) == ST_OK &&
		  strcmp(x509_crl_facts(crl)->issuer_cn, issuer) == 0;

	x509_crl_free(crl);
	return is;
}

static bool is_certificate_of(const struct collateral_item *item, const char *subject)
{
	struct x509 *c = NULL;
	bool is = item->type == ATT_ITEM_CERTIFICATE && x509_parse(&c, slice_of(item->bytes, item->len)) == ST_OK &&
		  strcmp(x509_facts(c)->subject_cn, subject) == 0;

	x509_free(c);
	return is;
}

enum what { PCK_CRL, ROOT_CRL, TCB_INFO, QE_IDENTITY, SIGNER, PCK_CA_CERTIFICATE, ROOT_CERTIFICATE, WHAT_COUNT };
static const char *const pck_cas[] = {"Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA"};

static bool is_what(const struct collateral_item *item, enum what what)
{
	switch (what) {
	case PCK_CRL:
		return is_crl_of(item, pck_cas[0]) || is_crl_of(item, pck_cas[1]);
	case ROOT_CRL:
		return is_crl_of(item, "Intel SGX Root CA");
	case TCB_INFO:
		return item->type == ATT_ITEM_TCB_INFO;
	case QE_IDENTITY:
		return item->type == ATT_ITEM_QE_IDENTITY;
	case SIGNER:
		return is_certificate_of(item, "Intel SGX TCB Signing");
	case PCK_CA_CERTIFICATE:
		return is_certificate_of(item, pck_cas[0]) || is_certificate_of(item, pck_cas[1]);
	case ROOT_CERTIFICATE:
		return is_certificate_of(item, "Intel SGX Root CA");
	case WHAT_COUNT:
		break;
	}
	return false;
}

static void take_away(struct collateral *parts, enum what what)
{
	for (size_t i = 0; i < parts->n;)
		if (is_what(&parts->items[i], what)) {
			free(parts->items[i].bytes);
			parts->items[i] = parts->items[--parts->n];
		} else {
			i++;
		}
}

static void put_in(struct collateral *parts, const struct collateral *from, enum what what)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct collateral_item *item = &from->items[i];
		if (is_what(item, what))
			assert_int_equal(
			    collateral_add(parts, item->type, slice_of(item->bytes, item->len), item->signature, 0),
			    ST_OK);
	}
}

/* What is missing is said; the certificates that a quote carries itself are not missed. */
static void each_item_is_missed(void **state)
{
	static const struct {
		enum status st;
		enum att_check check;
	} without[WHAT_COUNT] = {
	    [PCK_CRL] = {ST_ATT_COLLATERAL, ATT_CHECK_REVOCATION},
	    [ROOT_CRL] = {ST_ATT_COLLATERAL, ATT_CHECK_REVOCATION},
	    [TCB_INFO] = {ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	    [QE_IDENTITY] = {ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	    [SIGNER] = {ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	    [PCK_CA_CERTIFICATE] = {ST_OK, 0},
	    [ROOT_CERTIFICATE] = {ST_OK, 0},
	};

	(void)state;
	for (size_t i = 0; i < dcap_vectors_n; i++)
		for (enum what what = 0; dcap_vectors[i].st == ST_OK && what < WHAT_COUNT; what++) {
			struct dcap_case c;
			if (!dcap_load(&c, &dcap_vectors[i]))
				continue;
			take_away(&c.parts, what);
			struct dcap_run run = dcap_run(&c);
			dcap_expect(&run, without[what].st, without[what].check);
			dcap_unload(&c);
		}
}

/* In place of what: that of another set, genuine and valid at its own time. */
static void expect_swapped(const char *name, enum what what, const char *from, enum status st, enum att_check check)
{
	struct dcap_case c, other;

	if (!dcap_load(&c, dcap_vector(name)))
		return;
	if (dcap_load(&other, dcap_vector(from))) {
		take_away(&c.parts, what);
		put_in(&c.parts, &other.parts, what);
		struct dcap_run run = dcap_run(&c);
		dcap_expect(&run, st, check);
		dcap_unload(&other);
	}
	dcap_unload(&c);
}

static void each_item_is_its_own_sets(void **state)
{
	(void)state;
	expect_swapped(
	    "phala-tdx", QE_IDENTITY, "phala-sgx", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL); /* QE for TD_QE */
	expect_swapped("phala-sgx", QE_IDENTITY, "phala-tdx", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	expect_swapped(
	    "phala-tdx", TCB_INFO, "phala-sgx", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL); /* SGX, other FMSPC */
	expect_swapped(
	    "phala-sgx", TCB_INFO, "mobilecoin-sgx", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL); /* other FMSPC */
	expect_swapped(
	    "google-tdx5", TCB_INFO, "phala-tdx", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL); /* the same, TDX */
	expect_swapped(
	    "phala-tdx", PCK_CRL, "phala-sgx", ST_ATT_COLLATERAL, ATT_CHECK_REVOCATION); /* Processor for Platform */
	expect_swapped("phala-sgx", PCK_CRL, "phala-tdx", ST_ATT_COLLATERAL, ATT_CHECK_REVOCATION);
	expect_swapped("phala-sgx", PCK_CRL, "mobilecoin-sgx", ST_ATT_VALIDITY, ATT_CHECK_VALIDITY); /* an old one */
	expect_swapped("phala-sgx", ROOT_CRL, "mobilecoin-sgx", ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	expect_swapped("phala-tdx", QE_IDENTITY, "coco-debug-td", ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	expect_swapped(
	    "phala-tdx", SIGNER, "mobilecoin-sgx", ST_ATT_VALIDITY, ATT_CHECK_VALIDITY); /* expired, same key */
}

/* A bag: every set at once, in both orders; the first that is valid at T is taken. */
static void a_bag_of_sets_is_sorted_out(void **state)
{
	static const char *const names[] = {
	    "phala-tdx", "phala-sgx", "automata-sgx", "google-tdx5", "coco-debug-td", "automata-tdx4-padded"};
	struct collateral all = {0};
	struct dcap_case c;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (!dcap_load(&c, dcap_vector(names[i])))
			continue;
		for (enum what what = 0; what < WHAT_COUNT; what++)
			put_in(&all, &c.parts, what);
		dcap_unload(&c);
	}
	for (int backwards = 0; backwards < 2; backwards++) {
		for (size_t i = 0; i < COUNT_OF(names); i++) {
			if (!dcap_load(&c, dcap_vector(names[i])))
				continue;
			collateral_clear(&c.parts);
			c.parts = all;
			struct dcap_run run = dcap_run(&c);
			assert_int_equal(run.st, ST_OK);
			assert_int_equal(run.claims.tcb_status, c.v->status);
			c.parts = (struct collateral){0};
			dcap_unload(&c);
		}
		for (size_t i = 0; i < all.n / 2; i++) {
			struct collateral_item swap = all.items[i];
			all.items[i] = all.items[all.n - 1 - i];
			all.items[all.n - 1 - i] = swap;
		}
	}
	collateral_clear(&all);
}

/* Old collateral that is still unexpired is stopped by its evaluation number, in appraisal. */
static void evaluation_number_is_for_the_policy(void **state)
{
	struct dcap_case c;

	(void)state;
	assert_true(dcap_load(&c, dcap_vector("phala-tdx")));
	struct dcap_run run = dcap_run(&c);
	dcap_expect(&run, ST_OK, 0);
	for (uint32_t min = 16; min <= 18; min++) {
		struct tee_rules rules = {.min_evaluation = min};
		struct att_reference ref = {.kind = TEE_TDX, .rules = &rules};
		struct att_finding f = {0};
		enum status st = att_appraise(&run.claims, &ref, NULL, (struct att_time){c.at_s, c.at_s}, NULL, &f);
		assert_int_equal(st, min <= 17 ? ST_OK : ST_ATT_TCB);
		if (st != ST_OK)
			assert_int_equal(f.check, ATT_CHECK_TCB_MINIMUM);
	}
	dcap_unload(&c);
}

static void no_bundle_at_all(void **state)
{
	struct dcap_case c;

	(void)state;
	assert_true(dcap_load(&c, dcap_vector("phala-sgx")));
	struct dcap_run run =
	    dcap_examine(TEE_SGX, buf_view(&c.quote), (struct slice){0}, &att_anchors_production, c.at_s, c.at_s);
	dcap_expect(&run, ST_ATT_COLLATERAL, ATT_CHECK_REVOCATION);
	run =
	    dcap_examine(TEE_SGX, buf_view(&c.quote), slice_str("no bundle"), &att_anchors_production, c.at_s, c.at_s);
	dcap_expect(&run, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	dcap_unload(&c);
}

/* ---- where the PCK certificate is ---- */
/* Certification data is not signed: the same genuine quote, naming its platform instead of carrying the chain. */
static void strip_chain(struct dcap_case *c, unsigned type, struct buf *pem)
{
	const uint8_t *data = c->quote.ptr + 48 + 384 + 4;
	size_t auth = (size_t)data[576] | (size_t)data[577] << 8, at = 48 + 384 + 4 + 578 + auth;
	uint8_t *p = c->quote.ptr + at;
	size_t len = (size_t)p[2] | (size_t)p[3] << 8;

	buf_append(pem, p + 6, len);
	if (pem->ptr[pem->len - 1] == 0)
		pem->len--;
	p[0] = (uint8_t)type, p[1] = 0;
	p[2] = 36, p[3] = p[4] = p[5] = 0; /* PPID, CPUSVN, PCESVN, PCEID: nobody reads them */
	c->quote.len = at + 6 + 36;
	size_t signature_data = c->quote.len - (48 + 384 + 4);
	c->quote.ptr[432] = (uint8_t)signature_data, c->quote.ptr[433] = (uint8_t)(signature_data >> 8);
}

static void chain_may_lie_in_the_bundle(void **state)
{
	(void)state;
	for (unsigned type = 0; type <= 7; type++) {
		struct dcap_case c;
		struct buf pem = {0};
		if (type == 5)
			continue;
		assert_true(dcap_load(&c, dcap_vector("phala-sgx")));
		strip_chain(&c, type, &pem);
		struct dcap_run run = dcap_run(&c);
		bool known = type >= 1 && type <= 4;
		dcap_expect(
		    &run, known ? ST_ATT_COLLATERAL : ST_ATT_FORMAT, known ? ATT_CHECK_COLLATERAL : ATT_CHECK_FORM);
		assert_int_equal(collateral_import(&c.parts, buf_view(&pem), "pck", 0, NULL), ST_OK);
		run = dcap_run(&c);
		dcap_expect(&run, known ? ST_OK : ST_ATT_FORMAT, ATT_CHECK_FORM);
		if (known) {
			assert_claims(c.v, &run.claims);
			take_away(&c.parts, PCK_CA_CERTIFICATE);
			run = dcap_run(&c);
			dcap_expect(&run, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
		}
		buf_clear(&pem);
		dcap_unload(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_vector_has_its_verdict),
	    cmocka_unit_test(window_is_exact),
	    cmocka_unit_test(chain_expires_too),
	    cmocka_unit_test(only_the_pinned_root),
	    cmocka_unit_test(kind_is_the_quotes),
	    cmocka_unit_test(each_item_is_missed),
	    cmocka_unit_test(each_item_is_its_own_sets),
	    cmocka_unit_test(a_bag_of_sets_is_sorted_out),
	    cmocka_unit_test(evaluation_number_is_for_the_policy),
	    cmocka_unit_test(no_bundle_at_all),
	    cmocka_unit_test(chain_may_lie_in_the_bundle),
	};

	return cmocka_run_group_tests_name("kat_dcap", tests, NULL, NULL);
}
