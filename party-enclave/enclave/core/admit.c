/* EVIDENCE_SENT → ADMITTED: everybody's evidence, a channel with every peer, everybody's ADMIT. Only then is there a
 * handle, and without it there is nothing to send a share with. */
#include "core.h"

static enum status read_evidences(struct party *p)
{
	struct doc_evidence items[DOC_PARTIES_MAX];
	struct admission_evidence list[DOC_PARTIES_MAX];
	size_t n = 0;
	struct frame f;
	enum status st;

	TRY(inbox_expect(p, FRAME_EVIDENCES, &f));
	TRY(doc_get_evidences(items, &n, f.body));
	for (size_t i = 0; i < n; i++)
		list[i] = (struct admission_evidence){.kind = items[i].kind, .evidence = items[i].evidence, .endorsement = items[i].endorsement,
		    .collateral = items[i].collateral};
	TRY(admission_evidences(p->admission, list, n, &p->problem));
	p->state = ENC_CHANNELS;
out:
	return st;
}

/* Enclaves believe no clock: every HELLO's time must lie within the policy's validity. */
static enum status check_valid_now(struct party *p)
{
	struct att_time now = admitted_time(p->admitted);

	if (now.earliest_s < p->policy->not_before || now.latest_s > p->policy->not_after)
		return problem_set(&p->problem, ST_POLICY_NOT_VALID_NOW, NULL, NULL,
		    "the clocks of the session lie outside the policy's validity");
	return ST_OK;
}

enum status party_admit(struct party *p)
{
	struct buf admit = {0};
	enum status st;

	TRY(read_evidences(p));
	TRY(admission_channels(p->admission, &p->io, &p->admitted, &admit, &p->problem));
	TRY(check_valid_now(p));
	admission_free(p->admission);
	p->admission = NULL;
	TRY(buf_status(&admit));
	TRY(emit(p, FRAME_ADMITTED, 0, buf_view(&admit)));
	p->state = ENC_ADMITTED;
out:
	buf_clear(&admit);
	return st;
}
