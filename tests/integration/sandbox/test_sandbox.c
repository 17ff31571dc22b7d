/* The walls around an enclave, tried from inside (probe.c). */
#include "support/test.h"

#include "base/crypto.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char key_path[] = "/tmp/parley-sandbox-XXXXXX";

static int setup(void **state)
{
	static const char hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
	int fd = mkstemp(key_path); /* mode 0600 */

	(void)state;
	if (fd < 0)
		return -1;
	bool ok = dprintf(fd, "parley-key/v1 tee-root test %s\n", hex) > 0;
	return close(fd) == 0 && ok ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(key_path);
}

static pid_t launch(int *host)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		int nothing = open("/dev/null", O_RDWR);
		dup2(nothing, 1);
		if (ends[1] == 3)
			fcntl(3, F_SETFD, 0);
		else
			dup2(ends[1], 3);
		setenv("SECRET_OF_THE_HOST", "1", 1);
		execl(PARLEY_BIN_DIR "/parley-launch", "parley-launch", "--root", key_path, "--enclave", SANDBOX_PROBE, (char *)NULL);
		_exit(99);
	}
	close(ends[1]);
	*host = ends[0];
	return pid;
}

/* Asks the probe, returns the launcher's exit code and what the probe answered. */
static int ask(pid_t pid, int host, char what, char answer[256])
{
	size_t len = 0;
	int status;
	ssize_t n;

	assert_int_equal(write(host, &what, 1), 1);
	while (len < 255 && (n = read(host, answer + len, 255 - len)) > 0)
		len += (size_t)n;
	answer[len] = 0;
	close(host);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int probe(char what, char answer[256])
{
	int host;
	pid_t pid = launch(&host);

	return ask(pid, host, what, answer);
}

static void expect(char what, const char *text)
{
	char answer[256];

	assert_int_equal(probe(what, answer), 0);
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

	assert_int_equal(probe('P', answer), 0);
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

static void the_filter_ends_whoever_asks(void **state)
{
	(void)state;
	static const char forbidden[] = "osfxpkdnivcmrh3";
	char answer[256];

	for (const char *what = forbidden; *what; what++) {
		int code = probe(*what, answer);
		if (code != 128 + SIGSYS)
			fail_msg("'%c' ended with %d", *what, code);
	}
}

static void what_an_enclave_needs_works(void **state)
{
	(void)state;
	expect('g', "works\n");
}

static void another_executable_is_another_measurement(void **state)
{
	(void)state;
	char mine[160] = {0}, other[160] = {0};
	FILE *f = popen(PARLEY_BIN_DIR "/parley-launch --measure --enclave " SANDBOX_PROBE, "r");

	assert_non_null(f);
	assert_non_null(fgets(mine, sizeof mine, f));
	assert_int_equal(pclose(f), 0);
	f = popen(PARLEY_BIN_DIR "/parley-launch --measure --enclave " PARLEY_BIN_DIR "/parley-launch", "r");
	assert_non_null(f);
	assert_non_null(fgets(other, sizeof other, f));
	assert_int_equal(pclose(f), 0);
	assert_int_equal(strlen(mine), 2 * HASH_LEN + 1);
	assert_string_not_equal(mine, other);
}

/* Its first child; 0 as long as there is none. */
static pid_t child_of(pid_t pid)
{
	char path[64];
	int child = 0;

	for (int tries = 0; tries < 500 && child == 0; tries++) {
		snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
		FILE *f = fopen(path, "r");
		if (!f || fscanf(f, "%d", &child) != 1)
			usleep(10000);
		if (f)
			fclose(f);
	}
	return child;
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
	pid_t launcher = launch(&host), outside = child_of(launcher), inside = child_of(outside);
	assert_int_not_equal(inside, 0);
	assert_false(process_holds(outside, sk, sizeof sk));
	assert_false(process_holds(inside, sk, sizeof sk));
	assert_int_equal(ask(launcher, host, 'g', answer), 0);
	assert_string_equal(answer, "works\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_root_holds_nothing_to_open), cmocka_unit_test(there_is_no_network),
	    cmocka_unit_test(it_is_alone_and_nobody), cmocka_unit_test(it_has_no_privileges),
	    cmocka_unit_test(only_five_descriptors_are_open), cmocka_unit_test(the_filter_ends_whoever_asks),
	    cmocka_unit_test(what_an_enclave_needs_works), cmocka_unit_test(only_the_launcher_has_the_root_key),
	    cmocka_unit_test(another_executable_is_another_measurement),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
