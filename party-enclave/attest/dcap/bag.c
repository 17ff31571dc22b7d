/* The collateral bundle, opened: certificates and CRLs parsed when first asked for, documents left as bytes. It is a bag that
 * a host filled: what cannot be read counts as absent. */
#include "dcap.h"

enum status dcap_bag_open(struct dcap *d)
{
	enum status st;

	if (d->bag.is_open)
		return ST_OK;
	st = att_bundle_decode(&d->bag.items, d->in->collateral);
	if (st != ST_OK)
		return att_refuse(
		    d->f, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL, "a collateral bundle", "%s", status_title(st));
	d->bag.is_open = true;
	return ST_OK;
}

static enum status add_certificate(struct dcap_bag *bag, const struct att_item *item)
{
	enum status st = x509_parse(&bag->certificates[bag->n_certificates], item->bytes);

	bag->n_certificates += st == ST_OK;
	return st == ST_NO_MEMORY ? st : ST_OK;
}

static enum status add_crl(struct dcap_bag *bag, const struct att_item *item)
{
	enum status st = x509_crl_parse(&bag->crls[bag->n_crls], item->bytes);

	bag->n_crls += st == ST_OK;
	return st == ST_NO_MEMORY ? st : ST_OK;
}

static enum status each(struct dcap_bag *bag, enum att_item_type type,
    enum status (*add)(struct dcap_bag *bag, const struct att_item *item))
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < bag->items.n; i++)
		if (bag->items.items[i].type == type)
			st = add(bag, &bag->items.items[i]);
	return st;
}

enum status dcap_bag_certificates(struct dcap *d)
{
	enum status st;

	TRY(dcap_bag_open(d));
	if (!d->bag.has_certificates)
		TRY(each(&d->bag, ATT_ITEM_CERTIFICATE, add_certificate));
	d->bag.has_certificates = true;
out:
	return st;
}

enum status dcap_bag_crls(struct dcap *d)
{
	enum status st;

	TRY(dcap_bag_open(d));
	if (!d->bag.has_crls)
		TRY(each(&d->bag, ATT_ITEM_CRL, add_crl));
	d->bag.has_crls = true;
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
