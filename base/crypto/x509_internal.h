/* What the files of X.509 share. The library's types stop here. */
#ifndef BASE_CRYPTO_X509_INTERNAL_H
#define BASE_CRYPTO_X509_INTERNAL_H

#include "base/x509.h"

#include <openssl/x509.h>

enum { X509_EXTENSIONS_MAX = 32, X509_SERIAL_MAX = 21 }; /* RFC 5280 section 4.1.2.2: 20 bytes; 21 with a leading 00 */

struct x509 {
	struct x509_facts facts;
	X509 *lib;
	uint8_t *der, *spki; /* own copies, from OPENSSL_malloc */
	uint8_t serial[X509_SERIAL_MAX];
	uint8_t x[X509_RSA_MAX], y[48];
};

/* The signature algorithms of x509.h. ST_OK or ST_UNSUPPORTED. */
MUST_USE enum status algorithm_check(const X509_ALGOR *alg);
/* Does this algorithm go with this kind of key? */
bool algorithm_fits(const X509_ALGOR *alg, enum x509_key key);

/* Key, names, serial, times, basicConstraints and keyUsage into c->facts. */
MUST_USE enum status facts_fill(struct x509 *c);

/* Extensions of a certificate or CRL, or of a CRL entry: none twice, none critical but those in `known` (NIDs, ended by 0). */
MUST_USE enum status extensions_check(const STACK_OF(X509_EXTENSION) * list, const int *known);

/* UTCTime or GeneralizedTime in the forms of RFC 5280 section 4.1.2.5; false for all others. */
bool time_read(const ASN1_TIME *t, int64_t *out_s);
/* Content of the one common name, when that is printable ASCII; else "". */
void common_name(char out[static 65], const X509_NAME *name);
struct slice name_der(const X509_NAME *name);

/* Empties the library's error queue: ST_NO_MEMORY when it says so, else `otherwise`. */
enum status library_failed(enum status otherwise);

#endif
