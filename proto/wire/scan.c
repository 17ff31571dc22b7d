#include "scan.h"

enum { FIELDS_MAX = 16, WIRE_VARINT = 0, WIRE_LEN = 2 };

/* Base 128, little endian groups of seven; shortest form only. */
static enum status varint(struct slice *rest, uint64_t *out)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 10; i++) {
		if (i == rest->len)
			return ST_TRUNCATED;
		uint8_t byte = rest->ptr[i];
		if (i == 9 && byte > 1)
			return ST_FORMAT;
		v |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte & 0x80)
			continue;
		if (byte == 0 && i > 0)
			return ST_NOT_CANONICAL;
		rest->ptr += i + 1;
		rest->len -= i + 1;
		*out = v;
		return ST_OK;
	}
	return ST_FORMAT;
}

static const struct scan_field *find(const struct scan_field *fields, uint64_t number)
{
	for (; fields->number; fields++)
		if (fields->number == number)
			return fields;
	return NULL;
}

static enum status scan_number(struct slice *rest, const struct scan_field *f)
{
	uint64_t v = 0;
	enum status st;

	TRY(varint(rest, &v));
	if ((f->type == SCAN_U32 && v > UINT32_MAX) || (f->type == SCAN_BOOL && v > 1))
		return ST_FORMAT;
out:
	return st;
}

static enum status scan_string(struct slice *rest, const struct scan_field *f)
{
	uint64_t len = 0;
	enum status st;

	TRY(varint(rest, &len));
	if (len > rest->len)
		return ST_TRUNCATED;
	struct slice value = {rest->ptr, (size_t)len};
	rest->ptr += len;
	rest->len -= (size_t)len;
	if (f->type == SCAN_MESSAGE)
		return scan_message(value, f->message);
	if (value.len > f->len_max)
		return ST_TOO_LARGE;
	if (value.len < f->len_min || (f->type == SCAN_TEXT && !text_is_clean(value)))
		return ST_FORMAT;
out:
	return st;
}

enum status scan_message(struct slice bytes, const struct scan_field *fields)
{
	uint32_t seen[FIELDS_MAX] = {0};
	struct slice rest = bytes;
	enum status st = ST_OK;

	while (rest.len > 0) {
		uint64_t key = 0;
		TRY(varint(&rest, &key));
		const struct scan_field *f = find(fields, key >> 3);
		if (!f)
			return ST_UNKNOWN_FIELD;
		bool is_number = f->type == SCAN_U32 || f->type == SCAN_U64 || f->type == SCAN_BOOL;
		if ((key & 7) != (is_number ? WIRE_VARINT : WIRE_LEN))
			return ST_FORMAT;
		if (++seen[f->number] > f->count_max)
			return f->count_max == 1 ? ST_DUPLICATE : ST_TOO_LARGE;
		TRY(is_number ? scan_number(&rest, f) : scan_string(&rest, f));
	}
	for (; fields->number; fields++)
		if (fields->required && !seen[fields->number])
			return ST_TRUNCATED;
out:
	return st;
}
