/*
 * Targets: x509_parse and x509_crl_parse. Properties: whatever parses keeps the bytes it came from and says nothing that is out of
 * range; the checks that follow a parse end, whatever it says; no list is signed by a certificate of another name.
 */
#include "base/panic.h"
#include "base/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_certificate(const struct x509 *c, struct slice input)
{
	const struct x509_facts *f = x509_facts(c);
	uint8_t sig[96] = {0};
	struct slice value;
	bool critical;
	enum status st;
	size_t where;

	invariant(slice_equal(f->der, input));
	invariant(f->subject.len && f->issuer.len && f->spki.len && f->serial.len && f->serial.len <= 21);
	invariant(f->key == X509_RSA ? f->x.len >= 256 && f->x.len <= X509_RSA_MAX : f->x.len == f->y.len);
	invariant(f->path_len >= -1 && f->path_len <= X509_CHAIN_MAX && (f->path_len < 0 || f->ca));
	invariant(x509_extension(c, "2.5.29.19", &value, &critical) == f->basic_constraints);
	invariant(x509_extension(c, "2.5.29.15", &value, &critical) == f->key_usage);
	(void)x509_chain(&c, 1, f->not_before, f->not_after, &where, &st);
	invariant(x509_verify_raw(c, slice_of(sig, 2 * f->x.len < 96 ? 2 * f->x.len : 96), input) != ST_OK);
}

static void look_at_list(const struct x509_crl *crl, const struct x509 *c)
{
	const struct x509_crl_facts *f = x509_crl_facts(crl);

	invariant(f->issuer.len > 0);
	if (!c)
		return;
	invariant(f->revoked || !x509_crl_lists(crl, c));
	enum status st = x509_crl_signed_by(crl, c);
	invariant(st != ST_OK || slice_equal(f->issuer, x509_facts(c)->subject));
}

/* A certificate, a list, or the one behind the other: the first two bytes say where the list begins. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct x509 *c = NULL;
	struct x509_crl *crl = NULL;

	if (crypto_init() != ST_OK || size < 2)
		return 0;
	size_t cut = ((size_t)data[0] << 8 | data[1]) % (size - 1);
	struct slice head = slice_of(data + 2, cut), tail = slice_of(data + 2 + cut, size - 2 - cut);
	if (x509_parse(&c, head) == ST_OK)
		look_at_certificate(c, head);
	if (x509_crl_parse(&crl, tail) == ST_OK)
		look_at_list(crl, c);
	x509_free(c);
	x509_crl_free(crl);
	return 0;
}
