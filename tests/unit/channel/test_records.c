/* channel/channel.h, the records: every way in which what arrives is not what was sent, here and now, to us. */
#include "support/test.h"

#include "base/reader.h"
#include "records.h"

enum { QUEUE_MAX = 16, LONG = 3 * CHANNEL_RECORD_MAX + 77 };

/* What is on the wire, both directions: tests take frames out, alter them and put them back. */
struct wire {
	struct buf frames[QUEUE_MAX];
	size_t n, next;
	bool broken;
};

static enum status wire_send(void *ctx, unsigned peer, struct slice frame)
{
	struct wire *w = ctx;

	(void)peer;
	if (w->broken)
		return ST_SES_PEER_LOST;
	assert_true(w->n < QUEUE_MAX);
	buf_append(&w->frames[w->n++], frame.ptr, frame.len);
	return ST_OK;
}

static enum status wire_recv(void *ctx, unsigned peer, struct slice *frame)
{
	struct wire *w = ctx;

	(void)peer;
	if (w->next == w->n)
		return ST_SES_PEER_LOST;
	*frame = buf_view(&w->frames[w->next++]);
	return ST_OK;
}

static void wire_clear(struct wire *w)
{
	for (size_t i = 0; i < QUEUE_MAX; i++)
		buf_clear(&w->frames[i]);
	*w = (struct wire){0};
}

struct link {
	struct channel *a, *b; /* party 0 and party 2 */
	struct wire to_b, to_a;
	struct channel_io io_a_out, io_b_in, io_b_out, io_a_in;
};

static struct channel_config config_of(enum aead_suite suite, bool is_a)
{
	struct channel_config cfg = {.suite = suite, .sid = {9}, .self = is_a ? 0 : 2, .peer = is_a ? 2 : 0};

	memset(is_a ? cfg.send_key : cfg.recv_key, 0x31, AEAD_KEY_LEN);
	memset(is_a ? cfg.recv_key : cfg.send_key, 0x32, AEAD_KEY_LEN);
	return cfg;
}

static void link_open(struct link *l, enum aead_suite suite)
{
	struct channel_config a = config_of(suite, true), b = config_of(suite, false);

	*l = (struct link){0};
	assert_int_equal(channel_new(&l->a, &a), ST_OK);
	assert_int_equal(channel_new(&l->b, &b), ST_OK);
	l->io_a_out = (struct channel_io){&l->to_b, wire_send, NULL};
	l->io_b_in = (struct channel_io){&l->to_b, NULL, wire_recv};
	l->io_b_out = (struct channel_io){&l->to_a, wire_send, NULL};
	l->io_a_in = (struct channel_io){&l->to_a, NULL, wire_recv};
}

static void link_close(struct link *l)
{
	channel_free(l->a);
	channel_free(l->b);
	wire_clear(&l->to_a);
	wire_clear(&l->to_b);
}

static const struct channel_tag tag = {.op = 7, .round = 3, .type = 2};
static uint8_t message[LONG], received[LONG];

static void fill(void)
{
	struct test_rng rng = {42};

	test_fill(&rng, message, sizeof message);
}

static void assert_wiped(size_t len)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(received[i], 0);
}

/* After a failure nothing passes, not even what would have been right. */
static void assert_poisoned(struct link *l, enum status first)
{
	memset(received, 0xee, 16);
	assert_int_equal(channel_recv(l->b, &l->io_b_in, &tag, received, 16), first);
	assert_wiped(16);
	assert_int_equal(channel_send(l->b, &l->io_b_out, &tag, message, 16), first);
	assert_int_equal(l->to_a.n, 0);
}

/* Receives len bytes at b under `expected`, which must fail, wipe and poison. */
static void assert_refused(struct link *l, const struct channel_tag *expected, size_t len)
{
	memset(received, 0xee, len);
	assert_int_equal(channel_recv(l->b, &l->io_b_in, expected, received, len), ST_SES_RECORD);
	assert_wiped(len);
	assert_poisoned(l, ST_SES_RECORD);
}

static void carries_messages_of_every_shape(void **state)
{
	static const size_t lengths[] = {1, 15, 16, 17, CHANNEL_RECORD_MAX - 1, CHANNEL_RECORD_MAX,
	    CHANNEL_RECORD_MAX + 1, 2 * CHANNEL_RECORD_MAX, 2 * CHANNEL_RECORD_MAX + 1, LONG};

	(void)state;
	for (int suite = AEAD_AES256_GCM; suite <= AEAD_CHACHA20_POLY1305; suite++) {
		for (size_t k = 0; k < COUNT_OF(lengths); k++) {
			struct link l;
			uint64_t wire = 0;
			link_open(&l, (enum aead_suite)suite);
			for (int round = 0; round < 2; round++) {
				assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, lengths[k]), ST_OK);
				assert_int_equal(channel_recv(l.b, &l.io_b_in, &tag, received, lengths[k]), ST_OK);
				assert_memory_equal(message, received, lengths[k]);
				assert_int_equal(channel_send(l.b, &l.io_b_out, &tag, message, lengths[k]), ST_OK);
				assert_int_equal(channel_recv(l.a, &l.io_a_in, &tag, received, lengths[k]), ST_OK);
				assert_memory_equal(message, received, lengths[k]);
			}
			for (size_t f = 0; f < l.to_b.n; f++) {
				assert_true(l.to_b.frames[f].len <= CHANNEL_FRAME_MAX);
				wire += 8 + l.to_b.frames[f].len;
			}
			assert_int_equal(wire, 2 * channel_wire_bytes(lengths[k]));
			link_close(&l);
		}
	}
}

/* Not from this code: nonce and additional data as docs/PROTOCOL.md section 5 writes them. */
static void the_bytes_are_the_documented_ones(void **state)
{
	(void)state;
	for (int suite = AEAD_AES256_GCM; suite <= AEAD_CHACHA20_POLY1305; suite++) {
		uint8_t ad[CHANNEL_AD_LEN] = {9}, nonce[12] = {0}, key[32], sealed[32];
		struct aead *aead;
		struct link l;

		link_open(&l, (enum aead_suite)suite);
		assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 1), ST_OK);
		assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 16), ST_OK);
		memset(key, 0x31, sizeof key);
		assert_int_equal(aead_new(&aead, (enum aead_suite)suite, key), ST_OK);
		ad[16] = 7; /* op */
		ad[20] = 3; /* round */
		ad[24] = 0, ad[25] = 2;
		ad[26] = 2; /* type */
		ad[28] = 16; /* len */
		nonce[suite == AEAD_AES256_GCM ? 11 : 4] = 1; /* the second record */
		assert_int_equal(aead_seal(aead, sealed, nonce, slice_of(ad, sizeof ad), slice_of(message, 16)), ST_OK);
		assert_slice_equal(buf_view(&l.to_b.frames[1]), slice_of(sealed, sizeof sealed));
		aead_free(aead);
		link_close(&l);
	}
}

static void refuses_every_truncation(void **state)
{
	(void)state;
	for (size_t n = 0; n < 64 + AEAD_TAG_LEN; n++) {
		struct link l;
		link_open(&l, AEAD_AES256_GCM);
		assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
		l.to_b.frames[0].len = n;
		assert_refused(&l, &tag, 64);
		link_close(&l);
	}
}

static void refuses_every_bit_flip(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < 8 * (64 + AEAD_TAG_LEN); bit++) {
		struct link l;
		link_open(&l, bit % 2 ? AEAD_AES256_GCM : AEAD_CHACHA20_POLY1305);
		assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
		l.to_b.frames[0].ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_refused(&l, &tag, 64);
		link_close(&l);
	}
}

static void refuses_bytes_left_over(void **state)
{
	struct link l;

	(void)state;
	link_open(&l, AEAD_AES256_GCM);
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
	buf_append(&l.to_b.frames[0], "", 1);
	assert_refused(&l, &tag, 64);
	link_close(&l);
}

/* A long message fails at its last record: the records before it, already opened, are wiped too. */
static void a_late_failure_leaves_nothing(void **state)
{
	struct link l;

	(void)state;
	link_open(&l, AEAD_AES256_GCM);
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, LONG), ST_OK);
	assert_int_equal(l.to_b.n, 2);
	l.to_b.frames[1].ptr[l.to_b.frames[1].len - 1] ^= 1;
	assert_refused(&l, &tag, LONG);
	link_close(&l);
}

static void refuses_a_replay(void **state)
{
	struct link l;

	(void)state;
	link_open(&l, AEAD_AES256_GCM);
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
	assert_int_equal(channel_recv(l.b, &l.io_b_in, &tag, received, 64), ST_OK);
	l.to_b.next = 0;
	assert_refused(&l, &tag, 64);
	link_close(&l);
}

static void swap(struct buf *a, struct buf *b)
{
	struct buf t = *a;

	*a = *b;
	*b = t;
}

static void refuses_another_order(void **state)
{
	struct link l;

	(void)state;
	link_open(&l, AEAD_AES256_GCM); /* of messages */
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
	swap(&l.to_b.frames[0], &l.to_b.frames[1]);
	assert_refused(&l, &tag, 64);
	link_close(&l);

	link_open(&l, AEAD_AES256_GCM); /* of the records in a frame */
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 2 * CHANNEL_RECORD_MAX), ST_OK);
	uint8_t *frame = l.to_b.frames[0].ptr;
	const size_t record = CHANNEL_RECORD_MAX + AEAD_TAG_LEN;
	for (size_t i = 0; i < record; i++) {
		uint8_t byte = frame[i];
		frame[i] = frame[record + i];
		frame[record + i] = byte;
	}
	assert_refused(&l, &tag, 2 * CHANNEL_RECORD_MAX);
	link_close(&l);

	link_open(&l, AEAD_AES256_GCM); /* one left out */
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
	l.to_b.next = 1;
	assert_refused(&l, &tag, 64);
	link_close(&l);
}

static void refuses_a_reflection(void **state)
{
	struct link l;

	(void)state;
	link_open(&l, AEAD_AES256_GCM);
	assert_int_equal(channel_send(l.b, &l.io_b_out, &tag, message, 64), ST_OK);
	struct channel_io own = {&l.to_a, NULL, wire_recv};
	memset(received, 0xee, 64);
	assert_int_equal(channel_recv(l.b, &own, &tag, received, 64), ST_SES_RECORD);
	assert_wiped(64);
	link_close(&l);
}

/* Even under one key for both directions, from and to would tell them apart. */
static void direction_is_in_the_additional_data(void **state)
{
	struct channel_config cfg = config_of(AEAD_AES256_GCM, true);
	struct wire w = {0};
	struct channel_io io = {&w, wire_send, wire_recv};
	struct channel *c;

	(void)state;
	memcpy(cfg.recv_key, cfg.send_key, AEAD_KEY_LEN);
	assert_int_equal(channel_new(&c, &cfg), ST_OK);
	assert_int_equal(channel_send(c, &io, &tag, message, 64), ST_OK);
	assert_int_equal(channel_recv(c, &io, &tag, received, 64), ST_SES_RECORD);
	channel_free(c);
	wire_clear(&w);
}

static void refuses_another_place_in_the_plan(void **state)
{
	static const struct channel_tag wrong[] = {
	    {.op = 8, .round = 3, .type = 2},
	    {.op = 7, .round = 4, .type = 2},
	    {.op = 7, .round = 3, .type = 3},
	    {.op = 7 + (1u << 31), .round = 3, .type = 2},
	    {.op = 7, .round = 3 + (1u << 31), .type = 2},
	    {.op = 7, .round = 3, .type = 2 + (1u << 15)},
	    {.op = 3, .round = 7, .type = 2},
	};
	struct link l;

	(void)state;
	for (size_t k = 0; k < COUNT_OF(wrong); k++) {
		link_open(&l, AEAD_AES256_GCM);
		assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
		assert_refused(&l, &wrong[k], 64);
		link_close(&l);
	}
	static const size_t lengths[] = {1, 63, 65, 64 + CHANNEL_RECORD_MAX};
	for (size_t k = 0; k < COUNT_OF(lengths); k++) {
		link_open(&l, AEAD_AES256_GCM);
		assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
		assert_refused(&l, &tag, lengths[k]);
		link_close(&l);
	}
	/* A first frame of equal size, of a longer message: only the length in the additional data differs. */
	link_open(&l, AEAD_AES256_GCM);
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, LONG), ST_OK);
	assert_refused(&l, &tag, 2 * CHANNEL_RECORD_MAX);
	link_close(&l);
}

/* Another session, or another pair of parties: same keys would not help. */
static void refuses_another_session_or_party(void **state)
{
	(void)state;
	for (int k = 0; k < 18; k++) {
		struct channel_config cfg = config_of(AEAD_CHACHA20_POLY1305, false);
		struct link l;
		link_open(&l, AEAD_CHACHA20_POLY1305);
		channel_free(l.b);
		if (k < 16)
			cfg.sid[k] ^= 1;
		else if (k == 16)
			cfg.self = 1;
		else
			cfg.peer = 1;
		assert_int_equal(channel_new(&l.b, &cfg), ST_OK);
		assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
		assert_refused(&l, &tag, 64);
		link_close(&l);
	}
}

static void a_lost_peer_is_final(void **state)
{
	struct link l;

	(void)state;
	link_open(&l, AEAD_AES256_GCM);
	memset(received, 0xee, 64);
	assert_int_equal(channel_recv(l.b, &l.io_b_in, &tag, received, 64), ST_SES_PEER_LOST);
	assert_wiped(64);
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_OK);
	assert_poisoned(&l, ST_SES_PEER_LOST);
	l.to_b.broken = true;
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_SES_PEER_LOST);
	l.to_b.broken = false;
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 64), ST_SES_PEER_LOST);
	assert_int_equal(l.to_b.n, 1);
	link_close(&l);
}

static void an_empty_message_is_our_own_mistake(void **state)
{
	struct link l;

	(void)state;
	link_open(&l, AEAD_AES256_GCM);
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 0), ST_ARGUMENT);
	assert_int_equal(channel_recv(l.b, &l.io_b_in, &tag, received, 0), ST_ARGUMENT);
	assert_int_equal(channel_send(l.a, &l.io_a_out, &tag, message, 1), ST_OK); /* and harms nobody */
	assert_int_equal(channel_recv(l.b, &l.io_b_in, &tag, received, 1), ST_OK);
	link_close(&l);
}

static void the_wire_formula(void **state)
{
	(void)state;
	assert_int_equal(channel_wire_bytes(0), 0);
	assert_int_equal(channel_wire_bytes(1), 1 + 16 + 8);
	assert_int_equal(channel_wire_bytes(32768), 32768 + 16 + 8);
	assert_int_equal(channel_wire_bytes(32769), 32769 + 32 + 8);
	assert_int_equal(channel_wire_bytes(65537), 65537 + 48 + 16);
	assert_int_equal(
	    channel_wire_bytes(UINT64_C(1) << 40), (UINT64_C(1) << 40) + (UINT64_C(16) << 25) + (UINT64_C(8) << 24));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(carries_messages_of_every_shape),
	    cmocka_unit_test(the_bytes_are_the_documented_ones),
	    cmocka_unit_test(refuses_every_truncation),
	    cmocka_unit_test(refuses_every_bit_flip),
	    cmocka_unit_test(refuses_bytes_left_over),
	    cmocka_unit_test(a_late_failure_leaves_nothing),
	    cmocka_unit_test(refuses_a_replay),
	    cmocka_unit_test(refuses_another_order),
	    cmocka_unit_test(refuses_a_reflection),
	    cmocka_unit_test(direction_is_in_the_additional_data),
	    cmocka_unit_test(refuses_another_place_in_the_plan),
	    cmocka_unit_test(refuses_another_session_or_party),
	    cmocka_unit_test(a_lost_peer_is_final),
	    cmocka_unit_test(an_empty_message_is_our_own_mistake),
	    cmocka_unit_test(the_wire_formula),
	};

	if (crypto_init() != ST_OK)
		return 1;
	fill();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
