/* policy/sealed.h: the payload's bytes, good and hostile. */
#include "base/cbor.h"
#include "base/cbor_head.h"

#include "sealed_tests.h"

int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->p = calloc(1, sizeof *f->p);
	f->decoded = calloc(1, sizeof *f->decoded);
	if (!f->p || !f->decoded)
		return -1;
	test_keys_from_seed(&f->keys, 3);
	test_policy_fill(f->p, &f->keys);
	test_policy_seal(f->p, &f->keys, &f->payload, &f->file);
	*state = f;
	return 0;
}

int teardown(void **state)
{
	struct fixture *f = *state;

	buf_clear(&f->payload);
	buf_clear(&f->file);
	free(f->p);
	free(f->decoded);
	free(f);
	return 0;
}

enum status decode_and_compare(struct fixture *f, struct slice payload, struct problem *problem)
{
	static const struct policy zero;
	struct buf again = {0};
	enum status st = policy_decode(f->decoded, payload, problem);

	if (st == ST_OK) {
		assert_int_equal(policy_encode(&again, f->decoded), ST_OK);
		assert_slice_equal(buf_view(&again), payload);
	} else {
		assert_memory_equal(f->decoded, &zero, sizeof zero);
	}
	buf_clear(&again);
	return st;
}

static void round_trip(void **state)
{
	struct fixture *f = *state;
	struct problem problem = {0};

	assert_int_equal(decode_and_compare(f, buf_view(&f->payload), &problem), ST_OK);
	assert_int_equal(problem.st, ST_OK);
	const struct policy *d = f->decoded;
	assert_string_equal(d->name, "wage-gap");
	assert_string_equal(d->parties[2].id, "west");
	assert_memory_equal(d->parties[1].receive, f->keys.receive_pk[1], X25519_LEN);
	assert_int_equal(d->n_domain, 4);
	assert_slice_equal(d->domain[3], slice_str("w"));
	assert_memory_equal(d->results, f->p->results, sizeof d->results);
	assert_int_equal(d->results[1].column, NO_COLUMN);
	assert_slice_equal(d->source_yaml, f->p->source_yaml);
	assert_int_equal(d->plan.ops[13].code, OP_OUTKEEP);
	assert_int_equal(policy_party_index(d, "south"), 1);
	assert_int_equal(policy_party_index(d, "sout"), -1);
}

static void hashes_have_their_labels(void **state)
{
	struct fixture *f = *state;
	uint8_t hash[HASH_LEN], expected[HASH_LEN];

	assert_int_equal(policy_decode(f->decoded, buf_view(&f->payload), NULL), ST_OK);
	policy_hash(hash, buf_view(&f->payload));
	hash_one(expected, "parley/policy/v1", buf_view(&f->payload));
	assert_memory_equal(hash, expected, HASH_LEN);
	plan_hash(hash, f->decoded->plan_bytes);
	hash_one(expected, "parley/plan/v1", f->decoded->plan_bytes);
	assert_memory_equal(hash, expected, HASH_LEN);
	struct buf plan = {0};
	plan_encode(&plan, &f->p->plan);
	assert_slice_equal(buf_view(&plan), f->decoded->plan_bytes);
	buf_clear(&plan);
}

static void every_truncation_is_refused(void **state)
{
	struct fixture *f = *state;

	for (size_t n = 0; n < f->payload.len; n++) {
		struct problem problem = {0};
		assert_int_equal(policy_decode(f->decoded, slice_of(f->payload.ptr, n), &problem), ST_PLAN_FORMAT);
		assert_int_equal(problem.st, ST_PLAN_FORMAT);
	}
}

static void every_bit_flip_is_refused_or_has_another_hash(void **state)
{
	struct fixture *f = *state;
	uint8_t good[HASH_LEN], hash[HASH_LEN];

	policy_hash(good, buf_view(&f->payload));
	for (size_t bit = 0; bit < 8 * f->payload.len; bit++) {
		f->payload.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (decode_and_compare(f, buf_view(&f->payload), NULL) == ST_OK) {
			policy_hash(hash, buf_view(&f->payload));
			assert_memory_not_equal(hash, good, HASH_LEN);
		}
		f->payload.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void trailing_bytes_are_refused(void **state)
{
	struct fixture *f = *state;

	buf_append(&f->payload, "", 1);
	assert_int_equal(decode_and_compare(f, buf_view(&f->payload), NULL), ST_PLAN_FORMAT);
}

static uint8_t *find(struct buf *b, const char *pattern)
{
	uint8_t *at = memmem(b->ptr, b->len, pattern, strlen(pattern));

	assert_non_null(at);
	return at;
}

static void other_encodings_of_the_same_are_refused(void **state)
{
	struct fixture *f = *state;
	struct buf longer = {0};

	/* version 2 as 0x18 0x02 instead of 0x02 */
	buf_append(&longer, f->payload.ptr, 2);
	buf_append(&longer, "\x18", 1);
	buf_append(&longer, f->payload.ptr + 2, f->payload.len - 2);
	assert_int_equal(decode_and_compare(f, buf_view(&longer), NULL), ST_PLAN_FORMAT);
	buf_clear(&longer);
	/* another version */
	f->payload.ptr[2] = 1;
	assert_int_equal(decode_and_compare(f, buf_view(&f->payload), NULL), ST_PLAN_FORMAT);
	f->payload.ptr[2] = 2;
	/* text that is not UTF-8, or holds a NUL */
	*find(&f->payload, "Hospital south") = 0xff;
	assert_int_equal(decode_and_compare(f, buf_view(&f->payload), NULL), ST_PLAN_FORMAT);
	*find(&f->payload, "ospital south") = 0;
	assert_int_equal(decode_and_compare(f, buf_view(&f->payload), NULL), ST_PLAN_FORMAT);
}

static void bombs_are_refused(void **state)
{
	struct fixture *f = *state;
	struct buf bomb = {0};

	/* too deep, at the top and as the policy's name */
	uint8_t *room = buf_extend(&bomb, 4096);
	memset(room, 0x81, 4096);
	room[4095] = 0;
	assert_int_equal(decode_and_compare(f, buf_view(&bomb), NULL), ST_PLAN_LIMIT);
	buf_reset(&bomb);
	buf_append(&bomb, f->payload.ptr, 3);
	memset(buf_extend(&bomb, 64), 0x81, 64);
	buf_append(&bomb, f->payload.ptr + 3, f->payload.len - 3);
	assert_int_equal(decode_and_compare(f, buf_view(&bomb), NULL), ST_PLAN_FORMAT); /* key 2 is no key any more */
	bomb.ptr[3] = 2;
	assert_int_equal(decode_and_compare(f, buf_view(&bomb), NULL), ST_PLAN_LIMIT);
	/* counts that the bytes cannot hold */
	assert_int_equal(
	    decode_and_compare(f, slice_of("\xbb\xff\xff\xff\xff\xff\xff\xff\xff", 9), NULL), ST_PLAN_FORMAT);
	assert_int_equal(
	    decode_and_compare(f, slice_of("\x5b\x7f\xff\xff\xff\xff\xff\xff\xff", 9), NULL), ST_PLAN_FORMAT);
	buf_clear(&bomb);
}

static void a_deep_plan_is_refused(void **state)
{
	struct fixture *f = *state;
	struct buf deep = {0};
	uint8_t bytes[300];
	struct problem problem = {0};

	assert_int_equal(policy_decode(f->decoded, buf_view(&f->payload), NULL), ST_OK);
	struct slice plan = f->decoded->plan_bytes; /* the last item */
	size_t before = f->payload.len - plan.len - cbor_head_len(plan.len);
	memset(bytes, 0x81, sizeof bytes);
	buf_append(&deep, f->payload.ptr, before);
	cbor_put_bytes(&deep, slice_of(bytes, sizeof bytes));
	assert_int_equal(decode_and_compare(f, buf_view(&deep), &problem), ST_PLAN_LIMIT);
	assert_string_equal(problem.where, "plan");
	buf_clear(&deep);
}

static void more_than_a_mebibyte_is_refused(void **state)
{
	struct fixture *f = *state;
	struct buf big = {0};
	char *text = malloc(POLICY_SEALED_MAX + 1);

	memset(text, 'x', POLICY_SEALED_MAX + 1);
	size_t rest = f->payload.len - f->p->source_yaml.len + 2; /* a longer head: 5 bytes instead of 3 */
	f->p->source_yaml = slice_of(text, POLICY_SEALED_MAX - rest);
	assert_int_equal(policy_encode(&big, f->p), ST_OK);
	assert_int_equal(big.len, POLICY_SEALED_MAX);
	assert_int_equal(decode_and_compare(f, buf_view(&big), NULL), ST_OK);
	buf_reset(&big);
	f->p->source_yaml.len++;
	assert_int_equal(policy_encode(&big, f->p), ST_PLAN_LIMIT);
	assert_int_equal(big.len, POLICY_SEALED_MAX + 1);
	assert_int_equal(decode_and_compare(f, buf_view(&big), NULL), ST_PLAN_LIMIT);
	buf_clear(&big);
	free(text);
}

static void the_largest_domain_is_taken_and_no_larger(void **state)
{
	struct fixture *f = *state;
	struct policy_column *c = &f->p->columns[TEST_REGION];
	static char names[POLICY_DOMAIN_MAX][8];
	struct buf payload = {0};

	for (unsigned i = 0; i < POLICY_DOMAIN_MAX; i++) {
		snprintf(names[i], sizeof names[i], "%05u", i);
		f->p->domain[i] = slice_str(names[i]);
	}
	c->domain_size = POLICY_DOMAIN_MAX;
	c->hi = POLICY_DOMAIN_MAX - 1;
	policy_plan_columns(f->p, &f->p->plan);
	f->p->plan.keys[0].size = f->p->plan.groups = POLICY_DOMAIN_MAX;
	assert_int_equal(policy_encode(&payload, f->p), ST_OK);
	assert_int_equal(decode_and_compare(f, buf_view(&payload), NULL), ST_OK);
	buf_reset(&payload);
	/* a second domain, of one value, is one value too many */
	f->p->columns[TEST_AGE] = (struct policy_column){.name = "age", .type = COL_TEXT_DOMAIN, .domain_size = 1};
	assert_int_equal(policy_encode(&payload, f->p), ST_OK);
	assert_int_equal(decode_and_compare(f, buf_view(&payload), NULL), ST_PLAN_LIMIT);
	buf_clear(&payload);
}

static void a_wrong_plan_names_its_operator(void **state)
{
	struct fixture *f = *state;
	struct problem problem = {0};
	struct buf payload = {0};

	f->p->plan.ops[10].imm = 7;
	assert_int_equal(policy_encode(&payload, f->p), ST_OK);
	assert_int_equal(decode_and_compare(f, buf_view(&payload), &problem), ST_PLAN_BOUND);
	assert_string_equal(problem.where, "plan");
	assert_non_null(strstr(problem.message, "operator 11"));
	buf_clear(&payload);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(round_trip),
	    TEST(hashes_have_their_labels),
	    TEST(every_truncation_is_refused),
	    TEST(every_bit_flip_is_refused_or_has_another_hash),
	    TEST(trailing_bytes_are_refused),
	    TEST(other_encodings_of_the_same_are_refused),
	    TEST(bombs_are_refused),
	    TEST(a_deep_plan_is_refused),
	    TEST(more_than_a_mebibyte_is_refused),
	    TEST(the_largest_domain_is_taken_and_no_larger),
	    TEST(a_wrong_plan_names_its_operator),
	};
	return cmocka_run_group_tests_name("policy/sealed.h: payload", tests, NULL, NULL) + run_facts_tests() +
	       run_file_tests();
}
