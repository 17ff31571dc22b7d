#include "policy/sql_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct child {
	pid_t pid;
	int in, out; /* our ends: its standard input and output */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Between fork and exec: only calls that are safe there. */
static _Noreturn void become_helper(const char *path, int in, int out)
{
	static char *const no_environment[] = {NULL};
	static char name[] = "parley-sqlparse";
	char *const argv[] = {name, NULL};
	int null = open("/dev/null", O_WRONLY);

	/* Move out of the way first, so that no dup2 overwrites what the next one needs. */
	in = fcntl(in, F_DUPFD, 10);
	out = fcntl(out, F_DUPFD, 10);
	null = fcntl(null, F_DUPFD, 10);
	if (in < 0 || out < 0 || null < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(126);
	if (close_range(3, ~0u, 0) != 0)
		_exit(126);
	execve(path, argv, no_environment);
	_exit(127);
}

static enum status start(struct child *c, const char *path)
{
	int to[2] = {-1, -1}, from[2] = {-1, -1};

	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		goto failed;
	c->pid = fork();
	if (c->pid < 0)
		goto failed;
	if (c->pid == 0)
		become_helper(path, to[0], from[1]);
	close_fd(&to[0]);
	close_fd(&from[1]);
	c->in = to[1];
	c->out = from[0];
	return ST_OK;
failed:
	for (int i = 0; i < 2; i++) {
		close_fd(&to[i]);
		close_fd(&from[i]);
	}
	return ST_SQL_HELPER;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A query is smaller than a pipe's buffer (4 KiB, PIPE_BUF), so one write takes all of it and does not block. A helper that
 * is gone already must not kill us. */
static bool feed(struct child *c, struct slice sql)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	ssize_t n;

	sigaction(SIGPIPE, &ignore, &before);
	do
		n = write(c->in, sql.ptr, sql.len);
	while (n < 0 && errno == EINTR);
	sigaction(SIGPIPE, &before, NULL);
	close_fd(&c->in);
	return n == (ssize_t)sql.len;
}

/* Until its end of file. false: too late, too much or an error. */
static bool drain(struct child *c, struct buf *out, int64_t deadline_ms)
{
	uint8_t chunk[4096];

	for (size_t total = 0;;) {
		struct pollfd p = {.fd = c->out, .events = POLLIN};
		int64_t left = deadline_ms - now_ms();
		ssize_t n;

		if (left <= 0)
			return false;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(c->out, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		total += (size_t)n;
		if (total > SQL_AST_MAX)
			return false;
		buf_append(out, chunk, (size_t)n);
	}
}

static int reap(struct child *c)
{
	int code = -1;

	while (waitpid(c->pid, &code, 0) < 0 && errno == EINTR)
		;
	return code;
}

enum status sql_run(struct buf *out, struct slice sql, const char *helper_path, char *detail, size_t detail_cap)
{
	struct child c = {.pid = -1, .in = -1, .out = -1};
	bool fed, drained;
	int code;

	snprintf(detail, detail_cap, "%s", "");
	if (sql.len > SQL_TEXT_MAX || access(helper_path, X_OK) != 0) {
		snprintf(detail, detail_cap, "%s: %s", helper_path,
		    sql.len > SQL_TEXT_MAX ? "query too long" : strerror(errno));
		return ST_SQL_HELPER;
	}
	if (start(&c, helper_path) != ST_OK) {
		snprintf(detail, detail_cap, "%s: %s", helper_path, strerror(errno));
		return ST_SQL_HELPER;
	}
	fed = feed(&c, sql);
	drained = drain(&c, out, now_ms() + SQL_RUN_TIMEOUT_MS);
	if (!drained)
		kill(c.pid, SIGKILL);
	code = reap(&c);
	close_fd(&c.out);
	if (fed && drained && WIFEXITED(code) && WEXITSTATUS(code) == 0)
		return buf_status(out);
	if (!drained)
		snprintf(
		    detail, detail_cap, "it took more than %d seconds or answered too much", SQL_RUN_TIMEOUT_MS / 1000);
	else if (WIFSIGNALED(code))
		snprintf(detail, detail_cap, "it was ended by signal %d", WTERMSIG(code));
	else
		snprintf(detail, detail_cap, "it ended with code %d", WEXITSTATUS(code));
	return ST_SQL_HELPER;
}
