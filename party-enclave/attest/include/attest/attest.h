/*
 * Evidence: verified here by every peer, produced by each TEE's own producer. Pure: bytes, reference values and time
 * in; claims or the first failed check out. No I/O, no clock; the signature check allocates, nothing else does.
 *
 *   evidence     1..65536 bytes as received; hostile; borrowed
 *   ref          what the policy accepts for this party; borrowed
 *   report_data  the 64 bytes we computed: H("parley/rd/v1", sid, id, role, ek, vk)
 *   now          latest HELLO time for expiry, earliest for not-before (docs/PROTOCOL.md, section 3)
 *   out          written only on ST_OK
 *
 * First failed check: ST_ATT_FORMAT, ST_ATT_CHAIN, ST_ATT_BINDING, ST_ATT_MEASUREMENT, ST_ATT_EXPIRED, ST_ATT_DEBUG; or
 * ST_NO_MEMORY. On refusal `problem` names claim, expected and got. Formats and checks: docs/ATTESTATION.md.
 */
#ifndef ATTEST_ATTEST_H
#define ATTEST_ATTEST_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/problem.h"

enum { ATT_EVIDENCE_MAX = 65536, ATT_MEASUREMENTS_MAX = 8, ATT_UEID_LEN = 33 };

struct att_reference {
	uint32_t kind; /* policy/sealed.h enum tee_kind */
	uint8_t root[ED25519_PUBLIC_LEN]; /* software TEE: the installation's root */
	const uint8_t (*measurements)[HASH_LEN];
	uint8_t n_measurements;
	uint32_t max_age_s;
	bool debug_permitted; /* the signed policy says `debug: INSECURE` */
};
struct att_time {
	int64_t earliest_s, latest_s;
};
struct att_claims {
	uint32_t kind;
	uint8_t measurement[HASH_LEN];
	uint8_t report_data[HASH_LEN];
	uint8_t ueid[ATT_UEID_LEN]; /* type byte 0x01 (RAND) and 32 random bytes: this launch */
	int64_t issued_s;
	bool debug, memory_unlocked;
};

MUST_USE enum status att_verify(struct att_claims *out, uint32_t kind, struct slice evidence,
    const struct att_reference *ref, const uint8_t report_data[static HASH_LEN], struct att_time now,
    struct problem *problem);

/* The software TEE's producer, in the launcher: EAT under the installation's root. Appends to out (out->failed when
 * memory ran out). issued_s >= 0. */
void att_soft_produce(
    struct buf *out, const struct att_claims *claims, const uint8_t root_sk[static ED25519_SECRET_LEN]);

/* Measurement of what was launched: H("parley/measure/v1", [name, H(file)]… sorted by name). */
struct att_measured {
	const char *name;
	uint8_t hash[HASH_LEN];
};
void att_soft_measurement(uint8_t out[static HASH_LEN], struct att_measured *files, size_t n); /* sorts files */

#endif
