/* Private: how facts are told. */
#ifndef COLLATERAL_SHOW_PRIVATE_H
#define COLLATERAL_SHOW_PRIVATE_H

#include "collateral/show.h"

struct show {
	evidence_fact fact;
	void *ctx;
	unsigned told;
};
void show_text(struct show *s, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
void show_bytes(struct show *s, const char *name, struct slice bytes);
/* "CN=…, issued by …, valid … to …", or the bytes when it is no certificate. */
void show_certificate(struct show *s, const char *name, struct slice der);

/* A field at a fixed place. */
enum show_style { SHOW_HEX, SHOW_LE /* a little-endian number of up to 8 bytes */, SHOW_LE_HEX };
struct show_field {
	const char *name;
	uint16_t at, len;
	enum show_style style;
};
/* false, and said, when the bytes end before the table does. */
bool show_table(struct show *s, const char *prefix, struct slice bytes, const struct show_field *fields, size_t n);

void show_quote(struct show *s, struct slice evidence);
void show_snp(struct show *s, struct slice evidence);
/* Any CBOR; what names its parts is the path. COSE_Sign1: protected header and payload are opened. */
void show_cbor(struct show *s, struct slice evidence);

#endif
