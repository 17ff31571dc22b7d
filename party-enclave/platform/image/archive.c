#include "image/archive.h"

#include <stdio.h>

#define MAGIC "070701"
#define LAST "TRAILER!!!"
enum { HEADER_LEN = 110, FIELDS = 13 };
enum field { INODE, MODE, UID, GID, LINKS, TIME, SIZE, DEVICE_MAJOR, DEVICE_MINOR, NODE_MAJOR, NODE_MINOR, NAME_SIZE, CHECK };

static size_t find(const struct archive *a, const char *name)
{
	size_t at = 0;

	while (at < a->n && strcmp(a->entry[at].name, name) < 0)
		at++;
	return at;
}

static enum status insert(struct archive *a, const char *name, enum archive_mode mode, struct slice content)
{
	size_t at = find(a, name);

	if (at < a->n && strcmp(a->entry[at].name, name) == 0)
		return mode == ARCHIVE_FOLDER && a->entry[at].mode == ARCHIVE_FOLDER ? ST_OK : ST_DUPLICATE;
	if (a->n == ARCHIVE_ENTRIES_MAX || strlen(name) >= ARCHIVE_NAME_MAX)
		return ST_TOO_LARGE;
	memmove(&a->entry[at + 1], &a->entry[at], (a->n - at) * sizeof a->entry[0]);
	a->n++;
	snprintf(a->entry[at].name, ARCHIVE_NAME_MAX, "%s", name);
	a->entry[at].mode = mode;
	a->entry[at].content = content;
	return ST_OK;
}

enum status archive_add(struct archive *a, const char *path, enum archive_mode mode, struct slice content)
{
	char part[ARCHIVE_NAME_MAX];
	enum status st;

	while (*path == '/')
		path++;
	if (strlen(path) >= sizeof part || !*path)
		return ST_TOO_LARGE;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
		TRY(insert(a, part, ARCHIVE_FOLDER, (struct slice){0}));
	}
	TRY(insert(a, path, mode, content));
out:
	return st;
}

static void pad(struct buf *out)
{
	buf_append(out, "\0\0\0", (4 - out->len % 4) % 4);
}

static void write_header(struct buf *out, size_t inode, unsigned mode, size_t size, const char *name)
{
	size_t fields[FIELDS] = {[INODE] = inode, [MODE] = mode, [LINKS] = mode == ARCHIVE_FOLDER ? 2 : 1, [SIZE] = size,
	    [NAME_SIZE] = strlen(name) + 1};

	buf_append_str(out, MAGIC);
	for (unsigned i = 0; i < FIELDS; i++)
		buf_printf(out, "%08zx", fields[i]);
	buf_append(out, name, strlen(name) + 1);
	pad(out);
}

void archive_write(struct buf *out, const struct archive *a)
{
	for (size_t i = 0; i < a->n; i++) {
		write_header(out, i + 1, a->entry[i].mode, a->entry[i].content.len, a->entry[i].name);
		buf_append(out, a->entry[i].content.ptr, a->entry[i].content.len);
		pad(out);
	}
	write_header(out, 0, 0, 0, LAST);
}

/* Reading is writing again: the header that the writer would make must stand there, so only sizes, mode and name are looked at. */
static enum status read_number(size_t *out, struct slice rest, enum field field)
{
	*out = 0;
	for (unsigned i = 0; i < 8; i++) {
		uint8_t c = rest.ptr[6 + 8 * field + i];
		unsigned digit = c >= '0' && c <= '9' ? c - (unsigned)'0' : c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10 : 16;
		if (digit == 16)
			return ST_FORMAT;
		*out = *out << 4 | digit;
	}
	return ST_OK;
}

static bool is_mode(size_t mode)
{
	return mode == ARCHIVE_FOLDER || mode == ARCHIVE_PROGRAM || mode == ARCHIVE_FILE || mode == ARCHIVE_LINK;
}

static enum status same_header(struct slice rest, size_t inode, size_t mode, size_t size, const char *name, size_t *len)
{
	struct buf want = {0};

	write_header(&want, inode, (unsigned)mode, size, name);
	enum status st = buf_status(&want);
	if (st == ST_OK && (rest.len < want.len || memcmp(rest.ptr, want.ptr, want.len) != 0))
		st = rest.len < want.len ? ST_TRUNCATED : ST_FORMAT;
	*len = want.len;
	buf_clear(&want);
	return st;
}

static enum status take_content(struct archive_entry *e, struct slice *rest, size_t size)
{
	static const uint8_t zeros[4];
	size_t padding = (4 - size % 4) % 4;

	if (size > rest->len || padding > rest->len - size)
		return ST_TRUNCATED;
	if (memcmp(rest->ptr + size, zeros, padding) != 0 || (e->mode == ARCHIVE_FOLDER && size))
		return ST_FORMAT;
	e->content = slice_of(rest->ptr, size);
	*rest = slice_of(rest->ptr + size + padding, rest->len - size - padding);
	return ST_OK;
}

static enum status read_entry(struct archive *a, struct slice *rest, bool *last)
{
	char name[ARCHIVE_NAME_MAX];
	size_t mode, size, name_size, len;
	enum status st;

	if (rest->len < HEADER_LEN)
		return ST_TRUNCATED;
	TRY(read_number(&mode, *rest, MODE));
	TRY(read_number(&size, *rest, SIZE));
	TRY(read_number(&name_size, *rest, NAME_SIZE));
	if (name_size < 2 || name_size > sizeof name)
		return ST_FORMAT;
	if (name_size > rest->len - HEADER_LEN)
		return ST_TRUNCATED;
	memcpy(name, rest->ptr + HEADER_LEN, name_size);
	if (name[name_size - 1] || strlen(name) != name_size - 1)
		return ST_FORMAT;
	*last = strcmp(name, LAST) == 0;
	if (!*last && (!is_mode(mode) || a->n == ARCHIVE_ENTRIES_MAX || (a->n && strcmp(a->entry[a->n - 1].name, name) >= 0)))
		return ST_FORMAT;
	TRY(same_header(*rest, *last ? 0 : a->n + 1, *last ? 0 : mode, *last ? 0 : size, name, &len));
	*rest = slice_of(rest->ptr + len, rest->len - len);
	if (*last)
		return rest->len ? ST_TRAILING : ST_OK;
	struct archive_entry *e = &a->entry[a->n++];
	e->mode = (enum archive_mode)mode;
	memcpy(e->name, name, name_size);
	TRY(take_content(e, rest, size));
out:
	return st;
}

enum status archive_read(struct archive *out, struct slice bytes)
{
	bool last = false;
	enum status st = ST_OK;

	out->n = 0;
	while (st == ST_OK && !last)
		st = read_entry(out, &bytes, &last);
	if (st != ST_OK)
		out->n = 0;
	return st;
}
