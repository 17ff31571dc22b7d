/* Streams: both holders draw the same, keys differ by everything they are for, and an address is never drawn again. */
#include "test.h"

#include "core/stream.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t secret[32] = {1, 2, 3};

static void draw(uint8_t out[64], const uint8_t key[32], const char *context, enum stream_purpose purpose, uint32_t op)
{
	struct stream s;

	assert_int_equal(stream_init(&s, key, slice_str(context), purpose), ST_OK);
	stream_begin_op(&s, op);
	stream_draw(&s, out, 64);
	stream_clear(&s);
}

static void everything_separates_streams(void **state)
{
	uint8_t other[32] = {1, 2, 4}, a[64], b[5][64];

	(void)state;
	draw(a, secret, "sid", STREAM_INPUT, 1);
	draw(b[0], secret, "sid", STREAM_INPUT, 1);
	assert_memory_equal(a, b[0], 64);
	draw(b[0], other, "sid", STREAM_INPUT, 1);
	draw(b[1], secret, "sie", STREAM_INPUT, 1);
	draw(b[2], secret, "sid", STREAM_TAG, 1);
	draw(b[3], secret, "sid", STREAM_INPUT, 2);
	draw(b[4], secret, "", STREAM_INPUT, 1);
	for (int k = 0; k < 5; k++)
		assert_memory_not_equal(a, b[k], 64);
}

/* The stream is AES_k(op || chunk || j): drawing in pieces of whole blocks gives the same as at once. */
static void pieces_make_one_stream(void **state)
{
	uint8_t whole[160], parts[160];
	struct stream s;

	(void)state;
	assert_int_equal(stream_init(&s, secret, slice_str("sid"), STREAM_INPUT), ST_OK);
	stream_begin_op(&s, 1);
	stream_draw(&s, whole, sizeof whole);
	stream_clear(&s);
	assert_int_equal(stream_init(&s, secret, slice_str("sid"), STREAM_INPUT), ST_OK);
	stream_begin_op(&s, 1);
	stream_draw(&s, parts, 32);
	stream_draw(&s, parts + 32, 0);
	stream_draw(&s, parts + 32, 128);
	stream_clear(&s);
	assert_memory_equal(whole, parts, sizeof whole);
}

/* The check must stop the process: run each misuse in a child. */
static bool stops(void (*misuse)(struct stream *s))
{
	fflush(NULL);
	pid_t child = fork();

	if (child == 0) {
		struct stream s;

		signal(SIGABRT, SIG_DFL);
		if (!freopen("/dev/null", "w", stderr) ||
		    stream_init(&s, secret, slice_str("sid"), STREAM_INPUT) != ST_OK)
			_exit(2);
		misuse(&s);
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	return !WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 2);
}

static void rewind_counter(struct stream *s)
{
	uint8_t out[32];

	stream_begin_op(s, 3);
	stream_draw(s, out, sizeof out);
	s->counter = 1;
	stream_draw(s, out, 1);
}

static void same_op_again(struct stream *s)
{
	uint8_t out[16];

	stream_begin_op(s, 3);
	stream_draw(s, out, sizeof out);
	stream_begin_op(s, 3);
	stream_draw(s, out, sizeof out);
}

static void earlier_op(struct stream *s)
{
	uint8_t out[16];

	stream_begin_op(s, 3);
	stream_draw(s, out, sizeof out);
	stream_begin_op(s, 2);
	stream_draw(s, out, sizeof out);
}

static void counter_wraps(struct stream *s)
{
	uint8_t out[32];

	stream_begin_op(s, 3);
	s->counter = UINT64_MAX;
	stream_draw(s, out, sizeof out);
}

static void proper_use(struct stream *s)
{
	uint8_t out[16];

	for (uint32_t op = 1; op < 4; op++) {
		stream_begin_op(s, op);
		stream_draw(s, out, sizeof out);
		stream_draw(s, out, 1);
	}
	stream_clear(s);
}

static void an_address_is_drawn_once(void **state)
{
	(void)state;
	assert_false(stops(proper_use));
	assert_true(stops(rewind_counter));
	assert_true(stops(same_op_again));
	assert_true(stops(earlier_op));
	assert_true(stops(counter_wraps));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_separates_streams),
	    cmocka_unit_test(pieces_make_one_stream),
	    cmocka_unit_test(an_address_is_drawn_once),
	};
	if (crypto_init() != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
