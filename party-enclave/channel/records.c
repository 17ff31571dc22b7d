/*
 * Records (docs/PROTOCOL.md, section 5): a message cut into pieces of at most CHANNEL_RECORD_MAX bytes, each sealed
 * under the direction's key with the record counter as nonce. What the record is stands in the additional data as the
 * receiver expects it, so nothing on the wire is parsed: a frame has the one length that follows from len, or is refused.
 */
#include "records.h"

#include "base/panic.h"
#include "base/reader.h"
#include "noise_cipher.h"

#include <stdlib.h>

struct direction {
	struct aead *aead; /* made once */
	uint64_t counter;
	uint8_t from, to;
};

struct channel {
	struct direction out, in;
	enum aead_suite suite;
	uint8_t sid[16];
	uint8_t peer;
	enum status failed; /* first failure; final */
	uint8_t frame[CHANNEL_FRAME_MAX];
};

enum status channel_new(struct channel **out, const struct channel_config *cfg)
{
	struct channel *c = calloc(1, sizeof *c);
	enum status st;

	if (!c)
		return ST_NO_MEMORY;
	c->suite = cfg->suite;
	c->peer = cfg->peer;
	memcpy(c->sid, cfg->sid, sizeof c->sid);
	c->out = (struct direction){.from = cfg->self, .to = cfg->peer};
	c->in = (struct direction){.from = cfg->peer, .to = cfg->self};
	TRY(aead_new(&c->out.aead, cfg->suite, cfg->send_key));
	TRY(aead_new(&c->in.aead, cfg->suite, cfg->recv_key));
	*out = c;
	return ST_OK;
out:
	channel_free(c);
	return st;
}

static void drop_keys(struct channel *c)
{
	aead_free(c->out.aead);
	aead_free(c->in.aead);
	c->out.aead = c->in.aead = NULL;
}

void channel_free(struct channel *c)
{
	if (!c)
		return;
	drop_keys(c);
	free(c); /* holds ciphertext and public facts only */
}

static enum status poison(struct channel *c, enum status st)
{
	c->failed = st;
	drop_keys(c);
	return st;
}

/* One record's nonce and additional data. */
struct seal {
	uint8_t nonce[NOISE_NONCE_LEN], ad[CHANNEL_AD_LEN];
};

/* ad = sid[0..15] || op || round || from || to || type || len || record index, little endian */
static void seal_of(struct seal *s, const struct channel *c, const struct direction *d, const struct channel_tag *tag,
    uint64_t len, uint32_t index)
{
	memcpy(s->ad, c->sid, sizeof c->sid);
	put_u32le(s->ad + 16, tag->op);
	put_u32le(s->ad + 20, tag->round);
	s->ad[24] = d->from;
	s->ad[25] = d->to;
	put_u16le(s->ad + 26, tag->type);
	put_u64le(s->ad + 28, len);
	put_u32le(s->ad + 36, index);
	noise_nonce(s->nonce, c->suite, d->counter);
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Plaintext bytes that the frame starting at `done` carries. */
static size_t frame_plain(size_t len, size_t done)
{
	return min_size(len - done, CHANNEL_FRAME_RECORDS * (size_t)CHANNEL_RECORD_MAX);
}

static size_t records_of(size_t plain)
{
	return (plain + CHANNEL_RECORD_MAX - 1) / CHANNEL_RECORD_MAX;
}

/* The index is 32 bits, and 2^64-1 records never pass; both are checked once per message. */
static enum status may_carry(const struct channel *c, const struct direction *d, size_t len)
{
	if (c->failed != ST_OK)
		return c->failed;
	if (len == 0 || records_of(len) > UINT32_MAX)
		return ST_ARGUMENT;
	return d->counter > UINT64_MAX - records_of(len) ? ST_SES_RECORD : ST_OK;
}

static enum status seal_frame(
    struct channel *c, const struct channel_tag *tag, const uint8_t *bytes, size_t len, size_t done, size_t plain)
{
	uint8_t *to = c->frame;
	struct seal s;

	for (size_t at = done; at < done + plain; at += CHANNEL_RECORD_MAX) {
		size_t n = min_size(done + plain - at, CHANNEL_RECORD_MAX);
		seal_of(&s, c, &c->out, tag, len, (uint32_t)(at / CHANNEL_RECORD_MAX));
		enum status st =
		    aead_seal(c->out.aead, to, s.nonce, slice_of(s.ad, sizeof s.ad), slice_of(bytes + at, n));
		if (st != ST_OK)
			return st;
		c->out.counter++;
		to += n + AEAD_TAG_LEN;
	}
	return ST_OK;
}

enum status channel_send(
    struct channel *c, const struct channel_io *io, const struct channel_tag *tag, const void *bytes, size_t len)
{
	enum status st = may_carry(c, &c->out, len);

	if (st != ST_OK)
		return st;
	for (size_t done = 0; done < len;) {
		size_t plain = frame_plain(len, done);
		TRY(seal_frame(c, tag, bytes, len, done, plain));
		TRY(io->send(io->ctx, c->peer, slice_of(c->frame, plain + AEAD_TAG_LEN * records_of(plain))));
		done += plain;
	}
	return ST_OK;
out:
	return poison(c, st);
}

static enum status open_frame(struct channel *c, const struct channel_tag *tag, struct slice frame, uint8_t *out,
    size_t len, size_t done, size_t plain)
{
	const uint8_t *from = frame.ptr;
	struct seal s;

	if (frame.len != plain + AEAD_TAG_LEN * records_of(plain))
		return ST_SES_RECORD;
	for (size_t at = done; at < done + plain; at += CHANNEL_RECORD_MAX) {
		size_t n = min_size(done + plain - at, CHANNEL_RECORD_MAX);
		seal_of(&s, c, &c->in, tag, len, (uint32_t)(at / CHANNEL_RECORD_MAX));
		if (aead_open(c->in.aead, out + at, s.nonce, slice_of(s.ad, sizeof s.ad),
			slice_of(from, n + AEAD_TAG_LEN)) != ST_OK)
			return ST_SES_RECORD;
		c->in.counter++;
		from += n + AEAD_TAG_LEN;
	}
	return ST_OK;
}

enum status channel_recv(
    struct channel *c, const struct channel_io *io, const struct channel_tag *tag, void *out, size_t len)
{
	enum status st = may_carry(c, &c->in, len);

	if (st != ST_OK)
		goto wiped;
	for (size_t done = 0; done < len;) {
		struct slice frame = {0};
		size_t plain = frame_plain(len, done);
		TRY(io->recv(io->ctx, c->peer, &frame));
		TRY(open_frame(c, tag, frame, out, len, done, plain));
		done += plain;
	}
	return ST_OK;
out:
	poison(c, st);
wiped:
	wipe(out, len);
	return st;
}

uint64_t channel_wire_bytes(uint64_t len)
{
	uint64_t records = len / CHANNEL_RECORD_MAX + (len % CHANNEL_RECORD_MAX != 0);
	uint64_t frames = records / CHANNEL_FRAME_RECORDS + records % CHANNEL_FRAME_RECORDS;

	return len + AEAD_TAG_LEN * records + 8 * frames;
}
