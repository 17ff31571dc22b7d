/* Every request is the ChaCha20 stream under (seed, number of the request), so two runs draw the same in the same order. */
#include "base/crypto.h"
#include "base/panic.h"
#include "base/reader.h"

#include <sodium.h>

static void fill_seeded(void *ctx, void *out, size_t len)
{
	struct random_seeded *state = ctx;
	uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];

	_Static_assert(sizeof nonce == 8, "the counter is the nonce");
	put_u64le(nonce, state->counter++);
	invariant(crypto_stream_chacha20(out, len, nonce, state->seed) == 0);
}

struct random random_from_seed(struct random_seeded *state)
{
	return (struct random){.ctx = state, .fill = fill_seeded};
}
