/*
 * Intel's two CRLs: the PCK CA's own (Platform and Processor differ) and the root's. A CRL counts when its issuer's name
 * and signature are right and T lies in its window; every one that counts is asked, so the bag's order decides nothing.
 */
#include "dcap.h"

#include <stdio.h>

static enum status refuse_without(
    struct dcap *d, const struct x509_crl *stale, bool unsigned_one, const struct x509 *issuer, struct att_finding *f)
{
	char what[128];

	snprintf(what, sizeof what, "a CRL by %s", x509_facts(issuer)->subject_cn);
	if (stale)
		return dcap_refuse_window(
		    f, what, x509_crl_facts(stale)->this_update, x509_crl_facts(stale)->next_update, d->in->now);
	return att_refuse(f, ST_ATT_COLLATERAL, ATT_CHECK_REVOCATION, what, "%s",
	    unsigned_one ? "one that this issuer did not sign" : "none in the collateral");
}

static void serial_hex(char out[static 65], const struct x509 *c)
{
	struct slice serial = x509_facts(c)->serial;

	hex_encode(out, slice_of(serial.ptr, serial.len < 32 ? serial.len : 32));
}

enum status dcap_not_revoked(struct dcap *d, const struct x509 *c, const struct x509 *issuer, struct att_finding *f)
{
	const struct x509_crl *valid = NULL, *stale = NULL;
	bool unsigned_one = false;
	char serial[65];

	for (size_t i = 0; i < d->bag.n_crls; i++) {
		const struct x509_crl *crl = d->bag.crls[i];
		const struct x509_crl_facts *facts = x509_crl_facts(crl);
		if (!slice_equal(facts->issuer, x509_facts(issuer)->subject))
			continue;
		enum status st = x509_crl_signed_by(crl, issuer);
		if (st == ST_NO_MEMORY)
			return st;
		if (st != ST_OK) {
			unsigned_one = true;
			continue;
		}
		if (!dcap_valid_at(facts->this_update, facts->next_update, d->in->now)) {
			stale = crl;
			continue;
		}
		if (x509_crl_lists(crl, c)) {
			serial_hex(serial, c);
			return att_refuse(f, ST_ATT_REVOKED, ATT_CHECK_REVOCATION, "a certificate that is not revoked",
			    "%s, serial %s, revoked by %s", x509_facts(c)->subject_cn, serial, facts->issuer_cn);
		}
		valid = valid ? valid : crl;
	}
	if (!valid)
		return refuse_without(d, stale, unsigned_one, issuer, f);
	att_window(d->claims, x509_crl_facts(valid)->this_update, x509_crl_facts(valid)->next_update);
	return ST_OK;
}
