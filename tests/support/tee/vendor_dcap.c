/* Intel: root, PCK Platform CA, PCK with its extension, TCB signing; CRLs; TCB info and QE identities, signed; quotes of version 3 and 4. */
#include "attest/attest.h"
#include "base/crypto.h"
#include "pki.h"
#include "vendor.h"

#include <openssl/asn1.h>
#include <time.h>

#define INTEL "/O=Intel Corporation/L=Santa Clara/ST=CA/C=US"
#define FMSPC "a0b0c0d0e0f0"
enum { SVN = 5, PCE_SVN = 13, MODULE_SVN = 5, QE_SVN = 4 };
static const uint8_t oid_base[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01};
static const char td_qe_signer[] = "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5";
static const char sgx_qe_signer[] = "8c4f5775d796503e96137f77c68a829a0056ac8ded70140b081b094490c57bff";

/* ---- the SGX extension of a PCK certificate (Intel's PCK certificate profile) ---- */
static void put_tlv(struct buf *b, uint8_t tag, struct slice v)
{
	uint8_t head[4] = {tag, (uint8_t)v.len};
	size_t n = 2;

	if (v.len > 255)
		head[1] = 0x82, head[2] = (uint8_t)(v.len >> 8), head[3] = (uint8_t)v.len, n = 4;
	else if (v.len > 127)
		head[1] = 0x81, head[2] = (uint8_t)v.len, n = 3;
	buf_append(b, head, n);
	buf_append(b, v.ptr, v.len);
}

/* SEQUENCE { OID 1.2.840.113741.1.13.1.a[.b], value } */
static void put_entry(struct buf *b, uint8_t first, uint8_t second, uint8_t tag, struct slice v)
{
	uint8_t oid[sizeof oid_base + 2];
	struct buf in = {0};

	memcpy(oid, oid_base, sizeof oid_base);
	oid[sizeof oid_base] = first, oid[sizeof oid_base + 1] = second;
	put_tlv(&in, 0x06, slice_of(oid, sizeof oid_base + (second ? 2 : 1)));
	put_tlv(&in, tag, v);
	put_tlv(b, 0x30, buf_view(&in));
	buf_clear(&in);
}

static void put_extension(struct buf *out)
{
	static const uint8_t ppid[16] = {9}, cpu_svn[16] = {SVN, SVN}, pce_id[2] = {0}, type[1] = {1}, svn[1] = {SVN},
			     pce_svn[1] = {PCE_SVN};
	struct buf all = {0}, tcb = {0};
	uint8_t fmspc[6];

	REQUIRE(hex_decode(fmspc, 6, FMSPC) == ST_OK);
	for (uint8_t i = 1; i <= 16; i++)
		put_entry(&tcb, 2, i, 0x02, slice_of(svn, 1));
	put_entry(&tcb, 2, 17, 0x02, slice_of(pce_svn, 1));
	put_entry(&tcb, 2, 18, 0x04, slice_of(cpu_svn, 16));
	put_entry(&all, 1, 0, 0x04, slice_of(ppid, 16));
	put_entry(&all, 2, 0, 0x30, buf_view(&tcb));
	put_entry(&all, 3, 0, 0x04, slice_of(pce_id, 2));
	put_entry(&all, 4, 0, 0x04, slice_of(fmspc, 6));
	put_entry(&all, 5, 0, 0x0a, slice_of(type, 1));
	put_tlv(out, 0x30, buf_view(&all));
	buf_clear(&all);
	buf_clear(&tcb);
}

/* ---- signed documents ---- */
static void put_date(struct buf *b, int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;
	char text[32];

	gmtime_r(&at, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_append_str(b, text);
}

static void put_window(struct buf *b, int64_t now)
{
	buf_append_str(b, "\"issueDate\":\"");
	put_date(b, now - 86400);
	buf_append_str(b, "\",\"nextUpdate\":\"");
	put_date(b, now + 29 * 86400);
	buf_append_str(b, "\",");
}

static void put_components(struct buf *b, const char *name, unsigned svn)
{
	buf_printf(b, "\"%s\":[", name);
	for (int i = 0; i < 16; i++)
		buf_printf(b, "%s{\"svn\":%u}", i ? "," : "", svn);
	buf_append_str(b, "],");
}

static void put_level(struct buf *b, bool tdx, unsigned svn, const char *status)
{
	buf_append_str(b, "{\"tcb\":{");
	put_components(b, "sgxtcbcomponents", svn);
	if (tdx)
		put_components(b, "tdxtcbcomponents", svn ? 3 : 0);
	buf_printf(
	    b, "\"pcesvn\":%d},\"tcbDate\":\"2026-01-01T00:00:00Z\",\"tcbStatus\":\"%s\"", svn ? PCE_SVN : 5, status);
	if (svn == 0)
		buf_append_str(b, ",\"advisoryIDs\":[\"INTEL-SA-00001\"]");
	buf_append_str(b, "}");
}

#define ZERO96 "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
static void put_tcb_info(struct buf *b, bool tdx, int64_t now)
{
	buf_printf(b, "{\"id\":\"%s\",\"version\":3,", tdx ? "TDX" : "SGX");
	put_window(b, now);
	buf_append_str(b, "\"fmspc\":\"" FMSPC "\",\"pceId\":\"0000\",\"tcbType\":0,\"tcbEvaluationDataNumber\":17,");
	if (tdx)
		buf_printf(b,
		    "\"tdxModule\":{\"mrsigner\":\"" ZERO96
		    "\",\"attributes\":\"0000000000000000\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\"},"
		    "\"tdxModuleIdentities\":[{\"id\":\"TDX_01\",\"mrsigner\":\"" ZERO96
		    "\",\"attributes\":\"0000000000000000\","
		    "\"attributesMask\":\"FFFFFFFFFFFFFFFF\",\"tcbLevels\":[{\"tcb\":{\"isvsvn\":%d},\"tcbDate\":"
		    "\"2026-01-01T00:00:00Z\","
		    "\"tcbStatus\":\"UpToDate\"}]}],",
		    MODULE_SVN);
	buf_append_str(b, "\"tcbLevels\":[");
	put_level(b, tdx, SVN, "UpToDate");
	buf_append_str(b, ",");
	put_level(b, tdx, 0, "OutOfDate");
	buf_append_str(b, "]}");
}

static void put_qe_identity(struct buf *b, bool tdx, int64_t now)
{
	buf_printf(b, "{\"id\":\"%s\",\"version\":2,", tdx ? "TD_QE" : "QE");
	put_window(b, now);
	buf_printf(b,
	    "\"tcbEvaluationDataNumber\":17,\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\","
	    "\"attributes\":\"11000000000000000000000000000000\",\"attributesMask\":"
	    "\"FBFFFFFFFFFFFFFF0000000000000000\",\"mrsigner\":\"%s\","
	    "\"isvprodid\":%d,\"tcbLevels\":[{\"tcb\":{\"isvsvn\":%d},\"tcbDate\":\"2026-01-01T00:00:00Z\","
	    "\"tcbStatus\":\"UpToDate\"}]}",
	    tdx ? td_qe_signer : sgx_qe_signer, tdx ? 2 : 1, QE_SVN);
}

static void sign_documents(struct vendor_build *b, EVP_PKEY *key)
{
	uint8_t signature[64];

	for (int tdx = 0; tdx < 2; tdx++) {
		struct buf tcb = {0}, qe = {0};
		put_tcb_info(&tcb, tdx, b->now);
		pki_sign_raw(signature, 32, key, buf_view(&tcb));
		build_item(b, 3, buf_view(&tcb), signature);
		put_qe_identity(&qe, tdx, b->now);
		pki_sign_raw(signature, 32, key, buf_view(&qe));
		build_item(b, 4, buf_view(&qe), signature);
		buf_clear(&tcb);
		buf_clear(&qe);
	}
}

/* ---- the PKI ---- */
static void add_cert(struct vendor_build *b, X509 *cert)
{
	struct buf der = {0};

	pki_der(&der, cert);
	build_item(b, 1, buf_view(&der), NULL);
	buf_clear(&der);
}

static void add_crl(struct vendor_build *b, struct pki_signer by)
{
	struct buf der = {0};

	pki_crl(&der, by, b->now - 86400, b->now + 29 * 86400, NULL);
	build_item(b, 2, buf_view(&der), NULL);
	buf_clear(&der);
}

static struct pki_signer issue(struct vendor_build *b, const char *names, const char *basic, const char *usage,
    const struct pki_extension *x, struct pki_signer by)
{
	struct pki_wish w = {.names = names,
	    .from = b->now - 86400 * 100,
	    .to = b->now + 86400 * 2000,
	    .serial = -1,
	    .basic = basic,
	    .usage = usage,
	    .extra = x,
	    .n_extra = x ? 1 : 0};
	struct pki_signer out = {.key = pki_ec("P-256")};

	out.cert = pki_issue(out.key, &w, by.key ? by : out);
	return out;
}

void dcap_make(struct vendor_build *b)
{
	static const char ca_usage[] = "critical,keyCertSign,cRLSign";
	struct pki_extension x = {.oid = "1.2.840.113741.1.13.1"};
	struct buf extension = {0}, chain = {0};

	put_extension(&extension);
	x.value = buf_view(&extension);
	struct pki_signer none = {0};
	struct pki_signer root =
	    issue(b, "CN=Intel SGX Root CA" INTEL, "critical,CA:TRUE,pathlen:1", ca_usage, NULL, none);
	struct pki_signer ca =
	    issue(b, "CN=Intel SGX PCK Platform CA" INTEL, "critical,CA:TRUE,pathlen:0", ca_usage, NULL, root);
	struct pki_signer pck = issue(b, "CN=Intel SGX PCK Certificate" INTEL, "critical,CA:FALSE",
	    "critical,digitalSignature,nonRepudiation", &x, ca);
	struct pki_signer tcb = issue(b, "CN=Intel SGX TCB Signing" INTEL, "critical,CA:FALSE",
	    "critical,digitalSignature,nonRepudiation", NULL, root);
	pki_pem(&chain, pck.cert);
	pki_pem(&chain, ca.cert);
	pki_pem(&chain, root.cert);
	pki_write(b->folder, "dcap-chain.pem", buf_view(&chain));
	pki_write_key(b->folder, "dcap-pck.key", pck.key);
	add_cert(b, root.cert);
	add_cert(b, tcb.cert);
	add_crl(b, root);
	add_crl(b, ca);
	sign_documents(b, tcb.key);
	build_anchor(b, ATT_ROOT_INTEL_SGX, root.cert);
	struct pki_signer all[] = {root, ca, pck, tcb};
	for (int i = 0; i < 4; i++) {
		EVP_PKEY_free(all[i].key);
		X509_free(all[i].cert);
	}
	buf_clear(&extension);
	buf_clear(&chain);
}

/* ---- quotes ---- */
static void put16(struct buf *b, unsigned v)
{
	buf_append(b, (uint8_t[]){(uint8_t)v, (uint8_t)(v >> 8)}, 2);
}

static void put32(struct buf *b, size_t v)
{
	put16(b, v & 0xffff);
	put16(b, (unsigned)(v >> 16));
}

static void put_header(struct buf *b, bool tdx)
{
	static const uint8_t vendor[16] = {
	    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};
	static const uint8_t user_data[20] = {0};

	put16(b, tdx ? 4 : 3);
	put16(b, 2);
	put32(b, tdx ? 0x81 : 0);
	put16(b, tdx ? 0 : QE_SVN);
	put16(b, tdx ? 0 : PCE_SVN);
	buf_append(b, vendor, sizeof vendor);
	buf_append(b, user_data, sizeof user_data);
}

static void put_td_body(struct buf *b, const struct vendor_wish *w)
{
	uint8_t body[584] = {MODULE_SVN, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
	int code = w->code ? w->code : 0x10;

	memset(body + 16, 0x5e, 48); /* MRSEAM */
	body[120] = w->debug, body[123] = 0x10; /* DEBUG, SEPT_VE_DISABLE */
	body[128] = 0xe7, body[130] = 6;
	memset(body + 136, code, 48);
	for (int i = 0; i < 3; i++)
		memset(body + 328 + 48 * i, code + 1 + i, 48);
	memcpy(body + 520, w->report_data, 64);
	buf_append(b, body, sizeof body);
}

static void put_report(struct buf *b, const uint8_t report_data[static 64], const char *signer, int measurement,
    int product, int svn, bool debug)
{
	uint8_t r[384] = {SVN, SVN};

	r[48] = (uint8_t)(signer ? 0x11 : 0x05) | (debug ? 2 : 0);
	r[56] = 0xe7;
	memset(r + 64, measurement, 32);
	memset(r + 128, measurement + 1, 32);
	if (signer)
		REQUIRE(hex_decode(r + 128, 32, signer) == ST_OK);
	r[256] = (uint8_t)product;
	r[258] = (uint8_t)svn;
	memcpy(r + 320, report_data, 64);
	buf_append(b, r, sizeof r);
}

/* Quoting enclave's report, its signature, auth data, PCK chain: what vouches for the attestation key. */
static void put_certification(struct buf *b, const struct vendor *v, bool tdx, const uint8_t key[static 64])
{
	uint8_t auth[32], report_data[64] = {0}, signature[64];
	size_t start = b->len;

	memset(auth, 0xaa, sizeof auth);
	pki_digest(report_data, EVP_sha256(), slice_of(key, 64), slice_of(auth, sizeof auth));
	put_report(b, report_data, tdx ? td_qe_signer : sgx_qe_signer, 0x77, tdx ? 2 : 1, QE_SVN, false);
	pki_sign_raw(signature, 32, v->pck, slice_of(b->ptr + start, 384));
	buf_append(b, signature, sizeof signature);
	put16(b, sizeof auth);
	buf_append(b, auth, sizeof auth);
	put16(b, 5);
	put32(b, v->pck_chain.len);
	buf_append(b, v->pck_chain.ptr, v->pck_chain.len);
}

static void put_quote(struct buf *out, const struct vendor *v, bool tdx, struct slice signed_part)
{
	struct buf data = {0}, inner = {0};
	uint8_t signature[64], key[64];

	pki_public_xy(key, 32, v->attestation);
	pki_sign_raw(signature, 32, v->attestation, signed_part);
	buf_append(&data, signature, sizeof signature);
	buf_append(&data, key, sizeof key);
	put_certification(&inner, v, tdx, key);
	if (tdx) {
		put16(&data, 6);
		put32(&data, inner.len);
	}
	buf_append(&data, inner.ptr, inner.len);
	buf_append(out, signed_part.ptr, signed_part.len);
	put32(out, data.len);
	buf_append(out, data.ptr, data.len);
	buf_clear(&data);
	buf_clear(&inner);
}

void vendor_tdx(struct buf *out, const struct vendor *v, const struct vendor_wish *w)
{
	struct buf b = {0};

	put_header(&b, true);
	put_td_body(&b, w);
	put_quote(out, v, true, buf_view(&b));
	buf_clear(&b);
}

void vendor_sgx(struct buf *out, const struct vendor *v, const struct vendor_wish *w)
{
	struct buf b = {0};

	put_header(&b, false);
	put_report(&b, w->report_data, NULL, w->code ? w->code : 0x10, 1, 1, w->debug);
	put_quote(out, v, false, buf_view(&b));
	buf_clear(&b);
}
