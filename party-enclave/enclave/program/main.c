/*
 * parley-enclave: the trusted program. Started by a launcher that has measured it, with descriptor 3 to its host and
 * descriptor 4 to the TEE device. It takes no arguments and reads no environment: all it is told comes in frames.
 */
#include "program.h"

#include "attest/attest.h"
#include "base/arena.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct world {
	struct host_link link;
};

/* The launcher claims locked memory when the limit allows the largest arena; then one that does not lock is the end. */
static bool lock_promised(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur >= ARENA_LOCK_BYTES;
}

static enum status run(struct world *w)
{
	struct party_env env = {.ctx = &w->link, .frame_out = host_link_out, .frame_in = host_link_in, .quote = tee_quote,
	    .anchors = &att_anchors_production, .rng = random_system, .arena_max = ARENA_SESSION_MAX, .memory_locked = lock_promised()};
	enum status st;

	signal(SIGPIPE, SIG_IGN);
	TRY(crypto_init());
	TRY(host_link_open(&w->link, HOST_FD));
	TRY(sandbox_enter());
	TRY(party_run(&env));
out:
	return st;
}

int main(void)
{
	static struct world w;
	enum status st = run(&w);

	/* not exit(), nor _exit() that a sanitizer takes over: nothing of ours is left to flush, and whatever runs at exit
	 * may want what the walls forbid */
	syscall(SYS_exit_group, status_exit(st));
	return EXIT_CODE_BUG;
}
