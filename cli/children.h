/*
 * Our own programs as children: each prints JSON lines on its standard output, which a callback gets; its standard error goes
 * to a log file. All end with this process, whatever happens to it.
 */
#ifndef CLI_CHILDREN_H
#define CLI_CHILDREN_H

#include "cli.h"

#include <sys/types.h>

enum { CHILDREN_MAX = 24, CHILD_ARGS_MAX = 64 };

struct child {
	char name[64];     /* "host north" */
	char log[4096];    /* its standard error */
	pid_t pid;
	int out;           /* -1: closed */
	bool one_document; /* its output is one JSON document, handed out at its end; else one on every line */
	bool ended;
	int exit_code;     /* 128 + signal when killed */
	struct buf pending;
	uint64_t peak_rss_bytes; /* of it and the children it waited for */
};
struct children {
	struct child child[CHILDREN_MAX];
	size_t n;
	void *ctx;
	void (*line)(void *ctx, struct child *c, json_t *event); /* borrowed */
};

/* argv ends with NULL; argv[0] is the program's name, looked up beside this one. */
MUST_USE enum status child_start(struct cli *cli, struct children *all, struct child **out, const char *name, const char *log_dir,
    const char *const *argv);
/* Waits up to timeout_ms for something to happen and hands out complete lines. */
void children_poll(struct children *all, int timeout_ms);
size_t children_running(const struct children *all);
void children_stop(struct children *all); /* SIGTERM, then SIGKILL after two seconds; reaps; frees */
/* The last line that the child wrote to its log, for a message. */
void child_last_words(const struct child *c, char out[static 256]);

#endif
