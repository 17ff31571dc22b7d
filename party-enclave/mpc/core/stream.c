#include "core/stream.h"
#include "base/panic.h"

enum { CONTEXT_MAX = 256, CHUNK = 0 /* one thread, so one chunk */ };

enum status stream_init(
    struct stream *s, const uint8_t secret[static 32], struct slice context, enum stream_purpose purpose)
{
	static const char label[] = "prg/v1";
	uint8_t info[sizeof label - 1 + CONTEXT_MAX + 2], prk[32], key[16];
	size_t n = sizeof label - 1;
	enum status st;

	if (context.len > CONTEXT_MAX)
		return ST_ARGUMENT;
	memcpy(info, label, n);
	if (context.len)
		memcpy(info + n, context.ptr, context.len);
	n += context.len;
	info[n++] = (uint8_t)(purpose >> 8);
	info[n++] = (uint8_t)purpose;
	*s = (struct stream){0};
	hkdf_sha256_extract(prk, slice_str("parley/mpc/v1"), slice_of(secret, 32));
	TRY(hkdf_sha256_expand(key, sizeof key, prk, slice_of(info, n)));
	TRY(aes_stream_new(&s->aes, key));
out:
	wipe(prk, sizeof prk);
	wipe(key, sizeof key);
	return st;
}

void stream_clear(struct stream *s)
{
	aes_stream_free(s->aes);
	*s = (struct stream){0};
}

void stream_begin_op(struct stream *s, uint32_t op)
{
	s->op = op;
	s->counter = 0;
}

/* Addresses (op, counter) ascend strictly, so comparing with the last one drawn covers all before it. */
static void check_fresh(struct stream *s, uint64_t blocks)
{
	invariant(s->op > s->last_op || (s->op == s->last_op && s->counter >= s->last_counter));
	invariant(s->counter + blocks > s->counter);
	s->last_op = s->op;
	s->last_counter = s->counter + blocks;
}

void stream_draw(struct stream *s, void *out, size_t len)
{
	uint64_t blocks = (len + AES_BLOCK_LEN - 1) / AES_BLOCK_LEN;

	if (len == 0)
		return;
	check_fresh(s, blocks);
	aes_stream_fill(s->aes, out, len, s->op, CHUNK, s->counter);
	s->counter += blocks;
}
