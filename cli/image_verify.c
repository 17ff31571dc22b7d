/* parley image measure, sign, verify: what a bundle is, who says so, and whether it is true. */
#include "image.h"

#include "base/cose.h"
#include "base/keyfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum status verb_image_measure(struct cli *cli, int argc, char **argv)
{
	struct bundle_manifest *m = calloc(1, sizeof *m);
	struct buf bytes = {0};
	const char *folder;
	enum status st;

	if (!m)
		return ST_NO_MEMORY;
	TRY(cli_options(cli, argc, argv, NULL, 0, &folder, 1, 1));
	TRY(image_read_checked(cli, m, &bytes, folder));
	image_show(cli, m);
out:
	buf_clear(&bytes);
	free(m);
	return st;
}

static enum status sign_manifest(struct cli *cli, const char *folder, const char *key_path, struct slice manifest)
{
	uint8_t sk[ED25519_SECRET_LEN], pk[ED25519_PUBLIC_LEN];
	struct key_file key = {0};
	struct buf document = {0};
	char path[4096];
	enum status st;

	TRY(key_file_read(&key, key_path, KEY_IMAGE, &cli->problem));
	key_file_signing(sk, &key);
	key_file_public(pk, &key);
	cose_sign1(&document, BUNDLE_LABEL, manifest, sk);
	TRY(buf_status(&document));
	image_path(path, folder, IMAGE_SIGNED);
	TRY(write_file(cli, path, buf_view(&document), 0644));
	cli->doc = json_pack("{s:s,s:o}", "bundle", folder, "signer", json_hex(slice_of(pk, sizeof pk)));
	char hex[2 * ED25519_PUBLIC_LEN + 1];
	hex_encode(hex, slice_of(pk, sizeof pk));
	say(cli, "%s is signed; others check it with:\n  parley image verify %s --signer %s\n", folder, folder, hex);
out:
	wipe(sk, sizeof sk);
	secret32_wipe(&key.secret);
	buf_clear(&document);
	return st;
}

/* Nobody signs what is not true: the bundle is measured first. */
enum status verb_image_sign(struct cli *cli, int argc, char **argv)
{
	struct bundle_manifest *m = calloc(1, sizeof *m);
	const char *folder, *key = NULL;
	const struct opt opts[] = {{"--key", OPT_TEXT, &key, true}};
	struct buf bytes = {0};
	enum status st;

	if (!m)
		return ST_NO_MEMORY;
	TRY(cli_options(cli, argc, argv, opts, 1, &folder, 1, 1));
	TRY(image_read_checked(cli, m, &bytes, folder));
	TRY(sign_manifest(cli, folder, key, buf_view(&bytes)));
out:
	buf_clear(&bytes);
	free(m);
	return st;
}

/* The unsigned copy, where there is one, may say nothing else. */
static enum status same_as_unsigned(struct cli *cli, const char *folder, struct slice payload)
{
	struct buf plain = {0};
	char path[4096];
	enum status st = ST_OK;

	image_path(path, folder, IMAGE_MANIFEST);
	if (access(path, F_OK) != 0)
		return ST_OK;
	TRY(read_file(cli, &plain, path, BUNDLE_MANIFEST_MAX));
	if (!slice_equal(payload, buf_view(&plain)))
		st = problem_set(&cli->problem, ST_IMAGE_BUNDLE, path, NULL, "not the manifest that was signed");
out:
	buf_clear(&plain);
	return st;
}

static enum status verify_bundle(struct cli *cli, const char *folder, const uint8_t pk[static ED25519_PUBLIC_LEN], struct bundle_manifest *m)
{
	struct buf document = {0};
	struct slice payload;
	char path[4096];
	enum status st;

	image_path(path, folder, IMAGE_SIGNED);
	TRY(read_file(cli, &document, path, BUNDLE_MANIFEST_MAX));
	st = cose_sign1_verify(buf_view(&document), BUNDLE_LABEL, pk, &payload);
	if (st != ST_OK) {
		st = problem_set(&cli->problem, ST_IMAGE_BUNDLE, path, "ask the publisher for the key, and fetch the bundle again",
		    "not a manifest that this key has signed (%s)", status_title(st));
		goto out;
	}
	TRY(same_as_unsigned(cli, folder, payload));
	TRY(image_check_folder(cli, m, payload, folder));
out:
	buf_clear(&document);
	return st;
}

enum status verb_image_verify(struct cli *cli, int argc, char **argv)
{
	struct bundle_manifest *m = calloc(1, sizeof *m);
	uint8_t pk[ED25519_PUBLIC_LEN];
	const char *folder, *signer = NULL;
	const struct opt opts[] = {{"--signer", OPT_TEXT, &signer, true}};
	enum status st;

	if (!m)
		return ST_NO_MEMORY;
	TRY(cli_options(cli, argc, argv, opts, 1, &folder, 1, 1));
	if (hex_decode(pk, sizeof pk, signer) != ST_OK) {
		st = problem_set(&cli->problem, ST_ARGUMENT, "--signer", NULL, "a signer is a public key of 64 hex digits");
		goto out;
	}
	TRY(verify_bundle(cli, folder, pk, m));
	say(cli, "# signed by %s, and every measurement is that of the files\n", signer);
	cli->doc = json_pack("{s:s,s:s}", "bundle", folder, "signer", signer);
	image_show(cli, m);
out:
	free(m);
	return st;
}
