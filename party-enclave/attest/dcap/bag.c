/* The collateral bundle, opened: certificates and CRLs parsed, documents left as bytes. It is a bag that a host filled:
 * what cannot be read counts as absent. */
#include "dcap.h"

static enum status add(struct dcap_bag *bag, const struct att_item *item)
{
	enum status st = ST_OK;

	if (item->type == ATT_ITEM_CERTIFICATE) {
		st = x509_parse(&bag->certificates[bag->n_certificates], item->bytes);
		bag->n_certificates += st == ST_OK;
	}
	if (item->type == ATT_ITEM_CRL) {
		st = x509_crl_parse(&bag->crls[bag->n_crls], item->bytes);
		bag->n_crls += st == ST_OK;
	}
	return st == ST_NO_MEMORY ? st : ST_OK;
}

enum status dcap_bag_open(struct dcap *d)
{
	enum status st;

	if (d->bag.is_open)
		return ST_OK;
	d->bag.is_open = true;
	st = att_bundle_decode(&d->bag.items, d->in->collateral);
	if (st != ST_OK)
		return att_refuse(
		    d->f, ST_ATT_FORMAT, ATT_CHECK_COLLATERAL, "a collateral bundle", "%s", status_title(st));
	for (size_t i = 0; i < d->bag.items.n; i++)
		TRY(add(&d->bag, &d->bag.items.items[i]));
out:
	return st;
}

void dcap_bag_clear(struct dcap_bag *bag)
{
	for (size_t i = 0; i < bag->n_certificates; i++)
		x509_free(bag->certificates[i]);
	for (size_t i = 0; i < bag->n_crls; i++)
		x509_crl_free(bag->crls[i]);
	bag->n_certificates = bag->n_crls = 0;
}
