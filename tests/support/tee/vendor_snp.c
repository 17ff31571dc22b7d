/* AMD: ARK and ASK with RSA-4096 PSS, a VCEK of Milan with its extensions, a report of version 3. */
#include "attest/attest.h"
#include "pki.h"
#include "vendor.h"

#define AMD "OU=Engineering/C=US/L=Santa Clara/ST=CA/O=Advanced Micro Devices/"
enum { REPORT_LEN = 1184, SIGNED_LEN = 0x2a0, CHIP_LEN = 64 };
enum { BL = 4, TEE = 0, SNP = 22, UCODE = 213 };

static void chip_id(uint8_t out[static CHIP_LEN])
{
	for (int i = 0; i < CHIP_LEN; i++)
		out[i] = (uint8_t)(0xc0 + i);
}

static X509 *make_vcek(struct vendor_build *b, EVP_PKEY *key, struct pki_signer ask)
{
	static const uint8_t zero[] = {2, 1, 0}, name[] = {0x16, 8, 'M', 'i', 'l', 'a', 'n', '-', 'B', '0'};
	static const uint8_t bl[] = {2, 1, BL}, tee[] = {2, 1, TEE}, snp[] = {2, 1, SNP}, ucode[] = {2, 2, 0, UCODE};
	uint8_t chip[CHIP_LEN];
#define OID "1.3.6.1.4.1.3704.1."
	const struct pki_extension all[] = {{OID "1", slice_of(zero, 3)}, {OID "2", slice_of(name, sizeof name)},
	    {OID "3.1", slice_of(bl, 3)}, {OID "3.2", slice_of(tee, 3)}, {OID "3.4", slice_of(zero, 3)},
	    {OID "3.5", slice_of(zero, 3)}, {OID "3.6", slice_of(zero, 3)}, {OID "3.7", slice_of(zero, 3)},
	    {OID "3.3", slice_of(snp, 3)}, {OID "3.8", slice_of(ucode, 4)}, {OID "4", slice_of(chip, CHIP_LEN)}};
	struct pki_wish w = {.names = AMD "CN=SEV-VCEK",
	    .from = b->now - 86400,
	    .to = b->now + 86400 * 365 * 7,
	    .serial = 0,
	    .extra = all,
	    .n_extra = sizeof all / sizeof *all,
	    .pss = true,
	    .sha384 = true};

	chip_id(chip);
	return pki_issue(key, &w, ask);
}

static void keep(struct vendor_build *b, const char *name, X509 *cert)
{
	struct buf der = {0};

	pki_der(&der, cert);
	pki_write(b->folder, name, buf_view(&der));
	build_item(b, 1, buf_view(&der), NULL);
	buf_clear(&der);
}

void snp_make(struct vendor_build *b)
{
	struct pki_wish root = {.names = AMD "CN=ARK-Milan",
	    .from = b->now - 86400 * 900,
	    .to = b->now + 86400 * 9000,
	    .serial = 0x10000,
	    .basic = "critical,CA:TRUE",
	    .usage = "critical,keyCertSign,cRLSign",
	    .pss = true,
	    .sha384 = true};
	struct pki_wish inter = {.names = AMD "CN=SEV-Milan",
	    .from = b->now - 86400 * 900,
	    .to = b->now + 86400 * 9000,
	    .serial = 0x10001,
	    .basic = "critical,CA:TRUE,pathlen:0",
	    .usage = "critical,keyCertSign,cRLSign",
	    .pss = true,
	    .sha384 = true};
	struct pki_signer ark = {pki_rsa(), NULL}, ask = {pki_rsa(), NULL};
	EVP_PKEY *key = pki_ec("P-384");

	ark.cert = pki_issue(ark.key, &root, ark);
	ask.cert = pki_issue(ask.key, &inter, ark);
	X509 *vcek = make_vcek(b, key, ask);
	keep(b, "snp-ark.der", ark.cert);
	keep(b, "snp-ask.der", ask.cert);
	keep(b, "snp-vcek.der", vcek);
	pki_write_key(b->folder, "snp.key", key);
	build_anchor(b, ATT_ROOT_AMD_MILAN, ark.cert);
	X509_free(vcek);
	X509_free(ark.cert);
	X509_free(ask.cert);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ark.key);
	EVP_PKEY_free(ask.key);
}

static void put_tcb(uint8_t *at)
{
	at[0] = BL, at[1] = TEE, at[6] = SNP, at[7] = UCODE;
}

void vendor_snp(struct buf *out, const struct vendor *v, const struct vendor_wish *w)
{
	uint8_t r[REPORT_LEN] = {0}, signature[96];

	r[0] = 3;
	r[0x0a] = w->debug ? 0x0b : 0x03; /* policy: bit 17 (must be one), 16 (SMT), 19 (debug) */
	r[0x34] = 1;
	put_tcb(r + 0x38);
	r[0x40] = 1;
	memcpy(r + 0x50, w->report_data, 64);
	memset(r + 0x90, w->code ? w->code : 0x10, 48);
	memset(r + 0x160, 0xff, 32);
	memset(r + 0x140, 0x21, 32);
	put_tcb(r + 0x180);
	r[0x188] = 0x19, r[0x189] = 0x01, r[0x18a] = 0x01;
	chip_id(r + 0x1a0);
	put_tcb(r + 0x1e0);
	r[0x1e9] = 55, r[0x1ea] = 1, r[0x1ed] = 55, r[0x1ee] = 1;
	r[0x1e8] = 28, r[0x1ec] = 28;
	put_tcb(r + 0x1f0);
	pki_sign_raw(signature, 48, v->vcek, slice_of(r, SIGNED_LEN));
	for (int i = 0; i < 48; i++) {
		r[SIGNED_LEN + i] = signature[47 - i];
		r[SIGNED_LEN + 72 + i] = signature[95 - i];
	}
	buf_append(out, r, sizeof r);
}

void vendor_snp_table(struct buf *out, const struct vendor *v)
{
	static const uint8_t guid[3][16] = {
	    {0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd},
	    {0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, 0x05, 0xae, 0xf3, 0x27, 0xc7, 0x82},
	    {0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3f, 0xb6, 0x01, 0x4c, 0xd0, 0xae}};
	const struct buf *cert[3] = {&v->vcek_der, &v->ask, &v->ark};
	uint8_t head[4 * 24] = {0};
	size_t at = sizeof head;

	for (int i = 0; i < 3; i++) {
		memcpy(head + 24 * i, guid[i], 16);
		for (int k = 0; k < 4; k++) {
			head[24 * i + 16 + k] = (uint8_t)(at >> 8 * k);
			head[24 * i + 20 + k] = (uint8_t)(cert[i]->len >> 8 * k);
		}
		at += cert[i]->len;
	}
	buf_append(out, head, sizeof head);
	for (int i = 0; i < 3; i++)
		buf_append(out, cert[i]->ptr, cert[i]->len);
}
