/* Numbers of draft-ietf-rats-corim-09 that the profile uses, shared by encoder and decoder. */
#ifndef POLICY_CORIM_PROFILE_H
#define POLICY_CORIM_PROFILE_H

#include "policy/corim.h"

enum corim_tag {
	TAG_TIME = 1,
	TAG_SIGN1 = 18,
	TAG_URI = 32,
	TAG_CORIM = 501,
	TAG_COSWID = 505,
	TAG_COMID = 506,
	TAG_COTL = 508,
	TAG_SVN = 552,
	TAG_MIN_SVN = 553,
	TAG_BYTES = 560,
};
enum corim_key { CORIM_ID = 0, CORIM_TAGS = 1, CORIM_PROFILE_KEY = 3, CORIM_VALIDITY = 4 };
enum comid_key { COMID_IDENTITY = 1, COMID_TRIPLES = 4 };
enum measurement_key { MEASUREMENT_MKEY = 0, MEASUREMENT_MVAL = 1 };
enum mval_key { MVAL_VERSION = 0, MVAL_SVN = 1, MVAL_DIGESTS = 2, MVAL_RAW = 4 };
enum class_key { CLASS_VENDOR = 1, CLASS_MODEL = 2 };

/* "aws", "intel", "amd"; software and tpm enclaves are ours. */
const char *profile_vendor(enum tee_kind kind);
/* Which of the three forms a register's value takes. Hash algorithms: IANA's Named Information registry. */
enum profile_form { FORM_DIGEST, FORM_MIN_SVN, FORM_RAW };
struct profile_register {
	enum profile_form form;
	uint64_t algorithm; /* of a digest: 1 SHA-256, 7 SHA-384 */
};
struct profile_register profile_register(enum tee_kind kind, unsigned reg);

#endif
