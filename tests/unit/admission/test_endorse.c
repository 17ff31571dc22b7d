/* channel/endorse.h: what an endorse key signs, and everything it does not. */
#include "world.h"

#include "base/cbor.h"
#include "base/cose.h"
#include "channel/endorse.h"
#include "proto/documents.h"

static struct world w;
static struct endorser *endorser; /* north's */
static unsigned runs, runs_max;

static enum status count_run(void *ctx, const uint8_t policy_hash[HASH_LEN])
{
	(void)ctx;
	assert_memory_equal(policy_hash, w.policy_hash, HASH_LEN);
	if (runs == runs_max)
		return ST_ARGUMENT;
	runs++;
	return ST_OK;
}

static struct endorser_config config(void)
{
	struct endorser_config cfg = {
	    .policy = w.policy[0], .self = 0, .endorse_sk = w.keys.endorse_sk[0], .count_run = count_run};

	memcpy(cfg.policy_hash, w.policy_hash, HASH_LEN);
	memcpy(cfg.plan_hash, w.plan_hash, HASH_LEN);
	return cfg;
}

static void restart(void)
{
	struct endorser_config cfg = config();

	endorser_free(endorser);
	assert_int_equal(endorser_new(&endorser, &cfg), ST_OK);
}

static int open_all(void **state)
{
	(void)state;
	world_open(&w);
	runs = 0;
	runs_max = 10;
	endorser = NULL;
	restart();
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	endorser_free(endorser);
	world_close(&w);
	return 0;
}

/* Sends a request; ST_OK and the document, or the status whose code stands in the refusal. */
static enum status ask(struct buf *request, int64_t now_s, struct buf *document)
{
	struct buf response = {0};
	struct slice doc = {0};
	struct problem problem = {0};
	enum status st;

	endorser_handle(endorser, buf_view(request), now_s, &response);
	assert_false(response.failed);
	st = endorse_response(&doc, buf_view(&response), &problem);
	if (st == ST_OK) {
		if (document)
			buf_append(document, doc.ptr, doc.len);
	} else {
		char code[16] = {0};
		assert_int_equal(st, ST_ATT_ENDORSE_REFUSED);
		assert_string_equal(problem.where, "endorser");
		memcpy(code, problem.message, strcspn(problem.message, ":"));
		st = status_from_code(code);
	}
	buf_clear(&response);
	buf_clear(request);
	return st;
}

static enum status ask_hello(unsigned party, int64_t now_s, struct buf *document)
{
	struct buf request = {0};

	endorse_request_hello(&request, buf_view(&w.hello_payload[party]));
	return ask(&request, now_s, document);
}

static enum status ask_evidence(struct slice evidence, int64_t now_s, struct buf *document)
{
	struct slice docs[N];
	struct buf request = {0};

	world_docs(&w, docs);
	endorse_request_evidence(&request, docs, N, TEE_SOFTWARE, evidence, (struct slice){0});
	return ask(&request, now_s, document);
}

/* HELLO signed by the endorser under test, the others' by their own; evidence made. */
static void until_evidence(void)
{
	struct buf doc = {0};

	assert_int_equal(ask_hello(0, WORLD_NOW, &doc), ST_OK);
	world_hellos(&w);
	world_assert_all(&w, ST_OK);
	assert_slice_equal(buf_view(&doc), buf_view(&w.hello[0])); /* deterministic: the very document */
	world_evidence(&w);
	buf_clear(&doc);
}

static void signs_what_admission_accepts(void **state)
{
	struct buf document = {0};

	(void)state;
	until_evidence();
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW + 3, &document), ST_OK);
	assert_int_equal(runs, 1);
	buf_clear(&w.endorsement[0]);
	w.endorsement[0] = document;
	world_evidences(&w);
	world_channels(&w);
	world_assert_all(&w, ST_OK);
}

static struct doc_enrol enrol(void)
{
	struct doc_enrol e = {.session = {1}, .attempt = 2, .host_key = {3}, .n_urls = N, .id = "north"};

	snprintf(e.urls[1], sizeof e.urls[1], "tcp://127.0.0.1:4000");
	return e;
}

static enum status ask_enrol(const struct doc_enrol *e, struct buf *document)
{
	struct buf payload = {0}, request = {0};

	doc_put_enrol(&payload, e);
	endorse_request_enrol(&request, buf_view(&payload));
	enum status st = ask(&request, WORLD_NOW, document);
	buf_clear(&payload);
	return st;
}

static void signs_enrolments_of_its_own_party(void **state)
{
	struct doc_enrol e = enrol(), back;
	struct buf document = {0};
	struct slice payload;

	(void)state;
	assert_int_equal(ask_enrol(&e, &document), ST_OK);
	assert_int_equal(
	    cose_sign1_verify(buf_view(&document), "parley/enrol/v1", w.keys.endorse_pk[0], &payload), ST_OK);
	assert_int_equal(doc_get_enrol(&back, payload), ST_OK);
	assert_int_equal(
	    cose_sign1_verify(buf_view(&document), HELLO_LABEL, w.keys.endorse_pk[0], &payload), ST_SIGNATURE);
	buf_clear(&document);
	snprintf(e.id, sizeof e.id, "south");
	assert_int_equal(ask_enrol(&e, NULL), ST_ATT_HELLO_OWN);
	e = enrol();
	e.n_urls = N - 1;
	assert_int_equal(ask_enrol(&e, NULL), ST_FORMAT);
}

typedef void (*hello_change)(struct hello *h);
static void other_id(struct hello *h)
{
	snprintf(h->id, sizeof h->id, "south");
}
static void other_role(struct hello *h)
{
	snprintf(h->role, sizeof h->role, "dealer");
}
static void other_policy(struct hello *h)
{
	h->policy_hash[0] ^= 1;
}
static void other_plan(struct hello *h)
{
	h->plan_hash[0] ^= 1;
}
static void other_protocol(struct hello *h)
{
	snprintf(h->protocol, sizeof h->protocol, "none");
}
static void year_off(struct hello *h)
{
	h->time_s += 365 * 86400;
}
static void before_signing(struct hello *h)
{
	h->time_s = TEST_SIGNING_TIME - 1;
}

static enum status ask_changed(hello_change change, int64_t now_s)
{
	struct buf payload = {0}, request = {0};
	struct hello h;

	assert_int_equal(hello_decode(&h, buf_view(&w.hello_payload[0])), ST_OK);
	change(&h);
	hello_encode(&payload, &h);
	endorse_request_hello(&request, buf_view(&payload));
	enum status st = ask(&request, now_s, NULL);
	buf_clear(&payload);
	return st;
}

static void refuses_hellos_that_are_not_its_own(void **state)
{
	(void)state;
	assert_int_equal(ask_changed(other_id, WORLD_NOW), ST_ATT_HELLO_OWN);
	assert_int_equal(ask_changed(other_role, WORLD_NOW), ST_ATT_HELLO_SET);
	assert_int_equal(ask_changed(other_policy, WORLD_NOW), ST_ATT_HELLO_POLICY);
	assert_int_equal(ask_changed(other_plan, WORLD_NOW), ST_ATT_HELLO_POLICY);
	assert_int_equal(ask_changed(other_protocol, WORLD_NOW), ST_ATT_HELLO_POLICY);
	assert_int_equal(ask_changed(year_off, WORLD_NOW), ST_ATT_HELLO_CLOCK);
	assert_int_equal(ask_changed(before_signing, TEST_SIGNING_TIME), ST_ATT_HELLO_CLOCK);
	assert_int_equal(ask_hello(0, WORLD_NOW + 301, NULL), ST_ATT_HELLO_CLOCK);
	assert_int_equal(ask_hello(1, WORLD_NOW, NULL), ST_ATT_HELLO_OWN);
	assert_int_equal(ask_hello(0, WORLD_NOW, NULL), ST_OK); /* and is not confused by any of it */
}

static void refuses_outside_of_the_policys_time(void **state)
{
	(void)state;
	w.policy[0]->not_before = WORLD_NOW + 1;
	assert_int_equal(ask_hello(0, WORLD_NOW, NULL), ST_POLICY_NOT_VALID_NOW);
	w.policy[0]->not_before = TEST_NOT_BEFORE;
	w.policy[0]->not_after = WORLD_NOW - 1;
	assert_int_equal(ask_hello(0, WORLD_NOW, NULL), ST_POLICY_NOT_VALID_NOW);
}

static void other_nonce(struct hello *h)
{
	h->nonce[0] ^= 1;
}
static void next_attempt(struct hello *h)
{
	h->nonce[0] ^= 1;
	h->attempt++;
}

static void signs_one_hello_per_session_and_attempt(void **state)
{
	(void)state;
	assert_int_equal(ask_hello(0, WORLD_NOW, NULL), ST_OK);
	assert_int_equal(ask_changed(other_nonce, WORLD_NOW), ST_ATT_HELLO_REUSED);
	assert_int_equal(ask_changed(next_attempt, WORLD_NOW), ST_OK);
	assert_int_equal(ask_hello(0, WORLD_NOW, NULL), ST_OK); /* the very same again: a lost response */
}

static void endorses_once_per_hello(void **state)
{
	struct buf first = {0}, again = {0}, other = {0};

	(void)state;
	until_evidence();
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, &first), ST_OK);
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, &again), ST_OK);
	assert_slice_equal(buf_view(&first), buf_view(&again));
	assert_int_equal(runs, 1);
	w.claims[0].instance[5] ^= 1; /* a second launch for the same HELLO */
	att_soft_produce(&other, &w.claims[0], w.keys.root_sk);
	assert_int_equal(ask_evidence(buf_view(&other), WORLD_NOW, NULL), ST_ATT_REPLAY);
	assert_int_equal(runs, 1);
	buf_clear(&first);
	buf_clear(&again);
	buf_clear(&other);
}

static void forgets_and_then_refuses(void **state)
{
	(void)state;
	until_evidence();
	restart();
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, NULL), ST_ATT_HELLO_OWN);
	assert_int_equal(runs, 0);
}

static enum status ask_restated(void)
{
	world_sign_evidence(&w, 0);
	return ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, NULL);
}

static void refuses_evidence_that_peers_would_refuse(void **state)
{
	(void)state;
	until_evidence();
	const struct att_claims good = w.claims[0];
	test_code_of(&w.claims[0])[0] ^= 1;
	assert_int_equal(ask_restated(), ST_ATT_MEASUREMENT);
	w.claims[0] = good;
	w.claims[0].report_data[0] ^= 1;
	assert_int_equal(ask_restated(), ST_ATT_BINDING);
	w.claims[0] = good;
	w.claims[0].issued_s -= 86400;
	assert_int_equal(ask_restated(), ST_ATT_EXPIRED);
	w.claims[0] = good;
	w.claims[0].debug = true;
	assert_int_equal(ask_restated(), ST_ATT_DEBUG);
	w.claims[0] = good;
	/* genuine evidence of another party's enclave: bound to that party, so not to be endorsed as ours */
	assert_int_equal(ask_evidence(buf_view(&w.evidence[1]), WORLD_NOW, NULL), ST_ATT_BINDING);
	assert_int_equal(ask_evidence(slice_str("nonsense"), WORLD_NOW, NULL), ST_ATT_FORMAT);
	assert_int_equal(ask_evidence((struct slice){0}, WORLD_NOW, NULL), ST_ATT_FORMAT);
	assert_int_equal(runs, 0);
	assert_int_equal(ask_restated(), ST_OK);
	assert_int_equal(runs, 1);
}

static void refuses_a_list_that_peers_would_refuse(void **state)
{
	struct buf request = {0};
	struct slice docs[N];

	(void)state;
	until_evidence();
	world_docs(&w, docs);
	endorse_request_evidence(&request, docs, N - 1, TEE_SOFTWARE, buf_view(&w.evidence[0]), (struct slice){0});
	assert_int_equal(ask(&request, WORLD_NOW, NULL), ST_ATT_HELLO_SET);
	buf_reset(&w.hello[2]); /* a stranger signs for west */
	cose_sign1(&w.hello[2], HELLO_LABEL, buf_view(&w.hello_payload[2]), w.keys.endorse_sk[1]);
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, NULL), ST_ATT_HELLO_SIGNATURE);
	world_make_hello(&w, 2);
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW + 86400, NULL), ST_ATT_HELLO_CLOCK);
	assert_int_equal(runs, 0);
}

static void a_run_that_is_not_permitted_gets_no_signature(void **state)
{
	(void)state;
	until_evidence();
	runs_max = 0;
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, NULL), ST_ARGUMENT);
	runs_max = 1;
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, NULL), ST_OK);
}

static void answers_every_malformed_request(void **state)
{
	struct buf request = {0};
	struct slice docs[N];

	(void)state;
	until_evidence();
	world_docs(&w, docs);
	endorse_request_evidence(&request, docs, N, TEE_SOFTWARE, buf_view(&w.evidence[0]), (struct slice){0});
	for (size_t n = 0; n < request.len; n++) {
		struct buf cut = {0};
		buf_append(&cut, request.ptr, n);
		assert_int_not_equal(ask(&cut, WORLD_NOW, NULL), ST_OK);
	}
	buf_append(&request, "", 1);
	assert_int_not_equal(ask(&request, WORLD_NOW, NULL), ST_OK);
	for (unsigned type = 0; type < 8; type++) {
		cbor_put_array(&request, 2);
		cbor_put_u64(&request, type);
		cbor_put_bytes(&request, slice_str("x"));
		assert_int_not_equal(ask(&request, WORLD_NOW, NULL), ST_OK);
	}
	assert_int_equal(runs, 0);
}

/* What a request quotes comes back printable, cut or not. */
static void a_refusal_is_always_readable(void **state)
{
	struct buf request = {0}, response = {0}, payload = {0};
	struct problem problem = {0};
	struct slice document;
	struct hello h;

	(void)state;
	assert_int_equal(hello_decode(&h, buf_view(&w.hello_payload[0])), ST_OK);
	snprintf(h.id, sizeof h.id, "\x1b[31m\xc3\xa9\n");
	hello_encode(&payload, &h);
	endorse_request_hello(&request, buf_view(&payload));
	endorser_handle(endorser, buf_view(&request), WORLD_NOW, &response);
	assert_int_equal(endorse_response(&document, buf_view(&response), &problem), ST_ATT_ENDORSE_REFUSED);
	for (const char *c = problem.message; *c; c++)
		assert_true(*c >= 0x20 && *c < 0x7f);
	buf_clear(&request);
	buf_clear(&response);
	buf_clear(&payload);
}

static void the_client_refuses_malformed_responses(void **state)
{
	struct slice document;
	struct buf response = {0};

	(void)state;
	endorser_handle(endorser, slice_str("\x82\x02\x41x"), WORLD_NOW, &response);
	assert_int_equal(endorse_response(&document, buf_view(&response), NULL), ST_ATT_ENDORSE_REFUSED);
	for (size_t n = 0; n < response.len; n++) {
		enum status st = endorse_response(&document, slice_of(response.ptr, n), NULL);
		assert_true(st != ST_OK && st != ST_ATT_ENDORSE_REFUSED);
	}
	buf_append(&response, "", 1);
	assert_int_not_equal(endorse_response(&document, buf_view(&response), NULL), ST_ATT_ENDORSE_REFUSED);
	buf_clear(&response);
}

static void only_the_policys_key_and_party(void **state)
{
	struct endorser_config cfg = config();
	struct endorser *e = NULL;

	(void)state;
	cfg.endorse_sk = w.keys.approve_sk[0];
	assert_int_equal(endorser_new(&e, &cfg), ST_KEY);
	cfg.endorse_sk = w.keys.endorse_sk[1];
	assert_int_equal(endorser_new(&e, &cfg), ST_KEY);
	cfg = config();
	cfg.self = N;
	assert_int_equal(endorser_new(&e, &cfg), ST_ARGUMENT);
	assert_null(e);
}

#define all_test(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

/* ---- renewals ---- */

static struct renewal round_of(uint32_t epoch, int64_t time_s)
{
	struct renewal r = {.epoch = epoch, .time = {time_s, time_s + 2}};

	for (unsigned i = 0; i < N; i++)
		memset(r.nonces[i], (int)(epoch * 8 + i), RENEWAL_NONCE_LEN);
	return r;
}

/* North's new evidence for this round; `code_flip` and `issued_s` spoil it. */
static void renewed_evidence(
    struct buf *out, const uint8_t *roster, const struct renewal *r, uint8_t code_flip, int64_t issued_s)
{
	struct att_claims claims = w.claims[0];
	struct hello hello;

	assert_int_equal(hello_decode(&hello, buf_view(&w.hello_payload[0])), ST_OK);
	renewal_report_data_of(claims.report_data, roster, &hello, r, N);
	claims.issued_s = issued_s;
	test_code_of(&claims)[0] ^= code_flip;
	att_soft_produce(out, &claims, w.keys.root_sk);
}

static enum status ask_renewal_with(
    const uint8_t *roster, const struct renewal *r, struct slice evidence, int64_t now_s, struct buf *document)
{
	struct slice docs[N];
	struct buf request = {0};

	world_docs(&w, docs);
	endorse_request_renewal(&request, docs, N, roster, r, TEE_SOFTWARE, evidence, (struct slice){0});
	return ask(&request, now_s, document);
}

static enum status ask_renewal(const uint8_t *roster, uint32_t epoch, int64_t now_s, struct buf *document)
{
	struct renewal r = round_of(epoch, now_s);
	struct buf evidence = {0};

	renewed_evidence(&evidence, roster, &r, 0, now_s);
	enum status st = ask_renewal_with(roster, &r, buf_view(&evidence), now_s, document);
	buf_clear(&evidence);
	return st;
}

static const uint8_t some_roster[HASH_LEN] = {7}, other_roster[HASH_LEN] = {8};

static void renews_epoch_by_epoch_on_one_roster(void **state)
{
	struct buf first = {0}, again = {0};
	int64_t t = WORLD_NOW + 4000; /* long after the HELLOs */

	(void)state;
	until_evidence();
	assert_int_equal(ask_renewal(some_roster, 1, WORLD_NOW, NULL), ST_ATT_REPLAY); /* nothing endorsed yet */
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, NULL), ST_OK);
	assert_int_equal(ask_renewal(some_roster, 0, t, NULL), ST_ATT_REPLAY);
	assert_int_equal(ask_renewal(some_roster, 2, t, NULL), ST_ATT_REPLAY);
	assert_int_equal(ask_renewal(some_roster, 1, t, &first), ST_OK);
	assert_int_equal(ask_renewal(some_roster, 1, t, &again), ST_OK); /* a lost response */
	assert_slice_equal(buf_view(&first), buf_view(&again));
	assert_int_equal(
	    ask_renewal(some_roster, 1, t + 1, NULL), ST_ATT_REPLAY); /* other evidence for the same epoch */
	assert_int_equal(ask_renewal(other_roster, 2, t + 400, NULL), ST_ATT_REPLAY);
	assert_int_equal(ask_renewal(some_roster, 2, t + 400, NULL), ST_OK);
	assert_int_equal(ask_renewal(some_roster, 1, t, NULL), ST_ATT_REPLAY);
	assert_int_equal(
	    ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, NULL), ST_ATT_REPLAY); /* back to admission */
	assert_int_equal(runs, 1); /* all of it is one run */
	buf_clear(&first);
	buf_clear(&again);
}

static void a_renewed_endorsement_is_the_documented_one(void **state)
{
	struct renewal r = round_of(1, WORLD_NOW + 400);
	struct buf evidence = {0}, document = {0}, expected = {0};
	uint8_t h[HASH_LEN];
	struct slice payload;

	(void)state;
	until_evidence();
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, NULL), ST_OK);
	renewed_evidence(&evidence, some_roster, &r, 0, WORLD_NOW + 400);
	assert_int_equal(ask_renewal_with(some_roster, &r, buf_view(&evidence), WORLD_NOW + 400, &document), ST_OK);
	assert_int_equal(cose_sign1_verify(
			     buf_view(&document), "parley/endorse-again/v1", w.policy[0]->parties[0].endorse, &payload),
	    ST_OK);
	evidence_hash(h, TEE_SOFTWARE, buf_view(&evidence));
	cbor_put_map(&expected, 5);
	cbor_put_u64(&expected, 1);
	cbor_put_bytes(&expected, slice_of(admission_sid(w.admission[0]), HASH_LEN));
	cbor_put_u64(&expected, 2);
	cbor_put_text(&expected, "north");
	cbor_put_u64(&expected, 3);
	cbor_put_bytes(&expected, slice_of(h, sizeof h));
	cbor_put_u64(&expected, 4);
	cbor_put_bytes(&expected, slice_of(some_roster, sizeof some_roster));
	cbor_put_u64(&expected, 5);
	cbor_put_u64(&expected, 1);
	assert_slice_equal(payload, buf_view(&expected));
	buf_clear(&evidence);
	buf_clear(&document);
	buf_clear(&expected);
}

static enum status ask_spoilt(uint8_t code_flip, int64_t issued_off, int64_t clock_off, uint8_t roster_flip)
{
	int64_t t = WORLD_NOW + 400;
	struct renewal r = round_of(1, t + clock_off);
	uint8_t bound[HASH_LEN];
	struct buf evidence = {0};

	memcpy(bound, some_roster, HASH_LEN);
	bound[0] ^= roster_flip;
	renewed_evidence(&evidence, bound, &r, code_flip, t + issued_off);
	enum status st = ask_renewal_with(some_roster, &r, buf_view(&evidence), t, NULL);
	buf_clear(&evidence);
	return st;
}

static void renews_nothing_that_peers_would_refuse(void **state)
{
	int64_t skew = w.policy[0]->skew_s, age = w.policy[0]->max_evidence_age_s;

	(void)state;
	until_evidence();
	assert_int_equal(ask_evidence(buf_view(&w.evidence[0]), WORLD_NOW, NULL), ST_OK);
	assert_int_equal(ask_spoilt(1, 0, 0, 0), ST_ATT_MEASUREMENT);
	assert_int_equal(ask_spoilt(0, -age - 1, 0, 0), ST_ATT_EXPIRED);
	assert_int_equal(ask_spoilt(0, 0, 0, 1), ST_ATT_BINDING);
	assert_int_equal(
	    ask_spoilt(0, skew, skew, 0), ST_ATT_HELLO_CLOCK); /* latest: two seconds more than skew ahead of us */
	assert_int_equal(ask_spoilt(0, -skew - 1, -skew - 1, 0), ST_ATT_HELLO_CLOCK);
	assert_int_equal(ask_spoilt(0, 0, 0, 0), ST_OK);
	assert_int_equal(
	    ask_renewal(some_roster, 2, WORLD_NOW + 399, NULL), ST_ATT_HELLO_CLOCK); /* time does not go back */
	restart();
	assert_int_equal(ask_renewal(some_roster, 2, WORLD_NOW + 800, NULL), ST_ATT_HELLO_OWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    all_test(signs_what_admission_accepts),
	    all_test(signs_enrolments_of_its_own_party),
	    all_test(refuses_hellos_that_are_not_its_own),
	    all_test(refuses_outside_of_the_policys_time),
	    all_test(signs_one_hello_per_session_and_attempt),
	    all_test(endorses_once_per_hello),
	    all_test(forgets_and_then_refuses),
	    all_test(refuses_evidence_that_peers_would_refuse),
	    all_test(refuses_a_list_that_peers_would_refuse),
	    all_test(a_run_that_is_not_permitted_gets_no_signature),
	    all_test(renews_epoch_by_epoch_on_one_roster),
	    all_test(a_renewed_endorsement_is_the_documented_one),
	    all_test(renews_nothing_that_peers_would_refuse),
	    all_test(answers_every_malformed_request),
	    all_test(a_refusal_is_always_readable),
	    all_test(the_client_refuses_malformed_responses),
	    all_test(only_the_policys_key_and_party),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
