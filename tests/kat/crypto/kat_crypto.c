/*
 * Published vectors of the primitives, copied as hex from the documents named beside them (RFCs: IETF Trust Legal
 * Provisions; NIST publications: public domain).
 */
#include "../../support/test.h"

#include "base/crypto.h"

/* Decodes into a static ring, so that a test reads like its table. */
static struct slice hex(const char *text)
{
	static uint8_t storage[16][512];
	static size_t next;
	uint8_t *out = storage[next++ % 16];
	size_t len = strlen(text) / 2;

	assert_true(len <= sizeof storage[0]);
	assert_int_equal(hex_decode(out, len, text), ST_OK);
	return slice_of(out, len);
}

static void assert_hex(const void *bytes, const char *expected)
{
	struct slice e = hex(expected);

	assert_memory_equal(bytes, e.ptr, e.len);
}

/* RFC 8032 section 7.1: tests 1, 2, 3 and SHA(abc) */
static void ed25519_rfc_8032(void **state)
{
	static const struct {
		const char *seed, *pk, *msg, *sig;
	} v[] = {
	    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
		"d25bf5f0595bbe24655141438e7a100b"},
	    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
		"387b2eaeb4302aeeb00d291612bb0c00"},
	    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
		"4a7c15e9716ed28dc027beceea1ec40a"},
	    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
		"ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
		"454d4423643ce80e2a9ac94fa54ca49f",
		"dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
		"3dca179c138ac17ad9bef1177331a704"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(v); i++) {
		uint8_t pk[32], sk[64], sig[64];
		ed25519_keypair(pk, sk, hex(v[i].seed).ptr);
		assert_hex(pk, v[i].pk);
		ed25519_sign(sig, hex(v[i].msg), sk);
		assert_hex(sig, v[i].sig);
		assert_int_equal(ed25519_verify(sig, hex(v[i].msg), pk), ST_OK);
	}
}

/* RFC 7748 sections 5.2 and 6.1 */
static void x25519_rfc_7748(void **state)
{
	static const char *const v[][3] = {
	    {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
		"e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
		"c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
	    {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
		"e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
		"95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
	};
	uint8_t out[32], k[32] = {9}, u[32] = {9};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(v); i++) {
		assert_int_equal(x25519(out, hex(v[i][0]).ptr, hex(v[i][1]).ptr), ST_OK);
		assert_hex(out, v[i][2]);
	}
	for (int i = 1; i <= 1000; i++) {
		assert_int_equal(x25519(out, k, u), ST_OK);
		memcpy(u, k, 32);
		memcpy(k, out, 32);
		if (i == 1)
			assert_hex(k, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
	}
	assert_hex(k, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

/* RFC 7693 appendix A, and the empty message of the reference implementation's list */
static void blake2b_rfc_7693(void **state)
{
	uint8_t out[HASH_LEN];

	(void)state;
	blake2b_512(out, slice_str("a"), slice_str("bc"));
	assert_hex(out, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
			"7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
	blake2b_512(out, (struct slice){0}, (struct slice){0});
	assert_hex(out, "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
			"d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce");
}

/* No document publishes HMAC-BLAKE2b vectors; these are Python's hmac over hashlib.blake2b, an independent
 * implementation of both. tests/kat/noise checks the same functions through whole handshakes. */
static void hmac_blake2b_of_another_implementation(void **state)
{
	uint8_t out[HASH_LEN], out2[HASH_LEN], long_key[200], ck[HASH_LEN];

	(void)state;
	memset(long_key, 0xaa, sizeof long_key);
	memset(ck, 0x0b, sizeof ck);
	hmac_blake2b(out, slice_str("Jefe"), slice_str("what do ya want for nothing?"));
	assert_hex(out, "6ff884f8ddc2a6586b3c98a4cd6ebdf14ec10204b6710073eb5865ade37a2643"
			"b8807c1335d107ecdb9ffeaeb6828c4625ba172c66379efcd222c2de11727ab4");
	hmac_blake2b(out, slice_of(long_key, 128), slice_str("a key of exactly one block"));
	assert_hex(out, "77a2ef9ab95b5d69c11e368fdbba4cf0eb6a48511a73fc447a508622af447dbf"
			"ffcd8a49416e3fa2e58f03db68d60db1533428785566fb3f498e14e3ba7186da");
	hmac_blake2b(out, slice_of(long_key, sizeof long_key), slice_str("a key longer than a block"));
	assert_hex(out, "e1d017960656a73d28a3d7227bdb8cbbc2d82aeccd15ddba58ca59c4452d3b32"
			"be6bdb9b111bdffd3adb2083ccc5ea7a2d48715d1c6d95a435a6a86bd5f2d9c4");
	noise_hkdf2(out, out2, ck, slice_str("input key material"));
	assert_hex(out, "8d6da4aebe0ab660fed1e1641958c07a28e26ce86da83b6d46bc5ec05e0bd4e5"
			"19185ad0a75191b2f13d8d8e1163f61085befba53ad31be9c23ef2afd880b6e0");
	assert_hex(out2, "cadef02a55a83b5a01fa2a1ff62ef6246cdb437498372227fbe9932975001095"
			"e41f5f1f4dae8036206fce8e567b2e22dc0a13dd9d8673cef1ba9fddd36f22e2");
}

/* RFC 5869 appendix A.1 to A.3 */
static void hkdf_sha256_rfc_5869(void **state)
{
	static const struct {
		const char *ikm, *salt, *info, *prk, *okm;
	} v[] = {
	    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
		"077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
		"3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
	    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
	     "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
		"606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
		"909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		"b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
		"e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		"06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
		"b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
		"da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
	    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
		"19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
		"8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(v); i++) {
		uint8_t prk[32], okm[82];
		hkdf_sha256_extract(prk, hex(v[i].salt), hex(v[i].ikm));
		assert_hex(prk, v[i].prk);
		assert_int_equal(hkdf_sha256_expand(okm, strlen(v[i].okm) / 2, prk, hex(v[i].info)), ST_OK);
		assert_hex(okm, v[i].okm);
	}
}

/* FIPS 197 appendix C.1: the key is 00..0f, the block 00112233…eeff, which as an address is op, chunk and ctr. */
static void aes_stream_fips_197(void **state)
{
	struct aes_stream *s;
	uint8_t out[16];

	(void)state;
	assert_int_equal(aes_stream_new(&s, hex("000102030405060708090a0b0c0d0e0f").ptr), ST_OK);
	aes_stream_fill(s, out, 16, 0x00112233, 0x44556677, 0x8899aabbccddeeff);
	assert_hex(out, "69c4e0d86a7b0430d8cdb78070b4c55a");
	aes_stream_free(s);
}

/* SP 800-38A appendix F.5.1, CTR-AES128: the four output blocks */
static void aes_stream_sp_800_38a(void **state)
{
	static const char blocks[] = "ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae"
				     "6a2cc3787889374fbeb4c81b17ba6c44e89c399ff0f198c6d40a31db156cabfe";
	struct aes_stream *s;
	uint8_t out[4096];

	(void)state;
	assert_int_equal(aes_stream_new(&s, hex("2b7e151628aed2a6abf7158809cf4f3c").ptr), ST_OK);
	aes_stream_fill(s, out, 64, 0xf0f1f2f3, 0xf4f5f6f7, 0xf8f9fafbfcfdfeff);
	assert_hex(out, blocks);
	aes_stream_fill(s, out, sizeof out, 0xf0f1f2f3, 0xf4f5f6f7, 0xf8f9fafbfcfdfeff); /* the long way */
	assert_hex(out, blocks);
	aes_stream_free(s);
}

static void check_aead(enum aead_suite suite, const char *key, const char *nonce, const char *ad, const char *plain,
    const char *sealed)
{
	struct slice ct = hex(sealed), pt = hex(plain);
	uint8_t out[512];
	struct aead *a;

	assert_int_equal(aead_new(&a, suite, hex(key).ptr), ST_OK);
	assert_int_equal(aead_seal(a, out, hex(nonce).ptr, hex(ad), pt), ST_OK);
	assert_slice_equal(slice_of(out, pt.len + AEAD_TAG_LEN), ct);
	assert_int_equal(aead_open(a, out, hex(nonce).ptr, hex(ad), ct), ST_OK);
	assert_slice_equal(slice_of(out, pt.len), pt);
	aead_free(a);
}

/* McGrew and Viega, The Galois/Counter Mode of Operation, appendix B: test cases 13 to 16 */
static void aes256_gcm_of_its_authors(void **state)
{
	static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
	static const char key[] = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
	static const char nonce[] = "cafebabefacedbaddecaf888";

	(void)state;
	check_aead(AEAD_AES256_GCM, zero, "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b");
	check_aead(AEAD_AES256_GCM, zero, "000000000000000000000000", "", "00000000000000000000000000000000",
	    "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
	check_aead(AEAD_AES256_GCM, key, nonce, "",
	    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
	    "b16aedf5aa0de657ba637b391aafd255",
	    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
	    "c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c");
	check_aead(AEAD_AES256_GCM, key, nonce, "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
	    "b16aedf5aa0de657ba637b39",
	    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
	    "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
}

/* RFC 8439 section 2.8.2 */
static void chacha20_poly1305_rfc_8439(void **state)
{
	(void)state;
	check_aead(AEAD_CHACHA20_POLY1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
	    "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
	    "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a20496620492063"
	    "6f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
	    "637265656e20776f756c642062652069742e",
	    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
	    "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
	    "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691");
}

/* RFC 6979 appendix A.2.5 to A.2.7: message "sample" under each curve's own hash */
static void ecdsa_rfc_6979(void **state)
{
	static const struct {
		enum ecdsa_curve curve;
		const char *x, *y, *sig;
	} v[] = {
	    {ECDSA_P256_SHA256, "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
		"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
		"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
		"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
	    {ECDSA_P384_SHA384,
		"ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13",
		"8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720",
		"94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
		"99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(v); i++) {
		struct slice x = hex(v[i].x), y = hex(v[i].y), sig = hex(v[i].sig);
		assert_int_equal(ecdsa_verify(v[i].curve, x, y, sig, slice_str("sample")), ST_OK);
		assert_int_equal(ecdsa_verify(v[i].curve, x, y, sig, slice_str("test")), ST_SIGNATURE);
		assert_int_equal(ecdsa_verify(v[i].curve, y, x, sig, slice_str("sample")), ST_KEY);
	}
}

static int start(void **state)
{
	(void)state;
	return crypto_init() == ST_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ed25519_rfc_8032),
	    cmocka_unit_test(x25519_rfc_7748),
	    cmocka_unit_test(blake2b_rfc_7693),
	    cmocka_unit_test(hmac_blake2b_of_another_implementation),
	    cmocka_unit_test(hkdf_sha256_rfc_5869),
	    cmocka_unit_test(aes_stream_fips_197),
	    cmocka_unit_test(aes_stream_sp_800_38a),
	    cmocka_unit_test(aes256_gcm_of_its_authors),
	    cmocka_unit_test(chacha20_poly1305_rfc_8439),
	    cmocka_unit_test(ecdsa_rfc_6979),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
