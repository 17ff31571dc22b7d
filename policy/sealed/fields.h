/* Numbers of the payload's fields, shared by encoder and decoder; docs/sealed-policy.cddl is the published form. */
#ifndef POLICY_SEALED_FIELDS_H
#define POLICY_SEALED_FIELDS_H

#include "policy/sealed.h"

enum { SEALED_VERSION = 2, SEALED_FIELDS = 21, DATASET_FIELDS = 5 };
enum { PARTY_ITEMS = 11, SET_ITEMS = 4, RULES_ITEMS = 9, PROVIDER_ITEMS = 5 };
enum { ADMISSION_ITEMS = 8, COLUMN_ITEMS = 6, RESULT_ITEMS = 6, PAIR_ITEMS = 2 };

enum sealed_field {
	FIELD_VERSION = 1,
	FIELD_NAME,
	FIELD_SERIAL,
	FIELD_NOT_BEFORE,
	FIELD_NOT_AFTER,
	FIELD_SIGNING_TIME,
	FIELD_FAMILY,
	FIELD_PARTIES,
	FIELD_ADMISSION,
	FIELD_DATASET,
	FIELD_RECIPIENTS,
	FIELD_MIN_SUBJECTS,
	FIELD_RESULTS,
	FIELD_CONDITIONS,
	FIELD_ORDER,
	FIELD_LIMIT,
	FIELD_SOURCE,
	FIELD_COMPILER,
	FIELD_FILLED_IN,
	FIELD_PROVIDERS,
	FIELD_PLAN,
};
enum dataset_field { DATASET_NAME = 1, DATASET_FROM, DATASET_PAD, DATASET_ROWS, DATASET_COLUMNS };

/* The facts among themselves (facts.c, columns.c, parties.c, reference.c), each with its status and the place of the fault. */
enum status facts_check(const struct policy *p, struct problem *problem);
enum status facts_check_parties(const struct policy *p, struct problem *problem);
enum status facts_check_columns(const struct policy *p, struct problem *problem);
/* Text that is shown to people: not empty, and no control characters that could move a terminal's cursor. */
bool facts_is_printable(struct slice text);

#endif
