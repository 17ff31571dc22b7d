/* Target: every body of a session message; the first byte of the input chooses. Property: whatever decodes encodes back to the
 * same bytes. */
#include "proto/documents.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct buf *again, struct slice body)
{
	if (again->failed || !slice_equal(buf_view(again), body))
		abort();
	buf_clear(again);
}

#define TRY_DOC(name, type)                                                                                            \
	do {                                                                                                           \
		static type m;                                                                                         \
		struct buf again = {0};                                                                                \
		if (doc_get_##name(&m, body) == ST_OK) {                                                               \
			doc_put_##name(&again, &m);                                                                    \
			check(&again, body);                                                                           \
		}                                                                                                      \
	} while (0)

static void try_list(struct slice body)
{
	struct slice items[DOC_PARTIES_MAX];
	struct buf again = {0};
	size_t n;

	if (doc_get_list(items, &n, body) != ST_OK)
		return;
	doc_put_list(&again, items, n);
	check(&again, body);
}

static void try_evidences(struct slice body)
{
	struct doc_evidence items[DOC_PARTIES_MAX];
	struct buf again = {0};
	size_t n;

	if (doc_get_evidences(items, &n, body) != ST_OK)
		return;
	doc_put_evidences(&again, items, n);
	check(&again, body);
}

static void try_part(struct slice body)
{
	struct buf again = {0};
	struct slice part;
	uint32_t recipient;

	if (doc_get_part(&recipient, &part, body) != ST_OK)
		return;
	doc_put_part(&again, recipient, part);
	check(&again, body);
}

static void try_renewal(struct slice body)
{
	struct doc_evidence e;
	struct buf again = {0};
	uint32_t epoch;

	if (doc_get_renewal(&epoch, &e, body) != ST_OK)
		return;
	doc_put_renewal(&again, epoch, &e);
	check(&again, body);
}

static void try_renewals(struct slice body)
{
	struct doc_evidence items[DOC_PARTIES_MAX];
	struct buf again = {0};
	uint32_t epoch;
	size_t n;

	if (doc_get_renewals(&epoch, items, &n, body) != ST_OK)
		return;
	doc_put_renewals(&again, epoch, items, n);
	check(&again, body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct slice body = slice_of(data + 1, size - 1);
	switch (data[0] % 12) {
	case 0: try_list(body); break;
	case 1: try_evidences(body); break;
	case 2: try_part(body); break;
	case 3: TRY_DOC(evidence, struct doc_evidence); break;
	case 4: TRY_DOC(enrol, struct doc_enrol); break;
	case 5: TRY_DOC(peers, struct doc_peers); break;
	case 6: TRY_DOC(step, struct doc_step); break;
	case 7: TRY_DOC(confirm, struct doc_step); break;
	case 8: TRY_DOC(bundle, struct doc_bundle); break;
	case 9: TRY_DOC(fault, struct doc_fault); break;
	case 10: try_renewal(body); break;
	default: try_renewals(body); break;
	}
	return 0;
}
