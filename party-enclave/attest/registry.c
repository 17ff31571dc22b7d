/* One line per TEE. The kind is told by the host, so the policy's reference decides which one is permitted. */
#include "verifier.h"

#include <inttypes.h>

typedef enum status (*att_verifier)(struct att_claims *, struct slice, const struct att_reference *, struct problem *);

static const struct {
	uint32_t kind;
	att_verifier verify;
} verifiers[] = {
    {ATT_KIND_SOFTWARE, soft_verify},
};

static att_verifier verifier_of(uint32_t kind)
{
	for (size_t i = 0; i < sizeof verifiers / sizeof verifiers[0]; i++)
		if (verifiers[i].kind == kind)
			return verifiers[i].verify;
	return NULL;
}

enum status att_verify(struct att_claims *out, uint32_t kind, struct slice evidence, const struct att_reference *ref,
    const uint8_t report_data[static HASH_LEN], struct att_time now, struct problem *problem)
{
	att_verifier verify = verifier_of(kind);
	struct att_claims claims;
	enum status st;

	if (kind != ref->kind || !verify)
		return problem_set(problem, ST_ATT_FORMAT, "evidence", NULL,
		    "TEE kind: the policy accepts %" PRIu32 ", got %" PRIu32, ref->kind, kind);
	if (evidence.len == 0 || evidence.len > ATT_EVIDENCE_MAX)
		return problem_set(problem, ST_ATT_FORMAT, "evidence", NULL, "length: expected 1 to %d bytes, got %zu",
		    ATT_EVIDENCE_MAX, evidence.len);
	TRY(verify(&claims, evidence, ref, problem));
	TRY(appraise(&claims, ref, report_data, now, problem));
	*out = claims;
out:
	return st;
}
