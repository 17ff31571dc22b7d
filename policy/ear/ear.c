#include "policy/ear.h"

#include <string.h>

#define EAR_PROFILE "tag:ietf.org,2026:rats/ear#04"

/* AR4SI, section 2.3.4: the values that we assign. A claim that is not here is not made. */
enum {
	CLAIM_NONE = 0, /* no assertion */
	CLAIM_AFFIRMED = 2,
	CLAIM_BOOT_AFFIRMED = 3, /* executables: what was loaded at launch */
	CLAIM_WARNED = 32, /* known vulnerabilities; isolated, but not from the host's root */
	CLAIM_REFUSED = 96,
	CLAIM_UNRECOGNISED = 97,
	CLAIM_NOT_GENUINE = 99, /* cryptographic validation failed */
};
enum claim { INSTANCE_IDENTITY, CONFIGURATION, EXECUTABLES, HARDWARE, RUNTIME_OPAQUE, CLAIMS };

struct vector {
	bool made[CLAIMS];
	int8_t value[CLAIMS];
};

static const char *const claim_names[CLAIMS] = {
    "instance-identity", "configuration", "executables", "hardware", "runtime-opaque"};

static void make(struct vector *v, enum claim c, int value)
{
	v->made[c] = true;
	v->value[c] = (int8_t)value;
}

static bool is_hardware(enum tee_kind kind)
{
	return tee_vendor(kind) != NULL;
}

/* ---- evidence that is not known to be genuine ---- */

static void not_genuine(struct vector *v, const struct ear_subject *s)
{
	enum att_check check = s->finding ? s->finding->check : ATT_CHECK_FORM;

	if (s->st == ST_ATT_COLLATERAL || s->st == ST_NO_MEMORY) { /* nothing can be said yet */
		make(v, HARDWARE, CLAIM_NONE);
		return;
	}
	if (check == ATT_CHECK_REVOCATION)
		make(v, HARDWARE, CLAIM_REFUSED);
	else if (check == ATT_CHECK_TCB_LEVEL || check == ATT_CHECK_TDX_MODULE)
		make(v, HARDWARE, CLAIM_UNRECOGNISED);
	else if (check == ATT_CHECK_ATTRIBUTES)
		make(v, CONFIGURATION, CLAIM_REFUSED);
	else
		for (unsigned c = 0; c < CLAIMS; c++)
			make(v, (enum claim)c, CLAIM_NOT_GENUINE);
}

/* ---- genuine evidence ---- */

static void platform(struct vector *v, const struct ear_subject *s)
{
	const struct att_claims *claims = s->claims;
	bool known_flaws = claims->tcb_status != TEE_STATUS_UP_TO_DATE || claims->n_advisories > 0;

	if (is_hardware(s->kind))
		make(v, HARDWARE,
		    claims->tcb_status == TEE_STATUS_REVOKED ? CLAIM_REFUSED
		    : known_flaws                            ? CLAIM_WARNED
							     : CLAIM_AFFIRMED);
	if (claims->debug)
		make(v, RUNTIME_OPAQUE, CLAIM_REFUSED); /* even where a policy permits it */
	else
		make(v, RUNTIME_OPAQUE, is_hardware(s->kind) ? CLAIM_AFFIRMED : CLAIM_WARNED);
}

static void agreed(struct vector *v, const struct ear_subject *s)
{
	make(v, EXECUTABLES, s->measured ? CLAIM_BOOT_AFFIRMED : CLAIM_NONE);
	if (s->measured)
		make(v, CONFIGURATION, s->claims->debug ? CLAIM_WARNED : CLAIM_AFFIRMED);
	if (s->bound)
		make(v, INSTANCE_IDENTITY, CLAIM_AFFIRMED);
}

/* What the policy refused, under the claim that it belongs to. */
static void refused(struct vector *v, const struct ear_subject *s)
{
	switch (s->finding ? s->finding->check : ATT_CHECK_FORM) {
	case ATT_CHECK_BINDING:
	case ATT_CHECK_AGE:
		make(v, INSTANCE_IDENTITY, CLAIM_UNRECOGNISED);
		break;
	case ATT_CHECK_MEASUREMENT:
		make(v, EXECUTABLES, CLAIM_REFUSED);
		break;
	case ATT_CHECK_TCB_STATUS:
	case ATT_CHECK_ADVISORY:
	case ATT_CHECK_TCB_MINIMUM:
		make(v, HARDWARE, CLAIM_REFUSED);
		break;
	case ATT_CHECK_KIND:
		make(v, HARDWARE, CLAIM_UNRECOGNISED);
		break;
	default: /* debug, platform, attributes */
		make(v, CONFIGURATION, CLAIM_REFUSED);
	}
}

static struct vector vector_of(const struct ear_subject *s)
{
	struct vector v = {0};

	if (!s->claims) {
		not_genuine(&v, s);
		return v;
	}
	platform(&v, s);
	if (s->st == ST_OK)
		agreed(&v, s);
	else
		refused(&v, s);
	return v;
}

/* ---- tiers ---- */

enum tier { TIER_AFFIRMING, TIER_NONE, TIER_WARNING, TIER_CONTRAINDICATED };

static enum tier tier_of(int value)
{
	if (value == CLAIM_NONE)
		return TIER_NONE;
	if (value >= CLAIM_REFUSED)
		return TIER_CONTRAINDICATED;
	return value >= CLAIM_WARNED ? TIER_WARNING : TIER_AFFIRMING;
}

/* The worst claim decides; code that nobody compared leaves the whole without an assertion, however good the platform. */
static const char *status_of(const struct vector *v)
{
	static const char *const names[] = {"affirming", "none", "warning", "contraindicated"};
	enum tier worst = TIER_AFFIRMING;

	for (unsigned c = 0; c < CLAIMS; c++)
		if (v->made[c] && tier_of(v->value[c]) > worst)
			worst = tier_of(v->value[c]);
	return names[worst];
}

const char *ear_status(const struct ear_subject *subject)
{
	struct vector v = vector_of(subject);

	return status_of(&v);
}

/* ---- JSON ---- */

static json_t *vector_json(const struct vector *v)
{
	json_t *out = json_object();

	for (unsigned c = 0; c < CLAIMS; c++)
		if (v->made[c])
			json_object_set_new(out, claim_names[c], json_integer(v->value[c]));
	return out;
}

/* Our own words beside the vector: what was refused, and what decides about it. */
static json_t *verifier_claims(const struct ear_subject *s)
{
	json_t *out = json_pack("{s:s,s:s}", "parley.tee", tee_name(s->kind), "parley.code", status_code(s->st));

	if (s->st != ST_OK && s->finding) {
		json_object_set_new(out, "parley.check", json_string(att_check_name(s->finding->check)));
		json_object_set_new(out, "parley.expected", json_string(s->finding->expected));
		json_object_set_new(out, "parley.got", json_string(s->finding->got));
		json_object_set_new(out, "parley.policy_key", json_string(s->finding->policy_key));
	}
	if (s->st == ST_OK && s->release)
		json_object_set_new(out, "parley.release", json_string(s->release));
	if (s->claims)
		json_object_set_new(out, "parley.tcb_status", json_string(tee_status_name(s->claims->tcb_status)));
	return out;
}

static json_t *appraisal_json(const struct ear_subject *s)
{
	struct vector v = vector_of(s);
	json_t *out = json_pack("{s:s,s:o,s:o}", "ear_status", status_of(&v), "ear_trustworthiness_vector",
	    vector_json(&v), "ear_verifier_claims", verifier_claims(s));

	if (s->policy_id)
		json_object_set_new(out, "ear_appraisal_policy_ids", json_pack("[s]", s->policy_id));
	return out;
}

json_t *ear_result(const struct ear_subject *subjects, size_t n, int64_t iat)
{
	json_t *submods = json_object();

	for (size_t i = 0; i < n; i++)
		if (json_object_set_new(submods, subjects[i].name, appraisal_json(&subjects[i])) != 0) {
			json_decref(submods);
			return NULL;
		}
	return json_pack("{s:s,s:I,s:{s:s,s:s},s:o}", "eat_profile", EAR_PROFILE, "iat", (json_int_t)iat,
	    "ear_verifier_id", "build", "parley 0.1.0", "developer", "Parley", "submods", submods);
}
