#include "wire.h"

#include <errno.h>

enum { TAG_NO_SESSIONS = 0x8001, TAG_SESSIONS = 0x8002, RS_PW = 0x40000009, PASSWORD_AUTH_LEN = 9 };
enum {
	RC_SUCCESS = 0,
	RC_INITIALIZE = 0x100,
	RC_FAILURE = 0x101,
	RC_YIELDED = 0x908,
	RC_TESTING = 0x90a,
	RC_RETRY = 0x922
};

enum status tpm_open(struct tpm *t, const struct device_calls *d, const char *path, struct problem *p)
{
	*t = (struct tpm){.d = d, .path = path, .problem = p};
	t->fd = d->open(d->ctx, path, true);
	return t->fd < 0 ? device_problem(p, path, "open the TPM", t->fd) : ST_OK;
}

void tpm_close(struct tpm *t)
{
	if (t->d && t->fd >= 0)
		t->d->close(t->d->ctx, t->fd);
	t->fd = -1;
}

enum status tpm_bad(const struct tpm *t, const char *what)
{
	return problem_set(t->problem, ST_TEE, t->path, NULL, "the TPM's answer %s", what);
}

/* ---- writing ---- */
void tpm_bytes(struct tpm *t, const void *bytes, size_t len)
{
	if (len > sizeof t->bytes - t->len)
		len = 0, t->len = sizeof t->bytes; /* never sent: tpm_run() refuses a full buffer */
	if (len)
		memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
}

void tpm_u16(struct tpm *t, uint16_t v)
{
	tpm_bytes(t, (uint8_t[]){(uint8_t)(v >> 8), (uint8_t)v}, 2);
}

void tpm_u32(struct tpm *t, uint32_t v)
{
	tpm_u16(t, (uint16_t)(v >> 16));
	tpm_u16(t, (uint16_t)v);
}

void tpm_sized(struct tpm *t, struct slice bytes)
{
	tpm_u16(t, (uint16_t)bytes.len);
	tpm_bytes(t, bytes.ptr, bytes.len);
}

void tpm_begin(struct tpm *t, uint32_t command, bool authorised)
{
	t->len = 0;
	tpm_u16(t, authorised ? TAG_SESSIONS : TAG_NO_SESSIONS);
	tpm_u32(t, 0); /* the size, by tpm_run() */
	tpm_u32(t, command);
}

/* Part 1, section 19.4: a password authorisation; the password is empty. */
void tpm_authorise(struct tpm *t)
{
	tpm_u32(t, PASSWORD_AUTH_LEN);
	tpm_u32(t, RS_PW);
	tpm_u16(t, 0);
	tpm_bytes(t, (uint8_t[]){0}, 1);
	tpm_u16(t, 0);
}

/* ---- reading ---- */
uint16_t tpm_get_u16(struct reader *r)
{
	uint16_t high = rd_u8(r);

	return (uint16_t)(high << 8 | rd_u8(r));
}

uint32_t tpm_get_u32(struct reader *r)
{
	uint32_t high = tpm_get_u16(r);

	return high << 16 | tpm_get_u16(r);
}

struct slice tpm_get_sized(struct reader *r)
{
	size_t len = tpm_get_u16(r);

	return rd_slice(r, len);
}

struct reader tpm_parameters(struct reader *r)
{
	size_t len = tpm_get_u32(r);
	struct slice bytes = rd_slice(r, len);

	return (struct reader){.rest = bytes, .failed = r->failed};
}

/* ---- the exchange ---- */
static uint32_t size_of(const uint8_t *message)
{
	struct reader r = {.rest = {message + 2, 4}};

	return tpm_get_u32(&r);
}

/* A character device gives the response at once, a socket in pieces; the header says how long it is. */
static int receive(struct tpm *t)
{
	size_t want = TPM_HEADER_LEN;

	t->len = 0;
	while (t->len < want) {
		ssize_t n = t->d->read(t->d->ctx, t->fd, t->bytes + t->len, sizeof t->bytes - t->len);
		if (n < 0)
			return (int)n;
		if (n == 0 || (size_t)n > sizeof t->bytes - t->len)
			return -EIO;
		t->len += (size_t)n;
		if (t->len >= TPM_HEADER_LEN)
			want = size_of(t->bytes);
		if (want < TPM_HEADER_LEN || want > sizeof t->bytes)
			return -EPROTO;
	}
	return t->len == want ? 0 : -EPROTO;
}

static int exchange(struct tpm *t, const uint8_t *command, size_t len)
{
	ssize_t n = t->d->write(t->d->ctx, t->fd, command, len);

	if (n < 0)
		return (int)n;
	return (size_t)n == len ? receive(t) : -EIO;
}

static bool is_busy(uint32_t code)
{
	return code == RC_RETRY || code == RC_YIELDED || code == RC_TESTING;
}

static enum status check_code(struct tpm *t, uint32_t code)
{
	if (code == RC_SUCCESS)
		return ST_OK;
	if (code == RC_INITIALIZE || code == RC_FAILURE)
		return problem_set(t->problem, ST_TEE, t->path, NULL,
		    code == RC_FAILURE ? "the TPM is in failure mode" : "the TPM has not been started (TPM2_Startup)");
	return problem_set(t->problem, ST_TEE, t->path, NULL, "the TPM refuses: response code 0x%x", code);
}

enum status tpm_run(struct tpm *t, struct reader *r)
{
	uint8_t command[TPM_MESSAGE_MAX];
	size_t len = t->len;
	uint32_t code = RC_RETRY;

	if (len >= sizeof command)
		return ST_TOO_LARGE;
	memcpy(command, t->bytes, len);
	command[4] = (uint8_t)(len >> 8), command[5] = (uint8_t)len;
	for (int i = 0; i < DEVICE_TRIES && is_busy(code); i++) {
		if (i > 0)
			t->d->pause(t->d->ctx, DEVICE_PAUSE_MS << i);
		int error = exchange(t, command, len);
		if (device_busy(error))
			continue;
		if (error < 0)
			return device_problem(t->problem, t->path, "exchange a command with the TPM", error);
		*r = (struct reader){.rest = {t->bytes, t->len}};
		uint16_t tag = tpm_get_u16(r);
		tpm_get_u32(r);
		code = tpm_get_u32(r);
		if (code == RC_SUCCESS && tag != (command[0] << 8 | command[1]))
			return tpm_bad(t, "is of another command");
	}
	return check_code(t, code);
}
