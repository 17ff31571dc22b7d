/*
 * Request  {"Attestation": {"user_data": bstr, "nonce": null, "public_key": null}}
 * Response {"Attestation": {"document": bstr}}  or  {"Error": text}
 * The NSM's own encoder has changed between definite and indefinite maps over the years, so both are read here.
 */
#include "produce/nitro.h"

#include "base/cbor.h"
#include "base/reader.h"

#include <errno.h>

static void put_request(struct buf *out, const uint8_t report_data[static REPORT_DATA_LEN])
{
	cbor_put_map(out, 1);
	cbor_put_text(out, "Attestation");
	cbor_put_map(out, 3);
	cbor_put_text(out, "user_data");
	cbor_put_bytes(out, slice_of(report_data, REPORT_DATA_LEN));
	cbor_put_text(out, "nonce");
	cbor_put_null(out);
	cbor_put_text(out, "public_key");
	cbor_put_null(out);
}

/* ---- the envelope ---- */
enum { MAJOR_BYTES = 2, MAJOR_TEXT = 3 };
enum { HEAD_MAP_1 = 0xa1, HEAD_MAP_INDEFINITE = 0xbf, HEAD_BREAK = 0xff };

/* A map of one pair; *indefinite: a break must follow the pair. */
static void get_map_1(struct reader *r, bool *indefinite)
{
	uint8_t head = rd_u8(r);

	*indefinite = head == HEAD_MAP_INDEFINITE;
	if (head != HEAD_MAP_1 && head != HEAD_MAP_INDEFINITE)
		r->failed = true;
}

static void get_map_end(struct reader *r, bool indefinite)
{
	if (indefinite && rd_u8(r) != HEAD_BREAK)
		r->failed = true;
}

/* A string of definite length, at most 65,535 bytes: the response is shorter. */
static struct slice get_string(struct reader *r, unsigned major)
{
	uint8_t head = rd_u8(r), more = head & 0x1f;
	size_t len = more;

	if (more == 24) {
		len = rd_u8(r);
	} else if (more == 25) {
		len = (size_t)rd_u8(r) << 8;
		len |= rd_u8(r);
	} else if (more > 25) {
		r->failed = true;
	}
	if (head >> 5 != major)
		r->failed = true;
	return r->failed ? (struct slice){0} : rd_slice(r, len);
}

static enum status bad_answer(struct problem *p, const char *what)
{
	return problem_set(p, ST_TEE, NSM_PATH, NULL, "the NSM's answer %s", what);
}

/* A name of the NSM's own list, such as InvalidOperation; it stands in a message, so only letters pass. */
static enum status refused(struct problem *p, struct slice name)
{
	char text[33] = "";

	for (size_t i = 0; i < name.len && i < sizeof text - 1; i++)
		text[i] = (name.ptr[i] | 0x20) >= 'a' && (name.ptr[i] | 0x20) <= 'z' ? (char)name.ptr[i] : '?';
	return problem_set(p, ST_TEE, NSM_PATH, NULL, "the NSM refuses: %s", text);
}

static enum status get_response(struct slice *document, struct slice response, struct problem *p)
{
	struct reader r = {.rest = response};
	bool outer, inner;

	get_map_1(&r, &outer);
	struct slice key = get_string(&r, MAJOR_TEXT);
	if (slice_equal(key, slice_str("Error"))) {
		struct slice name = get_string(&r, MAJOR_TEXT);
		get_map_end(&r, outer);
		return rd_end(&r) == ST_OK ? refused(p, name) : bad_answer(p, "is not well-formed");
	}
	if (!slice_equal(key, slice_str("Attestation")))
		return bad_answer(p, "is of another kind");
	get_map_1(&r, &inner);
	if (!slice_equal(get_string(&r, MAJOR_TEXT), slice_str("document")))
		return bad_answer(p, "lacks the document");
	*document = get_string(&r, MAJOR_BYTES);
	get_map_end(&r, inner);
	get_map_end(&r, outer);
	if (rd_end(&r) != ST_OK)
		return bad_answer(p, "is not well-formed");
	return document->len > 0 ? ST_OK : bad_answer(p, "holds an empty document");
}

/* ---- the document: only that it is of this request; verifiers judge the rest ---- */
static bool holds_report_data(struct slice document, const uint8_t report_data[static REPORT_DATA_LEN])
{
	uint8_t field[12 + REPORT_DATA_LEN] = {
	    0x69, 'u', 's', 'e', 'r', '_', 'd', 'a', 't', 'a', 0x58, REPORT_DATA_LEN};

	memcpy(field + 12, report_data, REPORT_DATA_LEN);
	return memmem(document.ptr, document.len, field, sizeof field) != NULL;
}

static int exchange(const struct device_calls *d, int fd, struct slice request, uint8_t *response, size_t *len)
{
	int error = -EAGAIN;

	for (int i = 0; i < DEVICE_TRIES && device_busy(error); i++) {
		struct nsm_message m = {{(uintptr_t)request.ptr, request.len}, {(uintptr_t)response, NSM_RESPONSE_MAX}};
		if (i > 0)
			d->pause(d->ctx, DEVICE_PAUSE_MS << i);
		error = d->ioctl(d->ctx, fd, NSM_IOCTL, &m);
		*len = m.response.len;
	}
	return error;
}

enum status produce_nitro(struct buf *evidence, const struct device_calls *d,
    const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p)
{
	uint8_t response[NSM_RESPONSE_MAX];
	struct buf request = {.limit = NSM_REQUEST_MAX};
	struct slice document = {0};
	size_t len = 0;
	enum status st;
	int fd = d->open(d->ctx, NSM_PATH, true), error;

	if (fd < 0)
		return device_problem(p, NSM_PATH, "open the Nitro security module", fd);
	put_request(&request, report_data);
	TRY(buf_status(&request));
	error = exchange(d, fd, buf_view(&request), response, &len);
	if (error < 0)
		TRY(device_problem(p, NSM_PATH, "ask for an attestation document", error));
	if (len > sizeof response)
		TRY(bad_answer(p, "is longer than its room"));
	TRY(get_response(&document, slice_of(response, len), p));
	if (!holds_report_data(document, report_data))
		TRY(bad_answer(p, "is a document of other report data"));
	buf_append(evidence, document.ptr, document.len);
	st = buf_status(evidence);
out:
	d->close(d->ctx, fd);
	buf_clear(&request);
	return st;
}
