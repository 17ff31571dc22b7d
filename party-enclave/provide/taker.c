/* The enclave's end: a manifest that must be this provider's for this session, then its chunks, then the commitments. */
#include "common.h"

struct provide_taker { /* secret memory */
	unsigned party;
	char id[POLICY_ID_MAX + 1];
	uint8_t head[2][PROVIDE_SEED_LEN];
	uint8_t ek_secret[X25519_LEN], info[HASH_LEN];
	struct provide_manifest manifest;
	struct hash third;
	size_t words;
	uint32_t next;
	bool failed;
	uint64_t *chunk; /* the caller's: the last one opened */
};

static enum status inconsistent(struct problem *problem, const char *id, const char *what)
{
	return problem_set(problem, ST_DATA_INCONSISTENT, id, NULL, "%s", what);
}

static void get_same(struct cbor_reader *r, uint64_t key, const uint8_t *expected)
{
	uint8_t got[HASH_LEN] = {0};

	cbor_key(r, key);
	cbor_bytes_exact(r, got, sizeof got);
	if (memcmp(got, expected, sizeof got) != 0)
		cbor_fail(r, ST_FORMAT);
}

static void get_text(struct cbor_reader *r, uint64_t key, const char *expected)
{
	cbor_key(r, key);
	if (!slice_equal(cbor_text(r), slice_str(expected)))
		cbor_fail(r, ST_FORMAT);
}

static enum status manifest_decode(struct provide_manifest *m, const struct provide_session *s, struct slice payload)
{
	struct cbor_reader r;

	cbor_reader_init(&r, payload);
	if (cbor_map(&r) != MANIFEST_KEYS)
		cbor_fail(&r, ST_UNKNOWN_FIELD);
	get_same(&r, M_SID, s->sid);
	get_same(&r, M_ROSTER, s->roster);
	get_text(&r, M_ID, provider_id(s));
	get_text(&r, M_DATASET, s->policy->dataset);
	get_same(&r, M_POLICY, s->policy_hash);
	cbor_key(&r, M_ROWS);
	m->rows = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	for (unsigned i = 0; i < PROVIDE_PARTIES; i++) {
		cbor_key(&r, M_COMMITMENT + i);
		cbor_bytes_exact(&r, m->commitment[i], HASH_LEN);
	}
	cbor_close(&r);
	return cbor_end(&r);
}

enum status provide_manifest_check(
    struct provide_manifest *out, const struct provide_session *s, struct slice document, struct problem *problem)
{
	const struct policy *p = s->policy;
	struct provide_manifest m;
	struct slice payload;
	enum status st;

	if (document.len > PROVIDE_MANIFEST_MAX)
		return inconsistent(problem, provider_id(s), "its manifest is too long");
	st = cose_sign1_verify(document, PROVIDE_LABEL, p->providers[s->provider].endorse, &payload);
	if (st == ST_NO_MEMORY)
		return problem_default(problem, st, provider_id(s));
	if (st != ST_OK)
		return inconsistent(problem, provider_id(s), "its manifest is not signed by the endorse key of the policy");
	if (manifest_decode(&m, s, payload) != ST_OK)
		return inconsistent(problem, provider_id(s), "its manifest is not one for this session, dataset and policy");
	if (m.rows > p->rows_max_party || (p->pad_rows && m.rows != p->rows_max_party))
		return inconsistent(problem, provider_id(s), "its manifest states a number of rows that the policy does not permit");
	hash_one(m.hash, "parley/manifest/v1", document);
	*out = m;
	return ST_OK;
}

enum status provide_taker_new(struct provide_taker **out, const struct provide_session *s, unsigned party,
    const struct provide_manifest *manifest, size_t words, const uint8_t ek_secret[static X25519_LEN], uint64_t *chunk)
{
	struct provide_taker *t;

	if (party >= PROVIDE_PARTIES)
		return ST_ARGUMENT;
	t = secret_alloc(sizeof *t);
	if (!t)
		return ST_NO_MEMORY;
	*t = (struct provide_taker){.party = party, .manifest = *manifest, .words = words, .chunk = chunk};
	memcpy(t->id, provider_id(s), sizeof t->id);
	memcpy(t->ek_secret, ek_secret, sizeof t->ek_secret);
	bind_envelopes(t->info, s, manifest->hash);
	*out = t;
	return ST_OK;
}

void provide_taker_free(struct provide_taker *t)
{
	secret_free(t);
}

uint32_t provide_taker_next(const struct provide_taker *t)
{
	return t->next;
}

bool provide_taker_done(const struct provide_taker *t)
{
	return !t->failed && t->next == provide_chunks(t->party, t->words);
}

/* Party 0 holds s_0 and s_1, party 1 s_1 and party 2 s_0. */
const uint8_t *provide_seed(const struct provide_taker *t, unsigned which)
{
	if (t->next == 0 || which > 1)
		return NULL;
	if (t->party == 0)
		return t->head[which];
	return which == (t->party == 1 ? 1u : 0u) ? t->head[0] : NULL;
}

static bool seed_is_committed(const struct provide_taker *t, unsigned which)
{
	const uint8_t *seed = provide_seed(t, which);
	uint8_t got[HASH_LEN];

	if (!seed)
		return true;
	commit_seed(got, seed);
	return ct_equal(got, t->manifest.commitment[which], HASH_LEN);
}

/* After the last chunk. Party 0 holds no part of x_2. */
static enum status finish(struct provide_taker *t, struct problem *problem)
{
	uint8_t got[HASH_LEN];

	if (t->party == 0)
		return ST_OK;
	hash_end(&t->third, got);
	if (ct_equal(got, t->manifest.commitment[2], HASH_LEN))
		return ST_OK;
	return inconsistent(problem, t->id, "a share that it sent is not the one in its manifest");
}

static enum status take_head(struct provide_taker *t, struct problem *problem)
{
	memcpy(t->head, t->chunk, sizeof t->head);
	wipe(t->chunk, sizeof t->head);
	t->next = 1;
	if (!seed_is_committed(t, 0) || !seed_is_committed(t, 1))
		return inconsistent(problem, t->id, "a seed that it sent is not the one in its manifest");
	if (t->party != 0)
		commit_third_begin(&t->third, t->head[1], t->words);
	return ST_OK;
}

static enum status take_third(struct provide_taker *t, size_t bytes)
{
	hash_bytes(&t->third, slice_of(t->chunk, bytes));
	t->next++;
	return ST_OK;
}

static enum status open_chunk(struct provide_taker *t, struct slice sealed, struct problem *problem)
{
	size_t bytes = provide_chunk_len(t->next, t->words);
	uint8_t aad[AAD_LEN];

	if (t->failed || provide_taker_done(t) || sealed.len != bytes + SEAL_OVERHEAD)
		return inconsistent(problem, t->id, "a chunk that is one too many, or of another length than the manifest's rows need");
	envelope_aad(aad, t->party, t->next);
	enum status st = seal_open((uint8_t *)t->chunk, t->ek_secret, slice_of(t->info, sizeof t->info), slice_of(aad, sizeof aad), sealed);
	if (st == ST_NO_MEMORY)
		return problem_default(problem, st, t->id);
	if (st != ST_OK)
		return inconsistent(problem, t->id, "a chunk that does not open for this enclave, this session and its manifest");
	TRY(t->next == 0 ? take_head(t, problem) : take_third(t, bytes));
	if (provide_taker_done(t))
		TRY(finish(t, problem));
out:
	return st;
}

enum status provide_take(struct provide_taker *t, struct slice sealed, const uint64_t **words, size_t *from, size_t *n,
    struct problem *problem)
{
	uint32_t chunk = t->next;
	enum status st = open_chunk(t, sealed, problem);

	*n = 0;
	if (st == ST_OK && chunk > 0) {
		*n = provide_chunk_len(chunk, t->words) / sizeof(uint64_t);
		*from = (size_t)(chunk - 1) * PROVIDE_CHUNK_WORDS;
		words_swap(t->chunk, *n);
		*words = t->chunk;
	}
	t->failed |= st != ST_OK;
	return st;
}
