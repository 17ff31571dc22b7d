/*
 * What a policy may say about evidence, judged alike where YAML is read (with a place) and where enclaves decode: sets of
 * reference values, rules about platforms, diversity. Pure, no clock. The texts are one sentence each, for people.
 *
 * Sources: docs/ATTESTATION.md; the registers and their lengths are base/tee.h's.
 */
#ifndef POLICY_REFERENCE_H
#define POLICY_REFERENCE_H

#include "policy/sealed.h"

enum { REFERENCE_FAULT_MAX = 256 };

/* Dates of a set that always counts. */
#define REFERENCE_ALWAYS_FROM INT64_C(0)
#define REFERENCE_ALWAYS_TO INT64_C(253402300799)

/* Is the text of a release name or the empty name of a set that `measurements` made? */
bool reference_is_release(const char *name);
/* TEEs whose root is made per installation, and that therefore name one. */
bool reference_has_root(enum tee_kind kind);
/* TEEs whose code is one register, so that `measurements: [HEX]` says all. */
bool reference_is_one_value(enum tee_kind kind);
/* Is the register written as a decimal number? */
bool reference_is_number(enum tee_kind kind, unsigned reg);
/* Does the register tell images apart, so that zeros there mean debugging or nothing measured? */
bool reference_is_code(enum tee_kind kind, unsigned reg);

/* Each writes why the thing cannot stand and returns true, or returns false. `out` has room for REFERENCE_FAULT_MAX. */
bool reference_set_fault(char *out, enum tee_kind kind, const struct tee_set *set); /* by itself */
bool reference_dates_fault(
    char *out, const struct policy *p, const struct tee_set *set); /* beside the policy's dates */
bool reference_pair_fault(char *out, const struct tee_set *a, const struct tee_set *b); /* two of one party */
bool reference_rules_fault(char *out, enum tee_kind kind, const struct tee_rules *rules);
bool reference_distinct_fault(char *out, const struct policy *p);

/* How diverse the compute parties are at best. Software and tpm count for neither: the host's root reads their memory. */
struct policy_diversity {
	unsigned vendors, operators;
};
struct policy_diversity policy_diversity(const struct policy *p);

#endif
