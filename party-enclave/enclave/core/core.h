/*
 * One session inside the enclave. Files by phase: boot.c (policy, HELLO, evidence), admit.c (channels), data.c (own rows,
 * commitments), run.c (steps, views), renew.c (evidence again), release.c (parts, receipt), bench.c; inbox.c is the only reader of frames.
 */
#ifndef ENCLAVE_CORE_H
#define ENCLAVE_CORE_H

#include "base/arena.h"
#include "base/problem.h"
#include "channel/admission.h"
#include "enclave/party.h"
#include "mpc/mpc.h"
#include "oblivious/exec.h"
#include "policy/rules.h"
#include "policy/sealed.h"
#include "provide/provide.h"
#include "receipt/receipt.h"

enum { VIEW_STEPS_MAX = 64 }; /* steps between two exchanges of views */

struct queued { /* one PEER frame that nobody has asked for yet */
	struct queued *next;
	size_t len;
	uint8_t bytes[];
};
struct peer_queue {
	struct queued *head, **tail;
	size_t bytes;
};

struct party {
	const struct party_env *env;
	enum enclave_state state;
	struct problem problem;
	char blame[POLICY_ID_MAX + 1];

	struct buf policy_file;
	struct policy *policy;
	uint8_t policy_hash[HASH_LEN], plan_hash[HASH_LEN];
	unsigned self;

	struct peer_queue queue[MPC_PARTIES];
	struct queued *lent; /* the frame that channel_io handed out last */
	struct channel_io io;
	uint64_t wire_bytes; /* sent to peers in PEER frames */

	struct buf hellos; /* what admission was told, kept while it looks at it */
	struct admission *admission;
	struct admitted *admitted; /* NULL until every ADMIT has verified: nothing can be shared before */

	struct arena arena;
	struct exec_input input;
	uint8_t *known[PLAN_COLUMNS_MAX];  /* behind input.known */
	int64_t *values[PLAN_COLUMNS_MAX]; /* behind input.values */
	uint32_t total;                    /* own rows in the clear */
	uint32_t rows[EXEC_SOURCES_MAX];   /* public row counts */
	struct provide_taker *taker[EXEC_PROVIDERS_MAX]; /* until our own rows are taken */
	uint64_t *chunk; /* of the arena: what a taker opened last, a piece of a seed's stream */
	struct exec_given given[EXEC_PROVIDERS_MAX];
	uint8_t manifests[EXEC_PROVIDERS_MAX][HASH_LEN];
	uint8_t commitments[MPC_PARTIES][HASH_LEN];

	struct mpc *mpc;
	struct exec *exec;
	uint8_t view[HASH_LEN];
	uint32_t granted; /* highest step the coordinator allows */

	struct renew_state {
		int64_t clock_s[MPC_PARTIES]; /* the last that each host stated; none goes back */
		uint32_t rounds, steps, round; /* since the last checkpoint; round: exchanges so far */
		uint64_t bytes;
	} renew;
	bool awaits_time, awaits_renewals; /* an answer of the host; at any other time it is out of order */
	int64_t host_time_s;
	struct buf renewals;

	bool benching;
	bool has_next_bench; /* the host may ask for the next repetition while we still compare the last one's outputs */
	struct boundary_bench next_bench;
	struct mpc_counters bench; /* at the last mark */
	uint64_t bench_wire;
	enum status bench_st;

	struct receipt_statement receipt;
	struct buf scratch; /* one outgoing body at a time; nothing secret */
};

/* ---- inbox.c ---- */
void inbox_init(struct party *p);
void inbox_clear(struct party *p);
/* The next frame from the host that is not PEER, GRANT or ABORT; those are taken care of inside. ST_SES_STATE for one that the
 * state does not permit. */
enum status inbox_next(struct party *p, struct frame *out);
/* The next frame, which must be of this type. */
enum status inbox_expect(struct party *p, enum frame_type type, struct frame *out);
/* Blocks until `step` may be run. */
enum status inbox_await_grant(struct party *p, uint32_t step);
enum status inbox_await_bench(struct party *p, struct boundary_bench *out);
/* Block until the host has answered CLOCK, RENEWAL; body lives until the next renewal. */
enum status inbox_await_time(struct party *p, int64_t *time_s);
enum status inbox_await_renewals(struct party *p, struct slice *body);
enum status emit(struct party *p, enum frame_type type, uint8_t peer, struct slice body);
/* Sets blame and message unless a problem is there already; returns st. */
enum status blame_party(struct party *p, unsigned party, enum status st, const char *what);

/* ---- phases, in order ---- */
enum status party_boot(struct party *p);    /* COLD → EVIDENCE_SENT */
enum status party_admit(struct party *p);   /* EVIDENCE_SENT → ADMITTED */
enum status party_data(struct party *p, struct frame *first);    /* ADMITTED → COMMITTED; first: DATA or DATA_END */
enum status party_steps(struct party *p);   /* COMMITTED → CONFIRMED */
enum status party_release(struct party *p); /* CONFIRMED → ENDED */
enum status party_bench(struct party *p, struct frame *first);   /* ADMITTED; until the host ends it */

/* ---- provided.c: frames of providers, while ADMITTED ---- */
enum status party_provided(struct party *p, const struct frame *f);
enum status party_provided_end(struct party *p); /* all is here: shares are laid out */
void party_provided_clear(struct party *p);
size_t party_provided_memory(const struct policy *policy); /* arena bytes at most */
enum status blame_provider(struct party *p, unsigned q, enum status st, const char *what);

/* ---- shared ---- */
enum status party_engine(struct party *p); /* reserves nothing: the arena is there; makes mpc */
/* BLAKE2b-512 HMAC of the view under the group key, cut to 32 bytes: tells the coordinator nothing but equality. */
void party_view_digest(const struct party *p, uint8_t out[static 32]);
/* Is there a checkpoint before this step? Asked once for each, in order. */
bool renew_at_checkpoint(struct party *p, uint16_t op);
enum status party_renew_if_due(struct party *p, uint16_t op);
void renew_begin(struct party *p);
void party_view_renewed(struct party *p);
enum status party_view_exchange(struct party *p);
enum status party_reserve(struct party *p, size_t bytes);

#endif
