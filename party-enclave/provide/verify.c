/* A provider judges the whole admission itself, with the functions that peers and receipts use. */
#include "common.h"

#include <stdlib.h>

/* The provider's own clock, which it believes: no HELLO may be further from it than skew. */
static enum status check_clock(
    const struct policy *p, const struct hello hellos[static PROVIDE_PARTIES], int64_t now_s, struct problem *problem)
{
	for (unsigned i = 0; i < PROVIDE_PARTIES; i++) {
		int64_t off = hellos[i].time_s - now_s;

		if (off > (int64_t)p->skew_s || -off > (int64_t)p->skew_s)
			return problem_set(problem, ST_ATT_HELLO_CLOCK, p->parties[i].id, NULL,
			    "HELLO time: expected within %u s of this machine's clock, got %lld s off", p->skew_s, (long long)off);
	}
	return ST_OK;
}

enum status provide_verify(struct provide_admission *out, const struct policy *p,
    const uint8_t policy_hash[static HASH_LEN], const uint8_t plan_hash[static HASH_LEN], const struct att_anchors *anchors, const struct slice *hellos, size_t n_hellos, const struct admission_evidence *items,
    size_t n_items, const struct slice *admits, size_t n_admits, int64_t now_s, struct problem *problem)
{
	struct provide_admission *found = calloc(1, sizeof *found);
	enum status st;

	if (!found)
		return problem_default(problem, ST_NO_MEMORY, "admission");
	TRY(admission_check_hellos(found->hellos, found->sid, p, policy_hash, plan_hash, hellos, n_hellos, problem));
	TRY(check_clock(p, found->hellos, now_s, problem));
	TRY(admission_check_evidences(
	    found->roster, found->claims, p, anchors, found->hellos, found->sid, items, n_items, problem));
	if (n_admits != p->n_parties)
		TRY(problem_set(problem, ST_ATT_ADMIT, "ADMIT list", NULL, "length: expected %u, got %zu", p->n_parties, n_admits));
	for (unsigned i = 0; i < p->n_parties; i++)
		TRY(admission_check_admit(p, i, found->hellos[i].vk, found->roster, found->claims, admits[i], problem));
	*out = *found;
out:
	free(found);
	return st;
}
