#include "image.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void image_path(char out[static 4096], const char *folder, const char *file)
{
	snprintf(out, 4096, "%s/%s", folder, file);
}

void image_files_clear(struct image_files *f)
{
	for (unsigned i = 1; i < PART_COUNT_; i++)
		buf_clear(&f->part[i]);
}

static unsigned part_of(const char *name)
{
	for (unsigned i = 1; i < PART_COUNT_; i++)
		if (strcmp(name, bundle_part_file((enum bundle_part)i)) == 0)
			return i;
	return 0;
}

static enum status take_file(struct cli *cli, struct image_files *out, const char *folder, const char *name)
{
	unsigned part = part_of(name);
	char path[4096];

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, IMAGE_MANIFEST) == 0 || strcmp(name, IMAGE_SIGNED) == 0)
		return ST_OK;
	image_path(path, folder, name);
	if (!part)
		return problem_set(&cli->problem, ST_IMAGE_BUNDLE, path, NULL, "a file that no bundle has");
	enum status st = read_file(cli, &out->part[part], path, BUNDLE_PART_BYTES_MAX);
	out->view[part] = buf_view(&out->part[part]);
	return st;
}

enum status image_read_parts(struct cli *cli, struct image_files *out, const char *folder)
{
	DIR *d = opendir(folder);
	enum status st = ST_OK;

	if (!d)
		return problem_set(&cli->problem, ST_NO_INPUT, folder, NULL, "cannot read the folder: %s", strerror(errno));
	for (struct dirent *e; st == ST_OK && (e = readdir(d));)
		st = take_file(cli, out, folder, e->d_name);
	closedir(d);
	return st;
}

enum status image_check_folder(struct cli *cli, struct bundle_manifest *out, struct slice manifest, const char *folder)
{
	struct image_files files = {0};
	enum status st;

	st = bundle_decode(out, manifest);
	if (st != ST_OK) {
		st = problem_set(&cli->problem, ST_IMAGE_BUNDLE, folder, NULL, "not a manifest of an image (%s)", status_title(st));
		goto out;
	}
	TRY(image_read_parts(cli, &files, folder));
	TRY(bundle_check(out, files.view, &cli->problem));
out:
	image_files_clear(&files);
	return st;
}

enum status image_read_checked(struct cli *cli, struct bundle_manifest *out, struct buf *bytes, const char *folder)
{
	char path[4096];
	enum status st;

	image_path(path, folder, IMAGE_MANIFEST);
	TRY(read_file(cli, bytes, path, BUNDLE_MANIFEST_MAX));
	TRY(image_check_folder(cli, out, buf_view(bytes), folder));
out:
	return st;
}

/* ---- showing ---- */
static uint64_t number_of(const struct tee_value *v)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < v->len; i++)
		n = n << 8 | v->bytes[i];
	return n;
}

/* Registers of up to four bytes are numbers in a policy. */
static void show_value(const struct cli *cli, json_t *values, const struct tee_value *v)
{
	char hex[2 * TEE_VALUE_MAX + 1];
	const char *name = tee_register_name(v->reg);

	if (v->len <= 4) {
		say(cli, "      %s: %llu\n", name, (unsigned long long)number_of(v));
		put_u64(values, name, number_of(v));
		return;
	}
	hex_encode(hex, slice_of(v->bytes, v->len));
	say(cli, "      %s: %s\n", name, hex);
	put_text(values, name, hex);
}

/* A policy lists a release once for each kind: its second value is "2026.11-2". */
static void name_release(char out[static TEE_RELEASE_MAX + 8], const struct bundle_manifest *m, size_t at)
{
	unsigned before = 0;

	for (size_t i = 0; i < at; i++)
		before += m->measurement[i].kind == m->measurement[at].kind && m->measurement[i].n_values;
	if (before)
		snprintf(out, TEE_RELEASE_MAX + 8, "%s-%u", m->settings.release, before + 1);
	else
		snprintf(out, TEE_RELEASE_MAX + 8, "%s", m->settings.release);
}

static void show_measurement(struct cli *cli, json_t *list, const struct bundle_manifest *all, size_t at)
{
	const struct bundle_measurement *m = &all->measurement[at];
	char release[TEE_RELEASE_MAX + 8];
	json_t *values = json_object();

	name_release(release, all, at);

	if (!m->n_values)
		say(cli, "  # %s: not measured: %s\n", tee_name(m->kind), m->note);
	else
		say(cli, "  - release: \"%s\" # %s\n    tee: %s\n    values:\n", release, m->note, tee_name(m->kind));
	for (unsigned i = 0; i < m->n_values; i++)
		show_value(cli, values, &m->values[i]);
	json_array_append_new(list, json_pack("{s:s,s:b,s:s,s:o}", "tee", tee_name(m->kind), "measured", m->n_values > 0,
	    m->n_values ? "note" : "reason", m->note, "values", values));
}

static json_t *parts_of(const struct bundle_manifest *m)
{
	json_t *list = json_array();

	for (unsigned i = 1; i < PART_COUNT_; i++)
		if (m->part[i].size)
			json_array_append_new(list, json_pack("{s:s,s:I,s:o}", "file", bundle_part_file((enum bundle_part)i), "size",
			    (json_int_t)m->part[i].size, "hash", json_hex(slice_of(m->part[i].hash, HASH_LEN))));
	return list;
}

void image_show(struct cli *cli, const struct bundle_manifest *m)
{
	json_t *list = json_array();

	if (!cli->doc)
		cli->doc = json_object();
	say(cli, "reference_values:\n");
	for (size_t i = 0; i < m->n_measurements; i++)
		show_measurement(cli, list, m, i);
	put_text(cli->doc, "release", m->settings.release);
	json_object_set_new(cli->doc, "parts", parts_of(m));
	json_object_set_new(cli->doc, "measurements", list);
}
