/*
 * What a TEE's verifier owes the registry: form, chain to the pinned root, signatures, collateral, then the claims as they stand.
 * Binding, measurement, age, debug, TCB policy are judged once for all TEEs in appraise.c.
 */
#ifndef ATTEST_VERIFIER_H
#define ATTEST_VERIFIER_H

#include "attest/attest.h"

/* out is zeroed by the registry (windows INT64_MIN..INT64_MAX, kind set) and used only on ST_OK; else the refusal is in f. */
typedef enum status (*att_verifier)(struct att_claims *out, const struct att_input *in, struct att_finding *f);
enum status soft_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f);
enum status nitro_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f);
enum status sgx_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f);
enum status tdx_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f);
enum status snp_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f);
enum status tpm_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f);

/* Narrows the claims' window. */
void att_window(struct att_claims *c, int64_t from_s, int64_t to_s);

#endif
