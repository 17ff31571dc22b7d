/*
 * Target: hello_decode, and below the signature check the judgement of a list in which south's HELLO is the input,
 * correctly signed by south. Properties: what decodes encodes to the same bytes; what is accepted is of this session,
 * attempt, policy and time.
 */
#include "fixture.h"

#include "base/cose.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_codec(struct slice input, const struct hello *h)
{
	struct buf again = {0};

	hello_encode(&again, h);
	PROPERTY(slice_equal(buf_view(&again), input));
	buf_clear(&again);
}

static void check_list(struct slice input)
{
	const struct fixture *f = fixture();
	struct slice docs[N] = {buf_view(&f->doc[0]), {0}, buf_view(&f->doc[2])};
	struct buf signed_input = {0};
	struct hello out[N];
	uint8_t sid[HASH_LEN];

	cose_sign1(&signed_input, HELLO_LABEL, input, f->keys.endorse_sk[1]);
	docs[1] = buf_view(&signed_input);
	if (admission_check_hellos(out, sid, f->policy, f->policy_hash, f->plan_hash, docs, N, NULL) == ST_OK) {
		PROPERTY(strcmp(out[1].id, "south") == 0 && strcmp(out[1].role, ROLE_COMPUTE) == 0);
		PROPERTY(memcmp(out[1].session, out[0].session, sizeof out[0].session) == 0 &&
			 out[1].attempt == out[0].attempt);
		PROPERTY(memcmp(out[1].policy_hash, f->policy_hash, HASH_LEN) == 0);
		PROPERTY(memcmp(out[1].plan_hash, f->plan_hash, HASH_LEN) == 0);
		PROPERTY(llabs(out[1].time_s - out[0].time_s) <= f->policy->skew_s);
		PROPERTY(memcmp(out[1].ek, out[0].ek, X25519_LEN) != 0 && memcmp(out[1].nonce, out[2].nonce, 32) != 0);
	}
	buf_clear(&signed_input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_of(data, size);
	struct hello h;

	if (hello_decode(&h, input) == ST_OK)
		check_codec(input, &h);
	check_list(input);
	return 0;
}
