/* channel/channel.h, the handshake: its vectors are in tests/kat/noise; here it is attacked. */
#include "support/test.h"

#include "channel/channel.h"

/* X25519 ignores the low three bits: these differ above them. */
static const uint8_t secret_i[32] = {8}, secret_r[32] = {16}, eph_i[32] = {24}, eph_r[32] = {32},
		     secret_other[32] = {40};

static struct noise *side(bool initiator, bool aesgcm, const uint8_t s[32], const uint8_t rs[32], const char *prologue)
{
	struct noise_config cfg = {.initiator = initiator, .aesgcm = aesgcm, .prologue = slice_str(prologue)};
	struct noise *n = NULL;

	memcpy(cfg.s_secret, s, 32);
	memcpy(cfg.rs, rs, 32);
	memcpy(cfg.e_secret, initiator ? eph_i : eph_r, 32);
	assert_int_equal(noise_new(&n, &cfg), ST_OK);
	return n;
}

struct pair {
	struct noise *i, *r;
};

static struct pair pair_new(bool aesgcm)
{
	uint8_t public_i[32], public_r[32];

	x25519_public(public_i, secret_i);
	x25519_public(public_r, secret_r);
	return (struct pair){
	    side(true, aesgcm, secret_i, public_r, "roster"), side(false, aesgcm, secret_r, public_i, "roster")};
}

static void pair_free(struct pair *p)
{
	noise_free(p->i);
	noise_free(p->r);
}

static enum status deliver(struct noise *from, struct noise *to)
{
	struct buf message = {0}, payload = {0};

	assert_int_equal(noise_write(from, &message, (struct slice){0}), ST_OK);
	enum status st = noise_read(to, buf_view(&message), &payload);
	assert_int_equal(payload.len, 0);
	buf_clear(&message);
	buf_clear(&payload);
	return st;
}

static void assert_dead(struct noise *n)
{
	uint8_t k[32], hash[HASH_LEN];
	struct buf out = {0};

	assert_false(noise_done(n));
	assert_int_equal(noise_write(n, &out, (struct slice){0}), ST_SES_STATE);
	assert_int_equal(noise_read(n, slice_of(hash, 48), &out), ST_SES_STATE);
	assert_int_equal(noise_split(n, k, k, hash), ST_SES_STATE);
	assert_int_equal(out.len, 0);
	buf_clear(&out);
}

static void both_sides_agree(void **state)
{
	(void)state;
	for (int aesgcm = 0; aesgcm < 2; aesgcm++) {
		struct pair p = pair_new(aesgcm);
		uint8_t i_send[32], i_recv[32], r_send[32], r_recv[32], hash_i[HASH_LEN], hash_r[HASH_LEN];

		assert_int_equal(deliver(p.i, p.r), ST_OK);
		assert_int_equal(deliver(p.r, p.i), ST_OK);
		assert_int_equal(noise_split(p.i, i_send, i_recv, hash_i), ST_OK);
		assert_int_equal(noise_split(p.r, r_send, r_recv, hash_r), ST_OK);
		assert_memory_equal(i_send, r_recv, 32);
		assert_memory_equal(i_recv, r_send, 32);
		assert_memory_not_equal(i_send, i_recv, 32);
		assert_memory_equal(hash_i, hash_r, HASH_LEN);
		pair_free(&p);
	}
}

/* first: alter the initiator's message; else the responder's. */
static enum status deliver_flipped(bool first, size_t bit)
{
	struct pair p = pair_new(true);
	struct buf message = {0}, payload = {0};

	if (!first)
		assert_int_equal(deliver(p.i, p.r), ST_OK);
	struct noise *from = first ? p.i : p.r, *to = first ? p.r : p.i;
	assert_int_equal(noise_write(from, &message, (struct slice){0}), ST_OK);
	assert_int_equal(message.len, 48);
	message.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	enum status st = noise_read(to, buf_view(&message), &payload);
	assert_dead(to);
	buf_clear(&message);
	buf_clear(&payload);
	pair_free(&p);
	return st;
}

static void refuses_every_bit_flip(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < 8 * 48; bit++) {
		assert_int_equal(deliver_flipped(true, bit), ST_ATT_HANDSHAKE);
		assert_int_equal(deliver_flipped(false, bit), ST_ATT_HANDSHAKE);
	}
}

static void refuses_other_lengths(void **state)
{
	static uint8_t big[65536];

	(void)state;
	for (size_t n = 0; n < 52; n++) {
		struct pair p = pair_new(false);
		struct buf message = {0}, payload = {0};
		assert_int_equal(noise_write(p.i, &message, (struct slice){0}), ST_OK);
		buf_append(&message, "more", 4);
		if (n != 48)
			assert_int_equal(noise_read(p.r, slice_of(message.ptr, n), &payload), ST_ATT_HANDSHAKE);
		buf_clear(&message);
		buf_clear(&payload);
		pair_free(&p);
	}
	struct pair p = pair_new(false);
	struct buf payload = {0};
	assert_int_equal(noise_write(p.i, &payload, slice_of(big, 65535 - 47)), ST_TOO_LARGE);
	assert_int_equal(noise_read(p.r, slice_of(big, sizeof big), &payload), ST_ATT_HANDSHAKE);
	pair_free(&p);
}

/* Another static key, another roster, another suite: each fails at the first message. */
static void refuses_another_key_roster_or_suite(void **state)
{
	uint8_t public_i[32], public_r[32], public_other[32];

	(void)state;
	x25519_public(public_i, secret_i);
	x25519_public(public_r, secret_r);
	x25519_public(public_other, secret_other);
	struct noise *good = side(true, false, secret_i, public_r, "roster");
	struct noise *wrong[] = {
	    side(false, false, secret_other, public_i, "roster"),
	    side(false, false, secret_r, public_other, "roster"),
	    side(false, false, secret_r, public_i, "rosteR"),
	    side(false, true, secret_r, public_i, "roster"),
	};
	struct buf message = {0}, payload = {0};
	assert_int_equal(noise_write(good, &message, (struct slice){0}), ST_OK);
	for (size_t k = 0; k < COUNT_OF(wrong); k++) {
		assert_int_equal(noise_read(wrong[k], buf_view(&message), &payload), ST_ATT_HANDSHAKE);
		noise_free(wrong[k]);
	}
	noise_free(good);
	buf_clear(&message);
	buf_clear(&payload);
}

/* The points of small order of RFC 7748 section 6.1 (0, 1, p-1 and the two of order 8), and p, p+1 as their aliases. */
static void an_all_zero_dh_aborts(void **state)
{
	static const char *const small[] = {
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    "0100000000000000000000000000000000000000000000000000000000000000",
	    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(small); k++) {
		struct slice point = test_hex(small[k]);
		struct noise *i = side(true, false, secret_i, point.ptr, "roster");
		struct buf out = {0};
		assert_int_equal(noise_write(i, &out, (struct slice){0}), ST_ATT_HANDSHAKE); /* as static key */
		assert_int_equal(out.len, 0);
		assert_dead(i);
		struct pair p = pair_new(false); /* as ephemeral key */
		uint8_t message[48] = {0};
		memcpy(message, point.ptr, 32);
		assert_int_equal(noise_read(p.r, slice_of(message, sizeof message), &out), ST_ATT_HANDSHAKE);
		noise_free(i);
		pair_free(&p);
		buf_clear(&out);
		free((void *)point.ptr);
	}
}

static void keeps_the_order_of_messages(void **state)
{
	struct pair p = pair_new(true);
	struct buf out = {0}, again = {0};
	uint8_t k[32], hash[HASH_LEN];

	(void)state;
	assert_int_equal(noise_write(p.r, &out, (struct slice){0}), ST_SES_STATE); /* the responder first */
	assert_int_equal(noise_read(p.i, slice_of(hash, 48), &out), ST_SES_STATE); /* the initiator reads first */
	assert_int_equal(noise_split(p.i, k, k, hash), ST_SES_STATE);
	assert_int_equal(noise_write(p.i, &out, (struct slice){0}), ST_OK);
	assert_int_equal(noise_write(p.i, &again, (struct slice){0}), ST_SES_STATE); /* twice */
	assert_int_equal(noise_read(p.r, buf_view(&out), &again), ST_OK);
	assert_int_equal(noise_read(p.r, buf_view(&out), &again), ST_SES_STATE); /* replayed */
	assert_int_equal(noise_split(p.r, k, k, hash), ST_SES_STATE);
	buf_clear(&out);
	buf_clear(&again);
	pair_free(&p);
}

/* A message of the initiator sent back to it is not the responder's. */
static void refuses_a_reflection(void **state)
{
	struct pair p = pair_new(true);
	struct buf out = {0}, payload = {0};

	(void)state;
	assert_int_equal(noise_write(p.i, &out, (struct slice){0}), ST_OK);
	assert_int_equal(noise_read(p.i, buf_view(&out), &payload), ST_ATT_HANDSHAKE);
	buf_clear(&out);
	pair_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_sides_agree),
	    cmocka_unit_test(refuses_every_bit_flip),
	    cmocka_unit_test(refuses_other_lengths),
	    cmocka_unit_test(refuses_another_key_roster_or_suite),
	    cmocka_unit_test(an_all_zero_dh_aborts),
	    cmocka_unit_test(keeps_the_order_of_messages),
	    cmocka_unit_test(refuses_a_reflection),
	};

	if (crypto_init() != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
