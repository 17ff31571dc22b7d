/*
 * ADMITTED → COMMITTED. The host reads the organisation's rows, but it is not believed about them: columns, order, row
 * counts, ranges and NULLs are checked again. Then a salted commitment to exactly these rows goes to every peer (inside
 * the channel) and to the coordinator (signed), before any share exists.
 */
#include "core.h"

#include <stdio.h>

enum { COMMIT_TYPE = 0x100, COMMIT_LEN = 4 + HASH_LEN, SALT_LEN = 32 };

/* The host is our organisation's own: what is wrong with its rows is told without saying what they are. */
static enum status refuse(struct party *p, enum status st, unsigned column, const char *what)
{
	char message[256];
	const char *name = column < p->policy->n_columns ? p->policy->columns[column].name : "?";

	snprintf(message, sizeof message, "column %.*s: %s", POLICY_NAME_MAX, name, what);
	return blame_party(p, p->self, st, message);
}

static bool brings_rows(const struct party *p, unsigned party)
{
	return (p->policy->dataset_from >> party & 1) != 0;
}

static uint32_t public_rows(const struct party *p, uint32_t total)
{
	return p->policy->pad_rows && brings_rows(p, p->self) ? p->policy->rows_max_party : total;
}

static enum status check_total(struct party *p, uint32_t total)
{
	if (total > p->policy->rows_max_party)
		return blame_party(p, p->self, ST_DATA_ROWS, "more rows than rows.max");
	if (total > 0 && !brings_rows(p, p->self))
		return blame_party(p, p->self, ST_DATA_ROWS, "rows from a party that brings none to this dataset");
	return ST_OK;
}

/* Space for every column the plan reads, zero: padding rows stay so. */
static enum status make_room(struct party *p, uint32_t total)
{
	uint32_t rows = public_rows(p, total);
	enum status st;

	TRY(check_total(p, total));
	p->total = total;
	p->input.rows = rows;
	p->input.real = total;
	for (unsigned c = 0; c < p->policy->n_columns; c++) {
		if (!plan_reads(&p->policy->plan, c))
			continue;
		p->values[c] = arena_take(&p->arena, (size_t)rows * sizeof(int64_t));
		p->input.values[c] = p->values[c];
		if (p->policy->columns[c].nullable) {
			p->known[c] = arena_take(&p->arena, rows);
			p->input.known[c] = p->known[c];
		}
		if (!p->values[c] || (p->policy->columns[c].nullable && !p->known[c]))
			return ST_NO_MEMORY;
	}
out:
	return st;
}

/* Range and NULL of one value. No early leave: which row is wrong is not told by time. */
static enum status check_values(struct party *p, const struct boundary_data *d)
{
	const struct policy_column *col = &p->policy->columns[d->column];
	bool out_of_range = false, bad_null = false;

	for (uint32_t i = 0; i < d->rows; i++) {
		int64_t v = p->values[d->column][d->first_row + i];
		uint8_t known = d->known.len ? d->known.ptr[i] : 1;
		out_of_range |= (known & ((v < col->lo) | (v > col->hi))) != 0;
		bad_null |= (known > 1) | ((known == 0) & ((v != 0) | !col->nullable));
	}
	if (bad_null)
		return refuse(p, ST_DATA_NULL, d->column, "a NULL that is not permitted");
	if (out_of_range)
		return refuse(p, ST_DATA_RANGE, d->column, "a value outside its declared range");
	return ST_OK;
}

static enum status take_chunk(struct party *p, const struct boundary_data *d)
{
	int64_t *values = p->values[d->column] + d->first_row;

	for (uint32_t i = 0; i < d->rows; i++) {
		struct reader r = {.rest = {d->values.ptr + 8 * (size_t)i, 8}};
		values[i] = (int64_t)rd_u64le(&r);
	}
	if (p->known[d->column]) {
		if (d->known.len)
			memcpy(p->known[d->column] + d->first_row, d->known.ptr, d->rows);
		else
			memset(p->known[d->column] + d->first_row, 1, d->rows);
	}
	return check_values(p, d);
}

/* Where the next chunk must start: columns ascending among those the plan reads, rows from 0 without a gap. */
struct place {
	unsigned column;
	uint32_t row;
};

static void next_column(const struct party *p, struct place *at)
{
	at->row = 0;
	while (at->column < p->policy->n_columns && !plan_reads(&p->policy->plan, at->column))
		at->column++;
}

static enum status take_data(struct party *p, struct place *at, struct slice body, bool first)
{
	struct boundary_data d;
	enum status st;

	TRY(boundary_get_data(&d, body));
	if (first)
		TRY(make_room(p, d.total));
	if (d.total != p->total || d.column != at->column || at->column >= p->policy->n_columns || d.first_row != at->row ||
	    d.rows > p->total - at->row)
		return refuse(p, ST_SES_SEQUENCE, d.column, "a chunk of rows that is repeated or out of order");
	TRY(take_chunk(p, &d));
	at->row += d.rows;
	if (at->row == p->total) {
		at->column++;
		next_column(p, at);
	}
out:
	return st;
}

/* A party without rows, and a plan that reads no column (COUNT(*) alone), need no DATA. */
static enum status take_end(struct party *p, const struct place *at, struct slice body, bool first)
{
	uint32_t total = 0;
	enum status st;

	TRY(boundary_get_u32(&total, body));
	if (first)
		TRY(make_room(p, total));
	if (total != p->total || (total > 0 && at->column < p->policy->n_columns))
		return blame_party(p, p->self, ST_SES_SEQUENCE, "a column's rows are missing");
out:
	return st;
}

static enum status read_rows(struct party *p, struct frame *f)
{
	struct place at = {0};
	bool first = true;
	enum status st;

	next_column(p, &at);
	for (;;) {
		if (f->type == FRAME_DATA)
			TRY(take_data(p, &at, f->body, first));
		else if (f->type == FRAME_DATA_END)
			return take_end(p, &at, f->body, first);
		else
			return ST_SES_STATE;
		first = false;
		TRY(inbox_next(p, f));
	}
out:
	return st;
}

/* H("parley/input/v1", sid, id, dataset, salt, rows, [column, values, known]…) over the columns the plan reads. */
static void commit_to_rows(struct party *p, uint8_t out[static HASH_LEN])
{
	uint8_t salt[SALT_LEN];
	unsigned columns = 0;
	struct hash h;

	for (unsigned c = 0; c < p->policy->n_columns; c++)
		columns += p->values[c] != NULL;
	p->env->rng.fill(p->env->rng.ctx, salt, sizeof salt);
	hash_begin(&h, "parley/input/v1", 5 + columns);
	hash_bytes(&h, slice_of(admitted_sid(p->admitted), HASH_LEN));
	hash_text(&h, p->policy->parties[p->self].id);
	hash_text(&h, p->policy->dataset);
	hash_bytes(&h, slice_of(salt, sizeof salt));
	hash_u64(&h, p->total);
	for (unsigned c = 0; c < p->policy->n_columns; c++) {
		if (!p->values[c])
			continue;
		hash_array(&h, 3);
		hash_u64(&h, c);
		hash_bytes(&h, slice_of(p->values[c], (size_t)p->total * sizeof(int64_t)));
		hash_bytes(&h, slice_of(p->known[c], p->known[c] ? p->total : 0));
	}
	hash_end(&h, out);
	wipe(salt, sizeof salt);
}

static enum status post_commit(struct party *p)
{
	struct commit_statement s = {.rows = p->rows[p->self]};
	struct buf payload = {0};
	enum status st;

	memcpy(s.sid, admitted_sid(p->admitted), HASH_LEN);
	memcpy(s.id, p->policy->parties[p->self].id, sizeof s.id);
	memcpy(s.commitment, p->commitments[p->self], HASH_LEN);
	commit_statement_encode(&payload, &s);
	TRY(buf_status(&payload));
	buf_reset(&p->scratch);
	TRY(admitted_sign(p->admitted, &p->scratch, "parley/commit/v1", buf_view(&payload)));
	TRY(emit(p, FRAME_COMMITTED, 0, buf_view(&p->scratch)));
	p->state = ENC_COMMITTED;
out:
	buf_clear(&payload);
	return st;
}

static enum status check_peer_rows(struct party *p, unsigned peer, uint32_t rows)
{
	uint32_t max = brings_rows(p, peer) ? p->policy->rows_max_party : 0;

	if (rows > max || (p->policy->pad_rows && rows != max))
		return blame_party(p, peer, ST_DATA_ROWS, "it commits to a number of rows that the policy does not permit");
	return ST_OK;
}

/* Everybody's rows and commitment, from the enclave itself: u32 rows, 64 bytes. */
static enum status exchange_commits(struct party *p)
{
	const struct channel_tag tag = {.op = 0, .round = 0, .type = COMMIT_TYPE};
	uint8_t body[COMMIT_LEN];
	enum status st = ST_OK;

	put_u32le(body, p->rows[p->self]);
	memcpy(body + 4, p->commitments[p->self], HASH_LEN);
	for (unsigned i = 0; i < MPC_PARTIES; i++)
		if (i != p->self)
			TRY(channel_send(admitted_channel(p->admitted, i), &p->io, &tag, body, sizeof body));
	for (unsigned i = 0; i < MPC_PARTIES; i++) {
		if (i == p->self)
			continue;
		st = channel_recv(admitted_channel(p->admitted, i), &p->io, &tag, body, sizeof body);
		if (st != ST_OK)
			return blame_party(p, i, st, "its commitment did not arrive");
		struct reader r = {.rest = {body, sizeof body}};
		p->rows[i] = rd_u32le(&r);
		memcpy(p->commitments[i], rd_bytes(&r, HASH_LEN), HASH_LEN);
		TRY(check_peer_rows(p, i, p->rows[i]));
	}
out:
	return st;
}

enum status party_data(struct party *p, struct frame *first)
{
	enum status st;

	while (first->type == FRAME_PROVIDED) {
		TRY(party_provided(p, first));
		TRY(inbox_next(p, first));
	}
	TRY(party_provided_end(p));
	TRY(read_rows(p, first));
	commit_to_rows(p, p->commitments[p->self]);
	p->rows[p->self] = p->input.rows;
	TRY(post_commit(p));
	TRY(exchange_commits(p));
out:
	return st;
}
