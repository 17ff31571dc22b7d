/* The bundle and the result file: documents side by side; their meaning is verify.c's. */
#include "base/cbor.h"
#include "receipt/receipt.h"

enum { BUNDLE_FIELDS = 6, RESULT_FILE_FIELDS = 2 };

static void put_documents(struct buf *out, uint64_t key, const struct slice docs[static POLICY_PARTIES_MAX])
{
	cbor_put_u64(out, key);
	cbor_put_array(out, POLICY_PARTIES_MAX);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		cbor_put_bytes(out, docs[i]);
}

static void put_evidences(struct buf *out, uint64_t key, const struct admission_evidence *items)
{
	cbor_put_u64(out, key);
	cbor_put_array(out, POLICY_PARTIES_MAX);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++) {
		cbor_put_array(out, 4);
		cbor_put_u64(out, items[i].kind);
		cbor_put_bytes(out, items[i].evidence);
		cbor_put_bytes(out, items[i].endorsement);
		cbor_put_bytes(out, items[i].collateral);
	}
}

void receipt_bundle_encode(struct buf *out, const struct receipt_bundle *b)
{
	cbor_put_map(out, BUNDLE_FIELDS);
	cbor_put_u64(out, 1);
	cbor_put_bytes(out, b->policy_file);
	put_documents(out, 2, b->hellos);
	put_evidences(out, 3, b->evidences);
	put_documents(out, 4, b->admits);
	put_documents(out, 5, b->commits);
	put_documents(out, 6, b->receipts);
}

static void read_documents(struct cbor_reader *r, uint64_t key, struct slice docs[static POLICY_PARTIES_MAX])
{
	cbor_key(r, key);
	cbor_array_exact(r, POLICY_PARTIES_MAX);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		docs[i] = cbor_bytes(r);
	cbor_close(r);
}

static void read_evidences(struct cbor_reader *r, uint64_t key, struct admission_evidence *items)
{
	cbor_key(r, key);
	cbor_array_exact(r, POLICY_PARTIES_MAX);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++) {
		cbor_array_exact(r, 4);
		items[i].kind = (uint32_t)cbor_u64_max(r, UINT32_MAX);
		items[i].evidence = cbor_bytes_max(r, ATT_EVIDENCE_MAX);
		items[i].endorsement = cbor_bytes(r);
		items[i].collateral = cbor_bytes_max(r, ATT_COLLATERAL_MAX);
		cbor_close(r);
	}
	cbor_close(r);
}

enum status receipt_bundle_decode(struct receipt_bundle *out, struct slice bytes)
{
	struct receipt_bundle b = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, bytes);
	if (cbor_map(&r) != BUNDLE_FIELDS)
		cbor_fail(&r, ST_FORMAT);
	cbor_key(&r, 1);
	b.policy_file = cbor_bytes(&r);
	read_documents(&r, 2, b.hellos);
	read_evidences(&r, 3, b.evidences);
	read_documents(&r, 4, b.admits);
	read_documents(&r, 5, b.commits);
	read_documents(&r, 6, b.receipts);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = b;
out:
	return st;
}

/* ---- {1: bundle, 2: [part…]} ---- */
void result_file_encode(struct buf *out, struct slice bundle, const struct slice parts[static POLICY_PARTIES_MAX])
{
	cbor_put_map(out, RESULT_FILE_FIELDS);
	cbor_put_u64(out, 1);
	cbor_put_bytes(out, bundle);
	put_documents(out, 2, parts);
}

enum status result_file_decode(struct slice *bundle, struct slice parts[static POLICY_PARTIES_MAX], struct slice bytes)
{
	struct slice found[POLICY_PARTIES_MAX], inner;
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, bytes);
	if (cbor_map(&r) != RESULT_FILE_FIELDS)
		cbor_fail(&r, ST_FORMAT);
	cbor_key(&r, 1);
	inner = cbor_bytes(&r);
	read_documents(&r, 2, found);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*bundle = inner;
	memcpy(parts, found, sizeof found);
out:
	return st;
}
