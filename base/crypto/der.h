/* DER as X.690 section 10 and 11 restrict it: one length form, no indefinite lengths, no constructed strings. Internal. */
#ifndef BASE_CRYPTO_DER_H
#define BASE_CRYPTO_DER_H

#include "base/slice.h"
#include "base/status.h"

enum { DER_DEPTH_MAX = 24 };

/* One element at the front of *rest: its whole encoding and its content. *rest moves behind it. False when it is cut short
 * or its head is not the shortest one. */
bool der_next(struct slice *rest, uint8_t *tag, struct slice *whole, struct slice *content);

/* `bytes` is exactly one element that is constructed of whole elements throughout. ST_OK, ST_TRUNCATED, ST_TRAILING,
 * ST_FORMAT, ST_TOO_LARGE (too deep). Of what primitive elements hold only BOOLEAN is looked at:
 * the library keeps any value of it. */
MUST_USE enum status der_check(struct slice bytes);

#endif
