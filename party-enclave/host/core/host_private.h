#ifndef HOST_PRIVATE_H
#define HOST_PRIVATE_H

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
	size_t bench_line;
	uint32_t bench_repetition;
};

/* All give false after host_fail() has run. */
bool host_emit(struct host *h, enum frame_type type, uint8_t peer, struct slice body);
bool host_post(struct host *h, enum wire_message_kind kind, struct slice body);
void host_phase(struct host *h, const char *name);
bool host_check(struct host *h, enum status st, const char *what); /* st != ST_OK: host_fail */

bool host_feed(struct host *h);  /* own rows into the enclave */
void host_bench_next(struct host *h);
void host_bundle(struct host *h, struct slice body); /* BUNDLE: receipt and result */

#endif
