/*
 * The last wall, built from inside: the launcher's namespaces and Landlock keep the world away from this process; this
 * seccomp filter (an allow-list, x86-64) keeps the process from asking. Nothing that opens, connects, executes, forks or
 * traces is in the list; memory is anonymous and never executable; the descriptors are those that are open already.
 */
#include "program.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ARG_LOW(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n])) /* little endian */
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), RETURN(SECCOMP_RET_ALLOW)
/* the `length` instructions after it are skipped for any other call */
#define CALL(call, length) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, (length))
#define UNLESS_SET(bits, skip) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, (skip))

static struct sock_filter allowed[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    ALLOW(read),
    ALLOW(write),
    ALLOW(readv),
    ALLOW(writev),
    ALLOW(poll),
    ALLOW(ppoll),
    ALLOW(futex),
    ALLOW(getrandom),
    ALLOW(getpid), /* libcrypto's generator looks for forks whenever it is used (base/crypto/init.c) */
    ALLOW(munmap),
    ALLOW(mremap),
    ALLOW(madvise),
    ALLOW(mlock),
    ALLOW(mlock2),
    ALLOW(munlock),
    ALLOW(brk),
    ALLOW(rt_sigreturn),
    ALLOW(restart_syscall),
    ALLOW(exit),
    ALLOW(exit_group),
    /* mprotect: not PROT_EXEC */
    CALL(mprotect, 4),
    ARG_LOW(2),
    UNLESS_SET(PROT_EXEC, 1),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    RETURN(SECCOMP_RET_ALLOW),
    /* mmap: not PROT_EXEC, anonymous */
    CALL(mmap, 7),
    ARG_LOW(2),
    UNLESS_SET(PROT_EXEC, 1),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    ARG_LOW(3),
    UNLESS_SET(MAP_ANONYMOUS, 1),
    RETURN(SECCOMP_RET_ALLOW),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    RETURN(SECCOMP_RET_KILL_PROCESS), /* every other call */
};

enum status sandbox_enter(void)
{
	const struct rlimit none = {0, 0};
	struct sock_fprog program = {sizeof allowed / sizeof *allowed, allowed};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return ST_TEE;
	return ST_OK;
}
