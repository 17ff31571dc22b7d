#include "attest/attest.h"

#include "base/sort.h"

/* By name, then by contents: one set of files has one measurement, whatever order the loader names them in. */
static int by_name(const void *a, const void *b)
{
	const struct att_measured *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : memcmp(x->hash, y->hash, HASH_LEN);
}

void att_soft_measurement(uint8_t out[static HASH_LEN], struct att_measured *files, size_t n)
{
	struct hash h;

	sort_in_place(files, n, sizeof *files, by_name);
	hash_begin(&h, "parley/measure/v1", n);
	for (size_t i = 0; i < n; i++) {
		hash_array(&h, 2);
		hash_text(&h, files[i].name);
		hash_bytes(&h, slice_of(files[i].hash, HASH_LEN));
	}
	hash_end(&h, out);
}
