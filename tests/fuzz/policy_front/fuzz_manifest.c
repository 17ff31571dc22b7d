/*
 * Target: manifest_parse. Properties: a refusal has a status, a place and a caret; what is accepted, filled in and rendered
 * parses again without filling in, to the same rendering.
 */
#include "policy/manifest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_rendering(struct manifest *m)
{
	struct compile_defaults d = {.now_s = 1767225600};
	struct manifest again;
	struct buf first = {0}, second = {0};

	for (size_t i = 0; i < sizeof d.keys / sizeof d.keys[0]; i++) { /* keys that no file has by chance */
		memset(d.keys[i].approve, 0xa0 + (int)i, ED25519_PUBLIC_LEN);
		memset(d.keys[i].endorse, 0xb0 + (int)i, ED25519_PUBLIC_LEN);
		memset(d.keys[i].receive, 0xc0 + (int)i, X25519_LEN);
	}
	memset(d.tee_root, 0xd0, sizeof d.tee_root);
	memset(d.measurement, 0xe0, sizeof d.measurement);
	manifest_fill_in(m, &d);
	if (m->facts->signing_time < m->facts->not_after && manifest_check(m, NULL) == ST_OK) {
		check(manifest_render(&first, m) == ST_OK);
		check(manifest_parse(&again, buf_view(&first), "again", NULL) == ST_OK);
		check(manifest_complete(&again, NULL) == ST_OK);
		check(manifest_render(&second, &again) == ST_OK);
		check(slice_equal(buf_view(&first), buf_view(&second)));
		check(slice_equal(m->query, again.query));
		manifest_clear(&again);
	}
	buf_clear(&first);
	buf_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problem problem = {0};
	struct manifest m;
	enum status st = manifest_parse(&m, slice_of(data, size), "fuzz", &problem);

	if (st == ST_OK)
		check_rendering(&m);
	else
		check(problem.st == st && problem.where[0] && problem.message[0] && strchr(problem.excerpt, '^'));
	manifest_clear(&m);
	return 0;
}
