/*
 * What an appraisal found, in the shape of an EAT Attestation Result (draft-ietf-rats-ear-04) with AR4SI's trustworthiness
 * vector (draft-ietf-rats-ar4si, section 2.3.4): JSON for `evidence verify --ear` and for audits. Unsigned: the receipt and the
 * verifier's own word stand behind it. Profile and how each value is chosen: docs/EAR.md.
 */
#ifndef POLICY_EAR_H
#define POLICY_EAR_H

#include "attest/attest.h"

#include <jansson.h>

struct ear_subject { /* one piece of evidence; all borrowed */
	const char *name; /* submodule: the party's id, or the file */
	enum tee_kind kind;
	enum status st; /* ST_OK, or the first refusal */
	const struct att_claims *claims; /* NULL when it is not genuine (att_examine failed) */
	const struct att_finding *finding; /* NULL on ST_OK */
	bool measured; /* reference values were asked for and matched, when st is ST_OK */
	bool bound; /* report data was asked for and matched, when st is ST_OK */
	const char *release; /* of the set that matched; NULL: none */
	const char *policy_id; /* "parley:policy:HEX"; NULL: none */
};
/* A new reference, NULL when memory ran out. iat: when the appraisal took place (the T of `--at`), seconds since 1970. */
json_t *ear_result(const struct ear_subject *subjects, size_t n, int64_t iat);
/* "affirming", "warning", "contraindicated", "none": the whole result's worst tier. */
const char *ear_status(const struct ear_subject *subject);

#endif
