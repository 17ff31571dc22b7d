/* channel/admission.h, HELLOs: the codec, and every list that is not exactly what these three made for each other. */
#include "world.h"

static struct world w;

static int open_world(void **state)
{
	(void)state;
	world_open(&w);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

/* Changes party's HELLO and signs it with its own endorse key: what a hostile host with its endorser could do. */
typedef void (*hello_change)(struct hello *h);

static void resign(unsigned party, hello_change change)
{
	struct hello h;

	assert_int_equal(hello_decode(&h, buf_view(&w.hello_payload[party])), ST_OK);
	change(&h);
	buf_reset(&w.hello_payload[party]);
	hello_encode(&w.hello_payload[party], &h);
	world_make_hello(&w, party);
}

/* What north says to a list in which south's HELLO was changed, and signed again by south. */
static enum status verdict_of(hello_change change)
{
	struct slice docs[N];

	world_start(&w);
	world_make_hellos(&w);
	resign(1, change);
	world_docs(&w, docs);
	world_give_hellos(&w, 0, docs, N);
	if (w.st[0] != ST_OK)
		assert_null(admission_sid(w.admission[0]));
	return w.st[0];
}

static void all_agree_on_one_sid(void **state)
{
	(void)state;
	world_hellos(&w);
	world_assert_all(&w, ST_OK);
	for (unsigned i = 1; i < N; i++)
		assert_memory_equal(admission_sid(w.admission[0]), admission_sid(w.admission[i]), HASH_LEN);
	assert_memory_not_equal(admission_report_data(w.admission[0]), admission_report_data(w.admission[1]), HASH_LEN);

	struct hash h; /* the formula of docs/PROTOCOL.md, section 3 */
	uint8_t sid[HASH_LEN];
	hash_begin(&h, "parley/sid/v1", N);
	for (unsigned i = 0; i < N; i++)
		hash_bytes(&h, buf_view(&w.hello[i]));
	hash_end(&h, sid);
	assert_memory_equal(sid, admission_sid(w.admission[0]), HASH_LEN);
}

static void the_order_of_the_list_does_not_matter(void **state)
{
	struct slice docs[N], shuffled[N];

	(void)state;
	world_make_hellos(&w);
	world_docs(&w, docs);
	shuffled[0] = docs[2], shuffled[1] = docs[0], shuffled[2] = docs[1];
	world_give_hellos(&w, 0, docs, N);
	world_give_hellos(&w, 1, shuffled, N);
	assert_int_equal(w.st[0], ST_OK);
	assert_int_equal(w.st[1], ST_OK);
	assert_memory_equal(admission_sid(w.admission[0]), admission_sid(w.admission[1]), HASH_LEN);
}

static void refuses_a_dropped_added_or_doubled_hello(void **state)
{
	struct slice docs[N + 1];

	(void)state;
	world_make_hellos(&w);
	world_docs(&w, docs);
	docs[N] = docs[0];
	for (size_t n = 0; n < N; n++) {
		world_start(&w);
		world_give_hellos(&w, 0, docs, n);
		assert_int_equal(w.st[0], ST_ATT_HELLO_SET);
	}
	world_start(&w);
	world_give_hellos(&w, 0, docs, N + 1);
	assert_int_equal(w.st[0], ST_ATT_HELLO_SET);
	world_start(&w);
	docs[2] = docs[1];
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_ATT_HELLO_SET);
}

static void another_id(struct hello *h)
{
	snprintf(h->id, sizeof h->id, "stranger");
}
static void id_of_west(struct hello *h)
{
	snprintf(h->id, sizeof h->id, "west");
}
static void another_role(struct hello *h)
{
	snprintf(h->role, sizeof h->role, "provider");
}

static void refuses_another_id_or_role(void **state)
{
	(void)state;
	assert_int_equal(verdict_of(another_id), ST_ATT_HELLO_SET);
	assert_int_equal(verdict_of(id_of_west), ST_ATT_HELLO_SET);
	assert_int_equal(verdict_of(another_role), ST_ATT_HELLO_SET);
}

/* South's document in west's place would need west's key. */
static void a_party_cannot_sign_for_another(void **state)
{
	struct slice docs[N];

	(void)state;
	world_make_hellos(&w);
	buf_reset(&w.hello[2]);
	cose_sign1(&w.hello[2], HELLO_LABEL, buf_view(&w.hello_payload[2]), w.keys.endorse_sk[1]);
	world_docs(&w, docs);
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_ATT_HELLO_SIGNATURE);
}

static void an_approve_key_does_not_sign_hellos(void **state)
{
	struct slice docs[N];

	(void)state;
	world_make_hellos(&w);
	buf_reset(&w.hello[1]);
	cose_sign1(&w.hello[1], HELLO_LABEL, buf_view(&w.hello_payload[1]), w.keys.approve_sk[1]);
	world_docs(&w, docs);
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_ATT_HELLO_SIGNATURE);
	world_start(&w); /* nor does the right key under another label */
	buf_reset(&w.hello[1]);
	cose_sign1(&w.hello[1], ENDORSE_LABEL, buf_view(&w.hello_payload[1]), w.keys.endorse_sk[1]);
	world_docs(&w, docs);
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_ATT_HELLO_SIGNATURE);
}

/* And the reverse: the endorse key under a policy. */
static void an_endorse_key_does_not_approve_policies(void **state)
{
	struct test_keys swapped = w.keys;
	struct buf file = {0};
	struct problem problem = {0};

	(void)state;
	test_policy_seal(w.policy[0], &w.keys, NULL, &file);
	assert_int_equal(policy_file_verify(w.policy[0], buf_view(&file), &problem), ST_OK);
	buf_reset(&file);
	memcpy(swapped.approve_sk[1], w.keys.endorse_sk[1], ED25519_SECRET_LEN);
	memcpy(swapped.approve_pk[1], w.keys.endorse_pk[1], ED25519_PUBLIC_LEN);
	test_policy_seal(w.policy[0], &swapped, NULL, &file);
	assert_int_equal(policy_file_verify(w.policy[0], buf_view(&file), &problem), ST_KEY_ROLE);
	buf_clear(&file);
}

static void later(struct hello *h)
{
	h->time_s++;
}

static void refuses_our_own_hello_altered(void **state)
{
	struct slice docs[N];

	(void)state;
	world_make_hellos(&w);
	resign(1, later); /* signed by south's own key, and still not what its enclave made */
	world_docs(&w, docs);
	world_give_hellos(&w, 1, docs, N);
	assert_int_equal(w.st[1], ST_ATT_HELLO_OWN);
	world_give_hellos(&w, 0, docs, N); /* north cannot know; its sid is another */
	assert_int_equal(w.st[0], ST_OK);
}

/* A HELLO of an earlier attempt of our own, correctly signed then. */
static void refuses_a_replayed_list(void **state)
{
	struct slice docs[N];

	(void)state;
	world_make_hellos(&w);
	struct buf old = {0};
	buf_append(&old, w.hello[0].ptr, w.hello[0].len);
	w.time_s[0] += 5; /* same seed, but another HELLO */
	world_start(&w);
	w.time_s[0] -= 5;
	world_make_hellos(&w);
	world_docs(&w, docs);
	docs[0] = buf_view(&old);
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_ATT_HELLO_OWN);
	buf_clear(&old);
}

static void another_session(struct hello *h)
{
	h->session[15] ^= 1;
}
static void another_attempt(struct hello *h)
{
	h->attempt++;
}
static struct hello of_west(void)
{
	struct hello h;

	assert_int_equal(hello_decode(&h, buf_view(&w.hello_payload[2])), ST_OK);
	return h;
}
static void ek_of_west(struct hello *h)
{
	memcpy(h->ek, of_west().ek, sizeof h->ek);
}
static void vk_of_west(struct hello *h)
{
	memcpy(h->vk, of_west().vk, sizeof h->vk);
}
static void nonce_of_west(struct hello *h)
{
	memcpy(h->nonce, of_west().nonce, sizeof h->nonce);
}
static void vk_is_ek(struct hello *h)
{
	memcpy(h->vk, h->ek, sizeof h->vk);
}
static void vk_is_an_endorse_key(struct hello *h)
{
	memcpy(h->vk, w.keys.endorse_pk[1], sizeof h->vk);
}
static void vk_is_an_approve_key(struct hello *h)
{
	memcpy(h->vk, w.keys.approve_pk[2], sizeof h->vk);
}
static void ek_is_a_receive_key(struct hello *h)
{
	memcpy(h->ek, w.keys.receive_pk[1], sizeof h->ek);
}

static void refuses_what_is_not_of_this_attempt_or_not_fresh(void **state)
{
	static const hello_change changes[] = {another_session, another_attempt, ek_of_west, vk_of_west, nonce_of_west,
	    vk_is_ek, vk_is_an_endorse_key, vk_is_an_approve_key, ek_is_a_receive_key};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(changes); k++)
		assert_int_equal(verdict_of(changes[k]), ST_ATT_HELLO_REUSED);
}

static void another_policy(struct hello *h)
{
	h->policy_hash[63] ^= 1;
}
static void another_plan(struct hello *h)
{
	h->plan_hash[0] ^= 1;
}
static void another_protocol(struct hello *h)
{
	snprintf(h->protocol, sizeof h->protocol, "rep4/v1");
}

static void refuses_another_policy(void **state)
{
	(void)state;
	assert_int_equal(verdict_of(another_policy), ST_ATT_HELLO_POLICY);
	assert_string_equal(w.problem[0].where, "party south");
	assert_int_equal(verdict_of(another_plan), ST_ATT_HELLO_POLICY);
	assert_int_equal(verdict_of(another_protocol), ST_ATT_HELLO_POLICY);
}

static enum status verdict_of_clocks(int64_t north, int64_t south, int64_t west)
{
	w.time_s[0] = north, w.time_s[1] = south, w.time_s[2] = west;
	world_start(&w);
	world_hellos(&w);
	for (unsigned i = 1; i < N; i++)
		assert_int_equal(w.st[i], w.st[0]);
	return w.st[0];
}

static void refuses_clocks_apart(void **state)
{
	const int64_t now = WORLD_NOW, year = 365 * 86400;

	(void)state;
	assert_int_equal(verdict_of_clocks(now, now + 300, now), ST_OK);
	assert_int_equal(verdict_of_clocks(now, now + 301, now), ST_ATT_HELLO_CLOCK);
	assert_int_equal(verdict_of_clocks(now, now, now + year), ST_ATT_HELLO_CLOCK);
	assert_string_equal(w.problem[0].where, "party west");
	assert_int_equal(verdict_of_clocks(now - year, now, now), ST_ATT_HELLO_CLOCK);
	assert_string_equal(w.problem[1].where, "party north");
	/* all wrong alike: the signing time is the floor */
	assert_int_equal(verdict_of_clocks(now - year, now - year, now - year), ST_ATT_HELLO_CLOCK);
	assert_int_equal(
	    verdict_of_clocks(TEST_SIGNING_TIME - 1, TEST_SIGNING_TIME, TEST_SIGNING_TIME), ST_ATT_HELLO_CLOCK);
	assert_int_equal(verdict_of_clocks(TEST_SIGNING_TIME, TEST_SIGNING_TIME, TEST_SIGNING_TIME), ST_OK);
	assert_int_equal(
	    verdict_of_clocks(TEST_NOT_AFTER, TEST_NOT_AFTER + 1, TEST_NOT_AFTER), ST_POLICY_NOT_VALID_NOW);
}

static void a_clock_that_cannot_be(void **state)
{
	struct admission_config cfg = {.policy = w.policy[0], .time_s = -1, .rng = random_from_seed(&w.seeds[0])};
	struct admission *a = NULL;

	(void)state;
	assert_int_equal(admission_new(&a, &cfg), ST_ARGUMENT);
	cfg.time_s = INT64_MAX;
	assert_int_equal(admission_new(&a, &cfg), ST_ARGUMENT);
	cfg.time_s = WORLD_NOW;
	cfg.self = N;
	assert_int_equal(admission_new(&a, &cfg), ST_ARGUMENT);
	assert_null(a);
}

/* Whatever byte of whichever document changes, nobody goes on; the codes are those of form, set, own or signature. */
static void refuses_every_altered_byte(void **state)
{
	struct slice docs[N];

	(void)state;
	world_make_hellos(&w);
	world_docs(&w, docs);
	for (unsigned party = 0; party < N; party++) {
		for (size_t byte = 0; byte < w.hello[party].len; byte++) {
			uint8_t sid[HASH_LEN];
			struct hello hellos[N];
			w.hello[party].ptr[byte] ^= (uint8_t)(1u << byte % 8);
			enum status st =
			    admission_check_hellos(hellos, sid, w.policy[0], w.policy_hash, w.plan_hash, docs, N, NULL);
			if (st != ST_ATT_HELLO_SET && st != ST_ATT_HELLO_SIGNATURE && status_class_of(st) != CLASS_PEER)
				fail_msg("party %u byte %zu: %s", party, byte, status_name(st));
			assert_int_not_equal(st, ST_OK);
			w.hello[party].ptr[byte] ^= (uint8_t)(1u << byte % 8);
		}
		for (size_t n = 0; n < w.hello[party].len; n++) {
			uint8_t sid[HASH_LEN];
			struct hello hellos[N];
			struct slice whole = docs[party];
			docs[party].len = n;
			assert_int_not_equal(
			    admission_check_hellos(hellos, sid, w.policy[0], w.policy_hash, w.plan_hash, docs, N, NULL),
			    ST_OK);
			docs[party] = whole;
		}
	}
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_OK);
}

static void refuses_a_document_beyond_its_limit(void **state)
{
	struct slice docs[N];

	(void)state;
	world_make_hellos(&w);
	assert_non_null(buf_extend(&w.hello[1], HELLO_DOC_MAX));
	world_docs(&w, docs);
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_TOO_LARGE);
}

static void a_second_list_is_a_replay(void **state)
{
	struct slice docs[N];

	(void)state;
	world_hellos(&w);
	world_docs(&w, docs);
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_ATT_REPLAY);
	assert_null(admission_sid(w.admission[0])); /* and its keys are gone */
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_SES_STATE);
}

static void a_refusal_is_final(void **state)
{
	struct slice docs[N];

	(void)state;
	world_make_hellos(&w);
	world_docs(&w, docs);
	world_give_hellos(&w, 0, docs, N - 1);
	assert_int_equal(w.st[0], ST_ATT_HELLO_SET);
	world_give_hellos(&w, 0, docs, N); /* the right list, too late */
	assert_int_equal(w.st[0], ST_SES_STATE);
}

static void the_payload_codec_is_strict(void **state)
{
	struct hello h, back;
	struct buf payload = {0};

	(void)state;
	assert_int_equal(hello_decode(&h, buf_view(&w.hello_payload[0])), ST_OK);
	assert_string_equal(h.id, "north");
	assert_string_equal(h.role, "compute");
	assert_string_equal(h.protocol, "rep3/v1");
	assert_int_equal(h.suites, 3);
	assert_int_equal(h.attempt, 1);
	assert_int_equal(h.time_s, w.time_s[0]);
	hello_encode(&payload, &h);
	assert_slice_equal(buf_view(&payload), buf_view(&w.hello_payload[0]));
	for (size_t n = 0; n < payload.len; n++)
		assert_int_not_equal(hello_decode(&back, slice_of(payload.ptr, n)), ST_OK);
	payload.ptr[payload.len - 1] = 2; /* AESGCM without ChaChaPoly: no common suite is certain */
	assert_int_equal(hello_decode(&back, buf_view(&payload)), ST_FORMAT);
	payload.ptr[payload.len - 1] = 7;
	assert_int_equal(hello_decode(&back, buf_view(&payload)), ST_FORMAT);
	payload.ptr[payload.len - 1] = 1;
	assert_int_equal(hello_decode(&back, buf_view(&payload)), ST_OK);
	buf_append(&payload, "", 1);
	assert_int_not_equal(hello_decode(&back, buf_view(&payload)), ST_OK);
	buf_clear(&payload);
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    world_test(all_agree_on_one_sid),
	    world_test(the_order_of_the_list_does_not_matter),
	    world_test(refuses_a_dropped_added_or_doubled_hello),
	    world_test(refuses_another_id_or_role),
	    world_test(a_party_cannot_sign_for_another),
	    world_test(an_approve_key_does_not_sign_hellos),
	    world_test(an_endorse_key_does_not_approve_policies),
	    world_test(refuses_our_own_hello_altered),
	    world_test(refuses_a_replayed_list),
	    world_test(refuses_what_is_not_of_this_attempt_or_not_fresh),
	    world_test(refuses_another_policy),
	    world_test(refuses_clocks_apart),
	    world_test(a_clock_that_cannot_be),
	    world_test(refuses_every_altered_byte),
	    world_test(refuses_a_document_beyond_its_limit),
	    world_test(a_second_list_is_a_replay),
	    world_test(a_refusal_is_final),
	    world_test(the_payload_codec_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
