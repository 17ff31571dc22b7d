/* Tests host/host_core.h: each frame of the enclave and each message of the coordinator, with everything around the host played
 * by the test. Whole sessions with real enclaves: tests/unit/sim, tests/integration. */
#include "support/test.h"

#include "attest/collateral.h"
#include "base/cbor.h"
#include "host/host_core.h"
#include "policy_builder.h"
#include "receipt/receipt.h"

struct world {
	struct policy *policy;
	struct host *host;
	/* what went out */
	unsigned frames[64], posts[64], to_peer[3], connected, delivered, marks, steps, bench_done;
	struct buf last_frame, last_post, bundle, result;
	struct buf tee_collateral, own_collateral, peer_collateral, last_evidence_post, last_evidences_frame;
	bool endorser_refuses, endorser_gone, disk_full, peer_gone;
};

static enum status to_enclave(void *ctx, enum frame_type type, uint8_t peer, struct slice body)
{
	struct world *w = ctx;

	(void)peer;
	w->frames[type]++;
	if (type == FRAME_EVIDENCES)
		buf_append(&w->last_evidences_frame, body.ptr, body.len);
	buf_reset(&w->last_frame);
	buf_append(&w->last_frame, body.ptr, body.len);
	return ST_OK;
}

static enum status to_peer(void *ctx, unsigned peer, struct slice frame)
{
	struct world *w = ctx;

	(void)frame;
	if (w->peer_gone)
		return ST_SES_PEER_LOST;
	w->to_peer[peer]++;
	return ST_OK;
}

static enum status post(void *ctx, enum wire_message_kind kind, struct slice body)
{
	struct world *w = ctx;

	w->posts[kind]++;
	if (kind == WM_EVIDENCE)
		buf_append(&w->last_evidence_post, body.ptr, body.len);
	buf_reset(&w->last_post);
	buf_append(&w->last_post, body.ptr, body.len);
	return ST_OK;
}

static enum status endorse(void *ctx, struct slice request, struct buf *response)
{
	struct world *w = ctx;

	(void)request;
	if (w->endorser_gone)
		return ST_NET_UNAVAILABLE;
	if (w->endorser_refuses) {
		cbor_put_array(response, 3);
		cbor_put_u64(response, 1);
		cbor_put_text(response, "ATT-0004");
		cbor_put_text(response, "not our code");
	} else {
		cbor_put_array(response, 2);
		cbor_put_u64(response, 0);
		cbor_put_bytes(response, slice_str("signed"));
	}
	return ST_OK;
}

static enum status connect_peers(void *ctx, const struct doc_peers *peers)
{
	struct world *w = ctx;

	assert_int_equal(peers->n, 3);
	w->connected++;
	return ST_OK;
}

static enum status deliver(void *ctx, struct slice bundle, struct slice result)
{
	struct world *w = ctx;

	if (w->disk_full)
		return ST_IO;
	w->delivered++;
	buf_append(&w->bundle, bundle.ptr, bundle.len);
	buf_append(&w->result, result.ptr, result.len);
	return ST_OK;
}

static void event(void *ctx, const struct host_event *e)
{
	struct world *w = ctx;

	w->marks += e->kind == HOST_EVENT_MARK;
	w->steps += e->kind == HOST_EVENT_STEP;
	w->bench_done += e->kind == HOST_EVENT_BENCH_DONE;
}

static int64_t clock_s(void *ctx)
{
	(void)ctx;
	return 1750001234;
}

static int64_t values[70000];
static struct ingest_table table = {.rows = 70000, .columns = TEST_COLUMNS, .values = {values, values, values}};

/* A bundle of one certificate, which says so. */
static void one_certificate(struct buf *out, const char *text)
{
	struct att_bundle b = {.n = 1, .items = {{.type = ATT_ITEM_CERTIFICATE, .fetched_s = 1, .bytes = slice_str(text)}}};

	assert_int_equal(att_bundle_encode(out, &b), ST_OK);
}

static void open_world(struct world *w, const struct host_bench *bench, uint32_t recipients)
{
	struct test_keys keys;

	*w = (struct world){.policy = calloc(1, sizeof *w->policy)};
	assert_non_null(w->policy);
	one_certificate(&w->tee_collateral, "from the TEE");
	one_certificate(&w->own_collateral, "our own copy");
	one_certificate(&w->peer_collateral, "from a peer");
	test_keys_from_seed(&keys, 7);
	test_policy_fill(w->policy, &keys);
	w->policy->recipients = recipients;
	struct host_config cfg = {.policy = w->policy, .policy_file = slice_str("the policy"), .self = 1, .session = {0x5e}, .attempt = 1,
	    .time_s = 1750001000, .urls = {"tcp://127.0.0.1:7001", "", ""}, .collateral = buf_view(&w->own_collateral), .table = &table, .bench = bench, .n_bench = bench ? 1 : 0};
	struct host_io io = {w, to_enclave, to_peer, post, endorse, connect_peers, deliver, event, clock_s};
	assert_int_equal(host_new(&w->host, &cfg, &io), ST_OK);
	host_start(w->host);
	assert_int_equal(w->frames[FRAME_BOOT], 1);
}

static void close_world(struct world *w)
{
	struct buf *all[] = {&w->last_frame, &w->last_post, &w->bundle, &w->result, &w->tee_collateral, &w->own_collateral,
	    &w->peer_collateral, &w->last_evidence_post, &w->last_evidences_frame};

	host_free(w->host);
	host_free(NULL);
	for (size_t i = 0; i < COUNT_OF(all); i++)
		buf_clear(all[i]);
	free(w->policy);
}

static void frame(struct world *w, enum frame_type type, uint8_t peer, struct slice body)
{
	host_on_frame(w->host, &(struct frame){type, peer, body});
}

static void message(struct world *w, enum wire_message_kind kind, struct buf *body)
{
	host_on_message(w->host, &(struct wire_message){1, kind, buf_view(body)});
	buf_clear(body);
}

static void message_list(struct world *w, enum wire_message_kind kind)
{
	const struct slice items[3] = {slice_str("a"), slice_str("b"), slice_str("c")};
	struct buf body = {0};

	doc_put_list(&body, items, 3);
	message(w, kind, &body);
}

static void message_empty(struct world *w, enum wire_message_kind kind)
{
	struct buf body = {0};

	doc_put_empty(&body);
	message(w, kind, &body);
}

static void quote(struct world *w)
{
	struct buf body = {0};

	boundary_put_quote(&body, &(struct boundary_quote){1, slice_str("evidence"), buf_view(&w->tee_collateral)});
	frame(w, FRAME_EVIDENCE, 0, buf_view(&body));
	buf_clear(&body);
}

/* Up to the enclave's ADMITTED. */
static void admit(struct world *w)
{
	const struct doc_evidence items[3] = {{1, slice_str("x"), slice_str("y"), {0}},
	    {1, slice_str("x"), slice_str("y"), buf_view(&w->peer_collateral)}, {1, slice_str("x"), slice_str("y"), slice_str("no bundle")}};
	static struct doc_peers peers = {.n = 3};
	struct buf body = {0};

	frame(w, FRAME_HELLO, 0, slice_str("hello"));
	doc_put_peers(&body, &peers);
	message(w, WM_PEERS, &body);
	message_list(w, WM_HELLOS);
	quote(w);
	doc_put_evidences(&body, items, 3);
	message(w, WM_EVIDENCES, &body);
	frame(w, FRAME_ADMITTED, 0, slice_str("admit"));
	message_list(w, WM_ALL_ADMITTED);
}

static void bundle(struct world *w, size_t receipts, size_t parts)
{
	struct doc_bundle b = {.n_receipts = receipts, .n_parts = parts};
	struct buf body = {0};

	for (size_t i = 0; i < receipts; i++)
		b.receipts[i] = slice_str("receipt");
	for (size_t i = 0; i < parts; i++)
		b.sender[i] = (uint32_t)i, b.part[i] = slice_str("part");
	doc_put_bundle(&body, &b);
	message(w, WM_BUNDLE, &body);
}

/* Up to the receipt of its own enclave. */
static void compute(struct world *w)
{
	struct buf body = {0};

	admit(w);
	frame(w, FRAME_COMMITTED, 0, slice_str("commit"));
	message_list(w, WM_ALL_COMMITTED);
	doc_put_grant(&body, 14);
	message(w, WM_GRANT, &body);
	boundary_put_step(&body, &(struct boundary_step){1, 2, 3, 4, slice_str("document")});
	frame(w, FRAME_STEP, 0, buf_view(&body));
	buf_clear(&body);
	frame(w, FRAME_CONFIRMED, 0, slice_str("confirm"));
	message_empty(w, WM_RELEASE);
	for (uint8_t r = 0; r < 3; r++)
		frame(w, FRAME_PART, r, slice_str("part"));
	frame(w, FRAME_RECEIPT, 0, slice_str("receipt"));
}

static void assert_failed(const struct world *w, enum status st)
{
	assert_int_equal(host_state(w->host), HOST_FAILED);
	assert_int_equal(host_problem(w->host)->st, st);
}

static void a_session_from_boot_to_done(void **state)
{
	(void)state;
	struct world w;
	struct slice inner, parts[POLICY_PARTIES_MAX];

	open_world(&w, NULL, 7);
	compute(&w);
	static const enum wire_message_kind once[] = {WM_ENROL, WM_HELLO, WM_EVIDENCE, WM_ADMITTED, WM_COMMITTED, WM_STEP, WM_CONFIRM, WM_RECEIPT};
	for (size_t i = 0; i < COUNT_OF(once); i++)
		assert_int_equal(w.posts[once[i]], 1);
	assert_int_equal(w.posts[WM_PART], 3);
	assert_int_equal(w.connected, 1);
	assert_int_equal(w.steps, 1);
	assert_int_equal(w.frames[FRAME_DATA], 4); /* two columns, 65,536 rows and 4,464 each */
	assert_int_equal(w.frames[FRAME_DATA_END], 1);
	assert_int_equal(w.frames[FRAME_RELEASE], 1);
	bundle(&w, 3, 3);
	assert_int_equal(w.posts[WM_FINISHED], 1);
	assert_int_equal(result_file_decode(&inner, parts, buf_view(&w.result)), ST_OK);
	assert_slice_equal(inner, buf_view(&w.bundle));
	for (unsigned i = 0; i < 3; i++)
		assert_slice_equal(parts[i], slice_str("part"));
	message_empty(&w, WM_DONE);
	assert_int_equal(host_state(w.host), HOST_DONE);
	host_fail(w.host, ST_IO, "", "too late"); /* nothing undoes it */
	assert_int_equal(host_state(w.host), HOST_DONE);
	assert_int_equal(w.posts[WM_FAULT], 0);
	close_world(&w);
}

static void assert_items(struct slice collateral, const char *const *texts, size_t n)
{
	struct att_bundle b;

	assert_int_equal(att_bundle_decode(&b, collateral), ST_OK);
	assert_int_equal(b.n, n);
	for (size_t k = 0; k < n; k++)
		assert_slice_equal(b.items[k].bytes, slice_str(texts[k]));
}

/* Our own copy goes out with our evidence, and lies before what a peer sent, whatever that is. */
static void own_collateral_is_laid_over_everybodys(void **state)
{
	(void)state;
	struct world w;
	struct doc_evidence mine, all[DOC_PARTIES_MAX];
	struct receipt_bundle receipt;
	size_t n;

	open_world(&w, NULL, 7);
	compute(&w);
	bundle(&w, 3, 3);
	assert_int_equal(doc_get_evidence(&mine, buf_view(&w.last_evidence_post)), ST_OK);
	assert_items(mine.collateral, (const char *const[]){"from the TEE", "our own copy"}, 2);
	assert_int_equal(doc_get_evidences(all, &n, buf_view(&w.last_evidences_frame)), ST_OK);
	assert_int_equal(n, 3);
	assert_items(all[0].collateral, (const char *const[]){"our own copy"}, 1);
	assert_items(all[1].collateral, (const char *const[]){"our own copy", "from a peer"}, 2);
	assert_items(all[2].collateral, (const char *const[]){"our own copy"}, 1);
	assert_int_equal(receipt_bundle_decode(&receipt, buf_view(&w.bundle)), ST_OK);
	for (size_t i = 0; i < 3; i++) /* an audit appraises with the very bytes that our enclave had */
		assert_slice_equal(receipt.evidences[i].collateral, all[i].collateral);
	close_world(&w);
}

static void renewal_frame(struct world *w, uint32_t epoch, uint8_t nonces)
{
	struct boundary_renewal r = {.epoch = epoch, .earliest_s = 1, .latest_s = 2, .n_nonces = nonces, .nonces = {{1}, {2}, {3}},
	    .quote = {1, slice_str("evidence"), buf_view(&w->tee_collateral)}};
	struct buf body = {0};

	boundary_put_renewal(&body, &r);
	frame(w, FRAME_RENEWAL, 0, buf_view(&body));
	buf_clear(&body);
}

static void renewals_message(struct world *w, uint32_t epoch, size_t n)
{
	const struct doc_evidence items[3] = {{1, slice_str("x"), slice_str("y"), {0}}, {1, slice_str("x"), slice_str("y"), buf_view(&w->peer_collateral)},
	    {1, slice_str("x"), slice_str("y"), {0}}};
	struct buf body = {0};

	doc_put_renewals(&body, epoch, items, n);
	message(w, WM_RENEWALS, &body);
}

/* Time told, evidence endorsed and posted, the relayed list under our own collateral; and the receipt holds what our enclave had. */
static void renewed_evidence_is_endorsed_relayed_and_kept(void **state)
{
	(void)state;
	struct world w;
	struct receipt_bundle receipt;
	struct admission_evidence items[POLICY_PARTIES_MAX];
	struct renewal r;
	struct cbor_reader records;
	int64_t told;

	open_world(&w, NULL, 7);
	admit(&w);
	frame(&w, FRAME_COMMITTED, 0, slice_str("commit"));
	message_list(&w, WM_ALL_COMMITTED);
	for (uint32_t epoch = 1; epoch <= 2; epoch++) {
		frame(&w, FRAME_CLOCK, 0, (struct slice){0});
		assert_int_equal(boundary_get_time(&told, buf_view(&w.last_frame)), ST_OK);
		assert_int_equal(told, clock_s(NULL));
		renewal_frame(&w, epoch, 3);
		assert_int_equal(w.posts[WM_RENEWAL], epoch);
		renewals_message(&w, epoch, 3);
		assert_int_equal(w.frames[FRAME_RENEWALS], epoch);
	}
	bundle(&w, 3, 3);
	assert_int_equal(receipt_bundle_decode(&receipt, buf_view(&w.bundle)), ST_OK);
	cbor_reader_init(&records, receipt.renewals);
	assert_int_equal(cbor_array(&records), 2);
	for (uint32_t epoch = 1; epoch <= 2; epoch++) {
		assert_int_equal(receipt_renewal_decode(&r, items, cbor_bytes(&records)), ST_OK);
		assert_int_equal(r.epoch, epoch);
		assert_int_equal(r.time.latest_s, 2);
		assert_items(items[1].collateral, (const char *const[]){"our own copy", "from a peer"}, 2);
	}
	close_world(&w);
}

static void renewals_out_of_order_end_the_session(void **state)
{
	(void)state;
	struct world w;

	open_world(&w, NULL, 7); /* nobody asked */
	admit(&w);
	renewals_message(&w, 1, 3);
	assert_failed(&w, ST_SES_STATE);
	close_world(&w);
	open_world(&w, NULL, 7); /* twice */
	admit(&w);
	renewal_frame(&w, 1, 3);
	renewals_message(&w, 1, 3);
	renewals_message(&w, 1, 3);
	assert_failed(&w, ST_SES_STATE);
	close_world(&w);
	open_world(&w, NULL, 7); /* of another epoch */
	admit(&w);
	renewal_frame(&w, 1, 3);
	renewals_message(&w, 2, 3);
	assert_failed(&w, ST_ATT_REPLAY);
	close_world(&w);
	open_world(&w, NULL, 7); /* not everybody's */
	admit(&w);
	renewal_frame(&w, 1, 3);
	renewals_message(&w, 1, 2);
	assert_failed(&w, ST_ATT_EVIDENCE_SET);
	close_world(&w);
	open_world(&w, NULL, 7); /* an enclave that means another number of parties */
	admit(&w);
	renewal_frame(&w, 1, 2);
	assert_failed(&w, ST_FORMAT);
	close_world(&w);
	open_world(&w, NULL, 7);
	admit(&w);
	w.endorser_refuses = true;
	renewal_frame(&w, 1, 3);
	assert_failed(&w, ST_ATT_ENDORSE_REFUSED);
	assert_int_equal(w.posts[WM_RENEWAL], 0);
	close_world(&w);
}

static void who_is_no_recipient_gets_a_receipt_alone(void **state)
{
	(void)state;
	struct world w;

	open_world(&w, NULL, 1);
	compute(&w);
	bundle(&w, 3, 0);
	assert_true(w.delivered == 1 && w.result.len == 0);
	message_empty(&w, WM_DONE);
	assert_int_equal(host_state(w.host), HOST_DONE);
	close_world(&w);
}

static void a_bundle_that_lacks_something_is_refused(void **state)
{
	(void)state;
	static const struct {
		size_t receipts, parts;
		uint32_t recipients;
		enum status st;
	} bad[] = {{2, 3, 7, ST_REC_RECEIPT}, {4, 3, 7, ST_REC_RECEIPT}, {3, 2, 7, ST_REC_RESULT}, {3, 4, 7, ST_REC_RECEIPT}, {3, 0, 7, ST_REC_RESULT},
	    {3, 3, 1, ST_REC_RESULT}};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct world w;
		open_world(&w, NULL, bad[i].recipients);
		compute(&w);
		bundle(&w, bad[i].receipts, bad[i].parts);
		assert_failed(&w, bad[i].st);
		assert_int_equal(w.delivered, 0);
		assert_int_equal(w.posts[WM_FINISHED], 0);
		close_world(&w);
	}
}

static void done_comes_after_the_bundle_and_the_bundle_once(void **state)
{
	(void)state;
	struct world w;

	open_world(&w, NULL, 7);
	compute(&w);
	message_empty(&w, WM_DONE);
	assert_failed(&w, ST_SES_STATE);
	close_world(&w);
	open_world(&w, NULL, 7);
	compute(&w);
	bundle(&w, 3, 3);
	bundle(&w, 3, 3);
	assert_failed(&w, ST_SES_STATE);
	assert_int_equal(w.delivered, 1);
	close_world(&w);
}

static void a_full_disk_is_no_success(void **state)
{
	(void)state;
	struct world w;

	open_world(&w, NULL, 7);
	w.disk_full = true;
	compute(&w);
	bundle(&w, 3, 3);
	assert_failed(&w, ST_IO);
	assert_int_equal(w.posts[WM_FINISHED], 0);
	assert_int_equal(w.posts[WM_FAULT], 1);
	close_world(&w);
}

/* The enclave's fault reaches the coordinator once, with its code and culprit; then the host is quiet. */
static void an_enclaves_fault_is_posted_once(void **state)
{
	(void)state;
	struct world w;
	struct doc_fault f = {"ATT-0004", "west", "it runs something else"}, posted;
	struct buf body = {0};

	open_world(&w, NULL, 7);
	doc_put_fault(&body, &f);
	frame(&w, FRAME_FAULT, 0, buf_view(&body));
	assert_failed(&w, ST_ATT_MEASUREMENT);
	assert_int_equal(w.posts[WM_FAULT], 1);
	assert_int_equal(doc_get_fault(&posted, buf_view(&w.last_post)), ST_OK);
	assert_memory_equal(&posted, &f, sizeof f);
	assert_int_equal(w.frames[FRAME_ABORT], 0); /* it has ended */
	frame(&w, FRAME_HELLO, 0, slice_str("hello"));
	message_list(&w, WM_HELLOS);
	host_fail(w.host, ST_IO, "", "again");
	assert_int_equal(w.posts[WM_FAULT], 1);
	assert_int_equal(w.posts[WM_ENROL] + w.frames[FRAME_HELLOS], 0);
	buf_clear(&body);
	close_world(&w);
}

static void an_abort_ends_the_enclave_and_is_not_echoed(void **state)
{
	(void)state;
	struct world w;
	struct buf body = {0};

	open_world(&w, NULL, 7);
	doc_put_fault(&body, &(struct doc_fault){"SES-0008", "west", "a deadline passed"});
	message(&w, WM_ABORT, &body);
	assert_failed(&w, ST_SES_ABORTED);
	assert_int_equal(w.frames[FRAME_ABORT], 1);
	assert_int_equal(w.posts[WM_FAULT], 0);
	assert_non_null(strstr(host_problem(w.host)->message, "SES-0008"));
	assert_string_equal(host_problem(w.host)->where, "west");
	close_world(&w);
}

static void the_endorser_may_refuse_or_be_gone(void **state)
{
	(void)state;
	struct world w;

	open_world(&w, NULL, 7);
	w.endorser_refuses = true;
	frame(&w, FRAME_HELLO, 0, slice_str("hello"));
	assert_int_equal(host_state(w.host), HOST_FAILED);
	assert_non_null(strstr(host_problem(w.host)->message, "not our code"));
	assert_int_equal(w.posts[WM_ENROL], 0);
	assert_int_equal(w.frames[FRAME_ABORT], 1);
	close_world(&w);
	open_world(&w, NULL, 7);
	w.endorser_gone = true;
	frame(&w, FRAME_HELLO, 0, slice_str("hello"));
	assert_failed(&w, ST_NET_UNAVAILABLE);
	close_world(&w);
}

static void wrong_senders_are_refused(void **state)
{
	(void)state;
	for (unsigned t = 1; t < 64; t++) {
		struct world w;
		if (t >= FRAME_HELLO || strcmp(frame_name((enum frame_type)t), "?") == 0 || t == FRAME_PEER)
			continue;
		open_world(&w, NULL, 7);
		frame(&w, (enum frame_type)t, 0, (struct slice){0});
		assert_failed(&w, ST_SES_STATE);
		close_world(&w);
	}
	for (enum wire_message_kind k = WM_ENROL; k <= WM_FINISHED; k++) {
		struct world w;
		open_world(&w, NULL, 7);
		message_empty(&w, k);
		assert_failed(&w, ST_SES_STATE);
		close_world(&w);
	}
}

/* Bodies that are no documents: from the coordinator, from the own enclave. */
static void malformed_bodies_are_refused(void **state)
{
	(void)state;
	static const enum wire_message_kind messages[] = {WM_PEERS, WM_GRANT, WM_RELEASE, WM_BUNDLE, WM_ABORT, WM_DONE};
	static const enum frame_type frames[] = {FRAME_EVIDENCE, FRAME_STEP, FRAME_MARK, FRAME_FAULT};

	for (size_t i = 0; i < COUNT_OF(messages); i++) {
		struct world w;
		struct buf body = {0};
		open_world(&w, NULL, 7);
		buf_append_str(&body, "\xff");
		message(&w, messages[i], &body);
		assert_int_equal(host_state(w.host), HOST_FAILED);
		close_world(&w);
	}
	for (size_t i = 0; i < COUNT_OF(frames); i++) {
		struct world w;
		open_world(&w, NULL, 7);
		frame(&w, frames[i], 0, slice_str("\xff"));
		assert_int_equal(host_state(w.host), HOST_FAILED);
		close_world(&w);
	}
}

static void peers_frames_pass_both_ways(void **state)
{
	(void)state;
	struct world w;

	open_world(&w, NULL, 7);
	frame(&w, FRAME_PEER, 0, slice_str("to north"));
	frame(&w, FRAME_PEER, 2, slice_str("to west"));
	assert_true(w.to_peer[0] == 1 && w.to_peer[2] == 1);
	host_on_peer(w.host, 2, slice_str("from west"));
	assert_int_equal(w.frames[FRAME_PEER], 1);
	assert_slice_equal(buf_view(&w.last_frame), slice_str("from west"));
	frame(&w, FRAME_PEER, 1, slice_str("to itself"));
	assert_int_equal(host_state(w.host), HOST_FAILED);
	close_world(&w);
	open_world(&w, NULL, 7);
	w.peer_gone = true;
	frame(&w, FRAME_PEER, 0, slice_str("to north"));
	assert_failed(&w, ST_SES_PEER_LOST);
	close_world(&w);
}

static void a_bench_goes_on_after_every_end_mark(void **state)
{
	(void)state;
	const struct host_bench bench = {1, 1000, 3};
	struct world w;

	open_world(&w, &bench, 7);
	admit(&w);
	assert_int_equal(w.frames[FRAME_DATA] + w.frames[FRAME_DATA_END], 0);
	for (uint8_t i = 0; i < 3; i++) {
		assert_int_equal(w.frames[FRAME_BENCH], i + 1);
		for (uint8_t end = 0; end < 2; end++) {
			struct buf body = {0};
			boundary_put_mark(&body, &(struct boundary_mark){.end = end});
			frame(&w, FRAME_MARK, 0, buf_view(&body));
			buf_clear(&body);
		}
	}
	assert_true(w.marks == 6 && w.frames[FRAME_BENCH] == 3 && w.bench_done == 1);
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_session_from_boot_to_done), cmocka_unit_test(who_is_no_recipient_gets_a_receipt_alone),
	    cmocka_unit_test(own_collateral_is_laid_over_everybodys),
	    cmocka_unit_test(renewed_evidence_is_endorsed_relayed_and_kept),
	    cmocka_unit_test(renewals_out_of_order_end_the_session),
	    cmocka_unit_test(a_bundle_that_lacks_something_is_refused), cmocka_unit_test(done_comes_after_the_bundle_and_the_bundle_once),
	    cmocka_unit_test(a_full_disk_is_no_success), cmocka_unit_test(an_enclaves_fault_is_posted_once),
	    cmocka_unit_test(an_abort_ends_the_enclave_and_is_not_echoed), cmocka_unit_test(the_endorser_may_refuse_or_be_gone),
	    cmocka_unit_test(wrong_senders_are_refused), cmocka_unit_test(malformed_bodies_are_refused),
	    cmocka_unit_test(peers_frames_pass_both_ways), cmocka_unit_test(a_bench_goes_on_after_every_end_mark),
	};
	return crypto_init() == ST_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
