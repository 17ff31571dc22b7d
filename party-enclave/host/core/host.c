/*
 * The host's reactions, one small function per incoming thing, in two tables: frames of the enclave and messages of the
 * coordinator. There is no state beside what the receipt needs: order is enforced by the enclave and the coordinator.
 */
#include "host_private.h"

#include "attest/collateral.h"
#include "channel/endorse.h"

#include <stdio.h>
#include <stdlib.h>

enum status host_new(struct host **out, const struct host_config *cfg, const struct host_io *io)
{
	struct host *h = calloc(1, sizeof *h);

	if (!h)
		return ST_NO_MEMORY;
	h->cfg = *cfg;
	h->io = *io;
	*out = h;
	return ST_OK;
}

void host_free(struct host *h)
{
	if (!h)
		return;
	struct buf *bufs[] = {&h->scratch, &h->response, &h->collateral, &h->hellos, &h->evidences, &h->admits, &h->commits, &h->renewals};
	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
		buf_clear(bufs[i]);
	free(h);
}

enum host_state host_state(const struct host *h)
{
	return h->state;
}

const struct problem *host_problem(const struct host *h)
{
	return &h->problem;
}

/* Tells the coordinator once, tells the enclave to wipe, and stops reacting. */
void host_fail(struct host *h, enum status st, const char *blame, const char *message)
{
	struct doc_fault fault = {0};
	char fix[256];

	if (h->state != HOST_RUNNING)
		return;
	h->state = HOST_FAILED;
	att_advice(fix, sizeof fix, st);
	problem_set(&h->problem, st, blame[0] ? blame : h->cfg.policy->parties[h->cfg.self].id, fix, "%s", message);
	snprintf(fault.code, sizeof fault.code, "%s", status_code(st));
	snprintf(fault.blame, sizeof fault.blame, "%s", blame);
	snprintf(fault.message, sizeof fault.message, "%s", message);
	buf_reset(&h->scratch);
	doc_put_fault(&h->scratch, &fault);
	if (!h->fault_posted)
		(void)!h->io.post(h->io.ctx, WM_FAULT, buf_view(&h->scratch));
	h->fault_posted = true;
	if (!h->enclave_gone)
		(void)!h->io.to_enclave(h->io.ctx, FRAME_ABORT, 0, buf_view(&h->scratch));
}

bool host_check(struct host *h, enum status st, const char *what)
{
	char message[256];

	if (st == ST_OK)
		return h->state == HOST_RUNNING;
	snprintf(message, sizeof message, "%s: %s", what, status_title(st));
	host_fail(h, st, "", message);
	return false;
}

bool host_emit(struct host *h, enum frame_type type, uint8_t peer, struct slice body)
{
	return host_check(h, h->io.to_enclave(h->io.ctx, type, peer, body), "writing to the enclave");
}

bool host_post(struct host *h, enum wire_message_kind kind, struct slice body)
{
	return host_check(h, h->io.post(h->io.ctx, kind, body), "posting to the coordinator");
}

void host_phase(struct host *h, const char *name)
{
	h->io.event(h->io.ctx, &(struct host_event){.kind = HOST_EVENT_PHASE, .name = name});
}

static void keep(struct buf *b, struct slice bytes)
{
	buf_reset(b);
	buf_append(b, bytes.ptr, bytes.len);
}

void host_start(struct host *h)
{
	struct boundary_boot boot = {.policy_file = h->cfg.policy_file, .attempt = h->cfg.attempt, .time_s = h->cfg.time_s};

	memcpy(boot.session, h->cfg.session, sizeof boot.session);
	snprintf(boot.id, sizeof boot.id, "%s", h->cfg.policy->parties[h->cfg.self].id);
	buf_reset(&h->scratch);
	boundary_put_boot(&h->scratch, &boot);
	if (host_check(h, buf_status(&h->scratch), "starting") && host_emit(h, FRAME_BOOT, 0, buf_view(&h->scratch)))
		host_phase(h, "starting");
}

/* Has the endorser answer what stands in scratch; the signed document borrows from h->response. */
bool host_endorse(struct host *h, struct slice *document)
{
	struct problem problem = {0};

	buf_reset(&h->response);
	if (!host_check(h, h->io.endorse(h->io.ctx, buf_view(&h->scratch), &h->response), "asking the endorser"))
		return false;
	enum status st = endorse_response(document, buf_view(&h->response), &problem);
	if (st == ST_OK)
		return true;
	host_fail(h, st, "", problem.message[0] ? problem.message : status_title(st));
	return false;
}

/* ---- frames of the enclave ---- */

static bool enrol(struct host *h)
{
	struct doc_enrol *e = calloc(1, sizeof *e);
	struct buf payload = {0};
	struct slice document;

	if (!e)
		return host_check(h, ST_NO_MEMORY, "enrolling");
	memcpy(e->session, h->cfg.session, sizeof e->session);
	e->attempt = h->cfg.attempt;
	snprintf(e->id, sizeof e->id, "%s", h->cfg.policy->parties[h->cfg.self].id);
	memcpy(e->host_key, h->cfg.host_key, sizeof e->host_key);
	e->n_urls = h->cfg.policy->n_parties;
	for (size_t i = 0; i < e->n_urls; i++)
		snprintf(e->urls[i], sizeof e->urls[i], "%s", h->cfg.urls[i] ? h->cfg.urls[i] : "");
	doc_put_enrol(&payload, e);
	free(e);
	buf_reset(&h->scratch);
	endorse_request_enrol(&h->scratch, buf_view(&payload));
	buf_clear(&payload);
	return host_endorse(h, &document) && host_post(h, WM_ENROL, document);
}

static void on_hello(struct host *h, const struct frame *f)
{
	struct slice document;
	struct buf hello = {0};

	buf_append(&hello, f->body.ptr, f->body.len); /* enrol() reuses the scratch that f may borrow from */
	if (enrol(h)) {
		buf_reset(&h->scratch);
		endorse_request_hello(&h->scratch, buf_view(&hello));
		if (host_endorse(h, &document) && host_post(h, WM_HELLO, document))
			host_phase(h, "hello");
	}
	buf_clear(&hello);
}

/* What goes out with our own evidence: what the TEE had, then our own copy. */
enum status host_own_collateral(struct host *h, struct slice from_tee)
{
	buf_reset(&h->collateral);
	return att_bundle_merge(&h->collateral, from_tee, h->cfg.collateral);
}

static void on_evidence(struct host *h, const struct frame *f)
{
	struct slice hellos[DOC_PARTIES_MAX], document;
	struct boundary_quote quote;
	size_t n;

	if (!host_check(h, boundary_get_quote(&quote, f->body), "reading evidence") ||
	    !host_check(h, doc_get_list(hellos, &n, buf_view(&h->hellos)), "reading the HELLO list") ||
	    !host_check(h, host_own_collateral(h, quote.collateral), "putting collateral together"))
		return;
	buf_reset(&h->scratch);
	endorse_request_evidence(&h->scratch, hellos, n, quote.kind, quote.evidence, buf_view(&h->collateral));
	if (!host_endorse(h, &document))
		return;
	buf_reset(&h->scratch);
	doc_put_evidence(&h->scratch, &(struct doc_evidence){quote.kind, quote.evidence, document, buf_view(&h->collateral)});
	if (host_post(h, WM_EVIDENCE, buf_view(&h->scratch)))
		host_phase(h, "evidence");
}

static void on_peer_frame(struct host *h, const struct frame *f)
{
	if (f->peer >= h->cfg.policy->n_parties || f->peer == h->cfg.self)
		host_fail(h, ST_BUG, "", "the enclave addressed no peer");
	else
		host_check(h, h->io.to_peer(h->io.ctx, f->peer, f->body), "sending to a peer");
}

static void on_admitted(struct host *h, const struct frame *f)
{
	host_post(h, WM_ADMITTED, f->body);
}

static void on_committed(struct host *h, const struct frame *f)
{
	if (host_post(h, WM_COMMITTED, f->body))
		host_phase(h, "committed");
}

static void on_step(struct host *h, const struct frame *f)
{
	struct host_event event = {.kind = HOST_EVENT_STEP};

	if (!host_check(h, boundary_get_step(&event.step, f->body), "reading a step"))
		return;
	h->io.event(h->io.ctx, &event);
	if (event.step.document.len)
		host_post(h, WM_STEP, event.step.document);
}

static void on_confirmed(struct host *h, const struct frame *f)
{
	if (host_post(h, WM_CONFIRM, f->body))
		host_phase(h, "confirmed");
}

static void on_part(struct host *h, const struct frame *f)
{
	buf_reset(&h->scratch);
	doc_put_part(&h->scratch, f->peer, f->body);
	host_post(h, WM_PART, buf_view(&h->scratch));
}

static void on_receipt(struct host *h, const struct frame *f)
{
	h->enclave_gone = true;
	if (host_post(h, WM_RECEIPT, f->body))
		host_phase(h, "released");
}

static void on_mark(struct host *h, const struct frame *f)
{
	struct host_event event = {.kind = HOST_EVENT_MARK};

	if (!host_check(h, boundary_get_mark(&event.mark, f->body), "reading a mark"))
		return;
	h->io.event(h->io.ctx, &event);
	if (event.mark.end)
		host_bench_next(h);
}

static void on_fault(struct host *h, const struct frame *f)
{
	struct doc_fault fault;

	h->enclave_gone = true;
	if (host_check(h, doc_get_fault(&fault, f->body), "reading the enclave's fault"))
		host_fail(h, status_from_code(fault.code), fault.blame, fault.message);
}

void host_on_frame(struct host *h, const struct frame *f)
{
	static const struct {
		enum frame_type type;
		void (*react)(struct host *h, const struct frame *f);
	} reactions[] = {
		{FRAME_PEER, on_peer_frame}, {FRAME_HELLO, on_hello}, {FRAME_EVIDENCE, on_evidence}, {FRAME_ADMITTED, on_admitted},
		{FRAME_COMMITTED, on_committed}, {FRAME_STEP, on_step}, {FRAME_CONFIRMED, on_confirmed}, {FRAME_PART, on_part},
		{FRAME_RECEIPT, on_receipt}, {FRAME_MARK, on_mark}, {FRAME_FAULT, on_fault},
		{FRAME_CLOCK, host_on_clock}, {FRAME_RENEWAL, host_on_renewal},
	};

	if (h->state != HOST_RUNNING)
		return;
	for (size_t i = 0; i < sizeof reactions / sizeof *reactions; i++)
		if (reactions[i].type == f->type) {
			reactions[i].react(h, f);
			return;
		}
	host_fail(h, ST_SES_STATE, "", "the enclave sent a frame that only hosts send");
}

void host_on_peer(struct host *h, unsigned peer, struct slice frame)
{
	if (h->state == HOST_RUNNING && !h->enclave_gone)
		host_emit(h, FRAME_PEER, (uint8_t)peer, frame);
}

/* ---- messages of the coordinator ---- */

static void on_peers(struct host *h, struct slice body)
{
	struct doc_peers *peers = calloc(1, sizeof *peers);

	if (!peers)
		host_check(h, ST_NO_MEMORY, "reading the peers");
	else if (host_check(h, doc_get_peers(peers, body), "reading the peers"))
		host_check(h, h->io.connect(h->io.ctx, peers), "connecting to the peers");
	free(peers);
}

static void on_hellos(struct host *h, struct slice body)
{
	keep(&h->hellos, body);
	host_emit(h, FRAME_HELLOS, 0, body);
}

enum status host_lay_over(struct host *h, struct doc_evidence *items, size_t n, struct buf kept[static DOC_PARTIES_MAX])
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < n; i++) {
		st = att_bundle_merge(&kept[i], h->cfg.collateral, items[i].collateral);
		items[i].collateral = buf_view(&kept[i]);
	}
	return st;
}

/* Our own copy of the vendors' documents goes before a peer's, which may be stale, missing or made up. What our enclave gets
 * is what the receipt will hold. */
static enum status lay_collateral(struct host *h, struct slice body)
{
	struct doc_evidence items[DOC_PARTIES_MAX];
	struct buf kept[DOC_PARTIES_MAX] = {{0}};
	size_t n;
	enum status st;

	TRY(doc_get_evidences(items, &n, body));
	TRY(host_lay_over(h, items, n, kept));
	buf_reset(&h->evidences);
	doc_put_evidences(&h->evidences, items, n);
	st = buf_status(&h->evidences);
out:
	for (size_t i = 0; i < DOC_PARTIES_MAX; i++)
		buf_clear(&kept[i]);
	return st;
}

static void on_evidences(struct host *h, struct slice body)
{
	if (host_check(h, lay_collateral(h, body), "reading the evidence list") &&
	    host_emit(h, FRAME_EVIDENCES, 0, buf_view(&h->evidences)))
		host_phase(h, "verifying");
}

static void on_all_admitted(struct host *h, struct slice body)
{
	keep(&h->admits, body);
	host_phase(h, "admitted");
	h->admitted = true;
	if (h->cfg.bench)
		host_bench_next(h);
	else
		host_feed_when_provided(h);
}

static void on_all_committed(struct host *h, struct slice body)
{
	keep(&h->commits, body);
	host_phase(h, "running");
}

static void on_grant(struct host *h, struct slice body)
{
	uint32_t step;

	if (!host_check(h, doc_get_grant(&step, body), "reading a grant"))
		return;
	buf_reset(&h->scratch);
	boundary_put_u32(&h->scratch, step);
	if (!h->enclave_gone)
		host_emit(h, FRAME_GRANT, 0, buf_view(&h->scratch));
}

static void on_release(struct host *h, struct slice body)
{
	if (host_check(h, doc_get_empty(body), "reading RELEASE"))
		host_emit(h, FRAME_RELEASE, 0, (struct slice){0});
}

static void on_abort(struct host *h, struct slice body)
{
	struct doc_fault fault;
	char fix[256];

	if (!host_check(h, doc_get_fault(&fault, body), "reading the abort"))
		return;
	h->fault_posted = true; /* everybody knows already */
	att_advice(fix, sizeof fix, status_from_code(fault.code));
	problem_set(&h->problem, ST_SES_ABORTED, fault.blame[0] ? fault.blame : "coordinator", fix,
	    "aborted: %s [%s]", fault.message, fault.code);
	host_fail(h, ST_SES_ABORTED, fault.blame, fault.message);
}

static void on_done(struct host *h, struct slice body)
{
	if (!host_check(h, doc_get_empty(body), "reading DONE"))
		return;
	if (h->delivered)
		h->state = HOST_DONE;
	else
		host_fail(h, ST_SES_STATE, "", "the coordinator says DONE before it has sent the receipts");
}

void host_on_message(struct host *h, const struct wire_message *m)
{
	static const struct {
		enum wire_message_kind kind;
		void (*react)(struct host *h, struct slice body);
	} reactions[] = {
		{WM_PEERS, on_peers}, {WM_HELLOS, on_hellos}, {WM_EVIDENCES, on_evidences}, {WM_ALL_ADMITTED, on_all_admitted},
		{WM_ALL_COMMITTED, on_all_committed}, {WM_GRANT, on_grant}, {WM_RELEASE, on_release}, {WM_BUNDLE, host_bundle},
		{WM_ABORT, on_abort}, {WM_DONE, on_done},
		{WM_RENEWALS, host_on_renewals},
	};

	if (h->state != HOST_RUNNING)
		return;
	for (size_t i = 0; i < sizeof reactions / sizeof *reactions; i++)
		if (reactions[i].kind == m->kind) {
			reactions[i].react(h, m->body);
			return;
		}
	host_fail(h, ST_SES_STATE, "", "the coordinator sent a message that only parties send");
}
