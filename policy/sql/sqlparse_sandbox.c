#include "sqlparse.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CPU_S = 5, MEMORY_BYTES = 256 << 20 };

/* Address space beyond what is mapped already, so that the limit means the same however the program was linked. */
static bool limit_memory(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	int fields = f ? fscanf(f, "%lu", &pages) : 0;
	struct rlimit limit;

	if (f)
		fclose(f);
	if (fields != 1)
		return false;
	limit.rlim_cur = limit.rlim_max = pages * (rlim_t)sysconf(_SC_PAGESIZE) + MEMORY_BYTES;
	return setrlimit(RLIMIT_AS, &limit) == 0;
}

static bool limit_rest(void)
{
	static const struct {
		__rlimit_resource_t what;
		rlim_t value;
	} limits[] = {{RLIMIT_CPU, CPU_S}, {RLIMIT_FSIZE, 1 << 20}, {RLIMIT_CORE, 0}, {RLIMIT_NOFILE, 16}};

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct rlimit limit = {limits[i].value, limits[i].value};

		if (setrlimit(limits[i].what, &limit) != 0)
			return false;
	}
	return true;
}

/* The parser catches its own messages by moving descriptor 2 into a pipe and back, hence dup, dup2 and pipe. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
    SCMP_SYS(fcntl),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstat),
    SCMP_SYS(brk),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(tgkill),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getrandom),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* The C library asks these and takes no for an answer (free() reads vm.overcommit_memory before it gives memory back). */
static const int denied[] = {
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(readlink), SCMP_SYS(sysinfo), SCMP_SYS(prlimit64)};

static bool filter_calls(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool good = ctx && seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1) == 0;

	for (size_t i = 0; good && i < sizeof allowed / sizeof allowed[0]; i++)
		good = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
	for (size_t i = 0; good && i < sizeof denied / sizeof denied[0]; i++)
		good = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), denied[i], 0) == 0;
	good = good && seccomp_load(ctx) == 0;
	if (ctx)
		seccomp_release(ctx);
	return good;
}

bool sandbox_enter(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	       limit_memory() && limit_rest() && filter_calls();
}
