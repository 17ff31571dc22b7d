#include "base/cbor_head.h"
#include "base/crypto.h"
#include "base/panic.h"

#include <sodium.h>

struct hash_state {
	crypto_generichash_blake2b_state blake;
	uint64_t items_left; /* of all open arrays together: definite lengths need no stack */
};
_Static_assert(sizeof(struct hash_state) <= sizeof(struct hash), "struct hash holds the state");
_Static_assert(_Alignof(struct hash_state) <= _Alignof(struct hash), "struct hash is aligned for the state");

static struct hash_state *state_of(struct hash *h)
{
	return (struct hash_state *)(void *)h->opaque;
}

static void absorb(struct hash_state *s, const void *bytes, size_t len)
{
	invariant(crypto_generichash_blake2b_update(&s->blake, bytes, len) == 0);
}

static void absorb_head(struct hash_state *s, enum cbor_major major, uint64_t argument)
{
	uint8_t head[CBOR_HEAD_MAX];

	absorb(s, head, cbor_head_encode(head, major, argument));
}

static void item(struct hash *h, enum cbor_major major, uint64_t argument)
{
	struct hash_state *s = state_of(h);

	invariant(s->items_left > 0);
	s->items_left--;
	absorb_head(s, major, argument);
}

void hash_begin(struct hash *h, const char *label, size_t items)
{
	struct hash_state *s = state_of(h);

	invariant(crypto_generichash_blake2b_init(&s->blake, NULL, 0, HASH_LEN) == 0);
	absorb_head(s, CBOR_ARRAY, (uint64_t)items + 1);
	s->items_left = (uint64_t)items + 1;
	hash_text(h, label);
}

void hash_bytes(struct hash *h, struct slice bytes)
{
	item(h, CBOR_BYTES, bytes.len);
	absorb(state_of(h), bytes.ptr, bytes.len);
}

void hash_text(struct hash *h, const char *text)
{
	size_t len = strlen(text);

	item(h, CBOR_TEXT, len);
	absorb(state_of(h), text, len);
}

void hash_u64(struct hash *h, uint64_t v)
{
	item(h, CBOR_UNSIGNED, v);
}

void hash_array(struct hash *h, size_t items)
{
	item(h, CBOR_ARRAY, items);
	state_of(h)->items_left += items;
}

void hash_end(struct hash *h, uint8_t out[static HASH_LEN])
{
	struct hash_state *s = state_of(h);

	invariant(s->items_left == 0);
	invariant(crypto_generichash_blake2b_final(&s->blake, out, HASH_LEN) == 0);
	wipe(h, sizeof *h);
}

void hash_one(uint8_t out[static HASH_LEN], const char *label, struct slice bytes)
{
	struct hash h;

	hash_begin(&h, label, 1);
	hash_bytes(&h, bytes);
	hash_end(&h, out);
}
