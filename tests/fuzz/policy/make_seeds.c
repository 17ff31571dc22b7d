/* Writes seeds for the decoders: the builder's policy and one that uses everything, whole, as a plan, and signed. */
#include <stdio.h>
#include <stdlib.h>

#include "base/panic.h"
#include "sample.h"
#include "wide_policy.h"

static void write_seed(const char *corpus, const char *target, const char *name, struct slice bytes)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s/%s", corpus, target, name);
	invariant(file_write(path, bytes, 0644) == ST_OK);
}

static void write_policy(const char *corpus, const char *name, const struct policy *p, const struct test_keys *keys)
{
	struct buf plan = {0}, payload = {0}, file = {0};
	char signed_name[64];

	snprintf(signed_name, sizeof signed_name, "%s-signed", name);
	plan_encode(&plan, &p->plan);
	test_policy_seal(p, keys, &payload, &file);
	write_seed(corpus, "fuzz_plan_decode", name, buf_view(&plan));
	write_seed(corpus, "fuzz_policy_decode", name, buf_view(&payload));
	write_seed(corpus, "fuzz_policy_decode", signed_name, buf_view(&file));
	buf_clear(&plan);
	buf_clear(&payload);
	buf_clear(&file);
}

static void write_corims(const char *corpus)
{
	static const uint8_t seed[ED25519_SEED_LEN] = {7};
	uint8_t pk[ED25519_PUBLIC_LEN], sk[ED25519_SECRET_LEN];
	static struct corim c;
	struct buf bytes = {0}, file = {0};

	sample_small(&c);
	invariant(corim_encode(&bytes, &c) == ST_OK);
	write_seed(corpus, "fuzz_corim", "small", buf_view(&bytes));
	ed25519_keypair(pk, sk, seed);
	invariant(corim_sign(&file, buf_view(&bytes), "Example Organisation", sk) == ST_OK);
	write_seed(corpus, "fuzz_corim", "small-signed", buf_view(&file));
	buf_reset(&bytes);
	sample_whole(&c);
	invariant(corim_encode(&bytes, &c) == ST_OK);
	write_seed(corpus, "fuzz_corim", "whole", buf_view(&bytes));
	buf_clear(&bytes);
	buf_clear(&file);
}

int main(int argc, char **argv)
{
	struct policy *p = calloc(1, sizeof *p);
	struct test_keys keys;

	invariant(p && argc == 2);
	test_keys_from_seed(&keys, 1);
	test_policy_fill(p, &keys);
	write_policy(argv[1], "small", p, &keys);
	wide_policy(p, &keys);
	write_policy(argv[1], "wide", p, &keys);
	p->results[1].nullable = true;
	write_policy(argv[1], "contradiction", p, &keys);
	write_corims(argv[1]);
	free(p);
	return 0;
}
