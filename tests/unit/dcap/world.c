#include "world.h"

#include "../../support/test.h"

#include "base/reader.h"

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

enum { T = 1748736000 /* 2025-06-01T00:00:00Z */, SVN = 5, PCE_SVN = 11, QE_SVN = 4, MODULE_SVN = 6 };
#define ROOT_CN "Intel SGX Root CA"
#define ZERO_48 "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
#define WINDOW                                                                                                         \
	"\"issueDate\":\"2025-05-15T00:00:00Z\",\"nextUpdate\":\"2025-06-14T00:00:00Z\",\"tcbEvaluationDataNumber\":"  \
	"17,"
#define COMPONENTS(n)                                                                                                  \
	"[{\"svn\":" n "},{\"svn\":" n "},{\"svn\":" n "},{\"svn\":" n "},{\"svn\":0},{\"svn\":0},{\"svn\":0},"        \
	"{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0}]"
#define DATE "\"tcbDate\":\"2024-02-29T00:00:00Z\","
#define MODULE                                                                                                         \
	"\"mrsigner\":\"" ZERO_48 "\",\"attributes\":\"0000000000000000\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\""

static const char sgx_tcb_info[] = "{\"id\":\"SGX\",\"version\":3," WINDOW
				   "\"fmspc\":\"0123456789AB\",\"pceId\":\"0000\",\"tcbType\":0,\"tcbLevels\":["
				   "{\"tcb\":{\"sgxtcbcomponents\":" COMPONENTS(
				       "5") ",\"pcesvn\":11}," DATE "\"tcbStatus\":\"UpToDate\"},"
					    "{\"tcb\":{\"sgxtcbcomponents\":" COMPONENTS(
						"2") ",\"pcesvn\":5}," DATE "\"tcbStatus\":\"OutOfDate\","
						     "\"advisoryIDs\":[\"INTEL-SA-00009\",\"INTEL-SA-00002\"]}]}";
static const char tdx_tcb_info[] =
    "{\"id\":\"TDX\",\"version\":3," WINDOW
    "\"fmspc\":\"0123456789AB\",\"pceId\":\"0000\",\"tcbType\":0,\"tdxModule\":{" MODULE "},\"tdxModuleIdentities\":["
    "{\"id\":\"TDX_03\"," MODULE ",\"tcbLevels\":[{\"tcb\":{\"isvsvn\":3}," DATE "\"tcbStatus\":\"UpToDate\"}]},"
    "{\"id\":\"TDX_01\"," MODULE ",\"tcbLevels\":[{\"tcb\":{\"isvsvn\":6}," DATE "\"tcbStatus\":\"UpToDate\"},"
    "{\"tcb\":{\"isvsvn\":2}," DATE
    "\"tcbStatus\":\"OutOfDate\",\"advisoryIDs\":[\"INTEL-SA-00005\"]}]}],\"tcbLevels\":["
    "{\"tcb\":{\"sgxtcbcomponents\":" COMPONENTS("5") ",\"tdxtcbcomponents\":" COMPONENTS(
	"4") ",\"pcesvn\":11}," DATE "\"tcbStatus\":\"UpToDate\"},"
	     "{\"tcb\":{\"sgxtcbcomponents\":" COMPONENTS("2") ",\"tdxtcbcomponents\":" COMPONENTS(
		 "2") ",\"pcesvn\":5}," DATE "\"tcbStatus\":\"OutOfDate\",\"advisoryIDs\":[\"INTEL-SA-00009\"]}]}";
static const char qe_identity[] =
    "\"version\":2," WINDOW "\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\","
    "\"attributes\":\"11000000000000000000000000000000\",\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\","
    "\"mrsigner\":\"A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5\",\"isvprodid\":2,\"tcbLevels\":["
    "{\"tcb\":{\"isvsvn\":4}," DATE "\"tcbStatus\":\"UpToDate\"},"
    "{\"tcb\":{\"isvsvn\":2}," DATE "\"tcbStatus\":\"OutOfDate\",\"advisoryIDs\":[\"INTEL-SA-00004\"]},"
    "{\"tcb\":{\"isvsvn\":1}," DATE "\"tcbStatus\":\"Revoked\"}]}";

/* ---- the PCK extension ---- */
static void put_tlv(struct buf *out, uint8_t tag, struct slice value)
{
	if (value.len < 0x80)
		buf_append(out, (uint8_t[]){tag, (uint8_t)value.len}, 2);
	else if (value.len < 0x100)
		buf_append(out, (uint8_t[]){tag, 0x81, (uint8_t)value.len}, 3);
	else
		buf_append(out, (uint8_t[]){tag, 0x82, (uint8_t)(value.len >> 8), (uint8_t)value.len}, 4);
	buf_append(out, value.ptr, value.len);
}

static void put_entry(struct buf *out, uint8_t first, uint8_t last, uint8_t tag, struct slice value)
{
	const uint8_t oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01, first, last};
	struct buf entry = {0};

	put_tlv(&entry, 0x06, slice_of(oid, sizeof oid - (last == 0)));
	put_tlv(&entry, tag, value);
	put_tlv(out, 0x30, buf_view(&entry));
	buf_clear(&entry);
}

static void put_extension(struct buf *out)
{
	static const uint8_t zero[16], fmspc[6] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab}, high = SVN, none = 0,
				       pce = PCE_SVN;
	struct buf tcb = {0}, all = {0};

	for (uint8_t i = 1; i <= 16; i++)
		put_entry(&tcb, 2, i, 0x02, slice_of(i <= 4 ? &high : &none, 1));
	put_entry(&tcb, 2, 17, 0x02, slice_of(&pce, 1));
	put_entry(&tcb, 2, 18, 0x04, slice_of(zero, 16));
	put_entry(&all, 1, 0, 0x04, slice_of(zero, 16));
	put_entry(&all, 2, 0, 0x30, buf_view(&tcb));
	put_entry(&all, 3, 0, 0x04, slice_of(zero, 2));
	put_entry(&all, 4, 0, 0x04, slice_of(fmspc, 6));
	put_entry(&all, 5, 0, 0x0a, slice_of(zero, 1));
	put_tlv(out, 0x30, buf_view(&all));
	buf_clear(&tcb);
	buf_clear(&all);
}

/* ---- a world in order ---- */
static void init_sgx_body(uint8_t *body)
{
	body[48] = 0x05; /* INIT, MODE64 */
	body[56] = 0xe7;
	memset(body + 64, 0x11, 32);
	memset(body + 128, 0x22, 32);
	memset(body + 192, 0x33, 64);
	put_u16le(body + 256, 0x0102);
	put_u16le(body + 258, 0x0304);
	put_u16le(body + 260, 0x0506);
	memset(body + 320, 0x44, 64);
}

static void init_td_body(uint8_t *body)
{
	static const uint8_t svn[16] = {MODULE_SVN, 1, 4, 4}, running[16] = {MODULE_SVN, 1, 4, 4};

	memcpy(body, svn, sizeof svn);
	memset(body + 16, 0x11, 48);
	body[123] = 0x10; /* SEPT_VE_DISABLE */
	body[128] = 0xe7;
	for (int i = 0; i < 8; i++)
		memset(body + 136 + 48 * i, 0x20 + i, 48);
	memset(body + 520, 0x44, 64);
	memcpy(body + 584, running, sizeof running);
	memset(body + 600, 0x66, 48);
}

void world_init(struct world *w, enum tee_kind kind)
{
	*w = (struct world){.kind = kind,
	    .version = kind == TEE_SGX ? 3 : 4,
	    .body_type = kind == TEE_SGX ? 1 : 2,
	    .signs_pck = KEY_CA,
	    .signs_signer = KEY_ROOT,
	    .signs_documents = KEY_SIGNER,
	    .signs_qe = KEY_PCK,
	    .signs_quote = KEY_ATTESTATION,
	    .signs_pck_crl = KEY_CA,
	    .signs_root_crl = KEY_ROOT,
	    .ca_cn = "Intel SGX PCK Platform CA",
	    .pck_cn = "Intel SGX PCK Certificate",
	    .signer_cn = "Intel SGX TCB Signing",
	    .pem_order = "pcr",
	    .pem_before = "",
	    .pem_after = "",
	    .auth_len = 32};
	for (size_t i = 0; i < KEY_COUNT; i++)
		w->keys[i] = pki_ec("P-256");
	if (kind == TEE_SGX)
		init_sgx_body(w->body);
	else
		init_td_body(w->body);
	w->qe[48] = 0x15;
	memset(w->qe + 64, 0x77, 32);
	memset(w->qe + 128, 0xa5, 32);
	w->qe[256] = 2;
	w->qe[258] = QE_SVN;
	strcpy(w->tcb_info, kind == TEE_SGX ? sgx_tcb_info : tdx_tcb_info);
	snprintf(w->identity, sizeof w->identity, "{\"id\":\"%s\",%s", kind == TEE_SGX ? "QE" : "TD_QE", qe_identity);
	put_extension(&w->extension);
}

void world_clear(struct world *w)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		EVP_PKEY_free(w->keys[i]);
	buf_clear(&w->extension);
	buf_clear(&w->quote);
	buf_clear(&w->bundle);
}

void world_edit(char *document, const char *from, const char *to)
{
	char *at = strstr(document, from);
	size_t was = strlen(from), is = strlen(to);

	assert_non_null(at);
	memmove(at + is, at + was, strlen(at + was) + 1);
	memcpy(at, to, is);
}

/* ---- signing it ---- */
static struct buf make_certificate(struct world *w, char which)
{
	struct pki_extension sgx = {.oid = "1.2.840.113741.1.13.1", .value = buf_view(&w->extension)};
	struct pki_cert c = {.path_len = -1, .key_usage = KU_DIGITAL_SIGNATURE};
	enum world_key key = KEY_ROOT, by = KEY_ROOT;
	enum world_window window = WINDOW_ROOT;

	switch (which) {
	case 'r':
		c.subject = ROOT_CN, c.serial = "1", c.ca = true, c.path_len = 1;
		break;
	case 'c':
		c.subject = w->ca_cn, c.issuer = ROOT_CN, c.serial = "2", c.ca = true, c.path_len = 0, key = KEY_CA;
		window = WINDOW_CA;
		break;
	case 'p':
		c.subject = w->pck_cn, c.issuer = w->ca_cn, c.serial = "3", c.ca = w->pck_is_ca, key = KEY_PCK,
		by = w->signs_pck;
		window = WINDOW_PCK;
		c.extensions = &sgx, c.n_extensions = !w->no_extension;
		break;
	case 's':
		c.subject = w->signer_cn, c.issuer = w->signs_signer == KEY_CA ? w->ca_cn : ROOT_CN, c.serial = "4";
		window = WINDOW_SIGNER;
		key = KEY_SIGNER, by = w->signs_signer;
		break;
	default:
		fail();
	}
	if (c.ca)
		c.key_usage = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
	c.not_before = w->from[window], c.not_after = w->to[window];
	c.key = w->keys[key], c.signer = w->keys[by];
	return pki_cert(&c);
}

static void put_pem(struct buf *out, struct slice der)
{
	char line[65];
	uint8_t text[8192];
	int len = EVP_EncodeBlock(text, der.ptr, (int)der.len);

	buf_append_str(out, "-----BEGIN CERTIFICATE-----\n");
	for (int at = 0; at < len; at += 64) {
		snprintf(line, sizeof line, "%.64s", text + at);
		buf_printf(out, "%s\n", line);
	}
	buf_append_str(out, "-----END CERTIFICATE-----\n");
}

static struct buf make_pem(struct world *w)
{
	struct buf pem = {0};

	buf_append_str(&pem, w->pem_before);
	for (const char *which = w->pem_order; *which; which++) {
		struct buf der = make_certificate(w, *which);
		put_pem(&pem, buf_view(&der));
		buf_clear(&der);
	}
	buf_append_str(&pem, w->pem_after);
	buf_append(&pem, "", 1); /* as some genuine quotes do */
	return pem;
}

static void put_le(struct buf *b, size_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buf_append(b, (uint8_t[]){(uint8_t)(v >> 8 * i)}, 1);
}

static void sign(struct buf *out, EVP_PKEY *key, struct slice msg)
{
	struct buf sig = pki_raw_signature(key, msg);

	buf_append(out, sig.ptr, sig.len);
	buf_clear(&sig);
}

static void put_signed_part(struct world *w)
{
	static const uint8_t vendor[16] = {
	    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};
	static const uint8_t zero[20];
	static const size_t lens[] = {0, 384, 584, 648};
	size_t len = lens[w->body_type];

	buf_reset(&w->quote);
	put_le(&w->quote, w->version, 2);
	put_le(&w->quote, 2, 2);
	put_le(&w->quote, w->kind == TEE_TDX ? 0x81 : 0, 4);
	put_le(&w->quote, 0, 4);
	buf_append(&w->quote, vendor, sizeof vendor);
	buf_append(&w->quote, zero, sizeof zero);
	if (w->version == 5) {
		put_le(&w->quote, w->body_type, 2);
		put_le(&w->quote, len, 4);
	}
	buf_append(&w->quote, w->body, len);
}

static void make_quote(struct world *w)
{
	struct buf x = pki_number(w->keys[KEY_ATTESTATION], OSSL_PKEY_PARAM_EC_PUB_X, 32);
	struct buf y = pki_number(w->keys[KEY_ATTESTATION], OSSL_PKEY_PARAM_EC_PUB_Y, 32);
	struct buf pem = make_pem(w), data = {0}, inner = {0}, bound = {0};
	uint8_t auth[255];

	memset(auth, 0xaa, sizeof auth);
	put_signed_part(w);
	sign(&data, w->keys[w->signs_quote], buf_view(&w->quote));
	buf_append(&data, x.ptr, x.len);
	buf_append(&data, y.ptr, y.len);
	if (!w->keep_binding) {
		buf_append(&bound, x.ptr, x.len);
		buf_append(&bound, y.ptr, y.len);
		sha256(w->qe + 320, buf_view(&bound), slice_of(auth, w->auth_len));
	}
	buf_append(&inner, w->qe, sizeof w->qe);
	sign(&inner, w->keys[w->signs_qe], slice_of(w->qe, sizeof w->qe));
	put_le(&inner, w->auth_len, 2);
	buf_append(&inner, auth, w->auth_len);
	put_le(&inner, 5, 2);
	put_le(&inner, pem.len, 4);
	buf_append(&inner, pem.ptr, pem.len);
	if (w->version > 3) {
		put_le(&data, 6, 2);
		put_le(&data, inner.len, 4);
	}
	buf_append(&data, inner.ptr, inner.len);
	put_le(&w->quote, data.len, 4);
	buf_append(&w->quote, data.ptr, data.len);
	struct buf *all[] = {&x, &y, &pem, &data, &inner, &bound};
	for (size_t i = 0; i < COUNT_OF(all); i++)
		buf_clear(all[i]);
}

static void make_bundle(struct world *w)
{
	struct pki_crl pck = {.issuer = w->ca_cn,
	    .signer = w->keys[w->signs_pck_crl],
	    .serials = &w->revoked_pck,
	    .n_serials = w->revoked_pck != NULL,
	    .this_update = w->from[WINDOW_PCK_CRL],
	    .next_update = w->to[WINDOW_PCK_CRL]};
	struct pki_crl root = {.issuer = ROOT_CN,
	    .signer = w->keys[w->signs_root_crl],
	    .serials = &w->revoked_root,
	    .n_serials = w->revoked_root != NULL,
	    .this_update = w->from[WINDOW_ROOT_CRL],
	    .next_update = w->to[WINDOW_ROOT_CRL]};
	struct slice info = slice_str(w->tcb_info), identity = slice_str(w->identity);
	struct buf parts[] = {make_certificate(w, 's'), pki_crl(&pck), pki_crl(&root),
	    pki_raw_signature(w->keys[w->signs_documents], info),
	    pki_raw_signature(w->keys[w->signs_documents], identity)};
	const struct att_item own[] = {
	    {ATT_ITEM_CERTIFICATE, 0, buf_view(&parts[0]), {0}},
	    {ATT_ITEM_CRL, 0, buf_view(&parts[1]), {0}},
	    {ATT_ITEM_CRL, 0, buf_view(&parts[2]), {0}},
	    {ATT_ITEM_TCB_INFO, 0, info, buf_view(&parts[3])},
	    {ATT_ITEM_QE_IDENTITY, 0, identity, buf_view(&parts[4])},
	};
	struct att_bundle bundle = {.n = w->n_more + COUNT_OF(own)};

	memcpy(bundle.items, w->more, w->n_more * sizeof w->more[0]);
	memcpy(bundle.items + w->n_more, own, sizeof own);
	buf_reset(&w->bundle);
	assert_int_equal(att_bundle_encode(&w->bundle, &bundle), ST_OK);
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		buf_clear(&parts[i]);
}

struct world_run world_again(const struct world *w)
{
	struct att_anchor anchor = {.root = ATT_ROOT_INTEL_SGX};
	struct att_anchors anchors = {&anchor, 1};
	struct att_input in = {
	    .evidence = buf_view(&w->quote), .collateral = buf_view(&w->bundle), .anchors = &anchors, .now = {T, T}};
	struct world_run run = {0};
	struct buf der = pki_root(ROOT_CN, w->keys[KEY_ROOT]);
	struct x509 *root = pki_parse(&der);

	x509_pin(anchor.pin, root);
	x509_free(root);
	buf_clear(&der);
	run.st = att_examine(&run.claims, w->kind, &in, &run.finding);
	assert_int_equal(run.st, run.finding.st);
	return run;
}

struct world_run world_run(struct world *w)
{
	make_quote(w);
	make_bundle(w);
	return world_again(w);
}

struct world_run world_expect(struct world *w, enum status st, enum att_check check)
{
	struct world_run run = world_run(w);

	if (run.st != st || (st != ST_OK && run.finding.check != check))
		fail_msg("expected %s (%s), got %s (%s): expected %s, got %s", status_name(st), att_check_name(check),
		    status_name(run.st), att_check_name(run.finding.check), run.finding.expected, run.finding.got);
	return run;
}
