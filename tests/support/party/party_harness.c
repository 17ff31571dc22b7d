#include "party_harness.h"

#include "base/cbor.h"
#include "base/panic.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PATIENCE_S = 20, ENCLAVE_ENDED = 255 };

/* ---- queues of frames ---- */
struct item {
	struct item *next;
	unsigned party;
	int type;
	uint8_t peer;
	size_t len;
	uint8_t bytes[];
};
struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct item *head, **tail;
	bool closed;
};
struct harness_link {
	struct harness *h;
	unsigned self;
	struct queue in, *out;
	struct item *lent;
	struct random_seeded seed;
	pthread_t thread;
};

static void queue_init(struct queue *q)
{
	*q = (struct queue){.closed = false};
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->filled, NULL);
	q->tail = &q->head;
}

static void queue_put(struct queue *q, unsigned party, int type, uint8_t peer, struct slice body)
{
	struct item *i = malloc(sizeof *i + body.len);

	invariant(i);
	*i = (struct item){.party = party, .type = type, .peer = peer, .len = body.len};
	if (body.len)
		memcpy(i->bytes, body.ptr, body.len);
	pthread_mutex_lock(&q->lock);
	*q->tail = i;
	q->tail = &i->next;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

static void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

/* NULL when closed, or after PATIENCE_S without anything. */
static struct item *queue_get(struct queue *q, bool patient)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	pthread_mutex_lock(&q->lock);
	while (!q->head && !q->closed) {
		if (patient)
			pthread_cond_wait(&q->filled, &q->lock);
		else if (pthread_cond_timedwait(&q->filled, &q->lock, &until) == ETIMEDOUT)
			break;
	}
	struct item *i = q->head;
	if (i) {
		q->head = i->next;
		if (!q->head)
			q->tail = &q->head;
	}
	pthread_mutex_unlock(&q->lock);
	return i;
}

static void queue_clear(struct queue *q)
{
	for (struct item *i = q->head, *next; i; i = next) {
		next = i->next;
		free(i);
	}
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->filled);
}

/* ---- the enclave's side ---- */
static enum status frame_out(void *ctx, enum frame_type type, uint8_t peer, struct slice body)
{
	struct harness_link *l = ctx;

	queue_put(l->out, l->self, (int)type, peer, body);
	return ST_OK;
}

static enum status frame_in(void *ctx, struct frame *out)
{
	struct harness_link *l = ctx;

	free(l->lent);
	l->lent = queue_get(&l->in, true);
	if (!l->lent)
		return ST_CLOSED;
	*out = (struct frame){(enum frame_type)l->lent->type, l->lent->peer, slice_of(l->lent->bytes, l->lent->len)};
	return ST_OK;
}

static enum status quote(void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence,
    struct buf *collateral)
{
	struct harness_link *l = ctx;
	struct att_claims claims = l->h->party[l->self].claims;

	memcpy(claims.report_data, report_data, HASH_LEN);
	att_soft_produce(evidence, &claims, l->h->keys.root_sk);
	(void)collateral;
	*kind = claims.kind;
	return ST_OK;
}

static void *enclave(void *arg)
{
	struct harness_link *l = arg;
	struct party_env env = {.ctx = l, .frame_out = frame_out, .frame_in = frame_in, .quote = quote, .rng = random_from_seed(&l->seed),
	    .arena_max = (size_t)1 << 30};

	l->h->party[l->self].st = l->h->run_enclave ? l->h->run_enclave(l->h, l->self, &env) : party_run(&env);
	queue_put(l->out, l->self, ENCLAVE_ENDED, 0, (struct slice){0});
	return NULL;
}

/* ---- what the test prepares ---- */
void harness_init(struct harness *h, uint64_t seed)
{
	*h = (struct harness){.seed = seed};
	h->made = calloc(1, sizeof *h->made);
	h->policy = calloc(1, sizeof *h->policy);
	invariant(h->made && h->policy && crypto_init() == ST_OK);
	test_keys_from_seed(&h->keys, seed);
	test_policy_fill(h->made, &h->keys);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		struct harness_party *p = &h->party[i];
		memset(p->session, 0x5e, sizeof p->session);
		p->attempt = 1;
		p->time_s = HARNESS_NOW + i;
		p->chunk = BOUNDARY_ROWS_MAX;
		p->claims = test_soft_claims(test_code(h->made, i), (uint8_t)(i + 1), HARNESS_NOW);
	}
}

void harness_sign(struct harness *h, struct slice payload)
{
	struct buf file = {0};

	test_payload_sign(payload, &h->keys, &file);
	invariant(!file.failed);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		struct harness_party *p = &h->party[i];
		buf_append(&p->file, file.ptr, file.len);
		snprintf(p->id, sizeof p->id, "%s", h->made->parties[i].id);
		memcpy(test_code_of(&p->claims), test_code(h->made, i), HASH_LEN);
	}
	buf_clear(&file);
}

void harness_seal(struct harness *h)
{
	test_policy_seal(h->made, &h->keys, &h->payload, NULL);
	invariant(!h->payload.failed && policy_decode(h->policy, buf_view(&h->payload), NULL) == ST_OK);
	harness_sign(h, buf_view(&h->payload));
}

void harness_push(struct harness *h, unsigned to, enum frame_type type, uint8_t peer, struct slice body)
{
	queue_put(&h->link[to].in, to, (int)type, peer, body);
}

void harness_close(struct harness *h, unsigned party)
{
	queue_close(&h->link[party].in);
}

/* ---- hosts, endorsers and coordinator ---- */
static void send_frame(struct harness *h, unsigned to, enum frame_type type, uint8_t peer, struct slice body)
{
	struct buf copy = {0};

	buf_append(&copy, body.ptr, body.len);
	if (!h->deliver || h->deliver(h, to, type, &peer, &copy))
		harness_push(h, to, type, peer, buf_view(&copy));
	buf_clear(&copy);
}

static void send_all(struct harness *h, enum frame_type type, struct slice body)
{
	for (unsigned i = 0; i < HARNESS_N; i++)
		if (!h->party[i].ended)
			send_frame(h, i, type, 0, body);
}

static bool all_have(const struct harness *h, enum frame_type type)
{
	for (unsigned i = 0; i < HARNESS_N; i++)
		if (!h->party[i].frames[type])
			return false;
	return true;
}

static void on_hello(struct harness *h, unsigned i, struct slice payload)
{
	cose_sign1(&h->party[i].hello, "parley/hello/v1", payload, h->keys.endorse_sk[i]);
	if (!all_have(h, FRAME_HELLO))
		return;
	if (!h->keep_lists) {
		struct slice docs[HARNESS_N];
		for (unsigned j = 0; j < HARNESS_N; j++)
			docs[j] = buf_view(&h->party[j].hello);
		doc_put_list(&h->hellos, docs, HARNESS_N);
	}
	send_all(h, FRAME_HELLOS, buf_view(&h->hellos));
}

/* O = COSE_Sign1 {1 sid, 2 id, 3 H(kind, E)} */
static void endorse(struct harness *h, unsigned i)
{
	struct harness_party *p = &h->party[i];
	uint8_t sid[HASH_LEN], digest[HASH_LEN];
	struct buf payload = {0};
	struct hash s;

	hash_begin(&s, "parley/sid/v1", HARNESS_N);
	for (unsigned j = 0; j < HARNESS_N; j++)
		hash_bytes(&s, buf_view(&h->party[j].hello));
	hash_end(&s, sid);
	hash_begin(&s, "parley/evidence/v1", 2);
	hash_u64(&s, p->kind);
	hash_bytes(&s, buf_view(&p->evidence));
	hash_end(&s, digest);
	cbor_put_map(&payload, 3);
	cbor_put_u64(&payload, 1);
	cbor_put_bytes(&payload, slice_of(sid, sizeof sid));
	cbor_put_u64(&payload, 2);
	cbor_put_text(&payload, p->id);
	cbor_put_u64(&payload, 3);
	cbor_put_bytes(&payload, slice_of(digest, sizeof digest));
	cose_sign1(&p->endorsement, "parley/endorse/v1", buf_view(&payload), h->keys.endorse_sk[i]);
	buf_clear(&payload);
}

static void on_evidence(struct harness *h, unsigned i, struct slice body)
{
	struct doc_evidence items[HARNESS_N];
	struct boundary_quote q;

	invariant(boundary_get_quote(&q, body) == ST_OK);
	h->party[i].kind = q.kind;
	buf_append(&h->party[i].evidence, q.evidence.ptr, q.evidence.len);
	endorse(h, i);
	if (!all_have(h, FRAME_EVIDENCE))
		return;
	for (unsigned j = 0; j < HARNESS_N; j++)
		items[j] = (struct doc_evidence){
		    .kind = h->party[j].kind, .evidence = buf_view(&h->party[j].evidence), .endorsement = buf_view(&h->party[j].endorsement)};
	if (!h->keep_lists)
		doc_put_evidences(&h->evidences, items, HARNESS_N);
	send_all(h, FRAME_EVIDENCES, buf_view(&h->evidences));
}

static bool reads(const struct plan *plan, unsigned column)
{
	for (unsigned i = 0; i < plan->n_ops; i++)
		if ((plan->ops[i].code == OP_COL || plan->ops[i].code == OP_COLW || plan->ops[i].code == OP_KNOWN ||
		        plan->ops[i].code == OP_KNOWNW) && plan->ops[i].a == column)
			return true;
	return false;
}

static void feed_column(struct harness *h, unsigned i, unsigned column)
{
	const struct harness_party *p = &h->party[i];

	for (uint32_t at = 0, n; at < p->rows; at += n) {
		struct buf body = {0};
		n = p->rows - at < p->chunk ? p->rows - at : p->chunk;
		struct boundary_data d = {.column = (uint16_t)column, .total = p->rows, .first_row = at, .rows = n,
		    .values = slice_of(p->values[column] + at, (size_t)n * 8)};
		if (p->known[column])
			d.known = slice_of(p->known[column] + at, n);
		boundary_put_data(&body, &d);
		send_frame(h, i, FRAME_DATA, 0, buf_view(&body));
		buf_clear(&body);
	}
}

static void feed(struct harness *h, unsigned i)
{
	uint8_t total[4];

	for (unsigned c = 0; c < h->policy->n_columns; c++)
		if (reads(&h->policy->plan, c))
			feed_column(h, i, c);
	put_u32le(total, h->party[i].rows);
	send_frame(h, i, FRAME_DATA_END, 0, slice_of(total, sizeof total));
}

static unsigned slowest(const struct harness *h)
{
	unsigned least = h->policy->plan.n_ops;

	for (unsigned i = 0; i < HARNESS_N; i++)
		if (h->party[i].steps < least)
			least = h->party[i].steps;
	return least;
}

/* The next window, when everybody has come to the end of the last. */
static void grant(struct harness *h)
{
	unsigned done = slowest(h), all = h->policy->plan.n_ops, window = h->window ? h->window : all;
	uint8_t step[4];

	if (done % window != 0 || done == all)
		return;
	put_u32le(step, done + window < all ? done + window : all);
	send_all(h, FRAME_GRANT, slice_of(step, sizeof step));
}

static void check_step(struct harness *h, unsigned i)
{
	struct harness_party *p = &h->party[i];
	struct slice payload;
	struct hello hello;
	struct doc_step s;

	invariant(cose_sign1_verify(buf_view(&p->hello), "parley/hello/v1", h->keys.endorse_pk[i], &payload) == ST_OK &&
	    hello_decode(&hello, payload) == ST_OK);
	invariant(cose_sign1_verify(p->last_step.document, DOC_STEP_LABEL, hello.vk, &payload) == ST_OK &&
	    doc_get_step(&s, payload) == ST_OK && s.step == p->steps && s.step == p->last_step.op);
	memcpy(p->step_digest[s.step], s.digest, sizeof s.digest);
}

static void on_step(struct harness *h, unsigned i, struct slice body)
{
	struct harness_party *p = &h->party[i];
	unsigned before = slowest(h);

	invariant(boundary_get_step(&p->last_step, body) == ST_OK);
	p->rounds += p->last_step.rounds;
	p->payload_bytes += p->last_step.payload_bytes;
	p->wire_bytes += p->last_step.wire_bytes;
	p->steps++;
	check_step(h, i);
	if (slowest(h) > before)
		grant(h);
}

static void abort_others(struct harness *h, unsigned i)
{
	struct buf body = {0};

	doc_put_fault(&body, &h->party[i].fault);
	for (unsigned j = 0; j < HARNESS_N; j++)
		if (j != i && !h->party[j].ended)
			harness_push(h, j, FRAME_ABORT, 0, buf_view(&body));
	buf_clear(&body);
}

static void keep(struct buf *to, struct slice bytes)
{
	buf_append(to, bytes.ptr, bytes.len);
}

static void tell_time(struct harness *h, unsigned i)
{
	uint8_t now_s[8];

	put_u64le(now_s, (uint64_t)h->party[i].time_s);
	send_frame(h, i, FRAME_TIME, 0, slice_of(now_s, sizeof now_s));
}

static void on_frame(struct harness *h, unsigned i, enum frame_type type, uint8_t peer, struct slice body)
{
	struct harness_party *p = &h->party[i];

	p->frames[type]++;
	if (h->observe)
		h->observe(h, i, type, peer, body);
	switch (type) {
	case FRAME_HELLO: on_hello(h, i, body); break;
	case FRAME_EVIDENCE: on_evidence(h, i, body); break;
	case FRAME_PEER:
		p->peer_bytes[peer] += body.len;
		p->peer_frames[peer]++;
		send_frame(h, peer, FRAME_PEER, (uint8_t)i, body);
		break;
	case FRAME_ADMITTED:
		keep(&p->admit, body);
		if (!p->no_data)
			feed(h, i);
		break;
	case FRAME_COMMITTED:
		keep(&p->commit, body);
		if (all_have(h, FRAME_COMMITTED))
			grant(h);
		break;
	case FRAME_STEP: on_step(h, i, body); break;
	case FRAME_CONFIRMED:
		keep(&p->confirm, body);
		if (all_have(h, FRAME_CONFIRMED))
			send_all(h, FRAME_RELEASE, (struct slice){0});
		break;
	case FRAME_CLOCK: tell_time(h, i); break;
	case FRAME_PART: keep(&p->parts[peer], body); break;
	case FRAME_RECEIPT: keep(&p->receipt, body); break;
	case FRAME_FAULT:
		p->faulted = true;
		invariant(doc_get_fault(&p->fault, body) == ST_OK);
		abort_others(h, i);
		break;
	default: break;
	}
}

static void send_boot(struct harness *h, unsigned i)
{
	struct harness_party *p = &h->party[i];
	struct boundary_boot boot = {.policy_file = buf_view(&p->file), .attempt = p->attempt, .time_s = p->time_s};
	struct buf body = {0};

	memcpy(boot.session, p->session, sizeof boot.session);
	memcpy(boot.id, p->id, sizeof boot.id);
	boundary_put_boot(&body, &boot);
	send_frame(h, i, FRAME_BOOT, 0, buf_view(&body));
	buf_clear(&body);
}

static void relay(struct harness *h, struct queue *out)
{
	for (unsigned ended = 0; ended < HARNESS_N;) {
		struct item *i = queue_get(out, h->hung);
		if (!i) { /* nobody says anything: cut the hosts off */
			h->hung = true;
			for (unsigned j = 0; j < HARNESS_N; j++)
				queue_close(&h->link[j].in);
			continue;
		}
		if (i->type == ENCLAVE_ENDED) {
			h->party[i->party].ended = true;
			ended++;
		} else {
			on_frame(h, i->party, (enum frame_type)i->type, i->peer, slice_of(i->bytes, i->len));
		}
		free(i);
	}
}

void harness_run(struct harness *h)
{
	struct queue out;

	queue_init(&out);
	h->link = calloc(HARNESS_N, sizeof *h->link);
	invariant(h->link);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		struct harness_link *l = &h->link[i];
		*l = (struct harness_link){.h = h, .self = i, .out = &out};
		put_u64le(l->seed.seed, h->seed);
		l->seed.seed[8] = (uint8_t)(i + 1);
		queue_init(&l->in);
		send_boot(h, i);
	}
	for (unsigned i = 0; i < HARNESS_N; i++)
		invariant(pthread_create(&h->link[i].thread, NULL, enclave, &h->link[i]) == 0);
	relay(h, &out);
	for (unsigned i = 0; i < HARNESS_N; i++) {
		pthread_join(h->link[i].thread, NULL);
		free(h->link[i].lent);
		queue_clear(&h->link[i].in);
	}
	queue_clear(&out);
	free(h->link);
	h->link = NULL;
}

/* ---- afterwards ---- */
void harness_bundle(struct harness *h, struct receipt_bundle *out)
{
	*out = (struct receipt_bundle){.policy_file = buf_view(&h->party[0].file)};
	for (unsigned i = 0; i < HARNESS_N; i++) {
		struct harness_party *p = &h->party[i];
		out->hellos[i] = buf_view(&p->hello);
		out->evidences[i] = (struct admission_evidence){.kind = p->kind, .evidence = buf_view(&p->evidence), .endorsement = buf_view(&p->endorsement)};
		out->admits[i] = buf_view(&p->admit);
		out->commits[i] = buf_view(&p->commit);
		out->receipts[i] = buf_view(&p->receipt);
	}
}

enum status harness_result(struct harness *h, unsigned recipient, uint64_t *words)
{
	static struct receipt_verdict verdict;
	struct policy *policy = calloc(1, sizeof *policy);
	struct receipt_bundle bundle;
	struct slice parts[HARNESS_N];
	struct problem problem = {0};
	enum status st;

	invariant(policy);
	harness_bundle(h, &bundle);
	TRY(receipt_verify(&verdict, policy, &bundle, NULL, NULL, &problem));
	for (unsigned i = 0; i < HARNESS_N; i++)
		parts[i] = buf_view(&h->party[i].parts[recipient]);
	TRY(result_open(words, policy, &verdict, recipient, h->keys.receive_sk[recipient], parts, &problem));
out:
	if (st != ST_OK)
		fprintf(stderr, "harness_result: %s: %s: %s\n", status_code(st), problem.where, problem.message);
	free(policy);
	return st;
}

void harness_clear(struct harness *h)
{
	for (unsigned i = 0; i < HARNESS_N; i++) {
		struct harness_party *p = &h->party[i];
		struct buf *all[] = {&p->file, &p->hello, &p->evidence, &p->endorsement, &p->admit, &p->commit, &p->confirm, &p->receipt};
		for (unsigned k = 0; k < sizeof all / sizeof *all; k++)
			buf_clear(all[k]);
		for (unsigned k = 0; k < HARNESS_N; k++)
			buf_clear(&p->parts[k]);
	}
	buf_clear(&h->hellos);
	buf_clear(&h->evidences);
	buf_clear(&h->payload);
	free(h->made);
	free(h->policy);
	*h = (struct harness){0};
}
