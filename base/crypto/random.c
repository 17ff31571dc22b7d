/* The operating system's randomness, in a target of its own: programs link it and pass it in; cores cannot. */
#include "base/crypto.h"
#include "base/panic.h"

#include <errno.h>
#include <sys/random.h>

static void fill_system(void *ctx, void *out, size_t len)
{
	uint8_t *at = out;

	(void)ctx;
	while (len) {
		ssize_t n = getrandom(at, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			panic("the kernel gives no randomness");
		at += n;
		len -= (size_t)n;
	}
}

const struct random random_system = {.ctx = NULL, .fill = fill_system};
