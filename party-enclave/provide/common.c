/* What both ends compute: chunks, the stream, commitments, and what the envelopes are bound to. */
#include "common.h"

uint32_t provide_chunks(unsigned party, size_t words)
{
	size_t thirds = (words + PROVIDE_CHUNK_WORDS - 1) / PROVIDE_CHUNK_WORDS;

	return party == 0 ? 1 : 1 + (uint32_t)thirds;
}

size_t provide_chunk_len(uint32_t chunk, size_t words)
{
	size_t from = chunk ? (size_t)(chunk - 1) * PROVIDE_CHUNK_WORDS : 0;

	if (chunk == 0)
		return 2 * PROVIDE_SEED_LEN;
	return (words - from < PROVIDE_CHUNK_WORDS ? words - from : PROVIDE_CHUNK_WORDS) * sizeof(uint64_t);
}

enum status provide_stream(uint64_t *out, const uint8_t seed[static PROVIDE_SEED_LEN], size_t from, size_t n)
{
	static const char label[] = "parley/share/v1";
	struct aes_stream *stream = NULL;
	uint8_t key[AES_BLOCK_LEN];
	enum status st;

	TRY(hkdf_sha256_expand(key, sizeof key, seed, slice_of(label, sizeof label - 1)));
	TRY(aes_stream_new(&stream, key));
	aes_stream_fill(stream, (uint8_t *)out, n * sizeof *out, 0, 0, from * sizeof *out / AES_BLOCK_LEN);
out:
	aes_stream_free(stream);
	wipe(key, sizeof key);
	return st;
}

void commit_seed(uint8_t out[static HASH_LEN], const uint8_t seed[static PROVIDE_SEED_LEN])
{
	hash_one(out, "parley/seed/v1", slice_of(seed, PROVIDE_SEED_LEN));
}

void commit_third_begin(struct hash *h, const uint8_t rho[static PROVIDE_SEED_LEN], size_t words)
{
	hash_begin(h, "parley/third/v1", provide_chunks(1, words));
	hash_bytes(h, slice_of(rho, PROVIDE_SEED_LEN));
}

const char *provider_id(const struct provide_session *s)
{
	return s->policy->providers[s->provider].id;
}

void bind_envelopes(
    uint8_t info[static HASH_LEN], const struct provide_session *s, const uint8_t manifest_hash[static HASH_LEN])
{
	struct hash h;

	hash_begin(&h, "parley/in/v1", 6);
	hash_bytes(&h, slice_of(s->sid, HASH_LEN));
	hash_bytes(&h, slice_of(s->roster, HASH_LEN));
	hash_text(&h, provider_id(s));
	hash_text(&h, s->policy->dataset);
	hash_bytes(&h, slice_of(s->policy_hash, HASH_LEN));
	hash_bytes(&h, slice_of(manifest_hash, HASH_LEN));
	hash_end(&h, info);
}

void envelope_aad(uint8_t out[static AAD_LEN], unsigned party, uint32_t chunk)
{
	out[0] = (uint8_t)party;
	put_u32le(out + 1, chunk);
}

/* Little endian on the wire; in place, and nothing to do on the machines we know. */
void words_swap(uint64_t *words, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct reader r = {.rest = {(const uint8_t *)&words[k], sizeof words[k]}};
		words[k] = rd_u64le(&r);
	}
}

void manifest_encode(struct buf *out, const struct provide_session *s, const struct provide_manifest *m)
{
	cbor_put_map(out, MANIFEST_KEYS);
	cbor_put_u64(out, M_SID);
	cbor_put_bytes(out, slice_of(s->sid, HASH_LEN));
	cbor_put_u64(out, M_ROSTER);
	cbor_put_bytes(out, slice_of(s->roster, HASH_LEN));
	cbor_put_u64(out, M_ID);
	cbor_put_text(out, provider_id(s));
	cbor_put_u64(out, M_DATASET);
	cbor_put_text(out, s->policy->dataset);
	cbor_put_u64(out, M_POLICY);
	cbor_put_bytes(out, slice_of(s->policy_hash, HASH_LEN));
	cbor_put_u64(out, M_ROWS);
	cbor_put_u64(out, m->rows);
	for (unsigned i = 0; i < PROVIDE_PARTIES; i++) {
		cbor_put_u64(out, M_COMMITMENT + i);
		cbor_put_bytes(out, slice_of(m->commitment[i], HASH_LEN));
	}
}
