/*
 * What the coordinator receives, compared between two runs: identical outside the fields that docs/COORDINATOR-VIEW.md
 * enumerates (signatures, keyed digests, commitments, ciphertext and their hashes). Those must still be as long. Target
 * test_support_coordinator.
 *
 * A record is u32 little endian length and bytes of each request, in the order of arrival.
 */
#ifndef TESTS_SUPPORT_COORDINATOR_VIEW_H
#define TESTS_SUPPORT_COORDINATOR_VIEW_H

#include "proto/wire.h"

struct coordinator_view {
	size_t requests, messages, bytes;
	size_t masked_fields, masked_bytes; /* that the list names */
	size_t differing_fields; /* of these: really different between the two */
	size_t kinds[WM_FINISHED + 1]; /* messages by kind */
};
/* ST_OK: nothing differs outside the list. ST_SES_VIEW: something does; problem says which request, message and byte.
 * ST_FORMAT: a record or a request in it is not well-formed. */
MUST_USE enum status coordinator_view_compare(
    struct coordinator_view *out, struct slice a, struct slice b, struct problem *problem);

#endif
