/*
 * Sorting in place, for the enclave: the C library's qsort allocates and, above 1,024 bytes, asks the kernel how much memory
 * there is (sysinfo), which the sandbox answers with death. Heap sort: no allocation, no system call, O(n log n) always;
 * not stable. Public data only: what is compared and moved depends on the values.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>

/* compare as for qsort(3). */
void sort_in_place(void *items, size_t n, size_t size, int (*compare)(const void *a, const void *b));

#endif
