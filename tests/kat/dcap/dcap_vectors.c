#include "dcap_vectors.h"

#include "../../support/test.h"

#define PHALA_TDX "tdx/phala-tdx-collateral.json"
#define PHALA_90C06F "tdx/phala-90c06f-collateral.json"
#define PHALA_SGX "sgx/phala-sgx-collateral.json"
#define AUTOMATA_806F                                                                                                  \
	"tdx/automata-806f-tcbinfo.json", "tdx/automata-806f-td-qeidentity.json",                                      \
	    "tdx/automata-806f-platform-crl.der", "tdx/automata-806f-root-crl.der", "tdx/automata-806f-tcb-chain.pem"
#define GOOGLE_50806F                                                                                                  \
	"tdx/google-50806f-tcbinfo.json", "tdx/google-td-qeidentity.json", "tdx/google-platform-crl.der",              \
	    "tdx/google-root-crl.der", "tdx/automata-806f-tcb-chain.pem"
#define PLATFORM_CA "Intel SGX PCK Platform CA"
#define PROCESSOR_CA "Intel SGX PCK Processor CA"
#define ZERO_48 "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
#define ZERO_64 ZERO_48 "00000000000000000000000000000000"

/* The table of the shared vectors' README, row by row. */
/* clang-format off */
const struct dcap_vector dcap_vectors[] = {
    {.name = "phala-sgx", .quote = "sgx/phala-sgx-quote.bin", .collateral = {PHALA_SGX}, .kind = TEE_SGX, .here = true,
	.at = "2025-07-01T00:00:00Z", .st = ST_OK, .status = TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED,
	.from = "2025-06-19T10:56:11Z", .to = "2025-07-19T10:01:18Z", .advisories = "INTEL-SA-00289 INTEL-SA-00615",
	.evaluation = 17, .product = PROCESSOR_CA, .fmspc = "00a067110000", .attributes = 0x5, .platform = 0xe7,
	.report_data = "48656c6c6f2c20776f726c6421000000000000000000000000000000000000000000000000000000000000000000000000000000"
		       "000000000000000000000000",
	.values = {
	    {TEE_REG_MRENCLAVE, "33d8736db756ed4997e04ba358d27833188f1932ff7b1d156904d3f560452fbb"},
	    {TEE_REG_MRSIGNER, "815f42f11cf64430c30bab7816ba596a1da0130c3b028b673133a66cf9a3e0e6"},
	    {TEE_REG_ISVPRODID, "0000"}, {TEE_REG_ISVSVN, "0000"}, {TEE_REG_CONFIGID, ZERO_64}, {TEE_REG_CONFIGSVN, "0000"}}},
    {.name = "automata-sgx-debug", .quote = "sgx/automata-sgx-debug-quote.bin", .collateral = {PHALA_SGX}, .kind = TEE_SGX,
	.at = "2025-07-01T00:00:00Z", .st = ST_OK, .status = TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED, .debug = true,
	.from = "2025-06-19T10:56:11Z", .to = "2025-07-19T10:01:18Z", .advisories = "INTEL-SA-00289 INTEL-SA-00615",
	.evaluation = 17, .product = PROCESSOR_CA, .fmspc = "00a067110000", .attributes = 0x7, .platform = 0x2ff,
	.report_data = "0000000000000000000000000000000000000000000000000000000000000003c0d8928bbe2b5cee5253a3ccff2fb0a21e4f99ad"
		       "b1c972f1c4796423275e0fff",
	.values = {
	    {TEE_REG_MRENCLAVE, "a39d532e6ac9fe8ad9418851bbe26e1dee7408006505fce8580b511b97e704b4"},
	    {TEE_REG_MRSIGNER, "9affcfae47b848ec2caf1c49b4b283531e1cc425f93582b36806e52a43d78d1a"}}},
    {.name = "automata-sgx", .quote = "sgx/automata-sgx-quote.hex",
	.collateral = {"sgx/automata-sgx-tcbinfo.json", "sgx/automata-sgx-qeidentity.json", "sgx/automata-sgx-platform-crl.der",
	    "sgx/intel-sgx-root-ca.der", "sgx/intel-tcb-signing-2025.der", "sgx/intel-platform-ca.der", PHALA_SGX},
	.kind = TEE_SGX, .at = "2025-09-01T00:00:00Z", .st = ST_OK, .status = TEE_STATUS_SW_HARDENING_NEEDED,
	.from = "2025-08-15T05:41:26Z", .to = "2025-09-14T04:36:46Z", .advisories = "INTEL-SA-00615", .evaluation = 17,
	.product = PLATFORM_CA, .fmspc = "00606a000000", .attributes = 0x5, .platform = 0xe7, .report_data = ZERO_64,
	.values = {
	    {TEE_REG_MRENCLAVE, "a4f45c39dac622cb1dd32ddb35a52ec92db41d0fa88a1c911c49e59c534f61cd"},
	    {TEE_REG_MRSIGNER, "8f2dbc0f9c5d3378d596974b2deed1f93223cc49242899f83809bcc92546132c"}}},
    {.name = "mobilecoin-sgx", .quote = "sgx/mobilecoin-sgx-quote.bin",
	.collateral = {"sgx/mobilecoin-tcbinfo.json", "sgx/mobilecoin-qeidentity.json", "sgx/mobilecoin-processor-crl.der",
	    "sgx/mobilecoin-root-crl.der", "sgx/mobilecoin-tcb-signer.pem", "sgx/mobilecoin-root-ca.pem"},
	.kind = TEE_SGX, .at = "2023-07-20T00:00:00Z", .st = ST_ATT_VALIDITY, .check = ATT_CHECK_VALIDITY},
    {.name = "lookalike-sgx", .quote = "sgx/hostile-lookalike-quote.bin",
	.collateral = {"sgx/hostile-lookalike-pck-cert.pem", "sgx/hostile-lookalike-pck-chain.pem",
	    "sgx/hostile-lookalike-tcbinfo.json", "sgx/hostile-lookalike-qeidentity.json",
	    "sgx/hostile-lookalike-tcb-chain.pem", "sgx/hostile-lookalike-pck-crl.der",
	    "sgx/hostile-lookalike-root-crl.der", "sgx/hostile-lookalike-root.pem"},
	.kind = TEE_SGX, .at = "2025-07-01T00:00:00Z", .st = ST_ATT_CHAIN, .check = ATT_CHECK_ROOT},
    {.name = "badchain-oe", .quote = "sgx/hostile-badchain-oe-report.bin", .kind = TEE_SGX, .skip = 16,
	.at = "2020-01-01T00:00:00Z", .st = ST_ATT_CHAIN, .check = ATT_CHECK_CHAIN},
    {.name = "badchain-oe, wrapped", .quote = "sgx/hostile-badchain-oe-report.bin", .kind = TEE_SGX,
	.at = "2020-01-01T00:00:00Z", .st = ST_ATT_FORMAT, .check = ATT_CHECK_FORM},
    {.name = "phala-tdx", .quote = "tdx/phala-tdx-quote.bin", .collateral = {PHALA_TDX}, .kind = TEE_TDX, .here = true,
	.at = "2025-07-01T00:00:00Z", .st = ST_OK, .status = TEE_STATUS_UP_TO_DATE, .from = "2025-06-19T10:32:27Z",
	.to = "2025-07-19T10:00:35Z", .advisories = "", .evaluation = 17, .product = PLATFORM_CA, .fmspc = "b0c06f000000",
	.attributes = 0x10000000, .platform = 0x602e7, .tee_tcb_svn = "06010300000000000000000000000000",
	.report_data = "9a9d48e7f6799642d3d1b34e1e5e1742d4bb02dd6ddd551862c1211d35c304f9eca3efdbb481601c163cf52493d6e44aed55d51e"
		       "c39b7e518fadb92c2b523f20",
	.values = {
	    {TEE_REG_MRTD, "91eb2b44d141d4ece09f0c75c2c53d247a3c68edd7fafe8a3520c942a604a407de03ae6dc5f87f27428b2538873118b7"},
	    {TEE_REG_RTMR0, "44c0197b39157fdd7a4dcc44767f9d6b0bb3977c7a8e347b8492f827fe9d9e5c48aca29b220b80b6a540cf994b9bc9c0"},
	    {TEE_REG_RTMR1, "0084452c01668329d4bc06acdf58a7205c26743304509973949e5619bf81a6a7aea8c323c173019b3093d54e579e9378"},
	    {TEE_REG_RTMR2, "d833feef2cd945148aa38ead2c53e9b7f138190aaaebfc551dccd829fc207aa3ba80b70870d7330733642e01d48c3132"},
	    {TEE_REG_RTMR3, ZERO_48}, {TEE_REG_MRCONFIGID, ZERO_48},
	    {TEE_REG_MRSEAM, "5b38e33a6487958b72c3c12a938eaa5e3fd4510c51aeeab58c7d5ecee41d7c436489d6c8e4f92f160b7cad34207b00c1"}}},
    {.name = "google-tdx5", .quote = "tdx/google-tdx5-quote.bin", .collateral = {PHALA_90C06F}, .kind = TEE_TDX,
	.at = "2026-03-01T00:00:00Z", .st = ST_OK, .status = TEE_STATUS_UP_TO_DATE, .from = "2026-02-18T10:58:51Z",
	.to = "2026-03-20T10:41:15Z", .advisories = "", .evaluation = 18, .product = PLATFORM_CA, .fmspc = "90c06f000000",
	.attributes = 0x10000000, .platform = 0x602e7, .tee_tcb_svn = "0b010400000000000000000000000000",
	.report_data = "945eaacf5abc1f719d8666a942fda03d1edcb4490277396093dc5a5289ab9f1e094aed63060cd4a4933a4dd537ed1255c9c79ecb"
		       "3ed82cd1b486233e31c25c3a",
	.values = {
	    {TEE_REG_MRTD, "7348651a34b2d2d3462822e3a750ec6110125f36757c78480bbfc69cc0d21fb001a1ced3ee19747dda8f750c3bc8f876"},
	    {TEE_REG_RTMR0, "5c8daf76063a71ac8fcef4067564661fc682ed7944c7a5d21dbbced02f61ceff4ba0678c6aef3bdae8cbc614cec24619"},
	    {TEE_REG_RTMR1, "463acaace1b6e97c76e92e41fe312aa66f3fd4dad60ec7acf169859db0343e3d1e591646795cdc80fbc0ca5f7041d253"},
	    {TEE_REG_RTMR2, "6369b9c9a3b791ebcbdc5a0bb9536cfb57f50df2b393b33c8b29616d3568baa61f4b59dc6092e31ea8764bcbdfc69f20"},
	    {TEE_REG_RTMR3, ZERO_48}, {TEE_REG_MRCONFIGID, ZERO_48}, {TEE_REG_MRSERVICETD, ZERO_48},
	    {TEE_REG_MRSEAM, "7bf063280e94fb051f5dd7b1fc59ce9aac42bb961df8d44b709c9b0ff87a7b4df648657ba6d1189589feab1d5a3c9a9d"}}},
    {.name = "phala-tdx5-nolevel", .quote = "tdx/phala-tdx5-nolevel-quote.bin", .collateral = {PHALA_90C06F}, .kind = TEE_TDX,
	.at = "2026-03-01T00:00:00Z", .st = ST_ATT_TCB, .check = ATT_CHECK_TCB_LEVEL},
    {.name = "automata-tdx5", .quote = "tdx/automata-tdx5-quote.bin", .collateral = {PHALA_90C06F}, .kind = TEE_TDX,
	.at = "2026-03-01T00:00:00Z", .st = ST_OK, .status = TEE_STATUS_OUT_OF_DATE, .from = "2026-02-18T10:58:51Z",
	.to = "2026-03-20T10:41:15Z",
	.advisories = "INTEL-SA-01036 INTEL-SA-01079 INTEL-SA-01099 INTEL-SA-01103 INTEL-SA-01111", .evaluation = 18,
	.product = PLATFORM_CA, .fmspc = "90c06f000000", .attributes = 0x10000000, .platform = 0x642e7,
	.tee_tcb_svn = "05010200000000000000000000000000",
	.report_data = "83ded8a0ee745596dbd961624da760cf1c8b0e48364959396c5c76ff96be4c1a9c24ba8b980f2173e883d5352a360546c1138ef7"
		       "5ce730c843a6c7da6413f400",
	.values = {
	    {TEE_REG_MRTD, "157768a71a6a31f5561978c4cde665809d22976ef5dead2952839b7b3ea23b6c2931c9148fe1d117c99faefac18bb73b"}}},
    {.name = "automata-tdx4-padded", .quote = "tdx/automata-tdx4-padded-quote.bin", .collateral = {AUTOMATA_806F},
	.kind = TEE_TDX, .at = "2025-03-01T00:00:00Z", .st = ST_OK, .status = TEE_STATUS_OUT_OF_DATE,
	.from = "2025-02-13T03:50:41Z", .to = "2025-03-15T03:39:00Z",
	.advisories = "INTEL-SA-00960 INTEL-SA-00982 INTEL-SA-00986", .evaluation = 17, .product = PLATFORM_CA,
	.fmspc = "00806f050000", .attributes = 0x10000000, .platform = 0x600e7,
	.tee_tcb_svn = "04010700000000000000000000000000", .report_data = ZERO_64,
	.values = {
	    {TEE_REG_MRTD, "935be7742dd89c6a4df6dba8353d89041ae0f052beef993b1e7f4524d3bc57650df20e5582158352e1240b3f1fed55d8"}}},
    {.name = "coco-debug-td", .quote = "tdx/coco-debug-td-quote.bin", .collateral = {GOOGLE_50806F}, .kind = TEE_TDX,
	.at = "2023-06-25T00:00:00Z", .st = ST_OK, .status = TEE_STATUS_UP_TO_DATE, .debug = true,
	.from = "2023-06-18T08:42:58Z", .to = "2023-07-08T07:24:59Z", .advisories = "", .evaluation = 15,
	.product = PLATFORM_CA, .fmspc = "50806f000000", .attributes = 0x10000001, .platform = 0x642e7,
	.tee_tcb_svn = "03000500000000000000000000000000",
	.report_data = "7c71fe2c86eff65a7cf8dbc22b3275689fd0464a267baced1bf94fc1324656aeb755da3d44d098c0c87382f3a5f85b45c8a28fee"
		       "1d3bdb38342bf96671501429",
	.values = {
	    {TEE_REG_MRTD, "705ee9381b8633a9fbe532b52345e8433343d2868959f57889d84ca377c395b689cac1599ccea1b7d420483a9ce5f031"}}},
    {.name = "google-spr-e4", .quote = "tdx/google-spr-e4-quote.bin", .collateral = {GOOGLE_50806F}, .kind = TEE_TDX,
	.at = "2023-06-25T00:00:00Z", .st = ST_ATT_FORMAT, .check = ATT_CHECK_FORM},
    {.name = "google-spr-e4, without its tail", .quote = "tdx/google-spr-e4-quote.bin", .collateral = {GOOGLE_50806F},
	.kind = TEE_TDX, .cut = 39, .at = "2023-06-25T00:00:00Z", .st = ST_ATT_TCB, .check = ATT_CHECK_TCB_LEVEL},
    {.name = "lookalike-tdx", .quote = "tdx/hostile-lookalike-quote.bin", .collateral = {PHALA_TDX}, .kind = TEE_TDX,
	.at = "2025-07-01T00:00:00Z", .st = ST_ATT_FORMAT, .check = ATT_CHECK_FORM},
};
/* clang-format on */
const size_t dcap_vectors_n = COUNT_OF(dcap_vectors);

const struct dcap_vector *dcap_vector(const char *name)
{
	for (size_t i = 0; i < dcap_vectors_n; i++)
		if (strcmp(dcap_vectors[i].name, name) == 0)
			return &dcap_vectors[i];
	fail_msg("no vector %s", name);
	return NULL;
}

static bool read_from(struct buf *out, const char *folder, const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return buf_read_file(out, path, COLLATERAL_FILE_MAX) == ST_OK;
}

/* In place; line breaks at the end at most. */
static void decode_hex(struct buf *b)
{
	struct slice text;

	while (b->len && b->ptr[b->len - 1] == '\n')
		b->len--;
	buf_append(b, "", 1);
	text = test_hex((const char *)b->ptr);
	buf_reset(b);
	buf_append(b, text.ptr, text.len);
	free((void *)text.ptr);
}

bool dcap_file(struct buf *out, const char *name)
{
	const char *base = strchr(name, '/') + 1;

	*out = (struct buf){0};
	if (!read_from(out, DCAP_DATA_DIR, base) && !read_from(out, PARLEY_SHARED_DIR "/vectors", name))
		return false;
	if (strstr(name, ".hex"))
		decode_hex(out);
	return true;
}

int64_t dcap_time(const char *rfc3339)
{
	int64_t at = 0;

	assert_int_equal(time_parse(&at, slice_str(rfc3339)), ST_OK);
	return at;
}

static bool load_collateral(struct dcap_case *c)
{
	for (size_t i = 0; i < DCAP_FILES_MAX && c->v->collateral[i]; i++) {
		struct buf file;
		if (!dcap_file(&file, c->v->collateral[i]))
			return false;
		assert_int_equal(collateral_import(&c->parts, buf_view(&file), c->v->collateral[i], 0, NULL), ST_OK);
		buf_clear(&file);
	}
	return true;
}

bool dcap_load(struct dcap_case *c, const struct dcap_vector *v)
{
	*c = (struct dcap_case){.v = v, .at_s = dcap_time(v->at)};
	bool there = dcap_file(&c->quote, v->quote) && load_collateral(c);
	if (!there) {
		assert_false(v->here);
		dcap_unload(c);
		return false;
	}
	memmove(c->quote.ptr, c->quote.ptr + v->skip, c->quote.len - v->skip);
	c->quote.len -= v->skip + v->cut;
	return true;
}

void dcap_unload(struct dcap_case *c)
{
	buf_clear(&c->quote);
	collateral_clear(&c->parts);
}

struct dcap_run dcap_examine(enum tee_kind kind, struct slice quote, struct slice bundle,
    const struct att_anchors *anchors, int64_t earliest_s, int64_t latest_s)
{
	struct att_input in = {
	    .evidence = quote, .collateral = bundle, .anchors = anchors, .now = {earliest_s, latest_s}};
	struct dcap_run run = {0};

	run.st = att_examine(&run.claims, kind, &in, &run.finding);
	assert_int_equal(run.st, run.finding.st);
	return run;
}

struct buf dcap_bundle(const struct dcap_case *c)
{
	struct att_bundle view;
	struct buf bundle = {0};

	collateral_view(&view, &c->parts);
	assert_int_equal(att_bundle_encode(&bundle, &view), ST_OK);
	return bundle;
}

struct dcap_run dcap_run(const struct dcap_case *c)
{
	struct buf bundle = dcap_bundle(c);
	struct dcap_run run =
	    dcap_examine(c->v->kind, buf_view(&c->quote), buf_view(&bundle), &att_anchors_production, c->at_s, c->at_s);
	buf_clear(&bundle);
	return run;
}

void dcap_expect(const struct dcap_run *run, enum status st, enum att_check check)
{
	if (run->st == st && (st == ST_OK || run->finding.check == check))
		return;
	fail_msg("expected %s (%s), got %s (%s): expected %s, got %s", status_name(st), att_check_name(check),
	    status_name(run->st), att_check_name(run->finding.check), run->finding.expected, run->finding.got);
}
