#include "children.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 8 << 20, STOP_GRACE_MS = 2000 };

_Noreturn static void become(const char *path, const char *log, int out, const char *const *argv)
{
	int err = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (err < 0 || nothing < 0 || dup2(nothing, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(EXIT_CODE_OS);
	execv(path, (char *const *)(uintptr_t)argv);
	dprintf(2, "cannot run %s: %s\n", path, strerror(errno));
	_exit(EXIT_CODE_OS);
}

enum status child_start(struct cli *cli, struct children *all, struct child **out, const char *name, const char *log_dir,
    const char *const *argv)
{
	struct child *c = &all->child[all->n];
	char path[4096];
	int ends[2];

	if (all->n == CHILDREN_MAX || pipe2(ends, O_CLOEXEC) != 0)
		return problem_set(&cli->problem, ST_BUG, name, NULL, "cannot start another program");
	*c = (struct child){.out = ends[0]};
	snprintf(c->name, sizeof c->name, "%s", name);
	snprintf(c->log, sizeof c->log, "%s/%s.log", log_dir, name);
	program_path(cli, path, argv[0]);
	fflush(NULL);
	c->pid = fork();
	if (c->pid == 0)
		become(path, c->log, ends[1], argv);
	close(ends[1]);
	if (c->pid < 0) {
		close(ends[0]);
		return problem_set(&cli->problem, ST_TEE_LAUNCH, path, NULL, "cannot start the program: %s", strerror(errno));
	}
	all->n++;
	if (out)
		*out = c;
	return ST_OK;
}

static void hand_out(struct children *all, struct child *c, size_t len)
{
	json_error_t error;
	json_t *event = json_loadb((const char *)c->pending.ptr, len, JSON_REJECT_DUPLICATES, &error);

	if (event)
		all->line(all->ctx, c, event);
	json_decref(event);
}

static void hand_out_lines(struct children *all, struct child *c)
{
	uint8_t *end;

	if (c->one_document)
		return;

	while (c->pending.len && (end = memchr(c->pending.ptr, '\n', c->pending.len))) {
		size_t len = (size_t)(end - c->pending.ptr);
		hand_out(all, c, len);
		memmove(c->pending.ptr, end + 1, c->pending.len - len - 1);
		c->pending.len -= len + 1;
	}
}

static void reap(struct child *c, int flags)
{
	struct rusage usage;
	int status;

	if (c->ended || wait4(c->pid, &status, flags, &usage) != c->pid)
		return;
	c->ended = true;
	c->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	c->peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
}

static void read_from(struct children *all, struct child *c)
{
	uint8_t *room = buf_extend(&c->pending, 65536);
	ssize_t n = room ? read(c->out, room, 65536) : -1;

	if (room)
		c->pending.len -= 65536 - (size_t)(n > 0 ? n : 0);
	hand_out_lines(all, c);
	if (n > 0 && c->pending.len < LINE_BYTES_MAX)
		return;
	if (n < 0 && errno == EINTR)
		return;
	if (c->one_document && c->pending.len)
		hand_out(all, c, c->pending.len);
	close(c->out);
	c->out = -1;
	reap(c, 0);
}

void children_poll(struct children *all, int timeout_ms)
{
	struct pollfd fds[CHILDREN_MAX];
	struct child *of[CHILDREN_MAX];
	nfds_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->child[i].out >= 0) {
			of[n] = &all->child[i];
			fds[n++] = (struct pollfd){.fd = all->child[i].out, .events = POLLIN};
		}
	if (poll(fds, n, timeout_ms) <= 0)
		return;
	for (nfds_t i = 0; i < n; i++)
		if (fds[i].revents)
			read_from(all, of[i]);
}

size_t children_running(const struct children *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += !all->child[i].ended;
	return n;
}

void children_stop(struct children *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (!all->child[i].ended)
			kill(all->child[i].pid, SIGTERM);
	for (int waited = 0; waited < STOP_GRACE_MS && children_running(all); waited += 10) {
		for (size_t i = 0; i < all->n; i++)
			reap(&all->child[i], WNOHANG);
		if (children_running(all))
			nanosleep(&(struct timespec){0, 10000000}, NULL);
	}
	for (size_t i = 0; i < all->n; i++) {
		struct child *c = &all->child[i];
		if (!c->ended)
			kill(c->pid, SIGKILL);
		reap(c, 0);
		if (c->out >= 0)
			close(c->out);
		buf_clear(&c->pending);
	}
	all->n = 0;
}

void child_last_words(const struct child *c, char out[static 256])
{
	struct buf log = {0};

	out[0] = 0;
	if (buf_read_file(&log, c->log, 1 << 20) == ST_OK && log.len) {
		size_t end = log.len, start;
		while (end && log.ptr[end - 1] == '\n')
			end--;
		for (start = end; start && log.ptr[start - 1] != '\n'; start--)
			;
		snprintf(out, 256, "%.*s", (int)(end - start), (const char *)log.ptr + start);
	}
	buf_clear(&log);
}
