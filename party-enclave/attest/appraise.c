/*
 * Appraisal (RFC 9334, section 8.3) of claims whose signature has verified: the same four checks for every TEE, in
 * the order of docs/PROTOCOL.md, section 3. All values are public.
 */
#include "verifier.h"

#include <inttypes.h>
#include <stdio.h>

enum { SHOWN_BYTES = 8 }; /* of a hash, enough for a person to compare */

struct shown {
	char text[2 * HASH_LEN + 1];
};

static struct shown hash_text_of(const uint8_t hash[static HASH_LEN], size_t bytes)
{
	struct shown s;

	hex_encode(s.text, slice_of(hash, bytes));
	return s;
}

/* All 64 bytes: session, party, role and both session keys. */
static enum status check_binding(
    const struct att_claims *claims, const uint8_t report_data[static HASH_LEN], struct problem *problem)
{
	if (ct_equal(claims->report_data, report_data, HASH_LEN))
		return ST_OK;
	return problem_set(problem, ST_ATT_BINDING, "evidence", NULL, "report data: expected %s..., got %s...",
	    hash_text_of(report_data, SHOWN_BYTES).text, hash_text_of(claims->report_data, SHOWN_BYTES).text);
}

static enum status check_measurement(
    const struct att_claims *claims, const struct att_reference *ref, struct problem *problem)
{
	char accepted[ATT_MEASUREMENTS_MAX * (2 * SHOWN_BYTES + 5) + 1] = "none";
	size_t used = 0;

	for (size_t k = 0; k < ref->n_measurements; k++)
		if (ct_equal(claims->measurement, ref->measurements[k], HASH_LEN))
			return ST_OK;
	for (size_t k = 0; k < ref->n_measurements && k < ATT_MEASUREMENTS_MAX; k++)
		used += (size_t)snprintf(accepted + used, sizeof accepted - used, "%s%s...", k ? ", " : "",
		    hash_text_of(ref->measurements[k], SHOWN_BYTES).text);
	return problem_set(problem, ST_ATT_MEASUREMENT, "evidence", NULL, "measurement: expected one of %s, got %s",
	    accepted, hash_text_of(claims->measurement, HASH_LEN).text);
}

/* Freshness comes from the nonces in sid; this bounds how far the launcher's clock may be from the HELLOs. Issued no
 * more than max_age_s before the latest HELLO (expiry) and no more than max_age_s after the earliest (not-before). */
static enum status check_age(
    const struct att_claims *claims, const struct att_reference *ref, struct att_time now, struct problem *problem)
{
	int64_t oldest = now.latest_s - (int64_t)ref->max_age_s, newest = now.earliest_s + (int64_t)ref->max_age_s;

	if (claims->issued_s >= oldest && claims->issued_s <= newest)
		return ST_OK;
	return problem_set(problem, ST_ATT_EXPIRED, "evidence", NULL,
	    "issued at: expected %" PRId64 " to %" PRId64 ", got %" PRId64, oldest, newest, claims->issued_s);
}

static enum status check_debug(
    const struct att_claims *claims, const struct att_reference *ref, struct problem *problem)
{
	if (!claims->debug || ref->debug_permitted)
		return ST_OK;
	return problem_set(problem, ST_ATT_DEBUG, "evidence", NULL,
	    "debug status: expected disabled since boot, got enabled; the policy does not say `debug: INSECURE`");
}

enum status appraise(const struct att_claims *claims, const struct att_reference *ref,
    const uint8_t report_data[static HASH_LEN], struct att_time now, struct problem *problem)
{
	enum status st;

	TRY(check_binding(claims, report_data, problem));
	TRY(check_measurement(claims, ref, problem));
	TRY(check_age(claims, ref, now, problem));
	TRY(check_debug(claims, ref, problem));
out:
	return st;
}
