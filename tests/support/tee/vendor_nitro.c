/* AWS: root, regional, zonal, instance, leaf; a document as the NSM makes it since 2025 (indefinite top map). */
#include "attest/attest.h"
#include "base/cbor.h"
#include "pki.h"
#include "vendor.h"

#define AWS "C=US/O=Amazon/OU=AWS/"

void nitro_make(struct vendor_build *b)
{
	static const struct {
		const char *names, *basic, *usage;
		int64_t from, to;
	} level[5] = {
	    {AWS "CN=aws.nitro-enclaves", "critical,CA:TRUE", "critical,digitalSignature,keyCertSign,cRLSign",
		-86400 * 900, 86400 * 9000},
	    {AWS "CN=0123456789abcdef.test-1.aws.nitro-enclaves", "critical,CA:TRUE,pathlen:2",
		"critical,digitalSignature,keyCertSign,cRLSign", -86400 * 10, 86400 * 10},
	    {AWS "CN=0123456789abcdef.zonal.test-1.aws.nitro-enclaves", "critical,CA:TRUE,pathlen:1",
		"critical,digitalSignature,keyCertSign,cRLSign", -86400 * 3, 86400 * 3},
	    {AWS "CN=i-0123456789abcdef0.test-1.aws.nitro-enclaves", "critical,CA:TRUE,pathlen:0",
		"critical,keyCertSign", -3600 * 12, 3600 * 12},
	    {AWS "CN=i-0123456789abcdef0-enc0123456789abcdef.test-1.aws", "critical,CA:FALSE",
		"digitalSignature,nonRepudiation", -600, 10800 - 600},
	};
	struct pki_signer by = {0};

	for (int i = 0; i < 5; i++) {
		EVP_PKEY *key = pki_ec("P-384");
		struct pki_wish w = {.names = level[i].names,
		    .from = b->now + level[i].from,
		    .to = b->now + level[i].to,
		    .serial = -1,
		    .basic = level[i].basic,
		    .usage = level[i].usage,
		    .sha384 = true};
		struct buf der = {0};
		char name[32] = "nitro-leaf.der";
		if (i == 0)
			by.key = key;
		X509 *cert = pki_issue(key, &w, by);
		pki_der(&der, cert);
		if (i < 4)
			snprintf(name, sizeof name, "nitro-%d.der", i);
		else
			pki_write_key(b->folder, "nitro.key", key);
		if (i == 0)
			build_anchor(b, ATT_ROOT_AWS_NITRO, cert);
		pki_write(b->folder, name, buf_view(&der));
		buf_clear(&der);
		if (i > 0)
			EVP_PKEY_free(by.key);
		X509_free(by.cert);
		by = (struct pki_signer){key, cert};
	}
	EVP_PKEY_free(by.key);
	X509_free(by.cert);
}

static void put_pcrs(struct buf *b, const struct vendor_wish *w)
{
	uint8_t value[48];

	cbor_put_map(b, 16);
	for (unsigned i = 0; i < 16; i++) {
		memset(value, i < 3 && !w->debug ? (w->code ? w->code : 0x10) + (int)i : 0, sizeof value);
		if (i == 4)
			memset(value, 0x44, sizeof value);
		cbor_put_u64(b, i);
		cbor_put_bytes(b, slice_of(value, sizeof value));
	}
}

static void put_payload(struct buf *b, const struct vendor *v, const struct vendor_wish *w)
{
	buf_append(b, "\xbf", 1);
	cbor_put_text(b, "module_id");
	cbor_put_text(b, "i-0123456789abcdef0-enc0123456789abcdef");
	cbor_put_text(b, "digest");
	cbor_put_text(b, "SHA384");
	cbor_put_text(b, "timestamp");
	cbor_put_u64(b, (uint64_t)w->now_s * 1000 + 7);
	cbor_put_text(b, "pcrs");
	put_pcrs(b, w);
	cbor_put_text(b, "certificate");
	cbor_put_bytes(b, buf_view(&v->nitro_leaf));
	cbor_put_text(b, "cabundle");
	cbor_put_array(b, 4);
	for (int i = 0; i < 4; i++)
		cbor_put_bytes(b, buf_view(&v->nitro_ca[i]));
	cbor_put_text(b, "public_key");
	cbor_put_null(b);
	cbor_put_text(b, "user_data");
	cbor_put_bytes(b, slice_of(w->report_data, 64));
	cbor_put_text(b, "nonce");
	cbor_put_null(b);
	buf_append(b, "\xff", 1);
}

/* RFC 9052, section 4.4 */
void vendor_nitro(struct buf *out, const struct vendor *v, const struct vendor_wish *w)
{
	static const uint8_t protected[] = {0xa1, 0x01, 0x38, 0x22};
	struct buf payload = {0}, tbs = {0};
	uint8_t signature[96];

	put_payload(&payload, v, w);
	cbor_put_array(&tbs, 4);
	cbor_put_text(&tbs, "Signature1");
	cbor_put_bytes(&tbs, slice_of(protected, sizeof protected));
	cbor_put_bytes(&tbs, (struct slice){0});
	cbor_put_bytes(&tbs, buf_view(&payload));
	pki_sign_raw(signature, 48, v->nitro, buf_view(&tbs));
	cbor_put_array(out, 4);
	cbor_put_bytes(out, slice_of(protected, sizeof protected));
	cbor_put_map(out, 0);
	cbor_put_bytes(out, buf_view(&payload));
	cbor_put_bytes(out, slice_of(signature, sizeof signature));
	buf_clear(&payload);
	buf_clear(&tbs);
}
