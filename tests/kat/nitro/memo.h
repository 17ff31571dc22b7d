/*
 * Nearly all the time of verifying one document goes into P-384 signatures (a millisecond each), and a bit flipped in one place leaves
 * most certificates what they were. While the memo is open, each certificate that parses and each signature on one that verifies is kept,
 * under the whole of what was asked: the certificate's DER, and the key it was checked with. Closed, it answers the same question
 * with the same answer; any other question goes to the code under test. Include in one file of a test that is linked with
 *   LINKER:--wrap=x509_parse LINKER:--wrap=x509_free LINKER:--wrap=x509_signed_by
 */
#ifndef TESTS_KAT_NITRO_MEMO_H
#define TESTS_KAT_NITRO_MEMO_H

#include "base/x509.h"

enum { MEMO_MAX = 128 };
static struct {
	bool open;
	size_t n_parsed, n_signed;
	struct x509 *parsed[MEMO_MAX];
	struct {
		struct slice der, spki;
	} signed_by[MEMO_MAX];
} memo;

enum status __real_x509_parse(struct x509 **out, struct slice der);
void __real_x509_free(struct x509 *c);
enum status __real_x509_signed_by(const struct x509 *c, const struct x509 *issuer);
enum status __wrap_x509_parse(struct x509 **out, struct slice der);
void __wrap_x509_free(struct x509 *c);
enum status __wrap_x509_signed_by(const struct x509 *c, const struct x509 *issuer);

enum status __wrap_x509_parse(struct x509 **out, struct slice der)
{
	for (size_t i = 0; i < memo.n_parsed; i++)
		if (slice_equal(x509_facts(memo.parsed[i])->der, der)) {
			*out = memo.parsed[i];
			return ST_OK;
		}
	enum status st = __real_x509_parse(out, der);
	if (st == ST_OK && memo.open && memo.n_parsed < MEMO_MAX)
		memo.parsed[memo.n_parsed++] = *out;
	return st;
}

void __wrap_x509_free(struct x509 *c)
{
	for (size_t i = 0; i < memo.n_parsed; i++)
		if (memo.parsed[i] == c)
			return;
	__real_x509_free(c);
}

enum status __wrap_x509_signed_by(const struct x509 *c, const struct x509 *issuer)
{
	struct slice der = x509_facts(c)->der, spki = x509_facts(issuer)->spki;

	for (size_t i = 0; i < memo.n_signed; i++)
		if (slice_equal(memo.signed_by[i].der, der) && slice_equal(memo.signed_by[i].spki, spki))
			return ST_OK;
	enum status st = __real_x509_signed_by(c, issuer);
	if (st == ST_OK && memo.open && memo.n_signed < MEMO_MAX) {
		memo.signed_by[memo.n_signed].der = der; /* both borrow from certificates that the memo keeps */
		memo.signed_by[memo.n_signed++].spki = spki;
	}
	return st;
}

static void memo_clear(void)
{
	for (size_t i = 0; i < memo.n_parsed; i++)
		__real_x509_free(memo.parsed[i]);
	memset(&memo, 0, sizeof memo);
}

#endif
