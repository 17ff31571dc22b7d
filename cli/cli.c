#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void say(const struct cli *cli, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(cli->json ? stderr : stdout, format, args);
	va_end(args);
}

void say_bytes(const struct cli *cli, struct slice text)
{
	fwrite(text.ptr, 1, text.len, cli->json ? stderr : stdout);
}

void program_path(const struct cli *cli, char out[static 4096], const char *name)
{
	snprintf(out, 4096, "%s/%s", cli->bin_dir, name);
}

enum status read_file(struct cli *cli, struct buf *out, const char *path, size_t max)
{
	enum status st = buf_read_file(out, path, max);

	if (st == ST_TOO_LARGE)
		return problem_set(&cli->problem, st, path, NULL, "the file is larger than %zu bytes", max);
	if (st != ST_OK)
		return problem_set(&cli->problem, st, path, NULL, "cannot read the file: %s", strerror(errno));
	return st;
}

enum status write_file(struct cli *cli, const char *path, struct slice bytes, unsigned mode)
{
	enum status st = file_write(path, bytes, mode);

	if (st != ST_OK)
		return problem_set(&cli->problem, st, path, NULL, "cannot write the file: %s", strerror(errno));
	return st;
}

json_t *json_hex(struct slice bytes)
{
	char hex[2 * 128 + 1] = "";

	if (bytes.len <= 128)
		hex_encode(hex, bytes);
	return json_string(hex);
}

void put_u64(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer((json_int_t)value));
}

void put_text(json_t *object, const char *key, const char *value)
{
	json_object_set_new(object, key, json_string(value));
}

enum status exec_program(struct cli *cli, const char *program, char *const *argv)
{
	char path[4096];

	program_path(cli, path, program);
	fflush(NULL);
	execv(path, argv);
	return problem_set(&cli->problem, ST_TEE_LAUNCH, path, "build it, or keep all programs of parley in one folder",
	    "cannot run the program: %s", strerror(errno));
}
