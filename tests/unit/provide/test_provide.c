/*
 * provide/provide.h: what three enclaves take adds up to the rows, pair by pair; and every way in which a provider, its host or a
 * network can send something else is refused, naming the provider.
 */
#include "test.h"

#include "common.h"
#include "policy_builder.h"

#include <stdlib.h>

enum { WORDS = PROVIDE_CHUNK_WORDS + 1000 }; /* two chunks */

struct world {
	struct policy *policy;
	struct test_keys keys;
	struct test_provider clinic, doctor;
	uint8_t sid[HASH_LEN], roster[HASH_LEN], policy_hash[HASH_LEN];
	uint8_t ek_secret[PROVIDE_PARTIES][X25519_LEN], ek[PROVIDE_PARTIES][X25519_LEN];
	struct random_seeded seeded;
	struct random rng;
	struct provide_session session; /* of the doctor */
	uint64_t *clear, *third, *chunk;
	size_t words;
	struct provide_sender *sender;
	struct buf manifest;
};

static void share(struct world *w, size_t words)
{
	provide_sender_free(w->sender);
	buf_reset(&w->manifest);
	w->words = words;
	for (size_t k = 0; k < words; k++)
		w->clear[k] = k * 0x9e3779b97f4a7c15u;
	memcpy(w->third, w->clear, words * sizeof *w->third);
	assert_int_equal(provide_share(&w->sender, &w->manifest, &w->session, 500, w->third, words, w->doctor.endorse_sk, w->rng), ST_OK);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	w->policy = calloc(1, sizeof *w->policy);
	w->clear = calloc(WORDS, sizeof *w->clear);
	w->third = calloc(WORDS, sizeof *w->third);
	w->chunk = calloc(PROVIDE_CHUNK_WORDS, sizeof *w->chunk);
	test_keys_from_seed(&w->keys, 7);
	test_policy_fill(w->policy, &w->keys);
	test_policy_add_provider(w->policy, &w->clinic, "clinic");
	test_policy_add_provider(w->policy, &w->doctor, "doctor");
	w->rng = random_from_seed(&w->seeded);
	memset(w->sid, 1, HASH_LEN);
	memset(w->roster, 2, HASH_LEN);
	memset(w->policy_hash, 3, HASH_LEN);
	for (unsigned i = 0; i < PROVIDE_PARTIES; i++) {
		w->rng.fill(w->rng.ctx, w->ek_secret[i], X25519_LEN);
		x25519_public(w->ek[i], w->ek_secret[i]);
	}
	w->session = (struct provide_session){
	    .policy = w->policy, .provider = 1, .sid = w->sid, .roster = w->roster, .policy_hash = w->policy_hash};
	share(w, WORDS);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	provide_sender_free(w->sender);
	buf_clear(&w->manifest);
	free(w->clear);
	free(w->third);
	free(w->chunk);
	free(w->policy);
	free(w);
	return 0;
}

static struct provide_taker *taker(struct world *w, unsigned party)
{
	struct provide_manifest m;
	struct provide_taker *t = NULL;

	assert_int_equal(provide_manifest_check(&m, &w->session, buf_view(&w->manifest), NULL), ST_OK);
	assert_int_equal(m.rows, 500);
	assert_int_equal(provide_taker_new(&t, &w->session, party, &m, w->words, w->ek_secret[party], w->chunk), ST_OK);
	return t;
}

/* What is opened lies where the caller keeps shares, and nowhere else: in locked memory. Seeds do not stay there. */
static void chunks_are_opened_in_the_callers_memory(void **state)
{
	struct world *w = *state;
	struct provide_taker *t = taker(w, 1);
	struct buf sealed = {0};
	const uint64_t *words;
	size_t from, n;

	memset(w->chunk, 0xa5, 2 * PROVIDE_SEED_LEN);
	assert_int_equal(provide_seal(w->sender, &sealed, 1, w->ek[1], 0), ST_OK);
	assert_int_equal(provide_take(t, buf_view(&sealed), &words, &from, &n, NULL), ST_OK);
	for (size_t k = 0; k < 2 * PROVIDE_SEED_LEN / sizeof *w->chunk; k++)
		assert_true(w->chunk[k] == 0);
	buf_reset(&sealed);
	assert_int_equal(provide_seal(w->sender, &sealed, 1, w->ek[1], 1), ST_OK);
	assert_int_equal(provide_take(t, buf_view(&sealed), &words, &from, &n, NULL), ST_OK);
	assert_ptr_equal(words, w->chunk);
	assert_memory_equal(w->chunk, w->third, n * sizeof *words);
	buf_clear(&sealed);
	provide_taker_free(t);
}

/* All chunks of one party; out[0], out[1] get the shares it holds. */
static enum status take_all(struct world *w, unsigned party, uint64_t *out[2], struct problem *problem)
{
	struct provide_taker *t = taker(w, party);
	struct buf sealed = {0};
	enum status st = ST_OK;

	for (uint32_t chunk = 0; st == ST_OK && chunk < provide_chunks(party, w->words); chunk++) {
		const uint64_t *words;
		size_t from, n;

		assert_int_equal(provide_taker_next(t), chunk);
		assert_false(provide_taker_done(t));
		buf_reset(&sealed);
		assert_int_equal(provide_seal(w->sender, &sealed, party, w->ek[party], chunk), ST_OK);
		st = provide_take(t, buf_view(&sealed), &words, &from, &n, problem);
		if (n && out)
			memcpy(out[party == 1 ? 1 : 0] + from, words, n * sizeof *words);
	}
	assert_true(provide_taker_done(t) == (st == ST_OK));
	for (unsigned which = 0; st == ST_OK && out && which < 2; which++) {
		const uint8_t *seed = provide_seed(t, which);
		unsigned slot = (which + PROVIDE_PARTIES - party) % PROVIDE_PARTIES; /* x_which is share i or i+1 of party i */

		assert_true((seed != NULL) == (slot < 2));
		for (size_t at = 0; seed && at < w->words; at += PROVIDE_CHUNK_WORDS)
			assert_int_equal(provide_stream(out[slot] + at, seed, at,
			    w->words - at < PROVIDE_CHUNK_WORDS ? w->words - at : PROVIDE_CHUNK_WORDS), ST_OK);
	}
	buf_clear(&sealed);
	provide_taker_free(t);
	return st;
}

static void three_parties_hold_the_rows(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 999, PROVIDE_CHUNK_WORDS - 1, PROVIDE_CHUNK_WORDS, PROVIDE_CHUNK_WORDS + 1, WORDS};
	struct world *w = *state;

	for (size_t s = 0; s < COUNT_OF(sizes); s++) {
		uint64_t *held[PROVIDE_PARTIES][2];

		share(w, sizes[s]);
		for (unsigned i = 0; i < PROVIDE_PARTIES; i++) {
			for (unsigned k = 0; k < 2; k++)
				held[i][k] = calloc(WORDS, sizeof(uint64_t));
			assert_int_equal(take_all(w, i, held[i], NULL), ST_OK);
		}
		for (unsigned i = 0; i < PROVIDE_PARTIES; i++)
			assert_memory_equal(held[i][1], held[(i + 1) % 3][0], w->words * 8);
		for (size_t k = 0; k < w->words; k++)
			assert_true((held[0][0][k] ^ held[1][0][k] ^ held[2][0][k]) == w->clear[k]);
		for (unsigned i = 0; i < PROVIDE_PARTIES; i++)
			for (unsigned k = 0; k < 2; k++)
				free(held[i][k]);
	}
}

static void refuses_manifest(struct world *w, struct slice document)
{
	struct provide_manifest m = {.rows = 77};
	struct problem problem = {0};

	assert_int_equal(provide_manifest_check(&m, &w->session, document, &problem), ST_DATA_INCONSISTENT);
	assert_string_equal(problem.where, "doctor");
	assert_int_equal(m.rows, 77);
}

static void the_manifest_is_of_this_session_alone(void **state)
{
	struct world *w = *state;
	uint8_t *const bound[] = {w->sid, w->roster, w->policy_hash};

	for (size_t k = 0; k < COUNT_OF(bound); k++) {
		bound[k][63] ^= 1;
		refuses_manifest(w, buf_view(&w->manifest));
		bound[k][63] ^= 1;
	}
	w->session.provider = 0;
	struct provide_manifest m;
	assert_int_equal(provide_manifest_check(&m, &w->session, buf_view(&w->manifest), NULL), ST_DATA_INCONSISTENT);
	w->session.provider = 1;
	w->policy->dataset[0] ^= 1;
	refuses_manifest(w, buf_view(&w->manifest));
	w->policy->dataset[0] ^= 1;
	w->policy->rows_max_party = 499;
	refuses_manifest(w, buf_view(&w->manifest));
	w->policy->rows_max_party = 501;
	w->policy->pad_rows = true;
	refuses_manifest(w, buf_view(&w->manifest));
	w->policy->rows_max_party = 500;
	assert_int_equal(provide_manifest_check(&m, &w->session, buf_view(&w->manifest), NULL), ST_OK);
}

static void every_altered_manifest_is_refused(void **state)
{
	struct world *w = *state;
	struct buf copy = {0};

	for (size_t len = 0; len < w->manifest.len; len++)
		refuses_manifest(w, slice_of(w->manifest.ptr, len));
	buf_append(&copy, w->manifest.ptr, w->manifest.len);
	for (size_t bit = 0; bit < 8 * copy.len; bit++) {
		copy.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		refuses_manifest(w, buf_view(&copy));
		copy.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	buf_append(&copy, "", 1);
	refuses_manifest(w, buf_view(&copy));
	buf_clear(&copy);
}

/* A manifest that the provider itself signed and that is not exactly the map. */
static void a_signed_manifest_must_be_exact(void **state)
{
	struct world *w = *state;
	struct provide_manifest m = {.rows = 5};
	struct buf payload = {0}, document = {0};

	manifest_encode(&payload, &w->session, &m);
	cose_sign1(&document, "parley/enrol/v1", buf_view(&payload), w->doctor.endorse_sk);
	refuses_manifest(w, buf_view(&document));
	for (size_t len = 0; len < payload.len; len += 7) {
		buf_reset(&document);
		cose_sign1(&document, PROVIDE_LABEL, slice_of(payload.ptr, len), w->doctor.endorse_sk);
		refuses_manifest(w, buf_view(&document));
	}
	buf_append(&payload, "\0", 1);
	buf_reset(&document);
	cose_sign1(&document, PROVIDE_LABEL, buf_view(&payload), w->doctor.endorse_sk);
	refuses_manifest(w, buf_view(&document));
	buf_clear(&payload);
	buf_clear(&document);
}

static void refuses_chunk(struct world *w, unsigned party, uint32_t chunk, struct slice sealed)
{
	struct provide_taker *t = taker(w, party);
	struct problem problem = {0};
	struct buf good = {0};
	const uint64_t *words;
	size_t from, n;

	for (uint32_t k = 0; k < chunk; k++) {
		buf_reset(&good);
		assert_int_equal(provide_seal(w->sender, &good, party, w->ek[party], k), ST_OK);
		assert_int_equal(provide_take(t, buf_view(&good), &words, &from, &n, NULL), ST_OK);
	}
	assert_int_equal(provide_take(t, sealed, &words, &from, &n, &problem), ST_DATA_INCONSISTENT);
	assert_string_equal(problem.where, "doctor");
	assert_int_equal(n, 0);
	/* and nothing more is taken */
	buf_reset(&good);
	assert_int_equal(provide_seal(w->sender, &good, party, w->ek[party], chunk), ST_OK);
	assert_int_equal(provide_take(t, buf_view(&good), &words, &from, &n, NULL), ST_DATA_INCONSISTENT);
	assert_false(provide_taker_done(t));
	buf_clear(&good);
	provide_taker_free(t);
}

static void every_altered_envelope_is_refused(void **state)
{
	struct world *w = *state;
	struct buf sealed = {0};

	share(w, 40);
	for (unsigned party = 0; party < PROVIDE_PARTIES; party++)
		for (uint32_t chunk = 0; chunk < provide_chunks(party, w->words); chunk++) {
			buf_reset(&sealed);
			assert_int_equal(provide_seal(w->sender, &sealed, party, w->ek[party], chunk), ST_OK);
			for (size_t len = 0; len < sealed.len; len += 5)
				refuses_chunk(w, party, chunk, slice_of(sealed.ptr, len));
			for (size_t bit = 0; bit < 8 * sealed.len; bit += 3) {
				sealed.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
				/* X25519 ignores the top bit of a public key, but HPKE binds enc as sent */
				refuses_chunk(w, party, chunk, buf_view(&sealed));
				sealed.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
			}
		}
	buf_clear(&sealed);
}

static void envelopes_are_in_order_and_for_one_party(void **state)
{
	struct world *w = *state;
	struct buf sealed = {0};

	assert_int_equal(provide_seal(w->sender, &sealed, 1, w->ek[1], 2), ST_OK);
	refuses_chunk(w, 1, 1, buf_view(&sealed)); /* skipped */
	buf_reset(&sealed);
	assert_int_equal(provide_seal(w->sender, &sealed, 1, w->ek[1], 0), ST_OK);
	refuses_chunk(w, 1, 1, buf_view(&sealed)); /* repeated */
	buf_reset(&sealed);
	assert_int_equal(provide_seal(w->sender, &sealed, 2, w->ek[1], 0), ST_OK);
	refuses_chunk(w, 1, 0, buf_view(&sealed)); /* another party's, sealed to this key */
	buf_reset(&sealed);
	assert_int_equal(provide_seal(w->sender, &sealed, 1, w->ek[2], 0), ST_OK);
	refuses_chunk(w, 1, 0, buf_view(&sealed)); /* sealed to another key */
	buf_clear(&sealed);
}

/* The holders of a share get different values: one of them differs from the manifest, whichever it is. */
static void shares_that_differ_are_found(void **state)
{
	struct world *w = *state;
	struct problem problem = {0};

	w->third[PROVIDE_CHUNK_WORDS + 3] ^= 1; /* after the manifest was signed */
	assert_int_equal(take_all(w, 0, NULL, NULL), ST_OK);
	assert_int_equal(take_all(w, 1, NULL, &problem), ST_DATA_INCONSISTENT);
	assert_string_equal(problem.where, "doctor");
	assert_int_equal(take_all(w, 2, NULL, NULL), ST_DATA_INCONSISTENT);
	w->third[PROVIDE_CHUNK_WORDS + 3] ^= 1;
	assert_int_equal(take_all(w, 1, NULL, NULL), ST_OK);

	/* a head of made-up seeds, correctly sealed */
	for (unsigned party = 0; party < PROVIDE_PARTIES; party++) {
		uint8_t head[2 * PROVIDE_SEED_LEN] = {9}, info[HASH_LEN], aad[AAD_LEN];
		struct provide_manifest m;
		struct buf sealed = {0};

		assert_int_equal(provide_manifest_check(&m, &w->session, buf_view(&w->manifest), NULL), ST_OK);
		bind_envelopes(info, &w->session, m.hash);
		envelope_aad(aad, party, 0);
		assert_int_equal(seal_to(&sealed, w->ek[party], slice_of(info, sizeof info), slice_of(aad, sizeof aad),
		    slice_of(head, sizeof head), &w->rng), ST_OK);
		refuses_chunk(w, party, 0, buf_view(&sealed));
		buf_clear(&sealed);
	}
}

static void only_the_endorse_key_submits(void **state)
{
	struct world *w = *state;
	struct provide_sender *p = NULL;

	assert_int_equal(provide_share(&p, &w->manifest, &w->session, 1, w->third, 2, w->doctor.approve_sk, w->rng), ST_KEY);
	assert_int_equal(provide_share(&p, &w->manifest, &w->session, 1, w->third, 2, w->clinic.endorse_sk, w->rng), ST_KEY);
	assert_null(p);
}

/* The same rows twice: nothing in common, so nothing can be compared between sessions. */
static void every_sharing_is_fresh(void **state)
{
	struct world *w = *state;
	uint64_t *first = malloc(WORDS * sizeof *first);
	size_t same = 0;

	memcpy(first, w->third, WORDS * sizeof *first);
	share(w, WORDS);
	for (size_t k = 0; k < WORDS; k++)
		same += first[k] == w->third[k];
	assert_int_equal(same, 0);
	free(first);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(chunks_are_opened_in_the_callers_memory),
	    T(three_parties_hold_the_rows),
	    T(the_manifest_is_of_this_session_alone),
	    T(every_altered_manifest_is_refused),
	    T(a_signed_manifest_must_be_exact),
	    T(every_altered_envelope_is_refused),
	    T(envelopes_are_in_order_and_for_one_party),
	    T(shares_that_differ_are_found),
	    T(only_the_endorse_key_submits),
	    T(every_sharing_is_fresh),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
