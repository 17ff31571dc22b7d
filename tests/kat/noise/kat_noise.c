/* Noise KK against the vectors of cacophony: every handshake and transport message, and the handshake hash. */
#include "support/json_vectors.h"

#include "channel/channel.h"
#include "noise_cipher.h"

enum { INITIATOR, RESPONDER, SIDES };

static void copy_key(uint8_t out[static 32], const json_t *vector, const char *key)
{
	struct slice bytes = vector_hex(vector, key);

	assert_int_equal(bytes.len, 32);
	memcpy(out, bytes.ptr, 32);
	free((void *)bytes.ptr);
}

static bool is_aesgcm(const json_t *vector)
{
	return strstr(vector_string(vector, "protocol_name"), "AESGCM") != NULL;
}

static struct noise *side_new(const json_t *vector, int side)
{
	struct noise_config cfg = {.initiator = side == INITIATOR, .aesgcm = is_aesgcm(vector)};
	struct slice prologue = vector_hex(vector, side == INITIATOR ? "init_prologue" : "resp_prologue");
	struct noise *n = NULL;

	copy_key(cfg.s_secret, vector, side == INITIATOR ? "init_static" : "resp_static");
	copy_key(cfg.e_secret, vector, side == INITIATOR ? "init_ephemeral" : "resp_ephemeral");
	copy_key(cfg.rs, vector, side == INITIATOR ? "init_remote_static" : "resp_remote_static");
	cfg.prologue = prologue;
	assert_int_equal(noise_new(&n, &cfg), ST_OK);
	free((void *)prologue.ptr);
	return n;
}

static void handshake_message(struct noise *from, struct noise *to, const json_t *message)
{
	struct slice payload = vector_hex(message, "payload"), ciphertext = vector_hex(message, "ciphertext");
	struct buf sent = {0}, received = {0};

	assert_int_equal(noise_write(from, &sent, payload), ST_OK);
	assert_slice_equal(buf_view(&sent), ciphertext);
	assert_int_equal(noise_read(to, ciphertext, &received), ST_OK);
	assert_slice_equal(buf_view(&received), payload);
	buf_clear(&sent);
	buf_clear(&received);
	free((void *)payload.ptr);
	free((void *)ciphertext.ptr);
}

static void transport_message(struct noise_cipher *from, struct noise_cipher *to, const json_t *message)
{
	struct slice payload = vector_hex(message, "payload"), ciphertext = vector_hex(message, "ciphertext");
	struct buf sent = {0}, received = {0};

	assert_int_equal(noise_cipher_encrypt(from, (struct slice){0}, payload, &sent), ST_OK);
	assert_slice_equal(buf_view(&sent), ciphertext);
	assert_int_equal(noise_cipher_decrypt(to, (struct slice){0}, ciphertext, &received), ST_OK);
	assert_slice_equal(buf_view(&received), payload);
	buf_clear(&sent);
	buf_clear(&received);
	free((void *)payload.ptr);
	free((void *)ciphertext.ptr);
}

static void check_vector(const json_t *vector)
{
	const json_t *messages = json_object_get(vector, "messages");
	struct noise *side[SIDES] = {side_new(vector, INITIATOR), side_new(vector, RESPONDER)};
	struct slice expected = vector_hex(vector, "handshake_hash");
	struct noise_cipher send[SIDES] = {0}, recv[SIDES] = {0};

	handshake_message(side[INITIATOR], side[RESPONDER], json_array_get(messages, 0));
	handshake_message(side[RESPONDER], side[INITIATOR], json_array_get(messages, 1));
	for (int i = 0; i < SIDES; i++) {
		uint8_t k_send[32], k_recv[32], hash[HASH_LEN];
		assert_true(noise_done(side[i]));
		assert_int_equal(noise_split(side[i], k_send, k_recv, hash), ST_OK);
		assert_slice_equal(slice_of(hash, sizeof hash), expected);
		send[i].suite = recv[i].suite = is_aesgcm(vector) ? AEAD_AES256_GCM : AEAD_CHACHA20_POLY1305;
		noise_cipher_key(&send[i], k_send);
		noise_cipher_key(&recv[i], k_recv);
		noise_free(side[i]);
	}
	for (size_t m = 2; m < json_array_size(messages); m++)
		transport_message(&send[m % 2], &recv[1 - m % 2], json_array_get(messages, m));
	free((void *)expected.ptr);
}

static void every_vector(void **state)
{
	json_t *root = vectors_load(VECTOR_DIR "/cacophony-kk-blake2b.json");
	const json_t *vectors = json_object_get(root, "vectors"), *vector;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(vectors), 2);
	json_array_foreach(vectors, i, vector)
	{
		assert_int_equal(json_array_size(json_object_get(vector, "messages")), 6);
		check_vector(vector);
	}
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_vector)};

	if (crypto_init() != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
