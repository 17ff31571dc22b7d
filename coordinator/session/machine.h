/* The inside of a session, shared by the files of this folder. */
#ifndef COORDINATOR_SESSION_MACHINE_H
#define COORDINATOR_SESSION_MACHINE_H

#include "coordinator/session.h"

/* How far a party has come. When all parties have reached one, everybody is told (announce.c), in this order. */
enum phase {
	PH_NONE,
	PH_ENROLLED,
	PH_HELLO,
	PH_EVIDENCE,
	PH_ADMITTED,
	PH_COMMITTED,
	PH_STEPPED,
	PH_CONFIRMED,
	PH_RECEIPT,
	PH_FINISHED,
	PHASES
};

struct letter {
	enum wire_message_kind kind;
	struct slice body; /* in a blob of the session */
};

struct member {
	enum phase phase;
	uint64_t seq; /* last message taken */
	enum wire_message_kind last;
	bool refused;
	uint32_t step;
	uint32_t epoch; /* renewals of its evidence */
	uint8_t host_key[ED25519_PUBLIC_LEN], vk[ED25519_PUBLIC_LEN];
	struct slice enrol, hello, evidence, renewal, admit, commit, receipt,
	    part[POLICY_PARTIES_MAX]; /* payload of ENROL; whole bodies else */
	uint8_t roster[HASH_LEN], commitment[HASH_LEN], confirm[32];
	uint32_t rows;
	uint32_t parts; /* bit r: the part for recipient r is here */
	uint8_t digest[SESSION_WINDOW][32]; /* of step k at k mod SESSION_WINDOW */
	struct letter *outbox;
	size_t n_letters, cap_letters;
};

struct blob {
	struct blob *next;
	size_t len;
	uint8_t bytes[];
};

struct session {
	struct session_facts facts;
	uint8_t id[WIRE_SESSION_LEN];
	uint32_t attempt;
	enum session_state state;
	enum phase announced; /* the last phase that all have reached and everybody was told of */
	uint32_t granted;
	uint32_t epoch; /* renewals that everybody was told of */
	uint8_t sid[HASH_LEN];
	int64_t created_s, changed_s, progress_s, now_s;
	struct doc_fault abort;
	bool forgotten;
	struct member member[POLICY_PARTIES_MAX];
	struct blob *blobs;
	size_t bytes;
};

/* ---- statements.c: signed documents. vk or endorse key NULL: it was verified before it was journalled ---- */
struct hello_facts {
	uint8_t vk[ED25519_PUBLIC_LEN];
};
enum status document_open(struct slice *payload, struct slice doc, const char *label, const uint8_t *key);
enum status statement_enrol(struct doc_enrol *out, struct slice payload, const struct session *s, unsigned party);
enum status statement_hello(struct hello_facts *out, struct slice payload, const struct session *s, unsigned party);
enum status statement_admit(
    uint8_t roster[static HASH_LEN], struct slice payload, const struct session *s, unsigned party);
struct commit_facts {
	uint32_t rows;
	uint8_t commitment[HASH_LEN];
};
enum status statement_commit(struct commit_facts *out, struct slice payload, const struct session *s, unsigned party);
enum status statement_step(struct doc_step *out, struct slice payload, const struct session *s, unsigned party);
enum status statement_confirm(struct doc_step *out, struct slice payload, const struct session *s, unsigned party);
enum status statement_receipt(struct slice payload, const struct session *s, unsigned party);
enum status evidence_form(struct slice body);
enum status renewal_form(struct slice body, const struct session *s, unsigned party);
enum status part_form(uint32_t *recipient, struct slice *part, struct slice body, const struct session *s);

/* ---- rules.c: which message of a party may come when ---- */
struct rule {
	enum wire_message_kind kind;
	enum phase from; /* the sender has come exactly this far */
	enum phase announced; /* everybody has been told at least this */
	enum phase to; /* and then the sender is here */
	const char *label; /* of its signature; NULL: the host's over the post is enough */
	size_t body_max;
};
const struct rule *rule_of(enum wire_message_kind kind); /* NULL: not a party's message */
bool rule_permits(const struct session *s, unsigned party, const struct rule *rule);
bool table_permits(enum session_state state, enum wire_message_kind kind);
const char *phase_message(enum phase phase); /* the message that leads to it: "HELLO" */

/* ---- outbox.c ---- */
MUST_USE enum status session_keep(
    struct session *s, struct slice *kept, struct slice bytes); /* a copy that the session owns */
MUST_USE enum status session_tell(struct session *s, unsigned party, enum wire_message_kind kind, struct slice kept);
MUST_USE enum status session_tell_all(
    struct session *s, enum wire_message_kind kind, struct slice body); /* copies body once */
void session_drop_blobs(struct session *s);

/* ---- announce.c ---- */
MUST_USE enum status announce_peers(struct session *s);
MUST_USE enum status announce_hellos(struct session *s);
MUST_USE enum status announce_evidences(struct session *s);
MUST_USE enum status announce_admitted(struct session *s);
MUST_USE enum status announce_committed(struct session *s);
MUST_USE enum status announce_release(struct session *s);
MUST_USE enum status announce_bundles(struct session *s);
MUST_USE enum status announce_done(struct session *s);
MUST_USE enum status announce_abort(struct session *s);
MUST_USE enum status grant_steps(struct session *s);
MUST_USE enum status relay_renewals(struct session *s); /* once all have posted theirs */

/* ---- deadline.c ---- */
bool is_committed(const struct session *s); /* past the commit point */
enum phase slowest_phase(const struct session *s);
uint32_t slowest_step(const struct session *s);
bool is_slowest(const struct session *s, unsigned party);
bool is_renewing(const struct session *s); /* some have posted renewed evidence, not all */
void abort_event(
    struct session_event *event, const struct session *s, int64_t now_s, enum status why, const char *blame);
void clean_text(char *text); /* what a party wrote and people will read */
void clean_ascii(char *text);

#endif
