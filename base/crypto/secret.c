#include "base/crypto.h"

#include <sodium.h>

bool ct_equal(const void *a, const void *b, size_t len)
{
	return len == 0 || sodium_memcmp(a, b, len) == 0;
}

void wipe(void *p, size_t len)
{
	if (len)
		sodium_memzero(p, len);
}

/* sodium_malloc() puts the end of the allocation against a guard page, so the length is rounded up to keep any of our
 * types aligned. It ignores a failed lock: locking what is already locked costs nothing and tells. */
void *secret_alloc(size_t len)
{
	if (len > SIZE_MAX - 63)
		return NULL;
	size_t rounded = len ? (len + 63) & ~(size_t)63 : 64;
	void *p = sodium_malloc(rounded);
	if (!p)
		return NULL;
	if (sodium_mlock(p, rounded) != 0) {
		sodium_free(p);
		return NULL;
	}
	sodium_memzero(p, rounded);
	return p;
}

void secret_free(void *p)
{
	if (p)
		sodium_free(p);
}

void secret32_wipe(struct secret32 *s)
{
	sodium_memzero(s->bytes, sizeof s->bytes);
}
