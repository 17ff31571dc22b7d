/*
 * An allocation fails, once, somewhere while the coordinator handles a request: the request is refused or the coordinator
 * says that it is unwell and is started again from its journal; parties send again, and the session still ends in DONE.
 * A party is never blamed for it.
 */
#include "../../support/test.h"

#include "fake_party.h"

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);

static bool is_inside; /* the coordinator */
static size_t allocations, fail_at;

static bool fails(void)
{
	return is_inside && ++allocations == fail_at;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

static struct fake_world world;
static struct memory_store store;
static struct coordinator *c;
static struct wire_request request;
static struct wire_reply reply;
static const int64_t now_ms = (TEST_SIGNING_TIME + 1000) * 1000;

static void open_coordinator(void)
{
	static struct random_seeded seeded;
	struct coordinator_config cfg = {.store = &store.store, .rng = random_from_seed(&seeded)};

	assert_int_equal(coordinator_new(&c, &cfg, now_ms, NULL), ST_OK);
}

/* true: the reply says OK and its mail has been read. */
static bool ask(struct fake_party *p)
{
	struct buf bytes = {0}, out = {0};
	struct wire_storage storage = {0};

	wire_request_encode(&bytes, &request);
	is_inside = true;
	enum coordinator_answer answer = coordinator_handle(c, buf_view(&bytes), 1, now_ms, &out);
	is_inside = false;
	assert_int_equal(answer, COORDINATOR_REPLY);
	bool ok = wire_reply_decode(&reply, &storage, buf_view(&out)) == ST_OK && strcmp(reply.code, "OK") == 0;
	for (uint32_t i = 0; ok && p != NULL && i < reply.n_messages; i++)
		fake_party_told(p, &reply.messages[i]);
	wire_storage_clear(&storage);
	if (coordinator_health(c) != ST_OK) {
		coordinator_free(c);
		open_coordinator();
	}
	buf_clear(&bytes);
	buf_clear(&out);
	return ok;
}

static void start(uint8_t session[WIRE_SESSION_LEN])
{
	static const struct wire_request none;

	do {
		request = none;
		request.kind = WREQ_START;
		request.body = buf_view(&world.file);
	} while (!ask(NULL));
	memcpy(session, reply.session, WIRE_SESSION_LEN);
}

static void run_session(void)
{
	static struct fake_party parties[FAKE_PARTIES];
	uint8_t session[WIRE_SESSION_LEN];

	memory_store_init(&store);
	open_coordinator();
	start(session);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		fake_party_init(&parties[i], &world, i, session, 1);
	for (unsigned idle = 0, i = 0; idle < FAKE_PARTIES; i = (i + 1) % FAKE_PARTIES) {
		struct fake_party *p = &parties[i];
		size_t before = p->n_sent;
		uint64_t ack = p->ack;
		while (p->n_sent - before < WIRE_MESSAGES_MAX && fake_party_advance(p))
			;
		do
			fake_party_request(p, before + 1, p->n_sent - before, 0, &request);
		while (!ask(p));
		idle = p->n_sent > before || p->ack > ack ? 0 : idle + 1;
	}
	for (unsigned i = 0; i < FAKE_PARTIES; i++) {
		assert_true(parties[i].is_done);
		fake_party_clear(&parties[i]);
	}
	coordinator_free(c);
	memory_store_clear(&store);
}

static void every_allocation_may_fail(void **state)
{
	size_t total, tried = 0;
	(void)state;

	fake_world_init(&world, 8, 0, NULL);
	allocations = fail_at = 0;
	run_session();
	total = allocations;
	assert_true(total > 100);
	for (fail_at = 1; fail_at <= total; fail_at += 1 + fail_at % 7, tried++) {
		allocations = 0;
		run_session();
		assert_true(allocations >= fail_at);
	}
	print_message("%zu allocations, %zu of them failed in turn\n", total, tried);
	fake_world_clear(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
