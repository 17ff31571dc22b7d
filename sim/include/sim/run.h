/*
 * One whole session in virtual time: three party cores, three host cores, three endorsers and a coordinator core, the very
 * objects that the programs link, over links with latency and bandwidth. One seed gives one run, byte for byte.
 *
 * Time that passes is the network's, plus cpu_ns_per_byte for every byte an enclave sends; computing itself takes none.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "ingest/csv.h"
#include "policy/sealed.h"
#include "sim/world.h"

enum { SIM_PARTIES = POLICY_PARTIES_MAX };

/* What may go wrong on purpose: called for every message on a link; may alter it or say that it is lost. */
struct sim_adversary {
	void *ctx;
	bool (*deliver)(void *ctx, const char *from, const char *to, uint64_t number, uint8_t *bytes, size_t len); /* false: lost */
};

struct sim_config {
	const struct policy *policy;
	struct slice policy_file; /* signed by everybody */
	const struct ingest_table *tables[SIM_PARTIES]; /* NULL: brings no rows */
	uint8_t endorse_sk[SIM_PARTIES][ED25519_SECRET_LEN];
	uint8_t tee_root_sk[SIM_PARTIES][ED25519_SECRET_LEN];
	uint8_t measurement[SIM_PARTIES][HASH_LEN];
	int64_t clock_offset_s[SIM_PARTIES]; /* a host whose clock is wrong */
	struct link_spec party_link, coordinator_link;
	uint64_t cpu_ns_per_byte;
	uint64_t seed;
	int64_t epoch_s;
	uint64_t until_ns; /* give up at this virtual time */
	size_t arena_max;
	const struct sim_adversary *adversary; /* NULL: nobody interferes */
	bool record_coordinator; /* keep what the coordinator receives, in report->coordinator_received */
};

struct sim_step {
	uint32_t rounds;
	uint64_t payload_bytes[SIM_PARTIES];
	uint64_t at_ns; /* when the last party was done */
};
struct sim_report {
	struct problem outcome[SIM_PARTIES];    /* st == ST_OK: DONE */
	uint64_t finished_ns;
	uint64_t rounds, payload_bytes[SIM_PARTIES], wire_bytes[SIM_PARTIES], coordinator_bytes;
	struct sim_step steps[PLAN_OPS_MAX];    /* [op id - 1] */
	struct buf result[SIM_PARTIES], bundle[SIM_PARTIES];
	uint64_t share_frames[SIM_PARTIES];     /* peer frames sent after that party's ADMIT was made */
	uint64_t peer_frames[SIM_PARTIES];
	uint8_t transcript[HASH_LEN];
	struct buf coordinator_received;        /* u32 length and bytes of each request, in order */
	bool stuck;                             /* nothing was left to happen and a party had not ended: a liveness fault */
};

/* ST_OK: the simulation ran to its end; what came of the session stands in the report. */
MUST_USE enum status sim_run(struct sim_report *out, const struct sim_config *cfg);
void sim_report_clear(struct sim_report *r);

/* Random rows that fit the schema, from the seed: for `parley sim run --rows`. */
MUST_USE enum status sim_random_table(struct ingest_table *out, const struct policy *p, uint32_t rows, const struct random *rng);

#endif
