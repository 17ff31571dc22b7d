/*
 * Each producer as an ordinary process on a machine that has its device, as far as the process can tell (support/tee/doubles.h): what it
 * brings is verified with the test vendors' roots, and what a device gone wrong brings is refused by the producer, by name, or
 * by the verifier.
 */
#include "support/test.h"

#include "attest/attest.h"
#include "attest/collateral.h"
#include "base/reader.h"
#include "tee/doubles.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/parley-tee-XXXXXX";
static struct att_anchor pins[8];
static struct att_anchors anchors = {pins, 0};
static struct buf collateral;
static uint8_t report_data[64];

static void load(struct buf *out, const char *name)
{
	char path[128], block[4096];
	size_t n;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_append(out, block, n);
	fclose(f);
}

static int setup(void **state)
{
	char path[128], hex[65];
	int root;

	(void)state;
	if (!mkdtemp(folder) || crypto_init() != ST_OK)
		return -1;
	vendor_make(folder, VENDOR_ALL, (int64_t)time(NULL));
	load(&collateral, "collateral.cbor");
	snprintf(path, sizeof path, "%s/anchors", folder);
	FILE *f = fopen(path, "r");
	if (!f)
		return -1;
	while (fscanf(f, "%d %64s", &root, hex) == 2) {
		pins[anchors.n].root = (enum att_root)root;
		if (hex_decode(pins[anchors.n++].pin, 32, hex) != ST_OK)
			return -1;
	}
	fclose(f);
	for (int i = 0; i < 64; i++)
		report_data[i] = (uint8_t)(i + 1);
	return anchors.n == 3 ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	buf_clear(&collateral);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

/* ---- one run of a producer under its device's double ---- */
struct outcome {
	int code;
	struct buf out, said;
	enum tee_kind kind;
	struct slice evidence, table;
};

static void drain(int fd, struct buf *out)
{
	char block[4096];
	ssize_t n;

	while ((n = read(fd, block, sizeof block)) > 0)
		buf_append(out, block, (size_t)n);
	buf_append(out, "", 1);
	out->len--;
	close(fd);
}

static void split(struct outcome *o)
{
	struct reader r = {.rest = buf_view(&o->out)};

	o->kind = (enum tee_kind)rd_u32le(&r);
	size_t len = rd_u32le(&r);
	o->evidence = rd_slice(&r, len);
	assert_false(r.failed);
	o->table = r.rest;
}

static void run(struct outcome *o, const char *tee, const char *producer, const char *attack, const char *more)
{
	const char *argv[] = {TEE_DOUBLE, tee, folder, "--attack", attack, more ? more : "--", more ? "--" : TEE_PROBE,
	    more ? TEE_PROBE : producer, more ? producer : NULL, NULL};
	int out[2], err[2], status;

	*o = (struct outcome){0};
	assert_int_equal(pipe2(out, O_CLOEXEC) | pipe2(err, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(out[1], 1);
		dup2(err[1], 2);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(99);
	}
	close(out[1]);
	close(err[1]);
	drain(out[0], &o->out);
	drain(err[0], &o->said);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	o->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (o->code == DOUBLE_CANNOT) {
		print_message("skipped: %s", (const char *)o->said.ptr);
		buf_clear(&o->out);
		buf_clear(&o->said);
		skip();
	}
	if (o->code == 0)
		split(o);
}

static void clear(struct outcome *o)
{
	buf_clear(&o->out);
	buf_clear(&o->said);
}

static void refuses(const char *tee, const char *producer, const char *attack, const char *why)
{
	struct outcome o;

	run(&o, tee, producer, attack, NULL);
	if (o.code != 71 || !strstr((const char *)o.said.ptr, why))
		fail_msg("%s with %s ended with %d and said: %s", tee, attack, o.code, (const char *)o.said.ptr);
	assert_int_equal(o.out.len, 0);
	clear(&o);
}

static enum status examine(struct att_claims *c, const struct outcome *o, struct slice bundle, struct att_finding *f)
{
	int64_t now = (int64_t)time(NULL);
	struct att_input in = {.evidence = o->evidence, .collateral = bundle, .anchors = &anchors, .now = {now, now}};

	*f = (struct att_finding){0};
	return att_examine(c, o->kind, &in, f);
}

/* Genuine, of this request, with the code that the double was told to have. */
static void genuine(const char *tee, const char *producer, const char *attack, enum tee_kind kind, unsigned reg)
{
	struct outcome o;
	struct att_claims c;
	struct att_finding f;

	run(&o, tee, producer, attack, NULL);
	if (o.code != 0)
		fail_msg("%s ended with %d and said: %s", tee, o.code, (const char *)o.said.ptr);
	assert_int_equal(o.kind, kind);
	if (examine(&c, &o, buf_view(&collateral), &f) != ST_OK)
		fail_msg("%s: %s: expected %s, got %s", tee, att_check_name(f.check), f.expected, f.got);
	assert_int_equal(c.report_data_len, 64);
	assert_memory_equal(c.report_data, report_data, 64);
	assert_false(c.debug);
	assert_int_equal(c.tcb_status, TEE_STATUS_UP_TO_DATE);
	const struct tee_value *v = att_value(&c, reg);
	assert_non_null(v);
	for (size_t i = 0; i < v->len; i++)
		assert_int_equal(v->bytes[i], 0x10);
	clear(&o);
}

static void is_debug(const char *tee, const char *producer)
{
	struct outcome o;
	struct att_claims c;
	struct att_finding f;

	run(&o, tee, producer, "fine", "--debug");
	assert_int_equal(o.code, 0);
	assert_int_equal(examine(&c, &o, buf_view(&collateral), &f), ST_OK);
	assert_true(c.debug);
	clear(&o);
}

/* Report data patched in afterwards: the producer cannot tell, every verifier can. */
static void verifier_refuses_replay(const char *tee, const char *producer)
{
	struct outcome o;
	struct att_claims c;
	struct att_finding f;

	run(&o, tee, producer, "replay", NULL);
	assert_int_equal(o.code, 0);
	assert_int_equal(examine(&c, &o, buf_view(&collateral), &f), ST_ATT_SIGNATURE);
	assert_int_equal(f.check, ATT_CHECK_SIGNATURE);
	clear(&o);
}

static void every_refusal(const char *tee, const char *producer)
{
	refuses(tee, producer, "error", "Input/output error");
	refuses(tee, producer, "other-report-data", "other report data");
	verifier_refuses_replay(tee, producer);
	is_debug(tee, producer);
}

static void nitro(void **state)
{
	(void)state;
	genuine("nitro", "nitro", "fine", TEE_NITRO, TEE_REG_PCR0);
	genuine("nitro", "nitro", "busy", TEE_NITRO, TEE_REG_PCR0);
	every_refusal("nitro", "nitro");
	refuses("nitro", "nitro", "short", "not well-formed");
	refuses("nitro", "nitro", "long", "not well-formed");
}

static void sgx(void **state)
{
	(void)state;
	genuine("sgx", "sgx", "fine", TEE_SGX, TEE_REG_MRENCLAVE);
	genuine("sgx", "sgx", "busy", TEE_SGX, TEE_REG_MRENCLAVE);
	every_refusal("sgx", "sgx");
	refuses("sgx", "sgx", "long", "too large");
	refuses("sgx", "sgx", "provider", "not set up for DCAP");
}

static void tdx(void **state)
{
	(void)state;
	genuine("tdx", "guest", "fine", TEE_TDX, TEE_REG_MRTD);
	genuine("tdx", "guest", "busy", TEE_TDX, TEE_REG_MRTD);
	every_refusal("tdx", "guest");
	refuses("tdx", "guest", "long", "too large");
	refuses("tdx", "guest", "provider", "arm_cca_guest");
	refuses("tdx", "guest", "generation", "an answer of our own request");
}

static void snp(void **state)
{
	(void)state;
	genuine("snp", "guest", "fine", TEE_SNP, TEE_REG_MEASUREMENT);
	genuine("snp", "guest", "busy", TEE_SNP, TEE_REG_MEASUREMENT);
	every_refusal("snp", "guest");
	refuses("snp", "guest", "short", "not 1184");
	refuses("snp", "guest", "generation", "an answer of our own request");
}

static void sev_guest_device(void **state)
{
	(void)state;
	genuine("sev-guest", "guest", "fine", TEE_SNP, TEE_REG_MEASUREMENT);
	genuine("sev-guest", "guest", "busy", TEE_SNP, TEE_REG_MEASUREMENT);
	genuine("sev-guest", "guest", "long", TEE_SNP,
	    TEE_REG_MEASUREMENT); /* the host's table does not fit: a report without it */
	every_refusal("sev-guest", "guest");
	refuses("sev-guest", "guest", "short", "592 bytes");
}

/* A quote cut in half still has its report data; a verifier finds that the rest is missing. */
static void verifiers_refuse_half_a_quote(void **state)
{
	struct outcome o;
	struct att_claims c;
	struct att_finding f;

	(void)state;
	run(&o, "tdx", "guest", "short", NULL);
	assert_int_equal(o.code, 0);
	assert_int_equal(examine(&c, &o, buf_view(&collateral), &f), ST_ATT_FORMAT);
	clear(&o);
}

static void without_collateral_nothing_of_intel_or_amd_is_believed(void **state)
{
	struct outcome o;
	struct att_claims c;
	struct att_finding f;

	(void)state;
	run(&o, "tdx", "guest", "fine", NULL);
	assert_int_equal(examine(&c, &o, (struct slice){0}, &f), ST_ATT_COLLATERAL);
	clear(&o);
	run(&o, "snp", "guest", "fine", NULL);
	assert_int_equal(examine(&c, &o, (struct slice){0}, &f), ST_ATT_COLLATERAL);
	clear(&o);
}

/* Where there is no device, the sentence says so. */
static void without_a_device(void **state)
{
	FILE *f = popen(TEE_PROBE " guest 2>&1; " TEE_PROBE " nitro 2>&1; " TEE_PROBE " sgx 2>&1", "r");
	char line[256];

	(void)state;
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	assert_non_null(strstr(line, "no confidential guest"));
	assert_non_null(fgets(line, sizeof line, f));
	assert_non_null(strstr(line, "/dev/nsm: cannot open the Nitro security module"));
	assert_non_null(fgets(line, sizeof line, f));
	assert_non_null(strstr(line, "does not run under Gramine"));
	pclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nitro),
	    cmocka_unit_test(sgx),
	    cmocka_unit_test(tdx),
	    cmocka_unit_test(snp),
	    cmocka_unit_test(sev_guest_device),
	    cmocka_unit_test(verifiers_refuse_half_a_quote),
	    cmocka_unit_test(without_collateral_nothing_of_intel_or_amd_is_believed),
	    cmocka_unit_test(without_a_device),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
