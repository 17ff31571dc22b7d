/*
 * Stands in the enclave's place and tries what an enclave must not be able to do. One byte on descriptor 3 says what; the answer, text,
 * goes back on 3. What may be the end of a process is tried in a child of its own, forked before the filter stands.
 */
#include "program.h"

#include "attempts.h"
#include "base/arena.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* As the enclave leaves: nothing runs at exit. */
static void leave(int code)
{
	syscall(SYS_exit_group, code);
}

static void try_files(void)
{
	static const char *const paths[] = {"/etc/passwd", "/proc/self/mem", "/dev/mem", "/tmp", "/", "/sys"};
	int fd = -1;

	for (size_t i = 0; i < sizeof paths / sizeof *paths && fd < 0; i++)
		fd = open(paths[i], O_RDONLY);
	if (fd < 0)
		fd = open("/new", O_CREAT | O_WRONLY, 0600);
	if (fd < 0)
		fd = open("/parley-enclave", O_RDWR);
	dprintf(HOST_FD, "%s\n", fd < 0 ? "nothing opens" : "a file was opened");
}

static void try_network(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int s = socket(AF_INET, SOCK_STREAM, 0);
	int rv = s < 0 ? -1 : connect(s, (struct sockaddr *)&to, sizeof to);
	int listening = s < 0 ? -1 : bind(s, (struct sockaddr *)&to, sizeof to);

	dprintf(HOST_FD, "%s\n", rv != 0 && errno != ECONNREFUSED && listening != 0 ? "no network" : "network");
}

static void try_world(void)
{
	struct utsname name;

	uname(&name);
	dprintf(HOST_FD, "pid %d parent %d host %s root %d environment %d\n", getpid(), getppid(), name.nodename, geteuid() == 0,
	    environ && environ[0]);
}

static void try_privileges(void)
{
	struct rlimit core;

	getrlimit(RLIMIT_CORE, &core);
	int mounted = mount("tmpfs", "/", "tmpfs", 0, NULL), namespaces = (int)syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */);
	dprintf(HOST_FD, "mount %d namespaces %d chroot %d no-new-privileges %d core %d\n", mounted, namespaces, chroot("/"),
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), core.rlim_cur != 0);
}

static void try_descriptors(void)
{
	int open_ones = 0;

	for (int fd = 0; fd < 1024; fd++)
		open_ones += fcntl(fd, F_GETFD) >= 0;
	dprintf(HOST_FD, "%d descriptors\n", open_ones);
}

/* How a child ended that went behind the filter, or not, and then did `run`: "refused", "came through", or the signal. */
static const char *outcome_of(long (*run)(void), bool filtered)
{
	static char text[32];
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		signal(SIGSEGV, SIG_DFL); /* not a sanitizer's */
		if (filtered && sandbox_enter() != ST_OK)
			leave(9);
		leave(run() < 0 ? 1 : 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return "no child";
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 0 ? "came through" : WEXITSTATUS(status) == 1 ? "refused" : "no filter";
	snprintf(text, sizeof text, "signal %d", WTERMSIG(status));
	return text;
}

static void try_attempts(bool filtered)
{
	for (unsigned i = 0; i < n_attempts; i++)
		dprintf(HOST_FD, "%s: %s\n", attempts[i].name, outcome_of(attempts[i].run, filtered));
}

/* Every number of the table, and the same in the x32 table; what does not end the process is named. */
static long number;
static long call_number(void)
{
	return syscall(number, 0L, 0L, 0L, 0L, 0L, 0L);
}
static bool may_block_or_end(long nr)
{
	enum { URETPROBE = 335, UPROBE = 336 };

	if (nr == URETPROBE || nr == UPROBE)
		return true;
	return nr == SYS_ppoll || nr == SYS_exit || nr == SYS_exit_group || nr == SYS_rt_sigreturn || nr == SYS_restart_syscall;
}
static void try_every_number(void)
{
	for (long table = 0; table <= 0x40000000; table += 0x40000000)
		for (long nr = 0; nr < 512; nr++) {
			number = table + nr;
			if ((table || !may_block_or_end(nr)) && strcmp(outcome_of(call_number, true), "signal 31") != 0)
				dprintf(HOST_FD, "%ld ", number);
		}
	dprintf(HOST_FD, "\n");
}

/* Not in the executable, nor anywhere else in memory, until it is written where it is looked for. */
static void fill(uint8_t *p, uint8_t seed)
{
	for (unsigned i = 0; i < 96; i++)
		p[i] = (uint8_t)(seed + i * (i + 3));
}

/* Holds a key and a share in the places made for them, while the test looks at this process from outside. */
static void hold_secrets(void)
{
	struct arena arena;
	char byte;
	uint8_t *key = secret_alloc(96), *share = arena_init(&arena, 1 << 20) ? arena_take(&arena, 96) : NULL;

	if (!key || !share || sandbox_enter() != ST_OK)
		leave(1);
	fill(key, 11);
	fill(share, 12);
	(void)!write(HOST_FD, "ready\n", 6);
	(void)!read(HOST_FD, &byte, 1);
	leave(0);
}

/* secret_alloc() puts the end of 128 bytes against a guard page; in front of them lie a canary and the rest of their page. */
static volatile uint8_t *guarded;
static long read_behind(void) { return guarded[128]; }
static long read_before(void) { return *(volatile uint8_t *)(((uintptr_t)guarded & ~(uintptr_t)4095) - 1); }
static long read_inside(void) { return guarded[0] + guarded[127]; }
static void try_guards(void)
{
	guarded = secret_alloc(128);
	dprintf(HOST_FD, "inside: %s\n", outcome_of(read_inside, false));
	dprintf(HOST_FD, "behind: %s\n", outcome_of(read_behind, false));
	dprintf(HOST_FD, "before: %s\n", outcome_of(read_before, false));
}

/* Evidence over 64 bytes of the letter 'r', as the launcher signs it. */
static void ask_for_evidence(void)
{
	uint8_t report_data[HASH_LEN];
	struct buf evidence = {0}, collateral = {0};
	uint32_t kind = 0;

	memset(report_data, 'r', sizeof report_data);
	if (sandbox_enter() != ST_OK || tee_quote(NULL, report_data, &kind, &evidence, &collateral) != ST_OK ||
	    write(HOST_FD, evidence.ptr, evidence.len) != (ssize_t)evidence.len)
		leave(1);
	leave(0);
}

/* What an enclave needs still works. */
static void try_permitted(void)
{
	uint8_t *large = malloc(64 << 20), random[32];

	if (large && getrandom(random, sizeof random, 0) == sizeof random) {
		memcpy(large, random, sizeof random);
		large = realloc(large, 128 << 20);
		if (write(HOST_FD, "works\n", 6) == 6 && large)
			leave(0);
	}
	leave(1);
}

int main(void)
{
	char what = 0;

	if (crypto_init() != ST_OK || read(HOST_FD, &what, 1) != 1)
		return 1;
	switch (what) {
	case 'F': try_files(); break;
	case 'N': try_network(); break;
	case 'W': try_world(); break;
	case 'P': try_privileges(); break;
	case 'D': try_descriptors(); break;
	case 'A': try_attempts(false); break;
	case 'B': try_attempts(true); break;
	case 'S': try_every_number(); break;
	case 'G': try_guards(); break;
	case 'M': hold_secrets(); break;
	case 'E': ask_for_evidence(); break;
	case 'g':
		if (sandbox_enter() == ST_OK)
			try_permitted();
		break;
	default: break;
	}
	leave(0);
	return 1;
}
