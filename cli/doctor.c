/* parley doctor: everything a party needs of this machine, each probed by doing it, each with its fix. */
#include "doctor.h"

#include "evidence.h"

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
#include <unistd.h>

enum { LANDLOCK_VERSION_FLAG = 1, MEMLOCK_WANTED = 8 << 20 };

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

static enum finding namespaces(const struct doctor *d, char detail[static DETAIL_MAX])
{
	(void)d;
	bool ok = in_child(try_namespaces);
	snprintf(detail, DETAIL_MAX, "%s", ok ? "user, mount, pid, ipc, network and uts" : "the kernel does not let this user make them");
	return ok ? FINE : MISSING;
}

static enum finding seccomp(const struct doctor *d, char detail[static DETAIL_MAX])
{
	(void)d;
	bool ok = prctl(PR_GET_SECCOMP) >= 0;
	snprintf(detail, DETAIL_MAX, "%s", ok ? "filters can be installed" : "not built into this kernel");
	return ok ? FINE : MISSING;
}

static enum finding landlock(const struct doctor *d, char detail[static DETAIL_MAX])
{
	(void)d;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
	if (abi < 0)
		snprintf(detail, DETAIL_MAX, "not available: %s", strerror(errno));
	else
		snprintf(detail, DETAIL_MAX, "ABI %ld", abi);
	return abi > 0 ? FINE : WEAK;
}

static enum finding locked_memory(const struct doctor *d, char detail[static DETAIL_MAX])
{
	struct rlimit limit;
	(void)d;

	getrlimit(RLIMIT_MEMLOCK, &limit);
	void *key = secret_alloc(4096);
	secret_free(key);
	if (limit.rlim_cur == RLIM_INFINITY)
		snprintf(detail, DETAIL_MAX, "keys lock; no limit");
	else
		snprintf(detail, DETAIL_MAX, "keys %s; limit %llu KiB", key ? "lock" : "do not lock", (unsigned long long)limit.rlim_cur / 1024);
	if (!key)
		return MISSING;
	return limit.rlim_cur < MEMLOCK_WANTED ? WEAK : FINE;
}

static enum finding programs(const struct doctor *d, char detail[static DETAIL_MAX])
{
	static const char *const names[] = {"parley-enclave", "parley-launch", "parley-host", "parley-endorser", "parley-coordinator", "parley-sqlparse"};
	char path[4096];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		program_path(d->cli, path, names[i]);
		if (access(path, X_OK) != 0) {
			snprintf(detail, DETAIL_MAX, "%s is not beside parley", names[i]);
			return MISSING;
		}
	}
	snprintf(detail, DETAIL_MAX, "all beside parley in %s", d->cli->bin_dir);
	return FINE;
}

static enum finding processor(const struct doctor *d, char detail[static DETAIL_MAX])
{
	(void)d;
	bool aes = __builtin_cpu_supports("aes"), avx2 = __builtin_cpu_supports("avx2");
	snprintf(detail, DETAIL_MAX, "AES-NI %s, AVX2 %s", aes ? "yes" : "no", avx2 ? "yes" : "no");
	return aes && avx2 ? FINE : WEAK;
}

static enum finding core_dumps(const struct doctor *d, char detail[static DETAIL_MAX])
{
	struct rlimit limit;
	(void)d;

	getrlimit(RLIMIT_CORE, &limit);
	snprintf(detail, DETAIL_MAX, "%s", limit.rlim_cur ? "on for this shell; enclaves switch them off for themselves" : "off");
	return FINE;
}

static const struct check checks[] = {
	{"programs", programs, "build all targets, keep them in one folder"},
	{"namespaces", namespaces, "sysctl kernel.unprivileged_userns_clone=1, or run as root; containers need --privileged or a userns profile"},
	{"seccomp", seccomp, "use a kernel with CONFIG_SECCOMP_FILTER"},
	{"landlock", landlock, "use a kernel from 5.13 on with landlock in lsm=; without it the sandbox has one wall less"},
	{"locked memory", locked_memory, "raise `ulimit -l` to 8192 or more"},
	{"processor", processor, "it works without, slower"},
	{"core dumps", core_dumps, ""},
	{"clock", probe_clock, "set the clock"},
	{"time service", probe_clock_source, "run chrony or another NTP client: peers whose clocks differ by more than admission.skew refuse each other"},
	{"policy", probe_policy_time, "check the clock; else agree on a policy that is valid now"},
	{"collateral", probe_collateral, "fetch it with `parley collateral fetch`; `parley collateral check` names what is missing"},
	{"nitro", probe_nitro, "run in an AWS Nitro enclave (party-enclave/platform/nitro); /dev/nsm does not exist on its parent instance"},
	{"sgx", probe_sgx, "run under Gramine with sgx.remote_attestation = \"dcap\" (party-enclave/platform/sgx)"},
	{"tdx", probe_tdx, "run in a TDX guest, Linux 6.7 or later, configfs mounted, as root (party-enclave/platform/guest)"},
	{"snp", probe_snp, "run in an SEV-SNP guest with the sev-guest module, as root (party-enclave/platform/guest)"},
	{"tpm", probe_tpm, "switch the TPM on in the firmware; let this user into the group tss (party-enclave/platform/tpm)"},
};

static unsigned run_checks(const struct doctor *d, json_t *list)
{
	static const char *const words[] = {[FINE] = "ok", [WEAK] = "weak", [MISSING] = "MISSING", [ABSENT] = "-"};
	unsigned missing = 0;

	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		char detail[DETAIL_MAX] = "";
		enum finding found = checks[i].probe(d, detail);
		bool ails = found == WEAK || found == MISSING;
		missing += found == MISSING;
		say(d->cli, "%-8s %-14s %s\n", words[found], checks[i].name, detail);
		if (ails && checks[i].fix[0])
			say(d->cli, "         fix: %s\n", checks[i].fix);
		json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s}", "check", checks[i].name, "finding", words[found], "detail", detail, "fix",
		    ails ? checks[i].fix : ""));
	}
	return missing;
}

enum status verb_doctor(struct cli *cli, int argc, char **argv)
{
	struct doctor d = {.cli = cli, .sysroot = ""};
	const char *tee = NULL, *at = NULL, *sysroot = NULL;
	const struct opt opts[] = {{"--tee", OPT_TEXT, &tee, false}, {"--collateral", OPT_TEXT, &d.collateral, false}, {"--policy", OPT_TEXT, &d.policy, false},
	    {"--at", OPT_TEXT, &at, false}, {"--sysroot", OPT_TEXT, &sysroot, false}};
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, sizeof opts / sizeof *opts, NULL, 0, 0));
	TRY(tee_option(cli, tee, &d.tee));
	TRY(time_option(cli, "--at", at, &d.now_s));
	d.sysroot = sysroot ? sysroot : "";
	json_t *list = json_array();
	unsigned missing = run_checks(&d, list);
	cli->doc = json_pack("{s:o}", "checks", list);
	if (missing)
		return problem_set(&cli->problem, ST_TEE, "this machine", "see the fixes above", "%u things are missing", missing);
	say(cli, "this machine can run a party (%s TEE)\n", d.tee ? tee_name(d.tee) : "software");
out:
	return st;
}
