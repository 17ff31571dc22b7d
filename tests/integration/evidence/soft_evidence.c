/* Evidence as a launcher makes it and its endorsement as an endorser makes it, with an organisation's real key files:
 * soft_evidence KEYS PARTY ISSUED EVIDENCE ENDORSEMENT [debug]. Measurement: 64 bytes 22. */
#include "support/soft_claims.h"

#include "base/cbor.h"
#include "base/cose.h"
#include "base/keyfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what, enum status st)
{
	fprintf(stderr, "%s: %s\n", what, status_title(st));
	exit(1);
}

static void signing_key(uint8_t sk[static ED25519_SECRET_LEN], const char *folder, const char *name, enum key_role role)
{
	struct problem p = {.st = ST_OK};
	struct key_file key = {.role = role};
	uint8_t pk[ED25519_PUBLIC_LEN];
	char path[4096];

	snprintf(path, sizeof path, "%s/%s.key", folder, name);
	enum status st = key_file_read(&key, path, role, &p);
	if (st != ST_OK)
		die(path, st);
	ed25519_keypair(pk, sk, key.secret.bytes);
}

static void save(const char *path, struct slice bytes)
{
	enum status st = file_write(path, bytes, 0600);
	if (st != ST_OK)
		die(path, st);
}

static void endorse(struct buf *out, const char *keys, const char *party, struct slice evidence)
{
	uint8_t sk[ED25519_SECRET_LEN], hash[HASH_LEN], sid[HASH_LEN] = {7};
	struct buf payload = {0};
	struct hash s;

	hash_begin(&s, "parley/evidence/v1", 2);
	hash_u64(&s, TEE_SOFTWARE);
	hash_bytes(&s, evidence);
	hash_end(&s, hash);
	cbor_put_map(&payload, 3);
	cbor_put_u64(&payload, 1);
	cbor_put_bytes(&payload, slice_of(sid, HASH_LEN));
	cbor_put_u64(&payload, 2);
	cbor_put_text(&payload, party);
	cbor_put_u64(&payload, 3);
	cbor_put_bytes(&payload, slice_of(hash, HASH_LEN));
	signing_key(sk, keys, "endorse", KEY_ENDORSE);
	cose_sign1(out, "parley/endorse/v1", buf_view(&payload), sk);
	buf_clear(&payload);
}

int main(int argc, char **argv)
{
	uint8_t root[ED25519_SECRET_LEN], measurement[HASH_LEN];
	struct buf evidence = {0}, endorsement = {0};

	if (argc < 6 || crypto_init() != ST_OK)
		return 64;
	memset(measurement, 0x22, sizeof measurement);
	struct att_claims claims = test_soft_claims(measurement, 7, strtoll(argv[3], NULL, 10));
	claims.debug = argc > 6;
	signing_key(root, argv[1], "tee-root", KEY_TEE_ROOT);
	att_soft_produce(&evidence, &claims, root);
	endorse(&endorsement, argv[1], argv[2], buf_view(&evidence));
	save(argv[4], buf_view(&evidence));
	save(argv[5], buf_view(&endorsement));
	buf_clear(&evidence);
	buf_clear(&endorsement);
	return 0;
}
