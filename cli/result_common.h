/* Reading a receipt or a result file, all of it judged before anything is shown. */
#ifndef CLI_RESULT_COMMON_H
#define CLI_RESULT_COMMON_H

#include "base/keyfile.h"
#include "policy_common.h"
#include "receipt/receipt.h"

struct opened { /* large: heap only */
	struct policy policy;
	struct receipt_verdict verdict;
	struct receipt_bundle bundle;
	struct buf file;
	struct slice bundle_bytes;
	struct slice parts[POLICY_PARTIES_MAX];
	uint8_t expect[HASH_LEN];
};
void opened_free(struct opened *o);
/* A receipt (a bundle) or a result file (bundle and parts); hash_hex may be NULL. Reads and verifies. */
MUST_USE enum status open_receipt(struct cli *cli, struct opened **out, const char *path, const char *hash_hex);
MUST_USE enum status open_result(struct cli *cli, struct opened **out, const char *path, const char *hash_hex);
/* The table for the holder of this receive key; borrows from o. */
MUST_USE enum status open_table(struct cli *cli, const struct opened *o, const struct key_file *key, struct result_table *table);
/* Says it, and puts it into cli->doc. */
void show_verdict(struct cli *cli, const struct opened *o);

#endif
