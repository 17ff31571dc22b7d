/* The walls around an enclave, tried from inside (probe.c). */
#include "support/test.h"

#include "attempts.h"
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 16384, STRANGER = 65534 };

static void expect(char what, const char *text)
{
	char answer[256];

	assert_int_equal(launch_probe(what, answer, sizeof answer), 0);
	assert_string_equal(answer, text);
}

static void the_root_holds_nothing_to_open(void **state)
{
	(void)state;
	expect('F', "nothing opens\n");
}

static void there_is_no_network(void **state)
{
	(void)state;
	expect('N', "no network\n");
}

static void it_is_alone_and_nobody(void **state)
{
	(void)state;
	expect('W', "pid 1 parent 0 host enclave root 0 environment 0\n");
}

static void it_has_no_privileges(void **state)
{
	(void)state;
	char answer[256];

	assert_int_equal(launch_probe('P', answer, sizeof answer), 0);
	if (strstr(answer, "namespaces 0")) /* a fresh user namespace gives nothing: the root stays what it is, and seccomp forbids it */
		assert_string_equal(answer, "mount -1 namespaces 0 chroot 0 no-new-privileges 1 core 0\n");
	else
		assert_string_equal(answer, "mount -1 namespaces -1 chroot -1 no-new-privileges 1 core 0\n");
}

static void only_five_descriptors_are_open(void **state)
{
	(void)state;
	expect('D', "5 descriptors\n");
}

/* "NAME: OUTCOME" lines, in the order of the table. */
static const char *line_of(char **rest, const char *name)
{
	char *line = strsep(rest, "\n");
	size_t len = strlen(name);

	if (!line || strncmp(line, name, len) != 0 || strncmp(line + len, ": ", 2) != 0)
		fail_msg("%s was not tried: %s", name, line ? line : "nothing more");
	return line + len + 2;
}

static void the_walls_refuse_each_attempt(void **state)
{
	(void)state;
	char answer[ANSWER_MAX], *rest = answer;

	assert_int_equal(launch_probe('A', answer, sizeof answer), 0);
	for (unsigned i = 0; i < n_attempts; i++) {
		const char *outcome = line_of(&rest, attempts[i].name);
		if (attempts[i].wall == DENIED && strcmp(outcome, "refused") != 0)
			fail_msg("%s, without the filter: %s", attempts[i].name, outcome);
	}
}

static void the_filter_ends_whoever_asks(void **state)
{
	(void)state;
	char answer[ANSWER_MAX], *rest = answer;

	assert_int_equal(launch_probe('B', answer, sizeof answer), 0);
	for (unsigned i = 0; i < n_attempts; i++) {
		const char *outcome = line_of(&rest, attempts[i].name);
		if (strcmp(outcome, "signal 31") != 0)
			fail_msg("%s, behind the filter: %s", attempts[i].name, outcome);
	}
	assert_string_equal(rest, "");
}

/* The filter is an allow-list: of 1,024 numbers these alone pass, all with zeroes as arguments. mmap is not among them: zeroes
 * are not an anonymous mapping. Not tried, as they end or block: ppoll, exit, exit_group, rt_sigreturn, restart_syscall. Two numbers
 * (335, 336: returns from the kernel's own probes) are looked at before any filter, refuse or end the process, and are not tried. */
static void no_other_call_passes(void **state)
{
	(void)state;
	static const int passes[] = {SYS_read, SYS_write, SYS_poll, SYS_mprotect, SYS_munmap, SYS_brk, SYS_readv, SYS_writev, SYS_mremap,
	    SYS_madvise, SYS_getpid, SYS_mlock, SYS_munlock, SYS_futex, SYS_getrandom, SYS_mlock2};
	char answer[ANSWER_MAX], want[256] = "";

	for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
		snprintf(want + strlen(want), sizeof want - strlen(want), "%d ", passes[i]);
	strcat(want, "\n");
	assert_int_equal(launch_probe('S', answer, sizeof answer), 0);
	assert_string_equal(answer, want);
}

static void what_an_enclave_needs_works(void **state)
{
	(void)state;
	expect('g', "works\n");
}

static bool holds(int mem, unsigned long from, unsigned long to, const uint8_t *what, size_t len)
{
	uint8_t *bytes = malloc(to - from);
	ssize_t n = bytes ? pread(mem, bytes, to - from, (off_t)from) : 0;
	bool found = n > 0 && memmem(bytes, (size_t)n, what, len);

	free(bytes);
	return found;
}

/* Larger mappings are address space that a sanitizer reserves for its shadow. */
#define SEARCHED_MAX (1ul << 30)

/* Searches what the process may write to. */
static bool process_holds(pid_t pid, const uint8_t *what, size_t len)
{
	char path[64], line[512], access[8];
	unsigned long from, to;
	bool found = false;

	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	int mem = open(path, O_RDONLY | O_CLOEXEC);
	if (mem < 0)
		return false; /* we are not let in: nor is anyone else of our kind */
	snprintf(path, sizeof path, "/proc/%d/maps", pid);
	FILE *maps = fopen(path, "r");
	assert_non_null(maps);
	while (!found && fgets(line, sizeof line, maps))
		found = sscanf(line, "%lx-%lx %7s", &from, &to, access) == 3 && access[1] == 'w' && to - from <= SEARCHED_MAX &&
			holds(mem, from, to, what, len);
	fclose(maps);
	close(mem);
	return found;
}

/* The process between launcher and enclave lives as long as the enclave, and its memory is not closed to its own user. */
static void only_the_launcher_has_the_root_key(void **state)
{
	(void)state;
	uint8_t seed[ED25519_SEED_LEN], pk[ED25519_PUBLIC_LEN], sk[ED25519_SECRET_LEN];
	char answer[256];
	int host;

	for (uint8_t i = 0; i < sizeof seed; i++)
		seed[i] = i;
	ed25519_keypair(pk, sk, seed);
	assert_true(process_holds(getpid(), sk, sizeof sk)); /* it can be found at all */
	pid_t launcher = launch(&host, &(struct launch_options){.enclave = SANDBOX_PROBE});
	pid_t outside = launch_child_of(launcher), inside = launch_child_of(outside);
	assert_int_not_equal(inside, 0);
	assert_false(process_holds(outside, sk, sizeof sk));
	assert_false(process_holds(inside, sk, sizeof sk));
	assert_int_equal(launch_ask(launcher, host, 'g', answer, sizeof answer, NULL), 0);
	assert_string_equal(answer, "works\n");
}

/* A probe that holds a key and a share behind its filter, and waits for one more byte. */
static pid_t holding(int *host, pid_t *launcher, const struct launch_options *options)
{
	char ready[8] = "";

	*launcher = launch(host, options);
	assert_int_equal(write(*host, "M", 1), 1);
	assert_int_equal(read(*host, ready, 6), 6);
	assert_string_equal(ready, "ready\n");
	return launch_child_of(launch_child_of(*launcher));
}

static void let_go(int host, pid_t launcher)
{
	int status;

	assert_int_equal(write(host, ".", 1), 1);
	close(host);
	assert_int_equal(waitpid(launcher, &status, 0), launcher);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void expect_line(pid_t pid, const char *file, const char *name, const char *value)
{
	char path[64], line[256];
	size_t len = strlen(name);

	snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	bool found = false;
	while (!found && fgets(line, sizeof line, f))
		found = strncmp(line, name, len) == 0;
	fclose(f);
	if (!found || !strstr(line + len, value))
		fail_msg("%s: %s, not %s", name, found ? line : "missing", value);
}

static void the_kernel_agrees(void **state)
{
	(void)state;
	static const char *const sets[] = {"CapInh:", "CapPrm:", "CapEff:", "CapAmb:"};
	pid_t launcher, pid;
	int host;

	pid = holding(&host, &launcher, &(struct launch_options){.enclave = SANDBOX_PROBE});
	for (size_t i = 0; i < 4; i++)
		expect_line(pid, "status", sets[i], "\t0000000000000000\n");
	expect_line(pid, "status", "NoNewPrivs:", "\t1\n");
	expect_line(pid, "status", "Seccomp:", "\t2\n");
	expect_line(pid, "status", "Threads:", "\t1\n");
	expect_line(pid, "limits", "Max core file size", " 0                    0 ");
	expect_line(pid, "limits", "Max open files", " 16                   16 ");
	let_go(host, launcher);
}

struct mapping {
	unsigned long from, to;
	char access[8], flags[256];
};

/* The mapping that holds `what`, and those beside it; the flags of /proc/PID/smaps: lo locked, dd not in a core dump. */
static bool mapping_of(struct mapping m[static 3], pid_t pid, const uint8_t *what, size_t len)
{
	char path[64], line[512];
	struct mapping now = {0}, before = {0};
	bool found = false;

	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	int mem = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof path, "/proc/%d/smaps", pid);
	FILE *f = mem < 0 ? NULL : fopen(path, "r");
	while (f && fgets(line, sizeof line, f)) {
		struct mapping next = {0};
		if (sscanf(line, "VmFlags: %255[^\n]", now.flags) == 1) {
			if (found && m[1].from == now.from)
				m[1] = now;
			continue;
		}
		if (sscanf(line, "%lx-%lx %7s", &next.from, &next.to, next.access) != 3 || !strchr(line, '-') || strchr(line, ':') == NULL)
			continue;
		before = now;
		now = next;
		if (found) {
			m[2] = now;
			break;
		}
		if (now.access[1] == 'w' && now.to - now.from <= SEARCHED_MAX && holds(mem, now.from, now.to, what, len)) {
			found = true;
			m[0] = before;
			m[1] = now;
		}
	}
	if (f)
		fclose(f);
	if (mem >= 0)
		close(mem);
	return found;
}

static void fill(uint8_t p[static 96], uint8_t seed) /* as probe.c */
{
	for (unsigned i = 0; i < 96; i++)
		p[i] = (uint8_t)(seed + i * (i + 3));
}

static void skip_unless_root(void)
{
	if (geteuid() == 0)
		return;
	print_message("skipped: needs root, to be two users\n");
	skip();
}

/* The address sanitizer makes every mlock() do nothing; elsewhere it must have locked. */
static void expect_locked(const struct mapping *m)
{
#if defined(__SANITIZE_ADDRESS__)
	(void)m;
#else
	assert_non_null(strstr(m->flags, " lo"));
#endif
	assert_non_null(strstr(m->flags, " dd"));
}

static void secrets_are_locked_and_in_no_dump(void **state)
{
	(void)state;
	uint8_t key[96], share[96];
	struct mapping m[3];
	pid_t launcher, pid;
	int host;

	skip_unless_root();
	fill(key, 11);
	fill(share, 12);
	pid = holding(&host, &launcher, &(struct launch_options){.enclave = SANDBOX_PROBE});
	assert_true(mapping_of(m, pid, key, sizeof key));
	expect_locked(&m[1]);
	assert_true(m[0].to == m[1].from && strncmp(m[0].access, "---", 3) == 0); /* guard pages on both sides */
	assert_true(m[2].from == m[1].to && strncmp(m[2].access, "---", 3) == 0);
	assert_true(mapping_of(m, pid, share, sizeof share));
	expect_locked(&m[1]);
	let_go(host, launcher);
}

static void guard_pages_end_whoever_reads_past_a_key(void **state)
{
	char want[128];

	(void)state;
	snprintf(want, sizeof want, "inside: came through\nbehind: signal %d\nbefore: signal %d\n", SIGSEGV, SIGSEGV);
	expect('G', want);
}

/* Looking into a process as the user STRANGER; exits with the first way that worked. */
static void attack(pid_t pid)
{
	char path[64], byte;
	struct iovec mine = {&byte, 1}, theirs = {(void *)0x1000, 1};

	if (setgid(STRANGER) != 0 || setuid(STRANGER) != 0)
		_exit(9);
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	if (open(path, O_RDONLY) >= 0 || errno != EACCES)
		_exit(1);
	snprintf(path, sizeof path, "/proc/%d/maps", pid);
	if (open(path, O_RDONLY) >= 0 || errno != EACCES)
		_exit(2);
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0 || errno != EPERM)
		_exit(3);
	if (process_vm_readv(pid, &mine, 1, &theirs, 1, 0) >= 0 || errno != EPERM)
		_exit(4);
	_exit(0);
}

static void expect_no_way_in(pid_t pid)
{
	int status;
	pid_t attacker = fork();

	if (attacker == 0)
		attack(pid);
	assert_int_equal(waitpid(attacker, &status, 0), attacker);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void other_users_cannot_look_inside(void **state)
{
	(void)state;
	pid_t launcher, pid;
	int host;

	skip_unless_root();
	pid = holding(&host, &launcher, &(struct launch_options){.enclave = SANDBOX_PROBE});
	expect_no_way_in(pid);
	expect_no_way_in(launcher);
	let_go(host, launcher);
}

/* A build below somebody's private folder is out of the stranger's reach. */
static void skip_unless_stranger_can_run(const char *path)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(setgid(STRANGER) != 0 || setuid(STRANGER) != 0 || access(path, X_OK) != 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	print_message("skipped: another user cannot reach %s\n", path);
	skip();
}

/* The account that starts a launcher owns the enclave's user namespace, and with it every right over what lives there: that account
 * is as trusted as the administrator (decision 0016). The root's key is not in there, and the launcher is closed even to its own account. */
static void the_launcher_is_closed_to_its_own_user(void **state)
{
	(void)state;
	char key[] = "/tmp/parley-sandbox-key-XXXXXX";
	pid_t launcher;
	int host, fd;

	skip_unless_root();
	skip_unless_stranger_can_run(SANDBOX_PROBE);
	fd = mkstemp(key);
	assert_true(fd >= 0 && dprintf(fd, LAUNCH_KEY_LINE) > 0 && fchown(fd, STRANGER, STRANGER) == 0);
	close(fd);
	holding(&host, &launcher, &(struct launch_options){.enclave = SANDBOX_PROBE, .key = key, .user = STRANGER});
	expect_no_way_in(launcher);
	let_go(host, launcher);
	unlink(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_root_holds_nothing_to_open), cmocka_unit_test(there_is_no_network),
	    cmocka_unit_test(it_is_alone_and_nobody), cmocka_unit_test(it_has_no_privileges),
	    cmocka_unit_test(only_five_descriptors_are_open), cmocka_unit_test(the_walls_refuse_each_attempt),
	    cmocka_unit_test(the_filter_ends_whoever_asks), cmocka_unit_test(no_other_call_passes),
	    cmocka_unit_test(what_an_enclave_needs_works), cmocka_unit_test(only_the_launcher_has_the_root_key),
	    cmocka_unit_test(the_kernel_agrees), cmocka_unit_test(secrets_are_locked_and_in_no_dump),
	    cmocka_unit_test(guard_pages_end_whoever_reads_past_a_key), cmocka_unit_test(other_users_cannot_look_inside),
	    cmocka_unit_test(the_launcher_is_closed_to_its_own_user),
	};
	return cmocka_run_group_tests(tests, launch_setup, launch_teardown);
}
