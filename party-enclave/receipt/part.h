/* One sealed part, opened: the two share vectors inside. */
#ifndef RECEIPT_PART_H
#define RECEIPT_PART_H

#include "receipt/receipt.h"

struct part_shares {
	struct slice own, next; /* u64le, words x groups; borrow from the plaintext */
};
/* plain has room for part.len bytes; the caller wipes it. ST_REC_RESULT, ST_DECRYPT. */
MUST_USE enum status part_open(struct part_shares *out, uint8_t *plain, const struct policy *p,
    const struct result_context *ctx, unsigned sender, unsigned recipient, const uint8_t sk[static X25519_LEN],
    struct slice part);

#endif
