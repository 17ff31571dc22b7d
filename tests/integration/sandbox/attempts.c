/* Each forbidden thing as an attacker inside would start it. Raw system calls: no library wrapper may soften one. */
#include "attempts.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define EXE "/parley-enclave"
enum { HOST = 3, NOBODY_HERE = 4242, ETHERNET_ALL = 0x0300 };
static char *const none[] = {NULL};

static long try_open(const char *path, int flags)
{
	return syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
}

static long open_executable(void) { return try_open(EXE, O_RDONLY); }
static long open_passwd(void) { return try_open("/etc/passwd", O_RDONLY); }
static long open_root_folder(void) { return try_open("/", O_PATH); }
static long open_device(void) { return try_open("/dev/mem", O_RDONLY); }
static long open_sys(void) { return try_open("/sys", O_RDONLY); }
static long create_file(void) { return try_open("/new", O_CREAT | O_WRONLY); }
static long write_executable(void) { return try_open(EXE, O_RDWR); }
static long openat2_passwd(void)
{
	uint64_t how[3] = {0};
	return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how);
}
static long unlink_executable(void) { return syscall(SYS_unlinkat, AT_FDCWD, EXE, 0); }
static long rename_executable(void) { return syscall(SYS_rename, EXE, "/other"); }
static long link_executable(void) { return syscall(SYS_link, EXE, "/other"); }
static long make_folder(void) { return syscall(SYS_mkdirat, AT_FDCWD, "/folder", 0700); }
static long make_device(void) { return syscall(SYS_mknodat, AT_FDCWD, "/null", S_IFCHR | 0600, 0x103); }
static long change_mode(void) { return syscall(SYS_fchmodat, AT_FDCWD, EXE, 0777); }
static long truncate_executable(void) { return syscall(SYS_truncate, EXE, 0L); }
static long stat_executable(void)
{
	struct stat about;
	return syscall(SYS_newfstatat, AT_FDCWD, EXE, &about, 0);
}
static long list_root(void)
{
	char entries[512];
	return syscall(SYS_getdents64, try_open("/", O_RDONLY | O_DIRECTORY), entries, sizeof entries);
}
static long open_by_handle(void)
{
	struct { unsigned bytes; int type; char handle[8]; } h = {8, 1, {0}};
	return syscall(SYS_open_by_handle_at, AT_FDCWD, &h, O_RDONLY);
}
static long watch_files(void) { return syscall(SYS_inotify_init1, 0); }

static long proc_own_memory(void) { return try_open("/proc/self/mem", O_RDWR); }
static long proc_own_maps(void) { return try_open("/proc/self/maps", O_RDONLY); }
static long proc_of_init(void) { return try_open("/proc/1/environ", O_RDONLY); }
static long proc_kernel_core(void) { return try_open("/proc/kcore", O_RDONLY); }
static long proc_mount_it(void) { return syscall(SYS_mount, "proc", "/", "proc", 0L, NULL); }

static long socket_local(void) { return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0); }
static long socket_pair(void)
{
	int ends[2];
	return syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, ends);
}
static long with_address(long call, uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	long s = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	return s < 0 ? s : syscall(call, s, &to, sizeof to);
}
static long connect_loopback(void) { return with_address(SYS_connect, 22); }
static long bind_port(void) { return with_address(SYS_bind, 80); }
static long connect_abstract(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "\0/tmp/.X11-unix/X0"};
	long s = syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
	return s < 0 ? s : syscall(SYS_connect, s, &to, (int)(offsetof(struct sockaddr_un, sun_path) + 18));
}
static long packet_socket(void) { return syscall(SYS_socket, AF_PACKET, SOCK_RAW, ETHERNET_ALL); }
static long raw_socket(void) { return syscall(SYS_socket, AF_INET, SOCK_RAW, IPPROTO_RAW); }
static long netlink_socket(void) { return syscall(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); }
static long receive_descriptor(void)
{
	char control[64], byte;
	struct iovec one = {&byte, 1};
	struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	return syscall(SYS_recvmsg, HOST, &m, MSG_DONTWAIT);
}
static long send_message(void)
{
	struct msghdr m = {0};
	return syscall(SYS_sendmsg, HOST, &m, MSG_DONTWAIT);
}

/* Whoever comes out of it ends at once: the parent alone reports. */
static long parent_only(long pid)
{
	if (pid == 0)
		syscall(SYS_exit_group, 0);
	return pid;
}
static long fork_process(void) { return parent_only(syscall(SYS_fork)); }
static long vfork_process(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return parent_only(syscall(SYS_fork)); /* the runtime does not survive a shared stack */
#else
	return parent_only(syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L));
#endif
}
static long clone_thread(void) { return parent_only(syscall(SYS_clone, CLONE_FS | CLONE_FILES | SIGCHLD, 0L, 0L, 0L, 0L)); }
static long clone3_process(void)
{
	uint64_t args[8] = {[4] = SIGCHLD}; /* clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, … */
	return parent_only(syscall(SYS_clone3, args, sizeof args));
}
static long exec_shell(void) { return syscall(SYS_execve, "/bin/sh", none, none); }
static long exec_self(void)
{
	long pid = syscall(SYS_fork);
	if (pid == 0) {
		syscall(SYS_execve, EXE, none, none);
		syscall(SYS_exit_group, 1);
	}
	return pid;
}
static long exec_by_descriptor(void)
{
	long fd = try_open(EXE, O_RDONLY), pid = fd < 0 ? fd : syscall(SYS_fork);
	if (pid == 0) {
		syscall(SYS_execveat, fd, "", none, none, AT_EMPTY_PATH);
		syscall(SYS_exit_group, 1);
	}
	return pid;
}
static long trace_me(void) { return syscall(SYS_ptrace, PTRACE_TRACEME, 0L, 0L, 0L); }
static long trace_other(void) { return syscall(SYS_ptrace, PTRACE_SEIZE, NOBODY_HERE, 0L, 0L); }
static long read_other(void)
{
	char byte;
	struct iovec mine = {&byte, 1}, theirs = {(void *)0x1000, 1};
	return syscall(SYS_process_vm_readv, NOBODY_HERE, &mine, 1L, &theirs, 1L, 0L);
}
static long write_other(void)
{
	char byte = 0;
	struct iovec mine = {&byte, 1}, theirs = {(void *)0x1000, 1};
	return syscall(SYS_process_vm_writev, NOBODY_HERE, &mine, 1L, &theirs, 1L, 0L);
}
static long kill_other(void) { return syscall(SYS_kill, NOBODY_HERE, SIGKILL); }
static long kill_everyone(void) { return syscall(SYS_kill, -NOBODY_HERE, SIGKILL); }
static long kill_thread(void) { return syscall(SYS_tgkill, NOBODY_HERE, NOBODY_HERE, SIGKILL); }
static long pidfd_other(void) { return syscall(SYS_pidfd_open, NOBODY_HERE, 0); }
static long compare_processes(void) { return syscall(SYS_kcmp, NOBODY_HERE, NOBODY_HERE, 0, 0L, 0L); }
static long set_user(void) { return syscall(SYS_setuid, 0); }
static long set_group(void) { return syscall(SYS_setgid, 0); }
static long drop_groups(void) { return syscall(SYS_setgroups, 0L, NULL); }
static long set_capabilities(void)
{
	struct { uint32_t version; int pid; } head = {0x20080522, 0};
	uint32_t sets[6] = {~0u, ~0u, 0, ~0u, ~0u, 0};
	return syscall(SYS_capset, &head, sets);
}
static long lower_nice(void) { return syscall(SYS_setpriority, PRIO_PROCESS, 0, -10); }

static long mount_tmpfs(void) { return syscall(SYS_mount, "tmpfs", "/", "tmpfs", 0L, NULL); }
static long mount_remount(void) { return syscall(SYS_mount, NULL, "/", NULL, (long)(MS_REMOUNT | MS_BIND), NULL); }
static long unmount_root(void) { return syscall(SYS_umount2, "/", MNT_DETACH); }
static long open_tree_root(void) { return syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */); }
static long filesystem_open(void) { return syscall(SYS_fsopen, "proc", 0); }
static long pivot_root(void) { return syscall(SYS_pivot_root, ".", "."); }
static long change_root(void) { return syscall(SYS_chroot, "/"); }
static long unshare_mounts(void) { return syscall(SYS_unshare, CLONE_NEWNS); }
static long unshare_user(void) { return syscall(SYS_unshare, CLONE_NEWUSER); }
static long enter_namespace(void) { return syscall(SYS_setns, HOST, 0); }
static long set_host_name(void) { return syscall(SYS_sethostname, "mine", 4L); }

static long bpf_program(void)
{
	uint64_t attr[16] = {1, 8};
	return syscall(SYS_bpf, 5 /* BPF_PROG_LOAD */, attr, sizeof attr);
}
static long perf_counter(void)
{
	uint32_t attr[28] = {1, sizeof attr};
	return syscall(SYS_perf_event_open, attr, 0, -1, -1, 0L);
}
static long keyring_read(void) { return syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -3, 0, 0, 0); }
static long keyring_add(void) { return syscall(SYS_add_key, "user", "a", "b", 1L, -2); }
static long ring_setup(void)
{
	uint8_t params[120] = {0};
	return syscall(SYS_io_uring_setup, 8, params);
}
static long fault_handler(void) { return syscall(SYS_userfaultfd, O_CLOEXEC | 1); }
static long load_module(void) { return syscall(SYS_init_module, "x", 1L, ""); }
static long load_kernel(void) { return syscall(SYS_kexec_load, 0L, 0L, NULL, 0L); }
static long reboot_machine(void) { return syscall(SYS_reboot, 0xfee1dead, 672274793, 0 /* CAD_OFF: harmless were it permitted */, NULL); }
static long port_access(void) { return syscall(SYS_ioperm, 0x80L, 1L, 1); }
static long port_level(void) { return syscall(SYS_iopl, 3); }
static long swap_on(void) { return syscall(SYS_swapon, EXE, 0); }
static long accounting(void) { return syscall(SYS_acct, EXE); }
static long set_clock(void)
{
	struct timeval now = {-1, -1}; /* not a time: harmless were it permitted */
	return syscall(SYS_settimeofday, &now, NULL);
}
static long read_clock(void)
{
	int64_t now[2];
	return syscall(SYS_clock_gettime, 0, now);
}
static long read_log(void) { return syscall(SYS_syslog, 10 /* SIZE_BUFFER */, NULL, 0); }
static long quota(void) { return syscall(SYS_quotactl, 0x80000200, "/", 0, NULL); }
static long watch_everything(void) { return syscall(SYS_fanotify_init, 0x04 /* FAN_CLASS_CONTENT */, 0); }
static long add_filter(void) { return syscall(SYS_seccomp, 2 /* GET_ACTION_AVAIL */, 0, &(uint32_t){0}); }
static long change_rules(void) { return syscall(SYS_landlock_create_ruleset, NULL, 0L, 1); }
static long personality_change(void) { return syscall(SYS_personality, 0xffffffffL); }

static long memory_file(void) { return syscall(SYS_memfd_create, "code", 0); }
static long map(int protection, int flags, int fd)
{
	return syscall(SYS_mmap, 0L, 4096L, protection, flags, fd, 0L) == -1 ? -1 : 0;
}
static long map_executable(void) { return map(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1); }
static char page[8192] __attribute__((aligned(4096)));
static long make_executable(void) { return syscall(SYS_mprotect, page, 4096L, PROT_READ | PROT_EXEC); }
static long map_descriptor(void)
{
	long fd = try_open(EXE, O_RDONLY);
	return fd < 0 ? fd : map(PROT_READ, MAP_PRIVATE, (int)fd);
}
static long key_protect_executable(void) { return syscall(SYS_pkey_mprotect, page, 4096L, PROT_READ | PROT_EXEC, -1); }
static long shared_memory(void) { return syscall(SYS_shmget, IPC_PRIVATE, 4096L, 0600); }
static long message_queue(void) { return syscall(SYS_msgget, IPC_PRIVATE, 0600); }
static long make_dumpable(void) { return syscall(SYS_prctl, PR_SET_DUMPABLE, 1L, 0L, 0L, 0L); }
static long raise_core_limit(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	return syscall(SYS_prlimit64, 0, RLIMIT_CORE, &all, NULL);
}
static long unlock_everything(void) { return syscall(SYS_munlockall); }

static long duplicate(void) { return syscall(SYS_dup, HOST); }
static long control_descriptor(void) { return syscall(SYS_fcntl, HOST, F_GETFD); }
static long control_device(void)
{
	int waiting;
	return syscall(SYS_ioctl, HOST, 0x541b /* FIONREAD */, &waiting);
}
static long steal_descriptor(void) { return syscall(SYS_pidfd_getfd, HOST, 0, 0); }
static long close_descriptor(void) { return syscall(SYS_close, 0); }

static long call_of_32_bits(void)
{
	__asm__ volatile("int $0x80" : : "a"(20) : "memory"); /* getpid of the 32-bit table */
	return 0;
}
static long call_of_x32(void) { return syscall(0x40000000 + SYS_getpid); }

const struct attempt attempts[] = {
#define X(name, wall) {#name, wall, name},
    ATTEMPTS(X)
#undef X
};
const unsigned n_attempts = sizeof attempts / sizeof *attempts;
