/*
 * Targets: provide_manifest_check, provide_submission_open, provide_take, each raw and below its signature or seal: the first byte chooses.
 * Properties: nothing is written on a refusal; what is accepted is exactly what its owner can have made; no chunk is taken twice.
 */
#include "common.h"
#include "policy_builder.h"

#include <stdlib.h>

#define PROPERTY(holds)                                                                                                \
	do {                                                                                                           \
		if (!(holds))                                                                                          \
			abort();                                                                                       \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS = 24 };

static struct {
	struct policy policy;
	struct test_keys keys;
	struct test_provider clinic;
	uint8_t hash[HASH_LEN], ek_secret[X25519_LEN], ek[X25519_LEN];
	struct random_seeded seeded;
	struct provide_session session;
} f;

static void prepare(void)
{
	if (f.session.policy)
		return;
	PROPERTY(crypto_init() == ST_OK);
	test_keys_from_seed(&f.keys, 7);
	test_policy_fill(&f.policy, &f.keys);
	test_policy_add_provider(&f.policy, &f.clinic, "clinic");
	memset(f.ek_secret, 9, sizeof f.ek_secret);
	x25519_public(f.ek, f.ek_secret);
	f.session = (struct provide_session){.policy = &f.policy, .sid = f.hash, .roster = f.hash, .policy_hash = f.hash};
}

static void manifest(struct slice document)
{
	struct provide_manifest m, before;
	enum status st;

	memset(&m, 0x5a, sizeof m);
	before = m;
	st = provide_manifest_check(&m, &f.session, document, NULL);
	if (st != ST_OK)
		PROPERTY(memcmp(&m, &before, sizeof m) == 0);
	else
		PROPERTY(m.rows <= f.policy.rows_max_party);
}

static void signed_manifest(struct slice payload)
{
	struct buf document = {0}, again = {0};
	struct provide_manifest m;

	cose_sign1(&document, PROVIDE_LABEL, payload, f.clinic.endorse_sk);
	manifest(buf_view(&document));
	if (provide_manifest_check(&m, &f.session, buf_view(&document), NULL) == ST_OK) {
		manifest_encode(&again, &f.session, &m);
		PROPERTY(slice_equal(buf_view(&again), payload)); /* one form */
	}
	buf_clear(&document);
	buf_clear(&again);
}

static void submission(struct slice document)
{
	struct provide_submission m = {.index = 77};
	struct buf again = {0};
	unsigned provider = 99;
	enum status st = provide_submission_open(&m, &provider, &f.policy, document);

	if (st != ST_OK) {
		PROPERTY(m.index == 77 && provider == 99);
		return;
	}
	PROPERTY(provider == 0);
	PROPERTY(provide_submission_sign(&again, "clinic", &m, f.clinic.endorse_sk) == ST_OK);
	PROPERTY(slice_equal(buf_view(&again), document)); /* Ed25519 is deterministic and the payload has one form */
	buf_clear(&again);
}

static void signed_submission(struct slice payload)
{
	struct buf document = {0};

	cose_sign1(&document, "parley/submit/v1", payload, f.clinic.endorse_sk);
	submission(buf_view(&document));
	buf_clear(&document);
}

/* Chunks cut from the input, sealed as a provider would, or raw, against a manifest that commits to zeros. */
static void chunks(struct slice bytes, bool seal)
{
	struct provide_manifest m = {.rows = 1};
	struct provide_taker *t = NULL;
	struct random rng = random_from_seed(&f.seeded);
	uint8_t info[HASH_LEN], aad[AAD_LEN];
	unsigned party = bytes.len ? bytes.ptr[0] % PROVIDE_PARTIES : 0;
	static uint64_t opened[PROVIDE_CHUNK_WORDS];
	const uint64_t *words;
	size_t from, n;

	commit_seed(m.commitment[0], (const uint8_t[PROVIDE_SEED_LEN]){0});
	commit_seed(m.commitment[1], (const uint8_t[PROVIDE_SEED_LEN]){0});
	bind_envelopes(info, &f.session, m.hash);
	PROPERTY(provide_taker_new(&t, &f.session, party, &m, WORDS, f.ek_secret, opened) == ST_OK);
	while (bytes.len > 1) {
		size_t len = bytes.ptr[1] < bytes.len ? bytes.ptr[1] + 1u : bytes.len;
		uint32_t next = provide_taker_next(t);
		struct buf sealed = {0};

		envelope_aad(aad, party, next);
		if (seal)
			PROPERTY(seal_to(&sealed, f.ek, slice_of(info, sizeof info), slice_of(aad, sizeof aad), slice_of(bytes.ptr, len), &rng) == ST_OK);
		else
			buf_append(&sealed, bytes.ptr, len);
		bool was_done = provide_taker_done(t);
		enum status st = provide_take(t, buf_view(&sealed), &words, &from, &n, NULL);
		PROPERTY(st == ST_OK ? !was_done && provide_taker_next(t) == next + 1 : n == 0 && !provide_taker_done(t));
		buf_clear(&sealed);
		bytes = slice_of(bytes.ptr + len, bytes.len - len);
	}
	provide_taker_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	prepare();
	struct slice rest = slice_of(data + 1, size - 1);
	switch (data[0] % 6) {
	case 0: manifest(rest); break;
	case 1: signed_manifest(rest); break;
	case 2: submission(rest); break;
	case 3: signed_submission(rest); break;
	case 4: chunks(rest, false); break;
	case 5: chunks(rest, true); break;
	}
	return 0;
}
