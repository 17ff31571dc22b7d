/* Bodies of frames that never leave the machine: fixed little-endian layouts, in the order of the struct's fields. */
#include "proto/boundary.h"

static void put8(struct buf *out, uint8_t v)
{
	buf_append(out, &v, 1);
}

static void put16(struct buf *out, uint16_t v)
{
	uint8_t b[2];
	put_u16le(b, v);
	buf_append(out, b, sizeof b);
}

static void put32(struct buf *out, uint32_t v)
{
	uint8_t b[4];
	put_u32le(b, v);
	buf_append(out, b, sizeof b);
}

static void put64(struct buf *out, uint64_t v)
{
	uint8_t b[8];
	put_u64le(b, v);
	buf_append(out, b, sizeof b);
}

static struct slice rest_of(struct reader *r)
{
	return rd_slice(r, r->rest.len);
}

void boundary_put_boot(struct buf *out, const struct boundary_boot *m)
{
	size_t id_len = strnlen(m->id, DOC_ID_MAX);

	buf_append(out, m->session, sizeof m->session);
	put32(out, m->attempt);
	put64(out, (uint64_t)m->time_s);
	put8(out, (uint8_t)id_len);
	buf_append(out, m->id, id_len);
	buf_append(out, m->policy_file.ptr, m->policy_file.len);
}

enum status boundary_get_boot(struct boundary_boot *m, struct slice body)
{
	struct reader r = {.rest = body};
	struct boundary_boot boot = {0};
	enum status st;

	const uint8_t *session = rd_bytes(&r, sizeof boot.session);
	boot.attempt = rd_u32le(&r);
	boot.time_s = (int64_t)rd_u64le(&r);
	struct slice id = rd_slice(&r, rd_u8(&r));
	boot.policy_file = rest_of(&r);
	TRY(rd_end(&r));
	if (id.len == 0 || id.len > DOC_ID_MAX || memchr(id.ptr, 0, id.len))
		return ST_FORMAT;
	memcpy(boot.session, session, sizeof boot.session);
	memcpy(boot.id, id.ptr, id.len);
	*m = boot;
out:
	return st;
}

void boundary_put_data(struct buf *out, const struct boundary_data *m)
{
	put16(out, m->column);
	put32(out, m->total);
	put32(out, m->first_row);
	put32(out, m->rows);
	put8(out, m->known.len > 0);
	buf_append(out, m->values.ptr, m->values.len);
	buf_append(out, m->known.ptr, m->known.len);
}

enum status boundary_get_data(struct boundary_data *m, struct slice body)
{
	struct reader r = {.rest = body};
	struct boundary_data data = {0};
	enum status st;

	data.column = rd_u16le(&r);
	data.total = rd_u32le(&r);
	data.first_row = rd_u32le(&r);
	data.rows = rd_u32le(&r);
	uint8_t has_known = rd_u8(&r);
	if (r.failed)
		return ST_TRUNCATED;
	if (data.rows == 0 || data.rows > BOUNDARY_ROWS_MAX || has_known > 1)
		return ST_FORMAT;
	data.values = rd_slice(&r, (size_t)data.rows * 8);
	data.known = rd_slice(&r, has_known ? data.rows : 0);
	TRY(rd_end(&r));
	*m = data;
out:
	return st;
}

void boundary_put_bench(struct buf *out, const struct boundary_bench *m)
{
	put8(out, m->op);
	put32(out, m->repetition);
	put32(out, m->rows);
}

enum status boundary_get_bench(struct boundary_bench *m, struct slice body)
{
	struct reader r = {.rest = body};
	struct boundary_bench b = {.op = rd_u8(&r)};
	enum status st;

	b.repetition = rd_u32le(&r);
	b.rows = rd_u32le(&r);
	TRY(rd_end(&r));
	*m = b;
out:
	return st;
}

void boundary_put_quote(struct buf *out, const struct boundary_quote *m)
{
	put32(out, m->kind);
	put32(out, (uint32_t)m->evidence.len);
	buf_append(out, m->evidence.ptr, m->evidence.len);
	buf_append(out, m->collateral.ptr, m->collateral.len);
}

enum status boundary_get_quote(struct boundary_quote *m, struct slice body)
{
	struct reader r = {.rest = body};
	struct boundary_quote q = {.kind = rd_u32le(&r)};
	enum status st;

	q.evidence = rd_slice(&r, rd_u32le(&r));
	q.collateral = rest_of(&r);
	TRY(rd_end(&r));
	*m = q;
out:
	return st;
}

void boundary_put_renewal(struct buf *out, const struct boundary_renewal *m)
{
	put32(out, m->epoch);
	put64(out, (uint64_t)m->earliest_s);
	put64(out, (uint64_t)m->latest_s);
	buf_append(out, m->roster, sizeof m->roster);
	put8(out, m->n_nonces);
	for (unsigned i = 0; i < m->n_nonces; i++)
		buf_append(out, m->nonces[i], BOUNDARY_NONCE_LEN);
	boundary_put_quote(out, &m->quote);
}

enum status boundary_get_renewal(struct boundary_renewal *m, struct slice body)
{
	struct reader r = {.rest = body};
	struct boundary_renewal n = {.epoch = rd_u32le(&r)};
	enum status st;

	n.earliest_s = (int64_t)rd_u64le(&r);
	n.latest_s = (int64_t)rd_u64le(&r);
	struct slice roster = rd_slice(&r, sizeof n.roster);
	n.n_nonces = rd_u8(&r);
	struct slice nonces = rd_slice(&r, (size_t)n.n_nonces * BOUNDARY_NONCE_LEN);
	struct slice quote = rest_of(&r);
	TRY(rd_end(&r));
	if (n.n_nonces > DOC_PARTIES_MAX)
		return ST_FORMAT;
	memcpy(n.roster, roster.ptr, roster.len);
	if (nonces.len)
		memcpy(n.nonces, nonces.ptr, nonces.len);
	TRY(boundary_get_quote(&n.quote, quote));
	*m = n;
out:
	return st;
}

void boundary_put_time(struct buf *out, int64_t time_s)
{
	put64(out, (uint64_t)time_s);
}

enum status boundary_get_time(int64_t *time_s, struct slice body)
{
	struct reader r = {.rest = body};
	int64_t value = (int64_t)rd_u64le(&r);
	enum status st;

	TRY(rd_end(&r));
	*time_s = value;
out:
	return st;
}

void boundary_put_step(struct buf *out, const struct boundary_step *m)
{
	put16(out, m->op);
	put32(out, m->rounds);
	put64(out, m->payload_bytes);
	put64(out, m->wire_bytes);
	buf_append(out, m->document.ptr, m->document.len);
}

enum status boundary_get_step(struct boundary_step *m, struct slice body)
{
	struct reader r = {.rest = body};
	struct boundary_step s = {.op = rd_u16le(&r)};
	enum status st;

	s.rounds = rd_u32le(&r);
	s.payload_bytes = rd_u64le(&r);
	s.wire_bytes = rd_u64le(&r);
	s.document = rest_of(&r);
	TRY(rd_end(&r));
	*m = s;
out:
	return st;
}

void boundary_put_mark(struct buf *out, const struct boundary_mark *m)
{
	put8(out, m->end);
	put32(out, m->rounds);
	put64(out, m->payload_bytes);
	put64(out, m->wire_bytes);
}

enum status boundary_get_mark(struct boundary_mark *m, struct slice body)
{
	struct reader r = {.rest = body};
	struct boundary_mark k = {.end = rd_u8(&r)};
	enum status st;

	k.rounds = rd_u32le(&r);
	k.payload_bytes = rd_u64le(&r);
	k.wire_bytes = rd_u64le(&r);
	TRY(rd_end(&r));
	if (k.end > 1)
		return ST_FORMAT;
	*m = k;
out:
	return st;
}

void boundary_put_u32(struct buf *out, uint32_t v)
{
	put32(out, v);
}

enum status boundary_get_u32(uint32_t *v, struct slice body)
{
	struct reader r = {.rest = body};
	uint32_t value = rd_u32le(&r);
	enum status st;

	TRY(rd_end(&r));
	*v = value;
out:
	return st;
}
