/*
 * Target: party_run, by a hostile host. The input is a list of frames: type, peer, length u16le, body. Three types that no host has stand
 * for the genuine frame of the session so far (correctly signed, so that the frames behind them get further): 128 BOOT, 129 HELLOS,
 * 130 EVIDENCES. Property: the enclave neither admits anybody nor ends well, it says why exactly once, and nothing but a handshake goes to
 * a peer.
 */
#include "attest/attest.h"
#include "base/cbor.h"
#include "channel/admission.h"
#include "enclave/party.h"
#include "policy_builder.h"
#include "soft_claims.h"

#include <stdlib.h>

enum { GENUINE_BOOT = 128, GENUINE_HELLOS, GENUINE_EVIDENCES, N = POLICY_PARTIES_MAX, SELF = 1 };
#define NOW (TEST_SIGNING_TIME + 1000)

static struct {
	struct test_keys keys;
	struct policy *policy;
	struct buf payload, file, boot;
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	struct random_seeded seed;
} world;

struct run {
	struct slice rest;
	struct buf hello, quote, frame;
	struct buf docs[N];
	struct hello hellos[N];
	bool has_hellos;
	unsigned faults, handshakes;
};

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fact)
{
	if (!fact)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct policy *made = calloc(1, sizeof *made);
	struct boundary_boot boot = {.session = {0x5e}, .attempt = 1, .id = "south", .time_s = NOW};

	(void)argc, (void)argv;
	world.policy = calloc(1, sizeof *world.policy);
	require(crypto_init() == ST_OK && made && world.policy);
	test_keys_from_seed(&world.keys, 7);
	test_policy_fill(made, &world.keys);
	test_policy_seal(made, &world.keys, &world.payload, &world.file);
	require(policy_decode(world.policy, buf_view(&world.payload), NULL) == ST_OK);
	policy_hash(world.policy_hash, buf_view(&world.payload));
	plan_hash(world.plan_hash, world.policy->plan_bytes);
	boot.policy_file = buf_view(&world.file);
	boundary_put_boot(&world.boot, &boot);
	free(made);
	return 0;
}

/* The other parties are well behaved; their keys are nobody's. */
static void peer_hello(struct run *r, unsigned i)
{
	struct hello *h = &r->hellos[i];
	struct buf payload = {0};
	uint8_t sk[ED25519_SECRET_LEN], seed[ED25519_SEED_LEN] = {(uint8_t)(i + 1)};

	require(hello_decode(h, buf_view(&r->hello)) == ST_OK);
	memcpy(h->id, world.policy->parties[i].id, sizeof h->id);
	ed25519_keypair(h->vk, sk, seed);
	x25519_public(h->ek, seed);
	memset(h->nonce, (int)i + 1, sizeof h->nonce);
	hello_encode(&payload, h);
	cose_sign1(&r->docs[i], "parley/hello/v1", buf_view(&payload), world.keys.endorse_sk[i]);
	buf_clear(&payload);
}

static void genuine_hellos(struct run *r)
{
	struct slice docs[N];

	if (r->hello.len == 0)
		return;
	for (unsigned i = 0; i < N; i++) {
		buf_reset(&r->docs[i]);
		if (i == SELF) {
			require(hello_decode(&r->hellos[i], buf_view(&r->hello)) == ST_OK);
			cose_sign1(&r->docs[i], "parley/hello/v1", buf_view(&r->hello), world.keys.endorse_sk[i]);
		} else {
			peer_hello(r, i);
		}
		docs[i] = buf_view(&r->docs[i]);
	}
	r->has_hellos = true;
	doc_put_list(&r->frame, docs, N);
}

static void endorse(struct buf *out, const uint8_t *sid, unsigned i, struct slice evidence)
{
	uint8_t digest[HASH_LEN];
	struct buf payload = {0};
	struct hash h;

	hash_begin(&h, "parley/evidence/v1", 2);
	hash_u64(&h, TEE_SOFTWARE);
	hash_bytes(&h, evidence);
	hash_end(&h, digest);
	cbor_put_map(&payload, 3);
	cbor_put_u64(&payload, 1);
	cbor_put_bytes(&payload, slice_of(sid, HASH_LEN));
	cbor_put_u64(&payload, 2);
	cbor_put_text(&payload, world.policy->parties[i].id);
	cbor_put_u64(&payload, 3);
	cbor_put_bytes(&payload, slice_of(digest, sizeof digest));
	cose_sign1(out, "parley/endorse/v1", buf_view(&payload), world.keys.endorse_sk[i]);
	buf_clear(&payload);
}

static void produce(struct buf *out, unsigned i, const uint8_t report_data[HASH_LEN])
{
	struct att_claims claims = test_soft_claims(test_code(world.policy, i), (uint8_t)(i + 1), NOW);

	memcpy(claims.report_data, report_data, HASH_LEN);
	att_soft_produce(out, &claims, world.keys.root_sk);
}

static void genuine_evidences(struct run *r)
{
	struct buf evidence[N] = {{0}}, endorsement[N] = {{0}};
	struct doc_evidence items[N];
	uint8_t sid[HASH_LEN], report_data[HASH_LEN];
	struct hash h;

	if (!r->has_hellos)
		return;
	hash_begin(&h, "parley/sid/v1", N);
	for (unsigned i = 0; i < N; i++)
		hash_bytes(&h, buf_view(&r->docs[i]));
	hash_end(&h, sid);
	for (unsigned i = 0; i < N; i++) {
		admission_report_data_of(report_data, sid, &r->hellos[i]);
		if (i == SELF)
			buf_append(&evidence[i], r->quote.ptr, r->quote.len);
		else
			produce(&evidence[i], i, report_data);
		endorse(&endorsement[i], sid, i, buf_view(&evidence[i]));
		items[i] = (struct doc_evidence){
		    .kind = TEE_SOFTWARE, .evidence = buf_view(&evidence[i]), .endorsement = buf_view(&endorsement[i])};
	}
	doc_put_evidences(&r->frame, items, N);
	for (unsigned i = 0; i < N; i++) {
		buf_clear(&evidence[i]);
		buf_clear(&endorsement[i]);
	}
}

static enum status frame_out(void *ctx, enum frame_type type, uint8_t peer, struct slice body)
{
	struct run *r = ctx;
	struct doc_fault fault;

	require(type == FRAME_HELLO || type == FRAME_EVIDENCE || type == FRAME_PEER || type == FRAME_FAULT);
	if (type == FRAME_HELLO)
		buf_append(&r->hello, body.ptr, body.len);
	if (type == FRAME_FAULT)
		require(++r->faults == 1 && doc_get_fault(&fault, body) == ST_OK);
	if (type == FRAME_PEER)
		require(++r->handshakes <= 4 && body.len <= 128 && peer < N && peer != SELF);
	return ST_OK;
}

static enum status frame_in(void *ctx, struct frame *out)
{
	struct run *r = ctx;
	struct reader in = {.rest = r->rest};
	uint8_t type = rd_u8(&in), peer = rd_u8(&in);
	struct slice body = rd_slice(&in, rd_u16le(&in));

	if (in.failed)
		return ST_CLOSED;
	r->rest = in.rest;
	buf_reset(&r->frame);
	if (type == GENUINE_BOOT)
		body = buf_view(&world.boot);
	else if (type == GENUINE_HELLOS)
		genuine_hellos(r);
	else if (type == GENUINE_EVIDENCES)
		genuine_evidences(r);
	if (type == GENUINE_HELLOS || type == GENUINE_EVIDENCES)
		body = buf_view(&r->frame);
	static const enum frame_type genuine[] = {FRAME_BOOT, FRAME_HELLOS, FRAME_EVIDENCES};
	*out = (struct frame){type >= GENUINE_BOOT && type <= GENUINE_EVIDENCES ? genuine[type - GENUINE_BOOT] : (enum frame_type)type, peer, body};
	return ST_OK;
}

static enum status quote(void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence, struct buf *collateral)
{
	struct run *r = ctx;

	produce(evidence, SELF, report_data);
	buf_append(&r->quote, evidence->ptr, evidence->len);
	(void)collateral;
	*kind = TEE_SOFTWARE;
	return ST_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run r = {.rest = slice_of(data, size)};

	world.seed = (struct random_seeded){.seed = {3}};
	struct party_env env = {.ctx = &r, .frame_out = frame_out, .frame_in = frame_in, .quote = quote, .rng = random_from_seed(&world.seed),
	    .arena_max = 1 << 20};
	require(party_run(&env) != ST_OK && r.faults == 1);
	struct buf *all[] = {&r.hello, &r.quote, &r.frame, &r.docs[0], &r.docs[1], &r.docs[2]};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_clear(all[i]);
	return 0;
}
