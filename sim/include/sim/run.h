/*
 * One whole session in virtual time: three party cores, three host cores, three endorsers and a coordinator core, the very
 * objects that the programs link, over links with latency and bandwidth. One seed gives one run, byte for byte.
 *
 * Time that passes is the network's, plus cpu_ns_per_byte for every byte an enclave sends to peers; computing itself takes
 * none. What is modelled and what is not: docs/SIMULATOR.md.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "attest/attest.h"
#include "ingest/csv.h"
#include "policy/sealed.h"
#include "proto/wire.h"
#include "sim/world.h"

enum { SIM_PARTIES = POLICY_PARTIES_MAX, SIM_PHASES_MAX = 16, SIM_CLOCKS_MAX = 4096 };
#define SIM_COORDINATOR "coordinator"

/* A message on its way, in the hands of whoever owns the network: a frame between enclaves, a request or a reply. */
struct sim_message {
	const char *from, *to; /* party ids or SIM_COORDINATOR */
	uint64_t number;       /* 1, 2, … over all links, in the order of sending */
	uint64_t nth;          /* 1, 2, … on this link */
	struct buf *bytes;     /* may be altered, cut, replaced */
	unsigned copies;       /* 1; 0: lost; 2: doubled */
	uint64_t delay_ns;     /* raised: later ones overtake it */
};
struct sim_adversary {
	void *ctx;
	void (*meet)(void *ctx, struct sim_message *m);
};

/* An organisation whose own machinery is in on it: its device states what it likes, its endorser signs what it likes. */
struct sim_tee {
	void *ctx;
	void (*state)(void *ctx, unsigned party, unsigned nth, struct att_claims *claims); /* nth: 1 admission, then renewals */
	bool (*endorse)(void *ctx, unsigned party, struct slice request, struct buf *response); /* false: ask the honest one */
};

/* Something dies, once. */
enum sim_crash_what {
	SIM_NO_CRASH,
	SIM_COORDINATOR_BEFORE, /* the coordinator, as request number `at` arrives: it has not seen it */
	SIM_COORDINATOR_AFTER,  /* after request `at` is in its journal and before any reply is out */
	SIM_ENCLAVE_DIES,       /* the enclave of `party`, instead of sending its peer frame number `at` */
	SIM_HOST_DIES,          /* host and enclave of `party`, instead of sending message number `at` of that party */
};
struct sim_crash {
	enum sim_crash_what what;
	unsigned party;
	uint64_t at;      /* from 1 */
	uint64_t down_ns; /* the coordinator is started again from its journal after this time */
};

struct sim_config {
	const struct policy *policy;
	struct slice policy_file; /* signed by everybody */
	const struct policy *policy_of[SIM_PARTIES]; /* what that party's endorser has instead; NULL: the same */
	struct slice policy_file_of[SIM_PARTIES];    /* what that party's enclave gets instead; empty: the same */
	const struct ingest_table *tables[SIM_PARTIES]; /* NULL: brings no rows */
	uint8_t endorse_sk[SIM_PARTIES][ED25519_SECRET_LEN];
	uint8_t tee_root_sk[SIM_PARTIES][ED25519_SECRET_LEN];
	uint8_t measurement[SIM_PARTIES][HASH_LEN];
	const struct att_anchors *anchors; /* borrowed; NULL: none, which software evidence does not need */
	struct slice collateral[SIM_PARTIES];   /* that host's own bundle, or empty */
	int64_t clock_offset_s[SIM_PARTIES];    /* a host, and its TEE device, whose clock is wrong */
	int64_t endorser_offset_s[SIM_PARTIES]; /* an endorser whose clock is wrong */
	struct link_spec party_link, coordinator_link;
	uint64_t cpu_ns_per_byte;
	uint64_t seed;
	int64_t epoch_s;
	uint64_t until_ns; /* give up at this virtual time: a liveness fault */
	size_t arena_max;
	const struct sim_tee *tee; /* NULL: everybody's is honest */
	const struct sim_adversary *adversary; /* NULL: nobody interferes */
	struct sim_crash crash;
	bool record_coordinator; /* keep what the coordinator receives, in report->coordinator_received */
};

struct sim_step {
	uint32_t rounds;
	uint64_t payload_bytes[SIM_PARTIES], wire_bytes[SIM_PARTIES];
	uint64_t at_ns; /* when the last party was done */
	unsigned parties; /* how many reported it */
};
struct sim_phase {
	char name[24];
	uint64_t at_ns; /* when the last party entered it */
};
struct sim_report {
	const struct att_anchors *anchors;      /* the config's: receipts are judged by them */
	struct problem outcome[SIM_PARTIES];    /* st == ST_OK: DONE */
	enum session_state coordinator_state;   /* the session as the coordinator has it in the end */
	char coordinator_code[16];
	uint64_t finished_ns;                   /* when the last host had ended */
	uint64_t rounds, payload_bytes[SIM_PARTIES]; /* of all operators */
	uint64_t wire_bytes[SIM_PARTIES];       /* sent to peers: handshakes, records, frame headers */
	uint64_t mail_bytes[SIM_PARTIES], mail_bytes_in[SIM_PARTIES]; /* to and from the coordinator */
	struct sim_step steps[PLAN_OPS_MAX];    /* [op id - 1] */
	struct sim_phase phases[SIM_PHASES_MAX];
	size_t n_phases;
	struct buf result[SIM_PARTIES], bundle[SIM_PARTIES]; /* what each host wrote */
	uint64_t peer_frames[SIM_PARTIES], peer_bytes[SIM_PARTIES]; /* that its enclave sent, from the handshake on */
	uint64_t share_frames[SIM_PARTIES];     /* of these: sent after its COMMIT. Inputs are shared from then on, not before */
	uint64_t share_bytes[SIM_PARTIES];
	uint32_t renewals[SIM_PARTIES];         /* of its evidence */
	uint64_t frames_since_renewal[SIM_PARTIES]; /* to peers, after its last renewed evidence left its enclave */
	int64_t clocks[SIM_PARTIES][SIM_CLOCKS_MAX]; /* what it told its enclave, in order */
	size_t n_clocks[SIM_PARTIES];
	bool admitted[SIM_PARTIES];             /* its enclave holds an admission: every peer's ADMIT has verified */
	uint64_t messages;                      /* over all links */
	uint64_t messages_before_commit;        /* of these: until the first COMMIT */
	uint64_t requests;                      /* that reached the coordinator */
	uint8_t transcript[HASH_LEN];
	struct buf coordinator_received;        /* u32 little endian length and bytes of each request, in order */
	bool crashed;                           /* what cfg->crash says has happened */
	bool stuck;                             /* a party had not ended when nothing was left to happen, or at until_ns */
};

/* ST_OK: the simulation ran to its end; what came of the session stands in the report, which the caller clears. */
MUST_USE enum status sim_run(struct sim_report *out, const struct sim_config *cfg);
void sim_report_clear(struct sim_report *r);

/* Random rows that fit the schema, from the seed: for `parley sim run --rows`. */
MUST_USE enum status sim_random_table(struct ingest_table *out, const struct policy *p, uint32_t rows, const struct random *rng);

#endif
