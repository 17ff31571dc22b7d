/* Every allocation of ours and of libcrypto fails in turn: a refusal, or the same claims; no claims on a refusal, no leak. */
#include "world.h"

#include "../../support/failing_crypto.h"
#include "../../support/test.h"

enum { ALL_UP_TO = 300, STRIDE = 11, ENOUGH = 60000 };

static struct att_anchor anchor = {.root = ATT_ROOT_INTEL_SGX};

static enum status examine(const struct world *w, struct att_claims *c)
{
	struct att_anchors anchors = {&anchor, 1};
	struct att_input in = {.evidence = buf_view(&w->quote),
	    .collateral = buf_view(&w->bundle),
	    .anchors = &anchors,
	    .now = {1748736000, 1748736000}};
	struct att_finding f = {0};

	return att_examine(c, w->kind, &in, &f);
}

static void every_failing_allocation(void **state)
{
	struct att_claims good, c;
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	world_expect(&w, ST_OK, 0);
	struct buf der = pki_root("Intel SGX Root CA", w.keys[KEY_ROOT]);
	struct x509 *root = pki_parse(&der);
	x509_pin(anchor.pin, root);
	x509_free(root);
	buf_clear(&der);
	assert_int_equal(examine(&w, &good), ST_OK); /* what the library keeps, it has by now */
	for (long k = 0;; k += k < ALL_UP_TO ? 1 : STRIDE) {
		assert_true(k < ENOUGH);
		c = (struct att_claims){.kind = TEE_TPM};
		allocations_left = k;
		enum status st = examine(&w, &c);
		long left = allocations_left;
		allocations_left = -1;
		assert_int_equal(c.kind, st == ST_OK ? TEE_TDX : TEE_TPM);
		if (st != ST_OK)
			continue;
		assert_int_equal(c.tcb_status, good.tcb_status);
		assert_int_equal(c.valid_from, good.valid_from);
		assert_int_equal(c.valid_to, good.valid_to);
		assert_int_equal(c.n_values, good.n_values);
		if (left > 0) {
			assert_true(k > ALL_UP_TO);
			break;
		}
	}
	world_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_failing_allocation)};

	if (!failing_crypto())
		return 1;
	return cmocka_run_group_tests_name("dcap without memory", tests, NULL, NULL);
}
