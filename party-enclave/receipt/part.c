/* A party's result shares, sealed to one recipient (docs/PROTOCOL.md, section 9), and opened there. */
#include <stdio.h>
#include <stdlib.h>

#include "base/cbor.h"
#include "base/panic.h"
#include "base/reader.h"
#include "base/seal.h"
#include "part.h"

enum { PART_FIELDS = 4 };

uint32_t result_words(const struct plan *plan)
{
	return plan_result_words(plan);
}

/* HPKE's info: the session, its roster, the plan and the recipient. */
static void part_info(uint8_t info[static HASH_LEN], const struct policy *p, const struct result_context *ctx,
    unsigned recipient)
{
	struct hash h;

	hash_begin(&h, "parley/out/v1", 4);
	hash_bytes(&h, slice_of(ctx->sid, HASH_LEN));
	hash_bytes(&h, slice_of(ctx->roster, HASH_LEN));
	hash_bytes(&h, slice_of(ctx->plan_hash, HASH_LEN));
	hash_text(&h, p->parties[recipient].id);
	hash_end(&h, info);
}

void result_part_hash(uint8_t out[static HASH_LEN], struct slice part)
{
	hash_one(out, "parley/part/v1", part);
}

/* ---- the plaintext {1 words, 2 groups, 3 own bytes u64le, 4 next bytes u64le} ---- */

static size_t plain_len(uint32_t words, uint32_t groups)
{
	size_t share = (size_t)words * groups * 8;

	return 1 + PART_FIELDS + cbor_head_len(words) + cbor_head_len(groups) + 2 * (cbor_head_len(share) + share);
}

static uint8_t *put_head(uint8_t *at, enum cbor_major major, uint64_t argument)
{
	uint8_t head[CBOR_HEAD_MAX];
	size_t len = cbor_head_encode(head, major, argument);

	memcpy(at, head, len);
	return at + len;
}

static uint8_t *put_share(uint8_t *at, uint64_t key, const uint64_t *share, size_t n)
{
	at = put_head(at, CBOR_UNSIGNED, key);
	at = put_head(at, CBOR_BYTES, 8 * n);
	for (size_t k = 0; k < n; k++, at += 8)
		put_u64le(at, share[k]);
	return at;
}

/* Written in place: shares are secret, and a growing buffer would leave copies behind. */
static void plain_encode(uint8_t *plain, size_t len, uint32_t words, uint32_t groups, const uint64_t *own,
    const uint64_t *next)
{
	size_t n = (size_t)words * groups;
	uint8_t *at = put_head(plain, CBOR_MAP, PART_FIELDS);

	at = put_head(put_head(at, CBOR_UNSIGNED, 1), CBOR_UNSIGNED, words);
	at = put_head(put_head(at, CBOR_UNSIGNED, 2), CBOR_UNSIGNED, groups);
	at = put_share(at, 3, own, n);
	at = put_share(at, 4, next, n);
	invariant(at == plain + len);
}

enum status result_seal(struct buf *out, const struct policy *p, const struct result_context *ctx, unsigned sender,
    unsigned recipient, uint32_t words, uint32_t groups, const uint64_t *own, const uint64_t *next,
    const struct random *rng)
{
	size_t len = plain_len(words, groups);
	uint8_t *plain = malloc(len), info[HASH_LEN], aad = (uint8_t)sender;
	enum status st;

	if (!plain)
		return ST_NO_MEMORY;
	part_info(info, p, ctx, recipient);
	plain_encode(plain, len, words, groups, own, next);
	st = seal_to(out, p->parties[recipient].receive, slice_of(info, sizeof info), slice_of(&aad, 1),
	    slice_of(plain, len), rng);
	wipe(plain, len);
	free(plain);
	return st;
}

/* ---- opening ---- */
static enum status plain_decode(struct part_shares *out, struct slice plain, uint32_t words, uint32_t groups)
{
	size_t share_len = (size_t)words * groups * 8;
	struct cbor_reader r;
	struct part_shares s;
	enum status st;

	cbor_reader_init(&r, plain);
	if (cbor_map(&r) != PART_FIELDS)
		cbor_fail(&r, ST_FORMAT);
	cbor_key(&r, 1);
	if (cbor_u64(&r) != words)
		cbor_fail(&r, ST_FORMAT);
	cbor_key(&r, 2);
	if (cbor_u64(&r) != groups)
		cbor_fail(&r, ST_FORMAT);
	cbor_key(&r, 3);
	s.own = cbor_bytes(&r);
	cbor_key(&r, 4);
	s.next = cbor_bytes(&r);
	if (s.own.len != share_len || s.next.len != share_len)
		cbor_fail(&r, ST_FORMAT);
	cbor_close(&r);
	TRY(cbor_end(&r));
	*out = s;
out:
	return st;
}

/* Sender's part into its buffer, which has room for the sealed length. */
enum status part_open(struct part_shares *out, uint8_t *plain, const struct policy *p, const struct result_context *ctx,
    unsigned sender, unsigned recipient, const uint8_t sk[static X25519_LEN], struct slice part)
{
	uint8_t info[HASH_LEN], aad = (uint8_t)sender;
	uint32_t words = result_words(&p->plan), groups = p->plan.groups;
	size_t len = plain_len(words, groups);
	enum status st;

	if (part.len != len + SEAL_OVERHEAD)
		return ST_REC_RESULT;
	part_info(info, p, ctx, recipient);
	TRY(seal_open(plain, sk, slice_of(info, sizeof info), slice_of(&aad, 1), part));
	st = plain_decode(out, slice_of(plain, len), words, groups);
	if (st != ST_OK)
		st = ST_REC_RESULT;
out:
	return st;
}
