/* What `parley data submit` is made of: the verb, and the conversation with the hosts. */
#ifndef CLI_SUBMIT_H
#define CLI_SUBMIT_H

#include "policy_common.h"
#include "provide/provide.h"

struct submission {
	struct cli *cli;
	const struct loaded_policy *policy;
	unsigned provider;
	uint8_t session[16];
	uint32_t attempt;
	struct provide_admission admission;
	char urls[PROVIDE_PARTIES][256]; /* each host's submission socket */
	uint8_t endorse_sk[ED25519_SECRET_LEN];
	uint32_t rows; /* public: with padding rows.max */
	uint64_t *words; /* the third share, once shared */
	size_t n_words;
	struct buf manifest;
	struct provide_sender *sender;
	int64_t until_ms; /* monotonic: give up then */
};
int64_t submit_clock_ms(void);
/* Manifest and chunks to all three hosts, one after the other; a host that is not ready is asked again. */
MUST_USE enum status submit_send(struct submission *s);

#endif
