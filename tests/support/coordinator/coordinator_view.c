/* The list of docs/COORDINATOR-VIEW.md as code: body_fields() names every byte that may depend on an input. */
#include "coordinator_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cbor.h"
#include "base/cose.h"
#include "base/reader.h"

enum { FIELDS_MAX = 24 };
struct fields {
	struct slice list[FIELDS_MAX];
	size_t n;
};

static void mask(struct fields *f, struct slice field)
{
	if (f->n < FIELDS_MAX)
		f->list[f->n++] = field;
}

static void mask_key(struct fields *f, struct cbor_reader *r, uint64_t key)
{
	cbor_key(r, key);
	mask(f, cbor_bytes(r));
}

static void skip_key(struct cbor_reader *r, uint64_t key)
{
	cbor_key(r, key);
	cbor_any(r);
}

/* COMMIT: 4, the salted commitment. */
static void commit_fields(struct fields *f, struct cbor_reader *r)
{
	cbor_map(r);
	for (uint64_t key = 1; key <= 3; key++)
		skip_key(r, key);
	mask_key(f, r, 4);
	cbor_close(r);
}

/* STEP: 4, the keyed digest of the view. */
static void step_fields(struct fields *f, struct cbor_reader *r)
{
	commit_fields(f, r); /* the same place */
}

/* CONFIRM: 3, the keyed digest. */
static void confirm_fields(struct fields *f, struct cbor_reader *r)
{
	cbor_map(r);
	skip_key(r, 1);
	skip_key(r, 2);
	mask_key(f, r, 3);
	cbor_close(r);
}

/* RECEIPT: 6, commitments; 8, hashes of the sealed parts; 9, keyed digest. */
static void receipt_fields(struct fields *f, struct cbor_reader *r)
{
	cbor_map(r);
	for (uint64_t key = 1; key <= 5; key++)
		skip_key(r, key);
	cbor_key(r, 6);
	size_t n = cbor_array(r);
	for (size_t i = 0; i < n && r->st == ST_OK; i++)
		mask(f, cbor_bytes(r));
	cbor_close(r);
	skip_key(r, 7);
	cbor_key(r, 8);
	n = cbor_array(r);
	for (size_t i = 0; i < n && r->st == ST_OK; i++) {
		cbor_array_exact(r, 2);
		cbor_text(r);
		mask(f, cbor_bytes(r));
		cbor_close(r);
	}
	cbor_close(r);
	mask_key(f, r, 9);
	skip_key(r, 10);
	skip_key(r, 11);
	cbor_close(r);
}

/* PART: the ciphertext. */
static enum status part_fields(struct fields *f, struct slice body)
{
	struct cbor_reader r;

	cbor_reader_init(&r, body);
	cbor_array_exact(&r, 2);
	cbor_u64(&r);
	mask(f, cbor_bytes(&r));
	cbor_close(&r);
	return cbor_end(&r);
}

/* Which bytes of a message may depend on inputs. Every kind that is not here must be identical. */
static enum status body_fields(struct fields *f, enum wire_message_kind kind, struct slice body)
{
	void (*fields_of)(struct fields *, struct cbor_reader *) = NULL;
	struct cbor_reader r;
	struct slice payload;
	enum status st;

	if (kind == WM_PART)
		return part_fields(f, body);
	if (kind == WM_COMMITTED)
		fields_of = commit_fields;
	if (kind == WM_STEP)
		fields_of = step_fields;
	if (kind == WM_CONFIRM)
		fields_of = confirm_fields;
	if (kind == WM_RECEIPT)
		fields_of = receipt_fields;
	if (fields_of == NULL)
		return ST_OK;
	TRY(cose_sign1_peek(body, &payload));
	cbor_reader_init(&r, payload);
	fields_of(f, &r);
	TRY(cbor_end(&r));
	mask(f, slice_of(body.ptr + body.len - ED25519_SIG_LEN, ED25519_SIG_LEN)); /* the signature ends the document */
out:
	return st;
}

/* Same fields at the same places; then everything between them must be equal. */
static enum status compare_bodies(
    struct coordinator_view *v, const struct wire_message *a, const struct wire_message *b, size_t *at)
{
	struct fields fa = {0}, fb = {0};
	uint8_t *masked = NULL;
	enum status st;

	*at = 0;
	if (a->body.len != b->body.len)
		return ST_SES_VIEW;
	TRY(body_fields(&fa, a->kind, a->body));
	TRY(body_fields(&fb, b->kind, b->body));
	masked = calloc(1, a->body.len + 1);
	st = ST_NO_MEMORY;
	if (masked == NULL)
		goto out;
	st = fa.n == fb.n ? ST_OK : ST_SES_VIEW;
	for (size_t i = 0; i < fa.n && st == ST_OK; i++) {
		size_t offset = (size_t)(fa.list[i].ptr - a->body.ptr);
		if (offset != (size_t)(fb.list[i].ptr - b->body.ptr) || fa.list[i].len != fb.list[i].len)
			st = ST_SES_VIEW;
		memset(masked + offset, 1, fa.list[i].len);
		v->masked_bytes += fa.list[i].len;
		v->differing_fields += !slice_equal(fa.list[i], fb.list[i]);
	}
	v->masked_fields += fa.n;
	for (size_t i = 0; i < a->body.len && st == ST_OK; i++)
		if (!masked[i] && a->body.ptr[i] != b->body.ptr[i]) {
			*at = i;
			st = ST_SES_VIEW;
		}
out:
	free(masked);
	return st;
}

/* The envelope: all of it but the host's signature. */
static bool same_envelope(const struct wire_request *a, const struct wire_request *b)
{
	return a->kind == b->kind && a->has_session == b->has_session &&
	       memcmp(a->session, b->session, sizeof a->session) == 0 && a->attempt == b->attempt &&
	       strcmp(a->party, b->party) == 0 && memcmp(a->policy_hash, b->policy_hash, sizeof a->policy_hash) == 0 &&
	       a->hold_ms == b->hold_ms && a->ack == b->ack && a->n_messages == b->n_messages &&
	       slice_equal(a->body, b->body);
}

static enum status compare_requests(
    struct coordinator_view *v, const struct wire_request *a, const struct wire_request *b, struct problem *problem)
{
	char where[64];
	size_t at = 0;
	enum status st = ST_OK;

	snprintf(where, sizeof where, "request %zu", v->requests);
	if (!same_envelope(a, b))
		return problem_set(problem, ST_SES_VIEW, where, NULL, "the envelopes differ");
	v->masked_fields += a->kind == WREQ_POST;
	v->masked_bytes += a->kind == WREQ_POST ? sizeof a->signature : 0;
	v->differing_fields += memcmp(a->signature, b->signature, sizeof a->signature) != 0;
	for (uint32_t i = 0; i < a->n_messages; i++) {
		const struct wire_message *m = &a->messages[i];
		st = m->seq == b->messages[i].seq && m->kind == b->messages[i].kind ? ST_OK : ST_SES_VIEW;
		if (st == ST_OK)
			st = compare_bodies(v, m, &b->messages[i], &at);
		if (st != ST_OK)
			return problem_set(problem, st, where, NULL, "message %u from %s (%s) differs at byte %zu", i,
			    a->party, wire_message_name(m->kind), at);
		v->messages++;
		v->kinds[m->kind]++;
	}
	return st;
}

static struct slice next_request(struct reader *r)
{
	uint32_t len = rd_u32le(r);

	return rd_slice(r, len);
}

enum status coordinator_view_compare(
    struct coordinator_view *out, struct slice a, struct slice b, struct problem *problem)
{
	static struct wire_request qa, qb;
	struct reader ra = {.rest = a}, rb = {.rest = b};
	struct wire_storage sa = {0}, sb = {0};
	enum status st = ST_OK;

	*out = (struct coordinator_view){0};
	while (ra.rest.len > 0 && rb.rest.len > 0) {
		struct slice na = next_request(&ra), nb = next_request(&rb);
		out->requests++;
		out->bytes += na.len;
		st = ra.failed || rb.failed ? ST_FORMAT : ST_OK;
		if (st == ST_OK)
			st = wire_request_decode(&qa, &sa, na);
		if (st == ST_OK)
			st = wire_request_decode(&qb, &sb, nb);
		if (st == ST_OK)
			st = compare_requests(out, &qa, &qb, problem);
		wire_storage_clear(&sa);
		wire_storage_clear(&sb);
		if (st != ST_OK)
			return problem_default(problem, st, "a request");
	}
	if (ra.rest.len != rb.rest.len)
		return problem_set(problem, ST_SES_VIEW, NULL, NULL, "one run sent more requests");
	return ST_OK;
}
