/* TCB levels by the rules of Intel's verification library, as tables: matching, order, convergence, modules, relaunch. */
#include "level.h"
#include "qe_identity.h"

#include "../../support/test.h"

/* ---- matching ---- */
static struct tcb_level level(
    unsigned sgx0, unsigned sgx15, unsigned pce, unsigned tdx0, unsigned tdx1, unsigned tdx2, enum tee_status s)
{
	struct tcb_level l = {.pce_svn = (uint16_t)pce, .status = s};

	l.sgx[0] = (uint8_t)sgx0, l.sgx[15] = (uint8_t)sgx15;
	l.tdx[0] = (uint8_t)tdx0, l.tdx[1] = (uint8_t)tdx1, l.tdx[2] = (uint8_t)tdx2;
	return l;
}

static void first_level_that_is_reached(void **state)
{
	static const struct {
		unsigned sgx0, sgx15, pce;
		int tdx0, tdx1, tdx2; /* tdx0 -1: SGX */
		int sgx_level, all_level;
	} cases[] = {
	    {9, 9, 13, -1, 0, 0, 0, 0}, /* above everything */
	    {7, 7, 11, -1, 0, 0, 0, 0}, /* exactly */
	    {7, 6, 11, -1, 0, 0, 1, 1}, /* one component short: all 16 count, up to the last */
	    {7, 7, 10, -1, 0, 0, 1, 1}, /* PCESVN short */
	    {99, 4, 11, -1, 0, 0, 2, 2}, /* a high one does not make up for a low one */
	    {99, 99, 4, -1, 0, 0, -1, -1},
	    {1, 99, 99, -1, 0, 0, -1, -1},
	    {7, 7, 11, 5, 1, 5, 0, 0}, /* TDX, version 1: components 0 and 1 do not count */
	    {7, 7, 11, 0, 1, 5, 0, 0},
	    {7, 7, 11, 0, 255, 5, 0, 0},
	    {7, 7, 11, 9, 1, 4, 0, 1}, /* component 2 does */
	    {7, 7, 11, 9, 1, 0, 0, -1},
	    {7, 7, 11, 5, 0, 5, 0, 1}, /* TDX, version 0: all count; level 0 asks for component 1 = 1 */
	    {7, 7, 11, 2, 0, 9, 0, 2}, /* level 1 asks for component 0 = 3 */
	    {7, 7, 11, 0, 0, 9, 0, -1},
	    {7, 4, 11, 9, 1, 9, 2, 2},
	};
	struct tcb_info info = {.n_levels = 3, .tdx = true};

	(void)state;
	info.levels[0] = level(7, 7, 11, 5, 1, 5, TEE_STATUS_UP_TO_DATE);
	info.levels[1] = level(7, 5, 9, 3, 0, 3, TEE_STATUS_OUT_OF_DATE);
	info.levels[2] = level(2, 2, 5, 1, 0, 2, TEE_STATUS_OUT_OF_DATE);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct pck pck = {.pce_svn = (uint16_t)cases[i].pce};
		uint8_t svn[16] = {(uint8_t)cases[i].tdx0, (uint8_t)cases[i].tdx1, (uint8_t)cases[i].tdx2};
		memset(pck.svn, 255, sizeof pck.svn);
		pck.svn[0] = (uint8_t)cases[i].sgx0, pck.svn[15] = (uint8_t)cases[i].sgx15;
		struct tcb_match m = tcb_level_match(&info, &pck, cases[i].tdx0 < 0 ? NULL : svn);
		int sgx = m.sgx ? (int)(m.sgx - info.levels) : -1, all = m.all ? (int)(m.all - info.levels) : -1;
		if (sgx != cases[i].sgx_level || all != cases[i].all_level)
			fail_msg("case %zu: got levels %d and %d", i, sgx, all);
	}
}

/* ---- order ---- */
#define C16(a)                                                                                                         \
	"[{\"svn\":" a "},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},"        \
	"{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0}]"
#define LEVEL(sgx, tdx, pce, status)                                                                                   \
	"{\"tcb\":{\"sgxtcbcomponents\":" C16(sgx) ",\"tdxtcbcomponents\":" C16(                                       \
	    tdx) ",\"pcesvn\":" pce "},\"tcbDate\":\"2024-01-01T00:00:00Z\",\"tcbStatus\":\"" status "\"}"
#define ZERO_48 "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
#define MODULE                                                                                                         \
	"\"mrsigner\":\"" ZERO_48 "\",\"attributes\":\"0000000000000000\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\""
#define SVN(n, status) "{\"tcb\":{\"isvsvn\":" n "},\"tcbDate\":\"2024-01-01T00:00:00Z\",\"tcbStatus\":\"" status "\"}"
static const char unsorted[] =
    "{\"id\":\"TDX\",\"version\":3,\"issueDate\":\"2024-02-29T23:59:59Z\","
    "\"nextUpdate\":\"2100-03-01T00:00:00Z\",\"fmspc\":\"00a067110000\",\"pceId\":\"0a0B\",\"tcbType\":0,"
    "\"tcbEvaluationDataNumber\":17,\"tdxModule\":{" MODULE "},\"tdxModuleIdentities\":[{\"id\":\"TDX_0a\"," MODULE
    ",\"tcbLevels\":[" SVN("2", "OutOfDate") "," SVN("7", "UpToDate") "," SVN(
	"4", "Revoked") "]}],\"tcbLevels\":[" LEVEL("1", "9", "9", "OutOfDate") "," LEVEL("5", "1", "3",
	"SWHardeningNeeded") "," LEVEL("5", "2", "3", "UpToDate") "," LEVEL("5", "0", "4",
	"ConfigurationNeeded") "," LEVEL("5", "2", "3", "Revoked") "]}";

static void levels_are_sorted(void **state)
{
	static const enum tee_status order[] = {TEE_STATUS_CONFIGURATION_NEEDED, TEE_STATUS_UP_TO_DATE,
	    TEE_STATUS_REVOKED, TEE_STATUS_SW_HARDENING_NEEDED, TEE_STATUS_OUT_OF_DATE};
	static struct tcb_info info;

	(void)state;
	assert_int_equal(tcb_info_parse(&info, slice_str(unsorted)), ST_OK);
	assert_int_equal(info.n_levels, COUNT_OF(order));
	for (size_t i = 0; i < COUNT_OF(order); i++) /* PCESVN before TDX components; equals in the document's order */
		assert_int_equal(info.levels[i].status, order[i]);
	assert_int_equal(info.n_modules, 1);
	assert_int_equal(info.modules[0].version, 10);
	const struct svn_levels *levels = &info.modules[0].levels;
	assert_int_equal(levels->n, 3);
	assert_int_equal(levels->level[0].isv_svn, 7);
	assert_int_equal(levels->level[2].isv_svn, 2);
	assert_ptr_equal(svn_level_of(levels, 255), &levels->level[0]);
	assert_ptr_equal(svn_level_of(levels, 6), &levels->level[1]);
	assert_ptr_equal(svn_level_of(levels, 2), &levels->level[2]);
	assert_null(svn_level_of(levels, 1));
	assert_int_equal(info.issued_s, 1709251199);
	assert_int_equal(info.next_s, 4107542400); /* 2100 is no leap year */
	assert_memory_equal(info.fmspc, "\x00\xa0\x67\x11\x00\x00", 6);
	assert_memory_equal(info.pce_id, "\x0a\x0b", 2);
	assert_ptr_equal(tdx_module_of(&info, 0), &info.module);
	assert_ptr_equal(tdx_module_of(&info, 10), &info.modules[0]);
	assert_null(tdx_module_of(&info, 1));
}

/* ---- what a document may be ---- */
static void edit(char *document, size_t cap, const char *from, const char *to)
{
	char *at = strstr(document, from);
	size_t was = strlen(from), is = strlen(to);

	assert_non_null(at);
	assert_true(strlen(document) + is < cap);
	memmove(at + is, at + was, strlen(at + was) + 1);
	memcpy(at, to, is);
}

static void tcb_info_form(void **state)
{
	static const struct {
		const char *from, *to;
		enum status st;
	} cases[] = {
	    {"\"TDX\"", "\"SGX\"", ST_FORMAT}, /* with TDX's parts */
	    {"\"TDX\"", "\"SNP\"", ST_UNSUPPORTED},
	    {"\"version\":3", "\"version\":2", ST_UNSUPPORTED},
	    {"\"version\":3", "\"version\":4", ST_UNSUPPORTED},
	    {"\"tcbType\":0", "\"tcbType\":1", ST_UNSUPPORTED},
	    {"\"version\":3,", "", ST_FORMAT},
	    {"\"version\":3", "\"version\":3,\"version\":3", ST_DUPLICATE},
	    {"\"version\":3", "\"version\":3,\"news\":[1,{}]", ST_OK}, /* what Intel may add */
	    {"\"version\":3", "\"version\":3,\"news\":{\"a\":1,\"a\":1}", ST_DUPLICATE},
	    {"00a067110000", "00a06711000", ST_FORMAT},
	    {"00a067110000", "00a0671100000", ST_FORMAT},
	    {"00a067110000", "00a06711000g", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2023-02-29T23:59:59Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-02-30T23:59:59Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-13-01T23:59:59Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-00-01T23:59:59Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-02-00T23:59:59Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-02-29T24:00:00Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-02-29T23:60:59Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-02-29T23:59:60Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-02-29 23:59:59Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-02-29T23:59:59", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-02-29T23:59:59+00:00", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "1969-12-31T23:59:59Z", ST_FORMAT},
	    {"2024-02-29T23:59:59Z", "2024-2-29T23:59:59Z", ST_FORMAT},
	    {"\"svn\":1", "\"svn\":256", ST_TOO_LARGE},
	    {"\"svn\":1", "\"svn\":1.0", ST_FORMAT},
	    {"\"svn\":1", "\"svn\":-1", ST_FORMAT},
	    {"\"svn\":1", "\"svn\":\"1\"", ST_FORMAT},
	    {"{\"svn\":1},", "", ST_FORMAT}, /* 15 components */
	    {"{\"svn\":1}", "{\"svn\":1},{\"svn\":1}", ST_FORMAT},
	    {"\"pcesvn\":9", "\"pcesvn\":65536", ST_TOO_LARGE},
	    {"\"tdxtcbcomponents\"", "\"tdxtcbcomponentz\"", ST_FORMAT},
	    {"TDX_0a", "TDX_a", ST_FORMAT},
	    {"TDX_0a", "TDX_0g", ST_FORMAT},
	    {"TDX_0a", "SGX_0a", ST_FORMAT},
	    {"\"tdxModule\"", "\"tdxModules\"", ST_FORMAT},
	    {"\"ConfigurationNeeded\"", "\"ConfigurationNeeded\",\"advisoryIDs\":[]", ST_OK},
	    {"\"ConfigurationNeeded\"", "\"ConfigurationNeeded\",\"advisoryIDs\":[\"\"]", ST_FORMAT},
	    {"\"ConfigurationNeeded\"", "\"ConfigurationNeeded\",\"advisoryIDs\":[\"A B\"]", ST_FORMAT},
	    {"\"ConfigurationNeeded\"", "\"ConfigurationNeeded\",\"advisoryIDs\":[1]", ST_FORMAT},
	    {"\"ConfigurationNeeded\"", "\"ConfigurationNeeded\",\"advisoryIDs\":[\"INTEL-SA-0123456789012345678901\"]",
		ST_OK},
	    {"\"ConfigurationNeeded\"",
		"\"ConfigurationNeeded\",\"advisoryIDs\":[\"INTEL-SA-01234567890123456789012\"]", ST_FORMAT},
	    {"\"ConfigurationNeeded\"", "\"TDRelaunchAdvised\"", ST_FORMAT}, /* a conclusion of ours */
	    {"\"ConfigurationNeeded\"", "\"configurationneeded\"", ST_FORMAT},
	};
	static struct tcb_info info;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char text[8192];
		snprintf(text, sizeof text, "%s", unsorted);
		edit(text, sizeof text, cases[i].from, cases[i].to);
		enum status st = tcb_info_parse(&info, slice_str(text));
		if (st != cases[i].st)
			fail_msg("%s for %s: expected %s, got %s", cases[i].to, cases[i].from, status_name(cases[i].st),
			    status_name(st));
	}
	for (size_t n = 0; n < sizeof unsorted - 1; n++)
		assert_int_not_equal(tcb_info_parse(&info, slice_of(unsorted, n)), ST_OK);
	assert_int_equal(tcb_info_parse(&info, slice_str("{}")), ST_FORMAT);
	assert_int_equal(tcb_info_parse(&info, slice_str("[]")), ST_FORMAT);
}

static void too_many_levels(void **state)
{
	static const char module[] = "{\"id\":\"TDX_%02X\"," MODULE ",\"tcbLevels\":[" SVN("1", "UpToDate") "]},";
	static struct tcb_info info;
	char *text = malloc(200000), *more = malloc(100000);

	(void)state;
	for (int extra = TCB_LEVELS_MAX - 5; extra <= TCB_LEVELS_MAX - 4; extra++) {
		strcpy(text, unsorted);
		strcpy(more, "\"tcbLevels\":[");
		for (int i = 0; i < extra; i++)
			strcat(more, LEVEL("3", "1", "3", "UpToDate") ",");
		strcat(more, LEVEL("1", "9", "9", "OutOfDate"));
		edit(text, 200000, "\"tcbLevels\":[" LEVEL("1", "9", "9", "OutOfDate"), more);
		assert_int_equal(
		    tcb_info_parse(&info, slice_str(text)), extra == TCB_LEVELS_MAX - 5 ? ST_OK : ST_TOO_LARGE);
	}
	for (int modules = TDX_MODULES_MAX - 1; modules <= TDX_MODULES_MAX; modules++) {
		strcpy(text, unsorted);
		strcpy(more, "\"tdxModuleIdentities\":[");
		for (int i = 0; i < modules; i++)
			sprintf(more + strlen(more), module, 0x20 + i);
		edit(text, 200000, "\"tdxModuleIdentities\":[", more);
		assert_int_equal(
		    tcb_info_parse(&info, slice_str(text)), modules < TDX_MODULES_MAX ? ST_OK : ST_TOO_LARGE);
	}
	strcpy(text, unsorted);
	sprintf(more, "\"tdxModuleIdentities\":[{\"id\":\"TDX_0A\"," MODULE ",\"tcbLevels\":[]},");
	edit(text, 200000, "\"tdxModuleIdentities\":[", more);
	assert_int_equal(tcb_info_parse(&info, slice_str(text)), ST_DUPLICATE);
	free(text);
	free(more);
}

/* ---- statuses ---- */
static void convergence(void **state)
{
	static const struct {
		enum tee_status platform, part, converged;
	} cases[] = {
	    {TEE_STATUS_UP_TO_DATE, TEE_STATUS_UP_TO_DATE, TEE_STATUS_UP_TO_DATE},
	    {TEE_STATUS_UP_TO_DATE, TEE_STATUS_OUT_OF_DATE, TEE_STATUS_OUT_OF_DATE},
	    {TEE_STATUS_SW_HARDENING_NEEDED, TEE_STATUS_UP_TO_DATE, TEE_STATUS_SW_HARDENING_NEEDED},
	    {TEE_STATUS_SW_HARDENING_NEEDED, TEE_STATUS_OUT_OF_DATE, TEE_STATUS_OUT_OF_DATE},
	    {TEE_STATUS_CONFIGURATION_NEEDED, TEE_STATUS_UP_TO_DATE, TEE_STATUS_CONFIGURATION_NEEDED},
	    {TEE_STATUS_CONFIGURATION_NEEDED, TEE_STATUS_OUT_OF_DATE, TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED},
	    {TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED, TEE_STATUS_OUT_OF_DATE,
		TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED},
	    {TEE_STATUS_OUT_OF_DATE, TEE_STATUS_OUT_OF_DATE, TEE_STATUS_OUT_OF_DATE},
	    {TEE_STATUS_OUT_OF_DATE, TEE_STATUS_UP_TO_DATE, TEE_STATUS_OUT_OF_DATE},
	    {TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED, TEE_STATUS_OUT_OF_DATE,
		TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED},
	    {TEE_STATUS_TD_RELAUNCH_ADVISED, TEE_STATUS_UP_TO_DATE, TEE_STATUS_TD_RELAUNCH_ADVISED},
	    {TEE_STATUS_UP_TO_DATE, TEE_STATUS_REVOKED, TEE_STATUS_REVOKED},
	    {TEE_STATUS_OUT_OF_DATE, TEE_STATUS_REVOKED, TEE_STATUS_REVOKED},
	    {TEE_STATUS_REVOKED, TEE_STATUS_UP_TO_DATE, TEE_STATUS_REVOKED},
	    {TEE_STATUS_REVOKED, TEE_STATUS_OUT_OF_DATE, TEE_STATUS_REVOKED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(tcb_converge(cases[i].platform, cases[i].part), cases[i].converged);
	for (enum tee_status s = 0; s < TEE_STATUS_COUNT_; s++) { /* no part makes a platform better */
		assert_int_equal(tcb_converge(s, TEE_STATUS_UP_TO_DATE), s);
		assert_int_not_equal(tcb_converge(s, TEE_STATUS_OUT_OF_DATE), TEE_STATUS_UP_TO_DATE);
		assert_int_equal(tcb_converge(s, TEE_STATUS_REVOKED), TEE_STATUS_REVOKED);
	}
}

static void relaunch(void **state)
{
	enum {
		UP = TEE_STATUS_UP_TO_DATE,
		SW = TEE_STATUS_SW_HARDENING_NEEDED,
		CFG = TEE_STATUS_CONFIGURATION_NEEDED,
		OLD = TEE_STATUS_OUT_OF_DATE,
		OLDC = TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED,
		RE = TEE_STATUS_TD_RELAUNCH_ADVISED,
		REC = TEE_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
	};
	static const struct {
		int before, platform, module, qe;
		uint8_t svn2[3];
		int after; /* -1: refused */
	} cases[] = {
	    {OLD, UP, OLD, UP, {7, 10, 4}, RE},
	    {OLD, SW, OLD, UP, {7, 10, 4}, RE},
	    {OLDC, CFG, OLD, UP, {7, 10, 4}, REC},
	    {OLD, CFG, OLD, UP, {7, 10, 4}, REC}, /* configuration is needed by the SGX level alone */
	    {OLD, UP, OLD, UP, {255, 10, 255}, RE},
	    {OLD, UP, OLD, UP, {6, 10, 4}, OLD}, /* module still old */
	    {OLD, UP, OLD, UP, {7, 10, 3}, OLD}, /* SEAM loader still old */
	    {OLD, UP, OLD, UP, {5, 0, 4}, RE}, /* TDX 1.0: component 0 of the latest level */
	    {OLD, UP, OLD, UP, {4, 0, 4}, OLD},
	    {OLD, UP, OLD, UP, {7, 11, 4}, -1}, /* runs an unpublished version */
	    {OLD, UP, UP, UP, {7, 10, 4}, OLD}, /* not the module's fault */
	    {OLD, OLD, OLD, UP, {7, 10, 4}, OLD}, /* the platform's too */
	    {OLD, UP, OLD, OLD, {7, 10, 4}, OLD}, /* the quoting enclave's too */
	    {UP, UP, OLD, UP, {7, 11, 4}, UP}, /* nothing to advise, nothing looked up */
	    {TEE_STATUS_REVOKED, UP, OLD, UP, {7, 10, 4}, TEE_STATUS_REVOKED},
	};
	static struct tcb_info info;

	(void)state;
	info.n_levels = 1;
	info.levels[0] = level(1, 1, 1, 5, 0, 4, TEE_STATUS_UP_TO_DATE);
	info.n_modules = 1;
	info.modules[0] =
	    (struct tdx_module){.version = 10, .levels = {.n = 2, .level = {{.isv_svn = 7}, {.isv_svn = 2}}}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		enum tee_status status = (enum tee_status)cases[i].before;
		struct tdx_relaunch parts = {
		    (enum tee_status)cases[i].platform, (enum tee_status)cases[i].module, (enum tee_status)cases[i].qe};
		uint8_t svn2[16] = {cases[i].svn2[0], cases[i].svn2[1], cases[i].svn2[2]};
		enum status st = tdx_relaunch(&status, &info, &parts, svn2);
		if (st != (cases[i].after < 0 ? ST_ATT_TCB : ST_OK) || (st == ST_OK && (int)status != cases[i].after))
			fail_msg("case %zu: %s, %s", i, status_name(st), tee_status_name(status));
	}
}

/* ---- quoting enclave ---- */
static void identity_under_its_masks(void **state)
{
	static const uint8_t other_signer[32] = {1};
	uint8_t misc[4] = {0}, attributes[16] = {0x11}, signer[32] = {0};
	struct qe_identity id = {.isv_prod_id = 2,
	    .miscselect_mask = {0xff, 0xff, 0xff, 0xff},
	    .attributes = {0x11},
	    .attributes_mask = {0xfb, 0xff}};
	struct sgx_report qe = {.miscselect = misc, .attributes = attributes, .mrsigner = signer, .isv_prod_id = 2};

	(void)state;
	assert_null(qe_identity_differs(&id, &qe));
	attributes[0] = 0x15, attributes[2] = 0xff; /* outside the mask */
	assert_null(qe_identity_differs(&id, &qe));
	attributes[0] = 0x13;
	assert_string_equal(qe_identity_differs(&id, &qe), "ATTRIBUTES");
	attributes[0] = 0x11, misc[3] = 1;
	assert_string_equal(qe_identity_differs(&id, &qe), "MISCSELECT");
	misc[3] = 0, qe.isv_prod_id = 1;
	assert_string_equal(qe_identity_differs(&id, &qe), "ISVPRODID");
	qe.isv_prod_id = 2, qe.mrsigner = other_signer;
	assert_string_equal(qe_identity_differs(&id, &qe), "MRSIGNER");
	qe.mrsigner = signer, id.attributes[2] = 1; /* expects a bit that its mask hides */
	assert_string_equal(qe_identity_differs(&id, &qe), "ATTRIBUTES");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_level_that_is_reached),
	    cmocka_unit_test(levels_are_sorted),
	    cmocka_unit_test(tcb_info_form),
	    cmocka_unit_test(too_many_levels),
	    cmocka_unit_test(convergence),
	    cmocka_unit_test(relaunch),
	    cmocka_unit_test(identity_under_its_masks),
	};

	return cmocka_run_group_tests_name("level", tests, NULL, NULL);
}
