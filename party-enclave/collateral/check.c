/* Is each document the vendor's? Certificates are tried against each other; a bundle holds at most 64. */
#include "collateral/check.h"

#include <stdlib.h>
#include <stdio.h>

const char *collateral_signature_name(enum collateral_signature s)
{
	static const char *const names[] = {"vendor", "not the vendor's", "issuer absent"};
	return names[s];
}

struct bag {
	const struct collateral *set;
	const struct att_anchors *anchors;
	struct x509 *certificates[ATT_ITEMS_MAX]; /* NULL: the item is something else */
	enum collateral_signature verdicts[ATT_ITEMS_MAX]; /* of the certificates */
};

static bool is_pinned(const struct bag *b, const struct x509 *c)
{
	uint8_t pin[ATT_PIN_LEN];

	x509_pin(pin, c);
	for (size_t k = 0; k < b->anchors->n; k++)
		if (memcmp(b->anchors->list[k].pin, pin, sizeof pin) == 0)
			return true;
	return false;
}

/* What one more candidate for the issuer adds. A namesake that is not the vendor's says nothing about a signature that it did not make. */
static enum collateral_signature better(enum collateral_signature best, bool signs, enum collateral_signature issuer)
{
	if (signs && issuer != COLLATERAL_ISSUER_ABSENT)
		return issuer == COLLATERAL_SIGNED || best == COLLATERAL_ISSUER_ABSENT ? issuer : best;
	return !signs && issuer == COLLATERAL_SIGNED && best == COLLATERAL_ISSUER_ABSENT ? COLLATERAL_FORGED : best;
}

static bool is_root(const struct x509 *c)
{
	return slice_equal(x509_facts(c)->subject, x509_facts(c)->issuer);
}

static bool is_below(const struct x509 *c, const struct x509 *issuer)
{
	return !is_root(c) && slice_equal(x509_facts(issuer)->subject, x509_facts(c)->issuer);
}

/* Certificate k has this verdict, and so has what stands below it and has none yet. Each issuer is asked once for each certificate of the
 * bag, however their names refer to each other. A namesake of the vendor's who did not sign makes a certificate forged, unless another did. */
static void spread(struct bag *b, size_t k, enum collateral_signature verdict)
{
	size_t waiting[ATT_ITEMS_MAX], n = 0;

	b->verdicts[k] = verdict;
	waiting[n++] = k;
	for (size_t done = 0; done < n; done++) {
		const struct x509 *issuer = b->certificates[waiting[done]];
		for (size_t i = 0; i < b->set->n; i++) {
			const struct x509 *c = b->certificates[i];
			if (!c || b->verdicts[i] != COLLATERAL_ISSUER_ABSENT || !is_below(c, issuer) || x509_signed_by(c, issuer) != ST_OK)
				continue;
			b->verdicts[i] = verdict;
			waiting[n++] = i; /* each certificate once: it has a verdict now */
		}
	}
}

static bool has_signed_namesake(const struct bag *b, const struct x509 *c)
{
	for (size_t k = 0; k < b->set->n; k++)
		if (b->certificates[k] && b->verdicts[k] == COLLATERAL_SIGNED && is_below(c, b->certificates[k]))
			return true;
	return false;
}

/* The vendor's first, from the pinned roots down; then what hangs on another root, or only borrows an issuer's name. */
static void judge_certificates(struct bag *b)
{
	for (size_t k = 0; k < b->set->n; k++) {
		const struct x509 *c = b->certificates[k];
		b->verdicts[k] = COLLATERAL_ISSUER_ABSENT;
		if (c && is_root(c) && is_pinned(b, c) && x509_signed_by(c, c) == ST_OK)
			b->verdicts[k] = COLLATERAL_SIGNED;
	}
	for (size_t k = 0; k < b->set->n; k++)
		if (b->certificates[k] && is_root(b->certificates[k]) && b->verdicts[k] == COLLATERAL_SIGNED)
			spread(b, k, COLLATERAL_SIGNED);
	for (size_t k = 0; k < b->set->n; k++) {
		const struct x509 *c = b->certificates[k];
		if (c && b->verdicts[k] == COLLATERAL_ISSUER_ABSENT && (is_root(c) || has_signed_namesake(b, c)))
			spread(b, k, COLLATERAL_FORGED);
	}
}

/* Of the certificates whose key made this signature, the best. */
static enum collateral_signature judge_by(const struct bag *b, bool (*signs)(const void *doc, const struct x509 *issuer, bool *is_issuer), const void *doc)
{
	enum collateral_signature best = COLLATERAL_ISSUER_ABSENT;

	for (size_t k = 0; k < b->set->n; k++) {
		bool is_issuer = false, good;
		if (!b->certificates[k])
			continue;
		good = signs(doc, b->certificates[k], &is_issuer);
		if (!is_issuer)
			continue;
		best = better(best, good, b->verdicts[k]);
		if (best == COLLATERAL_SIGNED)
			break;
	}
	return best;
}

static bool signs_crl(const void *doc, const struct x509 *issuer, bool *is_issuer)
{
	const struct x509_crl *crl = doc;

	*is_issuer = slice_equal(x509_crl_facts(crl)->issuer, x509_facts(issuer)->subject);
	return *is_issuer && x509_crl_signed_by(crl, issuer) == ST_OK;
}

/* Intel's signed JSON names no issuer: a certificate's name says that it signs such documents. Two are in circulation, one after the other;
 * the one of the document's day is its issuer. */
static bool signs_json(const void *doc, const struct x509 *issuer, bool *is_issuer)
{
	const struct collateral_item *i = doc;
	const struct att_item item = {.type = i->type, .bytes = slice_of(i->bytes, i->len)};
	const struct x509_facts *f = x509_facts(issuer);
	struct collateral_facts own;

	*is_issuer = strcmp(f->subject_cn, "Intel SGX TCB Signing") == 0 && collateral_facts(&own, &item) == ST_OK && own.from_s >= f->not_before &&
		     own.from_s <= f->not_after;
	return *is_issuer && x509_verify_raw(issuer, slice_of(i->signature, sizeof i->signature), slice_of(i->bytes, i->len)) == ST_OK;
}

static enum status judge_crl(enum collateral_signature *out, const struct bag *b, struct slice der)
{
	struct x509_crl *crl;
	enum status st = x509_crl_parse(&crl, der);

	if (st != ST_OK)
		return st == ST_NO_MEMORY ? st : ST_COL_FILE;
	*out = judge_by(b, signs_crl, crl);
	x509_crl_free(crl);
	return ST_OK;
}

static enum status judge_item(struct collateral_judged *out, const struct bag *b, size_t k, const struct att_item *view, int64_t at_s)
{
	enum status st;

	TRY(collateral_facts(&out->facts, view));
	out->window = at_s < out->facts.from_s ? COLLATERAL_NOT_YET : at_s > out->facts.to_s ? COLLATERAL_EXPIRED : COLLATERAL_VALID;
	if (b->certificates[k])
		out->signature = b->verdicts[k];
	else if (view->type == ATT_ITEM_CRL)
		TRY(judge_crl(&out->signature, b, view->bytes));
	else
		out->signature = judge_by(b, signs_json, &b->set->items[k]);
out:
	return st;
}

enum status collateral_judge(
    struct collateral_judgement *out, const struct collateral *c, const struct att_anchors *anchors, int64_t at_s)
{
	struct bag b = {.set = c, .anchors = anchors};
	struct att_bundle view;
	enum status st = ST_OK;

	collateral_view(&view, c);
	*out = (struct collateral_judgement){.n = c->n};
	for (size_t k = 0; st == ST_OK && k < c->n; k++)
		if (view.items[k].type == ATT_ITEM_CERTIFICATE && (st = x509_parse(&b.certificates[k], view.items[k].bytes)) != ST_OK)
			st = st == ST_NO_MEMORY ? st : ST_COL_FILE;
	if (st == ST_OK)
		judge_certificates(&b);
	for (size_t k = 0; st == ST_OK && k < c->n; k++)
		st = judge_item(&out->items[k], &b, k, &view.items[k], at_s);
	for (size_t k = 0; k < c->n; k++)
		x509_free(b.certificates[k]);
	return st;
}

/* ---- what evidence of a kind asks for ---- */

struct asking {
	const struct collateral_judgement *j;
	collateral_gap gap;
	void *ctx;
	int64_t until_s;
	bool whole;
};

/* Evidence brings the PCK chain, so the issuer of a PCK CRL may be absent; nothing else may. */
static bool usable(const struct collateral_judged *i)
{
	bool crl = strcmp(i->facts.type, "crl") == 0;
	return i->window == COLLATERAL_VALID && (i->signature == COLLATERAL_SIGNED || (crl && i->signature == COLLATERAL_ISSUER_ABSENT));
}

static const char *why_not(const struct collateral_judged *i)
{
	if (!i)
		return "is missing";
	if (i->window != COLLATERAL_VALID)
		return i->window == COLLATERAL_EXPIRED ? "has expired" : "is not valid yet";
	return i->signature == COLLATERAL_FORGED ? "is not the vendor's" : "lacks the certificates that signed it";
}

/* The one that stays valid longest of those that match; it bounds the whole. */
static void want(struct asking *a, const char *type, const char *what, bool (*fits)(const struct collateral_facts *, const void *), const void *arg)
{
	const struct collateral_judged *best = NULL, *useless = NULL;
	char text[160];

	for (size_t k = 0; k < a->j->n; k++) {
		const struct collateral_judged *i = &a->j->items[k];
		if (strcmp(i->facts.type, type) != 0 || !fits(&i->facts, arg))
			continue;
		if (!usable(i))
			useless = i;
		else if (!best || i->facts.to_s > best->facts.to_s)
			best = i;
	}
	if (best) {
		a->until_s = best->facts.to_s < a->until_s ? best->facts.to_s : a->until_s;
		return;
	}
	snprintf(text, sizeof text, "%s %s", what, why_not(useless));
	a->gap(a->ctx, text);
	a->whole = false;
}

struct json_identity {
	const char *id, *fmspc;
};

static bool has_identity(const struct collateral_facts *f, const void *arg)
{
	const struct json_identity *i = arg;
	return strcmp(f->id, i->id) == 0 && (!i->fmspc || strcmp(f->fmspc, i->fmspc) == 0);
}

static bool has_issuer(const struct collateral_facts *f, const void *arg)
{
	return strcmp(f->issuer, arg) == 0;
}

static bool has_pck_issuer(const struct collateral_facts *f, const void *arg)
{
	const char *ca = arg;
	bool platform = strcmp(f->issuer, "Intel SGX PCK Platform CA") == 0, processor = strcmp(f->issuer, "Intel SGX PCK Processor CA") == 0;
	return ca ? (strcmp(ca, "platform") == 0 ? platform : processor) : platform || processor;
}

static bool has_subject(const struct collateral_facts *f, const void *arg)
{
	return strcmp(f->subject, arg) == 0;
}

static void ask_intel(struct asking *a, const struct collateral_need *need)
{
	bool tdx = need->tee == TEE_TDX;
	const struct json_identity tcb = {tdx ? "TDX" : "SGX", need->fmspc}, qe = {tdx ? "TD_QE" : "QE", NULL};
	char what[96];

	snprintf(what, sizeof what, "TCB info %s%s%s", tcb.id, need->fmspc ? " of FMSPC " : "", need->fmspc ? need->fmspc : "");
	want(a, "tcb-info", what, has_identity, &tcb);
	want(a, "qe-identity", tdx ? "QE identity TD_QE" : "QE identity QE", has_identity, &qe);
	want(a, "certificate", "certificate \"Intel SGX TCB Signing\"", has_subject, "Intel SGX TCB Signing");
	want(a, "crl", "CRL of the Intel SGX Root CA", has_issuer, "Intel SGX Root CA");
	snprintf(what, sizeof what, "CRL of an Intel SGX PCK CA%s%s", need->ca ? ": " : "", need->ca ? need->ca : "");
	want(a, "crl", what, has_pck_issuer, need->ca);
}

static bool is_leaf(const struct collateral_facts *f, const void *arg)
{
	(void)arg;
	return strcmp(f->subject, "SEV-VCEK") == 0 || strcmp(f->subject, "SEV-VLEK") == 0;
}

static bool is_signer(const struct collateral_facts *f, const void *arg)
{
	const char *product = arg, *dash = strrchr(f->subject, '-');
	return strncmp(f->subject, "SEV-", 4) == 0 && dash && strncmp(f->issuer, "ARK-", 4) == 0 && (!product || strcmp(dash + 1, product) == 0);
}

static bool is_ark(const struct collateral_facts *f, const void *arg)
{
	const char *product = arg;
	return strncmp(f->subject, "ARK-", 4) == 0 && (!product || strcmp(f->subject + 4, product) == 0);
}

static void ask_amd(struct asking *a, const struct collateral_need *need)
{
	want(a, "certificate", "the chip's VCEK, or a VLEK,", is_leaf, NULL);
	want(a, "certificate", "AMD's signing certificate (ASK or ASVK)", is_signer, need->product);
	want(a, "certificate", "AMD's root certificate (ARK)", is_ark, need->product);
}

bool collateral_suffices(const struct collateral_judgement *j, const struct collateral_need *need, collateral_gap gap, void *ctx,
    int64_t *until_s)
{
	struct asking a = {j, gap, ctx, INT64_MAX, true};

	if (need->tee == TEE_SGX || need->tee == TEE_TDX)
		ask_intel(&a, need);
	else if (need->tee == TEE_SNP)
		ask_amd(&a, need);
	*until_s = a.until_s;
	return a.whole;
}

bool collateral_speaks_of(const struct collateral_judgement *j, enum tee_kind kind)
{
	for (size_t k = 0; k < j->n; k++) {
		const struct collateral_facts *f = &j->items[k].facts;
		bool sgx = strcmp(f->id, "SGX") == 0 || strcmp(f->id, "QE") == 0, tdx = strcmp(f->id, "TDX") == 0 || strcmp(f->id, "TD_QE") == 0;
		bool amd = is_leaf(f, NULL) || is_signer(f, NULL) || is_ark(f, NULL);
		if ((kind == TEE_SGX && sgx) || (kind == TEE_TDX && tdx) || (kind == TEE_SNP && amd))
			return true;
	}
	return false;
}

/* ---- keeping ---- */

/* The same thing said at two times? Certificates are kept: which of them is needed depends on the evidence. */
static bool same_identity(const struct att_item *x, const struct att_item *y, const struct collateral_facts *a, const struct collateral_facts *b)
{
	if (x->type != y->type || x->type == ATT_ITEM_CERTIFICATE)
		return false;
	if (x->type == ATT_ITEM_CRL)
		return strcmp(a->issuer, b->issuer) == 0;
	return strcmp(a->id, b->id) == 0 && strcmp(a->fmspc, b->fmspc) == 0;
}

struct known { /* what could be read of the set */
	struct collateral_facts facts[ATT_ITEMS_MAX];
	bool readable[ATT_ITEMS_MAX];
};

static bool is_superseded(const struct att_bundle *view, const struct known *d, size_t k)
{
	for (size_t i = 0; d->readable[k] && i < view->n; i++) {
		const struct collateral_facts *own = &d->facts[k], *other = &d->facts[i];
		if (i == k || !d->readable[i] || !same_identity(&view->items[k], &view->items[i], own, other))
			continue;
		if (other->from_s > own->from_s || (other->from_s == own->from_s && i < k))
			return true;
	}
	return false;
}

void collateral_supersede(struct collateral *c)
{
	struct att_bundle view;
	struct known d;
	bool drop[ATT_ITEMS_MAX];
	size_t kept = 0;

	collateral_view(&view, c);
	for (size_t k = 0; k < c->n; k++)
		d.readable[k] = collateral_facts(&d.facts[k], &view.items[k]) == ST_OK;
	for (size_t k = 0; k < c->n; k++)
		drop[k] = is_superseded(&view, &d, k);
	for (size_t k = 0; k < c->n; k++) {
		if (drop[k])
			free(c->items[k].bytes);
		else
			c->items[kept++] = c->items[k];
	}
	c->n = kept;
}
