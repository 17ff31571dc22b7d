/*
 * Target: coordinator_handle, below the signatures. The input is a script: raw requests, but also parties that sign with
 * their real keys whatever bytes the script gives them, time that passes, restarts.
 * Property: every request gets a reply that decodes, or is held; nobody is told DONE when somebody is told ABORT; the
 * journal folds to the very sessions in memory.
 */
#include <stdlib.h>

#include "base/panic.h"
#include "base/reader.h"
#include "fake_party.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OPS_MAX = 200, SESSIONS = 2 };

static struct fake_world world;
static struct memory_store store;
static struct coordinator *c;
static struct random_seeded seeded;
static int64_t now_ms;
static uint64_t ticket;
static struct fake_party parties[SESSIONS][FAKE_PARTIES];
static unsigned n_sessions;
static struct wire_request request;
static struct wire_reply reply;

static void open_coordinator(void)
{
	struct coordinator_config cfg = {.store = &store.store, .rng = random_from_seed(&seeded)};

	if (coordinator_new(&c, &cfg, now_ms, NULL) != ST_OK)
		panic("the journal does not load");
}

/* Every reply decodes; a party reads its mail and panics at anything out of order. */
static void read_reply(struct buf *bytes, struct fake_party *p)
{
	struct wire_storage storage = {0};

	if (wire_reply_decode(&reply, &storage, buf_view(bytes)) != ST_OK)
		panic("a reply does not decode");
	for (uint32_t i = 0; p != NULL && i < reply.n_messages; i++)
		if (reply.messages[i].seq > p->ack)
			fake_party_told(p, &reply.messages[i]);
	wire_storage_clear(&storage);
}

static void ask(struct slice bytes, struct fake_party *p)
{
	struct buf out = {0};
	uint64_t answered;

	if (coordinator_handle(c, bytes, ++ticket, now_ms, &out) == COORDINATOR_REPLY)
		read_reply(&out, p);
	else
		invariant(out.len == 0);
	for (buf_reset(&out); coordinator_next_reply(c, now_ms, &answered, &out); buf_reset(&out))
		read_reply(&out, NULL);
	buf_clear(&out);
}

static void ask_request(struct fake_party *p)
{
	struct buf bytes = {0};

	wire_request_encode(&bytes, &request);
	ask(buf_view(&bytes), p);
	buf_clear(&bytes);
}

static void start_session(void)
{
	static const struct wire_request none;

	if (n_sessions == SESSIONS)
		return;
	request = none;
	request.kind = WREQ_START;
	request.body = buf_view(&world.file);
	ask_request(NULL);
	invariant(coordinator_session_count(c) == n_sessions + 1u);
	struct wire_session_view view;
	session_view(coordinator_session(c, n_sessions), &view);
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		fake_party_init(&parties[n_sessions][i], &world, i, view.session, view.attempt);
	n_sessions++;
}

static void post(struct fake_party *p, size_t first, size_t n, uint32_t hold_ms)
{
	fake_party_request(p, first, n, hold_ms, &request);
	ask_request(p);
}

/* A message of any kind with any body, signed by the host, and the document in it by vk or the endorse key. */
static void post_anything(struct fake_party *p, struct reader *r, bool as_document)
{
	static const char *const labels[] = {DOC_ENROL_LABEL, "parley/hello/v1", "parley/admit/v1", "parley/commit/v1",
	    DOC_STEP_LABEL, DOC_CONFIRM_LABEL, "parley/receipt/v1"};
	static const enum wire_message_kind kinds[] = {
	    WM_ENROL, WM_HELLO, WM_ADMITTED, WM_COMMITTED, WM_STEP, WM_CONFIRM, WM_RECEIPT};
	uint8_t what = rd_u8(r);
	enum wire_message_kind kind = as_document ? kinds[what % 7] : (enum wire_message_kind)(WM_ENROL + what % 12);
	struct slice body = rd_slice(r, rd_u8(r) % (r->rest.len + 1));
	struct buf doc = {0};

	if (p->n_sent + 1 >= FAKE_SENT_MAX)
		return;
	if (as_document) {
		cose_sign1(&doc, labels[what % 7], body, what % 7 < 2 ? world.keys.endorse_sk[p->index] : p->vk_sk);
		body = buf_view(&doc);
	}
	fake_party_put(p, kind, body);
	post(p, p->n_sent, 1, 0);
	buf_clear(&doc);
}

/* One of its honest documents with one byte of the payload changed and signed again: deep in every decoder. */
static void post_altered(struct fake_party *p, struct reader *r)
{
	struct fake_party copy = *p;
	enum wire_message_kind kind = fake_party_next(p);
	struct buf body = {0};

	if (kind == 0 || p->n_sent + 2 >= FAKE_SENT_MAX)
		return;
	fake_party_body(&copy, kind, kind == WM_PART ? 0 : p->step + 1, &body);
	for (unsigned changes = 1 + rd_u8(r) % 3; changes > 0 && body.len > 0; changes--)
		body.ptr[rd_u16le(r) % body.len] ^= rd_u8(r);
	fake_party_put(p, kind, buf_view(&body));
	post(p, p->n_sent, 1, 0);
	buf_clear(&body);
}

static void honest_turn(struct fake_party *p)
{
	size_t before = p->n_sent;

	while (p->n_sent + 1 < FAKE_SENT_MAX && p->n_sent - before < 8 && fake_party_advance(p))
		;
	post(p, before + 1, p->n_sent - before, 0);
}

/* ---- properties ---- */

static struct session *fold(const uint8_t id[WIRE_SESSION_LEN], uint32_t attempt)
{
	static struct session_facts facts;
	struct session *s = NULL;

	session_facts_of(&facts, world.policy, buf_view(&world.payload));
	for (size_t i = 0; i < store.n; i++) {
		struct session_event e;
		if (session_event_decode(&e, buf_view(&store.events[i])) != ST_OK)
			panic("the journal holds something that is not an event");
		if (memcmp(e.session, id, sizeof e.session) != 0 || e.attempt != attempt)
			continue;
		enum status st = e.kind == SE_START ? session_new(&s, &facts, &e) : session_apply(s, &e);
		if (st != ST_OK)
			panic("the journal does not fold");
	}
	return s;
}

static void check_outboxes(const struct session *s)
{
	bool done = false, aborted = false;

	for (unsigned i = 0; i < FAKE_PARTIES; i++) {
		struct wire_message m;
		uint64_t last = session_outbox_count(s, i);
		for (uint64_t n = 1; n <= last; n++) {
			if (!session_outbox_get(s, i, n, &m))
				continue;
			done = done || m.kind == WM_DONE;
			aborted = aborted || m.kind == WM_ABORT;
			invariant((m.kind != WM_DONE && m.kind != WM_ABORT) || n == last);
		}
	}
	invariant(!(done && aborted));
}

static void check_all(void)
{
	for (size_t i = 0; i < coordinator_session_count(c); i++) {
		const struct session *s = coordinator_session(c, i);
		struct wire_session_view view;
		uint8_t live[HASH_LEN], again[HASH_LEN];

		session_view(s, &view);
		struct session *folded = fold(view.session, view.attempt);
		invariant(folded != NULL);
		check_outboxes(folded);
		session_fingerprint(s, live);
		session_fingerprint(folded, again);
		if (memcmp(live, again, sizeof live) != 0)
			panic("the journal folds to another state");
		session_free(folded);
	}
}

/* A party that has sent nonsense has numbers of its own from then on: it goes on as a fresh one would. */
/* clang-format off */
static void run_op(struct reader *r)
{
	uint8_t op = rd_u8(r);
	struct fake_party *p = &parties[n_sessions > 1 ? op >> 7 : 0][(op >> 5) % FAKE_PARTIES];
	struct slice raw;

	switch (op & 15) {
	case 0: start_session(); break;
	case 1: case 2: case 3: case 4: honest_turn(p); break;
	case 5: post_altered(p, r); break;
	case 6: post_anything(p, r, false); break;
	case 7: post_anything(p, r, true); break;
	case 8: post(p, 1, p->n_sent < 3 ? p->n_sent : 3, 0); break; /* old ones again */
	case 9: post(p, p->n_sent > 2 ? p->n_sent - 1 : 1, p->n_sent > 2 ? 2 : 0, 5000); break;
	case 10: now_ms += 1000 * rd_u8(r); coordinator_tick(c, now_ms); break;
	case 11: coordinator_free(c); open_coordinator(); break;
	case 12:
		request.kind = WREQ_ABORT;
		request.has_session = true;
		memcpy(request.session, p->session, sizeof request.session);
		ask_request(NULL);
		break;
	case 13: coordinator_forget(c, ticket - rd_u8(r)); break;
	default:
		raw = rd_slice(r, rd_u16le(r) % (r->rest.len + 1));
		ask(raw, NULL);
		break;
	}
}
/* clang-format on */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = {.rest = {data, size}};

	if (world.policy == NULL)
		fake_world_init(&world, 3, 0, NULL);
	memory_store_init(&store);
	seeded = (struct random_seeded){.seed = {1}};
	now_ms = (TEST_SIGNING_TIME + 1000) * 1000;
	ticket = 0;
	n_sessions = 0;
	open_coordinator();
	start_session();
	for (unsigned ops = 0; ops < OPS_MAX && r.rest.len > 0; ops++)
		run_op(&r);
	check_all();
	for (unsigned s = 0; s < n_sessions; s++)
		for (unsigned i = 0; i < FAKE_PARTIES; i++)
			fake_party_clear(&parties[s][i]);
	coordinator_free(c);
	c = NULL;
	memory_store_clear(&store);
	return 0;
}
