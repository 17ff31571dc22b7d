/* What a provider sends a host, and what the host answers. The host opens nothing but this outer layer. */
#include "common.h"

#include <stdio.h>

#define SUBMIT_LABEL "parley/submit/v1"
enum { SUBMISSION_ITEMS = 6 };

enum status provide_submission_sign(struct buf *out, const char *id, const struct provide_submission *m,
    const uint8_t endorse_sk[static ED25519_SECRET_LEN])
{
	struct buf payload = {0};
	enum status st;

	cbor_put_array(&payload, SUBMISSION_ITEMS);
	cbor_put_bytes(&payload, slice_of(m->session, sizeof m->session));
	cbor_put_u64(&payload, m->attempt);
	cbor_put_text(&payload, id);
	cbor_put_u64(&payload, m->index);
	cbor_put_bool(&payload, m->last);
	cbor_put_bytes(&payload, m->bytes);
	TRY(buf_status(&payload));
	cose_sign1(out, SUBMIT_LABEL, buf_view(&payload), endorse_sk);
	st = buf_status(out);
out:
	buf_clear(&payload);
	return st;
}

static enum status submission_decode(struct provide_submission *m, char id[static POLICY_ID_MAX + 1], struct slice payload)
{
	struct cbor_reader r;

	cbor_reader_init(&r, payload);
	cbor_array_exact(&r, SUBMISSION_ITEMS);
	cbor_bytes_exact(&r, m->session, sizeof m->session);
	m->attempt = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	cbor_text_copy(&r, id, POLICY_ID_MAX + 1);
	m->index = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	m->last = cbor_bool(&r);
	m->bytes = cbor_bytes(&r);
	cbor_close(&r);
	return cbor_end(&r);
}

static int provider_index(const struct policy *p, const char *id)
{
	int source = policy_source_index(p, id);

	return source >= p->n_parties ? source - p->n_parties : -1;
}

enum status provide_submission_open(
    struct provide_submission *out, unsigned *provider, const struct policy *p, struct slice document)
{
	struct provide_submission m;
	char id[POLICY_ID_MAX + 1];
	struct slice payload;
	enum status st;

	if (document.len > PROVIDE_SUBMISSION_MAX)
		return ST_TOO_LARGE;
	TRY(cose_sign1_peek(document, &payload)); /* whose it claims to be */
	TRY(submission_decode(&m, id, payload));
	int q = provider_index(p, id);
	if (q < 0)
		return ST_SIGNATURE;
	TRY(cose_sign1_verify(document, SUBMIT_LABEL, p->providers[q].endorse, &payload));
	TRY(submission_decode(&m, id, payload));
	*out = m;
	*provider = (unsigned)q;
out:
	return st;
}

void provide_reply_encode(struct buf *out, enum status st, const char *message)
{
	cbor_put_array(out, 2);
	cbor_put_text(out, status_code(st));
	cbor_put_text(out, message);
}

enum status provide_reply_decode(enum status *st, char message[static 256], struct slice reply)
{
	struct cbor_reader r;
	char code[16] = "";
	struct slice text;

	cbor_reader_init(&r, reply);
	cbor_array_exact(&r, 2);
	cbor_text_copy(&r, code, sizeof code);
	text = cbor_text(&r);
	cbor_close(&r);
	if (cbor_end(&r) != ST_OK)
		return ST_FORMAT;
	*st = status_from_code(code);
	snprintf(message, 256, "%.*s", (int)(text.len < 255 ? text.len : 255), (const char *)text.ptr);
	return ST_OK;
}
