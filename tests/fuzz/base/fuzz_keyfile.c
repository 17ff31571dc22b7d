/* Target: key_file_parse. Property: whatever is accepted is, byte for byte, the line of those four words; nothing is left of what is not. */
#include "base/keyfile.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct key_file nothing;
	struct key_file key;
	char line[256], hex[65];

	if (key_file_parse(&key, slice_of(data, size)) != ST_OK) {
		if (memcmp(&key, &nothing, sizeof key) != 0)
			abort();
		return 0;
	}
	hex_encode(hex, slice_of(key.secret.bytes, sizeof key.secret.bytes));
	int len = snprintf(line, sizeof line, "parley-key/v1 %s %s %s\n", key_role_name(key.role), key.party, hex);
	if (len < 0 || (size_t)len != size || memcmp(line, data, size) != 0)
		abort();
	return 0;
}
