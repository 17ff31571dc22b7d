/*
 * Frame: len u32, type u8, peer u8, zero u16, little endian, then the body.
 *
 *   COLD --BOOT--> HELLO_SENT --HELLOS--> EVIDENCE_SENT --EVIDENCES--> CHANNELS --all ADMITs--> ADMITTED --DATA_END-->
 *   COMMITTED --first step granted--> RUNNING --last step, views equal--> CONFIRMED --RELEASE--> ENDED
 *   any state but ENDED: ABORT, or anything that is not permitted --> ENDED
 *
 * TIME and RENEWALS are answers: the enclave takes one only while it waits for it.
 * A peer's enclave may be one state ahead of ours, so PEER frames are taken from EVIDENCE_SENT on and queued.
 */
#include "proto/boundary.h"

#define BIT(type) (1U << (type))

static const uint32_t permitted[ENC_STATES] = {
    [ENC_COLD] = BIT(FRAME_BOOT),
    [ENC_HELLO_SENT] = BIT(FRAME_HELLOS) | BIT(FRAME_ABORT),
    [ENC_EVIDENCE_SENT] = BIT(FRAME_EVIDENCES) | BIT(FRAME_PEER) | BIT(FRAME_ABORT),
    [ENC_CHANNELS] = BIT(FRAME_PEER) | BIT(FRAME_ABORT),
    [ENC_ADMITTED] = BIT(FRAME_PROVIDED) | BIT(FRAME_DATA) | BIT(FRAME_DATA_END) | BIT(FRAME_BENCH) | BIT(FRAME_PEER) | BIT(FRAME_ABORT),
    [ENC_COMMITTED] = BIT(FRAME_PEER) | BIT(FRAME_GRANT) | BIT(FRAME_TIME) | BIT(FRAME_RENEWALS) | BIT(FRAME_ABORT),
    [ENC_RUNNING] = BIT(FRAME_PEER) | BIT(FRAME_GRANT) | BIT(FRAME_TIME) | BIT(FRAME_RENEWALS) | BIT(FRAME_ABORT),
    [ENC_CONFIRMED] = BIT(FRAME_RELEASE) | BIT(FRAME_ABORT),
    [ENC_ENDED] = 0,
};

bool boundary_permits(enum enclave_state state, enum frame_type type)
{
	if ((unsigned)state >= ENC_STATES || type < FRAME_BOOT || type > FRAME_PROVIDED)
		return false;
	return (permitted[state] & BIT(type)) != 0;
}

static bool is_type(unsigned type)
{
	return (type >= FRAME_BOOT && type <= FRAME_PROVIDED) || (type >= FRAME_HELLO && type <= FRAME_RENEWAL);
}

void frame_header(uint8_t out[static FRAME_HEADER_LEN], enum frame_type type, uint8_t peer, size_t body_len)
{
	put_u32le(out, (uint32_t)body_len);
	out[4] = (uint8_t)type;
	out[5] = peer;
	put_u16le(out + 6, 0);
}

enum status frame_header_parse(const uint8_t header[static FRAME_HEADER_LEN], enum frame_type *type, uint8_t *peer,
    size_t *body_len)
{
	struct reader r = {.rest = {header, FRAME_HEADER_LEN}};
	uint32_t len = rd_u32le(&r);
	uint8_t kind = rd_u8(&r);
	uint8_t number = rd_u8(&r);
	uint16_t zero = rd_u16le(&r);

	if (!is_type(kind) || zero != 0)
		return ST_FORMAT;
	if (len > FRAME_BODY_MAX)
		return ST_TOO_LARGE;
	*type = (enum frame_type)kind;
	*peer = number;
	*body_len = len;
	return ST_OK;
}

const char *frame_name(enum frame_type type)
{
	static const char *const names[] = {[FRAME_BOOT] = "BOOT", [FRAME_HELLOS] = "HELLOS",
	    [FRAME_EVIDENCES] = "EVIDENCES", [FRAME_PEER] = "PEER", [FRAME_DATA] = "DATA",
	    [FRAME_DATA_END] = "DATA_END", [FRAME_GRANT] = "GRANT", [FRAME_RELEASE] = "RELEASE",
	    [FRAME_BENCH] = "BENCH", [FRAME_ABORT] = "ABORT", [FRAME_HELLO] = "HELLO", [FRAME_EVIDENCE] = "EVIDENCE",
	    [FRAME_ADMITTED] = "ADMITTED", [FRAME_COMMITTED] = "COMMITTED", [FRAME_STEP] = "STEP",
	    [FRAME_CONFIRMED] = "CONFIRMED", [FRAME_PART] = "PART", [FRAME_RECEIPT] = "RECEIPT", [FRAME_MARK] = "MARK",
	    [FRAME_FAULT] = "FAULT", [FRAME_TIME] = "TIME", [FRAME_RENEWALS] = "RENEWALS", [FRAME_PROVIDED] = "PROVIDED", [FRAME_CLOCK] = "CLOCK",
	    [FRAME_RENEWAL] = "RENEWAL"};

	return is_type(type) ? names[type] : "?";
}
