/* Our structs to protobuf and back. Which fields a request of each kind must and may have is a table. */
#include "proto/wire.h"

#include "scan.h"

#include "parley.pb-c.h"

#include <stdlib.h>

enum { STORED_NONE, STORED_REQUEST, STORED_REPLY };
enum { CODE_MAX = 15, MESSAGE_MAX = 511, ID_MAX = 32, HOLD_MAX_MS = 60000 };

static const struct scan_field message_fields[] = {
    {1, SCAN_U64, true, 1, 0, 0, NULL},
    {2, SCAN_U32, true, 1, 0, 0, NULL},
    {3, SCAN_BYTES, true, 1, 0, WIRE_SIZE_MAX, NULL},
    {0},
};
static const struct scan_field request_fields[] = {
    {1, SCAN_U32, true, 1, 0, 0, NULL},
    {2, SCAN_BYTES, false, 1, WIRE_SESSION_LEN, WIRE_SESSION_LEN, NULL},
    {3, SCAN_U32, false, 1, 0, 0, NULL},
    {4, SCAN_TEXT, false, 1, 1, ID_MAX, NULL},
    {5, SCAN_BYTES, false, 1, HASH_LEN, HASH_LEN, NULL},
    {6, SCAN_U32, false, 1, 0, 0, NULL},
    {7, SCAN_U64, false, 1, 0, 0, NULL},
    {8, SCAN_MESSAGE, false, WIRE_MESSAGES_MAX, 0, 0, message_fields},
    {9, SCAN_BYTES, false, 1, ED25519_SIG_LEN, ED25519_SIG_LEN, NULL},
    {10, SCAN_BYTES, false, 1, 1, WIRE_SIZE_MAX, NULL},
    {0},
};
static const struct scan_field party_view_fields[] = {
    {1, SCAN_TEXT, true, 1, 1, ID_MAX, NULL},
    {2, SCAN_U32, true, 1, 0, 0, NULL},
    {3, SCAN_U32, true, 1, 0, 0, NULL},
    {4, SCAN_BOOL, true, 1, 0, 0, NULL},
    {0},
};
static const struct scan_field session_view_fields[] = {
    {1, SCAN_BYTES, true, 1, WIRE_SESSION_LEN, WIRE_SESSION_LEN, NULL},
    {2, SCAN_U32, true, 1, 0, 0, NULL},
    {3, SCAN_TEXT, true, 1, 0, ID_MAX, NULL},
    {4, SCAN_BYTES, true, 1, HASH_LEN, HASH_LEN, NULL},
    {5, SCAN_U32, true, 1, 0, 0, NULL},
    {6, SCAN_U32, true, 1, 0, 0, NULL},
    {7, SCAN_U32, true, 1, 0, 0, NULL},
    {8, SCAN_TEXT, false, 1, 0, CODE_MAX, NULL},
    {9, SCAN_TEXT, false, 1, 0, ID_MAX, NULL},
    {10, SCAN_TEXT, false, 1, 0, MESSAGE_MAX, NULL},
    {11, SCAN_U64, true, 1, 0, 0, NULL},
    {12, SCAN_U64, true, 1, 0, 0, NULL},
    {13, SCAN_U64, true, 1, 0, 0, NULL},
    {14, SCAN_BOOL, true, 1, 0, 0, NULL},
    {15, SCAN_MESSAGE, false, 3, 0, 0, party_view_fields},
    {0},
};
static const struct scan_field reply_fields[] = {
    {1, SCAN_TEXT, true, 1, 1, CODE_MAX, NULL},
    {2, SCAN_TEXT, false, 1, 0, MESSAGE_MAX, NULL},
    {3, SCAN_BYTES, false, 1, WIRE_SESSION_LEN, WIRE_SESSION_LEN, NULL},
    {4, SCAN_U32, false, 1, 0, 0, NULL},
    {5, SCAN_MESSAGE, false, WIRE_MESSAGES_MAX, 0, 0, message_fields},
    {6, SCAN_MESSAGE, false, WIRE_VIEWS_MAX, 0, 0, session_view_fields},
    {0},
};

/* Fields of a request, as bits; the kind itself is always there. */
enum {
	HAS_SESSION = 1 << 0,
	HAS_ATTEMPT = 1 << 1,
	HAS_PARTY = 1 << 2,
	HAS_POLICY = 1 << 3,
	HAS_HOLD = 1 << 4,
	HAS_ACK = 1 << 5,
	HAS_MESSAGES = 1 << 6,
	HAS_SIGNATURE = 1 << 7,
	HAS_BODY = 1 << 8,
};
static const struct {
	uint32_t must, may;
} request_shape[] = {
    [WREQ_START] = {HAS_BODY, HAS_SESSION},
    [WREQ_FIND] = {HAS_PARTY | HAS_POLICY | HAS_HOLD, 0},
    [WREQ_POST] = {HAS_SESSION | HAS_ATTEMPT | HAS_PARTY | HAS_HOLD | HAS_ACK | HAS_SIGNATURE, HAS_MESSAGES},
    [WREQ_SHOW] = {0, HAS_SESSION},
    [WREQ_ABORT] = {HAS_SESSION, 0},
    [WREQ_ADMISSION] = {HAS_SESSION, 0},
};

static bool is_message_kind(uint32_t kind)
{
	return (kind >= WM_ENROL && kind <= WM_RENEWAL) || (kind >= WM_PEERS && kind <= WM_RENEWALS);
}

/* ---- encode ---- */

static ProtobufCBinaryData binary(const void *ptr, size_t len)
{
	return (ProtobufCBinaryData){.len = len, .data = (uint8_t *)(uintptr_t)ptr};
}

static void pack(struct buf *out, const ProtobufCMessage *message)
{
	uint8_t *room = buf_extend(out, protobuf_c_message_get_packed_size(message));

	if (room)
		protobuf_c_message_pack(message, room);
}

static void fill_messages(Parley__Message *storage, Parley__Message **list, const struct wire_message *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		parley__message__init(&storage[i]);
		storage[i].seq = from[i].seq;
		storage[i].kind = from[i].kind;
		storage[i].body = binary(from[i].body.ptr, from[i].body.len);
		list[i] = &storage[i];
	}
}

void wire_request_encode(struct buf *out, const struct wire_request *m)
{
	uint32_t has = request_shape[m->kind].must | request_shape[m->kind].may;
	Parley__Message storage[WIRE_MESSAGES_MAX], *list[WIRE_MESSAGES_MAX];
	Parley__Request r = PARLEY__REQUEST__INIT;

	r.kind = m->kind;
	r.has_session = (has & HAS_SESSION) && m->has_session;
	r.session = binary(m->session, sizeof m->session);
	r.has_attempt = (has & HAS_ATTEMPT) != 0;
	r.attempt = m->attempt;
	r.party = (has & HAS_PARTY) ? (char *)(uintptr_t)m->party : NULL;
	r.has_policy_hash = (has & HAS_POLICY) != 0;
	r.policy_hash = binary(m->policy_hash, sizeof m->policy_hash);
	r.has_hold_ms = (has & HAS_HOLD) != 0;
	r.hold_ms = m->hold_ms;
	r.has_ack = (has & HAS_ACK) != 0;
	r.ack = m->ack;
	if (has & HAS_MESSAGES) {
		fill_messages(storage, list, m->messages, m->n_messages);
		r.n_messages = m->n_messages;
		r.messages = list;
	}
	r.has_signature = (has & HAS_SIGNATURE) != 0;
	r.signature = binary(m->signature, sizeof m->signature);
	r.has_body = (has & HAS_BODY) != 0;
	r.body = binary(m->body.ptr, m->body.len);
	pack(out, &r.base);
}

/* Text for people may have been cut in the middle of a character: send the part that is whole. */
struct clean_text {
	char text[MESSAGE_MAX + 1];
};

static char *clean(struct clean_text *storage, const char *text)
{
	size_t len = text_clean_prefix(text, MESSAGE_MAX);

	memcpy(storage->text, text, len);
	storage->text[len] = 0;
	return storage->text;
}

struct view_storage {
	Parley__PartyView parties[3], *list[3];
	struct clean_text message;
};

static void fill_view(Parley__SessionView *v, struct view_storage *storage, const struct wire_session_view *from)
{
	parley__session_view__init(v);
	v->session = binary(from->session, sizeof from->session);
	v->attempt = from->attempt;
	v->policy = (char *)(uintptr_t)from->policy;
	v->policy_hash = binary(from->policy_hash, sizeof from->policy_hash);
	v->state = from->state;
	v->step = from->step;
	v->steps = from->steps;
	if (from->code[0]) {
		v->code = (char *)(uintptr_t)from->code;
		v->blame = (char *)(uintptr_t)from->blame;
		v->message = clean(&storage->message, from->message);
	}
	v->created_s = from->created_s;
	v->changed_s = from->changed_s;
	v->deadline_s = from->deadline_s;
	v->debug_insecure = from->debug_insecure;
	v->n_parties = from->n_parties;
	v->parties = storage->list;
	for (uint32_t i = 0; i < from->n_parties; i++) {
		parley__party_view__init(&storage->parties[i]);
		storage->parties[i].id = (char *)(uintptr_t)from->parties[i].id;
		storage->parties[i].last = from->parties[i].last;
		storage->parties[i].step = from->parties[i].step;
		storage->parties[i].refused = from->parties[i].refused;
		storage->list[i] = &storage->parties[i];
	}
}

void wire_reply_encode(struct buf *out, const struct wire_reply *m)
{
	Parley__Message messages[WIRE_MESSAGES_MAX], *message_list[WIRE_MESSAGES_MAX];
	Parley__SessionView views[WIRE_VIEWS_MAX], *view_list[WIRE_VIEWS_MAX];
	struct clean_text text;
	Parley__Reply r = PARLEY__REPLY__INIT;
	struct view_storage *storage = calloc(m->n_views + 1, sizeof *storage);

	if (!storage) {
		out->failed = true;
		return;
	}
	r.code = (char *)(uintptr_t)m->code;
	r.message = m->message[0] ? clean(&text, m->message) : NULL;
	r.has_session = m->has_session;
	r.session = binary(m->session, sizeof m->session);
	r.has_attempt = m->has_session;
	r.attempt = m->attempt;
	fill_messages(messages, message_list, m->messages, m->n_messages);
	r.n_messages = m->n_messages;
	r.messages = message_list;
	for (uint32_t i = 0; i < m->n_views; i++) {
		fill_view(&views[i], &storage[i], &m->views[i]);
		view_list[i] = &views[i];
	}
	r.n_views = m->n_views;
	r.views = view_list;
	pack(out, &r.base);
	free(storage);
}

/* ---- decode ---- */

static struct slice slice_of_binary(ProtobufCBinaryData b)
{
	return (struct slice){b.data, b.len};
}

/* scan_message() has checked that the text fits. */
static void copy_text(char *out, const char *text)
{
	if (text)
		strcpy(out, text);
}

static enum status take_messages(struct wire_message *out, Parley__Message *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_message_kind(list[i]->kind))
			return ST_FORMAT;
		out[i] = (struct wire_message){list[i]->seq, (enum wire_message_kind)list[i]->kind,
		    slice_of_binary(list[i]->body)};
	}
	return ST_OK;
}

static enum status check_shape(const Parley__Request *r)
{
	uint32_t has = (r->has_session ? HAS_SESSION : 0) | (r->has_attempt ? HAS_ATTEMPT : 0) | (r->party ? HAS_PARTY : 0) |
	    (r->has_policy_hash ? HAS_POLICY : 0) | (r->has_hold_ms ? HAS_HOLD : 0) | (r->has_ack ? HAS_ACK : 0) |
	    (r->n_messages ? HAS_MESSAGES : 0) | (r->has_signature ? HAS_SIGNATURE : 0) | (r->has_body ? HAS_BODY : 0);

	if (r->kind < WREQ_START || r->kind > WREQ_ADMISSION)
		return ST_FORMAT;
	if ((has & request_shape[r->kind].must) != request_shape[r->kind].must)
		return ST_TRUNCATED;
	if (has & ~(request_shape[r->kind].must | request_shape[r->kind].may))
		return ST_UNKNOWN_FIELD;
	return r->has_hold_ms && r->hold_ms > HOLD_MAX_MS ? ST_TOO_LARGE : ST_OK;
}

static enum status take_request(struct wire_request *m, const Parley__Request *r)
{
	enum status st;

	TRY(check_shape(r));
	m->kind = (enum wire_request_kind)r->kind;
	m->has_session = r->has_session;
	if (r->has_session)
		memcpy(m->session, r->session.data, sizeof m->session);
	m->attempt = r->attempt;
	copy_text(m->party, r->party);
	if (r->has_policy_hash)
		memcpy(m->policy_hash, r->policy_hash.data, sizeof m->policy_hash);
	m->hold_ms = r->hold_ms;
	m->ack = r->ack;
	m->n_messages = (uint32_t)r->n_messages;
	TRY(take_messages(m->messages, r->messages, r->n_messages));
	if (r->has_signature)
		memcpy(m->signature, r->signature.data, sizeof m->signature);
	m->body = slice_of_binary(r->body);
out:
	return st;
}

enum status wire_request_decode(struct wire_request *m, struct wire_storage *storage, struct slice bytes)
{
	enum status st;

	*m = (struct wire_request){0};
	*storage = (struct wire_storage){0};
	if (bytes.len > WIRE_SIZE_MAX)
		return ST_TOO_LARGE;
	TRY(scan_message(bytes, request_fields));
	Parley__Request *r = parley__request__unpack(NULL, bytes.len, bytes.ptr);
	if (!r)
		return ST_NO_MEMORY;
	*storage = (struct wire_storage){r, STORED_REQUEST};
	TRY(take_request(m, r));
	return ST_OK;
out:
	wire_storage_clear(storage);
	*m = (struct wire_request){0};
	return st;
}

static enum status take_view(struct wire_session_view *v, const Parley__SessionView *from)
{
	if (from->state < S_CREATED || from->state > S_ABORTED)
		return ST_FORMAT;
	memcpy(v->session, from->session.data, sizeof v->session);
	v->attempt = from->attempt;
	copy_text(v->policy, from->policy);
	memcpy(v->policy_hash, from->policy_hash.data, sizeof v->policy_hash);
	v->state = (enum session_state)from->state;
	v->step = from->step;
	v->steps = from->steps;
	copy_text(v->code, from->code);
	copy_text(v->blame, from->blame);
	copy_text(v->message, from->message);
	v->created_s = from->created_s;
	v->changed_s = from->changed_s;
	v->deadline_s = from->deadline_s;
	v->debug_insecure = from->debug_insecure;
	v->n_parties = (uint32_t)from->n_parties;
	for (size_t i = 0; i < from->n_parties; i++) {
		const Parley__PartyView *p = from->parties[i];
		if (p->last != 0 && !is_message_kind(p->last))
			return ST_FORMAT;
		copy_text(v->parties[i].id, p->id);
		v->parties[i].last = (enum wire_message_kind)p->last;
		v->parties[i].step = p->step;
		v->parties[i].refused = p->refused;
	}
	return ST_OK;
}

static enum status take_reply(struct wire_reply *m, const Parley__Reply *r)
{
	enum status st;

	if (r->has_session != r->has_attempt)
		return ST_TRUNCATED;
	copy_text(m->code, r->code);
	copy_text(m->message, r->message);
	m->has_session = r->has_session;
	if (r->has_session)
		memcpy(m->session, r->session.data, sizeof m->session);
	m->attempt = r->attempt;
	m->n_messages = (uint32_t)r->n_messages;
	TRY(take_messages(m->messages, r->messages, r->n_messages));
	m->n_views = (uint32_t)r->n_views;
	for (size_t i = 0; i < r->n_views; i++)
		TRY(take_view(&m->views[i], r->views[i]));
out:
	return st;
}

enum status wire_reply_decode(struct wire_reply *m, struct wire_storage *storage, struct slice bytes)
{
	enum status st;

	*m = (struct wire_reply){0};
	*storage = (struct wire_storage){0};
	if (bytes.len > WIRE_SIZE_MAX)
		return ST_TOO_LARGE;
	TRY(scan_message(bytes, reply_fields));
	Parley__Reply *r = parley__reply__unpack(NULL, bytes.len, bytes.ptr);
	if (!r)
		return ST_NO_MEMORY;
	*storage = (struct wire_storage){r, STORED_REPLY};
	TRY(take_reply(m, r));
	return ST_OK;
out:
	wire_storage_clear(storage);
	*m = (struct wire_reply){0};
	return st;
}

void wire_storage_clear(struct wire_storage *storage)
{
	if (storage->which == STORED_REQUEST)
		parley__request__free_unpacked(storage->unpacked, NULL);
	else if (storage->which == STORED_REPLY)
		parley__reply__free_unpacked(storage->unpacked, NULL);
	*storage = (struct wire_storage){0};
}

void wire_post_digest(uint8_t out[static HASH_LEN], const struct wire_request *m)
{
	struct hash h;

	hash_begin(&h, "parley/post/v1", 4 + m->n_messages);
	hash_bytes(&h, slice_of(m->session, sizeof m->session));
	hash_u64(&h, m->attempt);
	hash_text(&h, m->party);
	hash_u64(&h, m->ack);
	for (uint32_t i = 0; i < m->n_messages; i++) {
		hash_array(&h, 3);
		hash_u64(&h, m->messages[i].seq);
		hash_u64(&h, m->messages[i].kind);
		hash_bytes(&h, m->messages[i].body);
	}
	hash_end(&h, out);
}
