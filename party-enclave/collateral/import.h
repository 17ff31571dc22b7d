/* Private: one import in progress. */
#ifndef COLLATERAL_IMPORT_PRIVATE_H
#define COLLATERAL_IMPORT_PRIVATE_H

#include "collateral/import.h"
#include "text.h"

struct import {
	struct collateral *to;
	const char *name; /* of the file */
	int64_t fetched_s;
	struct problem *p;
};
/* Where: "FILE", or "FILE, tcb_info_signature". */
enum status import_refuse(const struct import *in, const char *part, const char *format, ...) __attribute__((format(printf, 3, 4)));
enum status import_add(const struct import *in, const char *part, enum att_item_type type, struct slice bytes, const uint8_t *signature);
enum status import_der(const struct import *in, const char *part, struct slice der);
/* at_least_one: a text without any block is refused. */
enum status import_pem(const struct import *in, const char *part, struct slice text);
bool looks_like_pem(struct slice text);
enum status import_json(const struct import *in, struct slice text);

#endif
