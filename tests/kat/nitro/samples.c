#include "../../support/test.h"

#include "samples.h"

/* Origins and licences: README.md of the shared vectors, and data/README.md for those that are here. */
/* clang-format off */
const struct sample samples[] = {
    {.name = "nitro-2021-03-17-nondebug-nulls.cbor", .at = 1616018515, .st = ST_OK, .check = 0, .debug = false, .from = 1616018515, .to = 1616029315, .is_here = false,
	.module_id = "i-078824548edcf6519-enc01784234ec227b58", .timestamp_ms = 1616018515685, .pcrs = 16, .public_key = -1, .user_data = -1, .nonce = -1,
	.pcr0 = "2d151586641b790f3b1b92b8f89678c3aa86e73dd97969c892124be9d2b7fdc62b58a55cd9ee8216f6f5689cebf590ad"},
    {.name = "nitro-2021-03-24-nondebug-rsapub.cbor", .at = 1616602241, .st = ST_OK, .check = 0, .debug = false, .from = 1616601982, .to = 1616612782, .is_here = false,
	.module_id = "i-0a6d65e7122308898-enc017846bcd2f820da", .timestamp_ms = 1616602241734, .pcrs = 16, .public_key = 294, .user_data = -1, .nonce = -1,
	.pcr0 = "672cd3c91b7ac756037d260051169c70b1de59c7a3a9a8253322c98763697891c722fec043cbf72a824ae5d5ac41fc41"},
    {.name = "nitro-2022-10-12-debug.cbor", .at = 1665582606, .st = ST_OK, .check = 0, .debug = true, .from = 1665582591, .to = 1665593394, .is_here = false,
	.module_id = "i-03ad7cdb817437eeb-enc0183cc7569b3f6e1", .timestamp_ms = 1665582606081, .pcrs = 16, .public_key = 19, .user_data = 13, .nonce = -1,
	.pcr0 = NULL},
    {.name = "nitro-2022-10-13-nondebug.cbor", .at = 1665651482, .st = ST_OK, .check = 0, .debug = false, .from = 1665651479, .to = 1665662282, .is_here = false,
	.module_id = "i-020b6af9246d90e92-enc0183d09086c24190", .timestamp_ms = 1665651482136, .pcrs = 16, .public_key = -1, .user_data = -1, .nonce = 256,
	.pcr0 = "f4d48b81a460c9916d1e685119074bf24660afd3e34fae9fca0a0d28d9d5599936332687e6f66fc890ac8cf150142d8b"},
    {.name = "nitro-2022-11-09-nondebug.cbor", .at = 1668034320, .st = ST_OK, .check = 0, .debug = false, .from = 1668034317, .to = 1668045120, .is_here = false,
	.module_id = "i-04fd167167daacf3b-enc01845e97d0b3eb4e", .timestamp_ms = 1668034320696, .pcrs = 16, .public_key = -1, .user_data = 32, .nonce = 32,
	.pcr0 = "22f9e1c949208da55eb01b9b9fc88f87454f77ba133f0d82320b509621c92482152a99d0a12335b97178c02d6f977d01"},
    {.name = "nitro-2023-09-18-debug.b64", .at = 1695049410, .st = ST_OK, .check = 0, .debug = true, .from = 1695047829, .to = 1695058632, .is_here = false,
	.module_id = "i-0918f6c55e3b61d89-enc018aa8b8e2285d13", .timestamp_ms = 1695049410860, .pcrs = 16, .public_key = -1, .user_data = 91, .nonce = 256,
	.pcr0 = NULL},
    {.name = "nitro-2024-01-24-debug-full.cbor", .at = 1706120065, .st = ST_OK, .check = 0, .debug = true, .from = 1706120054, .to = 1706130857, .is_here = false,
	.module_id = "i-0e4fe5de7ee5abe78-enc018d3cadd7d66279", .timestamp_ms = 1706120065635, .pcrs = 16, .public_key = 294, .user_data = 13, .nonce = 6,
	.pcr0 = NULL},
    {.name = "nitro-2024-09-07-debug-maxfields.b64", .at = 1725719886, .st = ST_OK, .check = 0, .debug = true, .from = 1725719883, .to = 1725730686, .is_here = false,
	.module_id = "i-0a22e5c5f24d22174-enc0191ccebaf8feaba", .timestamp_ms = 1725719886508, .pcrs = 16, .public_key = 1024, .user_data = 1024, .nonce = 1024,
	.pcr0 = NULL},
    {.name = "nitro-2024-09-07-nondebug-maxfields.b64", .at = 1725719859, .st = ST_OK, .check = 0, .debug = false, .from = 1725719856, .to = 1725730659, .is_here = false,
	.module_id = "i-0a22e5c5f24d22174-enc0191cceb4289903f", .timestamp_ms = 1725719859545, .pcrs = 16, .public_key = 1024, .user_data = 1024, .nonce = 1024,
	.pcr0 = "e72a46ca80a260fb044a125442f0c7e331813bcbaf9724d9f3857758992766f2d65710a27aa94ae3949dd54e7c9fe86a"},
    {.name = "nitro-2025-11-10-nondebug-indef-17pcr.cbor", .at = 1762795210, .st = ST_OK, .check = 0, .debug = false, .from = 1762795207, .to = 1762806010, .is_here = false,
	.module_id = "i-06fb0bf4e70d5129f-enc019a5376999041b1", .timestamp_ms = 1762795210812, .pcrs = 17, .public_key = 32, .user_data = 0, .nonce = -1,
	.pcr0 = "3aa0e6e6ed7d8301655fced7e6ddcc443a3e57bf62f070caa6becf337069e859c0f03d68136440ff1cab8adefd20634c"},
    {.name = "nitro-2025-12-25-debug-indef.cbor", .at = 1766650846, .st = ST_OK, .check = 0, .debug = true, .from = 1766650843, .to = 1766661646, .is_here = true,
	.module_id = "i-0fd3fdaad4e904e69-enc019b54988b2d89ba", .timestamp_ms = 1766650846577, .pcrs = 16, .public_key = -1, .user_data = 64, .nonce = -1,
	.pcr0 = NULL},
    {.name = "nitro-2025-12-25-nondebug-indef.cbor", .at = 1766668537, .st = ST_OK, .check = 0, .debug = false, .from = 1766668534, .to = 1766679337, .is_here = true,
	.module_id = "i-0827e799ec9232d44-enc019b55a68bd2ed4b", .timestamp_ms = 1766668537578, .pcrs = 16, .public_key = -1, .user_data = 64, .nonce = -1,
	.pcr0 = "5cb702954321826d7939d6da829a940d787fcf32357beb8eae1ddf33c28c17d36f3ac3ba6828fdf7edeed02889702da6"},
    {.name = "hostile-2022-11-09-badsig.cbor", .at = 1668034320, .st = ST_ATT_SIGNATURE, .check = ATT_CHECK_SIGNATURE, .debug = false, .from = 1668034317, .to = 1668045120, .is_here = false,
	.module_id = "i-04fd167167daacf3b-enc01845e97d0b3eb4e", .timestamp_ms = 1668034320696, .pcrs = 16, .public_key = -1, .user_data = 32, .nonce = 32,
	.pcr0 = "22f9e1c949208da55eb01b9b9fc88f87454f77ba133f0d82320b509621c92482152a99d0a12335b97178c02d6f977d01"},
    {.name = "hostile-2024-07-23-badsig-debug.b64", .at = 1721770180, .st = ST_ATT_SIGNATURE, .check = ATT_CHECK_SIGNATURE, .debug = false, .from = 1721767881, .to = 1721778684, .is_here = false,
	.module_id = "i-0809070ca8037095f-enc0190e0c0368d490d", .timestamp_ms = 1721770180771, .pcrs = 16, .public_key = 5, .user_data = 68, .nonce = 20,
	.pcr0 = NULL},
    {.name = "hostile-wrongroot.cbor", .at = 1734080745, .st = ST_ATT_CHAIN, .check = ATT_CHECK_ROOT, .debug = false, .from = 0, .to = 2680156525, .is_here = true,
	.module_id = "i-0d69bec447a037a2a-enc01939aab191aadd2", .timestamp_ms = 1734080745008, .pcrs = 16, .public_key = 4, .user_data = 3, .nonce = -1,
	.pcr0 = NULL},
    {.name = "hostile-selfsigned-nocert.b64", .at = 1767398400, .st = ST_ATT_FORMAT, .check = ATT_CHECK_FORM, .debug = false, .from = 0, .to = 0, .is_here = false,
	.module_id = "i-0e811925634bbd863-enc018274a97f16d616", .timestamp_ms = 1713379906, .pcrs = 0, .public_key = -1, .user_data = -1, .nonce = -1,
	.pcr0 = NULL},
    {.name = "hostile-malformed-cbor.b64", .at = 1767398400, .st = ST_ATT_FORMAT, .check = ATT_CHECK_FORM, .debug = false, .from = 0, .to = 0, .is_here = false,
	.module_id = NULL, .timestamp_ms = 0, .pcrs = 0, .public_key = -1, .user_data = -1, .nonce = -1,
	.pcr0 = NULL},
};
/* clang-format on */
const size_t n_samples = COUNT_OF(samples);

static int sextet(uint8_t c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* As found in source files: padded or not, with a newline or not. */
static void decode_base64(struct buf *b)
{
	uint32_t bits = 0;
	size_t n = 0, out = 0;

	for (size_t i = 0; i < b->len; i++) {
		int v = sextet(b->ptr[i]);
		if (v < 0)
			continue;
		bits = bits << 6 | (uint32_t)v;
		if (++n % 4 != 1)
			b->ptr[out++] = (uint8_t)(bits >> (6 - 2 * ((n - 1) % 4)));
	}
	b->len = out;
}

bool sample_load(struct buf *out, const struct sample *s)
{
	char path[512];

	*out = (struct buf){0};
	snprintf(path, sizeof path, "%s/%s", s->is_here ? DATA_DIR : PARLEY_SHARED_DIR "/vectors/nitro", s->name);
	if (buf_read_file(out, path, ATT_EVIDENCE_MAX) != ST_OK) {
		assert_false(s->is_here);
		buf_clear(out);
		return false;
	}
	if (strstr(s->name, ".b64"))
		decode_base64(out);
	return true;
}

enum status sample_examine(struct att_claims *c, struct slice doc, int64_t at, struct att_finding *f)
{
	struct att_input in = {.evidence = doc, .anchors = &att_anchors_production, .now = {at, at}};

	*f = (struct att_finding){0};
	return att_examine(c, TEE_NITRO, &in, f);
}
