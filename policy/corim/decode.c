/*
 * The strict reader. Form first (base/cbor), then the profile: whatever a CoRIM may say and ours does not is refused by its name in the
 * draft. A CoMID is a byte string with a CBOR item inside, read by a reader of its own.
 */
#include "base/cbor.h"

#include "policy/reference.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "profile.h"

struct in {
	struct cbor_reader r;
	struct problem *problem;
};

/* Outside the profile. The first refusal is kept; the reader fails with it. */
static void __attribute__((format(printf, 2, 3))) refuse(struct in *in, const char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	if (in->r.st == ST_OK)
		problem_set(
		    in->problem, ST_UNSUPPORTED, "CoRIM", "docs/CORIM.md says what the profile takes", "%s", message);
	cbor_fail(&in->r, ST_UNSUPPORTED);
}

/* A key that the draft names and the profile does not take. */
static void refuse_key(struct in *in, const char *map, const char *const *names, size_t n, uint64_t key)
{
	if (in->r.st == ST_OK && key < n && names[key])
		refuse(in, "%s holds `%s`, which the profile does not take", map, names[key]);
	else
		refuse(in, "%s holds the key %llu, which the profile does not take", map, (unsigned long long)key);
}
#define REFUSE_KEY(in, map, names, key) refuse_key(in, map, names, sizeof(names) / sizeof *(names), key)

/* ---- small items ---- */

static bool is_printable(const char *text)
{
	for (const uint8_t *c = (const uint8_t *)text; *c; c++)
		if (*c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0))
			return false;
	return text[0] != 0;
}

static void get_name(struct in *in, char *out, size_t cap, const char *what)
{
	if (cbor_peek_major(&in->r) != CBOR_TEXT)
		refuse(in, "%s is not text", what);
	cbor_text_copy(&in->r, out, cap);
	if (in->r.st == ST_OK && !is_printable(out))
		refuse(in, "%s is empty or not printable", what);
}

/* The tag that stands next; 0 when none does. The reader refuses longer heads than needed, so these two forms are all. */
static uint64_t peek_tag(const struct in *in)
{
	const uint8_t *p = in->r.rest.ptr;

	if (!cbor_is_tag(&in->r))
		return 0;
	if ((p[0] & 0x1f) < 24)
		return p[0] & 0x1f;
	if ((p[0] & 0x1f) == 24 && in->r.rest.len > 1)
		return p[1];
	return (p[0] & 0x1f) == 25 && in->r.rest.len > 2 ? (uint64_t)(p[1] << 8 | p[2]) : UINT64_MAX;
}

static void get_tag(struct in *in, uint64_t tag, const char *what)
{
	if (peek_tag(in) != tag)
		refuse(in, "%s", what);
	cbor_tag(&in->r, tag);
}

static int64_t get_time(struct in *in)
{
	get_tag(in, TAG_TIME, "a time is not seconds since 1970 under tag 1");
	return cbor_i64(&in->r);
}

/* ---- one measurement ---- */

static void get_number(struct in *in, struct tee_value *v)
{
	uint64_t number;

	if (peek_tag(in) == TAG_SVN || !cbor_is_tag(&in->r))
		refuse(
		    in, "the svn of `%s` is exact; the profile takes a minimum (tag 553)", tee_register_name(v->reg));
	get_tag(in, TAG_MIN_SVN, "an svn is not a minimum (tag 553)");
	number = cbor_u64_max(&in->r, (UINT64_C(1) << 8 * v->len) - 1);
	for (unsigned i = v->len; i-- > 0; number >>= 8)
		v->bytes[i] = (uint8_t)number;
}

static void get_bytes(struct in *in, struct tee_value *v)
{
	struct slice bytes = cbor_bytes(&in->r);

	if (in->r.st != ST_OK)
		return;
	if (bytes.len != v->len)
		refuse(in, "`%s` has %zu bytes, not %u", tee_register_name(v->reg), bytes.len, v->len);
	else
		memcpy(v->bytes, bytes.ptr, v->len);
}

static void get_digest(struct in *in, struct tee_value *v, uint64_t algorithm)
{
	if (cbor_array(&in->r) != 1)
		refuse(in, "`%s` has more than one digest; the profile takes one", tee_register_name(v->reg));
	cbor_array_exact(&in->r, 2);
	if (cbor_peek_major(&in->r) != CBOR_UNSIGNED)
		refuse(in, "the hash algorithm of `%s` is not a number of the Named Information registry",
		    tee_register_name(v->reg));
	if (cbor_u64(&in->r) != algorithm)
		refuse(in, "`%s` is hashed with another algorithm than its TEE uses", tee_register_name(v->reg));
	get_bytes(in, v);
	cbor_close(&in->r);
	cbor_close(&in->r);
}

static const char *const mval_names[] = {"version", "svn", "digests", "flags", "raw-value", "raw-value-mask",
    "mac-addr", "ip-addr", "serial-number", "ueid", "uuid", "name", NULL, "cryptokeys", "integrity-registers",
    "int-range"};

static void get_value(struct in *in, enum tee_kind kind, struct tee_value *v)
{
	static const uint8_t keys[] = {[FORM_DIGEST] = MVAL_DIGESTS, [FORM_MIN_SVN] = MVAL_SVN, [FORM_RAW] = MVAL_RAW};
	struct profile_register form = profile_register(kind, v->reg);
	uint64_t key;

	if (cbor_map(&in->r) != 1)
		refuse(in, "`%s` has more than one kind of value", tee_register_name(v->reg));
	key = cbor_peek_key(&in->r);
	if (key != keys[form.form])
		REFUSE_KEY(in, tee_register_name(v->reg), mval_names, key);
	cbor_key(&in->r, key);
	if (form.form == FORM_MIN_SVN) {
		get_number(in, v);
	} else if (form.form == FORM_DIGEST) {
		get_digest(in, v, form.algorithm);
	} else {
		get_tag(in, TAG_BYTES, "a raw value is not bytes under tag 560");
		get_bytes(in, v);
	}
	cbor_close(&in->r);
}

static const char *const measurement_names[] = {"mkey", "mval", "authorized-by"};

/* Anonymous, with a version alone: the release. */
static void get_release(struct in *in, struct tee_set *set)
{
	uint64_t key;

	if (cbor_map(&in->r) != 1 || cbor_peek_key(&in->r) != MEASUREMENT_MVAL)
		refuse(in, "the first measurement is not the release: anonymous, with a version alone");
	cbor_key(&in->r, MEASUREMENT_MVAL);
	if (cbor_map(&in->r) != 1)
		refuse(in, "the release has more than a version");
	key = cbor_peek_key(&in->r);
	if (key != MVAL_VERSION)
		REFUSE_KEY(in, "the release", mval_names, key);
	cbor_key(&in->r, MVAL_VERSION);
	if (cbor_map(&in->r) != 1)
		refuse(in, "the release's version has a version-scheme");
	cbor_key(&in->r, 0);
	get_name(in, set->release, sizeof set->release, "the release");
	cbor_close(&in->r);
	cbor_close(&in->r);
	cbor_close(&in->r);
}

static void get_measurement(struct in *in, struct corim_set *s)
{
	struct tee_value *v = &s->set.values[s->set.n_values];
	char name[32];
	size_t pairs = cbor_map(&in->r);

	if (pairs != 2 || cbor_peek_key(&in->r) != MEASUREMENT_MKEY)
		refuse(in, "a measurement has other keys than `mkey` and `mval`");
	cbor_key(&in->r, MEASUREMENT_MKEY);
	get_name(in, name, sizeof name, "an mkey");
	if (in->r.st == ST_OK && !tee_register_from_name(&v->reg, s->kind, slice_str(name)))
		refuse(in, "%s has no register `%s`", tee_name(s->kind), name);
	if (in->r.st != ST_OK)
		return;
	v->len = tee_register_info(s->kind, v->reg).len;
	if (cbor_peek_key(&in->r) != MEASUREMENT_MVAL)
		REFUSE_KEY(in, "a measurement", measurement_names, cbor_peek_key(&in->r));
	cbor_key(&in->r, MEASUREMENT_MVAL);
	get_value(in, s->kind, v);
	cbor_close(&in->r);
	s->set.n_values++;
}

static void get_measurements(struct in *in, struct corim_set *s)
{
	size_t n = cbor_array(&in->r);

	if (n < 1 || n > TEE_SET_VALUES_MAX + 1)
		refuse(in, "a reference triple has %zu measurements; the profile takes 2 to %d", n,
		    TEE_SET_VALUES_MAX + 1);
	get_release(in, &s->set);
	for (size_t i = 1; i < n && in->r.st == ST_OK; i++)
		get_measurement(in, s);
	cbor_close(&in->r);
}

/* ---- a CoMID ---- */

static void get_environment(struct in *in, enum tee_kind *kind)
{
	static const char *const env_names[] = {"class", "instance", "group"};
	static const char *const class_names[] = {"class-id", "vendor", "model", "layer", "index"};
	char vendor[32] = "", model[32] = "";

	if (cbor_map(&in->r) != 1 || cbor_peek_key(&in->r) != 0)
		REFUSE_KEY(in, "an environment", env_names, cbor_peek_key(&in->r) == 0 ? 1 : cbor_peek_key(&in->r));
	cbor_key(&in->r, 0);
	size_t pairs = cbor_map(&in->r);
	if (cbor_peek_key(&in->r) != CLASS_VENDOR)
		REFUSE_KEY(in, "a class", class_names, cbor_peek_key(&in->r));
	if (pairs != 2)
		refuse(in, "a class has other keys than `vendor` and `model`");
	cbor_key(&in->r, CLASS_VENDOR);
	get_name(in, vendor, sizeof vendor, "a vendor");
	cbor_key(&in->r, CLASS_MODEL);
	get_name(in, model, sizeof model, "a model");
	cbor_close(&in->r);
	cbor_close(&in->r);
	if (in->r.st == ST_OK && (!tee_from_name(kind, slice_str(model)) || strcmp(vendor, profile_vendor(*kind)) != 0))
		refuse(in, "the environment `%s` of `%s` is no TEE that a policy can name", model, vendor);
}

static void get_identity(struct in *in, struct corim_set *s)
{
	static const char *const names[] = {"tag-id", "tag-version"};

	cbor_key(&in->r, COMID_IDENTITY);
	if (cbor_map(&in->r) != 1)
		REFUSE_KEY(in, "a tag-identity", names, 1);
	cbor_key(&in->r, 0);
	get_name(in, s->tag_id, sizeof s->tag_id, "a tag-id");
	cbor_close(&in->r);
}

static void get_triples(struct in *in, struct corim_set *s)
{
	static const char *const names[] = {"reference-triples", "endorsed-triples", "identity-triples",
	    "attest-key-triples", "dependency-triples", "membership-triples", "coswid-triples", NULL,
	    "conditional-endorsement-series-triples", NULL, "conditional-endorsement-triples"};

	cbor_key(&in->r, COMID_TRIPLES);
	size_t kinds = cbor_map(&in->r);
	if (cbor_peek_key(&in->r) != 0)
		REFUSE_KEY(in, "a triples-map", names, cbor_peek_key(&in->r));
	cbor_key(&in->r, 0);
	if (cbor_array(&in->r) != 1)
		refuse(in, "a CoMID has more than one reference triple; the profile takes one");
	cbor_array_exact(&in->r, 2);
	get_environment(in, &s->kind);
	if (in->r.st == ST_OK)
		get_measurements(in, s);
	cbor_close(&in->r);
	cbor_close(&in->r);
	if (kinds != 1)
		REFUSE_KEY(in, "a triples-map", names, cbor_peek_key(&in->r));
	cbor_close(&in->r);
}

static enum status get_comid(struct corim_set *s, struct slice bytes, struct problem *problem)
{
	static const char *const names[] = {"language", "tag-identity", "entities", "linked-tags", "triples"};
	struct in in = {.problem = problem};

	cbor_reader_init(&in.r, bytes);
	size_t pairs = cbor_map(&in.r);
	if (cbor_peek_key(&in.r) != COMID_IDENTITY)
		REFUSE_KEY(&in, "a CoMID", names, cbor_peek_key(&in.r));
	get_identity(&in, s);
	if (cbor_peek_key(&in.r) != COMID_TRIPLES)
		REFUSE_KEY(&in, "a CoMID", names, cbor_peek_key(&in.r));
	get_triples(&in, s);
	if (pairs != 2)
		refuse(&in, "a CoMID has keys after `triples`");
	cbor_close(&in.r);
	return cbor_end(&in.r);
}

/* ---- the CoRIM ---- */

static void get_comids(struct in *in, struct corim *c)
{
	size_t n;

	cbor_key(&in->r, CORIM_TAGS);
	n = cbor_array(&in->r);
	if (n < 1 || n > CORIM_SETS_MAX)
		refuse(in, "%zu tags; the profile takes 1 to %d", n, CORIM_SETS_MAX);
	for (size_t i = 0; i < n && in->r.st == ST_OK; i++) {
		uint64_t tag = peek_tag(in);
		if (tag == TAG_COSWID || tag == TAG_COTL)
			refuse(in, "a tag is a %s; the profile takes CoMIDs", tag == TAG_COSWID ? "CoSWID" : "CoTL");
		get_tag(in, TAG_COMID, "a tag is no CoMID");
		struct slice bytes = cbor_bytes(&in->r);
		if (in->r.st != ST_OK)
			break;
		enum status st = get_comid(&c->sets[i], bytes, in->problem);
		if (st != ST_OK)
			cbor_fail(&in->r, st);
		c->n++;
	}
	cbor_close(&in->r);
}

static void get_validity(struct in *in, struct corim *c)
{
	cbor_key(&in->r, CORIM_VALIDITY);
	size_t pairs = cbor_map(&in->r);
	if (pairs > 1) {
		cbor_key(&in->r, 0);
		c->not_before = get_time(in);
		if (in->r.st == ST_OK && c->not_before == REFERENCE_ALWAYS_FROM)
			refuse(in, "not-before is 1970: leave it out");
	}
	cbor_key(&in->r, 1);
	c->not_after = get_time(in);
	if (in->r.st == ST_OK && pairs == 1 && c->not_after == REFERENCE_ALWAYS_TO)
		refuse(in, "rim-validity says nothing: leave it out");
	cbor_close(&in->r);
}

static enum status get_corim(struct corim *c, struct slice bytes, struct problem *problem)
{
	static const char *const names[] = {"id", "tags", "dependent-rims", "profile", "rim-validity", "entities"};
	struct in in = {.problem = problem};
	char profile[128] = "";

	cbor_reader_init(&in.r, bytes);
	get_tag(&in, TAG_CORIM, "not a CoRIM (tag 501)");
	size_t pairs = cbor_map(&in.r);
	cbor_key(&in.r, CORIM_ID);
	get_name(&in, c->id, sizeof c->id, "the CoRIM's id");
	get_comids(&in, c);
	if (cbor_peek_key(&in.r) != CORIM_PROFILE_KEY)
		REFUSE_KEY(&in, "a CoRIM", names,
		    cbor_peek_key(&in.r) == UINT64_MAX ? CORIM_PROFILE_KEY : cbor_peek_key(&in.r));
	cbor_key(&in.r, CORIM_PROFILE_KEY);
	get_tag(&in, TAG_URI, "the profile is no URI (tag 32)");
	get_name(&in, profile, sizeof profile, "the profile");
	if (in.r.st == ST_OK && strcmp(profile, CORIM_PROFILE) != 0)
		refuse(&in, "the profile is `%s`, not `%s`", profile, CORIM_PROFILE);
	if (pairs > 3 && cbor_peek_key(&in.r) != CORIM_VALIDITY)
		REFUSE_KEY(&in, "a CoRIM", names, cbor_peek_key(&in.r));
	if (pairs > 3)
		get_validity(&in, c);
	if (pairs > 4)
		REFUSE_KEY(&in, "a CoRIM", names, cbor_peek_key(&in.r));
	cbor_close(&in.r);
	return cbor_end(&in.r);
}

/* Each set as a policy would hold it, and no two alike for one kind. */
static enum status check_sets(const struct corim *c, struct problem *problem)
{
	char fault[REFERENCE_FAULT_MAX];

	for (unsigned i = 0; i < c->n; i++) {
		bool wrong = reference_set_fault(fault, c->sets[i].kind, &c->sets[i].set);

		for (unsigned j = 0; j < i && !wrong; j++) {
			wrong = c->sets[i].kind == c->sets[j].kind &&
				reference_pair_fault(fault, &c->sets[j].set, &c->sets[i].set);
			if (!wrong && strcmp(c->sets[i].tag_id, c->sets[j].tag_id) == 0)
				wrong = snprintf(fault, sizeof fault, "two CoMIDs have this tag-id") > 0;
		}
		if (wrong)
			return problem_set(problem, ST_POL_VALUE, c->sets[i].tag_id, NULL, "%s", fault);
	}
	return ST_OK;
}

enum status corim_decode(struct corim *out, struct slice bytes, struct problem *problem)
{
	struct corim *c = calloc(1, sizeof *c);
	enum status st;

	if (!c)
		return problem_default(problem, ST_NO_MEMORY, "CoRIM");
	c->not_before = REFERENCE_ALWAYS_FROM;
	c->not_after = REFERENCE_ALWAYS_TO;
	st = bytes.len > CORIM_MAX ? ST_TOO_LARGE : get_corim(c, bytes, problem);
	for (unsigned i = 0; st == ST_OK && i < c->n; i++) {
		c->sets[i].set.not_before = c->not_before;
		c->sets[i].set.not_after = c->not_after;
	}
	if (st == ST_OK)
		st = check_sets(c, problem);
	if (st == ST_OK)
		*out = *c;
	free(c);
	return problem_default(problem, st, "CoRIM");
}
