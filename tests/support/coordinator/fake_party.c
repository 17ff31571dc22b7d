#include "fake_party.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cbor.h"
#include "base/panic.h"

static void derive(uint8_t *out, size_t len, const char *what, const struct fake_party *p)
{
	uint8_t digest[HASH_LEN];
	struct hash h;

	hash_begin(&h, "test/derive", 5);
	hash_text(&h, what);
	hash_u64(&h, p->world->seed);
	hash_u64(&h, p->index);
	hash_bytes(&h, slice_of(p->session, sizeof p->session));
	hash_u64(&h, p->attempt);
	hash_end(&h, digest);
	memcpy(out, digest, len);
}

void fake_world_init(struct fake_world *w, uint64_t seed, uint32_t steps, void (*spoil)(struct policy *p))
{
	struct policy *p = calloc(1, sizeof *p);

	*w = (struct fake_world){.seed = seed, .policy = calloc(1, sizeof *w->policy)};
	invariant(p != NULL && w->policy != NULL && crypto_init() == ST_OK);
	test_keys_from_seed(&w->keys, seed);
	test_policy_fill(p, &w->keys);
	if (p->plan.n_ops < steps) {
		p->plan.n_ops--; /* OUTKEEP stays last */
		while (p->plan.n_ops + 1u < steps)
			test_op(&p->plan, OP_NOT, 0, 0, 1, 1);
		test_op(&p->plan, OP_OUTKEEP, 0, 0, 1, 8);
	}
	if (spoil != NULL)
		spoil(p);
	test_policy_seal(p, &w->keys, &w->payload, &w->file);
	struct problem problem = {0};
	if (policy_decode(w->policy, buf_view(&w->payload), &problem) != ST_OK)
		panic("the test policy does not decode");
	policy_hash(w->policy_hash, buf_view(&w->payload));
	plan_hash(w->plan_hash, w->policy->plan_bytes);
	free(p);
}

void fake_world_clear(struct fake_world *w)
{
	buf_clear(&w->payload);
	buf_clear(&w->file);
	free(w->policy);
	w->policy = NULL;
}

void fake_party_init(struct fake_party *p, const struct fake_world *w, unsigned index,
    const uint8_t session[static WIRE_SESSION_LEN], uint32_t attempt)
{
	uint8_t seed[ED25519_SEED_LEN];

	memset(p, 0, sizeof *p);
	p->world = w;
	p->index = index;
	p->attempt = attempt;
	memcpy(p->session, session, sizeof p->session);
	derive(seed, sizeof seed, "host", p);
	ed25519_keypair(p->host_pk, p->host_sk, seed);
	derive(seed, sizeof seed, "vk", p);
	ed25519_keypair(p->vk, p->vk_sk, seed);
}

void fake_party_clear(struct fake_party *p)
{
	for (size_t i = 0; i < p->n_sent; i++)
		buf_clear(&p->sent[i].body);
	p->n_sent = 0;
}

/* ---- bodies ---- */

static void enrol_body(const struct fake_party *p, struct buf *out)
{
	static const struct doc_enrol none;
	struct doc_enrol e = none;
	struct buf payload = {0};

	memcpy(e.session, p->session, sizeof e.session);
	e.attempt = p->attempt;
	snprintf(e.id, sizeof e.id, "%s", p->world->policy->parties[p->index].id);
	memcpy(e.host_key, p->host_pk, sizeof e.host_key);
	e.n_urls = FAKE_PARTIES;
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		if (i != p->index)
			snprintf(e.urls[i], sizeof e.urls[i], "tcp://127.0.0.1:%u", 7000 + 10 * p->index + i);
	doc_put_enrol(&payload, &e);
	cose_sign1(out, DOC_ENROL_LABEL, buf_view(&payload), p->world->keys.endorse_sk[p->index]);
	buf_clear(&payload);
}

static void hello_body(const struct fake_party *p, struct buf *out)
{
	uint8_t ek[X25519_LEN], nonce[32];
	struct buf b = {0};

	derive(ek, sizeof ek, "ek", p);
	derive(nonce, sizeof nonce, "nonce", p);
	cbor_put_map(&b, 12);
	cbor_put_u64(&b, 1), cbor_put_bytes(&b, slice_of(p->session, sizeof p->session));
	cbor_put_u64(&b, 2), cbor_put_u64(&b, p->attempt);
	cbor_put_u64(&b, 3), cbor_put_text(&b, p->world->policy->parties[p->index].id);
	cbor_put_u64(&b, 4), cbor_put_text(&b, "compute");
	cbor_put_u64(&b, 5), cbor_put_bytes(&b, slice_of(ek, sizeof ek));
	cbor_put_u64(&b, 6), cbor_put_bytes(&b, slice_of(p->vk, sizeof p->vk));
	cbor_put_u64(&b, 7), cbor_put_bytes(&b, slice_of(nonce, sizeof nonce));
	cbor_put_u64(&b, 8), cbor_put_i64(&b, TEST_SIGNING_TIME + 5);
	cbor_put_u64(&b, 9), cbor_put_bytes(&b, slice_of(p->world->policy_hash, HASH_LEN));
	cbor_put_u64(&b, 10), cbor_put_bytes(&b, slice_of(p->world->plan_hash, HASH_LEN));
	cbor_put_u64(&b, 11), cbor_put_text(&b, "rep3/v1");
	cbor_put_u64(&b, 12), cbor_put_u64(&b, 3);
	cose_sign1(out, "parley/hello/v1", buf_view(&b), p->world->keys.endorse_sk[p->index]);
	buf_clear(&b);
}

static void evidence_body(const struct fake_party *p, struct buf *out)
{
	uint8_t evidence[HASH_LEN];
	struct buf o = {0};

	derive(evidence, sizeof evidence, "evidence", p);
	cose_sign1(&o, "parley/endorse/v1", slice_of(evidence, sizeof evidence), p->world->keys.endorse_sk[p->index]);
	doc_put_evidence(out,
	    &(struct doc_evidence){
		.kind = TEE_SOFTWARE, .evidence = slice_of(evidence, sizeof evidence), .endorsement = buf_view(&o)});
	buf_clear(&o);
}

static void renewal_body(const struct fake_party *p, uint32_t epoch, struct buf *out)
{
	struct buf first = {0};
	struct doc_evidence e;

	evidence_body(p, &first);
	if (doc_get_evidence(&e, buf_view(&first)) != ST_OK)
		panic("our own EVIDENCE is not well-formed");
	doc_put_renewal(out, epoch, &e);
	buf_clear(&first);
}

static void sign_vk(const struct fake_party *p, const char *label, struct buf *payload, struct buf *out)
{
	cose_sign1(out, label, buf_view(payload), p->vk_sk);
	buf_clear(payload);
}

static void admit_body(const struct fake_party *p, struct buf *out)
{
	uint8_t appraisal[HASH_LEN];
	struct buf b = {0};

	derive(appraisal, sizeof appraisal, "appraisal", p);
	cbor_put_map(&b, 4);
	cbor_put_u64(&b, 1), cbor_put_bytes(&b, slice_of(p->roster, HASH_LEN));
	cbor_put_u64(&b, 2), cbor_put_text(&b, p->world->policy->parties[p->index].id);
	cbor_put_u64(&b, 3), cbor_put_array(&b, FAKE_PARTIES);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		cbor_put_text(&b, p->world->policy->parties[i].id);
	cbor_put_u64(&b, 4), cbor_put_bytes(&b, slice_of(appraisal, HASH_LEN));
	sign_vk(p, "parley/admit/v1", &b, out);
}

static void commit_body(const struct fake_party *p, struct buf *out)
{
	uint8_t commitment[HASH_LEN];
	struct buf b = {0};
	struct hash h;

	hash_begin(&h, "test/input", 2);
	hash_u64(&h, p->index);
	hash_u64(&h, p->input);
	hash_end(&h, commitment);
	cbor_put_map(&b, 4);
	cbor_put_u64(&b, 1), cbor_put_bytes(&b, slice_of(p->sid, HASH_LEN));
	cbor_put_u64(&b, 2), cbor_put_text(&b, p->world->policy->parties[p->index].id);
	cbor_put_u64(&b, 3), cbor_put_u64(&b, 100 + p->index);
	cbor_put_u64(&b, 4), cbor_put_bytes(&b, slice_of(commitment, HASH_LEN));
	sign_vk(p, "parley/commit/v1", &b, out);
}

/* All parties' digests agree: they depend on sid and step, and on what all were told (the commitments). */
static void step_body(const struct fake_party *p, uint32_t step, struct buf *out)
{
	struct doc_step d = {.step = step};
	uint8_t digest[HASH_LEN];
	struct buf b = {0};
	struct hash h;

	memcpy(d.sid, p->sid, sizeof d.sid);
	snprintf(d.id, sizeof d.id, "%s", p->world->policy->parties[p->index].id);
	hash_begin(&h, "test/view", 3);
	hash_bytes(&h, slice_of(p->sid, HASH_LEN));
	hash_bytes(&h, slice_of(p->commitments, sizeof p->commitments));
	hash_u64(&h, step);
	hash_end(&h, digest);
	memcpy(d.digest, digest, sizeof d.digest);
	if (step == 0)
		doc_put_confirm(&b, &d);
	else
		doc_put_step(&b, &d);
	sign_vk(p, step == 0 ? DOC_CONFIRM_LABEL : DOC_STEP_LABEL, &b, out);
}

/* Stands for ciphertext: as long as the shape says, unlike for other inputs. */
static void sealed_part(const struct fake_party *p, uint32_t recipient, uint8_t out[static HASH_LEN])
{
	struct hash h;

	hash_begin(&h, "test/part", 4);
	hash_bytes(&h, slice_of(p->sid, HASH_LEN));
	hash_u64(&h, p->index);
	hash_u64(&h, recipient);
	hash_u64(&h, p->input);
	hash_end(&h, out);
}

static void part_body(const struct fake_party *p, uint32_t recipient, struct buf *out)
{
	uint8_t part[HASH_LEN];

	sealed_part(p, recipient, part);
	doc_put_part(out, recipient, slice_of(part, sizeof part));
}

static void receipt_body(const struct fake_party *p, struct buf *out)
{
	const struct policy *policy = p->world->policy;
	uint8_t view[32] = {9}, part[HASH_LEN], hash[HASH_LEN];
	struct buf b = {0};

	cbor_put_map(&b, 10);
	cbor_put_u64(&b, 1), cbor_put_bytes(&b, slice_of(p->sid, HASH_LEN));
	cbor_put_u64(&b, 2), cbor_put_text(&b, policy->parties[p->index].id);
	cbor_put_u64(&b, 3), cbor_put_bytes(&b, slice_of(p->world->policy_hash, HASH_LEN));
	cbor_put_u64(&b, 4), cbor_put_bytes(&b, slice_of(p->world->plan_hash, HASH_LEN));
	cbor_put_u64(&b, 5), cbor_put_bytes(&b, slice_of(p->roster, HASH_LEN));
	cbor_put_u64(&b, 6), cbor_put_array(&b, FAKE_PARTIES);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		cbor_put_bytes(&b, slice_of(p->commitments[i], HASH_LEN));
	cbor_put_u64(&b, 7), cbor_put_array(&b, FAKE_PARTIES);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		cbor_put_u64(&b, p->rows[i]);
	cbor_put_u64(&b, 8), cbor_put_array(&b, (size_t)__builtin_popcount(policy->recipients));
	for (unsigned r = 0; r < FAKE_PARTIES; r++) {
		if (!(policy->recipients >> r & 1))
			continue;
		sealed_part(p, r, part);
		hash_one(hash, "parley/part/v1", slice_of(part, sizeof part));
		cbor_put_array(&b, 2), cbor_put_text(&b, policy->parties[r].id),
		    cbor_put_bytes(&b, slice_of(hash, HASH_LEN));
	}
	cbor_put_u64(&b, 9), cbor_put_bytes(&b, slice_of(view, sizeof view));
	cbor_put_u64(&b, 10), cbor_put_array(&b, 2), cbor_put_i64(&b, TEST_SIGNING_TIME),
	    cbor_put_i64(&b, TEST_SIGNING_TIME + 5);
	sign_vk(p, "parley/receipt/v1", &b, out);
}

/* clang-format off */
void fake_party_body(const struct fake_party *p, enum wire_message_kind kind, uint32_t number, struct buf *out)
{
	static const struct doc_fault fault = {"ATT-0004", "west", "genuine evidence of other code"};

	switch (kind) {
	case WM_ENROL: enrol_body(p, out); break;
	case WM_HELLO: hello_body(p, out); break;
	case WM_EVIDENCE: evidence_body(p, out); break;
	case WM_ADMITTED: admit_body(p, out); break;
	case WM_COMMITTED: commit_body(p, out); break;
	case WM_STEP: step_body(p, number, out); break;
	case WM_RENEWAL: renewal_body(p, p->relayed + 1, out); break;
	case WM_CONFIRM: step_body(p, 0, out); break;
	case WM_PART: part_body(p, number, out); break;
	case WM_RECEIPT: receipt_body(p, out); break;
	case WM_FAULT: doc_put_fault(out, &fault); break;
	default: doc_put_empty(out); break;
	}
	invariant(!out->failed);
}
/* clang-format on */

/* ---- its own order ---- */

static enum wire_message_kind last_sent(const struct fake_party *p)
{
	return p->n_sent > 0 ? p->sent[p->n_sent - 1].kind : 0;
}

static uint32_t next_recipient(const struct fake_party *p)
{
	for (uint32_t r = 0; r < FAKE_PARTIES; r++)
		if (p->world->policy->recipients & ~p->parts & 1U << r)
			return r;
	return FAKE_PARTIES;
}

static enum wire_message_kind next_in_run(const struct fake_party *p)
{
	if (p->step < p->granted)
		return WM_STEP;
	return p->step == p->world->policy->plan.n_ops ? WM_CONFIRM : 0;
}

/* clang-format off */
enum wire_message_kind fake_party_next(const struct fake_party *p)
{
	if (fake_party_is_over(p))
		return 0;
	switch ((int)last_sent(p)) {
	case 0: return WM_ENROL;
	case WM_ENROL: return WM_HELLO;
	case WM_HELLO: return p->has_hellos ? WM_EVIDENCE : 0;
	case WM_EVIDENCE: return p->has_evidences ? WM_ADMITTED : 0;
	case WM_ADMITTED: return WM_COMMITTED;
	case WM_COMMITTED: return p->granted > 0 ? WM_STEP : 0;
	case WM_STEP: return next_in_run(p);
	case WM_RENEWAL: return p->relayed < p->renewed ? 0 : next_in_run(p);
	case WM_CONFIRM: return p->is_released ? (next_recipient(p) < FAKE_PARTIES ? WM_PART : WM_RECEIPT) : 0;
	case WM_PART: return next_recipient(p) < FAKE_PARTIES ? WM_PART : WM_RECEIPT;
	case WM_RECEIPT: return p->has_bundle ? WM_FINISHED : 0;
	default: return 0;
	}
}
/* clang-format on */

void fake_party_put(struct fake_party *p, enum wire_message_kind kind, struct slice body)
{
	invariant(p->n_sent < FAKE_SENT_MAX);
	struct fake_letter *letter = &p->sent[p->n_sent++];
	*letter = (struct fake_letter){.kind = kind};
	p->renewed += kind == WM_RENEWAL;
	buf_append(&letter->body, body.ptr, body.len);
}

bool fake_party_advance(struct fake_party *p)
{
	enum wire_message_kind kind = fake_party_next(p);
	struct buf body = {0};

	if (kind == 0)
		return false;
	fake_party_body(p, kind, kind == WM_PART ? next_recipient(p) : p->step + 1, &body);
	fake_party_put(p, kind, buf_view(&body));
	buf_clear(&body);
	if (kind == WM_STEP)
		p->step++;
	if (kind == WM_PART)
		p->parts |= 1U << next_recipient(p);
	return true;
}

struct wire_message fake_party_message(const struct fake_party *p, size_t n)
{
	invariant(n >= 1 && n <= p->n_sent);
	return (struct wire_message){.seq = n, .kind = p->sent[n - 1].kind, .body = buf_view(&p->sent[n - 1].body)};
}

void fake_party_request(const struct fake_party *p, size_t first, size_t n, uint32_t hold_ms, struct wire_request *out)
{
	static const struct wire_request none;
	uint8_t digest[HASH_LEN];

	*out = none;
	out->kind = WREQ_POST;
	out->has_session = true;
	memcpy(out->session, p->session, sizeof out->session);
	out->attempt = p->attempt;
	snprintf(out->party, sizeof out->party, "%s", p->world->policy->parties[p->index].id);
	out->hold_ms = hold_ms;
	out->ack = p->ack;
	for (size_t i = 0; i < n; i++)
		out->messages[out->n_messages++] = fake_party_message(p, first + i);
	wire_post_digest(digest, out);
	ed25519_sign(out->signature, slice_of(digest, sizeof digest), p->host_sk);
}

/* ---- what it is told ---- */

static void told_hellos(struct fake_party *p, struct slice body)
{
	struct slice list[DOC_PARTIES_MAX];
	struct hash h;
	size_t n;

	if (doc_get_list(list, &n, body) != ST_OK || n != FAKE_PARTIES)
		panic("HELLOS is not a list of three");
	hash_begin(&h, "parley/sid/v1", n);
	for (size_t i = 0; i < n; i++)
		hash_bytes(&h, list[i]);
	hash_end(&h, p->sid);
	p->has_hellos = true;
}

static void told_evidences(struct fake_party *p, struct slice body)
{
	struct doc_evidence list[DOC_PARTIES_MAX];
	size_t n;

	if (doc_get_evidences(list, &n, body) != ST_OK || n != FAKE_PARTIES)
		panic("EVIDENCES is not a list of three");
	hash_one(p->roster, "test/roster", body);
	p->has_evidences = true;
}

static void told_committed(struct fake_party *p, struct slice body)
{
	struct slice list[DOC_PARTIES_MAX], payload;
	size_t n;

	if (doc_get_list(list, &n, body) != ST_OK || n != FAKE_PARTIES)
		panic("COMMITTED is not a list of three");
	for (size_t i = 0; i < n; i++) {
		struct cbor_reader r;
		if (cose_sign1_peek(list[i], &payload) != ST_OK)
			panic("a COMMIT is not a document");
		cbor_reader_init(&r, payload);
		cbor_map(&r);
		cbor_key(&r, 1), cbor_bytes(&r);
		cbor_key(&r, 2), cbor_text(&r);
		cbor_key(&r, 3), p->rows[i] = (uint32_t)cbor_u64(&r);
		cbor_key(&r, 4), cbor_bytes_exact(&r, p->commitments[i], HASH_LEN);
		cbor_close(&r);
		if (cbor_end(&r) != ST_OK)
			panic("a COMMIT is not well-formed");
	}
	p->has_committed = true;
}

static void told_renewals(struct fake_party *p, struct slice body)
{
	struct doc_evidence list[DOC_PARTIES_MAX];
	uint32_t epoch;
	size_t n;

	if (doc_get_renewals(&epoch, list, &n, body) != ST_OK || n != FAKE_PARTIES || epoch != p->relayed + 1 || p->renewed != epoch)
		panic("RENEWALS is not the next epoch of everybody's");
	p->relayed = epoch;
}

static void told_bundle(struct fake_party *p, struct slice body)
{
	struct doc_bundle bundle;
	size_t parts = p->world->policy->recipients >> p->index & 1 ? FAKE_PARTIES : 0;

	if (doc_get_bundle(&bundle, body) != ST_OK || bundle.n_receipts != FAKE_PARTIES || bundle.n_parts != parts)
		panic("BUNDLE is not whole");
	p->has_bundle = true;
}

/* clang-format off */
void fake_party_told(struct fake_party *p, const struct wire_message *m)
{
	static struct doc_peers peers;
	uint32_t granted;

	if (m->seq != p->ack + 1 || fake_party_is_over(p))
		panic("a message out of order, or after the end");
	p->ack = m->seq;
	switch (m->kind) {
	case WM_PEERS:
		if (doc_get_peers(&peers, m->body) != ST_OK || peers.n != FAKE_PARTIES)
			panic("PEERS is not well-formed");
		p->has_peers = true;
		break;
	case WM_HELLOS: told_hellos(p, m->body); break;
	case WM_EVIDENCES: told_evidences(p, m->body); break;
	case WM_ALL_ADMITTED: p->has_admitted = true; break;
	case WM_ALL_COMMITTED: told_committed(p, m->body); break;
	case WM_GRANT:
		if (doc_get_grant(&granted, m->body) != ST_OK || granted <= p->granted || granted > p->world->policy->plan.n_ops)
			panic("GRANT does not rise within the plan");
		p->granted = granted;
		break;
	case WM_RELEASE: p->is_released = true; break;
	case WM_RENEWALS: told_renewals(p, m->body); break;
	case WM_BUNDLE: told_bundle(p, m->body); break;
	case WM_DONE: p->is_done = true; break;
	case WM_ABORT:
		if (doc_get_fault(&p->abort, m->body) != ST_OK)
			panic("ABORT is not well-formed");
		p->is_aborted = true;
		break;
	default:
		panic("not a coordinator's message");
	}
}
/* clang-format on */

bool fake_party_is_over(const struct fake_party *p)
{
	return p->is_done || p->is_aborted;
}
