/* Published vectors come as JSON: load a file, take hex and base64url strings out of it. Any surprise stops the test. */
#ifndef TESTS_SUPPORT_JSON_VECTORS_H
#define TESTS_SUPPORT_JSON_VECTORS_H

#include "test.h"

#include <jansson.h>

static inline json_t *vectors_load(const char *path)
{
	json_error_t error;
	json_t *root = json_load_file(path, 0, &error);

	if (!root)
		fail_msg("%s: %s", path, error.text);
	return root;
}

static inline const char *vector_string(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (!text)
		fail_msg("no string \"%s\"", key);
	return text;
}

/* Heap: the caller frees .ptr. */
static inline struct slice vector_hex(const json_t *object, const char *key)
{
	return test_hex(vector_string(object, key));
}

static inline struct slice vector_base64url(const json_t *object, const char *key)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *text = vector_string(object, key);
	uint8_t *out = calloc(1, strlen(text) + 1);
	size_t len = 0;
	unsigned bits = 0, have = 0;

	assert_non_null(out);
	for (; *text && *text != '='; text++) {
		const char *digit = strchr(alphabet, *text);
		assert_non_null(digit);
		bits = bits << 6 | (unsigned)(digit - alphabet);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[len++] = (uint8_t)(bits >> have);
		}
	}
	return slice_of(out, len);
}

#endif
