/* One session in this process: walls up, then the party core. What differs between programs comes in as a table. */
#include "program.h"

#include "base/arena.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The launcher claims locked memory when the limit allows the largest arena; then one that does not lock is the end. */
static bool lock_promised(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur >= ARENA_LOCK_BYTES;
}

static enum status run(const struct enclave_program *p)
{
	static struct host_link link;
	struct party_env env = {.ctx = &link,
	    .frame_out = host_link_out,
	    .frame_in = host_link_in,
	    .quote = p->quote,
	    .anchors = p->anchors,
	    .rng = random_system,
	    .arena_max = ARENA_SESSION_MAX,
	    .memory_locked = lock_promised()};
	enum status st;

	signal(SIGPIPE, SIG_IGN);
	TRY(crypto_init());
	TRY(host_link_open(&link, HOST_FD));
	TRY(p->walls());
	TRY(party_run(&env));
out:
	return st;
}

void enclave_session(const struct enclave_program *p)
{
	enum status st = run(p);

	/* not exit(), nor _exit() that a sanitizer takes over: nothing of ours is left to flush, and whatever runs at exit
	 * may want what the walls forbid */
	syscall(SYS_exit_group, status_exit(st));
	__builtin_unreachable();
}
