/*
 * Maps of other people's documents, which need not be deterministic CBOR: the pairs of one map, of definite or indefinite length
 * (RFC 8949 section 3.2.2), in any order. Only the map's own head and the order of its keys are relaxed. Every key and value in it is
 * read by the strict reader: shortest heads, definite lengths. For our own formats there is base/cbor.h.
 *
 * Such a map stands where the reader has no open array or map (a payload, or a value of another such map). The reader does not
 * remember keys here: the caller refuses doubled ones.
 *
 *   struct cbor_pairs p = cbor_pairs_open(&r, CBOR_PAIRS_INDEFINITE);
 *   while (cbor_pairs_next(&r, &p)) { key = cbor_text(&r); … exactly one value … }
 */
#ifndef BASE_CBOR_PAIRS_H
#define BASE_CBOR_PAIRS_H

#include "base/cbor.h"

enum cbor_pairs_form { CBOR_PAIRS_DEFINITE, CBOR_PAIRS_INDEFINITE /* permitted, not demanded */ };
struct cbor_pairs {
	uint64_t left;
	bool until_break;
};

/* Failures are the reader's: ST_FORMAT (no map, or inside an open container), ST_NOT_CANONICAL (indefinite where that is not
 * permitted, or a long head), ST_TRUNCATED. */
struct cbor_pairs cbor_pairs_open(struct cbor_reader *r, enum cbor_pairs_form form);
/* Does another pair follow? At the end of an indefinite map this consumes its break. False after a failure. */
bool cbor_pairs_next(struct cbor_reader *r, struct cbor_pairs *p);

#endif
