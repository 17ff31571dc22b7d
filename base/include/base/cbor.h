/*
 * Deterministic CBOR (RFC 8949 section 4.2.1). The reader is a cursor over hostile bytes on top of libcbor's streaming
 * decoder; it accepts only shortest-form heads, definite lengths, no floats, no indefinite items, no tags unless asked
 * for, depth at most CBOR_DEPTH_MAX. Failure sticks: read everything, ask once with cbor_end(). No allocation.
 * Map keys are unsigned integers in ascending order; text keys do not occur in our formats (the EAT has registered
 * integer labels, which may be negative: cbor_key_int).
 *
 * Text must be UTF-8 without NUL. Never `cbor_load` (docs/decisions): five bytes make it allocate 2 GiB.
 */
#ifndef BASE_CBOR_H
#define BASE_CBOR_H

#include "base/buf.h"
#include "base/cbor_head.h" /* enum cbor_major */

enum { CBOR_DEPTH_MAX = 16 };

struct cbor_reader {
	struct slice rest;
	enum status st; /* first failure: ST_TRUNCATED, ST_FORMAT, ST_NOT_CANONICAL, ST_DUPLICATE, ST_TOO_LARGE, ST_UNKNOWN_FIELD */
	uint8_t depth;
	uint32_t maps; /* bit d: the container opened at depth d is a map */
	uint64_t left[CBOR_DEPTH_MAX]; /* items left in each open array or map (a map counts keys and values) */
	struct slice last_key[CBOR_DEPTH_MAX]; /* encoded; whatever stands at a key's place must be larger */
};

void cbor_reader_init(struct cbor_reader *r, struct slice bytes);
uint64_t cbor_u64(struct cbor_reader *r);
uint64_t cbor_u64_max(struct cbor_reader *r, uint64_t max); /* ST_FORMAT above max */
int64_t cbor_i64(struct cbor_reader *r);
bool cbor_bool(struct cbor_reader *r);
void cbor_null(struct cbor_reader *r);
struct slice cbor_bytes(struct cbor_reader *r);                      /* borrowed from the input */
struct slice cbor_bytes_max(struct cbor_reader *r, size_t max);      /* ST_TOO_LARGE */
void cbor_bytes_exact(struct cbor_reader *r, uint8_t *out, size_t len); /* ST_FORMAT unless exactly len */
struct slice cbor_text(struct cbor_reader *r);                       /* borrowed, validated UTF-8, no NUL */
void cbor_text_copy(struct cbor_reader *r, char *out, size_t cap);   /* NUL-terminated; ST_TOO_LARGE */
/* Open an array or map: returns its number of items (pairs for a map); close checks that all were read. A count
 * larger than the bytes that remain is refused at once. */
size_t cbor_array(struct cbor_reader *r);
size_t cbor_array_exact(struct cbor_reader *r, size_t items);
size_t cbor_map(struct cbor_reader *r);
void cbor_close(struct cbor_reader *r);
/* Next map key must be exactly `key` (keys ascend by the encoded-bytes order). ST_UNKNOWN_FIELD otherwise. */
void cbor_key(struct cbor_reader *r, uint64_t key);
void cbor_key_int(struct cbor_reader *r, int64_t key);
/* Next map key without consuming it (read it with cbor_key), when keys are optional; UINT64_MAX when the open map has
 * none left. A key that is not an unsigned integer fails. */
uint64_t cbor_peek_key(struct cbor_reader *r);
void cbor_tag(struct cbor_reader *r, uint64_t tag); /* exactly this tag */
bool cbor_is_tag(const struct cbor_reader *r);      /* does a tag stand next? */
uint8_t cbor_peek_major(const struct cbor_reader *r); /* enum cbor_major; 255 at the end (also of the open array or map) or after failure */
/* Skips one whole item and returns its bytes; the item is checked like any other. Keys of its maps may be integers or
 * strings, and ascend. */
struct slice cbor_any(struct cbor_reader *r);
void cbor_fail(struct cbor_reader *r, enum status st); /* first failure wins */
MUST_USE enum status cbor_end(struct cbor_reader *r);  /* all closed and nothing left over: ST_OK, else the failure */

/* The writer emits the one canonical form; counts are the caller's promise and are checked by tests that read back. */
void cbor_put_u64(struct buf *b, uint64_t v);
void cbor_put_i64(struct buf *b, int64_t v);
void cbor_put_bool(struct buf *b, bool v);
void cbor_put_null(struct buf *b);
void cbor_put_bytes(struct buf *b, struct slice v);
void cbor_put_text(struct buf *b, const char *text);
void cbor_put_text_slice(struct buf *b, struct slice text);
void cbor_put_array(struct buf *b, size_t items);
void cbor_put_map(struct buf *b, size_t pairs);
void cbor_put_tag(struct buf *b, uint64_t tag);

bool utf8_is_text(struct slice text); /* well-formed UTF-8 without NUL */

#endif
