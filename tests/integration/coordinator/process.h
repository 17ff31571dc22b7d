/* parley-coordinator as a child process of a test. */
#ifndef TESTS_INTEGRATION_COORDINATOR_PROCESS_H
#define TESTS_INTEGRATION_COORDINATOR_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process {
	pid_t pid;
	int out; /* its standard output */
	char url[128]; /* where it listens */
	char line[4096]; /* the last line read */
	size_t pending;
	char buffer[8192];
};
/* Starts it with --json and these options and waits for the line that says where it listens. false: it ended before. */
bool process_start(struct process *p, const char *listen, const char *journal, const char *option);
/* Next line of its output into p->line; false at its end or after timeout_ms. */
bool process_line(struct process *p, int timeout_ms);
void process_kill(struct process *p); /* SIGKILL, and waits */
int process_stop(struct process *p); /* SIGTERM; its exit code, -1 when it did not end by itself */
int process_wait(struct process *p); /* for one that ends: its exit code */

#endif
