#include "process.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS = 20000 };

static void become(int out, const char *listen, const char *journal, const char *option)
{
	const char *argv[] = {
	    PARLEY_BIN_DIR "/parley-coordinator", "--listen", listen, "--journal", journal, "--json", option, NULL};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, STDOUT_FILENO);
	execv(argv[0], (char *const *)(size_t)argv);
	perror(argv[0]);
	_exit(127);
}

bool process_start(struct process *p, const char *listen, const char *journal, const char *option)
{
	int ends[2];

	*p = (struct process){.pid = -1};
	if (pipe(ends) != 0)
		return false;
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0) {
		close(ends[0]);
		become(ends[1], listen, journal, option);
	}
	close(ends[1]);
	p->out = ends[0];
	if (!process_line(p, START_MS))
		return false;
	const char *url = strstr(p->line, "\"event\":\"listening\",\"url\":\"");
	return url != NULL && sscanf(url, "\"event\":\"listening\",\"url\":\"%127[^\"]\"", p->url) == 1;
}

static bool take_line(struct process *p)
{
	char *end = memchr(p->buffer, '\n', p->pending);

	if (end == NULL)
		return false;
	size_t len = (size_t)(end - p->buffer);
	if (len >= sizeof p->line)
		len = sizeof p->line - 1;
	memcpy(p->line, p->buffer, len);
	p->line[len] = '\0';
	p->pending -= (size_t)(end + 1 - p->buffer);
	memmove(p->buffer, end + 1, p->pending);
	return true;
}

bool process_line(struct process *p, int timeout_ms)
{
	struct pollfd fd = {.fd = p->out, .events = POLLIN};

	while (!take_line(p)) {
		if (p->pending == sizeof p->buffer || poll(&fd, 1, timeout_ms) <= 0)
			return false;
		ssize_t got = read(p->out, p->buffer + p->pending, sizeof p->buffer - p->pending);
		if (got <= 0)
			return false;
		p->pending += (size_t)got;
	}
	return true;
}

int process_wait(struct process *p)
{
	int status = 0;

	if (p->pid <= 0)
		return -1;
	waitpid(p->pid, &status, 0);
	close(p->out);
	p->pid = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void process_kill(struct process *p)
{
	if (p->pid > 0)
		kill(p->pid, SIGKILL);
	process_wait(p);
}

int process_stop(struct process *p)
{
	if (p->pid > 0)
		kill(p->pid, SIGTERM);
	return process_wait(p);
}
