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
enum { SCAN_DEPTH_MAX = 32 };
enum scan_type { SCAN_NONE, SCAN_OBJECT, SCAN_ARRAY, SCAN_STRING, SCAN_OTHER };
struct scan { /* a cursor; failure sticks */
	struct slice all;
	size_t at;
	bool failed, first;
};
void scan_begin(struct scan *j, struct slice text); /* at a value */
/* Enters the object at the cursor. */
void scan_enter(struct scan *j);
/* Next member of the object entered; key without its quotes, as written. false at its end or on failure. */
bool scan_member(struct scan *j, struct slice *key);
/* Skips the value at the cursor and returns its exact bytes; of a string, with its quotes. */
struct slice scan_value(struct scan *j, enum scan_type *type);
/* Enters the array at the cursor; scan_element says whether there is one more. */
void scan_enter_array(struct scan *j);
bool scan_element(struct scan *j);
/* Nothing but blanks is left, and nothing failed. */
bool scan_end(struct scan *j);
/* Appends the string's content, escapes resolved (\u below 0x80 only). false: not a string, or an escape that is not understood. */
bool scan_text(struct buf *out, struct slice token);
/* The value of a member of the object `text`, exact bytes; false when it is not there. Quadratic: for small objects. */
bool scan_find(struct slice text, const char *key, struct slice *value, enum scan_type *type);

#endif
