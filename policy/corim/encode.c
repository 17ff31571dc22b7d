#include "base/cbor.h"

#include "policy/reference.h"

#include "profile.h"

static void put_time(struct buf *out, uint64_t key, int64_t t)
{
	cbor_put_u64(out, key);
	cbor_put_tag(out, TAG_TIME);
	cbor_put_i64(out, t);
}

static void put_value(struct buf *out, enum tee_kind kind, const struct tee_value *v)
{
	struct profile_register form = profile_register(kind, v->reg);
	uint64_t number = 0;

	cbor_put_map(out, 1);
	switch (form.form) {
	case FORM_MIN_SVN:
		for (unsigned i = 0; i < v->len; i++)
			number = number << 8 | v->bytes[i];
		cbor_put_u64(out, MVAL_SVN);
		cbor_put_tag(out, TAG_MIN_SVN);
		cbor_put_u64(out, number);
		break;
	case FORM_RAW:
		cbor_put_u64(out, MVAL_RAW);
		cbor_put_tag(out, TAG_BYTES);
		cbor_put_bytes(out, slice_of(v->bytes, v->len));
		break;
	case FORM_DIGEST:
		cbor_put_u64(out, MVAL_DIGESTS);
		cbor_put_array(out, 1);
		cbor_put_array(out, 2);
		cbor_put_u64(out, form.algorithm);
		cbor_put_bytes(out, slice_of(v->bytes, v->len));
	}
}

/* The anonymous measurement: which release this is. */
static void put_release(struct buf *out, const char *release)
{
	cbor_put_map(out, 1);
	cbor_put_u64(out, MEASUREMENT_MVAL);
	cbor_put_map(out, 1);
	cbor_put_u64(out, MVAL_VERSION);
	cbor_put_map(out, 1);
	cbor_put_u64(out, 0);
	cbor_put_text(out, release);
}

static void put_measurements(struct buf *out, const struct corim_set *s)
{
	cbor_put_array(out, (size_t)s->set.n_values + 1);
	put_release(out, s->set.release);
	for (unsigned i = 0; i < s->set.n_values; i++) {
		cbor_put_map(out, 2);
		cbor_put_u64(out, MEASUREMENT_MKEY);
		cbor_put_text(out, tee_register_name(s->set.values[i].reg));
		cbor_put_u64(out, MEASUREMENT_MVAL);
		put_value(out, s->kind, &s->set.values[i]);
	}
}

static void put_environment(struct buf *out, enum tee_kind kind)
{
	cbor_put_map(out, 1);
	cbor_put_u64(out, 0);
	cbor_put_map(out, 2);
	cbor_put_u64(out, CLASS_VENDOR);
	cbor_put_text(out, profile_vendor(kind));
	cbor_put_u64(out, CLASS_MODEL);
	cbor_put_text(out, tee_name(kind));
}

static void put_comid(struct buf *out, const struct corim_set *s)
{
	cbor_put_map(out, 2);
	cbor_put_u64(out, COMID_IDENTITY);
	cbor_put_map(out, 1);
	cbor_put_u64(out, 0);
	cbor_put_text(out, s->tag_id);
	cbor_put_u64(out, COMID_TRIPLES);
	cbor_put_map(out, 1);
	cbor_put_u64(out, 0); /* reference-triples */
	cbor_put_array(out, 1);
	cbor_put_array(out, 2);
	put_environment(out, s->kind);
	put_measurements(out, s);
}

static void put_tags(struct buf *out, const struct corim *c)
{
	struct buf tag = {0};

	cbor_put_u64(out, CORIM_TAGS);
	cbor_put_array(out, c->n);
	for (unsigned i = 0; i < c->n; i++) {
		buf_reset(&tag);
		put_comid(&tag, &c->sets[i]);
		out->failed |= tag.failed;
		cbor_put_tag(out, TAG_COMID);
		cbor_put_bytes(out, buf_view(&tag));
	}
	buf_clear(&tag);
}

enum status corim_encode(struct buf *out, const struct corim *c)
{
	bool from = c->not_before != REFERENCE_ALWAYS_FROM, to = c->not_after != REFERENCE_ALWAYS_TO;

	cbor_put_tag(out, TAG_CORIM);
	cbor_put_map(out, 3u + (from || to));
	cbor_put_u64(out, CORIM_ID);
	cbor_put_text(out, c->id);
	put_tags(out, c);
	cbor_put_u64(out, CORIM_PROFILE_KEY);
	cbor_put_tag(out, TAG_URI);
	cbor_put_text(out, CORIM_PROFILE);
	if (from || to) { /* validity-map: not-after is required there */
		cbor_put_u64(out, CORIM_VALIDITY);
		cbor_put_map(out, 1u + from);
		if (from)
			put_time(out, 0, c->not_before);
		put_time(out, 1, c->not_after);
	}
	return buf_status(out);
}
