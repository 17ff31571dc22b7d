/* The bundle and the result file: documents side by side; their meaning is verify.c's. */
#include "base/cbor.h"
#include "receipt/receipt.h"

enum { BUNDLE_FIELDS = 7, RESULT_FILE_FIELDS = 2 };

static void put_documents(struct buf *out, uint64_t key, const struct slice docs[static POLICY_PARTIES_MAX])
{
	cbor_put_u64(out, key);
	cbor_put_array(out, POLICY_PARTIES_MAX);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		cbor_put_bytes(out, docs[i]);
}

static void put_evidences(struct buf *out, const struct admission_evidence *items)
{
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
	cbor_put_u64(out, 3);
	put_evidences(out, b->evidences);
	put_documents(out, 4, b->admits);
	put_documents(out, 5, b->commits);
	put_documents(out, 6, b->receipts);
	cbor_put_u64(out, 7);
	cbor_put_bytes(out, b->renewals);
}

static void read_documents(struct cbor_reader *r, uint64_t key, struct slice docs[static POLICY_PARTIES_MAX])
{
	cbor_key(r, key);
	cbor_array_exact(r, POLICY_PARTIES_MAX);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		docs[i] = cbor_bytes(r);
	cbor_close(r);
}

static void read_evidences(struct cbor_reader *r, struct admission_evidence *items)
{
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
	cbor_key(&r, 3);
	read_evidences(&r, b.evidences);
	read_documents(&r, 4, b.admits);
	read_documents(&r, 5, b.commits);
	read_documents(&r, 6, b.receipts);
	cbor_key(&r, 7);
	b.renewals = cbor_bytes(&r);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = b;
out:
	return st;
}

/* ---- [epoch, earliest, latest, [nonce…], [[kind, E, O, C]…]] ---- */
void receipt_renewal_encode(
    struct buf *out, const struct renewal *r, const struct admission_evidence items[static POLICY_PARTIES_MAX])
{
	cbor_put_array(out, 5);
	cbor_put_u64(out, r->epoch);
	cbor_put_i64(out, r->time.earliest_s);
	cbor_put_i64(out, r->time.latest_s);
	cbor_put_array(out, POLICY_PARTIES_MAX);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		cbor_put_bytes(out, slice_of(r->nonces[i], RENEWAL_NONCE_LEN));
	put_evidences(out, items);
}

enum status receipt_renewal_decode(
    struct renewal *r, struct admission_evidence items[static POLICY_PARTIES_MAX], struct slice record)
{
	struct admission_evidence found[POLICY_PARTIES_MAX];
	struct renewal renewal = {0};
	struct cbor_reader c;
	enum status st;

	cbor_reader_init(&c, record);
	cbor_array_exact(&c, 5);
	renewal.epoch = (uint32_t)cbor_u64_max(&c, RENEWALS_MAX);
	renewal.time.earliest_s = cbor_i64(&c);
	renewal.time.latest_s = cbor_i64(&c);
	cbor_array_exact(&c, POLICY_PARTIES_MAX);
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		cbor_bytes_exact(&c, renewal.nonces[i], RENEWAL_NONCE_LEN);
	cbor_close(&c);
	read_evidences(&c, found);
	cbor_close(&c);
	TRY(cbor_end(&c));
	*r = renewal;
	memcpy(items, found, sizeof found);
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
