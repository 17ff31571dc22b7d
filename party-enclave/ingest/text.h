/* Whole-file checks before the first field is read: is this text at all, and how many lines has it? */
#ifndef INGEST_TEXT_H
#define INGEST_TEXT_H

#include "base/slice.h"

struct text_check {
	size_t lines;     /* '\n' bytes */
	bool has_nul, has_bad_utf8;
	size_t bad_at;    /* offset of the first NUL, else of the first ill-formed sequence */
};
struct text_check text_check(struct slice bytes);
size_t text_count_lines(struct slice bytes);

#endif
