#include "chain.h"

#include "../instant.h"

#include <stdio.h>

enum {
	SAME_NAME_MAX = 4 /* candidates of one name that are tried, so that a bag full of them costs little */,
	CHAIN_LEN = 3
};

static enum status bag_add(struct snp_bag *bag, const struct att_item *item)
{
	enum status st = ST_OK;

	if (item->type == ATT_ITEM_CERTIFICATE) {
		st = x509_parse(&bag->certificates[bag->n_certificates], item->bytes);
		bag->n_certificates += st == ST_OK;
	} else if (item->type == ATT_ITEM_CRL) {
		st = x509_crl_parse(&bag->crls[bag->n_crls], item->bytes);
		bag->n_crls += st == ST_OK;
	}
	bag->unreadable += st != ST_OK;
	return st == ST_NO_MEMORY ? st : ST_OK;
}

enum status snp_bag_open(struct snp_bag *bag, struct slice bundle, struct att_finding *f)
{
	struct att_bundle items;
	enum status st;

	memset(bag, 0, sizeof *bag);
	st = att_bundle_decode(&items, bundle);
	if (st != ST_OK)
		return att_refuse(
		    f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL, "a collateral bundle", "%s", status_title(st));
	for (size_t k = 0; k < items.n; k++)
		TRY(bag_add(bag, &items.items[k]));
out:
	return st;
}

void snp_bag_clear(struct snp_bag *bag)
{
	for (size_t k = 0; k < bag->n_certificates; k++)
		x509_free(bag->certificates[k]);
	for (size_t k = 0; k < bag->n_crls; k++)
		x509_crl_free(bag->crls[k]);
	bag->n_certificates = bag->n_crls = 0;
}

static bool valid_at(const struct x509_facts *c, struct att_time now)
{
	return c->not_before <= now.earliest_s && now.latest_s <= c->not_after;
}

/* AMD's leaves have serial number 0, no basicConstraints and no keyUsage: what makes one is its names and its key. */
static const struct snp_product *leaf_product(const struct x509_facts *c, enum snp_key key)
{
	bool vlek;
	const struct snp_product *p = snp_product_of_issuer(c->issuer_cn, &vlek);

	if (!p || c->ca || c->key != X509_P384 || vlek != (key == SNP_KEY_VLEK))
		return NULL;
	return strcmp(c->subject_cn, vlek ? "SEV-VLEK" : "SEV-VCEK") == 0 ? p : NULL;
}

static int leaf_rank(const struct x509 *leaf, const struct snp_report *rep, struct att_time now)
{
	bool signed_it = x509_verify_raw(leaf, slice_of(rep->signature, SNP_SIGNATURE_LEN), rep->signed_part) == ST_OK;

	return (signed_it ? 2 : 0) + (valid_at(x509_facts(leaf), now) ? 1 : 0);
}

static size_t find_leaves(const struct x509 *out[static ATT_ITEMS_MAX], const struct snp_bag *bag, enum snp_key key)
{
	size_t n = 0;

	for (size_t k = 0; k < bag->n_certificates; k++)
		if (leaf_product(x509_facts(bag->certificates[k]), key))
			out[n++] = bag->certificates[k];
	return n;
}

/* Of several leaves the one whose key signed the report, and of those the first that is valid now; one alone is taken unasked. */
static void choose_leaf(
    struct snp_chain *out, const struct snp_bag *bag, const struct snp_report *rep, struct att_time now)
{
	const struct x509 *leaves[ATT_ITEMS_MAX];
	size_t n = find_leaves(leaves, bag, rep->key);
	int best = -1;

	for (size_t k = 0; k < n; k++) {
		int rank = n == 1 ? 0 : leaf_rank(leaves[k], rep, now);
		if (rank > best) {
			best = rank;
			out->leaf = leaves[k];
			out->product = leaf_product(x509_facts(leaves[k]), rep->key);
		}
	}
}

static bool is_subject(const struct x509 *c, struct slice name)
{
	return slice_equal(x509_facts(c)->subject, name);
}

/* Certificates of this name; only the pinned ones when a root is asked for. *named: how many there were at all. */
static size_t find_named(const struct x509 *out[static SAME_NAME_MAX], const struct snp_bag *bag, struct slice name,
    const struct att_anchors *anchors, enum att_root root, size_t *named)
{
	size_t n = 0;
	uint8_t pin[ATT_PIN_LEN];

	for (size_t k = 0; k < bag->n_certificates && n < SAME_NAME_MAX; k++) {
		if (!is_subject(bag->certificates[k], name))
			continue;
		(*named)++;
		x509_pin(pin, bag->certificates[k]);
		if (!anchors || att_anchors_hold(anchors, root, pin))
			out[n++] = bag->certificates[k];
	}
	return n;
}

static enum status missing(struct att_finding *f, const struct snp_bag *bag, const char *what, const char *name)
{
	char expected[192];

	snprintf(expected, sizeof expected, "%s %s in the collateral", what, name);
	return att_refuse(f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL, expected,
	    "none among %zu certificates and %zu that cannot be read", bag->n_certificates, bag->unreadable);
}

/* What the last attempt at a chain ended with. */
struct attempt {
	enum x509_fault fault;
	size_t where;
	struct snp_chain chain;
};

static enum status refuse_fault(struct att_finding *f, const struct attempt *a, struct att_time now)
{
	const struct x509 *const links[CHAIN_LEN] = {a->chain.root, a->chain.signer, a->chain.leaf};
	const struct x509_facts *c = x509_facts(links[a->where < CHAIN_LEN ? a->where : CHAIN_LEN - 1]);
	char expected[192];

	if (a->fault != X509_FAULT_NOT_YET && a->fault != X509_FAULT_EXPIRED) {
		snprintf(expected, sizeof expected, "%s certified by %s", c->subject_cn, c->issuer_cn);
		return att_refuse(f, ST_ATT_CHAIN, ATT_CHECK_CHAIN, expected, "%s", x509_fault_text(a->fault));
	}
	snprintf(expected, sizeof expected, "%s valid from %s to %s", c->subject_cn, instant_show(now.earliest_s).text,
	    instant_show(now.latest_s).text);
	return att_refuse(f, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY, expected, "%s to %s",
	    instant_show(c->not_before).text, instant_show(c->not_after).text);
}

/* One signer with each pinned root of its issuer's name. ST_OK with a->fault X509_FINE, or the refusal of what is lacking. */
static enum status try_roots(
    struct attempt *a, const struct snp_bag *bag, const struct att_input *in, struct att_finding *f)
{
	const struct x509_facts *signer = x509_facts(a->chain.signer);
	const struct x509 *roots[SAME_NAME_MAX];
	size_t named = 0, n = find_named(roots, bag, signer->issuer, in->anchors, a->chain.product->root, &named);
	enum status st = ST_OK;

	if (named == 0)
		return missing(f, bag, "the root", signer->issuer_cn);
	if (n == 0)
		return att_refuse(f, ST_ATT_CHAIN, ATT_CHECK_ROOT, "the pinned key of AMD's root for this product",
		    "another key in a certificate that calls itself %s", signer->issuer_cn);
	for (size_t k = 0; k < n; k++) {
		const struct x509 *const links[CHAIN_LEN] = {roots[k], a->chain.signer, a->chain.leaf};
		a->chain.root = roots[k];
		a->fault = x509_chain(links, CHAIN_LEN, in->now.earliest_s, in->now.latest_s, &a->where, &st);
		if (st != ST_OK || a->fault == X509_FINE)
			return st;
	}
	return ST_OK;
}

static enum status find_path(
    struct snp_chain *out, const struct snp_bag *bag, const struct att_input *in, struct att_finding *f)
{
	const struct x509_facts *leaf = x509_facts(out->leaf);
	const struct x509 *signers[SAME_NAME_MAX];
	size_t named = 0, n = find_named(signers, bag, leaf->issuer, NULL, 0, &named);
	struct att_finding first = {0};
	enum status st = ST_OK;

	if (n == 0)
		return missing(f, bag, "the signing certificate", leaf->issuer_cn);
	for (size_t k = 0; k < n; k++) {
		struct attempt a = {.chain = *out};
		a.chain.signer = signers[k];
		st = try_roots(&a, bag, in, &first);
		if (st == ST_NO_MEMORY)
			return st;
		if (st == ST_OK && a.fault == X509_FINE) {
			*out = a.chain;
			return ST_OK;
		}
		if (st == ST_OK)
			(void)refuse_fault(&first, &a, in->now);
	}
	return att_refuse(f, first.st, first.check, first.expected, "%s", first.got);
}

/* AMD's CRL is the ARK's and lists ASKs and ASVKs (57230, section 2.2). Deployments mostly have none, so its absence is accepted;
 * what one under the root's key lists is revoked whatever the CRL's own dates: nothing is ever un-revoked. */
static enum status check_revocation(const struct snp_bag *bag, const struct snp_chain *c, struct att_finding *f)
{
	const struct x509_facts *root = x509_facts(c->root), *signer = x509_facts(c->signer);

	for (size_t k = 0; k < bag->n_crls; k++) {
		if (!slice_equal(x509_crl_facts(bag->crls[k])->issuer, root->subject))
			continue;
		enum status st = x509_crl_signed_by(bag->crls[k], c->root);
		if (st == ST_NO_MEMORY)
			return st;
		if (st != ST_OK)
			return att_refuse(f, ST_ATT_SIGNATURE, ATT_CHECK_REVOCATION, "a CRL signed by its issuer",
			    "a CRL of %s that it did not sign", root->subject_cn);
		if (x509_crl_lists(bag->crls[k], c->signer))
			return att_refuse(f, ST_ATT_REVOKED, ATT_CHECK_REVOCATION,
			    "a signing certificate that is not revoked", "%s, which %s has revoked", signer->subject_cn,
			    root->subject_cn);
	}
	return ST_OK;
}

enum status snp_chain_find(struct snp_chain *out, const struct snp_bag *bag, const struct snp_report *rep,
    const struct att_input *in, struct att_finding *f)
{
	struct snp_chain c = {0};
	enum status st;

	choose_leaf(&c, bag, rep, in->now);
	if (!c.leaf)
		return missing(f, bag, "a certificate", rep->key == SNP_KEY_VLEK ? "SEV-VLEK" : "SEV-VCEK");
	TRY(find_path(&c, bag, in, f));
	TRY(check_revocation(bag, &c, f));
	*out = c;
out:
	return st;
}
