/* produce/nitro.h: every way in which /dev/nsm may answer, or not. */
#include "support/test.h"

#include "produce/nitro.h"

#include <errno.h>

static uint8_t report_data[REPORT_DATA_LEN];

struct nsm {
	int open_error, busy, error; /* busy: so many times -EBUSY first */
	struct slice answer;
	uint64_t claimed_len; /* 0: the answer's */
	unsigned opened, closed, asked, paused;
};

static int nsm_open(void *ctx, const char *path, bool write)
{
	struct nsm *n = ctx;

	assert_string_equal(path, "/dev/nsm");
	assert_true(write);
	if (n->open_error)
		return n->open_error;
	n->opened++;
	return 7;
}

static void nsm_close(void *ctx, int fd)
{
	assert_int_equal(fd, 7);
	((struct nsm *)ctx)->closed++;
}

static void nsm_pause(void *ctx, unsigned ms)
{
	assert_true(ms > 0 && ms < 5000);
	((struct nsm *)ctx)->paused++;
}

/* The request is compared with bytes written by hand from the NSM's interface. */
static void check_request(struct slice request)
{
	static const uint8_t head[] = "\xa1\x6b"
				      "Attestation\xa3\x69user_data\x58\x40",
			     tail[] = "\x65nonce\xf6\x6apublic_key\xf6";

	assert_int_equal(request.len, sizeof head - 1 + 64 + sizeof tail - 1);
	assert_memory_equal(request.ptr, head, sizeof head - 1);
	assert_memory_equal(request.ptr + sizeof head - 1, report_data, 64);
	assert_memory_equal(request.ptr + sizeof head - 1 + 64, tail, sizeof tail - 1);
}

static int nsm_ioctl(void *ctx, int fd, unsigned long request, void *arg)
{
	struct nsm_message *m = arg;
	struct nsm *n = ctx;

	assert_int_equal(fd, 7);
	assert_int_equal(request, 0xc0200a00);
	assert_int_equal(m->response.len, 0x3000);
	check_request(slice_of((const void *)(uintptr_t)m->request.address, m->request.len));
	n->asked++;
	if (n->busy > 0 && n->busy--)
		return -EBUSY;
	if (n->error)
		return n->error;
	memcpy((void *)(uintptr_t)m->response.address, n->answer.ptr, n->answer.len);
	m->response.len = n->claimed_len ? n->claimed_len : n->answer.len;
	return 0;
}

static enum status produce(struct nsm *n, struct buf *out, struct problem *p)
{
	const struct device_calls d = {
	    .ctx = n, .open = nsm_open, .ioctl = nsm_ioctl, .close = nsm_close, .pause = nsm_pause};

	*p = (struct problem){0};
	enum status st = produce_nitro(out, &d, report_data, p);
	assert_int_equal(n->opened, n->closed);
	return st;
}

/* ---- answers ---- */
static void put_document(struct buf *b, uint8_t first)
{
	uint8_t rd[64];

	memcpy(rd, report_data, 64);
	rd[0] ^= first;
	buf_append_str(b, "\x84 what a verifier reads ");
	buf_append_str(b, "\x69user_data\x58\x40");
	buf_append(b, rd, 64);
	buf_append_str(b, "\x65nonce and the rest");
}

static void put_answer(struct buf *b, const char *before, uint8_t first, const char *after)
{
	struct buf document = {0};

	put_document(&document, first);
	buf_append_str(b, before);
	buf_append(b, (uint8_t[]){0x58, (uint8_t)document.len}, 2);
	buf_append(b, document.ptr, document.len);
	buf_append_str(b, after);
	buf_clear(&document);
}

#define ENVELOPE                                                                                                       \
	"\xa1\x6b"                                                                                                     \
	"Attestation\xa1\x68"                                                                                          \
	"document"

static void refuses(struct nsm n, const char *why)
{
	struct buf out = {0};
	struct problem p;

	buf_append_str(&out, "before");
	assert_int_equal(produce(&n, &out, &p), ST_TEE);
	if (!strstr(p.message, why))
		fail_msg("\"%s\" does not say \"%s\"", p.message, why);
	assert_slice_equal(buf_view(&out), slice_str("before"));
	buf_clear(&out);
}

static void refuses_answer(const char *before, uint8_t first, const char *after, const char *why)
{
	struct buf b = {0};

	put_answer(&b, before, first, after);
	refuses((struct nsm){.answer = buf_view(&b)}, why);
	buf_clear(&b);
}

static void takes(const char *before, const char *after)
{
	struct buf b = {0}, out = {0}, document = {0};
	struct problem p;

	put_answer(&b, before, 0, after);
	put_document(&document, 0);
	struct nsm n = {.answer = buf_view(&b)};
	assert_int_equal(produce(&n, &out, &p), ST_OK);
	assert_slice_equal(buf_view(&out), buf_view(&document));
	buf_clear(&b);
	buf_clear(&out);
	buf_clear(&document);
}

static void takes_definite_and_indefinite_maps(void **state)
{
	(void)state;
	takes(ENVELOPE, "");
	takes("\xbf\x6b"
	      "Attestation\xa1\x68"
	      "document",
	    "\xff");
	takes("\xa1\x6b"
	      "Attestation\xbf\x68"
	      "document",
	    "\xff");
	takes("\xbf\x6b"
	      "Attestation\xbf\x68"
	      "document",
	    "\xff\xff");
}

static void refuses_other_shapes(void **state)
{
	(void)state;
	refuses_answer("\xa2\x6b"
		       "Attestation\xa1\x68"
		       "document",
	    0, "", "another kind");
	refuses_answer("\xa1\x6b"
		       "Attestatiom\xa1\x68"
		       "document",
	    0, "", "another kind");
	refuses_answer("\xa1\x6b"
		       "Attestation\xa1\x68"
		       "documemt",
	    0, "", "lacks the document");
	refuses_answer("\xa1\x4b"
		       "Attestation\xa1\x68"
		       "document",
	    0, "", "another kind");
	refuses_answer(ENVELOPE, 0, "\xff", "not well-formed");
	refuses_answer(ENVELOPE, 0, " ", "not well-formed");
	refuses_answer("\xbf\x6b"
		       "Attestation\xa1\x68"
		       "document",
	    0, "", "not well-formed");
	refuses((struct nsm){.answer = slice_str(ENVELOPE "\x40")}, "empty document");
	refuses((struct nsm){.answer = slice_str(ENVELOPE "\x5f\x41x\xff")}, "not well-formed");
	refuses((struct nsm){.answer = {(const uint8_t *)"", 0}}, "another kind");
}

static void refuses_every_truncation(void **state)
{
	(void)state;
	struct buf b = {0};

	put_answer(&b, ENVELOPE, 0, "");
	for (size_t n = 0; n < b.len; n++)
		refuses((struct nsm){.answer = slice_of(b.ptr, n)}, "answer");
	buf_clear(&b);
}

static void refuses_a_document_of_other_report_data(void **state)
{
	(void)state;
	refuses_answer(ENVELOPE, 1, "", "other report data");
}

static void refuses_a_length_beyond_the_room(void **state)
{
	(void)state;
	struct buf b = {0};

	put_answer(&b, ENVELOPE, 0, "");
	refuses((struct nsm){.answer = buf_view(&b), .claimed_len = 0x3001}, "longer than its room");
	refuses((struct nsm){.answer = buf_view(&b), .claimed_len = UINT64_MAX}, "longer than its room");
	buf_clear(&b);
}

static void says_the_error_of_the_nsm(void **state)
{
	(void)state;
	refuses((struct nsm){.answer = slice_str("\xa1\x65"
						 "Error\x6f"
						 "InvalidArgument")},
	    "refuses: InvalidArgument");
	refuses((struct nsm){.answer = slice_str("\xbf\x65"
						 "Error\x6f"
						 "InvalidArgument\xff")},
	    "refuses: InvalidArgument");
	refuses((struct nsm){.answer = slice_str("\xa1\x65"
						 "Error\x63\x1b[2")},
	    "refuses: ???");
	refuses((struct nsm){.answer = slice_str("\xa1\x65"
						 "Error\x64"
						 "abc")},
	    "not well-formed");
}

static void says_the_error_of_the_system(void **state)
{
	(void)state;
	refuses((struct nsm){.open_error = -ENOENT}, "No such file");
	refuses((struct nsm){.open_error = -EACCES}, "Permission denied");
	refuses((struct nsm){.error = -EMSGSIZE}, "too long");
}

static void waits_for_a_busy_device_but_not_for_ever(void **state)
{
	(void)state;
	struct buf b = {0}, out = {0};
	struct problem p;

	put_answer(&b, ENVELOPE, 0, "");
	struct nsm n = {.answer = buf_view(&b), .busy = 3};
	assert_int_equal(produce(&n, &out, &p), ST_OK);
	assert_int_equal(n.asked, 4);
	assert_int_equal(n.paused, 3);
	n = (struct nsm){.answer = buf_view(&b), .busy = 1000};
	assert_int_equal(produce(&n, &out, &p), ST_TEE);
	assert_int_equal(n.asked, DEVICE_TRIES);
	assert_non_null(strstr(p.message, "busy"));
	buf_clear(&b);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_definite_and_indefinite_maps),
	    cmocka_unit_test(refuses_other_shapes),
	    cmocka_unit_test(refuses_every_truncation),
	    cmocka_unit_test(refuses_a_document_of_other_report_data),
	    cmocka_unit_test(refuses_a_length_beyond_the_room),
	    cmocka_unit_test(says_the_error_of_the_nsm),
	    cmocka_unit_test(says_the_error_of_the_system),
	    cmocka_unit_test(waits_for_a_busy_device_but_not_for_ever),
	};
	for (size_t i = 0; i < sizeof report_data; i++)
		report_data[i] = (uint8_t)(i * 7 + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
