/* parley doctor: everything a party needs of this machine, each probed by doing it, each with its fix. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LANDLOCK_VERSION_FLAG = 1, MEMLOCK_WANTED = 8 << 20 };

enum finding { FINE, WEAK, MISSING };
struct check {
	const char *name;
	enum finding (*probe)(const struct cli *cli, char *detail, size_t cap);
	const char *fix;
};

static bool in_child(bool (*attempt)(void))
{
	int status = 1;
	pid_t child = fork();

	if (child == 0)
		_exit(attempt() ? 0 : 1);
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool try_namespaces(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS) == 0;
}

static enum finding namespaces(const struct cli *cli, char *detail, size_t cap)
{
	(void)cli;
	bool ok = in_child(try_namespaces);
	snprintf(detail, cap, "%s", ok ? "user, mount, pid, ipc, network and uts" : "the kernel does not let this user make them");
	return ok ? FINE : MISSING;
}

static enum finding seccomp(const struct cli *cli, char *detail, size_t cap)
{
	(void)cli;
	bool ok = prctl(PR_GET_SECCOMP) >= 0;
	snprintf(detail, cap, "%s", ok ? "filters can be installed" : "not built into this kernel");
	return ok ? FINE : MISSING;
}

static enum finding landlock(const struct cli *cli, char *detail, size_t cap)
{
	(void)cli;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
	if (abi < 0)
		snprintf(detail, cap, "not available: %s", strerror(errno));
	else
		snprintf(detail, cap, "ABI %ld", abi);
	return abi > 0 ? FINE : WEAK;
}

static enum finding locked_memory(const struct cli *cli, char *detail, size_t cap)
{
	struct rlimit limit;
	(void)cli;

	getrlimit(RLIMIT_MEMLOCK, &limit);
	void *key = secret_alloc(4096);
	secret_free(key);
	if (limit.rlim_cur == RLIM_INFINITY)
		snprintf(detail, cap, "keys lock; no limit");
	else
		snprintf(detail, cap, "keys %s; limit %llu KiB", key ? "lock" : "do not lock", (unsigned long long)limit.rlim_cur / 1024);
	if (!key)
		return MISSING;
	return limit.rlim_cur < MEMLOCK_WANTED ? WEAK : FINE;
}

static enum finding programs(const struct cli *cli, char *detail, size_t cap)
{
	static const char *const names[] = {"parley-enclave", "parley-launch", "parley-host", "parley-endorser", "parley-coordinator", "parley-sqlparse"};
	char path[4096];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		program_path(cli, path, names[i]);
		if (access(path, X_OK) != 0) {
			snprintf(detail, cap, "%s is not beside parley", names[i]);
			return MISSING;
		}
	}
	snprintf(detail, cap, "all beside parley in %s", cli->bin_dir);
	return FINE;
}

static enum finding processor(const struct cli *cli, char *detail, size_t cap)
{
	(void)cli;
	bool aes = __builtin_cpu_supports("aes"), avx2 = __builtin_cpu_supports("avx2");
	snprintf(detail, cap, "AES-NI %s, AVX2 %s", aes ? "yes" : "no", avx2 ? "yes" : "no");
	return aes && avx2 ? FINE : WEAK;
}

static enum finding clock_sane(const struct cli *cli, char *detail, size_t cap)
{
	enum { YEAR_2025 = 1735689600 };
	time_t now = time(NULL);
	struct tm utc;

	(void)cli;
	gmtime_r(&now, &utc);
	strftime(detail, cap, "%Y-%m-%d %H:%M:%S UTC; peers must agree within admission.skew", &utc);
	return now > YEAR_2025 ? FINE : MISSING;
}

static enum finding core_dumps(const struct cli *cli, char *detail, size_t cap)
{
	struct rlimit limit;
	(void)cli;

	getrlimit(RLIMIT_CORE, &limit);
	snprintf(detail, cap, "%s", limit.rlim_cur ? "on for this shell; enclaves switch them off for themselves" : "off");
	return FINE;
}

static const struct check checks[] = {
	{"programs", programs, "build all targets, keep them in one folder"},
	{"namespaces", namespaces, "sysctl kernel.unprivileged_userns_clone=1, or run as root; containers need --privileged or a userns profile"},
	{"seccomp", seccomp, "use a kernel with CONFIG_SECCOMP_FILTER"},
	{"landlock", landlock, "use a kernel from 5.13 on with landlock in lsm=; without it the sandbox has one wall less"},
	{"locked memory", locked_memory, "raise `ulimit -l` to 8192 or more"},
	{"processor", processor, "it works without, slower"},
	{"clock", clock_sane, "set the clock"},
	{"core dumps", core_dumps, ""},
};

enum status verb_doctor(struct cli *cli, int argc, char **argv)
{
	static const char *const words[] = {[FINE] = "ok", [WEAK] = "weak", [MISSING] = "MISSING"};
	unsigned missing = 0;
	enum status st = cli_options(cli, argc, argv, NULL, 0, NULL, 0, 0);

	if (st != ST_OK)
		return st;
	json_t *list = json_array();
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		char detail[256] = "";
		enum finding found = checks[i].probe(cli, detail, sizeof detail);
		missing += found == MISSING;
		say(cli, "%-8s %-14s %s\n", words[found], checks[i].name, detail);
		if (found != FINE)
			say(cli, "         fix: %s\n", checks[i].fix);
		json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s}", "check", checks[i].name, "finding", words[found], "detail", detail, "fix",
		    found == FINE ? "" : checks[i].fix));
	}
	cli->doc = json_pack("{s:o}", "checks", list);
	if (missing)
		return problem_set(&cli->problem, ST_TEE, "this machine", "see the fixes above", "%u things are missing", missing);
	say(cli, "this machine can run a party (software TEE)\n");
	return ST_OK;
}
