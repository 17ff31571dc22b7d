#ifndef SIM_RUN_PRIVATE_H
#define SIM_RUN_PRIVATE_H

#include "channel/endorse.h"
#include "coordinator/coordinator.h"
#include "enclave/party.h"
#include "host/host_core.h"
#include "host/mailbox.h"
#include "sim/run.h"

struct sim;
struct sim_frame {
	struct sim_frame *next;
	enum frame_type type;
	uint8_t peer;
	size_t len;
	uint8_t body[];
};
struct sim_party {
	struct sim *sim;
	unsigned index;
	const char *id;
	struct actor *actor;
	struct host *host;
	struct mailbox *mailbox;
	struct endorser *endorser;
	uint8_t host_sk[ED25519_SECRET_LEN];
	struct random enclave_rng, host_rng, device_rng;
	struct sim_frame *inbox, **inbox_last, *current;
	struct link to_peer[SIM_PARTIES], to_coordinator, from_coordinator;
	struct buf message, request;
	uint64_t request_number; /* of the last request: replies to older ones are dropped */
	bool flush_planned, closed, admit_made;
	uint64_t runs;
};
struct sim {
	const struct sim_config *cfg;
	struct sim_report *report;
	struct world *world;
	struct sim_party party[SIM_PARTIES];
	struct coordinator *coordinator;
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	uint64_t messages;
};

enum status party_init(struct sim_party *p, struct sim *s, unsigned index);
void party_close(struct sim_party *p); /* its actor must not touch host or mailbox any more */
void party_clear(struct sim_party *p);
void party_pump(struct sim_party *p); /* let the enclave run while it has frames */
int64_t party_clock(const struct sim_party *p);

/* Puts a message on a link; the first `skip` bytes are the simulator's own and neither counted nor altered. */
enum status sim_carry(struct sim *s, struct link *link, const char *from, const char *to, struct buf *message, size_t skip,
    uint64_t cpu_ns, void (*arrive)(void *ctx, struct slice bytes), void *ctx);

/* Plans a request to the coordinator with whatever the mailbox holds. */
void sim_mail_flush(struct sim_party *p);
enum status sim_coordinator_start(struct sim *s); /* the session exists */
void sim_coordinator_clear(struct sim *s);

#endif
