/*
 * What a TEE's verifier owes the registry: form and chain to the pinned root, then the claims as they stand. Binding,
 * measurement, age and debug are judged once for all TEEs in appraise.c.
 */
#ifndef ATTEST_VERIFIER_H
#define ATTEST_VERIFIER_H

#include "attest/attest.h"

enum { ATT_KIND_SOFTWARE = 1 }; /* as policy/sealed.h enum tee_kind; attest stands below the policy */

/* out is written only on ST_OK; else ST_ATT_FORMAT, ST_ATT_CHAIN or ST_NO_MEMORY, and `problem`. */
enum status soft_verify(
    struct att_claims *out, struct slice evidence, const struct att_reference *ref, struct problem *problem);

enum status appraise(const struct att_claims *claims, const struct att_reference *ref,
    const uint8_t report_data[static HASH_LEN], struct att_time now, struct problem *problem);

#endif
