/*
 * Values that Intel's two signed documents share: hex strings, dates, statuses, advisory ids, and levels of one ISV SVN.
 * Each reads one JSON value; a value of another form fails the cursor.
 */
#ifndef ATTEST_DCAP_FIELDS_H
#define ATTEST_DCAP_FIELDS_H

#include "attest/json.h"
#include "base/tee.h"

enum { SVN_LEVELS_MAX = 32 };
struct svn_level { /* of a quoting enclave or a TDX module */
	uint16_t isv_svn;
	enum tee_status status;
	struct slice advisories; /* JSON array of strings as signed, empty when there is none: advisory_next() */
};
struct svn_levels {
	size_t n;
	struct svn_level level[SVN_LEVELS_MAX]; /* ISV SVN descending, whatever the document's order */
};

/* Readers for tables of struct json_field. `size` is the member's. */
void field_hex(struct json *j, void *bytes, size_t size); /* either case, exactly size bytes */
void field_uint(struct json *j, void *uint, size_t size); /* uint8_t, uint16_t or uint32_t, by size */
void field_date(struct json *j, void *seconds, size_t size); /* "YYYY-MM-DDTHH:MM:SSZ" into int64_t since 1970 */
void field_status(struct json *j, void *status, size_t size); /* enum tee_status */
void field_advisories(struct json *j, void *advisories, size_t size); /* struct slice: the array's bytes */
void field_svn_levels(struct json *j, void *levels, size_t size);

/* Exactly `len` bytes of hex, either case. */
bool hex_bytes(uint8_t *out, size_t len, struct slice text);

/* The first level whose SVN is not above `svn`; NULL when all are. */
const struct svn_level *svn_level_of(const struct svn_levels *levels, unsigned svn);

/* Walks what field_advisories() checked: true and the next id, false at the end. Start with a cursor over the array. */
struct advisory_walk {
	struct json j;
};
void advisory_walk_init(struct advisory_walk *w, struct slice advisories);
bool advisory_next(struct advisory_walk *w, struct slice *id);

#endif
