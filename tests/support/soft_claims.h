/* Claims of a software enclave as its launcher would state them, for tests that produce evidence themselves. */
#ifndef TESTS_SUPPORT_SOFT_CLAIMS_H
#define TESTS_SUPPORT_SOFT_CLAIMS_H

#include "attest/attest.h"
#include "policy/sealed.h"

#include <stdlib.h>

/* code: HASH_LEN bytes; tag tells one launch from another. */
static inline struct att_claims test_soft_claims(const uint8_t *code, uint8_t tag, int64_t issued_s)
{
	struct att_claims c = {.kind = TEE_SOFTWARE, .instance_len = ATT_UEID_LEN, .instance = {1, tag}, .report_data_len = HASH_LEN,
	    .has_issued = true, .issued_s = issued_s};

	if (!att_add_value(&c, TEE_REG_CODE, code, HASH_LEN))
		abort();
	return c;
}

/* HASH_LEN bytes: the code that the policy accepts of a party, and that claims state. It is the only register of software evidence. */
static inline uint8_t *test_code(struct policy *p, unsigned party)
{
	return p->parties[party].sets[0].values[0].bytes;
}
static inline uint8_t *test_code_of(struct att_claims *c)
{
	return c->values[0].bytes;
}

#endif
