#include "endorser/endorse_server.h"

#include "base/problem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASH_TEXT = 2 * HASH_LEN, LINE_LEN = 4 + HASH_TEXT + 1, FILE_MAX = 64 << 20 };

struct run_counter {
	int fd;
	uint64_t max_runs;
	bool broken; /* a write failed: what the file holds is not known any more */
	struct buf lines; /* what the file holds */
};

static void line_of(char line[static LINE_LEN + 1], const uint8_t policy_hash[static HASH_LEN])
{
	memcpy(line, "run ", 4);
	hex_encode(line + 4, slice_of(policy_hash, HASH_LEN));
	line[LINE_LEN - 1] = '\n';
	line[LINE_LEN] = 0;
}

static bool is_line(const uint8_t *at)
{
	char text[HASH_TEXT + 1] = {0};
	uint8_t hash[HASH_LEN];

	memcpy(text, at + 4, HASH_TEXT);
	return memcmp(at, "run ", 4) == 0 && at[LINE_LEN - 1] == '\n' && hex_decode(hash, HASH_LEN, text) == ST_OK;
}

static enum status read_all(struct run_counter *c)
{
	for (;;) {
		uint8_t *room = buf_extend(&c->lines, 65536);
		if (!room)
			return ST_NO_MEMORY;
		ssize_t n = read(c->fd, room, 65536);
		c->lines.len -= 65536 - (size_t)(n > 0 ? n : 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ST_IO;
		if (n == 0)
			return ST_OK;
		if (c->lines.len > FILE_MAX)
			return ST_TOO_LARGE;
	}
}

/* Only whole lines, and of the unfinished last one a beginning that we would have written. */
static bool is_sound(const struct run_counter *c)
{
	size_t whole = c->lines.len - c->lines.len % LINE_LEN, rest = c->lines.len - whole;

	for (size_t at = 0; at < whole; at += LINE_LEN)
		if (!is_line(c->lines.ptr + at))
			return false;
	return rest < 4 ? memcmp(c->lines.ptr + whole, "run ", rest) == 0
			: memcmp(c->lines.ptr + whole, "run ", 4) == 0;
}

static enum status drop_unfinished(struct run_counter *c)
{
	size_t rest = c->lines.len % LINE_LEN;

	if (rest == 0)
		return ST_OK;
	c->lines.len -= rest;
	return ftruncate(c->fd, (off_t)c->lines.len) == 0 && fsync(c->fd) == 0 ? ST_OK : ST_IO;
}

/* A new name is on disk only when its folder is. */
static enum status sync_folder(const char *path)
{
	char *folder = strdup(path);

	if (!folder)
		return ST_NO_MEMORY;
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = 0;
	int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status st = fd >= 0 && fsync(fd) == 0 ? ST_OK : ST_IO;
	if (fd >= 0)
		close(fd);
	free(folder);
	return st;
}

static enum status load(struct run_counter *c, const char *path, struct problem *problem)
{
	enum status st;

	if (flock(c->fd, LOCK_EX | LOCK_NB) != 0)
		return problem_set(
		    problem, ST_STORE, path, "let one endorser use it", "another endorser uses this run counter");
	st = read_all(c);
	if (st != ST_OK)
		return problem_set(
		    problem, st == ST_NO_MEMORY ? st : ST_STORE, path, NULL, "the run counter cannot be read");
	if (c->lines.len && !is_sound(c))
		return problem_set(problem, ST_STORE, path,
		    "restore it from a copy; without it the runs of a policy cannot be counted",
		    "the run counter is damaged");
	TRY(drop_unfinished(c));
	TRY(sync_folder(path));
out:
	return problem_default(problem, st, path);
}

enum status run_counter_open(struct run_counter **out, const char *path, uint64_t max_runs, struct problem *problem)
{
	struct run_counter *c = calloc(1, sizeof *c);
	struct stat about;
	enum status st;

	if (!c)
		return problem_default(problem, ST_NO_MEMORY, path);
	c->max_runs = max_runs;
	c->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (c->fd < 0 || fstat(c->fd, &about) != 0 || !S_ISREG(about.st_mode)) {
		st = problem_set(problem, ST_CANT_CREATE, path, NULL, "the run counter cannot be opened as a file");
		goto out;
	}
	TRY(load(c, path, problem));
	*out = c;
	return ST_OK;
out:
	run_counter_close(c);
	return st;
}

void run_counter_close(struct run_counter *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		close(c->fd);
	buf_clear(&c->lines);
	free(c);
}

enum status run_counter_runs(const struct run_counter *c, const uint8_t policy_hash[static HASH_LEN], uint64_t *runs)
{
	char line[LINE_LEN + 1];
	uint64_t n = 0;

	if (c->broken)
		return ST_STORE;
	line_of(line, policy_hash);
	for (size_t at = 0; at < c->lines.len; at += LINE_LEN)
		n += memcmp(c->lines.ptr + at, line, LINE_LEN) == 0;
	*runs = n;
	return ST_OK;
}

static bool append_durably(struct run_counter *c, const char *line)
{
	for (size_t done = 0; done < LINE_LEN;) {
		ssize_t n = write(c->fd, line + done, LINE_LEN - done);
		if (n < 0 && errno != EINTR)
			return false;
		done += (size_t)(n > 0 ? n : 0);
	}
	return fsync(c->fd) == 0;
}

enum status run_counter_count(void *ctx, const uint8_t policy_hash[HASH_LEN])
{
	struct run_counter *c = ctx;
	char line[LINE_LEN + 1];
	uint64_t runs;
	enum status st = run_counter_runs(c, policy_hash, &runs);

	if (st != ST_OK)
		return st;
	if (c->max_runs && runs >= c->max_runs)
		return ST_ATT_RUNS;
	line_of(line, policy_hash);
	buf_append(&c->lines, line, LINE_LEN);
	if (c->lines.failed || c->lines.len > FILE_MAX || !append_durably(c, line)) {
		c->broken = true;
		return ST_STORE;
	}
	return ST_OK;
}
