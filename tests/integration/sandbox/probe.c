/*
 * Stands in the enclave's place and tries what an enclave must not be able to do. One byte on descriptor 3 says what to try: a capital
 * letter before the seccomp filter is in place (the answer, a line of text, goes back on 3), a small one behind it.
 */
#include "program.h"

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
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
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

/* Behind the filter: each of these is the end of the process. */
static void try_forbidden(char what)
{
	static char *const none[] = {NULL};
	char *page;

	switch (what) {
	case 'o': open("/parley-enclave", O_RDONLY); break;
	case 's': socket(AF_UNIX, SOCK_STREAM, 0); break;
	case 'f': fork(); break;
	case 'x': execve("/parley-enclave", none, none); break;
	case 'p': ptrace(PTRACE_TRACEME, 0, 0, 0); break;
	case 'k': kill(1, SIGTERM); break;
	case 'd': (void)!dup(HOST_FD); break;
	case 'n': syscall(SYS_unshare, 0x10000000); break;
	case 'i': syscall(SYS_io_uring_setup, 8, 0); break;
	case 'v': syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0); break;
	case 'c': syscall(SYS_clock_gettime, 0, 0); break;
	case 'm': mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); break;
	case 'r':
		page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		mprotect(page, 4096, PROT_READ | PROT_EXEC);
		break;
	case 'h': mmap(NULL, 4096, PROT_READ, MAP_SHARED, HOST_FD, 0); break;
	case '3': __asm__ volatile("int $0x80" : : "a"(20) : "memory"); break; /* getpid of the 32-bit table */
	default: break;
	}
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

	if (read(HOST_FD, &what, 1) != 1)
		return 1;
	switch (what) {
	case 'F': try_files(); leave(0); break;
	case 'N': try_network(); leave(0); break;
	case 'W': try_world(); leave(0); break;
	case 'P': try_privileges(); leave(0); break;
	case 'D': try_descriptors(); leave(0); break;
	default: break;
	}
	if (sandbox_enter() != ST_OK)
		return 2;
	if (what == 'g')
		try_permitted();
	try_forbidden(what);
	leave(0); /* it came through */
	return 1;
}
