/* The threat table for this policy: its TEEs, its operators, and rep3, which is what this version has. */
#include "item.h"

#include <stdio.h>

static bool one_operator(const struct policy *p)
{
	for (unsigned i = 1; i < p->n_parties; i++)
		if (strcmp(p->parties[i].operator_, p->parties[0].operator_) != 0)
			return false;
	return true;
}

static bool shares_operator(const struct policy *p)
{
	for (unsigned i = 0; i < p->n_parties; i++)
		for (unsigned j = 0; j < i; j++)
			if (strcmp(p->parties[i].operator_, p->parties[j].operator_) == 0)
				return true;
	return false;
}

static bool shares_root(const struct policy *p)
{
	for (unsigned i = 0; i < p->n_parties; i++)
		for (unsigned j = 0; j < i; j++)
			if (p->parties[i].has_tee_root && p->parties[j].has_tee_root &&
			    memcmp(p->parties[i].tee_root, p->parties[j].tee_root, sizeof p->parties[i].tee_root) == 0)
				return true;
	return false;
}

/* Parties whose TEE the root user of their machine can read. */
static uint32_t readable_by_root(const struct policy *p)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < p->n_parties; i++)
		if (p->parties[i].compute && !tee_vendor(p->parties[i].tee))
			set |= UINT32_C(1) << i;
	return set;
}

static uint32_t in_hardware(const struct policy *p)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < p->n_parties; i++)
		if (p->parties[i].compute && tee_vendor(p->parties[i].tee))
			set |= UINT32_C(1) << i;
	return set;
}

static void explain_tees(const struct explainer *e)
{
	uint32_t set = readable_by_root(e->p), hard = in_hardware(e->p);
	char names[128], rest[128];

	name_parties(e->p, set, names, sizeof names);
	name_parties(e->p, hard, rest, sizeof rest);
	if (set)
		explain_say(e, "software TEE",
		    "%s use%s it, or a TPM: the root user of such a machine can read that party's enclave. It counts "
		    "as no "
		    "diversity; what protects the inputs from one such user is the secret sharing",
		    names, set & (set - 1) ? "" : "s");
	if (hard)
		explain_say(e, "hardware TEE",
		    "%s run%s in encrypted memory that their vendors attest. Laboratory equipment has broken shipping "
		    "ones; "
		    "what protects the inputs from one broken enclave is the secret sharing",
		    rest, hard & (hard - 1) ? "" : "s");
}

void explain_threats(const struct explainer *e)
{
	const struct policy *p = e->p;

	explain_say(e, "network, coordinator, other organisations' hosts",
	    "confidentiality; a right answer or an abort. A compromised host sees and can "
	    "alter its own organisation's input, and the result key if that lies there; nothing of anyone else's");
	explain_say(e, "one compute TEE broken, adversary only reads",
	    "confidentiality: its shares alone are random numbers (one of three, rep3)");
	explain_say(e, "one compute TEE broken, adversary deviates",
	    "nothing is promised once a value is opened: it can make the answer wrong and, "
	    "through what it makes come out, learn about inputs. No protocol against this is in this version");
	explain_say(e, "two compute TEEs broken", "nothing: two of three hold all shares");
	explain_tees(e);
	if (one_operator(p))
		explain_say(e, "ONE OPERATOR",
		    "all three enclaves are run by %s, who can put the shares together: the sharing protects from "
		    "nobody there",
		    p->parties[0].operator_);
	else if (shares_operator(p))
		explain_say(e, "SHARED OPERATOR",
		    "two enclaves are run by the same operator, who can put their shares together and read everything");
	if (shares_root(p))
		explain_say(e, "SHARED ROOT",
		    "parties share a software TEE root: whoever holds it can pass off any program as the enclave of "
		    "each of them");
}
