/* Two phases: no part leaves an enclave before every enclave has passed its last check, whatever the coordinator says. */
#include "wage_gap.h"

/* What an enclave sends to a peer behind its last STEP is views. */
static bool is_last_view(const struct harness *h, unsigned from, enum frame_type type)
{
	return type == FRAME_PEER && h->party[from].steps == h->policy->plan.n_ops;
}

/* West never gets north's last view. South's second one shows that it has come as far as it can: then west gives up. */
static bool withhold(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body)
{
	unsigned *from_south = h->ctx;
	const struct doc_fault fault = {.code = "SES-0005", .message = "the host gives up"};
	struct buf reason = {0};

	(void)body;
	if (to != 2 || !is_last_view(h, *peer, type))
		return true;
	if (*peer == 0)
		return false;
	if (++*from_south == 2) {
		doc_put_fault(&reason, &fault);
		harness_push(h, 2, FRAME_ABORT, 0, buf_view(&reason));
		buf_clear(&reason);
	}
	return true;
}

/* A coordinator that releases each party as soon as it has confirmed. */
static void release_at_once(struct harness *h, unsigned from, enum frame_type type, uint8_t peer, struct slice body)
{
	(void)peer, (void)body;
	if (type == FRAME_CONFIRMED)
		harness_push(h, from, FRAME_RELEASE, 0, (struct slice){0});
}

static void nobody_releases_before_all_have_compared(void **state)
{
	(void)state;
	unsigned from_south = 0;
	struct harness h;

	wage_open(&h, 7);
	harness_seal(&h);
	h.ctx = &from_south;
	h.deliver = withhold;
	h.observe = release_at_once;
	harness_run(&h);
	assert_false(h.hung);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		assert_int_equal(h.party[i].steps, h.policy->plan.n_ops);
		assert_int_equal(h.party[i].frames[FRAME_CONFIRMED], 0);
		assert_int_equal(h.party[i].frames[FRAME_PART], 0);
		assert_int_not_equal(h.party[i].st, ST_OK);
	}
	harness_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nobody_releases_before_all_have_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
