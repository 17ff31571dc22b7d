/* Lists of documents, and the small bodies without a signature. */
#include "base/cbor.h"
#include "proto/documents.h"

void doc_put_list(struct buf *out, const struct slice *items, size_t n)
{
	cbor_put_array(out, n);
	for (size_t i = 0; i < n; i++)
		cbor_put_bytes(out, items[i]);
}

static size_t read_list(struct cbor_reader *r, struct slice *items)
{
	size_t n = cbor_array(r);

	if (n > DOC_PARTIES_MAX)
		cbor_fail(r, ST_TOO_LARGE);
	for (size_t i = 0; i < n && r->st == ST_OK; i++)
		items[i] = cbor_bytes_max(r, DOC_STATEMENT_MAX);
	cbor_close(r);
	return n;
}

enum status doc_get_list(struct slice items[static DOC_PARTIES_MAX], size_t *n, struct slice body)
{
	struct slice list[DOC_PARTIES_MAX] = {{0}};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	size_t count = read_list(&r, list);
	TRY(cbor_end(&r));
	memcpy(items, list, sizeof list);
	*n = count;
out:
	return st;
}

void doc_put_evidence(struct buf *out, const struct doc_evidence *e)
{
	cbor_put_array(out, 4);
	cbor_put_u64(out, e->kind);
	cbor_put_bytes(out, e->evidence);
	cbor_put_bytes(out, e->endorsement);
	cbor_put_bytes(out, e->collateral);
}

static void read_evidence(struct cbor_reader *r, struct doc_evidence *e)
{
	cbor_array_exact(r, 4);
	e->kind = (uint32_t)cbor_u64_max(r, UINT32_MAX);
	e->evidence = cbor_bytes_max(r, DOC_EVIDENCE_MAX);
	e->endorsement = cbor_bytes_max(r, DOC_STATEMENT_MAX);
	e->collateral = cbor_bytes_max(r, DOC_COLLATERAL_MAX);
	cbor_close(r);
}

enum status doc_get_evidence(struct doc_evidence *out, struct slice body)
{
	struct doc_evidence e = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	read_evidence(&r, &e);
	TRY(cbor_end(&r));
	*out = e;
out:
	return st;
}

void doc_put_evidences(struct buf *out, const struct doc_evidence *items, size_t n)
{
	cbor_put_array(out, n);
	for (size_t i = 0; i < n; i++)
		doc_put_evidence(out, &items[i]);
}

static size_t read_evidences(struct cbor_reader *r, struct doc_evidence *list)
{
	size_t count = cbor_array(r);

	if (count > DOC_PARTIES_MAX)
		cbor_fail(r, ST_TOO_LARGE);
	for (size_t i = 0; i < count && r->st == ST_OK; i++)
		read_evidence(r, &list[i]);
	cbor_close(r);
	return count;
}

enum status doc_get_evidences(struct doc_evidence items[static DOC_PARTIES_MAX], size_t *n, struct slice body)
{
	struct doc_evidence list[DOC_PARTIES_MAX] = {{0}};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	size_t count = read_evidences(&r, list);
	TRY(cbor_end(&r));
	memcpy(items, list, sizeof list);
	*n = count;
out:
	return st;
}

void doc_put_renewal(struct buf *out, uint32_t epoch, const struct doc_evidence *e)
{
	cbor_put_array(out, 2);
	cbor_put_u64(out, epoch);
	doc_put_evidence(out, e);
}

enum status doc_get_renewal(uint32_t *epoch, struct doc_evidence *out, struct slice body)
{
	struct doc_evidence e = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	cbor_array_exact(&r, 2);
	uint32_t number = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	read_evidence(&r, &e);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*epoch = number;
	*out = e;
out:
	return st;
}

void doc_put_renewals(struct buf *out, uint32_t epoch, const struct doc_evidence *items, size_t n)
{
	cbor_put_array(out, 2);
	cbor_put_u64(out, epoch);
	doc_put_evidences(out, items, n);
}

enum status doc_get_renewals(
    uint32_t *epoch, struct doc_evidence items[static DOC_PARTIES_MAX], size_t *n, struct slice body)
{
	struct doc_evidence list[DOC_PARTIES_MAX] = {{0}};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	cbor_array_exact(&r, 2);
	uint32_t number = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	size_t count = read_evidences(&r, list);
	cbor_close(&r);
	TRY(cbor_end(&r));
	memcpy(items, list, sizeof list);
	*n = count;
	*epoch = number;
out:
	return st;
}

void doc_put_grant(struct buf *out, uint32_t step)
{
	cbor_put_array(out, 1);
	cbor_put_u64(out, step);
}

enum status doc_get_grant(uint32_t *step, struct slice body)
{
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	cbor_array_exact(&r, 1);
	uint32_t value = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*step = value;
out:
	return st;
}

void doc_put_empty(struct buf *out)
{
	cbor_put_array(out, 0);
}

enum status doc_get_empty(struct slice body)
{
	struct cbor_reader r;

	cbor_reader_init(&r, body);
	cbor_array_exact(&r, 0);
	cbor_close(&r);
	return cbor_end(&r);
}

void doc_put_part(struct buf *out, uint32_t recipient, struct slice part)
{
	cbor_put_array(out, 2);
	cbor_put_u64(out, recipient);
	cbor_put_bytes(out, part);
}

static void read_part(struct cbor_reader *r, uint32_t *party, struct slice *part)
{
	cbor_array_exact(r, 2);
	*party = (uint32_t)cbor_u64_max(r, DOC_PARTIES_MAX - 1);
	*part = cbor_bytes(r);
	cbor_close(r);
}

enum status doc_get_part(uint32_t *recipient, struct slice *part, struct slice body)
{
	uint32_t party = 0;
	struct slice bytes = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	read_part(&r, &party, &bytes);
	TRY(cbor_end(&r));
	*recipient = party;
	*part = bytes;
out:
	return st;
}

void doc_put_bundle(struct buf *out, const struct doc_bundle *b)
{
	cbor_put_array(out, 2);
	doc_put_list(out, b->receipts, b->n_receipts);
	cbor_put_array(out, b->n_parts);
	for (size_t i = 0; i < b->n_parts; i++)
		doc_put_part(out, b->sender[i], b->part[i]);
}

enum status doc_get_bundle(struct doc_bundle *out, struct slice body)
{
	struct doc_bundle b = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	cbor_array_exact(&r, 2);
	b.n_receipts = read_list(&r, b.receipts);
	b.n_parts = cbor_array(&r);
	if (b.n_parts > DOC_PARTIES_MAX)
		cbor_fail(&r, ST_TOO_LARGE);
	for (size_t i = 0; i < b.n_parts && r.st == ST_OK; i++) {
		read_part(&r, &b.sender[i], &b.part[i]);
		if (i > 0 && b.sender[i] <= b.sender[i - 1])
			cbor_fail(&r, ST_DUPLICATE);
	}
	cbor_close(&r);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = b;
out:
	return st;
}
