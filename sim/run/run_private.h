#ifndef SIM_RUN_PRIVATE_H
#define SIM_RUN_PRIVATE_H

#include "channel/endorse.h"
#include "coordinator/coordinator.h"
#include "enclave/party.h"
#include "host/host_core.h"
#include "host/mailbox.h"
#include "sim/run.h"

/* As in the host program, in virtual time. */
#define SECOND_NS UINT64_C(1000000000)
enum { POST_HOLD_MS = 10000, POST_TIMEOUT_MS = POST_HOLD_MS + 5000, LOST_GRACE_MS = 1500, FLUSH_MS = 5000 };

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
	struct buf request;
	uint64_t request_number;          /* of the last request: replies to older ones are dropped */
	uint64_t heard_ns, ended_ns;      /* the coordinator's last reply; when the host had ended */
	uint64_t busy_until_ns;           /* the enclave computes until then */
	uint64_t sent;                    /* messages of this party, for struct sim_crash */
	bool flush_planned, waiting;      /* waiting: a request is out */
	bool closed, enclave_dead, dead;  /* dead: host and enclave */
	unsigned quotes;                  /* evidence its device has made */
	bool committed, receipt_out, has_ended, peer_lost;
};
struct sim {
	const struct sim_config *cfg;
	struct sim_report *report;
	struct world *world;
	struct sim_party party[SIM_PARTIES];
	struct memory_store journal;
	struct random coordinator_rng;
	struct coordinator *coordinator; /* NULL: down */
	uint64_t planned_wake_ns;
	bool has_crashed;
	uint8_t session[WIRE_SESSION_LEN];
	uint32_t attempt;
	struct buf message, envelope, reply;
};

/* ---- carry.c ---- */
/* What comes out at the far end: word is the sender's own note (who, which request) and does not travel. */
typedef void (*sim_arrive)(void *ctx, uint64_t word, struct slice bytes);
struct sim_route {
	struct link *link;
	const char *from, *to;
	sim_arrive arrive;
	void *ctx;
	uint64_t word;
};
MUST_USE enum status sim_carry(struct sim *s, const struct sim_route *route, uint64_t ready_ns, struct slice bytes);

/* ---- party.c ---- */
MUST_USE enum status party_init(struct sim_party *p, struct sim *s, unsigned index);
void party_close(struct sim_party *p); /* its actor must not touch host or mailbox any more */
void party_clear(struct sim_party *p);
void party_pump(struct sim_party *p); /* let the enclave run while it has frames */
int64_t party_clock(const struct sim_party *p);
void party_start(void *ctx, struct slice nothing); /* an event */
/* After anything that may have ended a host: notes the time, and stops the world when all have. */
void party_look(struct sim_party *p);

/* ---- mail.c ---- */
/* Plans a request to the coordinator with whatever the mailbox holds; takes the place of one that is out. */
void sim_mail_flush(struct sim_party *p);
MUST_USE enum status sim_coordinator_start(struct sim *s); /* and the session */
void sim_coordinator_clear(struct sim *s);

#endif
