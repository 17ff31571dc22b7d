/*
 * HandshakeState for the one pattern KK (Noise revision 34, sections 5.3 and 7.5): both statics are known beforehand,
 * here from HELLOs whose evidence has verified.
 *
 *     -> s
 *     <- s
 *     ...
 *     -> e, es, ss
 *     <- e, ee, se
 *
 * A failure is final: the object is wiped and every later call gives ST_SES_STATE.
 */
#include "channel/channel.h"
#include "noise_symmetric.h"

enum { NOISE_MESSAGE_MAX = 65535 }; /* section 3 */
enum turn { TURN_INITIATOR, TURN_RESPONDER, TURN_DONE, TURN_FAILED };

struct noise {
	bool initiator;
	enum turn turn;
	struct noise_symmetric sym;
	uint8_t s[X25519_LEN], e[X25519_LEN]; /* secrets */
	uint8_t rs[X25519_LEN], re[X25519_LEN];
};

enum status noise_new(struct noise **out, const struct noise_config *cfg)
{
	struct noise *n = secret_alloc(sizeof *n);
	uint8_t s_public[X25519_LEN];

	if (!n)
		return ST_NO_MEMORY;
	n->initiator = cfg->initiator;
	n->turn = TURN_INITIATOR;
	memcpy(n->s, cfg->s_secret, sizeof n->s);
	memcpy(n->e, cfg->e_secret, sizeof n->e);
	memcpy(n->rs, cfg->rs, sizeof n->rs);
	noise_symmetric_init(&n->sym,
	    cfg->aesgcm ? "Noise_KK_25519_AESGCM_BLAKE2b" : "Noise_KK_25519_ChaChaPoly_BLAKE2b",
	    cfg->aesgcm ? AEAD_AES256_GCM : AEAD_CHACHA20_POLY1305);
	x25519_public(s_public, n->s);
	noise_mix_hash(&n->sym, cfg->prologue);
	/* pre-messages: -> s, <- s */
	noise_mix_hash(&n->sym, slice_of(n->initiator ? s_public : n->rs, X25519_LEN));
	noise_mix_hash(&n->sym, slice_of(n->initiator ? n->rs : s_public, X25519_LEN));
	*out = n;
	return ST_OK;
}

void noise_free(struct noise *n)
{
	secret_free(n);
}

static enum status fail(struct noise *n, enum status st)
{
	wipe(n, sizeof *n);
	n->turn = TURN_FAILED;
	return st == ST_NO_MEMORY ? st : ST_ATT_HANDSHAKE;
}

/* x25519 refuses an all-zero result: a peer whose key has small order contributes nothing (RFC 7748 section 6.1). */
static enum status mix_dh(
    struct noise *n, const uint8_t secret[static X25519_LEN], const uint8_t public[static X25519_LEN])
{
	SECRET32_LOCAL(dh);
	enum status st;

	TRY(x25519(dh.bytes, secret, public));
	noise_mix_key(&n->sym, slice_of(dh.bytes, sizeof dh.bytes));
out:
	return st;
}

/* The first letter is the initiator's key, the second the responder's. */
static enum status mix_es(struct noise *n)
{
	return n->initiator ? mix_dh(n, n->e, n->rs) : mix_dh(n, n->s, n->re);
}

static enum status mix_se(struct noise *n)
{
	return n->initiator ? mix_dh(n, n->s, n->re) : mix_dh(n, n->e, n->rs);
}

static enum status mix_tokens(struct noise *n)
{
	enum status st;

	if (n->turn == TURN_INITIATOR) {
		TRY(mix_es(n)); /* es */
		TRY(mix_dh(n, n->s, n->rs)); /* ss */
	} else {
		TRY(mix_dh(n, n->e, n->re)); /* ee */
		TRY(mix_se(n)); /* se */
	}
out:
	return st;
}

static bool may_write(const struct noise *n)
{
	return n->turn == (n->initiator ? TURN_INITIATOR : TURN_RESPONDER);
}

static bool may_read(const struct noise *n)
{
	return n->turn == (n->initiator ? TURN_RESPONDER : TURN_INITIATOR);
}

enum status noise_write(struct noise *n, struct buf *out, struct slice payload)
{
	uint8_t e_public[X25519_LEN];
	size_t before = out->len;
	enum status st;

	if (!may_write(n))
		return ST_SES_STATE;
	if (payload.len > NOISE_MESSAGE_MAX - X25519_LEN - AEAD_TAG_LEN)
		return ST_TOO_LARGE;
	x25519_public(e_public, n->e); /* e */
	buf_append(out, e_public, sizeof e_public);
	TRY(buf_status(out));
	noise_mix_hash(&n->sym, slice_of(e_public, sizeof e_public));
	TRY(mix_tokens(n));
	TRY(noise_encrypt_and_hash(&n->sym, payload, out));
	n->turn++;
	return ST_OK;
out:
	out->len = before;
	return fail(n, st);
}

enum status noise_read(struct noise *n, struct slice message, struct buf *payload)
{
	enum status st;

	if (!may_read(n))
		return ST_SES_STATE;
	if (message.len < X25519_LEN + AEAD_TAG_LEN || message.len > NOISE_MESSAGE_MAX)
		return fail(n, ST_ATT_HANDSHAKE);
	memcpy(n->re, message.ptr, X25519_LEN); /* e */
	noise_mix_hash(&n->sym, slice_of(n->re, X25519_LEN));
	TRY(mix_tokens(n));
	TRY(noise_decrypt_and_hash(&n->sym, slice_of(message.ptr + X25519_LEN, message.len - X25519_LEN), payload));
	n->turn++;
	return ST_OK;
out:
	return fail(n, st);
}

bool noise_done(const struct noise *n)
{
	return n->turn == TURN_DONE;
}

enum status noise_split(
    struct noise *n, uint8_t send_key[static 32], uint8_t recv_key[static 32], uint8_t hash[static HASH_LEN])
{
	if (!noise_done(n))
		return ST_SES_STATE;
	noise_symmetric_split(&n->sym, n->initiator ? send_key : recv_key, n->initiator ? recv_key : send_key);
	memcpy(hash, n->sym.h, HASH_LEN);
	return ST_OK;
}
