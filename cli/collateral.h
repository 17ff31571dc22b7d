/* What the collateral verbs and doctor share: a bundle, judged at a time, in lines and as JSON. */
#ifndef CLI_COLLATERAL_H
#define CLI_COLLATERAL_H

#include "collateral/check.h"
#include "evidence.h"

/* Documents of a judgement, one a line; array of {type, name, issuer, id, fmspc, from, to, fetched, signature, window}. */
json_t *judgement_say(const struct cli *cli, const struct collateral_judgement *j);
/* "TCB info SGX", "Intel SGX Root CA": static storage. */
const char *document_name(const struct collateral_facts *f);

#endif
