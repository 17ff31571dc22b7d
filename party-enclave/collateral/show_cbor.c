/*
 * CBOR as it comes (RFC 8949): Nitro documents, EATs, TPM evidence. Indefinite lengths, unusual heads and unknown keys are shown like
 * everything else; only what cannot be cut into items at all ends the show. Recursion is bounded by depth.
 */
#include "show.h"

#include "base/cbor_head.h"

#include <stdio.h>

enum { DEPTH_MAX = 12, INDEFINITE = 31, BREAK = 0xff, PATH_MAX_LEN = 96, COSE_PARTS = 4, TAG_COSE_SIGN1 = 18, DER_SEQUENCE = 0x30 };

struct walk {
	struct show *show;
	struct slice rest;
	bool failed;
	unsigned depth;
};
struct head {
	enum cbor_major major;
	bool indefinite;
	uint64_t argument;
};
static void item(struct walk *w, const char *path);

static void fail(struct walk *w, const char *path, const char *why)
{
	if (!w->failed)
		show_text(w->show, path[0] ? path : "cbor", "%s", why);
	w->failed = true;
}

static uint8_t next_byte(struct walk *w)
{
	if (w->rest.len == 0) {
		w->failed = true;
		return 0;
	}
	w->rest.len--;
	return *w->rest.ptr++;
}

static bool read_head(struct walk *w, const char *path, struct head *h)
{
	if (w->failed || w->rest.len == 0) {
		fail(w, path, "the bytes end here");
		return false;
	}
	uint8_t first = next_byte(w);
	unsigned info = first & 31;
	*h = (struct head){.major = (enum cbor_major)(first >> 5), .indefinite = info == INDEFINITE, .argument = info};
	if (info >= 28 && info < INDEFINITE)
		fail(w, path, "not CBOR: a reserved head");
	if (info >= 24 && info < 28) {
		h->argument = 0;
		for (unsigned k = 0; k < 1u << (info - 24); k++)
			h->argument = h->argument << 8 | next_byte(w);
	}
	if (w->failed)
		fail(w, path, "the bytes end here");
	return !w->failed;
}

/* ---- strings ---- */

static struct slice string(struct walk *w, const char *path, const struct head *h)
{
	if (h->indefinite || h->argument > w->rest.len) {
		fail(w, path, h->indefinite ? "a string in pieces: not shown" : "a string longer than what is left");
		return slice_of(w->rest.ptr, 0);
	}
	struct slice s = slice_of(w->rest.ptr, (size_t)h->argument);
	w->rest = slice_of(w->rest.ptr + s.len, w->rest.len - s.len);
	return s;
}

static void nested(struct walk *w, const char *path, struct slice bytes)
{
	struct walk inner = {w->show, bytes, false, w->depth + 1};

	item(&inner, path);
	if (!inner.failed && inner.rest.len)
		show_text(w->show, path, "and %zu bytes behind it", inner.rest.len);
}

/* Nitro knows no flag: what a debugger can read has zeros where the image's measurements stand. */
static void show_nitro_debug(struct walk *w, const char *path, struct slice bytes)
{
	static const char *const code[] = {"payload.pcrs.0", "payload.pcrs.1", "payload.pcrs.2"};

	for (size_t k = 0; k < bytes.len; k++)
		if (bytes.ptr[k] != 0)
			return;
	for (size_t k = 0; k < sizeof code / sizeof *code; k++)
		if (strcmp(path, code[k]) == 0)
			show_text(w->show, "debug", "yes: %s is zero, the host can read this enclave's memory", path);
}

static void byte_string(struct walk *w, const char *path, struct slice bytes)
{
	if (bytes.len > 256 && bytes.ptr[0] == DER_SEQUENCE)
		show_certificate(w->show, path, bytes);
	else
		show_bytes(w->show, path, bytes);
	show_nitro_debug(w, path, bytes);
}

/* ---- containers ---- */

static bool more(struct walk *w, const struct head *h, uint64_t done)
{
	if (w->failed || !h->indefinite)
		return !w->failed && done < h->argument;
	if (w->rest.len && w->rest.ptr[0] == BREAK) {
		next_byte(w);
		return false;
	}
	return true;
}

static void array(struct walk *w, const char *path, const struct head *h)
{
	char name[PATH_MAX_LEN];

	for (uint64_t k = 0; more(w, h, k); k++) {
		snprintf(name, sizeof name, "%.80s[%u]", path, (unsigned)k);
		item(w, name);
	}
	if (h->argument == 0)
		show_text(w->show, path, "[]");
}

/* A key as a path's part: text as it is, numbers in decimal. */
static bool key(struct walk *w, const char *path, char out[PATH_MAX_LEN])
{
	struct head h;
	struct slice text;
	const char *dot = path[0] ? "." : "";

	if (!read_head(w, path, &h))
		return false;
	if (h.major == CBOR_UNSIGNED)
		snprintf(out, PATH_MAX_LEN, "%.60s%s%llu", path, dot, (unsigned long long)h.argument);
	else if (h.major == CBOR_NEGATIVE)
		snprintf(out, PATH_MAX_LEN, "%.60s%s-%llu", path, dot, (unsigned long long)h.argument + 1);
	else if (h.major == CBOR_TEXT) {
		text = string(w, path, &h);
		snprintf(out, PATH_MAX_LEN, "%.60s%s%.*s", path, dot, (int)(text.len < 30 ? text.len : 30), (const char *)text.ptr);
	} else
		fail(w, path, "a map key that is neither a number nor text");
	for (char *p = out; !w->failed && *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return !w->failed;
}

static void map(struct walk *w, const char *path, const struct head *h)
{
	char name[PATH_MAX_LEN];

	for (uint64_t k = 0; more(w, h, k) && key(w, path, name); k++)
		item(w, name);
}

/* COSE_Sign1 (RFC 9052, section 4.2): [protected, unprotected, payload, signature]; protected and payload hold CBOR. */
static void cose(struct walk *w)
{
	static const char *const names[COSE_PARTS] = {"protected", "unprotected", "payload", "signature"};
	struct head h;

	for (unsigned k = 0; k < COSE_PARTS && !w->failed; k++) {
		struct walk before = *w;
		if (k % 2 == 0 && read_head(w, names[k], &h) && h.major == CBOR_BYTES) {
			struct slice s = string(w, names[k], &h);
			if (s.len)
				nested(w, names[k], s);
			continue;
		}
		if (w->failed)
			return;
		*w = before;
		item(w, names[k]);
	}
}

/* ---- items ---- */

static void simple(struct walk *w, const char *path, const struct head *h)
{
	static const char *const words[] = {"false", "true", "null", "undefined"};

	if (h->indefinite)
		fail(w, path, "a break where an item is due");
	else if (h->argument >= 20 && h->argument <= 23)
		show_text(w->show, path, "%s", words[h->argument - 20]);
	else
		show_text(w->show, path, "simple value or float 0x%llx", (unsigned long long)h->argument);
}

static void contents(struct walk *w, const char *path, const struct head *h)
{
	struct slice text;

	switch (h->major) {
	case CBOR_UNSIGNED:
		show_text(w->show, path, "%llu", (unsigned long long)h->argument);
		break;
	case CBOR_NEGATIVE:
		show_text(w->show, path, "-%llu", (unsigned long long)h->argument + 1);
		break;
	case CBOR_BYTES:
		byte_string(w, path, string(w, path, h));
		break;
	case CBOR_TEXT:
		text = string(w, path, h);
		show_text(w->show, path, "%.*s", (int)(text.len < 256 ? text.len : 256), (const char *)text.ptr);
		break;
	case CBOR_ARRAY:
		array(w, path, h);
		break;
	case CBOR_MAP:
		map(w, path, h);
		break;
	case CBOR_TAG:
		item(w, path);
		break;
	case CBOR_SIMPLE:
		simple(w, path, h);
		break;
	}
}

static void item(struct walk *w, const char *path)
{
	struct head h;

	if (w->depth >= DEPTH_MAX)
		fail(w, path, "nested too deeply to be shown");
	if (w->failed || !read_head(w, path, &h))
		return;
	w->depth++;
	contents(w, path, &h);
	w->depth--;
}

void show_cbor(struct show *s, struct slice evidence)
{
	struct walk w = {s, evidence, false, 0};
	struct head h;

	if (evidence.len && evidence.ptr[0] == (CBOR_TAG << 5 | TAG_COSE_SIGN1))
		next_byte(&w);
	struct walk before = w;
	if (!read_head(&w, "", &h))
		return;
	if (h.major == CBOR_ARRAY && h.argument == COSE_PARTS && !h.indefinite)
		cose(&w);
	else {
		w = before;
		item(&w, "evidence");
	}
	if (!w.failed && w.rest.len)
		show_text(s, "trailing", "%zu bytes", w.rest.len);
}
