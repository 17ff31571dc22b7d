/* Target: pem_next. Property: a block that decodes is the one base64 text of its bytes, but for blanks; and the walk ends. */
#include "base/panic.h"
#include "base/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static uint8_t next_symbol(const uint8_t **p)
{
	while (is_blank(**p))
		(*p)++;
	return *(*p)++;
}

static void check_encoding(struct slice bytes, const uint8_t *text)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t bits = (uint32_t)bytes.ptr[i] << 16;
		bits |= n > 1 ? (uint32_t)bytes.ptr[i + 1] << 8 : 0;
		bits |= n > 2 ? bytes.ptr[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			invariant(next_symbol(&text) == (k <= n ? (uint8_t)alphabet[bits >> (18 - 6 * k) & 63] : '='));
	}
	invariant(next_symbol(&text) == '-');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	struct slice rest = slice_of(data, size);
	uint8_t out[512];
	size_t len;

	while (pem_next(out, sizeof out, &len, "CERTIFICATE", &(struct slice){rest.ptr, rest.len}) == ST_OK && len) {
		const uint8_t *from = rest.ptr;
		size_t before = rest.len;
		invariant(pem_next(out, sizeof out, &len, "CERTIFICATE", &rest) == ST_OK);
		invariant(rest.len < before && len <= sizeof out && rest.ptr + rest.len == data + size);
		while (is_blank(*from))
			from++;
		check_encoding(slice_of(out, len), from + strlen(begin));
	}
	return 0;
}
