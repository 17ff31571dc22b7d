/* COMMIT and RECEIPT (docs/PROTOCOL.md, sections 7 and 9): what an enclave signs with its session key. */
#include "base/cbor.h"
#include "receipt/receipt.h"

enum { COMMIT_FIELDS = 4, RECEIPT_FIELDS = 11 };

/* ---- COMMIT {1 sid 64, 2 id, 3 rows, 4 commitment 64} ---- */
void commit_statement_encode(struct buf *out, const struct commit_statement *s)
{
	cbor_put_map(out, COMMIT_FIELDS);
	cbor_put_u64(out, 1);
	cbor_put_bytes(out, slice_of(s->sid, sizeof s->sid));
	cbor_put_u64(out, 2);
	cbor_put_text(out, s->id);
	cbor_put_u64(out, 3);
	cbor_put_u64(out, s->rows);
	cbor_put_u64(out, 4);
	cbor_put_bytes(out, slice_of(s->commitment, sizeof s->commitment));
}

/* A map of exactly n pairs. */
static void open_map(struct cbor_reader *r, size_t n)
{
	if (cbor_map(r) != n)
		cbor_fail(r, ST_FORMAT);
}

static void read_field_bytes(struct cbor_reader *r, uint64_t key, uint8_t *out, size_t len)
{
	cbor_key(r, key);
	cbor_bytes_exact(r, out, len);
}

enum status commit_statement_decode(struct commit_statement *out, struct slice payload)
{
	struct commit_statement s = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, payload);
	open_map(&r, COMMIT_FIELDS);
	read_field_bytes(&r, 1, s.sid, sizeof s.sid);
	cbor_key(&r, 2);
	cbor_text_copy(&r, s.id, sizeof s.id);
	cbor_key(&r, 3);
	s.rows = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	read_field_bytes(&r, 4, s.commitment, sizeof s.commitment);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = s;
out:
	return st;
}

/* ---- RECEIPT ---- */
static void put_hash(struct buf *out, uint64_t key, const uint8_t hash[static HASH_LEN])
{
	cbor_put_u64(out, key);
	cbor_put_bytes(out, slice_of(hash, HASH_LEN));
}

static void put_inputs(struct buf *out, const struct policy *p, const struct receipt_statement *s)
{
	cbor_put_u64(out, 6);
	cbor_put_array(out, policy_sources(p));
	for (unsigned i = 0; i < policy_sources(p); i++)
		cbor_put_bytes(out, slice_of(s->commitments[i], HASH_LEN));
	cbor_put_u64(out, 7);
	cbor_put_array(out, policy_sources(p));
	for (unsigned i = 0; i < policy_sources(p); i++)
		cbor_put_u64(out, s->rows[i]);
}

static void put_parts(struct buf *out, const struct policy *p, const struct receipt_statement *s)
{
	cbor_put_u64(out, 8);
	cbor_put_array(out, s->n_parts);
	for (unsigned k = 0; k < s->n_parts; k++) {
		cbor_put_array(out, 2);
		cbor_put_text(out, p->parties[s->part_recipient[k]].id);
		cbor_put_bytes(out, slice_of(s->part_hash[k], HASH_LEN));
	}
}

void receipt_statement_encode(struct buf *out, const struct policy *p, const struct receipt_statement *s)
{
	cbor_put_map(out, RECEIPT_FIELDS);
	put_hash(out, 1, s->sid);
	cbor_put_u64(out, 2);
	cbor_put_text(out, s->id);
	put_hash(out, 3, s->policy_hash);
	put_hash(out, 4, s->plan_hash);
	put_hash(out, 5, s->roster);
	put_inputs(out, p, s);
	put_parts(out, p, s);
	cbor_put_u64(out, 9);
	cbor_put_bytes(out, slice_of(s->view_digest, sizeof s->view_digest));
	cbor_put_u64(out, 10);
	cbor_put_array(out, 2);
	cbor_put_i64(out, s->earliest_s);
	cbor_put_i64(out, s->latest_s);
	cbor_put_u64(out, 11);
	cbor_put_array(out, 2);
	cbor_put_u64(out, s->epochs);
	cbor_put_bytes(out, slice_of(s->renewals, sizeof s->renewals));
}

static void read_inputs(struct cbor_reader *r, const struct policy *p, struct receipt_statement *s)
{
	cbor_key(r, 6);
	cbor_array_exact(r, policy_sources(p));
	for (unsigned i = 0; i < policy_sources(p); i++)
		cbor_bytes_exact(r, s->commitments[i], HASH_LEN);
	cbor_close(r);
	cbor_key(r, 7);
	cbor_array_exact(r, policy_sources(p));
	for (unsigned i = 0; i < policy_sources(p); i++)
		s->rows[i] = (uint32_t)cbor_u64_max(r, UINT32_MAX);
	cbor_close(r);
}

/* Recipients are parties and ascend, so none stands twice. */
static void read_parts(struct cbor_reader *r, const struct policy *p, struct receipt_statement *s)
{
	size_t n;
	int last = -1;

	cbor_key(r, 8);
	n = cbor_array(r);
	if (n > p->n_parties) {
		cbor_fail(r, ST_TOO_LARGE);
		return;
	}
	for (size_t k = 0; k < n; k++) {
		char id[POLICY_ID_MAX + 1] = "";
		int party;

		cbor_array_exact(r, 2);
		cbor_text_copy(r, id, sizeof id);
		cbor_bytes_exact(r, s->part_hash[k], HASH_LEN);
		cbor_close(r);
		party = policy_party_index(p, id);
		if (party <= last) {
			cbor_fail(r, ST_FORMAT);
			return;
		}
		s->part_recipient[k] = (uint8_t)party;
		last = party;
	}
	s->n_parts = (uint8_t)n;
	cbor_close(r);
}

enum status receipt_statement_decode(struct receipt_statement *out, const struct policy *p, struct slice payload)
{
	struct receipt_statement s = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, payload);
	open_map(&r, RECEIPT_FIELDS);
	read_field_bytes(&r, 1, s.sid, sizeof s.sid);
	cbor_key(&r, 2);
	cbor_text_copy(&r, s.id, sizeof s.id);
	read_field_bytes(&r, 3, s.policy_hash, sizeof s.policy_hash);
	read_field_bytes(&r, 4, s.plan_hash, sizeof s.plan_hash);
	read_field_bytes(&r, 5, s.roster, sizeof s.roster);
	read_inputs(&r, p, &s);
	read_parts(&r, p, &s);
	read_field_bytes(&r, 9, s.view_digest, sizeof s.view_digest);
	cbor_key(&r, 10);
	cbor_array_exact(&r, 2);
	s.earliest_s = cbor_i64(&r);
	s.latest_s = cbor_i64(&r);
	cbor_close(&r);
	cbor_key(&r, 11);
	cbor_array_exact(&r, 2);
	s.epochs = (uint32_t)cbor_u64_max(&r, RENEWALS_MAX);
	cbor_bytes_exact(&r, s.renewals, sizeof s.renewals);
	cbor_close(&r);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = s;
out:
	return st;
}
