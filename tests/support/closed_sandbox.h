/*
 * What an enclave's sandbox forbids once crypto_init() has run: to open a file, read one, ask for randomness, start a process.
 * in_child() runs in a process of its own, so that what the library loads late is loaded there.
 */
#ifndef TESTS_SUPPORT_CLOSED_SANDBOX_H
#define TESTS_SUPPORT_CLOSED_SANDBOX_H

#include "test.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit status, or minus the signal that ended it. */
static inline int in_child(int (*f)(void))
{
	int status;

	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		close(2);
		_exit(f());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#define KILL_ON(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

static inline int close_sandbox(void)
{
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    KILL_ON(SYS_open),
	    KILL_ON(SYS_openat),
	    KILL_ON(SYS_read),
	    KILL_ON(SYS_getrandom),
	    KILL_ON(SYS_socket),
	    KILL_ON(SYS_stat),
	    KILL_ON(SYS_newfstatat),
	    KILL_ON(SYS_access),
	    KILL_ON(SYS_readlink),
	    KILL_ON(SYS_clone),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {COUNT_OF(filter), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

#endif
