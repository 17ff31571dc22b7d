/*
 * Memory of one session: taken in 64-byte aligned pieces, given back all at once, and wiped then. Share vectors,
 * messages and temporaries of operators live here, so nothing is allocated per row or per message.
 *
 * A mark/release pair frees what was taken since the mark (and wipes it), so that an operator's temporaries go
 * when it ends. Not thread safe. Pages are locked while the limit allows; `unlocked` counts the bytes that are not.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest arena of a session: address space that shares may take; what is really needed follows from the signed policy. */
#define ARENA_SESSION_MAX ((size_t)8 << 30)
/* The RLIMIT_MEMLOCK under which any arena, whatever its size will be, locks beside the keys. */
#define ARENA_LOCK_BYTES (ARENA_SESSION_MAX + ((size_t)64 << 20))

struct arena {
	uint8_t *base;
	size_t cap, used, peak;
	size_t unlocked;
};

/* Reserves `cap` bytes of address space (touched only as used). false: no memory. */
bool arena_init(struct arena *a, size_t cap);
/* Zeroed, 64-byte aligned; NULL when the arena is full. */
void *arena_take(struct arena *a, size_t bytes);
size_t arena_mark(const struct arena *a);
void arena_release(struct arena *a, size_t mark); /* wipes what is given back */
void arena_clear(struct arena *a);                /* wipes and unmaps; may run twice */

#endif
