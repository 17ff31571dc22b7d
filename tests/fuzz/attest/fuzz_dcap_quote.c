/*
 * Target: the whole SGX and TDX verifier. Input: kind (even: SGX), length of the quote u32 LE, quote, bundle.
 * Properties: a refusal names its check in printable text; what is accepted lies in its own window, is not revoked, has its claims
 * in order, and is no longer accepted with another root pinned.
 */
#include "attest/attest.h"
#include "base/panic.h"

enum { T = 1751328000 /* 2025-07-01T00:00:00Z, when the seeds are valid */, HEAD = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fact, const char *what)
{
	if (!fact)
		panic(what);
}

static void check_printable(const char *text)
{
	for (; *text; text++)
		require(*text >= ' ' && *text <= '~', "a refusal is not printable");
}

static void check_claims(const struct att_claims *c)
{
	require(c->valid_from <= T && T <= c->valid_to, "accepted outside its window");
	require(c->tcb_status < TEE_STATUS_REVOKED && c->report_data_len == HASH_LEN, "claims are not possible");
	for (unsigned i = 1; i < c->n_values; i++)
		require(c->values[i - 1].reg < c->values[i].reg, "registers do not ascend");
	for (unsigned i = 1; i < c->n_advisories; i++)
		require(strcmp(c->advisories[i - 1], c->advisories[i]) < 0, "advisories do not ascend");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEAD)
		return 0;
	size_t quote = (size_t)data[1] | (size_t)data[2] << 8 | (size_t)data[3] << 16 | (size_t)data[4] << 24;
	if (quote > size - HEAD)
		quote = size - HEAD;
	enum tee_kind kind = data[0] & 1 ? TEE_TDX : TEE_SGX;
	struct att_input in = {.evidence = slice_of(data + HEAD, quote),
	    .collateral = slice_of(data + HEAD + quote, size - HEAD - quote),
	    .anchors = &att_anchors_production,
	    .now = {T, T}};
	struct att_claims claims;
	struct att_finding f = {0};
	enum status st = att_examine(&claims, kind, &in, &f);

	require(st == f.st, "the finding says something else");
	if (st != ST_OK) {
		require(f.check < ATT_CHECK_COUNT_, "no such check");
		check_printable(f.expected);
		check_printable(f.got);
		return 0;
	}
	check_claims(&claims);
	struct att_anchors none = {0};
	struct att_finding refused = {0};
	in.anchors = &none;
	require(att_examine(&claims, kind, &in, &refused) == ST_ATT_CHAIN && refused.check == ATT_CHECK_ROOT,
	    "accepted without a pinned root");
	return 0;
}
