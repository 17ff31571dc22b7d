/* channel/admission.h, evidence and endorsements: each attack has its own code, and names the party it is about. */
#include "world.h"

#include "attest/collateral.h"
#include "base/cose.h"

#include <stdio.h>

static struct world w;

static int open_world(void **state)
{
	(void)state;
	world_open(&w);
	world_hellos(&w);
	world_assert_all(&w, ST_OK);
	world_evidence(&w);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

/* Everybody refuses, and says it is south's fault. */
static void assert_all_refuse_south(enum status st)
{
	world_evidences(&w);
	world_assert_all(&w, st);
	for (unsigned i = 0; i < N; i++) {
		assert_string_equal(w.problem[i].where, "party south");
		assert_non_null(strstr(w.problem[i].message, "expected"));
	}
	world_channels(&w);
	world_assert_all(&w, ST_SES_STATE);
	world_assert_no_handle(&w);
}

/* South's launcher states something else; south's endorser endorses what there is. */
static void restate_south(void)
{
	world_sign_evidence(&w, 1);
	world_endorse(&w, 1);
}

static void accepts_what_is_right(void **state)
{
	(void)state;
	world_evidences(&w);
	world_assert_all(&w, ST_OK);
}

static void refuses_a_wrong_measurement(void **state)
{
	(void)state;
	test_code_of(&w.claims[1])[63] ^= 1;
	restate_south();
	assert_all_refuse_south(ST_ATT_MEASUREMENT);
}

static void refuses_a_foreign_root(void **state)
{
	uint8_t pk[32], sk[64];

	(void)state;
	ed25519_keypair(pk, sk, (const uint8_t[32]){99});
	buf_reset(&w.evidence[1]);
	att_soft_produce(&w.evidence[1], &w.claims[1], sk);
	world_endorse(&w, 1);
	assert_all_refuse_south(ST_ATT_CHAIN);
}

static void refuses_evidence_for_another_session(void **state)
{
	struct hello h;
	uint8_t other_sid[HASH_LEN] = {1};

	(void)state;
	assert_int_equal(hello_decode(&h, buf_view(&w.hello_payload[1])), ST_OK);
	admission_report_data_of(w.claims[1].report_data, other_sid, &h);
	restate_south();
	assert_all_refuse_south(ST_ATT_BINDING);
}

static void report_data_with(void (*change)(struct hello *))
{
	struct hello h;

	assert_int_equal(hello_decode(&h, buf_view(&w.hello_payload[1])), ST_OK);
	change(&h);
	admission_report_data_of(w.claims[1].report_data, admission_sid(w.admission[1]), &h);
	restate_south();
	assert_all_refuse_south(ST_ATT_BINDING);
}
static void role(struct hello *h)
{
	snprintf(h->role, sizeof h->role, "dealer");
}
static void id(struct hello *h)
{
	snprintf(h->id, sizeof h->id, "west");
}
static void ek(struct hello *h)
{
	h->ek[0] ^= 1;
}
static void vk(struct hello *h)
{
	h->vk[31] ^= 1;
}
static void refuses_evidence_for_another_role(void **state)
{
	(void)state;
	report_data_with(role);
}
static void refuses_evidence_for_another_party(void **state)
{
	(void)state;
	report_data_with(id);
}
static void refuses_evidence_for_another_channel_key(void **state)
{
	(void)state;
	report_data_with(ek);
}
static void refuses_evidence_for_another_signing_key(void **state)
{
	(void)state;
	report_data_with(vk);
}

static void refuses_old_evidence(void **state)
{
	(void)state;
	w.claims[1].issued_s -= 365 * 86400;
	restate_south();
	assert_all_refuse_south(ST_ATT_EXPIRED);
}

static void refuses_evidence_from_the_future(void **state)
{
	(void)state;
	w.claims[1].issued_s += 365 * 86400;
	restate_south();
	assert_all_refuse_south(ST_ATT_EXPIRED);
}

static void refuses_a_debug_enclave(void **state)
{
	(void)state;
	w.claims[1].debug = true;
	restate_south();
	assert_all_refuse_south(ST_ATT_DEBUG);
}

static void accepts_a_debug_enclave_when_the_policy_says_so(void **state)
{
	(void)state;
	w.claims[1].debug = true;
	restate_south();
	for (unsigned i = 0; i < N; i++)
		w.policy[i]->debug_insecure = true;
	world_evidences(&w);
	world_assert_all(&w, ST_OK);
}

/* Evidence of an earlier session, with its endorsement: valid then, to the last byte. */
static void refuses_replayed_evidence(void **state)
{
	struct buf evidence = {0}, endorsement = {0};

	(void)state;
	buf_append(&evidence, w.evidence[1].ptr, w.evidence[1].len);
	buf_append(&endorsement, w.endorsement[1].ptr, w.endorsement[1].len);
	w.time_s[0]++; /* another HELLO of north: another session identity */
	world_start(&w);
	world_hellos(&w);
	world_assert_all(&w, ST_OK);
	world_evidence(&w);
	buf_clear(&w.evidence[1]);
	buf_clear(&w.endorsement[1]);
	w.evidence[1] = evidence;
	w.endorsement[1] = endorsement;
	assert_all_refuse_south(ST_ATT_BINDING);
}

static void refuses_an_unendorsed_enclave(void **state)
{
	(void)state;
	buf_reset(&w.endorsement[1]);
	assert_all_refuse_south(ST_ATT_ENDORSEMENT);
}

/* An enclave of the agreed code, started by somebody else under the same root: evidence is genuine, nobody vouches. */
static void refuses_an_endorsement_by_another_key(void **state)
{
	const uint8_t *const wrong[] = {w.keys.endorse_sk[2], w.keys.approve_sk[1], w.keys.root_sk};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(wrong); k++) {
		struct att_claims claims[N];
		struct hello hellos[N];
		struct buf payload = {0};
		struct slice docs[N];
		uint8_t h[HASH_LEN], sid[HASH_LEN], roster[HASH_LEN];

		evidence_hash(h, TEE_SOFTWARE, buf_view(&w.evidence[1]));
		endorsement_encode(&payload, admission_sid(w.admission[1]), "south", h);
		buf_reset(&w.endorsement[1]);
		cose_sign1(&w.endorsement[1], ENDORSE_LABEL, buf_view(&payload), wrong[k]);
		buf_clear(&payload);
		world_docs(&w, docs);
		assert_int_equal(
		    admission_check_hellos(hellos, sid, w.policy[0], w.policy_hash, w.plan_hash, docs, N, NULL), ST_OK);
		w.items[1].endorsement = buf_view(&w.endorsement[1]);
		assert_int_equal(
		    admission_check_evidences(roster, claims, w.policy[0], NULL, hellos, sid, w.items, N, NULL),
		    ST_ATT_ENDORSEMENT);
	}
}

static void endorse_other(const uint8_t *sid, const char *party, uint8_t flip)
{
	struct buf payload = {0};
	uint8_t h[HASH_LEN];

	evidence_hash(h, TEE_SOFTWARE, buf_view(&w.evidence[1]));
	h[0] ^= flip;
	endorsement_encode(&payload, sid, party, h);
	buf_reset(&w.endorsement[1]);
	cose_sign1(&w.endorsement[1], ENDORSE_LABEL, buf_view(&payload), w.keys.endorse_sk[1]);
	buf_clear(&payload);
	assert_all_refuse_south(ST_ATT_ENDORSEMENT);
}
static void refuses_an_endorsement_of_another_session(void **state)
{
	static const uint8_t other_sid[HASH_LEN] = {3};

	(void)state;
	endorse_other(other_sid, "south", 0);
}
static void refuses_an_endorsement_of_another_party(void **state)
{
	(void)state;
	endorse_other(admission_sid(w.admission[1]), "west", 0);
}
static void refuses_an_endorsement_of_other_evidence(void **state)
{
	(void)state;
	endorse_other(admission_sid(w.admission[1]), "south", 1);
}
static void refuses_an_endorsement_under_another_label(void **state)
{
	uint8_t h[HASH_LEN];
	struct buf payload = {0};

	(void)state;
	evidence_hash(h, TEE_SOFTWARE, buf_view(&w.evidence[1]));
	endorsement_encode(&payload, admission_sid(w.admission[1]), "south", h);
	buf_reset(&w.endorsement[1]);
	cose_sign1(&w.endorsement[1], "parley/enrol/v1", buf_view(&payload), w.keys.endorse_sk[1]);
	buf_clear(&payload);
	assert_all_refuse_south(ST_ATT_ENDORSEMENT);
}

static void refuses_another_kind(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N; i++) {
		w.items[1].kind = 2 + i;
		world_give_evidences(&w, i, N);
	}
	world_assert_all(&w, ST_ATT_FORMAT);
}

static void refuses_a_list_that_is_not_everybodys(void **state)
{
	(void)state;
	world_give_evidences(&w, 0, N - 1);
	assert_int_equal(w.st[0], ST_ATT_EVIDENCE_SET);
	w.items[2] = w.items[1]; /* doubled */
	world_give_evidences(&w, 1, N);
	assert_int_equal(w.st[1], ST_ATT_EVIDENCE_SET);
	w.items[2].evidence.len = 0; /* missing */
	world_give_evidences(&w, 2, N);
	assert_int_equal(w.st[2], ST_ATT_EVIDENCE_SET);
	world_channels(&w);
	world_assert_no_handle(&w);
}

/* South's and west's exchanged: genuine both, each bound to the other. */
static void refuses_evidence_in_another_place(void **state)
{
	struct admission_evidence south = w.items[1];

	(void)state;
	w.items[1] = w.items[2];
	w.items[2] = south;
	world_give_evidences(&w, 0, N);
	assert_int_equal(w.st[0], ST_ATT_BINDING);
}

static void refuses_every_altered_byte(void **state)
{
	struct hello hellos[N];
	struct slice docs[N];
	uint8_t sid[HASH_LEN], roster[HASH_LEN];
	struct att_claims claims[N];
	struct buf *const documents[] = {&w.evidence[1], &w.endorsement[1]};

	(void)state;
	world_docs(&w, docs);
	assert_int_equal(
	    admission_check_hellos(hellos, sid, w.policy[0], w.policy_hash, w.plan_hash, docs, N, NULL), ST_OK);
	for (size_t d = 0; d < COUNT_OF(documents); d++) {
		for (size_t byte = 0; byte < documents[d]->len; byte++) {
			documents[d]->ptr[byte] ^= (uint8_t)(1u << byte % 8);
			enum status st =
			    admission_check_evidences(roster, claims, w.policy[0], NULL, hellos, sid, w.items, N, NULL);
			if (d == 0 ? st != ST_ATT_FORMAT && st != ST_ATT_CHAIN : st != ST_ATT_ENDORSEMENT)
				fail_msg("document %zu byte %zu: %s", d, byte, status_name(st));
			documents[d]->ptr[byte] ^= (uint8_t)(1u << byte % 8);
		}
		struct slice whole = d == 0 ? w.items[1].evidence : w.items[1].endorsement;
		for (size_t n = 0; n < whole.len; n++) {
			*(d == 0 ? &w.items[1].evidence : &w.items[1].endorsement) = slice_of(whole.ptr, n);
			assert_int_not_equal(
			    admission_check_evidences(roster, claims, w.policy[0], NULL, hellos, sid, w.items, N, NULL),
			    ST_OK);
		}
		*(d == 0 ? &w.items[1].evidence : &w.items[1].endorsement) = whole;
	}
	assert_int_equal(
	    admission_check_evidences(roster, claims, w.policy[0], NULL, hellos, sid, w.items, N, NULL), ST_OK);
}

static void a_second_list_is_a_replay(void **state)
{
	(void)state;
	world_evidences(&w);
	world_assert_all(&w, ST_OK);
	world_evidences(&w);
	world_assert_all(&w, ST_ATT_REPLAY);
	world_channels(&w);
	world_assert_all(&w, ST_SES_STATE);
}

static void evidence_before_hellos_is_out_of_order(void **state)
{
	(void)state;
	world_start(&w);
	world_evidences(&w);
	world_assert_all(&w, ST_SES_STATE);
	world_hellos(&w);
	world_assert_all(&w, ST_SES_STATE);
}

/* The roster covers every document: two endorsements of one evidence give two rosters. */
static void the_roster_is_the_documented_one(void **state)
{
	struct hello hellos[N];
	struct slice docs[N];
	uint8_t sid[HASH_LEN], roster[HASH_LEN], expected[HASH_LEN], part[HASH_LEN];
	struct att_claims claims[N];
	struct hash h;

	(void)state;
	world_docs(&w, docs);
	assert_int_equal(
	    admission_check_hellos(hellos, sid, w.policy[0], w.policy_hash, w.plan_hash, docs, N, NULL), ST_OK);
	assert_int_equal(
	    admission_check_evidences(roster, claims, w.policy[0], NULL, hellos, sid, w.items, N, NULL), ST_OK);
	hash_begin(&h, "parley/roster/v1", 7);
	hash_bytes(&h, slice_of(sid, HASH_LEN));
	for (unsigned i = 0; i < N; i++) {
		evidence_hash(part, TEE_SOFTWARE, w.items[i].evidence);
		hash_bytes(&h, slice_of(part, HASH_LEN));
		hash_one(part, "parley/endorse/v1", w.items[i].endorsement);
		hash_bytes(&h, slice_of(part, HASH_LEN));
		assert_int_equal(claims[i].issued_s, w.claims[i].issued_s);
	}
	hash_end(&h, expected);
	assert_memory_equal(roster, expected, HASH_LEN);
}

/* Collateral is hashed into nothing: what each verifier's host lays in may differ, and the roster is the same. */
static void collateral_may_differ_between_verifiers(void **state)
{
	struct att_bundle bundle = {.n = 1, .items = {{.type = ATT_ITEM_CRL, .bytes = slice_str("a list")}}};
	struct buf bytes = {0};

	(void)state;
	assert_int_equal(att_bundle_encode(&bytes, &bundle), ST_OK);
	for (unsigned i = 0; i < N; i++) {
		w.items[1].collateral = i == 0 ? (struct slice){0} : buf_view(&bytes);
		world_give_evidences(&w, i, N);
	}
	world_assert_all(&w, ST_OK);
	for (unsigned i = 1; i < N; i++)
		assert_memory_equal(w.admission[i]->roster, w.admission[0]->roster, HASH_LEN);
	world_channels(&w); /* and so is what they found */
	world_assert_all(&w, ST_OK);
	buf_clear(&bytes);
}

static void refuses_collateral_that_is_none(void **state)
{
	(void)state;
	w.items[1].collateral = slice_str("garbage");
	for (unsigned i = 0; i < N; i++) {
		world_give_evidences(&w, i, N);
		assert_string_equal(w.problem[i].where, "party south");
		assert_non_null(strstr(w.problem[i].fix, "temporary"));
	}
	world_assert_all(&w, ST_ATT_COLLATERAL);
}

static void unlocked_memory_is_refused_if_the_policy_says_so(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N; i++)
		w.policy[i]->memory_locked = true;
	world_evidences(&w);
	world_assert_all(&w, ST_OK);
	world_close(&w);
	assert_int_equal(open_world(state), 0);
	for (unsigned i = 0; i < N; i++)
		w.policy[i]->memory_locked = true;
	w.claims[1].memory_unlocked = true;
	restate_south();
	assert_all_refuse_south(ST_ATT_PLATFORM);
}

static void expect_distinct(uint8_t vendors, uint8_t operators, enum status st)
{
	for (unsigned i = 0; i < N; i++) {
		w.policy[i]->distinct_vendors = vendors;
		w.policy[i]->distinct_operators = operators;
	}
	world_evidences(&w);
	world_assert_all(&w, st);
	world_close(&w);
	assert_int_equal(open_world(NULL), 0);
}

/* Software enclaves have no vendor that would keep the host out: one is too many to ask for. */
static void software_never_counts_towards_diversity(void **state)
{
	(void)state;
	expect_distinct(0, 0, ST_OK);
	expect_distinct(1, 0, ST_ATT_DISTINCT);
	expect_distinct(3, 0, ST_ATT_DISTINCT);
}

static void set_operators(const char *const names[N])
{
	for (unsigned i = 0; i < N; i++)
		for (unsigned j = 0; j < N; j++)
			snprintf(w.policy[i]->parties[j].operator_, sizeof w.policy[i]->parties[j].operator_, "%s",
			    names[j]);
}

static void operators_are_counted_exactly(void **state)
{
	static const char *const two[N] = {"cloud a", "cloud b", "cloud a"}, *const close_by[N] = {
										 "cloud a", "Cloud a", "cloud a "};

	(void)state;
	set_operators(two);
	expect_distinct(0, 2, ST_OK);
	set_operators(two);
	expect_distinct(0, 3, ST_ATT_DISTINCT);
	set_operators(close_by);
	expect_distinct(0, 3, ST_OK);
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    world_test(accepts_what_is_right),
	    world_test(refuses_a_wrong_measurement),
	    world_test(refuses_a_foreign_root),
	    world_test(refuses_evidence_for_another_session),
	    world_test(refuses_evidence_for_another_role),
	    world_test(refuses_evidence_for_another_party),
	    world_test(refuses_evidence_for_another_channel_key),
	    world_test(refuses_evidence_for_another_signing_key),
	    world_test(refuses_old_evidence),
	    world_test(refuses_evidence_from_the_future),
	    world_test(refuses_a_debug_enclave),
	    world_test(accepts_a_debug_enclave_when_the_policy_says_so),
	    world_test(refuses_replayed_evidence),
	    world_test(refuses_an_unendorsed_enclave),
	    world_test(refuses_an_endorsement_by_another_key),
	    world_test(refuses_an_endorsement_of_another_session),
	    world_test(refuses_an_endorsement_of_another_party),
	    world_test(refuses_an_endorsement_of_other_evidence),
	    world_test(refuses_an_endorsement_under_another_label),
	    world_test(refuses_another_kind),
	    world_test(refuses_a_list_that_is_not_everybodys),
	    world_test(refuses_evidence_in_another_place),
	    world_test(refuses_every_altered_byte),
	    world_test(a_second_list_is_a_replay),
	    world_test(evidence_before_hellos_is_out_of_order),
	    world_test(the_roster_is_the_documented_one),
	    world_test(collateral_may_differ_between_verifiers),
	    world_test(refuses_collateral_that_is_none),
	    world_test(unlocked_memory_is_refused_if_the_policy_says_so),
	    world_test(software_never_counts_towards_diversity),
	    world_test(operators_are_counted_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
