/* The parts of an enclave program around the party core: its two descriptors and its walls. */
#ifndef ENCLAVE_PROGRAM_H
#define ENCLAVE_PROGRAM_H

#include "attest/attest.h"
#include "enclave/party.h"

enum { HOST_FD = 3, TEE_FD = 4 };

/* ---- host_link.c: frames over the host channel, both ways at once ---- */
struct host_link {
	int fd;
	uint8_t *in;       /* bytes read and not yet taken, [start, end) */
	size_t start, end;
};
MUST_USE enum status host_link_open(struct host_link *l, int fd);
enum status host_link_out(void *link, enum frame_type type, uint8_t peer, struct slice body);
enum status host_link_in(void *link, struct frame *out);

/* ---- tee_device.c: a packet of 64 bytes report data out; one of u32 kind and evidence in ---- */
enum status tee_quote(
    void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence, struct buf *collateral);

/* ---- sandbox.c ---- */
/* From here on: the descriptors that are open, memory, randomness, nothing else. ST_TEE when a wall cannot be built. */
MUST_USE enum status sandbox_enter(void);

/* ---- session.c ---- */
struct enclave_program {
	enum status (*quote)(void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence, struct buf *collateral);
	enum status (*walls)(void); /* entered before the first byte from the host is read */
	const struct att_anchors *anchors;
};
/* Runs one session between HOST_FD and the TEE, and ends the process with its exit code. */
_Noreturn void enclave_session(const struct enclave_program *p);

#endif
