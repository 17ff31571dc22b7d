/* Every allocation of ours fails in turn: admission ends, says so, and nobody is left with half a handle. */
#include "world.h"

#include "base/cbor.h"
#include "channel/endorse.h"

/* Of this thread; negative: all succeed. */
static _Thread_local long allocations_left = -1;

static bool may_allocate(void)
{
	return allocations_left < 0 || allocations_left-- > 0;
}

void *__real_malloc(size_t len);
void *__real_calloc(size_t n, size_t len);
void *__real_realloc(void *p, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t n, size_t len);
void *__wrap_realloc(void *p, size_t len);

void *__wrap_malloc(size_t len)
{
	return may_allocate() ? __real_malloc(len) : NULL;
}

void *__wrap_calloc(size_t n, size_t len)
{
	return may_allocate() ? __real_calloc(n, len) : NULL;
}

void *__wrap_realloc(void *p, size_t len)
{
	return may_allocate() ? __real_realloc(p, len) : NULL;
}

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

enum { MORE_THAN_IT_NEEDS = 500 };

/* Party 0's outcome when its n-th allocation fails: out of memory, final, and no handle. True once it had enough. */
static bool enough(void)
{
	if (w.st[0] == ST_OK)
		return true;
	assert_int_equal(w.st[0], ST_NO_MEMORY);
	assert_int_equal(w.problem[0].st, ST_NO_MEMORY);
	assert_null(w.handle[0]);
	return false;
}

static void assert_dead(void)
{
	struct slice docs[N];

	world_docs(&w, docs);
	world_give_hellos(&w, 0, docs, N);
	assert_int_equal(w.st[0], ST_SES_STATE);
}

static void hellos(void **state)
{
	(void)state;
	for (long n = 0; n < MORE_THAN_IT_NEEDS; n++) {
		struct slice docs[N];
		world_start(&w);
		world_make_hellos(&w);
		world_docs(&w, docs);
		allocations_left = n;
		world_give_hellos(&w, 0, docs, N);
		allocations_left = -1;
		if (enough()) {
			assert_true(n > 0);
			return;
		}
		assert_dead();
	}
	fail();
}

static void evidences(void **state)
{
	(void)state;
	for (long n = 0; n < MORE_THAN_IT_NEEDS; n++) {
		world_start(&w);
		world_hellos(&w);
		world_evidence(&w);
		allocations_left = n;
		world_give_evidences(&w, 0, N);
		allocations_left = -1;
		if (enough()) {
			assert_true(n > 0);
			return;
		}
		assert_dead();
	}
	fail();
}

static long party_0_may_allocate;

static void short_of_memory(unsigned party)
{
	if (party == 0)
		allocations_left = party_0_may_allocate;
}

static void channels(void **state)
{
	(void)state;
	w.takes_seat = short_of_memory;
	for (long n = 0; n < MORE_THAN_IT_NEEDS; n++) {
		for (unsigned i = 0; i < N; i++) {
			admitted_free(w.handle[i]);
			w.handle[i] = NULL;
			buf_clear(&w.admit[i]);
		}
		party_0_may_allocate = n;
		world_start(&w);
		world_admit(&w);
		if (enough()) {
			assert_true(n > 0);
			world_assert_all(&w, ST_OK);
			w.takes_seat = NULL;
			return;
		}
		/* whoever is out before its ADMIT has left leaves nobody admitted */
		if (w.admit[0].len == 0)
			world_assert_no_handle(&w);
	}
	fail();
}

static void documents(void **state)
{
	struct att_claims claims = test_soft_claims((const uint8_t[HASH_LEN]){5}, 1, WORLD_NOW);
	long needed = 0;

	(void)state;
	for (bool done = false; !done; needed++) {
		struct buf out = {0};
		allocations_left = needed;
		att_soft_produce(&out, &claims, w.keys.root_sk);
		allocations_left = -1;
		done = !out.failed;
		buf_clear(&out);
		assert_true(needed < MORE_THAN_IT_NEEDS);
	}
	assert_true(needed > 1);
}

static enum status count_run(void *ctx, const uint8_t hash[HASH_LEN])
{
	(void)ctx;
	(void)hash;
	return ST_OK;
}

/* Either a whole response or none; a refusal says that memory ran out. */
static void endorser(void **state)
{
	struct endorser_config cfg = {
	    .policy = w.policy[0], .endorse_sk = w.keys.endorse_sk[0], .count_run = count_run};
	struct endorser *e = NULL;
	struct buf request = {0};

	(void)state;
	memcpy(cfg.policy_hash, w.policy_hash, HASH_LEN);
	memcpy(cfg.plan_hash, w.plan_hash, HASH_LEN);
	allocations_left = 0;
	assert_int_equal(endorser_new(&e, &cfg), ST_NO_MEMORY);
	allocations_left = -1;
	assert_int_equal(endorser_new(&e, &cfg), ST_OK);
	endorse_request_hello(&request, buf_view(&w.hello_payload[0]));
	for (long n = 0; n < MORE_THAN_IT_NEEDS; n++) {
		struct buf response = {0};
		struct slice document;
		struct problem problem = {0};
		allocations_left = n;
		endorser_handle(e, buf_view(&request), WORLD_NOW, &response);
		allocations_left = -1;
		enum status st =
		    response.failed ? ST_NO_MEMORY : endorse_response(&document, buf_view(&response), &problem);
		buf_clear(&response);
		if (st == ST_OK) {
			assert_true(n > 0);
			break;
		}
		assert_true(st == ST_NO_MEMORY || strncmp(problem.message, "ENV-0001", 8) == 0);
	}
	buf_clear(&request);
	endorser_free(e);
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    world_test(hellos),
	    world_test(evidences),
	    world_test(channels),
	    world_test(documents),
	    world_test(endorser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
