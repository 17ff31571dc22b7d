/* Documents are verified behind the very filter that the enclave puts on itself: a call that it does not permit would kill. */
#include "../../support/closed_sandbox.h"

#include "program.h"
#include "samples.h"

static struct buf docs[32];

/* Twice each: what the library keeps from the first time must not need more than the filter permits either. */
static int verify_all(void)
{
	struct att_claims c;
	struct att_finding f;

	if (crypto_init() != ST_OK || sandbox_enter() != ST_OK)
		return 1;
	for (size_t i = 0; i < 2 * n_samples; i++) {
		const struct sample *s = &samples[i % n_samples];
		if (docs[i % n_samples].len && sample_examine(&c, buf_view(&docs[i % n_samples]), s->at, &f) != s->st)
			return 2;
	}
	return 42;
}

static int ask_for_a_file(void)
{
	if (crypto_init() != ST_OK || sandbox_enter() != ST_OK)
		return 1;
	return access("/", R_OK) == 0 ? 2 : 3;
}

static void every_document_behind_the_enclave_s_filter(void **state)
{
	size_t seen = 0;

	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	print_message("the sanitizer's own calls are not permitted by the filter\n");
	skip();
#endif
	assert_true(n_samples <= COUNT_OF(docs));
	for (size_t i = 0; i < n_samples; i++)
		seen += sample_load(&docs[i], &samples[i]);
	assert_true(seen >= 3);
	assert_int_equal(in_child(ask_for_a_file), -SIGSYS); /* the filter does bite */
	assert_int_equal(in_child(verify_all), 42);
	for (size_t i = 0; i < n_samples; i++)
		buf_clear(&docs[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_document_behind_the_enclave_s_filter)};

	return cmocka_run_group_tests_name("nitro documents behind the filter", tests, NULL, NULL);
}
