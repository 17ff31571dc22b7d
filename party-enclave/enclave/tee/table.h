/* An SNP host's certificate table as a bundle of collateral. */
#ifndef ENCLAVE_TEE_TABLE_H
#define ENCLAVE_TEE_TABLE_H

#include "base/buf.h"

/* Appends a bundle; nothing for a table without certificates. DER goes in as it is; PEM is decoded. What is neither is left out:
 * verifiers say what they lack. ST_FORMAT for a table that is none, ST_NO_MEMORY. */
MUST_USE enum status table_to_bundle(struct buf *out, struct slice table);

#endif
