/*
 * Values as people write them, and their codes (policy/plan.h): exact, no floating point, no locale. Shared by the
 * compiler (ranges, literals) and by whoever prints a code. Pure.
 *
 *   int64      optional '-', digits                         the number
 *   decimal    the same with a point; at most `scale` digits after it, fewer are filled with zeros   number x 10^scale
 *   date       YYYY-MM-DD, proleptic Gregorian, 0001..9999   days since 1970-01-01
 *   timestamp  date, 'T' or space, HH:MM:SS, optional 'Z'; UTC, no leap second   seconds since 1970-01-01
 *   bool       true, false, t, f, 1, 0                       0 or 1
 */
#ifndef POLICY_VALUE_H
#define POLICY_VALUE_H

#include "policy/sealed.h"

/* ST_OK, ST_FORMAT (not of this form), ST_TOO_LARGE (beyond 62 bits), ST_TRAILING (more digits after the point than
 * `scale`). out is written only on ST_OK. */
MUST_USE enum status value_parse_decimal(int64_t *out, struct slice text, unsigned scale);
MUST_USE enum status value_parse_int(int64_t *out, struct slice text);
MUST_USE enum status value_parse_date(int64_t *out, struct slice text);
MUST_USE enum status value_parse_timestamp(int64_t *out, struct slice text);
MUST_USE enum status value_parse_bool(int64_t *out, struct slice text);
/* By type; COL_TEXT and COL_TEXT_DOMAIN are ST_FORMAT: a domain lies in the policy. */
MUST_USE enum status value_parse(int64_t *out, struct slice text, enum column_type type, unsigned scale);

/* Appends the canonical text of a code. */
void value_format_decimal(struct buf *out, int64_t code, unsigned scale);
void value_format_date(struct buf *out, int64_t days);
void value_format_timestamp(struct buf *out, int64_t seconds); /* 2026-01-31T23:59:59Z */
void value_format(struct buf *out, int64_t code, enum column_type type, unsigned scale);

const char *value_type_name(enum column_type type); /* "decimal" */
/* How a value of the type is written, for messages: "YYYY-MM-DD". */
const char *value_type_form(enum column_type type);
/* The widest range a type has when none is declared: within 62 bits. decimal: by precision. */
void value_type_range(int64_t *lo, int64_t *hi, enum column_type type, unsigned precision);
int64_t value_pow10(unsigned n); /* n <= 18 */

/* ---- names ---- */
/* For "%.*s" in a message: at most 60 bytes of s, never half a character. */
int show_len(struct slice s);
/* ASCII case folded comparison, as SQL does it. */
bool name_equal_folded(struct slice a, struct slice b);
/* Damerau-Levenshtein distance (adjacent swaps count once), ASCII case folded; at most 64 bytes each, else SIZE_MAX. */
size_t name_distance(struct slice a, struct slice b);
/* Index of the nearest of n names, or -1 when none is near enough to suggest (a third of its letters, at least 1). */
int name_nearest(struct slice name, const struct slice *names, size_t n);

#endif
