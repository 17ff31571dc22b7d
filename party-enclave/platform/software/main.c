/*
 * parley-launch: the software TEE. Measures an enclave, starts exactly that in its sandbox, and signs evidence for it and
 * nobody else: the evidence device is one end of a socket pair whose other end only the enclave has.
 *
 *   parley-launch --root KEYFILE [--enclave PATH] [--libraries DIR]    descriptor 3 is passed on as the enclave's channel to its host
 *   parley-launch --measure [--enclave PATH] [--libraries DIR] [--json]
 */
#include "base/keyfile.h"
#include "sandbox.h"
#include "software/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HOST_FD = 3 };

struct launch {
	const char *enclave, *root, *libraries;
	bool measure, json;
	char beside[PATH_MAX];
	struct image image;
	struct att_claims claims;
	uint8_t root_sk[ED25519_SECRET_LEN];
};

static const char **option(struct launch *l, const char *name)
{
	if (strcmp(name, "--enclave") == 0)
		return &l->enclave;
	if (strcmp(name, "--root") == 0)
		return &l->root;
	return strcmp(name, "--libraries") == 0 ? &l->libraries : NULL;
}

static enum status parse(struct launch *l, int argc, char **argv, struct problem *problem)
{
	for (int i = 1; i < argc; i++) {
		const char **value = option(l, argv[i]);
		if (strcmp(argv[i], "--measure") == 0)
			l->measure = true;
		else if (strcmp(argv[i], "--json") == 0)
			l->json = true;
		else if (value && i + 1 < argc && !*value)
			*value = argv[++i];
		else
			return problem_set(problem, ST_ARGUMENT, "command line", "parley-launch --root KEYFILE | --measure [--enclave PATH] [--libraries DIR]",
			    "an argument is wrong: %s", argv[i]);
	}
	if (!l->measure && !l->root)
		return problem_set(problem, ST_ARGUMENT, "command line", NULL, "--root is missing");
	if (!l->enclave) {
		ssize_t n = readlink("/proc/self/exe", l->beside, sizeof l->beside - 32);
		l->beside[n > 0 ? n : 0] = 0;
		char *slash = strrchr(l->beside, '/');
		snprintf(slash ? slash + 1 : l->beside, 32, "parley-enclave");
		l->enclave = l->beside;
	}
	return ST_OK;
}

static void print_file(const char *name, const uint8_t hash[static HASH_LEN], const char *before)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(hex, slice_of(hash, HASH_LEN));
	printf("%s{\"name\":\"%s\",\"hash\":\"%s\"}", before, name, hex);
}

static void print_measurement(const struct launch *l)
{
	char hex[2 * HASH_LEN + 1];
	uint8_t configuration[HASH_LEN];

	hex_encode(hex, slice_of(l->image.measurement, HASH_LEN));
	if (!l->json) {
		printf("%s\n", hex);
		return;
	}
	printf("{\"measurement\":\"%s\",\"files\":[", hex);
	for (size_t i = 0; i < l->image.n; i++)
		print_file(l->image.file[i].name, l->image.file[i].hash, i ? "," : "");
	launch_profile_hash(configuration);
	print_file(LAUNCH_PROFILE_NAME, configuration, ",");
	printf("]}\n");
}

/* How much a session will need is not known yet: what is claimed holds for the largest arena, and an enclave that was promised
 * locked memory ends when its arena does not lock. */
static bool raise_lock_limit(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &limit);
	return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur >= launch_profile.lock_bytes;
}

static enum status load_root(struct launch *l, struct problem *problem)
{
	struct key_file key;
	enum status st = key_file_read(&key, l->root, KEY_TEE_ROOT, problem);

	if (st == ST_OK)
		key_file_signing(l->root_sk, &key);
	secret32_wipe(&key.secret);
	return st;
}

/* One request: 64 bytes of report data; one answer: kind and evidence. Anything else ends the device. */
static bool serve_quote(struct launch *l, int device)
{
	uint8_t request[HASH_LEN + 1], kind[4] = {TEE_SOFTWARE};
	struct buf answer = {0};

	ssize_t n = recv(device, request, sizeof request, 0);
	if (n != HASH_LEN)
		return false;
	memcpy(l->claims.report_data, request, HASH_LEN);
	l->claims.issued_s = (int64_t)time(NULL);
	buf_append(&answer, kind, sizeof kind);
	att_soft_produce(&answer, &l->claims, l->root_sk);
	bool ok = !answer.failed && send(device, answer.ptr, answer.len, MSG_NOSIGNAL) == (ssize_t)answer.len;
	buf_clear(&answer);
	return ok;
}

static int serve(struct launch *l, int device, pid_t enclave)
{
	struct rusage usage;
	int status = 0;

	for (;;) {
		struct pollfd fd = {.fd = device, .events = POLLIN};
		if (poll(&fd, 1, -1) < 0 && errno == EINTR)
			continue;
		if (!serve_quote(l, device))
			break;
	}
	close(device);
	while (waitpid(enclave, &status, 0) < 0 && errno == EINTR)
		;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("{\"event\":\"enclave\",\"exit\":%d,\"peak_rss_bytes\":%lld}\n", code, (long long)usage.ru_maxrss * 1024);
	return code;
}

/* The UEID is fresh for each launch: type byte RAND (RFC 9711, section 4.2.1), then 32 random bytes. */
static enum status make_claims(struct launch *l)
{
	l->claims = (struct att_claims){.kind = TEE_SOFTWARE, .instance_len = ATT_UEID_LEN, .memory_unlocked = !raise_lock_limit()};
	l->claims.instance[0] = 1;
	random_system.fill(random_system.ctx, l->claims.instance + 1, ATT_UEID_LEN - 1);
	return att_add_value(&l->claims, TEE_REG_CODE, l->image.measurement, HASH_LEN) ? ST_OK : ST_BUG;
}

static enum status start(struct launch *l, int *code, struct problem *problem)
{
	int device[2];
	pid_t enclave;
	enum status st;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	/* Read before anything is started, to say what is wrong with it, and again behind the fork: whoever stands between us and
	 * the enclave, and the enclave itself until it is loaded, has a copy of all that we have at the fork. */
	TRY(load_root(l, problem));
	wipe(l->root_sk, sizeof l->root_sk);
	TRY(make_claims(l));
	if (fcntl(HOST_FD, F_GETFD) < 0)
		return problem_set(problem, ST_ARGUMENT, "descriptor 3", "it is started by parley-host", "there is no channel to a host");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, device) != 0)
		return problem_set(problem, ST_TEE_LAUNCH, "evidence device", NULL, "no socket: %s", strerror(errno));
	prctl(PR_SET_DUMPABLE, 1); /* the child writes its id maps in /proc */
	TRY(sandbox_start(&enclave, &l->image, HOST_FD, device[1], problem));
	prctl(PR_SET_DUMPABLE, 0);
	close(HOST_FD);
	close(device[1]);
	TRY(load_root(l, problem));
	*code = serve(l, device[0], enclave);
out:
	return st;
}

int main(int argc, char **argv)
{
	static struct launch l;
	struct problem problem = {0};
	int code = 0;
	enum status st;

	TRY(crypto_init());
	TRY(parse(&l, argc, argv, &problem));
	TRY(image_load(&l.image, l.enclave, l.libraries, &problem));
	if (l.measure)
		print_measurement(&l);
	else
		TRY(start(&l, &code, &problem));
out:
	wipe(l.root_sk, sizeof l.root_sk);
	image_clear(&l.image);
	if (st != ST_OK) {
		problem_default(&problem, st, "");
		fprintf(stderr, "parley-launch: %s%s%s [%s]\n", problem.where, problem.where[0] ? ": " : "", problem.message, status_code(st));
		return status_exit(st);
	}
	return code;
}
