#include "sample.h"
#include "../../support/test.h"

#include "base/cbor.h"

static struct corim whole, decoded;
static struct buf bytes, again;

static int setup(void **state)
{
	(void)state;
	sample_whole(&whole);
	buf_reset(&bytes);
	assert_int_equal(corim_encode(&bytes, &whole), ST_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_clear(&bytes);
	buf_clear(&again);
	return 0;
}

/* What decodes encodes back to the same bytes; what does not leaves *out alone. */
static enum status decode(struct slice in, struct problem *problem)
{
	static struct corim before;
	enum status st;

	memset(&decoded, 0x77, sizeof decoded);
	before = decoded;
	st = corim_decode(&decoded, in, problem);
	if (st != ST_OK) {
		assert_memory_equal(&decoded, &before, sizeof before);
		return st;
	}
	buf_reset(&again);
	assert_int_equal(corim_encode(&again, &decoded), ST_OK);
	assert_slice_equal(buf_view(&again), in);
	return st;
}

static void round_trip(void **state)
{
	struct problem problem = {0};

	(void)state;
	if (decode(buf_view(&bytes), &problem) != ST_OK)
		fail_msg("%s: %s", problem.where, problem.message);
	assert_string_equal(decoded.id, "mixed-7");
	assert_int_equal(decoded.n, 7);
	assert_int_equal(decoded.not_after, 1801440000);
	assert_memory_equal(decoded.sets, whole.sets, sizeof whole.sets);
}

/* The bytes as docs/CORIM.md prints them. */
static void bytes_as_documented(void **state)
{
	struct corim small;
	char hex[64];

	(void)state;
	sample_small(&small);
	buf_reset(&again);
	assert_int_equal(corim_encode(&again, &small), ST_OK);
	/* 501 (map of 3): id "small", tags [506 bstr], profile 32("…") */
	hex_encode(hex, slice_of(again.ptr, 18));
	assert_string_equal(hex, "d901f5a30065736d616c6c0181d901fa586b");
	assert_non_null(memmem(again.ptr, again.len, "\x03\xd8\x20\x78\x28" CORIM_PROFILE, 5 + strlen(CORIM_PROFILE)));
	assert_non_null(memmem(again.ptr, again.len,
	    "\xa1\x00\xa2\x01\x63"
	    "amd\x02\x63snp",
	    13));
	/* {mkey: "measurement", mval: {digests: [[7, bstr(48)]]}} */
	assert_non_null(
	    memmem(again.ptr, again.len, "\xa2\x00\x6bmeasurement\x01\xa1\x02\x81\x82\x07\x58\x30\xc0\xc0", 24));
	/* and no validity, for it has none */
	assert_int_equal(decode(buf_view(&again), NULL), ST_OK);
	assert_int_equal(decoded.not_after, REFERENCE_ALWAYS_TO);
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t n = 0; n < bytes.len; n++) {
		struct problem problem = {0};

		assert_int_not_equal(decode(slice_of(bytes.ptr, n), &problem), ST_OK);
		assert_int_not_equal(problem.st, ST_OK);
		assert_int_not_equal(problem.message[0], 0);
	}
}

static void every_bit_flip_is_refused_or_says_something_else(void **state)
{
	unsigned accepted = 0;

	(void)state;
	for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
		bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (decode(buf_view(&bytes), NULL) == ST_OK) {
			assert_memory_not_equal(&decoded, &whole, sizeof whole);
			accepted++;
		}
		bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(accepted > 1000); /* values, names and dates are not protected: that is what the signature is for */
}

static void what_follows_is_refused(void **state)
{
	(void)state;
	buf_append(&bytes, "", 1);
	assert_int_equal(decode(buf_view(&bytes), NULL), ST_TRAILING);
}

/* ---- outside the profile: one thing at a time ---- */

struct outside {
	const char *name, *says;
	const char *corim_keys; /* hex of the pairs after id and tags */
	const char *tag; /* hex of the CoMID's tag */
	const char *comid; /* hex of the CoMID; NULL: the good one */
};

/* {1: {0: "a"}, 4: {0: [[{0: {1: "amd", 2: "snp"}}, [{1: {0: {0: "1"}}}, {0: "guest-svn", 1: {1: 553(3)}}, …]]]}} */
#define IDENTITY "01a1006161"
#define ENV "a100a20163616d640263736e70"
#define RELEASE "a101a100a1006131"
#define DIGEST(fill)                                                                                                   \
	"58"                                                                                                           \
	"30" fill
#define C48 "c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0"
#define MEASUREMENT "a2006b6d6561737572656d656e7401a102818207" DIGEST(C48)
#define SVN(tag)                                                                                                       \
	"a20069"                                                                                                       \
	"67756573742d73766e"                                                                                           \
	"01a101" tag "03"
#define COMID(env, list) "a2" IDENTITY "04a1008182" env list
#define PROFILE_KEYS                                                                                                   \
	"03d82078"                                                                                                     \
	"28"                                                                                                           \
	"7461673a7061726c65792c323032363a636f72696d2f7265666572656e63652d76616c7565732f31"

/* clang-format off */
static const struct outside outsides[] = {
    {"good", NULL, PROFILE_KEYS, "d901fa", COMID(ENV, "83" RELEASE MEASUREMENT SVN("d90229"))},
    {"no profile", "holds `profile`", "", "d901fa", COMID(ENV, "82" RELEASE MEASUREMENT)},
    {"dependent rims", "a CoRIM holds `dependent-rims`", "0280" PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE MEASUREMENT)},
    {"entities", "a CoRIM holds `entities`", PROFILE_KEYS "0580", "d901fa", COMID(ENV, "82" RELEASE MEASUREMENT)},
    {"another profile", "the profile is `tag:other`", "03d82069" "7461673a6f74686572", "d901fa", COMID(ENV, "82" RELEASE MEASUREMENT)},
    {"profile by OID", "the profile is no URI", "03d86f4101", "d901fa", COMID(ENV, "82" RELEASE MEASUREMENT)},
    {"a CoSWID", "a tag is a CoSWID", PROFILE_KEYS, "d901f9", COMID(ENV, "82" RELEASE MEASUREMENT)},
    {"a CoTL", "a tag is a CoTL", PROFILE_KEYS, "d901fc", COMID(ENV, "82" RELEASE MEASUREMENT)},
    {"some other tag", "a tag is no CoMID", PROFILE_KEYS, "d901fb", COMID(ENV, "82" RELEASE MEASUREMENT)},
    {"a language", "a CoMID holds `language`", PROFILE_KEYS, "d901fa", "a300626465" IDENTITY "04a1008182" ENV "82" RELEASE MEASUREMENT},
    {"entities of a CoMID", "a CoMID holds `entities`", PROFILE_KEYS, "d901fa", "a3" IDENTITY "0280" "04a1008182" ENV "82" RELEASE MEASUREMENT},
    {"a tag version", "a tag-identity holds `tag-version`", PROFILE_KEYS, "d901fa", "a201a20061610101" "04a1008182" ENV "82" RELEASE MEASUREMENT},
    {"endorsed values", "a triples-map holds `endorsed-triples`", PROFILE_KEYS, "d901fa", "a2" IDENTITY "04a10180"},
    {"also endorsed values", "a triples-map holds `endorsed-triples`", PROFILE_KEYS, "d901fa", "a2" IDENTITY "04a2008182" ENV "82" RELEASE MEASUREMENT "0180"},
    {"conditional endorsements", "holds `conditional-endorsement-triples`", PROFILE_KEYS, "d901fa", "a2" IDENTITY "04a10a80"},
    {"two triples", "more than one reference triple", PROFILE_KEYS, "d901fa", "a2" IDENTITY "04a1008282" ENV "82" RELEASE MEASUREMENT "82" ENV "82" RELEASE MEASUREMENT},
    {"an instance", "an environment holds `instance`", PROFILE_KEYS, "d901fa", COMID("a101d902304101", "82" RELEASE MEASUREMENT)},
    {"a class id", "a class holds `class-id`", PROFILE_KEYS, "d901fa", COMID("a100a100d902304101", "82" RELEASE MEASUREMENT)},
    {"a layer", "a class has other keys", PROFILE_KEYS, "d901fa", COMID("a100a30163616d640263736e700301", "82" RELEASE MEASUREMENT)},
    {"another vendor", "the environment `snp` of `arm`", PROFILE_KEYS, "d901fa", COMID("a100a2016361726d0263736e70", "82" RELEASE MEASUREMENT)},
    {"another TEE", "the environment `cca` of `amd`", PROFILE_KEYS, "d901fa", COMID("a100a20163616d640263636361", "82" RELEASE MEASUREMENT)},
    {"no release", "not the release", PROFILE_KEYS, "d901fa", COMID(ENV, "81" MEASUREMENT)},
    {"a release with a serial number", "the release holds `serial-number`", PROFILE_KEYS, "d901fa", COMID(ENV, "82" "a101a1086131" MEASUREMENT)},
    {"a register of another TEE", "snp has no register `mrtd`", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE "a200646d72746401a102818207" DIGEST(C48))},
    {"a numbered register", "an mkey is not text", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE "a2000001a102818207" DIGEST(C48))},
    {"an authority", "a measurement has other keys", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE "a3006b6d6561737572656d656e7401a102818207" DIGEST(C48) "0280")},
    {"two digests", "more than one digest", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE "a2006b6d6561737572656d656e7401a102828207" DIGEST(C48) "8207" DIGEST(C48))},
    {"another algorithm", "hashed with another algorithm", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE "a2006b6d6561737572656d656e7401a102818208" DIGEST(C48))},
    {"an algorithm by name", "not a number of the Named Information", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE "a2006b6d6561737572656d656e7401a10281826173" DIGEST(C48))},
    {"a short digest", "`measurement` has 1 bytes, not 48", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE "a2006b6d6561737572656d656e7401a10281820741c0")},
    {"flags", "`flags`", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE "a2006b6d6561737572656d656e7401a103a0")},
    {"a raw value for a digest", "measurement holds `raw-value`", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE "a2006b6d6561737572656d656e7401a104d90230" "41c0")},
    {"an exact svn", "the svn of `guest-svn` is exact", PROFILE_KEYS, "d901fa", COMID(ENV, "83" RELEASE MEASUREMENT SVN("d90228"))},
    {"a bare svn", "the svn of `guest-svn` is exact", PROFILE_KEYS, "d901fa", COMID(ENV, "83" RELEASE MEASUREMENT SVN(""))},
    {"no code", "snp needs `measurement`", PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE SVN("d90229"))},
    {"out of order", "stands twice, or out of order", PROFILE_KEYS, "d901fa", COMID(ENV, "83" RELEASE SVN("d90229") MEASUREMENT)},
    {"time without a tag", "a time is not seconds", PROFILE_KEYS "04a10101", "d901fa", COMID(ENV, "82" RELEASE MEASUREMENT)},
    {"key 7", "holds the key 7", "0700" PROFILE_KEYS, "d901fa", COMID(ENV, "82" RELEASE MEASUREMENT)},
};
/* clang-format on */

static void put_hex(struct buf *out, const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *at = buf_extend(out, n);

	assert_non_null(at);
	assert_int_equal(hex_decode(at, n, hex), ST_OK);
}

/* 501({0: "x", 1: [tag(comid)], …}); how many pairs follow is found by trying. */
static enum status decode_outside(const struct outside *o, unsigned pairs, struct problem *problem)
{
	struct buf out = {0}, comid = {0};
	enum status st;

	put_hex(&comid, o->comid);
	cbor_put_tag(&out, 501);
	cbor_put_map(&out, pairs);
	put_hex(&out, "006178");
	put_hex(&out, "0181");
	put_hex(&out, o->tag);
	cbor_put_bytes(&out, buf_view(&comid));
	if (o->corim_keys[0])
		put_hex(&out, o->corim_keys);
	st = decode(buf_view(&out), problem);
	buf_clear(&out);
	buf_clear(&comid);
	return st;
}

static void what_is_outside_is_refused_by_name(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(outsides); i++) {
		const struct outside *o = &outsides[i];
		unsigned pairs = 2 + (o->corim_keys[0] != 0) +
				 (strcmp(o->corim_keys, PROFILE_KEYS) != 0 && strstr(o->corim_keys, PROFILE_KEYS));
		struct problem problem = {0};
		enum status st = decode_outside(o, pairs, &problem);

		if (o->says ? st != ST_OK && strstr(problem.message, o->says) != NULL : st == ST_OK)
			continue;
		print_error("%s: %s: %s\n", o->name, status_name(st), problem.message);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void sets_that_no_policy_could_hold(void **state)
{
	struct problem problem = {0};

	(void)state;
	memcpy(whole.sets[6].tag_id, whole.sets[1].tag_id, sizeof whole.sets[1].tag_id);
	buf_reset(&bytes);
	assert_int_equal(corim_encode(&bytes, &whole), ST_OK);
	assert_int_equal(decode(buf_view(&bytes), &problem), ST_POL_VALUE);
	assert_non_null(strstr(problem.message, "this tag-id"));
	sample_whole(&whole);
	memset(whole.sets[0].set.values[1].bytes, 0, 48);
	buf_reset(&bytes);
	problem = (struct problem){0};
	assert_int_equal(corim_encode(&bytes, &whole), ST_OK);
	assert_int_equal(decode(buf_view(&bytes), &problem), ST_POL_VALUE);
	assert_non_null(strstr(problem.message, "`pcr1` is all zero"));
	sample_whole(&whole);
	snprintf(whole.sets[6].set.release, sizeof whole.sets[6].set.release, "2026.11");
	buf_reset(&bytes);
	problem = (struct problem){0};
	assert_int_equal(corim_encode(&bytes, &whole), ST_OK);
	assert_int_equal(decode(buf_view(&bytes), &problem), ST_POL_VALUE);
	assert_non_null(strstr(problem.message, "release `2026.11` is listed twice"));
}

/* ---- signed ---- */

static uint8_t pk[ED25519_PUBLIC_LEN], sk[ED25519_SECRET_LEN];

static void sign(struct buf *out)
{
	static const uint8_t seed[ED25519_SEED_LEN] = {7};

	ed25519_keypair(pk, sk, seed);
	buf_reset(out);
	assert_int_equal(corim_sign(out, buf_view(&bytes), "Example Organisation", sk), ST_OK);
}

static void signed_by_whom_it_says(void **state)
{
	struct buf file = {0};
	struct slice inner;
	char issuer[CORIM_ID_MAX + 1];
	struct problem problem = {0};

	(void)state;
	sign(&file);
	assert_true(corim_is_signed(buf_view(&file)));
	assert_false(corim_is_signed(buf_view(&bytes)));
	assert_int_equal(corim_open(&inner, issuer, buf_view(&file), pk, &problem), ST_OK);
	assert_string_equal(issuer, "Example Organisation");
	assert_slice_equal(inner, buf_view(&bytes));
	pk[0] ^= 1;
	assert_int_not_equal(corim_open(&inner, issuer, buf_view(&file), pk, &problem), ST_OK);
	pk[0] ^= 1;
	assert_int_not_equal(corim_open(&inner, issuer, buf_view(&bytes), pk, &problem), ST_OK);
	buf_clear(&file);
}

static void no_bit_of_a_signed_file_is_free(void **state)
{
	struct buf file = {0};
	struct slice inner;
	char issuer[CORIM_ID_MAX + 1];

	(void)state;
	sample_small(&whole);
	buf_reset(&bytes);
	assert_int_equal(corim_encode(&bytes, &whole), ST_OK);
	sign(&file);
	for (size_t bit = 0; bit < 8 * file.len; bit++) {
		file.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(corim_open(&inner, issuer, buf_view(&file), pk, NULL), ST_OK);
		file.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < file.len; n++)
		assert_int_not_equal(corim_open(&inner, issuer, slice_of(file.ptr, n), pk, NULL), ST_OK);
	assert_int_equal(corim_open(&inner, issuer, buf_view(&file), pk, NULL), ST_OK);
	buf_clear(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(round_trip, setup),
	    cmocka_unit_test_setup(bytes_as_documented, setup),
	    cmocka_unit_test_setup(every_truncation_is_refused, setup),
	    cmocka_unit_test_setup(every_bit_flip_is_refused_or_says_something_else, setup),
	    cmocka_unit_test_setup(what_follows_is_refused, setup),
	    cmocka_unit_test_setup(what_is_outside_is_refused_by_name, setup),
	    cmocka_unit_test_setup(sets_that_no_policy_could_hold, setup),
	    cmocka_unit_test_setup(signed_by_whom_it_says, setup),
	    cmocka_unit_test_setup_teardown(no_bit_of_a_signed_file_is_free, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
