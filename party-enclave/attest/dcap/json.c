#include "attest/json.h"

void json_init(struct json *j, struct slice text)
{
	*j = (struct json){.rest = text, .st = ST_OK};
}

void json_fail(struct json *j, enum status st)
{
	if (j->st == ST_OK)
		j->st = st;
	j->rest.len = 0;
}

static void advance(struct json *j, size_t n)
{
	j->rest.ptr += n;
	j->rest.len -= n;
}

/* Next byte that is not white space, without taking it; 0 at the end, which is no byte of JSON. */
static uint8_t peek(struct json *j)
{
	while (j->rest.len && memchr(" \t\r\n", j->rest.ptr[0], 4))
		advance(j, 1);
	return j->rest.len ? j->rest.ptr[0] : 0;
}

static void expect(struct json *j, uint8_t byte)
{
	if (peek(j) != byte || byte == 0)
		json_fail(j, j->rest.len ? ST_FORMAT : ST_TRUNCATED);
	else
		advance(j, 1);
}

static void enter(struct json *j, uint8_t bracket)
{
	expect(j, bracket);
	if (j->st == ST_OK && j->depth == JSON_DEPTH)
		json_fail(j, ST_TOO_LARGE);
	if (j->st == ST_OK)
		j->levels[j->depth++] = (struct json_level){.array = bracket == '['};
}

/* At the next member or element: the comma between two, or the closing bracket (false). */
static bool next(struct json *j, bool array)
{
	struct json_level *level = j->depth ? &j->levels[j->depth - 1] : NULL;

	if (j->st != ST_OK || !level || level->array != array) {
		json_fail(j, ST_FORMAT);
		return false;
	}
	if (peek(j) == (array ? ']' : '}')) {
		advance(j, 1);
		j->depth--;
		return false;
	}
	if (level->started)
		expect(j, ',');
	level->started = true;
	return j->st == ST_OK;
}

void json_enter_object(struct json *j)
{
	enter(j, '{');
}

void json_enter_array(struct json *j)
{
	enter(j, '[');
}

bool json_more(struct json *j)
{
	return next(j, true);
}

static bool remember_key(struct json_level *level, struct slice key)
{
	for (size_t i = 0; i < level->n_keys; i++)
		if (slice_equal(level->keys[i], key))
			return false;
	level->keys[level->n_keys++] = key;
	return true;
}

bool json_key(struct json *j, struct slice *key)
{
	*key = (struct slice){0};
	if (!next(j, false))
		return false;
	struct slice name = json_take_string(j);
	expect(j, ':');
	if (j->st != ST_OK)
		return false;
	struct json_level *level = &j->levels[j->depth - 1];
	if (level->n_keys == JSON_KEYS)
		json_fail(j, ST_TOO_LARGE);
	else if (!remember_key(level, name))
		json_fail(j, ST_DUPLICATE);
	if (j->st == ST_OK)
		*key = name;
	return j->st == ST_OK;
}

/* Length of the escape sequence at `text` (RFC 8259, section 7), 0 when it is none. */
static size_t escape_len(struct slice text)
{
	if (text.len < 2)
		return 0;
	if (memchr("\"\\/bfnrt", text.ptr[1], 8))
		return 2;
	if (text.ptr[1] != 'u' || text.len < 6)
		return 0;
	for (size_t i = 2; i < 6; i++)
		if (!memchr("0123456789abcdefABCDEF", text.ptr[i], 22))
			return 0;
	return 6;
}

static struct slice string(struct json *j, bool escapes)
{
	expect(j, '"');
	struct slice all = j->rest;
	while (j->st == ST_OK && j->rest.len && j->rest.ptr[0] != '"') {
		uint8_t c = j->rest.ptr[0];
		size_t n = c != '\\' ? 1 : escapes ? escape_len(j->rest) : 0;
		if (c < 0x20 || c > 0x7e || n == 0)
			json_fail(j, ST_FORMAT);
		else
			advance(j, n);
	}
	if (j->st != ST_OK || j->rest.len == 0) {
		json_fail(j, ST_TRUNCATED);
		return (struct slice){0};
	}
	size_t len = (size_t)(j->rest.ptr - all.ptr);
	advance(j, 1);
	return slice_of(all.ptr, len);
}

struct slice json_take_string(struct json *j)
{
	return string(j, false);
}

static size_t digits(struct json *j)
{
	size_t n = 0;

	while (n < j->rest.len && j->rest.ptr[n] >= '0' && j->rest.ptr[n] <= '9')
		n++;
	return n;
}

/* A number goes on after its digits only in forms that are not read as integers. */
static bool number_goes_on(const struct json *j)
{
	return j->rest.len && memchr(".eE+-", j->rest.ptr[0], 5);
}

uint64_t json_u64(struct json *j, uint64_t max)
{
	uint64_t v = 0;

	if (peek(j) == 0)
		json_fail(j, ST_TRUNCATED);
	size_t n = digits(j);
	if (n == 0 || (n > 1 && j->rest.ptr[0] == '0'))
		json_fail(j, ST_FORMAT);
	for (size_t i = 0; j->st == ST_OK && i < n; i++) {
		uint64_t digit = (uint64_t)(j->rest.ptr[i] - '0');
		if (digit > max || v > (max - digit) / 10)
			json_fail(j, ST_TOO_LARGE);
		else
			v = 10 * v + digit;
	}
	if (j->st == ST_OK)
		advance(j, n);
	if (number_goes_on(j))
		json_fail(j, ST_FORMAT);
	return j->st == ST_OK ? v : 0;
}

static void skip_digits(struct json *j)
{
	size_t n = digits(j);

	if (n == 0)
		json_fail(j, ST_FORMAT);
	else
		advance(j, n);
}

/* RFC 8259, section 6: [ minus ] int [ frac ] [ exp ] */
static void skip_number(struct json *j)
{
	if (j->rest.ptr[0] == '-')
		advance(j, 1);
	if (digits(j) > 1 && j->rest.ptr[0] == '0')
		json_fail(j, ST_FORMAT);
	skip_digits(j);
	if (j->rest.len && j->rest.ptr[0] == '.') {
		advance(j, 1);
		skip_digits(j);
	}
	if (j->rest.len && (j->rest.ptr[0] == 'e' || j->rest.ptr[0] == 'E')) {
		advance(j, 1);
		if (j->rest.len && (j->rest.ptr[0] == '+' || j->rest.ptr[0] == '-'))
			advance(j, 1);
		skip_digits(j);
	}
}

static void skip_word(struct json *j)
{
	static const char *const words[] = {"true", "false", "null"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t len = strlen(words[i]);
		if (j->rest.len >= len && memcmp(j->rest.ptr, words[i], len) == 0) {
			advance(j, len);
			return;
		}
	}
	json_fail(j, ST_FORMAT);
}

/* Recursion ends at JSON_DEPTH: enter() fails there. */
static void skip(struct json *j)
{
	struct slice key;

	switch (peek(j)) {
	case 0:
		json_fail(j, j->rest.len ? ST_FORMAT : ST_TRUNCATED);
		break;
	case '{':
		json_enter_object(j);
		while (json_key(j, &key))
			skip(j);
		break;
	case '[':
		json_enter_array(j);
		while (json_more(j))
			skip(j);
		break;
	case '"':
		string(j, true);
		break;
	default:
		if (j->rest.ptr[0] == '-' || digits(j))
			skip_number(j);
		else
			skip_word(j);
	}
}

struct slice json_value(struct json *j)
{
	peek(j);
	const uint8_t *start = j->rest.ptr;
	skip(j);
	return j->st == ST_OK ? slice_of(start, (size_t)(j->rest.ptr - start)) : (struct slice){0};
}

enum status json_end(struct json *j)
{
	if (j->st == ST_OK && j->depth)
		json_fail(j, ST_TRUNCATED);
	if (j->st == ST_OK && (peek(j) != 0 || j->rest.len))
		json_fail(j, ST_TRAILING);
	return j->st;
}

static size_t field_index(const struct json_field *fields, size_t n, struct slice key)
{
	size_t i = 0;

	while (i < n && !slice_equal(key, slice_str(fields[i].key)))
		i++;
	return i;
}

void json_fields(struct json *j, const struct json_field *fields, size_t n, void *out)
{
	uint32_t seen = 0;
	struct slice key;

	json_enter_object(j);
	while (json_key(j, &key)) {
		size_t i = field_index(fields, n, key);
		if (i == n) {
			skip(j);
			continue;
		}
		seen |= 1U << i;
		fields[i].read(j, (uint8_t *)out + fields[i].offset, fields[i].size);
	}
	for (size_t i = 0; i < n; i++)
		if (!fields[i].optional && !(seen >> i & 1))
			json_fail(j, ST_FORMAT);
}
