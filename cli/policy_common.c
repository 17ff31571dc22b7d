#include "policy_common.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST_CBOR_BYTE = 0x80 }; /* a map or a tag; no YAML text starts so, UTF-8 continuation bytes come second */

enum status loaded_policy_new(struct loaded_policy **out)
{
	*out = calloc(1, sizeof **out);
	return *out ? ST_OK : ST_NO_MEMORY;
}

void loaded_policy_free(struct loaded_policy *p)
{
	if (!p)
		return;
	buf_clear(&p->file);
	buf_clear(&p->payload);
	buf_clear(&p->filled_in);
	free(p);
}

/* Well-formed, distinct, and nobody's: for looking at a policy that has no keys yet. */
void placeholder_defaults(struct compile_defaults *out, int64_t now_s)
{
	*out = (struct compile_defaults){.now_s = now_s};
	hash_one(out->measurement, "parley/placeholder/v1", slice_str("measurement"));
	for (size_t i = 0; i < POLICY_SOURCES_MAX; i++) {
		uint8_t seed[HASH_LEN], sk[ED25519_SECRET_LEN], unused[ED25519_PUBLIC_LEN];
		uint8_t *const keys[] = {out->keys[i].approve, out->keys[i].endorse, i < POLICY_PARTIES_MAX ? out->tee_root[i] : unused};
		for (uint8_t k = 0; k < 3; k++) {
			hash_one(seed, "parley/placeholder/v1", slice_of((uint8_t[]){(uint8_t)i, k}, 2));
			ed25519_keypair(keys[k], sk, seed);
		}
		hash_one(seed, "parley/placeholder/v1", slice_of((uint8_t[]){(uint8_t)i, 3}, 2));
		x25519_public(out->keys[i].receive, seed);
	}
}

enum status compile_file(struct cli *cli, struct loaded_policy *out, const char *path, bool fill_in,
    const struct compile_defaults *defaults)
{
	char helper[4096];
	struct compile_defaults placeholders;
	enum status st;

	program_path(cli, helper, "parley-sqlparse");
	placeholder_defaults(&placeholders, (int64_t)time(NULL));
	struct compile_options options = {
		.file_name = path,
		.sqlparse_path = helper,
		.fill_in = fill_in,
		.defaults = defaults ? defaults : &placeholders,
	};
	TRY(read_file(cli, &out->file, path, COMPILE_YAML_MAX));
	TRY(policy_compile(&out->policy, &out->payload, buf_view(&out->file), &options, &out->filled_in, &cli->problem));
	out->bytes = buf_view(&out->payload);
out:
	return st;
}

static enum status decode_sealed(struct cli *cli, struct loaded_policy *out, const char *path)
{
	enum status st = policy_file_parse(buf_view(&out->file), &out->bytes);

	if (st != ST_OK)
		return problem_set(&cli->problem, st, path, "give the file that `parley policy compile` wrote", "not a sealed policy: %s",
		    status_title(st));
	return policy_decode(&out->policy, out->bytes, &cli->problem);
}

enum status load_sealed(struct cli *cli, struct loaded_policy *out, const char *path)
{
	enum status st;

	TRY(read_file(cli, &out->file, path, 2 * POLICY_SEALED_MAX));
	TRY(decode_sealed(cli, out, path));
out:
	return st;
}

enum status load_any(struct cli *cli, struct loaded_policy *out, const char *path)
{
	enum status st;

	TRY(read_file(cli, &out->file, path, 2 * POLICY_SEALED_MAX));
	if (out->file.len && out->file.ptr[0] >= FIRST_CBOR_BYTE)
		return decode_sealed(cli, out, path);
	buf_reset(&out->file);
	TRY(compile_file(cli, out, path, true, NULL));
out:
	return st;
}

json_t *json_lines(struct slice text)
{
	json_t *array = json_array();

	while (text.len) {
		const uint8_t *end = memchr(text.ptr, '\n', text.len);
		size_t n = end ? (size_t)(end - text.ptr) : text.len;
		json_array_append_new(array, json_stringn((const char *)text.ptr, n));
		n += end != NULL;
		text = slice_of(text.ptr + n, text.len - n);
	}
	return array;
}
