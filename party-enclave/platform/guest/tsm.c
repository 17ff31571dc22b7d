/*
 * configfs-tsm: mkdir makes a request of our own, inblob takes the report data, reading outblob runs the request, rmdir ends it. The
 * kernel counts writes in `generation`: our one write must have raised it by exactly one and nothing may have raised it
 * since, or the answer may be of somebody else's report data. An attribute takes what was written when it is closed, so an error of the
 * write shows in the count as well.
 * Source: Linux, Documentation/ABI/testing/configfs-tsm-report.
 */
#include "guest.h"

#include <errno.h>
#include <stdio.h>

enum { PATH_LEN = 128, TEXT_MAX = 64 };

struct request {
	const struct device_calls *d;
	char folder[PATH_LEN / 2], path[PATH_LEN];
	const char *what; /* of the call that failed */
};

static const char *attribute(struct request *r, const char *name)
{
	snprintf(r->path, sizeof r->path, "%s/%s", r->folder, name);
	return r->path;
}

/* A short text, with its line end cut off. */
static int get_text(struct request *r, const char *name, char out[static TEXT_MAX + 1])
{
	struct buf b = {0};
	int error = device_read_file(r->d, attribute(r, name), &b, TEXT_MAX);

	r->what = "read this attribute";
	out[0] = 0;
	if (error == 0 && b.len > 0) {
		memcpy(out, b.ptr, b.len);
		out[b.len] = 0;
		out[strcspn(out, "\n")] = 0;
	}
	buf_clear(&b);
	return error;
}

static int get_generation(struct request *r, uint64_t *out)
{
	char text[TEXT_MAX + 1];
	int error = get_text(r, "generation", text);
	uint64_t v = 0;
	size_t n = strspn(text, "0123456789");

	if (error < 0)
		return error;
	if (n == 0 || n > 18 || text[n])
		return -EPROTO;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (uint64_t)(text[i] - '0');
	*out = v;
	return 0;
}

static int get_blob(struct request *r, const char *name, struct buf *out, size_t max)
{
	r->what = "read this attribute";
	return device_read_file(r->d, attribute(r, name), out, max);
}

/* One attempt; -EAGAIN when the request was not ours alone. */
static int attempt(struct request *r, struct guest_answer *out, char provider[static TEXT_MAX + 1],
    const uint8_t report_data[static REPORT_DATA_LEN])
{
	uint64_t before, after;
	int error;

	if ((error = get_generation(r, &before)) < 0)
		return error;
	r->what = "write the report data";
	error = device_write_file(r->d, attribute(r, "inblob"), slice_of(report_data, REPORT_DATA_LEN));
	if (error < 0)
		return error;
	if ((error = get_blob(r, "outblob", &out->evidence, TDX_QUOTE_MAX)) < 0)
		return error;
	if ((error = get_text(r, "provider", provider)) < 0)
		return error;
	error = get_blob(r, "auxblob", &out->table, GUEST_TABLE_MAX);
	if (error < 0 && error != -ENOENT && error != -ENXIO) /* TDX has none */
		return error;
	if ((error = get_generation(r, &after)) < 0)
		return error;
	r->what = "get an answer of our own request";
	return after == before + 1 ? 0 : -EAGAIN;
}

static int attempts(struct request *r, struct guest_answer *out, char provider[static TEXT_MAX + 1],
    const uint8_t report_data[static REPORT_DATA_LEN])
{
	int error = -EAGAIN;

	for (int i = 0; i < DEVICE_TRIES && device_busy(error); i++) {
		if (i > 0)
			r->d->pause(r->d->ctx, DEVICE_PAUSE_MS << i);
		buf_reset(&out->evidence);
		buf_reset(&out->table);
		error = attempt(r, out, provider, report_data);
	}
	return error;
}

/* Named by the report data, which no two sessions share; one of that name is left from us, stopped in the middle. */
static int make_request(struct request *r, const uint8_t report_data[static REPORT_DATA_LEN])
{
	size_t n = (size_t)snprintf(r->folder, sizeof r->folder, TSM_REPORTS "/parley-");

	for (size_t i = 0; i < 8; i++)
		n += (size_t)snprintf(r->folder + n, sizeof r->folder - n, "%02x", report_data[i]);
	int error = r->d->mkdir(r->d->ctx, r->folder);
	if (error == -EEXIST && r->d->rmdir(r->d->ctx, r->folder) == 0)
		error = r->d->mkdir(r->d->ctx, r->folder);
	return error;
}

static enum status kind_of(struct guest_answer *out, const char *provider, struct problem *p)
{
	char plain[TEXT_MAX + 1] = "";

	if (strcmp(provider, "tdx_guest") == 0) {
		out->kind = TEE_TDX;
		buf_reset(&out->table); /* whatever an unexpected auxblob holds, it is no SNP table */
	} else if (strcmp(provider, "sev_guest") == 0) {
		out->kind = TEE_SNP;
	} else {
		for (size_t i = 0; i < TEXT_MAX && provider[i]; i++)
			plain[i] = provider[i] >= 0x20 && provider[i] < 0x7f ? provider[i] : '?';
		return problem_set(
		    p, ST_TEE, TSM_REPORTS, NULL, "evidence of a provider that is not understood: %s", plain);
	}
	return ST_OK;
}

enum status tsm_report(struct guest_answer *out, bool *present, const struct device_calls *d,
    const uint8_t report_data[static REPORT_DATA_LEN], struct problem *p)
{
	struct request r = {.d = d};
	char provider[TEXT_MAX + 1] = "";
	int error = make_request(&r, report_data);

	*present = error != -ENOENT && error != -ENOTDIR && error != -ENXIO;
	if (!*present)
		return ST_OK;
	if (error < 0)
		return device_problem(p, r.folder, "make a report request", error);
	error = attempts(&r, out, provider, report_data);
	d->rmdir(d->ctx, r.folder);
	if (error < 0)
		return device_problem(p, r.path, r.what, error);
	return kind_of(out, provider, p);
}
