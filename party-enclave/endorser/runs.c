#include "runs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* 128 hex digits, a space, 20 characters of time, a newline */
enum { HEX = 2 * HASH_LEN, LINE = HEX + 1 + 20 + 1 };

static bool line_ok(const char line[static LINE])
{
	for (size_t i = 0; i < HEX; i++)
		if (!strchr("0123456789abcdef", line[i]) || !line[i])
			return false;
	return line[HEX] == ' ' && line[LINE - 2] == 'Z' && line[LINE - 1] == '\n';
}

/* The runs of this policy so far; ST_IO when a line is not one of ours. */
static enum status tally(struct runs *r, const char *hex, uint64_t *runs)
{
	char line[LINE];
	off_t at = 0;
	ssize_t n;

	for (*runs = 0; (n = pread(r->fd, line, LINE, at)) == LINE && line_ok(line); at += LINE)
		*runs += !hex || memcmp(line, hex, HEX) == 0;
	return n == 0 ? ST_OK : ST_IO;
}

enum status runs_open(struct runs *r, const char *path, struct problem *problem)
{
	uint64_t ignored;

	r->path = path;
	r->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (r->fd < 0)
		return problem_set(problem, ST_CANT_CREATE, path, NULL, "cannot open the count of runs: %s", strerror(errno));
	if (flock(r->fd, LOCK_EX | LOCK_NB) != 0)
		return problem_set(problem, ST_AGAIN, path, "stop the other endorser", "another endorser counts in this file");
	if (tally(r, NULL, &ignored) != ST_OK)
		return problem_set(problem, ST_IO, path, "restore it from a copy; it is never taken for empty", "the count of runs cannot be read");
	return ST_OK;
}

enum status runs_count(struct runs *r, const uint8_t policy_hash[static HASH_LEN])
{
	char hex[HEX + 1], line[LINE + 1], when[32];
	time_t now = time(NULL);
	uint64_t runs;
	struct tm utc;
	enum status st;

	hex_encode(hex, slice_of(policy_hash, HASH_LEN));
	TRY(tally(r, hex, &runs));
	if (r->limit && runs >= r->limit)
		return ST_ATT_ENDORSE_REFUSED;
	gmtime_r(&now, &utc);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
	snprintf(line, sizeof line, "%s %.20s\n", hex, when);
	if (write(r->fd, line, LINE) != LINE || fsync(r->fd) != 0)
		return ST_IO;
	if (r->counted)
		r->counted(runs + 1);
out:
	return st;
}

void runs_close(struct runs *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}
