/* Documents of the field with the verdict and the check that are right at a stated time. */
#ifndef TESTS_KAT_NITRO_SAMPLES_H
#define TESTS_KAT_NITRO_SAMPLES_H

#include "attest/attest.h"
#include "base/x509.h"

struct sample {
	const char *name;
	int64_t at; /* T, seconds since 1970-01-01 UTC */
	enum status st; /* at T; ST_OK: genuine */
	enum att_check check; /* that refuses */
	bool debug;
	int64_t from, to; /* the leaf's window */
	bool is_here; /* in data/: tested even where the shared vectors are not */
	const char *module_id;
	uint64_t timestamp_ms;
	size_t pcrs;
	int public_key, user_data, nonce; /* bytes; -1: null */
	const char *pcr0; /* hex; NULL: zero */
};
extern const struct sample samples[];
extern const size_t n_samples;

/* The document, decoded from base64 where its name says so; false when it is not here. */
bool sample_load(struct buf *out, const struct sample *s);
enum status sample_examine(struct att_claims *c, struct slice doc, int64_t at, struct att_finding *f);

#endif
