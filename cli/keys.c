/* parley keys new: an organisation's four keys, each in a file of its own, and the lines for the policy file; or, for whoever publishes
 * enclave images, the one that signs them. */
#include "cli.h"

#include "base/keyfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool id_ok(const char *id)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return n > 0 && n <= 32 && !id[n] && id[0] >= 'a' && id[0] <= 'z';
}

static enum status make_key(struct cli *cli, const char *folder, const char *party, enum key_role role, uint8_t pk[static 32])
{
	struct key_file key = {.role = role};
	char path[4096];

	snprintf(key.party, sizeof key.party, "%s", party);
	snprintf(path, sizeof path, "%s/%s.key", folder, key_role_name(role));
	random_system.fill(random_system.ctx, key.secret.bytes, sizeof key.secret.bytes);
	enum status st = key_file_write(path, &key, &cli->problem);
	key_file_public(pk, &key);
	secret32_wipe(&key.secret);
	return st;
}

/* A publisher's key: no organisation's policy lists it. */
static enum status make_image_key(struct cli *cli, const char *folder, const char *party)
{
	uint8_t pk[32];
	char hex[65];
	enum status st = make_key(cli, folder, party, KEY_IMAGE, pk);

	if (st != ST_OK)
		return st;
	hex_encode(hex, slice_of(pk, sizeof pk));
	json_object_set_new(cli->doc, key_role_name(KEY_IMAGE), json_string(hex));
	say(cli, "# %s/image.key signs images; keep it offline. Publish: %s\n", folder, hex);
	return ST_OK;
}

enum status verb_keys_new(struct cli *cli, int argc, char **argv)
{
	const char *party = NULL, *folder = NULL;
	bool image = false;
	const struct opt opts[] = {{"--party", OPT_TEXT, &party, true}, {"--out", OPT_TEXT, &folder, true}, {"--image", OPT_FLAG, &image, false}};
	uint8_t pk[KEY_TEE_ROOT + 1][32];
	char hex[65];
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 3, NULL, 0, 0));
	if (!id_ok(party))
		return problem_set(&cli->problem, ST_ARGUMENT, "--party", "write a letter, then letters, digits and hyphens; at most 32",
		    "\"%s\" is not a party id", party);
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return problem_set(&cli->problem, ST_CANT_CREATE, folder, NULL, "cannot create the folder: %s", strerror(errno));
	cli->doc = json_pack("{s:s,s:s}", "party", party, "folder", folder);
	if (image)
		return make_image_key(cli, folder, party);
	for (enum key_role role = KEY_APPROVE; role <= KEY_TEE_ROOT; role++) {
		TRY(make_key(cli, folder, party, role, pk[role]));
		json_object_set_new(cli->doc, key_role_name(role), json_hex(slice_of(pk[role], 32)));
	}
	say(cli, "# private keys are in %s; keep approve.key offline. Lines for the policy file:\n  - id: %s\n    keys:\n", folder, party);
	for (enum key_role role = KEY_APPROVE; role <= KEY_RECEIVE; role++) {
		hex_encode(hex, slice_of(pk[role], 32));
		say(cli, "      %s: %s\n", key_role_name(role), hex);
	}
	hex_encode(hex, slice_of(pk[KEY_TEE_ROOT], 32));
	say(cli, "    tee: {kind: software, root: %s}\n", hex);
out:
	return st;
}
