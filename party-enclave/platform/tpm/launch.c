/*
 * parley-launch-tpm: the launcher of section 6 of docs/ATTESTATION.md. Measures an enclave as parley-launch does, records the measurement in the
 * TPM, starts exactly that in the same sandbox, and lets the TPM quote for it and nobody else.
 *
 *   parley-launch-tpm [--tpm DEVICE | --tpm unix:SOCKET] [--enclave PATH] [--libraries DIR]     descriptor 3 leads to the host
 *   parley-launch-tpm --key [--tpm …]            SHA-256 of the attestation key, for the policy
 */
#include "../software/sandbox.h"
#include "base/tee.h"
#include "produce/tpm.h"
#include "software/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOST_FD = 3 };
struct launch {
	const char *tpm, *enclave, *libraries;
	bool key;
	char beside[PATH_MAX];
	struct image image;
	struct device_calls device;
};

/* A TPM behind a socket: an emulator, or a proxy of a virtual machine's. */
static int open_socket(void *ctx, const char *path, bool write)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	(void)ctx, (void)write;
	if (strlen(path) >= sizeof to.sun_path)
		return -ENAMETOOLONG;
	strcpy(to.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		int error = -errno;
		close(fd);
		return error;
	}
	return fd < 0 ? -errno : fd;
}

static void set_defaults(struct launch *l)
{
	l->device = device_system;
	if (!l->tpm)
		l->tpm = TPM_PATH;
	if (strncmp(l->tpm, "unix:", 5) == 0) {
		l->tpm += 5;
		l->device.open = open_socket;
	}
	if (!l->enclave) {
		ssize_t n = readlink("/proc/self/exe", l->beside, sizeof l->beside - 32);
		l->beside[n > 0 ? n : 0] = 0;
		char *slash = strrchr(l->beside, '/');
		snprintf(slash ? slash + 1 : l->beside, 32, "parley-enclave");
		l->enclave = l->beside;
	}
}

static enum status parse(struct launch *l, int argc, char **argv, struct problem *p)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--tpm") == 0         ? &l->tpm
				     : strcmp(argv[i], "--enclave") == 0   ? &l->enclave
				     : strcmp(argv[i], "--libraries") == 0 ? &l->libraries
									   : NULL;
		if (strcmp(argv[i], "--key") == 0)
			l->key = true;
		else if (value && i + 1 < argc && !*value)
			*value = argv[++i];
		else
			return problem_set(p, ST_ARGUMENT, "command line",
			    "parley-launch-tpm [--tpm DEVICE] [--enclave PATH] | --key", "an argument is wrong: %s",
			    argv[i]);
	}
	set_defaults(l);
	return ST_OK;
}

static enum status print_key(const struct launch *l, struct problem *p)
{
	uint8_t pin[32];
	char hex[65];
	enum status st = tpm_attestation_key(pin, &l->device, l->tpm, p);

	if (st == ST_OK) {
		hex_encode(hex, slice_of(pin, sizeof pin));
		printf("%s\n", hex);
	}
	return st;
}

/* As parley-launch's device: kind and evidence; a refusal ends the device, and its reason is on standard error. */
static bool serve_quote(const struct launch *l, int device)
{
	uint8_t request[HASH_LEN + 1], kind[4] = {TEE_TPM};
	struct problem p = {0};
	struct buf answer = {0};

	if (recv(device, request, sizeof request, 0) != HASH_LEN)
		return false;
	buf_append(&answer, kind, sizeof kind);
	enum status st = produce_tpm(&answer, &l->device, l->tpm, l->image.measurement, request, &p);
	if (st != ST_OK)
		fprintf(stderr, "parley-launch-tpm: %s: %s [%s]\n", p.where, p.message, status_code(st));
	bool ok = st == ST_OK && send(device, answer.ptr, answer.len, MSG_NOSIGNAL) == (ssize_t)answer.len;
	buf_clear(&answer);
	return ok;
}

static int serve(const struct launch *l, int device, pid_t enclave)
{
	struct rusage usage;
	int status = 0;

	while (serve_quote(l, device))
		;
	close(device);
	while (waitpid(enclave, &status, 0) < 0 && errno == EINTR)
		;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	getrusage(RUSAGE_CHILDREN, &usage);
	printf(
	    "{\"event\":\"enclave\",\"exit\":%d,\"peak_rss_bytes\":%lld}\n", code, (long long)usage.ru_maxrss * 1024);
	return code;
}

static enum status start(struct launch *l, int *code, struct problem *p)
{
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
	int device[2];
	pid_t enclave;
	enum status st;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fcntl(HOST_FD, F_GETFD) < 0)
		return problem_set(
		    p, ST_ARGUMENT, "descriptor 3", "it is started by parley-host", "there is no channel to a host");
	TRY(tpm_record(&l->device, l->tpm, l->image.measurement, p));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, device) != 0)
		return problem_set(p, ST_TEE_LAUNCH, "evidence device", NULL, "no socket: %s", strerror(errno));
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	TRY(sandbox_start(&enclave, &l->image, HOST_FD, device[1], p));
	close(HOST_FD);
	close(device[1]);
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
	if (l.key) {
		TRY(print_key(&l, &problem));
		return 0;
	}
	TRY(image_load(&l.image, l.enclave, l.libraries, &problem));
	TRY(start(&l, &code, &problem));
out:
	image_clear(&l.image);
	if (st != ST_OK) {
		problem_default(&problem, st, "");
		fprintf(stderr, "parley-launch-tpm: %s%s%s [%s]\n", problem.where, problem.where[0] ? ": " : "",
		    problem.message, status_code(st));
		return status_exit(st);
	}
	return code;
}
