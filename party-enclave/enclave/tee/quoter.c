/*
 * Between enclave and quoter: one packet of 64 bytes report data, one of u32 kind, u32 length, evidence, collateral; a packet without
 * evidence is a refusal, whose reason the quoter has written to standard error.
 */
#include "tee.h"

#include "base/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HEAD_LEN = 8, COLLATERAL_MAX = 65536, ANSWER_MAX = HEAD_LEN + ATT_EVIDENCE_MAX + COLLATERAL_MAX };

bool quoter_serve_one(const struct enclave_tee *tee, int fd)
{
	struct buf evidence = {.limit = ATT_EVIDENCE_MAX}, collateral = {.limit = COLLATERAL_MAX}, answer = {0};
	uint8_t request[HASH_LEN + 1], head[HEAD_LEN] = {0};
	struct problem p = {0};
	uint32_t kind = 0;
	ssize_t n;

	do
		n = read(fd, request, sizeof request);
	while (n < 0 && errno == EINTR);
	if (n != HASH_LEN)
		return false;
	enum status st = tee->produce(&kind, &evidence, &collateral, request, &p);
	if (st != ST_OK)
		fprintf(stderr, "%s: %s: %s [%s]\n", tee->name, p.where, p.message, status_code(st));
	if (st == ST_OK && !evidence.failed && !collateral.failed) {
		put_u32le(head, kind);
		put_u32le(head + 4, (uint32_t)evidence.len);
		buf_append(&answer, head, sizeof head);
		buf_append(&answer, evidence.ptr, evidence.len);
		if (collateral.len)
			buf_append(&answer, collateral.ptr, collateral.len);
	}
	if (answer.failed || answer.len == 0) {
		buf_clear(&answer);
		answer = (struct buf){0};
		buf_append(&answer, (uint8_t[HEAD_LEN]){0}, HEAD_LEN);
	}
	bool ok = !answer.failed && write(fd, answer.ptr, answer.len) == (ssize_t)answer.len;
	buf_clear(&evidence);
	buf_clear(&collateral);
	buf_clear(&answer);
	return ok;
}

/* It ends with the enclave: by the signal, and because the other end is closed. */
_Noreturn static void serve(const struct enclave_tee *tee, int fd)
{
	const struct rlimit none = {0, 0};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0)
		_exit(EXIT_CODE_OS);
	if (dup2(fd, HOST_FD) < 0) /* the host's connection is not for this process */
		_exit(EXIT_CODE_OS);
	syscall(SYS_close_range, HOST_FD + 1, ~0U, 0);
	while (quoter_serve_one(tee, HOST_FD))
		;
	_exit(0);
}

enum status quoter_start(const struct enclave_tee *tee, struct problem *p)
{
	int ends[2], room = 2 * ANSWER_MAX;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return problem_set(p, ST_TEE, "quoter", NULL, "no socket: %s", strerror(errno));
	setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	int theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, 16), ours = fcntl(ends[0], F_DUPFD_CLOEXEC, 16);
	close(ends[0]);
	close(ends[1]);
	pid_t pid = theirs < 0 || ours < 0 ? -1 : fork();
	if (pid == 0)
		serve(tee, theirs);
	if (pid < 0 || dup2(ours, TEE_FD) < 0)
		return problem_set(p, ST_TEE, "quoter", NULL, "no process: %s", strerror(errno));
	close(theirs);
	close(ours);
	return ST_OK;
}

static ssize_t exchange(const uint8_t report_data[HASH_LEN], uint8_t *answer, size_t cap)
{
	ssize_t n;

	do
		n = write(TEE_FD, report_data, HASH_LEN);
	while (n < 0 && errno == EINTR);
	if (n != HASH_LEN)
		return -1;
	do
		n = read(TEE_FD, answer, cap);
	while (n < 0 && errno == EINTR);
	return n;
}

enum status quoter_ask(
    void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence, struct buf *collateral)
{
	static uint8_t answer[ANSWER_MAX + 1];
	ssize_t n = exchange(report_data, answer, sizeof answer);

	(void)ctx;
	if (n <= HEAD_LEN || n > ANSWER_MAX)
		return ST_TEE;
	struct reader r = {.rest = {answer, (size_t)n}};
	*kind = rd_u32le(&r);
	size_t len = rd_u32le(&r);
	struct slice document = rd_slice(&r, len);
	if (r.failed || document.len == 0)
		return ST_TEE;
	buf_append(evidence, document.ptr, document.len);
	if (r.rest.len)
		buf_append(collateral, r.rest.ptr, r.rest.len);
	return evidence->failed || collateral->failed ? ST_NO_MEMORY : ST_OK;
}
