/* From three sealed parts to the words of the result: every part has the hash its sender signed, every share arrives
 * twice and agrees, and x = x_0 ^ x_1 ^ x_2 (party i sends x_i and x_{i+1}). */
#include <stdio.h>
#include <stdlib.h>

#include "base/reader.h"
#include "part.h"

static void place_of(char *where, size_t cap, const struct policy *p, unsigned party)
{
	snprintf(where, cap, "party %s", p->parties[party].id);
}

/* The key is the recipient's own, and the policy lets it learn the result. */
static enum status check_recipient(const struct policy *p, unsigned recipient, const uint8_t sk[static X25519_LEN],
    struct problem *problem)
{
	uint8_t pk[X25519_LEN];
	char where[64];

	if (recipient >= p->n_parties)
		return problem_default(problem, ST_REC_RECIPIENT, NULL);
	place_of(where, sizeof where, p, recipient);
	if (!(p->recipients >> recipient & 1))
		return problem_set(problem, ST_REC_RECIPIENT, where, NULL, "the policy does not release the result to %s",
		    p->parties[recipient].id);
	x25519_public(pk, sk);
	if (memcmp(pk, p->parties[recipient].receive, sizeof pk) != 0)
		return problem_set(problem, ST_REC_RECIPIENT, where, NULL, "this is not the receive key of %s",
		    p->parties[recipient].id);
	return ST_OK;
}

static const uint8_t *stated_hash(const struct receipt_statement *s, unsigned recipient)
{
	for (unsigned k = 0; k < s->n_parts; k++)
		if (s->part_recipient[k] == recipient)
			return s->part_hash[k];
	return NULL;
}

static enum status check_part_hash(const struct policy *p, const struct receipt_verdict *v, unsigned sender,
    unsigned recipient, struct slice part, struct problem *problem)
{
	const uint8_t *stated = stated_hash(&v->statements[sender], recipient);
	uint8_t hash[HASH_LEN];
	char where[64];

	result_part_hash(hash, part);
	if (stated && memcmp(stated, hash, sizeof hash) == 0)
		return ST_OK;
	place_of(where, sizeof where, p, sender);
	return problem_set(problem, ST_REC_RESULT, where, NULL,
	    "the result part is not the one that its sender's receipt names for %s", p->parties[recipient].id);
}

static enum status combine(uint64_t *words, size_t n, const struct part_shares s[static POLICY_PARTIES_MAX],
    struct problem *problem)
{
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++)
		if (!slice_equal(s[i].next, s[(i + 1) % POLICY_PARTIES_MAX].own))
			return problem_set(problem, ST_REC_RESULT, NULL, NULL, "two parties disagree on a share of the result");
	for (size_t k = 0; k < n; k++) {
		words[k] = 0;
		for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++) {
			struct reader r = {.rest = slice_of(s[i].own.ptr + 8 * k, 8)};

			words[k] ^= rd_u64le(&r);
		}
	}
	return ST_OK;
}

enum status result_open(uint64_t *words, const struct policy *p, const struct receipt_verdict *v, unsigned recipient,
    const uint8_t receive_sk[static X25519_LEN], const struct slice parts[static POLICY_PARTIES_MAX],
    struct problem *problem)
{
	struct part_shares shares[POLICY_PARTIES_MAX];
	uint8_t *plain[POLICY_PARTIES_MAX] = {NULL};
	char where[64];
	enum status st;

	TRY(check_recipient(p, recipient, receive_sk, problem));
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++) {
		TRY(check_part_hash(p, v, i, recipient, parts[i], problem));
		plain[i] = malloc(parts[i].len > 0 ? parts[i].len : 1);
		TRY(plain[i] ? ST_OK : ST_NO_MEMORY);
		place_of(where, sizeof where, p, i);
		st = part_open(&shares[i], plain[i], p, &v->ctx, i, recipient, receive_sk, parts[i]);
		if (st != ST_OK)
			problem_default(problem, st, where);
		TRY(st);
	}
	st = combine(words, (size_t)result_words(&p->plan) * p->plan.groups, shares, problem);
out:
	for (unsigned i = 0; i < POLICY_PARTIES_MAX; i++) {
		if (plain[i])
			wipe(plain[i], parts[i].len);
		free(plain[i]);
	}
	return st;
}
