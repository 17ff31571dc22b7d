/*
 * /dev/sev-guest, where the kernel is older than configfs-tsm. The extended request also asks for the host's certificates; a
 * host that has none, or whose table does not fit, costs us the table and not the report.
 * Source: Linux, linux/sev-guest.h and Documentation/virt/coco/sev-guest.rst; AMD 56860, MSG_REPORT_RSP.
 */
#include "guest.h"

#include "base/reader.h"

#include <errno.h>
#include <stdlib.h>

_Static_assert(sizeof(struct sev_request) == 32, "as in linux/sev-guest.h");
_Static_assert(sizeof(struct sev_report_request) == 96, "as in linux/sev-guest.h");
_Static_assert(sizeof(struct sev_extended_request) == 112, "as in linux/sev-guest.h");

struct exchange { /* heap: a page of certificates must not lie on the stack of a small thread */
	struct sev_extended_request request;
	struct sev_report_response response;
	uint8_t table[GUEST_TABLE_MAX];
	uint64_t errors;
};

static int ask(const struct device_calls *d, int fd, unsigned long what, struct exchange *x)
{
	int error = -EAGAIN;

	for (int i = 0; i < DEVICE_TRIES && device_busy(error); i++) {
		struct sev_request r = {1, (uintptr_t)&x->request, (uintptr_t)&x->response, 0};
		if (i > 0)
			d->pause(d->ctx, DEVICE_PAUSE_MS << i);
		x->request.certificates = (uintptr_t)x->table;
		x->request.certificates_len = sizeof x->table;
		memset(&x->response, 0, sizeof x->response);
		error = d->ioctl(d->ctx, fd, what, &r);
		x->errors = r.firmware_and_vmm_error;
		if (error == -EIO && x->errors >> 32 == SEV_VMM_BUSY)
			error = -EBUSY;
	}
	return error;
}

static enum status take_report(struct guest_answer *out, const struct exchange *x, struct problem *p)
{
	struct reader r = {.rest = {x->response.data, sizeof x->response.data}};
	uint32_t status = rd_u32le(&r), size = rd_u32le(&r);

	rd_bytes(&r, 24);
	if (status != 0)
		return problem_set(p, ST_TEE, SEV_GUEST_PATH, NULL, "the AMD firmware refuses: status 0x%x", status);
	if (size != SNP_REPORT_LEN)
		return problem_set(p, ST_TEE, SEV_GUEST_PATH, NULL, "a report of %u bytes", size);
	buf_append(&out->evidence, r.rest.ptr, SNP_REPORT_LEN);
	return buf_status(&out->evidence);
}

/* Whole pages come; behind the last certificate there is nothing of interest. */
static enum status take_table(struct guest_answer *out, const struct exchange *x)
{
	size_t len = x->request.certificates_len < sizeof x->table ? x->request.certificates_len : sizeof x->table;

	buf_append(&out->table, x->table, len);
	return buf_status(&out->table);
}

enum status sev_guest_report(struct guest_answer *out, bool *present, const struct device_calls *d,
    const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p)
{
	struct exchange *x = NULL;
	bool with_table = true;
	enum status st = ST_OK;
	int fd = d->open(d->ctx, SEV_GUEST_PATH, true), error;

	*present = fd != -ENOENT && fd != -ENXIO && fd != -ENODEV;
	if (!*present)
		return ST_OK;
	if (fd < 0)
		return device_problem(p, SEV_GUEST_PATH, "open the SEV guest device", fd);
	x = calloc(1, sizeof *x);
	if (!x)
		TRY(ST_NO_MEMORY);
	memcpy(x->request.data.user_data, report_data, REPORT_DATA_LEN);
	error = ask(d, fd, SEV_GET_EXTENDED_REPORT, x);
	if ((error == -EIO && x->errors >> 32 == SEV_VMM_INVALID_LENGTH) || error == -ENOTTY || error == -EINVAL) {
		with_table = false;
		error = ask(d, fd, SEV_GET_REPORT, x);
	}
	if (error < 0)
		TRY(device_problem(p, SEV_GUEST_PATH, "get a report", error));
	TRY(take_report(out, x, p));
	if (with_table)
		TRY(take_table(out, x));
	out->kind = TEE_SNP;
out:
	free(x);
	d->close(d->ctx, fd);
	return st;
}
