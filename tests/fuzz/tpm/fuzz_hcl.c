/*
 * Target: the HCL report's parts and the key in its JSON; the first byte says whether the input is a report or the JSON alone.
 * Property: the parts lie inside the report where the format puts them; a key has a modulus and an exponent that fit.
 */
#include "hcl_format.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void try_key(struct slice json)
{
	struct att_finding f = {0};
	struct hcl_key key = {0};

	if (hcl_key_parse(&key, json, &f) == ST_OK)
		must(key.n_len > 0 && key.n_len <= sizeof key.n && key.e_len > 0 && key.e_len <= sizeof key.e);
	else
		must(f.st == ST_ATT_FORMAT && f.expected[0] && f.got[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct att_finding f = {0};
	struct hcl_parts parts;

	if (size == 0)
		return 0;
	const struct slice input = slice_of(data + 1, size - 1);
	if (data[0] & 1) {
		try_key(input);
		return 0;
	}
	if (hcl_parse(&parts, input, &f) != ST_OK)
		return 0;
	must(parts.snp.ptr == input.ptr + 32 && parts.snp.len == 1184);
	must(parts.json.ptr == input.ptr + 32 + 1184 + 20 && parts.json.len <= input.len - 32 - 1184 - 20);
	try_key(parts.json);
	return 0;
}
