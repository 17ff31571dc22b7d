/*
 * A strict cursor over a vendor's signed JSON (RFC 8259): Intel's TCB info and QE identity. Hostile bytes; borrows; no
 * allocation. Failure sticks: read everything, ask once with json_end(). After a failure every read gives zeroes.
 *
 * Narrower than the RFC, as these documents are: ASCII; strings that are read and all keys hold no escape; numbers that are read
 * are unsigned integers without fraction or exponent; at most JSON_DEPTH levels and JSON_KEYS keys in an object, and no key
 * twice, also inside values that are skipped.
 *
 * A signature covers bytes, so json_value() gives a value's exact substring. Nothing is ever written back.
 * Programs link jansson too: no name of its (json_object, json_array, json_string) may be used here.
 */
#ifndef ATTEST_JSON_H
#define ATTEST_JSON_H

#include "base/slice.h"
#include "base/status.h"

enum { JSON_DEPTH = 8, JSON_KEYS = 32 };
struct json {
	struct slice rest;
	enum status st;
	unsigned depth;
	struct json_level {
		bool array, started;
		uint8_t n_keys;
		struct slice keys[JSON_KEYS];
	} levels[JSON_DEPTH];
};

void json_init(struct json *j, struct slice text);
void json_fail(struct json *j, enum status st); /* the first failure is kept */
/* Nothing but white space left, no failure: ST_OK, else ST_FORMAT, ST_TRAILING, ST_TRUNCATED, ST_TOO_LARGE, ST_DUPLICATE. */
MUST_USE enum status json_end(struct json *j);

void json_enter_object(struct json *j);
bool json_key(struct json *j, struct slice *key); /* false at the end of the object and after a failure */
void json_enter_array(struct json *j);
bool json_more(struct json *j); /* another element; false at the end of the array and after a failure */
struct slice json_take_string(struct json *j);
uint64_t json_u64(struct json *j, uint64_t max);
struct slice json_value(struct json *j); /* any value, checked; its exact bytes */

/* A whole object by a table: a known key's value is read into its member of *out, unknown ones are checked and skipped,
 * and a required one that is absent is ST_FORMAT. At most 32 fields. */
struct json_field {
	const char *key;
	void (*read)(struct json *j, void *member, size_t size);
	size_t offset, size;
	bool optional;
};
#define JSON_MEMBER(type, member) offsetof(type, member), sizeof(((type *)0)->member)
void json_fields(struct json *j, const struct json_field *fields, size_t n, void *out);

#endif
