/*
 * The real enclave: measured, launched, sandboxed, attested; the test is its host. The answer comes out, and hand-made policies
 * that everybody signed correctly are refused, each with its code.
 */
#include "wage_gap.h"

#include "../../unit/policy_rules/rules_tests.h"
#include "party_process.h"

#include <unistd.h>

static char work_dir[] = "/tmp/parley-enclave-XXXXXX";

static int setup(void **state)
{
	(void)state;
	return mkdtemp(work_dir) ? 0 : -1;
}

static int teardown(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof path, "%s/tee-root.key", work_dir);
	unlink(path);
	return rmdir(work_dir);
}

static void three_processes_compute_the_answer(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	assert_true(harness_use_processes(&h, PARLEY_BIN_DIR, work_dir));
	harness_seal(&h);
	h.window = 4;
	harness_run(&h);
	wage_assert_answer(&h);
	harness_clear(&h);
}

static void refused(struct harness *h, const char *name, const char *code)
{
	harness_run(h);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		const struct harness_party *p = &h->party[i];
		if (!p->faulted || strcmp(p->fault.code, code) != 0)
			fail_msg("%s: %s instead of %s (%s)", name, p->fault.code, code, p->fault.message);
		assert_int_not_equal(p->st, ST_OK);
		assert_int_equal(p->frames[FRAME_HELLO], 0);
	}
	wage_assert_no_share(h);
}

/* One of each kind; tests/unit/party_core has them all. */
static void hostile_policies_are_refused_by_the_process(void **state)
{
	(void)state;
	bool seen[STATUS_COUNT] = {false};
	unsigned kinds = 0;

	for (size_t k = 0; k < n_spoilt; k++) {
		struct harness h;
		if (spoilt[k].st == ST_OK || seen[spoilt[k].st])
			continue;
		seen[spoilt[k].st] = true;
		kinds++;
		harness_init(&h, 1);
		wide_policy(h.made, &h.keys);
		assert_true(harness_use_processes(&h, PARLEY_BIN_DIR, work_dir));
		spoilt[k].spoil(h.made);
		test_policy_seal(h.made, &h.keys, &h.payload, NULL);
		harness_sign(&h, buf_view(&h.payload));
		refused(&h, spoilt[k].name, status_code(spoilt[k].st));
		harness_clear(&h);
	}
	assert_true(kinds >= 4);
}

static void a_measurement_that_nobody_agreed_on_is_refused(void **state)
{
	(void)state;
	struct harness h;
	bool found = false;

	wage_open(&h, 7);
	assert_true(harness_use_processes(&h, PARLEY_BIN_DIR, work_dir));
	h.made->parties[1].sets[0].values[0].bytes[0] ^= 1;
	harness_seal(&h);
	harness_run(&h);
	wage_assert_no_share(&h);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		assert_int_not_equal(h.party[i].st, ST_OK);
		found |= strcmp(h.party[i].fault.code, "ATT-0004") == 0 && strcmp(h.party[i].fault.blame, "south") == 0;
	}
	assert_true(found);
	harness_clear(&h);
}

/* A frame that is no frame: the process ends, and its peers with it. */
static bool garble(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body)
{
	(void)peer, (void)body;
	if (to != 1 || type != FRAME_EVIDENCES)
		return true;
	harness_push(h, 1, (enum frame_type)200, 0, slice_str("??"));
	return false;
}

static void a_frame_of_no_type_ends_the_process(void **state)
{
	(void)state;
	struct harness h;

	wage_open(&h, 7);
	assert_true(harness_use_processes(&h, PARLEY_BIN_DIR, work_dir));
	harness_seal(&h);
	h.deliver = garble;
	harness_run(&h);
	wage_assert_refused(&h, 1, "FMT-0003");
	wage_assert_no_share(&h);
	harness_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(three_processes_compute_the_answer), cmocka_unit_test(hostile_policies_are_refused_by_the_process),
	    cmocka_unit_test(a_measurement_that_nobody_agreed_on_is_refused), cmocka_unit_test(a_frame_of_no_type_ends_the_process),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
