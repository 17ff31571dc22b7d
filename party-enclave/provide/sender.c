/* The provider's end: shares, commitments, manifest, envelopes. */
#include "common.h"

struct provide_sender { /* secret memory */
	uint8_t seed[2][PROVIDE_SEED_LEN], rho[PROVIDE_SEED_LEN];
	uint8_t info[HASH_LEN];
	const uint64_t *third; /* x_2, the caller's */
	size_t words;
	struct random rng;
};

/* words := words ^ G(seed), a chunk at a time. */
static enum status mask(uint64_t *words, size_t n, const uint8_t seed[static PROVIDE_SEED_LEN], uint64_t *stream)
{
	enum status st = ST_OK;

	for (size_t from = 0; from < n; from += PROVIDE_CHUNK_WORDS) {
		size_t len = n - from < PROVIDE_CHUNK_WORDS ? n - from : PROVIDE_CHUNK_WORDS;

		TRY(provide_stream(stream, seed, from, len));
		words_swap(stream, len);
		for (size_t k = 0; k < len; k++)
			words[from + k] ^= stream[k];
	}
out:
	return st;
}

static void commit_third(uint8_t out[static HASH_LEN], const struct provide_sender *p)
{
	struct hash h;

	commit_third_begin(&h, p->rho, p->words);
	for (uint32_t chunk = 1; chunk < provide_chunks(1, p->words); chunk++)
		hash_bytes(&h, slice_of(p->third + (size_t)(chunk - 1) * PROVIDE_CHUNK_WORDS, provide_chunk_len(chunk, p->words)));
	hash_end(&h, out);
}

static enum status sign_manifest(struct buf *out, struct provide_sender *p, const struct provide_session *s, uint32_t rows,
    const uint8_t sk[static ED25519_SECRET_LEN])
{
	struct provide_manifest m = {.rows = rows};
	struct buf payload = {0};
	size_t start = out->len;
	enum status st;

	commit_seed(m.commitment[0], p->seed[0]);
	commit_seed(m.commitment[1], p->seed[1]);
	commit_third(m.commitment[2], p);
	manifest_encode(&payload, s, &m);
	TRY(buf_status(&payload));
	cose_sign1(out, PROVIDE_LABEL, buf_view(&payload), sk);
	TRY(buf_status(out));
	hash_one(m.hash, "parley/manifest/v1", slice_of(out->ptr + start, out->len - start));
	bind_envelopes(p->info, s, m.hash);
out:
	buf_clear(&payload);
	return st;
}

enum status provide_share(struct provide_sender **out, struct buf *manifest, const struct provide_session *s, uint32_t rows,
    uint64_t *words, size_t n, const uint8_t endorse_sk[static ED25519_SECRET_LEN], struct random rng)
{
	struct provide_sender *p = NULL;
	uint64_t *stream = NULL;
	enum status st;

	if (memcmp(endorse_sk + ED25519_SEED_LEN, s->policy->providers[s->provider].endorse, ED25519_PUBLIC_LEN) != 0)
		return ST_KEY;
	p = secret_alloc(sizeof *p);
	stream = secret_alloc(PROVIDE_CHUNK_WORDS * sizeof *stream);
	if (!p || !stream) {
		st = ST_NO_MEMORY;
		goto out;
	}
	*p = (struct provide_sender){.third = words, .words = n, .rng = rng};
	rng.fill(rng.ctx, p->seed, sizeof p->seed);
	rng.fill(rng.ctx, p->rho, sizeof p->rho);
	TRY(mask(words, n, p->seed[0], stream));
	TRY(mask(words, n, p->seed[1], stream));
	words_swap(words, n);
	TRY(sign_manifest(manifest, p, s, rows, endorse_sk));
	*out = p;
	p = NULL;
out:
	secret_free(stream);
	secret_free(p);
	return st;
}

/* Which two of (s_0, s_1, rho) a party gets. */
static void head_of(uint8_t out[static 2 * PROVIDE_SEED_LEN], const struct provide_sender *p, unsigned party)
{
	const uint8_t *const first[] = {p->seed[0], p->seed[1], p->seed[0]}, *const second[] = {p->seed[1], p->rho, p->rho};

	memcpy(out, first[party], PROVIDE_SEED_LEN);
	memcpy(out + PROVIDE_SEED_LEN, second[party], PROVIDE_SEED_LEN);
}

enum status provide_seal(const struct provide_sender *p, struct buf *out, unsigned party,
    const uint8_t ek[static X25519_LEN], uint32_t chunk)
{
	uint8_t head[2 * PROVIDE_SEED_LEN], aad[AAD_LEN];
	struct slice plain = slice_of(head, sizeof head);
	enum status st;

	if (party >= PROVIDE_PARTIES || chunk >= provide_chunks(party, p->words))
		return ST_ARGUMENT;
	if (chunk == 0)
		head_of(head, p, party);
	else
		plain = slice_of(p->third + (size_t)(chunk - 1) * PROVIDE_CHUNK_WORDS, provide_chunk_len(chunk, p->words));
	envelope_aad(aad, party, chunk);
	st = seal_to(out, ek, slice_of(p->info, sizeof p->info), slice_of(aad, sizeof aad), plain, &p->rng);
	wipe(head, sizeof head);
	return st;
}

void provide_sender_free(struct provide_sender *p)
{
	secret_free(p);
}
