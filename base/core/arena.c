#include "base/arena.h"

#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 64 };

bool arena_init(struct arena *a, size_t cap)
{
	*a = (struct arena){0};
	cap = (cap + 4095) & ~(size_t)4095;
	void *p = mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return false;
	madvise(p, cap, MADV_DONTDUMP);
	a->base = p;
	a->cap = cap;
	/* MCL_ONFAULT semantics: pages are locked as they are touched, and only if all of them may be. */
	if (mlock2(p, cap, MLOCK_ONFAULT) != 0)
		a->unlocked = cap;
	return true;
}

/* The part of the arena never used is still zero from mmap; what was released is zero from the wipe. */
void *arena_take(struct arena *a, size_t bytes)
{
	if (bytes > a->cap - a->used)
		return NULL;
	size_t rounded = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (rounded > a->cap - a->used)
		return NULL;
	void *p = a->base + a->used;
	a->used += rounded;
	if (a->used > a->peak)
		a->peak = a->used;
	return p;
}

size_t arena_mark(const struct arena *a)
{
	return a->used;
}

static void wipe(uint8_t *p, size_t len)
{
	memset(p, 0, len);
	__asm__ volatile("" : : "r"(p) : "memory");
}

void arena_release(struct arena *a, size_t mark)
{
	if (mark < a->used) {
		wipe(a->base + mark, a->used - mark);
		a->used = mark;
	}
}

void arena_clear(struct arena *a)
{
	if (!a->base)
		return;
	wipe(a->base, a->peak);
	munmap(a->base, a->cap);
	*a = (struct arena){0};
}
