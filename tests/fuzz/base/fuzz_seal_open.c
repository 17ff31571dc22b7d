/*
 * Target: seal_open. Anybody may seal to a public key, so an input may open; what must hold is that the opened plaintext
 * has the length the format says, and that a refused one leaves only zeroes. Beyond that, a message sealed by us opens if
 * and only if it is unchanged: the input says which byte to change, how, and where to cut.
 */
#include "base/seal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { PLAIN_MAX = 4096 };
static uint8_t public_key[X25519_LEN], secret_key[X25519_LEN];
static struct random_seeded seeded;
static struct random rng;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	if (crypto_init() != ST_OK)
		abort();
	seal_derive_keypair(public_key, secret_key, slice_str("a receive key of the fuzzer"));
	rng = random_from_seed(&seeded);
	return 0;
}

static enum status open_checked(struct slice sealed)
{
	uint8_t plain[PLAIN_MAX + 1];
	size_t len = sealed.len < SEAL_OVERHEAD ? 0 : sealed.len - SEAL_OVERHEAD;

	memset(plain, 0xee, sizeof plain);
	enum status st = seal_open(plain, secret_key, slice_str("info"), slice_str("aad"), sealed);
	if (plain[len] != 0xee)
		abort();
	for (size_t i = 0; st != ST_OK && i < len; i++)
		if (plain[i] != 0)
			abort();
	return st;
}

static void opens_only_unchanged(struct slice input)
{
	struct buf sealed = {0};

	if (input.len < 4)
		return;
	if (seal_to(&sealed, public_key, slice_str("info"), slice_str("aad"), slice_of(input.ptr + 4, input.len - 4), &rng) != ST_OK)
		abort();
	size_t cut = input.ptr[3] % 60;
	sealed.ptr[(input.ptr[0] | (size_t)input.ptr[1] << 8) % sealed.len] ^= input.ptr[2];
	enum status st = open_checked(slice_of(sealed.ptr, sealed.len < cut ? 0 : sealed.len - cut));
	if ((st == ST_OK) != (input.ptr[2] == 0 && cut == 0))
		abort();
	buf_clear(&sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > PLAIN_MAX)
		return 0;
	enum status st = open_checked(slice_of(data, size));
	if (size < SEAL_OVERHEAD && st != ST_TRUNCATED)
		abort();
	opens_only_unchanged(slice_of(data, size));
	return 0;
}
