#include "party_process.h"

#include "base/panic.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct process {
	int fd;
	const struct party_env *env;
	pid_t pid;
};

static void write_all(int fd, const uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* the enclave has ended; the reader sees it */
		p += n;
		len -= (size_t)n;
	}
}

static bool read_all(int fd, uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = read(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* Raw: a test may push types that frame_header() would never write. */
static void *write_frames(void *arg)
{
	struct process *p = arg;
	struct frame f;

	while (p->env->frame_in(p->env->ctx, &f) == ST_OK) {
		uint8_t header[FRAME_HEADER_LEN];
		frame_header(header, f.type, f.peer, f.body.len);
		write_all(p->fd, header, sizeof header);
		write_all(p->fd, f.body.ptr, f.body.len);
	}
	return NULL;
}

static void read_frames(struct process *p)
{
	uint8_t header[FRAME_HEADER_LEN];
	uint8_t *body = malloc(FRAME_BODY_MAX);
	enum frame_type type;
	uint8_t peer;
	size_t len;

	invariant(body);
	while (read_all(p->fd, header, sizeof header)) {
		invariant(frame_header_parse(header, &type, &peer, &len) == ST_OK);
		if (!read_all(p->fd, body, len))
			break;
		invariant(p->env->frame_out(p->env->ctx, type, peer, slice_of(body, len)) == ST_OK);
	}
	free(body);
}

_Noreturn static void become_launcher(const struct harness *h, int channel)
{
	char path[512];
	int nothing = open("/dev/null", O_WRONLY);

	snprintf(path, sizeof path, "%s/parley-launch", h->bin_dir);
	if (nothing < 0 || dup2(nothing, 1) < 0 || (channel != 3 && dup2(channel, 3) < 0) || fcntl(3, F_SETFD, 0) < 0)
		_exit(EXIT_CODE_OS);
	execl(path, "parley-launch", "--root", h->key_path, (char *)NULL);
	_exit(EXIT_CODE_OS);
}

static enum status run_process(struct harness *h, unsigned self, const struct party_env *env)
{
	struct process p = {.env = env};
	pthread_t writer;
	int ends[2], status;

	invariant(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	p.pid = fork();
	if (p.pid == 0)
		become_launcher(h, ends[1]);
	invariant(p.pid > 0);
	close(ends[1]);
	p.fd = ends[0];
	invariant(pthread_create(&writer, NULL, write_frames, &p) == 0);
	read_frames(&p);
	harness_close(h, self);
	pthread_join(writer, NULL);
	close(p.fd);
	invariant(waitpid(p.pid, &status, 0) == p.pid);
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_CODE_BUG;
	if (code == 0)
		return ST_OK;
	return code == EXIT_CODE_OS ? ST_TEE_LAUNCH : ST_TEE_DIED; /* why is in FAULT */
}

static bool measure(const struct harness *h, uint8_t out[static HASH_LEN])
{
	char command[600], hex[2 * HASH_LEN + 2] = {0};

	snprintf(command, sizeof command, "%s/parley-launch --measure", h->bin_dir);
	FILE *f = popen(command, "r");
	if (!f)
		return false;
	bool ok = fread(hex, 1, sizeof hex - 1, f) == sizeof hex - 1;
	ok &= pclose(f) == 0;
	hex[2 * HASH_LEN] = 0;
	return ok && hex_decode(out, HASH_LEN, hex) == ST_OK;
}

static bool write_key(const struct harness *h)
{
	char hex[2 * ED25519_SEED_LEN + 1];
	int fd = open(h->key_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		return false;
	hex_encode(hex, slice_of(h->keys.root_sk, ED25519_SEED_LEN));
	bool ok = dprintf(fd, "parley-key/v1 tee-root test %s\n", hex) > 0;
	return close(fd) == 0 && ok;
}

bool harness_use_processes(struct harness *h, const char *bin_dir, const char *work_dir)
{
	static char path[512];
	int64_t now = (int64_t)time(NULL);

	snprintf(path, sizeof path, "%s/tee-root.key", work_dir);
	h->bin_dir = bin_dir;
	h->key_path = path;
	h->run_enclave = run_process;
	if (!write_key(h) || !measure(h, test_code(h->made, 0)))
		return false;
	for (unsigned i = 0; i < HARNESS_N; i++) {
		memcpy(test_code(h->made, i), test_code(h->made, 0), HASH_LEN);
		h->party[i].time_s = now;
	}
	return true;
}
