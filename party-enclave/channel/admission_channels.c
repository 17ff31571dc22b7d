/*
 * From a fixed roster to the handle: a Noise KK handshake with every peer, then ADMIT and key contributions as the
 * first record of every direction. In each phase everything is sent before anything is awaited, and the lower party
 * number initiates, so no cycle of waiting parties can form over an io that buffers.
 *
 *     phase 1  to higher parties    -> e, es, ss
 *     phase 2  from lower parties, answered at once   <- e, ee, se
 *     phase 3  from higher parties
 *     phase 4  ADMIT || pair contribution || group contribution, to everybody
 *     phase 5  the same from everybody
 *
 * An ADMIT leaves only when all evidence has verified and all handshakes have ended. One refused pair therefore leaves
 * everybody without that party's ADMIT, and nobody with a handle.
 */
#include "admission_internal.h"

#include "base/panic.h"
#include "records.h"

enum { CONTRIBUTION_LEN = 32, CONTRIBUTIONS = 2, ADMIT_MESSAGE_MAX = ADMIT_MAX + CONTRIBUTIONS * CONTRIBUTION_LEN };
static const struct channel_tag admit_tag = {.op = 0, .round = 0, .type = CHANNEL_TYPE_ADMIT};

struct meeting { /* secret memory; the life of one call */
	struct admission *a;
	const struct channel_io *io;
	struct problem *problem;
	unsigned n;
	struct noise *noise[POLICY_PARTIES_MAX];
	uint8_t handshake_hash[POLICY_PARTIES_MAX][HASH_LEN];
	uint8_t mine[POLICY_PARTIES_MAX][CONTRIBUTION_LEN]; /* pair contribution to each peer */
	uint8_t theirs[POLICY_PARTIES_MAX][CONTRIBUTION_LEN]; /* and from each */
	uint8_t group[POLICY_PARTIES_MAX][CONTRIBUTION_LEN]; /* g_i, mine among them */
	uint8_t message[ADMIT_MESSAGE_MAX];
	struct admitted *handle;
};

static void fill(const struct meeting *m, void *out, size_t len)
{
	m->a->rng.fill(m->a->rng.ctx, out, len);
}

static enum status blame(const struct meeting *m, enum status st, unsigned peer)
{
	return problem_default(m->problem, st, party_text(m->a->policy, peer).text);
}

static bool initiates(const struct meeting *m, unsigned peer)
{
	return m->a->self < peer;
}

static bool both_list_aesgcm(const struct meeting *m, unsigned peer)
{
	return m->a->own.suites & m->a->hellos[peer].suites & SUITE_AESGCM;
}

static enum status start_noise(struct meeting *m, unsigned peer)
{
	uint8_t prologue[HASH_LEN + 1];
	struct noise_config cfg = {.initiator = initiates(m, peer), .aesgcm = both_list_aesgcm(m, peer)};

	memcpy(prologue, m->a->roster, HASH_LEN);
	prologue[HASH_LEN] = 0; /* lane; this version has one */
	cfg.prologue = slice_of(prologue, sizeof prologue);
	memcpy(cfg.s_secret, m->a->ek_secret, sizeof cfg.s_secret);
	memcpy(cfg.rs, m->a->hellos[peer].ek, sizeof cfg.rs);
	fill(m, cfg.e_secret, sizeof cfg.e_secret);
	enum status st = noise_new(&m->noise[peer], &cfg);
	wipe(&cfg, sizeof cfg);
	return st;
}

static enum status send_handshake(struct meeting *m, unsigned peer)
{
	struct buf message = {0};
	enum status st;

	TRY(noise_write(m->noise[peer], &message, (struct slice){0}));
	TRY(m->io->send(m->io->ctx, peer, buf_view(&message)));
out:
	buf_clear(&message);
	return blame(m, st, peer);
}

static enum status recv_handshake(struct meeting *m, unsigned peer)
{
	struct slice message = {0};
	struct buf payload = {0};
	enum status st;

	TRY(m->io->recv(m->io->ctx, peer, &message));
	TRY(noise_read(m->noise[peer], message, &payload));
	if (payload.len != 0)
		st = ST_ATT_HANDSHAKE; /* our handshake payloads are empty */
out:
	buf_clear(&payload);
	return blame(m, st, peer);
}

static enum status shake_hands(struct meeting *m)
{
	unsigned self = m->a->self, peer;
	enum status st;

	for (peer = 0; peer < m->n; peer++)
		if (peer != self)
			TRY(start_noise(m, peer));
	for (peer = self + 1; peer < m->n; peer++)
		TRY(send_handshake(m, peer));
	for (peer = 0; peer < self; peer++) {
		TRY(recv_handshake(m, peer));
		TRY(send_handshake(m, peer));
	}
	for (peer = self + 1; peer < m->n; peer++)
		TRY(recv_handshake(m, peer));
out:
	return st;
}

static enum status open_channel(struct meeting *m, unsigned peer)
{
	struct channel_config cfg = {
	    .suite = both_list_aesgcm(m, peer) ? AEAD_AES256_GCM : AEAD_CHACHA20_POLY1305,
	    .self = (uint8_t)m->a->self,
	    .peer = (uint8_t)peer,
	};
	enum status st;

	memcpy(cfg.sid, m->a->sid, sizeof cfg.sid);
	TRY(noise_split(m->noise[peer], cfg.send_key, cfg.recv_key, m->handshake_hash[peer]));
	TRY(channel_new(&m->handle->channels[peer], &cfg));
out:
	wipe(&cfg, sizeof cfg);
	return st;
}

static enum status make_handle(struct meeting *m)
{
	const struct admission *a = m->a;
	struct admitted *h = secret_alloc(sizeof *h);

	if (!h)
		return ST_NO_MEMORY;
	h->n_parties = m->n;
	h->self = a->self;
	h->time = hellos_time(a->hellos, m->n);
	memcpy(h->sid, a->sid, HASH_LEN);
	memcpy(h->roster, a->roster, HASH_LEN);
	memcpy(h->vk_secret, a->vk_secret, sizeof h->vk_secret);
	memcpy(h->ek_secret, a->ek_secret, sizeof h->ek_secret);
	h->has_ek = true;
	for (unsigned i = 0; i < m->n; i++)
		memcpy(h->vk[i], a->hellos[i].vk, sizeof h->vk[i]);
	h->facts = (struct renewal_facts){.policy = a->policy, .anchors = a->anchors};
	memcpy(h->facts.hellos, a->hellos, sizeof h->facts.hellos);
	memcpy(h->facts.admitted, a->claims, sizeof h->facts.admitted);
	memcpy(h->facts.sid, a->sid, HASH_LEN);
	memcpy(h->facts.roster, a->roster, HASH_LEN);
	renewal_facts_begin(&h->facts);
	m->handle = h;
	return ST_OK;
}

static enum status send_admits(struct meeting *m, struct slice admit)
{
	const struct admission *a = m->a;
	enum status st = ST_OK;

	memcpy(m->message, admit.ptr, admit.len);
	fill(m, m->group[a->self], CONTRIBUTION_LEN);
	for (unsigned peer = 0; peer < m->n; peer++) {
		uint8_t *contributions = m->message + admit.len;
		if (peer == a->self)
			continue;
		fill(m, m->mine[peer], CONTRIBUTION_LEN);
		memcpy(contributions, m->mine[peer], CONTRIBUTION_LEN);
		memcpy(contributions + CONTRIBUTION_LEN, m->group[a->self], CONTRIBUTION_LEN);
		st = channel_send(m->handle->channels[peer], m->io, &admit_tag, m->message,
		    admit.len + CONTRIBUTIONS * CONTRIBUTION_LEN);
		if (st != ST_OK)
			return blame(m, st, peer);
	}
	return st;
}

static enum status recv_admit(struct meeting *m, unsigned peer)
{
	const struct admission *a = m->a;
	size_t len = admit_len(a->policy, peer);
	enum status st;

	if (len == 0)
		return ST_NO_MEMORY;
	invariant(len <= ADMIT_MAX);
	TRY(channel_recv(
	    m->handle->channels[peer], m->io, &admit_tag, m->message, len + CONTRIBUTIONS * CONTRIBUTION_LEN));
	TRY(admit_check(
	    a->policy, peer, a->hellos[peer].vk, a->roster, a->appraisals, slice_of(m->message, len), m->problem));
	memcpy(m->theirs[peer], m->message + len, CONTRIBUTION_LEN);
	memcpy(m->group[peer], m->message + len + CONTRIBUTION_LEN, CONTRIBUTION_LEN);
out:
	return blame(m, st, peer);
}

static enum status exchange_admits(struct meeting *m, struct buf *my_admit)
{
	const struct admission *a = m->a;
	struct buf admit = {0};
	enum status st;

	admit_make(&admit, a->policy, a->self, a->roster, a->appraisals, a->vk_secret);
	TRY(buf_status(&admit));
	invariant(admit.len <= ADMIT_MAX);
	if (my_admit)
		buf_append(my_admit, admit.ptr, admit.len);
	TRY(my_admit ? buf_status(my_admit) : ST_OK);
	TRY(send_admits(m, buf_view(&admit)));
	for (unsigned peer = 0; peer < m->n; peer++)
		if (peer != a->self)
			TRY(recv_admit(m, peer));
out:
	buf_clear(&admit);
	return st;
}

/* pair secret = HKDF-SHA256(low's contribution || high's, salt = handshake hash, info = "parley/pair/v1" || roster) */
static enum status pair_secret(struct meeting *m, unsigned peer)
{
	static const char label[] = "parley/pair/v1";
	uint8_t info[sizeof label - 1 + HASH_LEN];
	bool am_low = initiates(m, peer);
	const struct slice ikm[2] = {
	    slice_of(am_low ? m->mine[peer] : m->theirs[peer], CONTRIBUTION_LEN),
	    slice_of(am_low ? m->theirs[peer] : m->mine[peer], CONTRIBUTION_LEN),
	};
	SECRET32_LOCAL(prk);

	memcpy(info, label, sizeof label - 1);
	memcpy(info + sizeof label - 1, m->a->roster, HASH_LEN);
	hkdf_sha256_extract_parts(prk.bytes, slice_of(m->handshake_hash[peer], HASH_LEN), ikm, 2);
	return hkdf_sha256_expand(
	    m->handle->pair_secret[peer], sizeof m->handle->pair_secret[peer], prk.bytes, slice_of(info, sizeof info));
}

/* group key = H("parley/group/v1", roster, g_0, g_1, g_2) truncated to 32 */
static void group_key(struct meeting *m)
{
	uint8_t whole[HASH_LEN];
	struct hash h;

	hash_begin(&h, "parley/group/v1", 1 + (size_t)m->n);
	hash_bytes(&h, slice_of(m->a->roster, HASH_LEN));
	for (unsigned i = 0; i < m->n; i++)
		hash_bytes(&h, slice_of(m->group[i], CONTRIBUTION_LEN));
	hash_end(&h, whole);
	memcpy(m->handle->group_key, whole, sizeof m->handle->group_key);
	wipe(whole, sizeof whole);
}

static enum status derive_keys(struct meeting *m)
{
	enum status st = ST_OK;

	for (unsigned peer = 0; peer < m->n; peer++)
		if (peer != m->a->self)
			TRY(pair_secret(m, peer));
	group_key(m);
out:
	return st;
}

static enum status meet(struct meeting *m, struct buf *my_admit)
{
	enum status st;

	TRY(shake_hands(m));
	TRY(make_handle(m));
	for (unsigned peer = 0; peer < m->n; peer++)
		if (peer != m->a->self)
			TRY(open_channel(m, peer));
	TRY(exchange_admits(m, my_admit));
	TRY(derive_keys(m));
out:
	return st;
}

static void meeting_free(struct meeting *m)
{
	for (unsigned peer = 0; peer < m->n; peer++)
		noise_free(m->noise[peer]);
	admitted_free(m->handle);
	secret_free(m);
}

enum status admission_channels(struct admission *a, const struct channel_io *io, struct admitted **out,
    struct buf *my_admit, struct problem *problem)
{
	enum status st = admission_enter(a, ADM_EVIDENCES, problem);

	if (st != ST_OK)
		return st;
	struct meeting *m = secret_alloc(sizeof *m);
	if (!m)
		return admission_end(a, problem_default(problem, ST_NO_MEMORY, "admission"));
	m->a = a;
	m->io = io;
	m->problem = problem;
	m->n = a->policy->n_parties;
	st = meet(m, my_admit);
	if (st == ST_OK) {
		*out = m->handle;
		m->handle = NULL;
		a->state = ADM_ADMITTED;
		wipe(a->ek_secret, sizeof a->ek_secret);
		wipe(a->vk_secret, sizeof a->vk_secret);
	}
	meeting_free(m);
	return st == ST_OK ? st : admission_end(a, problem_default(problem, st, "admission"));
}
