/*
 * A coordinator that lies in everything it can lie in: HELLOs, evidence, grants, release, bundles; to one party or to all.
 * It can delay and it can abort. It cannot get a share sent that should not be, nor make a wrong answer look right.
 */
#include "liar.h"

#include "attest/attest.h"
#include "base/cbor.h"
#include "base/cose.h"
#include "channel/admission.h"
#include "soft_claims.h"

static struct stage stage;

static int open_stage(void **state)
{
	(void)state;
	stage_open(&stage, 4);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

/* ---- lies about lists of documents ---- */

struct list {
	struct slice item[DOC_PARTIES_MAX];
	size_t n;
};

static struct list read_list(struct slice body)
{
	struct list l;
	assert_int_equal(doc_get_list(l.item, &l.n, body), ST_OK);
	assert_int_equal(l.n, SIM_PARTIES);
	return l;
}

static void list_drop(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct list list = read_list(body);
	(void)l;
	(void)kind;
	doc_put_list(out, list.item, list.n - 1);
}

static void list_add(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct list list = read_list(body);
	(void)l;
	(void)kind;
	list.item[list.n] = list.item[1];
	doc_put_list(out, list.item, list.n + 1);
}

static void list_double(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct list list = read_list(body);
	(void)l;
	(void)kind;
	list.item[2] = list.item[1];
	doc_put_list(out, list.item, list.n);
}

static void list_swap(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct list list = read_list(body);
	struct slice first = list.item[0];
	(void)l;
	(void)kind;
	list.item[0] = list.item[2];
	list.item[2] = first;
	doc_put_list(out, list.item, list.n);
}

static void list_alter(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct list list = read_list(body);
	uint8_t *copy = malloc(list.item[1].len);
	(void)l;
	(void)kind;
	assert_non_null(copy);
	memcpy(copy, list.item[1].ptr, list.item[1].len);
	copy[list.item[1].len / 2] ^= 0x10;
	list.item[1].ptr = copy;
	doc_put_list(out, list.item, list.n);
	free(copy);
}

static void nothing(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)l;
	(void)kind;
	(void)body;
	doc_put_list(out, NULL, 0);
}

/* The very same list, of another session of the same parties. */
static void from_elsewhere(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)kind;
	(void)body;
	assert_true(l->other.len > 0);
	buf_append(out, l->other.ptr, l->other.len);
}

/* One party's HELLO of another session, properly signed, among those of this one. */
static void one_from_elsewhere(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct list here = read_list(body), there = read_list(buf_view(&l->other));
	(void)kind;
	here.item[1] = there.item[1];
	doc_put_list(out, here.item, here.n);
}

/* The third organisation is the coordinator's accomplice: it endorses a second HELLO, and the victim is shown that one. */
static void accomplice(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct list list = read_list(body);
	struct slice payload;
	struct hello hello;
	struct buf encoded = {0}, document = {0};

	(void)kind;
	assert_int_equal(cose_sign1_peek(list.item[2], &payload), ST_OK);
	assert_int_equal(hello_decode(&hello, payload), ST_OK);
	hello.nonce[0] ^= 1;
	hello_encode(&encoded, &hello);
	cose_sign1(&document, "parley/hello/v1", buf_view(&encoded), l->stage->keys.endorse_sk[2]);
	list.item[2] = buf_view(&document);
	doc_put_list(out, list.item, list.n);
	buf_clear(&encoded);
	buf_clear(&document);
}

/* ---- lies about evidence ---- */

struct evidences {
	struct doc_evidence item[DOC_PARTIES_MAX];
	size_t n;
};

static struct evidences read_evidences(struct slice body)
{
	struct evidences e;
	assert_int_equal(doc_get_evidences(e.item, &e.n, body), ST_OK);
	assert_int_equal(e.n, SIM_PARTIES);
	return e;
}

static void evidence_swap(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct evidences e = read_evidences(body);
	struct doc_evidence first = e.item[0];
	(void)l;
	(void)kind;
	e.item[0] = e.item[1];
	e.item[1] = first;
	doc_put_evidences(out, e.item, e.n);
}

static void evidence_drop(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct evidences e = read_evidences(body);
	(void)l;
	(void)kind;
	doc_put_evidences(out, e.item, e.n - 1);
}

static void evidence_double(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct evidences e = read_evidences(body);
	(void)l;
	(void)kind;
	e.item[2] = e.item[1];
	doc_put_evidences(out, e.item, e.n);
}

static void endorsement_swap(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct evidences e = read_evidences(body);
	struct slice first = e.item[0].endorsement;
	(void)l;
	(void)kind;
	e.item[0].endorsement = e.item[1].endorsement;
	e.item[1].endorsement = first;
	doc_put_evidences(out, e.item, e.n);
}

static void alter_slice(struct slice *s, uint8_t **copy)
{
	*copy = malloc(s->len);
	assert_non_null(*copy);
	memcpy(*copy, s->ptr, s->len);
	(*copy)[s->len - 3] ^= 1;
	s->ptr = *copy;
}

static void evidence_alter(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct evidences e = read_evidences(body);
	uint8_t *copy;
	(void)l;
	(void)kind;
	alter_slice(&e.item[1].evidence, &copy);
	doc_put_evidences(out, e.item, e.n);
	free(copy);
}

static void endorsement_alter(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct evidences e = read_evidences(body);
	uint8_t *copy;
	(void)l;
	(void)kind;
	alter_slice(&e.item[1].endorsement, &copy);
	doc_put_evidences(out, e.item, e.n);
	free(copy);
}

static void kind_alter(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct evidences e = read_evidences(body);
	(void)l;
	(void)kind;
	e.item[1].kind = 2;
	doc_put_evidences(out, e.item, e.n);
}

/* South's own organisation is in on it: properly endorsed evidence, for this very session, of what the policy does not accept. */
static void endorse_evidence(struct liar *l, struct slice body, struct buf *out, void (*spoil)(struct att_claims *claims), const uint8_t *root_sk)
{
	struct evidences e = read_evidences(body);
	struct list hellos = read_list(buf_view(&l->memory));
	const struct policy *p = &l->stage->policy;
	struct hello hello[POLICY_PARTIES_MAX];
	uint8_t sid[HASH_LEN], policy[HASH_LEN], plan[HASH_LEN], h[HASH_LEN];
	struct buf evidence = {0}, payload = {0}, document = {0};
	struct att_claims claims = test_soft_claims(l->stage->keys.measurement, 0, l->stage->config.epoch_s);
	struct hash hash;

	policy_hash(policy, buf_view(&l->stage->payload));
	plan_hash(plan, p->plan_bytes);
	assert_int_equal(admission_check_hellos(hello, sid, p, policy, plan, hellos.item, hellos.n, NULL), ST_OK);
	admission_report_data_of(claims.report_data, sid, &hello[1]);
	spoil(&claims);
	att_soft_produce(&evidence, &claims, root_sk);
	hash_begin(&hash, "parley/evidence/v1", 2);
	hash_u64(&hash, TEE_SOFTWARE);
	hash_bytes(&hash, buf_view(&evidence));
	hash_end(&hash, h);
	cbor_put_map(&payload, 3);
	cbor_put_u64(&payload, 1);
	cbor_put_bytes(&payload, slice_of(sid, sizeof sid));
	cbor_put_u64(&payload, 2);
	cbor_put_text(&payload, p->parties[1].id);
	cbor_put_u64(&payload, 3);
	cbor_put_bytes(&payload, slice_of(h, sizeof h));
	cose_sign1(&document, "parley/endorse/v1", buf_view(&payload), l->stage->keys.endorse_sk[1]);
	e.item[1] = (struct doc_evidence){.kind = TEE_SOFTWARE, .evidence = buf_view(&evidence), .endorsement = buf_view(&document)};
	doc_put_evidences(out, e.item, e.n);
	buf_clear(&evidence);
	buf_clear(&payload);
	buf_clear(&document);
}

static void spoil_code(struct att_claims *claims)
{
	test_code_of(claims)[0] ^= 1;
}

static void spoil_age(struct att_claims *claims)
{
	claims->issued_s -= 86400;
}

static void spoil_debug(struct att_claims *claims)
{
	claims->debug = true;
}

static void spoil_binding(struct att_claims *claims)
{
	claims->report_data[63] ^= 1;
}

static void spoil_nothing(struct att_claims *claims)
{
	(void)claims;
}

static void other_code(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)kind;
	endorse_evidence(l, body, out, spoil_code, l->stage->keys.root_sk[1]);
}

static void old_evidence(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)kind;
	endorse_evidence(l, body, out, spoil_age, l->stage->keys.root_sk[1]);
}

static void debug_enclave(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)kind;
	endorse_evidence(l, body, out, spoil_debug, l->stage->keys.root_sk[1]);
}

static void other_binding(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)kind;
	endorse_evidence(l, body, out, spoil_binding, l->stage->keys.root_sk[1]);
}

static void foreign_root(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)kind;
	endorse_evidence(l, body, out, spoil_nothing, l->stage->keys.root_sk[0]);
}

/* Good evidence, but not the one that the enclave's own organisation sent to the others: the rosters differ. */
static void second_evidence(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)kind;
	endorse_evidence(l, body, out, spoil_nothing, l->stage->keys.root_sk[1]);
}

/* ---- lies about the order of things ---- */

static void become_hellos(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)body;
	*kind = WM_HELLOS;
	assert_true(l->memory.len > 0);
	buf_append(out, l->memory.ptr, l->memory.len);
}

static void become_evidences(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	become_hellos(l, kind, body, out);
	*kind = WM_EVIDENCES;
}

static void become_release(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)l;
	(void)body;
	*kind = WM_RELEASE;
	doc_put_empty(out);
}

static void become_done(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)l;
	(void)body;
	*kind = WM_DONE;
	doc_put_empty(out);
}

static void grant_nothing(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)l;
	(void)kind;
	(void)body;
	doc_put_grant(out, 0);
}

static void grant_beyond_the_plan(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	(void)l;
	(void)kind;
	(void)body;
	doc_put_grant(out, UINT32_MAX);
}

/* ---- lies about the result ---- */

static void bundle_swap_parts(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct doc_bundle b;
	(void)l;
	(void)kind;
	assert_int_equal(doc_get_bundle(&b, body), ST_OK);
	struct slice first = b.part[0];
	b.part[0] = b.part[1];
	b.part[1] = first;
	doc_put_bundle(out, &b);
}

static void bundle_swap_receipts(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct doc_bundle b;
	(void)l;
	(void)kind;
	assert_int_equal(doc_get_bundle(&b, body), ST_OK);
	struct slice first = b.receipts[0];
	b.receipts[0] = b.receipts[1];
	b.receipts[1] = first;
	doc_put_bundle(out, &b);
}

static void bundle_without_parts(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct doc_bundle b;
	(void)l;
	(void)kind;
	assert_int_equal(doc_get_bundle(&b, body), ST_OK);
	b.n_parts = 0;
	doc_put_bundle(out, &b);
}

static void bundle_alter_part(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out)
{
	struct doc_bundle b;
	uint8_t *copy;
	(void)l;
	(void)kind;
	assert_int_equal(doc_get_bundle(&b, body), ST_OK);
	alter_slice(&b.part[2], &copy);
	doc_put_bundle(out, &b);
	free(copy);
}

/* ---- what must come of it ---- */

enum fate {
	REFUSED,   /* in admission: nobody sends a share, somebody gives the reason */
	SPLIT,     /* REFUSED when not everybody is told the same; otherwise it is no lie */
	ENDED,     /* nobody has a result, somebody gives the reason */
	UNOPENED,  /* whoever got something that is not right can see it, and the lie is shown by somebody's opening or outcome */
};

struct lie {
	const char *name;
	enum wire_message_kind kind;
	unsigned nth;
	void (*lie)(struct liar *l, enum wire_message_kind *kind, struct slice body, struct buf *out);
	enum fate fate;
	enum status why;
	enum wire_message_kind remembers, from_other; /* what the lie needs of this session, of another one */
};

static const struct lie lies[] = {
	{"a HELLO dropped", WM_HELLOS, 1, list_drop, REFUSED, ST_ATT_HELLO_SET, 0, 0},
	{"a HELLO added", WM_HELLOS, 1, list_add, REFUSED, ST_ATT_HELLO_SET, 0, 0},
	{"a HELLO doubled", WM_HELLOS, 1, list_double, REFUSED, ST_ATT_HELLO_SET, 0, 0},
	{"HELLOs in another order", WM_HELLOS, 1, list_swap, UNOPENED, ST_OK, 0, 0},
	{"a HELLO altered", WM_HELLOS, 1, list_alter, REFUSED, ST_OK, 0, 0},
	{"no HELLOs", WM_HELLOS, 1, nothing, REFUSED, ST_OK, 0, 0},
	{"HELLOs of another session", WM_HELLOS, 1, from_elsewhere, REFUSED, ST_ATT_HELLO_OWN, 0, WM_HELLOS},
	{"one HELLO of another session", WM_HELLOS, 1, one_from_elsewhere, REFUSED, ST_OK, 0, WM_HELLOS},
	{"evidence swapped", WM_EVIDENCES, 1, evidence_swap, REFUSED, ST_ATT_CHAIN, 0, 0},
	{"evidence dropped", WM_EVIDENCES, 1, evidence_drop, REFUSED, ST_ATT_EVIDENCE_SET, 0, 0},
	{"evidence doubled", WM_EVIDENCES, 1, evidence_double, REFUSED, ST_ATT_EVIDENCE_SET, 0, 0},
	{"evidence altered", WM_EVIDENCES, 1, evidence_alter, REFUSED, ST_ATT_CHAIN, 0, 0},
	{"evidence of another kind", WM_EVIDENCES, 1, kind_alter, REFUSED, ST_OK, 0, 0},
	{"endorsements swapped", WM_EVIDENCES, 1, endorsement_swap, REFUSED, ST_ATT_ENDORSEMENT, 0, 0},
	{"an endorsement altered", WM_EVIDENCES, 1, endorsement_alter, REFUSED, ST_ATT_ENDORSEMENT, 0, 0},
	{"evidence of another session", WM_EVIDENCES, 1, from_elsewhere, REFUSED, ST_ATT_BINDING, 0, WM_EVIDENCES},
	{"a second HELLO list", WM_EVIDENCES, 1, become_hellos, REFUSED, ST_OK, WM_HELLOS, 0},
	{"a second evidence list", WM_GRANT, 1, become_evidences, ENDED, ST_OK, WM_EVIDENCES, 0},
	{"release before the end", WM_GRANT, 1, become_release, ENDED, ST_SES_STATE, 0, 0},
	{"done before the end", WM_GRANT, 1, become_done, ENDED, ST_SES_STATE, 0, 0},
	{"done instead of the bundle", WM_BUNDLE, 1, become_done, UNOPENED, ST_OK, 0, 0},
	{"a grant of no step", WM_GRANT, 1, grant_nothing, ENDED, ST_OK, 0, 0},
	{"a grant beyond the plan", WM_GRANT, 1, grant_beyond_the_plan, ENDED, ST_OK, 0, 0},
	{"ADMITs swapped", WM_ALL_ADMITTED, 1, list_swap, UNOPENED, ST_OK, 0, 0},
	{"COMMITs swapped", WM_ALL_COMMITTED, 1, list_swap, UNOPENED, ST_OK, 0, 0},
	{"parts swapped", WM_BUNDLE, 1, bundle_swap_parts, UNOPENED, ST_OK, 0, 0},
	{"receipts swapped", WM_BUNDLE, 1, bundle_swap_receipts, UNOPENED, ST_OK, 0, 0},
	{"no parts for a recipient", WM_BUNDLE, 1, bundle_without_parts, UNOPENED, ST_OK, 0, 0},
	{"a part altered", WM_BUNDLE, 1, bundle_alter_part, UNOPENED, ST_OK, 0, 0},
	{"endorsed evidence of other code", WM_EVIDENCES, 1, other_code, REFUSED, ST_ATT_MEASUREMENT, WM_HELLOS, 0},
	{"endorsed evidence that is too old", WM_EVIDENCES, 1, old_evidence, REFUSED, ST_ATT_EXPIRED, WM_HELLOS, 0},
	{"endorsed evidence of a debug enclave", WM_EVIDENCES, 1, debug_enclave, REFUSED, ST_ATT_DEBUG, WM_HELLOS, 0},
	{"endorsed evidence with other report data", WM_EVIDENCES, 1, other_binding, REFUSED, ST_ATT_BINDING, WM_HELLOS, 0},
	{"endorsed evidence under a foreign root", WM_EVIDENCES, 1, foreign_root, REFUSED, ST_ATT_CHAIN, WM_HELLOS, 0},
	{"a second, good evidence", WM_EVIDENCES, 1, second_evidence, SPLIT, ST_OK, WM_HELLOS, 0},
	{"an accomplice's second HELLO", WM_HELLOS, 1, accomplice, REFUSED, ST_OK, 0, 0},
};

/* Keeps the first message of a kind that party 0 gets. */
static void remember(void *ctx, struct sim_message *m);
struct memory {
	enum wire_message_kind kind;
	struct buf *to;
	const struct policy *policy;
	struct sim_adversary *then; /* and lets the liar lie */
};

static void remember(void *ctx, struct sim_message *m)
{
	struct memory *memory = ctx;
	struct wire_reply *reply = calloc(1, sizeof *reply);
	struct wire_storage storage = {0};

	assert_non_null(reply);
	if (strcmp(m->from, SIM_COORDINATOR) == 0 && !memory->to->len) {
		assert_int_equal(wire_reply_decode(reply, &storage, buf_view(m->bytes)), ST_OK);
		for (uint32_t i = 0; i < reply->n_messages; i++)
			if (reply->messages[i].kind == memory->kind && !memory->to->len)
				buf_append(memory->to, reply->messages[i].body.ptr, reply->messages[i].body.len);
		wire_storage_clear(&storage);
	}
	free(reply);
	if (memory->then)
		memory->then->meet(memory->then->ctx, m);
}

static void fetch_from_another_session(struct buf *out, enum wire_message_kind kind)
{
	struct memory memory = {kind, out, &stage.policy, NULL};
	struct sim_adversary listens = {&memory, remember};
	uint64_t seed = stage.config.seed;

	stage.config.seed = seed + 77;
	stage.config.adversary = &listens;
	stage_run(&stage);
	stage_check_done(&stage);
	stage.config.seed = seed;
	stage.config.adversary = NULL;
	assert_true(out->len > 0);
}

static unsigned count_opened(void)
{
	unsigned opened = 0;

	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		struct problem problem = {0};
		opened += stage.report.outcome[i].st == ST_OK && stage.report.result[i].len &&
			sim_check_result(stage.want, &stage.policy, buf_view(&stage.payload), &stage.keys, &stage.report, i, &problem) == ST_OK;
	}
	return opened;
}

static void require_reason(const struct lie *lie)
{
	bool named = lie->why == ST_OK || strcmp(stage.report.coordinator_code, status_code(lie->why)) == 0;

	for (unsigned i = 0; i < SIM_PARTIES; i++)
		named = named || stage.report.outcome[i].st == lie->why;
	if (!named)
		fail_msg("nobody says %s [%s]", status_code(lie->why), stage_describe(&stage));
}

static void judge(const struct lie *lie, unsigned victim)
{
	bool is_refused = lie->fate == REFUSED || (lie->fate == SPLIT && victim != LIAR_ALL);

	stage_check_law(&stage, false);
	for (unsigned i = 0; i < SIM_PARTIES; i++) {
		if (is_refused && stage.report.share_frames[i])
			fail_msg("a share after a lie in admission [%s]", stage_describe(&stage));
		if ((is_refused || lie->fate == ENDED) && (stage.report.outcome[i].st == ST_OK || stage.report.result[i].len))
			fail_msg("a result after a lie [%s]", stage_describe(&stage));
	}
	require_reason(lie);
}

static void tell(const struct lie *lie, unsigned victim)
{
	struct liar liar;
	struct memory memory = {lie->remembers, NULL, &stage.policy, NULL};
	struct sim_adversary listens = {&memory, remember};

	liar_init(&liar, &stage);
	liar.kind = lie->kind;
	liar.victim = victim;
	liar.nth = lie->nth;
	liar.lie = lie->lie;
	memory.to = &liar.memory;
	memory.then = &liar.adversary;
	if (lie->from_other)
		fetch_from_another_session(&liar.other, lie->from_other);
	snprintf(stage.label, sizeof stage.label, "%s, to %s", lie->name, victim == LIAR_ALL ? "all" : stage.policy.parties[victim].id);
	stage.config.adversary = lie->remembers ? &listens : &liar.adversary;
	stage_run(&stage);
	stage.config.adversary = NULL;
	assert_true(liar.told > 0);
	judge(lie, victim);
	liar_clear(&liar);
}

static void told_to_everybody(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lies); i++)
		tell(&lies[i], LIAR_ALL);
}

static void told_to_one_party(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lies); i++)
		for (unsigned victim = 0; victim < SIM_PARTIES; victim++)
			if (lies[i].lie != accomplice || victim != 2)
				tell(&lies[i], victim);
}

/* Whoever was lied to about the result does not open it; the others are not harmed. */
static void a_lie_about_the_result_is_seen_when_it_is_opened(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lies); i++) {
		if (lies[i].kind != WM_BUNDLE && lies[i].kind != WM_ALL_COMMITTED && lies[i].kind != WM_ALL_ADMITTED)
			continue;
		tell(&lies[i], 1);
		assert_int_equal(count_opened(), 2);
		tell(&lies[i], LIAR_ALL);
		assert_int_equal(count_opened(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told_to_everybody),
		cmocka_unit_test(told_to_one_party),
		cmocka_unit_test(a_lie_about_the_result_is_seen_when_it_is_opened),
	};
	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
