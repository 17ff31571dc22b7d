/*
 * The party core: the whole trusted program of one session, between a host it does not believe and a TEE device.
 * The same objects run in `parley-enclave` (sockets) and in the simulator (virtual time). Blocking, single threaded; reaches the
 * outside only through struct party_env: no clock, no files, no sockets, no randomness of its own.
 *
 *   BOOT → HELLO → HELLOS → EVIDENCE → EVIDENCES → channels, ADMIT → DATA → COMMIT → view → GRANT/steps → view → CONFIRM →
 *   RELEASE → PART…, RECEIPT → end.       Any failure: FAULT, all keys and shares wiped, end.
 */
#ifndef ENCLAVE_PARTY_H
#define ENCLAVE_PARTY_H

#include "base/buf.h"
#include "base/crypto.h"
#include "proto/boundary.h"

struct att_anchors; /* attest/attest.h */

struct party_env {
	void *ctx;
	/* One whole frame to the host; has taken the bytes when it returns. While the host does not read, the implementation
	 * must keep accepting incoming frames, or two enclaves that both send would wait for each other for ever. */
	enum status (*frame_out)(void *ctx, enum frame_type type, uint8_t peer, struct slice body);
	/* Next frame from the host; blocks; body valid until the next call. ST_CLOSED when the host is gone. */
	enum status (*frame_in)(void *ctx, struct frame *out);
	/* Evidence over 64 bytes of report data, from the TEE device; collateral: a bundle that it had besides, or left empty. */
	enum status (*quote)(void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence, struct buf *collateral);
	const struct att_anchors *anchors; /* vendors' roots: the program's one table, or a test's; borrowed */
	struct random rng;
	size_t arena_max; /* bytes of share memory that may be reserved */
	bool memory_locked; /* the evidence promises it: share memory that does not lock is ST_TEE_MEMORY */
};

/* Runs one session to its end. ST_OK after RECEIPT; else the status that also went out as FAULT. */
MUST_USE enum status party_run(const struct party_env *env);

#endif
