#include "base/problem.h"

#include <stdarg.h>
#include <stdio.h>

enum status problem_set(struct problem *p, enum status st, const char *where, const char *fix, const char *format, ...)
{
	va_list args;

	if (!p || p->st != ST_OK)
		return st;
	p->st = st;
	snprintf(p->where, sizeof p->where, "%s", where ? where : "");
	snprintf(p->fix, sizeof p->fix, "%s", fix ? fix : "");
	p->excerpt[0] = 0;
	va_start(args, format);
	vsnprintf(p->message, sizeof p->message, format, args);
	va_end(args);
	return st;
}

enum status problem_default(struct problem *p, enum status st, const char *where)
{
	return st == ST_OK ? st : problem_set(p, st, where, status_fix(st), "%s", status_title(st));
}
