#ifndef HOST_PRIVATE_H
#define HOST_PRIVATE_H

#include "channel/admission.h"
#include "host/host_core.h"

struct host {
	struct host_config cfg;
	struct host_io io;
	enum host_state state;
	bool enclave_gone; /* it sent FAULT or RECEIPT, or died: send it nothing more */
	bool fault_posted;
	bool delivered;    /* the bundle is written: only once, and never DONE without it */
	struct problem problem;
	struct buf scratch, response, collateral;
	/* what the receipt is made of, as relayed */
	struct buf hellos, evidences, admits, commits;
	struct buf renewals; /* records of the receipt, one CBOR byte string after the other */
	uint32_t n_renewals;
	struct renewal renewal; /* the one under way; epoch 0: none */
	bool admitted;
	uint32_t provided_next[POLICY_PROVIDERS_MAX]; /* index of the submission that must come next */
	uint8_t provided_last[POLICY_PROVIDERS_MAX][HASH_LEN]; /* what the one before it was */
	uint32_t provided;                            /* bit q: provider q has sent its last */
	size_t bench_line;
	uint32_t bench_repetition;
};

/* All give false after host_fail() has run. */
bool host_emit(struct host *h, enum frame_type type, uint8_t peer, struct slice body);
bool host_post(struct host *h, enum wire_message_kind kind, struct slice body);
void host_phase(struct host *h, const char *name);
bool host_check(struct host *h, enum status st, const char *what); /* st != ST_OK: host_fail */

bool host_feed(struct host *h);  /* own rows into the enclave */
void host_feed_when_provided(struct host *h); /* once admitted and every provider's rows are in */
void host_bench_next(struct host *h);
void host_bundle(struct host *h, struct slice body); /* BUNDLE: receipt and result */

/* renew.c */
void host_on_clock(struct host *h, const struct frame *f);
void host_on_renewal(struct host *h, const struct frame *f);
void host_on_renewals(struct host *h, struct slice body);
enum status host_renewals(const struct host *h, struct buf *out); /* as the bundle has them */
/* host.c */
bool host_endorse(struct host *h, struct slice *document);
enum status host_own_collateral(struct host *h, struct slice from_tee);
/* Our own copy over every bundle of the list; the merged bytes go into `kept`, cleared by the caller. */
enum status host_lay_over(struct host *h, struct doc_evidence *items, size_t n, struct buf kept[static DOC_PARTIES_MAX]);

#endif
