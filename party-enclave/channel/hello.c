/* HELLO's payload (docs/PROTOCOL.md, section 3): deterministic CBOR, exactly these twelve keys. */
#include "admission_internal.h"

#include "base/cbor.h"

enum hello_key {
	HELLO_SESSION = 1,
	HELLO_ATTEMPT,
	HELLO_ID,
	HELLO_ROLE,
	HELLO_EK,
	HELLO_VK,
	HELLO_NONCE,
	HELLO_TIME,
	HELLO_POLICY_HASH,
	HELLO_PLAN_HASH,
	HELLO_PROTOCOL,
	HELLO_SUITES,
	HELLO_KEYS = 12,
};

static void put_bytes(struct buf *out, enum hello_key key, const uint8_t *bytes, size_t len)
{
	cbor_put_u64(out, key);
	cbor_put_bytes(out, slice_of(bytes, len));
}

static void put_text(struct buf *out, enum hello_key key, const char *text)
{
	cbor_put_u64(out, key);
	cbor_put_text(out, text);
}

static void put_u64(struct buf *out, enum hello_key key, uint64_t v)
{
	cbor_put_u64(out, key);
	cbor_put_u64(out, v);
}

void hello_encode(struct buf *out, const struct hello *h)
{
	cbor_put_map(out, HELLO_KEYS);
	put_bytes(out, HELLO_SESSION, h->session, sizeof h->session);
	put_u64(out, HELLO_ATTEMPT, h->attempt);
	put_text(out, HELLO_ID, h->id);
	put_text(out, HELLO_ROLE, h->role);
	put_bytes(out, HELLO_EK, h->ek, sizeof h->ek);
	put_bytes(out, HELLO_VK, h->vk, sizeof h->vk);
	put_bytes(out, HELLO_NONCE, h->nonce, sizeof h->nonce);
	put_u64(out, HELLO_TIME, (uint64_t)h->time_s);
	put_bytes(out, HELLO_POLICY_HASH, h->policy_hash, sizeof h->policy_hash);
	put_bytes(out, HELLO_PLAN_HASH, h->plan_hash, sizeof h->plan_hash);
	put_text(out, HELLO_PROTOCOL, h->protocol);
	put_u64(out, HELLO_SUITES, h->suites);
}

static void get_bytes(struct cbor_reader *r, enum hello_key key, uint8_t *out, size_t len)
{
	cbor_key(r, key);
	cbor_bytes_exact(r, out, len);
}

static void get_text(struct cbor_reader *r, enum hello_key key, char *out, size_t cap)
{
	cbor_key(r, key);
	cbor_text_copy(r, out, cap);
}

static uint64_t get_u64(struct cbor_reader *r, enum hello_key key, uint64_t max)
{
	cbor_key(r, key);
	return cbor_u64_max(r, max);
}

enum status hello_decode(struct hello *out, struct slice payload)
{
	struct cbor_reader r;
	struct hello h = {0};
	enum status st;

	cbor_reader_init(&r, payload);
	if (cbor_map(&r) != HELLO_KEYS)
		cbor_fail(&r, ST_UNKNOWN_FIELD);
	get_bytes(&r, HELLO_SESSION, h.session, sizeof h.session);
	h.attempt = (uint32_t)get_u64(&r, HELLO_ATTEMPT, UINT32_MAX);
	get_text(&r, HELLO_ID, h.id, sizeof h.id);
	get_text(&r, HELLO_ROLE, h.role, sizeof h.role);
	get_bytes(&r, HELLO_EK, h.ek, sizeof h.ek);
	get_bytes(&r, HELLO_VK, h.vk, sizeof h.vk);
	get_bytes(&r, HELLO_NONCE, h.nonce, sizeof h.nonce);
	h.time_s = (int64_t)get_u64(&r, HELLO_TIME, HELLO_TIME_MAX);
	get_bytes(&r, HELLO_POLICY_HASH, h.policy_hash, sizeof h.policy_hash);
	get_bytes(&r, HELLO_PLAN_HASH, h.plan_hash, sizeof h.plan_hash);
	get_text(&r, HELLO_PROTOCOL, h.protocol, sizeof h.protocol);
	h.suites = (uint32_t)get_u64(&r, HELLO_SUITES, SUITE_CHACHAPOLY | SUITE_AESGCM);
	if (!(h.suites & SUITE_CHACHAPOLY)) /* every party has it, so a common suite always exists */
		cbor_fail(&r, ST_FORMAT);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = h;
out:
	return st;
}
