#include "base/status.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	enum status_class class_;
	const char *code;
	int exit_;
	const char *title;
	const char *fix;
} table[] = {
#define X(name, class_, code, exit_, title, fix) {#name, class_, code, exit_, title, fix},
#include "base/status_table.h"
#undef X
};

static size_t row(enum status st)
{
	return (size_t)st < STATUS_COUNT ? (size_t)st : (size_t)ST_BUG;
}

const char *status_code(enum status st)
{
	return table[row(st)].code;
}

const char *status_name(enum status st)
{
	return table[row(st)].name;
}

const char *status_title(enum status st)
{
	return table[row(st)].title;
}

const char *status_fix(enum status st)
{
	return table[row(st)].fix;
}

int status_exit(enum status st)
{
	return table[row(st)].exit_;
}

enum status_class status_class_of(enum status st)
{
	return table[row(st)].class_;
}

enum status status_from_code(const char *code)
{
	for (size_t i = 0; i < STATUS_COUNT; i++)
		if (strcmp(table[i].code, code) == 0)
			return (enum status)i;
	return ST_BUG;
}
