/*
 * libcrypto's allocations fail on demand too, counted with ours (failing_alloc.h, which this includes). The hooks must be set
 * before anything else touches the library: assert_true(failing_crypto()) first in main().
 */
#ifndef TESTS_SUPPORT_FAILING_CRYPTO_H
#define TESTS_SUPPORT_FAILING_CRYPTO_H

#include "failing_alloc.h"

#include <openssl/crypto.h>
#include <stdlib.h>

static void *crypto_malloc(size_t len, const char *file, int line)
{
	(void)file, (void)line;
	return __wrap_malloc(len);
}

static void *crypto_realloc(void *p, size_t len, const char *file, int line)
{
	(void)file, (void)line;
	return __wrap_realloc(p, len);
}

static void crypto_free(void *p, const char *file, int line)
{
	(void)file, (void)line;
	free(p);
}

static bool failing_crypto(void)
{
	return CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) == 1;
}

#endif
