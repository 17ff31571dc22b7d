/*
 * Every order in which messages of a short session can arrive and be read, with at most one disturbance anywhere (a FAULT
 * of each party, the operator, a deadline, a restart), exhaustively: two steps, one recipient.
 *
 *   agreement   DONE and ABORT are never both in the outboxes, and whichever comes is the last message of every party
 *   liveness    where nobody has disturbed, somebody can always go on until all have DONE
 *   confluence  the same messages taken in another order give the same state
 */
#include "../../support/test.h"

#include "base/crypto.h"
#include "lab.h"

enum { MESSAGES_MAX = 16, STATES_MAX = 1 << 17, DEPTH_MAX = 3 * MESSAGES_MAX + 4 };
enum disturbance { NOTHING, FAULT_NORTH, FAULT_SOUTH, FAULT_WEST, OPERATOR, DEADLINE, RESTART, DISTURBANCES };

/* What each party sends in an undisturbed session, and how many messages it must have read before it sends number n. The
 * bodies do not depend on the order of arrival, so one run yields them for all. */
static struct {
	struct wire_message sent[MESSAGES_MAX];
	uint64_t needs[MESSAGES_MAX];
	size_t n;
} script[FAKE_PARTIES];

struct node {
	uint8_t sent[FAKE_PARTIES], read[FAKE_PARTIES];
	enum disturbance disturbed;
	uint8_t depth;
	struct {
		uint8_t party; /* FAKE_PARTIES: the disturbance */
	} path[DEPTH_MAX];
};

static struct lab lab;
static struct node *nodes;
static size_t n_nodes;
static struct {
	uint64_t key;
	uint8_t fingerprint[HASH_LEN];
} * seen;
static size_t ends[DISTURBANCES][2]; /* DONE, ABORTED */

static void write_script(void)
{
	lab_init(&lab, 0, NULL);
	lab.world.policy->plan.n_ops = 2;
	lab.world.policy->recipients = 4;
	lab_restart(&lab);
	for (unsigned i = 0;; i = (i + 1) % FAKE_PARTIES) {
		uint64_t read = lab.party[i].ack;
		if (session_is_over(lab.session))
			break;
		if (!lab_step(&lab, i))
			continue;
		size_t n = lab.party[i].n_sent;
		assert_true(n <= MESSAGES_MAX);
		script[i].n = n;
		script[i].sent[n - 1] = fake_party_message(&lab.party[i], n);
		script[i].needs[n - 1] = read;
	}
}

/* The least it must have read: a message that the coordinator would take earlier may be sent earlier. */
static void relax_needs(void)
{
	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		for (size_t n = 0; n < script[i].n; n++) {
			enum wire_message_kind k = script[i].sent[n].kind;
			/* outbox: 1 PEERS 2 HELLOS 3 EVIDENCES 4 ADMITTED 5 COMMITTED 6 GRANT 7 RELEASE 8 BUNDLE 9 DONE */
			uint64_t needs = k == WM_EVIDENCE                        ? 2
					 : k == WM_ADMITTED || k == WM_COMMITTED ? 3
					 : k == WM_STEP || k == WM_CONFIRM       ? 6
					 : k == WM_PART || k == WM_RECEIPT       ? 7
					 : k == WM_FINISHED                      ? 8
										 : 0;
			assert_true(needs <= script[i].needs[n]);
			script[i].needs[n] = needs;
		}
}

static bool make_disturbance(
    const struct session *s, const struct node *node, enum disturbance what, struct session_event *e)
{
	static struct buf fault;
	struct problem problem;
	unsigned i = (unsigned)(what - FAULT_NORTH);

	switch (what) {
	case FAULT_NORTH:
	case FAULT_SOUTH:
	case FAULT_WEST:
		if (node->sent[i] == 0)
			return false;
		buf_reset(&fault);
		fake_party_body(&lab.party[i], WM_FAULT, 0, &fault);
		return session_judge(s, i, &(struct wire_message){node->sent[i] + 1u, WM_FAULT, buf_view(&fault)},
			   LAB_START_S, e, &problem) == SESSION_TAKE;
	case OPERATOR:
		return session_judge_operator(s, (struct slice){0}, LAB_START_S, e) == ST_OK;
	case DEADLINE:
		return session_judge_time(s, LAB_START_S + 100000, e);
	case RESTART:
		return session_judge_resume(s, LAB_START_S, e);
	default:
		return false;
	}
}

/* Everything but the newest message has been judged when its node was made. */
static void next_event(
    const struct session *s, const struct node *here, unsigned i, bool is_newest, struct session_event *e)
{
	const struct wire_message *m = &script[i].sent[here->sent[i]];
	struct problem problem;

	if (is_newest) {
		assert_int_equal(session_judge(s, i, m, LAB_START_S, e, &problem), SESSION_TAKE);
		assert_int_equal(e->kind, SE_MESSAGE);
		return;
	}
	*e = (struct session_event){.kind = SE_MESSAGE,
	    .session = {0x5e, 0x55},
	    .attempt = 1,
	    .time_s = LAB_START_S,
	    .party = i,
	    .message = *m};
}

/* The session at a node, by walking its path from the start. */
static struct session *at(const struct node *node)
{
	struct node here = {0};
	struct session *s = lab_replay(&lab, 1);

	for (size_t k = 0; k < node->depth; k++) {
		unsigned i = node->path[k].party;
		struct session_event e;

		if (i == FAKE_PARTIES) {
			assert_true(make_disturbance(s, &here, node->disturbed, &e));
		} else {
			next_event(s, &here, i, k + 1u == node->depth, &e);
			here.sent[i]++;
		}
		assert_int_equal(session_apply(s, &e), ST_OK);
	}
	return s;
}

static bool is_end(enum wire_message_kind k)
{
	return k == WM_DONE || k == WM_ABORT;
}

static void check_agreement(const struct session *s, const struct node *node)
{
	bool done = false, aborted = false;

	for (unsigned i = 0; i < FAKE_PARTIES; i++) {
		uint64_t last = session_outbox_count(s, i);
		struct wire_message m;
		for (uint64_t n = 1; n <= last; n++) {
			assert_true(session_outbox_get(s, i, n, &m));
			done = done || m.kind == WM_DONE;
			aborted = aborted || m.kind == WM_ABORT;
			assert_true(!is_end(m.kind) || n == last);
		}
		assert_int_equal(last > 0 && is_end(m.kind), session_is_over(s));
	}
	assert_false(done && aborted);
	if (done)
		assert_int_equal(session_state_of(s), S_DONE);
	if (aborted)
		assert_int_equal(session_state_of(s), S_ABORTED);
	if (session_is_over(s))
		ends[node->disturbed][aborted]++;
}

static uint64_t key_of(const struct node *node)
{
	uint64_t key = 1 + node->disturbed;

	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		key = key << 10 | (uint64_t)node->sent[i] << 5 | node->read[i];
	return key;
}

/* New, or the same state as before? After a disturbance its place among the messages matters; before, order must not. */
static bool visit(const struct node *node, const struct session *s)
{
	uint8_t fingerprint[HASH_LEN];
	uint64_t key = key_of(node);
	size_t slot = (size_t)(key * 0x9e3779b97f4a7c15ULL >> 40) % STATES_MAX;

	session_fingerprint(s, fingerprint);
	for (;; slot = (slot + 1) % STATES_MAX) {
		if (seen[slot].key == 0)
			break;
		bool is_same = memcmp(seen[slot].fingerprint, fingerprint, HASH_LEN) == 0;
		if (seen[slot].key == key && is_same)
			return false;
		if (seen[slot].key == key && node->disturbed == NOTHING)
			fail_msg("the order of independent messages changed the state");
	}
	seen[slot].key = key;
	memcpy(seen[slot].fingerprint, fingerprint, HASH_LEN);
	return true;
}

static bool push(const struct node *node)
{
	struct session *s = at(node);
	bool is_new = visit(node, s);

	if (is_new) {
		check_agreement(s, node);
		assert_true(n_nodes < STATES_MAX / 2);
		nodes[n_nodes++] = *node;
	}
	session_free(s);
	return is_new;
}

static bool can_send(const struct node *node, unsigned i)
{
	if (node->disturbed >= FAULT_NORTH && node->disturbed <= FAULT_WEST &&
	    (unsigned)(node->disturbed - FAULT_NORTH) == i)
		return false; /* it has given up */
	return node->sent[i] < script[i].n && node->read[i] >= script[i].needs[node->sent[i]];
}

static void expand(const struct node *node)
{
	struct session *s = at(node);
	bool over = session_is_over(s), can_go_on = false;
	uint64_t mail[FAKE_PARTIES];

	for (unsigned i = 0; i < FAKE_PARTIES; i++)
		mail[i] = session_outbox_count(s, i);
	for (unsigned i = 0; i < FAKE_PARTIES; i++) {
		struct node next = *node;
		if (node->read[i] < mail[i]) {
			next.read[i] = (uint8_t)mail[i];
			push(&next);
			can_go_on = true;
		}
		next = *node;
		if (!over && can_send(node, i)) {
			next.path[next.depth++].party = (uint8_t)i;
			next.sent[i]++;
			push(&next);
			can_go_on = true;
		}
	}
	for (enum disturbance what = FAULT_NORTH; what < DISTURBANCES && !over && node->disturbed == NOTHING; what++) {
		struct session_event e;
		if (!make_disturbance(s, node, what, &e))
			continue;
		struct node next = *node;
		next.disturbed = what;
		next.path[next.depth++].party = FAKE_PARTIES;
		push(&next);
	}
	if (!over && (node->disturbed == NOTHING || node->disturbed == RESTART))
		assert_true(can_go_on);
	session_free(s);
}

static void every_order_agrees(void **state)
{
	struct node root = {0};
	(void)state;

	write_script();
	relax_needs();
	nodes = calloc(STATES_MAX / 2, sizeof *nodes);
	seen = calloc(STATES_MAX, sizeof *seen);
	assert_true(nodes != NULL && seen != NULL);
	push(&root);
	for (size_t k = 0; k < n_nodes; k++)
		expand(&nodes[k]);
	print_message("%zu states; undisturbed ends: %zu DONE\n", n_nodes, ends[NOTHING][0]);
	assert_true(n_nodes > 1000);
	assert_true(ends[NOTHING][0] > 0 && ends[NOTHING][1] == 0);
	for (enum disturbance what = FAULT_NORTH; what <= DEADLINE; what++) {
		assert_true(ends[what][1] > 0); /* before the commit point it aborts */
		assert_true(what == OPERATOR || ends[what][0] > 0); /* after it, nothing does */
	}
	assert_true(ends[RESTART][0] > 0 && ends[RESTART][1] == 0);
	free(nodes);
	free(seen);
	lab_clear(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_order_agrees)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
