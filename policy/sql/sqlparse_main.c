/*
 * parley-sqlparse: SQL on standard input, our syntax tree on standard output (policy/sql.h). A process of its own because
 * libpg_query overflows its stack on deep expressions and carries its own protobuf-c. Run by policy/sql_run.h;
 * of no use to people.
 */
#include "sqlparse.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { STACK_BYTES = 64 << 20, EXIT_SANDBOX = 3, EXIT_INPUT = 4, EXIT_WRITE = 5 };

static char sql[SQL_TEXT_MAX + 2];

static bool read_input(void)
{
	size_t len = 0;

	while (len < sizeof sql - 1) {
		ssize_t n = read(STDIN_FILENO, sql + len, sizeof sql - 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	sql[len] = 0;
	return len <= SQL_TEXT_MAX && strlen(sql) == len;
}

static bool write_all(struct slice bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

/* All work is done on a large stack, behind the filter; _exit, because nothing is left to tidy up. */
static void *work(void *arg)
{
	struct buf out = {.limit = SQL_AST_MAX};

	(void)arg;
	if (!sandbox_enter())
		_exit(EXIT_SANDBOX);
	if (!read_input())
		_exit(EXIT_INPUT);
	sqlparse_answer(&out, sql);
	_exit(!out.failed && write_all(buf_view(&out)) ? 0 : EXIT_WRITE);
}

int main(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	if (pthread_attr_init(&attr) != 0 || pthread_attr_setstacksize(&attr, STACK_BYTES) != 0 ||
	    pthread_create(&thread, &attr, work, NULL) != 0)
		return EXIT_SANDBOX;
	pthread_join(thread, NULL);
	return EXIT_SANDBOX;
}
