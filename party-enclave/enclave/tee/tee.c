#include "tee.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct enclave_tee *self; /* of this process; set once, in tee_main() */

_Noreturn static void leave(const struct problem *p, enum status st)
{
	fprintf(stderr, "%s: %s%s%s [%s]\n", self->name, p->where, p->where[0] ? ": " : "",
	    p->message[0] ? p->message : status_title(st), status_code(st));
	_exit(status_exit(st));
}

/* Under Gramine the manifest says which files and calls exist, and it is measured; the enclave's memory is the wall. */
static enum status own_walls(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return ST_OK;
}

static enum status quote_here(
    void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence, struct buf *collateral)
{
	struct problem p = {0};

	(void)ctx;
	enum status st = self->produce(kind, evidence, collateral, report_data, &p);
	if (st != ST_OK)
		fprintf(stderr, "%s: %s: %s [%s]\n", self->name, p.where, p.message, status_code(st));
	return st;
}

static enum status parse(const char **address, int argc, char **argv, struct problem *p)
{
	*address = NULL;
	if (argc == 3 && strcmp(argv[1], "--listen") == 0)
		*address = argv[2];
	else if (argc != 1)
		return problem_set(p, ST_ARGUMENT, "command line",
		    "[--listen vsock:PORT | unix:PATH | tcp:ADDRESS:PORT]", "an argument is wrong");
	return ST_OK;
}

void tee_main(const struct enclave_tee *tee, int argc, char **argv)
{
	struct enclave_program program = {.quote = tee->own_walls ? quote_here : quoter_ask,
	    .walls = tee->own_walls ? own_walls : sandbox_enter,
	    .anchors = tee->anchors};
	struct problem p = {0};
	const char *address;
	enum status st;

	self = tee;
	TRY(parse(&address, argc, argv, &p));
	TRY(channel_open(address, &p));
	if (!tee->own_walls) {
		TRY(quoter_start(tee, &p));
		syscall(SYS_close_range, TEE_FD + 1, ~0U, 0);
	}
	enclave_session(&program);
out:
	leave(&p, st);
}
