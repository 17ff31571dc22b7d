/* policy/sealed.h: the signed file. */
#include "base/cbor.h"

#include "sealed_tests.h"

static int allocations_left = -1; /* -1: all succeed */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);

static bool fails(void)
{
	if (allocations_left < 0)
		return false;
	return allocations_left == 0 || allocations_left-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

static void assert_unsigned(struct fixture *f, struct slice file, enum status expected, const char *says)
{
	struct problem problem = {0};

	assert_int_equal(policy_file_verify(f->p, file, &problem), expected);
	assert_int_equal(problem.st, expected);
	assert_non_null(strstr(problem.message, says));
}

static void all_signatures_verify(void **state)
{
	struct fixture *f = *state;
	struct slice payload;
	uint32_t signers = 0;

	assert_int_equal(policy_file_parse(buf_view(&f->file), &payload), ST_OK);
	assert_slice_equal(payload, buf_view(&f->payload));
	assert_int_equal(policy_file_verify(f->p, buf_view(&f->file), NULL), ST_OK);
	assert_int_equal(policy_file_signers(f->p, buf_view(&f->file), &signers), ST_OK);
	assert_int_equal(signers, 7);
}

/* In whatever order they sign, and however often, the file is the same. */
static void signing_one_by_one_gives_the_same_file(void **state)
{
	static const unsigned order[] = {2, 0, 2, 1, 0};
	struct fixture *f = *state;
	struct buf file = {0}, next = {0};
	uint32_t signers, expected = 0;

	policy_file_wrap(&file, buf_view(&f->payload));
	assert_int_equal(policy_file_signers(f->p, buf_view(&file), &signers), ST_OK);
	assert_int_equal(signers, 0);
	assert_unsigned(f, buf_view(&file), ST_POLICY_UNSIGNED, "north has not signed");
	for (unsigned i = 0; i < COUNT_OF(order); i++) {
		buf_reset(&next);
		assert_int_equal(policy_file_sign(&next, f->p, buf_view(&file), f->keys.approve_sk[order[i]]), ST_OK);
		struct buf swap = file;
		file = next, next = swap;
		expected |= 1u << order[i];
		assert_int_equal(policy_file_signers(f->p, buf_view(&file), &signers), ST_OK);
		assert_int_equal(signers, expected);
		if (i == 1)
			assert_unsigned(f, buf_view(&file), ST_POLICY_UNSIGNED, "south has not signed");
	}
	assert_slice_equal(buf_view(&file), buf_view(&f->file));
	buf_clear(&file);
	buf_clear(&next);
}

static void only_approve_keys_sign(void **state)
{
	struct fixture *f = *state;
	struct test_keys others;
	struct buf out = {0};

	test_keys_from_seed(&others, 99);
	assert_int_equal(policy_file_sign(&out, f->p, buf_view(&f->payload), others.approve_sk[0]), ST_KEY);
	assert_int_equal(policy_file_sign(&out, f->p, buf_view(&f->payload), f->keys.endorse_sk[0]), ST_KEY_ROLE);
	assert_int_equal(policy_file_sign(&out, f->p, buf_view(&f->payload), f->keys.root_sk), ST_KEY);
	assert_int_equal(out.len, 0);
	test_payload_sign(buf_view(&f->payload), &others, &out);
	assert_unsigned(f, buf_view(&out), ST_POLICY_UNSIGNED, "no party's approve key");
	buf_clear(&out);
}

static int compare_kids(const void *a, const void *b)
{
	return memcmp(a, b, ED25519_PUBLIC_LEN);
}

static void sign_with(struct fixture *f, const uint8_t *const *sks, size_t n, const char *label, struct buf *file)
{
	struct cose_signature sigs[8];

	for (size_t i = 0; i < n; i++)
		assert_int_equal(cose_sign_make(&sigs[i], label, buf_view(&f->payload), sks[i]), ST_OK);
	qsort(sigs, n, sizeof *sigs, compare_kids);
	cose_sign_encode(file, buf_view(&f->payload), sigs, n);
}

static void an_endorse_key_does_not_approve(void **state)
{
	struct fixture *f = *state;
	const uint8_t *sks[] = {f->keys.approve_sk[0], f->keys.approve_sk[1], f->keys.endorse_sk[2]};
	struct buf file = {0};

	sign_with(f, sks, 3, POLICY_APPROVE_LABEL, &file);
	assert_unsigned(f, buf_view(&file), ST_KEY_ROLE, "an endorse key has signed");
	buf_clear(&file);
}

static void a_signature_too_many_is_refused(void **state)
{
	struct fixture *f = *state;
	struct test_keys others;
	struct buf file = {0};

	test_keys_from_seed(&others, 99);
	const uint8_t *sks[] = {
	    f->keys.approve_sk[0], f->keys.approve_sk[1], f->keys.approve_sk[2], others.approve_sk[0]};
	sign_with(f, sks, 4, POLICY_APPROVE_LABEL, &file);
	assert_unsigned(f, buf_view(&file), ST_POLICY_UNSIGNED, "no party's approve key");
	buf_clear(&file);
}

static void a_signature_under_another_label_is_refused(void **state)
{
	struct fixture *f = *state;
	const uint8_t *sks[] = {f->keys.approve_sk[0], f->keys.approve_sk[1], f->keys.approve_sk[2]};
	struct buf file = {0};
	uint32_t signers = 9;

	sign_with(f, sks, 3, "parley/endorse/v1", &file);
	assert_unsigned(f, buf_view(&file), ST_POLICY_UNSIGNED, "is wrong");
	assert_int_equal(policy_file_signers(f->p, buf_view(&file), &signers), ST_OK);
	assert_int_equal(signers, 0);
	buf_clear(&file);
}

static void every_truncation_of_the_file_is_refused(void **state)
{
	struct fixture *f = *state;
	struct slice payload = {0};

	for (size_t n = 0; n < f->file.len; n++) {
		assert_int_equal(policy_file_parse(slice_of(f->file.ptr, n), &payload), ST_PLAN_FORMAT);
		assert_null(payload.ptr);
	}
}

static void every_bit_flip_of_the_file_is_refused(void **state)
{
	struct fixture *f = *state;

	for (size_t bit = 0; bit < 8 * f->file.len; bit++) {
		f->file.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(policy_file_verify(f->p, buf_view(&f->file), NULL), ST_OK);
		f->file.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void a_file_too_large_is_refused(void **state)
{
	struct fixture *f = *state;
	size_t len = POLICY_SEALED_MAX + 1;
	uint8_t *bytes = calloc(1, len + 8192);
	struct buf file = {0};
	struct slice payload;

	test_payload_sign(slice_of(bytes, len), &f->keys, &file);
	assert_int_equal(policy_file_parse(buf_view(&file), &payload), ST_PLAN_LIMIT);
	assert_int_equal(policy_file_parse(slice_of(bytes, len), &payload), ST_PLAN_LIMIT);
	assert_int_equal(policy_file_parse(slice_of(bytes, len + 8192), &payload), ST_PLAN_LIMIT);
	assert_int_equal(policy_file_verify(f->p, buf_view(&file), NULL), ST_PLAN_LIMIT);
	buf_clear(&file);
	free(bytes);
}

static void no_memory_is_said(void **state)
{
	struct fixture *f = *state;
	enum status st = ST_NO_MEMORY;
	struct buf out = {0};
	int n = 0;

	for (; st == ST_NO_MEMORY; n++) {
		allocations_left = n;
		st = policy_encode(&out, f->p);
		allocations_left = -1;
		buf_clear(&out);
	}
	assert_int_equal(st, ST_OK);
	assert_true(n > 3);
	for (n = 0, st = ST_NO_MEMORY; st == ST_NO_MEMORY; n++) {
		allocations_left = n;
		st = policy_file_sign(&out, f->p, buf_view(&f->payload), f->keys.approve_sk[0]);
		allocations_left = -1;
		buf_clear(&out);
	}
	assert_int_equal(st, ST_OK);
	assert_true(n > 3);
	for (n = 0, st = ST_NO_MEMORY; st == ST_NO_MEMORY; n++) {
		allocations_left = n;
		st = policy_file_verify(f->p, buf_view(&f->file), NULL);
		allocations_left = -1;
	}
	assert_int_equal(st, ST_OK);
	assert_true(n > 1);
}

static void decoding_allocates_nothing(void **state)
{
	struct fixture *f = *state;

	allocations_left = 0;
	enum status st = policy_decode(f->decoded, buf_view(&f->payload), NULL);
	allocations_left = -1;
	assert_int_equal(st, ST_OK);
}

/* Providers approve like parties; without one of them the policy is nobody's. */
static void providers_sign_too(void **state)
{
	struct fixture *f = *state;
	struct test_provider clinic, doctor;
	struct buf payload = {0}, file = {0}, next = {0}, whole = {0};
	uint32_t signers;

	test_policy_add_provider(f->p, &clinic, "clinic");
	test_policy_add_provider(f->p, &doctor, "doctor");
	test_policy_seal(f->p, &f->keys, &payload, &file);
	assert_int_equal(decode_and_compare(f, buf_view(&payload), NULL), ST_OK);
	assert_int_equal(f->decoded->n_providers, 2);
	assert_string_equal(policy_source_id(f->decoded, 4), "doctor");
	assert_int_equal(policy_source_index(f->decoded, "clinic"), 3);
	assert_int_equal(policy_source_index(f->decoded, "nobody"), -1);
	assert_unsigned(f, buf_view(&file), ST_POLICY_UNSIGNED, "clinic has not signed");
	assert_int_equal(policy_file_sign(&next, f->p, buf_view(&file), clinic.endorse_sk), ST_KEY_ROLE);
	assert_int_equal(policy_file_sign(&next, f->p, buf_view(&file), clinic.approve_sk), ST_OK);
	assert_unsigned(f, buf_view(&next), ST_POLICY_UNSIGNED, "doctor has not signed");
	assert_int_equal(policy_file_sign(&whole, f->p, buf_view(&next), doctor.approve_sk), ST_OK);
	assert_int_equal(policy_file_verify(f->p, buf_view(&whole), NULL), ST_OK);
	assert_int_equal(policy_file_signers(f->p, buf_view(&whole), &signers), ST_OK);
	assert_int_equal(signers, 31);
	struct buf *all[] = {&payload, &file, &next, &whole};
	for (size_t i = 0; i < COUNT_OF(all); i++)
		buf_clear(all[i]);
}

int run_file_tests(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(all_signatures_verify),
	    TEST(signing_one_by_one_gives_the_same_file),
	    TEST(only_approve_keys_sign),
	    TEST(an_endorse_key_does_not_approve),
	    TEST(a_signature_too_many_is_refused),
	    TEST(a_signature_under_another_label_is_refused),
	    TEST(every_truncation_of_the_file_is_refused),
	    TEST(every_bit_flip_of_the_file_is_refused),
	    TEST(a_file_too_large_is_refused),
	    TEST(providers_sign_too),
	    TEST(no_memory_is_said),
	    TEST(decoding_allocates_nothing),
	};
	return cmocka_run_group_tests_name("policy/sealed.h: file", tests, NULL, NULL);
}
