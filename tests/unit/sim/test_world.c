/* sim/world.h: order of events, the link formula, actors, randomness, closing a world in which somebody still waits. */
#include "sim/world.h"

#include "test.h"

struct log {
	struct world *world;
	char text[256];
	size_t len;
};

static void note(void *ctx, struct slice bytes)
{
	struct log *l = ctx;
	assert_true(l->len + bytes.len < sizeof l->text);
	memcpy(l->text + l->len, bytes.ptr, bytes.len);
	l->len += bytes.len;
}

static void at(struct log *l, uint64_t when_ns, const char *text)
{
	assert_int_equal(world_at(l->world, when_ns, note, l, slice_str(text)), ST_OK);
}

static struct log begin(uint64_t seed)
{
	struct log l = {0};
	assert_int_equal(world_new(&l.world, seed, 1750000000), ST_OK);
	return l;
}

static void events_run_by_time_then_by_order_of_scheduling(void **state)
{
	(void)state;
	struct log l = begin(1);

	at(&l, 30, "d");
	at(&l, 10, "a");
	at(&l, 20, "b");
	at(&l, 20, "c");
	assert_true(world_run(l.world, 100));
	assert_string_equal(l.text, "abcd");
	assert_int_equal(world_now_ns(l.world), 30);
	at(&l, 5, "e"); /* the past is now */
	assert_true(world_run(l.world, 100));
	assert_int_equal(world_now_ns(l.world), 30);
	world_free(l.world);
}

static void many_events_keep_their_order(void **state)
{
	(void)state;
	struct log l = begin(1);
	struct random rng = world_random(l.world, "times");
	char want[201], one[2] = {0};

	for (int round = 0; round < 20; round++) {
		l.len = 0;
		memset(l.text, 0, sizeof l.text);
		uint64_t base = world_now_ns(l.world);
		for (int i = 0; i < 200; i++) {
			uint8_t r;
			rng.fill(rng.ctx, &r, 1);
			one[0] = (char)('A' + r % 26);
			at(&l, base + (uint64_t)(r % 26), one);
		}
		assert_true(world_run(l.world, UINT64_MAX));
		memcpy(want, l.text, 200);
		for (int i = 1; i < 200; i++)
			assert_true(want[i - 1] <= want[i]);
	}
	world_free(l.world);
}

static void a_run_ends_before_what_is_too_late(void **state)
{
	(void)state;
	struct log l = begin(1);

	at(&l, 10, "a");
	at(&l, 11, "b");
	assert_false(world_run(l.world, 10));
	assert_string_equal(l.text, "a");
	world_free(l.world);
}

static void stop(void *ctx, struct slice bytes)
{
	struct log *l = ctx;
	note(ctx, bytes);
	world_stop(l->world);
}

static void a_stopped_world_runs_nothing_more(void **state)
{
	(void)state;
	struct log l = begin(1);

	assert_int_equal(world_at(l.world, 1, stop, &l, slice_str("x")), ST_OK);
	at(&l, 2, "never");
	assert_true(world_run(l.world, 100));
	assert_string_equal(l.text, "x");
	world_free(l.world);
}

static void the_clock_starts_at_the_epoch(void **state)
{
	(void)state;
	struct log l = begin(1);

	assert_int_equal(world_clock_s(l.world), 1750000000);
	at(&l, 2999999999u, "a");
	world_run(l.world, UINT64_MAX);
	assert_int_equal(world_clock_s(l.world), 1750000002);
	world_free(l.world);
}

/* 1000 bytes at 8 Mbit/s are a millisecond on the wire. */
static void a_link_queues_serialises_and_flies(void **state)
{
	(void)state;
	struct log l = begin(1);
	struct link link = {.spec = {.latency_ns = 5000000, .bits_per_s = 8000000}};

	assert_int_equal(link_arrival(l.world, &link, 0, 1000), 6000000);
	assert_int_equal(link_arrival(l.world, &link, 0, 1000), 7000000); /* behind the first */
	assert_int_equal(link_arrival(l.world, &link, 9000000, 1000), 15000000); /* not ready before */
	assert_int_equal(link_arrival(l.world, &link, 0, 0), 15000000);
	assert_int_equal(link.bytes, 3000);
	assert_int_equal(link.messages, 4);
	struct link free_link = {.spec = {.latency_ns = 7}};
	assert_int_equal(link_arrival(l.world, &free_link, 0, 1 << 20), 7);
	world_free(l.world);
}

static void sources_depend_on_seed_and_name(void **state)
{
	(void)state;
	uint8_t drawn[4][16];
	const struct { uint64_t seed; const char *name; } cases[4] = {{1, "a"}, {1, "a"}, {1, "b"}, {2, "a"}};

	for (int i = 0; i < 4; i++) {
		struct log l = begin(cases[i].seed);
		struct random rng = world_random(l.world, cases[i].name);
		rng.fill(rng.ctx, drawn[i], sizeof drawn[i]);
		world_free(l.world);
	}
	assert_memory_equal(drawn[0], drawn[1], 16);
	assert_memory_not_equal(drawn[0], drawn[2], 16);
	assert_memory_not_equal(drawn[0], drawn[3], 16);
}

static void the_transcript_hashes_what_when_and_order(void **state)
{
	(void)state;
	uint8_t hash[4][HASH_LEN];

	for (int i = 0; i < 4; i++) {
		struct log l = begin(1);
		at(&l, i == 3 ? 2 : 1, "");
		world_run(l.world, UINT64_MAX);
		world_record(l.world, i == 2 ? "b" : "a", slice_str("x"));
		world_record(l.world, i == 2 ? "a" : "b", slice_str("x"));
		world_transcript(l.world, hash[i]);
		world_free(l.world);
	}
	assert_memory_equal(hash[0], hash[1], HASH_LEN);
	assert_memory_not_equal(hash[0], hash[2], HASH_LEN);
	assert_memory_not_equal(hash[0], hash[3], HASH_LEN);
}

/* ---- actors ---- */

struct player {
	struct log *log;
	struct actor *actor;
	const char *mark;
	unsigned rounds, woken;
	bool told_to_close;
};

static void play(void *ctx)
{
	struct player *p = ctx;

	for (unsigned i = 0; i < p->rounds; i++) {
		note(p->log, slice_str(p->mark));
		if (!actor_wait(p->actor)) {
			p->told_to_close = true;
			assert_false(actor_wait(p->actor)); /* and stays so */
			return;
		}
		p->woken++;
	}
	note(p->log, slice_str("."));
}

static void wake(void *ctx, struct slice bytes)
{
	struct player *p = ctx;
	(void)bytes;
	actor_resume(p->actor);
}

static void actors_take_turns_in_the_order_of_events(void **state)
{
	(void)state;
	for (int repeat = 0; repeat < 50; repeat++) {
		struct log l = begin(1);
		struct player a = {.log = &l, .mark = "a", .rounds = 3}, b = {.log = &l, .mark = "b", .rounds = 2};
		assert_int_equal(actor_new(&a.actor, l.world, play, &a), ST_OK);
		assert_int_equal(actor_new(&b.actor, l.world, play, &b), ST_OK);
		assert_int_equal(l.len, 0); /* nobody runs before he is resumed */
		const struct { uint64_t when; struct player *who; } wakes[] = {{1, &a}, {2, &b}, {3, &b}, {3, &a}, {4, &a}, {5, &b}, {6, &a}, {7, &a}};
		for (size_t i = 0; i < sizeof wakes / sizeof *wakes; i++)
			assert_int_equal(world_at(l.world, wakes[i].when, wake, wakes[i].who, (struct slice){0}), ST_OK);
		assert_true(world_run(l.world, UINT64_MAX));
		assert_string_equal(l.text, "abbaa..");
		assert_true(actor_done(a.actor) && actor_done(b.actor));
		world_free(l.world);
	}
}

static void closing_wakes_those_who_wait_and_those_who_never_ran(void **state)
{
	(void)state;
	struct log l = begin(1);
	struct player waits = {.log = &l, .mark = "w", .rounds = 9}, never = {.log = &l, .mark = "n", .rounds = 9};

	assert_int_equal(actor_new(&waits.actor, l.world, play, &waits), ST_OK);
	assert_int_equal(actor_new(&never.actor, l.world, play, &never), ST_OK);
	actor_resume(waits.actor);
	at(&l, 5, "left in the queue");
	world_free(l.world);
	assert_true(waits.told_to_close);
	assert_false(never.told_to_close);
	assert_string_equal(l.text, "w");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_run_by_time_then_by_order_of_scheduling),
		cmocka_unit_test(many_events_keep_their_order),
		cmocka_unit_test(a_run_ends_before_what_is_too_late),
		cmocka_unit_test(a_stopped_world_runs_nothing_more),
		cmocka_unit_test(the_clock_starts_at_the_epoch),
		cmocka_unit_test(a_link_queues_serialises_and_flies),
		cmocka_unit_test(sources_depend_on_seed_and_name),
		cmocka_unit_test(the_transcript_hashes_what_when_and_order),
		cmocka_unit_test(actors_take_turns_in_the_order_of_events),
		cmocka_unit_test(closing_wakes_those_who_wait_and_those_who_never_ran),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
