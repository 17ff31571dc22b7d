/*
 * Targets: cose_sign_parse, and the two verifiers of COSE_Sign1. Properties: a parsed COSE_Sign encodes back to the same
 * bytes; no input verifies as a COSE_Sign1 under a key that never signed it; what we sign over the input verifies, and
 * with one byte changed, as the input's first bytes say, does not.
 */
#include "base/cose.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static uint8_t public_key[ED25519_PUBLIC_LEN], secret_key[ED25519_SECRET_LEN];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const uint8_t seed[ED25519_SEED_LEN] = "a seed that signs only here";

	(void)argc, (void)argv;
	if (crypto_init() != ST_OK)
		abort();
	ed25519_keypair(public_key, secret_key, seed);
	return 0;
}

static void sign_encodes_back(struct slice input)
{
	struct cose_signature sigs[COSE_SIGNERS_MAX];
	struct slice payload;
	struct buf out = {0};
	size_t n;

	if (cose_sign_parse(input, &payload, sigs, &n) != ST_OK)
		return;
	cose_sign_encode(&out, payload, sigs, n);
	if (!slice_equal(buf_view(&out), input))
		abort();
	buf_clear(&out);
}

static void nothing_verifies(struct slice input)
{
	static const enum cose_alg algs[] = {COSE_EDDSA, COSE_ES256};
	struct slice payload;

	if (cose_sign1_verify(input, "parley/fuzz/v1", public_key, &payload) == ST_OK)
		abort();
	for (size_t i = 0; i < 2; i++) {
		struct slice coordinate = slice_of(public_key, sizeof public_key);
		struct cose_key key = {.alg = algs[i], .x = coordinate, .y = coordinate};
		if (cose_sign1_verify_any(input, slice_str("fuzz"), &key, &payload) == ST_OK)
			abort();
	}
}

static void one_byte_matters(struct slice input)
{
	struct buf doc = {0};
	struct slice payload;

	if (input.len < 3)
		return;
	struct slice body = slice_of(input.ptr + 3, input.len - 3);
	cose_sign1(&doc, "parley/fuzz/v2", body, secret_key);
	if (cose_sign1_verify(buf_view(&doc), "parley/fuzz/v2", public_key, &payload) != ST_OK ||
	    !slice_equal(payload, body))
		abort();
	doc.ptr[(input.ptr[0] | (size_t)input.ptr[1] << 8) % doc.len] ^= input.ptr[2];
	enum status st = cose_sign1_verify(buf_view(&doc), "parley/fuzz/v2", public_key, &payload);
	if ((st == ST_OK) != (input.ptr[2] == 0))
		abort();
	buf_clear(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_of(data, size);

	sign_encodes_back(input);
	nothing_verifies(input);
	one_byte_matters(input);
	return 0;
}
