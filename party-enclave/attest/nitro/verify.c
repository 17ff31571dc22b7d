/*
 * AWS Nitro Enclaves. Order of docs/ATTESTATION.md, section 2: form, root, chain and validity at the session's time, signature, the
 * document's own time, and only then what it claims. The chain is root, region, zone, instance, enclave; AWS's CRLs are not
 * part of the evidence and region and zone live for days only, so revocation is left to their expiry.
 */
#include "format.h"

#include "../instant.h"
#include "../verifier.h"
#include "base/cose.h"

#include <stdio.h>

struct chain {
	struct x509 *c[X509_CHAIN_MAX];
	size_t n;
};

static void chain_clear(struct chain *chain)
{
	for (size_t i = 0; i < chain->n; i++)
		x509_free(chain->c[i]);
}

/* What a person calls certificate i of n. */
static const char *position(size_t i, size_t n)
{
	static const char *const above[] = {"the root", "CA 1 below the root", "CA 2 below the root",
	    "CA 3 below the root", "CA 4 below the root", "CA 5 below the root", "CA 6 below the root"};

	return i + 1 == n ? "the enclave's certificate" : above[i];
}

static enum status chain_add(struct chain *chain, struct slice der, size_t of, struct att_finding *f)
{
	static const char expected[] = "an X.509 certificate, P-384, ecdsa-with-SHA384";
	const char *where = position(chain->n, of);
	enum status st = x509_parse(&chain->c[chain->n], der);

	if (st == ST_NO_MEMORY)
		return st;
	if (st != ST_OK)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, expected, "%s: %s (%s)", where, status_title(st),
		    status_code(st));
	chain->n++;
	if (x509_facts(chain->c[chain->n - 1])->key != X509_P384)
		return att_refuse(f, ST_ATT_FORMAT, ATT_CHECK_FORM, expected, "%s: another kind of key", where);
	return ST_OK;
}

static enum status check_root(const struct x509 *root, const struct att_anchors *anchors, struct att_finding *f)
{
	uint8_t pin[ATT_PIN_LEN];
	char hex[2 * ATT_PIN_LEN + 1];

	x509_pin(pin, root);
	if (att_anchors_hold(anchors, ATT_ROOT_AWS_NITRO, pin))
		return ST_OK;
	hex_encode(hex, slice_of(pin, sizeof pin));
	return att_refuse(f, ST_ATT_CHAIN, ATT_CHECK_ROOT, "the pinned key of AWS's root", "key %s, called \"%s\"", hex,
	    x509_facts(root)->subject_cn);
}

/* Anchors by what is pinned, never by what the document says: first of all. */
static enum status chain_read(
    struct chain *chain, const struct nitro_document *doc, const struct att_anchors *anchors, struct att_finding *f)
{
	size_t of = doc->n_bundle + 1;
	enum status st;

	TRY(chain_add(chain, doc->bundle[0], of, f));
	TRY(check_root(chain->c[0], anchors, f));
	for (size_t i = 1; i < doc->n_bundle; i++)
		TRY(chain_add(chain, doc->bundle[i], of, f));
	TRY(chain_add(chain, doc->leaf, of, f));
out:
	return st;
}

static enum status refuse_validity(
    const struct x509_facts *c, const char *where, struct att_time now, struct att_finding *f)
{
	char expected[80];

	snprintf(expected, sizeof expected, "valid from %s to %s", instant_show(now.earliest_s).text,
	    instant_show(now.latest_s).text);
	return att_refuse(f, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY, expected, "%s: valid from %s to %s", where,
	    instant_show(c->not_before).text, instant_show(c->not_after).text);
}

static enum status check_chain(const struct chain *chain, struct att_time now, struct att_finding *f)
{
	static const char expected[] = "a chain from AWS's root to the enclave's certificate";
	const struct x509_facts *leaf = x509_facts(chain->c[chain->n - 1]);
	enum status st;
	size_t at;

	enum x509_fault fault =
	    x509_chain((const struct x509 *const *)chain->c, chain->n, now.earliest_s, now.latest_s, &at, &st);
	if (st != ST_OK)
		return st;
	if (fault == X509_FAULT_NOT_YET || fault == X509_FAULT_EXPIRED)
		return refuse_validity(x509_facts(chain->c[at]), position(at, chain->n), now, f);
	if (fault != X509_FINE)
		return att_refuse(f, ST_ATT_CHAIN, ATT_CHECK_CHAIN, expected, "%s: %s", position(at, chain->n),
		    x509_fault_text(fault));
	if (leaf->ca || (leaf->key_usage && !leaf->digital_signature))
		return att_refuse(
		    f, ST_ATT_CHAIN, ATT_CHECK_CHAIN, expected, "the enclave's certificate may not sign documents");
	return ST_OK;
}

static enum status check_signature(struct slice evidence, const struct x509_facts *leaf, struct att_finding *f)
{
	struct cose_key key = {.alg = COSE_ES384, .x = leaf->x, .y = leaf->y};
	struct slice payload;
	enum status st = cose_sign1_verify_any(evidence, (struct slice){0}, &key, &payload);

	if (st == ST_OK || st == ST_NO_MEMORY)
		return st;
	return att_refuse(f, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE, "a document signed by the enclave's certificate",
	    "a signature that its key did not make");
}

/* The NSM keeps a leaf for hours: a document is younger than its leaf and never older. */
static enum status check_timestamp(
    const struct nitro_document *doc, const struct x509_facts *leaf, struct att_finding *f)
{
	int64_t made_s = (int64_t)(doc->timestamp_ms / 1000);
	char expected[80];

	if (made_s >= leaf->not_before && made_s <= leaf->not_after)
		return ST_OK;
	snprintf(expected, sizeof expected, "made from %s to %s", instant_show(leaf->not_before).text,
	    instant_show(leaf->not_after).text);
	return att_refuse(f, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY, expected, "timestamp %s", instant_show(made_s).text);
}

static void narrow_window(struct att_claims *out, const struct chain *chain)
{
	for (size_t i = 0; i < chain->n; i++)
		att_window(out, x509_facts(chain->c[i])->not_before, x509_facts(chain->c[i])->not_after);
}

enum status nitro_verify(struct att_claims *out, const struct att_input *in, struct att_finding *f)
{
	struct nitro_document doc;
	struct chain chain = {0};
	enum status st;

	TRY(nitro_parse(&doc, in->evidence, f));
	TRY(chain_read(&chain, &doc, in->anchors, f));
	TRY(check_chain(&chain, in->now, f));
	const struct x509_facts *leaf = x509_facts(chain.c[chain.n - 1]);
	TRY(check_signature(in->evidence, leaf, f));
	TRY(check_timestamp(&doc, leaf, f));
	TRY(nitro_claims(out, &doc, f));
	narrow_window(out, &chain);
out:
	chain_clear(&chain);
	return st;
}
