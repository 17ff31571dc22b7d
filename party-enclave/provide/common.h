#ifndef PROVIDE_COMMON_H
#define PROVIDE_COMMON_H

#include "provide/provide.h"

#include "base/cbor.h"
#include "base/cose.h"
#include "base/reader.h"
#include "base/seal.h"

enum { AAD_LEN = 5, MANIFEST_KEYS = 9 };
enum manifest_key { M_SID = 1, M_ROSTER, M_ID, M_DATASET, M_POLICY, M_ROWS, M_COMMITMENT };

const char *provider_id(const struct provide_session *s);
void commit_seed(uint8_t out[static HASH_LEN], const uint8_t seed[static PROVIDE_SEED_LEN]);
/* Then hash_bytes() of each chunk, and hash_end(). */
void commit_third_begin(struct hash *h, const uint8_t rho[static PROVIDE_SEED_LEN], size_t words);
void bind_envelopes(
    uint8_t info[static HASH_LEN], const struct provide_session *s, const uint8_t manifest_hash[static HASH_LEN]);
void envelope_aad(uint8_t out[static AAD_LEN], unsigned party, uint32_t chunk);
void words_swap(uint64_t *words, size_t n);
void manifest_encode(struct buf *out, const struct provide_session *s, const struct provide_manifest *m);

#endif
