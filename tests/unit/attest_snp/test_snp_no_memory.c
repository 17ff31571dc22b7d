/*
 * Allocations of ours and of libcrypto fail, one after the other (every seventh: there are thousands). The library does without some of them, and then
 * the claims are those of a run with all; otherwise they are untouched, and nothing leaks under the sanitizer.
 */
#include "../../kat/snp/snp_vectors.h"
#include "../../support/test.h"

#include "../../support/failing_crypto.h"

enum { STRIDE = 7 };

static struct buf report, collateral;
static int64_t at;

static struct att_claims genuine;

static enum status examine(struct att_claims *claims)
{
	struct att_finding f = {0};
	const struct att_input in = {.evidence = buf_view(&report),
	    .collateral = buf_view(&collateral),
	    .anchors = &att_anchors_production,
	    .now = {at, at}};
	enum status st = att_examine(claims, TEE_SNP, &in, &f);

	assert_int_equal(f.st, st);
	return st;
}

/* How often the run with allocation n failing was refused, and how often by the name of it; false when there was none to fail. */
static bool fail_at(long n, size_t *refused, size_t *said)
{
	static const struct att_claims untouched;
	struct att_claims claims = untouched;

	allocations_left = n;
	enum status st = examine(&claims);
	bool enough = allocations_left > 0;
	allocations_left = -1;
	*refused += st != ST_OK;
	*said += st == ST_NO_MEMORY;
	if (st != ST_OK)
		assert_memory_equal(&claims, &untouched, sizeof claims);
	else
		assert_memory_equal(&claims, &genuine, sizeof claims);
	return !enough;
}

static void no_claim_without_memory(void **state)
{
	size_t refused = 0, said = 0;
	long n = 0;

	(void)state;
	memset(&genuine, 0, sizeof genuine);
	assert_int_equal(examine(&genuine), ST_OK);
	while (fail_at(n, &refused, &said))
		n += STRIDE;
	print_message(
	    "%ld allocations, %zu of %ld failures refused, %zu by their name\n", n, refused, n / STRIDE, said);
	assert_true(n > 1000 && refused > 100 && said > 50);
}

static int start(void **state)
{
	const struct snp_vector *v = &snp_vectors[SNP_VECTORS - 1];
	struct snp_collateral parts = {0};

	(void)state;
	if (!failing_crypto() || crypto_init() != ST_OK ||
	    !snp_file(&report, v->report))
		return -1;
	snp_collateral_add_file(&parts, v->leaf);
	snp_collateral_add_file(&parts, v->chain);
	collateral = snp_collateral_encode(&parts);
	snp_collateral_clear(&parts);
	at = v->at;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	buf_clear(&report);
	buf_clear(&collateral);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_claim_without_memory),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
