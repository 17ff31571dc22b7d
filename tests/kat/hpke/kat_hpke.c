/* RFC 9180 appendix A.2.1, and the KEM's key derivation of A.1.1 (vectors/README.md). */
#include "../../support/json_vectors.h"

#include "base/seal.h"

static json_t *root;
static const json_t *vector; /* our suite */

static int start(void **state)
{
	size_t i;
	json_t *v;

	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	root = vectors_load(VECTOR_DIR "/rfc9180-base-x25519.json");
	json_array_foreach(root, i, v)
		if (strcmp(vector_string(v, "aead_id"), "3") == 0)
			vector = v;
	return vector ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	json_decref(root);
	return 0;
}

static void assert_hex(const void *bytes, size_t len, const json_t *object, const char *key)
{
	struct slice expected = vector_hex(object, key);

	assert_slice_equal(slice_of(bytes, len), expected);
	free((void *)expected.ptr);
}

static void assert_context(const struct seal_context *ctx)
{
	assert_hex(ctx->key, sizeof ctx->key, vector, "key");
	assert_hex(ctx->base_nonce, sizeof ctx->base_nonce, vector, "base_nonce");
	assert_hex(ctx->exporter_secret, sizeof ctx->exporter_secret, vector, "exporter_secret");
}

static void keys_derive_as_published(void **state)
{
	static const char *const names[][3] = {{"ikmE", "pkEm", "skEm"}, {"ikmR", "pkRm", "skRm"}};
	size_t i;
	json_t *v;

	(void)state;
	json_array_foreach(root, i, v)
	{
		for (size_t k = 0; k < COUNT_OF(names); k++) {
			struct slice ikm = vector_hex(v, names[k][0]);
			uint8_t pk[X25519_LEN], sk[X25519_LEN];
			seal_derive_keypair(pk, sk, ikm);
			assert_hex(pk, sizeof pk, v, names[k][1]);
			assert_hex(sk, sizeof sk, v, names[k][2]);
			free((void *)ikm.ptr);
		}
	}
	assert_int_equal(json_array_size(root), 2);
}

static void both_sides_derive_the_published_context(void **state)
{
	struct slice ikm = vector_hex(vector, "ikmE"), pk = vector_hex(vector, "pkRm"), sk = vector_hex(vector, "skRm"),
		     info = vector_hex(vector, "info");
	struct seal_context ctx;
	uint8_t enc[X25519_LEN];

	(void)state;
	assert_int_equal(seal_setup_sender(&ctx, enc, pk.ptr, ikm.ptr, info), ST_OK);
	assert_hex(enc, sizeof enc, vector, "enc");
	assert_context(&ctx);
	memset(&ctx, 0, sizeof ctx);
	assert_int_equal(seal_setup_receiver(&ctx, enc, sk.ptr, info), ST_OK);
	assert_context(&ctx);
	free((void *)ikm.ptr);
	free((void *)pk.ptr);
	free((void *)sk.ptr);
	free((void *)info.ptr);
}

/* ComputeNonce(seq) = base_nonce XOR I2OSP(seq, 12), RFC 9180 section 5.2 */
static void nonce_of(uint8_t nonce[12], const uint8_t base[12], uint64_t seq)
{
	memcpy(nonce, base, 12);
	for (size_t i = 12; i-- > 4; seq >>= 8)
		nonce[i] ^= (uint8_t)seq;
}

static void every_encryption_opens_and_seals_as_published(void **state)
{
	struct slice sk = vector_hex(vector, "skRm"), enc = vector_hex(vector, "enc"), info = vector_hex(vector, "info");
	const json_t *encryptions = json_object_get(vector, "encryptions");
	struct seal_context ctx;
	struct aead *a;

	(void)state;
	assert_int_equal(seal_setup_receiver(&ctx, enc.ptr, sk.ptr, info), ST_OK);
	assert_int_equal(aead_new(&a, AEAD_CHACHA20_POLY1305, ctx.key), ST_OK);
	for (size_t i = 0; i < json_array_size(encryptions); i++) {
		const json_t *e = json_array_get(encryptions, i);
		struct slice pt = vector_hex(e, "pt"), ct = vector_hex(e, "ct"), aad = vector_hex(e, "aad");
		uint8_t nonce[12], out[128];
		nonce_of(nonce, ctx.base_nonce, (uint64_t)json_integer_value(json_object_get(e, "seq")));
		assert_hex(nonce, sizeof nonce, e, "nonce");
		assert_int_equal(aead_seal(a, out, nonce, aad, pt), ST_OK);
		assert_slice_equal(slice_of(out, pt.len + AEAD_TAG_LEN), ct);
		assert_int_equal(aead_open(a, out, nonce, aad, ct), ST_OK);
		assert_slice_equal(slice_of(out, pt.len), pt);
		free((void *)pt.ptr);
		free((void *)ct.ptr);
		free((void *)aad.ptr);
	}
	assert_int_equal(json_array_size(encryptions), 6);
	aead_free(a);
	free((void *)sk.ptr);
	free((void *)enc.ptr);
	free((void *)info.ptr);
}

static void fill_from_slice(void *ctx, void *out, size_t len)
{
	const struct slice *bytes = ctx;

	assert_int_equal(len, bytes->len);
	memcpy(out, bytes->ptr, len);
}

/* Single shot with the published ephemeral key gives enc || first ciphertext, and opens it. */
static void single_shot_is_the_first_message(void **state)
{
	const json_t *first = json_array_get(json_object_get(vector, "encryptions"), 0);
	struct slice ikm = vector_hex(vector, "ikmE"), pk = vector_hex(vector, "pkRm"), sk = vector_hex(vector, "skRm"),
		     info = vector_hex(vector, "info"), pt = vector_hex(first, "pt"), ct = vector_hex(first, "ct"),
		     aad = vector_hex(first, "aad");
	struct random rng = {.ctx = &ikm, .fill = fill_from_slice};
	struct buf sealed = {0};
	uint8_t out[128];

	(void)state;
	assert_int_equal(seal_to(&sealed, pk.ptr, info, aad, pt, &rng), ST_OK);
	assert_hex(sealed.ptr, X25519_LEN, vector, "enc");
	assert_slice_equal(slice_of(sealed.ptr + X25519_LEN, sealed.len - X25519_LEN), ct);
	assert_int_equal(seal_open(out, sk.ptr, info, aad, buf_view(&sealed)), ST_OK);
	assert_slice_equal(slice_of(out, pt.len), pt);
	for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
		sealed.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(seal_open(out, sk.ptr, info, aad, buf_view(&sealed)), ST_OK);
		sealed.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_clear(&sealed);
	free((void *)ikm.ptr);
	free((void *)pk.ptr);
	free((void *)sk.ptr);
	free((void *)info.ptr);
	free((void *)pt.ptr);
	free((void *)ct.ptr);
	free((void *)aad.ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_derive_as_published),
	    cmocka_unit_test(both_sides_derive_the_published_context),
	    cmocka_unit_test(every_encryption_opens_and_seals_as_published),
	    cmocka_unit_test(single_shot_is_the_first_message),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
