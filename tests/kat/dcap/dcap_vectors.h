/* Genuine quotes with their collateral and verdicts, and the folders they lie in: data/ beside this file, else the shared vectors. */
#ifndef KAT_DCAP_VECTORS_H
#define KAT_DCAP_VECTORS_H

#include "collateral/import.h"

enum { DCAP_FILES_MAX = 8 };
struct dcap_vector {
	const char *name, *quote;
	const char *collateral[DCAP_FILES_MAX];
	enum tee_kind kind;
	bool here; /* in data/: must never be missing */
	size_t skip; /* bytes of a wrapper in front of the quote */
	size_t cut; /* bytes behind it that are no padding */
	const char *at;
	/* verdict: of att_examine */
	enum status st;
	enum att_check check;
	/* when ST_OK */
	enum tee_status status;
	bool debug;
	const char *from, *to; /* the window, both inclusive; NULL: not stated */
	const char *advisories; /* ascending, separated by blanks */
	uint32_t evaluation;
	const char *product, *fmspc;
	uint64_t attributes, platform;
	const char *report_data;
	struct {
		enum tee_register reg;
		const char *hex;
	} values[8];
	const char *tee_tcb_svn;
};
extern const struct dcap_vector dcap_vectors[];
extern const size_t dcap_vectors_n;
const struct dcap_vector *dcap_vector(const char *name);

/* The bytes of a file, hex text decoded: false when it is in neither folder. */
bool dcap_file(struct buf *out, const char *name);

/* A vector in memory. The collateral's items may be changed before dcap_run(). */
struct dcap_case {
	const struct dcap_vector *v;
	struct buf quote;
	struct collateral parts;
	int64_t at_s;
};
bool dcap_load(struct dcap_case *c, const struct dcap_vector *v); /* false: a file is not there */
void dcap_unload(struct dcap_case *c);
int64_t dcap_time(const char *rfc3339);

/* One run of att_examine. */
struct dcap_run {
	enum status st;
	struct att_claims claims;
	struct att_finding finding;
};
struct dcap_run dcap_examine(enum tee_kind kind, struct slice quote, struct slice bundle,
    const struct att_anchors *anchors, int64_t earliest_s, int64_t latest_s);
/* The collateral as it stands, in its order. */
struct buf dcap_bundle(const struct dcap_case *c);
/* The case as it stands, under the production anchors, at its T. */
struct dcap_run dcap_run(const struct dcap_case *c);
/* Stops the test unless the run ended so. */
void dcap_expect(const struct dcap_run *run, enum status st, enum att_check check);

#endif
