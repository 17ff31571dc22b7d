/* Text encodings of bytes, and a cursor over JSON that keeps exact substrings. Private to the library. */
#ifndef COLLATERAL_TEXT_H
#define COLLATERAL_TEXT_H

#include "base/buf.h"
#include "base/problem.h"

/* Only printable ASCII and blanks (one final NUL permitted): the bytes may be text. */
bool text_is_plain(struct slice s);
struct slice text_trim(struct slice s);
/* Hex digits and blanks only, an even number of digits, at least two: decodes. false otherwise, nothing appended. */
bool text_hex(struct buf *out, struct slice s);
/* base64 or base64url, padding or none, blanks between; bits below the end must be zero. */
bool text_base64(struct buf *out, struct slice s);

/* ---- JSON (RFC 8259), read for its structure alone ---- */
enum { JSON_DEPTH_MAX = 32 };
enum json_type { JSON_NONE, JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_OTHER };
struct json { /* a cursor; failure sticks */
	struct slice all;
	size_t at;
	bool failed, first;
};
void json_begin(struct json *j, struct slice text); /* at a value */
/* Enters the object at the cursor. */
void json_enter(struct json *j);
/* Next member of the object entered; key without its quotes, as written. false at its end or on failure. */
bool json_member(struct json *j, struct slice *key);
/* Skips the value at the cursor and returns its exact bytes; of a string, with its quotes. */
struct slice json_value(struct json *j, enum json_type *type);
/* Enters the array at the cursor; json_element says whether there is one more. */
void json_enter_array(struct json *j);
bool json_element(struct json *j);
/* Nothing but blanks is left, and nothing failed. */
bool json_end(struct json *j);
/* Appends the string's content, escapes resolved (\u below 0x80 only). false: not a string, or an escape that is not understood. */
bool json_text(struct buf *out, struct slice token);
/* The value of a member of the object `text`, exact bytes; false when it is not there. Quadratic: for small objects. */
bool json_find(struct slice text, const char *key, struct slice *value, enum json_type *type);

#endif
