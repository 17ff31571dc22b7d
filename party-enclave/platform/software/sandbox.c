#include "sandbox.h"

#include "software/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEW_ROOT "/tmp"
_Static_assert(ENCLAVE_TEE_FD == 4, "the profile says five descriptors");

_Noreturn static void fail(const char *what)
{
	dprintf(2, "parley-launch: %s: %s [%s]\n", what, strerror(errno), status_code(ST_TEE));
	_exit(EXIT_CODE_OS);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail(path);
	close(fd);
}

/* Inside we are nobody: after the exec no capability is left, whoever started us. */
static void enter_namespaces(void)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare((int)launch_profile.namespaces) != 0)
		fail("namespaces");
	write_text("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "%u %u 1", launch_profile.id, uid);
	write_text("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "%u %u 1", launch_profile.id, gid);
	write_text("/proc/self/gid_map", map);
	if (sethostname(launch_profile.host_name, strlen(launch_profile.host_name)) != 0)
		fail("host name");
}

static void make_folders(const char *path)
{
	char part[256];

	snprintf(part, sizeof part, "%s", path);
	for (char *slash = strchr(part + strlen(NEW_ROOT) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(part, 0755) != 0 && errno != EEXIST)
			fail(part);
		*slash = '/';
	}
}

static void place_file(const struct image_file *f)
{
	char path[256], block[65536];
	ssize_t n;
	off_t at = 0;

	snprintf(path, sizeof path, NEW_ROOT "%s", f->place);
	make_folders(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0555);
	if (fd < 0)
		fail(path);
	for (; (n = pread(f->fd, block, sizeof block, at)) > 0; at += n)
		if (write(fd, block, (size_t)n) != n)
			fail(path);
	if (n < 0 || (size_t)at != f->size)
		fail(path);
	close(fd);
}

/* A tmpfs with the measured files and nothing else becomes the root; the old one is gone before anything is run. */
static void change_root(const struct image *image)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mount("tmpfs", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV, launch_profile.root_options) != 0)
		fail("root file system");
	for (size_t i = 0; i < image->n; i++)
		place_file(&image->file[i]);
	if (mount(NULL, NEW_ROOT, NULL, launch_profile.mount_flags, NULL) != 0)
		fail("read-only root");
	if (chdir(NEW_ROOT) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		fail("change of root");
}

/* linux/landlock.h of newer kernels: the bookworm headers know less than the kernels that run. */
struct ruleset {
	uint64_t fs, net, scoped;
};
struct __attribute__((packed)) beneath {
	uint64_t access;
	int32_t parent;
};
enum { LANDLOCK_VERSION = 1, LANDLOCK_BENEATH = 1 };

/* All rights that this kernel can take away are taken, but reading and running what lies in the measured root. */
static void restrict_with_landlock(void)
{
	static const unsigned fs_bits[] = {0, 13, 14, 15, 15, 16};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);

	if (abi < 1)
		return; /* `parley doctor` says so; the namespaces already leave nothing to open */
	struct ruleset rules = {.fs = (UINT64_C(1) << fs_bits[abi < 5 ? abi : 5]) - 1, .net = abi >= 4 ? 3 : 0, .scoped = abi >= 6 ? 3 : 0};
	size_t size = abi >= 6 ? sizeof rules : abi >= 4 ? 16 : 8;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0), root = open("/", O_PATH | O_CLOEXEC);
	struct beneath all = {launch_profile.file_rights, root};
	if (fd < 0 || root < 0 || syscall(SYS_landlock_add_rule, fd, LANDLOCK_BENEATH, &all, 0) != 0 || syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		fail("Landlock");
	close(fd);
	close(root);
}

static void limit_resources(void)
{
	const struct rlimit core = {launch_profile.core_bytes, launch_profile.core_bytes}, files = {launch_profile.open_files, launch_profile.open_files};

	if (setrlimit(RLIMIT_CORE, &core) != 0 || setrlimit(RLIMIT_NOFILE, &files) != 0)
		fail("limits");
}

static void arrange_descriptors(int host_fd, int tee_fd)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	int host = fcntl(host_fd, F_DUPFD_CLOEXEC, 64), tee = fcntl(tee_fd, F_DUPFD_CLOEXEC, 64);

	if (nothing < 0 || host < 0 || tee < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(host, ENCLAVE_HOST_FD) < 0 ||
	    dup2(tee, ENCLAVE_TEE_FD) < 0)
		fail("descriptors");
}

/* By descriptor: nothing can be put in the executable's place between measuring and running it. */
_Noreturn static void run_enclave(void)
{
	char argument[32];
	char *const argv[] = {argument, NULL}, *const env[] = {NULL};
	int exe = open(launch_profile.executable, O_RDONLY | O_CLOEXEC);

	snprintf(argument, sizeof argument, "%s", launch_profile.argument);

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || exe < 0)
		fail("privileges");
	restrict_with_landlock();
	int moved = fcntl(exe, F_DUPFD_CLOEXEC, 5);
	if (moved < 0 || (moved > 5 && syscall(SYS_close_range, 5, (unsigned)moved - 1, 0) != 0) ||
	    syscall(SYS_close_range, (unsigned)moved + 1, ~0U, 0) != 0)
		fail("descriptors");
	limit_resources(); /* not before: there may be more descriptors than it permits */
	syscall(SYS_execveat, moved, "", argv, env, AT_EMPTY_PATH);
	fail("starting the enclave");
}

/* The first process of the pid namespace is the enclave itself; this one stays outside and ends as it ends. */
_Noreturn static void stand_outside(const struct image *image, int host_fd, int tee_fd)
{
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	arrange_descriptors(host_fd, tee_fd);
	enter_namespaces();
	change_root(image);
	pid_t enclave = fork();
	if (enclave == 0)
		run_enclave();
	if (enclave < 0)
		fail("process");
	syscall(SYS_close_range, ENCLAVE_HOST_FD, ~0U, 0);
	if (waitpid(enclave, &status, 0) != enclave)
		fail("waiting for the enclave");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

enum status sandbox_start(pid_t *out, const struct image *image, int host_fd, int tee_fd, struct problem *problem)
{
	pid_t pid = fork();

	if (pid == 0)
		stand_outside(image, host_fd, tee_fd);
	if (pid < 0)
		return problem_set(problem, ST_TEE_LAUNCH, "enclave", NULL, "cannot start a process: %s", strerror(errno));
	*out = pid;
	return ST_OK;
}
