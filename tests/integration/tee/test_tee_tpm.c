/*
 * The TPM producer and verifier for real: a TPM in software (swtpm) behind its socket, PCR 14, quotes. And every answer of the TPM
 * altered: no alteration gives evidence that both producer and verifier take and that says something else.
 */
#include "support/test.h"

#include "attest/attest.h"
#include "base/cbor.h"
#include "produce/tpm.h"
#include "tee/swtpm.h"

#include <errno.h>

static struct swtpm tpm;
static bool running;
static uint8_t measurement[TPM_MEASUREMENT_LEN], other_measurement[TPM_MEASUREMENT_LEN], report_data[REPORT_DATA_LEN],
    pin[32];
static const struct att_anchors no_anchors;

static int setup(void **state)
{
	(void)state;
	memset(measurement, 0x3c, sizeof measurement);
	memset(other_measurement, 0x3d, sizeof other_measurement);
	for (int i = 0; i < REPORT_DATA_LEN; i++)
		report_data[i] = (uint8_t)(i + 1);
	running = crypto_init() == ST_OK && swtpm_start(&tpm);
	if (!running)
		print_message("swtpm cannot be started: install the package swtpm\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (running)
		swtpm_stop(&tpm);
	swtpm_remove(&tpm);
	return 0;
}

static void restart(void)
{
	swtpm_stop(&tpm);
	assert_true(swtpm_start(&tpm));
}

static void need(void)
{
	if (!running)
		skip();
}

static enum status produce(struct buf *out, const uint8_t code[static TPM_MEASUREMENT_LEN], struct problem *p)
{
	*p = (struct problem){0};
	return produce_tpm(out, &swtpm_device, tpm.socket, code, report_data, p);
}

static enum status examine(
    struct att_claims *c, struct slice evidence, const uint8_t root[static 32], struct att_finding *f)
{
	struct att_input in = {
	    .evidence = evidence, .anchors = &no_anchors, .root = root, .now = {1800000000, 1800000000}};

	*f = (struct att_finding){0};
	return att_examine(c, TEE_TPM, &in, f);
}

static void refuses(enum status st, const struct problem *p, const char *why)
{
	assert_int_equal(st, ST_TEE);
	if (!strstr(p->message, why))
		fail_msg("\"%s\" does not say \"%s\"", p->message, why);
}

static void check_claims(const struct att_claims *c)
{
	const struct tee_value *code = att_value(c, TEE_REG_CODE);

	assert_memory_equal(c->report_data, report_data, 64);
	assert_int_equal(c->report_data_len, 64);
	assert_non_null(code);
	assert_int_equal(code->len, 64);
	assert_memory_equal(code->bytes, measurement, 64);
	for (unsigned i = 0; i < 8; i++)
		assert_non_null(att_value(c, TEE_REG_PCR0 + i));
	assert_non_null(att_value(c, TEE_REG_PCR0 + 14));
	assert_null(att_value(c, TEE_REG_PCR0 + 9));
}

static void what_is_recorded_is_quoted(void **state)
{
	struct buf out = {0};
	struct problem p = {0};
	struct att_claims c;
	struct att_finding f;

	(void)state;
	need();
	restart();
	refuses(produce(&out, measurement, &p), &p, "PCR 14");
	assert_int_equal(out.len, 0);
	assert_int_equal(tpm_record(&swtpm_device, tpm.socket, measurement, &p), ST_OK);
	assert_int_equal(tpm_record(&swtpm_device, tpm.socket, measurement, &p), ST_OK); /* the same enclave, again */
	assert_int_equal(tpm_attestation_key(pin, &swtpm_device, tpm.socket, &p), ST_OK);
	assert_int_equal(produce(&out, measurement, &p), ST_OK);
	if (examine(&c, buf_view(&out), pin, &f) != ST_OK)
		fail_msg("%s: expected %s, got %s", att_check_name(f.check), f.expected, f.got);
	check_claims(&c);
	pin[0] ^= 1;
	assert_int_equal(examine(&c, buf_view(&out), pin, &f), ST_ATT_CHAIN);
	pin[0] ^= 1;
	buf_clear(&out);
}

static void another_enclave_needs_a_restart(void **state)
{
	struct problem p = {0};
	struct buf out = {0};

	(void)state;
	need();
	restart();
	assert_int_equal(tpm_record(&swtpm_device, tpm.socket, measurement, &p), ST_OK);
	refuses(
	    tpm_record(&swtpm_device, tpm.socket, other_measurement, &p), &p, "PCR 14 holds more or something else");
	refuses(produce(&out, other_measurement, &p), &p, "PCR 14 holds more or something else");
	assert_int_equal(produce(&out, measurement, &p), ST_OK); /* it was refused before anything was extended */
	restart();
	p = (struct problem){0};
	assert_int_equal(tpm_record(&swtpm_device, tpm.socket, other_measurement, &p), ST_OK);
	buf_clear(&out);
}

static void the_key_is_the_same_after_a_restart(void **state)
{
	struct problem p = {0};
	uint8_t again[32];

	(void)state;
	need();
	assert_int_equal(tpm_attestation_key(pin, &swtpm_device, tpm.socket, &p), ST_OK);
	restart();
	assert_int_equal(tpm_attestation_key(again, &swtpm_device, tpm.socket, &p), ST_OK);
	assert_memory_equal(pin, again, 32);
}

static void many_quotes_leave_no_key_behind(void **state)
{
	struct problem p = {0};
	struct buf out = {0};

	(void)state;
	need();
	restart();
	assert_int_equal(tpm_record(&swtpm_device, tpm.socket, measurement, &p), ST_OK);
	for (int i = 0; i < 12; i++) { /* a TPM has room for three */
		buf_reset(&out);
		assert_int_equal(produce(&out, measurement, &p), ST_OK);
	}
	buf_clear(&out);
}

/* ---- one exchange recorded, then every answer altered ---- */
enum { ANSWERS_MAX = 32 };
struct tape {
	struct buf answer[ANSWERS_MAX];
	size_t n, at, read; /* of the answer that is being read */
	bool recording;
	long flip_answer, flip_bit; /* -1: none */
	long cut_answer, cut_len;
};

static int tape_open(void *ctx, const char *path, bool write)
{
	struct tape *t = ctx;

	t->at = 0;
	return t->recording ? swtpm_device.open(NULL, path, write) : 3;
}

static ssize_t tape_write(void *ctx, int fd, const void *bytes, size_t len)
{
	struct tape *t = ctx;

	t->at++;
	t->read = 0;
	if (!t->recording)
		return (ssize_t)len;
	assert_true(t->n < ANSWERS_MAX);
	t->n++;
	return swtpm_device.write(NULL, fd, bytes, len);
}

static ssize_t tape_play(struct tape *t, uint8_t *out, size_t cap)
{
	size_t i = t->at - 1;

	if (t->at == 0 || i >= t->n)
		return -EIO; /* more commands than were recorded */
	size_t len = t->cut_answer == (long)i ? (size_t)t->cut_len : t->answer[i].len, n = len - t->read;
	n = n < cap ? n : cap;
	memcpy(out, t->answer[i].ptr + t->read, n);
	if (t->flip_answer == (long)i && (size_t)t->flip_bit / 8 >= t->read && (size_t)t->flip_bit / 8 < t->read + n)
		out[(size_t)t->flip_bit / 8 - t->read] ^= (uint8_t)(1 << t->flip_bit % 8);
	t->read += n;
	return (ssize_t)n;
}

static ssize_t tape_read(void *ctx, int fd, void *out, size_t cap)
{
	struct tape *t = ctx;

	if (!t->recording)
		return tape_play(t, out, cap);
	ssize_t n = swtpm_device.read(NULL, fd, out, cap);
	if (n > 0)
		buf_append(&t->answer[t->n - 1], out, (size_t)n);
	return n;
}

static void tape_close(void *ctx, int fd)
{
	if (((struct tape *)ctx)->recording)
		swtpm_device.close(NULL, fd);
}

static void tape_pause(void *ctx, unsigned ms)
{
	(void)ctx, (void)ms;
}

static enum status play(struct tape *t, struct buf *out)
{
	const struct device_calls d = {.ctx = t,
	    .open = tape_open,
	    .read = tape_read,
	    .write = tape_write,
	    .close = tape_close,
	    .pause = tape_pause};
	struct problem p = {0};

	buf_reset(out);
	enum status st = produce_tpm(out, &d, tpm.socket, measurement, report_data, &p);
	if (st != ST_OK) {
		assert_int_equal(st, ST_TEE);
		assert_true(p.message[0]);
		assert_int_equal(out->len, 0);
	}
	return st;
}

static void record(struct tape *t, struct buf *original)
{
	struct problem p = {0};

	restart();
	assert_int_equal(tpm_record(&swtpm_device, tpm.socket, measurement, &p), ST_OK);
	assert_int_equal(tpm_attestation_key(pin, &swtpm_device, tpm.socket, &p), ST_OK);
	*t = (struct tape){.recording = true, .flip_answer = -1, .cut_answer = -1};
	assert_int_equal(play(t, original), ST_OK);
	t->recording = false;
	struct buf again = {0};
	assert_int_equal(play(t, &again), ST_OK);
	assert_slice_equal(buf_view(&again), buf_view(original));
	buf_clear(&again);
}

static void clear(struct tape *t)
{
	for (size_t i = 0; i < t->n; i++)
		buf_clear(&t->answer[i]);
}

static void no_bit_of_an_answer_can_be_altered_to_effect(void **state)
{
	struct buf original = {0}, out = {0};
	struct att_finding f;
	struct att_claims c;
	struct tape t;
	size_t refused = 0, caught = 0, same = 0;

	(void)state;
	need();
	record(&t, &original);
	for (size_t i = 0; i < t.n; i++)
		for (size_t bit = 0; bit < 8 * t.answer[i].len; bit++) {
			t.flip_answer = (long)i, t.flip_bit = (long)bit;
			if (play(&t, &out) != ST_OK)
				refused++;
			else if (slice_equal(buf_view(&out), buf_view(&original)))
				same++; /* a field that evidence does not carry: counters, creation data, the empty authorisation */
			else if (examine(&c, buf_view(&out), pin, &f) != ST_OK)
				caught++;
			else
				fail_msg("answer %zu, bit %zu: other evidence that verifies", i, bit);
		}
	print_message("%zu answers: %zu flips refused by the producer, %zu by the verifier, %zu without effect\n", t.n,
	    refused, caught, same);
	assert_true(refused > 1000 && caught > 300);
	buf_clear(&original);
	buf_clear(&out);
	clear(&t);
}

/* But for the last, TPM2_FlushContext, whose outcome nothing depends on. */
static void every_truncated_answer_is_refused(void **state)
{
	struct buf original = {0}, out = {0};
	struct tape t;

	(void)state;
	need();
	record(&t, &original);
	for (size_t i = 0; i + 1 < t.n; i++)
		for (size_t n = 0; n < t.answer[i].len; n++) {
			t.cut_answer = (long)i, t.cut_len = (long)n;
			assert_int_equal(play(&t, &out), ST_TEE);
		}
	buf_clear(&original);
	buf_clear(&out);
	clear(&t);
}

static void no_bit_of_the_document_can_be_altered(void **state)
{
	struct problem p = {0};
	struct buf out = {0};
	struct att_finding f;
	struct att_claims c;

	(void)state;
	need();
	restart();
	assert_int_equal(tpm_record(&swtpm_device, tpm.socket, measurement, &p), ST_OK);
	assert_int_equal(tpm_attestation_key(pin, &swtpm_device, tpm.socket, &p), ST_OK);
	assert_int_equal(produce(&out, measurement, &p), ST_OK);
	for (size_t bit = 0; bit < 8 * out.len; bit++) {
		out.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(examine(&c, buf_view(&out), pin, &f), ST_OK);
		out.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < out.len; n++)
		assert_int_not_equal(examine(&c, slice_of(out.ptr, n), pin, &f), ST_OK);
	assert_int_equal(examine(&c, buf_view(&out), pin, &f), ST_OK);
	buf_clear(&out);
}

static void without_a_tpm(void **state)
{
	struct problem p = {0};
	struct buf out = {0};

	(void)state;
	refuses(produce_tpm(&out, &device_system, "/dev/parley-no-tpm", measurement, report_data, &p), &p,
	    "cannot open the TPM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_recorded_is_quoted),
	    cmocka_unit_test(another_enclave_needs_a_restart),
	    cmocka_unit_test(the_key_is_the_same_after_a_restart),
	    cmocka_unit_test(many_quotes_leave_no_key_behind),
	    cmocka_unit_test(no_bit_of_an_answer_can_be_altered_to_effect),
	    cmocka_unit_test(every_truncated_answer_is_refused),
	    cmocka_unit_test(no_bit_of_the_document_can_be_altered),
	    cmocka_unit_test(without_a_tpm),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
