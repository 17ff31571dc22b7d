/* What an enclave states to the coordinator during the run, and faults. */
#include "base/cbor.h"
#include "proto/documents.h"

static void put_who(struct buf *out, const struct doc_step *s)
{
	cbor_put_u64(out, 1);
	cbor_put_bytes(out, slice_of(s->sid, sizeof s->sid));
	cbor_put_u64(out, 2);
	cbor_put_text(out, s->id);
}

static void get_who(struct cbor_reader *r, struct doc_step *s)
{
	cbor_key(r, 1);
	cbor_bytes_exact(r, s->sid, sizeof s->sid);
	cbor_key(r, 2);
	cbor_text_copy(r, s->id, sizeof s->id);
}

void doc_put_step(struct buf *out, const struct doc_step *s)
{
	cbor_put_map(out, 4);
	put_who(out, s);
	cbor_put_u64(out, 3);
	cbor_put_u64(out, s->step);
	cbor_put_u64(out, 4);
	cbor_put_bytes(out, slice_of(s->digest, sizeof s->digest));
}

enum status doc_get_step(struct doc_step *out, struct slice payload)
{
	struct doc_step s = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, payload);
	if (cbor_map(&r) != 4)
		cbor_fail(&r, ST_FORMAT);
	get_who(&r, &s);
	cbor_key(&r, 3);
	s.step = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	cbor_key(&r, 4);
	cbor_bytes_exact(&r, s.digest, sizeof s.digest);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = s;
out:
	return st;
}

void doc_put_confirm(struct buf *out, const struct doc_step *s)
{
	cbor_put_map(out, 3);
	put_who(out, s);
	cbor_put_u64(out, 3);
	cbor_put_bytes(out, slice_of(s->digest, sizeof s->digest));
}

enum status doc_get_confirm(struct doc_step *out, struct slice payload)
{
	struct doc_step s = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, payload);
	if (cbor_map(&r) != 3)
		cbor_fail(&r, ST_FORMAT);
	get_who(&r, &s);
	cbor_key(&r, 3);
	cbor_bytes_exact(&r, s.digest, sizeof s.digest);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = s;
out:
	return st;
}

void doc_put_fault(struct buf *out, const struct doc_fault *f)
{
	cbor_put_array(out, 3);
	cbor_put_text(out, f->code);
	cbor_put_text(out, f->blame);
	cbor_put_text(out, f->message);
}

enum status doc_get_fault(struct doc_fault *out, struct slice body)
{
	struct doc_fault f = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	cbor_array_exact(&r, 3);
	cbor_text_copy(&r, f.code, sizeof f.code);
	cbor_text_copy(&r, f.blame, sizeof f.blame);
	cbor_text_copy(&r, f.message, sizeof f.message);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = f;
out:
	return st;
}
