/* coordinator/coordinator.h: requests as bytes. START's checks, FIND and held requests, posts that are lost, doubled and
 * reordered, strangers, retries, limits, a journal that fails, and a restart between any two requests. */
#include "../../support/test.h"

#include "fake_party.h"

#define NOW_S (TEST_SIGNING_TIME + 1000)

static struct fake_world world;
static struct memory_store store;
static struct random_seeded seeded;
static struct coordinator *c;
static int64_t now_ms;
static uint64_t tickets;
static struct wire_session_view changes[256];
static size_t n_changes;

static void changed(void *ctx, const struct wire_session_view *view)
{
	(void)ctx;
	if (n_changes < COUNT_OF(changes))
		changes[n_changes++] = *view;
}

static struct coordinator_config config(void)
{
	return (struct coordinator_config){.store = &store.store, .rng = random_from_seed(&seeded), .changed = changed};
}

static void start_coordinator(void)
{
	struct coordinator_config cfg = config();
	struct problem problem = {0};

	assert_int_equal(coordinator_new(&c, &cfg, now_ms, &problem), ST_OK);
}

static int setup(void **state)
{
	(void)state;
	fake_world_init(&world, 5, 0, NULL);
	memory_store_init(&store);
	seeded = (struct random_seeded){.seed = {1}};
	now_ms = NOW_S * 1000;
	n_changes = 0;
	start_coordinator();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	coordinator_free(c);
	c = NULL;
	memory_store_clear(&store);
	fake_world_clear(&world);
	return 0;
}

static void restart_coordinator(void)
{
	coordinator_free(c);
	start_coordinator();
}

/* ---- asking ---- */

static struct wire_reply reply;
static struct wire_storage storage;

static void decode_reply(struct buf *bytes)
{
	static struct buf kept;

	wire_storage_clear(&storage);
	buf_reset(&kept);
	buf_append(&kept, bytes->ptr, bytes->len);
	assert_int_equal(wire_reply_decode(&reply, &storage, buf_view(&kept)), ST_OK);
	buf_clear(bytes);
}

/* The code of the reply, "HOLD" when it is held. */
static const char *ask_bytes(struct slice bytes)
{
	struct buf out = {0};

	if (coordinator_handle(c, bytes, ++tickets, now_ms, &out) == COORDINATOR_HOLD) {
		assert_int_equal(out.len, 0);
		return "HOLD";
	}
	decode_reply(&out);
	return reply.code;
}

static const char *ask(const struct wire_request *q)
{
	struct buf bytes = {0};

	wire_request_encode(&bytes, q);
	assert_false(bytes.failed);
	const char *code = ask_bytes(buf_view(&bytes));
	buf_clear(&bytes);
	return code;
}

/* The next held request that can be answered: its ticket, 0 when none. */
static uint64_t next_answer(void)
{
	struct buf out = {0};
	uint64_t ticket;

	if (!coordinator_next_reply(c, now_ms, &ticket, &out))
		return 0;
	decode_reply(&out);
	return ticket;
}

static const char *start(struct slice file, const uint8_t *retry_of)
{
	static struct wire_request q;

	q = (struct wire_request){.kind = WREQ_START, .body = file, .has_session = retry_of != NULL};
	if (retry_of != NULL)
		memcpy(q.session, retry_of, sizeof q.session);
	return ask(&q);
}

static const char *show(const uint8_t *session)
{
	static struct wire_request q;

	q = (struct wire_request){.kind = WREQ_SHOW, .has_session = session != NULL};
	if (session != NULL)
		memcpy(q.session, session, sizeof q.session);
	return ask(&q);
}

static const char *find(const char *party, uint32_t hold_ms)
{
	static struct wire_request q;

	q = (struct wire_request){.kind = WREQ_FIND, .hold_ms = hold_ms};
	snprintf(q.party, sizeof q.party, "%s", party);
	memcpy(q.policy_hash, world.policy_hash, sizeof q.policy_hash);
	return ask(&q);
}

static const char *post(const struct fake_party *p, size_t first, size_t n, uint32_t hold_ms)
{
	static struct wire_request q;

	fake_party_request(p, first, n, hold_ms, &q);
	return ask(&q);
}

static void read_mail(struct fake_party *p)
{
	for (uint32_t i = 0; i < reply.n_messages; i++)
		fake_party_told(p, &reply.messages[i]);
}

static struct fake_party parties[FAKE_PARTIES];

static void start_session(uint8_t session[WIRE_SESSION_LEN])
{
	assert_string_equal(start(buf_view(&world.file), NULL), "OK");
	assert_true(reply.has_session);
	assert_int_equal(reply.attempt, 1);
	memcpy(session, reply.session, WIRE_SESSION_LEN);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		fake_party_init(&parties[i], &world, i, session, 1);
}

static void clear_parties(void)
{
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		fake_party_clear(&parties[i]);
}

/* Everything the party can send now goes in one post; its mail is read. true: something happened. */
static bool turn(struct fake_party *p)
{
	size_t before = p->n_sent;
	uint64_t ack = p->ack;

	while (p->n_sent - before < WIRE_MESSAGES_MAX && fake_party_advance(p))
		;
	assert_string_equal(post(p, before + 1, p->n_sent - before, 0), "OK");
	read_mail(p);
	return p->n_sent > before || p->ack > ack;
}

static void run_to_the_end(void)
{
	for (unsigned idle = 0, i = 0; idle < FAKE_PARTIES; i = (i + 1) % FAKE_PARTIES)
		idle = !fake_party_is_over(&parties[i]) && turn(&parties[i]) ? 0 : idle + 1;
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		assert_true(parties[i].is_done);
}

/* ---- sessions ---- */

static void a_session_runs_to_done(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	enum session_state last = S_CREATED;
	(void)state;

	start_session(session);
	run_to_the_end();
	assert_string_equal(show(session), "OK");
	assert_int_equal(reply.n_views, 1);
	assert_int_equal(reply.views[0].state, S_DONE);
	assert_int_equal(reply.views[0].step, world.policy->plan.n_ops);
	assert_string_equal(reply.views[0].policy, world.policy->name);
	assert_string_equal(show(NULL), "OK");
	assert_int_equal(reply.n_views, 1);
	for (size_t i = 0; i < n_changes; i++) { /* people heard of every state, in order */
		assert_true(changes[i].state == last || changes[i].state == last + 1);
		last = changes[i].state;
	}
	assert_int_equal(last, S_DONE);
	clear_parties();
}

static void session_ids_come_from_the_random_source(void **state)
{
	uint8_t first[WIRE_SESSION_LEN], expect[WIRE_SESSION_LEN];
	struct random_seeded same = {.seed = {1}};
	struct random rng = random_from_seed(&same);
	(void)state;

	rng.fill(rng.ctx, expect, sizeof expect);
	start_session(first);
	assert_memory_equal(first, expect, sizeof first);
	clear_parties();
}

/* ---- START ---- */

static void expire(struct policy *p)
{
	p->not_after = NOW_S - 1;
}
static void not_yet(struct policy *p)
{
	p->not_before = NOW_S + 1;
}
static void signed_later(struct policy *p)
{
	p->signing_time = NOW_S + p->skew_s + 1;
}
static void fill_in(struct policy *p)
{
	p->filled_in = true;
}

static const char *start_spoilt(void (*spoil)(struct policy *p))
{
	static char code[16];
	struct fake_world other;

	fake_world_init(&other, 5, 0, spoil);
	snprintf(code, sizeof code, "%s", start(buf_view(&other.file), NULL));
	fake_world_clear(&other);
	return code;
}

static void start_checks_the_policy(void **state)
{
	struct buf unsigned_file = {0};
	size_t events = store.n;
	(void)state;

	assert_string_equal(start_spoilt(expire), "PLAN-0012");
	assert_string_equal(start_spoilt(not_yet), "PLAN-0012");
	assert_string_equal(start_spoilt(signed_later), "PLAN-0012");
	assert_string_equal(start_spoilt(fill_in), "POL-0005");
	policy_file_wrap(&unsigned_file, buf_view(&world.payload));
	assert_string_equal(start(buf_view(&unsigned_file), NULL), "PLAN-0010");
	/* one signature missing: two of three */
	struct buf one = {0}, two = {0};
	assert_int_equal(
	    policy_file_sign(&one, world.policy, buf_view(&unsigned_file), world.keys.approve_sk[0]), ST_OK);
	assert_int_equal(policy_file_sign(&two, world.policy, buf_view(&one), world.keys.approve_sk[2]), ST_OK);
	assert_string_equal(start(buf_view(&two), NULL), "PLAN-0010");
	/* anything altered: sampled */
	for (size_t at = 3; at < world.file.len; at += world.file.len / 60) {
		world.file.ptr[at] ^= 0x10;
		assert_string_not_equal(start(buf_view(&world.file), NULL), "OK");
		world.file.ptr[at] ^= 0x10;
	}
	assert_int_equal(store.n, events);
	assert_int_equal(coordinator_session_count(c), 0);
	buf_clear(&one);
	buf_clear(&two);
	buf_clear(&unsigned_file);
}

static void a_filled_in_policy_runs_where_it_may(void **state)
{
	struct coordinator_config cfg = config();
	struct problem problem = {0};
	(void)state;

	coordinator_free(c);
	cfg.allow_filled_in = true;
	assert_int_equal(coordinator_new(&c, &cfg, now_ms, &problem), ST_OK);
	assert_string_equal(start_spoilt(fill_in), "OK");
	assert_string_equal(start_spoilt(expire), "PLAN-0012");
}

static void a_retry_is_the_next_attempt_of_an_aborted_session(void **state)
{
	uint8_t session[WIRE_SESSION_LEN], unknown[WIRE_SESSION_LEN] = {7};
	static struct wire_request q;
	(void)state;

	start_session(session);
	assert_string_equal(start(buf_view(&world.file), session), "SES-0001"); /* it still lives */
	assert_string_equal(start(buf_view(&world.file), unknown), "SES-0011");
	q = (struct wire_request){.kind = WREQ_ABORT, .has_session = true};
	memcpy(q.session, session, sizeof session);
	assert_string_equal(ask(&q), "OK");
	assert_int_equal(reply.views[0].state, S_ABORTED);
	assert_string_equal(ask(&q), "SES-0001");
	struct fake_world other;
	fake_world_init(&other, 6, 0, NULL);
	assert_string_equal(start(buf_view(&other.file), session), "ATT-0011");
	fake_world_clear(&other);
	for (uint32_t attempt = 2; attempt < 5; attempt++) {
		assert_string_equal(start(buf_view(&world.file), session), "OK");
		assert_memory_equal(reply.session, session, sizeof session);
		assert_int_equal(reply.attempt, attempt);
		assert_string_equal(ask(&q), "OK");
	}
	assert_string_equal(start(buf_view(&world.file), session), "OK");
	clear_parties();
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		fake_party_init(&parties[i], &world, i, session, 5);
	struct fake_party stale;
	fake_party_init(&stale, &world, 0, session, 1); /* the first attempt is over, whoever asks */
	fake_party_advance(&stale);
	assert_string_equal(post(&stale, 1, 1, 0), "OK");
	read_mail(&stale);
	assert_true(stale.is_aborted);
	fake_party_clear(&stale);
	run_to_the_end();
	assert_string_equal(start(buf_view(&world.file), session), "SES-0001"); /* done */
	clear_parties();
}

/* ---- FIND, and requests that are held ---- */

static void find_waits_for_a_session(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	assert_string_equal(find("north", 0), "ENV-0006");
	assert_string_equal(find("north", 1000), "HOLD");
	uint64_t north = tickets;
	assert_string_equal(find("nobody", 1000), "HOLD");
	uint64_t nobody = tickets;
	assert_int_equal(next_answer(), 0);
	assert_int_equal(coordinator_wake_ms(c), now_ms + 1000);
	start_session(session);
	assert_int_equal(next_answer(), north);
	assert_string_equal(reply.code, "OK");
	assert_memory_equal(reply.session, session, sizeof session);
	assert_int_equal(next_answer(), 0);
	now_ms += 1000;
	assert_int_equal(next_answer(), nobody);
	assert_string_equal(reply.code, "ENV-0006");
	assert_string_equal(find("north", 0), "OK");
	turn(&parties[0]);
	assert_string_equal(find("north", 0), "ENV-0006"); /* it is in that one already */
	assert_string_equal(find("south", 0), "OK");
	clear_parties();
}

static void all_parties_find_the_oldest_session(void **state)
{
	uint8_t first[WIRE_SESSION_LEN], second[WIRE_SESSION_LEN];
	(void)state;

	start_session(first);
	clear_parties();
	start_session(second);
	assert_string_equal(find("west", 0), "OK");
	assert_memory_equal(reply.session, first, sizeof first);
	clear_parties();
}

static void a_post_is_held_until_there_is_mail(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	start_session(session);
	fake_party_advance(&parties[0]);
	assert_string_equal(post(&parties[0], 1, 1, 5000), "HOLD");
	uint64_t north = tickets;
	turn(&parties[1]);
	assert_int_equal(next_answer(), 0);
	turn(&parties[2]); /* all enrolled: PEERS to everybody */
	assert_int_equal(next_answer(), north);
	assert_string_equal(reply.code, "OK");
	assert_int_equal(reply.n_messages, 1);
	assert_int_equal(reply.messages[0].kind, WM_PEERS);
	/* lost on the way: the next post with the same ack gets it at once */
	assert_string_equal(post(&parties[0], 1, 0, 5000), "OK");
	assert_int_equal(reply.n_messages, 1);
	read_mail(&parties[0]);
	assert_string_equal(post(&parties[0], 1, 0, 5000), "HOLD");
	uint64_t older = tickets;
	assert_string_equal(post(&parties[0], 1, 0, 5000), "HOLD");
	uint64_t newer = tickets;
	assert_int_equal(next_answer(), older); /* a host that posts again has dropped the earlier one */
	assert_int_equal(reply.n_messages, 0);
	assert_int_equal(next_answer(), 0);
	now_ms += 5000;
	assert_int_equal(next_answer(), newer);
	assert_string_equal(post(&parties[0], 1, 0, 5000), "HOLD");
	coordinator_forget(c, tickets);
	now_ms += 50000;
	assert_int_equal(next_answer(), 0);
	clear_parties();
}

static void held_requests_are_limited(void **state)
{
	size_t held = 0;
	(void)state;

	for (unsigned i = 0; i < COORDINATOR_HELD_MAX + 10; i++)
		held += strcmp(find("north", 10000), "HOLD") == 0;
	assert_int_equal(held, COORDINATOR_HELD_MAX / 2); /* nobody signs a FIND: posts have their own places */
	uint8_t session[WIRE_SESSION_LEN];
	while (next_answer() != 0)
		;
	start_session(session);
	while (next_answer() != 0)
		held--;
	assert_int_equal(held, 0);
	clear_parties();
}

/* ---- lost, doubled, reordered posts ---- */

static void any_disorder_of_posts_ends_in_done(void **state)
{
	struct test_rng rng = {77};
	size_t lost = 0, doubled = 0, gaps = 0;
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	for (unsigned run = 0; run < 10; run++) {
		size_t taken[FAKE_PARTIES] = {0}; /* what each party knows to be taken */
		start_session(session);
		for (unsigned spin = 0; spin < 20000; spin++) {
			struct fake_party *p = &parties[test_below(&rng, FAKE_PARTIES)];
			unsigned i = p->index;
			if (fake_party_is_over(p))
				continue;
			if (test_below(&rng, 2))
				fake_party_advance(p);
			size_t first = taken[i] + 1 -
				       (taken[i] > 0 && test_below(&rng, 3) == 0); /* now and then an old one again */
			if (test_below(&rng, 6) == 0 && first + 1 <= p->n_sent)
				first++; /* the newer post overtakes */
			size_t n = first <= p->n_sent ? 1 + test_below(&rng, p->n_sent - first + 1) : 0;
			if (test_below(&rng, 5) == 0) {
				lost++; /* the request */
				continue;
			}
			const char *code = post(p, first, n > WIRE_MESSAGES_MAX ? WIRE_MESSAGES_MAX : n, 0);
			if (strcmp(code, "OK") != 0) {
				assert_true(first > taken[i] + 1 ||
					    (n == 0 && taken[i] == 0)); /* only a gap, or no ENROL yet */
				assert_true(strcmp(code, "SES-0002") == 0 || strcmp(code, "SES-0001") == 0);
				gaps++;
				continue;
			}
			doubled += first <= taken[i];
			if (test_below(&rng, 5) == 0)
				continue; /* the reply is lost */
			if (n > 0 && first + n - 1 > taken[i])
				taken[i] = first + n - 1;
			read_mail(p);
		}
		for (unsigned i = 0; i < FAKE_PARTIES; i++)
			assert_true(parties[i].is_done);
		clear_parties();
	}
	assert_true(lost > 100 && doubled > 100 && gaps > 20);
}

/* ---- strangers ---- */

static size_t journalled(void)
{
	return store.n;
}

static void strangers_change_nothing(void **state)
{
	static struct wire_request q;
	uint8_t session[WIRE_SESSION_LEN];
	struct fake_party stranger;
	(void)state;

	start_session(session);
	turn(&parties[0]);
	size_t events = journalled();

	/* with keys of another world: enrolling as south, speaking as north */
	struct fake_world other;
	fake_world_init(&other, 999, 0, NULL);
	fake_party_init(&stranger, &other, 1, session, 1);
	fake_party_advance(&stranger);
	assert_string_equal(post(&stranger, 1, 1, 0), "SIG-0001");
	fake_party_clear(&stranger);
	fake_party_init(&stranger, &other, 0, session, 1);
	fake_party_advance(&stranger);
	assert_string_equal(post(&stranger, 1, 1, 0), "SIG-0001");
	assert_string_equal(post(&stranger, 1, 0, 0), "SIG-0001"); /* reading north's mail */
	fake_party_clear(&stranger);
	/* a party that the session does not have */
	fake_party_request(&parties[0], 1, 1, 0, &q);
	snprintf(q.party, sizeof q.party, "east");
	assert_string_equal(ask(&q), "SIG-0001");
	/* a post of north, altered in any way */
	fake_party_request(&parties[0], 1, 1, 0, &q);
	q.ack++;
	assert_string_equal(ask(&q), "SIG-0001");
	q.ack--;
	q.signature[5] ^= 1;
	assert_string_equal(ask(&q), "SIG-0001");
	q.signature[5] ^= 1;
	q.messages[0].seq = 2;
	assert_string_equal(ask(&q), "SIG-0001");
	q.messages[0].seq = 1;
	q.messages[0].kind = WM_FAULT;
	assert_string_equal(ask(&q), "SIG-0001");
	/* another session, another attempt */
	fake_party_request(&parties[0], 1, 1, 0, &q);
	q.session[0] ^= 1;
	assert_string_equal(ask(&q), "SES-0011");
	q.session[0] ^= 1;
	q.attempt = 2;
	assert_string_equal(ask(&q), "SES-0011");
	/* ENROL of south with its endorse key, but posted under another host key: a thief of the document */
	fake_party_advance(&parties[1]);
	fake_party_request(&parties[1], 1, 1, 0, &q);
	struct fake_party thief = parties[1];
	memcpy(thief.host_sk, parties[0].host_sk, sizeof thief.host_sk);
	fake_party_request(&thief, 1, 1, 0, &q);
	assert_string_equal(ask(&q), "SIG-0001");
	/* west speaks before it has enrolled */
	fake_party_put(&parties[2], WM_FINISHED, slice_str("\x80"));
	assert_string_equal(post(&parties[2], 1, 1, 0), "SES-0001");
	assert_string_equal(post(&parties[2], 1, 0, 0), "SES-0001");
	fake_party_clear(&parties[2]);

	assert_int_equal(journalled(), events);
	fake_party_clear(&parties[1]);
	fake_party_init(&parties[1], &world, 1, session, 1);
	run_to_the_end();
	fake_world_clear(&other);
	clear_parties();
}

static void a_wrong_message_of_a_party_aborts_for_all(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	start_session(session);
	turn(&parties[0]);
	turn(&parties[1]);
	turn(&parties[2]);
	fake_party_put(&parties[1], WM_RECEIPT, slice_str("not a receipt"));
	assert_string_equal(post(&parties[1], parties[1].n_sent, 1, 0), "OK");
	for (unsigned i = 0; i < FAKE_PARTIES; i++) {
		assert_string_equal(post(&parties[i], 1, 0, 0), "OK");
		read_mail(&parties[i]);
		assert_string_equal(parties[i].abort.code, "SES-0001");
		assert_string_equal(parties[i].abort.blame, "south");
	}
	clear_parties();
}

static void a_party_that_has_seen_more_than_there_is_notices_a_lost_journal(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	static struct wire_request q;
	(void)state;

	start_session(session);
	turn(&parties[0]);
	parties[0].ack = 1; /* PEERS was never sent */
	fake_party_request(&parties[0], 1, 0, 0, &q);
	assert_string_equal(ask(&q), "SES-0002");
	clear_parties();
}

/* ---- hostile bytes ---- */

/* hold_ms is the one field that no signature covers: how long to wait is nobody's secret and nobody's harm. */
static bool differs_in_hold_only(struct slice bytes, const struct wire_request *good)
{
	static struct wire_request q;
	struct wire_storage kept = {0};
	uint8_t digest[HASH_LEN], expect[HASH_LEN];
	bool same = false;

	if (wire_request_decode(&q, &kept, bytes) == ST_OK && q.kind == WREQ_POST) {
		wire_post_digest(digest, &q);
		wire_post_digest(expect, good);
		same = memcmp(digest, expect, sizeof digest) == 0 &&
		       memcmp(q.signature, good->signature, sizeof q.signature) == 0;
	}
	wire_storage_clear(&kept);
	return same;
}

static void hostile_bytes_get_a_reply(void **state)
{
	struct test_rng rng = {3};
	struct buf good = {0};
	static struct wire_request q;
	uint8_t session[WIRE_SESSION_LEN];
	size_t events, refused = 0;
	(void)state;

	start_session(session);
	fake_party_advance(&parties[0]);
	fake_party_request(&parties[0], 1, 1, 0, &q);
	wire_request_encode(&good, &q);
	events = journalled();
	for (size_t cut = 0; cut < good.len; cut++)
		refused += strcmp(ask_bytes(slice_of(good.ptr, cut)), "OK") != 0;
	assert_int_equal(refused, good.len);
	for (unsigned k = 0; k < 3000; k++) {
		size_t at = test_below(&rng, good.len);
		uint8_t old = good.ptr[at];
		good.ptr[at] = (uint8_t)test_u64(&rng);
		if (good.ptr[at] != old && !differs_in_hold_only(buf_view(&good), &q))
			assert_string_not_equal(ask_bytes(buf_view(&good)), "OK");
		good.ptr[at] = old;
	}
	static uint8_t noise[5000];
	for (unsigned k = 0; k < 300; k++) {
		test_fill(&rng, noise, sizeof noise);
		assert_string_not_equal(ask_bytes(slice_of(noise, test_below(&rng, sizeof noise))), "OK");
	}
	assert_int_equal(journalled(), events);
	uint8_t *huge = calloc(1, WIRE_SIZE_MAX + 1);
	assert_non_null(huge);
	assert_string_equal(ask_bytes(slice_of(huge, WIRE_SIZE_MAX + 1)), "FMT-0005");
	free(huge);
	buf_clear(&good);
	clear_parties();
}

/* ---- deadlines ---- */

static void deadlines_pass_by_themselves(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	start_session(session);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		turn(&parties[i]);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		turn(&parties[i]);
	assert_string_equal(post(&parties[0], 1, 0, 30000), "HOLD");
	now_ms = coordinator_wake_ms(c);
	assert_int_equal(next_answer(), tickets); /* the hold is over first */
	assert_string_equal(post(&parties[0], 1, 0, 59000), "HOLD"); /* holds are cut to 30 s */
	now_ms = coordinator_wake_ms(c);
	coordinator_tick(c, now_ms);
	assert_int_equal(next_answer(), tickets);
	read_mail(&parties[0]);
	assert_string_equal(parties[0].abort.code, "SES-0008");
	clear_parties();
}

/* ---- limits ---- */

static void live_sessions_are_limited_and_old_ones_go(void **state)
{
	struct coordinator_config cfg = config();
	struct problem problem = {0};
	static struct wire_request q;
	(void)state;

	coordinator_free(c);
	cfg.live_max = 3;
	assert_int_equal(coordinator_new(&c, &cfg, now_ms, &problem), ST_OK);
	for (unsigned k = 0; k < 3; k++)
		assert_string_equal(start(buf_view(&world.file), NULL), "OK");
	assert_string_equal(start(buf_view(&world.file), NULL), "ENV-0006");
	q = (struct wire_request){.kind = WREQ_ABORT, .has_session = true};
	for (unsigned k = 0; k < COORDINATOR_KEPT_MAX + 20; k++) {
		const struct session *s = coordinator_session(c, coordinator_session_count(c) - 1);
		struct wire_session_view view;
		session_view(s, &view);
		memcpy(q.session, view.session, sizeof q.session);
		assert_string_equal(ask(&q), "OK");
		assert_string_equal(start(buf_view(&world.file), NULL), "OK");
	}
	assert_true(coordinator_session_count(c) <= COORDINATOR_KEPT_MAX);
	assert_int_equal(session_state_of(coordinator_session(c, 0)), S_CREATED); /* what lives stays */
	restart_coordinator();
	assert_true(coordinator_session_count(c) <= COORDINATOR_KEPT_MAX);
	assert_string_equal(show(NULL), "OK");
	assert_int_equal(reply.n_views, WIRE_VIEWS_MAX);
}

static void documents_of_old_sessions_are_let_go(void **state)
{
	struct coordinator_config cfg = config();
	struct problem problem = {0};
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	coordinator_free(c);
	cfg.bytes_max = 40000;
	assert_int_equal(coordinator_new(&c, &cfg, now_ms, &problem), ST_OK);
	for (unsigned k = 0; k < 4; k++) {
		start_session(session);
		run_to_the_end();
		clear_parties();
	}
	assert_string_equal(start(buf_view(&world.file), NULL), "OK");
	size_t bytes = 0;
	for (size_t i = 0; i < coordinator_session_count(c); i++)
		bytes += session_bytes(coordinator_session(c, i));
	assert_true(bytes <= cfg.bytes_max / 2);
	assert_string_equal(show(NULL), "OK");
	assert_int_equal(reply.n_views, 5);
}

/* ---- the journal ---- */

static size_t appends_left;
static enum status failing_append(void *ctx, const struct slice *events, size_t n)
{
	if (appends_left == 0)
		return ST_STORE;
	appends_left--;
	return store.store.append(ctx, events, n);
}

/* The disk is full at every possible place: the request gets ENV-0005 and so does every later one; after a restart the
 * session goes on from what was written, and ends in DONE. */
static void a_failing_journal_stops_everything(void **state)
{
	struct coordinator_store failing = {.ctx = &store, .append = failing_append, .load = store.store.load};
	size_t places = 0;
	(void)state;

	for (size_t fail_at = 1;; fail_at++, places++) {
		struct coordinator_config cfg = config();
		struct problem problem = {0};
		uint8_t session[WIRE_SESSION_LEN];
		bool failed = false;

		coordinator_free(c);
		memory_store_clear(&store);
		memory_store_init(&store);
		cfg.store = &failing;
		failing.load = store.store.load;
		appends_left = fail_at;
		assert_int_equal(coordinator_new(&c, &cfg, now_ms, &problem), ST_OK);
		start_session(session);
		size_t taken[FAKE_PARTIES] = {0};
		for (unsigned k = 0, idle = 0; idle < FAKE_PARTIES; k++) {
			struct fake_party *p = &parties[k % FAKE_PARTIES];
			uint64_t ack = p->ack;
			while (fake_party_advance(p))
				;
			size_t n = p->n_sent - taken[p->index];
			const char *code =
			    fake_party_is_over(p) ? "OVER" : post(p, taken[p->index] + 1, n > 64 ? 64 : n, 0);
			if (strcmp(code, "ENV-0005") == 0) {
				failed = true;
				assert_int_equal(coordinator_health(c), ST_STORE);
				assert_string_equal(show(NULL), "ENV-0005");
				assert_string_equal(find("north", 1000), "ENV-0005");
				appends_left = SIZE_MAX;
				coordinator_free(c);
				assert_int_equal(coordinator_new(&c, &cfg, now_ms, &problem), ST_OK);
				continue;
			}
			if (strcmp(code, "OVER") != 0) {
				assert_string_equal(code, "OK");
				taken[p->index] += n > 64 ? 64 : n;
				read_mail(p);
			}
			idle = n > 0 || p->ack > ack ? 0 : idle + 1;
		}
		for (unsigned i = 0; i < FAKE_PARTIES; i++)
			assert_true(parties[i].is_done);
		clear_parties();
		if (!failed)
			break;
	}
	assert_true(places > 15);
}

/* Killed and restarted before every request of a session: parties send again what was not answered, and all get DONE. */
static void a_restart_between_any_two_requests_is_not_noticed(void **state)
{
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	start_session(session);
	for (unsigned idle = 0, i = 0; idle < FAKE_PARTIES; i = (i + 1) % FAKE_PARTIES) {
		restart_coordinator();
		idle = !fake_party_is_over(&parties[i]) && turn(&parties[i]) ? 0 : idle + 1;
	}
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		assert_true(parties[i].is_done);
	restart_coordinator();
	assert_string_equal(show(session), "OK");
	assert_int_equal(reply.views[0].state, S_DONE);
	clear_parties();
}

static void an_altered_journal_is_refused(void **state)
{
	struct coordinator_config cfg = config();
	struct problem problem = {0};
	struct coordinator *other = NULL;
	uint8_t session[WIRE_SESSION_LEN];
	(void)state;

	start_session(session);
	turn(&parties[0]);
	struct buf start_event = store.events[0];
	store.events[0] = store.events[1];
	store.events[1] = start_event;
	assert_int_equal(coordinator_new(&other, &cfg, now_ms, &problem), ST_STORE);
	assert_true(problem.message[0] != 0);
	assert_null(other);
	start_event = store.events[0];
	store.events[0] = store.events[1];
	store.events[1] = start_event;
	clear_parties();
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(a_session_runs_to_done),
	    T(session_ids_come_from_the_random_source),
	    T(start_checks_the_policy),
	    T(a_filled_in_policy_runs_where_it_may),
	    T(a_retry_is_the_next_attempt_of_an_aborted_session),
	    T(find_waits_for_a_session),
	    T(all_parties_find_the_oldest_session),
	    T(a_post_is_held_until_there_is_mail),
	    T(held_requests_are_limited),
	    T(any_disorder_of_posts_ends_in_done),
	    T(strangers_change_nothing),
	    T(a_wrong_message_of_a_party_aborts_for_all),
	    T(a_party_that_has_seen_more_than_there_is_notices_a_lost_journal),
	    T(hostile_bytes_get_a_reply),
	    T(deadlines_pass_by_themselves),
	    T(live_sessions_are_limited_and_old_ones_go),
	    T(documents_of_old_sessions_are_let_go),
	    T(a_failing_journal_stops_everything),
	    T(a_restart_between_any_two_requests_is_not_noticed),
	    T(an_altered_journal_is_refused),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	wire_storage_clear(&storage);
	return failed;
}
