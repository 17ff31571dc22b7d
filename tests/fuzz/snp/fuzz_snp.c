/*
 * Target: snp_verify through the registry, report and collateral both hostile: two bytes of length, the report, the bundle.
 * Property: whatever is refused says why; whatever is accepted (only AMD's key makes that) has all its claims.
 */
#include "attest/attest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct att_claims claims = {0};
	struct att_finding f = {0};

	if (size < 2)
		return 0;
	size_t len = data[0] | (size_t)data[1] << 8;
	if (len > size - 2)
		len = size - 2;
	const struct att_input in = {.evidence = slice_of(data + 2, len),
	    .collateral = slice_of(data + 2 + len, size - 2 - len),
	    .anchors = &att_anchors_production,
	    .now = {1735689600, 1735689600}};
	enum status st = att_examine(&claims, TEE_SNP, &in, &f);
	must(st == f.st);
	if (st != ST_OK) {
		must(f.expected[0] && f.got[0] && claims.kind == 0);
		return 0;
	}
	must(claims.kind == TEE_SNP && claims.report_data_len == 64 && claims.n_values == 7 &&
	     !(claims.vlek && claims.instance_len));
	return 0;
}
