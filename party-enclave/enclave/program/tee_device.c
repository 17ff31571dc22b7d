/* The TEE device: a packet socket that only this process holds, to the launcher that measured it. */
#include "program.h"

#include "base/reader.h"

#include <errno.h>
#include <unistd.h>

enum { KIND_LEN = 4, ANSWER_MAX = KIND_LEN + 65536 };

static ssize_t again(ssize_t n)
{
	return n < 0 && errno == EINTR ? 1 : 0;
}

/* The launcher's evidence needs no collateral: its root stands in the policy. */
enum status tee_quote(
    void *ctx, const uint8_t report_data[HASH_LEN], uint32_t *kind, struct buf *evidence, struct buf *collateral)
{
	static uint8_t answer[ANSWER_MAX + 1];
	ssize_t n;

	(void)ctx;
	(void)collateral;
	do
		n = write(TEE_FD, report_data, HASH_LEN);
	while (again(n));
	if (n != HASH_LEN)
		return ST_TEE;
	do
		n = read(TEE_FD, answer, sizeof answer);
	while (again(n));
	if (n <= KIND_LEN || n > ANSWER_MAX)
		return ST_TEE;
	struct reader r = {.rest = {answer, (size_t)n}};
	*kind = rd_u32le(&r);
	buf_append(evidence, r.rest.ptr, r.rest.len);
	return buf_status(evidence);
}
