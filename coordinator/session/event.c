/*
 * Events as the journal has them: [kind, session, attempt, time, …]
 *   START   policy file        MESSAGE  party, seq, kind, body        ABORT  code, blame, message        RESUME, CLOSE  –
 */
#include "base/cbor.h"
#include "machine.h"

static size_t items_of(enum session_event_kind kind)
{
	switch (kind) {
	case SE_START:
		return 5;
	case SE_MESSAGE:
		return 8;
	case SE_ABORT:
		return 7;
	case SE_RESUME:
	case SE_CLOSE:
		return 4;
	}
	return 0;
}

void session_event_encode(struct buf *out, const struct session_event *e)
{
	cbor_put_array(out, items_of(e->kind));
	cbor_put_u64(out, e->kind);
	cbor_put_bytes(out, slice_of(e->session, sizeof e->session));
	cbor_put_u64(out, e->attempt);
	cbor_put_i64(out, e->time_s);
	if (e->kind == SE_START)
		cbor_put_bytes(out, e->policy_file);
	if (e->kind == SE_MESSAGE) {
		cbor_put_u64(out, e->party);
		cbor_put_u64(out, e->message.seq);
		cbor_put_u64(out, e->message.kind);
		cbor_put_bytes(out, e->message.body);
	}
	if (e->kind == SE_ABORT) {
		cbor_put_text(out, e->abort.code);
		cbor_put_text(out, e->abort.blame);
		cbor_put_text(out, e->abort.message);
	}
}

enum status session_event_decode(struct session_event *out, struct slice bytes)
{
	struct session_event e = {0};
	struct cbor_reader r;

	cbor_reader_init(&r, bytes);
	size_t items = cbor_array(&r);
	e.kind = (enum session_event_kind)cbor_u64_max(&r, SE_CLOSE);
	if (items == 0 || items != items_of(e.kind))
		return ST_STORE;
	cbor_bytes_exact(&r, e.session, sizeof e.session);
	e.attempt = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	e.time_s = cbor_i64(&r);
	if (e.kind == SE_START)
		e.policy_file = cbor_bytes(&r);
	if (e.kind == SE_MESSAGE) {
		e.party = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
		e.message.seq = cbor_u64(&r);
		e.message.kind = (enum wire_message_kind)cbor_u64_max(&r, WM_RENEWALS);
		e.message.body = cbor_bytes(&r);
	}
	if (e.kind == SE_ABORT) {
		cbor_text_copy(&r, e.abort.code, sizeof e.abort.code);
		cbor_text_copy(&r, e.abort.blame, sizeof e.abort.blame);
		cbor_text_copy(&r, e.abort.message, sizeof e.abort.message);
	}
	cbor_close(&r);
	if (cbor_end(&r) != ST_OK)
		return ST_STORE;
	*out = e;
	return ST_OK;
}
