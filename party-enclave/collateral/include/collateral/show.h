/*
 * What evidence says of itself, for people: every field, nothing verified, nothing refused. Bytes that make no sense are said to make
 * none, and reading stops there. Pure; allocates for certificates only.
 *
 *   name    "body.mrenclave", "payload.pcrs.0", "pck_chain[0]": stable, for programs too
 *   value   printable ASCII; byte strings as hex, long ones cut with their length
 */
#ifndef COLLATERAL_SHOW_H
#define COLLATERAL_SHOW_H

#include "attest/attest.h"

enum { EVIDENCE_FACTS_MAX = 512 }; /* then one last fact says so */
typedef void (*evidence_fact)(void *ctx, const char *name, const char *value);
void evidence_show(enum tee_kind kind, struct slice evidence, evidence_fact fact, void *ctx);

#endif
