/* What genuine documents cannot show: everything signed rightly, by a vendor of the test's own, and one thing wrong. */
#include "world.h"

#include "../../support/test.h"

#include "base/reader.h"

#include <openssl/x509v3.h>

enum {
	SGX_FLAGS = 48,
	TD_SVN = 0,
	TD_SIGNER_SEAM = 64,
	TD_SEAM_ATTRIBUTES = 112,
	TD_ATTRIBUTES = 120,
	TD_SVN_2 = 584,
	QE_MISCSELECT = 16,
	QE_FLAGS = 48,
	QE_SIGNER = 128,
	QE_PRODUCT = 256,
	QE_SVN_AT = 258,
	QE_REPORT_DATA = 320
};

static void value_is(const struct att_claims *c, unsigned reg, int byte)
{
	const struct tee_value *v = att_value(c, reg);

	assert_non_null(v);
	assert_int_equal(v->len, tee_register_info(c->kind, reg).len);
	for (size_t i = 0; i < v->len; i++)
		assert_int_equal(v->bytes[i], byte);
}

static void every_form_of_quote(void **state)
{
	static const struct {
		enum tee_kind kind;
		unsigned version, body;
	} forms[] = {
	    {TEE_SGX, 3, 1}, {TEE_SGX, 4, 1}, {TEE_SGX, 5, 1}, {TEE_TDX, 4, 2}, {TEE_TDX, 5, 2}, {TEE_TDX, 5, 3}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		struct world w;
		world_init(&w, forms[i].kind);
		w.version = forms[i].version, w.body_type = forms[i].body;
		struct world_run run = world_expect(&w, ST_OK, 0);
		assert_int_equal(run.claims.tcb_status, TEE_STATUS_UP_TO_DATE);
		assert_int_equal(run.claims.evaluation, 17);
		assert_false(run.claims.debug);
		if (forms[i].kind == TEE_SGX) {
			value_is(&run.claims, TEE_REG_MRENCLAVE, 0x11);
			value_is(&run.claims, TEE_REG_MRSIGNER, 0x22);
			value_is(&run.claims, TEE_REG_CONFIGID, 0x33);
			assert_memory_equal(
			    att_value(&run.claims, TEE_REG_ISVPRODID)->bytes, "\1\2", 2); /* big endian */
			assert_memory_equal(att_value(&run.claims, TEE_REG_ISVSVN)->bytes, "\3\4", 2);
			assert_memory_equal(att_value(&run.claims, TEE_REG_CONFIGSVN)->bytes, "\5\6", 2);
		} else {
			value_is(&run.claims, TEE_REG_MRTD, 0x20);
			value_is(&run.claims, TEE_REG_MRCONFIGID, 0x21);
			value_is(&run.claims, TEE_REG_MROWNER, 0x22);
			value_is(&run.claims, TEE_REG_MROWNERCONFIG, 0x23);
			for (unsigned k = 0; k < 4; k++)
				value_is(&run.claims, TEE_REG_RTMR0 + k, (int)(0x24 + k));
			assert_int_equal(att_value(&run.claims, TEE_REG_MRSERVICETD) != NULL, forms[i].body == 3);
		}
		assert_int_equal(run.claims.report_data_len, 64);
		assert_int_equal(run.claims.report_data[63], 0x44);
		assert_int_equal(run.claims.valid_from, 1747267200); /* 2025-05-15, of the documents */
		assert_int_equal(run.claims.valid_to, 1749859200); /* 2025-06-14 */
		world_clear(&w);
	}
}

/* ---- bits of the body ---- */
static void sgx_attributes(void **state)
{
	static const struct {
		uint8_t flags;
		bool refused, debug;
	} cases[] = {{0x05, false, false}, {0x07, false, true}, {0x04, true, false}, {0x06, true, false},
	    {0x15, true, false}, {0x25, true, false}, {0x85, false, false}};
	struct world w;

	(void)state;
	world_init(&w, TEE_SGX);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		w.body[SGX_FLAGS] = cases[i].flags;
		struct world_run run =
		    world_expect(&w, cases[i].refused ? ST_ATT_PLATFORM : ST_OK, ATT_CHECK_ATTRIBUTES);
		if (!cases[i].refused) {
			assert_int_equal(run.claims.debug, cases[i].debug);
			assert_int_equal(run.claims.attributes, cases[i].flags);
		}
	}
	world_clear(&w);
}

static void td_attributes(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	for (unsigned bit = 0; bit < 64; bit++) {
		put_u64le(w.body + TD_ATTRIBUTES, UINT64_C(1) << bit);
		bool reserved = bit >= 1 && bit <= 7; /* TUD */
		struct world_run run = world_expect(&w, reserved ? ST_ATT_PLATFORM : ST_OK, ATT_CHECK_ATTRIBUTES);
		if (reserved)
			continue;
		assert_int_equal(run.claims.debug, bit == 0);
		assert_int_equal(run.claims.migratable, bit == 29);
		assert_true(run.claims.attributes == UINT64_C(1) << bit);
	}
	world_clear(&w);
}

static void tdx_module(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	w.body[TD_SEAM_ATTRIBUTES + 7] = 0x80;
	world_expect(&w, ST_ATT_PLATFORM, ATT_CHECK_ATTRIBUTES);
	w.body[TD_SEAM_ATTRIBUTES + 7] = 0;
	w.body[TD_SIGNER_SEAM + 47] = 1;
	world_expect(&w, ST_ATT_TCB, ATT_CHECK_TDX_MODULE);
	w.body[TD_SIGNER_SEAM + 47] = 0;
	w.body[TD_SVN + 1] = 2; /* no TDX_02 */
	world_expect(&w, ST_ATT_TCB, ATT_CHECK_TDX_MODULE);
	w.body[TD_SVN + 1] = 3;
	world_expect(&w, ST_OK, 0);
	w.body[TD_SVN + 1] = 1, w.body[TD_SVN] = 1; /* below every level of TDX_01 */
	world_expect(&w, ST_ATT_TCB, ATT_CHECK_TDX_MODULE);
	w.body[TD_SVN] = 2;
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_OUT_OF_DATE);
	assert_int_equal(run.claims.n_advisories, 1);
	assert_string_equal(run.claims.advisories[0], "INTEL-SA-00005");
	world_edit(w.tcb_info, "\"isvsvn\":2},\"tcbDate\":\"2024-02-29T00:00:00Z\",\"tcbStatus\":\"OutOfDate\"",
	    "\"isvsvn\":2},\"tcbDate\":\"2024-02-29T00:00:00Z\",\"tcbStatus\":\"Revoked\"");
	world_expect(&w, ST_ATT_REVOKED, ATT_CHECK_TCB_STATUS);
	w.body[TD_SVN + 1] = 0, w.body[TD_SVN] = 4; /* TDX 1.0: tdxModule, all components count */
	run = world_expect(&w, ST_ATT_TCB, ATT_CHECK_TCB_LEVEL); /* component 1 is 0, the lowest level asks for 2 */
	world_edit(w.tcb_info, "\"tdxtcbcomponents\":[{\"svn\":2},{\"svn\":2}",
	    "\"tdxtcbcomponents\":[{\"svn\":2},{\"svn\":0}");
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_OUT_OF_DATE);
	world_clear(&w);
}

/* A document that expects a SEAM attribute is not met by a module that has none. */
static void module_attributes_are_the_documents(void **state)
{
	char from[256], to[256];
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	snprintf(from, sizeof from, "\"id\":\"TDX_01\",\"mrsigner\":\"%096d\",\"attributes\":\"%016d\"", 0, 0);
	snprintf(to, sizeof to, "\"id\":\"TDX_01\",\"mrsigner\":\"%096d\",\"attributes\":\"%016d\"", 0, 1);
	world_edit(w.tcb_info, from, to);
	world_expect(&w, ST_ATT_TCB, ATT_CHECK_TDX_MODULE);
	world_clear(&w);
}

/* The platform is at a revoked level, and only an older module keeps the whole from it. */
static void a_revoked_platform_is_not_saved_by_its_module(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	w.body[TD_SVN + 2] = 3;
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_OUT_OF_DATE);
	world_edit(w.tcb_info, "\"pcesvn\":11},\"tcbDate\":\"2024-02-29T00:00:00Z\",\"tcbStatus\":\"UpToDate\"",
	    "\"pcesvn\":11},\"tcbDate\":\"2024-02-29T00:00:00Z\",\"tcbStatus\":\"Revoked\"");
	world_expect(&w, ST_ATT_REVOKED, ATT_CHECK_TCB_STATUS);
	world_clear(&w);
}

/* TDX 1.5: launched on an old module, the newest runs now. */
static void td_relaunch_is_advised(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	w.version = 5, w.body_type = 3;
	w.body[TD_SVN] = 2; /* module OutOfDate */
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_TD_RELAUNCH_ADVISED);
	w.body[TD_SVN_2] = 5; /* not the newest either */
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_OUT_OF_DATE);
	w.body[TD_SVN_2 + 1] = 3; /* another version, its newest is 3 */
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_TD_RELAUNCH_ADVISED);
	w.body[TD_SVN_2 + 2] = 3; /* SEAM loader too old */
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_OUT_OF_DATE);
	w.body[TD_SVN_2 + 1] = 9; /* runs what nobody published */
	world_expect(&w, ST_ATT_TCB, ATT_CHECK_TDX_MODULE);
	w.body_type = 2; /* the same in a body without TEE_TCB_SVN_2 */
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_OUT_OF_DATE);
	w.body_type = 3, w.body[TD_SVN_2 + 1] = 1, w.body[TD_SVN_2 + 2] = 4, w.body[TD_SVN_2] = 6;
	w.qe[QE_SVN_AT] = 3; /* the quoting enclave is out of date as well: no relaunch mends that */
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_OUT_OF_DATE);
	world_clear(&w);
}

/* ---- quoting enclave and signatures ---- */
static void quoting_enclave(void **state)
{
	static const struct {
		size_t at;
		uint8_t flip;
	} wrong[] = {{QE_SIGNER, 1}, {QE_SIGNER + 31, 0x80}, {QE_PRODUCT, 3}, {QE_PRODUCT + 1, 1}, {QE_MISCSELECT, 1},
	    {QE_MISCSELECT + 3, 0x80}, {QE_FLAGS, 2 /* debug */}, {QE_FLAGS, 1}, {QE_FLAGS + 7, 1}};
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		w.qe[wrong[i].at] ^= wrong[i].flip;
		world_expect(&w, ST_ATT_TCB, ATT_CHECK_QE);
		w.qe[wrong[i].at] ^= wrong[i].flip;
	}
	w.qe[QE_FLAGS] ^= 4, w.qe[QE_FLAGS + 8] ^= 0xff; /* outside the mask: MODE64, XFRM */
	world_expect(&w, ST_OK, 0);
	w.qe[QE_SVN_AT] = 0;
	world_expect(&w, ST_ATT_TCB, ATT_CHECK_QE);
	w.qe[QE_SVN_AT] = 1;
	world_expect(&w, ST_ATT_REVOKED, ATT_CHECK_TCB_STATUS);
	w.qe[QE_SVN_AT] = 3;
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_OUT_OF_DATE);
	assert_string_equal(run.claims.advisories[0], "INTEL-SA-00004");
	world_clear(&w);
}

static void key_binding(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_SGX);
	w.auth_len = 0; /* Intel's own synthetic quotes have none */
	world_expect(&w, ST_OK, 0);
	w.keep_binding = true;
	for (size_t i = 0; i < 64; i++) { /* the last 32 bytes are zero */
		w.qe[QE_REPORT_DATA + i] ^= 0x10;
		world_expect(&w, ST_ATT_SIGNATURE, ATT_CHECK_QE);
		w.qe[QE_REPORT_DATA + i] ^= 0x10;
	}
	world_expect(&w, ST_OK, 0);
	w.auth_len = 1; /* hashed too */
	world_expect(&w, ST_ATT_SIGNATURE, ATT_CHECK_QE);
	world_clear(&w);
}

static void signatures(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	w.signs_qe = KEY_STRANGER;
	world_expect(&w, ST_ATT_SIGNATURE, ATT_CHECK_QE);
	w.signs_qe = KEY_PCK, w.signs_quote = KEY_STRANGER;
	world_expect(&w, ST_ATT_SIGNATURE, ATT_CHECK_SIGNATURE);
	w.signs_quote = KEY_ATTESTATION;
	world_expect(&w, ST_OK, 0);
	uint8_t *signature = w.quote.ptr + 48 + 584 + 4, kept[64];
	memcpy(kept, signature, sizeof kept);
	for (int half = 0; half < 2; half++) { /* r or s = 0, then all ones, which is above n */
		for (int fill = 0; fill < 256; fill += 255) {
			memset(signature + 32 * half, fill, 32);
			struct world_run run = world_again(&w);
			assert_int_equal(run.st, ST_ATT_SIGNATURE);
			assert_int_equal(run.finding.check, ATT_CHECK_SIGNATURE);
			memcpy(signature, kept, sizeof kept);
		}
	}
	world_clear(&w);
}

/* ---- chain ---- */
static void names_of_the_chain(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	w.ca_cn = "Intel SGX PCK Processor CA";
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_string_equal(run.claims.product, "Intel SGX PCK Processor CA");
	w.ca_cn = "Intel SGX PCK Other CA";
	world_expect(&w, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	w.ca_cn = "Intel SGX PCK Platform CA", w.pck_cn = "Intel SGX TCB Signing";
	world_expect(&w, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	w.pck_cn = "Intel SGX PCK Certificate", w.pck_is_ca = true;
	world_expect(&w, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	w.pck_is_ca = false, w.signs_pck = KEY_ROOT;
	world_expect(&w, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	w.signs_pck = KEY_STRANGER;
	world_expect(&w, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	w.signs_pck = KEY_CA, w.to[WINDOW_PCK] = "250531235959Z";
	world_expect(&w, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	w.to[WINDOW_PCK] = "250601000000Z"; /* T itself */
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.valid_to, 1748736000);
	w.no_extension = true;
	world_expect(&w, ST_ATT_FORMAT, ATT_CHECK_FORM);
	w.no_extension = false, w.extension.len--;
	world_expect(&w, ST_ATT_FORMAT, ATT_CHECK_FORM);
	world_clear(&w);
}

static void pem_is_exactly_the_chain(void **state)
{
	static const struct {
		const char *order, *before, *after;
		enum status st;
		enum att_check check;
	} cases[] = {
	    {"pcr", "", "", ST_OK, 0},
	    {"pcr", "\n\r\n ", "\n\n", ST_OK, 0},
	    {"pc", "", "", ST_ATT_FORMAT, ATT_CHECK_FORM},
	    {"pcrr", "", "", ST_ATT_FORMAT, ATT_CHECK_FORM},
	    {"", "", "", ST_ATT_FORMAT, ATT_CHECK_FORM},
	    {"pcr", "x", "", ST_ATT_FORMAT, ATT_CHECK_FORM},
	    {"pcr", "", "x", ST_ATT_FORMAT, ATT_CHECK_FORM},
	    {"pcr", "", "-----BEGIN PRIVATE KEY-----", ST_ATT_FORMAT, ATT_CHECK_FORM},
	    {"rcp", "", "", ST_ATT_CHAIN, ATT_CHECK_ROOT},
	    {"cpr", "", "", ST_ATT_CHAIN, ATT_CHECK_CHAIN},
	    {"pss", "", "", ST_ATT_CHAIN, ATT_CHECK_ROOT},
	    {"psr", "", "", ST_ATT_CHAIN, ATT_CHECK_CHAIN},
	    {"rrr", "", "", ST_ATT_CHAIN, ATT_CHECK_CHAIN},
	};
	struct world w;

	(void)state;
	world_init(&w, TEE_SGX);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		w.pem_order = cases[i].order, w.pem_before = cases[i].before, w.pem_after = cases[i].after;
		world_expect(&w, cases[i].st, cases[i].check);
	}
	world_clear(&w);
}

/* ---- time ---- */
enum { T = 1748736000 /* 2025-06-01T00:00:00Z */ };

static void expect_window(struct world *w, enum status st, int64_t from, int64_t to)
{
	struct world_run run = world_expect(w, st, ATT_CHECK_VALIDITY);

	if (st != ST_OK)
		return;
	assert_int_equal(run.claims.valid_from, from);
	assert_int_equal(run.claims.valid_to, to);
}

/* Certificates and CRLs, each alone: valid up to T itself and from T itself, not a second less; the claims' window says so. */
static void each_window_has_its_edges(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_SGX);
	for (enum world_window i = 0; i < WINDOW_COUNT; i++) {
		w.to[i] = "250601000000Z";
		expect_window(&w, ST_OK, 1747267200, T);
		w.to[i] = "250531235959Z";
		expect_window(&w, ST_ATT_VALIDITY, 0, 0);
		w.to[i] = NULL, w.from[i] = "250601000000Z";
		expect_window(&w, ST_OK, T, 1749859200);
		w.from[i] = "250601000001Z";
		expect_window(&w, ST_ATT_VALIDITY, 0, 0);
		w.from[i] = NULL;
	}
	world_clear(&w);
}

/* The same for the two documents. */
static void each_document_has_its_edges(void **state)
{
	static const struct {
		const char *from, *to;
		enum status st;
		int64_t valid_from, valid_to;
	} cases[] = {
	    {"2025-06-14T00:00:00Z", "2025-06-01T00:00:00Z", ST_OK, 1747267200, T},
	    {"2025-06-14T00:00:00Z", "2025-05-31T23:59:59Z", ST_ATT_VALIDITY, 0, 0},
	    {"2025-05-15T00:00:00Z", "2025-06-01T00:00:00Z", ST_OK, T, 1749859200},
	    {"2025-05-15T00:00:00Z", "2025-06-01T00:00:01Z", ST_ATT_VALIDITY, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
		struct world w;
		world_init(&w, TEE_TDX);
		world_edit(i % 2 ? w.identity : w.tcb_info, cases[i / 2].from, cases[i / 2].to);
		expect_window(&w, cases[i / 2].st, cases[i / 2].valid_from, cases[i / 2].valid_to);
		world_clear(&w);
	}
}

/* ---- revocation ---- */
static void revoked_certificates(void **state)
{
	static const struct {
		const char *pck, *root;
		enum status st;
	} cases[] = {{"3", NULL, ST_ATT_REVOKED}, {NULL, "2", ST_ATT_REVOKED}, {NULL, "4", ST_ATT_REVOKED},
	    {"2", "3", ST_OK} /* serials of the other issuer */, {"30", "20", ST_OK}};
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		w.revoked_pck = cases[i].pck, w.revoked_root = cases[i].root;
		world_expect(&w, cases[i].st, ATT_CHECK_REVOCATION);
	}
	world_clear(&w);
}

/* Whichever comes first in the bag: a valid CRL that lists the PCK is heard. */
static void another_crl_may_revoke(void **state)
{
	static const char *const serial[] = {"3"};
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	struct pki_crl want = {.issuer = w.ca_cn, .signer = w.keys[KEY_CA], .serials = serial, .n_serials = 1};
	struct buf lists = pki_crl(&want);
	want.signer = w.keys[KEY_STRANGER];
	struct buf strangers = pki_crl(&want);
	want.signer = w.keys[KEY_CA], want.next_update = "250101000000Z";
	struct buf stale = pki_crl(&want);
	w.n_more = 1;
	w.more[0] = (struct att_item){ATT_ITEM_CRL, 0, buf_view(&lists), {0}};
	world_expect(&w, ST_ATT_REVOKED, ATT_CHECK_REVOCATION);
	w.revoked_pck = "3", w.more[0].bytes = buf_view(&stale); /* now the second one */
	world_expect(&w, ST_ATT_REVOKED, ATT_CHECK_REVOCATION);
	w.revoked_pck = NULL, w.more[0].bytes = buf_view(&strangers);
	world_expect(&w, ST_OK, 0);
	w.signs_pck_crl = KEY_STRANGER;
	world_expect(&w, ST_ATT_COLLATERAL, ATT_CHECK_REVOCATION);
	w.signs_pck_crl = KEY_CA, w.signs_root_crl = KEY_CA;
	world_expect(&w, ST_ATT_COLLATERAL, ATT_CHECK_REVOCATION);
	buf_clear(&lists);
	buf_clear(&strangers);
	buf_clear(&stale);
	world_clear(&w);
}

/* ---- documents ---- */
static void documents_are_intels(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_SGX);
	for (enum world_key key = 0; key < KEY_COUNT;
	     key++) { /* a PCK CA or the root itself may not sign them either */
		w.signs_documents = key;
		world_expect(&w, key == KEY_SIGNER ? ST_OK : ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	}
	w.signs_documents = KEY_SIGNER, w.signer_cn = "Intel SGX PCK Certificate";
	world_expect(&w, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	w.signer_cn = "Intel SGX TCB Signing", w.signs_signer = KEY_CA;
	world_expect(&w, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	w.signs_signer = KEY_STRANGER;
	world_expect(&w, ST_ATT_CHAIN, ATT_CHECK_CHAIN);
	w.signs_signer = KEY_ROOT, w.to[WINDOW_SIGNER] = "250531235959Z";
	world_expect(&w, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	w.to[WINDOW_SIGNER] = NULL, w.from[WINDOW_SIGNER] = "250601000001Z";
	world_expect(&w, ST_ATT_VALIDITY, ATT_CHECK_VALIDITY);
	world_clear(&w);
}

/* One of the two rightly signed does not vouch for the other. */
static void each_document_bears_its_own_signature(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_TDX);
	struct buf info = pki_raw_signature(w.keys[KEY_SIGNER], slice_str(w.tcb_info));
	struct buf identity = pki_raw_signature(w.keys[KEY_SIGNER], slice_str(w.identity));
	w.signs_documents = KEY_STRANGER;
	w.more[0] = (struct att_item){ATT_ITEM_TCB_INFO, 0, slice_str(w.tcb_info), buf_view(&info)};
	w.more[1] = (struct att_item){ATT_ITEM_QE_IDENTITY, 0, slice_str(w.identity), buf_view(&identity)};
	w.n_more = 1;
	world_expect(&w, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	w.n_more = 2;
	world_expect(&w, ST_OK, 0);
	w.more[0] = w.more[1], w.n_more = 1;
	world_expect(&w, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	buf_clear(&info);
	buf_clear(&identity);
	world_clear(&w);
}

static void documents_fit(void **state)
{
	static const struct {
		const char *from, *to;
		enum status st;
		enum att_check check;
	} cases[] = {
	    {"\"fmspc\":\"0123456789AB\"", "\"fmspc\":\"0123456789ab\"", ST_OK, 0},
	    {"\"fmspc\":\"0123456789AB\"", "\"fmspc\":\"0123456789AC\"", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	    {"\"pceId\":\"0000\"", "\"pceId\":\"0001\"", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	    {"\"version\":3", "\"version\":2", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	    {"\"tcbType\":0", "\"tcbType\":1", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	    {"\"tcbType\":0,", "", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	    {"\"id\":\"SGX\"", "\"id\":\"TDX\"", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	    {"2025-06-14T00:00:00Z", "2025-05-31T23:59:59Z", ST_ATT_VALIDITY, ATT_CHECK_VALIDITY},
	    {"2025-05-15T00:00:00Z", "2025-06-01T00:00:01Z", ST_ATT_VALIDITY, ATT_CHECK_VALIDITY},
	    {"\"tcbEvaluationDataNumber\":17", "\"tcbEvaluationDataNumber\":16", ST_OK, 0},
	    {"[{\"svn\":5}", "[{\"svn\":6}", ST_OK, 0},
	    {"\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"Revoked\"", ST_ATT_REVOKED, ATT_CHECK_TCB_STATUS},
	    {"\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"TDRelaunchAdvised\"", ST_ATT_COLLATERAL,
		ATT_CHECK_COLLATERAL},
	    {"\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"Splendid\"", ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct world w;
		world_init(&w, TEE_SGX);
		world_edit(w.tcb_info, cases[i].from, cases[i].to);
		world_expect(&w, cases[i].st, cases[i].check);
		world_clear(&w);
	}
}

static void the_weaker_evaluation_number_is_claimed(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_SGX);
	world_edit(w.identity, "\"tcbEvaluationDataNumber\":17", "\"tcbEvaluationDataNumber\":12");
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.evaluation, 12);
	world_edit(w.tcb_info, "\"tcbEvaluationDataNumber\":17", "\"tcbEvaluationDataNumber\":9");
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.evaluation, 9);
	world_clear(&w);
}

static void signature_covers_exact_bytes(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_SGX);
	struct buf signature = pki_raw_signature(w.keys[KEY_SIGNER], slice_str(w.tcb_info));
	char spaced[sizeof w.tcb_info];
	strcpy(spaced, w.tcb_info);
	world_edit(spaced, "\"version\":3", "\"version\": 3"); /* means the same */
	w.n_more = 1;
	w.more[0] = (struct att_item){ATT_ITEM_TCB_INFO, 0, slice_str(spaced), buf_view(&signature)};
	world_edit(w.tcb_info, "\"id\":\"SGX\"", "\"id\":\"???\""); /* so that only the spaced one could do */
	world_expect(&w, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	buf_clear(&signature);
	signature = pki_raw_signature(w.keys[KEY_SIGNER], slice_str(spaced));
	w.more[0].signature = buf_view(&signature);
	world_expect(&w, ST_OK, 0);
	buf_clear(&signature);
	world_clear(&w);
}

/* An unfitting, an unsigned and a stale one in front: the first that is good is taken, and only its window counts. */
static void the_first_good_document_is_taken(void **state)
{
	struct world w, other;

	(void)state;
	world_init(&w, TEE_SGX);
	world_init(&other, TEE_SGX);
	world_edit(other.tcb_info, "2025-06-14T00:00:00Z", "2025-05-20T00:00:00Z");
	struct buf stale = pki_raw_signature(w.keys[KEY_SIGNER], slice_str(other.tcb_info));
	struct buf forged = pki_raw_signature(other.keys[KEY_SIGNER], slice_str(w.tcb_info));
	w.n_more = 3;
	w.more[0] = (struct att_item){ATT_ITEM_TCB_INFO, 0, slice_str("{}"), buf_view(&stale)};
	w.more[1] = (struct att_item){ATT_ITEM_TCB_INFO, 0, slice_str(w.tcb_info), buf_view(&forged)};
	w.more[2] = (struct att_item){ATT_ITEM_TCB_INFO, 0, slice_str(other.tcb_info), buf_view(&stale)};
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.valid_to, 1749859200);
	world_edit(w.identity, "\"id\":\"QE\"", "\"id\":\"QVE\"");
	world_expect(&w, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	buf_clear(&stale);
	buf_clear(&forged);
	world_clear(&other);
	world_clear(&w);
}

/* Same FMSPC and PCEID, signed, valid: the other TEE's levels all the same. */
static void tcb_info_of_the_other_tee(void **state)
{
	struct world sgx, tdx;
	char kept[sizeof sgx.tcb_info];

	(void)state;
	world_init(&sgx, TEE_SGX);
	world_init(&tdx, TEE_TDX);
	strcpy(kept, sgx.tcb_info);
	strcpy(sgx.tcb_info, tdx.tcb_info);
	strcpy(tdx.tcb_info, kept);
	world_expect(&sgx, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	world_expect(&tdx, ST_ATT_COLLATERAL, ATT_CHECK_COLLATERAL);
	world_clear(&sgx);
	world_clear(&tdx);
}

/* Two signing certificates. What a document that was not taken needed does not narrow the window; what one that was taken needs
 * does, also when it was looked at before. */
static void windows_of_what_is_used(void **state)
{
	struct world w, other;

	(void)state;
	world_init(&w, TEE_SGX);
	world_init(&other, TEE_SGX);
	EVP_PKEY *second = w.keys[KEY_STRANGER];
	struct buf cert = pki_cert(&(struct pki_cert){.subject = "Intel SGX TCB Signing",
	    .issuer = "Intel SGX Root CA",
	    .key = second,
	    .signer = w.keys[KEY_ROOT],
	    .serial = "5",
	    .path_len = -1,
	    .key_usage = KU_DIGITAL_SIGNATURE,
	    .not_after = "250605000000Z"});
	world_edit(other.tcb_info, "2025-06-14T00:00:00Z", "2025-05-20T00:00:00Z");
	struct buf stale = pki_raw_signature(second, slice_str(other.tcb_info));
	world_edit(other.identity, "2025-06-14T00:00:00Z", "2025-05-20T00:00:00Z");
	struct buf old = pki_raw_signature(second, slice_str(other.identity));
	struct buf good = pki_raw_signature(second, slice_str(w.identity));
	w.more[0] = (struct att_item){ATT_ITEM_CERTIFICATE, 0, buf_view(&cert), {0}};
	w.more[1] = (struct att_item){ATT_ITEM_TCB_INFO, 0, slice_str(other.tcb_info), buf_view(&stale)};
	w.more[2] = (struct att_item){ATT_ITEM_QE_IDENTITY, 0, slice_str(other.identity), buf_view(&old)};
	w.more[3] = (struct att_item){ATT_ITEM_QE_IDENTITY, 0, slice_str(w.identity), buf_view(&good)};
	w.n_more = 3;
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.valid_to, 1749859200); /* 2025-06-14, the documents' */
	w.n_more = 4;
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.valid_to, 1749081600); /* 2025-06-05, the second certificate's */
	struct buf *all[] = {&cert, &stale, &old, &good};
	for (size_t i = 0; i < COUNT_OF(all); i++)
		buf_clear(all[i]);
	world_clear(&other);
	world_clear(&w);
}

static void advisories_of_all_parts(void **state)
{
	struct world w;
	struct world_run run;

	(void)state;
	world_init(&w, TEE_TDX);
	world_edit(w.tcb_info, "[{\"svn\":5}", "[{\"svn\":6}"); /* the platform is at the second level now */
	w.body[TD_SVN] = 2;
	w.qe[QE_SVN_AT] = 3;
	run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.n_advisories, 3);
	assert_string_equal(run.claims.advisories[0], "INTEL-SA-00004");
	assert_string_equal(run.claims.advisories[1], "INTEL-SA-00005");
	assert_string_equal(run.claims.advisories[2], "INTEL-SA-00009");
	world_clear(&w);
}

/* More than a claim holds: still more than any policy can accept. */
static void too_many_advisories(void **state)
{
	char ids[ATT_ADVISORIES_MAX * 40 + 64] = "\"tcbStatus\":\"SWHardeningNeeded\",\"advisoryIDs\":[";
	struct world w;

	(void)state;
	world_init(&w, TEE_SGX);
	for (int i = 0; i < ATT_ADVISORIES_MAX + 8; i++)
		snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s\"INTEL-SA-%05d\"", i ? "," : "", 99 - i);
	strcat(ids, "]");
	world_edit(w.tcb_info, "\"tcbStatus\":\"UpToDate\"", ids);
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.n_advisories, ATT_ADVISORIES_MAX);
	struct tee_rules rules = {.statuses = 1U << TEE_STATUS_SW_HARDENING_NEEDED, .n_advisories = TEE_ADVISORIES_MAX};
	for (int i = 0; i < TEE_ADVISORIES_MAX; i++)
		strcpy(rules.advisories[i], run.claims.advisories[i]);
	struct att_reference ref = {.kind = TEE_SGX, .rules = &rules};
	struct att_finding f = {0};
	assert_int_equal(att_appraise(&run.claims, &ref, NULL, (struct att_time){0}, NULL, &f), ST_ATT_TCB);
	assert_int_equal(f.check, ATT_CHECK_ADVISORY);
	world_clear(&w);
}

static void platform_below_every_level(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, TEE_SGX);
	world_edit(w.tcb_info, "\"pcesvn\":11", "\"pcesvn\":12");
	struct world_run run = world_expect(&w, ST_OK, 0);
	assert_int_equal(run.claims.tcb_status, TEE_STATUS_OUT_OF_DATE);
	assert_int_equal(run.claims.n_advisories, 2);
	assert_string_equal(run.claims.advisories[0], "INTEL-SA-00002"); /* sorted */
	world_edit(w.tcb_info, "\"pcesvn\":5", "\"pcesvn\":12");
	world_expect(&w, ST_ATT_TCB, ATT_CHECK_TCB_LEVEL);
	world_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_form_of_quote),
	    cmocka_unit_test(sgx_attributes),
	    cmocka_unit_test(td_attributes),
	    cmocka_unit_test(tdx_module),
	    cmocka_unit_test(module_attributes_are_the_documents),
	    cmocka_unit_test(a_revoked_platform_is_not_saved_by_its_module),
	    cmocka_unit_test(td_relaunch_is_advised),
	    cmocka_unit_test(quoting_enclave),
	    cmocka_unit_test(key_binding),
	    cmocka_unit_test(signatures),
	    cmocka_unit_test(names_of_the_chain),
	    cmocka_unit_test(pem_is_exactly_the_chain),
	    cmocka_unit_test(each_window_has_its_edges),
	    cmocka_unit_test(each_document_has_its_edges),
	    cmocka_unit_test(revoked_certificates),
	    cmocka_unit_test(another_crl_may_revoke),
	    cmocka_unit_test(documents_are_intels),
	    cmocka_unit_test(each_document_bears_its_own_signature),
	    cmocka_unit_test(documents_fit),
	    cmocka_unit_test(the_weaker_evaluation_number_is_claimed),
	    cmocka_unit_test(signature_covers_exact_bytes),
	    cmocka_unit_test(the_first_good_document_is_taken),
	    cmocka_unit_test(tcb_info_of_the_other_tee),
	    cmocka_unit_test(windows_of_what_is_used),
	    cmocka_unit_test(advisories_of_all_parts),
	    cmocka_unit_test(too_many_advisories),
	    cmocka_unit_test(platform_below_every_level),
	};

	return cmocka_run_group_tests_name("dcap_verify", tests, NULL, NULL);
}
