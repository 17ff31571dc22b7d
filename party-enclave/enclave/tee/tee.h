/*
 * The program around an enclave whose TEE has a device of its own. Two processes (docs/decisions/0018): the quoter, forked before any
 * secret exists, keeps the device and answers 64 bytes of report data with evidence; the enclave proper holds two descriptors, host and
 * quoter, and the same system-call filter as everywhere.
 *
 *   parley-enclave-X [--listen vsock:PORT | unix:PATH | tcp:ADDRESS:PORT]        without it, descriptor 3 leads to the host
 *
 * Exactly one host is accepted, then nothing listens any more. Whoever it is, it is not believed.
 */
#ifndef ENCLAVE_TEE_H
#define ENCLAVE_TEE_H

#include "base/problem.h"
#include "program.h"

struct enclave_tee {
	const char *name; /* "parley-enclave-nitro" */
	/* Appends evidence, and a bundle of collateral that the device had besides. */
	enum status (*produce)(uint32_t *kind, struct buf *evidence, struct buf *collateral,
	    const uint8_t report_data[static HASH_LEN], struct problem *p);
	const struct att_anchors *anchors;
	bool own_walls; /* the TEE is the sandbox and has no fork of use (Gramine): no quoter, no filter */
};
/* Never returns. */
_Noreturn void tee_main(const struct enclave_tee *tee, int argc, char **argv);

/* ---- channel.c ---- */
/* The host's connection becomes HOST_FD. address NULL: it is there already. ST_ARGUMENT, ST_NET_*, ST_IO; *p says which. */
MUST_USE enum status channel_open(const char *address, struct problem *p);

/* ---- quoter.c ---- */
/* Starts the quoter; TEE_FD leads to it. ST_TEE. */
MUST_USE enum status quoter_start(const struct enclave_tee *tee, struct problem *p);
enum status quoter_ask(
    void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence, struct buf *collateral);
/* One exchange of the quoter's side, for tests: false when the other side is gone. */
bool quoter_serve_one(const struct enclave_tee *tee, int fd);

#endif
