#include "eat.h"

#include "base/cose.h"
#include "base/panic.h"

void att_soft_produce(
    struct buf *out, const struct att_claims *claims, const uint8_t root_sk[static ED25519_SECRET_LEN])
{
	struct buf payload = {0};

	invariant(claims->issued_s >= 0);
	eat_encode(&payload, claims);
	if (payload.failed)
		out->failed = true;
	else
		cose_sign1(out, EAT_LABEL, buf_view(&payload), root_sk);
	buf_clear(&payload);
}
