#include "vendor.h"

#include "attest/collateral.h"
#include "base/crypto.h"
#include "pki.h"

#include <stdlib.h>

void build_item(struct vendor_build *b, int type, struct slice bytes, const uint8_t *signature)
{
	REQUIRE(b->n_items < sizeof b->items / sizeof *b->items);
	size_t i = b->n_items++;
	b->items[i].type = type;
	buf_append(&b->items[i].bytes, bytes.ptr, bytes.len);
	if (signature) {
		memcpy(b->items[i].signature, signature, 64);
		b->items[i].signature_len = 64;
	}
}

void build_anchor(struct vendor_build *b, int root, X509 *cert)
{
	uint8_t pin[32];
	char hex[65];

	pki_pin(pin, cert);
	hex_encode(hex, slice_of(pin, sizeof pin));
	buf_printf(&b->anchors, "%d %s\n", root, hex);
}

static void write_collateral(struct vendor_build *b)
{
	struct att_bundle *bundle = calloc(1, sizeof *bundle);
	struct buf out = {0};

	REQUIRE(bundle);
	for (size_t i = 0; i < b->n_items; i++)
		bundle->items[bundle->n++] = (struct att_item){(enum att_item_type)b->items[i].type, b->now,
		    buf_view(&b->items[i].bytes), slice_of(b->items[i].signature, b->items[i].signature_len)};
	REQUIRE(att_bundle_encode(&out, bundle) == ST_OK);
	pki_write(b->folder, "collateral.cbor", buf_view(&out));
	buf_clear(&out);
	free(bundle);
}

void vendor_make(const char *folder, unsigned set, int64_t now_s)
{
	struct vendor_build *b = calloc(1, sizeof *b);

	REQUIRE(b);
	b->folder = folder;
	b->now = now_s;
	if (set & VENDOR_NITRO)
		nitro_make(b);
	if (set & VENDOR_DCAP)
		dcap_make(b);
	if (set & VENDOR_SNP)
		snp_make(b);
	write_collateral(b);
	pki_write(folder, "anchors", buf_view(&b->anchors));
	for (size_t i = 0; i < b->n_items; i++)
		buf_clear(&b->items[i].bytes);
	buf_clear(&b->anchors);
	free(b);
}

static void open_nitro(struct vendor *v, const char *folder)
{
	char name[32];

	v->nitro = pki_read_key(folder, "nitro.key");
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "nitro-%d.der", i);
		pki_read(&v->nitro_ca[i], folder, name);
	}
	pki_read(&v->nitro_leaf, folder, "nitro-leaf.der");
}

struct vendor *vendor_open(const char *folder, unsigned set)
{
	struct vendor *v = calloc(1, sizeof *v);

	REQUIRE(v);
	if (set & VENDOR_NITRO)
		open_nitro(v, folder);
	if (set & VENDOR_DCAP) {
		v->pck = pki_read_key(folder, "dcap-pck.key");
		v->attestation = pki_ec("P-256");
		pki_read(&v->pck_chain, folder, "dcap-chain.pem");
	}
	if (set & VENDOR_SNP) {
		v->vcek = pki_read_key(folder, "snp.key");
		pki_read(&v->ark, folder, "snp-ark.der");
		pki_read(&v->ask, folder, "snp-ask.der");
		pki_read(&v->vcek_der, folder, "snp-vcek.der");
	}
	return v;
}

void vendor_close(struct vendor *v)
{
	if (!v)
		return;
	EVP_PKEY_free(v->nitro);
	EVP_PKEY_free(v->pck);
	EVP_PKEY_free(v->attestation);
	EVP_PKEY_free(v->vcek);
	for (int i = 0; i < 4; i++)
		buf_clear(&v->nitro_ca[i]);
	buf_clear(&v->nitro_leaf);
	buf_clear(&v->pck_chain);
	buf_clear(&v->ark);
	buf_clear(&v->ask);
	buf_clear(&v->vcek_der);
	free(v);
}
