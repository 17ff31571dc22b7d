/*
 * How a channel comes to be: only admission makes one, with the keys of a handshake that has ended. Tests and fuzz
 * targets may; nothing else includes this.
 */
#ifndef CHANNEL_RECORDS_H
#define CHANNEL_RECORDS_H

#include "channel/channel.h"

struct channel_config {
	enum aead_suite suite;
	uint8_t send_key[AEAD_KEY_LEN], recv_key[AEAD_KEY_LEN];
	uint8_t sid[16]; /* the first 16 bytes of sid */
	uint8_t self, peer;
};
MUST_USE enum status channel_new(struct channel **out, const struct channel_config *cfg);
void channel_free(struct channel *c); /* wipes; NULL is fine */

enum { CHANNEL_AD_LEN = 40 };

#endif
