/*
 * Allocations that fail on demand. Include in one file of a test that is linked with
 *   target_link_options(TEST PRIVATE LINKER:--wrap=malloc LINKER:--wrap=calloc LINKER:--wrap=realloc)
 * Our own calls are wrapped; those of shared libraries are not.
 */
#ifndef TESTS_SUPPORT_FAILING_ALLOC_H
#define TESTS_SUPPORT_FAILING_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

static long allocations_left = -1; /* negative: all succeed */

static bool may_allocate(void)
{
	return allocations_left < 0 || allocations_left-- > 0;
}

void *__real_malloc(size_t len);
void *__real_calloc(size_t n, size_t len);
void *__real_realloc(void *p, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t n, size_t len);
void *__wrap_realloc(void *p, size_t len);

void *__wrap_malloc(size_t len)
{
	return may_allocate() ? __real_malloc(len) : NULL;
}

void *__wrap_calloc(size_t n, size_t len)
{
	return may_allocate() ? __real_calloc(n, len) : NULL;
}

void *__wrap_realloc(void *p, size_t len)
{
	return may_allocate() ? __real_realloc(p, len) : NULL;
}

#endif
