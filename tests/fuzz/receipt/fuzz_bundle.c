/*
 * Target: receipt_bundle_decode, receipt_renewal_decode, and below the signatures receipt_statement_decode and commit_statement_decode.
 * Property: whatever decodes encodes back to the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "receipt/receipt.h"

static const struct policy *tiny_policy(void)
{
	static const char *const ids[POLICY_PARTIES_MAX] = {"north", "south", "west"};
	static struct policy p;

	p.n_parties = POLICY_PARTIES_MAX;
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		snprintf(p.parties[i].id, sizeof p.parties[i].id, "%s", ids[i]);
	return &p;
}

static void check_same(struct buf *encoded, struct slice input)
{
	if (encoded->failed || !slice_equal(buf_view(encoded), input))
		abort();
	buf_clear(encoded);
}

static void check_renewal(struct slice record)
{
	struct admission_evidence items[POLICY_PARTIES_MAX];
	struct renewal r;
	struct buf again = {0};

	if (receipt_renewal_decode(&r, items, record) != ST_OK)
		return;
	receipt_renewal_encode(&again, &r, items);
	check_same(&again, record);
}

static void check_statements(struct slice receipt, struct slice commit)
{
	struct receipt_statement r;
	struct commit_statement c;
	struct buf again = {0};

	if (receipt_statement_decode(&r, tiny_policy(), receipt) == ST_OK) {
		receipt_statement_encode(&again, tiny_policy(), &r);
		check_same(&again, receipt);
	}
	if (commit_statement_decode(&c, commit) == ST_OK) {
		commit_statement_encode(&again, &c);
		check_same(&again, commit);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_of(data, size);
	struct receipt_bundle b;
	struct buf again = {0};

	check_statements(input, input);
	check_renewal(input);
	if (receipt_bundle_decode(&b, input) != ST_OK)
		return 0;
	receipt_bundle_encode(&again, &b);
	check_same(&again, input);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		check_statements(b.receipts[i], b.commits[i]);
	return 0;
}
